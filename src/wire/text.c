/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.c - text into a bounded buffer.
 *
 * The counter runs on when the buffer is full, so that a caller learns the
 * length that it needs, as from snprintf.
 */
#include "wire/row.h"

#include <stdarg.h>
#include <stdio.h>

struct text
text_of(char *buf, size_t cap)
{
	if (cap)
		buf[0] = '\0';
	return (struct text){ .buf = buf, .cap = cap };
}

static void
text_vadd(struct text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void
text_vadd(struct text *t, const char *fmt, va_list ap)
{
	size_t left = t->len < t->cap ? t->cap - t->len : 0;
	int n;

	n = vsnprintf(left ? t->buf + t->len : NULL, left, fmt, ap);
	if (n > 0)
		t->len += (size_t)n;
}

void
text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vadd(t, fmt, ap);
	va_end(ap);
}

void
text_addr(struct text *t, const struct in6_addr *a)
{
	char s[ADDR_STRLEN];

	text_add(t, "%s", addr_print(a, s));
}

void
text_hex(struct text *t, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		text_add(t, "%02x", s.p[i]);
}

void
text_escape(struct text *t, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e || s.p[i] == '\\')
			text_add(t, "\\x%02x", s.p[i]);
		else
			text_add(t, "%c", s.p[i]);
}

void
text_line(struct text *t, int depth, const char *fmt, ...)
{
	va_list ap;

	text_add(t, "%*s", 4 * depth, "");
	va_start(ap, fmt);
	text_vadd(t, fmt, ap);
	va_end(ap);
	text_add(t, "\n");
}

void
text_letters(struct text *t, uint32_t flags, const struct flag_name *f)
{
	const char *sep = "";

	if (!flags)
		text_add(t, "-");
	for (; f->mask; flags &= ~f->mask, f++) {
		if (!(flags & f->mask))
			continue;
		text_add(t, "%s%s", sep, f->letter);
		sep = " ";
	}
	if (flags)
		text_add(t, "%s0x%x", sep, flags);
}

void
text_words(struct text *t, uint32_t flags, const struct flag_name *f)
{
	for (; f->mask; f++)
		if ((flags & f->mask) && f->word)
			text_add(t, " %s", f->word);
}

void
text_line_addr(struct text *t, int depth, const char *key,
	       const struct in6_addr *a)
{
	char s[ADDR_STRLEN];

	text_line(t, depth, "%s %s", key, addr_print(a, s));
}

void
text_line_addr4(struct text *t, int depth, const char *key,
		const struct in_addr *a)
{
	uint8_t b[4];

	memcpy(b, a, sizeof(b));
	text_line(t, depth, "%s %u.%u.%u.%u", key, b[0], b[1], b[2], b[3]);
}

void
text_line_u64(struct text *t, int depth, const char *key, uint64_t v)
{
	text_line(t, depth, "%s 0x%016llx", key, (unsigned long long)v);
}

void
text_line_hex(struct text *t, int depth, const char *key, struct span s)
{
	text_add(t, "%*s%s ", 4 * depth, "", key);
	text_hex(t, s);
	text_add(t, "\n");
}

void
text_line_text(struct text *t, int depth, const char *key, struct span s)
{
	text_add(t, "%*s%s ", 4 * depth, "", key);
	text_escape(t, s);
	text_add(t, "\n");
}

void
text_line_letters(struct text *t, int depth, const char *key, uint32_t flags,
		  const struct flag_name *f)
{
	text_add(t, "%*s%s ", 4 * depth, "", key);
	text_letters(t, flags, f);
	text_add(t, "\n");
}

void
text_line_named(struct text *t, int depth, const char *key, uint32_t n,
		const char *(*name_of)(uint8_t))
{
	const char *name = name_of && n <= UINT8_MAX ? name_of((uint8_t)n)
						     : NULL;

	text_line(t, depth, "%s %u%s%s", key, n, name ? " " : "",
		  name ? name : "");
}
