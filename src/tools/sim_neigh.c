/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_neigh.c - neighbours of a simulated kernel (RFC 4861, RFC 4862 5.4).
 *
 * Solicitations and advertisements really travel the links.  A kernel asks
 * for the neighbours that it needs, answers for the addresses that it owns,
 * and detects duplicates of its tentative ones.  An entry that is used is
 * probed when nobody has confirmed it for a while (7.3); the daemon hears
 * when a neighbour is found to be gone.
 */
#include "sim.h"

#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdlib.h>

#define MAX_MULTICAST_SOLICIT	3		/* RFC 4861 section 10 */
#define MAX_UNICAST_SOLICIT	3
#define RETRANS_TIMER		SEC(1)
#define REACHABLE_TIME		SEC(30)
#define DELAY_FIRST_PROBE_TIME	SEC(5)

static void send_nd(struct sim_iface *i, const struct nd *nd,
		    const struct in6_addr *src, const struct in6_addr *dst)
{
	struct sim_node *n = i->node;
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct sim_pkt *p;

	nd_build(nd, src, dst, &w);
	if (w.bad) {
		check_fail(n->sim, n, "the kernel built no ND message");
		return;
	}
	p = sim_pkt_new(buf, wbuf_len(&w));
	chart_message(n->sim, n, p, n->sim->show & SHOW_KERNEL);
	kernel_output(n, i->ifindex, NULL, p);
}

static const struct in6_addr *linklocal(struct sim_iface *i)
{
	list_each(l, &i->node->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);

		if (a->ifindex == i->ifindex && addr_is_linklocal(&a->addr))
			return &a->addr;
	}
	return &addr_unspec;
}

static void solicit(struct sim_iface *i, const struct in6_addr *target,
		    bool unicast)
{
	struct in6_addr dst = unicast ? *target : addr_solicited_node(target);
	struct nd nd = { .type = ND_NS, .sll = i->ll };

	nd.ns.target = *target;
	send_nd(i, &nd, linklocal(i), &dst);
}

/* --- duplicate address detection ---------------------------------------- */

void neigh_dad_start(struct k_addr *a, bool optimistic)
{
	struct sim_iface *i = sim_iface(a->node, a->ifindex);
	struct in6_addr dst = addr_solicited_node(&a->addr);
	struct nd nd = { .type = ND_NS };

	kernel_addr_state(a, optimistic ? ADDR_OPTIMISTIC : ADDR_TENTATIVE);
	sim_job_set(a->node->sim, &a->dad, a->node->sim->now + RETRANS_TIMER);
	if (!i)
		return;
	nd.ns.target = a->addr;
	send_nd(i, &nd, &addr_unspec, &dst);
}

static void duplicate(struct k_addr *a)
{
	switch (a->state) {
	case ADDR_TENTATIVE:
	case ADDR_OPTIMISTIC:
		sim_job_cancel(a->node->sim, &a->dad);
		kernel_addr_state(a, ADDR_DUPLICATE);
		break;
	case ADDR_VALID:
	case ADDR_DUPLICATE:
	case ADDR_GONE:
		break;
	}
}

/* --- the table ---------------------------------------------------------- */

static struct k_neigh *find(struct sim_node *n, uint32_t ifindex,
			    const struct in6_addr *addr)
{
	list_each(l, &n->neighs) {
		struct k_neigh *k = container_of(l, struct k_neigh, l);

		if (k->ifindex == ifindex && addr_eq(&k->addr, addr))
			return k;
	}
	return NULL;
}

static void gone(struct k_neigh *k, const char *why)
{
	struct sim *s = k->node->sim;

	for (unsigned i = 0; i < k->nwait; i++)
		sim_pkt_lost(s, k->wait[i], why);
	sim_job_cancel(s, &k->retry);
	list_del(&k->l);
	free(k);
}

void neigh_flush(struct sim_node *n, uint32_t ifindex)
{
	list_each(l, &n->neighs) {
		struct k_neigh *k = container_of(l, struct k_neigh, l);

		if (!ifindex || k->ifindex == ifindex)
			gone(k, NULL);
	}
}

static void ask(struct k_neigh *k)
{
	struct sim *s = k->node->sim;

	k->tries++;
	sim_job_set(s, &k->retry, s->now + RETRANS_TIMER);
	solicit(sim_iface(k->node, k->ifindex), &k->addr, k->probing);
}

/* The daemon hears that a neighbour does not answer any more. */
static void unreachable(struct k_neigh *k)
{
	struct event ev = { .kind = EV_NEIGHBOUR };

	ev.neighbour = (struct ev_neighbour){
		.ifindex = k->ifindex, .addr = k->addr, .ll = k->ll,
		.failed = true,
	};
	sim_node_tell(k->node, &ev);
	host_unreachable(k->node, &k->addr);
	gone(k, "no neighbour");
}

static void on_retry(struct sim *s, struct sim_job *j)
{
	struct k_neigh *k = container_of(j, struct k_neigh, retry);

	if (s->ended)
		return;
	if (k->tries < (k->probing ? MAX_UNICAST_SOLICIT
				   : MAX_MULTICAST_SOLICIT))
		ask(k);
	else
		unreachable(k);
}

/* RFC 4861 7.3.3: an entry in use that is stale is probed after a while. */
static void used(struct k_neigh *k)
{
	struct sim *s = k->node->sim;

	if (k->probing || s->now - k->confirmed <= REACHABLE_TIME)
		return;
	k->probing = true;
	k->tries = 0;
	sim_job_set(s, &k->retry, s->now + DELAY_FIRST_PROBE_TIME);
}

/* ... and when one has proved to be there. */
static void reachable(struct k_neigh *k)
{
	struct event ev = { .kind = EV_NEIGHBOUR };

	ev.neighbour = (struct ev_neighbour){
		.ifindex = k->ifindex, .addr = k->addr, .ll = k->ll,
		.reachable = true,
	};
	sim_node_tell(k->node, &ev);
}

static void confirmed(struct k_neigh *k)
{
	reachable(k);
	k->confirmed = k->node->sim->now;
	k->probing = false;
	k->tries = 0;
	sim_job_cancel(k->node->sim, &k->retry);
}

static struct k_neigh *add(struct sim_node *n, uint32_t ifindex,
			   const struct in6_addr *addr)
{
	struct k_neigh *k = sim_alloc(sizeof(*k));

	k->node = n;
	k->ifindex = ifindex;
	k->addr = *addr;
	sim_job_init(&k->retry, on_retry);
	list_init(&k->l);
	list_append(&n->neighs, &k->l);
	return k;
}

void neigh_output(struct sim_iface *i, const struct in6_addr *next,
		  struct sim_pkt *p)
{
	struct k_neigh *k = find(i->node, i->ifindex, next);

	if (k && k->ll.len) {
		used(k);
		sim_transmit(i, &k->ll, p);
		return;
	}
	if (k && k->nwait == NEIGH_WAIT) {
		sim_pkt_lost(i->node->sim, p, "no neighbour");
		return;
	}
	if (!k)
		k = add(i->node, i->ifindex, next);
	k->wait[k->nwait++] = p;
	if (k->tries == 0)
		ask(k);
}

static void resolved(struct k_neigh *k, const struct lladdr *ll)
{
	struct sim_iface *i = sim_iface(k->node, k->ifindex);
	unsigned n = k->nwait;

	k->ll = *ll;
	k->nwait = 0;
	confirmed(k);
	for (unsigned w = 0; w < n; w++)
		sim_transmit(i, &k->ll, k->wait[w]);
}

void neigh_learn(struct sim_node *n, uint32_t ifindex,
		 const struct in6_addr *addr, const struct lladdr *ll,
		 bool override)
{
	struct k_neigh *k = find(n, ifindex, addr);

	if (!ll->len || addr_is_unspec(addr))
		return;
	if (!k)
		k = add(n, ifindex, addr);
	if (!k->ll.len || (override && !lladdr_eq(&k->ll, ll)))
		resolved(k, ll);
}

/* --- messages ----------------------------------------------------------- */

static void on_ns(struct sim_iface *i, const struct ip6 *ip,
		  const struct nd *ns)
{
	struct k_addr *a = kernel_addr_on(i->node, i->ifindex,
					  &ns->ns.target);
	bool probe = addr_is_unspec(&ip->src);
	struct nd na = { .type = ND_NA, .tll = i->ll };

	if (!probe)
		neigh_learn(i->node, i->ifindex, &ip->src, &ns->sll, true);
	if (!a && !probe && kernel_anycast(i->node, i->ifindex,
					   &ns->ns.target)) {
		na.na.target = ns->ns.target;	/* RFC 4861 7.2.7 */
		na.na.flags = ND_NA_R | ND_NA_S;
		send_nd(i, &na, linklocal(i), &ip->src);
	}
	if (!a)
		return;
	if (probe && a->state != ADDR_VALID) {
		duplicate(a);			/* RFC 4862 5.4.3 */
		return;
	}
	if (a->state != ADDR_VALID && a->state != ADDR_OPTIMISTIC)
		return;
	na.na.target = a->addr;
	na.na.flags = i->node->router ? ND_NA_R : 0;
	if (!probe)
		na.na.flags |= ND_NA_S;
	if (a->state == ADDR_VALID)		/* RFC 4429 3.3 */
		na.na.flags |= ND_NA_O;
	send_nd(i, &na, &a->addr, probe ? &addr_all_nodes : &ip->src);
}

static void on_na(struct sim_iface *i, const struct nd *na)
{
	struct k_addr *a = kernel_addr_on(i->node, i->ifindex,
					  &na->na.target);
	struct k_neigh *k = find(i->node, i->ifindex, &na->na.target);

	if (a) {
		duplicate(a);			/* RFC 4862 5.4.4 */
		return;
	}
	if (!k)		/* RFC 4861 7.2.5: unknown, nothing to learn */
		return;
	neigh_learn(i->node, i->ifindex, &na->na.target, &na->tll,
		    na->na.flags & ND_NA_O);
	if (k->ll.len && na->na.flags & ND_NA_S)
		confirmed(k);
}

void neigh_on_nd(struct sim_iface *i, const struct ip6 *ip)
{
	struct wire_error err;
	struct nd nd;

	if (nd_parse(ip->payload.p, ip->payload.len, &ip->src, &ip->dst,
		     ip->hlim, &nd, &err) != 0)
		return;
	switch ((enum nd_type)nd.type) {
	case ND_NS:
		on_ns(i, ip, &nd);
		break;
	case ND_NA:
		on_na(i, &nd);
		break;
	case ND_RA:
		host_on_ra(i, &ip->src, &nd);
		neigh_learn(i->node, i->ifindex, &ip->src, &nd.sll, true);
		break;
	case ND_RS:
		neigh_learn(i->node, i->ifindex, &ip->src, &nd.sll, true);
		break;
	}
}
