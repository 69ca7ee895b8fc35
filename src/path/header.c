/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * header.c - the headers that a path adds to a packet.
 *
 * The programs in eBPF add them to almost all packets.  These here are for
 * the few that must be cut afterwards (fragment.c), and are the same: what
 * path_ro.bpf.h says about which packets get which header holds here, too.
 */
#include "path/private.h"

#include "base/buf.h"

#include <errno.h>

#define IP6_LEN		40
#define RO_LEN		24
#define HLIM		64
#define CHAIN_MAX	6
#define BEFORE_MAX	64

enum {
	NEXT_HOPOPTS = 0,
	NEXT_IPV6 = 41,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AH = 51,
	NEXT_ICMPV6 = 58,
	NEXT_DSTOPTS = 60,
	NEXT_MOBILITY = 135,
};

/* What ours go behind, and which packets have none: see ro_place() there. */
static bool
place(const uint8_t *packet, size_t len, size_t *ret_at, uint8_t *ret_next)
{
	struct rbuf r = rbuf_of(packet, len);
	uint8_t next;
	size_t at = IP6_LEN, off = IP6_LEN;

	rbuf_take(&r, 6);
	next = rbuf_u8(&r);
	rbuf_take(&r, IP6_LEN - 7);
	*ret_next = next;
	for (int i = 0; i < CHAIN_MAX && !r.bad; i++) {
		bool hop = next == NEXT_HOPOPTS;
		uint8_t type, ext;

		if (next == NEXT_ROUTING || next == NEXT_MOBILITY ||
		    next == NEXT_AH || (hop && i))
			return false;
		if (!hop && next != NEXT_DSTOPTS && next != NEXT_FRAGMENT &&
		    next != NEXT_ICMPV6) {
			*ret_at = at;
			return true;
		}
		type = rbuf_u8(&r);
		if (next == NEXT_ICMPV6 || next == NEXT_FRAGMENT) {
			*ret_at = at;
			return !r.bad && (next == NEXT_ICMPV6 ?
				type < 133 || type > 137 :
				type != NEXT_ROUTING && type != NEXT_AH &&
				type != NEXT_MOBILITY);
		}
		ext = rbuf_u8(&r);
		rbuf_take(&r, (size_t)ext * 8 + 6);
		off += (size_t)ext * 8 + 8;
		if (hop) {
			at = off;
			*ret_next = type;
		}
		next = type;
	}
	return false;
}

/* --- a tunnel's --- */

static int
tunnel_headers(const struct path *p, uint32_t id, const uint8_t *packet,
	       struct headers *h)
{
	const struct pm_path *v = &p->paths[id];
	struct wbuf w = wbuf_of(h->data, sizeof(h->data));

	wbuf_put(&w, packet, 4);	/* class and label: the inner ones */
	wbuf_u16(&w, 0);
	wbuf_u8(&w, NEXT_IPV6);
	wbuf_u8(&w, HLIM);
	wbuf_put(&w, v->local, 16);
	wbuf_put(&w, v->remote, 16);
	memcpy(&h->dst, v->remote, 16);
	h->len = wbuf_len(&w);
	h->next_at = 6;
	h->next = NEXT_IPV6;
	h->path[0] = id;
	return w.bad ? -EINVAL : 0;
}

/* --- route optimization's --- */

struct plan {
	const void	*hao, *rh;	/* addresses; NULL: no such header */
	const void	*src, *dst;	/* on the wire */
	uint32_t	peer;		/* path of the binding used beside */
};

static uint32_t
binding(const struct path *p, const struct in6_addr *local,
	const struct in6_addr *hoa)
{
	const struct flow_key k = {
		.src = prefix_host(local), .dst = prefix_host(hoa), .cn = true,
	};
	struct pm_flow f;
	uint32_t id;

	if (flow_get(p, &k, &f) || f.action != PM_PATH)
		return 0;
	id = flow_path(p, &f);
	return id && p->paths[id].kind == PM_MIP6_CN ? id : 0;
}

static void
plan_make(const struct path *p, const struct pm_path *v,
	  const struct in6_addr *src, const struct in6_addr *dst,
	  struct plan *ret)
{
	bool mobile = v->kind == PM_MIP6_MN ||
		      (v->kind == PM_IP6IP6 && !memcmp(v->remote, dst, 16));

	*ret = (struct plan){ .src = src, .dst = dst };
	if (!mobile) {
		ret->rh = dst;
		ret->dst = v->remote;
		return;
	}
	ret->hao = src;
	ret->src = v->local;
	ret->peer = binding(p, src, dst);
	if (ret->peer) {
		ret->rh = dst;
		ret->dst = p->paths[ret->peer].remote;
	}
}

static void
put_header(struct wbuf *w, uint8_t next, const uint8_t rest[6],
	   const void *addr)
{
	wbuf_u8(w, next);
	wbuf_u8(w, RO_LEN / 8 - 1);
	wbuf_put(w, rest, 6);
	wbuf_put(w, addr, 16);
}

/* `at' octets of the packet stand before them; `next' follows. */
static int
plan_write(const struct plan *o, const uint8_t *packet, size_t at,
	   uint8_t next, struct headers *h)
{
	static const uint8_t rh[6] = { 2, 1 }, hao[6] = { 1, 2, 0, 0, 201, 16 };
	uint8_t first = o->rh ? NEXT_ROUTING : NEXT_DSTOPTS;
	struct wbuf w = wbuf_of(h->data, sizeof(h->data));

	wbuf_put(&w, packet, 4);
	wbuf_u16(&w, 0);
	wbuf_u8(&w, at > IP6_LEN ? packet[6] : first);
	wbuf_u8(&w, packet[7]);
	wbuf_put(&w, o->src, 16);
	wbuf_put(&w, o->dst, 16);
	if (at > IP6_LEN) {
		wbuf_u8(&w, first);
		wbuf_put(&w, packet + IP6_LEN + 1, at - IP6_LEN - 1);
	}
	h->next_at = wbuf_len(&w);	/* of the last of ours */
	if (o->rh)
		put_header(&w, o->hao ? NEXT_DSTOPTS : next, rh, o->rh);
	if (o->hao) {
		h->next_at = wbuf_len(&w);
		put_header(&w, next, hao, o->hao);
	}
	h->len = wbuf_len(&w);
	h->skip = at;
	h->next = next;
	memcpy(&h->dst, o->dst, 16);
	return w.bad ? -EINVAL : 0;
}

static bool
wanted(const struct pm_flow *f, const struct pm_path *v,
       const struct in6_addr *src, const struct in6_addr *dst)
{
	if (v->kind != PM_IP6IP6)
		return true;
	return (f->flags & PM_FLOW_TO_END && !memcmp(v->remote, dst, 16)) ||
	       (f->flags & PM_FLOW_FROM_END && !memcmp(v->local, src, 16));
}

int headers_make(const struct path *p, const uint8_t *packet, size_t len,
		 struct headers *ret)
{
	struct rbuf r = rbuf_of(packet, len);
	struct in6_addr src, dst;
	struct headers h = { 0 };
	struct pm_flow f;
	struct plan o;
	uint32_t id;
	uint8_t next;
	size_t at;
	int err;

	rbuf_take(&r, 8);
	src = rbuf_addr(&r);
	dst = rbuf_addr(&r);
	if (r.bad)
		return -EINVAL;
	if (flow_match(p, &src, &dst, false, &f))
		return -ENOENT;
	id = flow_path(p, &f);
	if (id && wanted(&f, &p->paths[id], &src, &dst) &&
	    place(packet, len, &at, &next) && at - IP6_LEN <= BEFORE_MAX) {
		plan_make(p, &p->paths[id], &src, &dst, &o);
		err = plan_write(&o, packet, at, next, &h);
		h.path[0] = id;
		h.path[1] = o.peer;
	} else {
		if (flow_match(p, &src, &dst, true, &f))
			return -ENOENT;
		id = flow_path(p, &f);
		err = id ? tunnel_headers(p, id, packet, &h) : -ENOENT;
	}
	if (!err)
		*ret = h;
	return err;
}
