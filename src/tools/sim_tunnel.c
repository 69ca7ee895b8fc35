/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_tunnel.c - paths and flows: the data path of a simulated kernel.
 *
 * Output and forwarding ask the flows first: the most specific one that
 * matches source and destination encapsulates, holds or refuses a packet.
 * Input takes a tunnelled packet only when its reverse would leave through
 * that very path, as core/effect.h defines it.
 */
#include "sim.h"

#include "wire/mh.h"
#include "wire/pkt.h"

#include <stdlib.h>

#define PROTO_IPV6	41
#define IP6_HEADER	40

/* --- paths -------------------------------------------------------------- */

static bool path_key_eq(const struct path_key *a, const struct path_key *b)
{
	return addr_eq(&a->local, &b->local) &&
	       addr_eq(&a->remote, &b->remote) && a->kind == b->kind;
}

static struct k_path *path_find(struct sim_node *n,
				const struct path_key *key)
{
	list_each(l, &n->paths) {
		struct k_path *k = container_of(l, struct k_path, l);

		if (path_key_eq(&k->p.key, key))
			return k;
	}
	return NULL;
}

static void path_line(struct sim_node *n, const struct path_key *key,
		      const char *what)
{
	const struct sim_name *local = chart_name_find(n->sim, &key->local);
	bool roams = local && strchr(local->text, '@');
	char buf[80];

	if (n->sim->show & SHOW_PATH)
		chart_line(n->sim, n, "%s%s%s to %s %s",
			   key->kind == PATH_IP6IP6 ? "path" : "route",
			   roams ? " from " : "", roams ? local->text : "",
			   chart_addr(n->sim, &key->remote, buf, sizeof(buf)),
			   what);
}

static void path_gone(struct sim_node *n, struct k_path *k)
{
	path_line(n, &k->p.key, "down");
	list_del(&k->l);
	free(k);
}

void tunnel_path_set(struct sim_node *n, const struct ef_path *p)
{
	struct k_path *k = path_find(n, &p->key);
	char mtu[20];

	if (!p->up) {
		if (k)
			path_gone(n, k);
		return;
	}
	if (!k) {
		k = sim_alloc(sizeof(*k));
		list_init(&k->l);
		list_append(&n->paths, &k->l);
		path_line(n, &p->key, "up");
	}
	if (p->mtu != k->p.mtu) {
		snprintf(mtu, sizeof(mtu), "mtu %u", p->mtu);
		path_line(n, &p->key, mtu);
	}
	k->p = *p;
	k->said = true;
}

/* --- flows -------------------------------------------------------------- */

static struct k_flow *flow_find(struct sim_node *n,
				const struct flow_key *key)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->f.key.cn == key->cn &&
		    prefix_eq(&k->f.key.src, &key->src) &&
		    prefix_eq(&k->f.key.dst, &key->dst))
			return k;
	}
	return NULL;
}

static const char *prefix_name(struct sim *s, const struct prefix *p,
			       char *buf, size_t cap)
{
	if (p->len == 0)
		return "any";
	if (p->len == 128)
		return chart_addr(s, &p->addr, buf, cap);
	return prefix_print(p, buf);
}

static void flow_line(struct sim_node *n, const struct ef_flow *f)
{
	static const char *const words[] = {
		[FLOW_PATH] = "through", [FLOW_HOLD] = "on hold",
		[FLOW_BLOCK] = "blocked",
	};
	char src[80], dst[80], to[80] = "";
	struct sim *s = n->sim;

	if (!(s->show & SHOW_FLOW))
		return;
	if (f->up && f->action == FLOW_PATH)
		chart_addr(s, &f->path.remote, to, sizeof(to));
	chart_line(s, n, "flow %s > %s %s%s%s",
		   prefix_name(s, &f->key.src, src, sizeof(src)),
		   prefix_name(s, &f->key.dst, dst, sizeof(dst)),
		   f->up ? words[f->action] : "gone", *to ? " " : "", to);
}

/* Is who sent it still there? */
static bool has_source(struct sim_node *n, const struct sim_pkt *p)
{
	struct ip6 ip;

	return ip6_parse(p->data, p->len, &ip) &&
	       (n->router || kernel_owns(n, &ip.src));
}

static void flow_drain(struct sim_node *n, struct k_flow *k, bool again)
{
	unsigned count = k->nheld;

	k->nheld = 0;
	for (unsigned i = 0; i < count; i++) {
		usec_t age = n->sim->now - k->held_at[i];

		if (again && age <= FLOW_PATIENCE &&
		    has_source(n, k->held[i]))
			kernel_output(n, 0, NULL, k->held[i]);
		else
			sim_pkt_lost(n->sim, k->held[i], "held, then dropped");
	}
}

/* The route that is part of an access link's flow. */
static void flow_access(struct sim_node *n, const struct ef_flow *f, bool up)
{
	struct ef_route r = {
		.up = up, .dst = f->key.src, .ifindex = f->access.ifindex,
	};

	if (!f->access.ifindex)
		return;
	if (sim_iface(n, r.ifindex))
		kernel_route_set(n, &r, true);
	else
		check_fail(n->sim, n, "a flow of no interface");
}

static void flow_gone(struct sim_node *n, struct k_flow *k, bool again)
{
	struct k_flow copy = *k;

	flow_access(n, &k->f, false);
	list_del(&k->l);
	free(k);
	flow_drain(n, &copy, again);
}

static bool flow_same(const struct ef_flow *a, const struct ef_flow *b)
{
	return a->action == b->action && path_key_eq(&a->path, &b->path) &&
	       a->access.ifindex == b->access.ifindex;
}

void tunnel_flow_set(struct sim_node *n, const struct ef_flow *f)
{
	struct k_flow *k = flow_find(n, &f->key);

	if (!f->up) {
		if (!k)
			return;
		flow_line(n, f);
		flow_gone(n, k, true);
		return;
	}
	if (!k) {
		k = sim_alloc(sizeof(*k));
		list_init(&k->l);
		list_append(&n->flows, &k->l);
		flow_line(n, f);
	} else if (!flow_same(&k->f, f)) {
		flow_line(n, f);
		if (k->f.access.ifindex != f->access.ifindex)
			flow_access(n, &k->f, false);
	}
	k->f = *f;
	flow_access(n, f, true);
	k->said = true;
	route_flow_set(n, k);
	if (f->action != FLOW_HOLD)
		flow_drain(n, k, f->action == FLOW_PATH);
}

/* For this packet (NULL: one that came through a tunnel), which came by that
 * interface (0: by none).  Those of access links are for what mobiles send
 * there, and nothing else. */
static struct k_flow *flow_of(struct sim_node *n, const struct in6_addr *src,
			      const struct in6_addr *dst,
			      const struct ip6 *ip, uint32_t from)
{
	bool own = from == FROM_US;

	struct k_flow *best = NULL;
	int most = -1;

	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);
		int bits = k->f.key.src.len + k->f.key.dst.len -
			   k->f.key.cn;

		if (ip && k->f.access.ifindex && k->f.access.ifindex != from)
			continue;
		if (ip ? !route_fits(k, ip, own) : k->f.action == FLOW_PATH &&
		    k->f.path.kind != PATH_IP6IP6)
			continue;
		if (bits > most && prefix_match(&k->f.key.src, src) &&
		    prefix_match(&k->f.key.dst, dst)) {
			best = k;
			most = bits;
		}
	}
	return best;
}

struct k_flow *tunnel_flow(struct sim_node *n, const struct in6_addr *src,
			   const struct in6_addr *dst)
{
	return flow_of(n, src, dst, NULL, FROM_US);
}

void tunnel_forget(struct sim_node *n)
{
	route_fini(n);
	list_each(l, &n->flows)
		flow_gone(n, container_of(l, struct k_flow, l), false);
	list_each(l, &n->paths) {
		list_del(l);
		free(container_of(l, struct k_path, l));
	}
}

void tunnel_sync(struct sim_node *n)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (!k->said)
			flow_gone(n, k, true);
	}
	list_each(l, &n->paths) {
		struct k_path *k = container_of(l, struct k_path, l);

		if (!k->said)
			path_gone(n, k);
	}
}

/* --- packets ------------------------------------------------------------ */

static void encapsulate(struct sim_node *n, const struct path_key *key,
			struct sim_pkt *in)
{
	struct sim_pkt *out = sim_pkt_new(NULL, IP6_HEADER + in->len);
	struct wbuf w = wbuf_of(out->data, out->len);
	struct sim_line *line = in->line;

	pkt_start(&w, &key->local, &key->remote, PKT_HOPLIMIT, NULL, NULL,
		  PROTO_IPV6);
	wbuf_put(&w, in->data, in->len);
	pkt_finish(&w);
	out->line = line;
	out->doomed = in->doomed;
	out->held = in->held;
	free(in);
	if (line && strlen(line->text) + 40 < sizeof(line->text)) {
		strcat(line->text, ", tunnelled by ");
		strcat(line->text, n->name);
	}
	kernel_output(n, 0, NULL, out);
}

static void hold(struct sim_node *n, struct k_flow *k, struct sim_pkt *p)
{
	if (k->nheld == FLOW_WAIT) {
		sim_pkt_lost(n->sim, p, "on hold");
		return;
	}
	if (!k->nheld)
		app_held(n, &k->f.key);
	k->held_at[k->nheld] = n->sim->now;
	k->held[k->nheld++] = p;
}

bool tunnel_output(struct sim_node *n, struct sim_pkt *p, uint32_t from)
{
	struct ip6 ip;
	struct k_flow *k;

	if (!ip6_parse(p->data, p->len, &ip))
		return false;
	k = flow_of(n, &ip.src, &ip.dst, &ip, from);
	if (!k)
		return false;
	switch (k->f.action) {
	case FLOW_HOLD:
		hold(n, k, p);
		return true;
	case FLOW_BLOCK:
		sim_pkt_lost(n->sim, p, "refused");
		return true;
	case FLOW_PATH:
		break;
	}
	if (!path_find(n, &k->f.path)) {
		check_fail(n->sim, n, "a flow leads into a path that is not");
		sim_pkt_lost(n->sim, p, "no path");
		return true;
	}
	if (k->f.path.kind != PATH_IP6IP6) {
		route_output(n, k, p);
		return true;
	}
	check_tunnelled(n, &k->f.path, &ip.src);
	if (ip.next != IPPROTO_MOBILITY)
		route_watch(n, k, &ip.src, &ip.dst);
	if (from == FROM_US)
		p = route_nest(n, &ip, p);
	encapsulate(n, &k->f.path, p);
	return true;
}

static bool accepted(struct sim_node *n, const struct path_key *key,
		     const struct ip6 *inner)
{
	struct k_flow *k = tunnel_flow(n, &inner->dst, &inner->src);

	return k && k->f.action != FLOW_BLOCK &&
	       (path_key_eq(&k->f.path, key) ||
		(k->f.any_end && addr_eq(&k->f.path.remote, &key->remote)));
}

void tunnel_input(struct sim_node *n, const struct ip6 *outer,
		  struct sim_pkt *p)
{
	struct path_key key = {
		.local = outer->dst, .remote = outer->src,
		.kind = PATH_IP6IP6,
	};
	struct event ev = { .kind = EV_STRAY, .stray.path = key };
	struct sim_pkt *in;
	struct ip6 inner;

	if (!path_find(n, &key) ||
	    !ip6_parse(outer->payload.p, outer->payload.len, &inner) ||
	    !accepted(n, &key, &inner)) {
		if (ip6_parse(outer->payload.p, outer->payload.len, &inner) &&
		    !tunnel_flow(n, &inner.dst, &inner.src))
			sim_node_tell(n, &ev);
		sim_pkt_lost(n->sim, p, "not accepted from this tunnel");
		return;
	}
	if (inner.next != IPPROTO_MOBILITY)
		route_watch(n, tunnel_flow(n, &inner.dst, &inner.src),
			    &inner.dst, &inner.src);
	in = sim_pkt_new(outer->payload.p, outer->payload.len);
	in->line = p->line;
	free(p);
	kernel_inject(n, in);
}
