/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment.c - packets of paths in fragments.
 *
 * Everybody may send 1280 octets without asking, and the tunnel's header
 * makes them 1320, which not every path takes: such packets, and only
 * these, have to travel in fragments (RFC 2473 section 7.1).  It is rare
 * and eBPF cannot do it.  So the egress program lets them leave the device
 * at its far end, where we read them (hold.c), wrap and cut them, and send
 * the pieces through a raw socket.  The same goes for the headers of route
 * optimization; these stand in front of the fragment header (RFC 6275
 * section 6.3), in each of the pieces.
 *
 * At the other end the kernel puts the pieces of a tunnel packet together,
 * after our ingress program has seen them, and finds nobody for what is in
 * them but another raw socket: ours.  What we accept comes in through the
 * device's far end.  Pieces with home addresses need none of that: each is
 * restored as it comes.
 */
#define _GNU_SOURCE		/* struct in6_pktinfo */

#include "path/private.h"

#include "base/buf.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define VNET_LEN	sizeof(struct virtio_net_hdr)
#define IP6_LEN		40
#define FRAGMENT_LEN	8
#define MIN_MTU		1280
#define NEXT_FRAGMENT	44
#define NEXT_IPV6	41

int fragment_open(struct path *p)
{
	int one = 1;

	if (getrandom(&p->fragment_id, sizeof(p->fragment_id), 0) < 0)
		return -errno;
	p->out_fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   IPPROTO_RAW);
	p->in_fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  NEXT_IPV6);
	if (p->out_fd < 0 || p->in_fd < 0 ||
	    setsockopt(p->in_fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one,
		       sizeof(one)) < 0 ||
	    setsockopt(p->in_fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &one,
		       sizeof(one)) < 0)
		return -errno;
	return 0;
}

void fragment_close(struct path *p)
{
	if (p->out_fd >= 0)
		close(p->out_fd);
	if (p->in_fd >= 0)
		close(p->in_fd);
}

/* The tunnel of packets from `src' to `dst'; 0: none. */
static uint32_t
path_between(const struct path *p, const struct in6_addr *src,
	     const struct in6_addr *dst, struct pm_flow *ret)
{
	return flow_match(p, src, dst, true, ret) ? 0 : flow_path(p, ret);
}

/* May what is in it come so? */
static bool
is_taken(struct path *p, const struct pm_path *t, const struct pm_flow *f,
	 const struct in6_addr *outer_src, const struct in6_addr *outer_dst)
{
	return !memcmp(t->remote, outer_src, 16) &&
	       (!memcmp(t->local, outer_dst, 16) ||
		(f->flags & PM_FLOW_ANY_END && path_has_end(p, outer_dst)));
}

static void count(struct pm_count *c, size_t bytes)
{
	__atomic_fetch_add(&c->packets, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&c->bytes, bytes, __ATOMIC_RELAXED);
}

/* --- out --- */

/* Write the checksum that the packet still lacks (see virtio_net.h). */
static bool checksum_finish(uint8_t *frame, size_t len,
			    const struct virtio_net_hdr *v)
{
	size_t at = (size_t)v->csum_start + v->csum_offset;
	uint32_t sum = 0;

	if (!(v->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return true;
	if (v->csum_start > len || at + 2 > len)
		return false;
	for (size_t i = v->csum_start; i < len; i++)
		sum += (i - v->csum_start) % 2 ? frame[i] :
						 (uint32_t)frame[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	frame[at] = (uint8_t)(sum >> 8);
	frame[at + 1] = (uint8_t)sum;
	return true;
}

/* What is to be cut: behind its headers, perhaps a fragment already. */
struct whole {
	struct headers	h;
	const uint8_t	*data;
	size_t		len;
	uint32_t	id;
	uint16_t	off;		/* in octets, and the flag "more" */
};

/* With its source for the look-up of its route, too: without one the rule of
 * a home address may match, and lead it to us again. */
static int out_send(const struct path *p, const uint8_t *buf, size_t len)
{
	union {
		char		b[CMSG_SPACE(sizeof(struct in6_pktinfo))];
		struct cmsghdr	align;
	} control = { .b = { 0 } };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.b, .msg_controllen = sizeof(control.b),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	memcpy(&to.sin6_addr, buf + 24, 16);
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo));
	memcpy(CMSG_DATA(c), buf + 8, 16);
	return sendmsg(p->out_fd, &m, 0) < 0 ? -EIO : 0;
}

/* RFC 8200 section 4.5: the piece of `n' octets from `off'. */
static int
piece_send(struct path *p, struct whole *k, size_t off, size_t n)
{
	bool more = off + n < k->len || k->off & 1;
	uint8_t buf[MIN_MTU];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	wbuf_put(&w, k->h.data, k->h.len);
	wbuf_u8(&w, k->h.next);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, (uint16_t)((k->off & ~7u) + off) | more);
	wbuf_u32(&w, k->id);
	wbuf_put(&w, k->data + off, n);
	wbuf_patch_u16(&w, 4, (uint16_t)(wbuf_len(&w) - IP6_LEN));
	if (w.bad)
		return -EIO;
	buf[k->h.next_at] = NEXT_FRAGMENT;
	return out_send(p, buf, wbuf_len(&w));
}

/* A fragment is cut further as what it is: a part of the same whole. */
static bool whole_unwrap(struct whole *k)
{
	struct rbuf r = rbuf_of(k->data, k->len);

	if (k->h.next != NEXT_FRAGMENT)
		return true;
	k->h.next = rbuf_u8(&r);
	rbuf_u8(&r);
	k->off = rbuf_u16(&r);
	k->id = rbuf_u32(&r);
	if (r.bad)
		return false;
	k->data += FRAGMENT_LEN;
	k->len -= FRAGMENT_LEN;
	return true;
}

static int whole_send(struct path *p, struct whole *k)
{
	size_t piece = (MIN_MTU - k->h.len - FRAGMENT_LEN) & ~(size_t)7;
	int err = 0;

	for (size_t off = 0; off < k->len && !err; off += piece)
		err = piece_send(p, k, off, k->len - off < piece ?
				 k->len - off : piece);
	return err;
}

void fragment_out(struct path *p, uint8_t *data, size_t len)
{
	struct virtio_net_hdr vnet;
	uint8_t *in = data + VNET_LEN + ETH_HLEN;
	struct whole k = { 0 };

	if (len < VNET_LEN + ETH_HLEN + IP6_LEN)
		return;
	memcpy(&vnet, data, sizeof(vnet));
	len -= VNET_LEN + ETH_HLEN;
	if (len > MIN_MTU || vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE ||
	    !checksum_finish(data + VNET_LEN, len + ETH_HLEN, &vnet) ||
	    headers_make(p, in, len, &k.h)) {
		p->extra[PM_DROP_ENCAP]++;
		return;
	}
	k.data = in + k.h.skip;
	k.len = len - k.h.skip;
	k.id = ++p->fragment_id;
	if (!whole_unwrap(&k) || whole_send(p, &k)) {
		p->extra[PM_DROP_NO_ROUTE]++;
		return;
	}
	for (int i = 0; i < 2; i++)
		if (k.h.path[i])
			count(&p->counts[k.h.path[i]].out, len);
}

/* --- in --- */

/* RFC 6040 section 4.2, as merge_ecn() in path.bpf.c. */
static bool merge_ecn(unsigned tclass, uint8_t *in)
{
	unsigned outer = tclass & 3, inner = in[1] >> 4 & 3;

	if (outer == 3 && inner == 0)
		return false;
	if (outer == 3)
		in[1] |= 0x30;
	else if (outer == 1 && inner == 2)
		in[1] = (uint8_t)((in[1] & ~0x30) | 0x10);
	return true;
}

static void enter(struct path *p, uint8_t *data, size_t len)
{
	const uint8_t type[2] = { ETH_P_IPV6 >> 8, ETH_P_IPV6 & 0xff };
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = (int)p->peer_ifindex,
		.sll_halen = ETH_ALEN,
	};

	memset(data, 0, VNET_LEN);
	memcpy(data + VNET_LEN, p->cfg->mac, 2 * ETH_ALEN);
	memcpy(data + VNET_LEN + 2 * ETH_ALEN, type, sizeof(type));
	sendto(p->packet_fd, data, VNET_LEN + ETH_HLEN + len, 0,
	       (struct sockaddr *)&sll, sizeof(sll));
}

/* RFC 6275 section 10.4.5, as tunnel_in() in path.bpf.c. */
static void
take(struct path *p, uint8_t *data, size_t len,
     const struct in6_addr *outer_src, const struct in6_addr *outer_dst,
     unsigned tclass)
{
	uint8_t *in = data + VNET_LEN + ETH_HLEN;
	struct rbuf r = rbuf_of(in, len);
	struct in6_addr src, dst;
	struct pm_flow f;
	uint32_t id;

	rbuf_take(&r, 8);
	src = rbuf_addr(&r);
	dst = rbuf_addr(&r);
	if (r.bad || in[0] >> 4 != 6) {
		p->extra[PM_DROP_MALFORMED]++;
		return;
	}
	id = path_between(p, &dst, &src, &f);
	if (!id) {
		p->extra[PM_DROP_INNER_SOURCE]++;
	} else if (!is_taken(p, &p->paths[id], &f, outer_src, outer_dst)) {
		p->extra[PM_DROP_OUTER_SOURCE]++;
	} else if (!merge_ecn(tclass, in)) {
		p->extra[PM_DROP_ECN]++;
	} else {
		count(&p->counts[id].in, len);
		p->extra[PM_REASSEMBLED]++;
		enter(p, data, len);
	}
}

static void
ancillary(struct msghdr *m, struct in6_addr *dst, unsigned *tclass)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct in6_pktinfo info;
		int v;

		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			*dst = info.ipi6_addr;
		} else if (c->cmsg_type == IPV6_TCLASS) {
			memcpy(&v, CMSG_DATA(c), sizeof(v));
			*tclass = (unsigned)v;
		}
	}
}

void fragment_run(struct path *p)
{
	const size_t head = VNET_LEN + ETH_HLEN;
	uint8_t *buf = packet_room(p), ctl[256];
	ssize_t n = 1;

	while (buf && n > 0) {
		struct iovec iov = { buf + head, PACKET_ROOM - head };
		struct sockaddr_in6 from;
		struct in6_addr dst = { 0 };
		unsigned tclass = 0;
		struct msghdr m = {
			.msg_name = &from, .msg_namelen = sizeof(from),
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = ctl, .msg_controllen = sizeof(ctl),
		};

		n = recvmsg(p->in_fd, &m, 0);
		if (n <= 0)
			break;
		ancillary(&m, &dst, &tclass);
		take(p, buf, (size_t)n, &from.sin6_addr, &dst, tclass);
	}
}
