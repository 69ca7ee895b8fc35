/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_switch.c - a home agent sends us away: Home Agent Switch (RFC 5142), at
 * the mobile.
 *
 * It is told goodbye first, by a deregistration, which is the acknowledgement,
 * too; what its list names is tried when it has answered, since until then it
 * defends the home address against the next one.  An empty list means
 * discovery.  Where the configuration names a home agent, that one is come
 * back to when there is no other.
 *
 * The message is protected as a Binding Acknowledgement is.  It has no
 * sequence number, so it must have a timestamp (RFC 4285 section 6) that is
 * newer than the last one of that home agent, and about what its clock says now.
 * The last ones are stored: a message is not new because the mobile is.
 */
#include "core/demand.h"
#include "core/ro.h"

static void
note_switch(struct node *n, const struct mn_home *h,
	    const struct in6_addr *from, unsigned count, usec_t now)
{
	struct note note = { .code = NOTE_SWITCH, .a = h->conf.hoa,
			     .b = *from, .value = count };

	note_put(n, &note, now);
}

#define STORE_VERSION	1

static uint64_t
last_stamp(const struct mn_home *h, const struct in6_addr *from)
{
	for (unsigned k = 0; k < h->nswitches; k++)
		if (addr_eq(&h->switches[k].from, from))
			return h->switches[k].stamp;
	return 0;
}

static struct store_record
record_of(const struct mn_home *h)
{
	struct store_record s = { .up = h->nswitches };
	struct wbuf key = wbuf_of(s.key, sizeof(s.key));
	struct wbuf val = wbuf_of(s.value, sizeof(s.value));

	wbuf_u8(&key, SWITCH_STORE);
	wbuf_addr(&key, &h->conf.hoa);
	wbuf_u8(&val, STORE_VERSION);
	for (unsigned k = 0; k < h->nswitches; k++) {
		wbuf_addr(&val, &h->switches[k].from);
		wbuf_u64(&val, h->switches[k].stamp);
	}
	s.key_len = (uint8_t)wbuf_len(&key);
	s.value_len = (uint8_t)wbuf_len(&val);
	return s;
}

static void
store_switches(struct node *n, const struct mn_home *h)
{
	struct effect e = { .kind = EF_STORE, .store = record_of(h) };

	effect_put(n, &e);
}

/* The newest first; the oldest one's home agent makes room. */
static void
remember(struct node *n, struct mn_home *h, const struct in6_addr *from,
	 uint64_t stamp)
{
	struct mn_switch all[SWITCHES_MAX] = { { *from, stamp } };
	unsigned k = 1;

	for (unsigned m = 0; m < h->nswitches && k < SWITCHES_MAX; m++)
		if (!addr_eq(&h->switches[m].from, from))
			all[k++] = h->switches[m];
	memcpy(h->switches, all, sizeof(all));
	h->nswitches = k;
	store_switches(n, h);
}

void
home_forget_switches(struct node *n, struct mn_home *h)
{
	if (!h->nswitches)
		return;
	h->nswitches = 0;
	store_switches(n, h);
}

bool
home_restore_switches(struct node *n, const struct store_record *s)
{
	struct rbuf k = rbuf_of(s->key, s->key_len);
	struct rbuf v = rbuf_of(s->value, s->value_len);
	uint8_t kind = rbuf_u8(&k);
	struct in6_addr hoa = rbuf_addr(&k);
	struct mn_home *h = home_find(n, &hoa);

	if (kind != SWITCH_STORE || k.bad || !h ||
	    rbuf_u8(&v) != STORE_VERSION)
		return false;
	h->nswitches = 0;
	while (rbuf_left(&v) && h->nswitches < SWITCHES_MAX) {
		struct mn_switch x = { .from = rbuf_addr(&v) };

		x.stamp = rbuf_u64(&v);
		if (v.bad)
			break;
		h->switches[h->nswitches++] = x;
	}
	return true;
}

static bool
is_fresh(const struct node *n, const struct mn_home *h,
	 const struct conf_peer *peer, const struct in6_addr *from,
	 const struct mh *mh, usec_t now)
{
	const struct mopt *o = mh_opt(mh, MOPT_REPLAY);
	uint64_t ours = security_ntp(n, now) + (uint64_t)h->reg.clock_offset;
	uint64_t apart;

	if (peer->protect == CONF_PROTECT_NONE)
		return true;
	if (!o || o->replay <= last_stamp(h, from))
		return false;
	apart = o->replay > ours ? o->replay - ours : ours - o->replay;
	return apart >> 32 < peer->drift;
}

/* RFC 5142 6.2: those of the home prefix first, in their order; who sends us
 * away is not asked again.  False: there is none. */
static bool
take_list(struct node *n, struct mn_home *h, struct span addrs,
	  const struct in6_addr *not)
{
	uint8_t sorted[AGENTS_MAX * sizeof(struct in6_addr)];
	struct wbuf w = wbuf_of(sorted, sizeof(sorted));

	for (unsigned pass = 0; pass < 2; pass++) {
		struct rbuf r = rbuf_of(addrs.p, addrs.len);

		while (rbuf_left(&r) >= sizeof(struct in6_addr)) {
			struct in6_addr a = rbuf_addr(&r);
			bool home = prefix_match(&h->prefix, &a);

			if (home == !pass && !addr_eq(&a, not) &&
			    wbuf_len(&w) + sizeof(a) <= sizeof(sorted))
				wbuf_addr(&w, &a);
		}
	}
	return agents_set(n, h->agents, (struct span){ sorted, wbuf_len(&w) });
}

/* Goodbye from where we are; what there is to send waits. */
void
home_say_goodbye(struct node *n, struct mn_home *h, uint32_t ifindex,
		 const struct lladdr *ll, const struct in6_addr *coa,
		 usec_t now)
{
	struct tunnel *old = h->tunnel;

	home_stop_returning(n, h);
	h->coa = *coa;
	h->ifindex = ifindex;
	h->tunnel = NULL;
	home_say_flow(n, h, FLOW_HOLD, true);
	tunnel_put(n, old);
	registrant_deregister(n, &h->reg, coa, ifindex, ll, now, now);
}

void
home_has_left(struct node *n, struct mn_home *h, usec_t now)
{
	h->switching = false;
	if (h->reg.bound)
		h->left_until = h->reg.expires;
	registrant_cancel(n, &h->reg);
	home_next_agent(n, h, now);
}

/*
 * The checks: a home address of ours that is registered, by a type 2 routing
 * header; who sends it is its home agent, or another one, which then names
 * itself and nobody else (5.1); the authenticator; its age.
 */
void
mn_on_switch(struct node *n, struct rx *rx, usec_t now)
{
	const struct mh_ha_switch *m = &rx->mh.ha_switch;
	const struct in6_addr *from = &rx->pkt.src;
	struct mn_home *h = rx->pkt.has_rh2 ? home_find(n, &rx->pkt.rh2) :
					      NULL;
	const struct conf_peer *peer;
	bool current, itself;

	if (!h || h->type != ATYPE_HOME || h->place != PLACE_AWAY ||
	    !h->reg.bound || h->switching)
		return;
	current = addr_eq(from, &h->reg.peer);
	itself = m->n == 1 && memcmp(m->addrs.p, from, sizeof(*from)) == 0;
	peer = security_peer(n, from);
	if (!(current || itself) || !peer ||
	    security_check(n, peer, &rx->mh, rx->pkt.payload.p, &rx->pkt.dst,
			   &h->conf.hoa, 0, now) != SEC_OK ||
	    !is_fresh(n, h, peer, from, &rx->mh, now))
		return;
	if (peer->protect != CONF_PROTECT_NONE)
		remember(n, h, from, mh_opt(&rx->mh, MOPT_REPLAY)->replay);
	if (!h->agents)
		h->agents = agents_get(n, &h->prefix);
	if (!h->agents)
		return;
	note_switch(n, h, from, m->n, now);
	if (!take_list(n, h, m->addrs, current ? from : &addr_unspec))
		h->agents->n = 0;
	h->switching = true;
	ro_end(n, h, now);
	home_say_goodbye(n, h, h->ifindex, h->reg.ll.len ? &h->reg.ll : NULL,
			 &h->coa, now);
}
