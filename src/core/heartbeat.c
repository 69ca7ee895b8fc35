/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heartbeat.c - see heartbeat.h.
 *
 * A peer is watched while there is a tunnel to it.  Every HeartbeatInterval a
 * request goes out; more than MissingHeartbeatsAllowed without an answer, and
 * it is out of reach, which is said and changes nothing: lifetimes do.
 *
 * The Restart Counter says whether a node has lost its sessions.  It is stored
 * beside them: a node that finds it again after a restart has lost nothing,
 * and keeps it (RFC 5847 3.2: "MUST NOT be incremented if the recovery happens
 * without losing state"); one that does not begins with the seconds of its
 * clock, which is more than whatever it was.  It tells its peers unasked.
 *
 * Messages bear an authenticator as registrations do, over sender and receiver
 * (pmip_cover): our own prove nothing when they come back.  Nor does any prove
 * its age, so an unsolicited one, or a counter in it, is a reason to ask and
 * nothing else; only the answer to our latest request is believed.
 */
#include "core/heartbeat.h"
#include "core/lma.h"
#include "core/mag.h"

#include <stdlib.h>

#define STORE_COUNTER	'H'
#define TELL_MOST	256		/* peers that are told unasked */

struct beat {
	struct map_node	node;
	struct in6_addr	addr, local;
	struct alarm	alarm;
	uint32_t	seq;		/* of our last request */
	uint32_t	counter;	/* its Restart Counter */
	unsigned	missing;
	uint32_t	interval, retry, most;	/* 0: the configuration's */
	bool		open;		/* the last request has no answer yet */
	bool		known;		/* counter is */
	bool		lost;		/* said so */
};

struct beats {
	struct map	peers;
	uint32_t	counter;	/* ours; 0: not known yet */
};

struct beats *
beats_new(struct node *n)
{
	struct beats *b = calloc(1, sizeof(*b));

	if (b)
		map_init(&b->peers, offsetof(struct beat, addr) -
			 offsetof(struct beat, node), sizeof(struct in6_addr),
			 n->secret);
	return b;
}

static void
beat_free(struct node *n, struct beat *p)
{
	map_remove(&n->beats->peers, &p->node);
	alarm_clear(n, &p->alarm);
	free(p);
}

struct beats *
beats_free(struct node *n, struct beats *b)
{
	struct map_node *m, *next;
	size_t pos = 0;

	if (!b)
		return NULL;
	for (m = map_next(&b->peers, NULL, &pos); m; m = next) {
		next = map_next(&b->peers, m, &pos);
		beat_free(n, container_of(m, struct beat, node));
	}
	map_fini(&b->peers);
	free(b);
	return NULL;
}

static struct beat *
beat_find(const struct node *n, const struct in6_addr *addr)
{
	struct map_node *m = map_find(&n->beats->peers, addr);

	return m ? container_of(m, struct beat, node) : NULL;
}

/* --- sending ------------------------------------------------------------------ */

static void
send_beat(struct node *n, const struct in6_addr *peer,
	  const struct in6_addr *local, uint16_t flags, uint32_t seq,
	  usec_t now)
{
	struct mh_route r = { .src = *local, .dst = *peer };
	struct mh mh = { .type = MH_HEARTBEAT };
	struct mopt *o;

	mh.heartbeat.flags = flags;
	mh.heartbeat.seq = seq;
	/* 3.4: "only valid in a Heartbeat Response message" */
	if (flags & MH_HEARTBEAT_R && (o = mh_add(&mh, MOPT_RESTART)))
		o->value = n->beats->counter;
	pmip_cover(&r);
	node_send_mh(n, &mh, &r, security_peer(n, peer), 0, now);
}

static uint32_t
interval(const struct node *n, const struct beat *p)
{
	return p->interval ? p->interval : n->conf->heartbeat;
}

static void
ask(struct node *n, struct beat *p, usec_t now)
{
	p->open = true;
	send_beat(n, &p->addr, &p->local, 0, ++p->seq, now);
	alarm_set(n, &p->alarm, now + SEC(p->retry ? p->retry :
					  interval(n, p)));
}

static void
note_peer(struct node *n, const struct beat *p, enum note_code code,
	  usec_t now)
{
	struct note note = { .code = code, .a = p->addr };

	note_put(n, &note, now);
}

static bool
has_tunnel(const struct node *n, const struct beat *p)
{
	struct path_key key = {
		.local = p->local, .remote = p->addr, .kind = PATH_IP6IP6,
	};
	struct map_node *m = map_find(&n->tunnels, &key);

	return m && container_of(m, struct tunnel, node)->users;
}

/* 3.1: "when MISSING_HEARTBEAT exceeds MISSING_HEARTBEATS_ALLOWED" */
static void
on_interval(struct node *n, struct alarm *a, usec_t now)
{
	struct beat *p = container_of(a, struct beat, alarm);

	if (!n->conf->heartbeat || !has_tunnel(n, p)) {
		beat_free(n, p);
		return;
	}
	p->missing = p->open ? p->missing + 1 : 0;
	if (p->missing > (p->interval ? p->most :
			  n->conf->missing_heartbeats) && !p->lost) {
		p->lost = true;
		note_peer(n, p, NOTE_PEER_LOST, now);
	}
	ask(n, p, now);
}

void
beats_watch(struct node *n, const struct in6_addr *peer,
	    const struct in6_addr *local, usec_t now)
{
	struct beat *p = beat_find(n, peer);

	if (!n->conf->heartbeat)
		return;
	if (p && addr_eq(&p->local, local))
		return;
	if (p)
		beat_free(n, p);
	p = calloc(1, sizeof(*p));
	if (!p)
		return;
	p->addr = *peer;
	p->local = *local;
	p->seq = (uint32_t)rng_u64(&n->rng);
	alarm_init(&p->alarm, on_interval);
	if (!map_insert(&n->beats->peers, &p->node)) {
		free(p);
		return;
	}
	ask(n, p, now);			/* its counter is of interest at once */
}

void
beats_control(struct node *n, const struct in6_addr *peer, uint32_t every,
	      uint32_t retry, uint32_t most)
{
	struct beat *p = beat_find(n, peer);

	if (!p)
		return;
	p->interval = every;
	p->retry = retry < every ? retry : 0;
	p->most = most;
}

/* --- receiving ------------------------------------------------------------------- */

static void
on_response(struct node *n, struct beat *p, const struct rx *rx, usec_t now)
{
	const struct mopt *o = mh_opt(&rx->mh, MOPT_RESTART);

	if (!o)
		return;
	if (rx->mh.heartbeat.flags & MH_HEARTBEAT_U ||
	    rx->mh.heartbeat.seq != p->seq || !p->open) {
		/* Perhaps it has restarted; perhaps it is an old message. */
		if (rx->mh.heartbeat.flags & MH_HEARTBEAT_U && p->known &&
		    o->value != p->counter && !p->open)
			ask(n, p, now);
		return;
	}
	p->open = false;
	p->missing = 0;
	alarm_set(n, &p->alarm, now + SEC(interval(n, p)));
	if (p->lost)
		note_peer(n, p, NOTE_PEER_BACK, now);
	p->lost = false;
	if (p->known && o->value != p->counter) {
		note_peer(n, p, NOTE_PEER_RESTARTED, now);
		if (n->mag)
			mag_on_restart(n, &p->addr, now);
		if (n->lma)
			lma_groups_forget(n, &p->addr);
	}
	p->counter = o->value;
	p->known = true;
}

void
beats_on_message(struct node *n, struct rx *rx, usec_t now)
{
	const struct conf_peer *peer = security_peer(n, &rx->pkt.src);
	struct mh_route r = { .src = rx->pkt.src, .dst = rx->pkt.dst };
	struct beat *p = beat_find(n, &rx->pkt.src);

	pmip_cover(&r);
	if (!n->ready || !node_owns(n, &r.dst) || node_owns(n, &r.src) ||
	    security_check(n, peer, &rx->mh, rx->pkt.payload.p, &r.coa,
			   &r.hoa, 0, now) != SEC_OK)
		return;
	if (!(rx->mh.heartbeat.flags & MH_HEARTBEAT_R))
		send_beat(n, &r.src, &r.dst, MH_HEARTBEAT_R,
			  rx->mh.heartbeat.seq, now);
	else if (p)
		on_response(n, p, rx, now);
}

/* --- our own counter ---------------------------------------------------------------- */

bool
beats_restore(struct node *n, const struct store_record *rec)
{
	struct rbuf k = rbuf_of(rec->key, rec->key_len);
	struct rbuf v = rbuf_of(rec->value, rec->value_len);
	uint32_t counter;

	if (rbuf_u8(&k) != STORE_COUNTER || rbuf_left(&k))
		return false;
	counter = rbuf_u32(&v);
	if (!v.bad && !rbuf_left(&v))
		n->beats->counter = counter;
	return true;
}

/* 3.2: "SHOULD send an unsolicited Heartbeat Response message". */
static void
tell_all(struct node *n, usec_t now)
{
	const struct in6_addr *local = n->conf->roles & CONF_LMA ?
		&n->conf->lma_address : &n->conf->mag_address;
	unsigned told = 0;

	for (unsigned k = 0; k < n->conf->npeers && told < TELL_MOST; k++) {
		const struct conf_peer *p = &n->conf->peer[k];

		if (p->addr.len != 128)
			continue;
		told++;
		send_beat(n, &p->addr.addr, local,
			  MH_HEARTBEAT_R | MH_HEARTBEAT_U, 0, now);
	}
}

void
beats_ready(struct node *n, usec_t now)
{
	struct effect e = { .kind = EF_STORE };
	struct wbuf k = wbuf_of(e.store.key, sizeof(e.store.key));
	struct wbuf v = wbuf_of(e.store.value, sizeof(e.store.value));

	if (n->beats->counter)
		return;
	n->beats->counter = (uint32_t)(((int64_t)now + n->wall) /
				       (int64_t)USEC_PER_SEC);
	if (!n->beats->counter)
		n->beats->counter = 1;
	wbuf_u8(&k, STORE_COUNTER);
	wbuf_u32(&v, n->beats->counter);
	e.store.up = true;
	e.store.key_len = (uint8_t)wbuf_len(&k);
	e.store.value_len = (uint8_t)wbuf_len(&v);
	effect_put(n, &e);
	if (n->conf->heartbeat)
		tell_all(n, now);
}

void
beats_show(const struct node *n, struct record_sink *sink)
{
	struct map_node *m = NULL;
	size_t pos = 0;

	while ((m = map_next(&n->beats->peers, m, &pos))) {
		const struct beat *p = container_of(m, struct beat, node);
		struct record r;

		record_init(&r, "heartbeat");
		record_addr(&r, "peer", &p->addr);
		record_str(&r, "state", p->lost ? "lost" :
			   p->known ? "here" : "asked");
		record_uint(&r, "seq", p->seq);
		record_uint(&r, "missing", p->missing);
		if (p->known)
			record_uint(&r, "restart-counter", p->counter);
		sink->put(sink, &r);
	}
}
