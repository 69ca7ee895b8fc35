/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_map.h - what the eBPF programs at the socket hooks and
 * src/sys/hooks_*.c share: the layout of their maps.
 *
 * The maps outlive the process, so a change here that an older process'
 * maps cannot carry needs another SM_LAYOUT.  Addresses are four words as
 * they lie in the packet, types are those of enum atype.
 */
#ifndef MIP6D_BPF_SELECT_MAP_H
#define MIP6D_BPF_SELECT_MAP_H

#include <linux/types.h>

#define SM_LAYOUT	2

#define SM_TYPES	5		/* ATYPES */
#define SM_RULES	512		/* POLICY_RULES */
#define SM_WORDS	(SM_RULES / 64)

/* A set of rules, as in select/policy.h. */
struct sm_bits {
	__u64	w[SM_WORDS];
};

/*
 * There are two policies, the one in force and the next: a switch is one
 * store.  What is in maps of its own says in its key which one it is of.
 */
enum sm_kind {
	SM_PROGRAM,
	SM_USER,
	SM_GROUP,
	SM_CGROUP,
	SM_PROTOCOL,
};
struct sm_set_key {
	__u64	a, b;			/* device and inode; or id and 0 */
	__u32	kind;			/* enum sm_kind */
	__u32	side;
};
struct sm_dst_key {			/* of a longest-prefix match */
	__u32	plen;			/* 32 more than the prefix' */
	__u32	side;
	__u32	addr[4];
};

#define SM_SETS		(2 * 5 * SM_RULES)
#define SM_DSTS		(2 * (SM_RULES + 1))
#define SM_PORTS	(2 * SM_RULES + 2)

struct sm_ports {			/* one for each side */
	__u16		lo[SM_PORTS];	/* ascending, the first is 0 */
	struct sm_bits	bits[SM_PORTS];
};

/* The rest of a policy. */
struct sm_policy {
	__u32		words;		/* of a set that are in use */
	__u8		plain;		/* no rule, no default, all permitted */
	__u8		blocks;		/* some rule blocks IPv4 */
	__u8		default_type, permit;	/* at the top */
	/* entries of the tables; 0: there is no such condition */
	__u32		n[SM_PROTOCOL + 1];
	__u32		dsts, ports;
	struct sm_bits	any[SM_PROTOCOL + 1];
	struct sm_bits	any_dst;
	struct sm_bits	has_default, has_permit, has_block, untargeted;
	struct sm_bits	permits[SM_TYPES];
	__u8		rule_default[SM_RULES];
	__u8		rule_permit[SM_RULES];
};

/* What a socket gets that wants the type.  An address is never written over
 * while a program may read it: it changes with one store, and the others are
 * used again only after several more. */
#define SM_SLOTS	8
struct sm_current {
	__u32	provided;
	__u32	slot;			/* of addr, modulo SM_SLOTS; counts */
	__u32	addr[SM_SLOTS][4];	/* :: none now */
};

struct sm_config {
	__u32	layout;			/* SM_LAYOUT */
	__u32	gen;			/* of the process, sm_owned.gen */
	__u64	netns;			/* cookie of the namespace */
	/* the probe, and who the daemon is: see SM_PROBE */
	__u64	nonce, heard;
	__u64	started;		/* another process may get the tgid */
	__u32	tgid;
	__u32	active;			/* which of policy[] is in force */
	__u32	serial;			/* another one for every policy */
	/* some socket has SM_CHECK or SM_SENDS: 1; 0 none; 2 while the
	 * sockets are counted and none was found yet */
	__u32	udp_check, tcp_check;
	__u32	zero;
	__u64	count_since;		/* of hooks_count, ns of boottime */
	__u64	claim_told[SM_TYPES];	/* as sm_owned.told */
	__u32	claims[SM_TYPES];	/* what sel_count has counted */
	__u32	zero2;
	struct sm_current current[SM_TYPES];
	struct sm_policy policy[2];
};

/*
 * setsockopt(IPPROTO_IPV6, SM_PROBE) with the nonce: the daemon finds out
 * whether its own sockets pass the hooks, and the programs, which process
 * it is, in the numbers of the first pid namespace.
 */
#define SM_PROBE	0x6d697036

#define SM_OWNED	4096
struct sm_owned {
	__u32	type;
	__u32	gen;
	__u64	told;			/* when SM_EV_CLOSED was said last and
					   nobody has counted since; 0 */
	__u32	sessions, zero;		/* what sel_count has counted */
};

/* A socket that has a requirement or has got an address from us. */
#define SM_OURS		1		/* it is us who bound it, to `bound' */
#define SM_CLOSED	2
#define SM_CHECK	4		/* the kernel chose its source: see, when
					   it leaves, that its type is in `check' */
#define SM_CACHED	8		/* the verdict about dst and port */
#define SM_TRIED	32		/* a bind to `tried' was under way... */
#define SM_TRIED_ANY	64		/* ... that we made of one to :: */
#define SM_SENDS	16		/* the kernel chooses for datagrams that
					   it sends without a connection: see
					   that the type is in `permit' */
struct sm_sock {
	__u8	require;		/* enum atype */
	__u8	flags;			/* SM_* */
	__u8	check;			/* bits of types; 0: of no type */
	__u8	chosen;			/* types whose src[] we chose */
	__u8	def, permit;		/* SM_CACHED: the verdict */
	__u16	port;
	__u32	serial;			/* of the policy that said so */
	__u8	every;			/* what it permits for every dst so far */
	__u8	zero[3];
	__u32	dst[4];
	__u32	bound[4];		/* address that it was bound to */
	__u32	tried[4];
	/* what it sent from without being bound to it, and when; of type
	 * t at [t - 1] */
	__u32	src[SM_TYPES - 1][4];
	__u64	last[SM_TYPES - 1];
};

/* A raw or ping socket: what the policy said when it was made. */
struct sm_raw {
	struct sm_bits	subject;	/* rules that speak of its maker... */
	__u32		serial;		/* ... in this policy */
	__u32		tgid;
	__u64		started;
	__u8		def, permit;	/* without a target */
	__u8		zero[6];
};

/* Ring buffer records. */
enum sm_event_kind {
	SM_EV_WANT,
	SM_EV_CLOSED,
	SM_EV_REFUSED,
};
struct sm_event {
	__u32	kind;
	__u32	type;
	__u32	addr[4];
	__u32	uid, pid;
	char	comm[16];
};
#define SM_EVENTS	(256 * 1024)

/* Who was told of a want last: one user's wants do not hide another's. */
struct sm_want_key {
	__u32	uid, type;
};
#define SM_WANTS		1024
#define SM_WANT_EVERY		100000000ULL	/* ns */
#define SM_CLOSED_EVERY		1000000000ULL
#define SM_REFUSED_PER_SECOND	32

struct sm_rate {
	__u64	second;
	__u64	n;
};

#endif
