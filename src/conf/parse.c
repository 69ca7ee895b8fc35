/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.c - a configuration from beginning to end.
 *
 * What the parser needs for itself is gone when it returns; what it found
 * is handed out whole or, after any error, not at all.
 */
#include "conf/parse.h"

#include <stdlib.h>

static struct parse *
begin(bool keys, bool files)
{
	struct parse *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->conf = conf_new();
	if (!p->conf) {
		free(p);
		return NULL;
	}
	arena_init(&p->arena);
	p->keys = keys;
	p->files = files;
	p->dir = "";
	return p;
}

static unsigned
finish(struct parse *p, struct stmt *list, FILE *errors, struct conf **ret)
{
	unsigned n;

	/* Of a file that could not be read nothing more is to be said. */
	if (!p->nomem && (list || !p->nerrors)) {
		apply_file(p, list);
		if (!p->nomem)
			check_conf(p, list);
	}
	n = parse_report(p, errors);
	if (n)
		conf_free(p->conf);
	else
		*ret = p->conf;
	free(p->table_line);
	arena_fini(&p->arena);
	free(p);
	return n;
}

unsigned
conf_parse_file(const char *path, bool keys, FILE *errors, struct conf **ret)
{
	struct parse *p = begin(keys, true);

	if (!p) {
		if (errors)
			fputs("out of memory\n", errors);
		return 1;
	}
	return finish(p, tree_read(p, path, path, NULL), errors, ret);
}

unsigned
conf_parse_text(const char *name, const char *text, size_t len, FILE *errors,
		struct conf **ret)
{
	struct parse *p = begin(false, false);

	if (!p) {
		if (errors)
			fputs("out of memory\n", errors);
		return 1;
	}
	return finish(p, tree_text(p, name, name, text, len), errors, ret);
}
