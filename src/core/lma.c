/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma.c - the local mobility anchor role (RFC 5213 section 5).
 *
 * The engine that keeps the sessions is registrar.c, as for a home agent;
 * this is what an anchor makes of a Proxy Binding Update: the checks of
 * 5.3.1 in their order (lma_on_bu), the choice between a new session and one
 * that is there, and the wait for the old gateway's farewell (5.4.1).
 *
 * The prefixes are blocked as a whole, like a virtual home link's: packets
 * for a mobile that is nowhere come to an end here.
 */
#include "core/heartbeat.h"
#include "core/lma.h"
#include "core/revoke.h"

#include <errno.h>
#include <stdlib.h>

/* --- answers ----------------------------------------------------------------- */

static void
refuse(struct node *n, const struct registration *rq, uint8_t status,
       usec_t now)
{
	struct mh_ba ba = { .status = status, .seq = rq->seq };

	lma_answer(n, rq, &ba, now);
}

/* Not authentic: silence, but for a wrong authenticator, where there is a key
 * to sign the answer with (RFC 4285 5.1.1).  Not more often than we may. */
static void
answer_unproven(struct node *n, struct registration *rq,
		enum security_verdict verdict, usec_t now)
{
	struct note note = {
		.code = NOTE_AUTH_FAILED, .a = rq->src, .b = rq->coa,
		.type = MH_BU, .seq = rq->seq,
	};

	n->lma->ignored++;
	if (node_may_tell(n, now))
		note_put(n, &note, now);
	if (verdict == SEC_AUTH_FAIL &&
	    node_may_answer(n, ANSWER_REFUSAL, &rq->src, now))
		refuse(n, rq, MH_ST_AUTH_FAIL, now);
}

/* --- a request that waits (5.4.1.2 no. 4, 5.4.1.3 no. 3) ----------------------- */

static void session_new(struct node *, struct registration *, usec_t now);
static uint8_t check_rights(const struct node *, const struct registration *);

void
lma_pending_end(struct node *n, struct lma_pending *p)
{
	struct lma_mobile *m = p->mobile;

	alarm_clear(n, &p->alarm);
	m->pending = NULL;
	pool_put(&n->lma->pending_pool, p);
	lma_mobile_put(n, m);
}

/*
 * Whichever session is right, the mobile must not go while we look at it.
 *
 * Its timestamp was checked when it came (5.5); the farewell that it waited for
 * is newer as a rule.
 */
static void
pending_run(struct node *n, struct lma_pending *p, struct lma_session *s,
	    usec_t now)
{
	struct registration rq = p->rq;
	uint8_t status;

	/* The configuration may be another one by now: gateway and mobile are
	 * looked at again (5.3.1 no. 6 to 8), and a stranger is not heard. */
	rq.peer = security_peer(n, &rq.src);
	status = check_rights(n, &rq);
	if (!rq.peer || !addr_eq(&rq.local, &n->conf->lma_address)) {
		/* nor one that spoke to another address than ours */
	} else if (status) {
		refuse(n, &rq, status, now);
	} else if (s) {
		rq.session = s;
		rq.b = s->b;
		rq.hoa = s->hnp;
		registrar_take(n, &rq, now);
	} else {
		session_new(n, &rq, now);
	}
	lma_pending_end(n, p);
}

void
lma_pending_overtaken(struct node *n, const struct registration *rq,
		      bool stayed, usec_t now)
{
	struct lma_mobile *m = rq->session->mobile;
	struct lma_pending *p = m ? m->pending : NULL;

	/* Not by itself, nor by its session's gateway that extends it. */
	if (!p || rq->proxy == &p->req ||
	    (stayed && rq->session == p->session))
		return;
	p->rq.peer = security_peer(n, &p->rq.src);
	if (p->rq.timed && p->rq.peer)
		refuse(n, &p->rq, MH_ST_TIMESTAMP_LOWER, now);
	lma_pending_end(n, p);
}

/* "if there is no de-registration message that is received within
 * MaxDelayBeforeNewBCEAssign amount of time, ... creating a new mobility
 * session". */
static void
pending_over(struct node *n, struct alarm *a, usec_t now)
{
	n->lma->now = now;
	pending_run(n, container_of(a, struct lma_pending, alarm), NULL, now);
}

/* Its session is deregistered: the request is about that one. */
static void
pending_resume(struct node *n, struct lma_mobile *m, usec_t now)
{
	struct lma_pending *p = m->pending;
	struct lma_session *s = p ? p->session : NULL;

	if (s && s->b && s->b->state == BINDING_INVALID &&
	    s->b->flags & BINDING_LEFT)
		pending_run(n, p, s, now);
}

/* It has expired instead. */
void
lma_pending_lose(struct node *n, struct lma_session *s, usec_t now)
{
	struct lma_pending *p = s->mobile ? s->mobile->pending : NULL;

	if (!p || p->session != s)
		return;
	p->session = NULL;
	alarm_set(n, &p->alarm, now);
}

static void
pending_fill(struct lma_pending *p, const struct registration *rq)
{
	p->rq = *rq;
	p->req = *rq->proxy;
	p->rq.proxy = &p->req;
	p->id.len = (uint8_t)rq->proxy->id.len;
	memcpy(p->id.b, rq->proxy->id.p, p->id.len);
	p->req.id.p = p->id.b;
	if (rq->proxy->lli.len)
		memcpy(p->lli, rq->proxy->lli.p, rq->proxy->lli.len);
	p->req.lli.p = p->lli;
}

/* False: it cannot, and MAY have a new session at once. */
static bool
wait_for(struct node *n, struct registration *rq, struct lma_mobile *m,
	 struct lma_session *s, usec_t now)
{
	struct lma_pending *p = m->pending;

	if (!n->conf->assign_delay)
		return false;
	/* 5.5 no. 8: one that was under way for longer */
	if (p && rq->timed && p->rq.timed && rq->replay < p->rq.replay) {
		refuse(n, rq, MH_ST_TIMESTAMP_LOWER, now);
		return true;
	}
	if (!p) {
		p = pool_get(&n->lma->pending_pool);
		if (!p)
			return false;
		p->mobile = m;
		m->pending = p;
		alarm_init(&p->alarm, pending_over);
		alarm_set(n, &p->alarm, now + MSEC(n->conf->assign_delay));
	}
	/* The newest is the one that is answered; its time does not begin
	 * anew with each retransmission. */
	pending_fill(p, rq);
	p->session = s;
	return true;
}

/* --- sessions -------------------------------------------------------------------- */

/*
 * 5.3.2: the prefixes that the request names, if the mobile may have each of
 * them (155), and those that it leaves to us (130 when there are none).
 */
static uint8_t
choose_prefixes(struct node *n, const struct pmip_request *r,
		struct in6_addr hnp[CONF_HNPS], unsigned *ret)
{
	const struct conf_mobile *m = lma_profile(n, &r->id);
	unsigned count = 0;

	for (unsigned k = 0; k < r->nhnps; k++) {
		bool twice = false;

		if (addr_is_unspec(&r->hnp[k].addr))
			continue;
		for (unsigned j = 0; j < count; j++)
			twice |= addr_eq(&hnp[j], &r->hnp[k].addr);
		if (count == CONF_HNPS || twice ||
		    !lma_may_have(n, m, &r->hnp[k]))
			return MH_ST_HNP_UNAUTHORIZED;
		hnp[count++] = r->hnp[k].addr;
	}
	if (!count)
		count = lma_assign(n, m, hnp);
	*ret = count;
	return count ? MH_ST_ACCEPTED : MH_ST_RESOURCES;
}

static void
session_new(struct node *n, struct registration *rq, usec_t now)
{
	struct lma *lma = n->lma;
	struct in6_addr hnp[CONF_HNPS];
	struct lma_mobile *m;
	unsigned count = 0;
	uint8_t status = choose_prefixes(n, rq->proxy, hnp, &count);

	if (status) {
		refuse(n, rq, status, now);
		return;
	}
	m = lma_mobile_get(n, &rq->proxy->id);
	lma->fresh = m ? lma_session_new(n, m, hnp, count) : NULL;
	if (!lma->fresh) {
		while (count)
			lma_unassign(n, &hnp[--count]);
		lma_mobile_put(n, m);
		refuse(n, rq, MH_ST_RESOURCES, now);
		return;
	}
	rq->hoa = hnp[0];
	rq->b = NULL;
	rq->session = lma->fresh;
	registrar_take(n, rq, now);
	if (lma->fresh) {		/* there was no room */
		lma_session_unlink(n, lma->fresh);
		lma_session_free(n, lma->fresh);
		lma->fresh = NULL;
	}
}

static void
session_update(struct node *n, struct registration *rq,
	       struct lma_session *s, usec_t now)
{
	struct lma_mobile *m = s->mobile;

	/* 5.3.5 no. 1: of a gateway that the mobile has left already. */
	if (!rq->lifetime && !addr_eq(&s->coa, &rq->coa))
		return;
	rq->session = s;
	rq->b = s->b;
	rq->hoa = s->hnp;
	/* A mobile without a request that waits may go with its session. */
	if (rq->lifetime || !m->pending) {
		registrar_take(n, rq, now);
		return;
	}
	registrar_take(n, rq, now);
	pending_resume(n, m, now);
}

/* 5.3.1 no. 13 */
static void
find_session(struct node *n, struct registration *rq, usec_t now)
{
	struct lma_mobile *m = lma_mobile_find(n, &rq->proxy->id);
	struct lma_session *s;
	uint8_t status = 0;

	switch (lma_lookup(n, m, rq->proxy, &rq->coa, &s, &status)) {
	case LMA_REFUSE:
		refuse(n, rq, status, now);
		return;
	case LMA_UPDATE:
		session_update(n, rq, s, now);
		return;
	case LMA_WAIT:
		/* A farewell that may be that session's is not one that we
		 * wait for: it is what it says it is about, or nothing. */
		if (rq->lifetime && wait_for(n, rq, m, s, now))
			return;
		break;
	case LMA_NEW:
		break;
	}
	/* "the message MUST be silently ignored" */
	if (rq->lifetime)
		session_new(n, rq, now);
}

/* --- what comes in ---------------------------------------------------------------- */

/* 5.5: lower than the last (157), not close enough or the same again (156). */
static uint8_t
check_time(const struct node *n, const struct pmip_request *r, usec_t now)
{
	const struct lma_mobile *m = lma_mobile_find(n, &r->id);
	uint64_t last = m ? m->stamp : 0, ours = pmip_stamp(n, now);
	uint64_t apart = r->stamp > ours ? r->stamp - ours : ours - r->stamp;

	if (!r->has_stamp)
		return 0;
	if (r->stamp < last)
		return MH_ST_TIMESTAMP_LOWER;
	if (r->stamp == last ||
	    apart > ((uint64_t)n->conf->stamp_window << 16) / 1000)
		return MH_ST_TIMESTAMP;
	return 0;
}

/* What the configuration says of gateway and mobile.  A mobile's identity is a
 * NAI (RFC 4283) that is not longer than what we keep. */
static uint8_t
check_rights(const struct node *n, const struct registration *rq)
{
	const struct pmip_request *r = rq->proxy;
	const struct conf_mobile *m = lma_profile(n, &r->id);

	if (!r->has_id || !r->id.len)
		return MH_ST_MISSING_MNID;			/* 4. */
	/* RFC 6463 5.3.2: for another one, by an anchor that may. */
	if (!security_peer(n, &rq->coa) ||
	    (!addr_eq(&rq->src, &rq->coa) && !lma_may_relay(n, &rq->src)) ||
	    (m && !lma_mag_allowed(m, &rq->coa)))
		return MH_ST_MAG_UNAUTHORIZED;			/* 6. */
	if (!m || r->id_subtype != MOPT_MNID_NAI ||
	    r->id.len > PMIP_ID_MAX)
		return MH_ST_NOT_LMA;				/* 7. */
	return m->allowed ? 0 : MH_ST_PROXY_DISABLED;		/* 8. */
}

/* RFC 5213 5.3.1 behind authentication, in its order; each row is the status
 * of what is missing. */
static uint8_t
check_request(const struct node *n, const struct registration *rq, usec_t now)
{
	const struct pmip_request *r = rq->proxy;
	uint8_t status = check_rights(n, rq);			/* 4. to 8. */

	if (status)
		return status;
	status = check_time(n, r, now);				/* 9. */
	if (status)
		return status;
	if (!r->nhnps)
		return MH_ST_MISSING_HNP;			/* 10. */
	if (!r->has_hi)
		return MH_ST_MISSING_HANDOFF;			/* 11. */
	if (!r->has_att)
		return MH_ST_MISSING_ATT;			/* 12. */
	if (r->lli.len > PMIP_LLI_MAX)
		return MH_ST_UNSPECIFIED;
	return 0;
}

/* The message's addresses; false: to be discarded in silence. */
static bool
read_update(const struct node *n, const struct rx *rx, struct registration *rq)
{
	const struct mopt *alt = mh_opt(&rx->mh, MOPT_ALTCOA);

	*rq = (struct registration){
		.keeper = KEEPER_PROXY, .src = rx->pkt.src,
		.coa = alt ? alt->altcoa : rx->pkt.src, .local = rx->pkt.dst,
		.seq = rx->mh.bu.seq, .lifetime = rx->mh.bu.lifetime,
		.hoa = addr_unspec,
	};
	rq->peer = security_peer(n, &rq->src);
	/* RFC 6463 5.3.1 */
	if (addr_eq(&rx->pkt.dst, &n->conf->lma_redirect)) {
		rq->asked = rx->pkt.dst;
		rq->local = n->conf->lma_address;
	}
	/* No Home Address option (6.9.1.5): no. 3 looks for none. */
	return addr_is_routable(&rq->src) && addr_is_routable(&rq->coa) &&
	       addr_eq(&rq->local, &n->conf->lma_address) &&
	       !rx->pkt.has_hao && !rx->pkt.has_rh2;
}

void
lma_on_bu(struct node *n, struct rx *rx, usec_t now)
{
	struct pmip_request req;
	enum security_verdict verdict;
	struct registration rq;
	uint8_t status;

	/* What was stored is not all known yet: the gateway will ask again. */
	if (!(rx->mh.bu.flags & MH_BU_P) || !n->ready ||
	    !read_update(n, rx, &rq))
		return;
	n->lma->now = now;
	pmip_read(&rx->mh, &req);
	rq.proxy = &req;
	rq.timed = req.has_stamp;
	rq.replay = req.stamp;
	verdict = security_check(n, rq.peer, &rx->mh, rx->pkt.payload.p,
				 &rq.coa, &rx->pkt.dst, 0, now);
	if (verdict != SEC_OK) {
		answer_unproven(n, &rq, verdict, now);
		return;
	}
	n->lma->updates++;
	/* RFC 6602 5.2.3 */
	if (!req.bulk && req.has_group) {
		lma_group_update(n, &rq, &rx->mh, now);
		return;
	}
	status = check_request(n, &rq, now);
	if (status)
		refuse(n, &rq, status, now);
	else if (!lma_redirect(n, &rq, rx, now))
		find_session(n, &rq, now);
}

/* --- revocation (RFC 5846) ---------------------------------------------------------- */

/* All of a mobile, or of them those with one of these prefixes; at `coa', or
 * (NULL) wherever they are.  How many. */
static unsigned
end_sessions(struct node *n, const struct pmip_request *r,
	     const struct in6_addr *coa, usec_t now)
{
	struct lma_mobile *m = lma_mobile_find(n, &r->id);
	unsigned ended = 0;

	if (!m)
		return 0;
	list_each(l, &m->sessions) {
		struct lma_session *s = container_of(l, struct lma_session, l);
		bool meant = !r->nhnps, last = m->sessions.next ==
					       m->sessions.prev;

		for (unsigned k = 0; k < r->nhnps; k++)
			meant |= lma_session_find(n, &r->hnp[k].addr) == s;
		if (!meant || (coa && !addr_eq(&s->coa, coa)))
			continue;
		ended++;
		registrar_remove(n, s->b, NOTE_DOWN_REVOKED, now);
		if (last)		/* and the mobile with it, perhaps */
			break;
	}
	return ended;
}

/* 8.2: everything that is at that gateway. */
static void
end_gateway(struct node *n, const struct in6_addr *coa, usec_t now)
{
	struct binding *b, *next;
	size_t pos = 0;

	for (b = registrar_next(n->registrar, NULL, &pos); b; b = next) {
		next = registrar_next(n->registrar, b, &pos);
		if (b->session && addr_eq(&b->session->coa, coa))
			registrar_remove(n, b, NOTE_DOWN_REVOKED, now);
	}
}

/* A gateway speaks for what is registered at its own address, and for nothing
 * else; the identity that a global one bears is not looked into. */
uint8_t
lma_on_revoke(struct node *n, const struct mh *mh,
	      const struct pmip_request *r, const struct in6_addr *from,
	      usec_t now)
{
	struct note note = {
		.code = NOTE_REVOKED, .a = *from,
		.value = mh->revocation.code,
	};

	n->lma->now = now;
	/* Only the anchor sees that a mobile is at another gateway. */
	if (mh->revocation.code >= REVOKE_HANDOVER_SAME &&
	    mh->revocation.code <= REVOKE_HANDOVER_UNKNOWN)
		return REVOKE_NO_TRIGGER;
	note_put(n, &note, now);
	/* RFC 6602 5.2.3 */
	if (r->has_group)
		return pmip_names_session(mh) ? REVOKE_NONE :
			lma_group_revoked(n, r->group, from, now);
	/* 8.2: a gateway has no other trigger for many. */
	if (mh->revocation.code == REVOKE_LOCAL_POLICY)
		return REVOKE_NO_TRIGGER;
	if (mh->revocation.flags & MH_REVOCATION_G) {
		if (!r->has_id || !r->id.len)
			return REVOKE_NO_GLOBAL;
		end_gateway(n, from, now);
		return REVOKE_OK;
	}
	if (!r->has_id)
		return REVOKE_NO_IDENTITY;
	return end_sessions(n, r, from, now) ? REVOKE_OK : REVOKE_NONE;
}

/* All of a realm; each gateway that has some hears of it once (8.1). */
static void
end_realm(struct node *n, const struct span *realm, usec_t now)
{
	const struct conf *c = n->conf;
	struct binding *b, *next;
	size_t pos = 0;

	for (b = registrar_next(n->registrar, NULL, &pos); b; b = next) {
		const struct lma_mobile *m = b->session ? b->session->mobile :
							  NULL;

		next = registrar_next(n->registrar, b, &pos);
		if (!m || m->id_len <= realm->len ||
		    !span_eq(realm, m->id + m->id_len - realm->len,
			     realm->len))
			continue;
		if (b->state == BINDING_ACTIVE)
			revoke_realm(n, &b->session->coa, &c->lma_address,
				     realm, now);
		registrar_remove(n, b, NOTE_DOWN_REVOKED, now);
	}
}

/* By a person: the gateways are told (8.1). */
void
lma_revoke(struct node *n, const struct ev_revoke *ev, usec_t now)
{
	struct pmip_request r = {
		.id = { (const uint8_t *)ev->id, strlen(ev->id) },
	};
	struct lma_mobile *m = lma_mobile_find(n, &r.id);

	n->lma->now = now;
	if (ev->group)
		lma_group_revoke(n, ev->group, now);
	if (ev->id[0] == '@')
		end_realm(n, &r.id, now);
	if (!m || ev->group)
		return;
	list_each(l, &m->sessions) {
		struct lma_session *s = container_of(l, struct lma_session, l);

		if (s->b->state == BINDING_ACTIVE)
			lma_tell_revoked(n, s, &s->coa, REVOKE_ADMINISTRATIVE,
					 now);
	}
	end_sessions(n, &r, NULL, now);
}

/* --- life ------------------------------------------------------------------------- */

static void
block_pools(struct node *n, const struct conf *c, bool up)
{
	for (unsigned k = 0; k < c->npools; k++) {
		struct effect e = {
			.kind = EF_FLOW,
			.flow = { .up = up, .key.dst = c->pool[k],
				  .action = FLOW_BLOCK },
		};

		want(n, &e);
	}
}

int
lma_start(struct node *n, usec_t now)
{
	struct lma *lma = n->lma = calloc(1, sizeof(*n->lma));

	if (!lma)
		return -ENOMEM;
	map_init(&lma->mobiles, offsetof(struct lma_mobile, key) -
		 offsetof(struct lma_mobile, node), 16, n->secret);
	map_init(&lma->more, offsetof(struct lma_more, hnp) -
		 offsetof(struct lma_more, node), sizeof(struct in6_addr),
		 n->secret);
	lma_groups_start(lma, n->secret);
	pool_init(&lma->session_pool, sizeof(struct lma_session), UINT32_MAX);
	pool_init(&lma->more_pool, sizeof(struct lma_more), UINT32_MAX);
	pool_init(&lma->pending_pool, sizeof(struct lma_pending),
		  LMA_PENDING_MAX);
	n->registrar->keeper[KEEPER_PROXY] = &lma_keeper;
	n->registrar->of[KEEPER_PROXY].limit = n->conf->lma_max_bindings;
	n->beats = beats_new(n);
	n->revocations = revoke_new(n);
	if (!n->beats || !n->revocations || lma_redirect_start(n) ||
	    lma_profiles_start(n))
		return -ENOMEM;
	block_pools(n, n->conf, true);
	return 0;
}

void
lma_stop(struct node *n)
{
	struct lma *lma = n->lma;
	struct map_node *m, *next;
	size_t pos = 0;

	if (!lma)
		return;
	n->beats = beats_free(n, n->beats);
	n->revocations = revoke_free(n, n->revocations);
	for (m = map_next(&lma->mobiles, NULL, &pos); m; m = next) {
		struct lma_mobile *mobile =
			container_of(m, struct lma_mobile, node);

		next = map_next(&lma->mobiles, m, &pos);
		if (mobile->pending)
			alarm_clear(n, &mobile->pending->alarm);
		map_remove(&lma->mobiles, m);
		free(mobile);
	}
	lma_groups_stop(lma);
	lma_redirect_stop(n);
	lma_profiles_stop(n);
	map_fini(&lma->mobiles);
	map_fini(&lma->more);
	pool_fini(&lma->session_pool);
	pool_fini(&lma->more_pool);
	pool_fini(&lma->pending_pool);
	free(lma);
	n->lma = NULL;
}

bool
lma_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	n->lma->now = now;
	return beats_restore(n, rec) || registrar_restore(n, rec, now);
}

/* Mobiles stay where they are, and the gateways know it. */
void
lma_shutdown(struct node *n, usec_t now)
{
	registrar_withdraw(n);
}

int
lma_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	int err;

	n->lma->now = now;
	lma_redirect_forget(n);
	err = lma_profiles_renew(n, old);
	if (err)
		return err;
	for (unsigned k = 0; k < old->npools; k++) {
		struct effect e = {
			.kind = EF_FLOW, .flow.key.dst = old->pool[k],
		};
		bool stays = false;

		for (unsigned j = 0; j < n->conf->npools; j++)
			stays |= prefix_eq(&n->conf->pool[j], &old->pool[k]);
		if (!stays)
			want(n, &e);
	}
	block_pools(n, n->conf, true);
	n->registrar->of[KEEPER_PROXY].limit = n->conf->lma_max_bindings;
	registrar_review(n, now);
	return 0;
}

bool
lma_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	 struct record_sink *sink)
{
	const struct registrar *g = n->registrar;
	const uint32_t *count = g->of[KEEPER_PROXY].count;
	struct record r;

	if (strcmp(what, "bindings") == 0)
		return registrar_show(n, now, c, sink);
	if (strcmp(what, "status"))
		return false;
	record_init(&r, "local-mobility-anchor");
	record_uint(&r, "sessions", count[BINDING_ACTIVE]);
	record_uint(&r, "deregistered", count[BINDING_INVALID]);
	record_uint(&r, "mobiles", n->lma->mobiles.count);
	record_uint(&r, "pending", n->lma->pending_pool.used);
	record_uint(&r, "limit", g->of[KEEPER_PROXY].limit);
	record_uint(&r, "updates", n->lma->updates);
	record_uint(&r, "accepted", n->lma->accepted);
	record_uint(&r, "refused", n->lma->refused);
	record_uint(&r, "ignored", n->lma->ignored);
	record_uint(&r, "bulk", n->lma->bulk);
	record_uint(&r, "redirected", n->lma->redirected);
	sink->put(sink, &r);
	beats_show(n, sink);
	return false;
}
