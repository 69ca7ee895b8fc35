/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mobile_prefix.c - Mobile Prefix Advertisements (RFC 6275 10.6).
 *
 * A mobile that asks is answered at once, with all prefixes of its home
 * network: those that we advertise on its link, and those that other home
 * agents do (agents.c).  Unasked it is told when that has changed, and now
 * and then; an advertisement that it was not asked for is repeated until the
 * mobile acknowledges it by a solicitation.
 *
 *	          change, or MaxMobPfxAdvInterval is over
 *	  IDLE ----------------------------------------> SCHEDULED
 *	   ^  <-- solicited and answered ------------------   |
 *	   |                                                  | a random time
 *	   |  acknowledged, or PREFIX_ADV_RETRIES are over    v
 *	   +------------------------------------------------ SENT
 *
 * A `struct delivery' for each home registration keeps this, apart from the
 * binding, which has to be small.  With SendUnsolMobPfxAdvs disabled there
 * are only those of mobiles that have asked, because of the limit of one
 * message a second.
 */
#include "core/mobile_prefix.h"
#include "core/advert.h"
#include "core/ha.h"
#include "core/home_link.h"
#include "core/home_prefix.h"

#include <stdlib.h>

/* RFC 6275 section 12 */
#define PREFIX_ADV_RETRIES	3
#define PREFIX_ADV_TIMEOUT	SEC(3)
/* 6.8: not more than one message a second to any mobile */
#define ONE_MESSAGE		SEC(1)

enum delivery_state { DELIVERY_IDLE, DELIVERY_SCHEDULED, DELIVERY_SENT };

struct delivery {
	struct map_node	node;
	struct in6_addr	hoa;
	struct alarm	alarm;
	usec_t		sent;		/* the last of all; 0: none */
	usec_t		due;		/* of the next unsolicited one, or when
					   one is to be scheduled */
	usec_t		answer;		/* a solicitation waits until then */
	uint16_t	id;		/* that one's identifier */
	uint8_t		state;
	uint8_t		repeated;
	bool		unheard;	/* it was never acknowledged */
};

struct mobile_prefixes {
	struct map	deliveries;
	struct pool	pool;
	uint64_t	solicited, unsolicited, acknowledged;
};

struct mobile_prefixes *
mobile_prefix_new(struct node *n)
{
	struct mobile_prefixes *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	map_init(&m->deliveries, offsetof(struct delivery, hoa) -
		 offsetof(struct delivery, node), sizeof(struct in6_addr),
		 n->secret);
	pool_init(&m->pool, sizeof(struct delivery), UINT32_MAX);
	return m;
}

struct mobile_prefixes *
mobile_prefix_free(struct node *n, struct mobile_prefixes *m)
{
	struct map_node *x = NULL;
	size_t pos = 0;

	if (!m)
		return NULL;
	while ((x = map_next(&m->deliveries, x, &pos)))
		alarm_clear(n, &container_of(x, struct delivery, node)->alarm);
	map_fini(&m->deliveries);
	pool_fini(&m->pool);
	free(m);
	return NULL;
}

static struct delivery *
delivery_find(const struct node *n, const struct in6_addr *hoa)
{
	struct map_node *x = map_find(&n->ha->prefixes->deliveries, hoa);

	return x ? container_of(x, struct delivery, node) : NULL;
}

static void delivery_ring(struct node *, struct alarm *, usec_t now);

static struct delivery *
delivery_get(struct node *n, const struct in6_addr *hoa)
{
	struct mobile_prefixes *m = n->ha->prefixes;
	struct delivery *d = delivery_find(n, hoa);

	if (d)
		return d;
	d = pool_get(&m->pool);
	if (!d)
		return NULL;
	d->hoa = *hoa;
	d->due = d->answer = USEC_NEVER;
	alarm_init(&d->alarm, delivery_ring);
	if (!map_insert(&m->deliveries, &d->node)) {
		pool_put(&m->pool, d);
		return NULL;
	}
	return d;
}

static void
delivery_drop(struct node *n, struct delivery *d)
{
	struct mobile_prefixes *m = n->ha->prefixes;

	alarm_clear(n, &d->alarm);
	map_remove(&m->deliveries, &d->node);
	pool_put(&m->pool, d);
}

static bool
is_served(const struct node *n, const struct binding *b)
{
	return b->state == BINDING_ACTIVE && b->keeper == KEEPER_HOME &&
	       !n->conf->home_link[b->link].anchor;
}

/* The binding that prefixes may be delivered for; NULL: none. */
static struct binding *
served(const struct node *n, const struct in6_addr *hoa)
{
	struct binding *b = registrar_find(n->registrar, hoa);

	return b && is_served(n, b) ? b : NULL;
}

/* --- what is told (10.6.1, 6.8) ------------------------------------------- */

struct gathered {
	struct icmp_prefix *m;
	const struct prefix *only;	/* NULL: any */
};

static bool
is_prefix(const struct nd_pio *o, const struct prefix *p)
{
	return o->len == p->len && prefix_match(p, &o->prefix);
}

static void
gather(void *arg, const struct nd_pio *o)
{
	const struct gathered *g = arg;
	struct icmp_prefix *m = g->m;

	if (g->only && !is_prefix(o, g->only))
		return;
	for (unsigned k = 0; k < m->npios; k++) {
		const struct prefix p = { m->pio[k].prefix, m->pio[k].len };

		if (is_prefix(o, &p))
			return;
	}
	if (m->npios < ND_PIO_MAX)
		m->pio[m->npios++] = *o;
}

/* A home prefix as it stands in the configuration.  Nobody advertises that of
 * a virtual link, so this is where its mobiles learn our address in it (R). */
static struct nd_pio
own_pio(const struct conf_home_link *l)
{
	bool ours = home_link_virtual(l) && prefix_match(&l->prefix, &l->ha);

	return (struct nd_pio){
		.prefix = ours ? l->ha : l->prefix.addr, .len = l->prefix.len,
		.flags = (uint8_t)(ND_PIO_L |
				   (l->prefix.len == 64 ? ND_PIO_A : 0) |
				   (ours ? ND_PIO_R : 0)),
		.valid = l->valid, .preferred = l->preferred,
	};
}

/* What we advertise ourselves, then what others do, then what else the home
 * network has. */
static void
gather_all(struct node *n, const struct conf_home_link *l, struct gathered *g,
	   usec_t now)
{
	const struct iface *i = home_link_iface(n, l);
	const struct conf_iface *c = iface_conf(n->conf, l->ifname);

	for (unsigned k = 0; i && c && k < c->nprefixes; k++) {
		struct nd_pio o;

		advert_pio(i, &c->prefix[k], &o);
		gather(g, &o);
	}
	home_prefixes_walk(n, l, now, gather, g);
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *o = &n->conf->home_link[k];
		struct nd_pio pio = own_pio(o);

		if (home_link_same(l, o))
			gather(g, &pio);
	}
}

/* The home address's own prefix first, so that it is never the one that has
 * no room. */
static void
put_prefixes(struct node *n, const struct conf_home_link *l,
	     struct icmp_prefix *m, usec_t now)
{
	struct gathered g = { .m = m, .only = &l->prefix };

	gather_all(n, l, &g, now);
	g.only = NULL;
	gather_all(n, l, &g, now);
}

/*
 * 10.6.3: from the address that the mobile registered with, with a type 2
 * routing header.  6.8, 10.4.4: the M and O flags are clear whatever the home
 * link's advertisements say, since no DHCPv6 is relayed for mobiles here.
 */
static void
send_prefixes(struct node *n, struct delivery *d, const struct binding *b,
	      uint16_t id, usec_t now)
{
	struct icmp m = { .type = ICMP_PREFIX_ADV, .prefix.id = id };
	struct mh_route r = { .rh2 = &b->hoa };

	binding_path(b, &r.dst, &r.src);
	put_prefixes(n, &n->conf->home_link[b->link], &m.prefix, now);
	node_send_icmp(n, &m, &r);
	d->sent = now;
}

/* --- when (10.6.2) --------------------------------------------------------- */

static void
delivery_wake(struct node *n, struct delivery *d)
{
	alarm_set(n, &d->alarm, d->answer < d->due ? d->answer : d->due);
}

static void
delivery_rest(struct node *n, struct delivery *d, usec_t now)
{
	d->state = DELIVERY_IDLE;
	d->repeated = 0;
	d->due = n->conf->send_unsol_pfx_advs ?
		now + SEC(n->conf->max_pfx_adv_interval) : USEC_NEVER;
	delivery_wake(n, d);
}

/* MaxScheduleDelay = min (MaxMobPfxAdvInterval, Preferred Lifetime);
 * RAND_ADV_DELAY = MinMobPfxAdvInterval +
 *	(rand() % abs(MaxScheduleDelay - MinMobPfxAdvInterval)) */
static usec_t
random_delay(struct node *n, const struct binding *b, usec_t now)
{
	uint32_t most = n->conf->max_pfx_adv_interval;
	uint32_t least = n->conf->min_pfx_adv_interval;
	uint32_t valid, preferred, spread;

	home_link_lifetimes(n, &n->conf->home_link[b->link], now, &valid,
			    &preferred);
	if (preferred < most)
		most = preferred;
	spread = most > least ? most - least : least - most;
	return SEC(least) + (spread ? rng_below(&n->rng, SEC(spread)) : 0);
}

/* What is scheduled already is sent when it was to be sent, as the prefixes
 * stand then. */
static void
schedule(struct node *n, struct delivery *d, const struct binding *b,
	 usec_t now)
{
	if (d->state == DELIVERY_SCHEDULED)
		return;
	d->state = DELIVERY_SCHEDULED;
	d->repeated = 0;
	d->due = now + random_delay(n, b, now);
	delivery_wake(n, d);
}

/* "MUST wait PREFIX_ADV_TIMEOUT before the first retransmission and double
 * the retransmission wait time for every succeeding one". */
static void
send_unasked(struct node *n, struct delivery *d, const struct binding *b,
	     usec_t now)
{
	if (d->state != DELIVERY_SENT) {
		d->state = DELIVERY_SENT;
		d->repeated = 0;
		d->unheard = true;
	} else if (d->repeated++ == PREFIX_ADV_RETRIES) {
		delivery_rest(n, d, now);
		return;
	}
	send_prefixes(n, d, b, (uint16_t)rng_u64(&n->rng), now);
	n->ha->prefixes->unsolicited++;
	d->due = now + (PREFIX_ADV_TIMEOUT << d->repeated);
	delivery_wake(n, d);
}

static void
delivery_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct delivery *d = container_of(a, struct delivery, alarm);
	const struct binding *b = served(n, &d->hoa);

	if (!b) {
		delivery_drop(n, d);
		return;
	}
	if (d->answer <= now) {
		d->answer = USEC_NEVER;
		send_prefixes(n, d, b, d->id, now);
		n->ha->prefixes->solicited++;
		delivery_rest(n, d, now);
		return;
	}
	if (d->due > now)
		delivery_wake(n, d);
	else if (d->state == DELIVERY_IDLE)
		schedule(n, d, b, now);
	else
		send_unasked(n, d, b, now);
}

/* --- what makes it so ------------------------------------------------------ */

void
mobile_prefix_serve(struct node *n, const struct binding *b, bool updated,
		    usec_t now)
{
	struct delivery *d;

	if (!n->conf->send_unsol_pfx_advs || !is_served(n, b))
		return;
	d = delivery_find(n, &b->hoa);
	if (!d) {
		/* nothing was sent in the last MaxMobPfxAdvInterval */
		d = delivery_get(n, &b->hoa);
		if (d)
			schedule(n, d, b, now);
	} else if (updated && d->state == DELIVERY_IDLE && d->unheard) {
		/* "if the mobile node sends another Binding Update ..., the
		 * home agent SHOULD begin transmitting ... again" */
		d->due = d->sent + ONE_MESSAGE > now ?
			d->sent + ONE_MESSAGE : now;
		d->state = DELIVERY_SCHEDULED;
		delivery_wake(n, d);
	}
}

void
mobile_prefix_leave(struct node *n, const struct in6_addr *hoa)
{
	struct delivery *d = delivery_find(n, hoa);

	if (d)
		delivery_drop(n, d);
}

static void
tell_again(struct node *n, const struct binding *b, usec_t now)
{
	struct delivery *d = delivery_get(n, &b->hoa);

	if (d)
		schedule(n, d, b, now);
}

void
mobile_prefix_changed(struct node *n, uint32_t ifindex, usec_t now)
{
	struct binding *b = NULL;
	size_t pos = 0;

	if (!n->conf->send_unsol_pfx_advs)
		return;
	while ((b = registrar_next(n->registrar, b, &pos))) {
		const struct iface *i = is_served(n, b) ?
			home_link_iface_of(n, b) : NULL;

		if (i && i->ifindex == ifindex)
			tell_again(n, b, now);
	}
}

/* --- another configuration ------------------------------------------------- */

static bool
same_prefixes(const struct conf_iface *a, const struct conf_iface *b)
{
	if (!a || !b)
		return a == b;
	if (a->nprefixes != b->nprefixes)
		return false;
	for (unsigned k = 0; k < a->nprefixes; k++) {
		const struct conf_prefix *p = &a->prefix[k], *q = &b->prefix[k];

		if (!prefix_eq(&p->prefix, &q->prefix) ||
		    p->valid != q->valid || p->preferred != q->preferred ||
		    p->on_link != q->on_link ||
		    p->autonomous != q->autonomous ||
		    p->router_address != q->router_address)
			return false;
	}
	return true;
}

static bool
same_name(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool
has_row(const struct conf *c, const struct conf_home_link *l)
{
	for (unsigned k = 0; k < c->nhome_links; k++) {
		const struct conf_home_link *o = &c->home_link[k];

		if (prefix_eq(&o->prefix, &l->prefix) &&
		    addr_eq(&o->ha, &l->ha) && o->valid == l->valid &&
		    o->preferred == l->preferred &&
		    !strcmp(o->ifname, l->ifname) &&
		    same_name(o->network, l->network))
			return true;
	}
	return false;
}

/* Are all of that home network in `a' in `b', too? */
static bool
has_network(const struct conf *a, const struct conf *b,
	    const struct conf_home_link *l)
{
	for (unsigned k = 0; k < a->nhome_links; k++)
		if (home_link_same(l, &a->home_link[k]) &&
		    !has_row(b, &a->home_link[k]))
			return false;
	return true;
}

static bool
same_network(const struct conf *a, const struct conf *b,
	     const struct conf_home_link *l)
{
	return has_network(a, b, l) && has_network(b, a, l) &&
	       same_prefixes(iface_conf(a, l->ifname),
			     iface_conf(b, l->ifname));
}

static void
tell_link(struct node *n, unsigned link, usec_t now)
{
	struct binding *b = NULL;
	size_t pos = 0;

	while ((b = registrar_next(n->registrar, b, &pos)))
		if (is_served(n, b) && b->link == link)
			tell_again(n, b, now);
}

/* The times that are out are those of the old intervals. */
static void
retime(struct node *n, struct delivery *d, const struct binding *b, usec_t now)
{
	uint32_t most = n->conf->max_pfx_adv_interval;
	uint32_t least = n->conf->min_pfx_adv_interval;

	if (d->state == DELIVERY_IDLE)
		d->due = (d->sent ? d->sent : now) + SEC(most);
	else if (d->state == DELIVERY_SCHEDULED &&
		 d->due > now + SEC(most > least ? most : least))
		d->due = now + random_delay(n, b, now);
	if (d->due < now)
		d->due = now;
	delivery_wake(n, d);
}

/* Those that were told of unasked are not any more. */
static void
drop_all(struct node *n)
{
	struct map *m = &n->ha->prefixes->deliveries;
	struct map_node *x, *next;
	size_t pos = 0;

	for (x = map_next(m, NULL, &pos); x; x = next) {
		next = map_next(m, x, &pos);
		delivery_drop(n, container_of(x, struct delivery, node));
	}
}

void
mobile_prefix_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	const struct conf *c = n->conf;
	bool retimed = c->max_pfx_adv_interval != old->max_pfx_adv_interval ||
		       c->min_pfx_adv_interval != old->min_pfx_adv_interval;
	struct binding *b = NULL;
	size_t pos = 0;

	if (!c->send_unsol_pfx_advs) {
		drop_all(n);
		return;
	}
	while ((b = registrar_next(n->registrar, b, &pos))) {
		struct delivery *d = delivery_find(n, &b->hoa);

		if (d && retimed && is_served(n, b))
			retime(n, d, b, now);
		else if (!d)
			mobile_prefix_serve(n, b, false, now);
	}
	for (unsigned k = 0; k < c->nhome_links; k++)
		if (!same_network(c, old, &c->home_link[k]))
			tell_link(n, k, now);
}

/*
 * A solicitation.  input_icmp has seen that its Home Address option and its
 * source are those of a binding (9.3.1); it came to the address that the
 * binding is with.  It is the acknowledgement of what was sent unasked, too.
 */
void
mobile_prefix_on_solicitation(struct node *n, struct rx *rx, usec_t now)
{
	const struct binding *b = rx->pkt.has_hao ?
		served(n, &rx->pkt.hao) : NULL;
	struct delivery *d;

	if (!b || !addr_eq(&b->tunnel->key.local, &rx->pkt.dst))
		return;
	d = delivery_find(n, &b->hoa);
	if (d && d->unheard) {
		d->unheard = false;
		n->ha->prefixes->acknowledged++;
		if (d->state == DELIVERY_SENT)
			delivery_rest(n, d, now);
	}
	if (!n->conf->send_pfx_advs)
		return;
	d = delivery_get(n, &b->hoa);
	if (!d)
		return;
	d->id = rx->icmp.prefix.id;
	if (d->answer == USEC_NEVER)
		d->answer = d->sent && d->sent + ONE_MESSAGE > now ?
			d->sent + ONE_MESSAGE : now;
	if (d->answer <= now)
		delivery_ring(n, &d->alarm, now);
	else
		delivery_wake(n, d);
}

void
mobile_prefix_count(const struct node *n, struct record *r)
{
	const struct mobile_prefixes *m = n->ha->prefixes;

	record_uint(r, "prefixes-solicited", m->solicited);
	record_uint(r, "prefixes-unsolicited", m->unsolicited);
	record_uint(r, "prefixes-acknowledged", m->acknowledged);
}
