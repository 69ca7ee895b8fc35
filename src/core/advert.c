/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advert.c - Router Advertisements (RFC 4861 6.2, RFC 6275 7).
 *
 * An interface is advertising while its configuration says so, it is up and
 * has a link-local address; only then it has a `struct advert'.  Three
 * things make one speak: its own timer, a solicitation, and a change of
 * what it has to say.
 *
 * Multicast is limited to one message in MinDelayBetweenRAs, which would
 * cost a mobile that has just arrived up to three seconds.  So who solicits
 * from an address of its own is answered there (6.2.6 allows it), after the
 * random delay that MaxRaDelay bounds; only an anonymous solicitation waits
 * for a multicast one.
 */
#include "core/advert.h"

#include <stdlib.h>

/* RFC 4861 section 10 */
#define MAX_INITIAL_RTR_ADVERT_INTERVAL	SEC(16)
#define MAX_INITIAL_RTR_ADVERTISEMENTS	3
#define MIN_DELAY_BETWEEN_RAS		SEC(3)
/* RFC 6275 section 13: MinDelayBetweenRAs, its minimum */
#define LEAST_DELAY_BETWEEN_RAS		MSEC(30)

/* Unicast answers that wait at a time; more are answered by multicast. */
#define ASKERS		16

struct asker {
	usec_t		at;		/* USEC_NEVER: free */
	struct in6_addr	addr;
	struct lladdr	ll;
};

struct advert {
	struct iface	*iface;
	struct alarm	multicast;
	struct alarm	unicast;
	bool		spoken;
	usec_t		last;		/* multicast, when spoken */
	unsigned	initial;	/* of the first few, still to come */
	uint64_t	addresses;	/* digest of those that it names */
	struct asker	asker[ASKERS];
};

/* --- what is said (RFC 4861 6.2.3) -------------------------------------- */

/* Where the next message of a set goes on: what exceeds the link's MTU goes
 * into another message. */
struct ra_rest {
	unsigned	pio, route;
	bool		dns;		/* said already */
};

/* RFC 6275 7.2, R bit: our own address in that prefix. */
static const struct in6_addr *
address_in(const struct iface *i, const struct prefix *p)
{
	list_each(l, &i->addrs) {
		struct iface_addr *a = container_of(l, struct iface_addr, l);

		if (a->state == ADDR_VALID && prefix_match(p, &a->addr))
			return &a->addr;
	}
	return NULL;
}

void
advert_pio(const struct iface *i, const struct conf_prefix *p,
	   struct nd_pio *ret)
{
	const struct in6_addr *own = p->router_address ?
		address_in(i, &p->prefix) : NULL;

	*ret = (struct nd_pio){
		.prefix = own ? *own : p->prefix.addr, .len = p->prefix.len,
		.flags = (uint8_t)((p->on_link ? ND_PIO_L : 0) |
				   (p->autonomous ? ND_PIO_A : 0) |
				   (own ? ND_PIO_R : 0)),
		.valid = p->valid, .preferred = p->preferred,
	};
}

static void
put_pio(struct nd_ra *ra, const struct iface *i, const struct conf_prefix *p)
{
	advert_pio(i, p, &ra->pio[ra->npios++]);
}

/* Text "a.example b.example" as RFC 1035 3.1 has it; a name with a label
 * that cannot be is left out. */
static size_t
dns_names(const char *text, uint8_t *out, size_t cap)
{
	struct wbuf w = wbuf_of(out, cap);

	while (*text) {
		size_t len = strcspn(text, " "), begin = wbuf_len(&w);
		const char *end = text + len;
		bool ok = len > 0;

		while (ok && text < end) {
			size_t label = strcspn(text, ". ");

			ok = label >= 1 && label <= 63;
			wbuf_u8(&w, (uint8_t)label);
			wbuf_put(&w, text, label);
			text += label + (text[label] == '.');
		}
		wbuf_u8(&w, 0);
		if (w.bad)
			return begin;
		if (!ok)
			w.p = w.base + begin;
		text = end + strspn(end, " ");
	}
	return wbuf_len(&w);
}

/* Header and the options that every message of a set has. */
static void
put_fixed(struct nd *nd, const struct iface *i, const struct conf_iface *c,
	  bool final)
{
	struct nd_ra *ra = &nd->ra;

	/* RFC 6275 7.5: home agents always include it. */
	nd->sll = i->ll;
	ra->hop_limit = c->hop_limit;
	ra->flags = (uint8_t)((c->managed ? ND_RA_M : 0) |
			      (c->other ? ND_RA_O : 0) |
			      (c->home_agent ? ND_RA_H : 0));
	ra->lifetime = final ? 0 : c->lifetime;
	/* RFC 4191 2.2: medium where there is no lifetime. */
	ra->pref = ra->lifetime ? c->router_pref : 0;
	ra->reachable = c->reachable;
	ra->retrans = c->retrans;
	ra->mtu = c->mtu;
	/* RFC 6275 7.3, and 7.5: 20 ms more below 200. */
	if (c->adv_interval && c->unsol_adverts)
		ra->adv_interval = c->max_interval +
			(c->max_interval < 200 ? 20 : 0);
	/* 7.4: only with the H bit, no lifetime of 0, not with nothing but
	 * its defaults.  A final message goes without: its router lifetime
	 * ends the home agent's. */
	ra->has_ha_info = c->home_agent && c->ha_info && !final &&
		c->ha_lifetime &&
		(c->ha_preference || c->ha_lifetime != c->lifetime);
	ra->ha_preference = c->ha_preference;
	ra->ha_lifetime = c->ha_lifetime;
}

static void
put_dns(struct nd_ra *ra, const struct conf_iface *c, size_t *room,
	uint8_t *names, size_t cap)
{
	size_t len = dns_names(c->dnssl, names, cap);

	ra->rdnss.lifetime = ra->dnssl.lifetime = c->rdnss_lifetime;
	if (c->nrdnss && *room >= 8 + 16 * (size_t)c->nrdnss) {
		*room -= 8 + 16 * (size_t)c->nrdnss;
		ra->rdnss.n = c->nrdnss;
		memcpy(ra->rdnss.server, c->rdnss,
		       c->nrdnss * sizeof(c->rdnss[0]));
	}
	if (len && *room >= 8 + ((len + 7) & ~(size_t)7)) {
		*room -= 8 + ((len + 7) & ~(size_t)7);
		ra->dnssl.names = (struct span){ names, len };
	}
}

static size_t
route_size(const struct conf_route *r)
{
	return r->prefix.len == 0 ? 8 : r->prefix.len <= 64 ? 16 : 24;
}

/* The first prefix with the R bit is in every message of a set (RFC 6275
 * 7.2: "one option and router address that stays the same in all"). */
static void
put_prefixes(struct nd_ra *ra, const struct iface *i,
	     const struct conf_iface *c, struct ra_rest *rest, size_t *room)
{
	unsigned same = 0;

	while (same < c->nprefixes && !c->prefix[same].router_address)
		same++;
	if (rest->pio > same && same < c->nprefixes) {
		put_pio(ra, i, &c->prefix[same]);
		*room -= 32;
	}
	while (rest->pio < c->nprefixes && ra->npios < ND_PIO_MAX &&
	       *room >= 32) {
		put_pio(ra, i, &c->prefix[rest->pio++]);
		*room -= 32;
	}
}

static void
put_routes(struct nd_ra *ra, const struct conf_iface *c, struct ra_rest *rest,
	   size_t *room)
{
	while (rest->route < c->nroutes && ra->nroutes < ND_ROUTE_MAX) {
		const struct conf_route *r = &c->route[rest->route];

		if (*room < route_size(r))
			return;
		ra->route[ra->nroutes++] = (struct nd_route){
			.prefix = r->prefix, .pref = r->pref,
			.lifetime = r->lifetime,
		};
		*room -= route_size(r);
		rest->route++;
	}
}

/* One message of the set; true while there is more to say. */
static bool
speak_one(struct node *n, const struct iface *i, const struct conf_iface *c,
	  bool final, const struct in6_addr *dst, const struct lladdr *ll,
	  struct ra_rest *rest)
{
	/* IPv6 header, message, link-layer address, MTU, interval, HA */
	const size_t fixed = 40 + 16 + 16 + 8 + 8 + 8;
	size_t mtu = i->mtu >= 1280 && i->mtu < SEND_MAX ? i->mtu :
		     i->mtu ? SEND_MAX : 1280;
	size_t room = mtu - fixed;
	const struct in6_addr *src = iface_linklocal(i);
	struct nd nd = { .type = ND_RA };
	uint8_t names[sizeof(c->dnssl) + 4];

	if (!src)
		return false;
	put_fixed(&nd, i, c, final);
	put_prefixes(&nd.ra, i, c, rest, &room);
	if (!rest->dns)
		put_dns(&nd.ra, c, &room, names, sizeof(names));
	rest->dns = true;
	put_routes(&nd.ra, c, rest, &room);
	outbox_nd(n, i->ifindex, ll, &nd, src, dst);
	return rest->pio < c->nprefixes || rest->route < c->nroutes;
}

static void
speak(struct node *n, const struct iface *i, const struct conf_iface *c,
      bool final, const struct in6_addr *dst, const struct lladdr *ll)
{
	struct ra_rest rest = { 0 };

	while (speak_one(n, i, c, final, dst, ll, &rest))
		;
}

/* --- multicast (RFC 4861 6.2.4) ----------------------------------------- */

/* RFC 6275 section 13: what is configured; else MinRtrAdvInterval where that is
 * less than three seconds. */
static usec_t
min_delay(const struct conf_iface *c)
{
	usec_t d = MSEC(c->min_interval);

	if (c->min_delay)
		return MSEC(c->min_delay);
	if (d > MIN_DELAY_BETWEEN_RAS)
		return MIN_DELAY_BETWEEN_RAS;
	return d < LEAST_DELAY_BETWEEN_RAS ? LEAST_DELAY_BETWEEN_RAS : d;
}

static usec_t
interval(struct node *n, const struct conf_iface *c)
{
	usec_t from = MSEC(c->min_interval), to = MSEC(c->max_interval);

	return to > from ? from + rng_below(&n->rng, to - from + 1) : from;
}

static void
speak_to_all(struct node *n, struct alarm *alarm, usec_t now)
{
	struct advert *a = container_of(alarm, struct advert, multicast);
	const struct conf_iface *c = a->iface->conf;
	usec_t next = interval(n, c);

	speak(n, a->iface, c, false, &addr_all_nodes, NULL);
	a->spoken = true;
	a->last = now;
	if (a->initial)
		a->initial--;
	if (a->initial && next > MAX_INITIAL_RTR_ADVERT_INTERVAL)
		next = MAX_INITIAL_RTR_ADVERT_INTERVAL;
	if (next < min_delay(c))
		next = min_delay(c);
	if (c->unsol_adverts)
		alarm_set(n, alarm, now + next);
}

/* A multicast one after `delay', when none is due before. */
static void
speak_soon(struct node *n, struct advert *a, usec_t delay, usec_t now)
{
	usec_t at = now + delay;
	usec_t free = a->spoken ? a->last + min_delay(a->iface->conf) : 0;

	if (at < free)
		at = free + delay;
	if (!alarm_is_set(&a->multicast) || at < a->multicast.t.at)
		alarm_set(n, &a->multicast, at);
}

/* What is said has changed: a few more in short order. */
static void
speak_anew(struct node *n, struct advert *a, usec_t now)
{
	if (!a->iface->conf->unsol_adverts) {
		alarm_clear(n, &a->multicast);	/* of before a reload */
		return;
	}
	a->initial = MAX_INITIAL_RTR_ADVERTISEMENTS;
	speak_soon(n, a, 0, now);
}

/* --- solicitations (RFC 4861 6.2.6) ------------------------------------- */

static void
speak_to_askers(struct node *n, struct alarm *alarm, usec_t now)
{
	struct advert *a = container_of(alarm, struct advert, unicast);
	usec_t next = USEC_NEVER;

	for (int k = 0; k < ASKERS; k++) {
		struct asker *who = &a->asker[k];

		if (who->at <= now) {
			who->at = USEC_NEVER;
			speak(n, a->iface, a->iface->conf, false, &who->addr,
			      who->ll.len ? &who->ll : NULL);
		}
		if (who->at < next)
			next = who->at;
	}
	alarm_set(n, alarm, next);
}

/* The place for an answer to `addr'; NULL: none is free.  One that asks
 * again before it was answered keeps its place and its time. */
static struct asker *
asker_place(struct advert *a, const struct in6_addr *addr)
{
	struct asker *free = NULL;

	for (int k = 0; k < ASKERS; k++) {
		struct asker *who = &a->asker[k];

		if (who->at == USEC_NEVER)
			free = who;
		else if (addr_eq(&who->addr, addr))
			return who;
	}
	return free;
}

static usec_t
answer_delay(struct node *n, const struct conf_iface *c)
{
	return rng_below(&n->rng, MSEC(c->max_ra_delay) + 1);
}

/* nd_parse has checked the message (RFC 4861 6.1.1). */
void
advert_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	const struct in6_addr *src = &rx->pkt.src;
	struct advert *a = rx->iface->advert;
	struct asker *who;
	usec_t at;

	if (rx->nd.type != ND_RS || !a || addr_is_multicast(src))
		return;
	at = now + answer_delay(n, a->iface->conf);
	/* Who knows no address is asked through everybody; and nobody waits
	 * longer than for the next multicast one. */
	who = addr_is_unspec(src) ? NULL : asker_place(a, src);
	if (!who || (alarm_is_set(&a->multicast) && a->multicast.t.at <= at)) {
		speak_soon(n, a, at - now, now);
		return;
	}
	if (who->at != USEC_NEVER)
		return;
	*who = (struct asker){
		.at = at, .addr = *src,
		.ll = rx->nd.sll.len ? rx->nd.sll : rx->ll_src,
	};
	if (at <= now)
		speak_to_askers(n, &a->unicast, now);
	else if (!alarm_is_set(&a->unicast) || at < a->unicast.t.at)
		alarm_set(n, &a->unicast, at);
}

/* --- becoming and ceasing to be an advertising interface (6.2.2, 6.2.5) -- */

/* Which addresses of ours a message names: its source, and those with the R
 * bit. */
static uint64_t
digest_addresses(const struct node *n, const struct iface *i)
{
	struct { uint64_t before; struct in6_addr addr; } part = { 0 };

	part.addr = *iface_linklocal(i);
	part.before = siphash13(n->secret, &part, sizeof(part));
	for (unsigned k = 0; k < i->conf->nprefixes; k++) {
		const struct conf_prefix *p = &i->conf->prefix[k];
		const struct in6_addr *own = p->router_address ?
			address_in(i, &p->prefix) : NULL;

		part.addr = own ? *own : addr_unspec;
		part.before = siphash13(n->secret, &part, sizeof(part));
	}
	return part.before;
}

static void
advert_begin(struct node *n, struct iface *i, usec_t now)
{
	struct advert *a = calloc(1, sizeof(*a));

	if (!a)
		return;
	a->iface = i;
	a->addresses = digest_addresses(n, i);
	i->advert = a;
	alarm_init(&a->multicast, speak_to_all);
	alarm_init(&a->unicast, speak_to_askers);
	for (int k = 0; k < ASKERS; k++)
		a->asker[k].at = USEC_NEVER;
	speak_anew(n, a, now);
}

static void
advert_end(struct node *n, struct iface *i)
{
	struct advert *a = i->advert;

	if (!a)
		return;
	alarm_clear(n, &a->multicast);
	alarm_clear(n, &a->unicast);
	free(a);
	i->advert = NULL;
}

static bool
advert_wanted(const struct node *n, const struct iface *i)
{
	return i->conf && i->conf->send_adverts && i->up && !n->stopping &&
	       iface_linklocal(i);
}

static void
advert_check(struct node *n, struct iface *i, usec_t now)
{
	bool wanted = advert_wanted(n, i);

	if (wanted && !i->advert)
		advert_begin(n, i, now);
	else if (!wanted && i->advert)
		advert_end(n, i);
}

int
advert_start(struct node *n, usec_t now)
{
	return 0;
}

void
advert_stop(struct node *n)
{
	list_each(l, &n->ifaces)
		advert_end(n, container_of(l, struct iface, all));
}

void
advert_on_link(struct node *n, struct iface *i, bool was_up, usec_t now)
{
	advert_check(n, i, now);
}

void
advert_on_address(struct node *n, struct iface *i, usec_t now)
{
	uint64_t names;

	advert_check(n, i, now);
	if (!i->advert)
		return;
	names = digest_addresses(n, i);
	if (names != i->advert->addresses)
		speak_anew(n, i->advert, now);
	i->advert->addresses = names;
}

/* RFC 4861 6.2.5: a last word, with a router lifetime of zero. */
void
advert_shutdown(struct node *n, usec_t now)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->advert)
			speak(n, i, i->conf, true, &addr_all_nodes, NULL);
		advert_end(n, i);
	}
}

int
advert_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		const struct conf_iface *was = iface_conf(old, i->name);

		if (i->advert && advert_wanted(n, i)) {
			speak_anew(n, i->advert, now);
			continue;
		}
		if (i->advert && was)
			speak(n, i, was, true, &addr_all_nodes, NULL);
		advert_check(n, i, now);
	}
	return 0;
}
