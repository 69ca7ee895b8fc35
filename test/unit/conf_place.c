/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf_place.c - see conf_place.h.
 */
#include "conf_place.h"

#include <sys/stat.h>
#include <unistd.h>

struct place_to_be enter(void)
{
	struct place_to_be d = { "/tmp/mip6d-conf-XXXXXX" };

	ck_assert(mkdtemp(d.path) != NULL);
	ck_assert_int_eq(chdir(d.path), 0);
	return d;
}

void leave(const struct place_to_be *d)
{
	char cmd[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", d->path);
	ck_assert_int_eq(system(cmd), 0);
}

void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert(f != NULL);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

unsigned parse(const char *path, bool keys, char **ret_text,
	       struct conf **ret)
{
	size_t len;
	FILE *m = open_memstream(ret_text, &len);
	unsigned n = conf_parse_file(path, keys, m, ret);

	fclose(m);
	return n;
}

unsigned parse_text(const char *text, size_t len, char **ret_text,
		    struct conf **ret)
{
	size_t n;
	FILE *m = open_memstream(ret_text, &n);
	unsigned errors = conf_parse_text("text", text, len, m, ret);

	fclose(m);
	return errors;
}

char *print(const struct conf *c)
{
	char *text;
	size_t n;
	FILE *m = open_memstream(&text, &n);

	conf_print(c, m);
	fclose(m);
	return text;
}
