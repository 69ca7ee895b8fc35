/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.c - AddressPolicy { ... }, but for its rules (rule.c).
 *
 * The block's row is the configuration itself.  That the block is there at
 * all turns on-demand mobility on; what it does not say has the defaults of
 * conf_new, apart from Boot: whoever writes a policy says what exists before
 * it is asked for, and saying nothing means no more than the Default needs.
 */
#include "conf/parse.h"
#include "conf/schema.h"

/* `TYPE, ...' or `none'. */
bool
custom_types(struct parse *p, const struct stmt *s, uint8_t *ret)
{
	const struct arg *a = NULL;
	bool bad = !args_want(p, s);
	unsigned set = 0;
	int type;

	while (!bad && args_next(p, s, &a, &bad)) {
		bad = true;
		if (!schema_word(schema_types, a->text, &type))
			args_unknown(p, s, a, schema_types);
		else if (type == ATYPE_NONE && (set || a->next))
			parse_error(p, &a->at, "%s: `none' stands alone",
				    s->row->name);
		else if (set & ATYPE_BIT(type))
			parse_error(p, &a->at, "%s names %s twice",
				    s->row->name, a->text);
		else
			bad = false;
		if (!bad && type != ATYPE_NONE)
			set |= ATYPE_BIT(type);
	}
	if (!bad)
		*ret = (uint8_t)set;
	return !bad;
}

void
custom_boot(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;

	custom_types(p, s, &c->boot);
}

void
custom_permit(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;

	custom_types(p, s, &c->permit);
}

/* --- Linger TYPE SECONDS|never; Renew TYPE SECONDS|never; ------------ */

/* An earlier statement of the same name about the same type. */
static bool
said_before(struct parse *p, const struct stmt *s, const struct stmt *body)
{
	char where[240];

	for (; body && body != s; body = body->next) {
		if (strcmp(body->head->text, s->head->text) || !body->args ||
		    !body->args->next ||
		    strcmp(body->args->text, s->args->text))
			continue;
		parse_error(p, &s->head->at, "%s %s is given twice, first at "
			    "%s", s->row->name, s->args->text,
			    place_name(p, &s->head->at, &body->head->at,
				       where, sizeof(where)));
		return true;
	}
	return false;
}

/* Of a type, from `min' to a year, or `never'. */
static bool
read_time(struct parse *p, const struct stmt *s, uint64_t min, uint32_t never,
	  int *ret_type, uint32_t *ret)
{
	const struct arg *a = s->args, *time;
	uint64_t v;
	int type;

	if (!args_want(p, s) || !value_count(p, s, 2))
		return false;
	if (!schema_word(schema_types + 1, a->text, &type)) {
		args_unknown(p, s, a, schema_types + 1);
		return false;
	}
	time = a->next;
	if (time->kind == ARG_WORD && strcmp(time->text, "never") == 0)
		v = never;
	else if (time->kind == ARG_WORD) {
		static const struct keyword word[] = { { "never", 0 },
						       { NULL } };

		args_unknown(p, s, time, word);
		return false;
	} else if (!value_uint(p, s->row->name, time, min, 31536000, &v))
		return false;
	*ret_type = type;
	*ret = (uint32_t)v;
	return true;
}

void
custom_linger(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;
	uint32_t v;
	int type;

	if (read_time(p, s, 0, CONF_NEVER, &type, &v) &&
	    !said_before(p, s, p->policy))
		c->linger[type] = v;
}

void
custom_renew(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;
	uint32_t v;
	int type;

	if (!read_time(p, s, 1, 0, &type, &v) || said_before(p, s, p->policy))
		return;
	if (type == ATYPE_HOME && v)
		parse_error(p, &s->args->next->at, "Renew: the home-anchored "
			    "address is the one that HomeAddress says, it "
			    "stays");
	else
		c->renew[type] = v;
}

/* --- the block ------------------------------------------------------- */

void *
block_open_policy(struct parse *p, const struct stmt *s, void *parent)
{
	p->policy = s->body;
	if (!value_count(p, s, 0))
		return NULL;
	p->conf->on_demand = true;
	return p->conf;
}

void
block_close_policy(struct parse *p, const struct stmt *s, void *row)
{
	const struct stmt *type = tree_find(s->body, "Default");
	struct conf *c = row;

	if (!tree_find(s->body, "Boot"))
		c->boot = c->default_type ?
			  (uint8_t)ATYPE_BIT(c->default_type) : 0;
	if (type && type->good)
		custom_check_default(p, type, c->default_type, c->permit);
}

void
custom_check_default(struct parse *p, const struct stmt *s, uint8_t type,
		     uint8_t permit)
{
	if (type != ATYPE_NONE && !(permit & ATYPE_BIT(type)))
		parse_error(p, &s->args->at, "Default is %s, but Permit beside "
			    "it does not have that: sockets that ask for "
			    "nothing would all be refused", s->args->text);
}
