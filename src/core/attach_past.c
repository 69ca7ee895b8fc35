/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_past.c - links where we have been: the Simple DNA Address Table of
 * RFC 6059 section 4, with prefixes instead of addresses, which follow from
 * them.
 *
 * A router that we used is remembered when its link is left.  When a link comes
 * up those that are still good are asked whether they are here, beside the one
 * of the link before and the Router Solicitation.  A solicited Neighbor
 * Advertisement comes at once, a Router Advertisement may take half a second
 * (RFC 4861 6.2.6): who comes back to a link that he knows does not wait for it.
 * When it comes after all, it is right (5.7.3.1).
 */
#include "core/attach.h"

/* 5.11: "SHOULD NOT perform the Simple DNA procedure more than once a
 * second." */
#define PROBE_GAP	SEC(1)

static bool
is_router(const struct past *x, const struct in6_addr *addr,
	  const struct lladdr *ll)
{
	return addr_eq(&x->addr, addr) && lladdr_eq(&x->ll, ll);
}

static void
forget(struct attach *a, unsigned k)
{
	memmove(&a->past[k], &a->past[k + 1],
		(--a->npast - k) * sizeof(*a->past));
}

/* The oldest makes room (5.9). */
void
attach_past_put(struct attach *a, const struct router *r)
{
	struct past *x;

	for (unsigned k = 0; k < a->npast; k++)
		if (is_router(&a->past[k], &r->addr, &r->ll))
			forget(a, k);
	if (a->npast == PAST_MAX)
		forget(a, 0);
	x = &a->past[a->npast];
	*x = (struct past){
		.addr = r->addr, .ll = r->ll, .global = r->global,
		.home_agent = r->home_agent, .pref = r->pref, .mtu = r->mtu,
		.expires = r->expires,
	};
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (!(p->routers & r->bit) || x->n == PAST_PREFIXES)
			continue;
		x->prefix[x->n++] = (struct past_prefix){
			p->prefix, p->on_link, p->autonomous, p->valid_until,
			p->preferred_until,
		};
	}
	/* 5.5.2: not without a valid address; its link-layer address is how
	 * it is known. */
	a->npast += x->n && x->ll.len;
}

/* 5.10: what has ended ends here, too. */
static void
age(struct attach *a, usec_t now)
{
	for (unsigned k = a->npast; k-- > 0; ) {
		struct past *x = &a->past[k];

		for (unsigned j = x->n; j-- > 0; )
			if (x->prefix[j].valid_until <= now)
				x->prefix[j] = x->prefix[--x->n];
		if (x->expires <= now || !x->n)
			forget(a, k);
	}
}

/* 5.5.2, 5.6.1; at most six of them (5.5.3), once (5.11). */
void
attach_past_probe(struct node *n, struct attach *a, usec_t now)
{
	const struct in6_addr *src = iface_linklocal(a->iface);
	const struct iface_addr *own = src ? iface_addr_find(a->iface, src) :
					     NULL;
	struct nd ns = { .type = ND_NS };

	age(a, now);
	if (!src || (a->past_asked && a->past_asked + PROBE_GAP > now))
		return;
	a->past_asked = now;
	if (own->state == ADDR_VALID)
		ns.sll = a->iface->ll;
	for (unsigned k = 0; k < a->npast; k++) {
		const struct past *x = &a->past[k];

		if (a->current && is_router(x, &a->current->addr,
					    &a->current->ll))
			continue;
		ns.ns.target = x->addr;
		outbox_nd(n, a->iface->ifindex, &x->ll, &ns, src, &x->addr);
	}
}

/* 5.7.1: "MUST verify that both the IPv6 and link-layer (MAC) addresses of the
 * router match".  NULL: it is none of them, or nobody was asked. */
const struct past *
attach_past_answer(struct attach *a, const struct rx *rx, usec_t now)
{
	const struct lladdr *ll = rx->nd.tll.len ? &rx->nd.tll : &rx->ll_src;

	if (!(rx->nd.na.flags & ND_NA_S) || !a->past_asked ||
	    a->past_asked + PROBE_GAP <= now)
		return NULL;
	age(a, now);
	for (unsigned k = 0; k < a->npast; k++)
		if (is_router(&a->past[k], &rx->nd.na.target, ll))
			return &a->past[k];
	return NULL;
}
