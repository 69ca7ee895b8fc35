/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * custom.c - statements that are more than one value.
 *
 * The arguments are read from left to right; the first one that is wrong is
 * reported, and the statement then changes nothing.
 */
#include "conf/parse.h"
#include "conf/schema.h"

static bool
is_word(const struct arg *a, const char *word)
{
	return a && a->kind == ARG_WORD && strcmp(a->text, word) == 0;
}

static bool
is_comma(const struct arg *a)
{
	return a && a->kind == ARG_PUNCT && a->text[0] == ',';
}

bool
args_next(struct parse *p, const struct stmt *s, const struct arg **at,
	  bool *bad)
{
	const struct arg *a = *at ? (*at)->next : s->args;

	if (*at && is_comma(a)) {
		const struct arg *comma = a;

		a = a->next;
		if (!a) {
			parse_error(p, &comma->at, "nothing follows the comma");
			*bad = true;
		}
	}
	if (a && a->kind == ARG_PUNCT) {
		parse_error(p, &a->at, "`%s' is not expected here", a->text);
		*bad = true;
		a = NULL;
	}
	*at = a;
	return a != NULL;
}

bool
args_want(struct parse *p, const struct stmt *s)
{
	if (s->args)
		return true;
	parse_error(p, &s->head->at, "%s wants: %s", s->row->name,
		    s->row->args);
	return false;
}

void
args_unknown(struct parse *p, const struct stmt *s, const struct arg *a,
	     const struct keyword *words)
{
	struct suggest near;

	suggest_init(&near, a->text);
	for (; words->name; words++)
		suggest_try(&near, words->name);
	if (near.best)
		parse_error(p, &a->at, "%s: `%.60s' is unknown, did you mean "
			    "`%s'?", s->row->name, a->text, near.best);
	else
		parse_error(p, &a->at, "%s: `%.60s' is unknown; it wants: %s",
			    s->row->name, a->text, s->row->args);
}

/* --- NodeConfig role, ...; ------------------------------------------- */

void
custom_roles(struct parse *p, const struct stmt *s, void *row)
{
	const struct arg *a = NULL;
	unsigned roles = 0;
	bool bad = !args_want(p, s);
	int role;

	while (!bad && args_next(p, s, &a, &bad)) {
		if (!schema_word(schema_roles, a->text, &role)) {
			args_unknown(p, s, a, schema_roles);
			bad = true;
		} else if (roles & (unsigned)role) {
			parse_error(p, &a->at, "NodeConfig names %s twice",
				    a->text);
			bad = true;
		}
		if (!bad)
			roles |= (unsigned)role;
	}
	if (bad)
		return;
	/* An anchor that is a home agent as well is another matter (RFC 6612),
	 * and whoever is both ends needs no tunnel. */
	if ((roles & (CONF_LMA | CONF_MAG)) && (roles & (roles - 1)))
		parse_error(p, &s->args->at, "NodeConfig: %s stands alone in "
			    "this version", roles & CONF_LMA ?
			    "a local mobility anchor (LMA)" :
			    "a mobile access gateway (MAG)");
	/* A home agent or access router stays where it is. */
	else if ((roles & CONF_MN) && (roles & (CONF_HA | CONF_AR)))
		parse_error(p, &s->args->at, "NodeConfig: a mobile node (MN) "
			    "cannot be %s as well",
			    roles & CONF_HA ? "a home agent (HA)" :
					      "an access router (AR)");
	else
		p->conf->roles = roles | (p->conf->cn_also ? CONF_CN : 0);
}

/* --- [replay sequence|timestamp] ------------------------------------- */

/* From `a' to the end of the statement. */
static bool
read_replay(struct parse *p, const struct stmt *s, const struct arg *a,
	    uint8_t *ret)
{
	static const struct keyword word[] = { { "replay", 0 }, { NULL } };
	int replay = CONF_REPLAY_SEQUENCE;

	if (a && !is_word(a, "replay")) {
		args_unknown(p, s, a, word);
		return false;
	}
	if (a) {
		const struct arg *v = a->next;

		if (!v) {
			parse_error(p, &a->at, "%s: `replay' wants sequence or "
				    "timestamp", s->row->name);
			return false;
		}
		if (!schema_word(schema_replay, v->text, &replay)) {
			args_unknown(p, s, v, schema_replay);
			return false;
		}
		if (v->next) {
			parse_error(p, &v->next->at, "%s: `%.60s' is too much",
				    s->row->name, v->next->text);
			return false;
		}
	}
	*ret = (uint8_t)replay;
	return true;
}

/* --- KeyTable "file" [replay ...]; ----------------------------------- */

static bool
add_key_file(struct parse *p, const struct stmt *s, const char *shown,
	     bool table, uint8_t replay, uint32_t *ret)
{
	struct conf_key_file *f;

	if (!sites_add(p, &p->key_file, s))
		return false;
	f = conf_add_key_file(p->conf, shown);
	if (!f) {
		parse_nomem(p);
		return false;
	}
	f->table = table;
	f->replay = replay;
	*ret = p->conf->nkey_files;
	return true;
}

void
custom_key_table(struct parse *p, const struct stmt *s, void *row)
{
	const char *name, *shown, *path;
	uint32_t key_file;
	uint8_t replay;

	if (!args_want(p, s) ||
	    !value_string(p, s->row->name, s->args, 4000, &name) ||
	    !read_replay(p, s, s->args->next, &replay))
		return;
	shown = tree_path(p, &s->args->at, name, &path);
	if (shown && add_key_file(p, s, shown, true, replay, &key_file) &&
	    p->keys)
		key_table_read(p, &s->args->at, path, key_file);
}

/* --- RDNSS address ...; DNSSL "domain" ...; -------------------------- */

void
custom_rdnss(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_iface *i = row;
	const unsigned most = sizeof(i->rdnss) / sizeof(i->rdnss[0]);
	const struct arg *a = NULL;
	bool bad = !args_want(p, s);
	struct in6_addr addr;

	while (!bad && args_next(p, s, &a, &bad)) {
		if (i->nrdnss == most) {
			parse_error(p, &a->at, "RDNSS takes %u addresses at "
				    "most", most);
			return;
		}
		if (!value_addr(p, "RDNSS", a, &addr))
			return;
		/* A link-local one is fine here (RFC 8106 section 5.1). */
		if (!addr_is_linklocal(&addr) && !addr_is_routable(&addr)) {
			parse_error(p, &a->at, "RDNSS: %.60s is not a unicast "
				    "address that hosts can reach", a->text);
			return;
		}
		i->rdnss[i->nrdnss++] = addr;
	}
}

/* RFC 1035 section 2.3.1, as widened by RFC 1123 section 2.1; `_' is met. */
static bool
is_domain(const char *s)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t total = strlen(s);

	if (total == 0 || total > 253)
		return false;
	for (;;) {
		size_t n = strspn(s, ok);

		if (n < 1 || n > 63 || s[0] == '-' || s[n - 1] == '-')
			return false;
		if (s[n] == '\0')
			return true;
		if (s[n] != '.')
			return false;
		s += n + 1;
	}
}

void
custom_dnssl(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_iface *i = row;
	const struct arg *a = NULL;
	bool bad = !args_want(p, s);
	size_t used = strlen(i->dnssl);
	const char *name;

	while (!bad && args_next(p, s, &a, &bad)) {
		size_t n;

		if (!value_string(p, "DNSSL", a, 253, &name))
			return;
		n = strlen(name);
		if (!is_domain(name)) {
			parse_error(p, &a->at, "DNSSL: `%.60s' is not the name "
				    "of a domain", name);
			return;
		}
		if (used + (used > 0) + n >= sizeof(i->dnssl)) {
			parse_error(p, &a->at, "DNSSL: all names together may "
				    "have %zu octets", sizeof(i->dnssl) - 1);
			return;
		}
		if (used)
			i->dnssl[used++] = ' ';
		memcpy(i->dnssl + used, name, n + 1);
		used += n;
	}
}

/* --- HomeAddress address/length; ------------------------------------- */

void
custom_home_address(struct parse *p, const struct stmt *s, void *row)
{
	struct home_address *h, **end = &p->addresses;
	struct in6_addr subnet;
	struct prefix addr;

	if (!args_want(p, s))
		return;
	/* UMIP lists the prefixes of a mobile router here. */
	if (s->args->next && s->args->next->kind == ARG_PUNCT &&
	    s->args->next->text[0] == '(') {
		parse_error(p, &s->args->next->at, "mobile routers (RFC 3963) "
			    "are not offered by this version");
		return;
	}
	if (!value_count(p, s, 1) ||
	    !value_addr_len(p, "HomeAddress", s->args, &addr))
		return;
	if (addr.len == 0) {
		parse_error(p, &s->args->at, "HomeAddress: the prefix length "
			    "is that of the home prefix, 1 to 128");
		return;
	}
	if (!addr_is_routable(&addr.addr)) {
		parse_error(p, &s->args->at, "HomeAddress: %.60s is not a "
			    "routable unicast address", s->args->text);
		return;
	}
	/* RFC 4291 section 2.6.1; RFC 6164 for /127 */
	subnet = prefix_of(&addr.addr, addr.len).addr;
	if (addr.len < 127 && addr_eq(&subnet, &addr.addr)) {
		parse_error(p, &s->args->at, "HomeAddress: %.60s is a whole "
			    "prefix, an address in it is wanted",
			    s->args->text);
		return;
	}
	h = arena_alloc(&p->arena, sizeof(*h));
	if (!h) {
		parse_nomem(p);
		return;
	}
	h->at = s;
	h->addr = addr;
	while (*end)
		end = &(*end)->next;
	*end = h;
}

/* --- Protect shared-key spi N file "path" [replay ...] | cga |
 * none insecure; */

static void
protect_none(struct parse *p, const struct stmt *s, struct conf_peer *peer)
{
	const struct arg *a = s->args, *next = a->next;

	if (!is_word(next, "insecure")) {
		parse_error(p, &a->at, "Protect none lets anyone redirect the "
			    "traffic; if that is meant, say `Protect none "
			    "insecure'");
		return;
	}
	if (next->next) {
		parse_error(p, &next->next->at, "Protect: `%.60s' is too much",
			    next->next->text);
		return;
	}
	peer->protect = CONF_PROTECT_NONE;
}

static void
protect_key(struct parse *p, const struct stmt *s, struct conf_peer *peer)
{
	const struct arg *spi, *file;
	const char *name, *shown, *path;
	uint64_t v;

	spi = s->args->next;
	if (!is_word(spi, "spi") || !spi->next) {
		parse_error(p, spi ? &spi->at : &s->args->at, "Protect wants: "
			    "shared-key spi NUMBER file \"NAME\"");
		return;
	}
	spi = spi->next;
	if (!value_uint(p, "spi", spi, 0, UINT64_MAX, &v))
		return;
	if (v < 256 || v > UINT32_MAX) {
		parse_error(p, &spi->at, "spi: %.60s is out of range, 256 to "
			    "4294967295 (0 to 255 are reserved, RFC 4285 "
			    "section 5.1)", spi->text);
		return;
	}
	file = spi->next;
	if (!is_word(file, "file") || !file->next) {
		parse_error(p, file ? &file->at : &spi->at, "Protect wants "
			    "file \"NAME\" behind the spi");
		return;
	}
	file = file->next;
	if (!value_string(p, "file", file, 4000, &name) ||
	    !read_replay(p, s, file->next, &peer->replay))
		return;
	peer->protect = CONF_PROTECT_SHARED_KEY;
	peer->spi = (uint32_t)v;
	shown = tree_path(p, &file->at, name, &path);
	if (shown && add_key_file(p, s, shown, false, peer->replay,
				  &peer->key_file) && p->keys)
		key_read(p, &file->at, path, peer);
}

static void
protect_cga(struct parse *p, const struct stmt *s, struct conf_peer *peer)
{
	const struct arg *more = s->args->next;

	if (more)
		parse_error(p, &more->at, "Protect: `%.60s' is too much; cga "
			    "needs no key", more->text);
	else
		peer->protect = CONF_PROTECT_CGA;
}

void
custom_protect(struct parse *p, const struct stmt *s, void *row)
{
	static const struct keyword kind[] = {
		{ "none", CONF_PROTECT_NONE },
		{ "shared-key", CONF_PROTECT_SHARED_KEY },
		{ "cga", CONF_PROTECT_CGA }, { NULL }
	};
	int protect;

	if (!args_want(p, s))
		return;
	if (!schema_word(kind, s->args->text, &protect))
		args_unknown(p, s, s->args, kind);
	else if (protect == CONF_PROTECT_NONE)
		protect_none(p, s, row);
	else if (protect == CONF_PROTECT_CGA)
		protect_cga(p, s, row);
	else
		protect_key(p, s, row);
}

/* --- Identity "user@realm"; ------------------------------------------ */

void
custom_identity(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_peer *peer = row;
	const char *nai;

	if (!args_want(p, s) || !value_count(p, s, 1) ||
	    !value_string(p, "Identity", s->args, 253, &nai) ||
	    !value_nai(p, &s->args->at, nai))
		return;
	peer->nai = arena_strdup(&p->conf->arena, nai);
	if (!peer->nai)
		parse_nomem(p);
}

/* --- AddressLabel prefix/length number; ------------------------------ */

void
custom_label(struct parse *p, const struct stmt *s, void *row)
{
	static const struct prefix mapped = {
		{ .s6_addr = { [10] = 0xff, 0xff } }, 96
	};
	struct conf *c = p->conf;
	struct conf_label *l;
	struct prefix prefix;
	uint64_t label;

	/* The kernel keeps the highest number for "none". */
	if (!value_count(p, s, 2) ||
	    !value_prefix(p, s->row->name, s->args, &prefix) ||
	    !value_uint(p, s->row->name, s->args->next, 0, UINT32_MAX - 1,
			&label))
		return;
	/* It also has one label for all of IPv4. */
	if (prefix.len > 96 && prefix_match(&mapped, &prefix.addr)) {
		parse_error(p, &s->args->at, "AddressLabel: %.60s is a part of "
			    "::ffff:0.0.0.0/96, which the kernel labels as a "
			    "whole", s->args->text);
		return;
	}
	for (unsigned i = 0; i < c->nlabels; i++) {
		if (prefix_eq(&c->label[i].prefix, &prefix)) {
			parse_error(p, &s->args->at, "AddressLabel %.60s is "
				    "given twice", s->args->text);
			return;
		}
	}
	l = conf_add_label(c);
	if (!l) {
		parse_nomem(p);
		return;
	}
	l->prefix = prefix;
	l->label = (uint32_t)label;
}

/* --- SendMobPfxSols enabled [insecure]|disabled; ---------------------- */

/* Nothing protects an advertisement without IPsec: the word says that somebody
 * knows. */
void
custom_prefix_sols(struct parse *p, const struct stmt *s, void *row)
{
	const struct arg *a = s->args;
	bool insecure = a && is_word(a->next, "insecure");
	int on;

	if (!args_want(p, s))
		return;
	if (!schema_word(schema_bool, a->text, &on)) {
		args_unknown(p, s, a, schema_bool);
	} else if (a->next && !(on && insecure)) {
		parse_error(p, &a->next->at, "SendMobPfxSols: `%.60s' is not "
			    "expected here", a->next->text);
	} else if (insecure && a->next->next) {
		parse_error(p, &a->next->next->at, "SendMobPfxSols: `%.60s' "
			    "is too much", a->next->next->text);
	} else {
		p->conf->prefix_sols = on;
		p->conf->prefix_insecure = insecure;
	}
}

void
print_prefix_sols(const struct conf *c, const void *row, unsigned indent,
		  FILE *f)
{
	for (unsigned i = 0; i < indent; i++)
		fputc('\t', f);
	fprintf(f, "SendMobPfxSols %s%s;\n",
		c->prefix_sols ? "enabled" : "disabled",
		c->prefix_insecure ? " insecure" : "");
}

/* --- CareOfAddress opaque|eui64|temporary [seconds]|address/length ...; -- */

static const struct keyword careof_words[] = {
	{ "opaque", CONF_COA_OPAQUE }, { "eui64", CONF_COA_EUI64 },
	{ "temporary", CONF_COA_TEMPORARY }, { NULL }
};

static void
given_careof(struct parse *p, const struct stmt *s, struct conf_iface *i)
{
	const struct arg *a = NULL;
	struct prefix got;
	bool bad = false;

	while (!bad && args_next(p, s, &a, &bad)) {
		if (i->ncareof == CONF_CAREOF) {
			parse_error(p, &a->at, "CareOfAddress takes %u "
				    "addresses at most", CONF_CAREOF);
			return;
		}
		if (!value_addr_len(p, "CareOfAddress", a, &got))
			return;
		if (!addr_is_routable(&got.addr) || got.len < 1 ||
		    got.len > 127) {
			parse_error(p, &a->at, "CareOfAddress: %.60s is no "
				    "routable unicast address in a prefix",
				    a->text);
			return;
		}
		i->careof[i->ncareof++] = got;
	}
}

void
custom_careof(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_iface *i = row;
	const struct arg *a = s->args;
	uint64_t life = i->careof_life;
	int kind;

	if (!args_want(p, s))
		return;
	if (a->kind != ARG_WORD) {
		given_careof(p, s, i);
		return;
	}
	if (!schema_word(careof_words, a->text, &kind)) {
		args_unknown(p, s, a, careof_words);
		return;
	}
	a = a->next;
	if (a && kind == CONF_COA_TEMPORARY) {
		if (!value_uint(p, "CareOfAddress", a, 10, 31536000, &life))
			return;
		a = a->next;
	}
	if (a) {
		parse_error(p, &a->at, "CareOfAddress: `%.60s' is too much",
			    a->text);
		return;
	}
	i->careof_kind = (uint8_t)kind;
	i->careof_life = (uint32_t)life;
}

void
print_careof(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_iface *i = row;
	char text[ADDR_STRLEN];

	for (unsigned k = 0; k < indent; k++)
		fputc('\t', f);
	fputs("CareOfAddress", f);
	for (unsigned k = 0; k < i->ncareof; k++)
		fprintf(f, " %s/%u", addr_print(&i->careof[k].addr, text),
			i->careof[k].len);
	if (!i->ncareof)
		fprintf(f, " %s", schema_word_name(careof_words,
						   i->careof_kind));
	if (!i->ncareof && i->careof_kind == CONF_COA_TEMPORARY)
		fprintf(f, " %u", i->careof_life);
	fputs(";\n", f);
}
