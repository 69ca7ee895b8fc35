/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_prefix.c - the home prefix, seen from away: Mobile Prefix Solicitations
 * and Advertisements (RFC 6275 11.4.2, 11.4.3).
 *
 * How long the prefix of a home address is good for is learned at home from
 * Router Advertisements, and away by asking the home agent: well before the
 * prefix ends, when an acknowledgement says that discovery is necessary
 * (status 1), and when the home agent sends an advertisement unasked, which
 * is a call to ask and nothing else.
 *
 * An advertisement is believed only as far as somebody vouches for it, and
 * without IPsec nobody does: so it changes a home address, or how long one
 * is good for, only where the configuration says `SendMobPfxSols enabled
 * insecure'.  Then it is what a Router Advertisement on the home link would
 * be, with the rule of two hours for what is not authenticated (RFC 4862
 * 5.5.3 e): the home address is deprecated and ends with its prefix, a binding
 * is not asked for beyond it, and of a new prefix a new home address is
 * formed, with the identifier of the old one.  Else it is at most a reason to
 * refresh a binding, whose acknowledgement is protected.
 */
#include "core/demand.h"
#include "core/ro.h"

#include <errno.h>

#define INITIAL_SOLICIT_TRIES	5	/* 3, 6, 12, 24, 32 s: then it is silent */
/* "About to become invalid" (11.4.2): so long before, or half way. */
#define EARLY			SEC(3600)
#define SOON			SEC(10)
#define TWO_HOURS		SEC(2 * 60 * 60)
/* Answers that nobody asked for come as often as anybody likes. */
#define SOLICIT_GAP		SEC(1)

/* --- asking ------------------------------------------------------------- */

/* 11.4.2, 6.7: from the care-of address that is registered, since a Home
 * Address option wants a binding, to the home agent. */
static void
send_solicitation(struct node *n, struct mn_home *h, usec_t now)
{
	struct registrant *r = &h->reg;
	struct icmp m = { .type = ICMP_PREFIX_SOL };
	struct mh_route to = {
		.src = r->coa, .dst = r->peer, .hao = &r->hoa,
		.ifindex = r->ifindex, .ll = r->ll.len ? &r->ll : NULL,
	};

	m.prefix.id = h->mps.id;
	if (!r->paused)
		node_send_icmp(n, &m, &to);
	exchange_sent(n, &h->mps.x, now);
}

static bool
stands(const struct mn_home *h)
{
	return h->place == PLACE_AWAY && h->reg.bound &&
	       addr_eq(&h->reg.coa, &h->coa);
}

static void
stop(struct node *n, struct mn_home *h)
{
	h->mps.asking = false;
	exchange_end(n, &h->mps.x);
}

void
prefix_solicit(struct node *n, struct mn_home *h, usec_t now)
{
	struct mn_mps *m = &h->mps;

	if (!n->conf->prefix_sols || h->type != ATYPE_HOME || m->asking ||
	    !stands(h) || (m->x.sent && m->x.last + SOLICIT_GAP > now))
		return;
	m->asking = true;
	/* "MUST set the Identifier field in the ICMP header to a random
	 * value." */
	m->id = (uint16_t)rng_u64(&n->rng);
	exchange_begin(n, &m->x, MSEC(n->conf->solicit_first),
		       MSEC(n->conf->bindack_max));
	send_solicitation(n, h, now);
}

/* When to ask again, and when the prefix ends. */
static void
schedule(struct node *n, struct mn_home *h, usec_t now)
{
	struct mn_mps *m = &h->mps;
	usec_t left, before;

	alarm_clear(n, &m->due);
	alarm_clear(n, &m->end);
	if (m->valid_until == USEC_NEVER)
		return;
	left = m->valid_until > now ? m->valid_until - now : 0;
	before = left / 2 < EARLY ? left / 2 : EARLY;
	if (left > SOON)
		alarm_set(n, &m->due, now + (left - before > SOON ?
					     left - before : SOON));
	if (m->believed && m->preferred_until > now)
		alarm_set(n, &m->end, m->preferred_until < m->valid_until ?
			  m->preferred_until : m->valid_until);
	else if (m->believed)
		alarm_set(n, &m->end, m->valid_until);
}

static void
on_solicit(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, mps.x.alarm);

	if (h->mps.x.sent < INITIAL_SOLICIT_TRIES && stands(h))
		send_solicitation(n, h, now);
	else
		stop(n, h);
}

static void
on_due(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, mps.due);

	prefix_solicit(n, h, now);
	schedule(n, h, now);
}

/* A preferred one goes before it, for new sockets. */
static void
set_deprecated(struct node *n, struct mn_home *h, usec_t now)
{
	bool deprecated = h->mps.preferred_until <= now;

	if (h->deprecated == deprecated)
		return;
	h->deprecated = deprecated;
	home_configure(n, h);
	demand_run(n, now);
}

/* The prefix is deprecated, or invalid. */
static void
on_end(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, mps.end);

	if (h->mps.valid_until > now) {
		set_deprecated(n, h, now);
		schedule(n, h, now);
	} else {
		home_end(n, h, now);
	}
}

void
prefix_init(struct mn_home *h)
{
	struct mn_mps *m = &h->mps;

	exchange_init(&m->x, on_solicit);
	alarm_init(&m->due, on_due);
	alarm_init(&m->end, on_end);
	m->valid_until = m->preferred_until = USEC_NEVER;
}

void
prefix_fini(struct node *n, struct mn_home *h)
{
	stop(n, h);
	alarm_clear(n, &h->mps.due);
	alarm_clear(n, &h->mps.end);
}

/* --- what is known ------------------------------------------------------ */

/* At home the link's advertisements tell.  That they are believed for what
 * is done away, somebody must be there to correct them. */
void
prefix_on_home(struct node *n, struct mn_home *h, const struct aprefix *p,
	       usec_t now)
{
	struct mn_mps *m = &h->mps;

	stop(n, h);
	m->asked = false;
	if (m->believed || !p || m->valid_until == p->valid_until)
		return;
	m->valid_until = p->valid_until;
	m->preferred_until = p->preferred_until;
	schedule(n, h, now);
}

void
prefix_on_registered(struct node *n, struct mn_home *h, usec_t now)
{
	bool first = !h->mps.asked && n->conf->prefix_insecure;

	/* 11.7.3: status 1; and, where it is believed, once wherever we come
	 * from: it may have changed while we were away or not running. */
	if (h->reg.status == MH_ST_PREFIX_DISCOVERY || first) {
		h->mps.asked = true;
		prefix_solicit(n, h, now);
	}
}

usec_t
prefix_valid_left(const struct mn_home *h, usec_t now)
{
	const struct mn_mps *m = &h->mps;

	if (!m->believed || m->valid_until == USEC_NEVER)
		return USEC_NEVER;
	return m->valid_until > now ? m->valid_until - now : 0;
}

/* --- advertisements ----------------------------------------------------- */

static usec_t
until(usec_t now, uint32_t seconds)
{
	return seconds == ND_INFINITE ? USEC_NEVER : now + SEC(seconds);
}

/* RFC 4862 5.5.3 e, "if the message has not been authenticated". */
static usec_t
valid_after(const struct mn_mps *m, uint32_t seconds, usec_t now)
{
	usec_t told = until(now, seconds);

	if (told > now + TWO_HOURS || told > m->valid_until)
		return told;
	if (m->valid_until <= now + TWO_HOURS)
		return m->valid_until;
	return now + TWO_HOURS;
}

/* The prefix of a home address that we have. */
static void
take_lifetimes(struct node *n, struct mn_home *h, const struct nd_pio *pio,
	       usec_t now)
{
	struct mn_mps *m = &h->mps;

	if (!m->believed)		/* of home nothing need be true now */
		m->valid_until = USEC_NEVER;
	m->valid_until = valid_after(m, pio->valid, now);
	m->preferred_until = until(now, pio->preferred);
	m->believed = true;
	set_deprecated(n, h, now);
	schedule(n, h, now);
	if (h->outdated) {
		home_begin_anew(n, h, now);
		return;
	}
	/* 11.4.2: not beyond the prefix; correspondents follow (ro_shorten). */
	if (h->reg.bound && h->reg.expires > m->valid_until)
		registrant_refresh(n, &h->reg, now);
}

/* A new prefix: a home address as the old one, with that home agent or the one
 * that the R bit names. */
static void
take_prefix(struct node *n, const struct mn_home *from,
	    const struct nd_pio *pio, usec_t now)
{
	struct conf_home c = from->conf;
	struct mn_home *h;
	uint8_t list[2 * sizeof(struct in6_addr)];
	struct wbuf w = wbuf_of(list, sizeof(list));

	/* RFC 4862 5.5.3 d: the identifier must fit. */
	if (!(pio->flags & ND_PIO_A) || !pio->valid ||
	    pio->len != from->conf.plen)
		return;
	c.hoa = addr_combine(&pio->prefix, pio->len, &from->conf.hoa);
	c.ha = addr_unspec;
	if (home_find(n, &c.hoa) || node_owns(n, &c.hoa) ||
	    n->mn->nformed >= n->conf->max_prefixes)
		return;
	h = home_form(n, &c, &from->conf.hoa);
	if (!h)
		return;
	if (pio->flags & ND_PIO_R)
		wbuf_addr(&w, &pio->prefix);
	wbuf_addr(&w, &from->reg.peer);
	if (!h->agents->n)
		agents_set(n, h->agents, (struct span){ list, wbuf_len(&w) });
	take_lifetimes(n, h, pio, now);
	demand_own_homes(n);
	demand_run(n, now);
}

static void
take_pio(struct node *n, const struct mn_home *from, const struct nd_pio *pio,
	 usec_t now)
{
	struct prefix prefix = prefix_of(&pio->prefix, pio->len);
	bool known = false;

	/* RFC 4862 5.5.3 b, c */
	if (!addr_is_routable(&prefix.addr) || pio->preferred > pio->valid)
		return;
	each_home(n, h, l)
		if (h->type == ATYPE_HOME && prefix_eq(&h->prefix, &prefix) &&
		    addr_eq(&h->reg.peer, &from->reg.peer)) {
			take_lifetimes(n, h, pio, now);
			known = true;
		}
	if (!known)
		take_prefix(n, from, pio, now);
}

/* Not believed; but if it were true, the binding would end sooner than we
 * think.  The home agent is asked, whose acknowledgement is protected. */
static void
doubt(struct node *n, struct mn_home *h, const struct nd_pio *pio, usec_t now)
{
	struct prefix prefix = prefix_of(&pio->prefix, pio->len);

	if (prefix_eq(&prefix, &h->prefix) &&
	    h->reg.expires > until(now, pio->valid))
		registrant_refresh(n, &h->reg, now);
}

/*
 * 11.4.3, in its order: from the home agent that we are registered with; with
 * a type 2 routing header, to a home address of ours; with the identifier of
 * the last solicitation, and the first to have it.  Anything else is silently
 * discarded, but an unsolicited one makes us solicit.
 */
void
mn_on_prefixes(struct node *n, struct rx *rx, usec_t now)
{
	const struct icmp_prefix *m = &rx->icmp.prefix;
	struct mn_home *h = rx->pkt.has_rh2 ? home_find(n, &rx->pkt.rh2) :
					      NULL;
	struct note note = { .code = NOTE_PREFIXES, .value = m->npios };

	if (!h || h->type != ATYPE_HOME ||
	    !addr_eq(&rx->pkt.src, &h->reg.peer))
		return;
	if (!h->mps.asking || h->mps.id != m->id) {
		prefix_solicit(n, h, now);
		return;
	}
	stop(n, h);
	note.a = h->conf.hoa;
	note.b = h->reg.peer;
	note.status = n->conf->prefix_insecure;
	note_put(n, &note, now);
	for (unsigned k = 0; k < m->npios; k++)
		if (n->conf->prefix_insecure)
			take_pio(n, h, &m->pio[k], now);
		else
			doubt(n, h, &m->pio[k], now);
}
