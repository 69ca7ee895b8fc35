/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * admission.c - who may register with a home agent.
 *
 *   BindingAclPolicy home[/length]|"identity" allow|deny|status;
 *   DefaultBindingAclPolicy allow|deny|status;
 *
 * UMIP had the first with an address, and behind it in parentheses the
 * networks of a mobile router.  There the second was `allow' where it was not
 * written; here a list that is there is one of all who may.
 */
#include "conf/parse.h"
#include "conf/schema.h"
#include "wire/mh.h"

#define STATUS_MIN	MH_ST_UNSPECIFIED
#define STATUS_MAX	255

static const struct keyword verdicts[] = {
	{ "allow", 0 }, { "deny", MH_ST_PROHIBITED },
	/* UMIP takes these, too */
	{ "enabled", 0 }, { "disabled", MH_ST_PROHIBITED },
	{ "true", 0 }, { "false", MH_ST_PROHIBITED }, { NULL }
};

/* The last argument: a word, or the status of a refusal. */
static bool
read_verdict(struct parse *p, const struct stmt *s, const struct arg *a,
	     uint8_t *ret)
{
	uint64_t status;
	int v;

	if (!a) {
		parse_error(p, &s->head->at, "%s wants: %s", s->row->name,
			    s->row->args);
		return false;
	}
	if (a->kind == ARG_NUMBER) {
		if (!value_uint(p, s->row->name, a, STATUS_MIN, STATUS_MAX,
				&status))
			return false;
		*ret = (uint8_t)status;
	} else if (schema_word(verdicts, a->text, &v)) {
		*ret = (uint8_t)v;
	} else {
		args_unknown(p, s, a, verdicts);
		return false;
	}
	if (a->next)
		parse_error(p, &a->next->at, "%s: `%.60s' is too much",
			    s->row->name, a->next->text);
	return !a->next;
}

/* A whole identity, or `@' and the realm of many. */
static bool
read_identity(struct parse *p, const struct arg *a, struct conf_acl *r)
{
	const char *text = a->text;

	if (!value_nai(p, &a->at, *text == '@' ? text + 1 : text))
		return false;
	r->nai = arena_strdup(&p->conf->arena, text);
	if (!r->nai)
		parse_nomem(p);
	return r->nai;
}

static bool
read_key(struct parse *p, const struct stmt *s, const struct arg *a,
	 struct conf_acl *r)
{
	if (a->kind == ARG_STRING)
		return read_identity(p, a, r);
	if (a->kind == ARG_PREFIX)
		return value_prefix(p, s->row->name, a, &r->hoa);
	r->hoa.len = 128;
	return value_host(p, s->row->name, a, &r->hoa.addr);
}

void
custom_acl(struct parse *p, const struct stmt *s, void *row)
{
	const struct arg *a = s->args;
	struct conf_acl *r, new = { 0 };

	if (!args_want(p, s) || !read_key(p, s, a, &new))
		return;
	a = a->next;
	if (a && a->kind == ARG_PUNCT) {
		parse_error(p, &a->at, "BindingAclPolicy: mobile routers (RFC "
			    "3963) are not offered by this version: leave out "
			    "their networks");
		return;
	}
	if (!read_verdict(p, s, a, &new.status))
		return;
	r = conf_add_acl(p->conf);
	if (r)
		*r = new;
	else
		parse_nomem(p);
}

void
custom_acl_default(struct parse *p, const struct stmt *s, void *row)
{
	uint8_t status;

	if (args_want(p, s) && read_verdict(p, s, s->args, &status))
		p->conf->acl_default = status;
}

static void
put_verdict(int status, FILE *f)
{
	if (status == 0)
		fputs("allow;\n", f);
	else if (status == MH_ST_PROHIBITED)
		fputs("deny;\n", f);
	else
		fprintf(f, "%d;\n", status);
}

void
print_acls(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	char text[PREFIX_STRLEN];

	for (unsigned k = 0; k < c->nacls; k++) {
		const struct conf_acl *r = &c->acl[k];

		fputs("BindingAclPolicy ", f);
		if (r->nai)
			put_string(r->nai, f);
		else if (r->hoa.len == 128)
			fputs(addr_print(&r->hoa.addr, text), f);
		else
			fputs(prefix_print(&r->hoa, text), f);
		fputc(' ', f);
		put_verdict(r->status, f);
	}
}

void
print_acl_default(const struct conf *c, const void *row, unsigned indent,
		  FILE *f)
{
	if (c->acl_default == CONF_ACL_UNSAID)
		return;
	fputs("DefaultBindingAclPolicy ", f);
	put_verdict(c->acl_default, f);
}
