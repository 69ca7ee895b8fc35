/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold.c - packets that wait until their flow has a path.
 *
 * The egress program lets packets of a held flow through, so that they
 * leave the device at its far end; a packet socket reads them there, and
 * here they queue, so many a flow and so long each.  When the flow gets
 * its path they are sent into the device again, addressed (in Ethernet) to
 * tell the program that these may go.  For their order the flow changes in
 * two steps: first it names the path but still holds, so that only what we
 * send goes; when nothing new arrives at the far end any more, it opens.
 *
 * Packets that cannot wait longer go back in, too, under another address:
 * the program then answers them, as it answers whatever it refuses.
 *
 * Who wants the path is told of the first packet that comes, so that he may
 * begin to look for one.  He knows for as long as that one may wait; and if
 * he says meanwhile that the flow holds, he may have given up, and hears of
 * the next one.
 *
 * Packets may lack their transport checksum, which a virtio header in
 * front of each tells; it goes back in with the packet.
 */
#include "path/private.h"

#include "base/buf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define VNET_LEN	sizeof(struct virtio_net_hdr)
#define DST_OFF		VNET_LEN		/* of the Ethernet address */
#define HOLDS_MAX	1024			/* flows */
#define BYTES_MAX	(8 << 20)		/* of all packets */
#define ROUNDS		16

struct packet {
	struct list	link;
	usec_t		until;
	size_t		len;
	uint8_t		data[];		/* virtio header, frame */
};

struct hold {
	struct list	link;
	struct flow_key	key;
	struct list	packets;	/* oldest first */
	unsigned	n;
	usec_t		told_until;	/* 0: nobody knows of a packet */
	bool		tell;		/* PATH_EV_HELD is due */
};

static usec_t time_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return SEC((uint64_t)t.tv_sec) + (uint64_t)t.tv_nsec / 1000;
}

int hold_open(struct path *p)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = (int)p->peer_ifindex,
	};
	int one = 1, room = 4 << 20;

	list_init(&p->holds);
	p->timer_fd = timerfd_create(CLOCK_BOOTTIME,
				     TFD_CLOEXEC | TFD_NONBLOCK);
	p->packet_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC |
			      SOCK_NONBLOCK, 0);
	if (p->packet_fd < 0 || p->timer_fd < 0 ||
	    setsockopt(p->packet_fd, SOL_PACKET, PACKET_VNET_HDR, &one,
		       sizeof(one)) < 0 ||
	    setsockopt(p->packet_fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) < 0 ||
	    bind(p->packet_fd, (struct sockaddr *)&sll, sizeof(sll)) < 0)
		return -errno;
	setsockopt(p->packet_fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		   sizeof(room));
	return 0;
}

/* --- sending --- */

static void packet_drop(struct path *p, struct hold *h, struct packet *k)
{
	list_del(&k->link);
	h->n--;
	p->held_bytes -= k->len;
	free(k);
}

/* Into the device, under a cookie of path_map.h. */
static void packet_send(struct path *p, struct packet *k, uint8_t cookie)
{
	const uint8_t dst[ETH_ALEN] = { PM_COOKIE, cookie };
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = (int)p->ifindex,
		.sll_halen = ETH_ALEN,
	};

	memcpy(k->data + DST_OFF, dst, sizeof(dst));
	if (sendto(p->packet_fd, k->data, k->len, 0, (struct sockaddr *)&sll,
		   sizeof(sll)) < 0)
		p->extra[PM_DROP_ENCAP]++;
}

static void send_all(struct path *p, struct hold *h, uint8_t cookie)
{
	if (cookie == PM_COOKIE_REJECT)
		error_source_need(p);
	list_each(l, &h->packets) {
		struct packet *k = container_of(l, struct packet, link);

		packet_send(p, k, cookie);
		packet_drop(p, h, k);
	}
}

/* --- receiving --- */

static bool
closer(const struct flow_key *a, const struct flow_key *b)
{
	if (a->dst.len != b->dst.len)
		return a->dst.len > b->dst.len;
	return a->src.len > b->src.len;
}

static struct hold *
hold_match(struct path *p, const struct in6_addr *src,
	   const struct in6_addr *dst)
{
	struct hold *best = NULL;

	list_each(l, &p->holds) {
		struct hold *h = container_of(l, struct hold, link);

		if (prefix_match(&h->key.src, src) &&
		    prefix_match(&h->key.dst, dst) &&
		    (!best || closer(&h->key, &best->key)))
			best = h;
	}
	return best;
}

/* A packet has come for `h', which may already know of others. */
static void packet_tell(struct path *p, struct hold *h, usec_t now)
{
	if (now < h->told_until)
		return;
	h->told_until = now + p->hold_time;
	h->tell = true;
}

static void
packet_keep(struct path *p, struct hold *h, const uint8_t *data, size_t len)
{
	usec_t now = time_now();
	struct packet *k;

	packet_tell(p, h, now);
	if (h->n >= p->hold_packets || p->held_bytes + len > BYTES_MAX) {
		p->extra[PM_DROP_HOLD_FULL]++;
		return;
	}
	k = malloc(sizeof(*k) + len);
	if (!k) {
		p->extra[PM_DROP_HOLD_FULL]++;
		return;
	}
	list_init(&k->link);
	k->until = now + p->hold_time;
	k->len = len;
	memcpy(k->data, data, len);
	list_append(&h->packets, &k->link);
	h->n++;
	p->held_bytes += len;
}

/* One from the far end of the device: held, or too large for its path. */
static void packet_take(struct path *p, uint8_t *data, size_t len)
{
	struct rbuf r = rbuf_of(data, len);
	struct in6_addr src, dst;
	struct hold *h;

	rbuf_take(&r, VNET_LEN + ETH_HLEN + 8);
	src = rbuf_addr(&r);
	dst = rbuf_addr(&r);
	if (r.bad)
		return;
	h = hold_match(p, &src, &dst);
	if (h)
		packet_keep(p, h, data, len);
	else
		fragment_out(p, data, len);
}

uint8_t *packet_room(struct path *p)
{
	if (!p->packet_buf)
		p->packet_buf = malloc(PACKET_ROOM);
	return p->packet_buf;
}

/* All that is there now. */
static void drain(struct path *p)
{
	uint8_t *buf = packet_room(p);
	ssize_t n;

	while (buf && (n = recv(p->packet_fd, buf, PACKET_ROOM, 0)) > 0)
		packet_take(p, buf, (size_t)n);
}

/* --- time --- */

static void timer_set(struct path *p)
{
	struct itimerspec t = { 0 };
	usec_t at = USEC_NEVER;

	list_each(l, &p->holds) {
		struct hold *h = container_of(l, struct hold, link);
		struct packet *k = container_of(h->packets.next,
						struct packet, link);

		if (h->tell)
			at = 0;		/* now: path_poll shall be called */
		else if (!list_empty(&h->packets) && k->until < at)
			at = k->until;
	}
	if (at != USEC_NEVER) {
		t.it_value.tv_sec = (time_t)(at / USEC_PER_SEC);
		t.it_value.tv_nsec = (long)(at % USEC_PER_SEC * 1000 + 1);
	}
	timerfd_settime(p->timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

static void expire(struct path *p, struct hold *h, usec_t now)
{
	list_each(l, &h->packets) {
		struct packet *k = container_of(l, struct packet, link);

		if (k->until > now)
			return;
		error_source_need(p);
		packet_send(p, k, PM_COOKIE_REJECT);
		packet_drop(p, h, k);
	}
}

/* Packets arrived, or time has passed.  Old ones go first: one that comes
 * when the last has gone is news. */
void hold_run(struct path *p)
{
	usec_t now = time_now();
	uint64_t ticks;

	while (read(p->timer_fd, &ticks, sizeof(ticks)) > 0)
		;
	list_each(l, &p->holds)
		expire(p, container_of(l, struct hold, link), now);
	drain(p);
	timer_set(p);
}

bool hold_event(struct path *p, struct path_event *ret)
{
	list_each(l, &p->holds) {
		struct hold *h = container_of(l, struct hold, link);

		if (!h->tell)
			continue;
		h->tell = false;
		*ret = (struct path_event){
			.kind = PATH_EV_HELD, .flow = h->key,
		};
		return true;
	}
	return false;
}

/* --- flows --- */

struct hold *hold_find(struct path *p, const struct flow_key *key)
{
	list_each(l, &p->holds) {
		struct hold *h = container_of(l, struct hold, link);

		if (!key->cn && prefix_eq(&h->key.src, &key->src) &&
		    prefix_eq(&h->key.dst, &key->dst))
			return h;
	}
	return NULL;
}

int hold_add(struct path *p, const struct flow_key *key)
{
	struct hold *h = hold_find(p, key);

	if (h) {
		h->told_until = 0;
		return 0;
	}
	if (p->n_holds >= HOLDS_MAX)
		return -ENOSPC;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->key = *key;
	list_init(&h->link);
	list_init(&h->packets);
	list_append(&p->holds, &h->link);
	p->n_holds++;
	return 0;
}

void hold_flush(struct path *p, struct hold *h)
{
	for (int i = 0; i < ROUNDS; i++) {
		drain(p);
		if (list_empty(&h->packets))
			break;
		send_all(p, h, PM_COOKIE_RELEASE);
	}
	timer_set(p);		/* others' packets have been read, too */
}

void hold_free(struct path *p, struct hold *h, bool reject)
{
	drain(p);
	send_all(p, h, reject ? PM_COOKIE_REJECT : PM_COOKIE_RELEASE);
	list_del(&h->link);
	p->n_holds--;
	free(h);
	timer_set(p);
}

void hold_close(struct path *p)
{
	if (p->holds.next)
		list_each(l, &p->holds)
			hold_free(p, container_of(l, struct hold, link), true);
	free(p->packet_buf);
	if (p->packet_fd >= 0)
		close(p->packet_fd);
	if (p->timer_fd >= 0)
		close(p->timer_fd);
}
