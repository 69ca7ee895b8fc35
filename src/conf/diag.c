/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.c - the errors of a configuration, all of them at once.
 *
 * An error is kept with its place until everything has been looked at;
 * then they are shown in the order of the text, each with its line and a
 * caret under what it is about.  Lines of key files are never shown.  What
 * comes from the file goes to a terminal, so control characters do not
 * pass, and a long line is cut around the place.
 */
#include "conf/parse.h"

#include <stdarg.h>
#include <stdlib.h>

#define EXCERPT		160		/* octets of a line */

void
parse_nomem(struct parse *p)
{
	p->nomem = true;
}

unsigned
text_control(const char *s)
{
	unsigned char c = (unsigned char)s[0], next;

	if (c == 0xc2) {
		next = (unsigned char)s[1];
		return next >= 0x80 && next < 0xa0 ? 2 : 0;
	}
	return c < 0x20 || c == 0x7f;
}

/* At most n octets; `?' for what is no business of a terminal. */
static void
put_clean(const char *s, size_t n, FILE *f)
{
	for (size_t i = 0, skip; i < n; i += skip) {
		skip = s[i] == '\t' ? 0 : text_control(s + i);
		fputc(skip ? '?' : s[i], f);
		skip += !skip;
	}
}

void
parse_error(struct parse *p, const struct place *at, const char *fmt, ...)
{
	struct diag *d;
	char text[400];
	va_list ap;

	p->nerrors++;
	if (p->nerrors > PARSE_ERRORS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d = arena_alloc(&p->arena, sizeof(*d));
	if (d)
		d->text = arena_strdup(&p->arena, text);
	if (!d || !d->text) {
		p->nerrors--;
		parse_nomem(p);
		return;
	}
	d->at = *at;
	d->seq = p->nerrors;
	p->diag[p->nerrors - 1] = d;
}

static int
compare(const void *va, const void *vb)
{
	const struct diag *a = *(struct diag *const *)va;
	const struct diag *b = *(struct diag *const *)vb;

	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.col != b->at.col)
		return a->at.col < b->at.col ? -1 : 1;
	return a->seq < b->seq ? -1 : 1;
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The line that a place is on, without its end. */
static const char *
find_line(const struct source *s, const struct place *at, size_t *ret_len)
{
	const char *l = s->text, *end = s->text + s->len, *nl;

	for (uint32_t i = 1; i < at->line; i++) {
		nl = memchr(l, '\n', (size_t)(end - l));
		if (!nl)
			return NULL;
		l = nl + 1;
	}
	nl = memchr(l, '\n', (size_t)(end - l));
	*ret_len = (size_t)((nl ? nl : end) - l);
	return l;
}

/* A part of the line, and below it ^~~~ at the octets [col, col + len). */
static void
show_excerpt(const char *line, size_t n, size_t col, size_t len, FILE *f)
{
	size_t from = 0, to = n;
	const char *dots = "";

	if (n > EXCERPT) {
		from = col > EXCERPT / 2 ? col - EXCERPT / 2 : 0;
		while (from && is_continuation(line[from]))
			from--;
		to = from + EXCERPT < n ? from + EXCERPT : n;
		dots = from ? "..." : "";
	}
	fputs(dots, f);
	put_clean(line + from, to - from, f);
	fprintf(f, "%s\n%*s", to < n ? "..." : "", (int)strlen(dots), "");
	for (size_t i = from; i < col && i < to; i++) {
		if (!is_continuation(line[i]))
			fputc(line[i] == '\t' ? '\t' : ' ', f);
	}
	fputc('^', f);
	for (size_t i = col + 1; i < col + len && i < to; i++) {
		if (!is_continuation(line[i]))
			fputc('~', f);
	}
	fputc('\n', f);
}

static void
show(const struct parse *p, const struct diag *d, FILE *f)
{
	const struct source *s = &p->source[d->at.file];
	size_t n = 0, col = d->at.col ? d->at.col - 1 : 0;
	const char *line;

	put_clean(s->name, strlen(s->name), f);
	if (d->at.line)			/* not about the whole file */
		fprintf(f, ":%u:%u", d->at.line, d->at.col);
	fputs(": ", f);
	put_clean(d->text, strlen(d->text), f);
	fputc('\n', f);
	if (!d->at.line)
		return;
	line = s->text ? find_line(s, &d->at, &n) : NULL;
	if (!line)
		return;
	/* The text ends with a NUL, so a look behind its end is harmless. */
	show_excerpt(line, n, col, d->at.len, f);
}

unsigned
parse_report(struct parse *p, FILE *f)
{
	unsigned n = p->nerrors < PARSE_ERRORS ? p->nerrors : PARSE_ERRORS;

	qsort(p->diag, n, sizeof(*p->diag), compare);
	for (unsigned i = 0; i < n && f; i++)
		show(p, p->diag[i], f);
	if (p->nerrors > n && f)
		fprintf(f, "%u more errors are not shown\n", p->nerrors - n);
	if (p->nomem && f)
		fputs("out of memory\n", f);
	return p->nerrors + p->nomem;
}

void
put_string(const char *s, FILE *f)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
	fputc('"', f);
}
