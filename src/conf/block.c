/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.c - the blocks: what their arguments make, and what is to be
 * checked when one has been read.
 *
 * Opening a block adds its row to the configuration, unless an argument is
 * wrong or another row has it already.  Closing one fills in the defaults
 * that depend on its other statements and compares them with each other.
 */
#include "conf/parse.h"
#include "conf/schema.h"

bool
sites_add(struct parse *p, struct sites *l, const struct stmt *s)
{
	/* Twice the size at every power of two, as in conf.c. */
	if ((l->n & (l->n - 1)) == 0) {
		unsigned want = l->n ? 2 * l->n : 1;
		const struct stmt **v = arena_alloc(&p->arena,
						    want * sizeof(*v));

		if (!v) {
			parse_nomem(p);
			return false;
		}
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
	}
	l->v[l->n++] = s;
	return true;
}

bool
prefix_overlap(const struct prefix *a, const struct prefix *b)
{
	return a->len < b->len ? prefix_match(a, &b->addr) :
				 prefix_match(b, &a->addr);
}

/* One who says the same as another statement did. */
static void
repeated(struct parse *p, const struct stmt *s, const char *what,
	 const struct stmt *other)
{
	char where[240];

	parse_error(p, &s->args->at, "%s %.60s is given twice, first at %s",
		    what, s->args->text,
		    place_name(p, &s->args->at, &other->head->at, where,
			       sizeof(where)));
}

/* --- Interface ------------------------------------------------------- */

void *
block_open_iface(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf *c = p->conf;
	struct conf_iface *i;
	char name[CONF_IFNAME];

	if (!value_count(p, s, 1) ||
	    !value_ifname(p, "Interface", s->args, name))
		return NULL;
	for (unsigned k = 0; k < c->nifaces; k++) {
		if (strcmp(c->iface[k].name, name) == 0) {
			repeated(p, s, "Interface", p->iface.v[k]);
			return NULL;
		}
	}
	if (!sites_add(p, &p->iface, s))
		return NULL;
	i = conf_add_iface(c, name);
	if (!i)
		parse_nomem(p);
	return i;
}

static uint32_t
seconds_of(uint32_t ms)
{
	return (ms + 999) / 1000;
}

/* RFC 4861 section 6.2.1, as changed by RFC 6275 section 7.5. */
static void
check_intervals(struct parse *p, const struct stmt *s, struct conf_iface *i)
{
	const struct stmt *min = tree_find(s->body, "MinRtrAdvInterval");
	const struct stmt *life = tree_find(s->body, "AdvDefaultLifetime");
	uint32_t most = i->max_interval / 4 * 3;
	char text[32];

	if (!tree_is_good(s->body, "MaxRtrAdvInterval"))
		return;
	if (!min) {
		i->min_interval = i->max_interval / 100 * 33;
		if (i->min_interval < 30)
			i->min_interval = 30;
	} else if (min->good && i->min_interval > most) {
		schema_print_msec(most, text, sizeof(text));
		parse_error(p, &min->head->at, "MinRtrAdvInterval may be 0.75 "
			    "* MaxRtrAdvInterval at most, here %s", text);
	}
	if (!life) {
		i->lifetime = (uint16_t)seconds_of(3 * i->max_interval);
	} else if (life->good && i->lifetime &&
		   i->lifetime < seconds_of(i->max_interval)) {
		schema_print_msec(i->max_interval, text, sizeof(text));
		parse_error(p, &life->head->at, "AdvDefaultLifetime is 0 or "
			    "not less than MaxRtrAdvInterval, here %s", text);
	}
}

void
block_close_iface(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_iface *i = row;
	const struct stmt *mtu = tree_find(s->body, "AdvLinkMTU");

	check_intervals(p, s, i);
	/* RFC 6275 section 13; MIN_DELAY_BETWEEN_RAS of RFC 4861 is 3 s. */
	if (!tree_find(s->body, "MinDelayBetweenRAs"))
		i->min_delay = i->min_interval < 3000 ? i->min_interval : 3000;
	/* RFC 6275 section 7.4: as the router's, but never 0. */
	if (!tree_find(s->body, "HomeAgentLifetime"))
		i->ha_lifetime = i->lifetime ? i->lifetime :
			(uint16_t)seconds_of(3 * i->max_interval);
	if (!tree_find(s->body, "AdvRDNSSLifetime"))
		i->rdnss_lifetime = seconds_of(3 * i->max_interval);
	/* RFC 8200 section 5 */
	if (mtu && i->mtu && i->mtu < 1280)
		parse_error(p, &mtu->args->at, "AdvLinkMTU is 0 (no option) or "
			    "1280 at least");
}

void *
block_open_prefix(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf_iface *i = parent;
	struct conf_prefix *x;
	struct prefix prefix;

	if (!value_count(p, s, 1) ||
	    !value_prefix(p, "Prefix", s->args, &prefix))
		return NULL;
	if (!prefix.len || !addr_is_routable(&prefix.addr)) {
		parse_error(p, &s->args->at, "Prefix %.60s is none that hosts "
			    "could have addresses of", s->args->text);
		return NULL;
	}
	for (unsigned k = 0; k < i->nprefixes; k++) {
		if (prefix_eq(&i->prefix[k].prefix, &prefix)) {
			parse_error(p, &s->args->at, "Prefix %.60s is given "
				    "twice on this interface", s->args->text);
			return NULL;
		}
	}
	x = conf_add_prefix(p->conf, i);
	if (x)
		x->prefix = prefix;
	else
		parse_nomem(p);
	return x;
}

/* RFC 4861 section 6.2.1 */
static void
check_lifetimes(struct parse *p, const struct stmt *s, uint32_t valid,
		uint32_t *preferred)
{
	const struct stmt *pref = tree_find(s->body, "AdvPreferredLifetime");

	if (!pref && *preferred > valid)
		*preferred = valid;
	if (pref && pref->good && *preferred > valid &&
	    tree_is_good(s->body, "AdvValidLifetime"))
		parse_error(p, &pref->head->at, "AdvPreferredLifetime is more "
			    "than AdvValidLifetime");
}

void
block_close_prefix(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_prefix *x = row;

	check_lifetimes(p, s, x->valid, &x->preferred);
	if (!tree_is_good(s->body, "AdvAutonomous"))
		return;
	/* RFC 4862 section 5.5.3 d: hosts ignore a prefix that does not make
	 * 128 bits together with an interface identifier, which has 64. */
	if (x->autonomous && x->prefix.len != 64)
		parse_error(p, &s->args->at, "hosts form addresses from a /64 "
			    "only: say AdvAutonomous disabled, or change the "
			    "length");
}

void *
block_open_route(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf_iface *i = parent;
	struct conf_route *r;
	struct prefix prefix;

	if (!value_count(p, s, 1) ||
	    !value_prefix(p, "Route", s->args, &prefix))
		return NULL;
	for (unsigned k = 0; k < i->nroutes; k++) {
		if (prefix_eq(&i->route[k].prefix, &prefix)) {
			parse_error(p, &s->args->at, "Route %.60s is given "
				    "twice on this interface", s->args->text);
			return NULL;
		}
	}
	r = conf_add_route(p->conf, i);
	if (r)
		r->prefix = prefix;
	else
		parse_nomem(p);
	return r;
}

/* --- HomeLink, VirtualHomeLink, AccessAnchor ------------------------- */

/* The name of a home network without an interface, if it has one. */
static bool
read_network(struct parse *p, const struct stmt *s, const char **ret)
{
	*ret = NULL;
	if (!s->args)
		return true;
	if (!value_count(p, s, 1))
		return false;
	if (s->args->kind != ARG_STRING) {
		parse_error(p, &s->args->at, "VirtualHomeLink wants the name "
			    "of its network in double quotes, or none");
		return false;
	}
	*ret = arena_strdup(&p->conf->arena, s->args->text);
	if (!*ret)
		parse_nomem(p);
	return *ret;
}

void *
block_open_home_link(struct parse *p, const struct stmt *s, void *parent)
{
	bool virtual = s->row->block == &schema_virtual_link;
	struct conf_home_link *l;
	char name[CONF_IFNAME] = "";
	const char *network = NULL;

	if (virtual ? !read_network(p, s, &network) :
	    !value_count(p, s, 1) ||
	    !value_ifname(p, s->row->name, s->args, name))
		return NULL;
	if (!sites_add(p, &p->home_link, s))
		return NULL;
	l = s->row->block == &schema_anchor ?
		conf_add_anchor(p->conf, name) : conf_add_home_link(p->conf);
	if (!l) {
		parse_nomem(p);
		return NULL;
	}
	memcpy(l->ifname, name, sizeof(l->ifname));
	l->network = network;
	return l;
}

static void
check_home_link(struct parse *p, const struct stmt *s,
		const struct conf_home_link *l)
{
	const struct conf_home_link *other = p->conf->home_link;
	const struct stmt *ha = tree_find(s->body, l->anchor ? "Address" :
					  "HomeAgentAddress");
	const struct stmt *prefix = tree_find(s->body, "Prefix");
	char where[240];

	if (!prefix || !l->prefix.len)
		return;			/* that was reported */
	if (ha && *l->ifname && !addr_is_unspec(&l->ha) &&
	    !prefix_match(&l->prefix, &l->ha))
		parse_error(p, &ha->args->at, "%s %.60s is not within Prefix "
			    "%.60s", ha->row->name, ha->args->text,
			    prefix->args->text);
	/* RFC 4862 section 5.5.3 d: hosts form addresses of no other. */
	if (l->anchor && l->prefix.len != 64)
		parse_error(p, &prefix->args->at, "hosts form addresses from a "
			    "/64 only, so an AccessAnchor is for one");
	for (; other < l; other++) {
		if (!other->prefix.len ||
		    !prefix_overlap(&other->prefix, &l->prefix))
			continue;
		parse_error(p, &prefix->args->at, "Prefix %.60s overlaps with "
			    "that of the home link at %s", prefix->args->text,
			    place_name(p, &prefix->args->at,
				       &p->home_link.v[other -
				       p->conf->home_link]->head->at,
				       where, sizeof(where)));
	}
}

/* Who was not seen here could not use cga: by default nobody is to. */
static void
close_anchor(struct parse *p, const struct stmt *s, struct conf_home_link *l)
{
	const struct stmt *protect = tree_find(s->body, "Protect");

	if (l->seen_within)
		return;
	if (!protect)
		l->protect = CONF_PROTECT_NONE;
	else if (protect->good && l->protect == CONF_PROTECT_CGA)
		parse_error(p, &protect->head->at, "Protect cga is for "
			    "addresses that were seen on this link, and with "
			    "SeenWithin 0 none is remembered");
}

void
block_close_home_link(struct parse *p, const struct stmt *s, void *row)
{
	struct conf_home_link *l = row;

	if (l->anchor)
		close_anchor(p, s, row);
	if (s->row->block == &schema_virtual_link)
		check_lifetimes(p, s, l->valid, &l->preferred);
	check_home_link(p, s, row);
}

/* --- MnHomeLink ------------------------------------------------------ */

/* The row is a model: closing the block adds one for each HomeAddress. */
void *
block_open_home(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf_home *h;

	p->addresses = NULL;
	h = arena_alloc(&p->arena, sizeof(*h));
	if (!h) {
		parse_nomem(p);
		return NULL;
	}
	if (!value_count(p, s, 1) ||
	    !value_ifname(p, "MnHomeLink", s->args, h->ifname))
		return NULL;
	h->lifetime = p->conf->mn_max_ha_binding_life;
	h->ro_set = ++p->ro_sets;
	return h;
}

static void
add_home(struct parse *p, const struct conf_home *model,
	 const struct home_address *a)
{
	const struct conf *c = p->conf;
	struct conf_home *h;

	for (unsigned k = 0; k < c->nhomes; k++) {
		if (addr_eq(&c->home[k].hoa, &a->addr.addr)) {
			repeated(p, a->at, "HomeAddress", p->home.v[k]);
			return;
		}
	}
	if (addr_eq(&a->addr.addr, &model->ha)) {
		parse_error(p, &a->at->args->at, "HomeAddress %.60s is the "
			    "home agent's address", a->at->args->text);
		return;
	}
	if (!sites_add(p, &p->home, a->at))
		return;
	h = conf_add_home(p->conf);
	if (!h) {
		parse_nomem(p);
		return;
	}
	*h = *model;
	h->hoa = a->addr.addr;
	h->plen = a->addr.len;
}

void
block_close_home(struct parse *p, const struct stmt *s, void *row)
{
	const struct stmt *life = tree_find(s->body, "Lifetime");
	const struct conf_home *h = row;

	if (life && life->good && h->lifetime > p->conf->mn_max_ha_binding_life)
		parse_error(p, &life->head->at, "Lifetime is more than "
			    "MnMaxHaBindingLife, which is %u",
			    p->conf->mn_max_ha_binding_life);
	for (struct home_address *a = p->addresses; a; a = a->next)
		add_home(p, h, a);
	p->addresses = NULL;
}

/* --- Peer ------------------------------------------------------------ */

static bool
read_peer(struct parse *p, const struct arg *a, struct prefix *ret)
{
	struct prefix prefix;

	if (a->kind == ARG_PREFIX) {
		if (!value_prefix(p, "Peer", a, &prefix))
			return false;
	} else {
		if (!value_addr(p, "Peer", a, &prefix.addr))
			return false;
		prefix.len = 128;
	}
	if (prefix.len && !addr_is_routable(&prefix.addr)) {
		parse_error(p, &a->at, "Peer: %.60s is no routable unicast "
			    "address", a->text);
		return false;
	}
	*ret = prefix;
	return true;
}

/* Whether another peer has the address is seen when all are there. */
void *
block_open_peer(struct parse *p, const struct stmt *s, void *parent)
{
	struct conf_peer *peer;
	struct prefix prefix;

	if (!value_count(p, s, 1) || !read_peer(p, s->args, &prefix) ||
	    !sites_add(p, &p->peer, s))
		return NULL;
	peer = conf_add_peer(p->conf);
	if (peer)
		peer->addr = prefix;
	else
		parse_nomem(p);
	return peer;
}
