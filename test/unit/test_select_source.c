/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_select_source.c - source address selection, by the numbers of its
 * RFCs.
 *
 * A case is a query and candidates in words:
 *
 *	"2001:db8:1::2 coa"		an address and what it is
 *	"2001:db8:1::2/48 if2"		its prefix, its interface
 *
 * The words are those of `attributes' below, "ifN", and "via=ADDR" for the
 * router that advertised its prefix.  Each case is tried in every rotation
 * of its candidates, so that no result hangs on their order.
 */
#include "select/source.h"
#include "unit.h"

#include <errno.h>

#define CANDIDATES	6

struct want {
	const char		*dst;		/* with words, too */
	uint32_t		prefs;
	const char		*c[CANDIDATES];
	int			winner;		/* or -errno */
	enum source_rule	why;		/* the last duel */
};

static struct in6_addr A(const char *s)
{
	struct in6_addr a;

	ck_assert_msg(addr_parse(s, &a) == 0, "%s", s);
	return a;
}

static bool attribute(struct source_candidate *c, const char *w)
{
	const struct {
		const char *word;
		bool *flag;
	} attributes[] = {
		{ "deprecated", &c->deprecated },
		{ "optimistic", &c->optimistic },
		{ "tentative", &c->tentative },
		{ "home", &c->home }, { "coa", &c->coa },
		{ "temporary", &c->temporary }, { "cga", &c->cga },
	};

	for (unsigned i = 0; i < sizeof(attributes) / sizeof(*attributes);
	     i++) {
		if (strcmp(attributes[i].word, w) == 0)
			return *attributes[i].flag = true;
	}
	return atype_parse(w, &c->type);
}

/* A destination is read as a candidate: interface and next hop. */
static struct source_candidate candidate(const char *text)
{
	struct source_candidate c = { .plen = 64, .ifindex = 1 };
	char copy[200], *w, *slash, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	w = strtok_r(copy, " ", &save);
	slash = strchr(w, '/');
	if (slash) {
		c.plen = (uint8_t)atoi(slash + 1);
		*slash = '\0';
	}
	c.addr = A(w);
	while ((w = strtok_r(NULL, " ", &save))) {
		if (sscanf(w, "if%u", &c.ifindex) == 1)
			continue;
		if (strncmp(w, "via=", 4) == 0)
			c.next_hop = A(w + 4);
		else
			ck_assert_msg(attribute(&c, w), "%s in %s", w, text);
	}
	return c;
}

static struct source_query query(const char *dst, uint32_t prefs)
{
	struct source_candidate d = candidate(dst);

	return (struct source_query){
		.dst = d.addr,
		.ifindex = d.ifindex,
		.next_hop = d.next_hop,
		.prefs = prefs,
		.prefer_temporary = true,	/* RFC 6724's default */
	};
}

/* Every duel is what source_better says, everybody but the winner loses one,
 * and the last one is won by the winner. */
static void check_duels(const struct source_query *q,
			const struct source_candidate *c, unsigned n,
			int winner, const struct source_duel *duel,
			unsigned nduels)
{
	unsigned losers = 0, out = 0;

	for (unsigned i = 0; i < nduels; i++) {
		enum source_rule why;
		bool first = source_better(q, &c[duel[i].winner],
					   &c[duel[i].loser], &why);

		ck_assert(first && why == duel[i].why);
		ck_assert(!(losers & 1U << duel[i].loser));
		losers |= 1U << duel[i].loser;
		ck_assert(!(losers & 1U << duel[i].winner));
		if (why == SOURCE_ORDER)
			continue;
		ck_assert(!source_better(q, &c[duel[i].loser],
					 &c[duel[i].winner], &why));
		ck_assert(why == duel[i].why);
	}
	for (unsigned i = 0; i < n; i++)
		out += source_excluded(q, &c[i]) != NULL;
	ck_assert_uint_eq(nduels + out + 1, n);
	ck_assert(!(losers & 1U << winner));
	ck_assert(!nduels || duel[nduels - 1].winner == (unsigned)winner);
}

static void run(const struct source_query *q, const struct want *w)
{
	struct source_candidate c[CANDIDATES];
	struct source_duel duel[CANDIDATES];
	unsigned n = 0, nduels = 0;

	while (n < CANDIDATES && w->c[n])
		n++;
	for (unsigned turn = 0; turn < n || turn == 0; turn++) {
		int got, want = w->winner;

		for (unsigned i = 0; i < n; i++)
			c[(i + turn) % n] = candidate(w->c[i]);
		if (want >= 0)
			want = (int)(((unsigned)want + turn) % n);
		got = source_contest(q, c, n, duel, &nduels);
		ck_assert_msg(got == want && source_select(q, c, n) == want,
			      "%s from %s (turned by %u): %d, not %d",
			      w->dst, n ? w->c[0] : "nothing", turn, got,
			      want);
		if (got < 0)
			continue;
		check_duels(q, c, n, got, duel, nduels);
		if (nduels)
			ck_assert_msg(duel[nduels - 1].why == w->why,
				      "%s from %s: by %s, not by %s",
				      w->dst, w->c[0],
				      source_rule_text(duel[nduels - 1].why),
				      source_rule_text(w->why));
		else
			ck_assert_int_eq(w->why, SOURCE_ONLY);
	}
}

static void run_all(const struct want *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct source_query q = query(w[i].dst, w[i].prefs);

		run(&q, &w[i]);
	}
}
#define RUN(...) do {							\
	static const struct want w_[] = { __VA_ARGS__ };		\
	run_all(w_, sizeof(w_) / sizeof(w_[0]));			\
} while (0)

/* --- RFC 6724 section 10.1, in its order --- */

START_TEST(rfc6724_10_1_global_over_link)
{
	RUN({ "2001:db8:1::1", 0, { "2001:db8:3::1", "fe80::1" }, 0,
	      SOURCE_RULE_2 });
}
END_TEST

START_TEST(rfc6724_10_1_multicast_scope)
{
	RUN({ "ff05::1", 0, { "2001:db8:3::1", "fe80::1" }, 0,
	      SOURCE_RULE_2 });
}
END_TEST

START_TEST(rfc6724_10_1_same_address)
{
	RUN({ "2001:db8:1::1", 0,
	      { "2001:db8:1::1 deprecated", "2001:db8:2::1" }, 0,
	      SOURCE_RULE_1 });
}
END_TEST

START_TEST(rfc6724_10_1_link_scope)
{
	RUN({ "fe80::1", 0, { "fe80::2 deprecated", "2001:db8:1::1" }, 0,
	      SOURCE_RULE_2 });
}
END_TEST

START_TEST(rfc6724_10_1_longest_prefix)
{
	RUN({ "2001:db8:1::1", 0, { "2001:db8:1::2", "2001:db8:3::2" }, 0,
	      SOURCE_RULE_8 });
}
END_TEST

START_TEST(rfc6724_10_1_home_address)
{
	RUN({ "2001:db8:1::1", 0,
	      { "2001:db8:1::2 coa", "2001:db8:3::2 home" }, 1,
	      SOURCE_RULE_4 });
}
END_TEST

START_TEST(rfc6724_10_1_label)
{
	RUN({ "2002:c633:6401::1", 0,
	      { "2002:c633:6401::d5e3:7953:13eb:22e8 temporary",
		"2001:db8:1::2" }, 0, SOURCE_RULE_6 });
}
END_TEST

START_TEST(rfc6724_10_1_temporary)
{
	RUN({ "2001:db8:1::d5e3:0:0:1", 0,
	      { "2001:db8:1::2", "2001:db8:1::d5e3:7953:13eb:22e8 temporary" },
	      1, SOURCE_RULE_7 });
}
END_TEST

/* --- RFC 6724 section 5, each rule alone --- */

START_TEST(rule_1)
{
	RUN({ "2001:db8::1", 0, { "2001:db8::1", "2001:db8::2" }, 0,
	      SOURCE_RULE_1 },
	    /* before all others */
	    { "fe80::1", 0, { "fe80::1 deprecated temporary coa",
			      "fe80::2 home" }, 0, SOURCE_RULE_1 },
	    { "::1", 0, { "fe80::1", "::1/128" }, 1, SOURCE_RULE_1 });
}
END_TEST

START_TEST(rule_2)
{
	RUN(/* each scope as a destination, with all scopes to choose from */
	    { "ff01::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 0,
	      SOURCE_RULE_2 },
	    { "ff02::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 0,
	      SOURCE_RULE_2 },
	    { "ff04::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 1,
	      SOURCE_RULE_2 },
	    { "ff05::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 1,
	      SOURCE_RULE_2 },
	    { "ff08::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 2,
	      SOURCE_RULE_2 },
	    { "ff0e::1", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 2,
	      SOURCE_RULE_2 },
	    { "fec0::9", 0, { "fe80::1", "fec0::1", "2001:db8::1" }, 1,
	      SOURCE_RULE_2 },
	    /* none large enough: the largest */
	    { "2001:db8::1", 0, { "fe80::1", "fec0::1" }, 1, SOURCE_RULE_2 },
	    /* unique local addresses are global here */
	    { "2001:db8::1", 0, { "fe80::1", "fd00::1" }, 1, SOURCE_RULE_2 },
	    /* section 3.2, 3.4 */
	    { "fe80::9", 0, { "::ffff:127.0.0.1", "::ffff:192.0.2.1" }, 0,
	      SOURCE_RULE_2 },
	    { "fe80::9", 0, { "::ffff:169.254.1.1", "::ffff:10.0.0.1" }, 0,
	      SOURCE_RULE_2 },
	    /* multicast keeps its own: reserved ones are compared, too */
	    { "ff0f::1", 0, { "fe80::1", "2001:db8::1" }, 1, SOURCE_RULE_2 });
}
END_TEST

START_TEST(rule_3)
{
	RUN({ "2001:db8:1::1", 0, { "2001:db8:1::2 deprecated",
				    "2001:db8:9::2" }, 1, SOURCE_RULE_3 },
	    { "2001:db8:1::1", 0, { "2001:db8:1::2 optimistic",
				    "2001:db8:9::2" }, 1, SOURCE_RULE_3 },
	    { "2001:db8:1::1", 0, { "2001:db8:1::2 optimistic",
				    "2001:db8:9::2 deprecated" }, 0,
	      SOURCE_RULE_8 });
}
END_TEST

/* Section 3.3, 3.4: these have no such state. */
START_TEST(rule_3_never)
{
	RUN({ "::ffff:192.0.2.9", 0, { "::ffff:192.0.2.8/128 deprecated",
				       "2001:db8::1" }, 0, SOURCE_RULE_6 },
	    { "64:ff9b::9", 0, { "64:ff9b::8 deprecated", "2001:db8::1" }, 0,
	      SOURCE_RULE_8 },
	    { "::192.0.2.9", 0, { "::192.0.2.8 deprecated", "2001:db8::1" },
	      0, SOURCE_RULE_6 });
}
END_TEST

START_TEST(rule_4)
{
	RUN(/* at home and away at the same time: before all others */
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home coa",
				    "2001:db8:1::2 home" }, 0, SOURCE_RULE_4 },
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home coa",
				    "2001:db8:1::2 coa" }, 0, SOURCE_RULE_4 },
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home coa",
				    "2001:db8:1::2" }, 0, SOURCE_RULE_4 },
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home",
				    "2001:db8:1::2 coa" }, 0, SOURCE_RULE_4 },
	    /* says nothing of what is neither */
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home",
				    "2001:db8:1::2" }, 1, SOURCE_RULE_8 },
	    { "2001:db8:1::1", 0, { "2001:db8:9::2",
				    "2001:db8:1::2 coa" }, 1, SOURCE_RULE_8 },
	    { "2001:db8:1::1", 0, { "2001:db8:9::2 home",
				    "2001:db8:1::2 home" }, 1, SOURCE_RULE_8 },
	    /* the circle: without the care-of address, which the home address
	     * throws out, the third one has the longest prefix */
	    { "2001:db8:1::1/64", 0, { "2001:db8:9::2 home",
				       "2001:db8:1::2 coa",
				       "2001:db8:1:8000::2" }, 2,
	      SOURCE_RULE_8 });
}
END_TEST

START_TEST(rule_5)
{
	RUN({ "2001:db8:1::1 if2", 0, { "2001:db8:1::2 if1",
					"2001:db8:9::2 if2" }, 1,
	      SOURCE_RULE_5 },
	    /* the outgoing one is not known */
	    { "2001:db8:1::1 if0", 0, { "2001:db8:1::2 if1",
					"2001:db8:9::2 if2" }, 0,
	      SOURCE_RULE_8 });
}
END_TEST

START_TEST(rule_5_5)
{
	RUN({ "2001:db8:1::1 via=fe80::a", 0,
	      { "2001:db8:1::2 via=fe80::b", "2001:db8:9::2 via=fe80::a" }, 1,
	      SOURCE_RULE_5_5 },
	    /* not known of one, or of the destination */
	    { "2001:db8:1::1 via=fe80::a", 0,
	      { "2001:db8:1::2", "2001:db8:9::2 via=fe80::a" }, 0,
	      SOURCE_RULE_8 },
	    { "2001:db8:1::1", 0,
	      { "2001:db8:1::2 via=fe80::b", "2001:db8:9::2 via=fe80::a" }, 0,
	      SOURCE_RULE_8 },
	    /* a circle, too */
	    { "2001:db8:1::1 via=fe80::a", 0,
	      { "2001:db8:9::2 via=fe80::a", "2001:db8:1::2 via=fe80::b",
		"2001:db8:1:8000::2" }, 2, SOURCE_RULE_8 });
}
END_TEST

START_TEST(rule_6)
{
	RUN({ "2002:c633:6401::1", 0, { "2001:db8::1", "2002:db8::1" }, 1,
	      SOURCE_RULE_6 },
	    { "2001:db8::1", 0, { "2002:db8::1", "fd00::1", "2003::1" }, 2,
	      SOURCE_RULE_6 },
	    { "fd00::1", 0, { "2001:db8::1", "fd99::1" }, 1, SOURCE_RULE_6 },
	    /* Teredo is part of 2001::/16, but has a row of its own */
	    { "2001::1", 0, { "2001:db8::1", "2001:0:1::1/32" }, 1,
	      SOURCE_RULE_6 },
	    { "3ffe::1", 0, { "3f00::1", "3ffe:9::1" }, 1, SOURCE_RULE_6 },
	    { "fec0::1", 0, { "2001:db8::1", "fd00::1" }, 1, SOURCE_RULE_8 });
}
END_TEST

START_TEST(rule_7)
{
	RUN({ "2001:db8:1::1", 0, { "2001:db8:1::2",
				    "2001:db8:9::2 temporary" }, 1,
	      SOURCE_RULE_7 });
}
END_TEST

START_TEST(rule_8)
{
	RUN({ "2001:db8:1::1", 0, { "2001:db8:9::2", "2001:db8:1::2" }, 1,
	      SOURCE_RULE_8 },
	    /* section 2.2: only the prefix counts, not the identifier */
	    { "2001:db8:1::1", 0, { "2001:db8:1::9/64",
				    "2001:db8:1::2/48" }, 0, SOURCE_RULE_8 },
	    { "2001:db8:1::8", 0, { "2001:db8:1::9/128",
				    "2001:db8:1::1/64" }, 0, SOURCE_RULE_8 },
	    { "8000::1", 0, { "0:1::1", "c000::1" }, 1, SOURCE_RULE_8 });
}
END_TEST

START_TEST(order)
{
	const struct source_query q = query("2001:db8:1::1", 0);
	struct source_candidate c[3] = {
		candidate("2001:db8:1::9"), candidate("2001:db8:1::2"),
		candidate("2001:db8:1::3"),
	};
	struct source_duel duel[3];
	enum source_rule why;
	unsigned n;

	ck_assert_int_eq(source_contest(&q, c, 3, duel, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert(duel[0].loser == 1 && duel[0].why == SOURCE_ORDER);
	ck_assert(duel[1].loser == 2 && duel[1].why == SOURCE_ORDER);
	ck_assert(source_better(&q, &c[1], &c[0], &why));
	ck_assert_int_eq(why, SOURCE_ORDER);
	c[0].tentative = true;
	ck_assert_int_eq(source_contest(&q, c, 3, duel, &n), 1);
	ck_assert_uint_eq(n, 1);
}
END_TEST

/* --- who is in at all --- */

START_TEST(nobody)
{
	RUN({ "2001:db8::1", 0, { NULL }, -EADDRNOTAVAIL, 0 },
	    { "2001:db8::1", 0, { "2001:db8::2 tentative", "ff02::1", "::" },
	      -EADDRNOTAVAIL, 0 },
	    { "2001:db8::1", 0, { "2001:db8::2" }, 0, SOURCE_ONLY });
}
END_TEST

START_TEST(excluded)
{
	static const struct {
		const char *dst, *c;
		bool in;
	} t[] = {
		{ "2001:db8::1",	"2001:db8::2",			true },
		{ "2001:db8::1",	"2001:db8::2 if9",		true },
		{ "2001:db8::1",	"2001:db8::2 tentative",	false },
		{ "2001:db8::1",	"2001:db8::2 optimistic",	true },
		{ "2001:db8::1",	"2001:db8::2 deprecated",	true },
		{ "2001:db8::1",	"::",				false },
		{ "2001:db8::1",	"ff0e::1",			false },
		/* section 4: multicast and link-local, of this link */
		{ "ff02::1",		"fe80::1",			true },
		{ "ff02::1",		"fe80::1 if9",			false },
		{ "ff0e::1",		"2001:db8::2",			true },
		{ "ff0e::1",		"2001:db8::2 if9",		false },
		{ "fe80::1",		"2001:db8::2 if9",		false },
		{ "fe80::1 if0",	"2001:db8::2 if9",		true },
		{ "fec0::1",		"2001:db8::2 if9",		true },
		/* zones */
		{ "2001:db8::1",	"fe80::1",			true },
		{ "2001:db8::1",	"fe80::1 if9",			false },
		{ "2001:db8::1",	"::1 if9",			false },
		{ "::1 if9",		"::1 if9",			true },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct source_query q = query(t[i].dst, 0);
		struct source_candidate c = candidate(t[i].c);

		ck_assert_msg(!source_excluded(&q, &c) == t[i].in,
			      "%s to %s", t[i].c, t[i].dst);
	}
}
END_TEST

/* --- RFC 5014 --- */

#define PUBLIC_COA	"2001:db8:9::1 coa"
#define TEMPORARY_COA	"2001:db8:1::1 coa temporary"
#define PUBLIC_HOME	"2001:db8:9::2 home"
#define TEMPORARY_HOME	"2001:db8:1::2 home temporary"

/* Section 1: two care-of addresses, and one that prefers them; public is what
 * the system prefers. */
START_TEST(rfc5014_1_coa)
{
	static const struct want w = {
		"2001:db8:1::9", SOURCE_COA,
		{ PUBLIC_COA, TEMPORARY_COA, PUBLIC_HOME }, 0, SOURCE_RULE_7
	};
	struct source_query q = query(w.dst, w.prefs);

	q.prefer_temporary = false;
	run(&q, &w);
}
END_TEST

/* Section 1: a preference is no requirement. */
START_TEST(rfc5014_1_no_requirement)
{
	RUN({ "2001:db8:1::9", SOURCE_TMP, { "2001:db8:9::1" }, 0,
	      SOURCE_ONLY },
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 home", "2001:db8:1::1 home" }, 1,
	      SOURCE_RULE_8 });
}
END_TEST

START_TEST(rfc5014_5_contradictions)
{
	static const uint32_t bad[] = {
		SOURCE_PUBLIC | SOURCE_TMP,
		SOURCE_HOME | SOURCE_COA,
		SOURCE_HOME | SOURCE_COA | SOURCE_TMP,
		SOURCE_CGA | SOURCE_NONCGA,
		SOURCE_PUBLIC | SOURCE_PUBTMP_DEFAULT,
		SOURCE_TMP | SOURCE_PUBTMP_DEFAULT,
		/* and of RFC 8653: one type at a time */
		0x10000 | 0x20000, 0x40000 | 0x80000, 0xf0000,
		0x10000 | SOURCE_HOME | SOURCE_COA,
	}, good[] = {
		SOURCE_HOME | SOURCE_PUBLIC,
		SOURCE_HOME | SOURCE_CGA,
		SOURCE_COA | SOURCE_PUBLIC | SOURCE_CGA,
		SOURCE_HOME | SOURCE_NONCGA,
		SOURCE_PUBTMP_DEFAULT, 0,
		0x100000,			/* not known: ignored */
	};
	const struct source_candidate c = candidate("2001:db8::2");
	struct source_query q = query("2001:db8::1", 0);

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		q.prefs = bad[i];
		ck_assert_msg(source_select(&q, &c, 1) == -EINVAL, "%#x",
			      bad[i]);
		ck_assert_int_eq(source_select(&q, NULL, 0), -EINVAL);
	}
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		q.prefs = good[i];
		ck_assert_msg(source_select(&q, &c, 1) == 0, "%#x", good[i]);
	}
}
END_TEST

/* Section 5: TMP | HOME, and all are public. */
START_TEST(rfc5014_5_not_available)
{
	RUN({ "2001:db8:1::9", SOURCE_TMP | SOURCE_HOME,
	      { "2001:db8:1::1 coa", "2001:db8:9::1 home" }, 1,
	      SOURCE_RULE_4 });
}
END_TEST

/* Section 11: which flag turns which rule. */
START_TEST(rfc5014_11_home_coa)
{
	RUN({ "2001:db8:1::9", SOURCE_HOME,
	      { "2001:db8:1::1 coa", "2001:db8:9::1 home" }, 1,
	      SOURCE_RULE_4 },
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 coa", "2001:db8:1::1 home" }, 0,
	      SOURCE_RULE_4 },
	    /* at home: the home address is a care-of address as well */
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 home coa", "2001:db8:1::1 home" }, 0,
	      SOURCE_RULE_4 },
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 home coa", "2001:db8:1::1 coa" }, 1,
	      SOURCE_RULE_8 },
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 home coa", "2001:db8:1::1" }, 1,
	      SOURCE_RULE_8 },
	    /* rules 1 to 3 are not touched */
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:1::9 home", "2001:db8:1::1 coa" }, 0,
	      SOURCE_RULE_1 },
	    { "2001:db8:1::9", SOURCE_COA,
	      { "2001:db8:9::1 home", "2001:db8:1::1 coa deprecated" }, 0,
	      SOURCE_RULE_3 });
}
END_TEST

START_TEST(rfc5014_11_temporary_public)
{
	static const struct {
		uint32_t prefs;
		bool prefer;		/* of the system */
		int winner;
	} t[] = {
		{ 0,			true,	1 },
		{ 0,			false,	0 },
		{ SOURCE_PUBTMP_DEFAULT, true,	1 },
		{ SOURCE_PUBTMP_DEFAULT, false,	0 },
		{ SOURCE_TMP,		true,	1 },
		{ SOURCE_TMP,		false,	1 },
		{ SOURCE_PUBLIC,	true,	0 },
		{ SOURCE_PUBLIC,	false,	0 },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct want w = {
			"2001:db8:1::9", t[i].prefs,
			{ "2001:db8:1::1", "2001:db8:1::2 temporary" },
			t[i].winner, SOURCE_RULE_7
		};
		struct source_query q = query(w.dst, w.prefs);

		q.prefer_temporary = t[i].prefer;
		run(&q, &w);
		ck_assert_int_eq(source_rule_reversed(&q, SOURCE_RULE_7),
				 t[i].winner == 0);
	}
}
END_TEST

/* Section 11's numerical example: the pairs that getaddrinfo would sort by. */
START_TEST(rfc5014_11_example)
{
	static const struct want by_default[] = {
		{ "1234::9:3", 0, { "1234::1:1", "9876::1:2 temporary" }, 0,
		  SOURCE_RULE_7 },
		{ "9876::9:4", 0, { "1234::1:1", "9876::1:2 temporary" }, 0,
		  SOURCE_RULE_7 },
	}, temporary[] = {
		{ "1234::9:3", SOURCE_TMP,
		  { "1234::1:1", "9876::1:2 temporary" }, 1, SOURCE_RULE_7 },
		{ "9876::9:4", SOURCE_TMP,
		  { "1234::1:1", "9876::1:2 temporary" }, 1, SOURCE_RULE_7 },
	};

	for (unsigned i = 0; i < 2; i++) {
		struct source_query q = query(by_default[i].dst, 0);

		q.prefer_temporary = false;
		run(&q, &by_default[i]);
		q.prefs = SOURCE_TMP;
		run(&q, &temporary[i]);
	}
}
END_TEST

/* Section 5, 10: CGAs by default; after rule 7, before rule 8. */
START_TEST(rfc5014_10_cga)
{
	RUN({ "2001:db8:1::9", SOURCE_CGA,
	      { "2001:db8:1::1", "2001:db8:9::1 cga" }, 1, SOURCE_RULE_CGA },
	    { "2001:db8:1::9", 0,
	      { "2001:db8:1::1", "2001:db8:9::1 cga" }, 1, SOURCE_RULE_CGA },
	    { "2001:db8:1::9", SOURCE_NONCGA,
	      { "2001:db8:9::1", "2001:db8:1::1 cga" }, 0, SOURCE_RULE_CGA },
	    { "2001:db8:1::9", SOURCE_CGA,
	      { "2001:db8:1::1 temporary", "2001:db8:1::2 cga" }, 0,
	      SOURCE_RULE_7 });
}
END_TEST

/* --- RFC 8653 --- */

#define R_HOME		0x10000
#define R_ACCESS	0x20000
#define R_UNANCHORED	0x40000
#define R_GRACEFUL	0x80000
#define FOUR	{ "2001:db8:9::1 home home-anchored deprecated",		\
		  "2001:db8:8::1 access-anchored deprecated",		\
		  "2001:db8:1::1 coa unanchored",			\
		  "2001:db8:7::1 graceful deprecated",			\
		  "2001:db8:1::2" }

START_TEST(rfc8653_require)
{
	RUN(/* a filter before rule 1: the only one of its type wins, whatever
	     * the rules say of it */
	    { "2001:db8:1::9", R_HOME, FOUR, 0, SOURCE_ONLY },
	    { "2001:db8:1::9", R_ACCESS, FOUR, 1, SOURCE_ONLY },
	    { "2001:db8:1::9", R_UNANCHORED, FOUR, 2, SOURCE_ONLY },
	    { "2001:db8:1::9", R_GRACEFUL, FOUR, 3, SOURCE_ONLY },
	    { "2001:db8:1::2", R_HOME, FOUR, 0, SOURCE_ONLY },
	    { "2001:db8:1::9", 0, { "2001:db8:1::2 if2",
				    "2001:db8:9::1 home home-anchored" }, 1,
	      SOURCE_RULE_5 },
	    /* there is none: not another type instead */
	    { "2001:db8:1::9", R_HOME,
	      { "2001:db8:1::1 unanchored", "2001:db8:1::2" },
	      -EADDRNOTAVAIL, 0 },
	    { "2001:db8:1::9", R_HOME,
	      { "2001:db8:1::1 home-anchored tentative" }, -EADDRNOTAVAIL, 0 },
	    /* several of the type: the rules decide among them */
	    { "2001:db8:1::9", R_UNANCHORED,
	      { "2001:db8:9::1 unanchored", "2001:db8:1::1 unanchored",
		"2001:db8:1::2" }, 1, SOURCE_RULE_8 });
}
END_TEST

/* Section 4.4: it is fulfilled, and RFC 5014's flags are ignored. */
START_TEST(rfc8653_4_4)
{
	RUN({ "2001:db8:1::9", R_HOME | SOURCE_COA, FOUR, 0, SOURCE_ONLY },
	    { "2001:db8:1::9", R_UNANCHORED | SOURCE_HOME, FOUR, 2,
	      SOURCE_ONLY },
	    /* also for the choice among those of the type */
	    { "2001:db8:1::9", R_HOME | SOURCE_COA,
	      { "2001:db8:9::1 home home-anchored",
		"2001:db8:1::1 coa home-anchored" }, 0, SOURCE_RULE_4 },
	    { "2001:db8:1::9", R_HOME | SOURCE_PUBLIC,
	      { "2001:db8:9::1 temporary home-anchored",
		"2001:db8:1::1 home-anchored" }, 0, SOURCE_RULE_7 },
	    { "2001:db8:1::9", R_HOME | SOURCE_NONCGA,
	      { "2001:db8:9::1 cga home-anchored",
		"2001:db8:1::1 home-anchored" }, 0, SOURCE_RULE_CGA });
}
END_TEST

/* --- the policy table --- */

START_TEST(rfc6724_2_1_default_labels)
{
	static const struct {
		const char *addr;
		uint32_t label;
	} t[] = {
		{ "::1", 0 }, { "2001:db8::1", 1 }, { "::ffff:192.0.2.1", 4 },
		{ "2002::1", 2 }, { "2001::1", 5 }, { "2001:1::1", 1 },
		{ "fc00::1", 13 }, { "fdff::1", 13 }, { "fe00::1", 1 },
		{ "::2", 3 }, { "fec0::1", 11 }, { "feff::1", 11 },
		{ "fe80::1", 1 }, { "3ffe::1", 12 }, { "3fff::1", 1 },
	};
	const struct source_query q = { .label = NULL };

	ck_assert_uint_eq(source_labels_default_n, 9);
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct in6_addr a = A(t[i].addr);

		ck_assert_msg(source_label_of(&q, &a, 1) == t[i].label,
			      "%s", t[i].addr);
	}
}
END_TEST

/* Section 10.6: a row for the site's own unique local prefix. */
START_TEST(rfc6724_10_6_site_label)
{
	static const struct source_label site[] = {
		{ .prefix = { .len = 0 }, .label = 1 },
		{ .prefix = { { { { 0xfd, 0x11, 0x11, 0x11 } } }, 48 },
		  .label = 14 },
		{ .prefix = { { { { 0xfc } } }, 7 }, .label = 13 },
	};
	static const struct want w[] = {
		{ "fd11:1111:0:1::9", 0,
		  { "2001:db8::1", "fd11:1111::1", "fd99::1" }, 1,
		  SOURCE_RULE_6 },
		{ "fd99:1::9", 0,
		  { "2001:db8::1", "fd11:1111::1", "fd99::1" }, 2,
		  SOURCE_RULE_6 },
	};

	for (unsigned i = 0; i < 2; i++) {
		struct source_query q = query(w[i].dst, 0);

		q.label = site;
		q.nlabels = 3;
		run(&q, &w[i]);
	}
}
END_TEST

START_TEST(labels)
{
	static const struct source_label table[] = {
		{ .prefix = { { { { 0xfe, 0x80 } } }, 10 }, .label = 7 },
		{ .prefix = { { { { 0xfe, 0x80 } } }, 10 }, .label = 8,
		  .ifindex = 2 },
		{ .prefix = { { { { 0xfe } } }, 8 }, .label = 9,
		  .ifindex = 3 },
	};
	struct source_query q = { .label = table, .nlabels = 3 };
	struct in6_addr ll = A("fe80::1"), other = A("2001:db8::1");

	ck_assert_uint_eq(source_label_of(&q, &ll, 1), 7);
	ck_assert_uint_eq(source_label_of(&q, &ll, 2), 8);
	ck_assert_uint_eq(source_label_of(&q, &ll, 3), 7);
	ck_assert_uint_eq(source_label_of(&q, &other, 3), SOURCE_NO_LABEL);
	/* no label is like no label */
	q.nlabels = 0;
	ck_assert_uint_eq(source_label_of(&q, &ll, 1), SOURCE_NO_LABEL);
}
END_TEST

START_TEST(texts)
{
	for (enum source_rule r = SOURCE_ONLY; r < SOURCE_RULES; r++)
		ck_assert(*source_rule_text(r));
	ck_assert_str_eq(source_rule_text(SOURCE_RULE_4),
			 "rule 4: prefer home addresses");
}
END_TEST

/* --- any candidates --- */

static struct source_candidate any_candidate(struct rng *g)
{
	static const char *const addr[] = {
		"2001:db8:1::1", "2001:db8:1::2", "2001:db8:8000::1",
		"2002::1", "fd00::1", "fe80::1", "fe80::2", "fec0::1", "::1",
	};
	static const char *const hop[] = { "::", "fe80::a", "fe80::b" };
	uint32_t bits = (uint32_t)rng_below(g, 1 << 16);

	return (struct source_candidate){
		.addr = A(addr[rng_below(g, 9)]),
		.plen = bits & 1 ? 64 : 48,
		.ifindex = 1 + (bits >> 1 & 1),
		.type = (enum atype)rng_below(g, ATYPES),
		.tentative = (bits & 0x1c) == 0,
		.deprecated = bits >> 5 & 1, .optimistic = bits >> 6 & 1,
		.home = bits >> 7 & 1, .coa = bits >> 8 & 1,
		.temporary = bits >> 9 & 1, .cga = bits >> 10 & 1,
		.next_hop = A(hop[rng_below(g, 3)]),
	};
}

/* The winner, as a value, does not depend on the order; the same case from
 * the other end is a tie at most. */
START_TEST(any_order)
{
	struct rng g = unit_rng("any_order");

	for (unsigned round = 0; round < 20000; round++) {
		static const uint32_t prefs[] = {
			0, SOURCE_COA, SOURCE_PUBLIC, SOURCE_NONCGA, R_HOME,
		};
		struct source_candidate c[CANDIDATES], r[CANDIDATES];
		struct source_duel duel[CANDIDATES];
		struct source_query q = query(rng_below(&g, 4) ?
			"2001:db8:1::9 via=fe80::a" : "ff02::1", 0);
		unsigned n = 1 + (unsigned)rng_below(&g, CANDIDATES), nduels;
		enum source_rule why;
		int a, b;

		q.prefs = prefs[rng_below(&g, 5)];
		for (unsigned i = 0; i < n; i++)
			r[n - 1 - i] = c[i] = any_candidate(&g);
		a = source_contest(&q, c, n, duel, &nduels);
		b = source_select(&q, r, n);
		ck_assert_int_eq(a < 0, b < 0);
		if (a < 0)
			continue;
		check_duels(&q, c, n, a, duel, nduels);
		source_better(&q, &c[a], &r[b], &why);
		ck_assert_int_eq(why, SOURCE_ORDER);
	}
}
END_TEST

static Suite *suite_source(void)
{
	Suite *s = suite_create("select source");

	unit_add(s, "6724 10.1 global", rfc6724_10_1_global_over_link);
	unit_add(s, "6724 10.1 multicast", rfc6724_10_1_multicast_scope);
	unit_add(s, "6724 10.1 same", rfc6724_10_1_same_address);
	unit_add(s, "6724 10.1 link", rfc6724_10_1_link_scope);
	unit_add(s, "6724 10.1 prefix", rfc6724_10_1_longest_prefix);
	unit_add(s, "6724 10.1 home", rfc6724_10_1_home_address);
	unit_add(s, "6724 10.1 label", rfc6724_10_1_label);
	unit_add(s, "6724 10.1 temporary", rfc6724_10_1_temporary);
	unit_add(s, "rule 1", rule_1);
	unit_add(s, "rule 2", rule_2);
	unit_add(s, "rule 3", rule_3);
	unit_add(s, "rule 3 never", rule_3_never);
	unit_add(s, "rule 4", rule_4);
	unit_add(s, "rule 5", rule_5);
	unit_add(s, "rule 5.5", rule_5_5);
	unit_add(s, "rule 6", rule_6);
	unit_add(s, "rule 7", rule_7);
	unit_add(s, "rule 8", rule_8);
	unit_add(s, "order", order);
	unit_add(s, "nobody", nobody);
	unit_add(s, "excluded", excluded);
	return s;
}

static Suite *suite_preferences(void)
{
	Suite *s = suite_create("select preferences");

	unit_add(s, "5014 1 coa", rfc5014_1_coa);
	unit_add(s, "5014 1 no requirement", rfc5014_1_no_requirement);
	unit_add(s, "5014 5 contradictions", rfc5014_5_contradictions);
	unit_add(s, "5014 5 not available", rfc5014_5_not_available);
	unit_add(s, "5014 11 home", rfc5014_11_home_coa);
	unit_add(s, "5014 11 temporary", rfc5014_11_temporary_public);
	unit_add(s, "5014 11 example", rfc5014_11_example);
	unit_add(s, "5014 10 cga", rfc5014_10_cga);
	unit_add(s, "8653 require", rfc8653_require);
	unit_add(s, "8653 4.4", rfc8653_4_4);
	unit_add(s, "6724 2.1 labels", rfc6724_2_1_default_labels);
	unit_add(s, "6724 10.6", rfc6724_10_6_site_label);
	unit_add(s, "labels", labels);
	unit_add(s, "texts", texts);
	unit_add(s, "any order", any_order);
	return s;
}

int main(void)
{
	Suite *const all[] = { suite_source(), suite_preferences(), NULL };

	return unit_main(all);
}
