/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach.c - movement detection (RFC 6275 section 11.5.1).
 *
 * The question is always the same: is the router that we use still there?
 * Three things raise it: the link came up (again), a router was heard that
 * shares no prefix with what we know here, or somebody's suspicion (neighbour
 * unreachability, a missed advertisement).  Each sends a unicast Neighbor
 * Solicitation to the old router at once; a link-up also sends a Router
 * Solicitation.  Then:
 *
 *   the old router answers, or it or another known router of this link
 *   advertises                  -> nothing has happened; a new router that
 *                                  was heard is a second one on this link
 *   a new router with new prefixes is heard after a link-up, and the old one
 *   stays silent for LINK_GRACE -> the link has changed: handover
 *   the old router is silent for all probes
 *                               -> handover to the new router if there is
 *                                  one; else to another router of the link,
 *                                  which after a link-up must be heard
 *                                  first; else look for one
 *
 * LINK_GRACE exists because the probe and the solicitation left together:
 * were the old router here, its answer would not be later than another
 * router's by more than that.
 *
 * Handover here means: another current router, its prefixes and addresses
 * instead of the old ones.  What follows for bindings is mn.c's matter.
 */
#include "core/attach.h"

#include <stdlib.h>

#define LINK_GRACE	MSEC(5)
/* Missed advertisement intervals before we ask (11.5.1). */
#define MISSED_ADVERTS	2

static alarm_fire on_solicit, on_probe, on_grace, on_age, on_silence;

/* --- life --------------------------------------------------------------- */

struct attach *
attach_new(struct node *n, struct iface *i, usec_t now)
{
	struct attach *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->iface = i;
	a->dns.ifindex = i->ifindex;
	attach_init_lists(a);
	exchange_init(&a->rs, on_solicit);
	alarm_init(&a->probe, on_probe);
	alarm_init(&a->grace, on_grace);
	alarm_init(&a->age, on_age);
	alarm_init(&a->silence, on_silence);
	attach_dad_init(a);
	return a;
}

static void
quiet(struct node *n, struct attach *a)
{
	exchange_end(n, &a->rs);
	alarm_clear(n, &a->probe);
	alarm_clear(n, &a->grace);
	alarm_clear(n, &a->silence);
	a->second = NULL;
}

struct attach *
attach_free(struct node *n, struct attach *a)
{
	if (!a)
		return NULL;
	quiet(n, a);
	attach_dad_end(n, a);
	alarm_clear(n, &a->age);
	list_each(l, &a->routers)
		attach_forget_router(n, a, container_of(l, struct router, l));
	free(a);
	return NULL;
}

/* --- solicitations ------------------------------------------------------ */

static bool
linklocal_valid(const struct iface *i, const struct in6_addr *ll)
{
	const struct iface_addr *a = ll ? iface_addr_find(i, ll) : NULL;

	return a && a->state == ADDR_VALID;
}

/* RFC 4861 6.3.7; RFC 4429 3.3: no source link-layer option while the
 * address is only optimistic. */
static void
send_rs(struct node *n, struct attach *a, usec_t now)
{
	const struct in6_addr *src = iface_linklocal(a->iface);
	struct nd rs = { .type = ND_RS };

	if (linklocal_valid(a->iface, src))
		rs.sll = a->iface->ll;
	outbox_nd(n, a->iface->ifindex, NULL, &rs, src ? src : &addr_unspec,
		  &addr_all_routers);
	exchange_sent(n, &a->rs, now);
}

static void
solicit(struct node *n, struct attach *a, usec_t now)
{
	/* RFC 7559: no end to it, at a falling rate. */
	exchange_begin(n, &a->rs, RTR_SOLICITATION_INTERVAL, SEC(3600));
	send_rs(n, a, now);
}

static void
on_solicit(struct node *n, struct alarm *al, usec_t now)
{
	struct attach *a = container_of(al, struct attach, rs.alarm);

	if (!a->iface->up)
		return;
	if (a->state == ATTACH_SOLICITING)
		attach_lone_ask(n, a, now);
	send_rs(n, a, now);
}

/* A unicast solicitation to the very neighbour that the old router was, or
 * another one of its link. */
static void
send_probe(struct node *n, struct attach *a, usec_t now)
{
	const struct in6_addr *src = iface_linklocal(a->iface);
	const struct router *r = a->second ? a->second : a->current;
	struct nd ns = { .type = ND_NS };
	struct note note = { .code = NOTE_ROUTER_PROBE, .a = r->addr,
			     .ifindex = a->iface->ifindex };

	a->probes++;
	alarm_set(n, &a->probe, now + MSEC(n->conf->router_probe_timeout));
	if (!src)
		return;
	ns.ns.target = r->addr;
	if (linklocal_valid(a->iface, src))
		ns.sll = a->iface->ll;
	outbox_nd(n, a->iface->ifindex, r->ll.len ? &r->ll : NULL, &ns, src,
		  &r->addr);
	if (a->probes == 1)
		note_put(n, &note, now);
}

/* --- the verdicts ------------------------------------------------------- */

static void
listen_for_silence(struct node *n, struct attach *a, usec_t now)
{
	const struct router *r = a->current;

	if (r && r->adv_interval)
		alarm_set(n, &a->silence,
			  now + MISSED_ADVERTS * MSEC(r->adv_interval));
	else
		alarm_clear(n, &a->silence);
}

/* Ask; what is under way already is not begun again. */
static void
check(struct node *n, struct attach *a, bool link_event, usec_t now)
{
	a->link_event |= link_event;
	if (a->state != ATTACH_CHECKING) {
		a->state = ATTACH_CHECKING;
		a->probes = 0;
	} else if (!link_event) {
		return;
	}
	send_probe(n, a, now);
}

/* The link is the one it was: candidates are neighbours after all. */
static void
confirm(struct node *n, struct attach *a, usec_t now)
{
	bool news = a->state == ATTACH_CHECKING;

	list_each(l, &a->routers)
		container_of(l, struct router, l)->candidate = false;
	a->candidate = NULL;
	a->state = ATTACH_ON;
	a->link_event = false;
	quiet(n, a);
	listen_for_silence(n, a, now);
	attach_configure(n, a, now);
	if (news)
		mn_on_attach(n, a, now);
}

static void
note_handover(struct node *n, const struct attach *a, usec_t now)
{
	struct note note = {
		.code = NOTE_HANDOVER, .a = a->current->addr,
		.ifindex = a->iface->ifindex,
	};

	/* Formed a moment ago, so not usable yet. */
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->has_coa && attach_prefix_router(a, p) == a->current)
			note.b = p->coa;
	}
	note_put(n, &note, now);
}

/* A router takes the place of home agents that do not advertise. */
static void
disown_lone(struct attach *a)
{
	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		r->candidate |= r->lone;
	}
}

/* Whom we knew, we knew on a link that this may not be. */
static void
estrange(struct attach *a)
{
	list_each(l, &a->routers)
		container_of(l, struct router, l)->candidate = true;
}

/* Who was here is a stranger now, and the other way round. */
static void
swap_links(struct attach *a)
{
	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		r->candidate = !r->candidate;
	}
}

static void
forget_strangers(struct node *n, struct attach *a)
{
	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		if (r->candidate)
			attach_forget_router(n, a, r);
	}
}

/*
 * Another router carries us from now on: a candidate, which means another
 * link, or a second one of this link.  The order is what a handover's
 * outage is made of: the old ways out go, the new address and the new ways
 * come, the binding is registered (mn_on_attach), and only then what was
 * left behind is taken away.  On the same link nothing was: care-of addresses
 * of the router before go on while their prefixes do (11.5.4).
 */
static void
hand_over(struct node *n, struct attach *a, struct router *to, usec_t now)
{
	bool moved = to->candidate || (!a->current && a->settled);

	quiet(n, a);
	if (to->candidate)
		swap_links(a);
	else if (a->current)
		attach_retire_router(n, a, a->current, now);
	if (!to->lone)
		disown_lone(a);
	a->settled = true;
	a->current = to;
	to->used = true;
	a->candidate = NULL;
	a->state = ATTACH_ON;
	a->link_event = false;
	a->trigger = now;
	listen_for_silence(n, a, now);
	mn_on_leave(n, a, now);
	attach_configure(n, a, now);
	note_handover(n, a, now);
	mn_on_attach(n, a, now);
	forget_strangers(n, a);
	if (moved && !mn_linklocal_is_defended(n, a))
		attach_dad_begin(n, a, now);
}

/* The best of those that are known to be here, but `not' this one. */
static struct router *
best_router(const struct attach *a, const struct router *not, usec_t now)
{
	struct router *best = NULL;

	list_each(l, &a->routers) {
		struct router *r = container_of(l, struct router, l);

		if (r != not && !r->candidate && r->expires > now &&
		    (!best || r->pref > best->pref))
			best = r;
	}
	return best;
}

/* The router that we used is not there any more. */
static void
lose_router(struct node *n, struct attach *a, usec_t now)
{
	struct router *next;

	if (a->second)			/* silent, too */
		attach_forget_router(n, a, a->second);
	next = a->candidate ? a->candidate : best_router(a, a->current, now);
	if (next && !next->candidate && a->state == ATTACH_CHECKING &&
	    a->link_event) {
		/* Both may have been left behind together. */
		a->second = next;
		a->probes = 0;
		send_probe(n, a, now);
		return;
	}
	if (next) {
		hand_over(n, a, next, now);
		return;
	}
	quiet(n, a);
	if (a->current)
		attach_forget_router(n, a, a->current);
	estrange(a);
	a->state = ATTACH_SOLICITING;
	if (a->link_event)
		mn_on_lost(n, a);
	mn_on_attach(n, a, now);
	solicit(n, a, now);
}

static void
on_probe(struct node *n, struct alarm *al, usec_t now)
{
	struct attach *a = container_of(al, struct attach, probe);

	if (a->state != ATTACH_CHECKING || !a->iface->up)
		return;
	if (a->probes < n->conf->router_probes)
		send_probe(n, a, now);
	else
		lose_router(n, a, now);
}

static void
on_grace(struct node *n, struct alarm *al, usec_t now)
{
	struct attach *a = container_of(al, struct attach, grace);

	if (a->state == ATTACH_CHECKING && a->candidate)
		hand_over(n, a, a->candidate, now);
}

static void
on_silence(struct node *n, struct alarm *al, usec_t now)
{
	struct attach *a = container_of(al, struct attach, silence);

	if (a->state == ATTACH_ON && a->current)
		check(n, a, false, now);
}

/* --- what we hear ------------------------------------------------------- */

static void
age_next(struct node *n, struct attach *a, usec_t now)
{
	bool changed = false;

	usec_t next = attach_age(n, a, now, &changed);
	usec_t dns = attach_age_dns(n, a, now);

	alarm_set(n, &a->age, next < dns ? next : dns);
	if (!changed)
		return;
	if (a->current && !a->current->expires && !a->current->lone)
		lose_router(n, a, now);
	else
		mn_on_attach(n, a, now);
}

static void
on_age(struct node *n, struct alarm *al, usec_t now)
{
	age_next(n, container_of(al, struct attach, age), now);
}

/* The first router of a link. */
static void
settle(struct node *n, struct attach *a, struct router *r, usec_t now)
{
	if (r->expires <= now)
		return;
	hand_over(n, a, r, now);
}

static bool
is_stranger(const struct attach *a, const struct router *known,
	    const struct nd_ra *ra)
{
	return a->current && (!known || known->candidate) &&
	       !attach_shares_prefix(a, ra);
}

/* A stranger with strange prefixes: another link, or a second router? */
static void
hear_stranger(struct node *n, struct attach *a, struct router *r, usec_t now)
{
	if (r->expires <= now) {
		if (a->candidate == r)
			a->candidate = NULL;
		return;
	}
	if (!a->candidate || a->candidate->expires <= now)
		a->candidate = r;
	if (!n->conf->router_probes) {
		hand_over(n, a, a->candidate, now);
		return;
	}
	check(n, a, false, now);
	if (a->link_event && !alarm_is_set(&a->grace))
		alarm_set(n, &a->grace, now + LINK_GRACE);
}

static void
on_ra(struct node *n, struct attach *a, struct rx *rx, usec_t now)
{
	const struct lladdr *ll = rx->nd.sll.len ? &rx->nd.sll : &rx->ll_src;
	struct router *r = attach_find_router(a, &rx->pkt.src, ll);
	bool stranger = is_stranger(a, r, &rx->nd.ra);
	bool news = stranger && rx->nd.ra.npios;
	/* Without a prefix it does not say which link this is. */
	bool mute = stranger && !news && a->state == ATTACH_CHECKING;

	r = attach_learn(n, a, rx, news || mute, now);
	if (!r)
		return;
	attach_hand_on_dns(n, a, &rx->nd.ra, now);
	if (attach_is_lone(a) && r->expires > now) {
		hand_over(n, a, r, now);	/* a router at last */
	} else if (news) {
		hear_stranger(n, a, r, now);
	} else if (mute) {
		/* the probes go on */
	} else if (!a->current) {
		settle(n, a, r, now);
	} else if (r->candidate) {
		r->candidate = false;		/* it shares a prefix now */
		confirm(n, a, now);
	} else if (a->state == ATTACH_CHECKING) {
		confirm(n, a, now);
	} else {
		if (r == a->current)
			listen_for_silence(n, a, now);
		a->trigger = now;	/* of what it may bring */
		attach_configure(n, a, now);
		mn_on_attach(n, a, now);
	}
	age_next(n, a, now);
}

static bool
answers(const struct router *r, const struct rx *rx)
{
	const struct lladdr *ll = rx->nd.tll.len ? &rx->nd.tll : &rx->ll_src;

	/* Somebody else's fe80::1 does not count. */
	return r && rx->nd.na.flags & ND_NA_S &&
	       addr_eq(&rx->nd.na.target, &r->addr) &&
	       !(r->ll.len && ll->len && !lladdr_eq(&r->ll, ll));
}

/* Where we have been once (RFC 6059): as if it had advertised what it did
 * then. */
static void
meet_again(struct node *n, struct attach *a, const struct rx *rx, usec_t now)
{
	const struct past *x = attach_past_answer(a, rx, now);
	struct router *r;

	if (!x || (a->state != ATTACH_SOLICITING &&
		   !(a->state == ATTACH_CHECKING && a->link_event)))
		return;
	r = attach_find_router(a, &x->addr, &x->ll);
	if (r && !r->candidate)
		return;			/* of this link */
	r = attach_revive(n, a, x, now);
	if (!r)
		return;
	a->trigger = now;
	if (a->current)
		hear_stranger(n, a, r, now);
	else
		settle(n, a, r, now);
	age_next(n, a, now);
}

/*
 * The kernel has forgotten its neighbours with the link, and is asking for the
 * router perhaps: packets wait.  From the answer to a unicast solicitation,
 * which need not have a link-layer address (RFC 4861 7.2.4), it learns nothing,
 * and would ask again after a second.
 */
static void
ask_for_lladdr(struct node *n, struct attach *a)
{
	const struct in6_addr *src = iface_linklocal(a->iface);
	struct in6_addr group = addr_solicited_node(&a->current->addr);
	struct nd ns = { .type = ND_NS };

	if (!linklocal_valid(a->iface, src))
		return;
	ns.ns.target = a->current->addr;
	ns.sll = a->iface->ll;
	outbox_nd(n, a->iface->ifindex, NULL, &ns, src, &group);
}

/* On the home link, where nobody advertises. */
static bool
meet_home_agent(struct node *n, struct attach *a, const struct rx *rx,
		usec_t now)
{
	struct router *r = a->state == ATTACH_SOLICITING ||
			   attach_is_lone(a) ?
		attach_lone_answer(n, a, rx, now) : NULL;

	if (r && !a->current) {
		hand_over(n, a, r, now);
	} else if (r) {			/* another home's */
		attach_configure(n, a, now);
		mn_on_attach(n, a, now);
	}
	return r;
}

/* The old router answers the probe, or the second one of its link. */
static void
on_na(struct node *n, struct attach *a, const struct rx *rx, usec_t now)
{
	if (a->state == ATTACH_CHECKING && answers(a->current, rx)) {
		if (a->link_event && !rx->nd.tll.len)
			ask_for_lladdr(n, a);
		confirm(n, a, now);
	} else if (a->state == ATTACH_CHECKING && answers(a->second, rx)) {
		hand_over(n, a, a->second, now);
	} else if (!meet_home_agent(n, a, rx, now)) {
		meet_again(n, a, rx, now);
	}
}

void
attach_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	struct attach *a = rx->iface->attach;

	if (!a || !rx->iface->up)
		return;
	if (attach_dad_hears(n, a, rx, now)) {
		mn_on_attach(n, a, now);
		return;
	}
	if (rx->nd.type == ND_RA)
		on_ra(n, a, rx, now);
	else if (rx->nd.type == ND_NA)
		on_na(n, a, rx, now);
}

void
attach_on_link(struct node *n, struct attach *a, bool was_up, usec_t now)
{
	if (!a->iface->up) {
		if (was_up) {
			quiet(n, a);
			/* Who was heard while we asked was heard on the link
			 * that is left now, and says nothing of the next. */
			a->candidate = NULL;
			forget_strangers(n, a);
			a->state = ATTACH_DOWN;
			mn_on_attach(n, a, now);
		}
		return;
	}
	if (was_up)
		return;
	a->duplicate = false;
	/* Before the solicitation: were the old router here, its answer
	 * should come first. */
	if (a->current) {
		check(n, a, true, now);
	} else {
		estrange(a);
		a->state = ATTACH_SOLICITING;
	}
	attach_past_probe(n, a, now);
	solicit(n, a, now);
}

/* The kernel's neighbour unreachability detection has given up on it. */
void
attach_on_neighbour(struct node *n, const struct ev_neighbour *ev, usec_t now)
{
	struct iface *i = iface_find(n, ev->ifindex);
	struct attach *a = i ? i->attach : NULL;

	if (a && ev->failed && a->state == ATTACH_ON && a->current &&
	    addr_eq(&ev->addr, &a->current->addr))
		check(n, a, false, now);
}

void
attach_on_address(struct node *n, struct attach *a,
		  const struct ev_address *ev, usec_t now)
{
	bool ours = false;

	list_each(l, &a->prefixes)
		ours |= attach_coa_hears(n, a, container_of(l, struct aprefix,
							    l), ev, now);
	if (!ours)
		return;
	mn_on_attach(n, a, now);
	age_next(n, a, now);		/* a temporary one is renewed */
}

/* --- questions ---------------------------------------------------------- */

bool
attach_usable(const struct attach *a)
{
	return a->iface->up && a->current && !a->duplicate &&
	       (a->state == ATTACH_ON || a->state == ATTACH_CHECKING);
}

static bool
coa_usable(const struct node *n, const struct aprefix *p)
{
	/* Not before the kernel says that it is there: an answer that comes
	 * earlier finds nobody, and the next one is a second away. */
	if (p->coa_state == ADDR_OPTIMISTIC)		/* RFC 4429 */
		return n->conf->optimistic_dad;
	return p->coa_state == ADDR_VALID;
}

const struct aprefix *
attach_coa(const struct node *n, const struct attach *a, usec_t now)
{
	const struct aprefix *best = NULL;

	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (!p->has_coa || !a->current ||
		    attach_prefix_router(a, p) != a->current ||
		    p->valid_until <= now || !coa_usable(n, p))
			continue;
		/* A deprecated one only while there is no other. */
		if (!best || best->preferred_until <= now)
			best = p;
	}
	return best;
}

/* Of this link, and not of one that was left? */
bool
attach_has_coa(const struct attach *a, const struct in6_addr *addr)
{
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (attach_prefix_router(a, p) &&
		    ((p->has_coa && addr_eq(&p->coa, addr)) ||
		     (p->has_old && addr_eq(&p->old, addr))))
			return true;
	}
	return false;
}

bool
attach_still_has(const struct node *n, const struct in6_addr *addr)
{
	list_each(l, &n->ifaces) {
		const struct iface *i = container_of(l, struct iface, all);

		if (i->up && i->attach && attach_has_coa(i->attach, addr))
			return true;
	}
	return false;
}

bool
attach_coa_is_coming(const struct attach *a)
{
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->has_coa && p->coa_state == ADDR_TENTATIVE &&
		    a->current && attach_prefix_router(a, p) == a->current)
			return true;
	}
	return false;
}

const struct aprefix *
attach_on_link_prefix(const struct attach *a, const struct prefix *prefix)
{
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->on_link && attach_prefix_router(a, p) &&
		    prefix_eq(&p->prefix, prefix))
			return p;
	}
	return NULL;
}

bool
attach_has_prefix(const struct attach *a, const struct prefix *prefix)
{
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (prefix_eq(&p->prefix, prefix))
			return attach_prefix_router(a, p) != NULL;
	}
	return false;
}

const struct router *
attach_router_with(const struct attach *a, const struct in6_addr *global)
{
	list_each(l, &a->routers) {
		const struct router *r = container_of(l, struct router, l);

		if (!r->candidate && addr_eq(&r->global, global))
			return r;
	}
	return NULL;
}

/* Whoever selects source addresses learns here which router a prefix is of
 * (RFC 6724 section 5, rule 5.5). */
static void
show_prefix(const struct attach *a, const struct aprefix *p, usec_t now,
	    struct record_sink *sink)
{
	const struct router *r = attach_prefix_router(a, p);
	struct record rec;

	if (!r)
		return;
	record_init(&rec, "prefix");
	record_str(&rec, "interface", a->iface->name);
	record_prefix(&rec, "prefix", &p->prefix);
	record_addr(&rec, "router", &r->addr);
	if (p->has_coa)
		record_addr(&rec, "coa", &p->coa);
	record_duration(&rec, "lifetime", p->valid_until == USEC_NEVER ?
			USEC_NEVER : p->valid_until > now ?
			p->valid_until - now : 0);
	sink->put(sink, &rec);
}

bool
attach_show(const struct attach *a, usec_t now, struct record_sink *sink)
{
	list_each(l, &a->routers) {
		const struct router *r = container_of(l, struct router, l);
		struct record rec;

		record_init(&rec, "router");
		record_str(&rec, "interface", a->iface->name);
		record_addr(&rec, "address", &r->addr);
		record_lladdr(&rec, "lladdr", &r->ll);
		record_bool(&rec, "current", r == a->current);
		record_bool(&rec, "home-agent", r->home_agent);
		if (!addr_is_unspec(&r->global))
			record_addr(&rec, "global", &r->global);
		record_duration(&rec, "lifetime",
				r->expires > now ? r->expires - now : 0);
		sink->put(sink, &rec);
	}
	list_each(l, &a->prefixes)
		show_prefix(a, container_of(l, struct aprefix, l), now, sink);
	return false;
}
