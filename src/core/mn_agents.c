/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_agents.c - which home agent: discovery, and one after the other (RFC
 * 6275 11.4.1).
 *
 * A home address without HomeAgentAddress asks its home prefix: a request to
 * the Mobile IPv6 Home-Agents anycast address, repeated with growing pauses,
 * brings a list.  The list belongs to the prefix, so that several home
 * addresses ask once.  Each is tried in the list's order until one accepts;
 * who refuses, or is silent for MnMaxHaConsecutiveResends, is left for the
 * next, and after the last one the prefix is asked again, later each time.
 *
 * Nobody vouches for the list.  So of its addresses only those count that a
 * Peer of the configuration covers: all that is said to them is protected as
 * that says (15.5), and who has no key is no home agent.
 *
 * While the prefix is asked, what the home address has to say waits; while
 * nobody is asked, it is refused.
 */
#include "core/demand.h"
#include "core/ro.h"

#include <errno.h>
#include <stdlib.h>

/* RFC 6275 section 12 */
#define INITIAL_DHAAD_TIMEOUT	SEC(3)
#define DHAAD_RETRIES		4
/* Between two discoveries that brought nobody, doubled from the one to the
 * other. */
#define PAUSE_FIRST		SEC(30)
#define PAUSE_LAST		SEC(600)
/* A handover during discovery asks again from the new address, but not more
 * often than this. */
#define REQUEST_GAP		SEC(1)

static alarm_fire on_request, on_again;

/* --- the list ----------------------------------------------------------- */

/* RFC 2526 section 2: identifier 0x7e in the last seven bits, before it ones,
 * but for the universal/local bit where identifiers are EUI-64. */
static struct in6_addr
anycast_of(const struct prefix *p)
{
	struct in6_addr id;

	memset(&id, 0xff, sizeof(id));
	id.s6_addr[15] = 0xfe;
	if (p->len == 64)
		id.s6_addr[8] = 0xfd;
	return addr_combine(&p->addr, p->len, &id);
}

struct mn_agents *
agents_get(struct node *n, const struct prefix *prefix)
{
	struct mn_agents *g;

	list_each(l, &n->mn->agents) {
		g = container_of(l, struct mn_agents, l);
		if (prefix_eq(&g->prefix, prefix))
			return g;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->prefix = *prefix;
	g->pause = PAUSE_FIRST;
	exchange_init(&g->x, on_request);
	alarm_init(&g->again, on_again);
	list_init(&g->l);
	list_append(&n->mn->agents, &g->l);
	return g;
}

static void
agents_free(struct node *n, struct mn_agents *g)
{
	exchange_end(n, &g->x);
	alarm_clear(n, &g->again);
	list_del(&g->l);
	free(g);
}

static bool
is_used(const struct node *n, const struct mn_agents *g)
{
	each_home(n, h, l)
		if (h->agents == g)
			return true;
	return false;
}

void
agents_reap(struct node *n)
{
	list_each(l, &n->mn->agents) {
		struct mn_agents *g = container_of(l, struct mn_agents, l);

		if (!is_used(n, g))
			agents_free(n, g);
	}
}

/* May we register there?  It has a key, and is not one of us. */
static bool
is_acceptable(const struct node *n, const struct in6_addr *addr)
{
	return addr_is_routable(addr) && security_peer(n, addr) &&
	       !home_find(n, addr) && !node_owns(n, addr);
}

static bool
has_agent(const struct mn_agents *g, const struct in6_addr *addr)
{
	for (unsigned k = 0; k < g->n; k++)
		if (addr_eq(&g->addr[k], addr))
			return true;
	return false;
}

bool
agents_set(struct node *n, struct mn_agents *g, struct span list)
{
	struct rbuf r = rbuf_of(list.p, list.len);
	bool first = true;

	while (rbuf_left(&r) >= sizeof(struct in6_addr)) {
		struct in6_addr addr = rbuf_addr(&r);

		if (!is_acceptable(n, &addr))
			continue;
		if (first)
			g->n = 0;
		first = false;
		if (g->n < AGENTS_MAX && !has_agent(g, &addr))
			g->addr[g->n++] = addr;
	}
	return !first;
}

/* The one behind `addr'; the first, when that is none of them. */
static const struct in6_addr *
agent_after(const struct mn_agents *g, const struct in6_addr *addr)
{
	for (unsigned k = 0; k < g->n; k++)
		if (addr_eq(&g->addr[k], addr))
			return k + 1 < g->n ? &g->addr[k + 1] : NULL;
	return g->n ? &g->addr[0] : NULL;
}

/* --- asking ------------------------------------------------------------- */

static void
note_agents(struct node *n, const struct mn_agents *g,
	    const struct in6_addr *agent, usec_t now)
{
	struct note note = { .code = NOTE_AGENTS, .a = g->prefix.addr,
			     .b = *agent, .value = g->n };

	note_put(n, &note, now);
}

static void
note_silence(struct node *n, const struct mn_agents *g, usec_t now)
{
	struct note note = { .code = NOTE_NO_ANSWER,
			     .a = anycast_of(&g->prefix),
			     .elapsed = now - g->x.first };

	note_put(n, &note, now);
}

/* 11.4.1: "the same Request message to the same anycast address"; 6.5: from
 * the care-of address. */
static void
send_request(struct node *n, struct mn_agents *g, usec_t now)
{
	struct icmp m = { .type = ICMP_HAAD_REQUEST };
	struct mh_route to = {
		.src = g->src, .dst = anycast_of(&g->prefix),
		.ifindex = g->ifindex, .ll = g->ll.len ? &g->ll : NULL,
	};

	m.haad.id = g->id;
	node_send_icmp(n, &m, &to);
	g->asked = now;
	exchange_sent(n, &g->x, now);
}

static bool
waits(const struct mn_home *h, const struct mn_agents *g)
{
	return h->agents == g && h->active && h->place == PLACE_AWAY &&
	       addr_is_unspec(&h->reg.peer);
}

/* What those wait for who have no home agent. */
static void
put_waiting(struct node *n, const struct mn_agents *g, usec_t now)
{
	each_home(n, h, l)
		if (waits(h, g))
			home_put(n, h, now);
}

static void
stop_asking(struct node *n, struct mn_agents *g)
{
	g->asking = false;
	exchange_end(n, &g->x);
}

static void
on_request(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_agents *g = container_of(al, struct mn_agents, x.alarm);

	if (g->x.sent <= DHAAD_RETRIES) {
		send_request(n, g, now);
		return;
	}
	note_silence(n, g, now);
	stop_asking(n, g);
	g->allowed = now + g->pause;
	g->pause = g->pause * 2 < PAUSE_LAST ? g->pause * 2 : PAUSE_LAST;
	each_home(n, h, l)
		if (waits(h, g) && !addr_is_unspec(&h->conf.ha))
			home_use_agent(n, h, &h->conf.ha);
	put_waiting(n, g, now);			/* refused now, and later */
}

static void
on_again(struct node *n, struct alarm *al, usec_t now)
{
	put_waiting(n, container_of(al, struct mn_agents, again), now);
}

/* Ask, or go on asking, from there; or do so when it is time. */
static void
ask(struct node *n, struct mn_agents *g, struct attach *a,
    const struct in6_addr *coa, usec_t now)
{
	bool moved = !addr_eq(&g->src, coa);

	g->src = *coa;
	g->ifindex = a->iface->ifindex;
	g->ll = a->current->ll;
	if (g->asking && !moved) {
		if (!alarm_is_set(&g->x.alarm))
			send_request(n, g, now);	/* it was paused */
		return;
	}
	if (moved) {
		stop_asking(n, g);
		g->allowed = g->asked ? g->asked + REQUEST_GAP : 0;
	}
	if (g->allowed > now) {
		alarm_set(n, &g->again, g->allowed);
		return;
	}
	g->asking = true;
	g->id = (uint16_t)rng_u64(&n->rng);
	exchange_begin(n, &g->x, INITIAL_DHAAD_TIMEOUT,
		       INITIAL_DHAAD_TIMEOUT << DHAAD_RETRIES);
	send_request(n, g, now);
}

void
home_pause_agent(struct node *n, const struct mn_home *h)
{
	struct mn_agents *g = h->agents;

	if (!g || !addr_is_unspec(&h->reg.peer))
		return;
	exchange_end(n, &g->x);
	alarm_clear(n, &g->again);
}

/* --- one home address's agent ------------------------------------------- */

void
home_use_agent(struct node *n, struct mn_home *h, const struct in6_addr *addr)
{
	struct mn_peer *p = mn_peer_get(n, addr);

	if (p)
		registrant_use_peer(n, &h->reg, addr, &p->rate,
				    &p->test_rate, &p->home_no_test);
}

bool
home_find_agent(struct node *n, struct mn_home *h, struct attach *a,
		const struct in6_addr *coa, usec_t now)
{
	if (!addr_is_unspec(&h->reg.peer))
		return true;
	if (h->agents->n)
		home_use_agent(n, h, &h->agents->addr[0]);
	else
		ask(n, h->agents, a, coa, now);
	return !addr_is_unspec(&h->reg.peer);
}

/* We were sent away from whom the configuration names (mn_switch.c), and there
 * is nobody else. */
static const struct in6_addr *
more_after_all(const struct mn_home *h)
{
	return addr_is_unspec(&h->conf.ha) ||
	       addr_eq(&h->reg.peer, &h->conf.ha) ? NULL : &h->conf.ha;
}

bool
home_leave_agent(struct node *n, struct mn_home *h, usec_t now)
{
	struct mn_agents *g = h->agents;
	const struct in6_addr *next = agent_after(g, &h->reg.peer);
	struct tunnel *old = h->tunnel;
	usec_t until = h->reg.bound ? h->reg.expires : h->left_until;
	usec_t at = h->reg.x.last + MSEC(n->conf->bindack_first);
	bool more = next;

	/* The last one was in vain, so the list is. */
	if (!more) {
		g->n = 0;
		g->pause = g->pause * 2 < PAUSE_LAST ? g->pause * 2 :
			   PAUSE_LAST;
		next = more_after_all(h);
		more = next;
	}
	h->left_until = until;
	ro_end(n, h, now);
	home_use_agent(n, h, more ? next : &addr_unspec);
	h->tunnel = NULL;
	if (more || old)
		home_say_flow(n, h, FLOW_HOLD, true);
	tunnel_put(n, old);
	/* 11.4.1: "wait at least InitialBindackTimeoutFirstReg seconds ...
	 * before sending a Binding Update to the next home agent." */
	alarm_set(n, &h->next, more && at > now ? at : now);
	return more;
}

void
home_next_agent(struct node *n, struct mn_home *h, usec_t now)
{
	const struct in6_addr *next = h->agents->n ? &h->agents->addr[0] :
						     &addr_unspec;

	home_use_agent(n, h, next);
	alarm_set(n, &h->next, now);
}

/* 11.7.1: "If there was only one home agent, the mobile node instead SHOULD
 * continue to periodically retransmit the Binding Update"; meanwhile the prefix
 * is asked whether there is another one by now. */
bool
home_is_only_agent(struct node *n, struct mn_home *h, usec_t now)
{
	const struct iface *i = iface_find(n, h->ifindex);

	if (!h->agents || h->agents->n > 1 || more_after_all(h))
		return false;
	if (i && i->attach && attach_usable(i->attach))
		ask(n, h->agents, i->attach, &h->coa, now);
	return true;
}

/* A list without the one that we ask in vain. */
static void
leave_vanished(struct node *n, struct mn_agents *g, usec_t now)
{
	each_home(n, h, l)
		if (h->agents == g && h->active && h->place == PLACE_AWAY &&
		    h->unanswered > n->conf->max_ha_resends &&
		    !addr_is_unspec(&h->reg.peer) &&
		    !has_agent(g, &h->reg.peer))
			home_leave_agent(n, h, now);
}

void
home_on_next_agent(struct node *n, struct alarm *al, usec_t now)
{
	home_put(n, container_of(al, struct mn_home, next), now);
}

/* Registered: who is asked again will be asked soon. */
void
home_keep_agent(struct mn_home *h)
{
	if (h->agents)
		h->agents->pause = PAUSE_FIRST;
}

void
home_forget_agents(struct node *n, struct mn_home *h)
{
	if (!h->agents || h->reg.bound || h->reg.asking != REG_NOTHING ||
	    !addr_is_unspec(&h->conf.ha))
		return;
	h->agents->n = 0;
	home_use_agent(n, h, &addr_unspec);
}

/* 11.4.1: "MUST attempt any new registration first with that home agent." */
void
home_restore_agent(struct node *n, struct mn_home *h,
		   const struct store_record *s)
{
	struct in6_addr peer;

	if (!registrant_stored_peer(s, &peer) || !is_acceptable(n, &peer) ||
	    addr_eq(&peer, &h->reg.peer))
		return;
	/* A configured one may have sent us to it (RFC 5142). */
	if (!h->agents && h->type == ATYPE_HOME &&
	    prefix_match(&h->prefix, &peer))
		h->agents = agents_get(n, &h->prefix);
	if (h->agents)
		home_use_agent(n, h, &peer);
}

bool
home_learn_agent(struct node *n, struct mn_home *h, const struct attach *a)
{
	list_each(l, &a->routers) {
		const struct router *r = container_of(l, struct router, l);

		if (h->agents && addr_is_unspec(&h->reg.peer) &&
		    !r->candidate && r->home_agent &&
		    prefix_match(&h->prefix, &r->global) &&
		    is_acceptable(n, &r->global))
			home_use_agent(n, h, &r->global);
	}
	return !addr_is_unspec(&h->reg.peer);
}

/* --- answers ------------------------------------------------------------ */

/*
 * A Home Agent Address Discovery Reply (6.6): to the address that asked, with
 * the identifier of the request, while it is waited for.  An answer without
 * anybody whom we could register with is none: somebody else may have a
 * better one.
 */
void
mn_on_agents(struct node *n, struct rx *rx, usec_t now)
{
	const struct icmp_haad *m = &rx->icmp.haad;

	list_each(l, &n->mn->agents) {
		struct mn_agents *g = container_of(l, struct mn_agents, l);

		if (!g->asking || g->id != m->id ||
		    !addr_eq(&rx->pkt.dst, &g->src) ||
		    !agents_set(n, g, m->agents))
			continue;
		stop_asking(n, g);
		alarm_clear(n, &g->again);
		g->allowed = now + g->pause;
		note_agents(n, g, &g->addr[0], now);
		put_waiting(n, g, now);
		leave_vanished(n, g, now);
	}
}

/* --- show --------------------------------------------------------------- */

void
agents_show(const struct node *n, struct record_sink *sink)
{
	list_each(l, &n->mn->agents) {
		const struct mn_agents *g =
			container_of(l, struct mn_agents, l);
		struct record r;

		for (unsigned k = 0; k < g->n || !k; k++) {
			record_init(&r, "known-agent");
			record_prefix(&r, "prefix", &g->prefix);
			record_bool(&r, "asking", g->asking);
			if (g->n)
				record_addr(&r, "address", &g->addr[k]);
			sink->put(sink, &r);
		}
	}
}
