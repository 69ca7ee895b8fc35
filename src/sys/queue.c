/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.c - packets out of NFQUEUE.
 *
 * What is ours is dropped from the kernel's point of view and judged by the
 * node: also packets whose headers make no sense, since what is to be
 * answered to those is the node's to say.
 */
#include "sys/queue.h"

#include "base/log.h"
#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/pkt.h"

#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_LENGTH	4096		/* packets that may wait */
#define QUEUE_BATCH	64		/* taken before others get a turn */
#define QUEUE_PACKET	65535
#define QUEUE_BUFFER	(QUEUE_PACKET + 4096)

struct queue {
	struct nfq_handle	*handle;
	struct nfq_q_handle	*queue;
	struct watch		*watch;
	struct report		*report;
	char			buf[QUEUE_BUFFER]
					__attribute__((aligned(8)));
};

static bool
is_ours(const struct span *data)
{
	struct wire_error err;
	struct pkt pkt;

	if (pkt_parse(data->p, data->len, &pkt, &err) < 0)
		return true;
	if (pkt.proto == IPPROTO_IPV6)	/* for a group, or whose is it? */
		return pkt.payload.len >= 40 && pkt.payload.p[24] == 0xff;
	return pkt.has_hao || pkt.has_rh2 || pkt.proto == IPPROTO_MOBILITY ||
	       (pkt.proto == IPPROTO_ICMPV6 && pkt.payload.len &&
		pkt.payload.p[0] >= ICMP_HAAD_REQUEST &&
		pkt.payload.p[0] <= ICMP_PREFIX_ADV);
}

static int
on_packet(struct nfq_q_handle *q, struct nfgenmsg *msg, struct nfq_data *d,
	  void *arg)
{
	struct nfqnl_msg_packet_hdr *hdr = nfq_get_msg_packet_hdr(d);
	struct nfqnl_msg_packet_hw *hw = nfq_get_packet_hw(d);
	struct event ev = { .kind = EV_PACKET };
	struct queue *queue = arg;
	unsigned char *data;
	int len;

	if (!hdr)
		return 0;
	len = nfq_get_payload(d, &data);
	ev.packet.data.p = data;
	ev.packet.data.len = len > 0 ? (size_t)len : 0;
	if (len <= 0 || !is_ours(&ev.packet.data)) {
		nfq_set_verdict(q, ntohl(hdr->packet_id), NF_ACCEPT, 0, NULL);
		return 0;
	}
	/* The verdict first: the buffer is ours, the kernel's copy is not
	 * needed, and what the node does may take its time. */
	nfq_set_verdict(q, ntohl(hdr->packet_id), NF_DROP, 0, NULL);
	ev.packet.ifindex = nfq_get_indev(d);
	if (hw && ntohs(hw->hw_addrlen) <= LLADDR_MAX) {
		ev.packet.ll_src.len = (uint8_t)ntohs(hw->hw_addrlen);
		memcpy(ev.packet.ll_src.b, hw->hw_addr, ev.packet.ll_src.len);
	}
	queue->report->event(queue->report, &ev);
	return 0;
}

static void
on_readable(void *arg)
{
	struct queue *q = arg;
	int i;

	for (i = 0; i < QUEUE_BATCH; i++) {
		ssize_t n = recv(nfq_fd(q->handle), q->buf, sizeof(q->buf),
				 MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			log_warn("queue: packets were lost, too many came");
			continue;
		}
		if (n < 0)
			return;
		nfq_handle_packet(q->handle, q->buf, (int)n);
	}
}

static int
queue_setup(struct queue *q, uint16_t number, char *why, size_t cap)
{
	int on = 1, err;

	q->handle = nfq_open();
	if (!q->handle) {
		err = errno ? -errno : -EPROTONOSUPPORT;
		snprintf(why, cap, "NFQUEUE is missing: netlink to netfilter "
			 "cannot be opened: %s", strerror(-err));
		return err;
	}
	errno = 0;
	q->queue = nfq_create_queue(q->handle, number, on_packet, q);
	if (!q->queue) {
		err = errno ? -errno : -EINVAL;
		snprintf(why, cap, err == -EPERM || err == -EBUSY ?
			 "NFQUEUE %u is held by another program, or "
			 "CAP_NET_ADMIN is missing" :
			 "NFQUEUE is missing: queue %u cannot be made (kernel "
			 "without nfnetlink_queue?)", number);
		return err;
	}
	if (nfq_set_mode(q->queue, NFQNL_COPY_PACKET, QUEUE_PACKET) < 0) {
		snprintf(why, cap, "NFQUEUE %u: cannot have packets copied",
			 number);
		return -EINVAL;
	}
	nfq_set_queue_maxlen(q->queue, QUEUE_LENGTH);
	/* losing some under load is said once by recv, not at every send */
	setsockopt(nfq_fd(q->handle), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on,
		   sizeof(on));
	return 0;
}

int
queue_open(uv_loop_t *loop, uint16_t number, struct report *report,
	   struct queue **ret, char *why, size_t cap)
{
	struct queue *q = calloc(1, sizeof(*q));
	int err = -ENOMEM;

	if (q) {
		q->report = report;
		err = queue_setup(q, number, why, cap);
	} else {
		snprintf(why, cap, "out of memory");
	}
	if (!err) {
		q->watch = watch_new(loop, nfq_fd(q->handle), UV_READABLE,
				     on_readable, q);
		err = q->watch ? 0 : -ENOMEM;
	}
	if (err) {
		queue_close(q);
		return err;
	}
	*ret = q;
	return 0;
}

struct queue *
queue_close(struct queue *q)
{
	if (!q)
		return NULL;
	watch_free(q->watch);
	if (q->queue)
		nfq_destroy_queue(q->queue);
	if (q->handle)
		nfq_close(q->handle);
	free(q);
	return NULL;
}
