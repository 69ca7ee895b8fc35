/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_option.bpf.h - IPV6_ADDR_PREFERENCES with IPV6_REQUIRE_*.
 *
 * The kernel ignores bits that it does not know; we take ours out, keep
 * them with the socket, and let it have the preferences of RFC 5014.  What
 * it would refuse we refuse before we have changed anything.
 */
#ifndef MIP6D_BPF_SELECT_OPTION_BPF_H
#define MIP6D_BPF_SELECT_OPTION_BPF_H

#include "bpf/select_policy.bpf.h"

#define ADDR_PREFERENCES 72

/* RFC 5014 section 5, and what it says of contradictions (section 6) */
#define PREFER_TMP	0x0001
#define PREFER_PUBLIC	0x0002
#define PREFER_COA	0x0004
#define PREFER_CGA	0x0008
#define PREFER_PUBTMP	0x0100
#define PREFER_HOME	0x0400
#define PREFER_NONCGA	0x0800
#define REQUIRE		0xf0000		/* ATYPE_FLAGS */
#define REQUIRE_SHIFT	15

/* RFC 5014 section 6: these contradict each other, and the kernel says so. */
static __always_inline bool contradicts(__u32 v)
{
	__u32 pub = v & (PREFER_TMP | PREFER_PUBLIC | PREFER_PUBTMP);

	return (pub & (pub - 1)) ||
	       (v & (PREFER_HOME | PREFER_COA)) == (PREFER_HOME | PREFER_COA) ||
	       (v & (PREFER_CGA | PREFER_NONCGA)) ==
		       (PREFER_CGA | PREFER_NONCGA);
}

/* Does the address that the socket has allow for the type?  One that we
 * chose does, too, while we can choose another. */
static __always_inline bool
address_fits(struct bpf_sock *sk, struct sm_sock *st, __u32 type)
{
	__u32 src[4] = { sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2],
			 sk->src_ip6[3] };

	if (addr_any(src) || type_of(src) == type)
		return true;
	settle(st, src);
	return st && (st->flags & SM_OURS) && words_eq(src, st->bound) &&
	       !sk->src_port;
}

/* 0, an errno, or an errno with the refusal told. */
static __noinline int require_check(struct bpf_sockopt *ctx, __u32 type)
{
	struct sm_config *cfg = config_get();
	struct bpf_sock *sk = ctx->sk;
	struct sm_sock *st;

	if (!cfg || !sk || type >= SM_TYPES)
		return EINVAL;
	if (!policy_may(type)) {
		tell_refused(type, NULL);
		return EACCES;
	}
	if (!cfg->current[type].provided)
		return EOPNOTSUPP;
	switch (sk->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_ICMPV6:
		break;
	case IPPROTO_UDPLITE:	/* passes no connect: what setsc has bound */
		if (!(sk->src_ip6[0] | sk->src_ip6[1] | sk->src_ip6[2] |
		      sk->src_ip6[3]))
			return EOPNOTSUPP;
		break;
	default:	/* MPTCP, SCTP, ... have sockets below that we miss */
		if (sk->type != SOCK_RAW)
			return EOPNOTSUPP;
	}
	st = bpf_sk_storage_get(&sm_socks, sk, 0, 0);
	return address_fits(sk, st, type) ? 0 : EINVAL;
}

static __noinline int require_set(struct bpf_sockopt *ctx, __u32 type)
{
	struct sm_config *cfg = config_get();
	struct bpf_sock *sk = ctx->sk;
	__u32 addr[4];
	struct sm_sock *st;

	if (!cfg || !sk)
		return 0;
	st = bpf_sk_storage_get(&sm_socks, sk, 0,
				type ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (!st)
		return type ? ENOBUFS : 0;
	if (st->require && st->require != type)
		tell_unclaimed(st->require);
	st->require = type;
	if (!type)
		return 0;
	if (current_get(cfg, type, addr) == EADDRNOTAVAIL)
		tell_want(type);
	return 0;
}

static __noinline int preferences_set(struct bpf_sockopt *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	void *end = ctx->optval_end;
	__u32 *v = ctx->optval, flags, type;
	int err;

	/* too short is EINVAL, and an earlier program's no is a no */
	if (!sk || sk->family != AF_INET6 ||
	    ctx->optlen < (int)sizeof(*v) || (void *)(v + 1) > end ||
	    bpf_get_retval() < 0)
		return 1;
	flags = *v & REQUIRE;
	if (!flags && *v)
		return 1;
	if (flags & (flags - 1) || contradicts(*v))
		return refuse(EINVAL);
	type = flags ? bit_first(flags) - REQUIRE_SHIFT : 0;
	err = type ? require_check(ctx, type) : 0;
	if (!err)
		err = require_set(ctx, type);
	if (err)
		return refuse(err);
	v = ctx->optval;
	end = ctx->optval_end;
	if ((void *)(v + 1) > end)
		return 1;
	if (type) {	/* the kernel takes the rest of it */
		*v &= ~REQUIRE;
		ctx->optlen = sizeof(*v);
	}
	return 1;
}

/* The daemon asks whether this runs, and says who it is. */
static __noinline int probe(struct bpf_sockopt *ctx)
{
	struct sm_config *cfg = config_get();
	__u64 *v = ctx->optval;

	if (!cfg || (void *)(v + 1) > ctx->optval_end || !cfg->nonce ||
	    *v != cfg->nonce)
		return 1;
	cfg->started = started_get();
	cfg->tgid = tgid_get();
	cfg->heard = *v;
	return 1;
}

/*
 * Kernels before 6.5 refuse an option that is larger than the buffer that a
 * program gets of it, unless it says that it did not touch it.
 */
static __always_inline void leave_large(struct bpf_sockopt *ctx)
{
	if (ctx->optlen <= 4096)
		return;
	asm volatile("" : "+r"(ctx));	/* no arithmetic with a context */
	ctx->optlen = 0;
}

SEC("cgroup/setsockopt")
int sel_setsockopt(struct bpf_sockopt *ctx)
{
	struct sm_config *cfg;
	int ret;

	if (ctx->level != IPPROTO_IPV6 ||
	    (ctx->optname != ADDR_PREFERENCES && ctx->optname != SM_PROBE)) {
		leave_large(ctx);
		return 1;
	}
	cfg = config_get();
	ret = 1;
	if (cfg && bpf_get_netns_cookie(ctx) == cfg->netns)
		ret = ctx->optname == SM_PROBE ? probe(ctx) :
						 preferences_set(ctx);
	leave_large(ctx);
	return ret;
}

SEC("cgroup/getsockopt")
int sel_getsockopt(struct bpf_sockopt *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sm_config *cfg;
	struct sm_sock *st;
	__u32 *v;

	if (ctx->level != IPPROTO_IPV6 || ctx->optname != ADDR_PREFERENCES) {
		leave_large(ctx);
		return 1;
	}
	cfg = config_get();
	if (!sk || !cfg || ctx->retval ||
	    bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	st = bpf_sk_storage_get(&sm_socks, sk, 0, 0);
	v = ctx->optval;
	if (st && st->require && (void *)(v + 1) <= ctx->optval_end &&
	    ctx->optlen >= (int)sizeof(*v))
		*v |= 1U << (REQUIRE_SHIFT + st->require);
	return 1;
}

#endif
