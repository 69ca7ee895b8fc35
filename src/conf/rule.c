/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.c - the rules of AddressPolicy.
 *
 * A rule is a block that begins with one of its conditions; the others, and
 * what follows from them, are statements in it:
 *
 *	Program "/usr/bin/curl" { Port 443; Permit access-anchored; }
 *
 * The function that reads a condition is the same in both places.  Nothing
 * is looked up here: whether there is such a program or user is asked on the
 * machine that runs (src/sys/identity.c), and may change while it does.
 */
#include "conf/parse.h"
#include "conf/schema.h"

#include <ctype.h>
#include <inttypes.h>

#define PATH_MOST	1023		/* octets of a path */
#define NAME_MOST	255

const char *
conf_protocol_name(uint8_t protocol)
{
	for (const struct keyword *k = schema_protocols; k->name; k++) {
		if (k->value == protocol)
			return k->name;
	}
	return NULL;
}

bool
conf_protocol_parse(const char *word, uint8_t *ret)
{
	int v;

	if (!schema_word(schema_protocols, word, &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

/* The block is for one, and a statement in it names another. */
static bool
is_taken(struct parse *p, const struct stmt *s, bool taken)
{
	if (taken)
		parse_error(p, &s->head->at, "this rule has a %s already; all "
			    "of a rule's conditions must hold",
			    s->row->name);
	return taken;
}

static const char *
keep(struct parse *p, const char *text)
{
	const char *copy = arena_strdup(&p->conf->arena, text);

	if (!copy)
		parse_nomem(p);
	return copy;
}

/* --- Program "/path"; Cgroup "/path"; -------------------------------- */

void
rule_program(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	const char *path;

	if (!value_count(p, s, 1) ||
	    !value_string(p, "Program", s->args, PATH_MOST, &path))
		return;
	if (path[0] != '/')
		parse_error(p, &s->args->at, "Program wants the whole path, as "
			    "in \"/usr/bin/ssh\", not \"%.60s\"", path);
	else if (path[strlen(path) - 1] == '/')
		parse_error(p, &s->args->at, "Program: \"%.60s\" is a "
			    "directory", path);
	else if (!is_taken(p, s, r->program))
		r->program = keep(p, path);
}

/* "/" or "/a/b": nothing that would lead elsewhere or could be written in
 * two ways. */
static bool
is_cgroup(const char *path)
{
	if (strcmp(path, "/") == 0)
		return true;
	while (*path == '/') {
		size_t n = strcspn(++path, "/");

		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && strncmp(path, "..", 2) == 0))
			return false;
		path += n;
		if (!*path)
			return true;
	}
	return false;
}

void
rule_cgroup(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	const char *path;

	if (!value_count(p, s, 1) ||
	    !value_string(p, "Cgroup", s->args, PATH_MOST, &path))
		return;
	if (!is_cgroup(path))
		parse_error(p, &s->args->at, "Cgroup wants a path as "
			    "/proc/PID/cgroup has it, as in "
			    "\"/system.slice/x.service\", not \"%.60s\"",
			    path);
	else if (!is_taken(p, s, r->cgroup))
		r->cgroup = keep(p, path);
}

/* --- User name|number; Group name|number; ---------------------------- */

static bool
is_digits(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

static bool
is_name(const char *s)
{
	size_t n = strlen(s);

	return n && n <= NAME_MOST && s[0] != '-' && strcspn(s, ":/ ,") == n;
}

/* NULL after an error. */
static const char *
read_name(struct parse *p, const struct stmt *s)
{
	const struct arg *a = s->args;
	char number[24];
	uint64_t v;

	if (!value_count(p, s, 1))
		return NULL;
	if (a->kind == ARG_NUMBER) {
		/* (uint32_t)-1 is nobody's, setuid(2) */
		if (!value_uint(p, s->row->name, a, 0, UINT32_MAX - 1, &v))
			return NULL;
		snprintf(number, sizeof(number), "%" PRIu64, v);
		return keep(p, number);
	}
	if (a->kind == ARG_STRING && is_digits(a->text)) {
		parse_error(p, &a->at, "%s: a number stands without quotes",
			    s->row->name);
		return NULL;
	}
	if ((a->kind != ARG_WORD && a->kind != ARG_STRING) ||
	    !is_name(a->text)) {
		parse_error(p, &a->at, "%s wants a name (an unusual one in "
			    "double quotes) or a number, not `%.60s'",
			    s->row->name, a->text);
		return NULL;
	}
	return keep(p, a->text);
}

void
rule_user(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	const char *name = read_name(p, s);

	if (name && !is_taken(p, s, r->user))
		r->user = name;
}

void
rule_group(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	const char *name = read_name(p, s);

	if (name && !is_taken(p, s, r->group))
		r->group = name;
}

/* --- Protocol, Destination, Port ------------------------------------- */

void
rule_protocol(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	uint64_t v = 0;
	int word;

	if (!value_count(p, s, 1))
		return;
	if (s->args->kind == ARG_NUMBER) {
		if (!value_uint(p, "Protocol", s->args, 1, 255, &v))
			return;
	} else if (schema_word(schema_protocols, s->args->text, &word)) {
		v = (uint64_t)word;
	} else {
		args_unknown(p, s, s->args, schema_protocols);
		return;
	}
	if (!is_taken(p, s, r->protocol))
		r->protocol = (uint8_t)v;
}

void
rule_destination(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	struct prefix dst;

	if (!value_count(p, s, 1))
		return;
	if (s->args->kind == ARG_PREFIX) {
		if (!value_prefix(p, "Destination", s->args, &dst))
			return;
	} else {
		if (!value_addr(p, "Destination", s->args, &dst.addr))
			return;
		dst.len = 128;
	}
	if (is_taken(p, s, r->has_dst))
		return;
	r->has_dst = true;
	r->dst = dst;
}

/* One end of a range.  A number that is too long is too large. */
static uint64_t
read_port(const char *s)
{
	uint64_t v = 0;

	for (; isdigit((unsigned char)*s) && v < 1000000; s++)
		v = v * 10 + (uint64_t)(*s - '0');
	return v;
}

/* `lo-hi', which the scanner hands over in one piece. */
static bool
is_range(const char *s)
{
	size_t n = strspn(s, "0123456789"), m;

	if (!n || s[n] != '-')
		return false;
	m = strspn(s + n + 1, "0123456789");
	return m && !s[n + 1 + m];
}

void
rule_port(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	const struct arg *a = s->args;
	uint64_t lo, hi;

	if (!value_count(p, s, 1))
		return;
	if (a->kind == ARG_NUMBER) {
		if (!value_uint(p, "Port", a, 1, 65535, &lo))
			return;
		hi = lo;
	} else if (is_range(a->text)) {
		lo = read_port(a->text);
		hi = read_port(strchr(a->text, '-') + 1);
	} else {
		parse_error(p, &a->at, "Port wants a number or a range, as in "
			    "22 or 6000-6010, not `%.60s'", a->text);
		return;
	}
	if (lo < 1 || lo > 65535 || hi < 1 || hi > 65535) {
		parse_error(p, &a->at, "Port: %.60s is out of range, 1 to "
			    "65535", a->text);
	} else if (lo > hi) {
		parse_error(p, &a->at, "Port: %s runs backwards; %u-%u would "
			    "be right", a->text, (unsigned)hi, (unsigned)lo);
	} else if (!is_taken(p, s, r->has_port)) {
		r->has_port = true;
		r->port_lo = (uint16_t)lo;
		r->port_hi = (uint16_t)hi;
	}
}

/* --- Default type|none; Permit type, ...|none; Block ipv4; ----------- */

void
rule_default(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;
	int type;

	if (!value_count(p, s, 1))
		return;
	if (!schema_word(schema_types, s->args->text, &type)) {
		args_unknown(p, s, s->args, schema_types);
		return;
	}
	r->has_default = true;
	r->default_type = (uint8_t)type;
}

void
rule_permit(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_rule *r = row;

	r->has_permit = custom_types(p, s, &r->permit);
}

void
rule_block(struct parse *p, const struct stmt *s, void *row)
{
	static const struct keyword what[] = { { "ipv4", 4 }, { NULL } };
	struct conf_rule *r = row;
	int v;

	if (!value_count(p, s, 1))
		return;
	if (!schema_word(what, s->args->text, &v))
		args_unknown(p, s, s->args, what);
	else
		r->block_ipv4 = true;
}

/* --- the block ------------------------------------------------------- */

void *
block_open_rule(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf *c = p->conf;
	struct conf_rule *r;

	/* said once, for the first that is too much */
	if (c->nrules == CONF_RULES)
		parse_error(p, &s->head->at, "AddressPolicy has more than %u "
			    "rules", CONF_RULES);
	r = conf_add_rule(c);
	if (!r) {
		parse_nomem(p);
		return NULL;
	}
	r->line = s->head->at.line;
	if (s->head->at.file)
		r->file = keep(p, p->source[s->head->at.file].name);
	schema_find(&schema_rule, s->row->name)->apply(p, s, r);
	return r;
}

void
block_close_rule(struct parse *p, const struct stmt *s, void *row)
{
	const struct stmt *type = tree_find(s->body, "Default");
	const struct conf_rule *r = row;

	if (s->has_body && !type && !tree_find(s->body, "Permit") &&
	    !tree_find(s->body, "Block"))
		parse_error(p, &s->head->at, "this rule decides nothing: it "
			    "has neither Default, Permit nor Block");
	if (r->has_default && r->has_permit)
		custom_check_default(p, type, r->default_type, r->permit);
}
