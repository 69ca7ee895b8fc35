/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ha_switch.c - sending mobiles away (RFC 5142).
 *
 * Somebody is about to switch this home agent off, or wants one mobile
 * elsewhere: EV_SWITCH.  Mobiles are told one by one, since those that are told
 * register with others at once (section 7: one a second); each is told again
 * until it has deregistered, or has been silent for long enough.  It is
 * served until its lifetime ends, but cannot extend it any more (5.3).
 *
 * The message tells the other home agents of the home link, in the order of
 * their preference (agents.c).  It is protected as the Binding
 * Acknowledgement is: by the authentication option of RFC 4285, with a
 * timestamp, for it has no sequence number.
 */
#include "core/ha_switch.h"
#include "core/agents.h"
#include "core/ha.h"
#include "core/home_link.h"

/* RFC 5142 section 8 */
#define INITIAL_HA_SWITCH_TIMEOUT	SEC(5)
#define MAX_HA_SWITCH_TIMEOUT		SEC(20)
#define MAX_HA_SWITCH_TRANSMIT_RATE	1	/* a second */

/* Addresses that one message may have, within the minimum MTU. */
#define SWITCH_AGENTS	64

/* Bindings looked at before others get a turn. */
#define SWITCH_LOOK	4096
#define SWITCH_PAUSE	MSEC(10)

struct switched {
	struct map_node	node;
	struct in6_addr	hoa;
	struct alarm	alarm;
	usec_t		timeout;
};

static void switch_walk(struct node *, struct alarm *, usec_t now);

void
ha_switch_init(struct node *n)
{
	struct ha_switch *s = &n->ha->leave;

	alarm_init(&s->alarm, switch_walk);
	map_init(&s->mobiles, offsetof(struct switched, hoa) -
		 offsetof(struct switched, node), sizeof(struct in6_addr),
		 n->secret);
	pool_init(&s->pool, sizeof(struct switched), UINT32_MAX);
}

void
ha_switch_fini(struct node *n)
{
	struct ha_switch *s = &n->ha->leave;

	ha_switch_stop(n);
	map_fini(&s->mobiles);
	pool_fini(&s->pool);
}

static struct switched *
switched_find(const struct node *n, const struct in6_addr *hoa)
{
	struct map_node *m = map_find(&n->ha->leave.mobiles, hoa);

	return m ? container_of(m, struct switched, node) : NULL;
}

static void
switched_drop(struct node *n, struct switched *x)
{
	struct ha_switch *s = &n->ha->leave;

	alarm_clear(n, &x->alarm);
	map_remove(&s->mobiles, &x->node);
	pool_put(&s->pool, x);
}

void
ha_switch_left(struct node *n, const struct in6_addr *hoa)
{
	struct switched *x = switched_find(n, hoa);

	if (x)
		switched_drop(n, x);
}

void
ha_switch_stop(struct node *n)
{
	struct ha_switch *s = &n->ha->leave;
	struct map_node *m, *next;
	size_t pos = 0;

	alarm_clear(n, &s->alarm);
	s->draining = s->walked = false;
	for (m = map_next(&s->mobiles, NULL, &pos); m; m = next) {
		next = map_next(&s->mobiles, m, &pos);
		switched_drop(n, container_of(m, struct switched, node));
	}
}

bool
ha_switch_refuses(const struct node *n, const struct registration *rq)
{
	bool known = rq->b && rq->b->state == BINDING_ACTIVE;

	return switched_find(n, &rq->hoa) ||
	       (n->ha->leave.draining && !known);
}

/* --- one mobile ------------------------------------------------------------ */

static bool
served(const struct node *n, const struct binding *b)
{
	return b && b->state == BINDING_ACTIVE && b->keeper == KEEPER_HOME &&
	       !n->conf->home_link[b->link].anchor;
}

static void
send_switch(struct node *n, const struct binding *b, usec_t now)
{
	struct in6_addr list[SWITCH_AGENTS];
	uint8_t octets[sizeof(list)];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct mh mh = { .type = MH_HA_SWITCH };
	struct mh_route r = { .hoa = b->hoa, .rh2 = &b->hoa };
	unsigned count = agents_list(n, &n->conf->home_link[b->link], now,
				     false, list, SWITCH_AGENTS);

	for (unsigned k = 0; k < count; k++)
		wbuf_addr(&w, &list[k]);
	mh.ha_switch.n = (uint8_t)count;
	mh.ha_switch.addrs = (struct span){ octets, wbuf_len(&w) };
	binding_path(b, &r.coa, &r.src);
	r.dst = r.coa;
	node_send_mh(n, &mh, &r, security_peer(n, &b->hoa),
		     security_ntp(n, now), now);
	n->ha->leave.sent++;
}

/* 5.2: "the timeout period is doubled upon each retransmission, until ... the
 * timeout period reaches the value MAX-HA-SWITCH-TIMEOUT".  5.3: it stays
 * served, and what it was told stays true. */
static void
switched_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct switched *x = container_of(a, struct switched, alarm);
	const struct binding *b = registrar_find(n->registrar, &x->hoa);

	if (!served(n, b)) {
		switched_drop(n, x);
		return;
	}
	if (x->timeout > MAX_HA_SWITCH_TIMEOUT)
		return;
	send_switch(n, b, now);
	alarm_set(n, a, now + x->timeout);
	x->timeout *= 2;
}

static bool
switch_one(struct node *n, const struct binding *b, usec_t now)
{
	struct ha_switch *s = &n->ha->leave;
	struct switched *x = switched_find(n, &b->hoa);

	if (x)
		switched_drop(n, x);
	x = pool_get(&s->pool);
	if (!x)
		return false;
	x->hoa = b->hoa;
	x->timeout = INITIAL_HA_SWITCH_TIMEOUT;
	alarm_init(&x->alarm, switched_ring);
	if (!map_insert(&s->mobiles, &x->node)) {
		pool_put(&s->pool, x);
		return false;
	}
	s->next = now + SEC(1) / MAX_HA_SWITCH_TRANSMIT_RATE;
	switched_ring(n, &x->alarm, now);
	return true;
}

/* --- all of them ------------------------------------------------------------ */

static void
switch_walk(struct node *n, struct alarm *a, usec_t now)
{
	struct ha_switch *s = &n->ha->leave;
	struct binding *b = s->last;

	for (int k = 0; k < SWITCH_LOOK; k++) {
		b = registrar_next(n->registrar, b, &s->pos);
		s->last = b;
		if (!b) {
			s->walked = true;
			return;
		}
		if (!served(n, b) || switched_find(n, &b->hoa))
			continue;
		switch_one(n, b, now);
		alarm_set(n, a, s->next);
		return;
	}
	alarm_set(n, a, now + SWITCH_PAUSE);
}

static void
switch_all(struct node *n, usec_t now)
{
	struct ha_switch *s = &n->ha->leave;

	ha_switch_stop(n);
	s->draining = true;
	s->last = NULL;
	s->pos = 0;
	alarm_set(n, &s->alarm, s->next > now ? s->next : now);
}

void
ha_on_switch(struct node *n, const struct ev_switch *ev, usec_t now)
{
	const struct binding *b;

	if (!ev->on) {
		ha_switch_stop(n);
	} else if (addr_is_unspec(&ev->hoa)) {
		switch_all(n, now);
	} else {
		b = registrar_find(n->registrar, &ev->hoa);
		if (served(n, b))
			switch_one(n, b, now);
	}
}

void
ha_switch_count(const struct node *n, struct record *r)
{
	const struct ha_switch *s = &n->ha->leave;

	record_bool(r, "draining", s->draining);
	record_uint(r, "switched", s->mobiles.count);
	record_uint(r, "switches-sent", s->sent);
}
