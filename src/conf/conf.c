/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.c - a configuration's memory and its defaults.
 *
 * Rows live in the configuration's arena.  An array that is full is copied
 * to one of twice the size; the old one stays behind in the arena, which
 * costs at most as much again and spares every row an allocation of its
 * own.  Who knows how many rows will come (a key table) reserves them.
 */
#include "conf/conf.h"
#include "conf/schema.h"

#include <stdlib.h>

struct conf *
conf_new(void)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	arena_init(&c->arena);
	schema_defaults(&schema_top, c);
	c->acl_default = CONF_ACL_UNSAID;
	schema_defaults(&schema_policy, c);
	c->prefix_sols = true;
	c->permit = ATYPE_ALL;
	c->boot = ATYPE_BIT(ATYPE_HOME);
	c->linger[ATYPE_HOME] = CONF_NEVER;
	c->linger[ATYPE_ACCESS] = c->linger[ATYPE_UNANCHORED] =
		c->linger[ATYPE_GRACEFUL] = 30;
	return c;
}

struct conf *
conf_free(struct conf *c)
{
	if (c) {
		arena_fini(&c->arena);
		free(c);
	}
	return NULL;
}

/* Room for `want' rows of `size' octets in *rows, of which n are there. */
static bool
reserve(struct conf *c, void **rows, size_t size, unsigned n, unsigned want)
{
	void *p = arena_alloc(&c->arena, size * want);

	if (!p)
		return false;
	if (n)
		memcpy(p, *rows, size * n);
	*rows = p;
	return true;
}

/* One more row: arrays without a capacity of their own double whenever
 * their number is a power of two. */
static void *
add_row(struct conf *c, void **rows, size_t size, unsigned *n, unsigned *cap)
{
	bool full = cap ? *n == *cap : (*n & (*n - 1)) == 0;
	unsigned want = *n ? 2 * *n : 1;

	if (full) {
		if (*n > UINT32_MAX / 2 ||
		    !reserve(c, rows, size, *n, want))
			return NULL;
		if (cap)
			*cap = want;
	}
	return (char *)*rows + size * (*n)++;
}

struct conf_iface *
conf_add_iface(struct conf *c, const char *name)
{
	struct conf_iface *i;
	void *rows = c->iface;

	if (strlen(name) >= sizeof(i->name))
		return NULL;
	i = add_row(c, &rows, sizeof(*i), &c->nifaces, &c->cap_ifaces);
	if (!i)
		return NULL;
	c->iface = rows;
	strcpy(i->name, name);
	schema_defaults(&schema_iface, i);
	i->careof_life = 86400;
	i->min_delay = 0;		/* derived, block.c */
	return i;
}

struct conf_home_link *
conf_add_home_link(struct conf *c)
{
	void *rows = c->home_link;
	struct conf_home_link *l = add_row(c, &rows, sizeof(*l),
					   &c->nhome_links,
					   &c->cap_home_links);

	c->home_link = rows;
	if (l)
		l->valid = l->preferred = UINT32_MAX;
	return l;
}

struct conf_home_link *
conf_add_anchor(struct conf *c, const char *ifname)
{
	struct conf_home_link *l;

	if (strlen(ifname) >= sizeof(l->ifname))
		return NULL;
	l = conf_add_home_link(c);
	if (!l)
		return NULL;
	l->anchor = true;
	strcpy(l->ifname, ifname);
	schema_defaults(&schema_anchor, l);
	return l;
}

uint32_t
conf_max_bindings(const struct conf *c)
{
	uint64_t n = conf_max_home_bindings(c);

	if (c->roles & CONF_CN)
		n += c->cn_max_bindings;
	/* One flow of each prefix; most have one. */
	if (c->roles & CONF_LMA)
		n += (uint64_t)c->lma_max_bindings + c->npools;
	if (c->roles & CONF_MAG)
		n += ((uint64_t)c->nmobiles + CONF_MAG_MOBILES) * CONF_HNPS;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

uint32_t
conf_max_home_bindings(const struct conf *c)
{
	uint64_t n = c->roles & CONF_HA ? c->ha_max_bindings : 0;

	for (unsigned k = 0; k < c->nhome_links; k++)
		if (c->home_link[k].anchor)
			n += c->home_link[k].max_bindings;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

struct conf_home *
conf_add_home(struct conf *c)
{
	void *rows = c->home;
	struct conf_home *h = add_row(c, &rows, sizeof(*h), &c->nhomes,
				      &c->cap_homes);

	c->home = rows;
	if (h) {
		h->plen = 64;
		h->lifetime = c->mn_max_ha_binding_life;
	}
	return h;
}

struct conf_rule *
conf_add_rule(struct conf *c)
{
	void *rows = c->rule;
	struct conf_rule *r = add_row(c, &rows, sizeof(*r), &c->nrules, NULL);

	c->rule = rows;
	if (r)
		*r = (struct conf_rule){ 0 };
	return r;
}

struct conf_label *
conf_add_label(struct conf *c)
{
	void *rows = c->label;
	struct conf_label *l = add_row(c, &rows, sizeof(*l), &c->nlabels,
				       NULL);

	c->label = rows;
	return l;
}

struct conf_ro_policy *
conf_add_ro_policy(struct conf *c)
{
	void *rows = c->ro_policy;
	struct conf_ro_policy *p = add_row(c, &rows, sizeof(*p),
					   &c->nro_policies,
					   &c->cap_ro_policies);

	c->ro_policy = rows;
	return p;
}

struct conf_acl *
conf_add_acl(struct conf *c)
{
	void *rows = c->acl;
	struct conf_acl *r = add_row(c, &rows, sizeof(*r), &c->nacls,
				     &c->cap_acls);

	c->acl = rows;
	return r;
}

struct conf_cn_policy *
conf_add_cn_policy(struct conf *c)
{
	void *rows = c->cn_policy;
	struct conf_cn_policy *p = add_row(c, &rows, sizeof(*p),
					   &c->ncn_policies,
					   &c->cap_cn_policies);

	c->cn_policy = rows;
	return p;
}

struct conf_peer *
conf_add_peer(struct conf *c)
{
	void *rows = c->peer;
	struct conf_peer *p = add_row(c, &rows, sizeof(*p), &c->npeers,
				      &c->cap_peers);

	c->peer = rows;
	if (p) {
		p->addr.len = 128;
		schema_defaults(&schema_peer, p);
	}
	return p;
}

struct conf_prefix *
conf_add_prefix(struct conf *c, struct conf_iface *i)
{
	void *rows = i->prefix;
	struct conf_prefix *p = add_row(c, &rows, sizeof(*p), &i->nprefixes,
					NULL);

	i->prefix = rows;
	if (p)
		schema_defaults(&schema_prefix, p);
	return p;
}

struct conf_route *
conf_add_route(struct conf *c, struct conf_iface *i)
{
	void *rows = i->route;
	struct conf_route *r = add_row(c, &rows, sizeof(*r), &i->nroutes,
				       NULL);

	i->route = rows;
	if (r) {
		schema_defaults(&schema_route, r);
		r->lifetime = (3 * i->max_interval + 999) / 1000;
	}
	return r;
}

struct conf_key_file *
conf_add_key_file(struct conf *c, const char *path)
{
	void *rows = c->key_file;
	char *copy = arena_strdup(&c->arena, path);
	struct conf_key_file *f;

	if (!copy)
		return NULL;
	f = add_row(c, &rows, sizeof(*f), &c->nkey_files, &c->cap_key_files);
	c->key_file = rows;
	if (f)
		f->path = copy;
	return f;
}

struct conf_mobile *
conf_add_mobile(struct conf *c, const char *id)
{
	void *rows = c->mobile;
	char *copy = arena_strdup(&c->arena, id);
	struct conf_mobile *m = copy ? add_row(c, &rows, sizeof(*m),
					       &c->nmobiles, &c->cap_mobiles) :
				       NULL;

	if (!m)
		return NULL;
	c->mobile = rows;
	*m = (struct conf_mobile){ .id = copy };
	schema_defaults(&schema_mobile, m);
	return m;
}

struct lladdr *
conf_add_mobile_ll(struct conf *c, struct conf_mobile *m)
{
	void *rows = m->ll;
	struct lladdr *ll = add_row(c, &rows, sizeof(*ll), &m->nll, NULL);

	m->ll = rows;
	return ll;
}

struct prefix *
conf_add_mobile_mag(struct conf *c, struct conf_mobile *m)
{
	void *rows = m->mag;
	struct prefix *p = add_row(c, &rows, sizeof(*p), &m->nmags, NULL);

	m->mag = rows;
	return p;
}

struct conf_access_link *
conf_add_access(struct conf *c, const char *ifname)
{
	void *rows = c->access;
	struct conf_access_link *l;

	if (strlen(ifname) >= sizeof(l->ifname))
		return NULL;
	l = add_row(c, &rows, sizeof(*l), &c->naccess, &c->cap_access);
	c->access = rows;
	if (!l)
		return NULL;
	*l = (struct conf_access_link){ 0 };
	strcpy(l->ifname, ifname);
	schema_defaults(&schema_access, l);
	return l;
}

struct prefix *
conf_add_pool(struct conf *c)
{
	void *rows = c->pool;
	struct prefix *p = add_row(c, &rows, sizeof(*p), &c->npools,
				   &c->cap_pools);

	c->pool = rows;
	return p;
}

bool
conf_reserve_peers(struct conf *c, unsigned more)
{
	void *rows = c->peer;
	unsigned want = c->npeers + more;

	if (want < more)
		return false;
	if (want <= c->cap_peers)
		return true;
	if (!reserve(c, &rows, sizeof(*c->peer), c->npeers, want))
		return false;
	c->peer = rows;
	c->cap_peers = want;
	return true;
}
