/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.c - a configuration as text again.
 *
 * The tables lead: every statement of a block, with the value that is in
 * force, whether it was written or not.  Statements of roles that this node
 * does not have are left out.
 */
#include "conf/parse.h"
#include "conf/schema.h"

#include <inttypes.h>

static void
put_indent(unsigned n, FILE *f)
{
	while (n--)
		fputc('\t', f);
}

static void
put_addr(const struct in6_addr *a, FILE *f)
{
	char text[ADDR_STRLEN];

	fputs(addr_print(a, text), f);
}

static void
put_prefix(const struct prefix *p, FILE *f)
{
	char text[PREFIX_STRLEN];

	fputs(prefix_print(p, text), f);
}

/* --- statements that are more than one value ------------------------- */

void
print_roles(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const char *comma = "";

	if (!c->roles)
		return;
	fputs("NodeConfig ", f);
	for (const struct keyword *k = schema_roles; k->name; k++) {
		if (c->roles & (unsigned)k->value) {
			fprintf(f, "%s%s", comma, k->name);
			comma = ", ";
		}
	}
	fputs(";\n", f);
}

static void
put_replay(uint8_t replay, FILE *f)
{
	fprintf(f, " replay %s;\n", schema_word_name(schema_replay, replay));
}

void
print_key_tables(const struct conf *c, const void *row, unsigned indent,
		 FILE *f)
{
	for (unsigned i = 0; i < c->nkey_files; i++) {
		if (!c->key_file[i].table)
			continue;
		fputs("KeyTable ", f);
		put_string(c->key_file[i].path, f);
		put_replay(c->key_file[i].replay, f);
	}
}

void
print_rdnss(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_iface *i = row;

	if (!i->nrdnss)
		return;
	put_indent(indent, f);
	fputs("RDNSS", f);
	for (unsigned k = 0; k < i->nrdnss; k++) {
		fputc(' ', f);
		put_addr(&i->rdnss[k], f);
	}
	fputs(";\n", f);
}

void
print_dnssl(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_iface *i = row;

	if (!*i->dnssl)
		return;
	put_indent(indent, f);
	fputs("DNSSL \"", f);
	for (const char *s = i->dnssl; *s; s++) {
		if (*s == ' ')
			fputs("\" \"", f);
		else
			fputc(*s, f);
	}
	fputs("\";\n", f);
}

void
print_home_address(const struct conf *c, const void *row, unsigned indent,
		   FILE *f)
{
	const struct conf_home *h = row;

	put_indent(indent, f);
	fputs("HomeAddress ", f);
	put_addr(&h->hoa, f);
	fprintf(f, "/%u;\n", h->plen);
}

void
print_protect(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_peer *p = row;

	put_indent(indent, f);
	if (p->protect == CONF_PROTECT_NONE) {
		fputs("Protect none insecure;\n", f);
	} else if (p->protect == CONF_PROTECT_CGA) {
		fputs("Protect cga;\n", f);
	} else if (p->key_file && p->key_file <= c->nkey_files) {
		fprintf(f, "Protect shared-key spi %u file ", p->spi);
		put_string(c->key_file[p->key_file - 1].path, f);
		put_replay(p->replay, f);
	} else {
		fprintf(f, "# Protect shared-key spi %u, with a key from no "
			"file\n", p->spi);
	}
}

void
print_identity(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_peer *p = row;

	if (!p->nai)
		return;
	put_indent(indent, f);
	fputs("Identity ", f);
	put_string(p->nai, f);
	fputs(";\n", f);
}

void
print_labels(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	for (unsigned i = 0; i < c->nlabels; i++) {
		fputs("AddressLabel ", f);
		put_prefix(&c->label[i].prefix, f);
		fprintf(f, " %" PRIu32 ";\n", c->label[i].label);
	}
}

/* --- blocks: their rows and arguments -------------------------------- */

const void *
print_rows_iface(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->nifaces;
	return c->iface;
}

const void *
print_rows_prefix(const struct conf *c, const void *parent, unsigned *n)
{
	const struct conf_iface *i = parent;

	*n = i->nprefixes;
	return i->prefix;
}

const void *
print_rows_route(const struct conf *c, const void *parent, unsigned *n)
{
	const struct conf_iface *i = parent;

	*n = i->nroutes;
	return i->route;
}

const void *
print_rows_home_link(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->nhome_links;
	return c->home_link;
}

const void *
print_rows_home(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->nhomes;
	return c->home;
}

const void *
print_rows_peer(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->npeers;
	return c->peer;
}

bool
print_shown_link(const struct conf *c, const void *row)
{
	const struct conf_home_link *l = row;

	return *l->ifname && !l->anchor;
}

bool
print_shown_virtual(const struct conf *c, const void *row)
{
	return !*((const struct conf_home_link *)row)->ifname;
}

bool
print_shown_anchor(const struct conf *c, const void *row)
{
	return ((const struct conf_home_link *)row)->anchor;
}

/* The others are lines of a KeyTable. */
bool
print_shown_peer(const struct conf *c, const void *row)
{
	const struct conf_peer *p = row;

	return !p->key_file || p->key_file > c->nkey_files ||
	       !c->key_file[p->key_file - 1].table;
}

void
print_head_iface(const void *row, FILE *f)
{
	put_string(((const struct conf_iface *)row)->name, f);
}

void
print_head_prefix(const void *row, FILE *f)
{
	put_prefix(&((const struct conf_prefix *)row)->prefix, f);
}

void
print_head_route(const void *row, FILE *f)
{
	put_prefix(&((const struct conf_route *)row)->prefix, f);
}

void
print_head_link(const void *row, FILE *f)
{
	put_string(((const struct conf_home_link *)row)->ifname, f);
}

void
print_head_virtual(const void *row, FILE *f)
{
	put_string(((const struct conf_home_link *)row)->network, f);
}

bool
print_named_virtual(const void *row)
{
	return ((const struct conf_home_link *)row)->network;
}

void
print_head_home(const void *row, FILE *f)
{
	put_string(((const struct conf_home *)row)->ifname, f);
}

void
print_head_peer(const void *row, FILE *f)
{
	const struct conf_peer *p = row;

	if (p->addr.len == 128)
		put_addr(&p->addr.addr, f);
	else
		put_prefix(&p->addr, f);
}

/* --- the tables ------------------------------------------------------ */

static void
print_value(const struct statement *s, const void *row, unsigned indent,
	    FILE *f)
{
	const void *at = (const char *)row + s->offset;
	uint64_t v = schema_get(s, row);
	char text[32];

	if (s->type == V_ADDR && addr_is_unspec(at))
		return;
	put_indent(indent, f);
	fprintf(f, "%s ", s->name);
	switch (s->type) {
	case V_BOOL:
		fputs(schema_word_name(schema_bool, v != 0), f);
		break;
	case V_WORD:
		fputs(schema_word_name(s->words, (int)v), f);
		break;
	case V_UINT:
		fprintf(f, "%" PRIu64, v);
		break;
	case V_LIFETIME:
		if (v == UINT32_MAX)
			fputs("infinity", f);
		else
			fprintf(f, "%" PRIu64, v);
		break;
	case V_MSEC:
		schema_print_msec(v, text, sizeof(text));
		fputs(text, f);
		break;
	case V_ADDR:
		put_addr(at, f);
		break;
	case V_PREFIX:
		put_prefix(at, f);
		break;
	case V_CUSTOM:
	case V_BLOCK:
		break;
	}
	fputs(";\n", f);
}

static void print_body(const struct conf *, const struct block *,
		       const void *row, unsigned indent, FILE *);

static void
print_blocks(const struct conf *c, const struct block *b, const void *parent,
	     unsigned indent, FILE *f)
{
	unsigned n;
	const char *row = b->rows(c, parent, &n);

	for (; n--; row += b->size) {
		if (b->shown && !b->shown(c, row))
			continue;
		if (!indent)
			fputc('\n', f);
		put_indent(indent, f);
		fprintf(f, "%s ", b->name);
		if (b->head && (!b->named || b->named(row))) {
			b->head(row, f);
			fputc(' ', f);
		}
		fputs("{\n", f);
		print_body(c, b, row, indent + 1, f);
		put_indent(indent, f);
		fputs("}\n", f);
	}
}

static void
print_body(const struct conf *c, const struct block *b, const void *row,
	   unsigned indent, FILE *f)
{
	for (const struct statement *s = b->stmt; s->name; s++) {
		if (s->roles && !(s->roles & c->roles))
			continue;
		if (s->print)
			s->print(c, row, indent, f);
		else if (s->type == V_BLOCK && s->block->rows)
			print_blocks(c, s->block, row, indent, f);
		else if (s->type != V_BLOCK)
			print_value(s, row, indent, f);
	}
}

void
conf_print(const struct conf *c, FILE *f)
{
	print_body(c, &schema_top, c, 0, f);
}

/* --- what there is --------------------------------------------------- */

static void
describe(const struct block *b, unsigned indent, FILE *f)
{
	for (const struct statement *s = b->stmt; s->name; s++) {
		char values[200];

		schema_describe(s, values, sizeof(values));
		/* Blocks in a row that have the same body: once. */
		bool same = s->type == V_BLOCK && s > b->stmt &&
			    s[-1].block == s->block;

		put_indent(indent, f);
		fprintf(f, "%s%s%s%s\t# %s%s%s\n", s->name,
			s->args && *s->args ? " " : "",
			s->args ? s->args : "",
			same ? " { as above }" :
			s->type == V_BLOCK ? " {" : ";", s->help,
			*values ? "; " : "", values);
		if (s->type == V_BLOCK && !same) {
			describe(s->block, indent + 1, f);
			put_indent(indent, f);
			fputs("}\n", f);
		}
	}
}

void
conf_describe(FILE *f)
{
	describe(&schema_top, 0, f);
}
