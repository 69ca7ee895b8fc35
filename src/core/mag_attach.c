/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_attach.c - who attaches to an access link, and who leaves it.
 *
 * A mobile is known by its link-layer address.  It attaches when anything of
 * Neighbour Discovery is heard from it, when the kernel finds it reachable, or
 * when a controller says so; it leaves when a controller says so, when its
 * link goes down, or when it does not answer any more (mag_link.c).  Whom it
 * belongs to is told by a profile (RFC 5213 6.2), or by the controller; who has
 * no profile gets nothing.
 */
#include "core/mag.h"

/* RFC 5213 6.9.1.4: how long the answer to a farewell is waited for. */
#define FAREWELL	INITIAL_BINDACK_TIMEOUT

/* Farewells that are said at once, and until the next ones: the outbox has an
 * end (node.h). */
#define LEAVE_BURST	(OUTBOX_MAX / 2)
#define LEAVE_GAP	MSEC(100)

/* --- coming and going ---------------------------------------------------------------- */

static const struct conf_mobile *
profile_by_ll(const struct node *n, const struct lladdr *ll)
{
	uint32_t at = UINT32_MAX, row;

	while (pmip_index_next(n, &n->mag->by_ll, ll->b, ll->len, &at, &row)) {
		const struct conf_mobile *m = &n->conf->mobile[row];

		for (unsigned k = 0; k < m->nll; k++)
			if (lladdr_eq(&m->ll[k], ll))
				return m;
	}
	return NULL;
}

/* What its profile says, for somebody new. */
static void
take_profile(struct mag_mobile *m, const struct conf_mobile *p)
{
	m->nhnps = p->nhnps;
	for (unsigned k = 0; k < p->nhnps; k++)
		m->hnp[k] = p->hnp[k].addr;
	if (m->nhnps)
		m->reg.hoa = m->hnp[0];
}

static struct mag_mobile *
attach_new(struct node *n, const struct lladdr *ll, const struct span *id,
	   const struct conf_mobile *p)
{
	struct mag_mobile *m = mag_new(n, ll, id);

	if (!m)
		return NULL;
	take_profile(m, p);
	/* An answer to an earlier attachment is none to this one. */
	m->reg.seq = (uint16_t)rng_u64(&n->rng);
	return m;
}

/* Of what is at the anchor it shall know, and it can be told. */
static bool
to_be_told(const struct node *n, const struct mag_mobile *m)
{
	return security_peer(n, &m->reg.peer) &&
	       (m->reg.bound || m->state == MAG_ABSENT ||
		(m->reg.x.sent && m->state != MAG_DENIED));
}

static void
tell_anchor(struct node *n, struct mag_mobile *m, usec_t now)
{
	m->farewell = false;
	registrant_deregister(n, &m->reg, m->reg.bound ? &m->reg.coa :
			      &n->conf->mag_address, 0, NULL, now, now);
}

void
mag_say_farewell(struct node *n, struct mag_mobile *m, usec_t now)
{
	tell_anchor(n, m, now);
	alarm_set(n, &m->watch, now + FAREWELL);
}

/* Its place is needed: one farewell, whose answer nobody waits for.  Returns
 * the timestamp that it had. */
static uint64_t
expel(struct node *n, struct mag_mobile *m, usec_t now)
{
	uint64_t stamp;

	if (to_be_told(n, m) && (m->state != MAG_LEAVING || m->farewell))
		tell_anchor(n, m, now);
	if (m->lma_group && m->reg.bound)
		mag_group_doubt(n, now);
	stamp = m->stamp;
	mag_unserve(n, m, true, now);
	mag_drop(n, m);
	return stamp;
}

/* From one access link of ours to another: the anchor need not know. */
static void
change_link(struct node *n, struct mag_mobile *m, uint32_t ifindex,
	    usec_t now)
{
	bool served = m->served;

	if (m->ifindex == ifindex)
		return;
	mag_unserve(n, m, false, now);
	m->ifindex = ifindex;
	m->linklocal = addr_unspec;
	if (served)
		mag_serve(n, m, now);
}

/* RFC 5213 6.6: whose it is.  Who was told of by a controller is that one until it
 * leaves, whatever is heard from it. */
static const struct conf_mobile *
profile_of(const struct node *n, const struct mag_mobile *m,
	   const struct lladdr *ll, const struct span *id, struct span *ret)
{
	bool ordered = m && m->ordered && m->state != MAG_LEAVING;
	const struct conf_mobile *p;

	if (id && id->len)
		*ret = *id;
	else if (ordered)
		*ret = mag_id(m);
	if ((id && id->len) || ordered)
		return pmip_profile(n, &n->mag->by_id, ret);
	p = profile_by_ll(n, ll);
	*ret = (struct span){ p ? (const uint8_t *)p->id : NULL,
			      p ? strlen(p->id) : 0 };
	return p;
}

struct mag_mobile *
mag_attach(struct node *n, uint32_t ifindex, const struct lladdr *ll,
	   const struct span *id, uint8_t handoff, usec_t now)
{
	struct mag_mobile *m = mag_find(n, ll);
	struct span of;
	const struct conf_mobile *p = profile_of(n, m, ll, id, &of);
	bool comes = !m || m->state == MAG_LEAVING;
	uint64_t stamp = 0;

	if (!p) {
		if (!m && node_may_tell(n, now)) {
			n->mag->unknown++;
			mag_note(n, ll, ifindex, NOTE_UNKNOWN_MOBILE, now);
		}
		return m;
	}
	/* Somebody else with the same card, or back while its session elsewhere
	 * is being ended. */
	if (m && (!span_eq(&of, m->id.b, m->id.len) || m->farewell ||
		  (m->state == MAG_LEAVING && !mag_is_anchored(n, m)))) {
		/* the farewell's, which the next is greater than */
		stamp = expel(n, m, now);
		m = NULL;
		comes = true;
	}
	if (!m && (m = attach_new(n, ll, &of, p)))
		m->stamp = stamp;
	if (!m)
		return NULL;
	if (comes)
		m->ifindex = ifindex;
	if (comes || (id && id->len))
		m->ordered = id && id->len;
	change_link(n, m, ifindex, now);
	if (handoff)
		m->handoff = handoff;
	if (comes) {
		n->mag->attached++;
		mag_note(n, ll, ifindex, NOTE_ATTACHED, now);
	}
	/* A refusal stands. */
	if (m->state != MAG_DENIED)
		mag_register(n, m, now);
	return m;
}

/* 6.9.1.4 */
void
mag_detach(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct lladdr ll = mag_lladdr(m);

	if (m->state == MAG_LEAVING)
		return;
	n->mag->detached++;
	mag_note(n, &ll, m->ifindex, NOTE_DETACHED, now);
	mag_unserve(n, m, false, now);
	if (!to_be_told(n, m)) {
		expel(n, m, now);
		return;
	}
	m->state = MAG_LEAVING;
	mag_group_leave(n, m);
	alarm_clear(n, &m->advert);
	mag_say_farewell(n, m, now);
}

void
mag_withdraw(struct node *n, struct mag_mobile *m, unsigned k, usec_t now)
{
	usec_t at = now + k / LEAVE_BURST * LEAVE_GAP;

	mag_unserve(n, m, true, now);
	if (m->state == MAG_LEAVING) {
		expel(n, m, now);
		return;
	}
	if (!to_be_told(n, m) || at == now) {
		mag_detach(n, m, now);
		return;
	}
	mag_group_leave(n, m);
	registrant_cancel(n, &m->reg);
	alarm_clear(n, &m->reg.refresh);
	alarm_clear(n, &m->advert);
	m->state = MAG_LEAVING;
	m->farewell = true;
	alarm_set(n, &m->watch, at);
}

/* Whoever solicits routers, or asks whether its link-local address is free,
 * has been unplugged: perhaps it was elsewhere meanwhile, and the anchor
 * believes that it is. */
static bool
is_arrival(const struct rx *rx)
{
	return rx->nd.type == ND_RS || (rx->nd.type == ND_NS &&
	       addr_is_unspec(&rx->pkt.src) &&
	       addr_is_linklocal(&rx->nd.ns.target));
}

#define ARRIVAL_GAP	SEC(1)		/* one arrival is several messages */

static void
assert_again(struct node *n, struct mag_mobile *m, usec_t now)
{
	if (m->state != MAG_HERE || !m->reg.bound ||
	    m->reg.asking != REG_NOTHING || now - m->reg.x.last < ARRIVAL_GAP)
		return;
	m->handoff = MOPT_HANDOFF_UNKNOWN;
	registrant_refresh(n, &m->reg, now);
}

void
mag_on_attach(struct node *n, const struct ev_attach *ev, usec_t now)
{
	struct mag_mobile *m = mag_find(n, &ev->ll);
	struct span id = { (const uint8_t *)ev->id, strlen(ev->id) };

	if (ev->gone) {
		if (m && m->ifindex == ev->ifindex)
			mag_detach(n, m, now);
		return;
	}
	if (!mag_access(n, ev->ifindex) || !n->ready)
		return;
	m = mag_attach(n, ev->ifindex, &ev->ll, &id, ev->handoff, now);
	if (!m)
		return;
	/* Somebody does something about it. */
	if (m->state == MAG_DENIED)
		mag_register(n, m, now);
	mag_heard(n, m, NULL, now);
	assert_again(n, m, now);
}

/* The address that a Neighbour Discovery message shows to be its sender's
 * own; NULL: none. */
static const struct in6_addr *
sender_in(const struct rx *rx)
{
	if (!addr_is_unspec(&rx->pkt.src))
		return &rx->pkt.src;
	return rx->nd.type == ND_NS ? &rx->nd.ns.target : NULL;
}

/* Everything of it that we hear says that it is here; a Router Solicitation
 * is answered (6.9.2).  Other routers are no mobiles. */
void
mag_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	struct mag_mobile *m;

	if (!n->ready || rx->nd.type == ND_RA || rx->nd.type == ND_REDIRECT ||
	    !rx->ll_src.len || !mag_access(n, rx->iface->ifindex) ||
	    lladdr_eq(&rx->ll_src, &rx->iface->ll))
		return;
	m = mag_attach(n, rx->iface->ifindex, &rx->ll_src, NULL, 0, now);
	if (!m)
		return;
	mag_heard(n, m, sender_in(rx), now);
	if (is_arrival(rx))
		assert_again(n, m, now);
	if (rx->nd.type == ND_RS && m->served)
		mag_advertise(n, m, now);
}

void
mag_on_neighbour(struct node *n, const struct ev_neighbour *ev, usec_t now)
{
	struct mag_mobile *m;

	if (!n->ready || !ev->ll.len || !mag_access(n, ev->ifindex))
		return;
	m = mag_find(n, &ev->ll);
	if (ev->gone && m && m->ifindex == ev->ifindex) {
		mag_detach(n, m, now);
	} else if (ev->failed && m && m->ifindex == ev->ifindex) {
		mag_doubt(n, m, now);
	} else if (ev->reachable) {
		m = mag_attach(n, ev->ifindex, &ev->ll, NULL, 0, now);
		if (!m)
			return;
		mag_heard(n, m, &ev->addr, now);
		if (ev->arrived)
			assert_again(n, m, now);
	}
}

/* A link that goes down takes all of its mobiles along, not more at once than
 * can be told of; and one that vanishes, those whom a controller has put there
 * while it was down. */
void
mag_on_link(struct node *n, struct iface *i, bool was_up, usec_t now)
{
	struct map_node *m = NULL, *next;
	size_t pos = 0;
	unsigned k = 0;

	if (!mag_access(n, i->ifindex))
		return;
	mag_addresses(n, true);
	if (i->up)
		return;
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (mobile->ifindex != i->ifindex)
			continue;
		if (k++ < LEAVE_BURST)
			mag_detach(n, mobile, now);
		else
			mag_detach_at(n, mobile,
				      now + k / LEAVE_BURST * LEAVE_GAP);
	}
}
