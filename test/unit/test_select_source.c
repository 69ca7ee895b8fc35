/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_select_source.c - source address selection, by the numbers of RFC
 * 6724.
 */
#include "source_case.h"

#include <errno.h>

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

int main(void)
{
	Suite *const all[] = { suite_source(), suite_preferences(), NULL };

	return unit_main(all);
}
