/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_dad.c - is our link-local address ours on this link too?
 *
 * "When the mobile node detects an L3 handover, it performs Duplicate
 * Address Detection on its link-local address" (RFC 6275 section 11.5.1).
 * The kernel did so once, where the interface first came up, and does not
 * do it again when the link behind it changes.  So it is asked here, from
 * packets, while the address stays in use (RFC 4429): the handover does not
 * wait for a collision that hardly ever happens.
 *
 * When somebody has it, the interface must not go on (RFC 4862 5.4.5): it
 * carries no binding until its link changes.
 */
#include "core/attach.h"

/* The end of listening: nobody spoke up. */
static void
on_alone(struct node *n, struct alarm *al, usec_t now)
{
}

void
attach_dad_init(struct attach *a)
{
	alarm_init(&a->dad, on_alone);
	a->duplicate = false;
}

/* RFC 4862 5.4.2: DupAddrDetectTransmits 1, and RetransTimer of listening. */
void
attach_dad_begin(struct node *n, struct attach *a, usec_t now)
{
	const struct in6_addr *ll = iface_linklocal(a->iface);
	struct nd ns = { .type = ND_NS };
	struct in6_addr group;
	uint64_t nonce = rng_u64(&n->rng);

	a->duplicate = false;
	alarm_clear(n, &a->dad);
	if (!ll)
		return;		/* the kernel is still asking for it */
	memcpy(a->nonce, &nonce, sizeof(a->nonce));
	ns.ns.target = *ll;
	ns.ns.has_nonce = true;
	memcpy(ns.ns.nonce, a->nonce, sizeof(a->nonce));
	group = addr_solicited_node(ll);
	outbox_nd(n, a->iface->ifindex, NULL, &ns, &addr_unspec, &group);
	alarm_set(n, &a->dad, now + RETRANS_TIMER);
}

void
attach_dad_end(struct node *n, struct attach *a)
{
	alarm_clear(n, &a->dad);
}

/* RFC 4862 5.4.3 and 5.4.4: another node asks for it at the same time (but
 * not our own solicitation come back, RFC 7527), or answers for it. */
static bool
collides(const struct attach *a, const struct rx *rx)
{
	const struct in6_addr *ll = iface_linklocal(a->iface);

	if (!ll)
		return false;
	if (rx->nd.type == ND_NA)
		return addr_eq(&rx->nd.na.target, ll);
	return rx->nd.type == ND_NS && addr_eq(&rx->nd.ns.target, ll) &&
	       addr_is_unspec(&rx->pkt.src) &&
	       !(rx->nd.ns.has_nonce &&
		 memcmp(rx->nd.ns.nonce, a->nonce, sizeof(a->nonce)) == 0);
}

bool
attach_dad_hears(struct node *n, struct attach *a, const struct rx *rx,
		 usec_t now)
{
	struct note note = { .code = NOTE_DAD_FAILED,
			     .ifindex = a->iface->ifindex };

	if (!alarm_is_set(&a->dad) || !collides(a, rx))
		return false;
	alarm_clear(n, &a->dad);
	a->duplicate = true;
	note.a = *iface_linklocal(a->iface);
	note_put(n, &note, now);
	return true;
}
