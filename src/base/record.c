/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - key=value records as text and JSON, and text back.
 *
 * Both printers write through a struct out, which counts everything and
 * stores what fits: the caller learns the whole length as from snprintf.
 * Strings may come from the network (names, identifiers).  What is not
 * printable UTF-8 leaves here as an escape, so that a terminal or a JSON
 * reader never meets it raw.
 */
#include "base/record.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct out {
	char	*buf;
	size_t	cap, len;
};

static struct field *add(struct record *r, const char *key,
			 enum field_kind kind)
{
	assert(r->n < RECORD_FIELDS);
	r->f[r->n] = (struct field){ .key = key, .kind = kind };
	return &r->f[r->n++];
}

void record_init(struct record *r, const char *type)
{
	r->type = type;
	r->n = 0;
}

void record_uint(struct record *r, const char *key, uint64_t v)
{
	add(r, key, FIELD_UINT)->u = v;
}

void record_int(struct record *r, const char *key, int64_t v)
{
	add(r, key, FIELD_INT)->i = v;
}

void record_bool(struct record *r, const char *key, bool v)
{
	add(r, key, FIELD_BOOL)->u = v;
}

void record_str(struct record *r, const char *key, const char *s)
{
	add(r, key, FIELD_STR)->s = s ? s : "";
}

void record_addr(struct record *r, const char *key, const struct in6_addr *a)
{
	add(r, key, FIELD_ADDR)->addr = *a;
}

void record_prefix(struct record *r, const char *key, const struct prefix *p)
{
	add(r, key, FIELD_PREFIX)->prefix = *p;
}

void record_lladdr(struct record *r, const char *key, const struct lladdr *ll)
{
	add(r, key, FIELD_LLADDR)->ll = *ll;
}

void record_duration(struct record *r, const char *key, usec_t v)
{
	add(r, key, FIELD_DURATION)->u = v;
}

static void out_mem(struct out *o, const char *s, size_t n)
{
	if (o->len < o->cap) {
		size_t room = o->cap - o->len;

		memcpy(o->buf + o->len, s, n < room ? n : room);
	}
	o->len += n;
}

static void out_str(struct out *o, const char *s)
{
	out_mem(o, s, strlen(s));
}

__attribute__((format(printf, 2, 3)))
static void out_fmt(struct out *o, const char *fmt, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_str(o, text);
}

static size_t out_end(struct out *o)
{
	if (o->cap > 0)
		o->buf[o->len < o->cap ? o->len : o->cap - 1] = '\0';
	return o->len;
}

/* Octets of the UTF-8 sequence (RFC 3629) at `s', 0 when it is none. */
static unsigned utf8_len(const char *s)
{
	static const struct { uint8_t mask, lead; uint32_t least; } kind[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	const uint8_t *p = (const uint8_t *)s;

	for (unsigned n = 0; n < 4; n++) {
		uint32_t c = p[0] & (uint8_t)~kind[n].mask;

		if ((p[0] & kind[n].mask) != kind[n].lead)
			continue;
		for (unsigned i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		if (c < kind[n].least || c > 0x10ffff ||
		    (c >= 0xd800 && c <= 0xdfff))
			return 0;
		return n + 1;
	}
	return 0;
}

/* C0, DEL and C1 control characters: C1 is c2 80 .. c2 9f in UTF-8. */
static bool is_control(const char *s)
{
	uint8_t c = (uint8_t)s[0];

	return c < 0x20 || c == 0x7f ||
	       (c == 0xc2 && (uint8_t)s[1] < 0xa0);
}

static bool needs_quotes(const char *s)
{
	unsigned n;

	if (*s == '\0')
		return true;
	for (; *s; s += n) {
		n = utf8_len(s);
		if (n == 0 || is_control(s) || strchr(" \"=\\", *s))
			return true;
	}
	return false;
}

static void text_quoted(struct out *o, const char *s)
{
	unsigned n;

	out_str(o, "\"");
	for (; *s; s += n) {
		n = utf8_len(s);
		if (*s == '"' || *s == '\\') {
			out_fmt(o, "\\%c", *s);
		} else if (*s == '\n') {
			out_str(o, "\\n");
		} else if (*s == '\t') {
			out_str(o, "\\t");
		} else if (n == 0 || is_control(s)) {
			n = n ? n : 1;
			for (unsigned i = 0; i < n; i++)
				out_fmt(o, "\\%03o", (uint8_t)s[i]);
		} else {
			out_mem(o, s, n);
		}
	}
	out_str(o, "\"");
}

static void json_string(struct out *o, const char *s)
{
	unsigned n;

	out_str(o, "\"");
	for (; *s; s += n) {
		n = utf8_len(s);
		if (*s == '"' || *s == '\\')
			out_fmt(o, "\\%c", *s);
		else if (n == 0)
			out_str(o, "\\ufffd");
		else if (is_control(s))
			out_fmt(o, "\\u%04x", (uint8_t)s[n - 1]);
		else
			out_mem(o, s, n);
		n = n ? n : 1;
	}
	out_str(o, "\"");
}

/* 12500000 -> "12.5" */
static void out_seconds(struct out *o, usec_t v)
{
	char text[32];
	uint64_t s = v / USEC_PER_SEC, rest = v % USEC_PER_SEC;
	int n = snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, s,
			 rest);

	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	out_mem(o, text, (size_t)n);
}

static const char *field_words(const struct field *f, char *buf)
{
	switch (f->kind) {
	case FIELD_ADDR:
		return addr_print(&f->addr, buf);
	case FIELD_PREFIX:
		return prefix_print(&f->prefix, buf);
	case FIELD_LLADDR:
		return lladdr_print(&f->ll, buf);
	case FIELD_BOOL:
		return f->u ? "yes" : "no";
	case FIELD_STR:
		return f->s;
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_DURATION:
		break;
	}
	return "";
}

static void text_value(struct out *o, const struct field *f)
{
	char buf[PREFIX_STRLEN];

	switch (f->kind) {
	case FIELD_UINT:
		out_fmt(o, "%" PRIu64, f->u);
		return;
	case FIELD_INT:
		out_fmt(o, "%" PRId64, f->i);
		return;
	case FIELD_DURATION:
		if (f->u == USEC_NEVER) {
			out_str(o, "never");
			return;
		}
		out_seconds(o, f->u);
		out_str(o, "s");
		return;
	case FIELD_STR:
		if (needs_quotes(f->s)) {
			text_quoted(o, f->s);
			return;
		}
		break;
	case FIELD_BOOL:
	case FIELD_ADDR:
	case FIELD_PREFIX:
	case FIELD_LLADDR:
		break;
	}
	out_str(o, field_words(f, buf));
}

static void json_value(struct out *o, const struct field *f)
{
	char buf[PREFIX_STRLEN];

	switch (f->kind) {
	case FIELD_UINT:
		out_fmt(o, "%" PRIu64, f->u);
		return;
	case FIELD_INT:
		out_fmt(o, "%" PRId64, f->i);
		return;
	case FIELD_BOOL:
		out_str(o, f->u ? "true" : "false");
		return;
	case FIELD_DURATION:
		if (f->u == USEC_NEVER)
			out_str(o, "null");
		else
			out_seconds(o, f->u);
		return;
	case FIELD_LLADDR:
		if (f->ll.len == 0) {
			out_str(o, "null");
			return;
		}
		break;
	case FIELD_STR:
	case FIELD_ADDR:
	case FIELD_PREFIX:
		break;
	}
	json_string(o, field_words(f, buf));
}

size_t record_print_text(const struct record *r, char *buf, size_t cap)
{
	struct out o = { buf, cap, 0 };

	out_str(&o, r->type);
	for (unsigned i = 0; i < r->n; i++) {
		out_str(&o, " ");
		out_str(&o, r->f[i].key);
		out_str(&o, "=");
		text_value(&o, &r->f[i]);
	}
	return out_end(&o);
}

size_t record_print_json(const struct record *r, char *buf, size_t cap)
{
	struct out o = { buf, cap, 0 };

	out_str(&o, "{\"type\": ");
	json_string(&o, r->type);
	for (unsigned i = 0; i < r->n; i++) {
		out_str(&o, ", ");
		json_string(&o, r->f[i].key);
		out_str(&o, ": ");
		json_value(&o, &r->f[i]);
	}
	out_str(&o, "}");
	return out_end(&o);
}

/* One escape behind the backslash; *in is moved past it. */
static int unescape(const char **in, char *ret)
{
	const char *p = *in;
	unsigned v = 0;

	switch (*p) {
	case '"':
	case '\\':
		*ret = *p;
		break;
	case 'n':
		*ret = '\n';
		break;
	case 't':
		*ret = '\t';
		break;
	default:
		for (int i = 0; i < 3; i++, p++) {
			if (*p < '0' || *p > '7')
				return -EINVAL;
			v = v * 8 + (unsigned)(*p - '0');
		}
		if (v == 0 || v > 255)
			return -EINVAL;
		*ret = (char)v;
		*in = p;
		return 0;
	}
	*in = p + 1;
	return 0;
}

/* The quoted string at *at, unquoted in place; *at moves behind it. */
static int parse_quoted(char **at, const char **ret)
{
	const char *in = *at + 1;
	char *start = *at + 1, *o = start;
	int rc;

	while (*in != '"') {
		if (*in == '\0')
			return -EINVAL;
		if (*in != '\\') {
			*o++ = *in++;
			continue;
		}
		in++;
		rc = unescape(&in, o++);
		if (rc)
			return rc;
	}
	*at += in + 1 - *at;
	*o = '\0';
	*ret = start;
	return 0;
}

/* "key=value" at *at, up to a blank or the end, which becomes a NUL. */
static int parse_field(char **at, struct field *ret)
{
	char *p = *at + strcspn(*at, "= \"");
	int rc;

	if (*p != '=' || p == *at)
		return -EINVAL;
	*ret = (struct field){ .key = *at, .kind = FIELD_STR };
	*p++ = '\0';
	if (*p == '"') {
		rc = parse_quoted(&p, &ret->s);
		if (rc)
			return rc;
		if (*p != ' ' && *p != '\0')
			return -EINVAL;
	} else {
		ret->s = p;
		p += strcspn(p, " \"=");
		if (*p == '"' || *p == '=')
			return -EINVAL;
	}
	if (*p)
		*p++ = '\0';
	*at = p;
	return 0;
}

int record_parse_text(char *line, struct record *ret)
{
	struct record r;
	char *p = line + strcspn(line, " =\"");
	int rc;

	if (p == line || *p == '=' || *p == '"')
		return -EINVAL;
	record_init(&r, line);
	if (*p)
		*p++ = '\0';
	while (*p) {
		if (*p == ' ') {
			p++;
			continue;
		}
		if (r.n == RECORD_FIELDS)
			return -EINVAL;
		rc = parse_field(&p, &r.f[r.n]);
		if (rc)
			return rc;
		r.n++;
	}
	*ret = r;
	return 0;
}
