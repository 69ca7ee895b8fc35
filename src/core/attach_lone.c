/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_lone.c - the home link without routers.
 *
 * The home link is known by its prefix in an advertisement (RFC 6275 11.5.2).
 * Where nobody advertises, the home agent may be there all the same: so when
 * solicitations have brought no router, the home agents of our home addresses
 * are asked for, by their addresses, as one asks for a neighbour.  Who answers
 * is taken into the list of routers, as one that is the default router of
 * nothing and has the home prefix on-link: a `lone' home agent.  It is probed
 * like any other router, but now and then even unasked, for it does not
 * advertise.  The first router that does takes its place, whatever it says: from
 * then on the RFC's rule is possible, and decides.
 *
 * Anybody on a link without routers can answer so.  Therefore nothing follows
 * from it but a deregistration, which is authenticated, and so is its answer:
 * before that the home address is not used here, with a binding or without one
 * (home_come in mn_home.c), and the home prefix is not on-link: what goes to the
 * home agent goes to the neighbour that answered.  Where there is another way
 * out, it is used meanwhile as if there were no such link (choose in mn.c), and
 * the question is a trial beside it (home_try): it ends after a few updates, and
 * is put again later and later.  So a liar wins no more than that a mobile node
 * without a way out stays silent.
 */
#include "core/mn.h"

/* An answer counts so long, for a link may be slow. */
#define ANSWER_TIME	SEC(3)
/* Unasked every MISSED_ADVERTS of these (attach.c), ms. */
#define PROBE_EVERY	30000

/* A virtual home's (10.1) home agent is on none of our links. */
static bool
may_be_here(const struct mn_home *h)
{
	return h->type == ATYPE_HOME && h->place != PLACE_DISABLED &&
	       prefix_match(&h->prefix, &h->reg.peer);
}

void
attach_lone_ask(struct node *n, struct attach *a, usec_t now)
{
	const struct in6_addr *src = iface_linklocal(a->iface);
	const struct iface_addr *own = src ? iface_addr_find(a->iface, src) :
					     NULL;
	struct in6_addr last = addr_unspec;

	/* It is not the home address that asks (11.5.5), nor one that is not
	 * known to be ours. */
	if (!own || own->state != ADDR_VALID)
		return;
	each_home(n, h, l) {
		struct nd ns = { .type = ND_NS, .sll = a->iface->ll };
		struct in6_addr group = addr_solicited_node(&h->reg.peer);

		if (!may_be_here(h) || addr_eq(&h->reg.peer, &last))
			continue;
		last = ns.ns.target = h->reg.peer;
		outbox_nd(n, a->iface->ifindex, NULL, &ns, src, &group);
		a->lone_asked = now;
	}
}

struct router *
attach_lone_answer(struct node *n, struct attach *a, const struct rx *rx,
		   usec_t now)
{
	const struct nd_na *na = &rx->nd.na;
	const struct lladdr *ll = rx->nd.tll.len ? &rx->nd.tll : &rx->ll_src;
	struct router *r;

	if (!(na->flags & ND_NA_S) || !ll->len || !a->lone_asked ||
	    a->lone_asked + ANSWER_TIME <= now)
		return NULL;
	each_home(n, h, l) {
		if (!may_be_here(h) || !addr_eq(&h->reg.peer, &na->target))
			continue;
		r = attach_learn_lone(n, a, &na->target, ll, &h->prefix, now);
		if (r)
			r->adv_interval = PROBE_EVERY;
		return r;
	}
	return NULL;
}

bool
attach_is_lone(const struct attach *a)
{
	return a->current && a->current->lone;
}

bool
attach_is_alleged(const struct node *n, const struct attach *a,
		  const struct prefix *home)
{
	return attach_is_lone(a) && !mn_is_home_on(n, a->iface, home);
}
