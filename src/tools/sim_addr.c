/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_addr.c - addresses and routes of a simulated kernel.
 *
 * An address of an effect goes the way that Linux lets it go: at once valid
 * with `nodad' or on the path device, else tentative or optimistic until
 * duplicate address detection is over; it ends with its valid lifetime.
 * The node hears of each step.
 *
 * Routes are those of addresses (their prefixes), those of effects and of
 * the script, and one that no kernel has: on the backbone everybody knows
 * which router leads to which prefix, as if a routing protocol ran.
 */
#include "sim.h"

#include <stdlib.h>

#define INFINITE	0xffffffffU

static void tell(const struct k_addr *a)
{
	struct event ev = { .kind = EV_ADDRESS };

	ev.address = (struct ev_address){
		.ifindex = a->ifindex, .addr = a->addr, .plen = a->plen,
		.state = a->state,
	};
	sim_node_tell(a->node, &ev);
}

void kernel_addr_state(struct k_addr *a, enum addr_state state)
{
	a->state = state;
	tell(a);
}

struct k_addr *kernel_addr_on(struct sim_node *n, uint32_t ifindex,
			      const struct in6_addr *addr)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);

		if (a->ifindex == ifindex && addr_eq(&a->addr, addr))
			return a;
	}
	return NULL;
}

struct k_addr *kernel_addr(struct sim_node *n, const struct in6_addr *addr)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);

		if (addr_eq(&a->addr, addr))
			return a;
	}
	return NULL;
}

static bool usable(const struct k_addr *a)
{
	switch (a->state) {
	case ADDR_VALID:
	case ADDR_OPTIMISTIC:
		return true;
	case ADDR_TENTATIVE:
	case ADDR_DUPLICATE:
	case ADDR_GONE:
		break;
	}
	return false;
}

bool kernel_owns(struct sim_node *n, const struct in6_addr *addr)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);

		if (addr_eq(&a->addr, addr) && usable(a))
			return true;
	}
	return kernel_anycast(n, 0, addr);
}

bool kernel_anycast(struct sim_node *n, uint32_t ifindex,
		    const struct in6_addr *addr)
{
	list_each(l, &n->anycasts) {
		struct k_proxy *k = container_of(l, struct k_proxy, l);

		if (addr_eq(&k->key.addr, addr) &&
		    (!ifindex || k->key.ifindex == ifindex))
			return true;
	}
	return false;
}

static void on_dad(struct sim *s, struct sim_job *j)
{
	struct k_addr *a = container_of(j, struct k_addr, dad);

	if (!s->ended)
		kernel_addr_state(a, ADDR_VALID);
}

static void on_expiry(struct sim *s, struct sim_job *j)
{
	struct k_addr *a = container_of(j, struct k_addr, expiry);

	if (s->ended)
		return;
	a->state = ADDR_GONE;
	tell(a);
	kernel_addr_del(a->node, a);
}

static struct k_addr *addr_new(struct sim_node *n, uint32_t ifindex,
			       const struct in6_addr *addr, uint8_t plen)
{
	struct k_addr *a = sim_alloc(sizeof(*a));

	a->node = n;
	a->ifindex = ifindex;
	a->addr = *addr;
	a->plen = plen;
	sim_job_init(&a->dad, on_dad);
	sim_job_init(&a->expiry, on_expiry);
	list_init(&a->l);
	list_append(&n->addrs, &a->l);
	return a;
}

void kernel_addr_del(struct sim_node *n, struct k_addr *a)
{
	sim_job_cancel(n->sim, &a->dad);
	sim_job_cancel(n->sim, &a->expiry);
	list_del(&a->l);
	free(a);
}

void kernel_addr_static(struct sim_iface *i, const struct in6_addr *addr,
			uint8_t plen)
{
	struct k_addr *a = addr_new(i->node, i->ifindex, addr, plen);

	chart_name(i->node->sim, addr, i->node, "%s", i->node->name);
	kernel_addr_state(a, ADDR_VALID);
}

/* mn@ar1: the address of mn on the link ar1. */
static void name_addr(struct sim_node *n, const struct ef_address *e)
{
	struct sim *s = n->sim;
	char name[2 * SIM_NAME + 2] = "";

	if (chart_name_find(s, &e->key.addr))
		return;
	list_each(l, &s->links) {
		struct sim_link *k = container_of(l, struct sim_link, all);

		if (sim_link_has(k, &e->key.addr))
			snprintf(name, sizeof(name), "%s@%s", n->name,
				 k->name);
	}
	if (*name)
		chart_name_dynamic(s, &e->key.addr, n, name);
}

static void addr_add(struct sim_node *n, const struct ef_address *e)
{
	struct k_addr *a = addr_new(n, e->key.ifindex, &e->key.addr, e->plen);

	a->made = true;
	name_addr(n, e);
	if (n->sim->show & SHOW_ADDRESS) {
		char buf[80];

		chart_line(n->sim, n, "address %s added%s%s",
			   chart_addr(n->sim, &e->key.addr, buf, sizeof(buf)),
			   e->key.ifindex == IFINDEX_PATH ?
			   " on the path device" : "",
			   e->optimistic ? ", optimistic" : "");
	}
	if (e->nodad || e->key.ifindex == IFINDEX_PATH)
		kernel_addr_state(a, ADDR_VALID);
	else
		neigh_dad_start(a, e->optimistic);
}

static void addr_gone(struct sim_node *n, struct k_addr *a)
{
	struct in6_addr addr;

	if (n->sim->show & SHOW_ADDRESS) {
		char buf[80];

		chart_line(n->sim, n, "address %s removed",
			   chart_addr(n->sim, &a->addr, buf, sizeof(buf)));
	}
	a->state = ADDR_GONE;
	tell(a);
	addr = a->addr;
	kernel_addr_del(n, a);
	check_addr_gone(n, &addr);
}

void kernel_addr_set(struct sim_node *n, const struct ef_address *e)
{
	struct k_addr *a = kernel_addr_on(n, e->key.ifindex, &e->key.addr);

	if (!e->up) {
		if (a && a->made)
			addr_gone(n, a);
		return;
	}
	if (a && a->made && a->state == ADDR_DUPLICATE) {
		/* One that failed is not there: it begins anew. */
		kernel_addr_del(n, a);
		a = NULL;
	}
	if (!a) {
		addr_add(n, e);
		a = kernel_addr_on(n, e->key.ifindex, &e->key.addr);
	} else {
		tell(a);	/* RTM_NEWADDR, as Linux does */
	}
	a->said = true;
	a->noprefixroute = e->noprefixroute;
	sim_job_set(n->sim, &a->expiry, e->valid == INFINITE ? USEC_NEVER :
		    n->sim->now + SEC(e->valid));
}

/* --- routes ------------------------------------------------------------- */

static struct k_route *route_find(struct sim_node *n,
				  const struct ef_route *r)
{
	list_each(l, &n->routes) {
		struct k_route *k = container_of(l, struct k_route, l);

		if (prefix_eq(&k->r.dst, &r->dst) &&
		    prefix_eq(&k->r.src, &r->src) &&
		    k->r.ifindex == r->ifindex &&
		    addr_eq(&k->r.gateway, &r->gateway))
			return k;
	}
	return NULL;
}

static void route_line(struct sim_node *n, const struct ef_route *r)
{
	char gw[80], dst[PREFIX_STRLEN], src[PREFIX_STRLEN];

	if (n->sim->show & SHOW_ROUTE)
		chart_line(n->sim, n, "route %s%s%s via %s %s",
			   prefix_print(&r->dst, dst),
			   r->src.len ? " from " : "",
			   r->src.len ? prefix_print(&r->src, src) : "",
			   addr_is_unspec(&r->gateway) ? "the link" :
			   chart_addr(n->sim, &r->gateway, gw, sizeof(gw)),
			   r->up ? "added" : "removed");
}

void kernel_route_set(struct sim_node *n, const struct ef_route *r, bool made)
{
	struct k_route *k = route_find(n, r);

	if (!r->up) {
		if (!k || !k->made)
			return;
		route_line(n, r);
		list_del(&k->l);
		free(k);
		return;
	}
	if (!k) {
		k = sim_alloc(sizeof(*k));
		k->made = made;
		list_init(&k->l);
		list_append(&n->routes, &k->l);
		route_line(n, r);
	}
	k->r = *r;
	k->said = true;
}

/* The best found so far: longer prefixes first, of the destination, then of
 * the source; lower metrics next. */
struct choice {
	int		plen;		/* dst << 8 | src */
	uint32_t	metric;
	struct sim_iface *iface;
	struct in6_addr	next;
};

static void consider(struct choice *c, int plen, uint32_t metric,
		     struct sim_iface *i, const struct in6_addr *next)
{
	if (!i || plen < c->plen ||
	    (plen == c->plen && metric >= c->metric))
		return;
	*c = (struct choice){ plen, metric, i, *next };
}

static void by_address(struct sim_node *n, const struct in6_addr *dst,
		       uint32_t oif, struct choice *c)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);
		struct prefix p = prefix_of(&a->addr, a->plen);

		if (a->noprefixroute || a->ifindex == IFINDEX_PATH ||
		    (oif && oif != a->ifindex) ||
		    a->state == ADDR_DUPLICATE ||
		    (addr_is_linklocal(&a->addr) && !oif))
			continue;
		if (sim_iface(n, a->ifindex)->link && prefix_match(&p, dst))
			consider(c, p.len << 8, 256, sim_iface(n, a->ifindex),
				 dst);
	}
}

/* As in Linux, one that has lost its carrier is as good as any. */
static void by_route(struct sim_node *n, const struct in6_addr *src,
		     const struct in6_addr *dst, uint32_t oif,
		     struct choice *c)
{
	list_each(l, &n->routes) {
		const struct ef_route *r =
			&container_of(l, struct k_route, l)->r;

		if ((oif && oif != r->ifindex) ||
		    !prefix_match(&r->dst, dst) ||
		    (r->src.len && (!src || !prefix_match(&r->src, src))))
			continue;
		consider(c, r->dst.len << 8 | r->src.len,
			 r->metric ? r->metric : 1024,
			 sim_iface(n, r->ifindex),
			 addr_is_unspec(&r->gateway) ? dst : &r->gateway);
	}
}

/* The address by which others on that link reach a node. */
static const struct in6_addr *addr_at(struct sim_node *n,
				      const struct sim_link *k)
{
	for (unsigned i = 0; i < n->nifaces; i++) {
		if (n->iface[i].link != k)
			continue;
		list_each(l, &n->addrs) {
			struct k_addr *a = container_of(l, struct k_addr, l);

			if (a->ifindex == n->iface[i].ifindex &&
			    addr_is_linklocal(&a->addr))
				return &a->addr;
		}
	}
	return NULL;
}

static void by_router(struct sim_iface *i, struct sim_node *r,
		      const struct in6_addr *dst, struct choice *c)
{
	const struct in6_addr *next = addr_at(r, i->link);

	if (!next)
		return;
	list_each(l, &r->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);
		struct prefix p = prefix_of(&a->addr, a->plen);

		if (!addr_is_linklocal(&a->addr) && !a->noprefixroute &&
		    a->ifindex != IFINDEX_PATH && prefix_match(&p, dst))
			consider(c, p.len << 8, 512, i, next);
	}
}

static void by_backbone(struct sim_node *n, const struct in6_addr *dst,
			uint32_t oif, struct choice *c)
{
	for (unsigned k = 0; k < n->nifaces; k++) {
		struct sim_iface *i = &n->iface[k];

		if (!i->link || !i->link->backbone ||
		    (oif && oif != i->ifindex))
			continue;
		list_each(l, &n->sim->nodes) {
			struct sim_node *r = container_of(l, struct sim_node,
							  all);

			if (r != n && r->router)
				by_router(i, r, dst, c);
		}
	}
}

bool kernel_route(struct sim_node *n, const struct in6_addr *src,
		  const struct in6_addr *dst, uint32_t oif,
		  struct sim_iface **ret,
		  struct in6_addr *ret_next)
{
	struct choice c = { .plen = -1, .metric = UINT32_MAX };

	by_address(n, dst, oif, &c);
	by_route(n, src, dst, oif, &c);
	if (!addr_is_linklocal(dst))
		by_backbone(n, dst, oif, &c);
	if (!c.iface)
		return false;
	*ret = c.iface;
	*ret_next = c.next;
	return true;
}
