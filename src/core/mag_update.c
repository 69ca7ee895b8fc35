/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_update.c - what a gateway registers, and what it makes of the answer.
 *
 * The registration itself is registrant.c's, as a mobile node's is: sequence
 * numbers, repetition, refresh, and what each status means.  Here is what is
 * in a Proxy Binding Update (mag_fill: RFC 5213 6.9.1.5), and whether an answer
 * is about it (mag_fits: 6.9.1.2).
 */
#include "core/heartbeat.h"
#include "core/mag.h"

/* Updates without an answer, then the anchor is asked that assigns others. */
#define REDIRECT_TRIES	3

/* --- registrations --------------------------------------------------------------- */

static struct mag_mobile *
mobile_of(struct registrant *r)
{
	return container_of(r, struct mag_mobile, reg);
}

static uint32_t
mag_lifetime(const struct node *n, struct registrant *r, usec_t now)
{
	const struct conf_mobile *p = mag_profile(n, mobile_of(r));
	uint32_t most = n->conf->lma_max_binding_life;

	return p && p->lifetime < most ? p->lifetime : most;
}

/* 6.9.1.5: "P & A flags MUST be set"; a home registration it is as well. */
static uint16_t
mag_flags(const struct node *n, struct registrant *r)
{
	bool bulk = mag_group_to_say(n, mobile_of(r));

	return (uint16_t)(MH_BU_A | MH_BU_H | MH_BU_P |
			  (bulk ? MH_BU_B : 0));		/* RFC 6602 */
}

static uint8_t
handoff_now(const struct mag_mobile *m)
{
	if (m->reg.asking == REG_DEREGISTER)
		return MOPT_HANDOFF_UNKNOWN;			/* 6.9.1.4 */
	if (m->handoff)
		return m->handoff;
	/* 6.9.1.3; 6.9.1.1: whether it came from elsewhere we do not know
	 * ourselves. */
	return m->reg.bound ? MOPT_HANDOFF_SAME : MOPT_HANDOFF_UNKNOWN;
}

/* 6.9.4 no. 4: "MUST use the latest timestamp"; and it grows. */
static uint64_t
next_stamp(struct node *n, struct mag_mobile *m, usec_t now)
{
	uint64_t stamp = pmip_stamp(n, now);

	if (stamp <= m->stamp)
		stamp = m->stamp + 1;
	m->stamp = stamp;
	if (m->reg.x.sent <= 1)
		m->first_stamp = stamp;
	return stamp;
}

/*
 * RFC 6463 5.2: "a PBU that establishes a new mobility session (i.e., Handoff
 * Indicator Option in the PBU has the value of 1)".  A mobile that is new here is
 * registered with 4, for whether it has a session we cannot know (RFC 5213
 * 6.9.1.1), and where that stands we do not know even with 2 or 3: only whoever
 * assigned it does, and the answer that says so wants the capability ("MUST
 * ignore the option" otherwise).  So each first update here has it, and none of
 * a session that is served here.
 */
static bool
may_be_redirected(const struct node *n, const struct mag_mobile *m)
{
	return n->conf->redirect && m->reg.asking == REG_REGISTER &&
	       !m->reg.bound && addr_is_unspec(&m->redirector) &&
	       !m->no_redirect;
}

static void
mag_fill(struct node *n, struct registrant *r, struct mh *mh, usec_t now)
{
	struct mag_mobile *m = mobile_of(r);
	const struct conf_access_link *a = mag_access(n, m->ifindex);
	struct pmip_request req = {
		.id_subtype = MOPT_MNID_NAI, .id = mag_id(m),
		.hi = handoff_now(m),
		.att = a ? a->technology : MOPT_ATT_ETHERNET,
		/* 6.9.1.1 no. 7, no. 9 */
		.has_lli = true, .lli = { m->key.b, m->key.len },
		.has_ll = addr_is_unspec(&n->conf->mag_linklocal),
		.ll = m->router, .has_stamp = n->conf->timestamps,
		.nhnps = m->nhnps, .group = mag_group_to_say(n, m),
	};

	if (req.has_stamp)
		req.stamp = next_stamp(n, m, now);
	for (unsigned k = 0; k < m->nhnps; k++)
		req.hnp[k] = (struct prefix){ m->hnp[k], 64 };
	m->sent_handoff = req.hi;
	m->sent_group = req.group;
	m->offered = may_be_redirected(n, m);
	req.has_group = req.group;
	pmip_write(mh, &req);
	if (m->offered)
		mh_add(mh, MOPT_REDIRECT_CAP);
}

/* Of an acceptance: prefixes that a mobile can have, and an address. */
static bool
prefixes_ok(const struct pmip_request *a)
{
	if (!a->nhnps || a->nhnps > CONF_HNPS)
		return false;
	for (unsigned k = 0; k < a->nhnps; k++) {
		struct prefix whole = prefix_of(&a->hnp[k].addr, 64);

		if (a->hnp[k].len != 64 || !prefix_eq(&whole, &a->hnp[k]) ||
		    !addr_is_routable(&a->hnp[k].addr))
			return false;
	}
	return true;
}

static bool
stamp_ok(const struct node *n, const struct mag_mobile *m,
	 const struct mh *mh, const struct pmip_request *a)
{
	if (a->has_stamp != n->conf->timestamps)
		return false;
	return !a->has_stamp || mh->ba.status == MH_ST_TIMESTAMP ||
	       mh->ba.status == MH_ST_TIMESTAMP_LOWER ||
	       (a->stamp >= m->first_stamp && a->stamp <= m->stamp);
}

static void
take_prefixes(struct node *n, struct mag_mobile *m,
	      const struct pmip_request *a)
{
	m->nhnps = a->nhnps;
	for (unsigned k = 0; k < a->nhnps; k++)
		m->hnp[k] = a->hnp[k].addr;
	m->reg.hoa = m->hnp[0];
	if (!addr_is_unspec(&n->conf->mag_linklocal))
		m->router = n->conf->mag_linklocal;
	else if (addr_is_linklocal(&a->ll))
		m->router = a->ll;
}

static bool
same_prefixes(const struct mag_mobile *m, const struct pmip_request *a)
{
	bool same = m->nhnps == a->nhnps;

	for (unsigned k = 0; same && k < a->nhnps; k++)
		same = addr_eq(&m->hnp[k], &a->hnp[k].addr);
	return same;
}

/* RFC 6463 5.2: "If the MAG receives a PBA that contains the Redirect mobility
 * option without first including the Redirect-Capability mobility option [...]
 * MUST ignore the option".  False: to an anchor that we have no key for. */
static bool
take_redirect(struct node *n, struct mag_mobile *m, const struct mh *mh,
	      usec_t now)
{
	const struct mopt *o = mh_opt(mh, MOPT_REDIRECT);
	struct note note = { .code = NOTE_NOT_REDIRECTED, .a = m->reg.hoa };

	m->redirect = addr_unspec;
	if (!o || !m->offered)
		return true;
	if (o->lmaa.code == MOPT_LMAA_IPV6 && addr_is_routable(&o->lmaa.addr) &&
	    security_peer(n, &o->lmaa.addr)) {
		m->redirect = o->lmaa.addr;
		return true;
	}
	if (o->lmaa.code == MOPT_LMAA_IPV6)
		note.b = o->lmaa.addr;
	m->no_redirect = true;
	note_put(n, &note, now);
	return false;
}

/* "The MAG updates its BULE to contain the r2LMA address": the session has been
 * established there, and nothing needs to be asked. */
static void
follow_redirect(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct note note = {
		.code = NOTE_REDIRECTED, .a = m->reg.hoa, .b = m->redirect,
	};

	if (addr_is_unspec(&m->redirect) ||
	    addr_eq(&m->redirect, &m->reg.peer))
		return;
	m->redirector = m->reg.peer;
	m->reg.peer = m->redirect;
	m->redirect = addr_unspec;
	note_put(n, &note, now);
}

void
mag_go_back(struct node *n, struct mag_mobile *m)
{
	if (addr_is_unspec(&m->redirector))
		return;
	m->redirector = addr_unspec;
	m->reg.peer = mag_lma(n, m);
}

/* 6.9.1.2 no. 3, 5: an answer with another timestamp than ours is of another
 * question, perhaps somebody's who has kept it.  No. 6: what is to be echoed is.
 * Here the prefixes of an acceptance are taken, since the message is at hand. */
static enum reg_fit
mag_fits(struct node *n, struct registrant *r, const struct mh *mh, usec_t now)
{
	struct mag_mobile *m = mobile_of(r);
	const struct conf_access_link *l = mag_access(n, m->ifindex);
	struct pmip_request a;

	pmip_read(mh, &a);
	if (!stamp_ok(n, m, mh, &a))
		return REG_STALE;
	if (!span_eq(&a.id, m->id.b, m->id.len) ||
	    !span_eq(&a.lli, m->key.b, m->key.len) ||
	    a.hi != m->sent_handoff || (l && a.att != l->technology))
		return REG_UNFIT;
	if (mh->ba.status >= MH_ST_UNSPECIFIED ||
	    r->asking == REG_DEREGISTER)
		return REG_FITS;
	if (!prefixes_ok(&a) || !take_redirect(n, m, mh, now))
		return REG_UNFIT;
	if (m->served && !same_prefixes(m, &a))
		mag_unserve(n, m, true, now);
	take_prefixes(n, m, &a);
	pmip_get_control(mh, &m->control);
	m->lma_group = m->sent_group && a.bulk ? a.group : 0;
	return REG_FITS;
}

static bool
mag_relax(struct node *n, struct registrant *r)
{
	struct mag_mobile *m = mobile_of(r);
	bool named = m->nhnps;

	/* They are not its own any more: what it still sends from them gets
	 * nowhere. */
	mag_unserve(n, m, true, 0);
	m->nhnps = 0;
	return named;
}

/* RFC 8127 5.2: the anchor's numbers are used instead of ours, until it gives
 * others, or none.  Ones that make no sense are not. */
void
mag_obey(struct node *n, struct mag_mobile *m, usec_t now)
{
	const struct pmip_control *c = &m->control;
	usec_t before = SEC(c->before);

	m->reg.first_wait = c->registrations ? c->first * 1000U : 0;
	m->reg.most_wait = c->registrations && c->most >= c->first ?
			   c->most * 1000U : 0;
	if (c->registrations && before && m->reg.expires > now + before)
		registrant_refresh_at(n, &m->reg, m->reg.expires - before);
	if (c->heartbeats && c->beat)
		beats_control(n, &m->reg.peer, c->beat, c->beat_retry,
			      c->beat_most);
	else
		beats_control(n, &m->reg.peer, 0, 0, 0);
}

/* --- what comes of them ------------------------------------------------------------- */

/* 6.9.1.2 no. 15: an address that the mobile itself has is no good for us. */
static bool
collides(const struct mag_mobile *m)
{
	return !addr_is_unspec(&m->linklocal) &&
	       addr_eq(&m->linklocal, &m->router);
}

static void
choose_other(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct in6_addr iid = addr_unspec;
	struct wbuf w = wbuf_of(&iid, sizeof(iid));

	wbuf_u64(&w, 0);
	wbuf_u64(&w, rng_u64(&n->rng) & ~((uint64_t)2 << 56));
	m->router = addr_linklocal_of(&iid);
	registrant_refresh(n, &m->reg, now);
}

static void
mag_on_event(struct node *n, struct registrant *r, enum reg_event what,
	     usec_t now)
{
	struct mag_mobile *m = mobile_of(r);

	switch (what) {
	case REG_ACCEPTED:
		follow_redirect(n, m, now);
		m->handoff = 0;
		if (collides(m) && addr_is_unspec(&n->conf->mag_linklocal))
			choose_other(n, m, now);
		mag_serve(n, m, now);
		beats_watch(n, &r->peer, &r->coa, now);
		mag_group_join(n, m, m->lma_group ? m->sent_group : 0);
		mag_obey(n, m, now);
		return;
	case REG_DEREGISTERED:
		alarm_set(n, &m->watch, now);	/* it may go */
		return;
	case REG_REFUSED:
		mag_group_leave(n, m);
		/* By an anchor that will serve us itself, or will not. */
		if (m->no_redirect && m->offered) {
			m->offered = false;
			mag_register(n, m, now);
			return;
		}
		/* 6.9.1.2 no. 7, 11: "MUST deny the mobility service" */
		if (m->state == MAG_HERE)
			m->state = MAG_DENIED;
		mag_unserve(n, m, true, now);
		mag_go_back(n, m);
		return;
	case REG_DEFERRED:
		mag_group_leave(n, m);
		mag_unserve(n, m, true, now);
		return;
	case REG_SILENT:
		/* Nothing stands at the anchor that we were given to. */
		if (!r->bound && !addr_is_unspec(&m->redirector) &&
		    r->x.sent >= REDIRECT_TRIES && m->state == MAG_HERE) {
			mag_unserve(n, m, true, now);
			mag_go_back(n, m);
		}
		return;
	case REG_EXPIRED:
		mag_group_leave(n, m);
		mag_unserve(n, m, true, now);
		/* Not to the one that was silent so long. */
		if (!addr_is_unspec(&m->redirector))
			registrant_cancel(n, r);
		mag_go_back(n, m);
		if (m->state == MAG_HERE)
			mag_register(n, m, now);
		return;
	}
}

static bool
mag_refresh(struct node *n, struct registrant *r, usec_t now)
{
	return mag_group_refresh(n, mobile_of(r), now);
}

const struct registrant_ops mag_ops = {
	.on_event = mag_on_event, .lifetime = mag_lifetime,
	.flags = mag_flags, .fill = mag_fill, .fits = mag_fits,
	.relax = mag_relax, .refresh = mag_refresh, .remember = mag_remember,
};

void
mag_register(struct node *n, struct mag_mobile *m, usec_t now)
{
	m->state = MAG_HERE;
	registrant_register(n, &m->reg, &n->conf->mag_address, 0, NULL, now,
			    now);
}
