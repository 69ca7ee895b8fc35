/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route_opt.c - statements about route optimization (RFC 6275 9, 11.6).
 *
 *   MnRoPolicy [type, ...] [peer[/length]] enabled insecure|disabled;
 *   CnBindingPolicy home[/length] [local[/length]] enabled|disabled;
 *
 * Rows in the order of the file; the first that fits decides.  In an MnHomeLink,
 * where UMIP had it, MnRoPolicy is about the home addresses of that block, and
 * comes before those outside; its rows are all in one table, with the block's
 * number.  The rows of UMIP's CnBindingPolicySet { ... }
 * come here as CnBindingPolicy (tree.c), with :: for any address.
 */
#include "conf/parse.h"
#include "conf/schema.h"

static const struct keyword types[] = {
	{ "home-anchored", ATYPE_HOME }, { "access-anchored", ATYPE_ACCESS },
	{ "graceful", ATYPE_GRACEFUL }, { NULL }
};

static bool
read_prefix(struct parse *p, const struct stmt *s, const struct arg *a,
	    struct prefix *ret)
{
	if (a->kind == ARG_PREFIX)
		return value_prefix(p, s->row->name, a, ret);
	ret->len = 128;
	return value_addr(p, s->row->name, a, &ret->addr);
}

static bool
read_switch(struct parse *p, const struct stmt *s, const struct arg *a,
	    bool *ret)
{
	int on;

	if (!a) {
		parse_error(p, &s->head->at, "%s wants: %s", s->row->name,
			    s->row->args);
		return false;
	}
	if (!schema_word(schema_bool, a->text, &on)) {
		args_unknown(p, s, a, schema_bool);
		return false;
	}
	*ret = on;
	return true;
}

static bool
read_end(struct parse *p, const struct stmt *s, const struct arg *a)
{
	if (a)
		parse_error(p, &a->at, "%s: `%.60s' is too much",
			    s->row->name, a->text);
	return !a;
}

/* Optimization is without protection where the Home Test crosses the access
 * link in clear: the word says that somebody knows. */
static bool
read_insecure(struct parse *p, const struct stmt *s, const struct arg *a)
{
	if (!a || a->kind != ARG_WORD || strcmp(a->text, "insecure")) {
		parse_error(p, a ? &a->at : &s->head->at,
			    "MnRoPolicy: without ESP the Home Test crosses "
			    "the access link in clear, see SECURITY.md; if "
			    "that is acceptable: enabled insecure");
		return false;
	}
	return read_end(p, s, a->next);
}

/* From `a' on, which may be NULL: [PEER] enabled insecure|disabled. */
static void
read_ro_policy(struct parse *p, const struct stmt *s, const struct arg *a,
	       struct conf_ro_policy *new)
{
	struct conf_ro_policy *r;

	if (a && a->kind != ARG_WORD) {
		if (!read_prefix(p, s, a, &new->peer))
			return;
		a = a->next;
	}
	if (!read_switch(p, s, a, &new->on) ||
	    !(new->on ? read_insecure(p, s, a->next) : read_end(p, s, a->next)))
		return;
	r = conf_add_ro_policy(p->conf);
	if (r)
		*r = *new;
	else
		parse_nomem(p);
}

void
custom_ro_policy(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_ro_policy new = { 0 };
	const struct arg *a = NULL;
	bool bad = !args_want(p, s), more;
	int type;

	more = !bad && args_next(p, s, &a, &bad);
	while (more && schema_word(types, a->text, &type)) {
		new.types |= (uint8_t)ATYPE_BIT(type);
		more = args_next(p, s, &a, &bad);
	}
	if (!bad)
		read_ro_policy(p, s, more ? a : NULL, &new);
}

void
custom_home_ro(struct parse *p, const struct stmt *s, void *row)
{
	const struct conf_home *h = row;
	struct conf_ro_policy new = { .set = h->ro_set };
	const struct arg *a = s->args;
	int type;

	if (!args_want(p, s))
		return;
	if (a->kind == ARG_WORD && schema_word(types, a->text, &type)) {
		parse_error(p, &a->at, "MnRoPolicy: in an MnHomeLink it is "
			    "about home addresses; what it says of `%.60s' "
			    "stands outside", a->text);
		return;
	}
	read_ro_policy(p, s, a, &new);
}

/* UMIP's way to say NodeConfig CN beside another role. */
void
custom_ro_cn(struct parse *p, const struct stmt *s, void *row)
{
	const struct arg *a = s->args;

	if (!read_switch(p, s, a, &p->conf->cn_also) ||
	    !read_end(p, s, a->next))
		return;
	if (p->conf->cn_also && p->conf->roles)
		p->conf->roles |= CONF_CN;
}

/* NodeConfig says it. */
void
print_ro_cn(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
}

static bool
read_any_prefix(struct parse *p, const struct stmt *s, const struct arg *a,
		struct prefix *ret)
{
	if (!read_prefix(p, s, a, ret))
		return false;
	if (addr_is_unspec(&ret->addr))
		ret->len = 0;
	return true;
}

void
custom_cn_policy(struct parse *p, const struct stmt *s, void *row)
{
	const struct arg *a = s->args;
	struct conf_cn_policy *r, new = { 0 };

	if (!args_want(p, s) || !read_any_prefix(p, s, a, &new.hoa))
		return;
	a = a->next;
	if (a && a->kind != ARG_WORD) {
		if (!read_any_prefix(p, s, a, &new.local))
			return;
		a = a->next;
	}
	if (!read_switch(p, s, a, &new.on) || !read_end(p, s, a->next))
		return;
	r = conf_add_cn_policy(p->conf);
	if (r)
		*r = new;
	else
		parse_nomem(p);
}

/* --- printing ------------------------------------------------------------ */

static void
put_some(const struct prefix *p, FILE *f)
{
	char buf[PREFIX_STRLEN];

	if (p->len == 128)
		fprintf(f, "%s ", addr_print(&p->addr, buf));
	else
		fprintf(f, "%s ", prefix_print(p, buf));
}

static void
put_ro_policies(const struct conf *c, uint32_t set, const char *before,
		FILE *f)
{
	for (unsigned k = 0; k < c->nro_policies; k++) {
		const struct conf_ro_policy *r = &c->ro_policy[k];
		const char *comma = "";

		if (r->set != set)
			continue;
		fprintf(f, "%sMnRoPolicy ", before);
		for (const struct keyword *t = types; t->name; t++) {
			if (!(r->types & ATYPE_BIT(t->value)))
				continue;
			fprintf(f, "%s%s", comma, t->name);
			comma = ", ";
		}
		if (*comma)
			fputc(' ', f);
		if (r->peer.len)
			put_some(&r->peer, f);
		fputs(r->on ? "enabled insecure;\n" : "disabled;\n", f);
	}
}

void
print_ro_policies(const struct conf *c, const void *row, unsigned indent,
		  FILE *f)
{
	put_ro_policies(c, 0, "", f);
}

void
print_home_ro(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_home *h = row;

	put_ro_policies(c, h->ro_set, "\t", f);
}

void
print_cn_policies(const struct conf *c, const void *row, unsigned indent,
		  FILE *f)
{
	for (unsigned k = 0; k < c->ncn_policies; k++) {
		const struct conf_cn_policy *r = &c->cn_policy[k];

		fputs("CnBindingPolicy ", f);
		put_some(&r->hoa, f);
		if (r->local.len)
			put_some(&r->local, f);
		fputs(r->on ? "enabled;\n" : "disabled;\n", f);
	}
}
