/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_check_proxy.c - what must hold of anchors and gateways of Proxy Mobile
 * IPv6 (RFC 5213), whatever happens.  The numbers go on from sim_check_app.c.
 *
 * 20. A gateway's data path is what the gateway believes: each flow of an
 *     access link is of a mobile that it serves there, and each prefix of one
 *     that it serves has its flow.  It never routes a prefix for a mobile that
 *     it does not have (6.10.5).
 * 21. So is an anchor's: a flow into a path to a gateway for each prefix of a
 *     session that is active, to that session's gateway, and no other.
 * 22. No prefix is of two mobility sessions (5.3.2: "MUST ensure the allocated
 *     prefix(es) is not in use").
 * 23. Nobody sees a prefix that is not his: what a gateway serves a mobile
 *     with, and what a host forms addresses of, was given to its identity by
 *     an anchor.
 */
#include "sim.h"

#include <stdlib.h>

/* --- what they believe ---------------------------------------------------- */

static void take_prefix(struct proxy_view *x, const struct field *f)
{
	if (strncmp(f->key, "prefix", 6) == 0 && f->kind == FIELD_ADDR &&
	    x->n < PROXY_PREFIXES)
		x->prefix[x->n++] = f->addr;
}

static void take_word(const struct field *f, const char *key, char *ret,
		      size_t cap)
{
	if (f->kind == FIELD_STR && strcmp(f->key, key) == 0)
		snprintf(ret, cap, "%s", f->s);
}

static void proxy_put(struct record_sink *sink, const struct record *r)
{
	struct proxy_views *v = container_of(sink, struct proxy_views, sink);
	struct proxy_view *x = &v->v[v->n];
	bool mag = strcmp(r->type, "proxy-registration") == 0;

	if (v->n == PROXY_VIEWS || (!mag && strcmp(r->type, "binding")))
		return;
	*x = (struct proxy_view){ .mag = mag };
	for (unsigned k = 0; k < r->n; k++) {
		const struct field *f = &r->f[k];

		take_prefix(x, f);
		take_word(f, "identity", x->id, sizeof(x->id));
		take_word(f, "interface", x->ifname, sizeof(x->ifname));
		take_word(f, "place", x->state, sizeof(x->state));
		take_word(f, "state", x->state, sizeof(x->state));
		if (strcmp(f->key, "link-layer") == 0)
			x->ll = f->ll;
		if (f->kind == FIELD_ADDR && (!strcmp(f->key, "mag") ||
					      !strcmp(f->key, "lma")))
			x->peer = f->addr;
		if (f->kind == FIELD_BOOL && !strcmp(f->key, "served"))
			x->on = f->u;
	}
	if (!mag)
		x->on = strcmp(x->state, "active") == 0;
	v->n += mag || *x->id;
}

void proxy_look(const struct sim_node *n, struct proxy_views *ret)
{
	struct cursor c = { 0 };

	ret->sink.put = proxy_put;
	ret->n = 0;
	while (n->node && node_show(n->node, "bindings", n->sim->now, &c,
				    &ret->sink))
		;
}

static bool has_prefix(const struct proxy_view *x, const struct in6_addr *a)
{
	for (unsigned k = 0; k < x->n; k++)
		if (addr_eq(&x->prefix[k], a))
			return true;
	return false;
}

/* --- what was given to whom ------------------------------------------------ */

static void give(struct sim *s, const char *id, const struct in6_addr *a)
{
	struct sim_given *g;

	if (proxy_was_given(s, id, a))
		return;
	g = sim_alloc(sizeof(*g));
	snprintf(g->id, sizeof(g->id), "%s", id);
	g->hnp = *a;
	list_init(&g->l);
	list_append(&s->given, &g->l);
}

bool proxy_was_given(const struct sim *s, const char *id,
		     const struct in6_addr *a)
{
	list_each(l, &s->given) {
		const struct sim_given *g = container_of(l, struct sim_given,
							 l);

		if (strcmp(g->id, id) == 0 && addr_eq(&g->hnp, a))
			return true;
	}
	return false;
}

/* Whose card is it, by the gateways' tables?  NULL: nobody's. */
static const char *identity_of(const struct sim *s, const struct lladdr *ll)
{
	list_each(l, &s->nodes) {
		const struct conf *c =
			container_of(l, struct sim_node, all)->conf;

		for (unsigned k = 0; c && k < c->nmobiles; k++)
			for (unsigned j = 0; j < c->mobile[k].nll; j++)
				if (lladdr_eq(&c->mobile[k].ll[j], ll))
					return c->mobile[k].id;
	}
	return NULL;
}

/* --- 20: a gateway ------------------------------------------------------- */

static const struct ef_flow *access_flow(struct sim_node *n,
					 const struct in6_addr *hnp)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->said && k->f.access.ifindex &&
		    addr_eq(&k->f.key.src.addr, hnp))
			return &k->f;
	}
	return NULL;
}

static bool has_mobile(struct sim_node *n, const struct proxy_views *v,
		       const struct ef_flow *f)
{
	const struct sim_iface *i = sim_iface(n, f->access.ifindex);

	for (unsigned k = 0; k < v->n; k++)
		if (v->v[k].on && has_prefix(&v->v[k], &f->key.src.addr) &&
		    lladdr_eq(&v->v[k].ll, &f->access.ll) && i &&
		    strcmp(v->v[k].ifname, i->name) == 0)
			return true;
	return false;
}

static void check_gateway(struct sim_node *n, const struct proxy_views *v)
{
	char text[PREFIX_STRLEN];

	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->said && k->f.access.ifindex &&
		    !has_mobile(n, v, &k->f))
			check_fail(n->sim, n, "routes %s for nobody",
				   prefix_print(&k->f.key.src, text));
	}
	for (unsigned k = 0; k < v->n; k++)
		for (unsigned j = 0; v->v[k].on && j < v->v[k].n; j++) {
			const struct proxy_view *x = &v->v[k];
			const struct ef_flow *f =
				access_flow(n, &x->prefix[j]);

			if (!f || !addr_eq(&f->path.remote, &x->peer))
				check_fail(n->sim, n, "serves %s without a "
					   "flow", x->id);
			if (!proxy_was_given(n->sim, x->id, &x->prefix[j]))
				check_fail(n->sim, n, "serves %s with a prefix"
					   " that nobody gave it", x->id);
		}
}

/* --- 21, 22: an anchor ---------------------------------------------------- */

static const struct ef_flow *path_flow_of(struct sim_node *n,
					  const struct in6_addr *hnp)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->said && k->f.action == FLOW_PATH &&
		    k->f.key.dst.len == 64 && addr_eq(&k->f.key.dst.addr, hnp))
			return &k->f;
	}
	return NULL;
}

static void check_flows(struct sim_node *n, const struct proxy_views *v)
{
	char text[PREFIX_STRLEN];

	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);
		bool known = !k->said || k->f.action != FLOW_PATH;

		for (unsigned j = 0; j < v->n; j++)
			known |= v->v[j].on &&
				 has_prefix(&v->v[j], &k->f.key.dst.addr);
		if (!known)
			check_fail(n->sim, n, "routes %s for nobody",
				   prefix_print(&k->f.key.dst, text));
	}
}

static void check_anchor(struct sim_node *n, const struct proxy_views *v)
{
	check_flows(n, v);
	for (unsigned k = 0; k < v->n; k++) {
		const struct proxy_view *x = &v->v[k];

		for (unsigned j = 0; j < x->n; j++) {
			const struct ef_flow *f =
				path_flow_of(n, &x->prefix[j]);

			for (unsigned o = 0; o < k; o++)
				if (has_prefix(&v->v[o], &x->prefix[j]))
					check_fail(n->sim, n, "%s and %s have "
						   "one prefix", x->id,
						   v->v[o].id);
			if (!x->on)
				continue;
			give(n->sim, x->id, &x->prefix[j]);
			if (!f || !addr_eq(&f->path.remote, &x->peer))
				check_fail(n->sim, n, "has %s without a flow "
					   "to its gateway", x->id);
		}
	}
}

/* An anchor is about to die, and its last answers are on their way. */
void check_last_words(struct sim_node *n)
{
	struct proxy_views v;

	if (!(n->conf->roles & CONF_LMA))
		return;
	proxy_look(n, &v);
	for (unsigned k = 0; k < v.n; k++)
		for (unsigned j = 0; v.v[k].on && j < v.v[k].n; j++)
			give(n->sim, v.v[k].id, &v.v[k].prefix[j]);
}

void check_sessions(struct sim_node *n)
{
	struct proxy_views v;

	if (!(n->conf->roles & (CONF_LMA | CONF_MAG)))
		return;
	proxy_look(n, &v);
	if (n->conf->roles & CONF_LMA)
		check_anchor(n, &v);
	else
		check_gateway(n, &v);
}

/* --- 23: a host ----------------------------------------------------------- */

void check_formed(struct sim_iface *i, const struct in6_addr *addr)
{
	const char *id = identity_of(i->node->sim, &i->ll);
	struct prefix p = prefix_of(addr, 64);
	char text[PREFIX_STRLEN];

	if (id && !proxy_was_given(i->node->sim, id, &p.addr))
		check_fail(i->node->sim, i->node, "hears of %s, which was "
			   "never given to %s", prefix_print(&p, text), id);
}
