/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_check.c - what must hold in every run, whatever happens.
 *
 *  1. No path without a binding: each tunnel end that a running node has
 *     put up belongs to a binding or to a registration under way, or is at
 *     the care-of address before, of a link that is still there; and every
 *     flow leads into a path that exists.
 *  2. The ends do not disagree for longer than a lifetime: once no message
 *     gets through any more, both have forgotten by then.
 *  3. Effects balance: after a shutdown nothing of what a node put up is
 *     left; what a killed one left goes with the SYNC of the next.
 *  4. The deadline is not in the past after a tick, and ticks get somewhere.
 *  5. What one event causes is bounded.
 *  6. Sequence numbers of a registration grow modulo 2^16, unless the home
 *     agent has said by status 135 where to go on (RFC 6275 11.7.1); a
 *     restart goes on behind the last one that was accepted.
 *  7. No packet of a home address, or of another that is anchored, leaves
 *     untunnelled anywhere but on its own link, and there not before the
 *     deregistration (11.5.5).  A mobile that has just been moved away has
 *     DETECTION_TIME to notice.
 *  8. Every message that a node builds can be parsed; and Mobility Headers have
 *     a Home Address option or a type 2 routing header where RFC 6275 6.1
 *     lets them.
 *
 * Those of addresses on demand, 9 and on, are in sim_check_app.c; of Proxy
 * Mobile IPv6, 20 and on, in sim_check_proxy.c.
 */
#include "sim.h"

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#define EFFECTS_MAX	256		/* of one event */
#define TICKS_MAX	64		/* at one instant */
/* Beyond the lifetime: it is told in units of 4 seconds, and a message may
 * have been on its way. */
#define LIFETIME_SLACK	SEC(10)
#define DETECTION_TIME	SEC(2)
#define MISTAKEN_TIME	SEC(30)
#define START_TIME	SEC(11)		/* and until SYNC of a new process */

void check_fail(struct sim *s, const struct sim_node *n, const char *fmt, ...)
{
	usec_t ms = (s->now - SIM_EPOCH) / USEC_PER_MSEC;
	va_list ap;

	s->violations++;
	fprintf(s->complaints, "%s: %" PRIu64 ".%03" PRIu64 " %s: ",
		s->scene ? s->scene : "mip6sim", ms / 1000, ms % 1000,
		n ? n->name : "world");
	va_start(ap, fmt);
	vfprintf(s->complaints, fmt, ap);
	va_end(ap);
	fputc('\n', s->complaints);
}

/* --- what nodes believe ------------------------------------------------- */

static const struct field *field(const struct record *r, const char *key)
{
	for (unsigned i = 0; i < r->n; i++)
		if (strcmp(r->f[i].key, key) == 0)
			return &r->f[i];
	return NULL;
}

static bool yes(const struct record *r, const char *key)
{
	const struct field *f = field(r, key);

	return f && f->kind == FIELD_BOOL && f->u;
}

static bool is_word(const struct record *r, const char *key, const char *word)
{
	const struct field *f = field(r, key);

	return f && f->kind == FIELD_STR && strcmp(f->s, word) == 0;
}

static void take_addr(const struct record *r, const char *key,
		      struct in6_addr *ret)
{
	const struct field *f = field(r, key);

	if (f && f->kind == FIELD_ADDR)
		*ret = f->addr;
}

static void view_put(struct record_sink *sink, const struct record *r)
{
	struct check_views *v = container_of(sink, struct check_views, sink);
	struct check_view *x = &v->v[v->n];
	bool peer = strcmp(r->type, "correspondent-registration") == 0;
	bool proxy = strcmp(r->type, "proxy-registration") == 0;
	bool here = peer || strcmp(r->type, "registration") == 0 || proxy;
	const struct field *granted = field(r, "granted");

	if (v->n == CHECK_BINDINGS ||
	    (!here && strcmp(r->type, "binding") != 0))
		return;
	*x = (struct check_view){ 0 };
	take_addr(r, "hoa", &x->hoa);
	take_addr(r, "coa", &x->coa);
	take_addr(r, "ask-coa", &x->ask);
	take_addr(r, "previous-coa", &x->previous);
	take_addr(r, peer ? "peer" : "ha", &x->ha);
	x->correspondent = peer || is_word(r, "registration",
					   "correspondent");
	take_addr(r, "mag", &x->coa);	/* an anchor's */
	take_addr(r, "lma", &x->coa);	/* a gateway's: the path's far end */
	if (!here)
		x->ask = x->coa;
	x->bound = proxy ? yes(r, "served") : here ? yes(r, "bound") : is_word(r, "state", "active");
	x->asking = here ? is_word(r, "asking", "register")
			 : is_word(r, "state", "waiting");
	x->home = is_word(r, "place", "home");
	x->idle = is_word(r, "place", "idle");
	x->returning = is_word(r, "place", "returning");
	x->trial = field(r, "home-trial");
	if (granted)
		x->granted = granted->kind == FIELD_DURATION ?
			     granted->u / USEC_PER_SEC : granted->u;
	v->n++;
}

void check_look(const struct sim_node *n, struct check_views *ret)
{
	struct cursor c = { 0 };

	ret->sink.put = view_put;
	ret->n = 0;
	while (n->node && node_show(n->node, "bindings", n->sim->now, &c,
				    &ret->sink))
		;
}

const struct check_view *check_view_of(const struct check_views *v,
				       const struct in6_addr *hoa)
{
	for (unsigned i = 0; i < v->n; i++)
		if (!v->v[i].correspondent && addr_eq(&v->v[i].hoa, hoa))
			return &v->v[i];
	return NULL;
}

/* --- 1: paths ----------------------------------------------------------- */

static bool has_reason(const struct check_views *v, const struct path_key *key)
{
	for (unsigned i = 0; i < v->n; i++) {
		const struct check_view *x = &v->v[i];

		if (x->correspondent != (key->kind != PATH_IP6IP6) ||
		    (key->kind == PATH_MIP6_MN &&
		     !addr_eq(&x->ha, &key->remote)))
			continue;
		if (x->bound && (addr_eq(&x->coa, &key->remote) ||
				 addr_eq(&x->coa, &key->local)))
			return true;
		if (x->asking && (addr_eq(&x->ask, &key->remote) ||
				  addr_eq(&x->ask, &key->local)))
			return true;
		if (!addr_is_unspec(&x->previous) &&
		    addr_eq(&x->previous, &key->local))
			return true;
	}
	return false;
}

static bool path_there(struct sim_node *n, const struct path_key *key)
{
	list_each(l, &n->paths) {
		struct k_path *k = container_of(l, struct k_path, l);

		if (k->p.key.kind == key->kind &&
		    addr_eq(&k->p.key.local, &key->local) &&
		    addr_eq(&k->p.key.remote, &key->remote))
			return true;
	}
	return false;
}

static void check_paths(struct sim_node *n, const struct check_views *v)
{
	char a[80];

	list_each(l, &n->paths) {
		struct k_path *k = container_of(l, struct k_path, l);

		if (k->said && !has_reason(v, &k->p.key))
			check_fail(n->sim, n, "a path to %s without a binding",
				   chart_addr(n->sim, &k->p.key.remote, a,
					      sizeof(a)));
	}
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->said && k->f.action == FLOW_PATH &&
		    !path_there(n, &k->f.path))
			check_fail(n->sim, n, "a flow into no path to %s",
				   chart_addr(n->sim, &k->f.path.remote, a,
					      sizeof(a)));
	}
}

/* --- 2: both ends ------------------------------------------------------- */

static struct sim_node *owner_of(struct sim *s, const struct in6_addr *a)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);
		struct k_addr *k = kernel_addr(n, a);

		if (k && !k->made)
			return n;
	}
	return NULL;
}

static bool agree(const struct check_view *mn, const struct check_view *ha)
{
	bool m = mn && mn->bound, h = ha && ha->bound;

	return m == h && (!m || addr_eq(&mn->coa, &ha->coa));
}

static void check_ends(struct sim_node *mn, const struct check_views *v, unsigned k)
{
	struct sim *s = mn->sim;
	struct sim_reg *w = &mn->watch.reg[k];
	const struct conf_home *home = &mn->conf->home[k];
	struct sim_node *ha = owner_of(s, &home->ha);
	const struct check_view *m = check_view_of(v, &home->hoa), *h;
	struct check_views hv;

	if (!ha || !ha->node) {		/* it has no opinion */
		w->apart = USEC_NEVER;
		return;
	}
	check_look(ha, &hv);
	h = check_view_of(&hv, &home->hoa);
	if (m && m->granted > w->lifetime)
		w->lifetime = m->granted;
	if (h && h->granted > w->lifetime)
		w->lifetime = h->granted;
	if (agree(m, h)) {
		w->apart = USEC_NEVER;
	} else if (w->apart == USEC_NEVER || mn->watch.heard) {
		w->apart = s->now;
	} else if (s->now - w->apart > SEC(w->lifetime) + LIFETIME_SLACK) {
		check_fail(s, mn, "the ends disagree for %llu s",
			   (s->now - w->apart) / USEC_PER_SEC);
		w->apart = s->now;
	}
}

void check_world(struct sim *s)
{
	struct check_views v;

	if (!s->dirty)
		return;
	s->dirty = false;
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (!n->node)
			continue;
		check_look(n, &v);
		check_paths(n, &v);
		check_sessions(n);
		check_apps_time(n);
		for (unsigned k = 0; k < n->conf->nhomes && k < SIM_HOMES;
		     k++)
			check_ends(n, &v, k);
		n->watch.heard = false;
	}
}

/* --- 3: balance --------------------------------------------------------- */

void check_stopped(struct sim_node *n)
{
	struct sim *s = n->sim;
	char a[80];

	list_each(l, &n->addrs) {
		struct k_addr *k = container_of(l, struct k_addr, l);

		if (k->made && k->said)
			check_fail(s, n, "shut down, but address %s is left",
				   chart_addr(s, &k->addr, a, sizeof(a)));
	}
	list_each(l, &n->routes) {
		struct k_route *k = container_of(l, struct k_route, l);

		if (k->made && k->said)
			check_fail(s, n, "shut down, but route %s is left",
				   prefix_print(&k->r.dst, a));
	}
	list_each(l, &n->paths)
		if (container_of(l, struct k_path, l)->said)
			check_fail(s, n, "shut down, but a path is left");
	list_each(l, &n->flows)
		if (container_of(l, struct k_flow, l)->said)
			check_fail(s, n, "shut down, but a flow is left");
	if (!list_empty(&n->proxies))
		check_fail(s, n, "shut down, but a proxy is left");
}

/* --- 4, 5: progress and bounds ------------------------------------------ */

void check_start(struct sim_node *n)
{
	n->watch.ticks = 0;
	for (unsigned k = 0; k < SIM_HOMES; k++) {
		struct sim_reg *w = &n->watch.reg[k];

		w->apart = USEC_NEVER;
		w->has_seq = w->acked;
		w->seq = w->acked_seq;
		w->adopt = false;
	}
}

void check_forget(struct sim_node *n)
{
	for (unsigned k = 0; k < SIM_HOMES; k++)
		n->watch.reg[k].acked = false;
}

void check_tick(struct sim_node *n)
{
	struct sim_watch *w = &n->watch;
	usec_t now = n->sim->now;

	if (node_deadline(n->node) < now)
		check_fail(n->sim, n, "the deadline is in the past");
	w->ticks = w->last_tick == now ? w->ticks + 1 : 1;
	w->last_tick = now;
	if (w->ticks == TICKS_MAX)
		check_fail(n->sim, n, "%u ticks at one instant", w->ticks);
}

void check_effects(struct sim_node *n, unsigned count)
{
	if (count)
		n->sim->dirty = true;
	check_apps(n);
	if (count > EFFECTS_MAX)
		check_fail(n->sim, n, "%u effects of one event", count);
}

/* --- 6, 8: messages ----------------------------------------------------- */

static struct sim_reg *reg_of(struct sim_node *n, const struct in6_addr *hoa)
{
	for (unsigned k = 0; k < n->conf->nhomes && k < SIM_HOMES; k++)
		if (addr_eq(&n->conf->home[k].hoa, hoa))
			return &n->watch.reg[k];
	return NULL;
}

static void check_seq(struct sim_node *n, struct sim_reg *w, uint16_t seq)
{
	uint16_t ahead = (uint16_t)(seq - w->seq);
	uint16_t adopted = (uint16_t)(seq - w->adopt_seq);

	if (w->has_seq && (ahead == 0 || ahead >= 0x8000) &&
	    !(w->adopt && adopted != 0 && adopted < 0x8000))
		check_fail(n->sim, n, "sequence number %u after %u", seq,
			   w->seq);
	w->has_seq = true;
	w->adopt = false;
	w->seq = seq;
}

/* 6.1: a routing header in Binding Acknowledgements (and, RFC 5142 5.1, a Home
 * Agent Switch), a Home Address option in Binding Updates. */
static void check_headers(struct sim_node *n, const struct pkt *p, uint8_t type)
{
	if (p->has_rh2 && type != MH_BA && type != MH_HA_SWITCH)
		check_fail(n->sim, n, "sends type %u with a routing header",
			   type);
	if (p->has_hao && type != MH_BU)
		check_fail(n->sim, n, "sends type %u with a Home Address "
			   "option", type);
}

void check_send(struct sim_node *n, const struct ef_send *e)
{
	struct wire_error err = { WIRE_OK, 0 };
	struct pkt p;
	struct mh mh;
	struct nd nd;
	struct icmp icmp;
	int rc = pkt_parse(e->data, e->len, &p, &err);

	if (rc == 0 && p.proto == IPPROTO_MOBILITY) {
		rc = mh_parse_known(p.payload.p, p.payload.len, pkt_src(&p),
				    pkt_dst(&p), MH_KNOW_ALL, &mh, &err);
		if (rc == 0)
			check_headers(n, &p, mh.type);
		if (rc == 0 && mh.type == MH_BU && mh.bu.flags & MH_BU_H &&
		    reg_of(n, pkt_src(&p)))
			check_seq(n, reg_of(n, pkt_src(&p)), mh.bu.seq);
	} else if (rc == 0 && p.proto == IPPROTO_ICMPV6) {
		rc = nd_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
			      p.hlim, &nd, &err);
		if (rc == -EPROTONOSUPPORT)
			rc = icmp_parse(p.payload.p, p.payload.len,
					pkt_src(&p), pkt_dst(&p), &icmp, &err);
	}
	if (rc)
		check_fail(n->sim, n, "sends what nobody parses: fault %d at "
			   "octet %u", err.fault, err.offset);
}

/* One that is found may be any. */
static bool may_be_agent(const struct conf_home *h, const struct in6_addr *addr)
{
	return addr_is_unspec(&h->ha) || addr_eq(&h->ha, addr);
}

void check_received(struct sim_node *n, const struct sim_pkt *p)
{
	struct wire_error err;
	struct sim_reg *w;
	struct pkt pkt;
	struct mh mh;

	if (pkt_parse(p->data, p->len, &pkt, &err) != 0 ||
	    pkt.proto != IPPROTO_MOBILITY ||
	    mh_parse_known(pkt.payload.p, pkt.payload.len, NULL, NULL,
			   MH_KNOW_ALL, &mh, &err) != 0)
		return;
	list_each(l, &n->sim->nodes)
		container_of(l, struct sim_node, all)->watch.heard = true;
	if (mh.type == MH_BA && mh.ba.status >= 128)
		n->watch.refused = *pkt_dst(&pkt);
	w = mh.type == MH_BA ? reg_of(n, pkt_dst(&pkt)) : NULL;
	if (!w || !may_be_agent(&n->conf->home[w - n->watch.reg], &pkt.src))
		return;
	/* Between two interfaces it may have changed its mind since. */
	if (mh.ba.status < 128 && w->has_seq && mh.ba.seq == w->seq &&
	    n->nifaces == 1) {
		w->acked = true;
		w->acked_seq = mh.ba.seq;
	}
	if (mh.ba.status < 128 && 4U * mh.ba.lifetime > w->lifetime)
		w->lifetime = 4U * mh.ba.lifetime;
	if (mh.ba.status == MH_ST_SEQUENCE) {
		w->adopt = true;
		w->adopt_seq = mh.ba.seq;
	}
}

/* --- 7: nothing leaves untunnelled -------------------------------------- */

static bool is_signalling(const struct ip6 *ip)
{
	return ip->next == IPPROTO_MOBILITY ||
	       (ip->next == IPPROTO_ICMPV6 && ip->payload.len > 0 &&
		ip->payload.p[0] >= ND_RS && ip->payload.p[0] <= ND_NA);
}

/* How long it may not know that it is here.  A process that has just begun,
 * and has heard no router, does not; one that believes in a second router of
 * the link before, where nobody speaks up here, finds out by sending. */
static usec_t detection_time(const struct sim_iface *i)
{
	struct sim_node *n = i->node;

	list_each(l, &n->routes) {
		const struct k_route *k = container_of(l, struct k_route, l);
		const struct sim_name *via;

		if (!k->said || !k->made || k->r.ifindex != i->ifindex ||
		    k->r.dst.len)
			continue;
		via = chart_name_find(n->sim, &k->r.gateway);
		for (unsigned f = 0; via && via->owner &&
				     f < via->owner->nifaces; f++)
			if (via->owner->iface[f].link == i->link)
				return DETECTION_TIME;
		return MISTAKEN_TIME;
	}
	return USEC_NEVER;
}

/* It is on its own link by another interface: which of two a packet goes by
 * is routing's matter. */
static bool is_by_another(const struct sim_iface *i,
			  const struct in6_addr *addr, bool anchored)
{
	struct sim_node *n = i->node;

	for (unsigned k = 0; k < n->nifaces; k++) {
		const struct sim_iface *o = &n->iface[k];

		if (o != i && kernel_addr_on(n, o->ifindex, addr) &&
		    (!anchored || (o->link && sim_link_has(o->link, addr))))
			return true;
	}
	return false;
}

/* Of an address that is anchored (HOME, ACCESS, ...), or not at all. */
static void check_source(struct sim_iface *i, const struct in6_addr *addr,
			 bool anchored, const struct ip6 *ip)
{
	struct sim_node *n = i->node;
	const struct k_addr *left = kernel_addr(n, addr);
	usec_t plugged = i->plugged_at;
	const struct check_view *v;
	struct check_views views;

	/* What an earlier life has left goes with the SYNC. */
	if (!i->link || (left && left->made && !left->said))
		return;
	if (is_by_another(i, addr, anchored))
		return;
	/* The other interface was unplugged, and it goes by this one. */
	if (left && sim_iface(n, left->ifindex) &&
	    sim_iface(n, left->ifindex)->plugged_at > plugged)
		plugged = sim_iface(n, left->ifindex)->plugged_at;
	check_look(n, &views);
	v = check_view_of(&views, addr);
	if (v && v->trial && is_signalling(ip))
		return;			/* where somebody says that it is home */
	if (!sim_link_has(i->link, addr)) {
		usec_t most = detection_time(i);

		if (anchored && most == USEC_NEVER &&
		    n->sim->now - n->started > START_TIME)
			most = DETECTION_TIME;
		bool here = v && (v->home ||
				  (v->returning && is_signalling(ip)));

		if ((anchored && !here) || n->sim->now - plugged > most)
			check_fail(n->sim, n, "a packet of %s leaves on %s, "
				   "untunnelled", anchored ?
				   "an anchored address" :
				   "another link's address", i->link->name);
	} else if (v && v->returning && !is_signalling(ip))
		check_fail(n->sim, n, "the home address is in use before the "
			   "deregistration");
}

void check_output(struct sim_iface *i, const struct sim_pkt *p)
{
	struct sim_node *n = i->node;
	struct ip6 ip;

	/* A killed one is not asked: its kernel goes on with what it has. */
	if (!n->node || !n->conf->nhomes ||
	    !ip6_parse(p->data, p->len, &ip))
		return;
	list_each(l, &n->owned) {
		struct k_owned *k = container_of(l, struct k_owned, l);

		if (addr_eq(&k->o.addr, &ip.src))
			check_source(i, &k->o.addr,
				     k->o.type != ATYPE_UNANCHORED, &ip);
	}
}
