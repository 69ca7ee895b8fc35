/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proxy.c - statements of Proxy Mobile IPv6 (RFC 5213).
 *
 *   HomeNetworkPrefix prefix/length;            (an anchor's pool)
 *   MobileNode "user@realm" { ... }             (a policy profile, 6.2)
 *   RedirectLma address { ... }                 (an anchor to give them to)
 *   AccessLink "interface" { ... }              (where a gateway looks)
 *
 * The names of variables are those of RFC 5213 section 9.  An anchor serves
 * the mobiles that have a profile, or whose realm has one, and nobody else; a
 * gateway those whose link-layer address is in a profile, or whom a
 * controller names.
 */
#include "base/list.h"
#include "base/map.h"
#include "conf/parse.h"
#include "conf/schema.h"

/* --- values ---------------------------------------------------------- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six or eight octets, "02:00:5e:00:53:01". */
static bool
read_lladdr(const char *s, struct lladdr *ret)
{
	struct lladdr ll = { 0 };

	while (ll.len < LLADDR_MAX) {
		int hi = hex_digit(s[0]), lo = hi < 0 ? -1 : hex_digit(s[1]);

		if (lo < 0)
			return false;
		ll.b[ll.len++] = (uint8_t)(hi << 4 | lo);
		s += 2;
		if (!*s)
			break;
		if (*s++ != ':')
			return false;
	}
	if (*s || (ll.len != 6 && ll.len != 8) || ll.b[0] & 1)
		return false;
	*ret = ll;
	return true;
}

void
custom_lladdr(struct parse *p, const struct stmt *s, void *row)
{
	struct lladdr *l, ll;

	if (!args_want(p, s) || !value_count(p, s, 1))
		return;
	if (!read_lladdr(s->args->text, &ll)) {
		parse_error(p, &s->args->at, "%s: `%.60s' is no unicast "
			    "link-layer address as in 02:00:5e:00:53:01",
			    s->row->name, s->args->text);
		return;
	}
	l = conf_add_mobile_ll(p->conf, row);
	if (l)
		*l = ll;
	else
		parse_nomem(p);
}

/* A prefix that mobiles can have addresses of. */
static bool
read_hnp(struct parse *p, const struct stmt *s, struct prefix *ret)
{
	struct prefix x;

	if (!args_want(p, s) || !value_count(p, s, 1) ||
	    !value_prefix(p, s->row->name, s->args, &x))
		return false;
	if (!x.len || !addr_is_routable(&x.addr)) {
		parse_error(p, &s->args->at, "%s: %.60s is none that mobiles "
			    "could have addresses of", s->row->name,
			    s->args->text);
		return false;
	}
	*ret = x;
	return true;
}

/* In a profile.  RFC 4862 section 5.5.3 d: hosts form addresses of a /64. */
void
custom_hnp(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_mobile *m = row;
	struct prefix x;

	if (!read_hnp(p, s, &x))
		return;
	if (x.len != 64)
		parse_error(p, &s->args->at, "hosts form addresses from a /64 "
			    "only, so a mobile's HomeNetworkPrefix is one");
	else if (m->nhnps == CONF_HNPS)
		parse_error(p, &s->args->at, "a mobile has %d prefixes at "
			    "most", CONF_HNPS);
	else
		m->hnp[m->nhnps++] = x;
}

void
custom_pool(struct parse *p, const struct stmt *s, void *row)
{
	struct prefix *l, x;

	if (!read_hnp(p, s, &x))
		return;
	if (x.len < 16 || x.len > 63) {
		parse_error(p, &s->args->at, "HomeNetworkPrefix %.60s: each "
			    "mobile gets a /64 of it, so its own length is 16 "
			    "to 63", s->args->text);
		return;
	}
	for (unsigned i = 0; i < p->conf->npools; i++) {
		if (!prefix_overlap(&p->conf->pool[i], &x))
			continue;
		parse_error(p, &s->args->at, "HomeNetworkPrefix %.60s overlaps "
			    "with another one", s->args->text);
		return;
	}
	l = conf_add_pool(p->conf);
	if (l)
		*l = x;
	else
		parse_nomem(p);
}

void
custom_mag(struct parse *p, const struct stmt *s, void *row)
{
	struct prefix *l, x = { .len = 128 };

	if (!args_want(p, s) || !value_count(p, s, 1))
		return;
	if (s->args->kind == ARG_PREFIX ?
	    !value_prefix(p, "Mag", s->args, &x) :
	    !value_host(p, "Mag", s->args, &x.addr))
		return;
	l = conf_add_mobile_mag(p->conf, row);
	if (l)
		*l = x;
	else
		parse_nomem(p);
}

/* RFC 6463 3: "a prior agreement [...] and an established trust relationship" */
void
custom_redirector(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;
	struct prefix x = { .len = 128 };

	if (!args_want(p, s) || !value_count(p, s, 1))
		return;
	if (s->args->kind == ARG_PREFIX ?
	    !value_prefix(p, s->row->name, s->args, &x) :
	    !value_host(p, s->row->name, s->args, &x.addr))
		return;
	if (c->nredirectors == CONF_REDIRECTS)
		parse_error(p, &s->args->at, "RedirectingLma stands %d times "
			    "at most", CONF_REDIRECTS);
	else
		c->redirector[c->nredirectors++] = x;
}

void
custom_linklocal(struct parse *p, const struct stmt *s, void *row)
{
	struct conf *c = row;
	struct in6_addr a;

	if (!args_want(p, s) || !value_count(p, s, 1) ||
	    !value_addr(p, s->row->name, s->args, &a))
		return;
	if (addr_is_linklocal(&a))
		c->mag_linklocal = a;
	else
		parse_error(p, &s->args->at, "%s: %.60s is not link-local, as "
			    "fe80::1 is", s->row->name, s->args->text);
}

/* --- blocks ---------------------------------------------------------- */

void *
block_open_mobile(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf *c = p->conf;
	struct conf_mobile *m;
	const char *id;

	if (!value_count(p, s, 1) ||
	    !value_string(p, "MobileNode", s->args, 128, &id) ||
	    !value_nai(p, &s->args->at, id))
		return NULL;
	m = conf_add_mobile(c, id);
	if (m)
		m->lifetime = c->lma_max_binding_life;
	else
		parse_nomem(p);
	return m;
}

void
block_close_mobile(struct parse *p, const struct stmt *s, void *row)
{
	const struct stmt *hnp = tree_find(s->body, "HomeNetworkPrefix");
	const struct stmt *ll = tree_find(s->body, "LinkLayerAddress");
	const struct stmt *count = tree_find(s->body, "Prefixes");
	struct conf_mobile *m = row;

	if (m->id[0] == '@' && hnp)
		parse_error(p, &hnp->head->at, "%s stands for all mobiles of a "
			    "realm; one prefix cannot be everybody's", m->id);
	if (m->id[0] == '@' && ll)
		parse_error(p, &ll->head->at, "%s stands for all mobiles of a "
			    "realm; one of them has that address", m->id);
	if (!hnp)
		return;
	if (count && count->good && m->prefixes != m->nhnps)
		parse_error(p, &count->head->at, "Prefixes counts those that "
			    "are taken from a pool, and this mobile has its "
			    "own");
	m->prefixes = m->nhnps;
}

void *
block_open_access(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf *c = p->conf;
	struct conf_access_link *l;
	char name[CONF_IFNAME];

	if (!value_count(p, s, 1) ||
	    !value_ifname(p, "AccessLink", s->args, name))
		return NULL;
	for (unsigned i = 0; i < c->naccess; i++) {
		if (strcmp(c->access[i].ifname, name))
			continue;
		parse_error(p, &s->args->at, "AccessLink %.60s is given twice",
			    s->args->text);
		return NULL;
	}
	l = conf_add_access(c, name);
	if (!l)
		parse_nomem(p);
	return l;
}

void *
block_open_redirect(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf *c = p->conf;
	struct conf_redirect *l;
	struct in6_addr a;

	if (!value_count(p, s, 1) ||
	    !value_addr(p, "RedirectLma", s->args, &a))
		return NULL;
	if (!addr_is_routable(&a)) {
		parse_error(p, &s->args->at, "RedirectLma: %.60s is not a "
			    "routable unicast address", s->args->text);
		return NULL;
	}
	for (unsigned i = 0; i < c->nredirects; i++) {
		if (!addr_eq(&c->redirect_to[i].addr, &a))
			continue;
		parse_error(p, &s->args->at, "RedirectLma %.60s is given "
			    "twice", s->args->text);
		return NULL;
	}
	if (c->nredirects == CONF_REDIRECTS) {
		parse_error(p, &s->args->at, "RedirectLma stands %d times at "
			    "most", CONF_REDIRECTS);
		return NULL;
	}
	l = &c->redirect_to[c->nredirects++];
	*l = (struct conf_redirect){ .addr = a };
	schema_defaults(&schema_redirect, l);
	return l;
}

/* --- printing -------------------------------------------------------- */

static void
put_line(const char *name, const char *text, unsigned indent, FILE *f)
{
	while (indent--)
		fputc('\t', f);
	fprintf(f, "%s %s;\n", name, text);
}

static void
put_prefix_line(const char *name, const struct prefix *x, unsigned indent,
		FILE *f)
{
	char text[PREFIX_STRLEN];

	put_line(name, x->len == 128 ? addr_print(&x->addr, text) :
		 prefix_print(x, text), indent, f);
}

void
print_lladdrs(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_mobile *m = row;
	char text[LLADDR_STRLEN];

	for (unsigned i = 0; i < m->nll; i++)
		put_line("LinkLayerAddress", lladdr_print(&m->ll[i], text),
			 indent, f);
}

void
print_hnps(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_mobile *m = row;

	for (unsigned i = 0; i < m->nhnps; i++)
		put_prefix_line("HomeNetworkPrefix", &m->hnp[i], indent, f);
}

void
print_mags(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	const struct conf_mobile *m = row;

	for (unsigned i = 0; i < m->nmags; i++)
		put_prefix_line("Mag", &m->mag[i], indent, f);
}

void
print_pools(const struct conf *c, const void *row, unsigned indent, FILE *f)
{
	for (unsigned i = 0; i < c->npools; i++)
		put_prefix_line("HomeNetworkPrefix", &c->pool[i], indent, f);
}

void
print_redirectors(const struct conf *c, const void *row, unsigned indent,
		  FILE *f)
{
	for (unsigned i = 0; i < c->nredirectors; i++)
		put_prefix_line("RedirectingLma", &c->redirector[i], indent,
				f);
}

void
print_linklocal(const struct conf *c, const void *row, unsigned indent,
		FILE *f)
{
	char text[ADDR_STRLEN];

	if (!addr_is_unspec(&c->mag_linklocal))
		put_line("FixedMAGLinkLocalAddressOnAllAccessLinks",
			 addr_print(&c->mag_linklocal, text), indent, f);
}

const void *
print_rows_mobile(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->nmobiles;
	return c->mobile;
}

const void *
print_rows_redirect(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->nredirects;
	return c->redirect_to;
}

void
print_head_redirect(const void *row, FILE *f)
{
	char text[ADDR_STRLEN];

	fputs(addr_print(&((const struct conf_redirect *)row)->addr, text), f);
}

const void *
print_rows_access(const struct conf *c, const void *parent, unsigned *n)
{
	*n = c->naccess;
	return c->access;
}

void
print_head_mobile(const void *row, FILE *f)
{
	put_string(((const struct conf_mobile *)row)->id, f);
}

void
print_head_access(const void *row, FILE *f)
{
	put_string(((const struct conf_access_link *)row)->ifname, f);
}

/* --- as a whole ------------------------------------------------------ */

static bool
in_pool(const struct conf *c, const struct prefix *x)
{
	for (unsigned i = 0; i < c->npools; i++)
		if (prefix_match(&c->pool[i], &x->addr))
			return true;
	return false;
}

/* What one profile says and no other one may: a statement and its word. */
struct claim {
	struct map_node	node;
	uint64_t	key[2];		/* a digest of both */
	unsigned	profile;
};

static void
claim_key(struct claim *c, const char *name, const char *text)
{
	static const uint8_t halves[2][16] = { "statement", "its word" };
	char both[256];
	int len = snprintf(both, sizeof(both), "%.60s %.180s", name, text);

	for (int k = 0; k < 2; k++)
		c->key[k] = siphash13(halves[k], both, (size_t)len);
}

/* Does another profile have it already? */
static bool
claimed(struct parse *p, struct map *claims, unsigned profile,
	const char *name, const char *text)
{
	struct claim key, *c;
	struct map_node *m;

	claim_key(&key, name, text);
	m = map_find(claims, key.key);
	if (m)
		return container_of(m, struct claim, node)->profile != profile;
	c = arena_alloc(&p->conf->arena, sizeof(*c));
	if (!c) {
		parse_nomem(p);
		return false;
	}
	*c = key;
	c->profile = profile;
	if (!map_insert(claims, &c->node))
		parse_nomem(p);
	return false;
}

/* Identities, link-layer addresses and prefixes are each one mobile's. */
static void
check_profile(struct parse *p, const struct stmt *s, struct map *claims,
	      unsigned profile)
{
	if (claimed(p, claims, profile, "MobileNode", s->args->text))
		parse_error(p, &s->args->at, "MobileNode \"%.60s\" is given "
			    "twice", s->args->text);
	for (const struct stmt *a = s->body; a; a = a->next) {
		const char *name = a->row && a->args ? a->row->name : "";

		if ((strcmp(name, "LinkLayerAddress") &&
		     strcmp(name, "HomeNetworkPrefix")) ||
		    !claimed(p, claims, profile, name, a->args->text))
			continue;
		parse_error(p, &a->args->at, "%s %.60s is another mobile's "
			    "already", name, a->args->text);
	}
}

/* An anchor's mobiles have prefixes that come to it. */
static void
check_own_prefixes(struct parse *p, const struct stmt *s)
{
	for (const struct stmt *a = s->body; a; a = a->next) {
		struct prefix x;

		if (!a->row || strcmp(a->row->name, "HomeNetworkPrefix") ||
		    !a->args || prefix_parse(a->args->text, &x) ||
		    x.len != 64 || in_pool(p->conf, &x))
			continue;
		parse_error(p, &a->args->at, "%.60s is not within a "
			    "HomeNetworkPrefix of this anchor",
			    a->args->text);
	}
}

static void
check_profiles(struct parse *p, const struct stmt *top)
{
	static const uint8_t secret[16] = "profiles";
	struct map claims;
	unsigned profile = 0;

	map_init(&claims, offsetof(struct claim, key) -
		 offsetof(struct claim, node), 2 * sizeof(uint64_t), secret);
	for (const struct stmt *s = top; s; s = s->next) {
		if (!s->row || s->row->block != &schema_mobile || !s->args)
			continue;
		check_profile(p, s, &claims, profile++);
		if (p->conf->roles & CONF_LMA)
			check_own_prefixes(p, s);
	}
	map_fini(&claims);
}

/* RFC 4285's timestamps would be a second clock beside RFC 5213's, and its
 * identity the mobile's: neither is the gateway's or the anchor's. */
static void
check_proxy_peers(struct parse *p, const struct stmt *top)
{
	const struct conf *c = p->conf;

	for (unsigned i = 0; i < c->npeers; i++) {
		const struct conf_peer *peer = &c->peer[i];
		const struct place *at;

		if (i < p->ntable)
			continue;
		at = &p->peer.v[i - p->ntable]->args->at;
		if (peer->protect == CONF_PROTECT_CGA)
			parse_error(p, at, "Protect cga is for the addresses "
				    "of mobile nodes; a gateway and its anchor "
				    "want shared-key");
		if (peer->nai)
			parse_error(p, at, "Identity: proxy updates bear the "
				    "mobile's identity, not the gateway's");
		if (peer->replay == CONF_REPLAY_TIMESTAMP)
			parse_error(p, at, "replay timestamp: proxy updates "
				    "have the Timestamp option of RFC 5213, "
				    "see TimestampBasedApproachInUse");
	}
}

static bool
has_peer(const struct conf *c, const struct in6_addr *a)
{
	for (unsigned i = 0; i < c->npeers; i++)
		if (prefix_match(&c->peer[i].addr, a))
			return true;
	return false;
}

static bool
is_target(const struct conf *c, const struct in6_addr *a)
{
	for (unsigned i = 0; i < c->nredirects; i++)
		if (addr_eq(&c->redirect_to[i].addr, a))
			return true;
	return false;
}

/* RFC 6463 5.3: nobody is sent to whom we have no agreement with. */
static void
check_redirects(struct parse *p, const struct stmt *top)
{
	const struct conf *c = p->conf;
	const struct stmt *on = tree_find(top, "EnableLMARedirectFunction");
	const struct stmt *own = tree_find(top, "LmaRedirectAddress");

	if (on && c->redirect && addr_is_unspec(&c->lma_redirect) &&
	    !tree_find(top, "RedirectLma"))
		parse_error(p, &on->head->at, "sessions are assigned to whom? "
			    "RedirectLma ADDRESS, or LmaRedirectAddress for "
			    "this anchor");
	if (own && own->args && !addr_is_unspec(&c->lma_redirect) &&
	    addr_eq(&c->lma_redirect, &c->lma_address))
		parse_error(p, &own->args->at, "LmaRedirectAddress is another "
			    "one than LmaAddress");
	for (const struct stmt *s = top; s; s = s->next) {
		const struct stmt *at = s->row && s->row->block ==
			&schema_mobile ? tree_find(s->body, "LmaAddress") :
			s->row && s->row->block == &schema_redirect ? s : NULL;
		struct in6_addr a;

		if (!at || !at->args || addr_parse(at->args->text, &a) ||
		    addr_eq(&a, &c->lma_address))
			continue;
		if (at == s && addr_is_routable(&a) && !has_peer(c, &a))
			parse_error(p, &at->args->at, "RedirectLma %.60s has "
				    "no Peer", at->args->text);
		if (at != s && !is_target(c, &a))
			parse_error(p, &at->args->at, "LmaAddress %.60s is no "
				    "RedirectLma", at->args->text);
	}
}

static void
check_lma(struct parse *p, const struct stmt *top, const struct place *at)
{
	const struct conf *c = p->conf;

	if (addr_is_unspec(&c->lma_address) && !tree_find(top, "LmaAddress"))
		parse_error(p, at, "a local mobility anchor wants LmaAddress, "
			    "its own");
	check_redirects(p, top);
	if (!c->npools && !tree_find(top, "HomeNetworkPrefix") &&
	    !tree_find(top, "RedirectLma"))
		parse_error(p, at, "a local mobility anchor wants prefixes for "
			    "its mobiles: HomeNetworkPrefix PREFIX/LENGTH");
	if (!tree_find(top, "MobileNode"))
		parse_error(p, at, "a local mobility anchor wants to know whom "
			    "it serves: MobileNode \"user@realm\" { }, or "
			    "\"@realm\"");
	if (!tree_find(top, "Peer") && !tree_find(top, "KeyTable"))
		parse_error(p, at, "a local mobility anchor wants its access "
			    "gateways: Peer ADDRESS { ... } or KeyTable "
			    "\"file\"");
}

static void
check_mag(struct parse *p, const struct stmt *top, const struct place *at)
{
	const struct conf *c = p->conf;

	if (addr_is_unspec(&c->mag_address) && !tree_find(top, "MagAddress"))
		parse_error(p, at, "a mobile access gateway wants MagAddress, "
			    "the address it registers mobiles at");
	if (!tree_find(top, "AccessLink"))
		parse_error(p, at, "a mobile access gateway wants an "
			    "AccessLink \"interface\"");
	if (addr_is_unspec(&c->lma_address) && !tree_find(top, "LmaAddress"))
		parse_error(p, at, "a mobile access gateway wants LmaAddress, "
			    "the anchor of mobiles that name no other");
	if (!tree_find(top, "Peer"))
		parse_error(p, at, "how are messages with the anchor "
			    "protected? Peer ADDRESS { Protect ...; }");
}

/* Roles that this version keeps apart: an anchor that is a home agent, too,
 * is RFC 6612's matter. */
void
check_proxy(struct parse *p, const struct stmt *top)
{
	const struct stmt *s = tree_find(top, "NodeConfig");
	unsigned roles = p->conf->roles;

	if (!s || !s->args || !(roles & (CONF_LMA | CONF_MAG)))
		return;
	if (roles & CONF_LMA)
		check_lma(p, top, &s->args->at);
	if (roles & CONF_MAG)
		check_mag(p, top, &s->args->at);
	check_profiles(p, top);
	check_proxy_peers(p, top);
}
