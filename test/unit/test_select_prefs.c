/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_select_prefs.c - source address selection: what a socket prefers (RFC
 * 5014) and requires (RFC 8653), the policy table, and random candidates.
 */
#include "source_case.h"

#include <errno.h>

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

Suite *suite_preferences(void)
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
