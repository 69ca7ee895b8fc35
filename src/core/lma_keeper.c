/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_keeper.c - what the binding cache asks of a local mobility anchor, and
 * the Proxy Binding Acknowledgement (RFC 5213 5.3.6).
 *
 * A session is one binding, whose key is its first prefix; flows of further
 * prefixes are told with the binding's own, before the answer leaves.  What
 * the request said of the session (gateway, technology, identifier) becomes
 * true with the acceptance, not before.
 */
#include "core/heartbeat.h"
#include "core/lma.h"
#include "core/revoke.h"

/* The flows of all prefixes but the first. */
static uint16_t
flow_bits(const struct lma_session *s)
{
	uint16_t bits = 0;
	unsigned k = 0;

	for (const struct lma_more *x = s->more; x; x = x->next)
		bits |= LMA_FLOW(k++);
	return bits;
}

/* Not longer than asked for, than the profile says, than we like. */
static int
lma_admit(struct node *n, struct registration *rq, usec_t now)
{
	const struct conf_mobile *m = lma_profile(n, &rq->proxy->id);
	const struct lma_mobile *mobile = rq->session->mobile;
	uint32_t most = n->conf->lma_max_binding_life;

	/* What a restart is to know: the greatest of what was accepted (5.5). */
	if (mobile && rq->replay < mobile->stamp)
		rq->replay = mobile->stamp;
	if (m && m->lifetime < most)
		most = m->lifetime;
	most /= MH_LIFETIME_UNIT;
	if (rq->lifetime > most)
		rq->lifetime = (uint16_t)(most ? most : 1);
	return MH_ST_ACCEPTED;
}

/* The session is the binding's from now on. */
static int
lma_prepare(struct node *n, struct binding *b, const struct registration *rq,
	    usec_t now)
{
	b->session = rq->session;
	b->session->b = b;
	n->lma->fresh = NULL;
	return 0;
}

static void
lma_serve(struct node *n, struct binding *b, bool fresh, usec_t now)
{
}

static void
lma_leave(struct node *n, struct binding *b)
{
	if (!b->session)
		return;
	lma_group_leave(b->session);
	b->session->over = true;
	wish_add(n, &b->wish, flow_bits(b->session));
}

/* 5.3.5: MinDelayBeforeBCEDelete; not before who waits for it has it. */
static usec_t
lma_hold(const struct node *n, const struct binding *b)
{
	const struct lma_mobile *m = b->session->mobile;

	if (m && m->pending && n->conf->delete_delay < 1000)
		return SEC(1);
	return MSEC(n->conf->delete_delay);
}

static void
lma_drop(struct node *n, struct binding *b)
{
	if (!b->session)
		return;
	lma_pending_lose(n, b->session, n->lma->now);
	lma_session_unlink(n, b->session);
}

static void
lma_release(struct node *n, struct binding *b)
{
	if (b->session)
		lma_session_free(n, b->session);
	b->session = NULL;
}

/* Whom it is for must be served still, by that gateway, with its prefixes, and
 * (what it is registered with) at our address. */
static bool
is_served(const struct node *n, const struct binding *b)
{
	const struct lma_session *s = b->session;
	const struct span id = { s->mobile->id, s->mobile->id_len };
	const struct conf_mobile *m = lma_profile(n, &id);

	if (!m || !m->allowed || !lma_mag_allowed(m, &s->coa) ||
	    !security_peer(n, &s->coa) || !lma_owns(n, &s->hnp))
		return false;
	for (const struct lma_more *x = s->more; x; x = x->next)
		if (!lma_owns(n, &x->hnp))
			return false;
	return b->state != BINDING_ACTIVE ||
	       addr_eq(&b->tunnel->key.local, &n->conf->lma_address);
}

static bool
lma_adopt(struct node *n, struct binding *b, usec_t now)
{
	struct lma_session *s = b->session;

	if (!s || !s->mobile)
		return false;
	if (b->state == BINDING_ACTIVE)
		s->coa = b->tunnel->key.remote;
	if (!is_served(n, b)) {
		/* 6.12, RFC 5846 8.1: or its gateway advertises on. */
		if (b->state == BINDING_ACTIVE)
			lma_tell_revoked(n, s, &s->coa,
					 REVOKE_ADMINISTRATIVE, now);
		return false;
	}
	if (b->state == BINDING_ACTIVE && s->was_theirs && !s->group)
		lma_group_join(n, s, s->was_theirs);
	s->was_theirs = 0;
	wish_add(n, &b->wish, flow_bits(s));
	return true;
}

static bool
lma_build(struct node *n, struct binding *b, uint16_t bit, struct effect *ret)
{
	bool up = b->state == BINDING_ACTIVE;
	struct lma_more *x = b->session ? b->session->more : NULL;

	for (unsigned k = 0; x && LMA_FLOW(k) != bit; k++)
		x = x->next;
	if (!x || (!up && !x->said))
		return false;
	ret->kind = EF_FLOW;
	ret->flow = (struct ef_flow){
		.up = up, .key.dst = { x->hnp, 64 }, .action = FLOW_PATH,
	};
	if (up)
		ret->flow.path = b->tunnel->key;
	x->said = up;
	return true;
}

/* --- over a restart --------------------------------------------------------- */

#define STORED_GROUP	0x80		/* beside the number of prefixes */

/* Technology, identifier (a length first), link-local address, further
 * prefixes (their number first, 8 octets each), its gateway's group if it has
 * one, identity. */
static void
lma_store(const struct node *n, const struct binding *b, struct wbuf *w)
{
	const struct lma_session *s = b->session;
	uint8_t more = 0;

	for (const struct lma_more *x = s->more; x; x = x->next)
		more++;
	wbuf_u8(w, s->att);
	wbuf_u8(w, s->lli_len);
	wbuf_put(w, s->lli, s->lli_len);
	wbuf_put(w, &s->ll.s6_addr[8], 8);
	wbuf_u8(w, (uint8_t)(more | (s->group ? STORED_GROUP : 0)));
	for (const struct lma_more *x = s->more; x; x = x->next)
		wbuf_put(w, &x->hnp, 8);
	if (s->group)
		wbuf_u32(w, s->group->theirs);
	wbuf_put(w, s->mobile->id, s->mobile->id_len);
}

static void
take(struct rbuf *r, void *to, size_t len)
{
	const uint8_t *p = rbuf_take(r, len);

	if (p)
		memcpy(to, p, len);
}

static bool
lma_revive(struct node *n, struct binding *b, struct rbuf *r, usec_t now)
{
	struct in6_addr hnp[CONF_HNPS] = { b->hoa };
	struct lma_session was = { .att = rbuf_u8(r) }, *s;
	struct lma_mobile *m;
	struct span id;
	unsigned count;
	uint8_t more;

	was.lli_len = rbuf_u8(r);
	if (was.lli_len > PMIP_LLI_MAX)
		return false;
	take(r, was.lli, was.lli_len);
	was.ll = addr_unspec;
	take(r, &was.ll.s6_addr[8], 8);
	if (!addr_is_unspec(&was.ll))
		was.ll = addr_linklocal_of(&was.ll);
	more = rbuf_u8(r);
	count = 1U + (more & (STORED_GROUP - 1));
	if (count > CONF_HNPS)
		return false;
	for (unsigned k = 1; k < count; k++)
		take(r, &hnp[k], 8);
	was.was_theirs = more & STORED_GROUP ? rbuf_u32(r) : 0;
	id = rbuf_span(r, rbuf_left(r));
	if (r->bad || !id.len || id.len > PMIP_ID_MAX)
		return false;
	for (unsigned k = 1; k < count; k++)
		if (lma_session_find(n, &hnp[k]))
			return false;
	m = lma_mobile_get(n, &id);
	s = m ? lma_session_new(n, m, hnp, count) : NULL;
	if (!s) {
		lma_mobile_put(n, m);
		return false;
	}
	s->att = was.att;
	s->lli_len = was.lli_len;
	memcpy(s->lli, was.lli, sizeof(s->lli));
	s->ll = was.ll;
	s->was_theirs = was.was_theirs;
	s->b = b;
	b->session = s;
	if (b->replay > m->stamp)
		m->stamp = b->replay;
	return true;
}

/* --- what is shown ------------------------------------------------------------ */

static void
lma_show_session(const struct node *n, const struct binding *b,
		 struct record *r)
{
	const struct lma_session *s = b->session;

	if (!s || !s->mobile)
		return;
	record_str(r, "identity", (const char *)s->mobile->id);
	for (const struct lma_more *x = s->more; x; x = x->next)
		record_addr(r, "prefix-more", &x->hnp);
	record_addr(r, "mag", &s->coa);
	record_uint(r, "technology", s->att);
	if (s->lli_len && s->lli_len <= LLADDR_MAX) {
		struct lladdr ll = { .len = s->lli_len };

		memcpy(ll.b, s->lli, s->lli_len);
		record_lladdr(r, "link-layer", &ll);
	}
	if (!addr_is_unspec(&s->ll))
		record_addr(r, "link-local", &s->ll);
	if (s->group) {
		record_uint(r, "group", s->group->ours);
		record_uint(r, "mag-group", s->group->theirs);
	}
}

/* --- the answer (5.3.6) --------------------------------------------------------- */

/* An address for the gateway's end of the access link: no two alike, and
 * none that a mobile would form of its link-layer address. */
static struct in6_addr
make_linklocal(struct node *n)
{
	struct in6_addr a = addr_unspec;
	struct wbuf w = wbuf_of(&a, sizeof(a));

	wbuf_u64(&w, 0);
	wbuf_u64(&w, rng_u64(&n->rng) & ~((uint64_t)2 << 56));
	return addr_linklocal_of(&a);
}

void
lma_tell_revoked(struct node *n, const struct lma_session *s,
		 const struct in6_addr *mag, int trigger, usec_t now)
{
	struct span id = { s->mobile->id, s->mobile->id_len };
	struct prefix hnp[CONF_HNPS];
	unsigned count = lma_session_prefixes(s, hnp);
	const struct in6_addr *local = &n->conf->lma_address;

	/* A gateway hears the anchor that it has registered with, which under
	 * another configuration may be another address of ours. */
	if (s->b && s->b->state == BINDING_ACTIVE &&
	    node_owns(n, &s->b->tunnel->key.local))
		local = &s->b->tunnel->key.local;
	if (n->conf->revocation && n->ready)
		revoke_send(n, mag, local,
			    (enum revoke_trigger)trigger, &id, hnp, count,
			    now);
	else
		lma_groups_doubt(n, mag);
}

/* The gateway that it has left hears of it from us (RFC 5846 3.4.1), so that it
 * does not take it for its own until it notices. */
static void
tell_left(struct node *n, const struct lma_session *s,
	  const struct registration *rq, const struct in6_addr *from,
	  uint8_t att, usec_t now)
{
	if (addr_is_unspec(from) || addr_eq(from, &rq->coa))
		return;
	lma_tell_revoked(n, s, from, att == s->att ? REVOKE_HANDOVER_SAME :
			 REVOKE_HANDOVER_OTHER, now);
}

/* RFC 6602 5.2.2: each update says anew whether it is one of a group, and of
 * which; and each answer. */
static void
settle_group(struct node *n, struct lma_session *s,
	     const struct pmip_request *r)
{
	struct in6_addr before = s->group ? s->group->gateway->coa :
					    addr_unspec;

	if (r->bulk && r->has_group && r->group && n->conf->accept_bulk)
		lma_group_join(n, s, r->group);
	else
		lma_group_leave(s);
	if (!addr_is_unspec(&before))
		lma_groups_tidy(n, &before);
}

/* What the session is from now on. */
static void
settle(struct node *n, struct lma_session *s, const struct registration *rq)
{
	const struct pmip_request *r = rq->proxy;

	/* 5.5 no. 6: the greatest of all that were accepted; one that waited is
	 * older than the farewell that it waited for. */
	if (r->has_stamp && s->mobile && r->stamp > s->mobile->stamp)
		s->mobile->stamp = r->stamp;
	if (!rq->lifetime)
		return;
	s->coa = rq->coa;
	s->over = false;
	s->att = r->att;
	s->lli_len = (uint8_t)r->lli.len;
	if (r->lli.len)
		memcpy(s->lli, r->lli.p, r->lli.len);
	if (r->has_ll && !addr_is_unspec(&r->ll))
		s->ll = r->ll;
	else if (r->has_ll && addr_is_unspec(&s->ll))
		s->ll = make_linklocal(n);
	settle_group(n, s, r);
	if (s->b)
		wish_add(n, &s->b->wish, flow_bits(s));
}

/* RFC 8127 5.1 */
static void
put_control(const struct node *n, struct mh *mh,
	    uint8_t room[PMIP_CONTROL_LEN])
{
	const struct conf *c = n->conf;
	const struct pmip_control k = {
		.registrations = c->lcmp_registrations,
		.heartbeats = c->lcmp_heartbeats, .before = c->lcmp_before,
		.first = (uint16_t)c->lcmp_first,
		.most = (uint16_t)c->lcmp_most,
		.beat = (uint16_t)c->lcmp_beat,
		.beat_retry = (uint16_t)c->lcmp_beat_retry,
		.beat_most = (uint16_t)c->lcmp_beat_most,
	};

	pmip_put_control(mh, &k, room);
}

/*
 * "all the Home Network Prefix options that were present in the request" with
 * a refusal, the session's own with an acceptance.  The Timestamp is the
 * request's, or ours when that was wrong (5.5 no. 7 to 9).
 */
void
lma_answer(struct node *n, const struct registration *rq,
	   const struct mh_ba *ba, usec_t now)
{
	struct mh_route route = {
		/* The source and destination of the update, swapped. */
		.src = addr_is_unspec(&rq->asked) ? rq->local : rq->asked,
		.dst = rq->src, .coa = rq->coa,
	};
	struct pmip_request r = *rq->proxy;
	struct lma_session *s = rq->session;
	struct in6_addr from = s && !s->over ? s->coa : addr_unspec;
	uint8_t att = s ? s->att : 0, control[PMIP_CONTROL_LEN];
	struct mh mh = { .type = MH_BA };
	struct note note = {
		.code = NOTE_REFUSED, .a = rq->hoa, .b = rq->coa,
		.status = ba->status,
	};

	route.hoa = route.src;
	mh.ba = *ba;
	mh.ba.flags = MH_BA_P;
	r.has_group = false;
	if (ba->status < MH_ST_UNSPECIFIED) {
		settle(n, rq->session, rq);
		r.has_group = s->group;
		r.group = s->group ? s->group->ours : 0;
		if (s->group)
			mh.ba.flags |= MH_BA_B;
		r.nhnps = lma_session_prefixes(rq->session, r.hnp);
		r.ll = rq->session->ll;
		n->lma->accepted++;
	} else {
		n->lma->refused++;
		note_put(n, &note, now);
	}
	if (ba->status == MH_ST_TIMESTAMP || ba->status == MH_ST_TIMESTAMP_LOWER)
		r.stamp = pmip_stamp(n, now);
	pmip_write(&mh, &r);
	if (ba->status < MH_ST_UNSPECIFIED && ba->lifetime)
		put_control(n, &mh, control);
	lma_put_redirect(n, &mh, rq, ba);
	node_send_mh(n, &mh, &route, rq->peer, 0, now);
	if (ba->status >= MH_ST_UNSPECIFIED || !ba->lifetime)
		return;
	beats_watch(n, &rq->coa, &rq->local, now);
	tell_left(n, s, rq, &from, att, now);
	lma_pending_overtaken(n, rq, addr_eq(&from, &rq->coa), now);
}

const struct keeper lma_keeper = {
	.plen = 64,
	.admit = lma_admit, .prepare = lma_prepare, .serve = lma_serve,
	.leave = lma_leave, .adopt = lma_adopt, .answer = lma_answer,
	.hold = lma_hold, .drop = lma_drop, .release = lma_release,
	.store = lma_store, .revive = lma_revive, .show = lma_show_session,
	.build = lma_build,
};
