/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suggest.c - "did you mean": the nearest of some names.
 *
 * The distance of two words is the number of letters inserted, dropped,
 * changed or swapped with their neighbour; upper and lower case are the same.
 * A name is offered when at most a third of its letters are wrong, and never
 * more than three.
 */
#include "conf/parse.h"

#include <ctype.h>

#define LONGEST		50		/* no name of ours is longer */
#define FAR		3

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool
same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* `most' + 1 when it is more, or when a word is too long to be a name. */
unsigned
suggest_distance(const char *a, const char *b, unsigned most)
{
	unsigned row[3][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);
	unsigned *two = row[0], *one = row[1], *now = row[2];

	if (na > LONGEST || nb > LONGEST)
		return most + 1;
	for (unsigned j = 0; j <= nb; j++)
		one[j] = j;
	for (unsigned i = 1; i <= na; i++) {
		unsigned *oldest = two;

		now[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			bool eq = same(a[i - 1], b[j - 1]);

			now[j] = min3(one[j] + 1, now[j - 1] + 1,
				      one[j - 1] + !eq);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && two[j - 2] + 1 < now[j])
				now[j] = two[j - 2] + 1;
		}
		two = one;
		one = now;
		now = oldest;
	}
	return one[nb] > most ? most + 1 : one[nb];
}

void
suggest_init(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word, .distance = FAR + 1 };
}

void
suggest_try(struct suggest *s, const char *name)
{
	unsigned most = (unsigned)strlen(name) / 3, d;

	if (most > FAR)
		most = FAR;
	if (most < 1)
		most = 1;
	d = suggest_distance(s->word, name, most);
	if (d <= most && d < s->distance) {
		s->distance = d;
		s->best = name;
	}
}
