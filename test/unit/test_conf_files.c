/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_conf_files.c - what a configuration finds in files: keys and tables
 * of keys, and texts that mean no good.
 */
#include "conf_place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HA_TEXT								\
	"NodeConfig HA;\n"						\
	"VirtualHomeLink { Prefix 2001:db8:1::/64;"			\
	" HomeAgentAddress 2001:db8:1::1; }\n"
#define PEER_TEXT							\
	"Peer 2001:db8:1::10 { Protect shared-key spi 256 file \"k\"; }\n"

/* --- key files ------------------------------------------------------- */

START_TEST(key_file)
{
	static const uint8_t want[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
		0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	put("k", "00112233445566778899AAbbCCddEEff\n", 0600);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	ck_assert_str_eq(text, "");
	free(text);
	ck_assert_uint_eq(c->npeers, 1);
	ck_assert_uint_eq(c->peer->key_len, 16);
	ck_assert_mem_eq(c->peer->key, want, 16);
	ck_assert_uint_eq(c->peer->spi, 256);
	ck_assert_uint_eq(c->peer->protect, CONF_PROTECT_SHARED_KEY);
	ck_assert_uint_eq(c->peer->replay, CONF_REPLAY_SEQUENCE);
	text = print(c);
	ck_assert(!strstr(text, "aabb") && !strstr(text, "AAbb"));
	free(text);
	conf_free(c);

	/* A missing or open key does not matter when none is wanted. */
	ck_assert_int_eq(unlink("k"), 0);
	ck_assert_uint_eq(parse("ha.conf", false, &text, &c), 0);
	free(text);
	ck_assert(c->peer->key == NULL);
	conf_free(c);
	leave(&d);
}
END_TEST

/* Every permission of the group and of others is one too many. */
START_TEST(key_modes)
{
	struct place_to_be d = enter();

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	put("k", "00112233445566778899aabbccddeeff\n", 0600);
	for (mode_t mode = 0; mode <= 0777; mode++) {
		bool good = (mode & 077) == 0;
		struct conf *c = NULL;
		unsigned n;
		char *text;

		if (!(mode & 0400))
			continue;
		ck_assert_int_eq(chmod("k", mode), 0);
		n = parse("ha.conf", true, &text, &c);
		ck_assert_msg((n == 0) == good, "mode %o", (unsigned)mode);
		ck_assert(good || (n == 1 && strstr(text, "chmod 600 k")));
		ck_assert(good == (c != NULL));
		free(text);
		conf_free(c);
	}
	leave(&d);
}
END_TEST

/* Files that are none must not stop the reader, and a link is followed. */
START_TEST(key_special)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	ck_assert_int_eq(mkfifo("k", 0600), 0);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 1);
	ck_assert(strstr(text, "not a regular file"));
	free(text);
	ck_assert_int_eq(unlink("k"), 0);
	put("real", "00112233445566778899aabbccddeeff", 0400);
	ck_assert_int_eq(symlink("real", "k"), 0);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	free(text);
	conf_free(c);
	c = NULL;
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("real", 1, 1), 0);
		ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 1);
		ck_assert(strstr(text, "belongs to user 1"));
		free(text);
	}
	ck_assert(c == NULL);
	leave(&d);
}
END_TEST

START_TEST(key_table)
{
	const unsigned n = 20000;
	struct place_to_be d = enter();
	struct conf *c = NULL;
	FILE *f;
	char *text;

	put("ha.conf", HA_TEXT "KeyTable \"t\" replay timestamp;\n", 0644);
	f = fopen("t", "w");
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "2001:db8:1::2:%x:%x %u %032x%s\n", i >> 8,
			i & 0xff, 256 + i, i + 1, i % 2 ? " a@example" : "");
	fclose(f);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	free(text);
	ck_assert_uint_eq(c->npeers, n);
	for (unsigned i = 0; i < n; i++) {
		const struct conf_peer *p = &c->peer[i];

		ck_assert_uint_eq(p->spi, 256 + i);
		ck_assert_uint_eq(p->key_len, 16);
		ck_assert_uint_eq(p->key[15], (i + 1) & 0xff);
		ck_assert_uint_eq(p->key[14], (i + 1) >> 8 & 0xff);
		ck_assert_uint_eq(p->replay, CONF_REPLAY_TIMESTAMP);
		ck_assert(i % 2 ? p->nai && !strcmp(p->nai, "a@example") :
				  !p->nai);
	}
	conf_free(c);
	leave(&d);
}
END_TEST

/* No error shows a key. */
START_TEST(key_secret)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT "KeyTable \"t\";\n", 0644);
	put("k", "5ec4e7005ec4e7005ec4e7005ec4e7xx\n", 0600);
	put("t", "2001:db8:1::11 256 5ec4e7005ec4e7005ec4e700\n"
	    "2001:db8:1::12 5 5ec4e7005ec4e7005ec4e7005ec4e700\n"
	    "2001:db8:1::13 256 5ec4e7005ec4e7005ec4e7005ec4e700 a b\n",
	    0600);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 4);
	ck_assert(!strstr(text, "5ec4e7"));
	free(text);
	leave(&d);
}
END_TEST

/* --- hostile text ---------------------------------------------------- */

START_TEST(paths)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	ck_assert_int_eq(mkdir("a", 0755), 0);
	ck_assert_int_eq(mkdir("a/b", 0755), 0);
	put("a/ha.conf", HA_TEXT "include \"b/peers\";\n", 0644);
	put("a/b/peers", PEER_TEXT, 0644);
	put("a/b/k", "00112233445566778899aabbccddeeff", 0600);
	ck_assert_uint_eq(parse("a/ha.conf", true, &text, &c), 0);
	free(text);
	ck_assert_str_eq(c->key_file[0].path, "b/k");
	conf_free(c);
	c = NULL;
	ck_assert_uint_eq(parse("none.conf", true, &text, &c), 1);
	ck_assert_str_eq(text, "none.conf: No such file or directory\n");
	free(text);
	ck_assert_uint_eq(parse("a", true, &text, &c), 1);
	ck_assert_str_eq(text, "a: Is a directory\n");
	free(text);
	ck_assert_uint_eq(parse("/dev/null", true, &text, &c), 1);
	ck_assert_str_eq(text, "/dev/null: not a regular file\n");
	free(text);
	ck_assert(c == NULL);
	leave(&d);
}
END_TEST

/* Much of anything is refused in good time, and counted. */
START_TEST(masses)
{
	static const char *const piece[] = {
		"Interface \"x\" {", "}", "{", ";", "DebugLevel 5;\n", "\"",
		"a ", "include \"x\";", "1 ", ",", "NodeConfig CN\n",
		"Peer 2001:db8::1 { Protect none insecure; }\n",
	};
	const size_t len = 200000;
	char *s = malloc(len + 1);

	for (unsigned k = 0; k < sizeof(piece) / sizeof(piece[0]); k++) {
		size_t n = strlen(piece[k]), at = 0;
		struct conf *c = NULL;
		char *text;

		for (; at + n <= len; at += n)
			memcpy(s + at, piece[k], n);
		ck_assert_uint_gt(parse_text(s, at, &text, &c), 0);
		ck_assert(c == NULL);
		/* 200 errors, an excerpt of at most a line each */
		ck_assert_uint_lt(strlen(text), 200 * 900);
		free(text);
	}
	free(s);
}
END_TEST

/* What may not be in a text: files are only followed from files. */
START_TEST(no_files)
{
	static const char s[] = "NodeConfig CN; include \"/etc/passwd\";";
	static const char nul[] = "NodeConfig CN;\0";
	struct conf *c = NULL;
	char *text;

	ck_assert_uint_eq(parse_text(s, strlen(s), &text, &c), 1);
	ck_assert(!strstr(text, "root"));
	free(text);
	ck_assert_uint_eq(parse_text(nul, sizeof(nul), &text, &c), 1);
	free(text);
	ck_assert_uint_eq(parse_text("", 0, &text, &c), 1);
	free(text);
	ck_assert(c == NULL);
}
END_TEST

Suite *suite_conf_files(void)
{
	Suite *s = suite_create("conf files");

	unit_add(s, "key file", key_file);
	unit_add(s, "key modes", key_modes);
	unit_add(s, "key special", key_special);
	unit_add(s, "key table", key_table);
	unit_add(s, "key secret", key_secret);
	unit_add(s, "paths", paths);
	unit_add(s, "masses", masses);
	unit_add(s, "no files", no_files);
	return s;
}
