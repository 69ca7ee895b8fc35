/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_conf.c - the configuration by hand, the tables against themselves
 * and the manual page, and suggestions.
 *
 * What a text means is tested by its golden files (test/golden/conf).
 */
#include "conf/schema.h"
#include "conf_place.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- by hand --------------------------------------------------------- */

START_TEST(defaults)
{
	struct conf *c = conf_new();
	struct conf_iface *i;
	struct conf_prefix *x;

	ck_assert(c != NULL);
	ck_assert_uint_eq(c->roles, 0);
	ck_assert_uint_eq(c->ha_max_binding_life, 262140);
	ck_assert_uint_eq(c->ha_max_bindings, 1000000);
	ck_assert_uint_eq(c->mn_max_ha_binding_life, 262140);
	ck_assert_uint_eq(c->bindack_first, 1500);
	ck_assert_uint_eq(c->bindack_rereg, 1000);
	ck_assert_uint_eq(c->bindack_max, 32000);
	ck_assert_uint_eq(c->router_probes, 2);
	ck_assert_uint_eq(c->router_probe_timeout, 200);
	ck_assert_uint_eq(c->max_routers, 8);
	ck_assert_uint_eq(c->max_prefixes, 16);
	ck_assert(!c->optimistic_handoff);
	ck_assert(c->optimistic_dad);
	ck_assert(!c->fast_path);

	i = conf_add_iface(c, "eth0");
	ck_assert_str_eq(i->name, "eth0");
	ck_assert(i->tunnel && !i->send_adverts && !i->home_agent);
	ck_assert_uint_eq(i->max_ra_delay, 500);
	ck_assert_uint_eq(i->max_interval, 600000);
	ck_assert_uint_eq(i->min_interval, 198000);
	ck_assert_uint_eq(i->hop_limit, 64);
	ck_assert_uint_eq(i->lifetime, 1800);
	ck_assert_uint_eq(i->ha_lifetime, 1800);
	ck_assert_uint_eq(i->rdnss_lifetime, 1800);
	ck_assert_int_eq(i->router_pref, 0);
	x = conf_add_prefix(c, i);
	ck_assert_uint_eq(x->valid, 2592000);
	ck_assert_uint_eq(x->preferred, 604800);
	ck_assert(x->on_link && x->autonomous && !x->router_address);
	i->max_interval = 70;
	ck_assert_uint_eq(conf_add_route(c, i)->lifetime, 1);
	ck_assert(conf_add_iface(c, "sixteen-octets-x") == NULL);
	ck_assert(conf_add_iface(c, "fifteen-octets-") != NULL);
	c->mn_max_ha_binding_life = 60;
	ck_assert_uint_eq(conf_add_home(c)->lifetime, 60);
	ck_assert_uint_eq(conf_add_peer(c)->drift, 7);
	ck_assert_uint_eq(c->peer->addr.len, 128);
	ck_assert(conf_free(c) == NULL);
	ck_assert(conf_free(NULL) == NULL);
}
END_TEST

/* Rows keep what they have while the arrays grow. */
START_TEST(growth)
{
	struct conf *c = conf_new();
	struct conf_iface *i;

	for (unsigned k = 0; k < 1000; k++) {
		conf_add_peer(c)->spi = k;
		if (k == 300)
			ck_assert(conf_reserve_peers(c, 5));
		if (k == 500)
			ck_assert(conf_reserve_peers(c, 100000));
		conf_add_home(c)->lifetime = k;
		ck_assert(conf_add_home_link(c) != NULL);
		ck_assert(conf_add_key_file(c, "k") != NULL);
	}
	i = conf_add_iface(c, "eth0");
	for (unsigned k = 0; k < 1000; k++) {
		conf_add_prefix(c, i)->valid = k;
		conf_add_route(c, i)->lifetime = k;
	}
	ck_assert_uint_eq(c->npeers, 1000);
	ck_assert_uint_eq(i->nprefixes, 1000);
	for (unsigned k = 0; k < 1000; k++) {
		ck_assert_uint_eq(c->peer[k].spi, k);
		ck_assert_uint_eq(c->peer[k].drift, 7);
		ck_assert_uint_eq(c->home[k].lifetime, k);
		ck_assert_uint_eq(i->prefix[k].valid, k);
		ck_assert_uint_eq(i->route[k].lifetime, k);
	}
	ck_assert(!conf_reserve_peers(c, UINT32_MAX));
	conf_free(c);
}
END_TEST

START_TEST(print_by_hand)
{
	static const uint8_t key[16] = { 0xde, 0xad };
	struct conf *c = conf_new();
	struct conf_home *h;
	struct conf_peer *p;
	char *text;

	c->roles = CONF_MN;
	conf_add_iface(c, "wlan0");
	h = conf_add_home(c);
	strcpy(h->ifname, "wlan0");
	ck_assert_int_eq(addr_parse("2001:db8::10", &h->hoa), 0);
	ck_assert_int_eq(addr_parse("2001:db8::1", &h->ha), 0);
	p = conf_add_peer(c);
	p->addr.addr = h->ha;
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->spi = 256;
	p->key = key;
	p->key_len = sizeof(key);
	text = print(c);
	ck_assert(strstr(text, "HomeAddress 2001:db8::10/64;\n"));
	ck_assert(strstr(text, "# Protect shared-key spi 256"));
	ck_assert(!strstr(text, "dead"));
	ck_assert(!strstr(text, "HaMaxBindings"));
	free(text);
	conf_free(c);
}
END_TEST

/* --- AddressPolicy ---------------------------------------------------- */

#define A_MOBILE	"NodeConfig MN; Interface \"e0\";\n"		\
	"MnHomeLink \"e0\" { HomeAgentAddress 2001:db8::1; "		\
	"HomeAddress 2001:db8::2/64; }\n"				\
	"Peer 2001:db8::1 { Protect none insecure; }\n"

static struct conf *read_text(const char *text)
{
	struct conf *c = NULL;

	ck_assert_uint_eq(conf_parse_text("t", text, strlen(text), stderr,
					  &c), 0);
	return c;
}

START_TEST(policy_fields)
{
	struct conf *c = read_text(A_MOBILE), *d = conf_new();
	const struct conf_rule *r;
	char *text;
	size_t len;
	FILE *m;

	ck_assert(!c->on_demand);
	ck_assert_uint_eq(c->boot, ATYPE_BIT(ATYPE_HOME));
	ck_assert_uint_eq(c->permit, ATYPE_ALL);
	ck_assert_uint_eq(c->linger[ATYPE_HOME], CONF_NEVER);
	ck_assert_uint_eq(c->linger[ATYPE_ACCESS], 30);
	ck_assert_uint_eq(c->acquire_timeout, d->acquire_timeout);
	ck_assert_uint_eq(d->grace, 30);
	ck_assert_uint_eq(d->max_requests, 64);
	conf_free(c);
	conf_free(d);

	c = read_text(A_MOBILE "AddressPolicy {\n AcquireTimeout 0.25;\n"
		      "Renew graceful 7; Linger graceful never;\n"
		      "Port 6000-6010 { Permit none; }\n"
		      "User bob { Default none; Block ipv4; Port 5; } }");
	ck_assert(c->on_demand);
	ck_assert_uint_eq(c->boot, 0);
	ck_assert_uint_eq(c->acquire_timeout, 250);
	ck_assert_uint_eq(c->renew[ATYPE_GRACEFUL], 7);
	ck_assert_uint_eq(c->linger[ATYPE_GRACEFUL], CONF_NEVER);
	ck_assert_uint_eq(c->nrules, 2);
	r = c->rule;
	ck_assert(r->has_port && r->has_permit && !r->has_default &&
		  !r->block_ipv4 && !r->permit && !r->user && !r->file);
	ck_assert_uint_eq(r->port_lo, 6000);
	ck_assert_uint_eq(r->port_hi, 6010);
	ck_assert_uint_eq(r->line, 7);
	r++;
	ck_assert_str_eq(r->user, "bob");
	ck_assert(r->has_default && !r->has_permit && r->block_ipv4);
	ck_assert_uint_eq(r->port_hi, 5);
	ck_assert_uint_eq(r->line, 8);
	m = open_memstream(&text, &len);
	conf_print_rule(r, m);
	fclose(m);
	ck_assert_str_eq(text, "User \"bob\" { Port 5; Default none; "
			 "Block ipv4; }");
	free(text);
	conf_free(c);
}
END_TEST

/* --- the tables ------------------------------------------------------ */

START_TEST(schema_sane)
{
	for (unsigned b = 0; schema_blocks[b]; b++) {
		const struct statement *s = schema_blocks[b]->stmt;
		char buf[200];

		for (; s->name; s++) {
			ck_assert_int_lt(s - schema_blocks[b]->stmt,
					 SCHEMA_STMTS - 1);
			ck_assert_msg(s->help != NULL, "%s", s->name);
			ck_assert_ptr_eq(schema_find(schema_blocks[b],
						     s->name), s);
			schema_describe(s, buf, sizeof(buf));
			ck_assert(strlen(buf) < sizeof(buf) - 1);
			ck_assert_msg(!(s->flags & STMT_DERIVED) || s->derived,
				      "%s", s->name);
			if (s->type == V_UINT || s->type == V_MSEC ||
			    s->type == V_LIFETIME)
				ck_assert_msg(s->min <= s->def &&
					      s->def <= s->max, "%s", s->name);
			if (s->type == V_UINT && s->size < 8)
				ck_assert_msg(s->max >> 8 * s->size == 0,
					      "%s", s->name);
			ck_assert((s->type == V_CUSTOM) == (s->apply != NULL));
			/* the rows of a rule are printed together */
			ck_assert_msg(schema_blocks[b] == &schema_rule ||
				      s->type != V_CUSTOM || s->print, "%s",
				      s->name);
			ck_assert_msg(!s->print || s->type == V_CUSTOM ||
				      s->type == V_BLOCK, "%s", s->name);
			ck_assert((s->type == V_BLOCK) == (s->block != NULL));
		}
	}
}
END_TEST

START_TEST(describe)
{
	size_t n;
	char *text;
	FILE *m = open_memstream(&text, &n);

	conf_describe(m);
	fclose(m);
	ck_assert(strstr(text, "DebugLevel;\t# how much is logged; 0 to 10; "
			 "default 0\n"));
	ck_assert(strstr(text, "\tMnIfPreference;"));
	ck_assert(strstr(text, "\t\tAdvRouterAddr;"));
	free(text);
}
END_TEST

/* The manual page from the heading of a block to the next heading, with all
 * white space single. */
static char *manual_section(const char *page, const char *heading)
{
	const char *s = strstr(page, heading), *end, *sh;
	char *ret, *o;

	ck_assert_msg(s != NULL, "the manual has no `%s'", heading + 1);
	end = strstr(s + 1, "\n.Ss ");
	sh = strstr(s + 1, "\n.Sh ");
	if (!end || (sh && sh < end))
		end = sh;
	ret = o = strndup(s, end ? (size_t)(end - s) : strlen(s));
	for (const char *i = ret; *i; i++) {
		if (*i == '\t')
			*o++ = ' ';
		else if (i == ret || *i != ' ' || o[-1] != ' ')
			*o++ = *i;
	}
	*o = '\0';
	return ret;
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r"), *m;
	char *text;
	size_t n;
	int c;

	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	m = open_memstream(&text, &n);
	while ((c = getc(f)) != EOF)
		putc(c, m);
	fclose(f);
	fclose(m);
	return text;
}

static char *manual(void)
{
	const char *dir = getenv("top_srcdir");
	char path[512];

	snprintf(path, sizeof(path), "%s/man/mip6d.conf.5", dir ? dir : ".");
	return slurp(path);
}

/* Each statement is an item under its block's heading, and the item has the
 * words of schema_describe. */
START_TEST(manual_statements)
{
	char *page = manual();

	for (unsigned b = 0; schema_blocks[b]; b++) {
		const struct block *block = schema_blocks[b];
		char heading[64], item[64], want[220], values[200], *section;
		char range[100];

		snprintf(heading, sizeof(heading), "\n.Ss %s\n",
			 *block->name ? block->name : "Outside all blocks");
		section = manual_section(page, heading);
		for (const struct statement *s = block->stmt; s->name; s++) {
			char *at, *end;

			snprintf(item, sizeof(item), "\n.It Ic %s", s->name);
			at = section;
			do {
				at = strstr(at + (at != section), item);
			} while (at && !strchr(" \n", at[strlen(item)]));
			ck_assert_msg(at != NULL, "the manual lacks %s in %s",
				      s->name, block->name);
			end = strstr(at + 1, "\n.It Ic ");
			if (end)
				*end = '\0';
			schema_range(s, range, sizeof(range));
			schema_describe(s, values, sizeof(values));
			if (!*range)	/* "Required." */
				values[0] = (char)toupper(values[0]);
			snprintf(want, sizeof(want), "\n%s%s.",
				 *range ? "Values: " : "", values);
			ck_assert_msg(!*values || strstr(at, want),
				      "the manual at %s lacks:%s", s->name,
				      want);
			if (end)
				*end = '\n';
		}
		free(section);
	}
	free(page);
}
END_TEST

START_TEST(manual_umip)
{
	char *page = manual(), *section = manual_section(page,
						"\n.Sh STATEMENTS OF UMIP\n");

	for (unsigned i = 0; umip_name(i); i++) {
		char item[64];

		snprintf(item, sizeof(item), "\n.It Ic %s\n", umip_name(i));
		ck_assert_msg(strstr(section, item) != NULL,
			      "the manual lacks %s of UMIP", umip_name(i));
		ck_assert_msg(!schema_is_name(umip_name(i)), "%s",
			      umip_name(i));
	}
	/* ... and says nothing of those that are offered by now. */
	for (const char *p = section; (p = strstr(p, "\n.It Ic ")); ) {
		char name[64];

		p += strlen("\n.It Ic ");
		ck_assert_int_eq(sscanf(p, "%63s", name), 1);
		ck_assert_msg(umip_is_name(name), "%s", name);
	}
	free(section);
	free(page);
}
END_TEST

/* The examples are good, and name the role that their name says. */
START_TEST(examples)
{
	static const struct {
		const char *name;
		unsigned roles;
	} example[] = {
		{ "mn", CONF_MN }, { "ha", CONF_HA }, { "ar", CONF_AR },
		{ "cn", CONF_CN },
	};
	const char *dir = getenv("top_srcdir");

	for (unsigned i = 0; i < 4; i++) {
		struct conf *c = NULL;
		char path[512], *text;
		unsigned n;

		snprintf(path, sizeof(path), "%s/etc/%s.conf", dir ? dir : ".",
			 example[i].name);
		n = parse(path, false, &text, &c);
		ck_assert_msg(n == 0, "%s", text);
		ck_assert_uint_eq(c->roles, example[i].roles);
		free(text);
		conf_free(c);
	}
}
END_TEST

/* The mobile's example has its policy behind #. */
START_TEST(example_policy)
{
	const char *dir = getenv("top_srcdir");
	char path[512], *text, *policy;
	struct conf *c;

	snprintf(path, sizeof(path), "%s/etc/mn.conf", dir ? dir : ".");
	text = slurp(path);
	policy = strstr(text, "\n#AddressPolicy");
	ck_assert_ptr_nonnull(policy);
	for (char *s = policy; s; s = strchr(s + 1, '\n')) {
		if (s[1] == '#')
			s[1] = ' ';
	}
	c = read_text(text);
	ck_assert(c->on_demand);
	ck_assert_uint_eq(c->nrules, 3);
	ck_assert_uint_eq(c->boot, ATYPE_BIT(ATYPE_UNANCHORED));
	conf_free(c);
	free(text);
}
END_TEST

/* --- did you mean ---------------------------------------------------- */

START_TEST(distance)
{
	ck_assert_uint_eq(suggest_distance("", "", 9), 0);
	ck_assert_uint_eq(suggest_distance("abc", "", 9), 3);
	ck_assert_uint_eq(suggest_distance("", "abc", 9), 3);
	ck_assert_uint_eq(suggest_distance("abc", "abc", 9), 0);
	ck_assert_uint_eq(suggest_distance("ABC", "abc", 9), 0);
	ck_assert_uint_eq(suggest_distance("abd", "abc", 9), 1);
	ck_assert_uint_eq(suggest_distance("ab", "abc", 9), 1);
	ck_assert_uint_eq(suggest_distance("abcd", "abc", 9), 1);
	ck_assert_uint_eq(suggest_distance("acb", "abc", 9), 1);
	ck_assert_uint_eq(suggest_distance("bca", "abc", 9), 2);
	ck_assert_uint_eq(suggest_distance("kitten", "sitting", 9), 3);
	ck_assert_uint_eq(suggest_distance("kitten", "sitting", 2), 3);
	ck_assert_uint_eq(suggest_distance("xyz", "abc", 1), 2);
}
END_TEST

static const char *nearest(const char *word)
{
	static const char *const name[] = { "DebugLevel", "FastPath", "MN",
					    "HA", "AR", "enabled",
					    "disabled" };
	struct suggest s;

	suggest_init(&s, word);
	for (unsigned i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		suggest_try(&s, name[i]);
	return s.best ? s.best : "";
}

START_TEST(suggestions)
{
	char word[200];

	ck_assert_str_eq(nearest("debuglevel"), "DebugLevel");
	ck_assert_str_eq(nearest("DebugLvl"), "DebugLevel");
	ck_assert_str_eq(nearest("Debug_Level"), "DebugLevel");
	ck_assert_str_eq(nearest("DebugVerbosity"), "");
	ck_assert_str_eq(nearest("enable"), "enabled");
	ck_assert_str_eq(nearest("disable"), "disabled");
	ck_assert_str_eq(nearest("yes"), "");
	ck_assert_str_eq(nearest("HAA"), "HA");
	ck_assert_str_eq(nearest("router"), "");
	ck_assert_str_eq(nearest(""), "");
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_str_eq(nearest(word), "");
}
END_TEST

/* Any one slip in any name leads back to it, or to one as near. */
START_TEST(suggest_all)
{
	for (unsigned b = 0; schema_blocks[b]; b++) {
		const struct statement *s = schema_blocks[b]->stmt;

		for (; s->name; s++) {
			size_t n = strlen(s->name);

			for (size_t i = 0; i < n; i++) {
				struct suggest near;
				char word[64];

				snprintf(word, sizeof(word), "%.*s%s", (int)i,
					 s->name, s->name + i + 1);
				suggest_init(&near, word);
				for (const struct statement *t =
				     schema_blocks[b]->stmt; t->name; t++)
					suggest_try(&near, t->name);
				ck_assert_msg(near.best && near.distance <= 1,
					      "%s", word);
			}
		}
	}
}
END_TEST

static Suite *conf_suite(void)
{
	Suite *s = suite_create("conf");

	unit_add(s, "defaults", defaults);
	unit_add(s, "growth", growth);
	unit_add(s, "print by hand", print_by_hand);
	unit_add(s, "schema", schema_sane);
	unit_add(s, "describe", describe);
	unit_add(s, "policy", policy_fields);
	unit_add(s, "manual", manual_statements);
	unit_add(s, "manual, UMIP", manual_umip);
	unit_add(s, "examples", examples);
	unit_add(s, "example policy", example_policy);
	unit_add(s, "distance", distance);
	unit_add(s, "suggestions", suggestions);
	unit_add(s, "suggest all", suggest_all);
	return s;
}

int main(void)
{
	Suite *suite[] = { conf_suite(), suite_conf_files(), NULL };

	return unit_main(suite);
}
