/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_out.bpf.h - the way out, which packets in a tunnel and packets with
 * a home address have in common: the route, the MTU, the neighbour.
 */
#ifndef MIP6D_BPF_PATH_OUT_BPF_H
#define MIP6D_BPF_PATH_OUT_BPF_H

#include "bpf/path_icmp.bpf.h"

#define LEARNED_FOR	600		/* seconds, RFC 8201 section 4 */

/* Length of the largest packet that becomes of the one at `off' on the
 * wire. */
static __always_inline __u32
segment_len(struct __sk_buff *skb, __u32 off, const struct ip6 *in)
{
	__u32 gso = skb->gso_size;
	__u8 doff = 0;

	if (!gso)
		return IP6_LEN + bpf_ntohs(in->plen);
	if (in->next == NEXT_UDP)
		return IP6_LEN + 8 + gso;
	if (in->next == NEXT_TCP)
		bpf_skb_load_bytes(skb, off + IP6_LEN + 12, &doff, 1);
	return IP6_LEN + (doff >> 4) * 4 + gso;
}

/* The MTU set or learned for the path; 0: none. */
static __always_inline __u32 path_mtu(struct pm_path *p)
{
	__u32 now, mtu = p->mtu;

	if (!p->learned)
		return mtu;
	now = (__u32)(bpf_ktime_get_boot_ns() / 1000000000ULL);
	if (now - p->learned_at > LEARNED_FOR) {
		p->learned = 0;
		return mtu;
	}
	return p->learned;
}

/*
 * Where a packet of `len' octets from `src' to `dst' goes that came in at
 * `iif': a BPF_FIB_LKUP_RET_ value, with *ret_r filled but when there is
 * no route at all.
 */
static __always_inline long
route_find(struct __sk_buff *skb, __u32 iif, const __u32 src[4],
	   const __u32 dst[4], __u32 len, struct route **ret_r)
{
	struct bpf_fib_lookup fib = {
		.family = AF_INET6,
		.tot_len = len > 0xffff ? 0xffff : (__u16)len,
		.ifindex = iif,
	};
	__u64 now = bpf_jiffies64();
	__u32 slot = (dst[1] ^ dst[3] ^ dst[3] >> 16) % ROUTES;
	struct route *r = bpf_map_lookup_elem(&pm_routes, &slot);
	long ret;

	if (!r)
		return BPF_FIB_LKUP_RET_BLACKHOLE;
	*ret_r = r;
	if (r->tick == now && len <= r->mtu && words_eq(r->dst, dst) &&
	    words_eq(r->src, src))
		return r->found;
	words_copy(fib.ipv6_src, src);
	words_copy(fib.ipv6_dst, dst);
	ret = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	/* an own address has no MTU: any length will do */
	if (ret == BPF_FIB_LKUP_RET_NOT_FWDED)
		fib.mtu_result = 0xffff;
	r->tick = ret == BPF_FIB_LKUP_RET_SUCCESS ||
		  ret == BPF_FIB_LKUP_RET_NOT_FWDED ? now : 0;
	r->found = (__u32)ret;
	words_copy(r->src, src);
	words_copy(r->dst, dst);
	words_copy(r->hop, fib.ipv6_dst);
	r->ifindex = fib.ifindex;
	r->mtu = fib.mtu_result;
	return ret;
}

/*
 * When the neighbour is not known, the kernel queues the packet until it
 * is, and sends it then by the route that the packet carries - which still
 * is the one that led it to the path device.  Without a next hop from us
 * it looks for another route first.
 */
static __always_inline int send_out(const struct route *r, long found)
{
	struct bpf_redir_neigh nh = { .nh_family = AF_INET6 };

	if (found == BPF_FIB_LKUP_RET_NO_NEIGH)
		return bpf_redirect_neigh(r->ifindex, NULL, 0, 0);
	words_copy(nh.ipv6_nh, r->hop);
	return bpf_redirect_neigh(r->ifindex, &nh, sizeof(nh), 0);
}

/*
 * `len' octets are too many for a path of `mtu', both with the `over' octets
 * of headers that we add.  `src': who says so.
 */
static __always_inline int
too_big(struct __sk_buff *skb, const __u32 src[4], __u32 len, __u32 mtu,
	__u32 over)
{
	struct error e = {
		.type = ICMP_TOO_BIG,
		.param = mtu - over,
	};

	if (mtu < IP6_MIN_MTU + over) {
		/* RFC 2473 section 7.1 (b): goes in fragments, which user
		 * space makes at the far end of the device */
		if (len - over <= IP6_MIN_MTU) {
			count(PM_FRAGMENTED, skb->len - ETH_HLEN);
			return TC_ACT_OK;
		}
		e.param = IP6_MIN_MTU;	/* (a) */
	}
	words_copy(e.src, src);
	count(PM_DROP_TOO_BIG, skb->len - ETH_HLEN);
	return error_answer(skb, &e);
}

/*
 * The outer packet's route.  The look-up comes in through the path device,
 * on which forwarding is on: on a host's own interfaces it is not.
 */
static __always_inline long
outer_route(struct __sk_buff *skb, const struct pm_config *cfg,
	    const struct pm_path *p, __u32 len, struct route **ret_r)
{
	return route_find(skb, cfg->ifindex, p->local, p->remote, len, ret_r);
}

#endif
