/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_home.c - what it takes to put a home address in its place: away, on
 * its way home, or at home (mn.c decides which).
 *
 * Each step says what shall be, in an order in which nothing leaves with
 * the home address by the wrong way: the flow that holds or tunnels it is
 * said before anything that could carry it elsewhere.
 */
#include "core/demand.h"
#include "core/ro.h"

/* Updates without an answer that make a home agent one that is not reached. */
#define UNANSWERED	2
/* Asking for the home agent's link-layer address (11.5.5) */
#define FIND_TRIES	3
/* Between trials: at first, and at most */
#define TRIAL_PAUSE	SEC(30)
#define TRIAL_PAUSE_MAX	SEC(900)
/* Longer than a packet is on its way. */
#define PREVIOUS_STAYS	SEC(30)

/* --- what we say of a home address -------------------------------------- */

/* A graceful one is deprecated from its handover on; what says so is that
 * new sockets do not get it. */
static uint32_t
preferred(const struct node *n, const struct mn_home *h)
{
	const struct owned *o = owned_of(n, h);

	if (h->deprecated)
		return 0;
	return o && !o->current ? 0 : demand_preferred(n, h->type);
}

void
home_say_address(struct node *n, const struct mn_home *h, uint32_t ifindex,
		 bool dad, bool up)
{
	struct effect e = { .kind = EF_ADDRESS };

	e.address.up = up;
	e.address.key.ifindex = ifindex;
	e.address.key.addr = h->conf.hoa;
	e.address.plen = ifindex == IFINDEX_PATH ? 128 : h->conf.plen;
	e.address.nodad = !dad;
	e.address.optimistic = dad && n->conf->optimistic_dad;
	/* The route to the link is attach.c's.  One that the kernel made would
	 * stay when we leave, while other addresses of the prefix are there. */
	e.address.noprefixroute = ifindex != IFINDEX_PATH;
	e.address.valid = ND_INFINITE;
	e.address.preferred = preferred(n, h);
	want(n, &e);
}

static void
say_proxy(struct node *n, const struct mn_home *h, uint32_t ifindex, bool up)
{
	struct effect e = { .kind = EF_PROXY };

	e.proxy.up = up;
	e.proxy.key.ifindex = ifindex;
	e.proxy.key.addr = h->conf.hoa;
	want(n, &e);
}

/* Everything from the home address: away, this is the only way out, so
 * nothing leaves with it untunnelled. */
void
home_say_flow(struct node *n, const struct mn_home *h, enum flow_action action,
	      bool up)
{
	struct effect e = { .kind = EF_FLOW };

	e.flow.up = up;
	e.flow.key.src = prefix_host(&h->conf.hoa);
	e.flow.action = action;
	if (h->tunnel && action != FLOW_BLOCK)
		e.flow.path = h->tunnel->key;
	e.flow.direct = action == FLOW_PATH;
	e.flow.any_end = e.flow.path.kind;
	e.flow.watch = action == FLOW_PATH && ro_watches(n, h);
	want(n, &e);
}

static void
note_home(struct node *n, const struct mn_home *h, usec_t now)
{
	struct note note = { .code = NOTE_HOME, .a = h->conf.hoa,
			     .ifindex = h->ifindex };

	if (h->type == ATYPE_HOME)
		note_put(n, &note, now);
}

/* --- away --------------------------------------------------------------- */

uint32_t
home_returns_by(const struct mn_home *h)
{
	return h->place == PLACE_RETURNING ? h->ifindex : h->trial;
}

void
home_stop_returning(struct node *n, struct mn_home *h)
{
	uint32_t here = home_returns_by(h);

	alarm_clear(n, &h->find);
	if (here)
		say_proxy(n, h, here, false);
	h->trial = 0;
}

void
home_stop_announcing(struct node *n, struct mn_home *h)
{
	alarm_clear(n, &h->announce);
	h->announcements = 0;
}

/* The tunnel from this care-of address, instead of the one before. */
bool
home_use_tunnel(struct node *n, struct mn_home *h, const struct in6_addr *coa,
		struct tunnel **old)
{
	struct path_key key = { .local = *coa, .remote = h->reg.peer,
				.kind = PATH_IP6IP6 };

	*old = NULL;
	if (h->tunnel && addr_eq(&h->tunnel->key.local, coa) &&
	    addr_eq(&h->tunnel->key.remote, &h->reg.peer))
		return true;
	*old = h->tunnel;
	h->tunnel = tunnel_get(n, &key);
	return h->tunnel != NULL;
}

void
home_drop_previous(struct node *n, struct mn_home *h)
{
	alarm_clear(n, &h->stays);
	h->previous = tunnel_put(n, h->previous);
}

void
home_on_stayed(struct node *n, struct alarm *al, usec_t now)
{
	home_drop_previous(n, container_of(al, struct mn_home, stays));
}

/*
 * 11.5.4: "a mobile node SHOULD retain its previous primary care-of address
 * ... and SHOULD still accept packets at this address, even after registering
 * its new primary care-of address".  While the address is there, that is: what
 * comes to a link that was left comes to nobody.  The end of the tunnel there
 * is kept, where the flow takes what the home agent has sent (any_end).
 */
static void
keep_previous(struct node *n, struct mn_home *h, struct tunnel *old,
	      usec_t now)
{
	if (!old || old == h->tunnel) {
		tunnel_put(n, old);
		return;
	}
	home_drop_previous(n, h);
	if (!attach_still_has(n, &old->key.local) ||
	    !addr_eq(&old->key.remote, &h->reg.peer)) {
		tunnel_put(n, old);
		return;
	}
	h->previous = old;
	alarm_set(n, &h->stays, now + PREVIOUS_STAYS);
}

/* Out: once the home agent has acknowledged.  In: as soon as the binding
 * may stand. */
void
home_say_away_flow(struct node *n, struct mn_home *h)
{
	bool stands = h->reg.bound && addr_eq(&h->reg.coa, &h->coa);

	if (stands || (h->reg.bound && n->conf->optimistic_handoff))
		home_say_flow(n, h, FLOW_PATH, true);
	else if (n->conf->refuse_unreachable &&
		 h->reg.asking == REG_REGISTER && h->unanswered >= UNANSWERED)
		home_say_flow(n, h, FLOW_BLOCK, true);
	else
		home_say_flow(n, h, FLOW_HOLD, true);
}

static const struct lladdr *
router_ll(const struct attach *a)
{
	return a->current->ll.len ? &a->current->ll : NULL;
}

/* Away, and nobody to register with: what it has to say waits while somebody
 * is looked for, and is refused while not. */
static void
await_agent(struct node *n, struct mn_home *h, struct attach *a,
	    const struct in6_addr *coa)
{
	h->coa = *coa;
	home_say_address(n, h, IFINDEX_PATH, false, true);
	home_say_flow(n, h, h->agents->asking ? FLOW_HOLD : FLOW_BLOCK, true);
	home_drop_tunnel(n, h);
	if (h->place == PLACE_HOME)
		home_say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_AWAY;
	h->ifindex = a->iface->ifindex;
}

/*
 * Is what stands still of use: the interface that it goes by is another one,
 * and up, and has that care-of address?  Then everything goes on that way until
 * the new care-of address is registered (make before break), unless the tunnel
 * is to be used before there is an answer.
 */
static bool
goes_on_by_another(const struct node *n, const struct mn_home *h,
		   const struct attach *a, const struct in6_addr *coa,
		   usec_t now)
{
	const struct iface *i = iface_find(n, h->ifindex);
	const struct aprefix *p = i && i->attach && i != a->iface &&
		attach_usable(i->attach) &&
		i->attach->state == ATTACH_ON ?
		attach_coa(n, i->attach, now) : NULL;

	return p && !n->conf->optimistic_handoff &&
	       addr_eq(&p->coa, &h->coa) && !addr_eq(&h->coa, coa) &&
	       h->place == PLACE_AWAY && h->tunnel && h->reg.bound &&
	       addr_eq(&h->reg.coa, &h->coa);
}

void
home_go_away(struct node *n, struct mn_home *h, struct attach *a,
	     const struct in6_addr *coa, usec_t now)
{
	struct tunnel *old;

	if (h->reg.halted && h->place == PLACE_AWAY && addr_eq(&h->coa, coa))
		return;
	home_stop_returning(n, h);
	home_stop_announcing(n, h);
	if (!home_find_agent(n, h, a, coa, now)) {
		await_agent(n, h, a, coa);
		return;
	}
	if (alarm_is_set(&h->next))	/* not yet, it says */
		return;
	if (h->switching) {
		home_say_goodbye(n, h, a->iface->ifindex, router_ll(a), coa,
				 now);
		return;
	}
	if (goes_on_by_another(n, h, a, coa, now)) {
		registrant_register(n, &h->reg, coa, a->iface->ifindex,
				    router_ll(a), a->trigger, now);
		return;
	}
	if (!home_use_tunnel(n, h, coa, &old))
		return;
	h->contest = CONTEST_NONE;
	h->denials = 0;
	if (!addr_eq(&h->coa, coa))
		h->unanswered = 0;
	h->coa = *coa;
	home_say_address(n, h, IFINDEX_PATH, false, true);
	home_say_away_flow(n, h);
	keep_previous(n, h, old, now);
	if (h->place == PLACE_HOME)
		home_say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_AWAY;
	h->ifindex = a->iface->ifindex;
	/* An anchor that is silent from the first does not hold it for ever. */
	if (h->type != ATYPE_HOME && !h->reg.bound &&
	    !alarm_is_set(&h->give_up))
		alarm_set(n, &h->give_up, now + SEC(h->conf.lifetime));
	registrant_register(n, &h->reg, coa, h->ifindex, router_ll(a),
			    a->trigger, now);
	ro_on_away(n, h, router_ll(a), now);
}

/*
 * This is not the home link any more.  The new way out is about to come, and
 * the care-of address a moment later: until then what the home address has
 * to say waits, rather than leave untunnelled.
 */
void
home_leave(struct node *n, struct mn_home *h)
{
	home_stop_announcing(n, h);
	home_say_address(n, h, IFINDEX_PATH, false, true);
	home_say_flow(n, h, FLOW_HOLD, true);
	if (h->place == PLACE_HOME)
		home_say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_NOWHERE;
}

/* --- home --------------------------------------------------------------- */

void
home_drop_tunnel(struct node *n, struct mn_home *h)
{
	home_drop_previous(n, h);
	h->tunnel = tunnel_put(n, h->tunnel);
}

/* The multicast Neighbor Advertisements of 11.5.5, for `addr'. */
static void
advertise(struct node *n, const struct iface *i, const struct in6_addr *addr)
{
	struct nd na = { .type = ND_NA, .tll = i->ll };

	na.na.target = *addr;
	na.na.flags = ND_NA_O;
	outbox_nd(n, i->ifindex, NULL, &na, addr, &addr_all_nodes);
}

void
home_on_announce(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, announce);
	const struct iface *i = iface_find(n, h->ifindex);
	const struct in6_addr *ll = i ? iface_linklocal(i) : NULL;

	if (!i || !h->announcements)
		return;
	if (!i->attach || i->attach->state != ATTACH_ON) {
		/* Perhaps this is another link already: not before we know. */
		alarm_set(n, &h->announce, now + RETRANS_TIMER);
		return;
	}
	advertise(n, i, &h->conf.hoa);
	if (ll)
		advertise(n, i, ll);
	if (--h->announcements)
		alarm_set(n, &h->announce, now + RETRANS_TIMER);
}

/*
 * At home.  After a deregistration without DAD, "to avoid confusion or
 * conflict with its home agent's use of the same address"; with no binding
 * before, like any new address.
 */
void
home_arrive(struct node *n, struct mn_home *h, uint32_t ifindex, bool dad,
	    usec_t now)
{
	home_stop_returning(n, h);
	h->trial_pause = 0;
	alarm_clear(n, &h->next_trial);
	home_pause_agent(n, h);
	if (n->conf->reset_dhaad)
		home_forget_agents(n, h);
	h->place = PLACE_HOME;
	h->ifindex = ifindex;
	home_say_address(n, h, ifindex, dad, true);
	/* On the path device it stays until the kernel has it here: its local
	 * route comes a moment after the address, and what arrived in between
	 * would find nobody (on_home_address). */
	home_say_flow(n, h, FLOW_PATH, false);
	home_drop_tunnel(n, h);
	note_home(n, h, now);
	if (!dad) {
		h->announcements = MAX_NEIGHBOR_ADVERTISEMENT;
		home_on_announce(n, &h->announce, now);
	}
	ro_on_home(n, h, now);
}

/* 11.5.5: from the unspecified address, to the solicited-node group of our
 * own home address: the home agent, its proxy, answers with its link-layer
 * address. */
static void
solicit_home_agent(struct node *n, struct mn_home *h, usec_t now)
{
	struct in6_addr group = addr_solicited_node(&h->conf.hoa);
	struct nd ns = { .type = ND_NS };

	ns.ns.target = h->conf.hoa;
	outbox_nd(n, h->ifindex, NULL, &ns, &addr_unspec, &group);
	h->finds++;
	alarm_set(n, &h->find, now + RETRANS_TIMER);
}

void
home_on_find(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, find);
	const struct iface *i = iface_find(n, h->ifindex);

	if (h->place != PLACE_RETURNING)
		return;
	if (!i || !i->attach || !attach_usable(i->attach))
		alarm_set(n, &h->find, now + RETRANS_TIMER);
	else if (h->finds < FIND_TRIES)
		solicit_home_agent(n, h, now);
	else
		registrant_deregister(n, &h->reg, NULL, h->ifindex, NULL,
				      now, now);
}

static void
start_returning(struct node *n, struct mn_home *h, struct attach *a)
{
	struct tunnel *old = h->tunnel;

	home_stop_announcing(n, h);
	registrant_pause(n, &h->reg);	/* until it is asked from here */
	h->place = PLACE_RETURNING;
	h->ifindex = a->iface->ifindex;
	h->ha_ll.len = 0;
	h->finds = 0;
	/* Until the acknowledgement nothing is sent or received with the
	 * home address here; solicitations for it are for us to answer.  It
	 * stays where it was away, to hear the acknowledgement. */
	h->tunnel = NULL;
	home_say_address(n, h, IFINDEX_PATH, false, true);
	home_say_flow(n, h, FLOW_HOLD, true);
	ro_on_returning(n, h);
	home_drop_previous(n, h);
	tunnel_put(n, old);
	say_proxy(n, h, h->ifindex, true);
}

/*
 * Is what is asked for settled?  A trial takes its place: so not before the
 * binding stands, or while its home agent is not reached by the way that is
 * used.
 */
static bool
may_try(const struct mn_home *h)
{
	if (h->switching || alarm_is_set(&h->next) ||
	    addr_is_unspec(&h->reg.peer))
		return false;
	return h->reg.asking == REG_NOTHING ? h->reg.bound || h->reg.halted :
	       h->unanswered >= UNANSWERED;
}

/* Nothing stands here: there is no tunnel then.  Without any binding, only the
 * home agent can say that the address is nobody else's. */
void
home_hold_trial(struct node *n, struct mn_home *h)
{
	struct tunnel *old = h->tunnel;

	if (!h->reg.bound)
		h->contest = CONTEST_ASKED;
	h->tunnel = NULL;
	home_say_away_flow(n, h);
	home_drop_previous(n, h);
	tunnel_put(n, old);
}

/*
 * Deregistration as at home (11.5.5), while tunnel and flow are what they were:
 * who says that this is home need not be the home agent (attach_lone.c).
 */
void
home_try(struct node *n, struct mn_home *h, struct attach *a, usec_t now)
{
	const struct router *ha = attach_router_with(a, &h->reg.peer);

	if (alarm_is_set(&h->next_trial) || !may_try(h) || !ha || !ha->ll.len)
		return;
	h->trial = a->iface->ifindex;
	if (!h->reg.bound || !addr_eq(&h->reg.coa, &h->coa))
		home_hold_trial(n, h);
	say_proxy(n, h, h->trial, true);
	registrant_deregister(n, &h->reg, NULL, h->trial, &ha->ll, now, now);
}

/* It may have been the home agent all the same, whose answer was lost: so it is
 * asked for the binding anew. */
void
home_fail_trial(struct node *n, struct mn_home *h, usec_t now)
{
	home_stop_returning(n, h);
	registrant_cancel(n, &h->reg);
	h->reg.halted = false;
	h->reg.unsure = h->reg.bound;
	h->contest = CONTEST_NONE;
	h->unanswered = 0;
	h->trial_pause = h->trial_pause ? 2 * h->trial_pause : TRIAL_PAUSE;
	if (h->trial_pause > TRIAL_PAUSE_MAX)
		h->trial_pause = TRIAL_PAUSE_MAX;
	alarm_set(n, &h->next_trial, now + h->trial_pause);
	alarm_set(n, &h->retry, now);
}

/* Where it is now, or another trial. */
void
home_on_next_trial(struct node *n, struct alarm *al, usec_t now)
{
	home_put(n, container_of(al, struct mn_home, next_trial), now);
}

void
home_on_retry(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, retry);
	const struct iface *i = iface_find(n, h->ifindex);

	if (i && i->attach)
		i->attach->trigger = now;
	home_put(n, h, now);
}

/* Is it ours on that link?  Then it is by another interface, too: to ask
 * there who has it would be to ask ourselves.  Neighbours are told. */
static bool
stands_on(const struct node *n, const struct mn_home *h, uint32_t ifindex)
{
	const struct iface *i = iface_find(n, ifindex);
	const struct iface_addr *a = i ? iface_addr_find(i, &h->conf.hoa) :
				     NULL;

	return a && (a->state == ADDR_VALID || a->state == ADDR_OPTIMISTIC);
}

/* Is it being asked, on the home link, whether it is ours?  By another
 * interface of the link it would ask itself. */
static bool
asks_for_duplicates(const struct node *n, const struct mn_home *h)
{
	const struct iface *i = h->place == PLACE_HOME ?
		iface_find(n, h->ifindex) : NULL;
	const struct iface_addr *a = i ? iface_addr_find(i, &h->conf.hoa) :
				     NULL;

	return i && i->attach && attach_usable(i->attach) &&
	       attach_on_link_prefix(i->attach, &h->prefix) &&
	       (!a || a->state == ADDR_TENTATIVE ||
		a->state == ADDR_OPTIMISTIC);
}

/* On a link without routers our home agent is to prove that it is one: there
 * is nothing to deregister, but only it can say so (attach_lone.c). */
static bool
wants_proof(const struct mn_home *h, const struct attach *a)
{
	return attach_is_lone(a) && h->type == ATYPE_HOME &&
	       prefix_match(&h->prefix, &h->reg.peer);
}

void
home_come(struct node *n, struct mn_home *h, struct attach *a, usec_t now)
{
	const struct router *ha = attach_router_with(a, &h->reg.peer);
	uint32_t ifindex = a->iface->ifindex;
	bool ours = false;

	if (h->place == PLACE_HOME && h->ifindex == ifindex)
		return;
	if (asks_for_duplicates(n, h))
		return;
	h->switching = false;
	alarm_clear(n, &h->give_up);
	if (h->place == PLACE_HOME) {	/* by another interface */
		ours = stands_on(n, h, h->ifindex);
		home_leave(n, h);
	}
	if (!h->reg.bound && h->reg.asking == REG_NOTHING &&
	    wants_proof(h, a))
		h->contest = CONTEST_ASKED;
	if (!h->reg.bound && h->reg.asking == REG_NOTHING &&
	    h->contest != CONTEST_ASKED) {
		home_arrive(n, h, ifindex, !ours, now);
		return;
	}
	if (h->place != PLACE_RETURNING || h->ifindex != ifindex) {
		home_stop_returning(n, h);
		start_returning(n, h, a);
	}
	if (ha && ha->ll.len)
		h->ha_ll = ha->ll;
	/* Who answers for a contested address need not be the home agent:
	 * then the kernel finds it, by its own address. */
	if (h->ha_ll.len || h->contest == CONTEST_ASKED)
		registrant_deregister(n, &h->reg, NULL, ifindex,
				      h->ha_ll.len ? &h->ha_ll : NULL,
				      a->trigger, now);
	else if (!h->finds)
		solicit_home_agent(n, h, now);
}

/* --- not wanted --------------------------------------------------------- */

void
home_park(struct node *n, struct mn_home *h)
{
	if (!n->early_bind || h->type != ATYPE_HOME ||
	    h->place == PLACE_DISABLED)
		return;
	h->blocked = false;
	home_say_address(n, h, IFINDEX_PATH, false, true);
	home_say_flow(n, h, FLOW_HOLD, true);
}

void
home_withdraw(struct node *n, struct mn_home *h, bool block)
{
	home_stop_returning(n, h);
	home_stop_announcing(n, h);
	h->blocked = block && h->place != PLACE_HOME;
	home_say_flow(n, h, FLOW_BLOCK, h->blocked);
	home_drop_tunnel(n, h);
	home_say_address(n, h, IFINDEX_PATH, false, false);
	if (h->place == PLACE_HOME)
		home_say_address(n, h, h->ifindex, false, false);
	if (h->place != PLACE_DISABLED)
		h->place = PLACE_NOWHERE;
}

void
home_go_on_releasing(struct node *n, struct mn_home *h, usec_t now)
{
	struct attach *a = h->releasing ? demand_attach(n) : NULL;
	const struct aprefix *p = a ? attach_coa(n, a, now) : NULL;

	if (!h->releasing)
		return;
	if (!p) {
		registrant_pause(n, &h->reg);
		return;
	}
	registrant_deregister(n, &h->reg, &p->coa, a->iface->ifindex,
			      router_ll(a), now, now);
}
