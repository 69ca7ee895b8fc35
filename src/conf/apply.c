/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.c - from the tree of statements to struct conf, by the schema.
 *
 * A block is gone through twice: first its plain statements, then the blocks
 * in it, which may lean on them (a route's lifetime on its interface's
 * MaxRtrAdvInterval, everything on NodeConfig).  An error costs its own
 * statement only: all others are still looked at.  A block whose arguments
 * are wrong gets a row that belongs to nobody, so that its body is.
 */
#include "conf/parse.h"
#include "conf/schema.h"

#include <stdio.h>

const char *
place_name(const struct parse *p, const struct place *from,
	   const struct place *at, char *buf, size_t cap)
{
	if (at->file == from->file)
		snprintf(buf, cap, "line %u", at->line);
	else
		snprintf(buf, cap, "%.200s:%u", p->source[at->file].name,
			 at->line);
	return buf;
}

/* Say what is near to a word that was not understood. */
static void
wrong_word(struct parse *p, const struct statement *r, const struct arg *a)
{
	struct suggest near;
	char range[96];

	suggest_init(&near, a->text);
	for (const struct keyword *k = r->words ? r->words : schema_bool;
	     k->name; k++)
		suggest_try(&near, k->name);
	schema_range(r, range, sizeof(range));
	if (near.best)
		parse_error(p, &a->at, "%s: `%.60s' is unknown, did you mean "
			    "`%s'?", r->name, a->text, near.best);
	else
		parse_error(p, &a->at, "%s wants %s, not `%.60s'", r->name,
			    range, a->text);
}

static bool
read_word(struct parse *p, const struct statement *r, const struct arg *a,
	  uint64_t *ret)
{
	int v;

	if (!schema_word(r->words ? r->words : schema_bool, a->text, &v)) {
		wrong_word(p, r, a);
		return false;
	}
	*ret = (uint64_t)v;
	return true;
}

static bool
read_lifetime(struct parse *p, const struct statement *r, const struct arg *a,
	      uint64_t *ret)
{
	if (a->kind == ARG_WORD && strcmp(a->text, "infinity") == 0) {
		*ret = UINT32_MAX;
		return true;
	}
	return value_uint(p, r->name, a, r->min, r->max, ret);
}

static void
apply_addr(struct parse *p, const struct statement *r, const struct arg *a,
	   void *row)
{
	struct in6_addr addr;

	if (r->flags & STMT_FIND && a->kind == ARG_ADDR &&
	    !addr_parse(a->text, &addr) && addr_is_unspec(&addr))
		memcpy((char *)row + r->offset, &addr, sizeof(addr));
	else if (value_host(p, r->name, a, &addr))
		memcpy((char *)row + r->offset, &addr, sizeof(addr));
}

static void
apply_prefix(struct parse *p, const struct statement *r, const struct arg *a,
	     void *row)
{
	struct prefix prefix;

	if (!value_prefix(p, r->name, a, &prefix))
		return;
	/* The only prefixes of this type are those of home links. */
	if (!addr_is_routable(&prefix.addr) || !prefix.len || prefix.len > 126)
		parse_error(p, &a->at, "%s: %.60s has no room for home "
			    "addresses", r->name, a->text);
	else
		memcpy((char *)row + r->offset, &prefix, sizeof(prefix));
}

static void
apply_value(struct parse *p, const struct statement *r, struct stmt *s,
	    void *row)
{
	uint64_t v = 0;

	if (s->has_body) {
		parse_error(p, &s->head->at, "%s has no block", r->name);
		return;
	}
	if (r->type == V_CUSTOM) {
		r->apply(p, s, row);
		return;
	}
	if (!value_count(p, s, 1))
		return;
	switch (r->type) {
	case V_BOOL:
	case V_WORD:
		s->good = read_word(p, r, s->args, &v);
		break;
	case V_UINT:
		s->good = value_uint(p, r->name, s->args, r->min, r->max, &v);
		break;
	case V_LIFETIME:
		s->good = read_lifetime(p, r, s->args, &v);
		break;
	case V_MSEC:
		s->good = value_msec(p, r->name, s->args, r->min, r->max, &v);
		break;
	case V_ADDR:
		apply_addr(p, r, s->args, row);
		break;
	case V_PREFIX:
		apply_prefix(p, r, s->args, row);
		break;
	case V_CUSTOM:
	case V_BLOCK:
		break;
	}
	if (s->good)
		schema_set(r, row, v);
}

/* A statement that stands where it has no meaning: which blocks have it? */
static bool
misplaced(struct parse *p, const struct stmt *s)
{
	const char *name = s->head->text;
	char where[200];
	size_t n = 0;

	where[0] = '\0';
	for (unsigned i = 0; schema_blocks[i]; i++) {
		const struct block *b = schema_blocks[i];

		if (!schema_find(b, name) || n >= sizeof(where))
			continue;
		n += (size_t)snprintf(where + n, sizeof(where) - n, "%s%s%s",
				      n ? " or " : "",
				      *b->name ? "in " : "outside all blocks",
				      b->name);
	}
	if (n)
		parse_error(p, &s->head->at, "%s does not stand here, but %s",
			    name, where);
	return n > 0;
}

static void
unknown(struct parse *p, const struct block *b, const struct stmt *s)
{
	struct suggest near;

	if (umip_statement(p, s) || misplaced(p, s))
		return;
	suggest_init(&near, s->head->text);
	for (const struct statement *r = b->stmt; r->name; r++)
		suggest_try(&near, r->name);
	if (!near.best) {
		for (unsigned i = 0; schema_blocks[i]; i++)
			for (const struct statement *r =
			     schema_blocks[i]->stmt; r->name; r++)
				suggest_try(&near, r->name);
	}
	if (near.best)
		parse_error(p, &s->head->at, "unknown statement `%.60s', did "
			    "you mean `%s'?", s->head->text, near.best);
	else
		parse_error(p, &s->head->at, "unknown statement `%.60s'",
			    s->head->text);
}

static void
check_role(struct parse *p, const struct stmt *s)
{
	unsigned roles = p->conf->roles;
	char wanted[40];

	/* Without any role that is the error. */
	if (!s->row->roles || !roles || (s->row->roles & roles))
		return;
	schema_print_roles(s->row->roles, wanted, sizeof(wanted));
	parse_error(p, &s->head->at, "%s is for NodeConfig %s", s->row->name,
		    wanted);
}

static void apply_block(struct parse *, const struct block *,
			const struct stmt *owner, struct stmt *body, void *);

static void
apply_sub(struct parse *p, const struct stmt *s, void *parent)
{
	const struct block *b = s->row->block;
	void *row = b->open(p, s, parent), *scratch = NULL;

	if (!s->has_body && !b->short_form)
		parse_error(p, &s->head->at, "%s wants a block, { ... }",
			    s->row->name);
	if (!row) {
		scratch = arena_alloc(&p->arena, b->size);
		if (!scratch) {
			parse_nomem(p);
			return;
		}
	}
	if (s->has_body || b->short_form)
		apply_block(p, b, s, s->body, row ? row : scratch);
	if (row && b->close)
		b->close(p, s, row);
}

static void
check_required(struct parse *p, const struct block *b,
	       const struct stmt *owner, const struct stmt *const *first)
{
	const struct place whole = { 0 };

	for (unsigned i = 0; b->stmt[i].name; i++) {
		const struct statement *r = &b->stmt[i];

		if (!(r->flags & STMT_REQUIRED) || first[i])
			continue;
		if (owner)
			parse_error(p, &owner->head->at, "%s lacks %s: %s",
				    b->name, r->name, r->help);
		else
			parse_error(p, &whole, "%s is missing: %s", r->name,
				    r->help);
	}
}

static void
apply_block(struct parse *p, const struct block *b, const struct stmt *owner,
	    struct stmt *body, void *row)
{
	const struct stmt *first[SCHEMA_STMTS] = { NULL };

	for (struct stmt *s = body; s; s = s->next) {
		const struct statement *r = schema_find(b, s->head->text);
		const struct stmt **f = r ? &first[r - b->stmt] : NULL;
		char where[240];

		if (!r) {
			unknown(p, b, s);
		} else if (*f && !(r->flags & STMT_MANY)) {
			parse_error(p, &s->head->at,
				    "%s is given twice, first at %s", r->name,
				    place_name(p, &s->head->at,
					       &(*f)->head->at, where,
					       sizeof(where)));
		} else {
			*f = *f ? *f : s;
			s->row = r;
			if (r->type != V_BLOCK)
				apply_value(p, r, s, row);
		}
	}
	check_required(p, b, owner, first);
	for (const struct stmt *s = body; s; s = s->next) {
		if (!s->row)
			continue;
		check_role(p, s);
		if (s->row->type == V_BLOCK)
			apply_sub(p, s, row);
	}
}

void
apply_file(struct parse *p, struct stmt *list)
{
	apply_block(p, &schema_top, NULL, list, p->conf);
}
