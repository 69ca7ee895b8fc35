/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrar.c - the binding cache and what happens to a binding.
 *
 *	            take: admitted at once
 *	 (none) ------------------------------> ACTIVE <--+ refresh, move
 *	   |  ^                                  |  |  ---+
 *	   |  | refused            deregistered  |  | expired
 *	   v  |                                  v  v
 *	 WAITING --- decide: accepted --> ACTIVE INVALID --> (none)
 *	   |                                       ^   |
 *	   +----- decide: refused, or called off --+   +--> WAITING, ACTIVE
 *
 * INVALID is RFC 6275 10.3.2's "marked as invalid": nothing is served, but
 * the sequence number (and under RFC 4285 the timestamp) is remembered, so
 * that an older Binding Update which arrives late is refused with 135
 * instead of calling the mobile away from its home link again.
 *
 * Order of effects.  A path is told before the flow that uses it, and the
 * flow before the acknowledgement leaves; on the way down the flow goes
 * first.  The node's list of wishes keeps the order in which objects became
 * dirty, so here it is enough to call things in that order: tunnel_get,
 * wish_add, answer, tunnel_put.
 *
 * Expiry is lazy: a refresh moves `expires' and leaves the alarm where it
 * is.  When it rings too early it is set again.  One ring a lifetime is
 * cheaper than moving one of a million timers with every message.
 */
#include "core/registrar.h"

#include <assert.h>
#include <stdlib.h>

static_assert(sizeof(struct binding) <= 120, "a million of these");

struct binding_key {			/* as they lie in a binding */
	struct in6_addr	hoa;
	uint16_t	at;
};
#define KEY_LEN	(offsetof(struct binding_key, at) + sizeof(uint16_t))
static_assert(offsetof(struct binding, at) - offsetof(struct binding, hoa) ==
	      offsetof(struct binding_key, at), "a key");

const struct keeper *
keeper_of(const struct node *n, uint8_t kind)
{
	return n->registrar->keeper[kind];
}

struct registrar *
registrar_new(struct node *n)
{
	struct registrar *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	map_init(&r->bindings, offsetof(struct binding, hoa) -
		 offsetof(struct binding, node), KEY_LEN,
		 n->secret);
	pool_init(&r->pool, sizeof(struct binding), UINT32_MAX);
	pool_init(&r->waiting, sizeof(struct registration), UINT32_MAX);
	return r;
}

struct registrar *
registrar_free(struct node *n, struct registrar *r)
{
	struct binding *b = NULL;
	size_t pos = 0;

	if (!r)
		return NULL;
	/* Those in the cache, and those that only wait for last effects. */
	while ((b = registrar_next(r, b, &pos)))
		alarm_clear(n, &b->alarm);
	list_each(l, &n->wishes) {
		struct wish *w = container_of(l, struct wish, l);

		if (w->kind == WISH_BINDING)
			wish_drop(w);
	}
	map_fini(&r->bindings);
	pool_fini(&r->pool);
	pool_fini(&r->waiting);
	free(r);
	return NULL;
}

struct binding *
registrar_find(const struct registrar *r, const struct in6_addr *hoa)
{
	return registrar_find_at(r, hoa, 0);
}

struct binding *
registrar_find_at(const struct registrar *r, const struct in6_addr *hoa,
		  uint16_t at)
{
	const struct binding_key key = { *hoa, at };
	struct map_node *m = map_find(&r->bindings, &key);

	return m ? container_of(m, struct binding, node) : NULL;
}

struct binding *
registrar_next(const struct registrar *r, struct binding *after, size_t *pos)
{
	struct map_node *m = map_next(&r->bindings,
				      after ? &after->node : NULL, pos);

	return m ? container_of(m, struct binding, node) : NULL;
}

/* --- one binding -------------------------------------------------------- */

static void binding_ring(struct node *, struct alarm *, usec_t now);

struct binding *
binding_new(struct node *n, const struct in6_addr *hoa, uint16_t at,
	    enum binding_state state)
{
	struct registrar *r = n->registrar;
	struct binding *b = pool_get(&r->pool);

	if (!b)
		return NULL;
	b->hoa = *hoa;
	b->at = at;
	b->state = (uint8_t)state;
	wish_init(&b->wish, WISH_BINDING);
	alarm_init(&b->alarm, binding_ring);
	if (!map_insert(&r->bindings, &b->node)) {
		pool_put(&r->pool, b);
		return NULL;
	}
	r->of[b->keeper].count[state]++;
	return b;
}

/* An INVALID one is somebody else's from now on. */
void
binding_give(struct node *n, struct binding *b, uint8_t keeper)
{
	struct registrar *r = n->registrar;

	r->of[b->keeper].count[b->state]--;
	b->keeper = keeper;
	r->of[b->keeper].count[b->state]++;
}

void
binding_enter(struct node *n, struct binding *b, enum binding_state state)
{
	struct registrar *r = n->registrar;

	r->of[b->keeper].count[b->state]--;
	b->state = (uint8_t)state;
	if (state != BINDING_GONE)
		r->of[b->keeper].count[state]++;
}

void
binding_free(struct node *n, struct binding *b)
{
	const struct keeper *k = keeper_of(n, b->keeper);

	if (k && k->release)
		k->release(n, b);
	pool_put(&n->registrar->pool, b);
}

/* Out of the cache.  The object lives on until its last effect is told. */
void
binding_drop(struct node *n, struct binding *b)
{
	struct registrar *r = n->registrar;
	const struct keeper *k = keeper_of(n, b->keeper);

	binding_enter(n, b, BINDING_GONE);
	map_remove(&r->bindings, &b->node);
	alarm_clear(n, &b->alarm);
	if (b->flags & BINDING_STORED)
		wish_add(n, &b->wish, BINDING_STORE);
	if (k && k->drop)
		k->drop(n, b);
	if (!b->wish.dirty)
		binding_free(n, b);
}

void
binding_until(struct node *n, struct binding *b, usec_t expires)
{
	b->expires = expires;
	if (!alarm_is_set(&b->alarm) || b->alarm.t.at > expires)
		alarm_set(n, &b->alarm, expires);
}

/* How long an accepted timestamp would be taken again if we forgot it:
 * while it is not older than our clock by the drift we allow. */
static usec_t
replay_hold(const struct node *n, const struct binding *b, usec_t now)
{
	const struct keeper *k = keeper_of(n, b->keeper);
	const struct conf_peer *peer;
	int32_t left;

	/* RFC 6275 5.2.8 and 9.5.3 */
	if (k->has_nonces && k->has_nonces(n, b))
		return MAX_NONCE_LIFETIME;
	if (!b->replay || b->keeper == KEEPER_PROXY)
		return 0;
	peer = security_peer(n, &b->hoa);
	if (!peer || peer->replay != CONF_REPLAY_TIMESTAMP)
		return 0;
	left = (int32_t)((uint32_t)(b->replay >> 32) -
			 (uint32_t)(security_ntp(n, now) >> 32)) +
	       peer->drift + 1;
	if (left <= 0)
		return 0;
	return SEC(left > 2 * UINT8_MAX ? 2 * UINT8_MAX : left);
}

/* Remember without serving.  RFC 6275 10.3.2: MAX_DELETE_BCE_TIMEOUT after
 * a deregistration; and in any case as long as the last message could be
 * replayed. */
static void
binding_hold(struct node *n, struct binding *b, usec_t at_least, usec_t now)
{
	usec_t hold = replay_hold(n, b, now);

	if (hold < at_least)
		hold = at_least;
	if (!hold) {
		binding_drop(n, b);
		return;
	}
	binding_until(n, b, now + hold);
	wish_add(n, &b->wish, BINDING_STORE);
}

/* How long its keeper wants one remembered that is over. */
static usec_t
hold_time(const struct node *n, const struct binding *b)
{
	const struct keeper *k = keeper_of(n, b->keeper);

	return k->hold ? k->hold(n, b) : MAX_DELETE_BCE_TIMEOUT;
}

/* From ACTIVE or WAITING: nothing of it remains outside but the record. */
void
binding_stop(struct node *n, struct binding *b)
{
	bool active = b->state == BINDING_ACTIVE;
	struct tunnel *t = active ? b->tunnel : NULL;

	if (!active)
		pool_put(&n->registrar->waiting, b->waiting);
	b->tunnel = NULL;
	binding_enter(n, b, BINDING_INVALID);
	if (active)
		wish_add(n, &b->wish, BINDING_FLOW);
	keeper_of(n, b->keeper)->leave(n, b);
	tunnel_put(n, t);
}

static void
note_down(struct node *n, const struct binding *b, enum note_down why,
	  usec_t now)
{
	struct note note = {
		.code = NOTE_BINDING_DOWN, .a = b->hoa, .value = why,
	};

	note_put(n, &note, now);
}

static usec_t
next_ring(struct node *n, struct binding *b, usec_t now)
{
	const struct keeper *k = keeper_of(n, b->keeper);
	usec_t next = k->ring && b->state == BINDING_ACTIVE ?
		k->ring(n, b, now) : b->expires;

	return next < b->expires ? next : b->expires;
}

static void
binding_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct binding *b = container_of(a, struct binding, alarm);

	/* A waiting one is decided by its keeper. */
	if (b->state == BINDING_WAITING)
		return;
	if (b->expires > now) {
		alarm_set(n, a, next_ring(n, b, now));
		return;
	}
	if (b->state == BINDING_INVALID) {
		binding_drop(n, b);
		return;
	}
	registrar_end(n, b, NOTE_DOWN_EXPIRED, now);
}

void
registrar_end(struct node *n, struct binding *b, enum note_down why,
	      usec_t now)
{
	note_down(n, b, why, now);
	binding_stop(n, b);
	b->flags &= (uint8_t)~BINDING_LEFT;
	binding_hold(n, b, 0, now);
}

/* --- answers ------------------------------------------------------------ */

static void
answer(struct node *n, const struct registration *rq, uint8_t status,
       uint16_t seq, uint16_t lifetime, usec_t now)
{
	struct mh_ba ba = {
		.status = status, .seq = seq, .lifetime = lifetime,
	};

	keeper_of(n, rq->keeper)->answer(n, rq, &ba, now);
}

static void
refuse(struct node *n, const struct registration *rq, uint8_t status,
       usec_t now)
{
	answer(n, rq, status, rq->seq, 0, now);
}

/* The timestamp, to be newer than the next time.  Under cga there is none,
 * and the token stays what it is until another one is given out. */
static void
remember(struct binding *b, const struct registration *rq)
{
	if (rq->own.has_kbm)
		return;
	b->replay = rq->replay;
	b->flags &= (uint8_t)~BINDING_CGA;
}

/* --- registration (RFC 6275 10.3.1) ------------------------------------- */

static void
note_up(struct node *n, const struct registration *rq, enum note_code code,
	usec_t now)
{
	struct note note = {
		.code = code, .a = rq->hoa, .b = rq->coa,
		.lifetime = (uint32_t)rq->lifetime * MH_LIFETIME_UNIT,
	};

	note_put(n, &note, now);
}

static struct path_key
path_of(const struct node *n, const struct registration *rq)
{
	enum path_kind kind = keeper_of(n, rq->keeper)->path;

	/* A correspondent's serves all of its addresses (core/effect.h). */
	return (struct path_key){
		.local = kind ? addr_unspec : rq->local, .remote = rq->coa,
		.kind = kind ? kind : PATH_IP6IP6,
	};
}

static bool
same_path(const struct tunnel *t, const struct path_key *key)
{
	return addr_eq(&t->key.remote, &key->remote) &&
	       addr_eq(&t->key.local, &key->local);
}

/* Serve `rq' and say so.  False: no memory, and nothing has changed. */
static bool
accept_binding(struct node *n, struct binding *b,
	       const struct registration *rq, usec_t now)
{
	struct path_key key = path_of(n, rq);
	bool fresh = b->state != BINDING_ACTIVE;
	bool moves = fresh || !same_path(b->tunnel, &key);
	struct tunnel *old = fresh ? NULL : b->tunnel, *t;

	if (moves) {
		t = tunnel_get(n, &key);
		if (!t)
			return false;
		if (b->state == BINDING_WAITING)
			pool_put(&n->registrar->waiting, b->waiting);
		b->tunnel = t;
	}
	if (fresh)
		binding_enter(n, b, BINDING_ACTIVE);
	b->seq = rq->seq;
	remember(b, rq);
	b->granted = rq->lifetime;
	b->link = rq->link;
	b->flags = (uint8_t)((b->flags & ~(BINDING_L | BINDING_LEFT)) |
			     (rq->flags & BINDING_L));
	if (rq->own.fresh) {
		memcpy(b->token, rq->own.token, sizeof(b->token));
		b->flags |= BINDING_CGA;
	}
	binding_until(n, b, now + SEC(MH_LIFETIME_UNIT) * rq->lifetime);
	wish_add(n, &b->wish, moves ? BINDING_FLOW | BINDING_STORE :
		 BINDING_STORE);
	if (moves)		/* behind its path, if it was pending before */
		list_append(&n->wishes, &b->wish.l);
	answer(n, rq, rq->status, rq->seq, rq->lifetime, now);
	if (moves) {
		note_up(n, rq, fresh ? NOTE_BINDING_UP : NOTE_BINDING_MOVED,
			now);
		tunnel_put(n, old);
	}
	keeper_of(n, b->keeper)->serve(n, b, fresh, now);
	return true;
}

void
registrar_extend(struct node *n, struct binding *b, uint16_t lifetime,
		 usec_t now)
{
	usec_t until = now + SEC(MH_LIFETIME_UNIT) * lifetime;

	if (b->state != BINDING_ACTIVE || until <= b->expires)
		return;
	b->granted = lifetime;
	binding_until(n, b, until);
	wish_add(n, &b->wish, BINDING_STORE);
}

/* Not served, not waiting any more: forget it unless it was known before
 * (then its memory goes on for the usual time). */
static void
give_up(struct node *n, struct binding *b, bool known, usec_t now)
{
	if (known)
		binding_hold(n, b, MAX_DELETE_BCE_TIMEOUT, now);
	else
		binding_drop(n, b);
}

/* Room for one more?  What is only remembered counts too, more loosely: who
 * registers and deregisters one address after the other must not fill us. */
static bool
has_room(struct node *n, const struct registration *rq, usec_t now)
{
	uint32_t limit = n->registrar->of[rq->keeper].limit;
	const uint32_t *count = n->registrar->of[rq->keeper].count;
	bool *full = &n->registrar->of[rq->keeper].full;
	uint32_t served = count[BINDING_ACTIVE] + count[BINDING_WAITING];
	struct note note = {
		.code = NOTE_BINDING_LIMIT, .a = rq->hoa, .value = limit,
	};

	if (served < limit && (rq->b || (uint64_t)served +
			       count[BINDING_INVALID] < 2 * (uint64_t)limit)) {
		*full = false;
		return true;
	}
	if (!*full)
		note_put(n, &note, now);
	*full = true;
	return false;
}

/* Nothing is served for it so far: `b' is NULL or INVALID. */
static void
register_new(struct node *n, struct binding *b, struct registration *rq,
	     usec_t now)
{
	struct registrar *r = n->registrar;
	struct registration *w;
	bool known = b != NULL;
	int verdict;

	w = has_room(n, rq, now) ? pool_get(&r->waiting) : NULL;
	if (w && !b)
		b = binding_new(n, &rq->hoa, rq->at, BINDING_INVALID);
	if (!w || !b) {
		pool_put(&r->waiting, w);
		refuse(n, rq, MH_ST_RESOURCES, now);
		return;
	}
	binding_give(n, b, rq->keeper);
	/* WAITING while it is prepared, so that leave() undoes it all. */
	binding_enter(n, b, BINDING_WAITING);
	rq->b = b;
	*w = *rq;
	b->waiting = w;
	b->link = rq->link;
	b->seq = rq->seq;
	remember(b, rq);
	b->flags = (uint8_t)((b->flags & ~BINDING_L) | rq->flags);

	verdict = keeper_of(n, rq->keeper)->prepare(n, b, rq, now);
	if (verdict == ADMIT_WAIT)
		return;
	if (!verdict && !accept_binding(n, b, rq, now))
		verdict = MH_ST_RESOURCES;
	if (!verdict)
		return;
	refuse(n, rq, (uint8_t)verdict, now);
	binding_stop(n, b);
	give_up(n, b, known, now);
}

/* A Binding Update again while the first one waits: the newest is what
 * will be answered, once. */
static void
register_again(struct node *n, struct binding *b, struct registration *rq,
	       usec_t now)
{
	bool other = (b->flags & BINDING_L) != (rq->flags & BINDING_L) ||
		     b->link != rq->link;

	if (other) {
		/* What was asked for has changed: begin again. */
		binding_stop(n, b);
		register_new(n, b, rq, now);
		return;
	}
	*b->waiting = *rq;
	b->seq = rq->seq;
	remember(b, rq);
}

static void
register_binding(struct node *n, struct registration *rq, usec_t now)
{
	struct binding *b = rq->b;
	int status = keeper_of(n, rq->keeper)->admit(n, rq, now);

	if (status >= MH_ST_UNSPECIFIED) {
		refuse(n, rq, (uint8_t)status, now);
		return;
	}
	rq->status = (uint8_t)status;
	if (!b || b->state == BINDING_INVALID)
		register_new(n, b, rq, now);
	else if (b->state == BINDING_WAITING)
		register_again(n, b, rq, now);
	else if (!accept_binding(n, b, rq, now))
		refuse(n, rq, MH_ST_RESOURCES, now);
}

void
registrar_decide(struct node *n, struct binding *b, uint8_t status, usec_t now)
{
	struct registration rq;
	int again;

	if (b->state != BINDING_WAITING)
		return;
	rq = *b->waiting;
	/* The configuration may be another one by now. */
	rq.peer = security_peer(n, &rq.hoa);
	rq.link = b->link;
	/* And it may ask for another care-of address than at first. */
	again = status ? status : keeper_of(n, b->keeper)->admit(n, &rq, now);
	if (again < MH_ST_UNSPECIFIED) {
		rq.status = (uint8_t)again;
		if (accept_binding(n, b, &rq, now))
			return;
		again = MH_ST_RESOURCES;
	}
	binding_stop(n, b);
	binding_hold(n, b, MAX_DELETE_BCE_TIMEOUT, now);
	refuse(n, &rq, (uint8_t)again, now);
}

/* To where it points, under the number of the update that made it so. */
void
registrar_revoke(struct node *n, struct binding *b, uint8_t status,
		 enum note_down why, usec_t now)
{
	struct registration rq = {
		.b = b, .peer = security_peer(n, &b->hoa), .hoa = b->hoa,
		.replay = b->flags & BINDING_CGA ? 0 : b->replay,
		.seq = b->seq, .keeper = b->keeper,
		.link = b->link, .has_hao = true,
	};

	if (b->state != BINDING_ACTIVE)
		return;
	binding_path(b, &rq.coa, &rq.local);
	rq.src = rq.coa;
	if (b->flags & BINDING_CGA) {
		/* the key of a deregistration: the care-of token is gone */
		rr_kbm(n, b->token, NULL, rq.own.kbm);
		rq.own.has_kbm = true;
	}
	note_down(n, b, why, now);
	binding_stop(n, b);
	b->flags &= (uint8_t)~BINDING_LEFT;
	binding_hold(n, b, MAX_DELETE_BCE_TIMEOUT, now);
	refuse(n, &rq, status, now);
}

void
registrar_remove(struct node *n, struct binding *b, enum note_down why,
		 usec_t now)
{
	if (b->state == BINDING_ACTIVE)
		note_down(n, b, why, now);
	if (b->state != BINDING_INVALID)
		binding_stop(n, b);
	binding_drop(n, b);
}

/* --- deregistration (RFC 6275 10.3.2) ----------------------------------- */

static void
deregister(struct node *n, const struct registration *rq, usec_t now)
{
	struct binding *b = rq->b;

	/* A repeated one, whose acknowledgement was lost, is a success. */
	if (!b || (b->state == BINDING_INVALID && !(b->flags & BINDING_LEFT))) {
		refuse(n, rq, MH_ST_NOT_HA, now);
		return;
	}
	b->seq = rq->seq;
	remember(b, rq);
	b->flags |= BINDING_LEFT;
	if (b->state == BINDING_ACTIVE)
		note_down(n, b, NOTE_DOWN_DEREGISTERED, now);
	if (b->state != BINDING_INVALID)
		binding_stop(n, b);
	wish_add(n, &b->wish, BINDING_STORE);
	answer(n, rq, MH_ST_ACCEPTED, rq->seq, 0, now);
	binding_hold(n, b, hold_time(n, b), now);
}

/* RFC 6275 9.5.1.  Not before the one that is being decided, and not for
 * ever. */
static void
answer_stale(struct node *n, const struct registration *rq, usec_t now)
{
	struct registrar *r = n->registrar;
	uint64_t h = siphash13(n->secret, &rq->hoa, sizeof(rq->hoa));

	if (rq->b->state != BINDING_WAITING &&
	    bucket_take(&r->stale[h % REGISTRAR_SLOTS], REGISTRAR_STALE, now))
		answer(n, rq, MH_ST_SEQUENCE, rq->b->seq, 0, now);
}

/* --- the door ----------------------------------------------------------- */

/*
 * RFC 6275 9.5.1: the sequence number is greater than that of the last
 * valid Binding Update, else 135 with that one; RFC 4285 section 7: it is
 * not used where timestamps are.  Then the type of registration (139).
 */
void
registrar_take(struct node *n, struct registration *rq, usec_t now)
{
	struct binding *b = rq->b;

	if (b && !rq->timed && !seq_after(rq->seq, b->seq)) {
		answer_stale(n, rq, now);
		return;
	}
	if (b && b->state != BINDING_INVALID && b->keeper != rq->keeper) {
		refuse(n, rq, MH_ST_TYPE_CHANGE, now);
		return;
	}
	if (rq->lifetime)
		register_binding(n, rq, now);
	else
		deregister(n, rq, now);
}

void
registrar_review(struct node *n, usec_t now)
{
	struct registrar *r = n->registrar;
	struct binding *b = NULL;
	size_t pos = 0;

	while ((b = registrar_next(r, b, &pos))) {
		usec_t before = b->expires;

		if (b->state == BINDING_INVALID)
			continue;
		if (keeper_of(n, b->keeper)->adopt(n, b, now)) {
			if (b->expires < before && b->state == BINDING_ACTIVE)
				binding_until(n, b, b->expires);
			continue;
		}
		if (b->state == BINDING_ACTIVE)
			note_down(n, b, NOTE_DOWN_CONFIGURATION, now);
		binding_stop(n, b);
		/* Its last message is as old as it was: the configuration may
		 * change back before it is of no use any more (9.5.1). */
		b->flags &= (uint8_t)~BINDING_LEFT;
		binding_hold(n, b, hold_time(n, b), now);
	}
}

void
registrar_withdraw(struct node *n)
{
	struct registrar *r = n->registrar;
	struct binding *b = NULL;
	size_t pos = 0;

	while ((b = registrar_next(r, b, &pos)))
		if (b->state != BINDING_INVALID)
			binding_stop(n, b);
}

/* --- effects ------------------------------------------------------------ */

static struct prefix
binding_prefix(const struct node *n, const struct binding *b)
{
	uint8_t len = keeper_of(n, b->keeper)->plen;

	return len ? (struct prefix){ b->hoa, len } : prefix_host(&b->hoa);
}

static bool
flow_build(const struct node *n, struct binding *b, struct effect *ret)
{
	const struct keeper *k = keeper_of(n, b->keeper);
	bool up = b->state == BINDING_ACTIVE;

	if (!up && !(b->flags & BINDING_SAID))
		return false;
	ret->kind = EF_FLOW;
	ret->flow = (struct ef_flow){
		.up = up, .key.dst = binding_prefix(n, b),
		.action = FLOW_PATH,
		.direct = up && b->keeper == KEEPER_HOME,
	};
	if (k->local) {
		ret->flow.key.src = prefix_host(k->local(n, b));
		ret->flow.key.cn = true;
	}
	if (up) {
		ret->flow.path = b->tunnel->key;
		b->flags |= BINDING_SAID;
	} else {
		b->flags &= (uint8_t)~BINDING_SAID;
	}
	return true;
}

bool
binding_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct binding *b = container_of(w, struct binding, wish);
	uint16_t bit = w->dirty & (uint16_t)-w->dirty;
	bool said;

	w->dirty &= (uint16_t)~bit;
	if (bit == BINDING_FLOW)
		said = flow_build(n, b, ret);
	else if (bit == BINDING_STORE)
		said = binding_store(n, b, ret);
	else
		said = keeper_of(n, b->keeper)->build(n, b, bit, ret);
	if (b->state == BINDING_GONE && !w->dirty)
		binding_free(n, b);
	return said;
}
