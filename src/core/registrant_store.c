/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrant_store.c - what a registrant remembers over a restart.
 *
 * The sequence number, whatever stands: a peer refuses one that is not after
 * the last (RFC 6275 9.5.1).  And the binding, with its end on the wall clock,
 * since the machine may have been off meanwhile.  It stands, so that traffic goes
 * on; but the peer may have changed its mind, so it is asked as soon as there is
 * a way (registrant_register), and where there is none for long, half way.
 */
#include "core/registrant.h"

#define STORE_VERSION	1

static uint64_t
wall_of(const struct node *n, usec_t at)
{
	return (uint64_t)((int64_t)at + n->wall);
}

bool
registrant_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct registrant *r = container_of(w, struct registrant, store);
	struct store_record *s = &ret->store;
	struct wbuf key = wbuf_of(s->key, sizeof(s->key));
	struct wbuf val = wbuf_of(s->value, sizeof(s->value));

	w->dirty = 0;
	ret->kind = EF_STORE;
	wbuf_u8(&key, REGISTRANT_STORE);
	wbuf_addr(&key, &r->hoa);
	wbuf_u8(&val, STORE_VERSION);
	wbuf_addr(&val, &r->peer);
	wbuf_addr(&val, &r->coa);
	wbuf_u16(&val, r->seq);
	wbuf_u32(&val, r->granted);
	wbuf_u64(&val, r->bound ? wall_of(n, r->expires) : 0);
	if (r->has_token) {
		wbuf_put(&val, r->token, sizeof(r->token));
		wbuf_u16(&val, r->token_seq);
	}
	s->up = true;
	s->key_len = (uint8_t)wbuf_len(&key);
	s->value_len = (uint8_t)wbuf_len(&val);
	return true;
}

bool
registrant_stored_peer(const struct store_record *s, struct in6_addr *ret)
{
	struct rbuf v = rbuf_of(s->value, s->value_len);
	uint8_t version = rbuf_u8(&v);
	struct in6_addr peer = rbuf_addr(&v);

	if (v.bad || version != STORE_VERSION)
		return false;
	*ret = peer;
	return true;
}

bool
registrant_restore(struct node *n, struct registrant *r,
		   const struct store_record *s, usec_t now)
{
	struct rbuf v = rbuf_of(s->value, s->value_len);
	uint8_t version = rbuf_u8(&v);
	struct in6_addr peer = rbuf_addr(&v), coa = rbuf_addr(&v);
	uint16_t seq = rbuf_u16(&v);
	uint32_t granted = rbuf_u32(&v);
	/* Of one that is over, or was never, it is more than was granted. */
	uint64_t left = rbuf_u64(&v) - wall_of(n, now);
	const uint8_t *token = rbuf_left(&v) ? rbuf_take(&v, RR_TOKEN) : NULL;
	uint16_t token_seq = token ? rbuf_u16(&v) : 0;

	if (v.bad || version != STORE_VERSION || !addr_eq(&peer, &r->peer))
		return false;
	r->seq = seq;
	if (!left || left > SEC(granted) || !addr_is_routable(&coa))
		return true;
	r->bound = r->unsure = true;
	r->has_token = token;
	if (token)
		memcpy(r->token, token, sizeof(r->token));
	r->token_seq = token_seq;
	r->coa = coa;
	r->granted = granted;
	r->expires = now + left;
	alarm_set(n, &r->expiry, r->expires);
	alarm_set(n, &r->refresh, now + left / 2);
	return true;
}
