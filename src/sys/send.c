/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * send.c - packets out.
 *
 * A raw socket with IPV6_HDRINCL carries what shall be routed; the kernel
 * resolves the next hop.  Routing has to see the packet's own source, since
 * a mobile has rules by source address; the source may be an address that
 * the kernel does not hold (yet), hence IPV6_FREEBIND.  A packet for a given
 * neighbour goes out through a packet socket, past routing and resolution.
 *
 * A socket or device queue that is full is rare and short: what does not
 * fit waits in a small ring, in order, and is tried again a moment later (a
 * full device queue does not make a socket unwritable, so polling would
 * spin).  More than that is lost, as on any wire, and the protocol sends
 * again.
 */
#include "config.h"

#include "sys/send.h"

#include "base/log.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_AGAIN	MSEC(2)

struct waiting {
	struct ef_send	send;
	uint32_t	ifindex;
};

struct sender {
	int		raw, packet;
	struct wakeup	*again;
	struct waiting	*ring;		/* made when first needed */
	unsigned	head, count;
};

static int
send_routed(struct sender *s, const struct ef_send *e, uint32_t ifindex)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	union {
		struct cmsghdr	align;
		char		b[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { 0 };
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)e->data,
		.iov_len = e->len,
	};
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.b, .msg_controllen = sizeof(control.b),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct in6_pktinfo pi = { .ipi6_ifindex = ifindex };

	memcpy(&pi.ipi6_addr, e->data + offsetof(struct ip6_hdr, ip6_src), 16);
	memcpy(&to.sin6_addr, e->data + offsetof(struct ip6_hdr, ip6_dst), 16);
	if (addr_is_linklocal(&to.sin6_addr) ||
	    addr_is_multicast(&to.sin6_addr))
		to.sin6_scope_id = ifindex;
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(pi));
	memcpy(CMSG_DATA(c), &pi, sizeof(pi));
	return sendmsg(s->raw, &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static int
send_neighbour(struct sender *s, const struct ef_send *e, uint32_t ifindex)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IPV6),
		.sll_ifindex = (int)ifindex,
		.sll_halen = e->ll_dst.len,
	};

	memcpy(to.sll_addr, e->ll_dst.b, e->ll_dst.len);
	return sendto(s->packet, e->data, e->len, MSG_DONTWAIT,
		      (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int
send_now(struct sender *s, const struct ef_send *e, uint32_t ifindex)
{
	int err, tries;

	/* A pending ICMP error or interrupt is reported by the next call and
	 * says nothing about this packet. */
	for (tries = 0; tries < 3; tries++) {
		err = e->ll_dst.len ? send_neighbour(s, e, ifindex) :
				      send_routed(s, e, ifindex);
		if (err != -EINTR && err != -ECONNREFUSED)
			break;
	}
	return err;
}

static bool
is_full(int err)
{
	return err == -EAGAIN || err == -ENOBUFS;
}

static void
on_room(void *arg)
{
	struct sender *s = arg;

	while (s->count) {
		struct waiting *w = &s->ring[s->head];
		int err = send_now(s, &w->send, w->ifindex);

		if (is_full(err)) {
			wakeup_set(s->again, clock_now() + SEND_AGAIN);
			return;
		}
		s->head = (s->head + 1) % SENDER_WAITING;
		s->count--;
	}
}

static int
send_later(struct sender *s, const struct ef_send *e, uint32_t ifindex)
{
	struct waiting *w;

	if (!s->ring)
		s->ring = calloc(SENDER_WAITING, sizeof(*s->ring));
	if (!s->ring || s->count == SENDER_WAITING)
		return -ENOBUFS;
	w = &s->ring[(s->head + s->count++) % SENDER_WAITING];
	w->send = *e;
	w->ifindex = ifindex;
	if (s->count == 1)
		wakeup_set(s->again, clock_now() + SEND_AGAIN);
	return 0;
}

int
sender_send(struct sender *s, const struct ef_send *e, uint32_t ifindex)
{
	int err;

	if (e->len < sizeof(struct ip6_hdr) || e->len > SEND_MAX ||
	    e->ll_dst.len > LLADDR_MAX)
		return -EINVAL;
	if (s->count)
		return send_later(s, e, ifindex);
	err = send_now(s, e, ifindex);
	return is_full(err) ? send_later(s, e, ifindex) : err;
}

static int
raw_open(void)
{
	int fd, on = 1, buf = 1024 * 1024;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_HDRINCL, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on,
		       sizeof(on)) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buf, sizeof(buf));
	/* what it sends is looked at by nobody here */
	on = 0;
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &on, sizeof(on));
	return fd;
}

int
sender_open(uv_loop_t *loop, struct sender **ret, char *why, size_t cap)
{
	struct sender *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	s->raw = raw_open();
	/* protocol 0: sends only */
	s->packet = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC |
			   SOCK_NONBLOCK, 0);
	err = s->raw < 0 ? s->raw : s->packet < 0 ? -errno : 0;
	if (err) {
		snprintf(why, cap, "raw sockets cannot be opened: %s%s",
			 strerror(-err), err == -EPERM ?
			 ": CAP_NET_RAW is missing" : "");
		sender_close(s);
		return err;
	}
	s->again = wakeup_new(loop, on_room, s);
	if (!s->again) {
		snprintf(why, cap, "out of memory");
		sender_close(s);
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

struct sender *
sender_close(struct sender *s)
{
	if (!s)
		return NULL;
	wakeup_free(s->again);
	if (s->raw >= 0)
		close(s->raw);
	if (s->packet >= 0)
		close(s->packet);
	free(s->ring);
	free(s);
	return NULL;
}
