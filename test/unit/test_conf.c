/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_conf.c - the configuration by hand, the tables against themselves
 * and the manual page, suggestions, key files and key tables.
 *
 * What a text means is tested by its golden files (test/golden/conf).
 */
#include "conf/parse.h"
#include "conf/schema.h"
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that is gone after the test, and the current one in it. */
struct place_to_be {
	char	path[64];
};

static struct place_to_be enter(void)
{
	struct place_to_be d = { "/tmp/mip6d-conf-XXXXXX" };

	ck_assert(mkdtemp(d.path) != NULL);
	ck_assert_int_eq(chdir(d.path), 0);
	return d;
}

static void leave(const struct place_to_be *d)
{
	char cmd[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", d->path);
	ck_assert_int_eq(system(cmd), 0);
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert(f != NULL);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* The number of errors; *ret_text is what was said (free). */
static unsigned parse(const char *path, bool keys, char **ret_text,
		      struct conf **ret)
{
	size_t len;
	FILE *m = open_memstream(ret_text, &len);
	unsigned n = conf_parse_file(path, keys, m, ret);

	fclose(m);
	return n;
}

static unsigned parse_text(const char *text, size_t len, char **ret_text,
			   struct conf **ret)
{
	size_t n;
	FILE *m = open_memstream(ret_text, &n);
	unsigned errors = conf_parse_text("text", text, len, m, ret);

	fclose(m);
	return errors;
}

static char *print(const struct conf *c)
{
	char *text;
	size_t n;
	FILE *m = open_memstream(&text, &n);

	conf_print(c, m);
	fclose(m);
	return text;
}

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

/* --- key files ------------------------------------------------------- */

#define HA_TEXT								\
	"NodeConfig HA;\n"						\
	"VirtualHomeLink { Prefix 2001:db8:1::/64;"			\
	" HomeAgentAddress 2001:db8:1::1; }\n"
#define PEER_TEXT							\
	"Peer 2001:db8:1::10 { Protect shared-key spi 256 file \"k\"; }\n"

START_TEST(key_file)
{
	static const uint8_t want[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
		0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	put("k", "00112233445566778899AAbbCCddEEff\n", 0600);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	ck_assert_str_eq(text, "");
	free(text);
	ck_assert_uint_eq(c->npeers, 1);
	ck_assert_uint_eq(c->peer->key_len, 16);
	ck_assert_mem_eq(c->peer->key, want, 16);
	ck_assert_uint_eq(c->peer->spi, 256);
	ck_assert_uint_eq(c->peer->protect, CONF_PROTECT_SHARED_KEY);
	ck_assert_uint_eq(c->peer->replay, CONF_REPLAY_SEQUENCE);
	text = print(c);
	ck_assert(!strstr(text, "aabb") && !strstr(text, "AAbb"));
	free(text);
	conf_free(c);

	/* A missing or open key does not matter when none is wanted. */
	ck_assert_int_eq(unlink("k"), 0);
	ck_assert_uint_eq(parse("ha.conf", false, &text, &c), 0);
	free(text);
	ck_assert(c->peer->key == NULL);
	conf_free(c);
	leave(&d);
}
END_TEST

/* Every permission of the group and of others is one too many. */
START_TEST(key_modes)
{
	struct place_to_be d = enter();

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	put("k", "00112233445566778899aabbccddeeff\n", 0600);
	for (mode_t mode = 0; mode <= 0777; mode++) {
		bool good = (mode & 077) == 0;
		struct conf *c = NULL;
		unsigned n;
		char *text;

		if (!(mode & 0400))
			continue;
		ck_assert_int_eq(chmod("k", mode), 0);
		n = parse("ha.conf", true, &text, &c);
		ck_assert_msg((n == 0) == good, "mode %o", (unsigned)mode);
		ck_assert(good || (n == 1 && strstr(text, "chmod 600 k")));
		ck_assert(good == (c != NULL));
		free(text);
		conf_free(c);
	}
	leave(&d);
}
END_TEST

/* Files that are none must not stop the reader, and a link is followed. */
START_TEST(key_special)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT, 0644);
	ck_assert_int_eq(mkfifo("k", 0600), 0);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 1);
	ck_assert(strstr(text, "not a regular file"));
	free(text);
	ck_assert_int_eq(unlink("k"), 0);
	put("real", "00112233445566778899aabbccddeeff", 0400);
	ck_assert_int_eq(symlink("real", "k"), 0);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	free(text);
	conf_free(c);
	c = NULL;
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("real", 1, 1), 0);
		ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 1);
		ck_assert(strstr(text, "belongs to user 1"));
		free(text);
	}
	ck_assert(c == NULL);
	leave(&d);
}
END_TEST

START_TEST(key_table)
{
	const unsigned n = 20000;
	struct place_to_be d = enter();
	struct conf *c = NULL;
	FILE *f;
	char *text;

	put("ha.conf", HA_TEXT "KeyTable \"t\" replay timestamp;\n", 0644);
	f = fopen("t", "w");
	ck_assert_int_eq(fchmod(fileno(f), 0600), 0);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "2001:db8:1::2:%x:%x %u %032x%s\n", i >> 8,
			i & 0xff, 256 + i, i + 1, i % 2 ? " a@example" : "");
	fclose(f);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 0);
	free(text);
	ck_assert_uint_eq(c->npeers, n);
	for (unsigned i = 0; i < n; i++) {
		const struct conf_peer *p = &c->peer[i];

		ck_assert_uint_eq(p->spi, 256 + i);
		ck_assert_uint_eq(p->key_len, 16);
		ck_assert_uint_eq(p->key[15], (i + 1) & 0xff);
		ck_assert_uint_eq(p->key[14], (i + 1) >> 8 & 0xff);
		ck_assert_uint_eq(p->replay, CONF_REPLAY_TIMESTAMP);
		ck_assert(i % 2 ? p->nai && !strcmp(p->nai, "a@example") :
				  !p->nai);
	}
	conf_free(c);
	leave(&d);
}
END_TEST

/* No error shows a key. */
START_TEST(key_secret)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	put("ha.conf", HA_TEXT PEER_TEXT "KeyTable \"t\";\n", 0644);
	put("k", "5ec4e7005ec4e7005ec4e7005ec4e7xx\n", 0600);
	put("t", "2001:db8:1::11 256 5ec4e7005ec4e7005ec4e700\n"
	    "2001:db8:1::12 5 5ec4e7005ec4e7005ec4e7005ec4e700\n"
	    "2001:db8:1::13 256 5ec4e7005ec4e7005ec4e7005ec4e700 a b\n",
	    0600);
	ck_assert_uint_eq(parse("ha.conf", true, &text, &c), 4);
	ck_assert(!strstr(text, "5ec4e7"));
	free(text);
	leave(&d);
}
END_TEST

/* --- hostile text ---------------------------------------------------- */

START_TEST(paths)
{
	struct place_to_be d = enter();
	struct conf *c = NULL;
	char *text;

	ck_assert_int_eq(mkdir("a", 0755), 0);
	ck_assert_int_eq(mkdir("a/b", 0755), 0);
	put("a/ha.conf", HA_TEXT "include \"b/peers\";\n", 0644);
	put("a/b/peers", PEER_TEXT, 0644);
	put("a/b/k", "00112233445566778899aabbccddeeff", 0600);
	ck_assert_uint_eq(parse("a/ha.conf", true, &text, &c), 0);
	free(text);
	ck_assert_str_eq(c->key_file[0].path, "b/k");
	conf_free(c);
	c = NULL;
	ck_assert_uint_eq(parse("none.conf", true, &text, &c), 1);
	ck_assert_str_eq(text, "none.conf: No such file or directory\n");
	free(text);
	ck_assert_uint_eq(parse("a", true, &text, &c), 1);
	ck_assert_str_eq(text, "a: Is a directory\n");
	free(text);
	ck_assert_uint_eq(parse("/dev/null", true, &text, &c), 1);
	ck_assert_str_eq(text, "/dev/null: not a regular file\n");
	free(text);
	ck_assert(c == NULL);
	leave(&d);
}
END_TEST

/* Much of anything is refused in good time, and counted. */
START_TEST(masses)
{
	static const char *const piece[] = {
		"Interface \"x\" {", "}", "{", ";", "DebugLevel 5;\n", "\"",
		"a ", "include \"x\";", "1 ", ",", "NodeConfig CN\n",
		"Peer 2001:db8::1 { Protect none insecure; }\n",
	};
	const size_t len = 200000;
	char *s = malloc(len + 1);

	for (unsigned k = 0; k < sizeof(piece) / sizeof(piece[0]); k++) {
		size_t n = strlen(piece[k]), at = 0;
		struct conf *c = NULL;
		char *text;

		for (; at + n <= len; at += n)
			memcpy(s + at, piece[k], n);
		ck_assert_uint_gt(parse_text(s, at, &text, &c), 0);
		ck_assert(c == NULL);
		/* 200 errors, an excerpt of at most a line each */
		ck_assert_uint_lt(strlen(text), 200 * 900);
		free(text);
	}
	free(s);
}
END_TEST

/* What may not be in a text: files are only followed from files. */
START_TEST(no_files)
{
	static const char s[] = "NodeConfig CN; include \"/etc/passwd\";";
	static const char nul[] = "NodeConfig CN;\0";
	struct conf *c = NULL;
	char *text;

	ck_assert_uint_eq(parse_text(s, strlen(s), &text, &c), 1);
	ck_assert(!strstr(text, "root"));
	free(text);
	ck_assert_uint_eq(parse_text(nul, sizeof(nul), &text, &c), 1);
	free(text);
	ck_assert_uint_eq(parse_text("", 0, &text, &c), 1);
	free(text);
	ck_assert(c == NULL);
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
	unit_add(s, "key file", key_file);
	unit_add(s, "key modes", key_modes);
	unit_add(s, "key special", key_special);
	unit_add(s, "key table", key_table);
	unit_add(s, "key secret", key_secret);
	unit_add(s, "paths", paths);
	unit_add(s, "masses", masses);
	unit_add(s, "no files", no_files);
	return s;
}

int main(void)
{
	Suite *suite[] = { conf_suite(), NULL };

	return unit_main(suite);
}
