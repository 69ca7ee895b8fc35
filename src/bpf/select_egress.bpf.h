/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_egress.bpf.h - what leaves sockets whose source no hook knew.
 *
 * Raw and ping sockets do not ask anybody when they send, nor UDP-Lite when
 * it connects; and the kernel chooses the source of a socket that had a port
 * already when it was connected, or whose policy has no default but forbids
 * some types.  Their packets are looked at on the way out; everybody else's
 * leave at once.
 *
 * TCP does not tell its socket that a SYN could not leave, but tries again
 * for minutes.  So a TCP socket is looked at in connect, when its source is
 * known and nothing has been sent, and one that may not have it is bound to
 * an interface that there is not: then there is no route, which connect
 * does tell.
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

/* Of which types may the source be of a datagram on no connection?  Threads
 * may send at a time: what is said of another peer than this packet's is
 * not for it. */
static __always_inline __u32
sends_may(struct __sk_buff *skb, const struct sm_sock *st,
	  const struct leaving *e)
{
	__u16 port = 0;
	__u8 next = 0;

	if (words_eq(st->dst, e->dst) &&
	    !bpf_skb_load_bytes(skb, 6, &next, sizeof(next)) &&
	    next == IPPROTO_UDP &&
	    !bpf_skb_load_bytes(skb, 40 + 2, &port, sizeof(port)) &&
	    bpf_ntohs(port) == st->port)
		return st->permit | TYPE_BIT(0);
	return st->every | TYPE_BIT(0);
}

static __noinline int
egress_checked(struct __sk_buff *skb, const __u32 *peer, struct sm_sock *st,
	       const struct leaving *e)
{
	__u32 type, may;

	if (!peer || !st || !e)
		return 1;
	if ((st->flags & SM_CHECK) && words_eq(peer, e->dst))
		may = st->check;
	else if (st->flags & SM_SENDS)
		may = sends_may(skb, st, e);
	else
		return 1;
	type = type_of(e->src);
	return may & TYPE_BIT(type) ? 1 : egress_no(type, e->src);
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
	if (raw && cfg->tgid && raw->tgid == cfg->tgid &&
	    raw->started == cfg->started)
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
	if (sk->protocol != IPPROTO_UDP && sk->protocol != IPPROTO_TCP) /* raw, and older than us */
		return !e.require || type_of(e.src) == e.require;
	peer[0] = sk->dst_ip6[0];
	peer[1] = sk->dst_ip6[1];
	peer[2] = sk->dst_ip6[2];
	peer[3] = sk->dst_ip6[3];
	return egress_checked(skb, peer, st, &e);
}

SEC("cgroup_skb/egress")
int sel_egress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct sm_config *cfg;

	if (!sk || skb->protocol != bpf_htons(ETH_P_IPV6))
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	if (sk->protocol == IPPROTO_UDP || sk->protocol == IPPROTO_TCP) {
		cfg = config_get();
		if (!cfg || !(sk->protocol == IPPROTO_UDP ? cfg->udp_check :
							    cfg->tcp_check))
			return 1;
	}
	return egress_look(skb);
}

/* Before the first SYN; the source is chosen.  The reply stays untouched. */
SEC("sockops")
int sel_connecting(struct bpf_sock_ops *ctx)
{
	int nowhere = 0x7fffffff;
	struct bpf_sock *sk;
	struct sm_config *cfg;
	struct sm_sock *st;
	__u32 src[4], dst[4], type;

	if (ctx->op != BPF_SOCK_OPS_TCP_CONNECT_CB || ctx->family != AF_INET6)
		return 1;
	cfg = config_get();
	sk = ctx->sk;
	if (!cfg || !cfg->tcp_check || !sk ||
	    bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	st = bpf_sk_storage_get(&sm_socks, sk, 0, 0);
	if (!st || !(st->flags & SM_CHECK))
		return 1;
	dst[0] = ctx->remote_ip6[0];
	dst[1] = ctx->remote_ip6[1];
	dst[2] = ctx->remote_ip6[2];
	dst[3] = ctx->remote_ip6[3];
	if (scope_of(dst) != SCOPE_GLOBAL)
		return 1;
	src[0] = ctx->local_ip6[0];
	src[1] = ctx->local_ip6[1];
	src[2] = ctx->local_ip6[2];
	src[3] = ctx->local_ip6[3];
	type = type_of(src);
	if (st->check & TYPE_BIT(type)) {	/* for ever */
		st->flags &= ~SM_CHECK;
		return 1;
	}
	tell_refused(type, src);
	bpf_setsockopt(ctx, SOL_SOCKET, SO_BINDTOIFINDEX, &nowhere,
		       sizeof(nowhere));
	return 1;
}

#endif
