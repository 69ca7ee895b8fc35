/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_ro_in.bpf.h - packets with a home address that come in: judged by the
 * flows, and restored to what their sender's application sent (path_ro.bpf.h).
 */
#ifndef MIP6D_BPF_PATH_RO_IN_BPF_H
#define MIP6D_BPF_PATH_RO_IN_BPF_H

#include "bpf/path_ro.bpf.h"

/* Take out our headers, and make that right in the copy `in' of the IPv6
 * header, which goes back into the packet. */
static __always_inline int
ro_shrink(struct __sk_buff *skb, const struct ro_in *r, struct ip6 *in)
{
	if (r->cut &&
	    bpf_skb_adjust_room(skb, -(__s32)r->cut, BPF_ADJ_ROOM_NET,
				BPF_F_ADJ_ROOM_FIXED_GSO |
				BPF_F_ADJ_ROOM_NO_CSUM_RESET))
		return -1;
	if (r->from == IP6_LEN)
		in->next = r->next;
	in->plen = bpf_htons(bpf_ntohs(in->plen) - r->cut);
	words_copy(in->src, r->src);
	words_copy(in->dst, r->dst);
	return (int)bpf_skb_store_bytes(skb, OFF_IP6, in, sizeof(*in),
					BPF_F_RECOMPUTE_CSUM);
}

/* The same with headers in front of ours, which move, or an option that is
 * to be overwritten. */
__noinline int
ro_restore(struct __sk_buff *skb, const struct ro_in *r, struct ip6 *in)
{
	/* Linux takes no more than 7 octets of padding for padding */
	static const __u8 nothing[2 + HOME_LEN] = { OPT_NOTHING, HOME_LEN };
	__u32 before, at, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);
	__u8 pad[2 + HOME_LEN];

	if (!s || !r || !in)
		return -1;
	before = r->from - IP6_LEN;
	at = r->prev - IP6_LEN;
	__builtin_memcpy(pad, nothing, sizeof(pad));
	if (r->pad && bpf_skb_store_bytes(skb, OFF_IP6 + r->pad, pad,
					  sizeof(pad), BPF_F_RECOMPUTE_CSUM))
		return -1;
	if (!r->cut)
		before = 0;
	if (before &&
	    (!before_load(skb, OFF_IP6 + IP6_LEN, s, before) ||
	     !before_name(s, at, r->next)))
		return -1;
	if (ro_shrink(skb, r, in))
		return -1;
	return before && !before_store(skb, OFF_IP6 + IP6_LEN, s, before,
				       BPF_F_RECOMPUTE_CSUM) ? -1 : 0;
}

/* Is what the packet at `base' says true?  The paths that say so in *m. */
static __always_inline bool
ro_believe(const struct ip6 *in, const struct ro_in *r, struct ro_flows *m)
{
	if (is_multicast(r->src) || is_linklocal(r->src) ||
	    is_unspec(r->src) || is_multicast(r->dst) ||
	    is_linklocal(r->dst))
		return false;
	words_copy(m->a, r->dst);
	words_copy(m->b, r->src);
	words_copy(m->far, in->src);
	m->want_home = r->rh;
	m->want_peer = r->hao;
	ro_flows(m);
	/* 9.3.1: what ESP protects says itself who sent it, and a home agent
	 * that has lost its binding must hear the mobile */
	return (!r->rh || m->is_home) && (!r->hao || m->peer || r->esp);
}

/*
 * The packet at `base', which is for us, may be one of these.  1: it is, and *ret says how it
 * is to be restored; otherwise it is somebody else's to judge.
 */
__noinline int
ro_check(struct __sk_buff *skb, __u32 base, struct ro_in *ret)
{
	struct ro_flows m = { 0 };
	struct ip6 in;

	if (!ret || bpf_skb_load_bytes(skb, base, &in, sizeof(in)))
		return 0;
	if (!(base == OFF_IP6 && ro_parse_plain(skb, ret)) &&
	    !ro_parse(skb, base, &in, ret))
		return 0;
	if ((ret->cut && ret->from - IP6_LEN > BEFORE_MAX) ||
	    !ro_believe(&in, ret, &m)) {
		count(PM_RO_LEFT, skb->len - base);
		return 0;
	}
	count(PM_RO_IN, skb->len - base - ret->cut);
	if (m.own)
		count_in(m.own, skb->len - base - ret->cut);
	if (m.peer && m.peer != m.own)
		count_in(m.peer, skb->len - base - ret->cut);
	return 1;
}

/*
 * Restore what ro_check() approved of, and let it go on where it came in: as
 * with a kernel that knows these headers, and where a firewall that looks for
 * the way back expects it.  What comes out of the path device has been in a
 * tunnel, and nothing else has.
 */
static __noinline int
ro_enter(struct __sk_buff *skb, struct ro_in *r)
{
	struct ip6 in;

	if (bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)) ||
	    (r->from == IP6_LEN && !r->pad ? ro_shrink(skb, r, &in) :
					     ro_restore(skb, r, &in)))
		return drop(skb, PM_DROP_MALFORMED);
	return TC_ACT_UNSPEC;
}

/* Of a packet for us with an Ethernet header. */
__noinline int
ro_take(struct __sk_buff *skb)
{
	struct ro_in r = { 0 };

	return ro_check(skb, OFF_IP6, &r) ? ro_enter(skb, &r) :
					    TC_ACT_UNSPEC;
}

/* A packet with extension headers, on an interface or in the device.  First
 * it is asked whether it is for us: to a router most are not. */
static __always_inline int ro_in(struct __sk_buff *skb, const struct ip6 *in)
{
	return is_own(skb, in->dst) ? ro_take(skb) : TC_ACT_UNSPEC;
}

#endif
