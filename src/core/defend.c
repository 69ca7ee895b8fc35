/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defend.c - the home agent stands in for mobiles on their home link.
 *
 * Before the first acknowledgement: Duplicate Address Detection, one
 * Neighbor Solicitation for the home address (and the link-local one when
 * the L bit was set) and RetransTimer of listening.  Then, while there is a
 * binding, every solicitation is answered here, from the packet: the
 * kernel's proxy would wait up to 0.8 s.  The beginning is announced with
 * the Override flag, so that neighbours change over at once.
 *
 * An access anchor may do both at once, for an address that it has seen: it
 * announces, and listens for whoever objects (defend_check).
 *
 * A `struct defence' exists only during the second of asking and the two of
 * announcing; answering needs nothing but the binding itself.
 */
#include "core/defend.h"
#include "core/ha.h"

#include <stdlib.h>

/* RFC 4862 5.1: DupAddrDetectTransmits */
#define DAD_TRANSMITS	1

struct defence {
	struct map_node	node;
	struct in6_addr	hoa;
	struct alarm	alarm;
	uint32_t	ifindex;
	uint8_t		left;		/* messages still to send */
	uint8_t		nonce[6];	/* of our solicitations, RFC 7527 */
	bool		asking;		/* otherwise announcing */
	bool		checking;	/* announcing, and asking meanwhile */
	bool		linklocal;
};

struct defend {
	struct map	defences;
	struct pool	pool;
};

struct defend *
defend_new(struct node *n)
{
	struct defend *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	map_init(&d->defences, offsetof(struct defence, hoa) -
		 offsetof(struct defence, node), sizeof(struct in6_addr),
		 n->secret);
	pool_init(&d->pool, sizeof(struct defence), UINT32_MAX);
	return d;
}

static struct defence *
defence_find(const struct defend *d, const struct in6_addr *hoa)
{
	struct map_node *m = map_find(&d->defences, hoa);

	return m ? container_of(m, struct defence, node) : NULL;
}

static void
defence_free(struct node *n, struct defence *f)
{
	struct defend *d = n->ha->defend;

	alarm_clear(n, &f->alarm);
	map_remove(&d->defences, &f->node);
	pool_put(&d->pool, f);
}

struct defend *
defend_free(struct node *n, struct defend *d)
{
	struct map_node *m = NULL;
	size_t pos = 0;

	if (!d)
		return NULL;
	while ((m = map_next(&d->defences, m, &pos)))
		alarm_clear(n, &container_of(m, struct defence, node)->alarm);
	map_fini(&d->defences);
	pool_fini(&d->pool);
	free(d);
	return NULL;
}

void
defend_stop(struct node *n, const struct in6_addr *hoa)
{
	struct defence *f = defence_find(n->ha->defend, hoa);

	if (f)
		defence_free(n, f);
}

static void defence_ring(struct node *, struct alarm *, usec_t now);

static struct defence *
defence_new(struct node *n, const struct in6_addr *hoa,
	    const struct iface *i, bool linklocal)
{
	struct defend *d = n->ha->defend;
	struct defence *f;

	defend_stop(n, hoa);
	f = pool_get(&d->pool);
	if (!f)
		return NULL;
	f->hoa = *hoa;
	f->ifindex = i->ifindex;
	f->linklocal = linklocal;
	alarm_init(&f->alarm, defence_ring);
	if (!map_insert(&d->defences, &f->node)) {
		pool_put(&d->pool, f);
		return NULL;
	}
	return f;
}

/* --- asking (RFC 4862 5.4.2) -------------------------------------------- */

static void
note_dad(struct node *n, const struct defence *f, enum note_code code,
	 usec_t now)
{
	struct note note = {
		.code = code, .a = f->hoa, .ifindex = f->ifindex,
	};

	note_put(n, &note, now);
}

static void
solicit(struct node *n, const struct defence *f, const struct in6_addr *target)
{
	struct in6_addr group = addr_solicited_node(target);
	struct nd nd = { .type = ND_NS };

	nd.ns.target = *target;
	nd.ns.has_nonce = true;
	memcpy(nd.ns.nonce, f->nonce, sizeof(nd.ns.nonce));
	outbox_nd(n, f->ifindex, NULL, &nd, &addr_unspec, &group);
}

static void
solicit_all(struct node *n, struct defence *f)
{
	struct in6_addr ll = addr_linklocal_of(&f->hoa);
	uint64_t nonce = rng_u64(&n->rng);

	memcpy(f->nonce, &nonce, sizeof(f->nonce));
	solicit(n, f, &f->hoa);
	if (f->linklocal)
		solicit(n, f, &ll);
}

static void
ask(struct node *n, struct defence *f, usec_t now)
{
	solicit_all(n, f);
	f->left--;
	alarm_set(n, &f->alarm, now + RETRANS_TIMER);
}

bool
defend_ask(struct node *n, const struct in6_addr *hoa, const struct iface *i,
	   bool linklocal, usec_t now)
{
	struct defence *f = defence_new(n, hoa, i, linklocal);

	if (!f)
		return false;
	f->asking = true;
	f->left = DAD_TRANSMITS;
	note_dad(n, f, NOTE_DAD_START, now);
	ask(n, f, now);
	return true;
}

bool
defend_check(struct node *n, const struct in6_addr *hoa, const struct iface *i,
	     bool linklocal, usec_t now)
{
	struct defence *f = defence_new(n, hoa, i, linklocal);

	if (!f)
		return false;
	f->checking = true;
	note_dad(n, f, NOTE_DAD_START, now);
	solicit_all(n, f);
	alarm_set(n, &f->alarm, now + RETRANS_TIMER);
	return true;
}

/* Free before telling: who is told may begin anew. */
static void
asked(struct node *n, struct defence *f, bool unique, usec_t now)
{
	struct in6_addr hoa = f->hoa;

	note_dad(n, f, unique ? NOTE_DAD_OK : NOTE_DAD_FAILED, now);
	defence_free(n, f);
	ha_on_dad(n, &hoa, unique, now);
}

static void
checked(struct node *n, struct defence *f, bool unique, usec_t now)
{
	struct in6_addr hoa = f->hoa;

	note_dad(n, f, unique ? NOTE_DAD_OK : NOTE_DAD_FAILED, now);
	f->checking = false;
	ha_on_check(n, &hoa, unique, now);
}

/* --- advertising -------------------------------------------------------- */

/* RFC 6275 10.4.1: from an address of ours on that interface. */
static const struct in6_addr *
own_address(const struct iface *i)
{
	const struct in6_addr *ll = iface_linklocal(i);

	if (ll)
		return ll;
	list_each(l, &i->addrs) {
		struct iface_addr *a = container_of(l, struct iface_addr, l);

		if (a->state == ADDR_VALID)
			return &a->addr;
	}
	return NULL;
}

static void
advertise(struct node *n, const struct iface *i, const struct in6_addr *target,
	  uint8_t flags, const struct in6_addr *dst, const struct lladdr *ll)
{
	const struct in6_addr *src = own_address(i);
	struct nd nd = { .type = ND_NA, .tll = i->ll };

	if (!src)
		return;
	nd.na.target = *target;
	nd.na.flags = flags;
	outbox_nd(n, i->ifindex, ll, &nd, src, dst);
}

/* RFC 6275 10.4.1: to all nodes, R and S clear, O set. */
void
defend_announce_once(struct node *n, const struct in6_addr *hoa,
		     const struct iface *i, bool linklocal)
{
	struct in6_addr ll = addr_linklocal_of(hoa);

	advertise(n, i, hoa, ND_NA_O, &addr_all_nodes, NULL);
	if (linklocal)
		advertise(n, i, &ll, ND_NA_O, &addr_all_nodes, NULL);
}

/* RFC 4861 7.2.6: at least RetransTimer apart. */
static void
announce(struct node *n, struct defence *f, usec_t now)
{
	const struct iface *i = iface_find(n, f->ifindex);

	if (i)
		defend_announce_once(n, &f->hoa, i, f->linklocal);
	if (f->left)
		f->left--;
	if (i && (f->left || f->checking))
		alarm_set(n, &f->alarm, now + RETRANS_TIMER);
	else
		defence_free(n, f);
}

void
defend_announce(struct node *n, const struct in6_addr *hoa,
		const struct iface *i, bool linklocal, usec_t now)
{
	struct defence *f = defence_find(n->ha->defend, hoa);

	if (!f || !f->checking)
		f = defence_new(n, hoa, i, linklocal);
	if (!f) {
		defend_announce_once(n, hoa, i, linklocal);
		return;
	}
	f->left = MAX_NEIGHBOR_ADVERTISEMENT;
	announce(n, f, now);
}

static void
defence_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct defence *f = container_of(a, struct defence, alarm);

	if (f->checking)
		checked(n, f, true, now);
	if (!f->asking)
		announce(n, f, now);
	else if (f->left)
		ask(n, f, now);
	else
		asked(n, f, true, now);
}

/* --- hearing ------------------------------------------------------------ */

/* RFC 4862 5.4.3: another node asks for the same address at the same time;
 * unless it is our own solicitation that came back (RFC 7527 4.2). */
static void
hear_rival(struct node *n, struct rx *rx, const struct binding *b, usec_t now)
{
	struct defence *f = defence_find(n->ha->defend, &b->hoa);
	const struct nd_ns *ns = &rx->nd.ns;

	if (!f || !f->asking || !addr_is_unspec(&rx->pkt.src))
		return;
	if (ns->has_nonce && memcmp(ns->nonce, f->nonce, 6) == 0)
		return;
	asked(n, f, false, now);
}

/* RFC 4861 7.2.8: every solicited advertisement of a proxy has the Override
 * flag clear, so that the mobile's own, once it is home, goes before.  One
 * that asks from :: (somebody's DAD, or the mobile itself, returning home:
 * RFC 6275 11.5.5) is answered to all nodes, Solicited clear. */
static void
answer_ns(struct node *n, struct rx *rx)
{
	const struct in6_addr *src = &rx->pkt.src;
	const struct lladdr *ll = rx->nd.sll.len ? &rx->nd.sll : &rx->ll_src;

	if (addr_is_unspec(src))
		advertise(n, rx->iface, &rx->nd.ns.target, 0, &addr_all_nodes,
			  NULL);
	else
		advertise(n, rx->iface, &rx->nd.ns.target, ND_NA_S, src,
			  ll->len ? ll : NULL);
}

/* RFC 4862 5.4.4: whoever advertises an address that we ask for has it.  Not
 * we: a link that sends back what we say (RFC 7527) has our announcement as
 * well, which leaves while we ask (defend_check). */
static void
hear_owner(struct node *n, const struct rx *rx, const struct binding *b,
	   usec_t now)
{
	struct defence *f = defence_find(n->ha->defend, &b->hoa);

	if (rx->ll_src.len && lladdr_eq(&rx->ll_src, &rx->iface->ll))
		return;
	if (f && f->asking)
		asked(n, f, false, now);
	else if (f && f->checking)
		checked(n, f, false, now);
}

/*
 * nd_parse has checked the message (RFC 4861 7.1.1, 7.1.2).  Then: is its
 * target an address that we serve, or are about to serve, on that link?
 */
void
defend_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	bool ns = rx->nd.type == ND_NS;
	const struct binding *b;

	if (!ns && rx->nd.type != ND_NA)
		return;
	b = ha_defended(n, rx->iface,
			ns ? &rx->nd.ns.target : &rx->nd.na.target);
	if (!b)
		return;
	if (b->state == BINDING_WAITING && ns)
		hear_rival(n, rx, b, now);
	else if (ns)
		answer_ns(n, rx);
	else
		hear_owner(n, rx, b, now);
}
