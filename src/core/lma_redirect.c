/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_redirect.c - an anchor that gives new sessions to others (RFC 6463).
 *
 * Which one a mobile gets is told by its profile, or by a hash of its identity
 * and their addresses (the highest of the weighted ones wins, among those of
 * the lowest priority number).  One that does not answer, or has no room, is
 * passed over.  A gateway to which a mobile moves asks us, and cannot tell whether
 * there is a session (RFC 5213 6.9.1.1): so that it comes to where that stands,
 * and the mobile keeps its address, we remember who took it, until that one does
 * not answer or refuses it.
 *
 * If it is ourselves, the session is made here (5.3.1) and the answer names
 * LmaAddress where the update came to LmaRedirectAddress.  If it is another one
 * (5.3.2), the update is sent on with the gateway's address as its Alternate
 * Care-of Address, under our own key with that anchor, and its answer is sent
 * back under the gateway's.  Between the two there is a struct relay, and
 * nothing behind.
 */
#include "core/lma.h"

#include <stdlib.h>

#define RELAY_WAIT	SEC(3)		/* more than an anchor waits for a
					   farewell */
#define RELAYS_MAX	4096

struct relay {
	struct map_node	node;
	uint64_t	key[2];		/* keyed digest of the identity */
	struct alarm	alarm;
	struct in6_addr	src, coa, asked;	/* of the update */
	uint16_t	seq;
	uint64_t	tried;		/* bits, as conf->redirect_to */
	unsigned	to;		/* the one that is asked now */
	bool		stale;		/* too old: the next repetition goes out */
	bool		has_status;
	uint8_t		status;		/* of the last refusal */
	uint16_t	len;
	uint8_t		*update;	/* the Mobility Header */
};

/* Who has a mobile's session, as far as we know: its gateway goes on with that
 * one alone, so when it ends we are not told.  A session that is not there any
 * more is made again there; with most of them, those that asked last are kept. */
#define PLACES_MAX	65536

struct place {
	struct map_node	node;
	uint64_t	key[2];		/* as a relay's */
	struct list	l;
	struct in6_addr	lma;
};

struct relays {
	struct map	map;
	struct map	places;
	struct list	by_age;		/* of places, the oldest first */
};

static void on_wait(struct node *, struct alarm *, usec_t now);

int
lma_redirect_start(struct node *n)
{
	struct relays *v = n->lma->relays = calloc(1, sizeof(*v));

	if (!v)
		return -1;
	map_init(&v->map, offsetof(struct relay, key) -
		 offsetof(struct relay, node), 16, n->secret);
	map_init(&v->places, offsetof(struct place, key) -
		 offsetof(struct place, node), 16, n->secret);
	list_init(&v->by_age);
	return 0;
}

static void
relay_free(struct node *n, struct relay *r)
{
	map_remove(&n->lma->relays->map, &r->node);
	alarm_clear(n, &r->alarm);
	free(r->update);
	free(r);
}

static void
place_free(struct relays *v, struct place *p)
{
	map_remove(&v->places, &p->node);
	list_del(&p->l);
	free(p);
}

/* Numbers in the configuration's list may be others by now; sessions are where
 * they were. */
void
lma_redirect_forget(struct node *n)
{
	struct map_node *m, *next;
	size_t pos = 0;

	if (!n->lma->relays)
		return;
	for (m = map_next(&n->lma->relays->map, NULL, &pos); m; m = next) {
		next = map_next(&n->lma->relays->map, m, &pos);
		relay_free(n, container_of(m, struct relay, node));
	}
}

void
lma_redirect_stop(struct node *n)
{
	struct relays *v = n->lma->relays;

	lma_redirect_forget(n);
	if (v) {
		list_each(l, &v->by_age)
			place_free(v, container_of(l, struct place, l));
		map_fini(&v->places);
		map_fini(&v->map);
	}
	free(v);
	n->lma->relays = NULL;
}

/* --- who has it ------------------------------------------------------------------ */

static void
key_of(const struct node *n, const struct span *id, uint64_t key[2])
{
	key[0] = siphash13(n->secret, id->p, id->len);
	key[1] = siphash13(n->secret + 16, id->p, id->len);
}

static struct place *
place_find(const struct node *n, const uint64_t key[2])
{
	struct map_node *m = map_find(&n->lma->relays->places, key);

	return m ? container_of(m, struct place, node) : NULL;
}

static void
place_forget(struct node *n, const uint64_t key[2])
{
	struct place *p = place_find(n, key);

	if (p)
		place_free(n->lma->relays, p);
}

/* Without memory for it, the hash may still find it again. */
static void
place_set(struct node *n, const uint64_t key[2], const struct in6_addr *lma)
{
	struct relays *v = n->lma->relays;
	struct place *p = place_find(n, key);

	if (!p) {
		if (v->places.count >= PLACES_MAX)
			place_free(v, container_of(v->by_age.next, struct place,
						   l));
		p = calloc(1, sizeof(*p));
		if (!p)
			return;
		memcpy(p->key, key, sizeof(p->key));
		list_init(&p->l);
		if (!map_insert(&v->places, &p->node)) {
			free(p);
			return;
		}
	}
	p->lma = *lma;
	list_append(&v->by_age, &p->l);
}

/* --- which one ------------------------------------------------------------------ */

/* The same at each anchor that has the same list. */
static uint64_t
score(const struct conf_redirect *c, const struct span *id)
{
	static const uint8_t key[16] = "RFC 6463";
	uint64_t h[2] = { siphash13(key, id->p, id->len),
			  siphash13(key, &c->addr, sizeof(c->addr)) };
	uint64_t best = 0;

	for (uint32_t k = 0; k < c->weight; k++) {
		uint64_t s = siphash13(key, h, sizeof(h));

		best = s > best ? s : best;
		h[1]++;
	}
	return best;
}

/* Its profile may say which one. */
static bool
may_go(const struct conf_mobile *m, const struct conf_redirect *r)
{
	return !m || addr_is_unspec(&m->lma) || addr_eq(&m->lma, &r->addr);
}

/* One that was not tried; false: there is none. */
static bool
assign(const struct node *n, const struct span *id, uint64_t tried,
       unsigned *ret)
{
	const struct conf *c = n->conf;
	const struct conf_mobile *m = lma_profile(n, id);
	const struct conf_redirect *best = NULL;
	uint64_t most = 0;

	for (unsigned k = 0; k < c->nredirects; k++) {
		const struct conf_redirect *r = &c->redirect_to[k];
		uint64_t s;

		if (tried & (uint64_t)1 << k || !may_go(m, r))
			continue;
		s = score(r, id);
		if (best && (r->priority > best->priority ||
			     (r->priority == best->priority && s <= most)))
			continue;
		best = r;
		most = s;
		*ret = k;
	}
	return best;
}

/* The one that has it, else one for a new session. */
static bool
assign_first(const struct node *n, const struct span *id, unsigned *ret)
{
	const struct conf *c = n->conf;
	const struct place *p;
	uint64_t key[2];

	key_of(n, id, key);
	p = place_find(n, key);
	for (unsigned k = 0; p && k < c->nredirects; k++) {
		if (!addr_eq(&p->lma, &c->redirect_to[k].addr) ||
		    !may_go(lma_profile(n, id), &c->redirect_to[k]))
			continue;
		*ret = k;
		return true;
	}
	return assign(n, id, 0, ret);
}

static bool
is_us(const struct node *n, unsigned k)
{
	return addr_eq(&n->conf->redirect_to[k].addr, &n->conf->lma_address);
}

/* --- sending on (5.3.2) ----------------------------------------------------------- */

/* "all non-security related mobility options"; nor is this an anchor that shall
 * give it away once more. */
static bool
is_carried(uint8_t type)
{
	return type != MOPT_AUTH && type != MOPT_AUTH_DATA &&
	       type != MOPT_REPLAY && type != MOPT_REDIRECT_CAP &&
	       type != MOPT_REDIRECT;
}

static void
copy_options(struct mh *to, const struct mh *from)
{
	for (unsigned k = 0; k < from->nopts; k++) {
		struct mopt *o = is_carried(from->opt[k].type) ?
			mh_add(to, from->opt[k].type) : NULL;

		if (o)
			*o = from->opt[k];
	}
}

static void
send_on(struct node *n, struct relay *r, usec_t now)
{
	const struct in6_addr *to = &n->conf->redirect_to[r->to].addr;
	struct mh_route route = {
		.src = n->conf->lma_address, .dst = *to,
		.coa = r->coa, .hoa = *to,
	};
	struct mh was, mh = { .type = MH_BU };
	struct wire_error err;
	struct mopt *o;

	if (mh_parse(r->update, r->len, NULL, NULL, &was, &err))
		return;
	mh.bu = was.bu;
	copy_options(&mh, &was);
	if (!mh_opt(&mh, MOPT_ALTCOA) && (o = mh_add(&mh, MOPT_ALTCOA)))
		o->altcoa = r->coa;
	r->stale = false;
	node_send_mh(n, &mh, &route, security_peer(n, to), 0, now);
	alarm_set(n, &r->alarm, now + RELAY_WAIT);
}

/* Back to the gateway, as from the address that it asked. */
static void
answer(struct node *n, const struct relay *r, struct mh *mh, usec_t now)
{
	struct mh_route route = {
		.src = r->asked, .dst = r->src, .coa = r->coa, .hoa = r->asked,
	};

	node_send_mh(n, mh, &route, security_peer(n, &r->src), 0, now);
}

/* The last one's status, "or to 130 (Insufficient resources) in case of no
 * responses". */
static void
fail(struct node *n, struct relay *r, usec_t now)
{
	struct mh was, mh = { .type = MH_BA };
	struct pmip_request req;
	struct wire_error err;

	if (!mh_parse(r->update, r->len, NULL, NULL, &was, &err)) {
		pmip_read(&was, &req);
		req.has_group = false;
		mh.ba.status = r->has_status ? r->status : MH_ST_RESOURCES;
		mh.ba.flags = MH_BA_P;
		mh.ba.seq = r->seq;
		pmip_write(&mh, &req);
		answer(n, r, &mh, now);
	}
	n->lma->refused++;
	relay_free(n, r);
}

/* The next one; false: there is none, and that was said. */
static bool
next_one(struct node *n, struct relay *r, usec_t now)
{
	struct mh was;
	struct wire_error err;
	struct pmip_request req;

	r->tried |= (uint64_t)1 << r->to;
	place_forget(n, r->key);
	if (!mh_parse(r->update, r->len, NULL, NULL, &was, &err)) {
		pmip_read(&was, &req);
		/* Ourselves we cannot ask behind an answer that is due. */
		while (assign(n, &req.id, r->tried, &r->to)) {
			if (!is_us(n, r->to))
				return true;
			r->tried |= (uint64_t)1 << r->to;
		}
	}
	fail(n, r, now);
	return false;
}

/* No answer.  The update's time has passed meanwhile (RFC 5213 5.5): what the
 * gateway sends next goes to the next one. */
static void
on_wait(struct node *n, struct alarm *a, usec_t now)
{
	struct relay *r = container_of(a, struct relay, alarm);

	n->lma->now = now;
	if (r->stale) {			/* it does not ask any more */
		relay_free(n, r);
		return;
	}
	if (!next_one(n, r, now))
		return;
	r->stale = true;
	alarm_set(n, &r->alarm, now + 10 * RELAY_WAIT);
}

/* --- from the gateway --------------------------------------------------------------- */

static struct relay *
relay_get(struct node *n, const struct span *id)
{
	struct relays *v = n->lma->relays;
	struct map_node *m;
	struct relay *r;
	uint64_t key[2];

	key_of(n, id, key);
	m = map_find(&v->map, key);
	if (m)
		return container_of(m, struct relay, node);
	r = v->map.count < RELAYS_MAX ? calloc(1, sizeof(*r)) : NULL;
	if (!r)
		return NULL;
	memcpy(r->key, key, sizeof(key));
	alarm_init(&r->alarm, on_wait);
	if (map_insert(&v->map, &r->node))
		return r;
	free(r);
	return NULL;
}

/* `to' is asked first; a repetition goes to whoever is being asked. */
static bool
relay(struct node *n, const struct registration *rq, const struct rx *rx,
      unsigned to, usec_t now)
{
	struct relay *r = relay_get(n, &rq->proxy->id);
	uint8_t *copy = r ? malloc(rx->mh.len) : NULL;

	if (!copy) {
		if (r && !r->update)
			relay_free(n, r);
		return false;
	}
	memcpy(copy, rx->pkt.payload.p, rx->mh.len);
	/* Another gateway has it now. */
	if (!r->update || !addr_eq(&r->coa, &rq->coa)) {
		r->to = to;
		r->tried = 0;
		r->has_status = false;
	}
	free(r->update);
	r->update = copy;
	r->len = rx->mh.len;
	r->src = rq->src;
	r->coa = rq->coa;
	r->asked = rx->pkt.dst;
	r->seq = rq->seq;
	send_on(n, r, now);
	return true;
}

static void
refuse(struct node *n, const struct registration *rq, usec_t now)
{
	struct mh_ba ba = { .status = MH_ST_RESOURCES, .seq = rq->seq };

	lma_answer(n, rq, &ba, now);
}

/*
 * 5.3.  A request that was checked; true: it is not for us to serve.  Who has
 * a session here is at home here, and so is who does not know of this.
 */
bool
lma_redirect(struct node *n, const struct registration *rq,
	     const struct rx *rx, usec_t now)
{
	bool asked = !addr_is_unspec(&rq->asked);
	unsigned to = 0;

	if (!n->conf->redirect || !rq->lifetime) {
		if (asked && rq->lifetime)
			refuse(n, rq, now);
		return asked;
	}
	if (lma_mobile_find(n, &rq->proxy->id) && !asked)
		return false;
	if (!mh_opt(&rx->mh, MOPT_REDIRECT_CAP)) {
		/* "Otherwise, the rfLMA MUST reject the PBU" */
		if (asked)
			refuse(n, rq, now);
		return asked;
	}
	/* LmaRedirectAddress with nobody else: it is us (5.3.1). */
	if (lma_mobile_find(n, &rq->proxy->id) ||
	    !assign_first(n, &rq->proxy->id, &to) || is_us(n, to))
		return false;
	if (!relay(n, rq, rx, to, now))
		refuse(n, rq, now);
	return true;
}

/* --- from the other anchor ------------------------------------------------------------ */

/* Another one may have room, or the mobile; what is wrong with the request is
 * wrong there, too. */
static bool
may_help(uint8_t status)
{
	return status == MH_ST_UNSPECIFIED || status == MH_ST_PROHIBITED ||
	       status == MH_ST_RESOURCES || status == MH_ST_NOT_LMA ||
	       status == MH_ST_PROXY_DISABLED;
}

void
lma_redirect_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	const struct mopt *id = mh_opt(&rx->mh, MOPT_MNID);
	const struct conf_peer *peer = security_peer(n, &rx->pkt.src);
	struct mh mh = { .type = MH_BA };
	struct map_node *m;
	struct relay *r;
	uint64_t key[2];
	struct mopt *o;

	if (!id || !(rx->mh.ba.flags & MH_BA_P) ||
	    !addr_eq(&rx->pkt.dst, &n->conf->lma_address))
		return;
	key_of(n, &id->mnid.id, key);
	m = map_find(&n->lma->relays->map, key);
	r = m ? container_of(m, struct relay, node) : NULL;
	if (!r || r->seq != rx->mh.ba.seq ||
	    !addr_eq(&n->conf->redirect_to[r->to].addr, &rx->pkt.src) ||
	    security_check(n, peer, &rx->mh, rx->pkt.payload.p, &r->coa,
			   &rx->pkt.src, 0, now) != SEC_OK)
		return;
	n->lma->now = now;
	if (may_help(rx->mh.ba.status)) {
		r->has_status = true;
		r->status = rx->mh.ba.status;
		if (next_one(n, r, now))
			send_on(n, r, now);
		return;
	}
	mh.ba = rx->mh.ba;
	copy_options(&mh, &rx->mh);
	if (rx->mh.ba.status < MH_ST_UNSPECIFIED) {
		if ((o = mh_add(&mh, MOPT_REDIRECT))) {
			o->lmaa.code = MOPT_LMAA_IPV6;
			o->lmaa.addr = rx->pkt.src;
		}
		place_set(n, r->key, &rx->pkt.src);
		n->lma->redirected++;
	}
	answer(n, r, &mh, now);
	relay_free(n, r);
}

/* --- at the one that it is given to ---------------------------------------------------- */

/* 5.3.1: a gateway's own updates are its own; others' only from an anchor that
 * we have an agreement with. */
bool
lma_may_relay(const struct node *n, const struct in6_addr *src)
{
	if (!n->conf->redirect_accept)
		return false;
	for (unsigned k = 0; k < n->conf->nredirectors; k++)
		if (prefix_match(&n->conf->redirector[k], src))
			return true;
	return false;
}

/* 4.3, 5.3.1: what the answer says besides. */
void
lma_put_redirect(const struct node *n, struct mh *mh,
		 const struct registration *rq, const struct mh_ba *ba)
{
	const struct registrar *g = n->registrar;
	struct mopt *o;

	if (ba->status >= MH_ST_UNSPECIFIED || !ba->lifetime)
		return;
	if (!addr_is_unspec(&rq->asked) && (o = mh_add(mh, MOPT_REDIRECT))) {
		o->lmaa.code = MOPT_LMAA_IPV6;
		o->lmaa.addr = rq->local;
		n->lma->redirected++;
	}
	if ((n->conf->redirect || n->conf->redirect_accept) &&
	    (o = mh_add(mh, MOPT_LOAD))) {
		o->load.sessions = g->of[KEEPER_PROXY].count[BINDING_ACTIVE];
		o->load.max_sessions = g->of[KEEPER_PROXY].limit;
	}
}
