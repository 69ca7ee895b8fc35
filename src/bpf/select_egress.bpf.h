/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_egress.bpf.h - what leaves sockets that pass no other hook.
 *
 * Raw and ping sockets do not ask anybody when they send, nor UDP-Lite when
 * it connects; and the kernel chooses the source of a datagram socket that
 * had a port already when it was connected.  Their packets are looked at on
 * the way out; everybody else's leave at once.
 *
 * The process that sends is not known here.  So a raw socket remembers from
 * the beginning which of the rules speak of its maker; what remains to be
 * asked is the packet's.
 */
#ifndef MIP6D_BPF_SELECT_EGRESS_BPF_H
#define MIP6D_BPF_SELECT_EGRESS_BPF_H

#include "bpf/select_policy.bpf.h"

struct leaving {
	__u32	src[4], dst[4];		/* as in the header */
	__u32	protocol, require;
	bool	same;			/* src is the socket's address */
};

static __always_inline int egress_no(__u32 type, const __u32 src[4])
{
	tell_refused(type, src);
	return 0;
}

/*
 * Did the application choose the address that the socket has?  Raw sockets
 * know no lock; but a connect leaves their IPv4 side alone, which a bind
 * does not.
 */
static __noinline bool raw_locked(struct __sk_buff *skb)
{
	struct inet_sock *inet;
	struct sock *sk = NULL;
	__u32 v4 = 0;

	bpf_core_read(&sk, sizeof(sk), &((struct sk_buff *)skb)->sk);
	inet = (struct inet_sock *)sk;
	bpf_core_read(&v4, sizeof(v4), &inet->inet_saddr);
	return v4 == bpf_htonl(LOOPBACK4_IPV6) ||
	       (BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) &
		SOCK_BINDADDR_LOCK);
}

/* 1: may go.  0: EPERM. */
static __noinline int
egress_raw(struct __sk_buff *skb, struct sm_config *cfg, struct sm_raw *raw,
	   struct leaving *e)
{
	__u32 side, type, want, addr[4];
	struct ask a = { 0 };
	struct sm_bits s;

	if (!cfg || !raw || !e)
		return 1;
	type = type_of(e->src);
	a.def = raw->def;
	a.permit = raw->permit;
	side = cfg->active & 1;
	if (raw->serial == cfg->serial && cfg->policy[side].words) {
		words_copy(a.dst, e->dst);
		a.protocol = e->protocol;
		a.target = 1;
		s = raw->subject;
		policy_ask_of(side, &s, &a);
	}
	if (type && !(a.permit & TYPE_BIT(type)))
		return egress_no(type, e->src);
	want = e->require ? e->require : type ? a.def : 0;
	if (!want || type == want)
		return 1;
	if (!e->require && e->same && raw_locked(skb))
		return 1;
	if (current_get(cfg, want, addr) == EADDRNOTAVAIL)
		tell_want(want);
	return egress_no(type, e->src);
}

static __noinline int egress_look(struct __sk_buff *skb)
{
	struct sm_config *cfg = config_get();
	struct bpf_sock *sk = skb->sk;
	struct sm_sock *st;
	struct sm_raw *raw;
	struct leaving e = { 0 };
	__u32 own[4], peer[4];

	if (!sk || !cfg)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	raw = bpf_sk_storage_get(&sm_raws, sk, 0, 0);
	if (raw && cfg->tgid && raw->tgid == cfg->tgid)
		return 1;		/* the daemon's */
	st = bpf_sk_storage_get(&sm_socks, sk, 0, 0);
	if (!raw) {
		barrier_var(st);
		if (!st)
			return 1;
	}
	/* behind version, length, next header and hop limit */
	if (bpf_skb_load_bytes(skb, 8, &e, 32) ||
	    scope_of(e.dst) != SCOPE_GLOBAL || scope_of(e.src) != SCOPE_GLOBAL)
		return 1;
	own[0] = sk->src_ip6[0];
	own[1] = sk->src_ip6[1];
	own[2] = sk->src_ip6[2];
	own[3] = sk->src_ip6[3];
	e.protocol = sk->protocol;
	e.require = st ? st->require : 0;
	e.same = words_eq(own, e.src);
	if (raw)
		return egress_raw(skb, cfg, raw, &e);
	if (sk->protocol != IPPROTO_UDP)	/* raw, and older than us */
		return !e.require || type_of(e.src) == e.require;
	peer[0] = sk->dst_ip6[0];
	peer[1] = sk->dst_ip6[1];
	peer[2] = sk->dst_ip6[2];
	peer[3] = sk->dst_ip6[3];
	if (!st || !(st->flags & SM_CHECK) || !words_eq(peer, e.dst))
		return 1;
	return type_of(e.src) == st->check || egress_no(st->check, e.src);
}

SEC("cgroup_skb/egress")
int sel_egress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct sm_config *cfg;

	if (!sk || skb->protocol != bpf_htons(ETH_P_IPV6))
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->protocol == IPPROTO_TCP)
		return 1;
	if (sk->protocol == IPPROTO_UDP) {
		cfg = config_get();
		if (!cfg || !cfg->udp_check)
			return 1;
	}
	return egress_look(skb);
}

#endif
