/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_policy.c - a policy's tables into the maps.
 *
 * The maps have room for two policies.  The next one is written beside the
 * one in force, and then one store puts it in force; whatever fails before
 * that leaves the old one where it is.  A program runs inside an RCU read
 * section: before its room is written again we wait for a grace period, and
 * nobody looks at what is there any more.
 */
#include "sys/hooks_private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(SM_RULES == POLICY_RULES, "sets are those of policy.h");
_Static_assert(sizeof(struct sm_bits) == sizeof(struct policy_bits),
	       "sets are those of policy.h");

struct writing {
	struct hooks	*h;
	uint32_t	side;
	int		err;		/* the first */
};

static struct sm_bits bits_of(const struct policy_bits *b)
{
	struct sm_bits r;

	for (unsigned i = 0; i < SM_WORDS; i++)
		r.w[i] = b->w[i];
	return r;
}

/* --- clearing the side ---------------------------------------------------- */

/* Collect, then delete: to go on from a key that is no longer there would
 * be to begin again. */
static int clear_sets(const struct hooks *h, uint32_t side)
{
	struct sm_set_key *k = calloc(SM_SETS, sizeof(*k)), key;
	unsigned n = 0;
	int err = k ? 0 : -ENOMEM;
	bool first = true;

	while (!err && n < SM_SETS &&
	       !bpf_map_get_next_key(h->map[HM_SETS], first ? NULL : &key,
				     &key)) {
		first = false;
		if (key.side == side)
			k[n++] = key;
	}
	while (!err && n)
		err = bpf_map_delete_elem(h->map[HM_SETS], &k[--n]);
	free(k);
	return err;
}

static int clear_dsts(const struct hooks *h, uint32_t side)
{
	struct sm_dst_key *k = calloc(SM_DSTS, sizeof(*k)), key;
	unsigned n = 0;
	int err = k ? 0 : -ENOMEM;
	bool first = true;

	while (!err && n < SM_DSTS &&
	       !bpf_map_get_next_key(h->map[HM_DSTS], first ? NULL : &key,
				     &key)) {
		first = false;
		if (key.side == side)
			k[n++] = key;
	}
	while (!err && n)
		err = bpf_map_delete_elem(h->map[HM_DSTS], &k[--n]);
	free(k);
	return err;
}

/* --- writing it ----------------------------------------------------------- */

static void
put_set(struct writing *w, enum sm_kind kind, uint64_t a, uint64_t b,
	const struct policy_bits *bits)
{
	struct sm_set_key key = { .a = a, .b = b, .kind = kind,
				  .side = w->side };
	struct sm_bits v = bits_of(bits);

	if (!w->err)
		w->err = bpf_map_update_elem(w->h->map[HM_SETS], &key, &v,
					     BPF_ANY);
}

static void
put_ids(struct writing *w, enum sm_kind kind, const struct policy_id *t,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		put_set(w, kind, t[i].id, 0, &t[i].bits);
}

static void put_dsts(struct writing *w, const struct policy *p)
{
	for (unsigned i = 0; i < p->ndsts && !w->err; i++) {
		struct sm_dst_key key = { .plen = 32U + p->dst[i].prefix.len,
					  .side = w->side };
		struct sm_bits v = bits_of(&p->dst[i].bits);

		memcpy(key.addr, &p->dst[i].prefix.addr, sizeof(key.addr));
		w->err = bpf_map_update_elem(w->h->map[HM_DSTS], &key, &v,
					     BPF_ANY);
	}
}

static void put_ports(struct writing *w, const struct policy *p)
{
	struct sm_ports *t = calloc(1, sizeof(*t));

	if (!t || p->nports > SM_PORTS) {
		w->err = w->err ? w->err : -ENOMEM;
		free(t);
		return;
	}
	for (unsigned i = 0; i < p->nports; i++) {
		t->lo[i] = p->port[i].lo;
		t->bits[i] = bits_of(&p->port[i].bits);
	}
	if (!w->err)
		w->err = bpf_map_update_elem(w->h->map[HM_PORTS], &w->side, t,
					     BPF_ANY);
	free(t);
}

static void put_rules(struct sm_policy *s, const struct policy *p)
{
	for (unsigned i = 0; i < p->nrules; i++) {
		s->rule_default[i] = p->rule[i].default_type;
		s->rule_permit[i] = p->rule[i].permit;
		s->blocks |= p->rule[i].block_ipv4 && !p->rule[i].never;
	}
	s->has_default = bits_of(&p->has_default);
	s->has_permit = bits_of(&p->has_permit);
	s->has_block = bits_of(&p->has_block);
	s->untargeted = bits_of(&p->untargeted);
	for (enum atype t = 0; t < ATYPES; t++)
		s->permits[t] = bits_of(&p->permits[t]);
}

static void put_head(struct sm_policy *s, const struct policy *p)
{
	*s = (struct sm_policy){
		.words = (p->nrules + 63) / 64,
		.default_type = p->default_type,
		.permit = p->permit,
		.n = { [SM_PROGRAM] = p->nprograms, [SM_USER] = p->nusers,
		       [SM_GROUP] = p->ngroups, [SM_CGROUP] = p->ncgroups,
		       [SM_PROTOCOL] = p->nprotocols },
		.dsts = p->ndsts,
		.ports = p->nports,
	};
	s->any[SM_PROGRAM] = bits_of(&p->any_program);
	s->any[SM_USER] = bits_of(&p->any_user);
	s->any[SM_GROUP] = bits_of(&p->any_group);
	s->any[SM_CGROUP] = bits_of(&p->any_cgroup);
	s->any[SM_PROTOCOL] = bits_of(&p->any_protocol);
	s->any_dst = bits_of(&p->any_dst);
	put_rules(s, p);
	s->plain = !p->nrules && !p->default_type &&
		   (p->permit & ATYPE_ALL) == ATYPE_ALL;
}

int hooks_policy(struct hooks *h, const struct policy *p)
{
	struct writing w = { .h = h, .side = !(h->cfg->active & 1) };
	struct sm_policy *s = &h->cfg->policy[w.side];

	if (p->nrules > SM_RULES)
		return -E2BIG;
	/* membarrier(2) of all threads waits for one */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	w.err = clear_sets(h, w.side);
	if (!w.err)
		w.err = clear_dsts(h, w.side);
	for (unsigned i = 0; i < p->nprograms; i++)
		put_set(&w, SM_PROGRAM, p->program[i].dev, p->program[i].ino,
			&p->program[i].bits);
	put_ids(&w, SM_USER, p->user, p->nusers);
	put_ids(&w, SM_GROUP, p->group, p->ngroups);
	put_ids(&w, SM_CGROUP, p->cgroup, p->ncgroups);
	put_ids(&w, SM_PROTOCOL, p->protocol, p->nprotocols);
	put_dsts(&w, p);
	put_ports(&w, p);
	if (w.err)
		return w.err;
	put_head(s, p);
	__atomic_store_n(&h->cfg->serial, h->cfg->serial + 1,
			 __ATOMIC_SEQ_CST);
	__atomic_store_n(&h->cfg->active, w.side, __ATOMIC_SEQ_CST);
	return 0;
}
