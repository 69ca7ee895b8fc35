/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_conf_memory.c - memory is out, at every place once.
 *
 * The linker sends the allocations of our libraries through the functions
 * below, one of which fails.  The configuration is then refused, with the
 * reason said, and nothing is left behind (which a sanitizer sees).
 */
#include "conf/conf.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

void	*__real_malloc(size_t);
void	*__real_calloc(size_t, size_t);
void	*__real_realloc(void *, size_t);
void	*__real_reallocarray(void *, size_t, size_t);
void	*__wrap_malloc(size_t);
void	*__wrap_calloc(size_t, size_t);
void	*__wrap_realloc(void *, size_t);
void	*__wrap_reallocarray(void *, size_t, size_t);

static unsigned left;			/* until one fails; 0: none does */

static bool out(void)
{
	return left && --left == 0;
}

void *__wrap_malloc(size_t n)
{
	return out() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return out() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return out() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return out() ? NULL : __real_reallocarray(p, n, size);
}

static void put(const char *path, const char *head, unsigned lines,
		const char *line)
{
	FILE *f = fopen(path, "w");

	ck_assert(f != NULL);
	fputs(head, f);
	for (unsigned i = 1; i <= lines; i++)
		fprintf(f, line, i);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void write_files(void)
{
	put("k", "00112233445566778899aabbccddeeff\n", 0, "");
	put("t", "", 1500, "2001:db8:1::%x 256 "
	    "00112233445566778899aabbccddeeff a@b\n");
	put("part", "DebugLevel 5;\n", 200,
	    "Peer 2001:db8:2::%x { Protect shared-key spi 256 file \"k\"; "
	    "Identity \"a@b\"; }\n");
	put("mn.conf", "NodeConfig MN;\nInterface \"e0\";\nPeer "
	    "2001:db8:1::1 { Protect none insecure; }\n", 100,
	    "MnHomeLink \"e0\" { HomeAgentAddress 2001:db8:1::1;\n"
	    "HomeAddress 2001:db8:1::1:%x/64; }\n");
	put("rules", "Program \"/a\" { User \"b\"; Group c; Cgroup \"/d\"; "
	    "Block ipv4; }\n", 30, "User %u { Permit none; }\n");
	put("policy.conf", "NodeConfig MN;\nInterface \"e0\";\nPeer "
	    "2001:db8:1::1 { Protect none insecure; }\nMnHomeLink \"e0\" { "
	    "HomeAgentAddress 2001:db8:1::1; HomeAddress 2001:db8:1::2/64; "
	    "}\nAddressPolicy { include \"rules\"; }\n", 0, "");
	put("bad.conf", "NodeConfig HA;\nKeyTable \"t\";\n", 40,
	    "Interface \"e0\" { Unknown %u; DebugLevel; }\n");
	put("ha.conf", "NodeConfig HA;\ninclude \"part\";\nKeyTable \"t\";\n"
	    "VirtualHomeLink { Prefix 2001:db8:1::/64; HomeAgentAddress "
	    "2001:db8:1::ffff; }\nVirtualHomeLink { Prefix 2001:db8:2::/64; "
	    "HomeAgentAddress 2001:db8:2::ffff; }\n", 20,
	    "Interface \"e%1$u\" { SendAdvertisements enabled; DNSSL \"a\";\n"
	    "Prefix 2001:db8:%1$x::/64; Route 2001:db8:%1$x::/64; }\n");
}

/* How many allocations a parse has. */
static unsigned walk(const char *path, bool good)
{
	for (unsigned n = 1;; n++) {
		struct conf *c = NULL;
		size_t len;
		char *text;
		FILE *m = open_memstream(&text, &len);
		unsigned errors;
		bool spared;

		left = n;
		errors = conf_parse_file(path, true, m, &c);
		spared = left > 0;
		left = 0;
		fclose(m);
		ck_assert((errors == 0) == (c != NULL));
		if (spared) {
			ck_assert_msg((errors == 0) == good, "%.200s", text);
			free(text);
			conf_free(c);
			return n - 1;
		}
		/* Room for the rows of a key table is only reserved. */
		ck_assert_msg((errors == 0) == good ||
			      strstr(text, "out of memory"),
			      "allocation %u: %.200s", n, text);
		free(text);
		conf_free(c);
	}
}

START_TEST(memory)
{
	char dir[] = "/tmp/mip6d-conf-XXXXXX", cmd[64];

	ck_assert(mkdtemp(dir) != NULL);
	ck_assert_int_eq(chdir(dir), 0);
	write_files();
	ck_assert_uint_gt(walk("ha.conf", true), 50);
	ck_assert_uint_gt(walk("mn.conf", true), 10);
	ck_assert_uint_gt(walk("policy.conf", true), 5);
	ck_assert_uint_gt(walk("bad.conf", false), 10);
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conf memory");
	Suite *suite[] = { s, NULL };

	unit_add(s, "memory", memory);
	return unit_main(suite);
}
