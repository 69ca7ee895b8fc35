/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag.c - the mobile access gateway role (RFC 5213 section 6): who attaches
 * to an access link and who leaves it, and the registrations that follow.
 *
 * A mobile is known by its link-layer address.  It attaches when anything of
 * Neighbour Discovery is heard from it, when the kernel finds it reachable, or
 * when a controller says so; it leaves when a controller says so, when its
 * link goes down, or when it does not answer any more (mag_link.c).  Whom it
 * belongs to is told by a profile (6.2), or by the controller; who has no
 * profile gets nothing.
 *
 * The registration itself is registrant.c's, as a mobile node's is: sequence
 * numbers, repetition, refresh, and what each status means.  Here is what is
 * in a Proxy Binding Update (mag_fill: 6.9.1.5), and whether an answer is
 * about it (mag_fits: 6.9.1.2).
 */
#include "core/heartbeat.h"
#include "core/mag.h"
#include "core/revoke.h"

#include <errno.h>
#include <stdlib.h>

/* RFC 5213 6.9.1.4: how long the answer to a farewell is waited for. */
#define FAREWELL	INITIAL_BINDACK_TIMEOUT

/* Between two updates to an anchor that has forgotten all. */
#define RESTART_GAP	MSEC(1)

/* --- the table ---------------------------------------------------------------- */

static struct mag_key
key_of(const struct lladdr *ll)
{
	struct mag_key k = { .len = ll->len };

	memcpy(k.b, ll->b, ll->len);
	return k;
}

struct lladdr
mag_lladdr(const struct mag_mobile *m)
{
	struct lladdr ll = { .len = m->key.len };

	memcpy(ll.b, m->key.b, ll.len);
	return ll;
}

struct mag_mobile *
mag_find(const struct node *n, const struct lladdr *ll)
{
	struct mag_key k = key_of(ll);
	struct map_node *m = map_find(&n->mag->mobiles, &k);

	return m ? container_of(m, struct mag_mobile, node) : NULL;
}

const struct conf_access_link *
mag_access(const struct node *n, uint32_t ifindex)
{
	const struct iface *i = iface_find(n, ifindex);

	for (unsigned k = 0; i && k < n->conf->naccess; k++)
		if (strcmp(n->conf->access[k].ifname, i->name) == 0)
			return &n->conf->access[k];
	return NULL;
}

static struct span
id_of(const struct mag_mobile *m)
{
	return (struct span){ m->id.b, m->id.len };
}

static const struct conf_mobile *
profile(const struct node *n, const struct mag_mobile *m)
{
	struct span id = id_of(m);

	return pmip_profile(n, &n->mag->by_id, &id);
}

static const struct conf_mobile *
profile_by_ll(const struct node *n, const struct lladdr *ll)
{
	uint32_t at = UINT32_MAX, row;

	while (pmip_index_next(n, &n->mag->by_ll, ll->b, ll->len, &at, &row)) {
		const struct conf_mobile *m = &n->conf->mobile[row];

		for (unsigned k = 0; k < m->nll; k++)
			if (lladdr_eq(&m->ll[k], ll))
				return m;
	}
	return NULL;
}

struct in6_addr
mag_lma(const struct node *n, const struct mag_mobile *m)
{
	const struct conf_mobile *p = profile(n, m);

	return p && !addr_is_unspec(&p->lma) ? p->lma : n->conf->lma_address;
}

static void
note_mobile(struct node *n, const struct lladdr *ll, uint32_t ifindex,
	    enum note_code code, usec_t now)
{
	struct note note = { .code = code, .ifindex = ifindex, .ll = *ll };

	note_put(n, &note, now);
}

/* --- registrations --------------------------------------------------------------- */

static struct mag_mobile *
mobile_of(struct registrant *r)
{
	return container_of(r, struct mag_mobile, reg);
}

static uint32_t
mag_lifetime(const struct node *n, struct registrant *r, usec_t now)
{
	const struct conf_mobile *p = profile(n, mobile_of(r));
	uint32_t most = n->conf->lma_max_binding_life;

	return p && p->lifetime < most ? p->lifetime : most;
}

/* 6.9.1.5: "P & A flags MUST be set"; a home registration it is as well. */
static uint16_t
mag_flags(const struct node *n, struct registrant *r)
{
	return MH_BU_A | MH_BU_H | MH_BU_P;
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

static void
mag_fill(struct node *n, struct registrant *r, struct mh *mh, usec_t now)
{
	struct mag_mobile *m = mobile_of(r);
	const struct conf_access_link *a = mag_access(n, m->ifindex);
	struct pmip_request req = {
		.id_subtype = MOPT_MNID_NAI, .id = id_of(m),
		.hi = handoff_now(m),
		.att = a ? a->technology : MOPT_ATT_ETHERNET,
		/* 6.9.1.1 no. 7, no. 9 */
		.has_lli = true, .lli = { m->key.b, m->key.len },
		.has_ll = addr_is_unspec(&n->conf->mag_linklocal),
		.ll = m->router, .has_stamp = n->conf->timestamps,
		.nhnps = m->nhnps,
	};

	if (req.has_stamp)
		req.stamp = next_stamp(n, m, now);
	for (unsigned k = 0; k < m->nhnps; k++)
		req.hnp[k] = (struct prefix){ m->hnp[k], 64 };
	m->sent_handoff = req.hi;
	pmip_write(mh, &req);
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

/* 6.9.1.2 no. 6: what is to be echoed is.  Here the prefixes of an acceptance
 * are taken, since the message is at hand. */
static bool
mag_fits(struct node *n, struct registrant *r, const struct mh *mh, usec_t now)
{
	struct mag_mobile *m = mobile_of(r);
	const struct conf_access_link *l = mag_access(n, m->ifindex);
	struct pmip_request a;

	pmip_read(mh, &a);
	if (!span_eq(&a.id, m->id.b, m->id.len) ||
	    !span_eq(&a.lli, m->key.b, m->key.len) ||
	    a.hi != m->sent_handoff || (l && a.att != l->technology) ||
	    !stamp_ok(n, m, mh, &a))
		return false;
	if (mh->ba.status >= MH_ST_UNSPECIFIED ||
	    r->asking == REG_DEREGISTER)
		return true;
	if (!prefixes_ok(&a))
		return false;
	if (m->served && !same_prefixes(m, &a))
		mag_unserve(n, m, true, now);
	take_prefixes(n, m, &a);
	pmip_get_control(mh, &m->control);
	return true;
}

static bool
mag_relax(struct node *n, struct registrant *r)
{
	struct mag_mobile *m = mobile_of(r);
	bool named = m->nhnps;

	m->nhnps = 0;
	return named;
}

/* RFC 8127 5.2: the anchor's numbers are used instead of ours, until it gives
 * others, or none.  Ones that make no sense are not. */
static void
obey(struct node *n, struct mag_mobile *m, usec_t now)
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
		m->handoff = 0;
		if (collides(m) && addr_is_unspec(&n->conf->mag_linklocal))
			choose_other(n, m, now);
		mag_serve(n, m, now);
		beats_watch(n, &r->peer, &r->coa, now);
		obey(n, m, now);
		return;
	case REG_DEREGISTERED:
		alarm_set(n, &m->watch, now);	/* it may go */
		return;
	case REG_REFUSED:
		/* 6.9.1.2 no. 7, 11: "MUST deny the mobility service" */
		if (m->state == MAG_HERE)
			m->state = MAG_DENIED;
		mag_unserve(n, m, true, now);
		return;
	case REG_DEFERRED:
		mag_unserve(n, m, true, now);
		return;
	case REG_SILENT:
		return;
	case REG_EXPIRED:
		mag_unserve(n, m, true, now);
		if (m->state == MAG_HERE)
			mag_register(n, m, now);
		return;
	}
}

static const struct registrant_ops mag_ops = {
	.on_event = mag_on_event, .lifetime = mag_lifetime,
	.flags = mag_flags, .fill = mag_fill, .fits = mag_fits,
	.relax = mag_relax, .remember = mag_remember,
};

void
mag_register(struct node *n, struct mag_mobile *m, usec_t now)
{
	m->state = MAG_HERE;
	registrant_register(n, &m->reg, &n->conf->mag_address, 0, NULL, now,
			    now);
}

/* --- coming and going ---------------------------------------------------------------- */

struct mag_mobile *
mag_new(struct node *n, const struct lladdr *ll, const struct span *id)
{
	struct mag_mobile *m;
	struct in6_addr lma;

	if (!id->len || id->len > PMIP_ID_MAX || ll->len > LLADDR_MAX)
		return NULL;
	m = pool_get(&n->mag->pool);
	if (!m)
		return NULL;
	m->key = key_of(ll);
	m->id.len = (uint8_t)id->len;
	memcpy(m->id.b, id->p, id->len);
	lma = mag_lma(n, m);
	registrant_init(&m->reg, &mag_ops, &addr_unspec, &lma, &m->rate);
	alarm_init(&m->advert, mag_on_advert);
	alarm_init(&m->watch, mag_on_watch);
	wish_init(&m->store, WISH_MAG);
	m->router = n->conf->mag_linklocal;
	if (map_insert(&n->mag->mobiles, &m->node))
		return m;
	pool_put(&n->mag->pool, m);
	return NULL;
}

/* It is neither served nor registered, as far as we care. */
void
mag_drop(struct node *n, struct mag_mobile *m)
{
	mag_unserve(n, m, false, 0);
	mag_forget(n, m);
	alarm_clear(n, &m->advert);
	alarm_clear(n, &m->watch);
	registrant_fini(n, &m->reg);
	wish_drop(&m->store);
	map_remove(&n->mag->mobiles, &m->node);
	pool_put(&n->mag->pool, m);
}

/* What its profile says, for somebody new. */
static void
take_profile(struct mag_mobile *m, const struct conf_mobile *p)
{
	m->nhnps = p->nhnps;
	for (unsigned k = 0; k < p->nhnps; k++)
		m->hnp[k] = p->hnp[k].addr;
	if (m->nhnps)
		m->reg.hoa = m->hnp[0];
}

static struct mag_mobile *
attach_new(struct node *n, const struct lladdr *ll, const struct span *id,
	   const struct conf_mobile *p)
{
	struct mag_mobile *m = mag_new(n, ll, id);

	if (m)
		take_profile(m, p);
	return m;
}

/* From one access link of ours to another: the anchor need not know. */
static void
change_link(struct node *n, struct mag_mobile *m, uint32_t ifindex,
	    usec_t now)
{
	bool served = m->served;

	if (m->ifindex == ifindex)
		return;
	mag_unserve(n, m, false, now);
	m->ifindex = ifindex;
	m->linklocal = addr_unspec;
	if (served)
		mag_serve(n, m, now);
}

struct mag_mobile *
mag_attach(struct node *n, uint32_t ifindex, const struct lladdr *ll,
	   const struct span *id, uint8_t handoff, usec_t now)
{
	struct mag_mobile *m = mag_find(n, ll);
	const struct conf_mobile *p = id && id->len ?
		pmip_profile(n, &n->mag->by_id, id) : profile_by_ll(n, ll);
	struct span of = id && id->len ? *id :
		(struct span){ p ? (const uint8_t *)p->id : NULL,
			       p ? strlen(p->id) : 0 };
	bool comes = !m || m->state == MAG_LEAVING;

	if (!p) {
		if (!m && node_may_tell(n, now)) {
			n->mag->unknown++;
			note_mobile(n, ll, ifindex, NOTE_UNKNOWN_MOBILE, now);
		}
		return m;
	}
	/* Somebody else with the same card. */
	if (m && !span_eq(&of, m->id.b, m->id.len)) {
		mag_drop(n, m);
		m = NULL;
		comes = true;
	}
	if (!m)
		m = attach_new(n, ll, &of, p);
	if (!m)
		return NULL;
	if (comes)
		m->ifindex = ifindex;
	change_link(n, m, ifindex, now);
	if (handoff)
		m->handoff = handoff;
	if (comes) {
		n->mag->attached++;
		note_mobile(n, ll, ifindex, NOTE_ATTACHED, now);
	}
	/* A refusal stands. */
	if (m->state != MAG_DENIED)
		mag_register(n, m, now);
	return m;
}

/* 6.9.1.4 */
void
mag_detach(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct lladdr ll = mag_lladdr(m);

	if (m->state == MAG_LEAVING)
		return;
	n->mag->detached++;
	note_mobile(n, &ll, m->ifindex, NOTE_DETACHED, now);
	mag_unserve(n, m, false, now);
	/* Nothing of it is at the anchor. */
	if (!m->reg.bound && m->state != MAG_ABSENT &&
	    (!m->reg.x.sent || m->state == MAG_DENIED)) {
		mag_drop(n, m);
		return;
	}
	m->state = MAG_LEAVING;
	registrant_deregister(n, &m->reg, &n->conf->mag_address, 0, NULL, now,
			      now);
	alarm_clear(n, &m->advert);
	alarm_set(n, &m->watch, now + FAREWELL);
}

/* Whoever solicits routers, or asks whether its link-local address is free,
 * has been unplugged: perhaps it was elsewhere meanwhile, and the anchor
 * believes that it is. */
static bool
is_arrival(const struct rx *rx)
{
	return rx->nd.type == ND_RS || (rx->nd.type == ND_NS &&
	       addr_is_unspec(&rx->pkt.src) &&
	       addr_is_linklocal(&rx->nd.ns.target));
}

#define ARRIVAL_GAP	SEC(1)		/* one arrival is several messages */

static void
assert_again(struct node *n, struct mag_mobile *m, usec_t now)
{
	if (m->state != MAG_HERE || !m->reg.bound ||
	    m->reg.asking != REG_NOTHING || now - m->reg.x.last < ARRIVAL_GAP)
		return;
	m->handoff = MOPT_HANDOFF_UNKNOWN;
	registrant_refresh(n, &m->reg, now);
}

void
mag_on_attach(struct node *n, const struct ev_attach *ev, usec_t now)
{
	struct mag_mobile *m = mag_find(n, &ev->ll);
	struct span id = { (const uint8_t *)ev->id, strlen(ev->id) };

	if (ev->gone) {
		if (m && m->ifindex == ev->ifindex)
			mag_detach(n, m, now);
		return;
	}
	if (!mag_access(n, ev->ifindex) || !n->ready)
		return;
	m = mag_attach(n, ev->ifindex, &ev->ll, &id, ev->handoff, now);
	if (!m)
		return;
	/* Somebody does something about it. */
	if (m->state == MAG_DENIED)
		mag_register(n, m, now);
	mag_heard(n, m, NULL, now);
	assert_again(n, m, now);
}

/* The address that a Neighbour Discovery message shows to be its sender's
 * own, link-local; NULL: none. */
static const struct in6_addr *
linklocal_in(const struct rx *rx)
{
	if (addr_is_linklocal(&rx->pkt.src))
		return &rx->pkt.src;
	if (addr_is_unspec(&rx->pkt.src) && rx->nd.type == ND_NS &&
	    addr_is_linklocal(&rx->nd.ns.target))
		return &rx->nd.ns.target;
	return NULL;
}

/* Everything of it that we hear says that it is here; a Router Solicitation
 * is answered (6.9.2).  Other routers are no mobiles. */
void
mag_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	struct mag_mobile *m;

	if (!n->ready || rx->nd.type == ND_RA || rx->nd.type == ND_REDIRECT ||
	    !rx->ll_src.len || !mag_access(n, rx->iface->ifindex) ||
	    lladdr_eq(&rx->ll_src, &rx->iface->ll))
		return;
	m = mag_attach(n, rx->iface->ifindex, &rx->ll_src, NULL, 0, now);
	if (!m)
		return;
	mag_heard(n, m, linklocal_in(rx), now);
	if (is_arrival(rx))
		assert_again(n, m, now);
	if (rx->nd.type == ND_RS && m->served)
		mag_advertise(n, m, now);
}

void
mag_on_neighbour(struct node *n, const struct ev_neighbour *ev, usec_t now)
{
	struct mag_mobile *m;

	if (!n->ready || !ev->ll.len || !mag_access(n, ev->ifindex))
		return;
	m = mag_find(n, &ev->ll);
	if (ev->gone && m && m->ifindex == ev->ifindex) {
		mag_detach(n, m, now);
	} else if (ev->failed && m && m->ifindex == ev->ifindex) {
		mag_doubt(n, m, now);
	} else if (ev->reachable) {
		m = mag_attach(n, ev->ifindex, &ev->ll, NULL, 0, now);
		if (!m)
			return;
		mag_heard(n, m, addr_is_linklocal(&ev->addr) ?
			  &ev->addr : NULL, now);
		if (ev->arrived)
			assert_again(n, m, now);
	}
}

/* A link that goes down takes all of its mobiles along. */
void
mag_on_link(struct node *n, struct iface *i, bool was_up, usec_t now)
{
	struct map_node *m = NULL, *next;
	size_t pos = 0;

	if (!mag_access(n, i->ifindex))
		return;
	mag_addresses(n, true);
	if (!was_up || i->up)
		return;
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (mobile->ifindex == i->ifindex)
			mag_detach(n, mobile, now);
	}
}

/* An anchor has lost its sessions (RFC 5847): it is told of ours again, one
 * after the other. */
void
mag_on_restart(struct node *n, const struct in6_addr *lma, usec_t now)
{
	struct map_node *m = NULL;
	size_t pos = 0;
	usec_t at = now;

	while ((m = map_next(&n->mag->mobiles, m, &pos))) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		if (mobile->state != MAG_HERE || !mobile->reg.bound ||
		    !addr_eq(&mobile->reg.peer, lma))
			continue;
		registrant_refresh_at(n, &mobile->reg, at);
		at += RESTART_GAP;
	}
}

/* --- revocation (RFC 5846) ---------------------------------------------------- */

static bool
is_handover(uint8_t trigger)
{
	return trigger >= REVOKE_HANDOVER_SAME &&
	       trigger <= REVOKE_HANDOVER_UNKNOWN;
}

static bool
is_meant(const struct mag_mobile *m, const struct pmip_request *r,
	 const struct in6_addr *lma)
{
	bool meant = !r->nhnps;

	if (!addr_eq(&m->reg.peer, lma) || m->state == MAG_LEAVING ||
	    (r->has_id && !span_eq(&r->id, m->id.b, m->id.len)))
		return false;
	for (unsigned k = 0; k < r->nhnps; k++)
		for (unsigned j = 0; j < m->nhnps; j++)
			meant |= addr_eq(&r->hnp[k].addr, &m->hnp[j]);
	return meant;
}

/*
 * 9.1.  Of one that has moved on we know no better: should it be here after
 * all, its next packet will tell, and it is registered again.  Otherwise the
 * anchor does not want it, and it is not asked again until somebody does
 * something about it.
 */
static void
lose(struct node *n, struct mag_mobile *m, uint8_t trigger, usec_t now)
{
	struct lladdr ll = mag_lladdr(m);

	if (is_handover(trigger)) {
		note_mobile(n, &ll, m->ifindex, NOTE_DETACHED, now);
		mag_drop(n, m);
		return;
	}
	mag_unserve(n, m, true, now);
	registrant_cancel(n, &m->reg);
	registrant_forget(n, &m->reg);
	m->state = MAG_DENIED;
}

uint8_t
mag_on_revoke(struct node *n, const struct mh *mh,
	      const struct pmip_request *r, const struct in6_addr *from,
	      usec_t now)
{
	bool global = mh->revocation.flags & MH_REVOCATION_G, found = false;
	struct note note = {
		.code = NOTE_REVOKED, .a = *from,
		.value = mh->revocation.code,
	};
	struct map_node *m, *next;
	size_t pos = 0;

	/* "no mobility options are included", but for what protects it */
	if (global ? r->has_id || r->nhnps : !r->has_id)
		return global ? REVOKE_NO_FUNCTION : REVOKE_NO_IDENTITY;
	note_put(n, &note, now);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!is_meant(mobile, r, from))
			continue;
		found = true;
		lose(n, mobile, mh->revocation.code, now);
	}
	return found || global ? REVOKE_OK : REVOKE_NONE;
}

/* By a person: all of them, at all anchors (9.2). */
void
mag_revoke(struct node *n, usec_t now)
{
	struct in6_addr told = addr_unspec;
	struct map_node *m, *next;
	size_t pos = 0;

	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!addr_eq(&told, &mobile->reg.peer))
			revoke_send(n, &mobile->reg.peer,
				    &n->conf->mag_address, REVOKE_PER_PEER,
				    NULL, NULL, 0, now);
		told = mobile->reg.peer;
		lose(n, mobile, REVOKE_ADMINISTRATIVE, now);
	}
}

/* --- answers --------------------------------------------------------------------------- */

/* 6.9.1.2 no. 5: found by the link-layer identifier that it must repeat. */
void
mag_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	const struct mopt *lli = mh_opt(&rx->mh, MOPT_MN_LLI);
	struct lladdr ll = { 0 };
	struct mag_mobile *m;

	if (!(rx->mh.ba.flags & MH_BA_P) || !lli ||
	    lli->data.len > LLADDR_MAX ||
	    !addr_eq(&rx->pkt.dst, &n->conf->mag_address))
		return;
	ll.len = (uint8_t)lli->data.len;
	memcpy(ll.b, lli->data.p, ll.len);
	m = mag_find(n, &ll);
	if (m && addr_eq(&m->reg.peer, &rx->pkt.src))
		registrant_on_ba(n, &m->reg, rx, now);
}

/* --- life ------------------------------------------------------------------------------- */

static int
index_start(struct node *n)
{
	const struct conf *c = n->conf;
	struct mag *mag = n->mag;
	uint32_t rows = 0;

	for (unsigned k = 0; k < c->nmobiles; k++)
		rows += c->mobile[k].nll;
	if (pmip_profiles(n, &mag->by_id) ||
	    pmip_index_init(&mag->by_ll, rows))
		return -ENOMEM;
	for (uint32_t k = 0; k < c->nmobiles; k++)
		for (unsigned j = 0; j < c->mobile[k].nll; j++)
			pmip_index_put(n, &mag->by_ll, c->mobile[k].ll[j].b,
				       c->mobile[k].ll[j].len, k);
	return 0;
}

static void
index_stop(struct node *n)
{
	pmip_index_fini(&n->mag->by_id);
	pmip_index_fini(&n->mag->by_ll);
}

int
mag_start(struct node *n, usec_t now)
{
	n->mag = calloc(1, sizeof(*n->mag));
	if (!n->mag)
		return -ENOMEM;
	map_init(&n->mag->mobiles, offsetof(struct mag_mobile, key) -
		 offsetof(struct mag_mobile, node), sizeof(struct mag_key),
		 n->secret);
	pool_init(&n->mag->pool, sizeof(struct mag_mobile), UINT32_MAX);
	n->beats = beats_new(n);
	n->revocations = revoke_new(n);
	return n->beats && n->revocations ? index_start(n) : -ENOMEM;
}

void
mag_stop(struct node *n)
{
	struct map_node *m, *next;
	size_t pos = 0;

	if (!n->mag)
		return;
	n->beats = beats_free(n, n->beats);
	n->revocations = revoke_free(n, n->revocations);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		alarm_clear(n, &mobile->advert);
		alarm_clear(n, &mobile->watch);
		registrant_fini(n, &mobile->reg);
		wish_drop(&mobile->store);
	}
	index_stop(n);
	map_fini(&n->mag->mobiles);
	pool_fini(&n->mag->pool);
	free(n->mag);
	n->mag = NULL;
}

/* Who was here before a restart is asked; what is heard is heard. */
void
mag_ready(struct node *n, usec_t now)
{
	struct map_node *m, *next;
	size_t pos = 0;

	beats_ready(n, now);
	mag_addresses(n, true);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!mag_access(n, mobile->ifindex) || !profile(n, mobile)) {
			mag_drop(n, mobile);
			continue;
		}
		mag_serve(n, mobile, now);
		mag_doubt(n, mobile, now);
	}
}

/* Nobody is served from now on, and the anchor knows. */
void
mag_shutdown(struct node *n, usec_t now)
{
	struct map_node *m, *next;
	size_t pos = 0;

	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		mag_unserve(n, mobile, true, now);
		mag_detach(n, mobile, now);
	}
	pos = 0;
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		next = map_next(&n->mag->mobiles, m, &pos);
		mag_drop(n, container_of(m, struct mag_mobile, node));
	}
}

int
mag_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	struct map_node *m, *next;
	size_t pos = 0;
	int err;

	index_stop(n);
	err = index_start(n);
	if (err)
		return err;
	mag_addresses(n, true);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);
		struct in6_addr lma = mag_lma(n, mobile);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!mag_access(n, mobile->ifindex) || !profile(n, mobile) ||
		    !addr_eq(&lma, &mobile->reg.peer) ||
		    !addr_eq(&old->mag_address, &n->conf->mag_address)) {
			mag_unserve(n, mobile, true, now);
			mag_drop(n, mobile);
			continue;
		}
		/* An administrative action, if there is one. */
		if (mobile->state == MAG_DENIED)
			mag_register(n, mobile, now);
		registrant_retry(n, &mobile->reg, now);
		if (mobile->served)
			mag_serve(n, mobile, now);
	}
	return 0;
}
