/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_ro_icmp.bpf.h - ICMPv6 errors about packets with a home address.
 *
 * A router on the way knows of care-of addresses only, and so the packet
 * that it quotes is none that anybody here has sent.  What was put in is
 * taken out of the quotation, and the error goes to the home address (or
 * comes from there), as if the packet had travelled without (RFC 6275
 * sections 9.3.4 and 11.3.5).  Who says it, and what, stays; an MTU is less
 * by the headers.
 *
 * Parameter Problems stay as they are: they tell user space that the peer
 * does not know the option.
 */
#ifndef MIP6D_BPF_PATH_RO_ICMP_BPF_H
#define MIP6D_BPF_PATH_RO_ICMP_BPF_H

#include "bpf/path_ro.bpf.h"

/* Is it about a packet that we send? */
static __always_inline bool
ro_error_about(struct __sk_buff *skb, const struct ip6 *out,
	       const struct ip6 *quoted, const struct ro_in *r,
	       struct ro_flows *m)
{
	struct pm_path *p;
	__u32 id;

	words_copy(m->a, r->src);
	words_copy(m->b, r->dst);
	words_copy(m->far, quoted->dst);
	m->want_home = r->hao;
	m->want_peer = r->rh;
	ro_flows(m);
	if (!words_eq(out->dst, quoted->src) || (r->rh && !m->peer))
		return false;
	if (!r->hao)
		return is_own(skb, quoted->src);
	id = m->own;
	p = id ? bpf_map_lookup_elem(&pm_paths, &id) : NULL;
	return p && words_eq(p->local, quoted->src);
}

/* RFC 4443: the checksum of the error `out' of `len' octets is right. */
static __always_inline bool
icmp_intact(struct __sk_buff *skb, const struct ip6 *out, __u32 len)
{
	return skb->len == OFF_ICMP + len && len <= 1536 &&
	       !(__u16)~fold(sum_range(skb, OFF_ICMP, len,
				       sum_pseudo(out->src, out->dst, len,
						  NEXT_ICMPV6)));
}

/* Bring the quoted packet back into the form that it had, and tell. */
static __noinline int
ro_error_send(struct __sk_buff *skb, struct error *e, struct ro_in *r,
	      struct ip6 *quoted)
{
	__u32 before = r->from - IP6_LEN, at = r->prev - IP6_LEN, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);
	struct pm_config *cfg = config_get();

	if (!s || !cfg)
		return TC_ACT_SHOT;
	if (before) {
		if (!before_load(skb, OFF_INNER, s, before) ||
		    !before_name(s, at, r->next))
			return drop(skb, PM_DROP_ICMP);
	} else {
		quoted->next = r->next;
	}
	if (bpf_skb_adjust_room(skb, -(__s32)r->cut, BPF_ADJ_ROOM_MAC, 0))
		return drop(skb, PM_DROP_ENCAP);
	if (before && !before_store(skb, OFF_INNER, s, before, 0))
		return drop(skb, PM_DROP_ENCAP);
	quoted->plen = bpf_htons(bpf_ntohs(quoted->plen) - r->cut);
	words_copy(quoted->src, r->src);
	words_copy(quoted->dst, r->dst);
	if (bpf_skb_store_bytes(skb, OFF_QUOTED, quoted, sizeof(*quoted), 0))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_RELAY, e->quote);
	return error_finish(skb, cfg, e, quoted, 0, 0);
}

/* What the sender is told of `m'; false: nothing. */
static __always_inline bool
ro_error_as(const struct icmp6 *m, const struct ip6 *quoted, __u32 cut,
	    struct error *e)
{
	__u32 mtu = bpf_ntohl(m->param);

	e->type = m->type;
	e->code = m->code;
	e->param = mtu;
	if (m->type != ICMP_TOO_BIG)
		return true;
	e->param = mtu > IP6_MIN_MTU + cut ? mtu - cut : IP6_MIN_MTU;
	/* what fits the minimum is never too big: it goes in fragments */
	return bpf_ntohs(quoted->plen) + IP6_LEN - cut > e->param;
}

/* The parts of an error about one of our packets. */
struct ro_error {
	struct ip6	out, quoted;
	struct icmp6	m;
	struct ro_in	r;
	struct ro_flows	flows;
};

/* Too many for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ro_error);
} pm_ro_error SEC(".maps");

static __always_inline struct ro_error *ro_error_room(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&pm_ro_error, &zero);
}

/* Is the packet at `base' one? */
static __always_inline bool
ro_error_read(struct __sk_buff *skb, __u32 base, struct ro_error *x)
{
	__u32 icmp = base + IP6_LEN, quoted = icmp + sizeof(x->m);

	if (bpf_skb_load_bytes(skb, icmp, &x->m, sizeof(x->m)) ||
	    x->m.type < ICMP_UNREACH || x->m.type > ICMP_PARAM_PROBLEM)
		return false;
	__builtin_memset(&x->r, 0, sizeof(x->r));
	__builtin_memset(&x->flows, 0, sizeof(x->flows));
	return !bpf_skb_load_bytes(skb, base, &x->out, sizeof(x->out)) &&
	       !bpf_skb_load_bytes(skb, quoted, &x->quoted,
				   sizeof(x->quoted)) &&
	       ro_parse(skb, quoted, &x->quoted, &x->r) && x->r.cut &&
	       !x->r.pad &&
	       ro_error_about(skb, &x->out, &x->quoted, &x->r, &x->flows);
}

/* The same question of a packet without a link-layer header. */
__noinline int
ro_icmp_l3(struct __sk_buff *skb)
{
	struct ro_error *x = ro_error_room();

	return x && ro_error_read(skb, 0, x) &&
	       x->m.type != ICMP_PARAM_PROBLEM;
}

__noinline int
ro_icmp(struct __sk_buff *skb)
{
	struct ro_error *x = ro_error_room();
	struct error e = { 0 };
	struct pm_path *p;
	__u32 len, id;

	if (!x || !ro_error_read(skb, OFF_IP6, x))
		return TC_ACT_UNSPEC;
	len = bpf_ntohs(x->out.plen);
	if (!icmp_intact(skb, &x->out, len))
		return drop(skb, PM_DROP_MALFORMED);
	id = x->r.hao ? x->flows.own : x->flows.peer;
	p = bpf_map_lookup_elem(&pm_paths, &id);
	if (!p)
		return TC_ACT_UNSPEC;
	if (x->m.type == ICMP_TOO_BIG)
		path_learn(p, bpf_ntohl(x->m.param));
	else
		tell(PM_EV_ERROR, x->m.type << 8 | x->m.code, p->kind,
		     x->r.src, x->r.dst);
	if (x->m.type == ICMP_PARAM_PROBLEM)
		return TC_ACT_UNSPEC;
	if (!ro_error_as(&x->m, &x->quoted, x->r.cut, &e) || !error_allowed())
		return drop(skb, PM_DROP_ICMP);
	words_copy(e.src, x->out.src);
	e.quote = (__u16)(len - sizeof(x->m) - x->r.cut);
	return ro_error_send(skb, &e, &x->r, &x->quoted);
}

#endif
