/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_link.c - what a mobile sees of a gateway, and whether it is still there.
 *
 * Its link is a point-to-point one as far as it can tell (RFC 5213 6.3): the
 * advertisements with its prefixes go to it alone, by its link-layer address,
 * and no one else on the same wire hears them.  They come from the same
 * link-local address at each gateway (6.9.3), so that it has one router
 * wherever it is.
 *
 * What it sends from its prefixes goes through the tunnel, what comes for them
 * goes to its link; both are said of a prefix, not of an address.
 *
 * A mobile is quiet for a while, then it is asked by a Neighbour Solicitation
 * to its link-local address, or to what it sent from when that is all that
 * was heard of it; three without an answer and it has left.  This
 * is what keeps a gateway from taking back a mobile that is elsewhere, and
 * comes before each repetition of an update (6.9.4 no. 2).
 */
#include "core/mag.h"

#include <stdlib.h>

#define ASK_TIMES	3
/* A mobile that solicits and solicits is answered so often. */
#define ADVERT_GAP	MSEC(30)
#define ADVERT_MOST	SEC(600)
#define TUNNEL_HEADER	40		/* RFC 2473 6.7 */

/* --- addresses -------------------------------------------------------------------- */

static void
say_address(struct node *n, uint32_t ifindex, const struct in6_addr *a,
	    bool up)
{
	struct effect e = {
		.kind = EF_ADDRESS,
		.address = {
			.up = up, .key = { ifindex, *a }, .plen = 64,
			/* Every gateway has it, none is a duplicate. */
			.nodad = true, .valid = ND_INFINITE,
			.preferred = ND_INFINITE,
		},
	};

	want(n, &e);
}

/* FixedMAGLinkLocalAddressOnAllAccessLinks */
void
mag_addresses(struct node *n, bool up)
{
	if (addr_is_unspec(&n->conf->mag_linklocal))
		return;
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (mag_access(n, i->ifindex) && i->up)
			say_address(n, i->ifindex, &n->conf->mag_linklocal,
				    up);
	}
}

/* One that the anchor chose is ours while a mobile of that link has it for its
 * router. */
static void
leave_router(struct node *n, struct mag_mobile *m)
{
	struct mag_router *r = m->held;

	m->held = NULL;
	if (!r || --r->users)
		return;
	say_address(n, r->key.ifindex, &r->key.addr, false);
	map_remove(&n->mag->routers, &r->node);
	free(r);
}

static struct mag_router *
router_get(struct node *n, const struct mag_router_key *key)
{
	struct map_node *x = map_find(&n->mag->routers, key);
	struct mag_router *r;

	if (x)
		return container_of(x, struct mag_router, node);
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->key = *key;
	if (map_insert(&n->mag->routers, &r->node))
		return r;
	free(r);
	return NULL;
}

static void
have_router(struct node *n, struct mag_mobile *m)
{
	struct mag_router_key key = { m->router, m->ifindex };
	struct mag_router *r;

	if (!addr_is_unspec(&n->conf->mag_linklocal) ||
	    addr_is_unspec(&m->router))
		return;
	r = router_get(n, &key);
	if (r && r != m->held) {
		r->users++;
		leave_router(n, m);
		m->held = r;
	}
	if (r)
		say_address(n, key.ifindex, &key.addr, true);
}

/* --- advertisements (6.9.2) ---------------------------------------------------------- */

/* 6.9.5: that of the tunnel, unless the link's is lower. */
static uint32_t
mtu_of(const struct node *n, const struct iface *i,
       const struct mag_mobile *m)
{
	uint32_t outer = m->tunnel && m->tunnel->mtu ? m->tunnel->mtu : 1500;
	uint32_t mtu = outer - TUNNEL_HEADER;

	if (i->mtu && i->mtu < mtu)
		mtu = i->mtu;
	return mtu < 1280 ? 1280 : mtu;
}

static void
speak(struct node *n, const struct mag_mobile *m, bool final)
{
	const struct conf_access_link *a = mag_access(n, m->ifindex);
	const struct iface *i = iface_find(n, m->ifindex);
	struct nd nd = { .type = ND_RA };
	struct lladdr ll = mag_lladdr(m);
	uint32_t life = final || !a ? 0 : a->lifetime;

	if (!i || !i->up || addr_is_unspec(&m->router))
		return;
	nd.sll = i->ll;
	nd.ra.hop_limit = 64;
	nd.ra.lifetime = (uint16_t)life;
	nd.ra.mtu = mtu_of(n, i, m);
	for (unsigned k = 0; k < m->nhnps; k++)
		nd.ra.pio[nd.ra.npios++] = (struct nd_pio){
			.prefix = m->hnp[k], .len = 64,
			.flags = ND_PIO_L | ND_PIO_A,
			/* RFC 4862 5.5.3 e: a short one would be two hours. */
			.valid = final ? 0 : 2592000,
			.preferred = final ? 0 : 604800,
		};
	/* To all nodes by name, if its own is not known: it alone hears it. */
	outbox_nd(n, m->ifindex, &ll, &nd, &m->router,
		  addr_is_unspec(&m->linklocal) ? &addr_all_nodes :
						  &m->linklocal);
}

static usec_t
interval(const struct node *n, const struct mag_mobile *m)
{
	const struct conf_access_link *a = mag_access(n, m->ifindex);
	usec_t third = SEC(a ? a->lifetime : 1800) / 3;

	return third < ADVERT_MOST ? third : ADVERT_MOST;
}

void
mag_advertise(struct node *n, struct mag_mobile *m, usec_t now)
{
	usec_t next = m->advertised + ADVERT_GAP;

	if (m->advertised && next > now) {
		alarm_set(n, &m->advert, next);
		return;
	}
	speak(n, m, false);
	m->advertised = now;
	alarm_set(n, &m->advert, now + interval(n, m));
}

void
mag_on_advert(struct node *n, struct alarm *a, usec_t now)
{
	struct mag_mobile *m = container_of(a, struct mag_mobile, advert);

	if (m->served)
		mag_advertise(n, m, now);
}

/* --- routes ---------------------------------------------------------------------------- */

/* 6.10.5: from the mobile's prefix through the tunnel, and to it on its link;
 * nothing else is taken there. */
static void
say_routes(struct node *n, const struct mag_mobile *m, bool up)
{
	for (unsigned k = 0; k < m->nhnps; k++) {
		struct effect flow = {
			.kind = EF_FLOW,
			.flow = { .up = up, .key.src = { m->hnp[k], 64 },
				  .action = FLOW_PATH,
				  .path = m->tunnel->key,
				  .access = { m->ifindex, mag_lladdr(m),
					      n->conf->mag_local_routing } },
		};

		want(n, &flow);
	}
}

/* The anchor has given its session to another interface of the same mobile
 * (5.4.1: Handoff Indicator 2, or no. 5 of 5.4.1.1).  Should this one be in
 * use as well, it will say something, and asks for a session of its own. */
static void
displace(struct node *n, struct mag_mobile *m, usec_t now)
{
	mag_unserve(n, m, true, now);
	registrant_cancel(n, &m->reg);
	registrant_forget(n, &m->reg);
	m->nhnps = 0;
}

/* A prefix is one mobile's. */
static void
take_over(struct node *n, struct mag_mobile *m, usec_t now)
{
	for (unsigned k = 0; k < m->nhnps; k++) {
		struct mag_prefix *p = &m->routed[k];
		struct map_node *had = map_find(&n->mag->prefixes, &m->hnp[k]);

		if (had)
			displace(n, container_of(had, struct mag_prefix,
						 node)->mobile, now);
		p->hnp = m->hnp[k];
		if (map_insert(&n->mag->prefixes, &p->node))
			p->mobile = m;
	}
}

static void
give_up(struct node *n, struct mag_mobile *m)
{
	for (unsigned k = 0; k < CONF_HNPS; k++) {
		if (m->routed[k].mobile)
			map_remove(&n->mag->prefixes, &m->routed[k].node);
		m->routed[k].mobile = NULL;
	}
}

void
mag_serve(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct path_key key = {
		.local = n->conf->mag_address, .remote = m->reg.peer,
		.kind = PATH_IP6IP6,
	};

	if (!m->nhnps)
		return;
	if (!m->served) {
		m->tunnel = tunnel_get(n, &key);
		if (!m->tunnel)
			return;
		take_over(n, m, now);
		m->served = true;
		m->advertised = 0;
	}
	say_routes(n, m, true);
	have_router(n, m);
	mag_advertise(n, m, now);
}

void
mag_unserve(struct node *n, struct mag_mobile *m, bool tell, usec_t now)
{
	if (!m->served)
		return;
	if (tell)
		speak(n, m, true);
	alarm_clear(n, &m->advert);
	say_routes(n, m, false);
	give_up(n, m);
	m->served = false;
	leave_router(n, m);
	m->tunnel = tunnel_put(n, m->tunnel);
}

/* --- is it there? ------------------------------------------------------------------------ */

static usec_t
patience(const struct node *n, const struct mag_mobile *m)
{
	const struct conf_access_link *a = mag_access(n, m->ifindex);

	return MSEC(a ? a->probe : 10000);
}

/* Where it can be asked: by its link-local address, or what it was heard to
 * send from.  ::: nowhere. */
static const struct in6_addr *
known_address(const struct mag_mobile *m)
{
	return addr_is_unspec(&m->linklocal) ? &m->other : &m->linklocal;
}

void
mag_heard(struct node *n, struct mag_mobile *m, const struct in6_addr *addr,
	  usec_t now)
{
	bool mute = addr_is_unspec(known_address(m));

	m->heard = now;
	m->asked = 0;
	if (addr && addr_is_linklocal(addr) && !addr_eq(addr, &m->router))
		m->linklocal = *addr;
	else if (addr && addr_is_routable(addr))
		m->other = *addr;
	if (mute && m->stored && !addr_is_unspec(known_address(m)))
		mag_remember(n, &m->reg);
	if (m->state != MAG_LEAVING && (!alarm_is_set(&m->watch) ||
					m->watch.t.at > now + patience(n, m)))
		alarm_set(n, &m->watch, now + patience(n, m));
	if (m->state == MAG_ABSENT)
		mag_register(n, m, now);
}

static void
solicit(struct node *n, struct mag_mobile *m)
{
	const struct iface *i = iface_find(n, m->ifindex);
	struct nd nd = { .type = ND_NS };
	struct lladdr ll = mag_lladdr(m);
	const struct in6_addr *src = i ? iface_linklocal(i) : NULL;

	/* Its router is our address while it is served, or always. */
	if (m->held || !addr_is_unspec(&n->conf->mag_linklocal))
		src = &m->router;
	/* On a link that has gone nobody answers. */
	if (!i || !i->up || !src)
		return;
	nd.sll = i->ll;
	nd.ns.target = *known_address(m);
	outbox_nd(n, m->ifindex, &ll, &nd, src, &nd.ns.target);
}

void
mag_doubt(struct node *n, struct mag_mobile *m, usec_t now)
{
	if (m->asked || m->state == MAG_LEAVING)
		return;
	m->heard = now > patience(n, m) ? now - patience(n, m) : 0;
	alarm_set(n, &m->watch, now);
}

void
mag_detach_at(struct node *n, struct mag_mobile *m, usec_t at)
{
	if (m->state == MAG_LEAVING)
		return;
	m->asked = ASK_TIMES;
	alarm_set(n, &m->watch, at);
}

void
mag_on_watch(struct node *n, struct alarm *a, usec_t now)
{
	struct mag_mobile *m = container_of(a, struct mag_mobile, watch);
	usec_t due = m->heard + patience(n, m);

	if (m->farewell) {
		mag_say_farewell(n, m, now);
		return;
	}
	if (m->state == MAG_LEAVING) {		/* 6.9.1.4: it may go */
		if (m->lma_group && m->reg.bound)
			mag_group_doubt(n, now);
		mag_drop(n, m);
		return;
	}
	if (!m->asked && due > now) {
		alarm_set(n, a, due);
		return;
	}
	if (m->asked == ASK_TIMES) {
		mag_detach(n, m, now);
		return;
	}
	/* Whose address was never heard cannot be asked; the controller or the
	 * link that told of it will tell when it leaves.  But not of one that
	 * was here before a restart. */
	if (addr_is_unspec(known_address(m))) {
		if (m->state == MAG_ABSENT)
			mag_detach(n, m, now);
		else
			alarm_set(n, a, now + patience(n, m));
		return;
	}
	m->asked++;
	solicit(n, m);
	alarm_set(n, a, now + RETRANS_TIMER);
}
