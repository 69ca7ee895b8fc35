/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_ro_out.bpf.h - packets that get a home address on their way out of the
 * path device: which headers, where, and whether they fit (path_ro.bpf.h).
 */
#ifndef MIP6D_BPF_PATH_RO_OUT_BPF_H
#define MIP6D_BPF_PATH_RO_OUT_BPF_H

#include "bpf/path_ro.bpf.h"

struct ro_out {
	__u32	src[4], dst[4];		/* on the wire */
	__u32	at;			/* where in the packet ours go */
	__u32	l4;			/* where the transport header is */
	__u32	over;			/* their length */
	__u32	peer;			/* path of the binding used beside */
	__u8	next;			/* the header that follows them */
	__u8	proto;
	__u8	hao, rh;
};

/*
 * RFC 6275 section 6.3: behind the hop-by-hop options, before everything
 * else; a packet with a routing header of its own is left alone.  So are
 * Neighbor Discovery (section 9.3.2), AH, and Mobility Headers and prefix
 * discovery, which whoever sends them makes as they shall be.
 */
__noinline int
ro_place(struct __sk_buff *skb, const struct ip6 *in, struct ro_out *o)
{
	__u32 off = IP6_LEN;
	__u8 next, b[2];

	if (!in || !o)
		return 0;
	next = in->next;
	o->at = IP6_LEN;
	o->next = next;
	for (__u32 i = 0; i < CHAIN_MAX; i++) {
		o->l4 = off;
		o->proto = next;
		if (next == NEXT_ROUTING || next == NEXT_MOBILITY ||
		    next == NEXT_AH || (next == NEXT_HOPOPTS && i))
			return 0;
		if (next == NEXT_ICMPV6)
			return !bpf_skb_load_bytes(skb, OFF_IP6 + off, b, 1) &&
			       (b[0] < ND_FIRST || b[0] > ND_LAST) &&
			       !is_discovery(b[0]);
		if (next != NEXT_HOPOPTS && next != NEXT_DSTOPTS &&
		    next != NEXT_FRAGMENT)
			return 1;
		if (bpf_skb_load_bytes(skb, OFF_IP6 + off, b, sizeof(b)))
			return 0;
		if (next == NEXT_FRAGMENT)
			return b[0] != NEXT_ROUTING && b[0] != NEXT_AH &&
			       b[0] != NEXT_MOBILITY;
		off += (b[1] + 1) * 8;
		if (next == NEXT_HOPOPTS) {
			o->at = off;
			o->next = b[0];
		}
		next = b[0];
	}
	return 0;
}

/* As segment_len(), behind extension headers. */
static __always_inline __u32
ro_len(struct __sk_buff *skb, const struct ro_out *o, const struct ip6 *in)
{
	__u32 gso = skb->gso_size;
	__u8 doff = 0;

	if (!gso)
		return IP6_LEN + bpf_ntohs(in->plen) + o->over;
	if (o->proto == NEXT_UDP)
		return o->l4 + 8 + gso + o->over;
	if (o->proto == NEXT_TCP)
		bpf_skb_load_bytes(skb, OFF_IP6 + o->l4 + 12, &doff, 1);
	return o->l4 + (doff >> 4) * 4 + gso + o->over;
}

/* Its destination is a home address that its source has a binding of, as a
 * correspondent (RFC 6275 9.1): then it goes to the care-of address as well.  (A
 * program of its own, for the sake of the stack.) */
static __noinline void ro_to_mobile(const struct ip6 *in, struct ro_out *o)
{
	struct pm_config *cfg = config_get();
	struct pm_flow2_key k = { 0 };
	struct pm_flow *f;
	struct pm_path *p;

	if (!cfg)
		return;
	k.shape = cfg->shapes[cfg->active & 1].cn;
	if (!k.shape)
		return;
	words_copy(k.src, in->src);
	words_copy(k.dst, in->dst);
	f = bpf_map_lookup_elem(&pm_flow2, &k);
	p = f && f->action == PM_PATH ? path_of(f) : NULL;
	if (!p || p->kind != PM_MIP6_CN)
		return;
	flow_mark(f);
	o->peer = f->path;
	words_copy(o->dst, p->remote);
	o->rh = 1;
	o->over = 2 * RO_LEN;
}

/* Which headers, and to where. */
static __always_inline void
ro_plan(const struct pm_path *p, const struct ip6 *in, struct ro_out *o)
{
	bool mobile = p->kind == PM_MIP6_MN;

	words_copy(o->src, in->src);
	words_copy(o->dst, in->dst);
	if (p->kind == PM_IP6IP6)	/* to its far end, or from its near */
		mobile = words_eq(p->remote, in->dst);
	if (!mobile) {
		words_copy(o->dst, p->remote);
		o->rh = 1;
		o->over = RO_LEN;
		return;
	}
	words_copy(o->src, p->local);
	o->hao = 1;
	o->over = RO_LEN;
	ro_to_mobile(in, o);
}

/* The routing header, and the option, as they are on the wire. */
static __always_inline void
ro_write_rh(struct ro_header *h, const struct ro_out *o, const struct ip6 *in)
{
	*h = (struct ro_header){
		.next = o->hao ? NEXT_DSTOPTS : o->next,
		.len = 2,
		.b = { RH_TYPE2, 1 },
	};
	words_copy(h->addr, in->dst);
}

static __always_inline void
ro_write_hao(struct ro_header *h, const struct ro_out *o,
	     const struct ip6 *in)
{
	*h = (struct ro_header){
		.next = o->next,
		.len = 2,
		.b = { OPT_PADN, 2, 0, 0, OPT_HOME, HOME_LEN },
	};
	words_copy(h->addr, in->src);
}

/* The IPv6 header `in' as it is on the wire. */
static __always_inline void
ro_write_ip6(struct ip6 *h, const struct ro_out *o, const struct ip6 *in)
{
	h->word0 = in->word0;
	h->plen = bpf_htons(bpf_ntohs(in->plen) + o->over);
	h->next = o->at > IP6_LEN ? in->next :
		  o->rh ? NEXT_ROUTING : NEXT_DSTOPTS;
	h->hlim = in->hlim;
	words_copy(h->src, o->src);
	words_copy(h->dst, o->dst);
}

static __always_inline long
ro_grow(struct __sk_buff *skb, const struct ro_out *o)
{
	return bpf_skb_adjust_room(skb, o->over, BPF_ADJ_ROOM_NET,
				   BPF_F_ADJ_ROOM_FIXED_GSO |
				   BPF_F_ADJ_ROOM_NO_CSUM_RESET);
}

/* Put them in behind the IPv6 header: nearly always. */
static __always_inline int
ro_push_first(struct __sk_buff *skb, const struct ro_out *o,
	      const struct ip6 *in)
{
	struct ro_header *h;
	void *data;

	if (ro_grow(skb, o))
		return -1;
	data = head_get(skb, OFF_IP6 + IP6_LEN + RO_LEN);
	if (!data)
		return -1;
	ro_write_ip6(data + OFF_IP6, o, in);
	h = data + OFF_IP6 + IP6_LEN;
	if (!o->hao || !o->rh) {
		if (o->rh)
			ro_write_rh(h, o, in);
		else
			ro_write_hao(h, o, in);
		return 0;
	}
	data = head_get(skb, OFF_IP6 + IP6_LEN + 2 * RO_LEN);
	if (!data)
		return -1;
	h = data + OFF_IP6 + IP6_LEN;
	ro_write_rh(h, o, in);
	ro_write_hao(h + 1, o, in);
	return 0;
}

/* The same behind hop-by-hop options, which change their place. */
__noinline int
ro_push_behind(struct __sk_buff *skb, const struct ro_out *o,
	       const struct ip6 *in)
{
	struct ro_header h[2] = { 0 };
	__u32 before, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);
	struct ip6 out;

	if (!s || !o || !in)
		return -1;
	before = o->at - IP6_LEN;
	if (!before_load(skb, OFF_IP6 + IP6_LEN, s, before) ||
	    !before_name(s, 0, o->rh ? NEXT_ROUTING : NEXT_DSTOPTS))
		return -1;
	if (o->rh)
		ro_write_rh(&h[0], o, in);
	if (o->hao)
		ro_write_hao(o->rh ? &h[1] : &h[0], o, in);
	ro_write_ip6(&out, o, in);
	if (ro_grow(skb, o) ||
	    !before_store(skb, OFF_IP6 + IP6_LEN, s, before, 0) ||
	    bpf_skb_store_bytes(skb, OFF_IP6 + o->at, h,
				o->over == RO_LEN ? RO_LEN : 2 * RO_LEN, 0))
		return -1;
	return (int)bpf_skb_store_bytes(skb, OFF_IP6, &out, sizeof(out), 0);
}

static __always_inline int
ro_push(struct __sk_buff *skb, const struct ro_out *o, const struct ip6 *in)
{
	if (bpf_ntohs(in->plen) + o->over > 0xffff)
		return -1;
	return o->at == IP6_LEN ? ro_push_first(skb, o, in) :
				  ro_push_behind(skb, o, in);
}

/* Which address of ours an error about `in' comes from. */
static __always_inline const __u32 *
ro_near(const struct pm_path *p, const struct ip6 *in)
{
	return is_unspec(p->local) ? in->src : p->local;
}

/* route_find() for it, on a stack of its own. */
static __noinline long
ro_route(struct __sk_buff *skb, const struct ro_out *o, __u32 len,
	 struct route **ret_r)
{
	struct pm_config *cfg = config_get();

	return cfg ? route_find(skb, cfg->ifindex, o->src, o->dst, len,
				ret_r) : BPF_FIB_LKUP_RET_BLACKHOLE;
}

/*
 * The packet in `skb', which belongs to path `id': with the headers of RFC
 * 6275, unless it is one that must not have them (RO_NOT).
 */
__noinline int
ro_out(struct __sk_buff *skb, __u32 id)
{
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &id);
	__u32 len, mtu, bytes = skb->len - ETH_HLEN;
	struct pm_config *cfg = config_get();
	struct ro_out o = { 0 };
	struct route *r = NULL;
	struct ip6 in;
	long ret;

	if (!cfg || !p || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	if (p->kind != PM_IP6IP6 && ro_orphan())
		return RO_NOT;
	if (in.next == NEXT_TCP || in.next == NEXT_UDP) {
		o.at = o.l4 = IP6_LEN;	/* ro_place() says so, too */
		o.next = o.proto = in.next;
	} else if (!ro_place(skb, &in, &o) || o.at - IP6_LEN > BEFORE_MAX) {
		return RO_NOT;
	}
	ro_plan(p, &in, &o);
	len = ro_len(skb, &o, &in);
	mtu = path_mtu(p);
	if (mtu && len > mtu)
		return too_big(skb, ro_near(p, &in), len, mtu, o.over);
	ret = ro_route(skb, &o, len, &r);
	if (ret == BPF_FIB_LKUP_RET_FRAG_NEEDED && r)
		return too_big(skb, ro_near(p, &in), len, r->mtu, o.over);
	if (ret == BPF_FIB_LKUP_RET_FWD_DISABLED)
		tell(PM_EV_FORWARDING, 0, p->kind, p->local, p->remote);
	if (!r || (ret != BPF_FIB_LKUP_RET_SUCCESS &&
		   ret != BPF_FIB_LKUP_RET_NO_NEIGH))
		return drop(skb, PM_DROP_NO_ROUTE);
	if (r->ifindex == cfg->ifindex)
		return o.hao ? drop(skb, PM_DROP_LOOP) : RO_TUNNEL;
	if (ro_push(skb, &o, &in))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_RO_OUT, bytes);
	count_out(id, bytes);
	if (o.peer)
		count_out(o.peer, bytes);
	return send_out(r, ret);
}

static __noinline long
ro_outer(struct __sk_buff *skb, const struct pm_path *p, __u32 len,
	 struct route **ret_r)
{
	struct pm_config *cfg = config_get();

	return cfg ? outer_route(skb, cfg, p, len, ret_r) :
		     BPF_FIB_LKUP_RET_BLACKHOLE;
}

/* What a packet would be too long for, and who says so. */
struct ro_limit {
	__u32	len, mtu, src[4];
};

/* Parts of ro_nested(), so that their stacks do not add up.  0: it fits. */
static __noinline int
ro_nest_limit(struct __sk_buff *skb, const struct ip6 *in,
	      struct ro_limit *ret)
{
	struct pm_config *cfg = config_get();
	struct ro_out o = { .l4 = IP6_LEN, .over = RO_LEN + IP6_LEN,
			    .proto = in->next };
	struct route *r = NULL;
	struct pm_flow *f = cfg ? flow_tunnel(cfg, in->src, in->dst, false) :
				  NULL;
	struct pm_path *p = f && f->action == PM_PATH ? path_of(f) : NULL;

	if (!p)
		return RO_TUNNEL;
	ret->len = ro_len(skb, &o, in);
	ret->mtu = path_mtu(p);
	words_copy(ret->src, p->local);
	if (ret->mtu && ret->len > ret->mtu)
		return RO_NOT;
	if (ro_outer(skb, p, ret->len, &r) == BPF_FIB_LKUP_RET_FRAG_NEEDED &&
	    r) {
		ret->mtu = r->mtu;
		return RO_NOT;
	}
	if (f->flags & PM_FLOW_WATCH)
		watch_count(skb, in->src, in->dst);
	return 0;
}

static __noinline int
ro_nest_push(struct __sk_buff *skb, __u32 id, const struct ip6 *in)
{
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &id);
	struct ro_out o = { .at = IP6_LEN, .rh = 1, .over = RO_LEN,
			    .next = in->next };

	if (!p || bpf_ntohs(in->plen) + RO_LEN > 0xffff)
		return drop(skb, PM_DROP_ENCAP);
	words_copy(o.src, in->src);
	words_copy(o.dst, p->remote);
	if (ro_push_first(skb, &o, in))
		return drop(skb, PM_DROP_ENCAP);
	count_out(id, skb->len - ETH_HLEN - RO_LEN);
	return RO_TUNNEL;
}

/*
 * A packet to a mobile whose binding `id' we have, from a home address of ours
 * that it has no binding of: with a routing header, through our own tunnel
 * (RFC 6275 sections 9.3.2 and 11.3.1), and so past its home agent at least.
 * The tunnel takes what fits; that is asked here, where the packet still is
 * what its sender knows.  One with headers of its own goes without.
 * RO_TUNNEL: the tunnel may have it.
 */
static __noinline int
ro_nested(struct __sk_buff *skb, __u32 id)
{
	struct ro_limit m = { 0 };
	struct ip6 in;
	int ret;

	if (bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	if (in.next != NEXT_TCP && in.next != NEXT_UDP &&
	    in.next != NEXT_ICMPV6)
		return RO_TUNNEL;
	ret = ro_nest_limit(skb, &in, &m);
	if (ret == RO_NOT)
		return too_big(skb, m.src, m.len, m.mtu, RO_LEN + IP6_LEN);
	return ret ? ret : ro_nest_push(skb, id, &in);
}

/* Is the packet `in' of flow `f' to have them? */
static __always_inline bool
ro_wanted(const struct pm_flow *f, const struct pm_path *p,
	  const struct ip6 *in)
{
	if (p->kind != PM_IP6IP6)
		return true;
	return (f->flags & PM_FLOW_TO_END && words_eq(p->remote, in->dst)) ||
	       (f->flags & PM_FLOW_FROM_END && words_eq(p->local, in->src));
}

/* RO_NOT, and no tunnel either; or another address of ours has the binding: as
 * if there were none. */
__noinline int
ro_plain(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct route *r = NULL;
	struct ip6 in;
	__u32 len;
	long ret;

	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	len = segment_len(skb, OFF_IP6, &in);
	ret = route_find(skb, cfg->ifindex, in.src, in.dst, len, &r);
	if (ret == BPF_FIB_LKUP_RET_FRAG_NEEDED && r)
		return too_big(skb, in.src, len, r->mtu, 0);
	if (!r || (ret != BPF_FIB_LKUP_RET_SUCCESS &&
		   ret != BPF_FIB_LKUP_RET_NO_NEIGH))
		return drop(skb, PM_DROP_NO_ROUTE);
	if (r->ifindex == cfg->ifindex)
		return drop(skb, PM_DROP_LOOP);
	/* Not as send_out() does for a neighbour that is not known: the route
	 * that the kernel would look for is the one that led here.  So it is
	 * asked for, and this packet may be lost; the next one is not. */
	return send_out(r, BPF_FIB_LKUP_RET_SUCCESS);
}

#endif
