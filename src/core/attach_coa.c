/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_coa.c - forming care-of addresses (RFC 6275 11.5.3).
 *
 * Of each prefix that the current router advertises for it, one: as
 * CareOfAddress says with an opaque identifier (RFC 7217, the default), one of
 * the link-layer address (RFC 4291), a temporary one (RFC 8981), or as it
 * stands in the configuration.
 *
 * A temporary address is renewed while the one before goes on: it becomes the
 * care-of address when the kernel says that it stands, is registered like any
 * other, and what is on its way to the old one still arrives for a while.
 */
#include "core/demand.h"

#include <stdio.h>

/* a name, a blank, octets with a colon between */
#define NET_IFACE	(16 + 1 + 3 * LLADDR_MAX + 1)

/* RFC 8981 3.8: REGEN_ADVANCE; MAX_DESYNC_FACTOR, of ten. */
#define REGEN_ADVANCE	SEC(5)
#define MAX_DESYNC	4
/* The one before is kept for so long. */
#define OLD_STAYS	SEC(30)

/* --- addresses ---------------------------------------------------------- */

/* A lifetime ends here, not in the kernel: the address stays while we say
 * so.  It is not preferred: the home address is what applications use. */
static void
say(struct node *n, const struct attach *a, const struct aprefix *p,
    const struct in6_addr *addr, bool up)
{
	struct effect e = { .kind = EF_ADDRESS };

	e.address.up = up;
	e.address.key.ifindex = a->iface->ifindex;
	e.address.key.addr = *addr;
	e.address.plen = p->prefix.len;
	e.address.optimistic = n->conf->optimistic_dad;
	e.address.noprefixroute = true;
	e.address.valid = ND_INFINITE;
	want(n, &e);
}

/* What RFC 7217 section 5 calls Net_Iface.  The link-layer address is in
 * it: the neighbours of an address keep the one that it had, and the first
 * acknowledgement would go to an interface that is not there any more. */
static void
net_iface(const struct iface *i, char ret[NET_IFACE])
{
	size_t n = (size_t)snprintf(ret, NET_IFACE, "%s", i->name);

	for (unsigned k = 0; k < i->ll.len && n + 2 < NET_IFACE; k++)
		n += (size_t)snprintf(ret + n, NET_IFACE - n, "%c%02x",
				      k ? ':' : ' ', i->ll.b[k]);
}

bool
attach_form_address(const struct node *n, const struct attach *a,
		    const struct prefix *prefix, const char *purpose,
		    uint32_t dad_counter, struct in6_addr *ret)
{
	char net[NET_IFACE];
	struct in6_addr id;

	net_iface(a->iface, net);
	/* RFC 4862 5.5.3 d: 64 bits of prefix, 64 of identifier. */
	if (prefix->len != 64 ||
	    kdf_interface_id(n->secret, prefix, net, purpose, dad_counter,
			     &id))
		return false;
	*ret = addr_combine(&prefix->addr, 64, &id);
	return true;
}

/* RFC 8981 3.3: what is random is only what it is counted with. */
static bool
form_temporary(struct node *n, const struct attach *a,
	       const struct prefix *prefix, struct in6_addr *ret)
{
	return attach_form_address(n, a, prefix, "temporary",
				   (uint32_t)rng_u64(&n->rng), ret);
}

static bool
form_eui64(const struct attach *a, const struct aprefix *p,
	   struct in6_addr *ret)
{
	struct in6_addr id;

	/* It is what it is: a duplicate has no other (RFC 4862 5.4.5). */
	if (p->prefix.len != 64 || p->dad_counter ||
	    (a->iface->ll.len != 6 && a->iface->ll.len != 8))
		return false;
	id = addr_eui64(&a->iface->ll);
	*ret = addr_combine(&p->prefix.addr, 64, &id);
	return true;
}

/* The one of the configuration that is in it. */
static bool
find_given(const struct conf_iface *c, const struct aprefix *p,
	   struct in6_addr *ret)
{
	for (unsigned k = 0; k < c->ncareof; k++) {
		const struct prefix *g = &c->careof[k];

		if (g->len != p->prefix.len || p->dad_counter ||
		    !prefix_match(&p->prefix, &g->addr))
			continue;
		*ret = g->addr;
		return true;
	}
	return false;
}

static bool
form(struct node *n, const struct attach *a, const struct aprefix *p,
     struct in6_addr *ret)
{
	const struct conf_iface *c = a->iface->conf;
	enum conf_careof kind = c ? (enum conf_careof)c->careof_kind :
				    CONF_COA_OPAQUE;

	/* Whoever configures an address knows what the A bit would say. */
	if (c && c->ncareof)
		return find_given(c, p, ret);
	if (!p->autonomous)
		return false;
	switch (kind) {
	case CONF_COA_OPAQUE:
		return attach_form_address(n, a, &p->prefix, "care-of",
					   p->dad_counter, ret);
	case CONF_COA_EUI64:
		return form_eui64(a, p, ret);
	case CONF_COA_TEMPORARY:
		return form_temporary(n, a, &p->prefix, ret);
	}
	return false;
}

/* --- its life ----------------------------------------------------------- */

static bool
is_temporary(const struct attach *a)
{
	const struct conf_iface *c = a->iface->conf;

	return c && c->careof_kind == CONF_COA_TEMPORARY && !c->ncareof;
}

/* RFC 8981 3.4, 3.5: TEMP_PREFERRED_LIFETIME - DESYNC_FACTOR, and a moment
 * before that ends. */
static usec_t
renewal(struct node *n, const struct attach *a, usec_t now)
{
	usec_t life;

	if (!is_temporary(a))
		return USEC_NEVER;
	life = SEC(a->iface->conf->careof_life);
	life -= rng_below(&n->rng, life / 10 * MAX_DESYNC + 1);
	return now + (life > 2 * REGEN_ADVANCE ? life - REGEN_ADVANCE : life);
}

/* An earlier process may have left it there: the kernel says nothing of an
 * address that it has already. */
static enum addr_state
state_of(const struct attach *a, const struct in6_addr *addr)
{
	const struct iface_addr *known = iface_addr_find(a->iface, addr);

	return known ? known->state : ADDR_TENTATIVE;
}

void
attach_coa_form(struct node *n, struct attach *a, struct aprefix *p,
		usec_t now)
{
	if (!p->has_coa &&
	    (!mn_is_home_prefix(n, &p->prefix) || demand_needs_coa(n, a)) &&
	    form(n, a, p, &p->coa)) {
		p->coa_state = state_of(a, &p->coa);
		p->renew_at = renewal(n, a, now);
		p->has_coa = true;
	}
	if (p->has_coa)
		say(n, a, p, &p->coa, true);
	if (p->has_next)
		say(n, a, p, &p->next, true);
}

static void
drop_old(struct node *n, struct attach *a, struct aprefix *p)
{
	if (p->has_old)
		say(n, a, p, &p->old, false);
	p->has_old = false;
}

static void
drop_next(struct node *n, struct attach *a, struct aprefix *p)
{
	if (p->has_next)
		say(n, a, p, &p->next, false);
	p->has_next = false;
}

void
attach_coa_drop(struct node *n, struct attach *a, struct aprefix *p)
{
	drop_old(n, a, p);
	drop_next(n, a, p);
	if (p->has_coa)
		say(n, a, p, &p->coa, false);
	p->has_coa = false;
}

/* Somebody else has it: another one (RFC 7217 section 6, RFC 8981 3.3), a few
 * times. */
static void
renumber(struct node *n, struct attach *a, struct aprefix *p)
{
	attach_coa_drop(n, a, p);
	if (++p->dad_counter > IDGEN_RETRIES)
		p->autonomous = false;		/* give up */
}

static void
begin_next(struct node *n, struct attach *a, struct aprefix *p)
{
	p->renew_at = USEC_NEVER;
	p->has_next = form_temporary(n, a, &p->prefix, &p->next);
	if (p->has_next)
		say(n, a, p, &p->next, true);
}

usec_t
attach_coa_age(struct node *n, struct attach *a, struct aprefix *p, usec_t now)
{
	if (p->has_old && p->old_until <= now)
		drop_old(n, a, p);
	if (p->has_coa && !p->has_next && p->renew_at <= now) {
		if (is_temporary(a) && attach_prefix_router(a, p) == a->current)
			begin_next(n, a, p);
		else
			p->renew_at = USEC_NEVER;
	}
	if (p->has_old && (!p->has_coa || p->old_until < p->renew_at))
		return p->old_until;
	return p->has_coa && !p->has_next ? p->renew_at : USEC_NEVER;
}

static void
note_duplicate(struct node *n, const struct ev_address *ev, usec_t now)
{
	struct note note = { .code = NOTE_DAD_FAILED, .a = ev->addr,
			     .ifindex = ev->ifindex };

	note_put(n, &note, now);
}

/* The new one takes over. */
static void
next_stands(struct node *n, struct attach *a, struct aprefix *p, usec_t now)
{
	drop_old(n, a, p);
	p->old = p->coa;
	p->has_old = true;
	p->old_until = now + OLD_STAYS;
	p->coa = p->next;
	p->has_next = false;
	p->renew_at = renewal(n, a, now);
	a->trigger = now;
}

static bool
next_hears(struct node *n, struct attach *a, struct aprefix *p,
	   const struct ev_address *ev, usec_t now)
{
	if (!p->has_next || !addr_eq(&p->next, &ev->addr))
		return false;
	if (ev->state == ADDR_DUPLICATE) {
		note_duplicate(n, ev, now);
		drop_next(n, a, p);
		if (++p->dad_counter <= IDGEN_RETRIES)
			begin_next(n, a, p);
	} else if (ev->state == ADDR_VALID ||
		   (ev->state == ADDR_OPTIMISTIC &&
		    n->conf->optimistic_dad)) {
		p->coa_state = ev->state;
		next_stands(n, a, p, now);
	}
	return true;
}

bool
attach_coa_hears(struct node *n, struct attach *a, struct aprefix *p,
		 const struct ev_address *ev, usec_t now)
{
	if (next_hears(n, a, p, ev, now))
		return true;
	if (!p->has_coa || !addr_eq(&p->coa, &ev->addr))
		return false;
	p->coa_state = ev->state;
	if (ev->state == ADDR_DUPLICATE) {
		note_duplicate(n, ev, now);
		renumber(n, a, p);
		attach_configure(n, a, now);
	}
	return true;
}
