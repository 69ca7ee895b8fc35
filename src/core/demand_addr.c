/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand_addr.c - one address from its forming to its release.
 *
 * Every type has an interface identifier of its own (RFC 7217, over the type
 * and its epoch), so that letting go of one address never touches another.
 *
 * Where an address comes from: a home-anchored one from the configuration;
 * an unanchored one from a prefix of the router that we use; an access-
 * anchored or graceful one from the prefix of a router here that says it is
 * a home agent (RFC 6275 7.1), gives its own address (R bit) and is a Peer
 * of ours, or may be used without one (security_anchor).  On its own link
 * such an address is at home; afterwards it is registered there like any home
 * address.
 */
#include "core/demand.h"
#include "core/form.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Asked of an access anchor, seconds: who vanishes without a word shall not
 * leave it a binding for days. */
#define ACCESS_LIFETIME	600
/* Sockets of an address that is gone do not wait longer for the next one. */
#define END_LATEST	MSEC(100)
#define ENDINGS_MAX	16
/* After which one may try again what was all duplicates: an anchor may have
 * defended what it had of an earlier life of ours. */
#define TRY_AGAIN	SEC(ACCESS_LIFETIME)

/* --- finding ------------------------------------------------------------ */

struct owned *
owned_find(const struct node *n, const struct in6_addr *addr)
{
	each_owned(n, o, l)
		if (addr_eq(&o->addr, addr))
			return o;
	return NULL;
}

struct owned *
owned_of(const struct node *n, const struct mn_home *h)
{
	each_owned(n, o, l)
		if (o->home == h)
			return o;
	return NULL;
}

/* Of several homes the first that may be used. */
struct owned *
owned_current(const struct node *n, enum atype t)
{
	each_owned(n, o, l)
		if (o->type == t && o->current &&
		    !(o->home && o->home->place == PLACE_DISABLED))
			return o;
	return NULL;
}

struct attach *
demand_attach(const struct node *n)
{
	struct attach *best = NULL;
	unsigned best_pos = UINT32_MAX;

	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		unsigned pos = i->conf ? i->conf->preference : 0;

		if (i->attach && attach_usable(i->attach) && pos < best_pos &&
		    !(i->attach->state == ATTACH_CHECKING &&
		      i->attach->link_event)) {
			best = i->attach;
			best_pos = pos;
		}
	}
	return best;
}

/* Its prefix here, with the router's own address in it; NULL: no anchor. */
static const struct aprefix *
anchor_prefix(const struct node *n, const struct attach *a,
	      const struct router *r)
{
	if (!r || r->candidate || !r->home_agent ||
	    addr_is_unspec(&r->global) || !security_anchor(n, &r->global))
		return NULL;
	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->routers & r->bit && p->on_link && p->autonomous &&
		    p->prefix.len == 64 && prefix_match(&p->prefix, &r->global))
			return p;
	}
	return NULL;
}

/* The router that we use first, then any other here. */
static const struct aprefix *
find_anchor(const struct node *n, const struct attach *a,
	    const struct router **ret)
{
	const struct aprefix *p = anchor_prefix(n, a, a->current);

	*ret = a->current;
	if (p)
		return p;
	list_each(l, &a->routers) {
		*ret = container_of(l, struct router, l);
		if ((p = anchor_prefix(n, a, *ret)))
			return p;
	}
	return NULL;
}

bool
owned_provided(const struct node *n, enum atype t)
{
	const struct attach *a = demand_attach(n);
	const struct router *r;

	if (t == ATYPE_NONE)
		return false;
	if (t == ATYPE_UNANCHORED)
		return true;
	if (t == ATYPE_HOME)
		return n->conf->nhomes > 0;
	/* Where we are nowhere, nobody knows. */
	return a ? find_anchor(n, a, &r) != NULL : n->conf->npeers > 0 ||
	       (n->cga_key && n->conf->access_protect == CONF_PROTECT_CGA);
}

bool
owned_usable(const struct node *n, const struct owned *o)
{
	const struct iface *i = o->home ? iface_find(n, o->home->ifindex) :
				iface_by_name(n, o->ifname);
	const struct iface_addr *a = i ? iface_addr_find(i, &o->addr) : NULL;
	const struct mn_home *h = o->home;

	if (h && !h->active)
		return false;
	if (h && (h->place == PLACE_AWAY || h->place == PLACE_RETURNING))
		return h->reg.bound && !h->reg.halted;
	if (h && h->place != PLACE_HOME)
		return false;
	return a && (a->state == ADDR_VALID || (n->conf->optimistic_dad &&
						a->state == ADDR_OPTIMISTIC));
}

/* --- said --------------------------------------------------------------- */

void
owned_say(struct node *n, const struct owned *o, bool up)
{
	struct effect e = { .kind = EF_OWNED };

	e.owned = (struct ef_owned){
		.up = up, .addr = o->addr, .type = o->type,
		.cga = o->home && o->home->reg.has_cga,
	};
	want(n, &e);
}

static void
say_address(struct node *n, const struct owned *o, bool up)
{
	struct iface *i = iface_by_name(n, o->ifname);
	struct effect e = { .kind = EF_ADDRESS };

	if (!i)
		return;
	e.address.up = up;
	e.address.key = (struct addr_key){ i->ifindex, o->addr };
	e.address.plen = o->prefix.len;
	e.address.optimistic = n->conf->optimistic_dad;
	e.address.noprefixroute = true;
	e.address.valid = ND_INFINITE;
	e.address.preferred = o->current ? demand_preferred(n, o->type) : 0;
	want(n, &e);
}

void
owned_configure(struct node *n, const struct owned *o)
{
	if (o->home)
		home_configure(n, o->home);
	else
		say_address(n, o, true);
}

/* --- ending sockets ----------------------------------------------------- */

static void
say_abort(struct node *n, enum atype t, const struct in6_addr *addr, bool used,
	  usec_t now)
{
	struct effect e = { .kind = EF_ABORT };
	struct note note = { .code = NOTE_ABORTED, .a = *addr,
			     .type = (uint8_t)t };

	e.abort.addr = *addr;
	effect_put(n, &e);
	if (used)
		note_put(n, &note, now);
}

void
ending_free(struct node *n, struct ending *e)
{
	alarm_clear(n, &e->latest);
	list_del(&e->l);
	n->demand->nendings--;
	free(e);
}

static void
end_now(struct node *n, struct ending *e, usec_t now)
{
	say_abort(n, e->type, &e->addr, e->used, now);
	ending_free(n, e);
}

static void
on_latest(struct node *n, struct alarm *al, usec_t now)
{
	end_now(n, container_of(al, struct ending, latest), now);
}

void
owned_end_sockets(struct node *n, bool all, usec_t now)
{
	list_each(l, &n->demand->endings) {
		struct ending *e = container_of(l, struct ending, l);
		const struct owned *next = owned_current(n, e->type);

		if (all || !next || next->stands)
			end_now(n, e, now);
	}
}

/* The same address comes again: what it had before is not of it. */
static void
end_sockets_of(struct node *n, const struct in6_addr *addr, usec_t now)
{
	list_each(l, &n->demand->endings) {
		struct ending *e = container_of(l, struct ending, l);

		if (addr_eq(&e->addr, addr))
			end_now(n, e, now);
	}
}

/*
 * New sockets must not get it any more before those that have it are ended,
 * or who comes back at once is bound to it again, and hangs.
 *
 * What an anchored address has to say goes through its tunnel, the resets of
 * its connections too, so these are ended before anything of it is taken
 * away.  An unanchored one is gone with its link: its sockets wait, not for
 * long, until there is another, which is what their programs will want.
 */
static void
end_sockets(struct node *n, struct owned *o, usec_t now)
{
	struct ending *e = NULL;

	if (!o->home && n->demand->nendings < ENDINGS_MAX)
		e = calloc(1, sizeof(*e));
	if (!e) {
		say_abort(n, o->type, &o->addr, o->sessions, now);
		return;
	}
	e->type = o->type;
	e->addr = o->addr;
	e->used = o->sessions;
	alarm_init(&e->latest, on_latest);
	alarm_set(n, &e->latest, now + END_LATEST);
	list_init(&e->l);
	list_append(&n->demand->endings, &e->l);
	n->demand->nendings++;
}

/* --- forming ------------------------------------------------------------ */

bool
owned_full(const struct node *n)
{
	return n->demand->nowned >= n->conf->max_addresses;
}

struct owned *
owned_new(struct node *n, enum atype t, const struct in6_addr *addr,
	  usec_t now)
{
	struct owned *o;

	if (t != ATYPE_HOME && owned_full(n)) {
		demand_note_limit(n, EF_OWNED, n->conf->max_addresses, now);
		return NULL;
	}
	o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	end_sockets_of(n, addr, now);
	o->type = t;
	o->addr = *addr;
	o->current = true;
	o->since = now;
	alarm_init(&o->end, owned_on_end);
	wish_init(&o->store, WISH_OWNED);
	list_init(&o->l);
	list_append(&n->demand->owned, &o->l);
	n->demand->nowned += t != ATYPE_HOME;
	if (n->ready)
		owned_say(n, o, true);
	return o;
}

/* RFC 4862 5.5.3 d wants 64 bits; among several prefixes a preferred one. */
static const struct aprefix *
plain_prefix(const struct attach *a, usec_t now)
{
	const struct aprefix *best = NULL;

	list_each(l, &a->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (p->autonomous && p->prefix.len == 64 &&
		    p->valid_until > now &&
		    attach_prefix_router(a, p) == a->current &&
		    (!best || best->preferred_until <= now))
			best = p;
	}
	return best;
}

/* Duplicates found in another prefix say nothing of this one. */
static uint32_t
duplicates(const struct epoch *e, const struct prefix *p)
{
	return prefix_eq(&e->prefix, p) ? e->counter : 0;
}

void
owned_count_duplicate(struct node *n, const struct owned *o, usec_t now)
{
	struct epoch *e = &n->demand->epoch[o->type];

	e->counter = duplicates(e, &o->prefix) + 1;
	e->prefix = o->prefix;
	e->again = now + TRY_AGAIN;
	wish_add(n, &e->store, 1);
}

void
owned_try_again(struct node *n, bool elsewhere, usec_t now)
{
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		struct epoch *e = &n->demand->epoch[t];

		if (e->counter > IDGEN_RETRIES &&
		    (elsewhere || now >= e->again))
			e->counter = 0;
	}
}

static bool
form_address(const struct node *n, const struct attach *a,
	     const struct prefix *p, enum atype t, struct in6_addr *ret)
{
	const struct epoch *e = &n->demand->epoch[t];
	uint32_t counter = duplicates(e, p);
	char purpose[40];

	if (counter > IDGEN_RETRIES)	/* RFC 7217 section 6: give up */
		return false;
	if (e->value)
		snprintf(purpose, sizeof(purpose), "%s %u", atype_name(t),
			 e->value);
	else
		snprintf(purpose, sizeof(purpose), "%s", atype_name(t));
	return attach_form_address(n, a, p, purpose, counter, ret);
}

/* Of an anchor that wants no key from us, the address proves its owner. */
static bool
proves_itself(const struct node *n, const struct router *r)
{
	const struct conf_peer *peer = r ? security_anchor(n, &r->global) :
				       NULL;

	return peer && peer->protect == CONF_PROTECT_CGA;
}

static bool
form_anchored(struct node *n, const struct attach *a, const struct router *r,
	      const struct prefix *p, enum atype t, usec_t now,
	      struct cga *cga, struct in6_addr *ret)
{
	const struct epoch *e = &n->demand->epoch[t];
	struct form_of of = {
		.type = t, .epoch = e->value, .collisions = duplicates(e, p),
		.ifname = a->iface->name, .prefix = &p->addr,
	};

	if (!proves_itself(n, r))
		return form_address(n, a, p, t, ret);
	return form_cga(n, &of, now, cga, ret);
}

/* RFC 4862 5.5.4: not for new communications while there is another. */
bool
owned_is_deprecated(const struct node *n, const struct owned *o, usec_t now)
{
	const struct iface *i = iface_by_name(n, o->ifname);
	const struct aprefix *best;

	if (o->type != ATYPE_UNANCHORED || !i || !i->attach ||
	    i->attach != demand_attach(n))
		return false;
	best = plain_prefix(i->attach, now);
	if (!best || best->preferred_until <= now)
		return false;
	list_each(l, &i->attach->prefixes) {
		const struct aprefix *p = container_of(l, struct aprefix, l);

		if (prefix_eq(&p->prefix, &o->prefix))
			return p->preferred_until <= now;
	}
	return false;
}

static bool
place_anchored(struct node *n, struct owned *o, const struct attach *a,
	       const struct router *r, const struct cga *cga, usec_t now)
{
	struct conf_home c = {
		.hoa = o->addr, .plen = o->prefix.len, .ha = r->global,
		.lifetime = o->type == ATYPE_GRACEFUL && n->conf->grace ?
			n->conf->grace : ACCESS_LIFETIME,
	};

	snprintf(c.ifname, sizeof(c.ifname), "%s", a->iface->name);
	/* Its anchor may not have forgotten it yet, from the last time. */
	o->home = home_find(n, &o->addr);
	if (!o->home)
		o->home = home_add(n, &c, o->type);
	if (!o->home)
		return false;
	home_set_cga(n, o->home, cga);
	/* What was said of it when it was new did not have that yet. */
	if (n->ready && o->home->reg.has_cga)
		owned_say(n, o, true);
	home_activate(n, o->home, now);
	return true;
}

static const struct aprefix *
prefix_for(const struct node *n, const struct attach *a, enum atype t,
	   const struct router **ret, usec_t now)
{
	return t == ATYPE_UNANCHORED ? plain_prefix(a, now) :
				       find_anchor(n, a, ret);
}

int
owned_why_not(const struct node *n, enum atype t, usec_t now)
{
	const struct attach *a = demand_attach(n);
	const struct router *r = NULL;
	const struct aprefix *p = a ? prefix_for(n, a, t, &r, now) : NULL;

	if (!p)
		return 0;
	if (duplicates(&n->demand->epoch[t], &p->prefix) >
	    (proves_itself(n, r) ? CGA_COLLISIONS : IDGEN_RETRIES))
		return EADDRNOTAVAIL;
	return owned_full(n) ? EAGAIN : 0;
}

/* It is there from before, if this is a link to which we have come back. */
static struct owned *
again(struct node *n, struct owned *o, usec_t now)
{
	if (o->reason != NOTE_GONE_REFUSED)
		alarm_clear(n, &o->end);
	o->current = true;
	o->since = now;
	owned_configure(n, o);
	wish_add(n, &o->store, 1);
	return o;
}

struct owned *
owned_form(struct node *n, enum atype t, usec_t now)
{
	struct attach *a = demand_attach(n);
	const struct router *r = NULL;
	const struct aprefix *p;
	struct in6_addr addr;
	struct cga cga = { 0 };
	struct owned *o;

	if (!a || t == ATYPE_HOME)
		return NULL;
	p = prefix_for(n, a, t, &r, now);
	if (!p || !(t == ATYPE_UNANCHORED ?
		    form_address(n, a, &p->prefix, t, &addr) :
		    form_anchored(n, a, r, &p->prefix, t, now, &cga, &addr)))
		return NULL;
	if ((o = owned_find(n, &addr)))
		return again(n, o, now);
	o = owned_new(n, t, &addr, now);
	if (!o)
		return NULL;
	o->prefix = p->prefix;
	snprintf(o->ifname, sizeof(o->ifname), "%s", a->iface->name);
	if (t == ATYPE_UNANCHORED) {
		say_address(n, o, true);
	} else if (!place_anchored(n, o, a, r, &cga, now)) {
		owned_say(n, o, false);
		owned_free(n, o);
		return NULL;
	}
	wish_add(n, &o->store, 1);
	return o;
}

/* --- letting go --------------------------------------------------------- */

void
owned_retire(struct node *n, struct owned *o, usec_t now)
{
	struct note note = { .code = NOTE_ADDRESS_OLD, .a = o->addr,
			     .type = (uint8_t)o->type };

	o->current = false;
	note_put(n, &note, now);
	owned_configure(n, o);
	wish_add(n, &o->store, 1);
}

/* Not for new sockets. */
static void
say_gone(struct node *n, const struct owned *o)
{
	if (n->ready && !n->stopping)
		demand_say_current(n, o->type);
}

/* Whose grant it was keeps the grant, of nothing; packets that waited for it
 * wait for nothing. */
static void
forget_grants(struct node *n, const struct owned *o)
{
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (a->on != o)
			continue;
		a->on = NULL;
		a->lost = true;
		if (!a->id)
			ask_free(n, a);
	}
}

void
owned_release(struct node *n, struct owned *o, enum note_gone reason,
	      usec_t now)
{
	struct note note = { .code = NOTE_ADDRESS_DOWN, .a = o->addr,
			     .type = (uint8_t)o->type, .value = reason };
	bool configured = o->type == ATYPE_HOME;
	struct mn_home *h = o->home;

	alarm_clear(n, &o->end);
	if (o->stands)
		note_put(n, &note, now);
	o->stands = false;
	/* Also when nobody has it: who got it this very moment is not
	 * counted yet. */
	if (!configured) {
		o->current = false;
		say_gone(n, o);
		end_sockets(n, o, now);
	}
	if (!h)
		say_address(n, o, false);
	owned_forget(n, o);
	if (!configured) {
		owned_say(n, o, false);
		owned_free(n, o);
	}
	if (h)
		home_release(n, h, now);
}

/* Somebody else's (134): sockets shall not go on with it. */
void
owned_lose(struct node *n, struct owned *o, usec_t now)
{
	struct note note = { .code = NOTE_ADDRESS_DOWN, .a = o->addr,
			     .type = (uint8_t)o->type,
			     .value = NOTE_GONE_REFUSED };

	if (o->stands)
		note_put(n, &note, now);
	o->stands = false;
	say_gone(n, o);
	end_sockets(n, o, now);
	owned_forget(n, o);
}

bool
owned_is_orphan(const struct node *n, const struct owned *o)
{
	return o->home && o->type != ATYPE_HOME &&
	       !security_anchor(n, &o->home->conf.ha);
}

void
owned_free(struct node *n, struct owned *o)
{
	forget_grants(n, o);
	alarm_clear(n, &o->end);
	wish_drop(&o->store);
	list_del(&o->l);
	n->demand->nowned -= o->type != ATYPE_HOME;
	free(o);
}
