/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_guard.bpf.h - what may not leave a physical interface.
 *
 * Routes lead the packets of an anchored address to the path device; but a
 * socket may be bound to another interface (SO_BINDTODEVICE), and a raw
 * packet, or a route of somebody else, may go anywhere.  There the address
 * is not at home, and its packets would leave without their tunnel: they are
 * dropped on egress, whoever sent them, and their sender is answered that
 * the peer cannot be reached.  The answer comes in through that interface,
 * where a socket that is bound to it hears it.
 *
 * Let through is what belongs to the link, not to the session: groups of the
 * link, Neighbor Discovery, and the Mobility Header by which a mobile deregisters from its
 * home link (RFC 6275 section 11.5.5).
 */
#ifndef MIP6D_BPF_PATH_GUARD_BPF_H
#define MIP6D_BPF_PATH_GUARD_BPF_H

#include "bpf/path_icmp.bpf.h"

#define NEXT_MOBILITY	135
#define ICMP_ND		133		/* Router Solicitation ... */

/* The flow by which packets from this address are tunnelled, held or blocked,
 * wherever they go; NULL: none. */
static __always_inline struct pm_flow *
anchored(const struct pm_config *cfg, const __u32 src[4])
{
	const struct pm_shapes *t = &cfg->shapes[cfg->active & 1];
	struct pm_flow *f = NULL;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SHAPES; i++) {
		const struct pm_shape *s = &t->shape[i];
		struct pm_flow1_key k = { .shape = s->id };

		if (i >= t->n)
			break;
		if (s->sides != PM_SIDE_SRC || s->src_len != 128)
			continue;
		words_copy(k.addr, src);
		f = bpf_map_lookup_elem(&pm_flow1, &k);
		if (f)
			break;
	}
	return f;
}

static __always_inline bool
is_of_link(struct __sk_buff *skb, const struct ip6 *h)
{
	__u8 type;

	if (h->next == NEXT_MOBILITY)
		return true;
	return h->next == NEXT_ICMPV6 && h->hlim == 255 &&
	       !bpf_skb_load_bytes_relative(skb, IP6_LEN, &type, sizeof(type),
					    BPF_HDR_START_NET) &&
	       type >= ICMP_ND && type <= ICMP_REDIRECT;
}

/* The answer, in through the interface that it was to leave by. */
static __noinline int guard_answer(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct error e = { .type = ICMP_UNREACH, .code = UNREACH_ADDRESS };
	__u8 own[ETH_ALEN];
	struct pm_flow *f;
	struct pm_path *p;
	struct ip6 h;

	/* has it a link-layer header as we know it? */
	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &h, sizeof(h)) ||
	    (bpf_ntohl(h.word0) >> 28) != 6 ||
	    bpf_skb_load_bytes(skb, ETH_ALEN, own, sizeof(own)))
		return TC_ACT_SHOT;
	f = anchored(cfg, h.src);
	p = f ? path_of(f) : NULL;
	words_copy(e.src, p ? p->local : cfg->error_source);
	if (is_unspec(e.src))
		words_copy(e.src, h.src);
	if (error_answer(skb, &e) != TC_ACT_REDIRECT ||
	    bpf_skb_store_bytes(skb, 0, own, sizeof(own), 0))
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

SEC("tc")
int path_guard(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct ip6 h, at_eth;

	if (!cfg || skb->protocol != bpf_htons(ETH_P_IPV6) ||
	    bpf_skb_load_bytes_relative(skb, 0, &h, sizeof(h),
					BPF_HDR_START_NET) ||
	    is_linkscope(h.dst) || is_linklocal(h.dst) ||
	    !anchored(cfg, h.src) || is_of_link(skb, &h))
		return TC_ACT_UNSPEC;
	count(PM_DROP_UNTUNNELLED, skb->len);
	/* RFC 6275 11.3.4: to a group from the care-of address, or through the
	 * tunnel; no error about it (RFC 4443 2.4 e) */
	if (is_multicast(h.dst))
		return TC_ACT_SHOT;
	if (bpf_skb_load_bytes(skb, OFF_IP6, &at_eth, sizeof(at_eth)) ||
	    !words_eq(at_eth.src, h.src) || !words_eq(at_eth.dst, h.dst))
		return TC_ACT_SHOT;
	return guard_answer(skb);
}

#endif
