/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - does the configuration make sense as a whole?
 *
 * Each check says what would make it right.  Where a statement that a check
 * leans on was wrong itself, the check is left out: one mistake, one error.
 */
#define _GNU_SOURCE			/* qsort_r */
#include "conf/parse.h"
#include "conf/schema.h"

#include <stdlib.h>
#include <string.h>

/* Statements of a block at the top, however many of them were good. */
static unsigned
count(const struct stmt *top, const struct block *b)
{
	unsigned n = 0;

	for (; top; top = top->next)
		n += top->row && top->row->block == b;
	return n;
}

/* --- roles ----------------------------------------------------------- */

/* Is there an access anchor that takes nobody who has no Peer? */
static bool
only_peers(const struct conf *c)
{
	for (unsigned k = 0; k < c->nhome_links; k++)
		if (c->home_link[k].anchor &&
		    c->home_link[k].protect == CONF_PROTECT_NONE)
			return true;
	return false;
}

/* UMIP had no HomeLink: a home agent served the prefixes of its interface.  So
 * the one Interface that there is is the home link of all mobiles. */
static void
find_home_links(struct parse *p, const struct stmt *top)
{
	struct conf *c = p->conf;

	if (!(c->roles & CONF_HA) || count(top, &schema_home_link) ||
	    count(top, &schema_virtual_link) || c->nifaces != 1)
		return;
	for (unsigned i = 0; i < c->npeers; i++) {
		uint8_t len = c->peer[i].addr.len;
		struct prefix prefix = prefix_of(&c->peer[i].addr.addr, 64);
		struct conf_home_link *l;
		bool known = len < 64 || addr_is_unspec(&prefix.addr);

		for (unsigned k = 0; k < c->nhome_links; k++)
			known |= prefix_eq(&c->home_link[k].prefix, &prefix);
		l = known ? NULL : conf_add_home_link(c);
		if (!l)
			continue;
		strcpy(l->ifname, c->iface[0].name);
		l->prefix = prefix;
	}
}

static void
check_roles(struct parse *p, const struct stmt *top)
{
	const struct stmt *s = tree_find(top, "NodeConfig");
	const struct stmt *ro = tree_find(top, "DoRouteOptimizationCN");
	unsigned roles = p->conf->roles;
	bool adverts = false;

	if (!s)
		return;
	if (ro && !p->conf->cn_also && (roles & CONF_CN))
		parse_error(p, &ro->head->at, "DoRouteOptimizationCN "
			    "disabled: NodeConfig CN says the opposite");
	for (unsigned i = 0; i < p->conf->nifaces; i++)
		adverts |= p->conf->iface[i].send_adverts;
	adverts |= count(top, &schema_anchor) > 0;
	if ((roles & CONF_MN) && !count(top, &schema_home))
		parse_error(p, &s->args->at, "a mobile node wants its home: "
			    "MnHomeLink \"interface\" { ... }");
	if ((roles & CONF_HA) && !count(top, &schema_home_link) &&
	    !count(top, &schema_virtual_link) && !p->conf->nhome_links)
		parse_error(p, &s->args->at, "a home agent wants a home link: "
			    "HomeLink \"interface\" { ... } or VirtualHomeLink "
			    "{ ... }");
	if ((roles & CONF_HA) && !count(top, &schema_peer) &&
	    !tree_find(top, "KeyTable"))
		parse_error(p, &s->args->at, "a home agent wants its mobile "
			    "nodes: Peer ADDRESS { ... } or KeyTable "
			    "\"file\"");
	if (only_peers(p->conf) && !count(top, &schema_peer) &&
	    !(roles & CONF_HA) && !tree_find(top, "KeyTable"))
		parse_error(p, &s->args->at, "an access anchor wants to know "
			    "who may use it: Protect cga, Peer PREFIX { ... } "
			    "or KeyTable \"file\"");
	if ((roles & CONF_AR) && !adverts &&
	    count(top, &schema_iface) == p->conf->nifaces)
		parse_error(p, &s->args->at, "an access router wants an "
			    "Interface with SendAdvertisements enabled");
}

/* InitialBindackTimeout... <= MaxBindackTimeout (RFC 6275 section 11.8) */
static void
check_timeouts(struct parse *p, const struct stmt *top)
{
	static const char *const name[] = {
		"MaxBindackTimeout", "InitialBindackTimeoutFirstReg",
		"InitialBindackTimeoutReReg"
	};
	const struct conf *c = p->conf;
	const struct stmt *s = NULL;
	char text[32];

	if (c->bindack_first <= c->bindack_max &&
	    c->bindack_rereg <= c->bindack_max)
		return;
	for (unsigned i = 0; i < 3; i++) {
		if (!tree_is_good(top, name[i]))
			return;
		s = s ? s : tree_find(top, name[i]);
	}
	if (!s)
		return;
	schema_print_msec(c->bindack_max, text, sizeof(text));
	parse_error(p, &s->head->at, "MaxBindackTimeout (%s) is less than an "
		    "InitialBindackTimeout", text);
}

/* --- interfaces ------------------------------------------------------ */

static const struct conf_iface *
find_iface(const struct conf *c, const char *name)
{
	for (unsigned i = 0; i < c->nifaces; i++) {
		if (strcmp(c->iface[i].name, name) == 0)
			return &c->iface[i];
	}
	return NULL;
}

static void
check_declared(struct parse *p, const struct stmt *top)
{
	const struct conf_iface *i;

	for (const struct stmt *s = top; s; s = s->next)
		if (s->row && s->row->block == &schema_virtual_link &&
		    s->args && find_iface(p->conf, s->args->text))
			parse_error(p, &s->args->at, "this is an interface: "
				    "say HomeLink, or give the virtual "
				    "network another name");
	for (const struct stmt *s = top; s; s = s->next) {
		if (!s->row || !s->args || s->args->kind != ARG_STRING ||
		    (s->row->block != &schema_home_link &&
		     s->row->block != &schema_anchor &&
		     s->row->block != &schema_access &&
		     s->row->block != &schema_home))
			continue;
		i = find_iface(p->conf, s->args->text);
		if (i && !i->preference && s->row->block == &schema_home)
			parse_error(p, &s->args->at, "Interface \"%.60s\" has "
				    "MnIfPreference 0, so it is not used: "
				    "say 1 to 10", s->args->text);
		if (!i)
			parse_error(p, &s->args->at, "%s wants `Interface "
				    "\"%.60s\";' as well", s->row->name,
				    s->args->text);
	}
}

/* A statement that an AccessAnchor implies: in force, or an error where it
 * was written otherwise. */
static void
imply(struct parse *p, const struct stmt *body, const char *name, bool *flag,
      const char *why)
{
	const struct stmt *s = tree_find(body, name);

	if (!s)
		*flag = true;
	else if (s->good && !*flag)
		parse_error(p, &s->head->at, "an AccessAnchor is here, and %s: "
			    "say %s enabled, or leave it out", why, name);
}

/* The block of a prefix; NULL: none, or it was wrong. */
static const struct stmt *
prefix_block(const struct stmt *body, const struct prefix *prefix)
{
	struct prefix x;

	for (; body; body = body->next)
		if (body->row && body->row->block == &schema_prefix &&
		    body->args && !prefix_parse(body->args->text, &x) &&
		    prefix_eq(&x, prefix))
			return body;
	return NULL;
}

static struct conf_prefix *
advertised(struct parse *p, struct conf_iface *i, const struct prefix *prefix)
{
	struct conf_prefix *x;

	for (unsigned k = 0; k < i->nprefixes; k++)
		if (prefix_eq(&i->prefix[k].prefix, prefix))
			return &i->prefix[k];
	x = conf_add_prefix(p->conf, i);
	if (x)
		x->prefix = *prefix;
	else
		parse_nomem(p);
	return x;
}

/* What mobile nodes need to find an anchor, and to have an address of it. */
static void
finish_anchor(struct parse *p, const struct stmt *s, struct conf_iface *i,
	      const struct conf_home_link *l)
{
	const struct stmt *body = prefix_block(s->body, &l->prefix);
	struct conf_prefix *x;

	imply(p, s->body, "SendAdvertisements", &i->send_adverts,
	      "mobile nodes find it by advertisements");
	imply(p, s->body, "AdvHomeAgentFlag", &i->home_agent,
	      "mobile nodes know it by that flag");
	if (!tree_find(s->body, "AdvHomeAgentInfo"))
		i->ha_info = i->home_agent;
	x = l->prefix.len == 64 ? advertised(p, i, &l->prefix) : NULL;
	if (!x)
		return;
	body = body ? body->body : NULL;
	imply(p, body, "AdvRouterAddr", &x->router_address,
	      "mobile nodes take its address from there");
	imply(p, body, "AdvAutonomous", &x->autonomous,
	      "mobile nodes form addresses of its prefix");
	imply(p, body, "AdvOnLink", &x->on_link,
	      "mobile nodes are at home in its prefix");
}

/* RFC 6275 section 7.1: a home agent says so; section 7.4: only one who
 * does sends the option. */
static void
finish_iface(struct parse *p, const struct stmt *s, struct conf_iface *i)
{
	const struct stmt *info = tree_find(s->body, "AdvHomeAgentInfo");
	const struct conf *c = p->conf;

	for (unsigned k = 0; k < c->nhome_links; k++)
		if (c->home_link[k].anchor &&
		    strcmp(c->home_link[k].ifname, i->name) == 0)
			finish_anchor(p, s, i, &c->home_link[k]);
	if (!tree_find(s->body, "AdvHomeAgentFlag")) {
		for (unsigned k = 0; k < c->nhome_links; k++)
			i->home_agent |= strcmp(c->home_link[k].ifname,
						i->name) == 0;
	}
	if (i->ha_info && !i->home_agent && info)
		parse_error(p, &info->head->at, "AdvHomeAgentInfo wants "
			    "AdvHomeAgentFlag enabled (RFC 6275 section 7.4)");
}

/* --- peers ----------------------------------------------------------- */

static struct place
peer_place(const struct parse *p, unsigned i)
{
	struct place at = { .col = 1, .len = 1 };

	if (i >= p->ntable)
		return p->peer.v[i - p->ntable]->args->at;
	for (unsigned k = 0; k < p->nsources; k++) {
		if (p->source[k].key_file == p->conf->peer[i].key_file)
			at.file = k;
	}
	at.line = p->table_line[i];
	return at;
}

/* A row whose address could not be read. */
static bool
is_blank(const struct conf_peer *peer)
{
	return peer->addr.len == 128 && addr_is_unspec(&peer->addr.addr);
}

static int
compare(const void *va, const void *vb, void *arg)
{
	const uint32_t *a = va, *b = vb;
	const struct conf_peer *peer = arg;
	int d = addr_cmp(&peer[*a].addr.addr, &peer[*b].addr.addr);

	if (!d)
		d = peer[*a].addr.len - peer[*b].addr.len;
	if (!d)
		d = *a < *b ? -1 : 1;
	return d;
}

static void
check_twice(struct parse *p)
{
	const struct conf *c = p->conf;
	uint32_t *v = c->npeers ? reallocarray(NULL, c->npeers, sizeof(*v)) :
				  NULL;

	if (!v) {
		if (c->npeers)
			parse_nomem(p);
		return;
	}
	for (unsigned i = 0; i < c->npeers; i++)
		v[i] = i;
	qsort_r(v, c->npeers, sizeof(*v), compare, c->peer);
	for (unsigned i = 1, first = 0; i < c->npeers; i++) {
		const struct conf_peer *peer = &c->peer[v[i]];
		char text[PREFIX_STRLEN], where[240];
		struct place at, other;

		if (is_blank(peer) ||
		    !prefix_eq(&peer->addr, &c->peer[v[first]].addr)) {
			first = i;
			continue;
		}
		at = peer_place(p, v[i]);
		other = peer_place(p, v[first]);
		parse_error(p, &at, "Peer %s is given twice, first at %s",
			    peer->addr.len == 128 ?
			    addr_print(&peer->addr.addr, text) :
			    prefix_print(&peer->addr, text),
			    place_name(p, &at, &other, where, sizeof(where)));
	}
	free(v);
}

static void
check_mobile(struct parse *p, unsigned i)
{
	const struct conf *c = p->conf;
	const struct conf_peer *peer = &c->peer[i];
	struct place at;
	bool home = false, self = false, whole = false, unseen = false;

	for (unsigned k = 0; k < c->nhome_links; k++) {
		const struct conf_home_link *l = &c->home_link[k];

		home |= prefix_overlap(&l->prefix, &peer->addr);
		unseen |= peer->protect == CONF_PROTECT_CGA && (!l->anchor ||
			  !l->seen_within) &&
			  prefix_overlap(&l->prefix, &peer->addr);
		self |= peer->addr.len == 128 &&
			addr_eq(&l->ha, &peer->addr.addr);
		/* RFC 4291 section 2.6.1: it belongs to routers. */
		whole |= peer->addr.len == 128 &&
			 addr_eq(&l->prefix.addr, &peer->addr.addr);
	}
	if ((home && !self && !whole && !unseen) || is_blank(peer))
		return;
	at = peer_place(p, i);
	if (unseen)
		parse_error(p, &at, "Protect cga is for addresses that were "
			    "seen on their link: those of an AccessAnchor "
			    "whose SeenWithin is not 0");
	else if (self)
		parse_error(p, &at, "this is the %s own address; "
			    "a mobile node's is wanted", c->roles & CONF_HA ?
			    "home agent's" : "access router's");
	else if (whole)
		parse_error(p, &at, "this address is the home prefix itself; "
			    "for all of its nodes, say its length, too");
	else
		parse_error(p, &at, "this peer is within the Prefix of no %s, "
			    "so it can never register",
			    !(c->roles & CONF_HA) ? "AccessAnchor" :
			    c->roles & CONF_AR ?
			    "HomeLink, VirtualHomeLink or AccessAnchor" :
			    "HomeLink or VirtualHomeLink");
}

/* At a home agent or access anchor: peers are mobile nodes. */
static void
check_mobiles(struct parse *p, const struct stmt *top)
{
	const struct conf *c = p->conf;

	unsigned links = count(top, &schema_home_link) +
			 count(top, &schema_virtual_link) +
			 count(top, &schema_anchor);

	if (c->nhome_links != links || (!links && c->roles & CONF_HA))
		return;
	for (unsigned k = 0; k < c->nhome_links; k++) {
		if (!c->home_link[k].prefix.len)
			return;
	}
	for (unsigned i = 0; i < c->npeers; i++)
		check_mobile(p, i);
}

/* --- who may register at a home agent ------------------------------------ */

static unsigned
count_named(const struct stmt *top, const char *name)
{
	unsigned rows = 0;

	for (; top; top = top->next)
		rows += top->row && !strcmp(top->row->name, name);
	return rows;
}

static bool
is_home_address(const struct conf *c, const struct conf_peer *peer)
{
	for (unsigned k = 0; k < c->nhome_links; k++)
		if (!c->home_link[k].anchor &&
		    prefix_overlap(&c->home_link[k].prefix, &peer->addr))
			return true;
	return false;
}

/* `Protect none insecure', and not only a Protect that could not be read. */
static bool
has_no_key(const struct parse *p, unsigned i)
{
	const struct stmt *s = i < p->ntable ? NULL :
		tree_find(p->peer.v[i - p->ntable]->body, "Protect");

	return s && s->args && !strcmp(s->args->text, "none") &&
	       s->args->next && !strcmp(s->args->next->text, "insecure") &&
	       !s->args->next->next;
}

/* Without a word on who may register those may whose home address stands in
 * the configuration with a key.  A key for a prefix names nobody, and without
 * one anybody is anybody. */
static void
check_unnamed(struct parse *p)
{
	const struct conf *c = p->conf;

	for (unsigned i = 0; i < c->npeers; i++) {
		const struct conf_peer *peer = &c->peer[i];
		char text[PREFIX_STRLEN];
		struct place at;

		if (!is_home_address(c, peer) || (peer->addr.len == 128 &&
		    !has_no_key(p, i)))
			continue;
		at = peer_place(p, i);
		if (peer->addr.len == 128) {
			parse_error(p, &at, "`Protect none' proves nothing: "
				    "if %s may register, say so with "
				    "BindingAclPolicy ADDRESS[/LENGTH] allow "
				    "or DefaultBindingAclPolicy allow",
				    addr_print(&peer->addr.addr, text));
			continue;
		}
		parse_error(p, &at, "this would let one have any address of "
			    "%s: say who may register, with BindingAclPolicy "
			    "ADDRESS[/LENGTH] allow or DefaultBindingAclPolicy "
			    "allow", prefix_print(&peer->addr, text));
	}
}

/* An identity is believed where its key proves it. */
static void
check_identities(struct parse *p, const struct stmt *top)
{
	const struct conf *c = p->conf;

	for (unsigned i = 0; i < c->npeers; i++)
		if (c->peer[i].nai &&
		    c->peer[i].protect == CONF_PROTECT_SHARED_KEY)
			return;
	for (; top; top = top->next)
		if (top->row && !strcmp(top->row->name, "BindingAclPolicy") &&
		    top->args->kind == ARG_STRING)
			break;
	if (top)
		parse_error(p, &top->args->at, "nobody has proved to be that: "
			    "no Peer or KeyTable has both a shared key and an "
			    "Identity");
}

static void
check_admission(struct parse *p, const struct stmt *top)
{
	const struct stmt *s = tree_find(top, "BindingAclPolicy");
	const struct conf *c = p->conf;

	if (!(c->roles & CONF_HA) ||
	    count_named(top, "BindingAclPolicy") != c->nacls ||
	    count(top, &schema_peer) + p->ntable != c->npeers)
		return;
	if (p->keys || !tree_find(top, "KeyTable"))
		check_identities(p, top);
	if (c->acl_default == CONF_ACL_UNSAID && !c->nacls) {
		check_unnamed(p);
		return;
	}
	if (!c->acl_default)
		return;
	for (unsigned k = 0; k < c->nacls; k++)
		if (!c->acl[k].status)
			return;
	if (!s)
		s = tree_find(top, "DefaultBindingAclPolicy");
	parse_error(p, &s->head->at, "nobody could register: add "
		    "BindingAclPolicy ADDRESS[/LENGTH] allow, or say "
		    "DefaultBindingAclPolicy allow");
}

/* Of the peers that have it, the most specific one. */
static bool
peer_is_cga(const struct conf *c, const struct in6_addr *addr)
{
	const struct conf_peer *best = NULL;

	for (unsigned i = 0; i < c->npeers; i++)
		if (prefix_match(&c->peer[i].addr, addr) &&
		    (!best || c->peer[i].addr.len > best->addr.len))
			best = &c->peer[i];
	return best && best->protect == CONF_PROTECT_CGA;
}

static bool
body_has(const struct stmt *body, const struct stmt *s)
{
	for (; body; body = body->next)
		if (body == s)
			return true;
	return false;
}

/* Home agents that are found are in the home prefix, and want a Peer, too. */
static void
check_found_agents(struct parse *p, const struct stmt *home)
{
	const struct conf *c = p->conf;

	for (unsigned i = 0; i < c->nhomes; i++) {
		const struct conf_home *h = &c->home[i];
		const struct arg *a = p->home.v[i]->args;
		struct prefix prefix = prefix_of(&h->hoa, h->plen);
		char text[PREFIX_STRLEN];
		bool found = false;

		if (!addr_is_unspec(&h->ha) ||
		    !body_has(home->body, p->home.v[i]))
			continue;
		for (unsigned k = 0; k < c->npeers; k++)
			found |= prefix_overlap(&c->peer[k].addr, &prefix) &&
				 c->peer[k].protect != CONF_PROTECT_CGA;
		prefix_print(&prefix, text);
		if (!found)
			parse_error(p, &a->at, "how are messages with the home "
				    "agents of %s protected? Add Peer %s "
				    "{ Protect shared-key spi N file \"...\"; "
				    "}, or the HomeAgentAddress", text, text);
		/* RFC 2526: seven bits of anycast identifier */
		if (h->plen > 121)
			parse_error(p, &a->at, "no home agent can be found in "
				    "%s, it is too small: give the "
				    "HomeAgentAddress", text);
	}
}

/* At a mobile node: peers are home agents, and each has one. */
static void
check_agents(struct parse *p, const struct stmt *top)
{
	const struct conf *c = p->conf;

	if (count(top, &schema_peer) != c->npeers)
		return;
	for (const struct stmt *s = top; s; s = s->next) {
		const struct stmt *ha = NULL;
		struct in6_addr addr;
		bool found = false, cga;

		if (s->row && s->row->block == &schema_home) {
			ha = tree_find(s->body, "HomeAgentAddress");
			check_found_agents(p, s);
		}
		if (!ha || !ha->args || addr_parse(ha->args->text, &addr) ||
		    !addr_is_routable(&addr))
			continue;
		for (unsigned i = 0; i < c->npeers; i++)
			found |= prefix_match(&c->peer[i].addr, &addr);
		cga = peer_is_cga(c, &addr);
		if (cga)
			parse_error(p, &ha->args->at, "Protect cga is for "
				    "access routers, whose links the address "
				    "is formed on; a home agent wants "
				    "shared-key");
		else if (!found)
			parse_error(p, &ha->args->at, "how are messages with "
				    "this home agent protected? Add Peer "
				    "%.60s { Protect shared-key spi N file "
				    "\"...\"; }", ha->args->text);
	}
}

/* No home address is the address of any of the home agents. */
static void
check_homes(struct parse *p)
{
	const struct conf *c = p->conf;

	for (unsigned i = 0; i < c->nhomes; i++) {
		const struct arg *a = p->home.v[i]->args;

		for (unsigned k = 0; k < c->nhomes; k++) {
			if (!addr_eq(&c->home[i].hoa, &c->home[k].ha))
				continue;
			parse_error(p, &a->at, "HomeAddress %.60s is the "
				    "address of a home agent", a->text);
			break;
		}
	}
}

void
check_conf(struct parse *p, const struct stmt *top)
{
	struct conf *c = p->conf;

	find_home_links(p, top);
	check_roles(p, top);
	check_timeouts(p, top);
	if (count(top, &schema_iface) == c->nifaces)
		check_declared(p, top);
	for (unsigned i = 0; i < c->nifaces; i++)
		finish_iface(p, p->iface.v[i], &c->iface[i]);
	check_homes(p);
	check_twice(p);
	if (c->roles & (CONF_HA | CONF_AR))
		check_mobiles(p, top);
	check_admission(p, top);
	if (c->roles & CONF_MN)
		check_agents(p, top);
	check_proxy(p, top);
}
