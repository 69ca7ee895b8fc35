/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_select_policy.c - decisions out of tables, against tables of cases
 * and against a straight loop over the rules.
 */
#include "select/policy.h"
#include "unit.h"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(text, &a), 0);
	return a;
}

static struct prefix net(const char *text)
{
	struct prefix p;

	ck_assert_int_eq(prefix_parse(text, &p), 0);
	return p;
}

/* --- the same, slowly ------------------------------------------------ */

static bool has_gid(const struct policy_subject *s, uint32_t gid)
{
	for (unsigned i = 0; i < s->ngids; i++) {
		if (s->gid[i] == gid)
			return true;
	}
	return false;
}

static bool in_cgroup(const struct policy_subject *s, uint64_t id)
{
	for (unsigned i = 0; i < s->ncgroups; i++) {
		if (s->cgroup[i] == id)
			return true;
	}
	return false;
}

static bool is_program(const struct policy_rule *r,
		       const struct policy_subject *s)
{
	if (r->ino && r->dev == s->dev && r->ino == s->ino)
		return true;
	for (unsigned i = 0; i < POLICY_EARLIER; i++) {
		const struct policy_file *f = &r->earlier[i];

		if (f->ino && f->dev == s->dev && f->ino == s->ino)
			return true;
	}
	return false;
}

static bool is_subject(const struct policy_rule *r,
		       const struct policy_subject *s)
{
	return !r->never &&
	       (!r->has_program || is_program(r, s)) &&
	       (!r->has_user || r->uid == s->uid) &&
	       (!r->has_group || has_gid(s, r->gid)) &&
	       (!r->has_cgroup || in_cgroup(s, r->cgroup));
}

static bool is_target(const struct policy_rule *r,
		      const struct policy_target *t)
{
	if (!t)
		return !r->has_protocol && !r->has_dst && !r->has_port;
	return (!r->has_protocol || r->protocol == t->protocol) &&
	       (!r->has_dst || prefix_match(&r->dst, &t->dst)) &&
	       (!r->has_port ||
		(r->port_lo <= t->port && t->port <= r->port_hi));
}

static struct policy_verdict naive(const struct policy_rule *r, unsigned n,
				   enum atype type, uint8_t permit,
				   const struct policy_subject *s,
				   const struct policy_target *t)
{
	struct policy_verdict v = {
		.default_type = type, .permit = permit,
		.default_rule = POLICY_TOP, .permit_rule = POLICY_TOP,
		.block_rule = POLICY_TOP,
	};

	for (int i = 0; i < (int)n; i++, r++) {
		if (!is_subject(r, s) || !is_target(r, t))
			continue;
		if (r->has_default && v.default_rule == POLICY_TOP) {
			v.default_rule = i;
			v.default_type = r->default_type;
		}
		if (r->has_permit && v.permit_rule == POLICY_TOP) {
			v.permit_rule = i;
			v.permit = r->permit;
		}
		if (r->block_ipv4 && v.block_rule == POLICY_TOP) {
			v.block_rule = i;
			v.block_ipv4 = true;
		}
	}
	return v;
}

static bool naive_may(const struct policy_rule *r, unsigned n, uint8_t permit,
		      const struct policy_subject *s, enum atype type,
		      int *ret_rule)
{
	for (int i = 0; i < (int)n; i++, r++) {
		if (!is_subject(r, s) || !r->has_permit)
			continue;
		*ret_rule = i;
		if (r->permit & ATYPE_BIT(type))
			return true;
		if (is_target(r, NULL))
			return false;
	}
	*ret_rule = POLICY_TOP;
	return permit & ATYPE_BIT(type);
}

static bool same(const struct policy_verdict *a,
		 const struct policy_verdict *b)
{
	return a->default_type == b->default_type && a->permit == b->permit &&
	       a->block_ipv4 == b->block_ipv4 &&
	       a->default_rule == b->default_rule &&
	       a->permit_rule == b->permit_rule &&
	       a->block_rule == b->block_rule;
}

/* --- cases by hand --------------------------------------------------- */

#define HOME	ATYPE_BIT(ATYPE_HOME)
#define ACCESS	ATYPE_BIT(ATYPE_ACCESS)
#define LOCAL	ATYPE_BIT(ATYPE_UNANCHORED)

static const uint32_t gids[] = { 100, 27 };
static const uint64_t cgroups[] = { 9, 5, 1 };

static const struct {
	const char	*what;
	struct policy_rule rule[4];
	unsigned	n;
	bool		no_target;
	struct {
		enum atype	type;
		uint8_t		permit;
		int		def, per, blk;
	} want;
} cases[] = {
	{ "no rules: the top", { { 0 } }, 0, false,
	  { ATYPE_UNANCHORED, ATYPE_ALL, -1, -1, -1 } },
	{ "a rule without a condition", {
	    { .has_default = true, .default_type = ATYPE_HOME } }, 1, false,
	  { ATYPE_HOME, ATYPE_ALL, 0, -1, -1 } },
	{ "of two the first", {
	    { .has_user = true, .uid = 1000, .has_default = true },
	    { .has_default = true, .default_type = ATYPE_HOME } }, 2, false,
	  { ATYPE_NONE, ATYPE_ALL, 0, -1, -1 } },
	{ "each question has its own", {
	    { .has_user = true, .uid = 1000, .block_ipv4 = true },
	    { .has_group = true, .gid = 27, .has_permit = true,
	      .permit = HOME },
	    { .has_program = true, .dev = 8, .ino = 77, .has_default = true,
	      .default_type = ATYPE_HOME, .has_permit = true } }, 3, false,
	  { ATYPE_HOME, HOME, 2, 1, 0 } },
	{ "a name that is nothing", {
	    { .never = true, .has_default = true, .has_permit = true,
	      .block_ipv4 = true } }, 1, false,
	  { ATYPE_UNANCHORED, ATYPE_ALL, -1, -1, -1 } },
	{ "the same number on another device", {
	    { .has_program = true, .dev = 9, .ino = 77,
	      .has_default = true } }, 1, false,
	  { ATYPE_UNANCHORED, ATYPE_ALL, -1, -1, -1 } },
	{ "a file that the program was before", {
	    { .has_program = true, .dev = 8, .ino = 78, .has_default = true },
	    { .has_program = true, .dev = 8, .ino = 79,
	      .earlier = { { 8, 3 }, { 8, 77 } }, .has_default = true,
	      .default_type = ATYPE_HOME } }, 2, false,
	  { ATYPE_HOME, ATYPE_ALL, 1, -1, -1 } },
	{ "and no file of its own", {
	    { .has_program = true, .earlier = { { 8, 77 } },
	      .has_default = true, .default_type = ATYPE_HOME } }, 1, false,
	  { ATYPE_HOME, ATYPE_ALL, 0, -1, -1 } },
	{ "of two that share one the first", {
	    { .has_program = true, .dev = 8, .ino = 5,
	      .earlier = { { 8, 77 } }, .has_default = true,
	      .default_type = ATYPE_ACCESS },
	    { .has_program = true, .dev = 8, .ino = 77,
	      .has_default = true, .has_permit = true, .permit = HOME } },
	  2, false, { ATYPE_ACCESS, HOME, 0, 1, -1 } },
	{ "a cgroup above", {
	    { .has_cgroup = true, .cgroup = 2, .has_permit = true },
	    { .has_cgroup = true, .cgroup = 5, .has_permit = true,
	      .permit = LOCAL } }, 2, false,
	  { ATYPE_UNANCHORED, LOCAL, -1, 1, -1 } },
	{ "prefixes: the first rule, not the longest", {
	    { .has_dst = true, .dst = { { { { 0x20, 1 } } }, 16 },
	      .has_default = true, .default_type = ATYPE_GRACEFUL },
	    { .has_dst = true, .dst = { { { { 0x20, 1, 0xd, 0xb8 } } }, 32 },
	      .has_default = true, .default_type = ATYPE_HOME } }, 2, false,
	  { ATYPE_GRACEFUL, ATYPE_ALL, 0, -1, -1 } },
	{ "a longer one beside it does not hide a shorter one", {
	    { .has_dst = true, .dst = { { { { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 2 } } }, 128 }, .has_default = true },
	    { .has_dst = true, .dst = { { { { 0x20, 1, 0xd, 0xb8 } } }, 32 },
	      .has_default = true, .default_type = ATYPE_HOME } }, 2, false,
	  { ATYPE_HOME, ATYPE_ALL, 1, -1, -1 } },
	{ "ends of a range", {
	    { .has_port = true, .port_lo = 444, .port_hi = 65535,
	      .has_default = true },
	    { .has_port = true, .port_lo = 1, .port_hi = 442,
	      .has_default = true },
	    { .has_port = true, .port_lo = 443, .port_hi = 443,
	      .has_default = true, .default_type = ATYPE_ACCESS } }, 3, false,
	  { ATYPE_ACCESS, ATYPE_ALL, 2, -1, -1 } },
	{ "no peer yet: rules about peers do not count", {
	    { .has_port = true, .port_lo = 1, .port_hi = 65535,
	      .has_default = true, .has_permit = true, .block_ipv4 = true },
	    { .has_dst = true, .has_default = true },
	    { .has_protocol = true, .protocol = 6, .has_default = true },
	    { .has_user = true, .uid = 1000, .has_default = true,
	      .default_type = ATYPE_ACCESS } }, 4, true,
	  { ATYPE_ACCESS, ATYPE_ALL, 3, -1, -1 } },
};

static struct policy_subject subject(void)
{
	return (struct policy_subject){
		.dev = 8, .ino = 77, .uid = 1000, .gid = gids, .ngids = 2,
		.cgroup = cgroups, .ncgroups = 3,
	};
}

START_TEST(by_hand)
{
	struct policy_subject s = subject();
	struct policy_target t = { .protocol = 6, .port = 443 };

	t.dst = addr("2001:db8::1");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct policy *p = policy_compile(cases[i].rule, cases[i].n,
						  ATYPE_UNANCHORED, ATYPE_ALL);
		struct policy_verdict v;

		ck_assert_ptr_nonnull(p);
		v = policy_decide(p, &s, cases[i].no_target ? NULL : &t);
		ck_assert_msg(v.default_type == cases[i].want.type &&
			      v.permit == cases[i].want.permit &&
			      v.default_rule == cases[i].want.def &&
			      v.permit_rule == cases[i].want.per &&
			      v.block_rule == cases[i].want.blk &&
			      v.block_ipv4 == (v.block_rule >= 0),
			      "%s: default %s by %d, permit %x by %d, block "
			      "by %d", cases[i].what,
			      atype_name(v.default_type), v.default_rule,
			      v.permit, v.permit_rule, v.block_rule);
		policy_free(p);
	}
}
END_TEST

START_TEST(may)
{
	struct policy_rule r[] = {
		{ .has_port = true, .port_lo = 22, .port_hi = 22,
		  .has_permit = true, .permit = HOME },
		{ .has_user = true, .uid = 1000, .has_permit = true,
		  .permit = LOCAL },
		{ .has_user = true, .uid = 1000, .has_permit = true,
		  .permit = ACCESS },
	};
	struct policy *p = policy_compile(r, 3, ATYPE_NONE, ACCESS);
	struct policy_subject s = subject();
	int rule;

	ck_assert(policy_may(p, &s, ATYPE_HOME, &rule));	/* port 22 */
	ck_assert_int_eq(rule, 0);
	ck_assert(policy_may(p, &s, ATYPE_UNANCHORED, &rule));
	ck_assert_int_eq(rule, 1);
	ck_assert(!policy_may(p, &s, ATYPE_ACCESS, &rule));	/* hidden */
	ck_assert_int_eq(rule, 1);
	s.uid = 1;
	ck_assert(policy_may(p, &s, ATYPE_HOME, NULL));
	ck_assert(policy_may(p, &s, ATYPE_ACCESS, &rule));
	ck_assert_int_eq(rule, POLICY_TOP);
	ck_assert(!policy_may(p, &s, ATYPE_GRACEFUL, &rule));
	ck_assert_int_eq(rule, POLICY_TOP);
	policy_free(p);
}
END_TEST

/* --- what is promised of the tables ---------------------------------- */

START_TEST(limits)
{
	static struct policy_rule r[POLICY_RULES + 1];
	struct policy_subject s = { 0 };
	struct policy *p;

	for (unsigned i = 0; i <= POLICY_RULES; i++)
		r[i] = (struct policy_rule){ .has_user = true, .uid = i,
					     .has_default = true };
	ck_assert_ptr_null(policy_compile(r, POLICY_RULES + 1, ATYPE_NONE,
					  ATYPE_ALL));
	p = policy_compile(r, POLICY_RULES, ATYPE_HOME, ATYPE_ALL);
	ck_assert_ptr_nonnull(p);
	memset(r, 0, sizeof(r));		/* rules are copied */
	s.uid = POLICY_RULES - 1;
	ck_assert_int_eq(policy_decide(p, &s, NULL).default_rule,
			 POLICY_RULES - 1);
	s.uid = POLICY_RULES;
	ck_assert_int_eq(policy_decide(p, &s, NULL).default_rule, POLICY_TOP);
	ck_assert_uint_eq(p->nusers, POLICY_RULES);
	ck_assert_ptr_null(policy_free(p));
	ck_assert_ptr_null(policy_free(NULL));
	p = policy_compile(NULL, 0, ATYPE_NONE, 0);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->nports, 1);
	policy_free(p);
}
END_TEST

static bool bit(const struct policy_bits *b, unsigned i)
{
	return b->w[i / 64] >> i % 64 & 1;
}

/* Sorted, without doubles, covering, and with `any' in each. */
static void check_tables(const struct policy *p)
{
	ck_assert_uint_eq(p->port[0].lo, 0);
	ck_assert_uint_eq(p->port[p->nports - 1].hi, 65535);
	for (unsigned k = 1; k < p->nports; k++)
		ck_assert_uint_eq(p->port[k - 1].hi + 1, p->port[k].lo);
	for (unsigned k = 1; k < p->nusers; k++)
		ck_assert_uint_lt(p->user[k - 1].id, p->user[k].id);
	for (unsigned i = 0; i < p->nrules; i++) {
		const struct policy_rule *r = &p->rule[i];

		ck_assert_uint_eq(bit(&p->any_user, i),
				  !r->never && !r->has_user);
		ck_assert_uint_eq(bit(&p->any_dst, i),
				  !r->never && !r->has_dst);
		for (unsigned k = 0; k < p->nusers; k++)
			ck_assert_uint_eq(bit(&p->user[k].bits, i),
					  !r->never && (!r->has_user ||
					  r->uid == p->user[k].id));
		for (unsigned k = 0; k < p->ndsts; k++) {
			const struct prefix *d = &p->dst[k].prefix;

			ck_assert_uint_eq(bit(&p->dst[k].bits, i),
					  !r->never && (!r->has_dst ||
					  (r->dst.len <= d->len &&
					   prefix_match(&r->dst, &d->addr))));
		}
	}
}

/* --- against the loop ------------------------------------------------ */

/* Values from small sets, so that rules and subjects meet; among them the
 * greatest ones. */
static uint64_t pick(struct rng *g, uint64_t top)
{
	return rng_below(g, 8) ? rng_below(g, 6) : top - rng_below(g, 2);
}

static struct in6_addr any_addr(struct rng *g)
{
	struct in6_addr a = { 0 };

	/* few bits in which they differ, all over the address */
	for (unsigned i = 0; i < 16; i++) {
		if (!rng_below(g, 3))
			a.s6_addr[i] = (uint8_t)(1U << rng_below(g, 8));
		if (rng_below(g, 2))
			break;
	}
	if (!rng_below(g, 4))
		a.s6_addr[15] = (uint8_t)rng_below(g, 4);
	return a;
}

static uint16_t any_port(struct rng *g)
{
	return (uint16_t)(rng_below(g, 4) ? rng_below(g, 20) :
			  65535 - rng_below(g, 3));
}

static struct policy_rule any_rule(struct rng *g)
{
	uint64_t has = rng_u64(g) & rng_u64(g);
	struct in6_addr a = any_addr(g);
	uint16_t x = any_port(g), y = any_port(g);

	return (struct policy_rule){
		.never = !rng_below(g, 16),
		.has_program = has & 1, .has_user = has & 2,
		.has_group = has & 4, .has_cgroup = has & 8,
		.has_protocol = has & 16, .has_dst = has & 32,
		.has_port = has & 64,
		.dev = rng_below(g, 2), .ino = pick(g, UINT64_MAX),
		.earlier[0] = { rng_below(g, 2), has & 4096 ?
				pick(g, UINT64_MAX) : 0 },
		.earlier[1] = { rng_below(g, 2), has & 8192 ?
				pick(g, UINT64_MAX) : 0 },
		.uid = (uint32_t)pick(g, UINT32_MAX),
		.gid = (uint32_t)pick(g, UINT32_MAX),
		.cgroup = pick(g, UINT64_MAX),
		.protocol = (uint8_t)pick(g, 255),
		.dst = prefix_of(&a, (uint8_t)rng_below(g, 129)),
		.port_lo = x < y ? x : y, .port_hi = x < y ? y : x,
		.has_default = has & 256 || has & 512, .has_permit = has & 1024,
		.block_ipv4 = has & 2048,
		.default_type = (uint8_t)rng_below(g, ATYPES),
		.permit = (uint8_t)(rng_u64(g) & ATYPE_ALL),
	};
}

/* Whom and what a policy is asked about. */
struct asked {
	struct policy_subject	s;
	struct policy_target	t;
	uint32_t		gid[5];
	uint64_t		cgroup[5];
};

static void any_asked(struct rng *g, struct asked *q)
{
	*q = (struct asked){
		.s = { .dev = rng_below(g, 2), .ino = pick(g, UINT64_MAX),
		       .uid = (uint32_t)pick(g, UINT32_MAX),
		       .ngids = (unsigned)rng_below(g, 6),
		       .ncgroups = (unsigned)rng_below(g, 6) },
		.t = { .protocol = (uint8_t)pick(g, 255),
		       .dst = any_addr(g), .port = any_port(g) },
	};
	for (unsigned i = 0; i < 5; i++) {
		q->gid[i] = (uint32_t)pick(g, UINT32_MAX);
		q->cgroup[i] = pick(g, UINT64_MAX);
	}
	q->s.gid = q->gid;
	q->s.cgroup = q->cgroup;
}

static void check_one(struct rng *g, const struct policy *p,
		      const struct policy_rule *r, unsigned n)
{
	struct asked q;
	struct policy_verdict got, want;
	bool none = !rng_below(g, 8);
	int rule, naive_rule;

	any_asked(g, &q);
	got = policy_decide(p, &q.s, none ? NULL : &q.t);
	want = naive(r, n, p->default_type, p->permit, &q.s,
		     none ? NULL : &q.t);
	ck_assert_msg(same(&got, &want), "%u rules%s: default by %d for %d, "
		      "permit by %d for %d, block by %d for %d", n,
		      none ? ", no target" : "", got.default_rule,
		      want.default_rule, got.permit_rule, want.permit_rule,
		      got.block_rule, want.block_rule);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		bool yes = policy_may(p, &q.s, t, &rule);

		ck_assert(yes == naive_may(r, n, p->permit, &q.s, t,
					   &naive_rule));
		ck_assert_int_eq(rule, naive_rule);
		/* what some target is permitted is not refused before */
		ck_assert(yes || !(got.permit & ATYPE_BIT(t)));
	}
}

START_TEST(against_loop)
{
	static struct policy_rule r[POLICY_RULES];
	struct rng g = unit_rng("policy");

	for (unsigned round = 0; round < 4000; round++) {
		unsigned n = (unsigned)rng_below(&g, round % 40 ? 24 :
						 POLICY_RULES + 1);
		struct policy *p;

		for (unsigned i = 0; i < n; i++)
			r[i] = any_rule(&g);
		p = policy_compile(r, n, (enum atype)rng_below(&g, ATYPES),
				   (uint8_t)(rng_u64(&g) & ATYPE_ALL));
		ck_assert_ptr_nonnull(p);
		if (n < 100)
			check_tables(p);
		for (unsigned i = 0; i < 50; i++)
			check_one(&g, p, r, n);
		policy_free(p);
	}
}
END_TEST

/* A chain of prefixes, each within the one before, and addresses that leave
 * it at every bit. */
START_TEST(nested)
{
	static struct policy_rule r[129];
	struct in6_addr far = addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	struct prefix all = net("::/0");
	struct policy_subject s = { 0 };
	struct policy *p;

	ck_assert(prefix_match(&all, &far));
	for (unsigned len = 0; len <= 128; len++)
		r[128 - len] = (struct policy_rule){
			.has_dst = true, .has_default = true,
			.dst = prefix_of(&far, (uint8_t)len),
		};
	p = policy_compile(r, 129, ATYPE_NONE, ATYPE_ALL);
	ck_assert_uint_eq(p->ndsts, 129);
	for (unsigned b = 0; b <= 128; b++) {
		struct policy_target t = { .dst = far };

		if (b < 128)
			t.dst.s6_addr[b / 8] ^= (uint8_t)(0x80 >> b % 8);
		ck_assert_int_eq(policy_decide(p, &s, &t).default_rule,
				 128 - (int)b);
	}
	policy_free(p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy");
	Suite *suite[] = { s, NULL };

	unit_add(s, "by hand", by_hand);
	unit_add(s, "may", may);
	unit_add(s, "limits", limits);
	unit_add(s, "nested prefixes", nested);
	unit_add(s, "against a loop", against_loop);
	return unit_main(suite);
}
