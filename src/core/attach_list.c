/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_list.c - what router advertisements leave behind: routers,
 * prefixes and routes of one link, each list bounded, each entry with its
 * lifetime, and the addresses and routes that follow from them.
 *
 * A router that may stand on another link (a candidate, attach.c) is
 * learned here like any other, but nothing is configured from it before
 * attach.c has decided where we are.
 */
#include "core/demand.h"

#include <stdlib.h>

#define TWO_HOURS	SEC(2 * 60 * 60)
#define AROUTES_MAX	16
#define METRIC		1024
/* More than any preference makes of it. */
#define METRIC_UNUSED	64

static void
note_limit(struct node *n, const struct attach *a, enum effect_kind what,
	   unsigned limit, usec_t now)
{
	struct note note = {
		.code = NOTE_LIMIT, .type = (uint8_t)what, .value = limit,
		.ifindex = a->iface->ifindex,
	};

	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

void
attach_init_lists(struct attach *a)
{
	list_init(&a->routers);
	list_init(&a->prefixes);
	list_init(&a->routes);
}

/* --- what is configured ------------------------------------------------- */

static const struct prefix any = { .len = 0 };

static void
say_route_from(struct node *n, const struct attach *a,
	       const struct prefix *src, const struct prefix *dst,
	       const struct router *via, uint32_t mtu, uint32_t metric,
	       bool up)
{
	struct effect e = { .kind = EF_ROUTE };

	e.route.up = up;
	e.route.src = *src;
	e.route.dst = *dst;
	if (via)
		e.route.gateway = via->addr;
	e.route.ifindex = a->iface->ifindex;
	e.route.mtu = mtu;
	e.route.metric = metric;
	want(n, &e);
}

static void
say_route(struct node *n, const struct attach *a, const struct prefix *dst,
	  const struct router *via, uint32_t mtu, uint32_t metric, bool up)
{
	say_route_from(n, a, &any, dst, via, mtu, metric, up);
}

/* Among interfaces the one that carries a home address goes first: the
 * kernel would share the traffic among equals, and send packets of one
 * interface's addresses out of another.  Then the preference decides
 * (MnIfPreference, low wins), then the router's own (RFC 4191). */
static uint32_t
metric_of(const struct node *n, const struct attach *a, int pref)
{
	uint32_t pos = a->iface->conf ? a->iface->conf->preference : 0;

	return METRIC + pos * 4 - (uint32_t)pref +
	       (mn_is_elsewhere(n, a->iface) ? METRIC_UNUSED : 0);
}

static void
say_default(struct node *n, const struct attach *a, const struct router *r,
	    bool up)
{
	say_route(n, a, &any, r, r->mtu, metric_of(n, a, r->pref), up);
}

/* With one way out there is nothing to choose. */
static bool
has_several_ways(const struct node *n)
{
	unsigned ways = 0;

	list_each(l, &n->ifaces)
		ways += container_of(l, struct iface, all)->attach != NULL;
	return ways > 1;
}

/*
 * What is from a prefix goes by the router that advertises it, whatever the
 * default route is: home and care-of addresses may be on several interfaces,
 * and be in use at the same time (make before break; two home addresses).
 * Others would drop it (RFC 2827), RFC 8028 section 3.2 asks for it.
 */
static void
say_way(struct node *n, const struct attach *a, struct aprefix *p,
	struct router *r)
{
	if (p->way && p->way != r)
		say_route_from(n, a, &p->prefix, &any, p->way, 0, 0, false);
	p->way = r;
	if (r)
		say_route_from(n, a, &p->prefix, &any, r, r->mtu,
			       metric_of(n, a, r->pref), true);
}

void
attach_configure(struct node *n, struct attach *a, usec_t now)
{
	bool coa = demand_wants_coa(n, a);

	a->aside = false;
	/* Routes through routers that are not the one we use go first: two
	 * ways out would share the traffic between them. */
	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		if (r != a->current)
			say_default(n, a, r, false);
	}
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);
		const struct router *r = attach_prefix_router(a, p);

		if (!coa)
			attach_coa_drop(n, a, p);
		if (!r)
			continue;
		if (p->on_link)
			say_route(n, a, &p->prefix, NULL, r->mtu, METRIC,
				  !attach_is_alleged(n, a, &p->prefix));
		if (r != a->current)
			continue;
		say_way(n, a, p, has_several_ways(n) && r->expires > now ?
			a->current : NULL);
		if (coa)
			attach_coa_form(n, a, p, now);
	}
	if (a->current)
		say_default(n, a, a->current, a->current->expires > now);
	list_each(l, &a->routes) {
		struct aroute *r = container_of(l, struct aroute, l);

		if (!r->router->candidate)
			say_route(n, a, &r->prefix, r->router, 0,
				  metric_of(n, a, r->pref), true);
	}
}

/* The kernel goes on using what has lost its carrier; with another way out it
 * shall not.  attach_configure says it again, once it is known which link
 * it is: a home agent in the prefix of the link before is elsewhere now. */
void
attach_step_aside(struct node *n, struct attach *a)
{
	a->aside = true;
	say_default(n, a, a->current, false);
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		say_way(n, a, p, NULL);
		if (p->on_link)
			say_route(n, a, &p->prefix, NULL, 0, 0, false);
	}
	list_each(l, &a->routes) {
		struct aroute *r = container_of(l, struct aroute, l);

		say_route(n, a, &r->prefix, r->router, 0, 0, false);
	}
}

static void
forget_prefix(struct node *n, struct attach *a, struct aprefix *p)
{
	say_way(n, a, p, NULL);
	if (p->on_link)
		say_route(n, a, &p->prefix, NULL, 0, 0, false);
	attach_coa_drop(n, a, p);
	list_del(&p->l);
	a->nprefixes--;
	free(p);
}

static void
forget_route(struct node *n, struct attach *a, struct aroute *r)
{
	say_route(n, a, &r->prefix, r->router, 0, 0, false);
	list_del(&r->l);
	a->nroutes--;
	free(r);
}

/* Does anything stand on it? */
static bool
is_used(const struct node *n, const struct attach *a, const struct aprefix *p)
{
	return p->has_coa || mn_is_home_prefix(n, &p->prefix) ||
	       demand_uses_prefix(n, a, &p->prefix);
}

/* --- routers ------------------------------------------------------------ */

/* Link-local addresses of routers are not unique (11.5.1): the link-layer
 * address tells two fe80::1 apart. */
struct router *
attach_find_router(struct attach *a, const struct in6_addr *addr,
		   const struct lladdr *ll)
{
	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		if (addr_eq(&r->addr, addr) &&
		    (!ll->len || !r->ll.len || lladdr_eq(&r->ll, ll)))
			return r;
	}
	return NULL;
}

static uint64_t
free_bit(const struct attach *a)
{
	uint64_t used = 0, bit = 1;

	list_each(l, &a->routers)
		used |= container_of(l, struct router, l)->bit;
	while (used & bit)
		bit <<= 1;
	return bit;
}

/* Is there something of it that we use?  The home prefix, for one, which says
 * that we are at home; but what others say as well goes on without it. */
static bool
is_needed(const struct node *n, const struct attach *a,
	  const struct router *r)
{
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->routers == r->bit && is_used(n, a, p))
			return true;
	}
	return r->used;
}

/*
 * The list is full.  Anybody can fill it, with lifetimes of hours; so who was
 * not heard for longest makes room, and comes back when it is heard again.  The
 * router that carries us stays, and those that we are about to judge; and who
 * is needed goes after those who are not.
 */
static struct router *
least_router(const struct node *n, const struct attach *a)
{
	struct router *least = NULL;
	bool least_needed = false;

	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);
		bool needed = is_needed(n, a, r);

		if (r == a->current || r == a->candidate || r == a->second)
			continue;
		if (least && (needed > least_needed ||
			      (needed == least_needed &&
			       r->heard >= least->heard)))
			continue;
		least = r;
		least_needed = needed;
	}
	return least;
}

static struct router *
router_new(struct node *n, struct attach *a, const struct in6_addr *addr,
	   const struct lladdr *ll, usec_t now)
{
	struct router *r;

	if (a->nrouters >= n->conf->max_routers ||
	    a->nrouters >= ATTACH_ROUTERS) {
		note_limit(n, a, EF_SEND, n->conf->max_routers, now);
		r = least_router(n, a);
		if (!r)
			return NULL;
		attach_forget_router(n, a, r);
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->addr = *addr;
	r->ll = *ll;
	r->bit = free_bit(a);
	list_init(&r->l);
	list_append(&a->routers, &r->l);
	a->nrouters++;
	return r;
}

void
attach_forget_router(struct node *n, struct attach *a, struct router *r)
{
	if (r->used && !r->lone)
		attach_past_put(a, r);
	say_default(n, a, r, false);
	list_each(l, &a->routes) {
		struct aroute *route = container_of(l, struct aroute, l);

		if (route->router == r)
			forget_route(n, a, route);
	}
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		p->routers &= ~r->bit;
		if (p->way == r)
			say_way(n, a, p, NULL);
		if (!p->routers)
			forget_prefix(n, a, p);
	}
	if (a->current == r)
		a->current = NULL;
	if (a->candidate == r)
		a->candidate = NULL;
	if (a->second == r)
		a->second = NULL;
	list_del(&r->l);
	a->nrouters--;
	free(r);
}

/*
 * 11.5.4: "a mobile node SHOULD retain its previous primary care-of address
 * ... and SHOULD still accept packets at this address", which is of this link,
 * whichever router carries us now.  No way leads through one that is silent.
 */
void
attach_retire_router(struct node *n, struct attach *a, struct router *r,
		     usec_t now)
{
	if (r->lone) {
		r->candidate = true;	/* it was there in place of a router */
		return;
	}
	say_default(n, a, r, false);
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->way == r)
			say_way(n, a, p, NULL);
	}
	if (r->expires <= now)
		return;			/* it is there, but no default router */
	r->expires = 0;
	list_each(l, &a->routes) {
		struct aroute *route = container_of(l, struct aroute, l);

		if (route->router == r)
			forget_route(n, a, route);
	}
}

/* --- prefixes ----------------------------------------------------------- */

static struct aprefix *
find_prefix(const struct attach *a, const struct prefix *prefix)
{
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		if (prefix_eq(&p->prefix, prefix))
			return p;
	}
	return NULL;
}

static usec_t
until(usec_t now, uint32_t seconds)
{
	return seconds == ND_INFINITE ? USEC_NEVER : now + SEC(seconds);
}

/* RFC 4862 5.5.3 e: nobody may cut a lifetime short below two hours. */
static usec_t
valid_after(const struct aprefix *p, uint32_t seconds, usec_t now)
{
	usec_t told = until(now, seconds);

	if (told > now + TWO_HOURS || told > p->valid_until)
		return told;
	if (p->valid_until <= now + TWO_HOURS)
		return p->valid_until;
	return now + TWO_HOURS;
}

/* As with routers: what nothing stands on, and was not heard for longest; but
 * one message does not take its own prefixes away. */
static struct aprefix *
least_prefix(const struct node *n, const struct attach *a, usec_t now)
{
	struct aprefix *least = NULL;

	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->heard < now && !is_used(n, a, p) &&
		    (!least || p->heard < least->heard))
			least = p;
	}
	return least;
}

static struct aprefix *
prefix_new(struct node *n, struct attach *a, const struct prefix *prefix,
	   usec_t now)
{
	struct aprefix *p;

	if (a->nprefixes >= n->conf->max_prefixes) {
		note_limit(n, a, EF_ADDRESS, n->conf->max_prefixes, now);
		p = least_prefix(n, a, now);
		if (!p)
			return NULL;
		forget_prefix(n, a, p);
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->prefix = *prefix;
	p->heard = now;
	list_init(&p->l);
	list_append(&a->prefixes, &p->l);
	a->nprefixes++;
	return p;
}

static void
learn_prefix(struct node *n, struct attach *a, struct router *r,
	     const struct nd_pio *pio, usec_t now)
{
	struct prefix prefix = prefix_of(&pio->prefix, pio->len);
	bool on_link = pio->flags & ND_PIO_L, autonomous = pio->flags & ND_PIO_A;
	struct aprefix *p = find_prefix(a, &prefix);
	bool used = p && (p->has_coa || demand_uses_prefix(n, a, &prefix));

	/* RFC 4862 5.5.3 b, c; RFC 4861 6.3.4 says the first likewise. */
	if (addr_is_linklocal(&prefix.addr) ||
	    addr_is_multicast(&prefix.addr) || pio->preferred > pio->valid)
		return;
	/* RFC 6275 7.2: "independent of the processing required for" L, A. */
	if (pio->flags & ND_PIO_R && pio->valid)
		r->global = pio->prefix;
	/* RFC 4861 6.3.4: without L it says nothing of what is on-link. */
	if (!on_link && !autonomous)
		return;
	if (!p) {
		if (!pio->valid)
			return;
		p = prefix_new(n, a, &prefix, now);
		if (!p)
			return;
		p->valid_until = until(now, pio->valid);
	} else if (!used) {
		p->valid_until = until(now, pio->valid);
	} else if (autonomous) {
		p->valid_until = valid_after(p, pio->valid, now);
	}
	p->routers |= r->bit;
	p->heard = now;
	/* RFC 4862 5.5.3 a: without A it says nothing of addresses. */
	if (autonomous || !used)
		p->preferred_until = until(now, pio->preferred);
	p->on_link |= on_link;
	p->autonomous |= autonomous && p->dad_counter <= IDGEN_RETRIES;
}

/* Of a router that does not carry us, and was not heard for longest. */
static struct aroute *
least_route(const struct attach *a, const struct router *not)
{
	struct aroute *least = NULL;

	list_each(l, &a->routes) {
		struct aroute *it = container_of(l, struct aroute, l);

		if (it->router != a->current && it->router != not &&
		    (!least || it->router->heard < least->router->heard))
			least = it;
	}
	return least;
}

static void
learn_route(struct node *n, struct attach *a, struct router *r, const struct nd_route *opt,
	    usec_t now)
{
	struct aroute *route = NULL, *least;

	/* RFC 4191 2.3: the reserved value is to be ignored. */
	if (opt->pref == 2)
		return;
	list_each(l, &a->routes) {
		struct aroute *it = container_of(l, struct aroute, l);

		if (it->router == r && prefix_eq(&it->prefix, &opt->prefix))
			route = it;
	}
	if (!route) {
		if (!opt->lifetime)
			return;
		if (a->nroutes >= AROUTES_MAX) {
			least = least_route(a, r);
			if (!least)
				return;
			forget_route(n, a, least);
		}
		route = calloc(1, sizeof(*route));
		if (!route)
			return;
		route->router = r;
		route->prefix = opt->prefix;
		list_init(&route->l);
		list_append(&a->routes, &route->l);
		a->nroutes++;
	}
	route->pref = opt->pref;
	route->until = until(now, opt->lifetime);
}

const struct router *
attach_prefix_router(const struct attach *a, const struct aprefix *p)
{
	if (a->current && p->routers & a->current->bit &&
	    !a->current->candidate)
		return a->current;
	list_each(l, &a->routers) {
		const struct router *r = container_of(l, struct router, l);

		if (p->routers & r->bit && !r->candidate)
			return r;
	}
	return NULL;
}

bool
attach_shares_prefix(const struct attach *a, const struct nd_ra *ra)
{
	for (unsigned k = 0; k < ra->npios; k++) {
		struct prefix p = prefix_of(&ra->pio[k].prefix,
					    ra->pio[k].len);
		struct aprefix *known = find_prefix(a, &p);

		if (known && attach_prefix_router(a, known))
			return true;
	}
	return false;
}

/* RFC 6059 5.7.2, 5.7.3.1: what was remembered of it gives way to what it says
 * itself. */
static void
disown(struct attach *a, const struct router *r)
{
	list_each(l, &a->prefixes)
		container_of(l, struct aprefix, l)->routers &= ~r->bit;
}

static void
forget_disowned(struct node *n, struct attach *a)
{
	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		if (!p->routers)
			forget_prefix(n, a, p);
	}
}

struct router *
attach_learn(struct node *n, struct attach *a, struct rx *rx, bool candidate,
	     usec_t now)
{
	const struct nd_ra *ra = &rx->nd.ra;
	const struct lladdr *ll = rx->nd.sll.len ? &rx->nd.sll : &rx->ll_src;
	struct router *r = attach_find_router(a, &rx->pkt.src, ll);

	if (!r) {
		r = router_new(n, a, &rx->pkt.src, ll, now);
		if (!r)
			return NULL;
		r->candidate = candidate;
	}
	if (r->revived)
		disown(a, r);
	r->heard = now;
	r->expires = ra->lifetime ? now + SEC(ra->lifetime) : 0;
	r->home_agent = ra->flags & ND_RA_H;
	r->pref = ra->pref == 2 ? 0 : ra->pref;	/* RFC 4191 2.2 */
	r->adv_interval = ra->adv_interval;
	if (ra->mtu >= 1280 && (!a->iface->mtu || ra->mtu <= a->iface->mtu))
		r->mtu = ra->mtu;		/* RFC 4861 6.3.4 */
	for (unsigned k = 0; k < ra->npios; k++)
		learn_prefix(n, a, r, &ra->pio[k], now);
	for (unsigned k = 0; k < ra->nroutes; k++)
		learn_route(n, a, r, &ra->route[k], now);
	if (r->revived)
		forget_disowned(n, a);
	r->revived = false;
	return r;
}

struct router *
attach_revive(struct node *n, struct attach *a, const struct past *x,
	      usec_t now)
{
	struct router *r = attach_find_router(a, &x->addr, &x->ll);

	if (!r)
		r = router_new(n, a, &x->addr, &x->ll, now);
	if (!r)
		return NULL;
	r->candidate = r->revived = true;
	r->global = x->global;
	r->home_agent = x->home_agent;
	r->pref = x->pref;
	r->mtu = x->mtu;
	r->expires = x->expires;
	for (unsigned k = 0; k < x->n; k++) {
		const struct past_prefix *was = &x->prefix[k];
		struct aprefix *p = find_prefix(a, &was->prefix);

		if (!p)
			p = prefix_new(n, a, &was->prefix, now);
		if (!p)
			continue;
		p->routers |= r->bit;
		p->on_link |= was->on_link;
		p->autonomous |= was->autonomous;
		if (p->valid_until < was->valid_until)
			p->valid_until = was->valid_until;
		if (p->preferred_until < was->preferred_until)
			p->preferred_until = was->preferred_until;
	}
	return r;
}

struct router *
attach_learn_lone(struct node *n, struct attach *a,
		  const struct in6_addr *addr, const struct lladdr *ll,
		  const struct prefix *home, usec_t now)
{
	struct router *r = attach_find_router(a, addr, ll);
	struct aprefix *p = find_prefix(a, home);

	if (!r)
		r = router_new(n, a, addr, ll, now);
	if (r && !p)
		p = prefix_new(n, a, home, now);
	if (!r || !p)
		return NULL;
	r->lone = r->home_agent = true;
	r->global = *addr;
	r->heard = now;
	/* Until somebody advertises it. */
	p->routers |= r->bit;
	p->on_link = true;
	p->valid_until = p->preferred_until = USEC_NEVER;
	return r;
}

/* --- lifetimes ---------------------------------------------------------- */

static usec_t
sooner(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

static usec_t
age_prefixes(struct node *n, struct attach *a, usec_t now, bool *changed)
{
	usec_t next = USEC_NEVER;

	list_each(l, &a->prefixes) {
		struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->valid_until <= now) {
			forget_prefix(n, a, p);
			*changed = true;
			continue;
		}
		next = sooner(next, p->valid_until);
		next = sooner(next, attach_coa_age(n, a, p, now));
		if (p->preferred_until > now)
			next = sooner(next, p->preferred_until);
		else if (p->has_coa || demand_uses_prefix(n, a, &p->prefix))
			*changed = true;	/* deprecated: another one? */
	}
	return next;
}

static usec_t
age_routes(struct node *n, struct attach *a, usec_t now)
{
	usec_t next = USEC_NEVER;

	list_each(l, &a->routes) {
		struct aroute *r = container_of(l, struct aroute, l);

		if (r->until <= now)
			forget_route(n, a, r);
		else
			next = sooner(next, r->until);
	}
	return next;
}

/* Is there a prefix or a route that we have from it? */
static bool
has_left(const struct attach *a, const struct router *r)
{
	list_each(l, &a->prefixes)
		if (container_of(l, struct aprefix, l)->routers & r->bit)
			return true;
	list_each(l, &a->routes)
		if (container_of(l, struct aroute, l)->router == r)
			return true;
	return false;
}

usec_t
attach_age(struct node *n, struct attach *a, usec_t now, bool *changed)
{
	usec_t next = sooner(age_prefixes(n, a, now, changed),
			     age_routes(n, a, now));

	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		if (r->expires > now) {
			next = sooner(next, r->expires);
			continue;
		}
		if (r->expires) {
			r->expires = 0;
			say_default(n, a, r, false);
			*changed = true;
		}
		/* It shall not keep the place of one that is a router. */
		if (r != a->current && !has_left(a, r))
			attach_forget_router(n, a, r);
	}
	return next;
}
