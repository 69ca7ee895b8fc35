/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_conf.c - configuration files and what the parser makes of them.
 *
 * golden_conf NAME.conf ...: beside each file stands NAME.ok, the printed
 * form, or NAME.err, the errors to the last octet.  What is printed must
 * parse again, and print the same.  What came out goes to NAME.out, for
 * `run-conf' to show the difference.  A statement of the schema that no
 * accepted file has is a failure, too.
 */
#include "conf/schema.h"

#include <stdlib.h>

struct text {
	char		*s;
	size_t		len;
};

static struct text
read_text(const char *path)
{
	FILE *f = fopen(path, "r"), *m;
	struct text t = { NULL };
	int c;

	if (!f)
		return t;
	m = open_memstream(&t.s, &t.len);
	while ((c = getc(f)) != EOF)
		putc(c, m);
	fclose(m);
	fclose(f);
	return t;
}

static void
write_text(const char *path, const struct text *t)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(t->s, 1, t->len, f) != t->len || fclose(f)) {
		perror(path);
		exit(99);
	}
}

/* The printed form (true) or the errors of a file. */
static bool
parse(const char *path, struct text *ret)
{
	FILE *m = open_memstream(&ret->s, &ret->len);
	struct conf *c;
	unsigned n = conf_parse_file(path, true, m, &c);

	if (!n) {
		conf_print(c, m);
		conf_free(c);
	}
	fclose(m);
	return n == 0;
}

static bool
same(const struct text *a, const struct text *b)
{
	return a->s && b->s && a->len == b->len &&
	       memcmp(a->s, b->s, a->len) == 0;
}

/* NAME.conf -> NAME and something else */
static const char *
beside(const char *path, const char *ending, char buf[256])
{
	size_t n = strlen(path);

	snprintf(buf, 256, "%.*s%s", (int)(n < 5 ? n : n - 5), path, ending);
	return buf;
}

static bool
check(const char *path)
{
	struct text got, want, again = { NULL };
	bool good, parsed = parse(path, &got);
	char name[256];

	want = read_text(beside(path, parsed ? ".ok" : ".err", name));
	write_text(beside(path, ".out", name), &got);
	good = same(&got, &want);
	if (!good)
		printf("FAIL %s: not what the golden file says\n", path);
	if (good && parsed) {
		good = parse(beside(path, ".out", name), &again) &&
		       same(&got, &again);
		if (!good)
			printf("FAIL %s: what is printed parses to something "
			       "else\n%s", path, again.s);
	}
	free(got.s);
	free(want.s);
	free(again.s);
	return good;
}

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = text; (s = strstr(s, word)); s += n) {
		if ((s == text || strchr(" \t\n{", s[-1])) &&
		    strchr(" ;\n", s[n]))
			return true;
	}
	return false;
}

/* Every statement stands in a file that is accepted. */
static unsigned
check_cover(int n, char **path)
{
	unsigned missing = 0;

	for (unsigned i = 0; schema_blocks[i]; i++) {
		const struct statement *s = schema_blocks[i]->stmt;

		for (; s->name; s++) {
			bool found = false;
			char name[256];

			for (int k = 0; k < n && !found; k++) {
				struct text ok = read_text(beside(path[k],
							   ".ok", name));
				struct text t = read_text(path[k]);

				found = ok.s && t.s && has_word(t.s, s->name);
				free(t.s);
				free(ok.s);
			}
			if (!found) {
				printf("FAIL no accepted file has %s\n",
				       s->name);
				missing++;
			}
		}
	}
	return missing;
}

int
main(int argc, char **argv)
{
	unsigned failed = 0;

	for (int i = 1; i < argc; i++)
		failed += !check(argv[i]);
	failed += check_cover(argc - 1, argv + 1);
	printf("%d configurations, %u failures\n", argc - 1, failed);
	return argc < 2 || failed ? 1 : 0;
}
