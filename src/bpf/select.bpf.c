/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.bpf.c - each socket says what its address must survive.
 *
 * Programs at the hooks that a cgroup has for its sockets.  setsockopt and
 * getsockopt make IPV6_ADDR_PREFERENCES know IPV6_REQUIRE_* (RFC 8653) beside
 * the preferences of RFC 5014; what was asked for is kept with the socket.
 * connect, an unconnected send and, where the socket asked, a bind to :: get
 * an address of that type, or of the one that the policy has for those who
 * do not ask.  Raw and ping sockets pass none of these: what leaves them is
 * looked at on egress.
 *
 * The rule is: never a wrong source.  Where a socket cannot have what it is
 * to have it gets an errno.  What the application chose itself - an address
 * that it bound, or the IPV6_PKTINFO of a message - wins over the policy's
 * default (RFC 5014 section 10), but not over its own requirement, and only
 * if policy permits the type of that address.
 *
 * A program has little to go by: it may bind an unbound socket, or set the
 * source of a message.  The kernel gives a socket that connects without
 * having been bound a port before it asks nobody; so a socket that was bound
 * to a port, or has sent already, cannot be bound any more when it connects.  Then the kernel chooses, and we see afterwards that it chose
 * well; so we do where there is no type to choose, but some are forbidden.
 *
 * All of it is for one network namespace: everything begins by comparing the
 * cookie.  Sockets that belong to us carry storage, and only the programs
 * of a namespace know the storage of its sockets.
 */
#include "bpf/select_egress.bpf.h"
#include "bpf/select_option.bpf.h"
#include "bpf/select_policy.bpf.h"

/*
 * An address of the type for this socket: the one that it used before, as
 * long as that is ours, so that its peers know it again, else the current
 * one.
 */
static __noinline int
pick(struct sm_config *cfg, struct sm_sock *st, __u32 type, __u32 *ret)
{
	__u32 i = type - 1;
	int err;

	if (!cfg || !ret || i >= SM_TYPES - 1)
		return EOPNOTSUPP;
	if (st && (st->chosen & TYPE_BIT(type)) &&
	    type_of(st->src[i]) == type) {
		words_copy(ret, st->src[i]);
		return 0;
	}
	err = current_get(cfg, type, ret);
	if (err == EADDRNOTAVAIL)
		tell_want(type);
	return err;
}

static __always_inline struct sm_sock *
sock_get(struct bpf_sock_addr *ctx, bool make)
{
	struct bpf_sock *sk = ctx->sk;

	return sk ? bpf_sk_storage_get(&sm_socks, sk, 0,
				       make ? BPF_SK_STORAGE_GET_F_CREATE : 0) :
		    NULL;
}

/* Did the application choose the address that the socket has? */
static __always_inline bool addr_locked(struct bpf_sock_addr *ctx)
{
	struct sock *sk = NULL;

	/* the context begins with the socket: struct bpf_sock_addr_kern */
	bpf_probe_read_kernel(&sk, sizeof(sk), ctx);
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) &
	       SOCK_BINDADDR_LOCK;
}

static __noinline int not_permitted(__u32 type, const __u32 *addr)
{
	tell_refused(type, addr);
	return refuse(EACCES);
}

/* --- IPv4 ----------------------------------------------------------------- */

/* Only this is said of it: may the process have any?  1 or 0, as a hook. */
static __noinline int ipv4_gate(struct bpf_sock_addr *ctx, __u32 dst)
{
	struct sm_config *cfg = config_get();
	struct ask a = { .target = 1 };

	if (!cfg || !policy_get(cfg)->blocks || !dst ||
	    (dst & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000))
		return 1;
	a.dst[2] = bpf_htonl(0xffff);
	a.dst[3] = dst;
	a.port = bpf_ntohs(ctx->user_port);
	a.protocol = ctx->protocol;
	policy_ask(cfg, &a);
	return a.block ? not_permitted(0, NULL) : 1;
}

SEC("cgroup/connect4")
int sel_connect4(struct bpf_sock_addr *ctx)
{
	struct sm_config *cfg = config_get();

	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	return ipv4_gate(ctx, ctx->user_ip4);
}

SEC("cgroup/sendmsg4")
int sel_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct sm_config *cfg = config_get();

	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	return ipv4_gate(ctx, ctx->user_ip4);
}

/* --- connect -------------------------------------------------------------- */

static __always_inline void
sock_src(struct bpf_sock_addr *ctx, __u32 ret[4], __u32 *ret_port)
{
	struct bpf_sock *sk = ctx->sk;

	ret[0] = ret[1] = ret[2] = ret[3] = *ret_port = 0;
	if (!sk)
		return;
	ret[0] = sk->src_ip6[0];
	ret[1] = sk->src_ip6[1];
	ret[2] = sk->src_ip6[2];
	ret[3] = sk->src_ip6[3];
	*ret_port = sk->src_port;
}

static __always_inline long bind_to(struct bpf_sock_addr *ctx,
				    const __u32 addr[4])
{
	struct {
		__u16	family, port;
		__u32	flow;
		__u32	addr[4];
		__u32	scope;
	} sin6 = { .family = AF_INET6 };

	if (addr)
		words_copy(sin6.addr, addr);
	return bpf_bind(ctx, (struct sockaddr *)&sin6, sizeof(sin6));
}

/*
 * A destination that is left alone, or a process that is: what we bound the
 * socket to for an earlier destination (it was connected to AF_UNSPEC since)
 * shall not be the source here.  Nor shall what the kernel chose after that:
 * it does not forget it, as it thinks that the address was bound.
 */
static __noinline int unbind(struct bpf_sock_addr *ctx, struct sm_sock *st)
{
	__u32 src[4], port;

	if (!st || !(st->flags & SM_OURS))
		return 1;
	sock_src(ctx, src, &port);
	if (!port && !addr_any(src) && !bind_to(ctx, NULL))
		st->bound[0] = st->bound[1] = st->bound[2] = st->bound[3] = 0;
	return 1;
}

/*
 * The kernel chooses the source: it must be of one of these types (bit 0: of
 * none), and is looked at when it is known - that of TCP before the first
 * segment leaves, that of datagrams with every one.
 */
static __noinline int
check_later(struct bpf_sock_addr *ctx, struct sm_config *cfg, __u32 types)
{
	struct sm_sock *st;

	if (!cfg || ctx->protocol == IPPROTO_ICMPV6)	/* egress looks anyway */
		return 1;
	st = sock_get(ctx, true);
	if (!st)
		return refuse(ENOBUFS);
	st->check = types;
	st->flags |= SM_CHECK;
	check_on(ctx->protocol == IPPROTO_TCP ? &cfg->tcp_check :
						&cfg->udp_check);
	return 1;
}

/* No type is asked for, and none is the default. */
static __noinline int
connect_any(struct bpf_sock_addr *ctx, struct sm_config *cfg, __u32 permit)
{
	unbind(ctx, sock_get(ctx, false));
	if ((permit & TYPES_ALL) == TYPES_ALL)
		return 1;
	return check_later(ctx, cfg, permit | TYPE_BIT(0));
}

/* The socket has an address that is not our choice. */
static __noinline int
has_address(const struct ask *a, const __u32 *src, __u32 require, bool locked)
{
	__u32 t, want;

	if (!a || !src)
		return 1;
	t = type_of(src);
	want = require ? require : a->def;
	/* by an earlier connect, and cannot be changed */
	if (!locked && want && t != want)
		return refuse(EADDRNOTAVAIL);
	if (require && t != require)
		return refuse(EINVAL);
	if (t && !(a->permit & TYPE_BIT(t)))
		return not_permitted(t, src);
	return 1;
}

/* It has a port already, and no address. */
static __noinline int
has_port(struct bpf_sock_addr *ctx, struct sm_config *cfg, __u32 type,
	 bool required)
{
	if (required && ctx->protocol != IPPROTO_ICMPV6)
		return refuse(EADDRNOTAVAIL);
	return check_later(ctx, cfg, TYPE_BIT(type));
}

/* Bind it to `addr', and remember that it was us. */
static __noinline int
connect_from(struct bpf_sock_addr *ctx, const __u32 *addr, __u32 require)
{
	struct sm_sock *st = sock_get(ctx, true);

	if (!st || !addr)
		return refuse(ENOBUFS);
	if (bind_to(ctx, addr))
		return refuse(EADDRNOTAVAIL);
	st->flags = (st->flags | SM_OURS) & ~SM_CHECK;
	words_copy(st->bound, addr);
	if (require)
		tell_unclaimed(require);
	return 1;
}

/* A socket that has no address, or one of us, is to have one of `type'. */
static __noinline int
connect_as(struct bpf_sock_addr *ctx, struct sm_config *cfg, __u32 type,
	   bool ours)
{
	struct sm_sock *st = sock_get(ctx, false);
	__u32 src[4], addr[4], port;
	int err;

	if (!cfg)
		return 1;
	/* it has the right one already, and keeps it */
	if (ours && st && type_of(st->bound) == type)
		return 1;
	err = pick(cfg, st, type, addr);
	if (err)
		return refuse(err);
	sock_src(ctx, src, &port);
	if (port)
		return has_port(ctx, cfg, type,
				ours || (st && st->require));
	return connect_from(ctx, addr, st ? st->require : 0);
}

static __always_inline void
ask_target(struct bpf_sock_addr *ctx, struct ask *a)
{
	a->dst[0] = ctx->user_ip6[0];
	a->dst[1] = ctx->user_ip6[1];
	a->dst[2] = ctx->user_ip6[2];
	a->dst[3] = ctx->user_ip6[3];
	a->port = bpf_ntohs(ctx->user_port);
	a->protocol = ctx->protocol;
	a->target = 1;
}

SEC("cgroup/connect6")
int sel_connect6(struct bpf_sock_addr *ctx)
{
	struct sm_config *cfg = config_get();
	__u32 src[4], port, require, type;
	struct sm_sock *st;
	struct ask a = { 0 };
	enum scope scope;
	bool mine, ours;

	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns ||
	    ctx->user_family != AF_INET6)
		return 1;
	st = sock_get(ctx, false);
	if (!st && policy_get(cfg)->plain)
		return 1;
	ask_target(ctx, &a);
	scope = scope_of(a.dst);
	if (scope == SCOPE_MAPPED && !ipv4_gate(ctx, a.dst[3]))
		return 0;
	if (scope != SCOPE_GLOBAL)
		return unbind(ctx, st);
	policy_ask(cfg, &a);
	require = st ? st->require : 0;
	if (st)
		st->flags &= ~SM_CHECK;
	sock_src(ctx, src, &port);
	settle(st, src);
	mine = st && (st->flags & SM_OURS);
	ours = mine && words_eq(src, st->bound);
	if (!addr_any(src) && !ours && (!mine || port))
		return has_address(&a, src, require,
				   !mine && addr_locked(ctx));
	type = require ? require : a.def;
	if (!type)
		return connect_any(ctx, cfg, a.permit);
	if (!(a.permit & TYPE_BIT(type)))
		return not_permitted(type, NULL);
	return connect_as(ctx, cfg, type, ours);
}

/* --- sending without a connection ----------------------------------------- */

/*
 * What the policy says of this destination.  A socket that stays with one
 * asks once for each policy: a new default does not change a session that
 * goes on, but what is permitted is so from now on.
 */
static __always_inline void
ask_cached(struct sm_config *cfg, const struct sm_sock *st, struct ask *a)
{
	bool same = st && (st->flags & SM_CACHED) && st->port == a->port &&
		    words_eq(st->dst, a->dst);

	if (same && st->serial == cfg->serial) {
		a->permit = st->permit;
		a->def = st->def;
		return;
	}
	policy_ask(cfg, a);
	if (same)
		a->def = st->def;
}

static __always_inline void
ask_cache(const struct sm_config *cfg, struct sm_sock *st, const struct ask *a)
{
	if (!(st->flags & SM_CACHED) || st->serial != cfg->serial)
		st->every = 0xff;
	st->every &= a->permit;
	st->serial = cfg->serial;
	st->flags |= SM_CACHED;
	st->port = a->port;
	words_copy(st->dst, a->dst);
	st->def = a->def;
	st->permit = a->permit;
}

/* The socket sends from `addr' without being bound to it. */
static __always_inline void
sent_from(struct sm_sock *st, __u32 type, const __u32 addr[4], bool chosen)
{
	__u32 i = type - 1;

	if (i >= SM_TYPES - 1)
		return;
	words_copy(st->src[i], addr);
	st->last[i] = bpf_ktime_get_boot_ns();
	if (chosen)
		st->chosen |= TYPE_BIT(type);
	else
		st->chosen &= ~TYPE_BIT(type);
}

/* The application named the source, here or when it bound the socket. */
static __noinline int
send_named(struct bpf_sock_addr *ctx, const struct ask *a, const __u32 *src,
	   bool bound)
{
	struct sm_sock *st = sock_get(ctx, false);
	struct sm_config *cfg;
	__u32 t;

	if (!a || !src || !has_address(a, src, st ? st->require : 0, true))
		return 0;
	t = bound ? 0 : type_of(src);
	if (!t)
		return 1;
	st = sock_get(ctx, true);
	cfg = config_get();
	if (!st || !cfg)
		return refuse(ENOBUFS);
	ask_cache(cfg, st, a);
	sent_from(st, t, src, false);
	return 1;
}

/* The kernel chooses, or chose when it was connected elsewhere. */
static __noinline int
send_any(struct bpf_sock_addr *ctx, struct sm_config *cfg,
	 const struct ask *a, const __u32 *src)
{
	struct sm_sock *st = sock_get(ctx, false);
	bool all;
	__u32 t;

	if (!cfg || !a || !src)
		return 1;
	all = (a->permit & TYPES_ALL) == TYPES_ALL;
	t = type_of(src);
	if (t && !(a->permit & TYPE_BIT(t)))
		return not_permitted(t, src);
	if (all && !(st && (st->flags & SM_SENDS)))
		return 1;
	st = sock_get(ctx, true);
	if (!st)
		return refuse(ENOBUFS);
	ask_cache(cfg, st, a);
	st->flags |= SM_SENDS;
	check_on(&cfg->udp_check);
	return 1;
}

static __noinline int
send_as(struct bpf_sock_addr *ctx, struct sm_config *cfg, const struct ask *a,
	const __u32 *bound)
{
	struct sm_sock *st = sock_get(ctx, true);
	__u32 addr[4], type;
	int err;

	if (!cfg || !bound || !a)
		return 1;
	if (!st)
		return refuse(ENOBUFS);
	ask_cache(cfg, st, a);
	type = st->require ? st->require : a->def;
	/* connected elsewhere, from what is right here, too */
	if (addr_any(bound) && type_of(bound) == type)
		return 1;
	err = pick(cfg, st, type, addr);
	if (err)
		return refuse(err);
	sent_from(st, type, addr, true);
	ctx->msg_src_ip6[0] = addr[0];
	ctx->msg_src_ip6[1] = addr[1];
	ctx->msg_src_ip6[2] = addr[2];
	ctx->msg_src_ip6[3] = addr[3];
	return 1;
}

/*
 * A message on a connected socket that names no destination comes here when
 * it has control data.  What connect chose stays; another source than that,
 * by IPV6_PKTINFO, is judged like any.
 */
static __noinline int
send_connected(struct bpf_sock_addr *ctx, struct sm_config *cfg,
	       const __u32 *from)
{
	struct bpf_sock *sk = ctx->sk;
	struct ask a = { .target = 1 };

	if (!cfg || !from || !sk)
		return 1;
	a.dst[0] = sk->dst_ip6[0];
	a.dst[1] = sk->dst_ip6[1];
	a.dst[2] = sk->dst_ip6[2];
	a.dst[3] = sk->dst_ip6[3];
	a.port = bpf_ntohs(sk->dst_port);
	a.protocol = ctx->protocol;
	if (scope_of(a.dst) != SCOPE_GLOBAL)
		return 1;
	policy_ask(cfg, &a);
	return send_named(ctx, &a, from, false);
}

SEC("cgroup/sendmsg6")
int sel_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct sm_config *cfg = config_get();
	__u32 src[4], bound[4], port, require, type;
	struct sm_sock *st;
	struct ask a = { 0 };
	enum scope scope;
	bool same;

	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	st = sock_get(ctx, false);
	sock_src(ctx, bound, &port);
	settle(st, bound);
	src[0] = ctx->msg_src_ip6[0];
	src[1] = ctx->msg_src_ip6[1];
	src[2] = ctx->msg_src_ip6[2];
	src[3] = ctx->msg_src_ip6[3];
	same = words_eq(src, bound);
	if (!st && policy_get(cfg)->plain && (same || addr_any(src)))
		return 1;
	if (ctx->user_family != AF_INET6)
		return same || addr_any(src) ? 1 :
		       send_connected(ctx, cfg, src);
	ask_target(ctx, &a);
	scope = scope_of(a.dst);
	if (scope == SCOPE_MAPPED)
		return ipv4_gate(ctx, a.dst[3]);
	if (scope != SCOPE_GLOBAL)
		return 1;
	ask_cached(cfg, st, &a);
	require = st ? st->require : 0;
	if (!addr_any(src) &&
	    (!same || (!(st && (st->flags & SM_OURS)) && addr_locked(ctx))))
		return send_named(ctx, &a, src, same);
	type = require ? require : a.def;
	if (!type)
		return send_any(ctx, cfg, &a, src);
	if (!(a.permit & TYPE_BIT(type)))
		return not_permitted(type, NULL);
	return send_as(ctx, cfg, &a, bound);
}

/* --- bind ----------------------------------------------------------------- */

/* To :: by a socket that requires a type. */
static __noinline int
bind_any(struct bpf_sock_addr *ctx, struct sm_config *cfg)
{
	struct sm_sock *st = sock_get(ctx, false);
	struct ask a = { 0 };
	__u32 addr[4], src[4], port, require;
	int err;

	if (!cfg || !st || !st->require)
		return 1;
	require = st->require;
	sock_src(ctx, src, &port);
	settle(st, src);
	policy_ask(cfg, &a);
	if (!(a.permit & TYPE_BIT(require)))
		return not_permitted(require, NULL);
	err = pick(cfg, st, require, addr);
	if (err)
		return refuse(err);
	ctx->user_ip6[0] = addr[0];
	ctx->user_ip6[1] = addr[1];
	ctx->user_ip6[2] = addr[2];
	ctx->user_ip6[3] = addr[3];
	if (port)		/* twice: the kernel says no */
		return 1;
	bind_tried(st, addr, true);
	tell_unclaimed(require);
	return 1;
}

SEC("cgroup/bind6")
int sel_bind6(struct bpf_sock_addr *ctx)
{
	struct sm_config *cfg = config_get();
	struct sm_sock *st;
	struct ask a = { 0 };
	__u32 addr[4], src[4], port, type;

	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns ||
	    ctx->user_family != AF_INET6)
		return 1;
	addr[0] = ctx->user_ip6[0];
	addr[1] = ctx->user_ip6[1];
	addr[2] = ctx->user_ip6[2];
	addr[3] = ctx->user_ip6[3];
	if (addr_any(addr))
		return bind_any(ctx, cfg);
	st = sock_get(ctx, false);
	sock_src(ctx, src, &port);
	settle(st, src);
	if (st && !port)	/* it will not be ours any longer */
		bind_tried(st, addr, false);
	if (scope_of(addr) != SCOPE_GLOBAL)
		return 1;
	type = type_of(addr);
	if (!type && !(st && st->require))
		return 1;
	policy_ask(cfg, &a);
	if (!has_address(&a, addr, st ? st->require : 0, true))
		return 0;
	st = sock_get(ctx, true);
	if (!st)
		return refuse(ENOBUFS);
	if (!port)
		bind_tried(st, addr, false);
	if (st->require)
		tell_unclaimed(st->require);
	return 1;
}

/* --- the beginning and the end of a socket -------------------------------- */

SEC("cgroup/sock_create")
int sel_create(struct bpf_sock *ctx)
{
	struct sm_config *cfg;
	struct sm_raw *raw;
	struct ask a = { 0 };
	struct sm_bits s;
	__u32 side;

	if (ctx->family != AF_INET6 ||
	    (ctx->type != SOCK_RAW && ctx->protocol != IPPROTO_ICMPV6 &&
	     ctx->protocol != IPPROTO_UDPLITE))
		return 1;
	cfg = config_get();
	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	raw = bpf_sk_storage_get(&sm_raws, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!raw)
		return refuse(ENOBUFS);
	side = cfg->active & 1;
	subject_get(side, &raw->subject);
	s = raw->subject;
	policy_ask_of(side, &s, &a);
	raw->serial = cfg->serial;
	raw->tgid = tgid_get();
	raw->started = started_get();
	raw->def = a.def;
	raw->permit = a.permit;
	return 1;
}

SEC("cgroup/sock_release")
int sel_release(struct bpf_sock *ctx)
{
	struct sm_config *cfg;
	struct sm_sock *st;

	if (ctx->family != AF_INET6)
		return 1;
	st = bpf_sk_storage_get(&sm_socks, ctx, 0, 0);
	if (!st)
		return 1;
	cfg = config_get();
	if (!cfg || bpf_get_netns_cookie(ctx) != cfg->netns)
		return 1;
	/* it may be there for a while yet, but does not count */
	st->flags |= SM_CLOSED;
	if (st->flags & SM_TRIED)
		tell_closed(st->tried);
	if (!addr_any(st->bound))
		tell_closed(st->bound);
	else if (st->require)
		tell_unclaimed(st->require);
	for (int i = 0; i < SM_TYPES - 1; i++)
		if (st->last[i])
			tell_closed(st->src[i]);
	return 1;
}

/* --- counting ------------------------------------------------------------- */

/*
 * The sums are made here, for somebody may have very many sockets; nothing
 * is written for the reader.
 */

struct bpf_iter_meta {
	struct seq_file *seq;
} KERNEL;
struct sm_iter {	/* struct bpf_iter__bpf_sk_storage_map */
	struct bpf_iter_meta *meta;
	struct bpf_map	*map;
	struct sock	*sk;
	struct sm_sock	*value;
};

SEC("iter/bpf_sk_storage_map")
int sel_count(struct sm_iter *ctx)
{
	struct sm_config *cfg = config_get();
	struct sm_sock *st = ctx->value;
	struct sock *sk = ctx->sk;
	struct sm_owned *o;
	__u32 src[4], dst[4];

	if (!cfg || !st || !sk || (st->flags & SM_CLOSED))
		return 0;
	/* as long as there are such, packets are looked at */
	if (st->flags & (SM_CHECK | SM_SENDS))
		check_on(sk->sk_protocol == IPPROTO_TCP ? &cfg->tcp_check :
							  &cfg->udp_check);
	words_copy(src, sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32);
	words_copy(dst, sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32);
	if (st->require && st->require < SM_TYPES && addr_any(src) &&
	    addr_any(dst))
		cfg->claims[st->require]++;
	/* bound without a port (IP_BIND_ADDRESS_NO_PORT), which no table of
	 * the kernel has */
	if (!sk->__sk_common.skc_num && addr_any(dst)) {
		o = bpf_map_lookup_elem(&sm_owned, src);
		if (o)
			o->sessions++;
	}
	for (__u32 i = 0; i < SM_TYPES - 1; i++) {
		__u32 from[4] = { st->src[i][0], st->src[i][1],
				  st->src[i][2], st->src[i][3] };

		if (!st->last[i] || st->last[i] < cfg->count_since ||
		    words_eq(from, src))
			continue;
		o = bpf_map_lookup_elem(&sm_owned, from);
		if (o)
			o->sessions++;
	}
	return 0;
}

char _license[] SEC("license") = "GPL";
