/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_diff.c - two charts side by side, line by line.
 *
 * The longest common subsequence of lines, by the textbook: charts have a
 * few hundred lines.  What is only in the expectation is marked '-', what
 * only happened '+'; the other lines stay, since a chart is read as a whole.
 */
#include "sim.h"

#include <stdlib.h>

struct lines {
	unsigned	n;
	const char	**p;
	size_t		*len;
};

static struct lines split(const char *text)
{
	struct lines l = { 0 };
	size_t cap = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (l.n == cap) {
			cap = cap ? 2 * cap : 64;
			l.p = realloc(l.p, cap * sizeof(*l.p));
			l.len = realloc(l.len, cap * sizeof(*l.len));
			if (!l.p || !l.len)
				exit(2);
		}
		l.p[l.n] = text;
		l.len[l.n++] = n;
		text += n + (text[n] == '\n');
	}
	return l;
}

static void lines_free(struct lines *l)
{
	free(l->p);
	free(l->len);
}

static bool same(const struct lines *a, unsigned i, const struct lines *b,
		 unsigned k)
{
	return a->len[i] == b->len[k] &&
	       memcmp(a->p[i], b->p[k], a->len[i]) == 0;
}

static void put(char mark, const struct lines *l, unsigned i, FILE *out)
{
	fprintf(out, "%c %.*s\n", mark, (int)l->len[i], l->p[i]);
}

/* t[i][k]: the length of the longest common subsequence of what follows i
 * in a and k in b. */
static void walk(const struct lines *a, const struct lines *b,
		 const unsigned *t, FILE *out)
{
	size_t w = b->n + 1;
	unsigned i = 0, k = 0;

	while (i < a->n || k < b->n) {
		if (i < a->n && k < b->n && same(a, i, b, k)) {
			put(' ', a, i++, out);
			k++;
		} else if (k == b->n || (i < a->n &&
			   t[(i + 1) * w + k] >= t[i * w + k + 1])) {
			put('-', a, i++, out);
		} else {
			put('+', b, k++, out);
		}
	}
}

bool chart_same(const char *want, const char *got, FILE *out)
{
	struct lines a, b;
	unsigned *t;
	size_t w;

	if (strcmp(want, got) == 0)
		return true;
	a = split(want);
	b = split(got);
	w = b.n + 1;
	t = sim_alloc((a.n + 1) * w * sizeof(*t));
	for (unsigned i = a.n; i-- > 0;) {
		for (unsigned k = b.n; k-- > 0;) {
			unsigned down = t[(i + 1) * w + k];
			unsigned right = t[i * w + k + 1];

			t[i * w + k] = same(&a, i, &b, k) ?
				t[(i + 1) * w + k + 1] + 1 :
				down > right ? down : right;
		}
	}
	walk(&a, &b, t, out);
	free(t);
	lines_free(&a);
	lines_free(&b);
	return false;
}
