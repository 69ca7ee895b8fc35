/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_icmp.bpf.h - ICMPv6 errors out of eBPF.
 *
 * Two kinds: an answer to a packet on its way into a path (too big,
 * refused), and an error about a tunnel packet that some router sent us
 * and that the sender inside should hear of (RFC 2473 section 8).  Both
 * end with 48 octets, an IPv6 and an ICMPv6 header, in front of the inner
 * packet, and enter through the path device: so they can be seen there,
 * filtered, and are routed by the kernel to wherever the sender is.
 *
 * There is one trap.  A packet from a local socket, or from a virtual
 * machine, may still lack its transport checksum: the field holds the sum
 * of the pseudo header, and whoever puts the packet on a wire completes
 * it, wherever in the packet it is by then - also within our error.  So
 * our checksum has to be the one that is right afterwards.  It can be
 * known without reading the data: once completed, everything from the
 * transport header on sums up to the complement of what is in the field.
 */
#ifndef MIP6D_BPF_PATH_ICMP_BPF_H
#define MIP6D_BPF_PATH_ICMP_BPF_H

#include "bpf/path.bpf.h"

#define ICMP_UNREACH		1
#define ICMP_TOO_BIG		2
#define ICMP_PARAM_PROBLEM	4
#define ICMP_INFO		128	/* no error from here on */
#define ICMP_REDIRECT		137

#define UNREACH_PROHIBITED	1
#define UNREACH_ADDRESS		3

#define ERROR_LEN	48		/* IPv6 and ICMPv6 header */
#define OFF_QUOTE	(OFF_IP6 + ERROR_LEN)
#define QUOTE_MAX	(IP6_MIN_MTU - ERROR_LEN)

/* RFC 4443 section 2.4 (f): at most this many a second and CPU. */
#define ERROR_RATE	100
#define ERROR_BURST	50

struct icmp6 {
	__u8	type, code;
	__u16	csum;
	__u32	param;
};

struct error {
	__u32	src[4];			/* ours */
	__u8	type, code;
	__u16	quote;			/* length, set on the way */
	__u32	param;			/* host order */
};

static __always_inline bool error_allowed(void)
{
	__u64 now = bpf_ktime_get_ns(), n;
	__u32 zero = 0;
	struct scratch *b = bpf_map_lookup_elem(&pm_scratch, &zero);

	if (!b)
		return false;
	n = (now - b->at) / (1000000000ULL / ERROR_RATE);
	if (n) {
		b->at = now;
		b->tokens += n;
		if (b->tokens > ERROR_BURST)
			b->tokens = ERROR_BURST;
	}
	if (!b->tokens)
		return false;
	b->tokens--;
	return true;
}

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)sum;
}

/* The sum of `len' octets (at most 1536) from `off', which is even. */
__noinline __u32
sum_range(struct __sk_buff *skb, __u32 off, __u32 len, __u32 sum)
{
	__u32 rest = len % CHUNK, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);

	if (!s)
		return 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 1536 / CHUNK; i++) {
		if (i >= len / CHUNK)
			break;
		if (bpf_skb_load_bytes(skb, off, s->buf, CHUNK))
			return 0;
		sum = bpf_csum_diff(NULL, 0, s->buf, CHUNK, sum);
		off += CHUNK;
	}
	if (!rest)
		return sum;
	__builtin_memset(s->buf, 0, CHUNK);
	if (bpf_skb_load_bytes(skb, off, s->buf, rest))
		return 0;
	return bpf_csum_diff(NULL, 0, s->buf, CHUNK, sum);
}

struct pseudo {
	__u32	src[4], dst[4];
	__u32	len;
	__u32	next;
};

static __always_inline __u32
sum_pseudo(const __u32 src[4], const __u32 dst[4], __u32 len, __u8 next)
{
	struct pseudo ph = {
		.len = bpf_htonl(len),
		.next = bpf_htonl(next),
	};

	words_copy(ph.src, src);
	words_copy(ph.dst, dst);
	return bpf_csum_diff(NULL, 0, (__u32 *)&ph, sizeof(ph), 0);
}

/*
 * Where in the quoted packet `in', which stands at `off', its transport
 * checksum is still to be completed; 0 when it is not, and *seed what the
 * field holds.
 */
static __always_inline __u32
unfinished(struct __sk_buff *skb, __u32 off, const struct ip6 *in,
	   __u16 *seed)
{
	__u32 field, want;
	__u16 has;

	switch (in->next) {
	case NEXT_TCP:
		field = 16;
		break;
	case NEXT_UDP:
		field = 6;
		break;
	default:
		return 0;
	}
	if (bpf_skb_load_bytes(skb, off + IP6_LEN + field, &has, sizeof(has)))
		return 0;
	want = fold(sum_pseudo(in->src, in->dst, bpf_ntohs(in->plen),
			       in->next));
	if (has != want)
		return 0;
	*seed = has;
	return IP6_LEN;
}

/* RFC 4443 section 2.4 (e): no error about an error, nor to a group. */
static __always_inline bool
error_due(struct __sk_buff *skb, __u32 off, const struct ip6 *in)
{
	__u8 type;

	if (is_multicast(in->src) || is_multicast(in->dst) ||
	    is_unspec(in->src) || is_linklocal(in->src))
		return false;
	if (in->next != NEXT_ICMPV6)
		return true;
	if (bpf_skb_load_bytes(skb, off + IP6_LEN, &type, sizeof(type)))
		return false;
	return type >= ICMP_INFO && type != ICMP_REDIRECT;
}

/*
 * Write the 48 octets in front of `in' and send the whole into the device.
 * `open' and `seed': see unfinished().
 */
static __always_inline int
error_finish(struct __sk_buff *skb, const struct pm_config *cfg,
	     const struct error *e, const struct ip6 *in, __u32 open,
	     __u16 seed)
{
	__u32 len = e->quote + sizeof(struct icmp6), sum;
	struct ip6 h = {
		.word0 = bpf_htonl(6u << 28),
		.plen = bpf_htons((__u16)len),
		.next = NEXT_ICMPV6,
		.hlim = 64,
	};
	struct icmp6 m = {
		.type = e->type,
		.code = e->code,
		.param = bpf_htonl(e->param),
	};

	words_copy(h.src, e->src);
	words_copy(h.dst, in->src);
	sum = sum_pseudo(h.src, h.dst, len, NEXT_ICMPV6);
	sum = bpf_csum_diff(NULL, 0, (__u32 *)&m, sizeof(m), sum);
	sum = sum_range(skb, OFF_QUOTE, open ? open : e->quote, sum);
	if (open)
		sum = fold(sum) + (__u16)~seed;
	m.csum = (__u16)~fold(sum);
	if (bpf_skb_store_bytes(skb, OFF_IP6, &h, sizeof(h), 0) ||
	    bpf_skb_store_bytes(skb, OFF_IP6 + IP6_LEN, &m, sizeof(m), 0))
		return drop(skb, PM_DROP_ENCAP);
	return into_device(skb, cfg);
}

/* Answer the packet in `skb', which is on the path device's egress. */
__noinline int
error_answer(struct __sk_buff *skb, struct error *e)
{
	struct pm_config *cfg = config_get();
	struct ip6 in;
	__u16 seed = 0;
	__u32 open;

	if (!cfg || !e || is_unspec(e->src) ||
	    bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)) ||
	    !error_due(skb, OFF_IP6, &in) || !error_allowed())
		return TC_ACT_SHOT;
	open = unfinished(skb, OFF_IP6, &in, &seed);
	/* RFC 4443 section 2.4 (c): as much as fits the minimum MTU */
	if (skb->len > ETH_HLEN + QUOTE_MAX &&
	    bpf_skb_change_tail(skb, ETH_HLEN + QUOTE_MAX, 0))
		return TC_ACT_SHOT;
	e->quote = (__u16)(skb->len - ETH_HLEN);
	if (bpf_skb_adjust_room(skb, ERROR_LEN, BPF_ADJ_ROOM_MAC,
				BPF_F_ADJ_ROOM_FIXED_GSO))
		return TC_ACT_SHOT;
	count(PM_ERROR, e->quote);
	return error_finish(skb, cfg, e, &in, open, seed);
}

/* The path's MTU is `mtu' from now on, if that is news. */
static __always_inline void path_learn(struct pm_path *p, __u32 mtu)
{
	struct pm_event ev = { .kind = PM_EV_MTU, .path_kind = p->kind };

	if (mtu < IP6_MIN_MTU)		/* RFC 8201 section 4 */
		mtu = IP6_MIN_MTU;
	if (mtu > 0xffff || (p->mtu && mtu >= p->mtu))
		return;
	if (p->learned && mtu > p->learned)
		return;
	p->learned_at = (__u32)(bpf_ktime_get_boot_ns() / 1000000000ULL);
	if (p->learned == mtu)
		return;
	p->learned = (__u16)mtu;
	ev.value = mtu;
	words_copy(ev.local, p->local);
	words_copy(ev.remote, p->remote);
	bpf_ringbuf_output(&pm_events, &ev, sizeof(ev), 0);
}

/* RFC 2473 section 8.2: what the sender inside is told. */
static __always_inline bool
relay_as(const struct icmp6 *m, const struct ip6 *in, struct error *e)
{
	__u32 mtu = bpf_ntohl(m->param);

	if (m->type != ICMP_TOO_BIG) {
		e->type = ICMP_UNREACH;
		e->code = UNREACH_ADDRESS;
		return true;
	}
	mtu = mtu > IP6_MIN_MTU + IP6_LEN ? mtu - IP6_LEN : IP6_MIN_MTU;
	e->type = ICMP_TOO_BIG;
	e->param = mtu;
	/* RFC 2473 section 7.1: what fits the minimum is never too big */
	return bpf_ntohs(in->plen) + IP6_LEN > mtu;
}

#define OFF_ICMP	(OFF_IP6 + IP6_LEN)
#define OFF_QUOTED	(OFF_ICMP + 8)		/* the tunnel's header */
#define OFF_INNER	(OFF_QUOTED + IP6_LEN)

/*
 * An ICMPv6 error on an interface.  When it is about a packet of one of
 * our paths it is ours alone; otherwise the kernel's.
 */
__noinline int
icmp_in(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct ip6 out, quoted, in;
	struct error e = { 0 };
	struct pm_flow *f;
	struct pm_path *p;
	struct icmp6 m;
	__u32 len;

	if (!cfg ||
	    bpf_skb_load_bytes(skb, OFF_IP6, &out, sizeof(out)) ||
	    bpf_skb_load_bytes(skb, OFF_ICMP, &m, sizeof(m)) ||
	    m.type < ICMP_UNREACH || m.type > ICMP_PARAM_PROBLEM ||
	    bpf_skb_load_bytes(skb, OFF_QUOTED, &quoted, sizeof(quoted)) ||
	    quoted.next != NEXT_IPV6 ||
	    bpf_skb_load_bytes(skb, OFF_INNER, &in, sizeof(in)))
		return TC_ACT_UNSPEC;
	f = flow_tunnel(cfg, in.src, in.dst, false);
	p = f ? path_of(f) : NULL;
	if (!p || !words_eq(p->local, quoted.src) ||
	    !words_eq(p->remote, quoted.dst) || !words_eq(p->local, out.dst))
		return TC_ACT_UNSPEC;
	len = bpf_ntohs(out.plen);
	if (skb->len != OFF_ICMP + len || len > 1536 ||
	    (__u16)~fold(sum_range(skb, OFF_ICMP, len,
				   sum_pseudo(out.src, out.dst, len,
					      NEXT_ICMPV6))))
		return drop(skb, PM_DROP_MALFORMED);
	if (m.type == ICMP_TOO_BIG)
		path_learn(p, bpf_ntohl(m.param));
	if (!relay_as(&m, &in, &e) || !error_due(skb, OFF_INNER, &in) ||
	    !error_allowed())
		return drop(skb, PM_DROP_ICMP);
	words_copy(e.src, out.dst);
	e.quote = (__u16)(len - sizeof(m) - IP6_LEN);
	if (bpf_skb_adjust_room(skb, -IP6_LEN, BPF_ADJ_ROOM_MAC, 0))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_RELAY, e.quote);
	return error_finish(skb, cfg, &e, &in, 0, 0);
}

#endif
