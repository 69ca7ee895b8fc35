/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.c - the rules as tables, and decisions out of them.
 *
 * Each kind of condition has a table from a value to the set of rules that
 * do not mind this value: those that name it, and those without such a
 * condition.  A decision looks up one set for each kind, intersects them
 * with each other and with the rules that speak of the question, and takes
 * the lowest rule that is left.  So it costs seven look-ups and a few words
 * to and together, whatever the number of rules.
 *
 * A process has several groups, and is in its cgroup and in all above: there
 * the sets of all values are united first.  A prefix's set has the rules of
 * all prefixes around it, so that the longest match alone says everything.
 * Port ranges are cut where one begins or ends; the pieces cover all ports.
 *
 * A rule that names something that does not exist is in no set.
 */
#include "select/policy.h"

#include <stdlib.h>

_Static_assert(ATYPES <= 8, "sets of types fit an octet");

/* --- sets of rules --------------------------------------------------- */

static void
bits_set(struct policy_bits *b, unsigned rule)
{
	b->w[rule / 64] |= UINT64_C(1) << rule % 64;
}

static void
bits_and(struct policy_bits *b, const struct policy_bits *o)
{
	for (unsigned i = 0; i < POLICY_WORDS; i++)
		b->w[i] &= o->w[i];
}

static void
bits_or(struct policy_bits *b, const struct policy_bits *o)
{
	for (unsigned i = 0; i < POLICY_WORDS; i++)
		b->w[i] |= o->w[i];
}

/* The lowest rule of both; POLICY_TOP when there is none. */
static int
bits_first(const struct policy_bits *a, const struct policy_bits *b)
{
	for (unsigned i = 0; i < POLICY_WORDS; i++) {
		uint64_t w = a->w[i] & b->w[i];

		if (w)
			return (int)(64 * i) + __builtin_ctzll(w);
	}
	return POLICY_TOP;
}

/* --- building the tables --------------------------------------------- */

static int
cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
cmp_id(const void *va, const void *vb)
{
	const struct policy_id *a = va, *b = vb;

	return cmp_u64(a->id, b->id);
}

static int
cmp_program(const void *va, const void *vb)
{
	const struct policy_program *a = va, *b = vb;
	int d = cmp_u64(a->ino, b->ino);

	return d ? d : cmp_u64(a->dev, b->dev);
}

static int
cmp_prefix(const struct prefix *a, const struct prefix *b)
{
	int d = addr_cmp(&a->addr, &b->addr);

	return d ? d : a->len - b->len;
}

static int
cmp_dst(const void *va, const void *vb)
{
	const struct policy_dst *a = va, *b = vb;

	return cmp_prefix(&a->prefix, &b->prefix);
}

/* Sort n entries and unite those with equal keys: how many are left. */
static unsigned
unite(void *table, unsigned n, size_t size, size_t bits,
      int (*cmp)(const void *, const void *))
{
	char *t = table;
	unsigned kept = 0;

	if (!n)
		return 0;
	qsort(table, n, size, cmp);
	for (unsigned i = 1; i < n; i++) {
		char *last = t + kept * size, *e = t + i * size;

		if (cmp(last, e) == 0)
			bits_or((struct policy_bits *)(void *)(last + bits),
				(struct policy_bits *)(void *)(e + bits));
		else if (++kept != i)
			memcpy(t + kept * size, e, size);
	}
	return kept + 1;
}
#define UNITE(table, n, cmp)						\
	unite(table, n, sizeof(*(table)),				\
	      (size_t)((char *)&(table)->bits - (char *)(table)), cmp)

/* What a rule says of one of the kinds that are numbers. */
enum kind { KIND_USER, KIND_GROUP, KIND_CGROUP, KIND_PROTOCOL };

static bool
rule_id(const struct policy_rule *r, enum kind kind, uint64_t *ret)
{
	switch (kind) {
	case KIND_USER:
		*ret = r->uid;
		return r->has_user;
	case KIND_GROUP:
		*ret = r->gid;
		return r->has_group;
	case KIND_CGROUP:
		*ret = r->cgroup;
		return r->has_cgroup;
	case KIND_PROTOCOL:
		*ret = r->protocol;
		return r->has_protocol;
	}
	return false;
}

/* The table of a kind, and the set of those who do not mind. */
static bool
build_ids(const struct policy *p, enum kind kind, struct policy_bits *any,
	  struct policy_id **ret, unsigned *ret_n)
{
	struct policy_id *t = calloc(p->nrules + 1, sizeof(*t));
	unsigned n = 0;
	uint64_t id;

	if (!t)
		return false;
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (r->never)
			continue;
		if (rule_id(r, kind, &id)) {
			t[n].id = id;
			bits_set(&t[n++].bits, i);
		} else {
			bits_set(any, i);
		}
	}
	n = UNITE(t, n, cmp_id);
	for (unsigned i = 0; i < n; i++)
		bits_or(&t[i].bits, any);
	*ret = t;
	*ret_n = n;
	return true;
}

static void
add_program(struct policy_program *t, unsigned *n, uint64_t dev, uint64_t ino,
	    unsigned rule)
{
	if (!ino)
		return;
	t[*n].dev = dev;
	t[*n].ino = ino;
	bits_set(&t[(*n)++].bits, rule);
}

static bool
build_programs(struct policy *p)
{
	struct policy_program *t = calloc((1 + POLICY_EARLIER) * p->nrules + 1,
					  sizeof(*t));
	unsigned n = 0;

	p->program = t;
	if (!t)
		return false;
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (r->never)
			continue;
		if (!r->has_program) {
			bits_set(&p->any_program, i);
			continue;
		}
		add_program(t, &n, r->dev, r->ino, i);
		for (unsigned k = 0; k < POLICY_EARLIER; k++)
			add_program(t, &n, r->earlier[k].dev,
				    r->earlier[k].ino, i);
	}
	p->nprograms = UNITE(t, n, cmp_program);
	for (unsigned i = 0; i < p->nprograms; i++)
		bits_or(&t[i].bits, &p->any_program);
	return true;
}

static bool
build_dsts(struct policy *p)
{
	struct policy_dst *t = calloc(p->nrules + 1, sizeof(*t));
	unsigned n = 0;

	p->dst = t;
	if (!t)
		return false;
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (r->never)
			continue;
		if (r->has_dst) {
			t[n].prefix = prefix_of(&r->dst.addr, r->dst.len);
			bits_set(&t[n++].bits, i);
		} else {
			bits_set(&p->any_dst, i);
		}
	}
	p->ndsts = UNITE(t, n, cmp_dst);
	/* what is around a prefix stands before it, and has its own already */
	for (unsigned i = 0; i < p->ndsts; i++) {
		bits_or(&t[i].bits, &p->any_dst);
		for (unsigned k = i; k-- > 0; ) {
			if (!prefix_match(&t[k].prefix, &t[i].prefix.addr))
				continue;
			bits_or(&t[i].bits, &t[k].bits);
			break;
		}
	}
	return true;
}

static int
cmp_edge(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

/* Where a piece of the ports begins: 0, and at the ends of all ranges. */
static unsigned
port_edges(const struct policy *p, uint32_t *edge)
{
	unsigned n = 0, kept = 0;

	edge[n++] = 0;
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (!r->has_port || r->never)
			continue;
		edge[n++] = r->port_lo;
		if (r->port_hi < 65535)
			edge[n++] = r->port_hi + 1U;
	}
	qsort(edge, n, sizeof(*edge), cmp_edge);
	for (unsigned i = 1; i < n; i++) {
		if (edge[i] != edge[kept])
			edge[++kept] = edge[i];
	}
	return kept + 1;
}

static bool
build_ports(struct policy *p)
{
	uint32_t *edge = calloc(2 * p->nrules + 1, sizeof(*edge));
	unsigned n;

	if (!edge)
		return false;
	n = port_edges(p, edge);
	p->port = calloc(n, sizeof(*p->port));
	p->nports = p->port ? n : 0;
	for (unsigned k = 0; k < p->nports; k++) {
		struct policy_port *e = &p->port[k];

		e->lo = (uint16_t)edge[k];
		e->hi = (uint16_t)(k + 1 < n ? edge[k + 1] - 1 : 65535);
		for (unsigned i = 0; i < p->nrules; i++) {
			const struct policy_rule *r = &p->rule[i];

			if (!r->never && (!r->has_port ||
			    (r->port_lo <= e->lo && e->hi <= r->port_hi)))
				bits_set(&e->bits, i);
		}
	}
	free(edge);
	return p->port != NULL;
}

/* Which rules speak of what. */
static void
build_questions(struct policy *p)
{
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (r->never)
			continue;
		if (r->has_default)
			bits_set(&p->has_default, i);
		if (r->has_permit)
			bits_set(&p->has_permit, i);
		if (r->block_ipv4)
			bits_set(&p->has_block, i);
		if (!r->has_protocol && !r->has_dst && !r->has_port)
			bits_set(&p->untargeted, i);
		for (enum atype t = 0; t < ATYPES; t++) {
			if (r->has_permit && (r->permit & ATYPE_BIT(t)))
				bits_set(&p->permits[t], i);
		}
	}
}

struct policy *
policy_compile(const struct policy_rule *rule, unsigned n,
	       enum atype default_type, uint8_t permit)
{
	struct policy *p = n <= POLICY_RULES ? calloc(1, sizeof(*p)) : NULL;

	if (!p)
		return NULL;
	p->default_type = (uint8_t)default_type;
	p->permit = permit;
	p->rule = calloc(n + 1, sizeof(*p->rule));
	if (!p->rule)
		return policy_free(p);
	if (n)
		memcpy(p->rule, rule, n * sizeof(*rule));
	p->nrules = n;
	build_questions(p);
	if (build_programs(p) &&
	    build_ids(p, KIND_USER, &p->any_user, &p->user, &p->nusers) &&
	    build_ids(p, KIND_GROUP, &p->any_group, &p->group,
		      &p->ngroups) &&
	    build_ids(p, KIND_CGROUP, &p->any_cgroup, &p->cgroup,
		      &p->ncgroups) &&
	    build_ids(p, KIND_PROTOCOL, &p->any_protocol, &p->protocol,
		      &p->nprotocols) &&
	    build_dsts(p) && build_ports(p))
		return p;
	return policy_free(p);
}

struct policy *
policy_free(struct policy *p)
{
	if (!p)
		return NULL;
	free(p->rule);
	free(p->program);
	free(p->user);
	free(p->group);
	free(p->cgroup);
	free(p->protocol);
	free(p->dst);
	free(p->port);
	free(p);
	return NULL;
}

/* --- looking up ------------------------------------------------------ */

/* NULL: this value stands in no rule. */
static const struct policy_bits *
find_id(const struct policy_id *t, unsigned n, uint64_t id)
{
	struct policy_id key = { .id = id };
	const struct policy_id *e = n ? bsearch(&key, t, n, sizeof(*t),
						cmp_id) : NULL;

	return e ? &e->bits : NULL;
}

static void
and_id(struct policy_bits *b, const struct policy_id *t, unsigned n,
       uint64_t id, const struct policy_bits *any)
{
	const struct policy_bits *found = find_id(t, n, id);

	bits_and(b, found ? found : any);
}

static void
and_program(struct policy_bits *b, const struct policy *p, uint64_t dev,
	    uint64_t ino)
{
	struct policy_program key = { .dev = dev, .ino = ino };
	const struct policy_program *e = NULL;

	if (p->nprograms)
		e = bsearch(&key, p->program, p->nprograms, sizeof(key),
			    cmp_program);
	bits_and(b, e ? &e->bits : &p->any_program);
}

static void
or_id(struct policy_bits *b, const struct policy_id *t, unsigned n, uint64_t id)
{
	const struct policy_bits *found = find_id(t, n, id);

	if (found)
		bits_or(b, found);
}

/* Whoever is in several of them has the rules of all. */
static void
and_memberships(struct policy_bits *b, const struct policy *p,
		const struct policy_subject *s)
{
	struct policy_bits groups = p->any_group, cgroups = p->any_cgroup;

	for (unsigned i = 0; i < s->ngids; i++)
		or_id(&groups, p->group, p->ngroups, s->gid[i]);
	for (unsigned i = 0; i < s->ncgroups; i++)
		or_id(&cgroups, p->cgroup, p->ncgroups, s->cgroup[i]);
	bits_and(b, &groups);
	bits_and(b, &cgroups);
}

/* The last prefix that does not stand behind `key'; NULL: none. */
static const struct policy_dst *
dst_before(const struct policy *p, const struct prefix *key)
{
	unsigned lo = 0, hi = p->ndsts;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (cmp_prefix(&p->dst[mid].prefix, key) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &p->dst[lo - 1] : NULL;
}

static uint8_t
common_bits(const struct in6_addr *a, const struct in6_addr *b)
{
	unsigned i = 0;

	while (i < 16 && a->s6_addr[i] == b->s6_addr[i])
		i++;
	if (i == 16)
		return 128;
	return (uint8_t)(8 * i + (unsigned)__builtin_clz(a->s6_addr[i] ^
						 b->s6_addr[i]) - 24);
}

/* The longest match.  The prefix that stands before the address has it, or
 * parts from it at some bit; one that has the address and stands before that
 * prefix then has both, and is no longer than what they share. */
static const struct policy_dst *
find_dst(const struct policy *p, const struct in6_addr *a)
{
	struct prefix key = prefix_host(a);
	const struct policy_dst *e = dst_before(p, &key);

	while (e && !prefix_match(&e->prefix, a)) {
		key = prefix_of(a, common_bits(&e->prefix.addr, a));
		e = dst_before(p, &key);
	}
	return e;
}

static const struct policy_port *
find_port(const struct policy *p, uint16_t port)
{
	unsigned lo = 0, hi = p->nports - 1;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (p->port[mid].hi < port)
			lo = mid + 1;
		else
			hi = mid;
	}
	return &p->port[lo];
}

/* The rules whose conditions about the process hold. */
static struct policy_bits
of_subject(const struct policy *p, const struct policy_subject *s)
{
	struct policy_bits b = p->any_user;
	const struct policy_bits *user = find_id(p->user, p->nusers, s->uid);

	if (user)
		b = *user;
	and_program(&b, p, s->dev, s->ino);
	and_memberships(&b, p, s);
	return b;
}

static void
and_target(struct policy_bits *b, const struct policy *p,
	   const struct policy_target *t)
{
	const struct policy_dst *dst;

	if (!t) {
		bits_and(b, &p->untargeted);
		return;
	}
	dst = find_dst(p, &t->dst);
	bits_and(b, dst ? &dst->bits : &p->any_dst);
	bits_and(b, &find_port(p, t->port)->bits);
	and_id(b, p->protocol, p->nprotocols, t->protocol, &p->any_protocol);
}

/* --- deciding -------------------------------------------------------- */

struct policy_verdict
policy_decide(const struct policy *p, const struct policy_subject *s,
	      const struct policy_target *t)
{
	struct policy_bits b = of_subject(p, s);
	struct policy_verdict v;

	and_target(&b, p, t);
	v.default_rule = bits_first(&b, &p->has_default);
	v.permit_rule = bits_first(&b, &p->has_permit);
	v.block_rule = bits_first(&b, &p->has_block);
	v.default_type = v.default_rule == POLICY_TOP ? p->default_type :
			 p->rule[v.default_rule].default_type;
	v.permit = v.permit_rule == POLICY_TOP ? p->permit :
		   p->rule[v.permit_rule].permit;
	v.block_ipv4 = v.block_rule != POLICY_TOP;
	return v;
}

/* Rules up to the first that holds for every target: any of them may be the
 * one that decides. */
bool
policy_may(const struct policy *p, const struct policy_subject *s,
	   enum atype type, int *ret_rule)
{
	struct policy_bits b = of_subject(p, s), last = b;
	int yes, end;

	bits_and(&last, &p->untargeted);
	end = bits_first(&last, &p->has_permit);
	yes = bits_first(&b, &p->permits[type]);
	if (yes != POLICY_TOP && (end == POLICY_TOP || yes <= end)) {
		if (ret_rule)
			*ret_rule = yes;
		return true;
	}
	if (ret_rule)
		*ret_rule = end;
	return end == POLICY_TOP && (p->permit & ATYPE_BIT(type));
}
