/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include "unit.h"

#include <string.h>

struct text_sink {
	struct record_sink sink;
	char	*buf;
	size_t	cap;
};

static void put(struct record_sink *s, const struct record *r)
{
	struct text_sink *t = (struct text_sink *)s;
	size_t at = strlen(t->buf);

	ck_assert_uint_lt(at + record_print_text(r, NULL, 0) + 2, t->cap);
	record_print_text(r, t->buf + at, t->cap - at);
	strcat(t->buf, "\n");
}

void show_text(const struct node *n, const char *what, usec_t now, char *buf,
	       size_t cap)
{
	struct text_sink t = { { put }, buf, cap };
	struct cursor c = { 0 };

	buf[0] = '\0';
	while (node_show(n, what, now, &c, &t.sink))
		;
}
