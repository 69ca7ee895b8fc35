/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - who may have which address type, and what a socket gets that
 * does not ask (RFC 8653 section 3.4).
 *
 * Rules come resolved: numbers only, no names or paths.  policy_compile
 * turns them into tables in which every condition is one look-up that
 * yields a set of rules; the sets are intersected, and the first rule that
 * is left and speaks of the question decides.  The cost of a decision does
 * not depend on the number of rules.  The same tables are carried into the
 * kernel (src/bpf/select.bpf.c), so both decide alike.
 *
 * Each of the three questions has its own answer: the first matching rule
 * with a Default, the first with a Permit, the first with a Block.
 */
#ifndef MIP6D_SELECT_POLICY_H
#define MIP6D_SELECT_POLICY_H

#include "base/addr.h"
#include "base/atype.h"

#define POLICY_RULES	512
#define POLICY_WORDS	(POLICY_RULES / 64)
#define POLICY_EARLIER	4		/* files of a program, besides its own */
#define POLICY_TOP	(-1)		/* no rule: the top of AddressPolicy */

/* A set of rules: rule r is bit r % 64 of word r / 64. */
struct policy_bits {
	uint64_t	w[POLICY_WORDS];
};

/* A program's file: the kernel's dev_t (major << 20 | minor), and inode; 0 is
 * no file. */
struct policy_file {
	uint64_t	dev, ino;
};

struct policy_rule {
	/* conditions */
	bool		never;		/* a name in it stands for nothing */
	bool		has_program, has_user, has_group, has_cgroup;
	bool		has_protocol, has_dst, has_port;
	uint64_t	dev, ino;	/* of the program, as a policy_file */
	struct policy_file earlier[POLICY_EARLIER];	/* count as well: files
					   that it was before, which still
					   run; those that are there first */
	uint32_t	uid, gid;
	uint64_t	cgroup;		/* id of the cgroup: inode of its
					   directory in cgroup2 */
	uint8_t		protocol;	/* IPPROTO_* */
	struct prefix	dst;
	uint16_t	port_lo, port_hi;
	/* what follows */
	bool		has_default, has_permit, block_ipv4;
	uint8_t		default_type;	/* enum atype */
	uint8_t		permit;		/* ATYPE_BIT()s */
};

/* The tables.  `any' are the rules without the condition; the sets of the
 * entries include them.  A subject that is in no entry gets `any'. */
struct policy_id {			/* user, group, cgroup, protocol */
	uint64_t		id;
	struct policy_bits	bits;
};
struct policy_program {
	uint64_t		dev, ino;
	struct policy_bits	bits;
};
struct policy_dst {			/* for a longest-prefix match: `bits'
					   are of all shorter ones, too */
	struct prefix		prefix;
	struct policy_bits	bits;
};
struct policy_port {			/* lo .. hi; together 0 .. 65535 */
	uint16_t		lo, hi;
	struct policy_bits	bits;
};

struct policy {
	unsigned		nrules;
	struct policy_rule	*rule;
	struct policy_bits	has_default, has_permit, has_block;
	struct policy_bits	untargeted;	/* neither protocol, dst nor port */
	struct policy_bits	permits[ATYPES];	/* by type, of has_permit */
	uint8_t			default_type;	/* at the top */
	uint8_t			permit;
	struct policy_bits	any_program, any_user, any_group, any_cgroup,
				any_protocol, any_dst;
	struct policy_program	*program;	unsigned nprograms;
	struct policy_id	*user;		unsigned nusers;
	struct policy_id	*group;		unsigned ngroups;
	struct policy_id	*cgroup;	unsigned ncgroups;
	struct policy_id	*protocol;	unsigned nprotocols;
	struct policy_dst	*dst;		unsigned ndsts;
	struct policy_port	*port;		unsigned nports;
};

/* NULL: memory, or more than POLICY_RULES rules.  Rules are copied. */
struct policy *policy_compile(const struct policy_rule *, unsigned n,
			      enum atype default_type, uint8_t permit);
struct policy *policy_free(struct policy *);		/* always NULL */

/* Who: a process. */
struct policy_subject {
	uint64_t	dev, ino;		/* of its executable; 0: unknown */
	uint32_t	uid;
	const uint32_t	*gid;			/* all of its groups */
	unsigned	ngids;
	const uint64_t	*cgroup;		/* its cgroup and all above */
	unsigned	ncgroups;
};
/* To whom: NULL where a socket has no peer yet. */
struct policy_target {
	uint8_t		protocol;
	struct in6_addr	dst;
	uint16_t	port;
};

struct policy_verdict {
	enum atype	default_type;		/* without REQUIRE */
	uint8_t		permit;			/* ATYPE_BIT()s */
	bool		block_ipv4;
	int		default_rule, permit_rule, block_rule;	/* POLICY_TOP */
};

/* Without a target only untargeted rules count. */
struct policy_verdict policy_decide(const struct policy *,
				    const struct policy_subject *,
				    const struct policy_target *);
/* Before there is a target (setsockopt, setsc): is there any target for
 * which `type' is permitted?  *ret_rule (may be NULL) is what decided.  A
 * rule about targets that earlier ones hide altogether counts, too: this may
 * say yes too often, and never no; the target is asked about later. */
bool	policy_may(const struct policy *, const struct policy_subject *,
		   enum atype, int *ret_rule);

#endif
