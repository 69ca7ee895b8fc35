/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrar_store.c - bindings over a restart, and bindings to look at.
 *
 * Whenever a binding changes it is stored, under its home address, before
 * the acknowledgement leaves.  A record says when it ends by the wall clock,
 * the only one that goes on while the machine is off; what is remembered of
 * an invalid binding (its sequence number, its timestamp) is stored like
 * the rest.  After a restart every record makes a binding again, whose flow
 * is told again: the data path that outlived the process is not touched.
 *
 * A record is data from outside.  One that cannot be read, that has ended,
 * or whose home link is not ours any more, is forgotten.
 *
 * key:   'b', home address
 * value: version, state, keeper, flags, sequence number, granted lifetime,
 *        timestamp, expiry by the wall clock (usec; 0: it was not known),
 *        care-of address, own address; the permanent home keygen token, if
 *        there is one (by the flags); owner, if there is one, or what the
 *        keeper has besides
 */
#include "core/registrar.h"

#define STORE_BINDING	'b'
#define STORE_VERSION	1
#define STORED_FLAGS	(BINDING_L | BINDING_LEFT | BINDING_CGA)

bool
binding_store(struct node *n, struct binding *b, struct effect *ret)
{
	struct store_record *s = &ret->store;
	bool up = b->state != BINDING_GONE;
	struct wbuf k = wbuf_of(s->key, sizeof(s->key));
	struct wbuf v = wbuf_of(s->value, sizeof(s->value));
	struct in6_addr coa, local;

	/* What waits is not remembered; an older record of it stays. */
	if (b->state == BINDING_WAITING ||
	    (up && keeper_of(n, b->keeper)->forgets) ||
	    (!up && !(b->flags & BINDING_STORED)))
		return false;
	ret->kind = EF_STORE;
	s->up = up;
	wbuf_u8(&k, STORE_BINDING);
	wbuf_addr(&k, &b->hoa);
	s->key_len = (uint8_t)wbuf_len(&k);
	s->value_len = 0;
	b->flags &= (uint8_t)~BINDING_STORED;
	if (!up)
		return true;
	binding_path(b, &coa, &local);
	wbuf_u8(&v, STORE_VERSION);
	wbuf_u8(&v, b->state);
	wbuf_u8(&v, b->keeper);
	wbuf_u8(&v, b->flags & (STORED_FLAGS));
	wbuf_u16(&v, b->seq);
	wbuf_u16(&v, b->granted);
	wbuf_u64(&v, b->flags & BINDING_CGA ? 0 : b->replay);
	wbuf_u64(&v, n->wall ? b->expires + (uint64_t)n->wall : 0);
	wbuf_addr(&v, &coa);
	wbuf_addr(&v, &local);
	if (b->flags & BINDING_CGA)
		wbuf_put(&v, b->token, sizeof(b->token));
	if (keeper_of(n, b->keeper)->store)
		keeper_of(n, b->keeper)->store(n, b, &v);
	else if (b->owner)
		wbuf_u32(&v, b->owner);
	s->value_len = (uint8_t)wbuf_len(&v);
	b->flags |= BINDING_STORED;
	return true;
}

/* What a record says, with `expires' on our clock. */
struct stored {
	uint8_t		state, keeper, flags;
	uint16_t	seq, granted;
	uint64_t	replay;
	uint8_t		token[RR_TOKEN];
	uint32_t	owner;
	usec_t		expires;
	struct path_key	path;
	struct rbuf	more;		/* the keeper's own */
};

/* The time that remains, by the wall clock; with neither end of it known,
 * and at most, the whole lifetime that the mobile was promised. */
static usec_t
stored_expiry(const struct node *n, uint64_t wall, usec_t most, usec_t now)
{
	uint64_t wall_now = now + (uint64_t)n->wall;

	if (!wall || !n->wall)
		return now + most;
	if (wall <= wall_now)
		return now;
	return wall - wall_now < most ? now + (wall - wall_now) : now + most;
}

static bool
stored_parse(const struct node *n, const struct store_record *rec,
	     struct stored *ret, usec_t now)
{
	struct rbuf r = rbuf_of(rec->value, rec->value_len);
	bool version = rbuf_u8(&r) == STORE_VERSION;
	const uint8_t *token;
	uint64_t wall;

	ret->state = rbuf_u8(&r);
	ret->keeper = rbuf_u8(&r);
	ret->flags = rbuf_u8(&r) & (STORED_FLAGS);
	ret->seq = rbuf_u16(&r);
	ret->granted = rbuf_u16(&r);
	ret->replay = rbuf_u64(&r);
	wall = rbuf_u64(&r);
	ret->path.remote = rbuf_addr(&r);
	ret->path.local = rbuf_addr(&r);
	ret->path.kind = PATH_IP6IP6;
	token = ret->flags & BINDING_CGA ? rbuf_take(&r, RR_TOKEN) : NULL;
	if (token)
		memcpy(ret->token, token, RR_TOKEN);
	if (ret->keeper >= KEEPERS || !keeper_of(n, ret->keeper) ||
	    keeper_of(n, ret->keeper)->forgets ||
	    !keeper_of(n, ret->keeper)->adopt)
		return false;
	ret->more = rbuf_of(NULL, 0);
	ret->owner = 0;
	if (keeper_of(n, ret->keeper)->revive)
		ret->more = rbuf_sub(&r, rbuf_left(&r));
	else if (rbuf_left(&r))
		ret->owner = rbuf_u32(&r);
	if (r.bad || rbuf_left(&r) || !version)
		return false;
	if (ret->state == BINDING_INVALID) {
		ret->expires = stored_expiry(n, wall, SEC(2 * UINT8_MAX), now);
		return true;
	}
	ret->expires = stored_expiry(n, wall, SEC(MH_LIFETIME_UNIT) *
				     ret->granted, now);
	return ret->state == BINDING_ACTIVE &&
	       addr_is_routable(&ret->path.remote) &&
	       addr_is_routable(&ret->path.local);
}

/* As it was before the restart; false: not to be had. */
static bool
binding_revive(struct node *n, struct binding *b, const struct stored *s,
	       usec_t now)
{
	const struct registrar *r = n->registrar;
	const struct keeper *k = keeper_of(n, s->keeper);
	struct rbuf more = s->more;

	binding_give(n, b, s->keeper);
	b->seq = s->seq;
	b->granted = s->granted;
	if (s->flags & BINDING_CGA)
		memcpy(b->token, s->token, sizeof(b->token));
	else
		b->replay = s->replay;
	if (k->revive && !k->revive(n, b, &more, now))
		return false;
	if (!k->revive)
		b->owner = s->owner;
	b->flags = s->flags | BINDING_STORED;
	b->expires = s->expires;
	if (s->state == BINDING_ACTIVE) {
		if (r->of[s->keeper].count[BINDING_ACTIVE] >=
		    r->of[s->keeper].limit)
			return false;
		b->tunnel = tunnel_get(n, &s->path);
		if (!b->tunnel)
			return false;
		binding_enter(n, b, BINDING_ACTIVE);
		wish_add(n, &b->wish, BINDING_FLOW);
		if (!keeper_of(n, b->keeper)->adopt(n, b, now)) {
			binding_stop(n, b);
			return false;
		}
	}
	binding_until(n, b, b->expires);
	return true;
}

bool
registrar_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	struct rbuf k = rbuf_of(rec->key, rec->key_len);
	uint8_t what = rbuf_u8(&k);
	struct in6_addr hoa = rbuf_addr(&k);
	struct binding *b;
	struct stored s;

	if (k.bad || rbuf_left(&k) || what != STORE_BINDING)
		return false;
	if (registrar_find(n->registrar, &hoa))
		return true;
	b = binding_new(n, &hoa, 0, BINDING_INVALID);
	if (!b)
		return true;
	b->flags = BINDING_STORED;
	if (!rec->up || !addr_is_routable(&hoa) ||
	    !stored_parse(n, rec, &s, now) || s.expires <= now ||
	    !binding_revive(n, b, &s, now))
		binding_drop(n, b);	/* and its record with it */
	return true;
}

/* --- show --------------------------------------------------------------- */

void
binding_path(const struct binding *b, struct in6_addr *ret_coa,
	     struct in6_addr *ret_local)
{
	*ret_coa = *ret_local = addr_unspec;
	if (b->state == BINDING_ACTIVE) {
		*ret_coa = b->tunnel->key.remote;
		*ret_local = b->tunnel->key.local;
	} else if (b->state == BINDING_WAITING) {
		*ret_coa = b->waiting->coa;
		*ret_local = b->waiting->local;
	}
}

static void
binding_show(const struct node *n, const struct binding *b, usec_t now,
	     struct record_sink *sink)
{
	static const char *const words[] = {
		[BINDING_WAITING] = "waiting", [BINDING_ACTIVE] = "active",
		[BINDING_INVALID] = "invalid", [BINDING_GONE] = "gone",
	};
	const struct conf_peer *peer = security_peer(n, &b->hoa);
	struct in6_addr coa, local;
	struct record r;

	binding_path(b, &coa, &local);
	record_init(&r, "binding");
	record_addr(&r, b->keeper == KEEPER_PROXY ? "prefix" : "hoa", &b->hoa);
	if (b->keeper == KEEPER_PROXY) {
		keeper_of(n, b->keeper)->show(n, b, &r);
	} else if (b->state != BINDING_INVALID) {
		record_addr(&r, "coa", &coa);
		if (b->keeper == KEEPER_HOME)
			record_addr(&r, "ha", &local);
	}
	if (b->keeper == KEEPER_CORRESPONDENT) {
		record_addr(&r, "cn", keeper_of(n, b->keeper)->local(n, b));
		record_str(&r, "registration", "correspondent");
	}
	record_str(&r, "state", words[b->state]);
	record_uint(&r, "seq", b->seq);
	if (b->state != BINDING_WAITING)
		record_duration(&r, "left",
				b->expires > now ? b->expires - now : 0);
	if (b->state == BINDING_ACTIVE)
		record_duration(&r, "granted",
				SEC(MH_LIFETIME_UNIT) * b->granted);
	if (b->keeper == KEEPER_PROXY) {
		sink->put(sink, &r);
		return;
	}
	record_bool(&r, "linklocal", b->flags & BINDING_L);
	if (peer && peer->nai)
		record_str(&r, "peer", peer->nai);
	else if (peer && peer->protect == CONF_PROTECT_SHARED_KEY)
		record_uint(&r, "spi", peer->spi);
	sink->put(sink, &r);
}

#define SHOW_PIECE	64

bool
registrar_show(const struct node *n, usec_t now, struct cursor *c,
	       struct record_sink *sink)
{
	struct binding *b = c->last;

	for (int i = 0; i < SHOW_PIECE; i++) {
		b = registrar_next(n->registrar, b, &c->pos);
		if (!b)
			return false;
		binding_show(n, b, now, sink);
	}
	c->last = b;
	return true;
}
