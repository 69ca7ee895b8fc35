/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_policy.c - AddressPolicy as text again.
 *
 * Rules are printed in their order, whatever they begin with: the first
 * condition in the order of the tables becomes the block's head, so that a
 * rule has one printed form however it was written.
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

const void *
print_rows_policy(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->on_demand;
	return c;
}

static void
put_types(uint8_t set, FILE *f)
{
	const char *comma = "";

	for (const struct keyword *k = schema_types + 1; k->name; k++) {
		if (set & ATYPE_BIT(k->value)) {
			fprintf(f, "%s%s", comma, k->name);
			comma = ", ";
		}
	}
	if (!*comma)
		fputs("none", f);
}

void
print_boot(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	put_indent(indent, f);
	fputs("Boot ", f);
	put_types(c->boot, f);
	fputs(";\n", f);
}

void
print_permit(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	put_indent(indent, f);
	fputs("Permit ", f);
	put_types(c->permit, f);
	fputs(";\n", f);
}

static void
put_times(const char *name, const uint32_t *v, uint32_t never,
	  unsigned indent, FILE *f)
{
	for (const struct keyword *k = schema_types + 1; k->name; k++) {
		put_indent(indent, f);
		fprintf(f, "%s %s ", name, k->name);
		if (v[k->value] == never)
			fputs("never;\n", f);
		else
			fprintf(f, "%" PRIu32 ";\n", v[k->value]);
	}
}

void
print_linger(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	put_times("Linger", c->linger, CONF_NEVER, indent, f);
}

void
print_renew(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	put_times("Renew", c->renew, 0, indent, f);
}

/* --- rules ----------------------------------------------------------- */

/* A rule on its way out: its head first, then what is in the block. */
struct printer {
	FILE		*f;
	const char	*before, *behind;	/* of a statement */
	bool		head;			/* has been written */
};

static void
begin(struct printer *p, const char *name)
{
	if (p->head)
		fputs(p->before, p->f);
	fprintf(p->f, "%s ", name);
}

static void
end(struct printer *p)
{
	if (p->head)
		fprintf(p->f, ";%s", p->behind);
	else
		fprintf(p->f, " {%s", p->behind);
	p->head = true;
}

static void
put_text(struct printer *p, const char *name, const char *text)
{
	if (!text)
		return;
	begin(p, name);
	put_string(text, p->f);
	end(p);
}

/* A number is no string. */
static void
put_name(struct printer *p, const char *name, const char *text)
{
	if (!text || text[strspn(text, "0123456789")]) {
		put_text(p, name, text);
		return;
	}
	begin(p, name);
	fputs(text, p->f);
	end(p);
}

static void
put_protocol(struct printer *p, uint8_t protocol)
{
	const char *name = conf_protocol_name(protocol);

	if (!protocol)
		return;
	begin(p, "Protocol");
	if (name)
		fputs(name, p->f);
	else
		fprintf(p->f, "%u", protocol);
	end(p);
}

static void
put_destination(struct printer *p, const struct prefix *dst)
{
	char text[PREFIX_STRLEN];

	begin(p, "Destination");
	fputs(dst->len == 128 ? addr_print(&dst->addr, text) :
				prefix_print(dst, text), p->f);
	end(p);
}

static void
put_port(struct printer *p, unsigned lo, unsigned hi)
{
	begin(p, "Port");
	fprintf(p->f, "%u", lo);
	if (hi != lo)
		fprintf(p->f, "-%u", hi);
	end(p);
}

static void
put_rule(const struct conf_rule *r, struct printer *p)
{
	put_text(p, "Program", r->program);
	put_name(p, "User", r->user);
	put_name(p, "Group", r->group);
	put_text(p, "Cgroup", r->cgroup);
	put_protocol(p, r->protocol);
	if (r->has_dst)
		put_destination(p, &r->dst);
	if (r->has_port)
		put_port(p, r->port_lo, r->port_hi);
	if (r->has_default) {
		begin(p, "Default");
		fputs(atype_name(r->default_type), p->f);
		end(p);
	}
	if (r->has_permit) {
		begin(p, "Permit");
		put_types(r->permit, p->f);
		end(p);
	}
	if (r->block_ipv4) {
		begin(p, "Block");
		fputs("ipv4", p->f);
		end(p);
	}
}

void
print_rules(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	static const char tabs[] = "\t\t\t\t";

	for (unsigned i = 0; i < c->nrules; i++) {
		struct printer p = {
			.f = f, .behind = "\n",
			.before = tabs + sizeof(tabs) - 1 - (indent + 1),
		};

		put_indent(indent, f);
		put_rule(&c->rule[i], &p);
		put_indent(indent, f);
		fputs("}\n", f);
	}
}

void
conf_print_rule(const struct conf_rule *r, FILE *f)
{
	struct printer p = { .f = f, .before = "", .behind = " " };

	put_rule(r, &p);
	fputc('}', f);
}
