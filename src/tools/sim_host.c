/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_host.c - a stock host: nothing of mobility, but what any kernel does
 * (RFC 4861 6.3, RFC 4862 5.5).
 *
 * It solicits routers when its link comes up, forms addresses of the prefixes
 * that are advertised, keeps them when it is plugged in elsewhere, and uses
 * the router that it heard.  A router that says it is none any more (lifetime
 * 0) is one no longer; one that is silent remains, unless there is another
 * (RFC 4861 6.3.6).
 */
#include "sim.h"

#include "wire/nd.h"

#include <stdlib.h>

#define RS_DELAY	MSEC(1)		/* real ones take up to a second */

struct solicitation {
	struct sim_job	job;
	struct sim_iface *iface;
	unsigned	plugged;
};

static void solicit(struct sim *s, struct sim_job *j)
{
	struct solicitation *r = container_of(j, struct solicitation, job);
	struct sim_iface *i = r->iface;
	struct nd nd = { .type = ND_RS, .sll = i->ll };
	struct in6_addr src = addr_eui64(&i->ll);
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	bool stale = s->ended || r->plugged != i->plugged || !i->link;
	struct sim_pkt *p;

	free(r);
	if (stale)
		return;
	src = addr_linklocal_of(&src);
	nd_build(&nd, &src, &addr_all_routers, &w);
	p = sim_pkt_new(buf, wbuf_len(&w));
	chart_message(s, i->node, p, true);
	kernel_output(i->node, i->ifindex, NULL, p);
}

void host_link(struct sim_iface *i)
{
	struct solicitation *r;

	if (!i->node->host || !i->link)
		return;
	r = sim_alloc(sizeof(*r));
	sim_job_init(&r->job, solicit);
	r->iface = i;
	r->plugged = i->plugged;
	sim_job_set(i->node->sim, &r->job, i->node->sim->now + RS_DELAY);
}

static void on_prefix(struct sim_iface *i, const struct nd_pio *p)
{
	struct in6_addr iid = addr_eui64(&i->ll);
	struct ef_address a = {
		.up = true, .key.ifindex = i->ifindex, .plen = p->len,
		.valid = p->valid, .preferred = p->preferred,
	};

	if (!(p->flags & ND_PIO_A) || p->len != 64)
		return;
	a.key.addr = addr_combine(&p->prefix, 64, &iid);
	/* RFC 4862 5.5.3 e: what remains is not cut below two hours. */
	if (kernel_addr_on(i->node, i->ifindex, &a.key.addr) &&
	    a.valid < 7200)
		return;
	if (!a.valid)
		return;
	check_formed(i, &a.key.addr);
	kernel_addr_set(i->node, &a);
}

void host_on_ra(struct sim_iface *i, const struct in6_addr *from,
		const struct nd *nd)
{
	struct ef_route r = {
		.up = nd->ra.lifetime > 0, .gateway = *from,
		.ifindex = i->ifindex,
	};

	if (!i->node->host)
		return;
	kernel_route_set(i->node, &r, true);
	for (unsigned k = 0; k < nd->ra.npios; k++)
		on_prefix(i, &nd->ra.pio[k]);
}

/* A router does not answer: another one is chosen, if there is one. */
void host_unreachable(struct sim_node *n, const struct in6_addr *router)
{
	struct k_route *bad = NULL;
	bool other = false;

	list_each(l, &n->routes) {
		struct k_route *k = container_of(l, struct k_route, l);

		if (k->r.dst.len)
			continue;
		if (addr_eq(&k->r.gateway, router))
			bad = k;
		else
			other = true;
	}
	if (!n->host || !bad || !other)
		return;
	list_del(&bad->l);
	free(bad);
}

void host_start(struct sim *s)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		for (unsigned k = 0; n->host && k < n->nifaces; k++)
			host_link(&n->iface[k]);
	}
}

/* --- the gateway's side of an access link ------------------------------------- */

static bool is_access(const struct sim_iface *i)
{
	const struct conf *c = i->node->conf;

	for (unsigned k = 0; c && k < c->naccess; k++)
		if (strcmp(c->access[k].ifname, i->name) == 0)
			return true;
	return false;
}

bool access_takes(struct sim_iface *i, const struct lladdr *src,
		  const struct in6_addr *from)
{
	struct event ev = { .kind = EV_NEIGHBOUR };

	if (!is_access(i) || addr_is_linklocal(from) || addr_is_unspec(from))
		return true;
	list_each(l, &i->node->flows) {
		const struct ef_flow *f =
			&container_of(l, struct k_flow, l)->f;

		if (f->access.ifindex == i->ifindex &&
		    prefix_match(&f->key.src, from))
			return lladdr_eq(&f->access.ll, src);
	}
	ev.neighbour = (struct ev_neighbour){
		.ifindex = i->ifindex, .addr = *from, .ll = *src,
		.reachable = true,
	};
	sim_node_tell(i->node, &ev);
	return false;
}
