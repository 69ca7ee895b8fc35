/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.bpf.h - what all programs at the socket hooks use: their maps, the
 * configuration, addresses, events, and how a hook says no.
 *
 * This is kernel code, and so its rules differ from the rest of the tree:
 * it follows pointers into the kernel, because the verifier proves each of
 * them, and keeps addresses in network order as they are.
 */
#ifndef MIP6D_BPF_SELECT_BPF_H
#define MIP6D_BPF_SELECT_BPF_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/select_map.h"

#define AF_INET		2
#define AF_INET6	10
#define SOCK_DGRAM	2
#define SOCK_RAW	3

#define IPPROTO_ICMPV6	58

#define EINVAL		22
#define EACCES		13
#define EOPNOTSUPP	95
#define EADDRNOTAVAIL	99
#define ENOBUFS		105

#define TYPE_BIT(t)	(1U << (t))
#define TYPES_ALL	(TYPE_BIT(SM_TYPES) - 2)	/* ATYPE_ALL */

#define SOL_SOCKET	1
#define SO_BINDTOIFINDEX 62

/* --- the kernel's own, as much as we look at ------------------------------ */

#define KERNEL __attribute__((preserve_access_index))

typedef struct {
	__u32	val;
} KERNEL kuid_t;
typedef struct {
	__u32	val;
} KERNEL kgid_t;
struct group_info {
	int	ngroups;
	kgid_t	gid[0];
} KERNEL;
struct cred {
	kuid_t	uid, euid;
	kgid_t	gid;
	struct group_info *group_info;
} KERNEL;
struct super_block {
	__u32	s_dev;
} KERNEL;
struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
} KERNEL;
struct file {
	struct inode *f_inode;
} KERNEL;
struct mm_struct {
	struct file *exe_file;
} KERNEL;
struct task_struct {
	__u64	start_time;
	struct task_struct *group_leader;
	struct mm_struct *mm;
	const struct cred *cred;
	int	tgid;
	char	comm[16];
} KERNEL;

struct in6_addr {
	union {
		__u32	u6_addr32[4];
	} in6_u;
} KERNEL;
struct sock_common {
	struct in6_addr skc_v6_rcv_saddr, skc_v6_daddr;
	__u16	skc_num;
} KERNEL;
struct sock {
	struct sock_common __sk_common;
	__u16	sk_protocol;
	__u8	sk_userlocks;
} KERNEL;
struct inet_sock {
	__u32	inet_saddr;
} KERNEL;
struct sk_buff {
	struct sock *sk;
} KERNEL;
#define SOCK_BINDADDR_LOCK	4
#define LOOPBACK4_IPV6	0x7f000006	/* stands for any IPv6 address */

/* --- maps ----------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sm_config);
} sm_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SM_SETS);
	__type(key, struct sm_set_key);
	__type(value, struct sm_bits);
} sm_sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SM_DSTS);
	__type(key, struct sm_dst_key);
	__type(value, struct sm_bits);
} sm_dsts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct sm_ports);
} sm_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SM_OWNED);
	__type(key, __u32[4]);
	__type(value, struct sm_owned);
} sm_owned SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct sm_sock);
} sm_socks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sm_raw);
} sm_raws SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SM_EVENTS);
} sm_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SM_WANTS);
	__type(key, struct sm_want_key);
	__type(value, __u64);
} sm_wants SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sm_rate);
} sm_rate SEC(".maps");

static __always_inline struct sm_config *config_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&sm_config, &zero);
}

static __always_inline struct sm_policy *policy_get(struct sm_config *cfg)
{
	return &cfg->policy[cfg->active & 1];
}

/* Somebody has to look at packets on egress from now on.  (The flag first
 * with the socket, then here: hooks_count() takes it away when it has found
 * none.) */
static __always_inline void check_on(__u32 *check)
{
	if (*(volatile __u32 *)check != 1)
		__sync_lock_test_and_set(check, 1);
}

/* --- addresses ------------------------------------------------------------ */

static __always_inline bool words_eq(const __u32 a[4], const __u32 b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline void words_copy(__u32 to[4], const __u32 from[4])
{
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

static __always_inline bool addr_any(const __u32 a[4])
{
	return !(a[0] | a[1] | a[2] | a[3]);
}

enum scope {
	SCOPE_GLOBAL,
	SCOPE_MAPPED,		/* IPv4 */
	SCOPE_ALONE,		/* unspecified, loopback, link, multicast */
};

static __always_inline enum scope scope_of(const __u32 a[4])
{
	if ((a[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000) ||
	    (a[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return SCOPE_ALONE;
	if (a[0] | a[1])
		return SCOPE_GLOBAL;
	if (a[2] == bpf_htonl(0xffff))
		return SCOPE_MAPPED;
	return a[2] || bpf_ntohl(a[3]) > 1 ? SCOPE_GLOBAL : SCOPE_ALONE;
}

static __always_inline __u32 type_of(const __u32 addr[4])
{
	struct sm_owned *o = bpf_map_lookup_elem(&sm_owned, addr);

	return o ? o->type : 0;
}

/* The type's address, and whether there is a way to it at all: 0 or an
 * errno. */
static __always_inline int
current_get(struct sm_config *cfg, __u32 type, __u32 ret[4])
{
	struct sm_current *c;
	__u32 slot;

	if (type >= SM_TYPES)
		return EOPNOTSUPP;
	c = &cfg->current[type];
	if (!c->provided)
		return EOPNOTSUPP;
	slot = *(volatile __u32 *)&c->slot;
	words_copy(ret, c->addr[slot % SM_SLOTS]);
	asm volatile("" ::: "memory");
	/* so often meanwhile that it was perhaps written over */
	if (*(volatile __u32 *)&c->slot - slot >= SM_SLOTS - 1)
		return EADDRNOTAVAIL;
	return addr_any(ret) ? EADDRNOTAVAIL : 0;
}

/*
 * What a hook has said of a bind holds when the kernel has carried it out,
 * which nobody tells: the next hook sees it by the socket's address.
 */
static __always_inline void settle(struct sm_sock *st, const __u32 src[4])
{
	if (!st || !(st->flags & SM_TRIED))
		return;
	if (words_eq(st->tried, src)) {
		words_copy(st->bound, src);
		if (st->flags & SM_TRIED_ANY)
			st->flags |= SM_OURS;
		else
			st->flags &= ~SM_OURS;
	}
	st->flags &= ~(SM_TRIED | SM_TRIED_ANY);
}

static __always_inline void
bind_tried(struct sm_sock *st, const __u32 addr[4], bool any)
{
	words_copy(st->tried, addr);
	st->flags |= SM_TRIED | (any ? SM_TRIED_ANY : 0);
}

/* --- saying no, and telling ----------------------------------------------- */

static __always_inline int refuse(int err)
{
	bpf_set_retval(-err);
	return 0;
}

/* The current task by its type: not every hook of every kernel may call the
 * helpers that tell of it. */
static __always_inline __u32 euid_get(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	return t->cred->euid.val;
}

static __always_inline __u32 tgid_get(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	return t->tgid;
}

/* ... and when it began, which no two with one number share. */
static __always_inline __u64 started_get(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	return t->group_leader->start_time;
}

static __noinline int tell(__u32 kind, __u32 type, const __u32 *addr)
{
	struct sm_event *e = bpf_ringbuf_reserve(&sm_events, sizeof(*e), 0);
	struct task_struct *t = bpf_get_current_task_btf();

	if (!e)
		return 0;
	e->kind = kind;
	e->type = type;
	if (addr)
		words_copy(e->addr, addr);
	else
		e->addr[0] = e->addr[1] = e->addr[2] = e->addr[3] = 0;
	e->uid = euid_get();
	e->pid = t->tgid;
	bpf_core_read(e->comm, sizeof(e->comm), &t->comm);
	bpf_ringbuf_submit(e, 0);
	return 1;
}

/* A socket is to get a type of which there is no address. */
static __noinline int tell_want(__u32 type)
{
	struct sm_want_key key = { .uid = euid_get(), .type = type };
	__u64 *last = bpf_map_lookup_elem(&sm_wants, &key);
	__u64 now = bpf_ktime_get_boot_ns();

	if (last && now - *last < SM_WANT_EVERY)
		return 0;
	if (tell(SM_EV_WANT, type, NULL))
		bpf_map_update_elem(&sm_wants, &key, &now, BPF_ANY);
	return 0;
}

/* One event for an address, then none until somebody has counted: nobody
 * has to hurry, and no socket pays for more than a look. */
static __always_inline bool told_now(__u64 *told)
{
	__u64 now = bpf_ktime_get_boot_ns();

	if (*told && now - *told < SM_CLOSED_EVERY)
		return false;
	*told = now;
	return true;
}

static __noinline int tell_closed(const __u32 *addr)
{
	struct sm_owned *o = bpf_map_lookup_elem(&sm_owned, addr);

	if (o && told_now(&o->told))
		tell(SM_EV_CLOSED, o->type, addr);
	return 0;
}

static __noinline int tell_unclaimed(__u32 type)
{
	struct sm_config *cfg = config_get();

	if (cfg && type < SM_TYPES && told_now(&cfg->claim_told[type]))
		tell(SM_EV_CLOSED, type, NULL);
	return 0;
}

/* Refusals are told SM_REFUSED_PER_SECOND times a second at most. */
static __noinline int tell_refused(__u32 type, const __u32 *addr)
{
	__u64 second = bpf_ktime_get_boot_ns() / 1000000000ULL;
	__u32 zero = 0;
	struct sm_rate *r = bpf_map_lookup_elem(&sm_rate, &zero);

	if (!r)
		return 0;
	if (r->second != second) {
		r->second = second;
		r->n = 0;
	}
	if (r->n >= SM_REFUSED_PER_SECOND)
		return 0;
	__sync_fetch_and_add(&r->n, 1);
	tell(SM_EV_REFUSED, type, addr);
	return 0;
}

#endif
