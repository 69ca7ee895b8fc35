/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base_record.c - records as text and JSON, and text back.
 */
#include "base/record.h"
#include "test_base.h"
#include "unit.h"

#include <errno.h>

START_TEST(kinds)
{
	static const struct lladdr ll = { 6, { 2, 0, 0, 0, 0, 0xa } }, none;
	struct prefix p;
	struct record r;
	char buf[600];
	const char *want;

	ck_assert_int_eq(prefix_parse("2001:db8::/32", &p), 0);
	record_init(&r, "binding");
	record_uint(&r, "seq", UINT64_MAX);
	record_bool(&r, "home", true);
	record_bool(&r, "away", false);
	record_str(&r, "name", "mn");
	record_str(&r, "nothing", NULL);
	record_addr(&r, "hoa", &p.addr);
	record_prefix(&r, "prefix", &p);
	record_lladdr(&r, "ll", &ll);
	record_lladdr(&r, "noll", &none);
	record_duration(&r, "a", 12500000);
	record_duration(&r, "b", 0);
	record_duration(&r, "c", 1);
	record_duration(&r, "d", SEC(100));
	record_duration(&r, "e", USEC_NEVER);

	want = "binding seq=18446744073709551615 home=yes away=no name=mn "
	       "nothing=\"\" hoa=2001:db8:: prefix=2001:db8::/32 "
	       "ll=02:00:00:00:00:0a noll=- a=12.5s b=0s c=0.000001s "
	       "d=100s e=never";
	ck_assert_uint_eq(record_print_text(&r, buf, sizeof(buf)),
			  strlen(want));
	ck_assert_str_eq(buf, want);

	want = "{\"type\": \"binding\", \"seq\": 18446744073709551615, "
	       "\"home\": true, \"away\": false, \"name\": \"mn\", "
	       "\"nothing\": \"\", \"hoa\": \"2001:db8::\", "
	       "\"prefix\": \"2001:db8::/32\", "
	       "\"ll\": \"02:00:00:00:00:0a\", \"noll\": null, "
	       "\"a\": 12.5, \"b\": 0, \"c\": 0.000001, \"d\": 100, "
	       "\"e\": null}";
	ck_assert_uint_eq(record_print_json(&r, buf, sizeof(buf)),
			  strlen(want));
	ck_assert_str_eq(buf, want);
}
END_TEST

static const struct { const char *s, *text, *json; } strings[] = {
	{ "plain",		"plain",		"plain" },
	{ "",			"\"\"",			"" },
	{ "two words",		"\"two words\"",	"two words" },
	{ "a=b",		"\"a=b\"",		"a=b" },
	{ "say \"hi\"",		"\"say \\\"hi\\\"\"",	"say \\\"hi\\\"" },
	{ "back\\slash",	"\"back\\\\slash\"",	"back\\\\slash" },
	{ "line\nfeed\t",	"\"line\\nfeed\\t\"",
				"line\\u000afeed\\u0009" },
	{ "\033[31m7",		"\"\\033[31m7\"",	"\\u001b[31m7" },
	{ "\177",		"\"\\177\"",		"\\u007f" },
	{ "K\303\266ln",	"K\303\266ln",		"K\303\266ln" },
	{ "\342\202\254",	"\342\202\254",		"\342\202\254" },
	{ "\360\237\230\200",	"\360\237\230\200",	"\360\237\230\200" },
	{ "\302\233m",		"\"\\302\\233m\"",	"\\u009bm" },
	{ "bad\303",		"\"bad\\303\"",		"bad\\ufffd" },
	{ "\300\200",		"\"\\300\\200\"",	"\\ufffd\\ufffd" },
	{ "\355\240\200",	"\"\\355\\240\\200\"",
				"\\ufffd\\ufffd\\ufffd" },
	{ "\377x",		"\"\\377x\"",		"\\ufffdx" },
};

START_TEST(quoting)
{
	for (unsigned i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		char line[200], want[200];
		struct record r, back;

		record_init(&r, "t");
		record_str(&r, "s", strings[i].s);
		record_uint(&r, "n", i);

		record_print_json(&r, line, sizeof(line));
		snprintf(want, sizeof(want),
			 "{\"type\": \"t\", \"s\": \"%s\", \"n\": %u}",
			 strings[i].json, i);
		ck_assert_str_eq(line, want);

		record_print_text(&r, line, sizeof(line));
		snprintf(want, sizeof(want), "t s=%s n=%u", strings[i].text,
			 i);
		ck_assert_str_eq(line, want);

		ck_assert_int_eq(record_parse_text(line, &back), 0);
		ck_assert_uint_eq(back.n, 2);
		ck_assert_str_eq(back.type, "t");
		ck_assert_str_eq(back.f[0].key, "s");
		ck_assert_str_eq(back.f[0].s, strings[i].s);
		snprintf(want, sizeof(want), "%u", i);
		ck_assert_str_eq(back.f[1].s, want);
	}
}
END_TEST

/* As much as fits, always ended, and the whole length. */
START_TEST(short_buffers)
{
	char whole[100], buf[100];
	struct record r;
	size_t n;

	record_init(&r, "status");
	record_str(&r, "k", "a b");
	n = record_print_text(&r, whole, sizeof(whole));
	for (size_t cap = 0; cap <= n + 1; cap++) {
		memset(buf, 'x', sizeof(buf));
		ck_assert_uint_eq(record_print_text(&r, buf, cap), n);
		ck_assert_int_eq(buf[cap], 'x');
		if (cap == 0)
			continue;
		ck_assert_uint_eq(strlen(buf), cap <= n ? cap - 1 : n);
		ck_assert(strncmp(buf, whole, cap - 1) == 0);
	}
	ck_assert_uint_eq(record_print_text(&r, NULL, 0), n);
}
END_TEST

START_TEST(refused)
{
	static const char *const bad[] = {
		"", " t", "t k", "t =v", "t k=\"open", "t k=\"a\"b",
		"t k=a\"b", "t k=a=b", "k=v", "t k=\"\\q\"", "t k=\"\\400\"",
		"t k=\"\\000\"", "t k=\"\\12\"", "t \"k\"=v",
		"t a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=0 k=1 l=2 m=3 n=4 "
		"o=5 p=6 q=7 r=8 s=9 t=0 u=1 v=2 w=3 x=4 y=5",
	};
	struct record r = { .n = 77 };
	char line[200];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(line, bad[i]);
		ck_assert_msg(record_parse_text(line, &r) == -EINVAL, "\"%s\"",
			      bad[i]);
		ck_assert_uint_eq(r.n, 77);
	}
	strcpy(line, "ok");
	ck_assert_int_eq(record_parse_text(line, &r), 0);
	ck_assert_uint_eq(r.n, 0);
	strcpy(line, "t  a=1   b= ");
	ck_assert_int_eq(record_parse_text(line, &r), 0);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(r.f[1].s, "");
}
END_TEST

Suite *suite_record(void)
{
	Suite *s = suite_create("record");

	unit_add(s, "kinds", kinds);
	unit_add(s, "quoting", quoting);
	unit_add(s, "short_buffers", short_buffers);
	unit_add(s, "refused", refused);
	return s;
}
