/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ro.c - see ro.h.
 *
 * What happens to one pair of a home address and a peer:
 *
 *   traffic in the tunnel -> tests -> Binding Update -> answer: its own way
 *   handover: back into the tunnel at once, care-of test beside the home
 *     registration; the home agent's answer, (home test,) Binding Update
 *   at home: Binding Update, lifetime 0; the peer's answer ends it
 *   silence for MnRoIdle: the same, from the care-of address
 *
 * Everything here is an addition.  The flow of the home address through the
 * tunnel is there all the time, and whatever goes wrong with a peer, dropping
 * the more specific flow brings the traffic back there; so a peer that is
 * silent, refuses or has lost its memory costs no connection.  Who cannot or
 * will not is left alone for a while (struct ro_host), which also keeps the
 * rates of what is sent to one peer (11.8).
 */
#include "core/ro.h"

#include <stdlib.h>

/* Who has not answered for so long is silent, and left alone after that. */
#define RO_PATIENCE	SEC(30)
#define RO_SHUN_SILENT	SEC(300)
#define RO_SHUN_UNABLE	SEC(3600)
/* Peers that are remembered. */
#define RO_HOSTS	512
/* RFC 6275 section 12, in seconds */

struct ro_host {
	struct list	l;
	struct in6_addr	addr;
	struct rate	updates, home_tests, careof_tests;
	unsigned	users;
	usec_t		shunned;	/* until then; 0: is not */
	bool		has_seq;
	uint16_t	seq;		/* the last one sent to it (11.7.2) */
};

struct ro {
	struct list	l;
	struct mn_home	*home;
	struct ro_host	*host;
	struct registrant reg;
	struct tunnel	*tunnel;	/* while its flow stands */
	bool		leaving;	/* freed when the peer has forgotten */
	usec_t		used;		/* when it had traffic last */
	usec_t		begun;		/* when the question came up */
	struct alarm	idle, patience;
};

#define each_ro(n, r, l) \
	list_each(l, &(n)->mn->ros) \
		for (struct ro *r = container_of(l, struct ro, l); r; r = NULL)

/* --- policy -------------------------------------------------------------- */

/* A row of its own MnHomeLink, or one for addresses of its type. */
static bool
speaks_of(const struct conf_ro_policy *p, const struct mn_home *h)
{
	return p->set ? h->type == ATYPE_HOME && p->set == h->conf.ro_set :
	       !p->types || p->types & ATYPE_BIT(h->type);
}

static const struct conf_ro_policy *
policy_find(const struct node *n, const struct mn_home *h,
	    const struct in6_addr *peer, bool own)
{
	for (unsigned k = 0; k < n->conf->nro_policies; k++) {
		const struct conf_ro_policy *p = &n->conf->ro_policy[k];

		if ((p->set != 0) == own && speaks_of(p, h) &&
		    prefix_match(&p->peer, peer))
			return p;
	}
	return NULL;
}

static bool
policy_wants(const struct node *n, const struct mn_home *h,
	     const struct in6_addr *peer)
{
	const struct conf_ro_policy *p = policy_find(n, h, peer, true);

	if (!p)
		p = policy_find(n, h, peer, false);
	return n->conf->ro_mn && p && p->on;
}

bool
ro_watches(const struct node *n, const struct mn_home *h)
{
	for (unsigned k = 0; n->conf->ro_mn && k < n->conf->nro_policies; k++)
		if (n->conf->ro_policy[k].on &&
		    speaks_of(&n->conf->ro_policy[k], h))
			return true;
	return false;
}

/* --- peers --------------------------------------------------------------- */

static bool
host_is_busy(const struct ro_host *o, usec_t now)
{
	const struct rate *rates[] = {
		&o->updates, &o->home_tests, &o->careof_tests
	};

	if (o->users || o->shunned > now)
		return true;
	for (unsigned k = 0; k < 3; k++)
		if (rate_next(rates[k]) > now)
			return true;
	return false;
}

static void
host_free(struct node *n, struct ro_host *o)
{
	rr_forget(n, &o->home_tests);
	rr_forget(n, &o->careof_tests);
	list_del(&o->l);
	n->mn->nhosts--;
	free(o);
}

/* Room for one more: who is nobody's goes; if need be, who is shunned. */
static void
hosts_sweep(struct node *n, usec_t now)
{
	if (n->mn->nhosts < RO_HOSTS)
		return;
	list_each(l, &n->mn->hosts) {
		struct ro_host *o = container_of(l, struct ro_host, l);

		if (!host_is_busy(o, now))
			host_free(n, o);
	}
	if (n->mn->nhosts < RO_HOSTS)
		return;
	list_each(l, &n->mn->hosts) {
		struct ro_host *o = container_of(l, struct ro_host, l);

		if (o->users)
			continue;
		host_free(n, o);
		return;
	}
}

static struct ro_host *
host_find(const struct node *n, const struct in6_addr *addr)
{
	list_each(l, &n->mn->hosts) {
		struct ro_host *o = container_of(l, struct ro_host, l);

		if (addr_eq(&o->addr, addr))
			return o;
	}
	return NULL;
}

static struct ro_host *
host_get(struct node *n, const struct in6_addr *addr, usec_t now)
{
	struct ro_host *o = host_find(n, addr);

	if (o)
		return o;
	hosts_sweep(n, now);
	o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->addr = *addr;
	list_init(&o->l);
	list_append(&n->mn->hosts, &o->l);
	n->mn->nhosts++;
	return o;
}

/* --- the flow ------------------------------------------------------------ */

static void
say_flow(struct node *n, const struct ro *r, bool up)
{
	struct effect e = { .kind = EF_FLOW };

	e.flow.up = up;
	e.flow.key.src = prefix_host(&r->reg.hoa);
	e.flow.key.dst = prefix_host(&r->reg.peer);
	e.flow.action = FLOW_PATH;
	if (r->tunnel)
		e.flow.path = r->tunnel->key;
	want(n, &e);
}

/* Back into the tunnel to the home agent. */
static void
flow_down(struct node *n, struct ro *r)
{
	if (!r->tunnel)
		return;
	say_flow(n, r, false);
	r->tunnel = tunnel_put(n, r->tunnel);
}

static void
flow_up(struct node *n, struct ro *r)
{
	struct path_key key = {
		.local = r->reg.coa, .remote = r->reg.peer,
		.kind = PATH_MIP6_MN,
	};
	struct tunnel *old = r->tunnel;

	if (old && addr_eq(&old->key.local, &key.local))
		return;
	r->tunnel = tunnel_get(n, &key);
	if (r->tunnel)
		say_flow(n, r, true);
	else
		r->tunnel = old;
	if (r->tunnel != old)
		tunnel_put(n, old);
}

/* --- one pair ------------------------------------------------------------ */

static void
note_ro(struct node *n, const struct ro *r, enum note_ro why, usec_t now)
{
	struct note note = {
		.code = why ? NOTE_NOT_OPTIMIZED : NOTE_OPTIMIZED,
		.a = r->reg.hoa, .b = r->reg.peer, .value = why,
		.status = r->reg.status, .lifetime = r->reg.granted,
		.elapsed = now - r->begun,
	};

	note_put(n, &note, now);
}

static void
ro_free(struct node *n, struct ro *r)
{
	flow_down(n, r);
	registrant_fini(n, &r->reg);
	alarm_clear(n, &r->idle);
	alarm_clear(n, &r->patience);
	list_del(&r->l);
	r->host->users--;
	n->mn->nros--;
	free(r);
}

/* It is over, and the peer is left alone until then (0: need not be). */
static void
ro_give_up(struct node *n, struct ro *r, enum note_ro why, usec_t shun,
	   usec_t now)
{
	if (shun)
		r->host->shunned = now + shun;
	note_ro(n, r, why, now);
	ro_free(n, r);
}

static void
ro_be_patient(struct node *n, struct ro *r, usec_t now)
{
	r->begun = now;
	alarm_set(n, &r->patience, now + RO_PATIENCE);
}

/* Until then the peer sends to where it was told last.  Who forgets that, and
 * moves, is not heard of by a peer that was silent, or slandered, for a while:
 * 11.7.2, "each node that already appears in the Binding Update List". */
static bool
is_remembered(const struct ro *r, usec_t now)
{
	return r->reg.bound && r->reg.expires > now;
}

/* The peer is to forget: where we are, or at home. */
static void
ro_leave(struct node *n, struct ro *r, enum note_ro why, usec_t now)
{
	const struct registrant *g = &r->reg;
	bool home = r->home->place == PLACE_HOME;

	if (!g->bound && g->asking != REG_REGISTER) {
		ro_free(n, r);
		return;
	}
	if (!r->leaving)
		note_ro(n, r, why, now);
	r->leaving = true;
	ro_be_patient(n, r, now);
	flow_down(n, r);
	alarm_clear(n, &r->idle);
	registrant_deregister(n, &r->reg, home ? NULL : &r->home->coa,
			      home ? 0 : g->ifindex,
			      !home && g->ll.len ? &g->ll : NULL, now, now);
}

/* Whom a peer has not answered for so long.  One that sends to where we were is
 * told to forget that: it takes no care-of test (5.2.6). */
static void
on_patience(struct node *n, struct alarm *a, usec_t now)
{
	struct ro *r = container_of(a, struct ro, patience);
	bool waits = r->reg.paused || !r->reg.home_stands;

	if (r->leaving && !is_remembered(r, now))
		ro_free(n, r);
	/* Not its fault: nothing could be sent, or only to the home agent. */
	else if (r->leaving || waits)
		alarm_set(n, a, now + RO_PATIENCE);
	else if (r->tunnel)
		return;		/* a refresh; what stands ends by itself */
	else if (r->reg.asking == REG_NOTHING)
		return;
	else if (is_remembered(r, now))
		ro_leave(n, r, NOTE_RO_SILENT, now);
	else
		ro_give_up(n, r, NOTE_RO_SILENT, RO_SHUN_SILENT, now);
}

static usec_t
idle_time(const struct node *n)
{
	return SEC(n->conf->ro_idle);
}

static void
on_idle(struct node *n, struct alarm *a, usec_t now)
{
	struct ro *r = container_of(a, struct ro, idle);

	if (now - r->used < idle_time(n))
		alarm_set(n, a, r->used + idle_time(n));
	else if (r->reg.asking == REG_REGISTER && !r->reg.bound)
		alarm_set(n, a, now + idle_time(n));	/* on_patience */
	else
		ro_leave(n, r, NOTE_RO_IDLE, now);
}

static void
on_accepted(struct node *n, struct ro *r, usec_t now)
{
	bool fresh = !r->tunnel;

	alarm_clear(n, &r->patience);
	/* It may have moved on, or home, meanwhile. */
	if (r->home->place != PLACE_AWAY || !r->reg.home_stands ||
	    !addr_eq(&r->reg.coa, &r->home->coa))
		return;
	flow_up(n, r);
	if (fresh) {
		note_ro(n, r, 0, now);
		alarm_set(n, &r->idle, now + idle_time(n));
		r->used = now;
	}
}

/* 11.7.3: "the mobile node SHOULD record in its Binding Update List that
 * future Binding Updates SHOULD NOT be sent to this destination." */
static void
on_event(struct node *n, struct registrant *g, enum reg_event ev, usec_t now)
{
	struct ro *r = container_of(g, struct ro, reg);

	switch (ev) {
	case REG_ACCEPTED:
		on_accepted(n, r, now);
		return;
	case REG_DEREGISTERED:
		ro_free(n, r);
		return;
	case REG_REFUSED:
		if (r->leaving)
			ro_free(n, r);
		else
			ro_give_up(n, r, NOTE_RO_REFUSED, RO_SHUN_UNABLE,
				   now);
		return;
	case REG_EXPIRED:
		if (r->leaving)
			ro_free(n, r);
		else
			ro_give_up(n, r, NOTE_RO_EXPIRED, RO_SHUN_SILENT,
				   now);
		return;
	case REG_DEFERRED:
	case REG_SILENT:		/* `patience' counts */
		return;
	}
}

/* 11.7.2: not beyond the home registration. */
static uint32_t
lifetime(const struct node *n, struct registrant *g, usec_t now)
{
	const struct ro *r = container_of(g, struct ro, reg);
	const struct registrant *home = &r->home->reg;
	uint32_t life = n->conf->ro_max_life;
	usec_t left = home->bound && home->expires > now ?
		home->expires - now : 0;

	return left / USEC_PER_SEC < life ? (uint32_t)(left / USEC_PER_SEC) :
	       life;
}

static uint16_t
flags(const struct node *n, struct registrant *g)
{
	return MH_BU_A;
}

static const struct registrant_ops ro_ops = {
	.on_event = on_event, .lifetime = lifetime, .flags = flags,
};

static struct ro *
ro_new(struct node *n, struct mn_home *h, const struct in6_addr *peer,
       usec_t now)
{
	struct ro_host *o = host_get(n, peer, now);
	struct ro *r = o ? calloc(1, sizeof(*r)) : NULL;

	if (!r)
		return NULL;
	r->home = h;
	r->host = o;
	o->users++;
	registrant_init(&r->reg, &ro_ops, &h->conf.hoa, peer, &o->updates);
	r->reg.correspondent = true;
	r->reg.home_rate = &o->home_tests;
	r->reg.test_rate = &o->careof_tests;
	/* 11.7.2: "SHOULD start at a random value." */
	if (!o->has_seq)
		o->seq = (uint16_t)rng_u64(&n->rng);
	o->has_seq = true;
	r->reg.seq = o->seq;
	r->reg.peer_seq = &o->seq;
	alarm_init(&r->idle, on_idle);
	alarm_init(&r->patience, on_patience);
	list_init(&r->l);
	list_append(&n->mn->ros, &r->l);
	n->mn->nros++;
	return r;
}

static struct ro *
ro_find(const struct node *n, const struct in6_addr *hoa,
	const struct in6_addr *peer)
{
	each_ro(n, r, l)
		if (addr_eq(&r->reg.peer, peer) && addr_eq(&r->reg.hoa, hoa))
			return r;
	return NULL;
}

/* --- from the world ------------------------------------------------------ */

/* 11.7.2: the home registration comes first. */
static bool
home_stands(const struct mn_home *h)
{
	return h->place == PLACE_AWAY && h->reg.bound &&
	       addr_eq(&h->reg.coa, &h->coa);
}

static bool
may_be_peer(const struct node *n, const struct mn_home *h,
	    const struct in6_addr *peer, usec_t now)
{
	const struct ro_host *o = host_find(n, peer);

	/* Our own home agent: what is sent to it ends where the tunnel does
	 * anyway. */
	return addr_is_routable(peer) && !addr_eq(peer, &h->reg.peer) &&
	       !node_owns(n, peer) && !home_find(n, peer) &&
	       policy_wants(n, h, peer) && (!o || o->shunned <= now);
}

static void
ro_ask(struct node *n, struct ro *r, uint32_t ifindex,
       const struct lladdr *ll, usec_t now)
{
	r->leaving = false;
	r->used = now;
	r->reg.home_stands = home_stands(r->home);
	ro_be_patient(n, r, now);
	registrant_register(n, &r->reg, &r->home->coa, ifindex, ll, now, now);
}

static void
note_limit(struct node *n, usec_t now)
{
	struct note note = {
		.code = NOTE_LIMIT, .type = EF_FLOW,
		.value = n->conf->ro_max_peers,
	};

	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

/* Traffic in the tunnel. */
void
ro_on_pair(struct node *n, const struct ev_pair *ev, usec_t now)
{
	const struct in6_addr *peer = &ev->flow.dst.addr;
	struct mn_home *h = home_find(n, &ev->flow.src.addr);
	struct ro *r;

	if (!h || !h->active || !home_stands(h) || n->stopping ||
	    ev->flow.src.len != 128 || ev->flow.dst.len != 128 ||
	    !may_be_peer(n, h, peer, now))
		return;
	r = ro_find(n, &h->conf.hoa, peer);
	if (r && !r->leaving) {
		r->used = now;
		return;
	}
	if (!r && n->mn->nros >= n->conf->ro_max_peers) {
		note_limit(n, now);
		return;
	}
	if (!r)
		r = ro_new(n, h, peer, now);
	if (r)
		ro_ask(n, r, h->reg.ifindex,
		       h->reg.ll.len ? &h->reg.ll : NULL, now);
}

void
ro_on_used(struct node *n, const struct ev_used *ev, usec_t now)
{
	struct ro *r = ro_find(n, &ev->flow.src.addr, &ev->flow.dst.addr);
	usec_t at = ev->idle < now ? now - ev->idle : 0;

	if (r && !ev->flow.cn && ev->flow.src.len == 128 &&
	    ev->flow.dst.len == 128 && at > r->used)
		r->used = at;
}

/* --- from the home address ----------------------------------------------- */

void
ro_on_away(struct node *n, struct mn_home *h, const struct lladdr *ll,
	   usec_t now)
{
	each_ro(n, r, l) {
		if (r->home != h)
			continue;
		if (r->tunnel && !addr_eq(&r->tunnel->key.local, &h->coa))
			flow_down(n, r);
		r->reg.home_stands = home_stands(h);
		if (addr_eq(&r->reg.ask_coa, &h->coa) && !r->reg.paused)
			continue;
		/* Who was about to forget us while we were at home. */
		if (r->leaving && now - r->used >= idle_time(n)) {
			ro_free(n, r);
			continue;
		}
		r->leaving = false;
		ro_be_patient(n, r, now);
		registrant_register(n, &r->reg, &h->coa, h->ifindex, ll, now,
				    now);
	}
}

void
ro_on_registered(struct node *n, struct mn_home *h, usec_t now)
{
	each_ro(n, r, l) {
		if (r->home != h || r->reg.home_stands || !home_stands(h))
			continue;
		r->reg.home_stands = true;
		alarm_set(n, &r->patience, now + RO_PATIENCE);
		registrant_on_proof(n, &r->reg, now);
	}
}

/* 11.4.2: "MUST issue a Binding Update to all such correspondent nodes." */
void
ro_shorten(struct node *n, struct mn_home *h, usec_t now)
{
	each_ro(n, r, l)
		if (r->home == h && r->reg.bound &&
		    r->reg.expires > h->reg.expires)
			registrant_refresh(n, &r->reg, now);
}

void
ro_on_returning(struct node *n, struct mn_home *h)
{
	each_ro(n, r, l) {
		if (r->home != h)
			continue;
		r->reg.home_stands = false;
		flow_down(n, r);
		registrant_pause(n, &r->reg);
	}
}

/* 11.5.5, 11.7.2: lifetime 0, care-of address the home address; the home
 * test goes by the home link. */
void
ro_on_home(struct node *n, struct mn_home *h, usec_t now)
{
	each_ro(n, r, l) {
		if (r->home != h)
			continue;
		r->reg.home_stands = true;
		ro_leave(n, r, NOTE_RO_HOME, now);
	}
}

void
ro_pause(struct node *n, struct mn_home *h)
{
	each_ro(n, r, l)
		if (r->home == h)
			registrant_pause(n, &r->reg);
}

/* With a home token at hand it is one message, which nobody waits for. */
void
ro_end(struct node *n, struct mn_home *h, usec_t now)
{
	each_ro(n, r, l) {
		if (r->home != h)
			continue;
		flow_down(n, r);
		if (r->reg.bound && home_stands(h) && !r->reg.paused)
			registrant_deregister(n, &r->reg, &h->coa,
					      r->reg.ifindex,
					      r->reg.ll.len ? &r->reg.ll :
					      NULL, now, now);
		ro_free(n, r);
	}
}

void
ro_drop(struct node *n, struct mn_home *h)
{
	each_ro(n, r, l)
		if (r->home == h)
			ro_free(n, r);
}

void
ro_reconfigure(struct node *n, usec_t now)
{
	each_ro(n, r, l) {
		if (policy_wants(n, r->home, &r->reg.peer) || r->leaving)
			continue;
		ro_leave(n, r, NOTE_RO_CONFIGURATION, now);
	}
	each_home(n, h, l)
		if (h->place == PLACE_AWAY && h->tunnel && h->active)
			home_say_away_flow(n, h);
}

/* --- messages ------------------------------------------------------------ */

void
ro_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	struct ro *r = ro_find(n, pkt_dst(&rx->pkt), &rx->pkt.src);

	if (r)
		registrant_on_ba(n, &r->reg, rx, now);
}

/* 11.7.4: only for a binding that we have, and want to keep. */
void
ro_on_brr(struct node *n, struct rx *rx, usec_t now)
{
	struct ro *r = ro_find(n, pkt_dst(&rx->pkt), pkt_src(&rx->pkt));

	if (!r || !r->tunnel || now - r->used >= idle_time(n))
		return;
	if (r->reg.asking == REG_NOTHING) {
		registrant_refresh(n, &r->reg, now);
	} else if (r->reg.proving) {
		rr_hurry(n, &r->host->home_tests, now);
		rr_hurry(n, &r->host->careof_tests, now);
	} else {
		registrant_retry(n, &r->reg, now);
	}
}

/* 11.3.6: the peer knows of no binding.  Anybody could say that: it costs
 * the shorter way for a moment, and a Binding Update. */
static void
on_unknown_binding(struct node *n, struct ro *r, const struct rx *rx,
		   usec_t now)
{
	if (!r->tunnel || !addr_eq(&rx->pkt.dst, &r->reg.coa) ||
	    r->reg.asking != REG_NOTHING)
		return;
	flow_down(n, r);
	note_ro(n, r, NOTE_RO_LOST, now);
	ro_be_patient(n, r, now);
	registrant_refresh(n, &r->reg, now);
}

/* 11.3.6: "If the mobile node is not expecting an acknowledgement or response
 * from the correspondent node, the mobile node SHOULD ignore this message."
 * Anybody could say it: of one who has proved that he can it costs the shorter
 * way, until he answers or his binding is over. */
static void
on_unable(struct node *n, struct ro *r, usec_t now)
{
	if (is_remembered(r, now)) {
		if (r->reg.asking != REG_NOTHING && r->tunnel) {
			flow_down(n, r);
			note_ro(n, r, NOTE_RO_LOST, now);
			ro_be_patient(n, r, now);
		}
	} else if (r->leaving) {
		ro_free(n, r);
	} else if (r->reg.asking != REG_NOTHING) {
		ro_give_up(n, r, NOTE_RO_UNSUPPORTED, RO_SHUN_UNABLE, now);
	}
}

void
ro_on_be(struct node *n, struct rx *rx, usec_t now)
{
	each_ro(n, r, l) {
		if (!addr_eq(&r->reg.peer, &rx->pkt.src))
			continue;
		if (rx->mh.be.status == MH_BE_UNKNOWN_TYPE &&
		    (addr_eq(&rx->pkt.dst, &r->reg.ask_coa) ||
		     addr_eq(&rx->pkt.dst, &r->reg.hoa)))
			on_unable(n, r, now);
		else if (rx->mh.be.status == MH_BE_UNKNOWN_BINDING &&
			 addr_eq(&rx->mh.be.hoa, &r->reg.hoa))
			on_unknown_binding(n, r, rx, now);
	}
}

/* 11.3.5: Parameter Problem, code 1 (a Mobility Header) or 2 (the Home
 * Address option). */
void
ro_on_param_problem(struct node *n, const struct in6_addr *from,
		    const struct span *about, usec_t now)
{
	each_ro(n, r, l)
		if (addr_eq(&r->reg.peer, from) &&
		    registrant_is_quoted(&r->reg, about))
			on_unable(n, r, now);
}

static bool
is_about(const struct ro *r, enum rr_kind kind, const struct in6_addr *peer,
	 const struct in6_addr *addr)
{
	return r->reg.proving && addr_eq(&r->reg.peer, peer) &&
	       addr_eq(kind == RR_HOME ? &r->reg.hoa : &r->reg.ask_coa, addr);
}

void
ro_on_proof(struct node *n, enum rr_kind kind, const struct in6_addr *peer,
	    const struct in6_addr *addr, usec_t now)
{
	each_ro(n, r, l)
		if (is_about(r, kind, peer, addr))
			registrant_on_proof(n, &r->reg, now);
}

bool
ro_wants_proof(const struct node *n, enum rr_kind kind,
	       const struct in6_addr *peer, const struct in6_addr *addr)
{
	each_ro(n, r, l)
		if (is_about(r, kind, peer, addr))
			return true;
	return false;
}

/* --- life ---------------------------------------------------------------- */

void
ro_start(struct node *n)
{
	list_init(&n->mn->ros);
	list_init(&n->mn->hosts);
}

void
ro_stop(struct node *n)
{
	each_ro(n, r, l) {
		registrant_fini(n, &r->reg);
		alarm_clear(n, &r->idle);
		alarm_clear(n, &r->patience);
		free(r);
	}
	list_each(l, &n->mn->hosts)
		free(container_of(l, struct ro_host, l));
}

void
ro_show(const struct node *n, usec_t now, struct record_sink *sink)
{
	each_ro(n, r, l) {
		struct record rec;

		record_init(&rec, "correspondent-registration");
		record_addr(&rec, "hoa", &r->reg.hoa);
		record_addr(&rec, "peer", &r->reg.peer);
		record_bool(&rec, "optimized", r->tunnel);
		registrant_show(&r->reg, now, &rec);
		record_duration(&rec, "idle",
				now > r->used ? now - r->used : 0);
		sink->put(sink, &rec);
	}
}
