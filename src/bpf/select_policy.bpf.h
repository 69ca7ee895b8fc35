/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_policy.bpf.h - what the policy says, in the kernel.
 *
 * The tables of select/policy.h, and the same decision as policy_decide and
 * policy_may: every condition that some rule has is one look-up that yields
 * a set of rules, the sets are intersected, and the first rule that is left
 * and speaks of the question decides.
 *
 * Who: the executable is that of the process' address space, user and
 * group are the real ones, beside all supplementary groups (there is no
 * bound but the kernel's own, NGROUPS_MAX), cgroups are the process' and
 * all above.  It is what sys/identity.c reads of a process, so that both
 * say the same of a set-user-id program.
 */
#ifndef MIP6D_BPF_SELECT_POLICY_BPF_H
#define MIP6D_BPF_SELECT_POLICY_BPF_H

#include "bpf/select.bpf.h"

#define GROUPS_MAX	65536		/* NGROUPS_MAX */
#define CGROUPS_MAX	2048		/* PATH_MAX holds no deeper one */

struct ask {
	/* what is asked */
	__u32	dst[4];
	__u16	port;			/* host order */
	__u8	protocol;
	__u8	target;			/* there is one */
	/* what is answered */
	__u8	def, permit, block;
};

/* Which is the lowest bit? */
__noinline int bit_first(__u64 x)
{
	int n = 0;

	for (int step = 32; step; step /= 2)
		if (!(x & ((1ULL << step) - 1))) {
			x >>= step;
			n += step;
		}
	return n;
}

#define WORDS(i, p) \
	for (__u32 i = 0; i < SM_WORDS && i < (p)->words; i++)

static __always_inline void
bits_and(const struct sm_policy *p, struct sm_bits *s, const struct sm_bits *t)
{
	WORDS(i, p)
		s->w[i] &= t->w[i];
}

static __always_inline const struct sm_bits *
set_find(const struct sm_policy *p, __u32 side, __u32 kind, __u64 a, __u64 b)
{
	struct sm_set_key key = { .a = a, .b = b, .kind = kind, .side = side };

	return bpf_map_lookup_elem(&sm_sets, &key);
}

/* The rules that one of several ids satisfies. */
struct several {
	const struct sm_policy *p;
	struct sm_bits	*sum;
	const struct group_info *gi;
	__u32		n;
	__u32		side;
};

static __always_inline void
several_add(struct several *v, __u32 kind, __u64 id)
{
	const struct sm_bits *t = set_find(v->p, v->side, kind, id, 0);

	if (t)
		WORDS(i, v->p)
			v->sum->w[i] |= t->w[i];
}

static long group_one(__u32 i, void *arg)
{
	struct several *v = arg;
	__u32 gid;

	if (i >= v->n ||
	    bpf_probe_read_kernel(&gid, sizeof(gid), &v->gi->gid[i]))
		return 1;
	several_add(v, SM_GROUP, gid);
	return 0;
}

static long cgroup_one(__u32 i, void *arg)
{
	struct several *v = arg;
	__u64 id = bpf_get_current_ancestor_cgroup_id(i);

	if (!id)
		return 1;
	several_add(v, SM_CGROUP, id);
	return 0;
}

static __noinline int
subject_groups(const struct sm_policy *p, __u32 side, struct sm_bits *s)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct sm_bits sum;
	struct several v = { .p = p, .sum = &sum, .side = side };

	if (!p || !s)
		return 0;
	sum = p->any[SM_GROUP];
	v.gi = t->cred->group_info;
	v.n = v.gi->ngroups;
	several_add(&v, SM_GROUP, t->cred->gid.val);
	if (v.n)
		bpf_loop(GROUPS_MAX, group_one, &v, 0);
	bits_and(p, s, &sum);
	return 0;
}

static __noinline int
subject_cgroups(const struct sm_policy *p, __u32 side, struct sm_bits *s)
{
	struct sm_bits sum;
	struct several v = { .p = p, .sum = &sum, .side = side };

	if (!p || !s)
		return 0;
	sum = p->any[SM_CGROUP];
	bpf_loop(CGROUPS_MAX, cgroup_one, &v, 0);
	bits_and(p, s, &sum);
	return 0;
}

static __always_inline void
subject_one(const struct sm_policy *p, __u32 side, __u32 kind, __u64 a,
	    __u64 b, struct sm_bits *s)
{
	const struct sm_bits *t = set_find(p, side, kind, a, b);

	bits_and(p, s, t ? t : &p->any[kind]);
}

/* The rules that speak of the process that runs, in this side's policy. */
__noinline int subject_get(__u32 side, struct sm_bits *s)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct sm_config *cfg = config_get();
	const struct sm_policy *p;
	struct file *exe;
	__u64 dev = 0, ino = 0;

	if (!cfg || !s || side > 1)
		return 0;
	p = &cfg->policy[side];
	for (__u32 i = 0; i < SM_WORDS; i++)
		s->w[i] = ~0ULL;
	if (p->n[SM_PROGRAM]) {
		exe = t->mm ? t->mm->exe_file : NULL;
		if (exe) {
			dev = exe->f_inode->i_sb->s_dev;
			ino = exe->f_inode->i_ino;
		}
		subject_one(p, side, SM_PROGRAM, dev, ino, s);
	}
	if (p->n[SM_USER])
		subject_one(p, side, SM_USER, t->cred->uid.val, 0, s);
	if (p->n[SM_GROUP])
		subject_groups(p, side, s);
	if (p->n[SM_CGROUP])
		subject_cgroups(p, side, s);
	return 0;
}

/* The rules of the port: a binary search among at most SM_PORTS ranges. */
static __always_inline void
target_port(const struct sm_policy *p, __u32 side, __u16 port,
	    struct sm_bits *s)
{
	struct sm_ports *t = bpf_map_lookup_elem(&sm_ports, &side);
	__u32 lo = 0, hi = p->ports;

	if (!t)
		return;
	for (int i = 0; i < 11 && hi - lo > 1; i++) {
		__u32 mid = (lo + hi) / 2;

		if (mid >= SM_PORTS)
			return;
		if (t->lo[mid] <= port)
			lo = mid;
		else
			hi = mid;
	}
	if (lo < SM_PORTS)
		bits_and(p, s, &t->bits[lo]);
}

static __always_inline void
target_and(const struct sm_policy *p, __u32 side, const struct ask *a,
	   struct sm_bits *s)
{
	if (p->n[SM_PROTOCOL])
		subject_one(p, side, SM_PROTOCOL, a->protocol, 0, s);
	if (p->dsts) {
		struct sm_dst_key key = { .plen = 32 + 128, .side = side };
		const struct sm_bits *t;

		words_copy(key.addr, a->dst);
		t = bpf_map_lookup_elem(&sm_dsts, &key);
		bits_and(p, s, t ? t : &p->any_dst);
	}
	if (p->ports > 1)
		target_port(p, side, a->port, s);
}

/*
 * The first rule in both sets, or SM_RULES.  The functions without `static'
 * are verified once, and not for every way that leads to them.
 */
__noinline int
rule_first(const struct sm_bits *s, const struct sm_bits *t, __u32 words)
{
	if (!s || !t)
		return SM_RULES;
	for (__u32 i = 0; i < SM_WORDS && i < words; i++) {
		__u64 x = s->w[i] & t->w[i];

		if (x)
			return i * 64 + bit_first(x);
	}
	return SM_RULES;
}

/* What the rules of a subject say of the target; *s is used up. */
__noinline int policy_ask_of(__u32 side, struct sm_bits *s, struct ask *a)
{
	struct sm_config *cfg = config_get();
	const struct sm_policy *p;
	__u32 r;

	if (!cfg || !s || !a || side > 1)
		return 0;
	p = &cfg->policy[side];
	if (a->target)
		target_and(p, side, a, s);
	else
		bits_and(p, s, &p->untargeted);
	r = rule_first(s, &p->has_default, p->words);
	a->def = r < SM_RULES ? p->rule_default[r] : p->default_type;
	r = rule_first(s, &p->has_permit, p->words);
	a->permit = r < SM_RULES ? p->rule_permit[r] : p->permit;
	a->block = p->blocks &&
		   rule_first(s, &p->has_block, p->words) < SM_RULES;
	return 0;
}

/* policy_decide, for the process that runs */
static __always_inline void policy_ask(struct sm_config *cfg, struct ask *a)
{
	__u32 side = cfg->active & 1;
	const struct sm_policy *p = &cfg->policy[side];
	struct sm_bits s = { 0 };

	if (!p->words) {
		a->def = p->default_type;
		a->permit = p->permit;
		a->block = 0;
		return;
	}
	subject_get(side, &s);
	policy_ask_of(side, &s, a);
}

/*
 * policy_may: is there a target for which the type is permitted?  Rules
 * with a target count as far as no rule without one comes before them.
 */
__noinline int policy_may(__u32 type)
{
	struct sm_config *cfg = config_get();
	struct sm_bits s = { 0 };
	const struct sm_policy *p;
	__u32 side, last, r;

	if (!cfg || type >= SM_TYPES)
		return 0;
	side = cfg->active & 1;
	p = &cfg->policy[side];
	if (!p->words)
		return !!(p->permit & TYPE_BIT(type));
	subject_get(side, &s);
	r = rule_first(&s, &p->permits[type], p->words);
	bits_and(p, &s, &p->has_permit);
	last = rule_first(&s, &p->untargeted, p->words);
	if (r < SM_RULES && r <= last)
		return 1;
	return last == SM_RULES && (p->permit & TYPE_BIT(type));
}

#endif
