/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn.c - the mobile node: where each home address is, and what follows.
 *
 * attach.c says which routers and care-of addresses there are, the
 * registrant talks to the home agent; this file is the policy between the
 * two.  Each home address has a place:
 *
 *   NOWHERE    not placed yet: no link, no router, or refused
 *   AWAY       at a care-of address: on the path device, its traffic goes
 *              through the tunnel to the home agent
 *   RETURNING  on the home link, still bound elsewhere: deregistering; the
 *              home address is not used on the link (RFC 6275 11.5.5)
 *   HOME       on the home link, an address like any other
 *   DISABLED   somebody else has it (status 134): not to be used again
 *
 * mn_on_attach puts every home address where it belongs, as often as it is
 * called; it changes nothing when everything is in its place.
 */
#include "core/demand.h"
#include "core/ro.h"

/* Updates of a trial without an answer that end it: seven seconds */
#define TRIAL_UPDATES	3

/* --- the decision ------------------------------------------------------- */

/* Low preference wins, the home link among equals. */
static unsigned
rank_of(const struct iface *i, bool home)
{
	return (i->conf ? i->conf->preference : 0) * 2 + !home;
}

/* An interface that can carry this home address.  What may be the home link,
 * because somebody there says so, comes after all that have a care-of
 * address. */
static struct attach *
choose(const struct node *n, const struct mn_home *h, usec_t now,
       bool *ret_wait)
{
	struct attach *best = NULL;
	unsigned best_rank = UINT32_MAX, coming_rank = UINT32_MAX;

	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		bool home;
		unsigned rank;

		if (!i->attach || !attach_usable(i->attach))
			continue;
		home = attach_on_link_prefix(i->attach, &h->prefix);
		rank = home && attach_is_alleged(n, i->attach, &h->prefix) ?
			UINT32_MAX - 1 : rank_of(i, home);
		if (!home && !attach_coa(n, i->attach, now)) {
			if (attach_coa_is_coming(i->attach) &&
			    rank < coming_rank)
				coming_rank = rank;
		} else if (rank < best_rank) {
			best_rank = rank;
			best = i->attach;
		}
	}
	*ret_wait = best && coming_rank < best_rank;
	return best;
}

/* Where it may be at home, in a better place than `a' is. */
static struct attach *
better_alleged(const struct node *n, const struct mn_home *h,
	       const struct attach *a)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->attach && attach_usable(i->attach) &&
		    i->attach->state == ATTACH_ON &&
		    attach_on_link_prefix(i->attach, &h->prefix) &&
		    attach_is_alleged(n, i->attach, &h->prefix) &&
		    rank_of(i, true) < rank_of(a->iface, false))
			return i->attach;
	}
	return NULL;
}

/* True: the home agent is being asked whether home is there, and what is said
 * of the home address so far goes on. */
static bool
is_tried(struct node *n, struct mn_home *h, struct attach *a,
	 const struct in6_addr *coa, usec_t now)
{
	struct attach *home = h->type == ATYPE_HOME ?
		better_alleged(n, h, a) : NULL;

	if (h->trial && (!home || home->iface->ifindex != h->trial ||
			 h->ifindex != a->iface->ifindex ||
			 !addr_eq(&h->coa, coa)))
		home_fail_trial(n, h, now);
	if (home && !h->trial && h->place == PLACE_AWAY &&
	    h->ifindex == a->iface->ifindex && addr_eq(&h->coa, coa))
		home_try(n, h, home, now);
	return h->trial;
}

static void
put_away(struct node *n, struct mn_home *h, struct attach *a, usec_t now)
{
	const struct in6_addr coa = attach_coa(n, a, now)->coa;

	if (is_tried(n, h, a, &coa, now))
		return;
	home_go_away(n, h, a, &coa, now);
	is_tried(n, h, a, &coa, now);
}

void
home_put(struct node *n, struct mn_home *h, usec_t now)
{
	bool wait;
	struct attach *a = choose(n, h, now, &wait);

	if (h->place == PLACE_DISABLED || !h->active)
		return;
	/* To come here and to go there a moment later would set our own
	 * address detection against the home agent's. */
	if (wait && (h->place == PLACE_NOWHERE ||
		     attach_is_alleged(n, a, &h->prefix)))
		return;
	if (!a) {
		/* No way to send.  What stands, stands: the link may come
		 * back before anybody notices. */
		if (h->trial)
			home_fail_trial(n, h, now);
		registrant_pause(n, &h->reg);
		home_pause_agent(n, h);
		ro_pause(n, h);
		return;
	}
	/* After a link-up nothing is registered by what we knew before until
	 * we know that it is of this link: we are called again then. */
	if (a->state == ATTACH_CHECKING && a->link_event)
		return;
	if (attach_on_link_prefix(a, &h->prefix))
		home_come(n, h, a, now);
	else
		put_away(n, h, a, now);
}

void
mn_on_leave(struct node *n, const struct attach *a, usec_t now)
{
	if (!n->ready || n->stopping)
		return;
	demand_on_leave(n, a, now);
	each_home(n, h, l) {
		if (h->ifindex != a->iface->ifindex)
			continue;
		if (h->place == PLACE_HOME &&
		    !attach_on_link_prefix(a, &h->prefix))
			home_leave(n, h);
		else if (h->place == PLACE_AWAY && h->tunnel &&
			 h->reg.bound && !attach_has_coa(a, &h->coa))
			home_say_flow(n, h, FLOW_HOLD, true);
	}
}

/* It was at home on a link that is not there any more, or on its way: it
 * waits until it is known where. */
static void
unsettle(struct node *n, struct mn_home *h)
{
	if (h->place == PLACE_RETURNING) {
		home_stop_returning(n, h);
		h->place = PLACE_NOWHERE;
	} else if (h->place == PLACE_HOME) {
		home_leave(n, h);
	}
}

void
mn_on_lost(struct node *n, const struct attach *a)
{
	if (!n->ready || n->stopping)
		return;
	each_home(n, h, l)
		if (h->ifindex == a->iface->ifindex)
			unsettle(n, h);
}

/* Which interface's routes go first depends on where we are. */
static void
say_ways_out(struct node *n, usec_t now)
{
	bool any = false;

	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		any |= i->attach && attach_usable(i->attach);
		if (i->up && i->attach && i->attach->current &&
		    i->attach->state == ATTACH_ON)
			attach_configure(n, i->attach, now);
	}
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (any && !i->up && i->attach && i->attach->current)
			attach_step_aside(n, i->attach);
	}
}

/* The next lower number of sessions that a home address has; false: none. */
static bool
next_busy(const struct node *n, uint64_t *busy)
{
	uint64_t next = UINT64_MAX;

	each_home(n, h, l) {
		uint64_t b = demand_sessions(n, h);

		if (b < *busy && (next == UINT64_MAX || b > next))
			next = b;
	}
	*busy = next;
	return next != UINT64_MAX;
}

/* All at once, those first that have most to lose; what is to end comes
 * behind them. */
void
mn_on_attach(struct node *n, struct attach *a, usec_t now)
{
	uint64_t busy = UINT64_MAX;

	if (!n->ready || n->stopping)
		return;
	each_home(n, h, l)
		if (h->place == PLACE_HOME && h->ifindex == a->iface->ifindex)
			prefix_on_home(n, h, attach_is_lone(a) ? NULL :
				       attach_on_link_prefix(a, &h->prefix),
				       now);
	while (next_busy(n, &busy))
		each_home(n, h, l)
			if (demand_sessions(n, h) == busy)
				home_put(n, h, now);
	each_home(n, h, l)
		home_go_on_releasing(n, h, now);
	say_ways_out(n, now);
	demand_on_attach(n, now);
}

bool
mn_is_elsewhere(const struct node *n, const struct iface *i)
{
	bool elsewhere = false;

	each_home(n, h, l) {
		if (h->place == PLACE_NOWHERE || h->place == PLACE_DISABLED)
			continue;
		if (h->ifindex == i->ifindex)
			return false;
		elsewhere = true;
	}
	return elsewhere;
}

bool
mn_is_home_on(const struct node *n, const struct iface *i,
	      const struct prefix *p)
{
	each_home(n, h, l)
		if (h->place == PLACE_HOME && h->ifindex == i->ifindex &&
		    prefix_eq(&h->prefix, p))
			return true;
	return false;
}

bool
mn_is_home_prefix(const struct node *n, const struct prefix *p)
{
	each_home(n, h, l)
		if (h->type == ATYPE_HOME && prefix_eq(&h->prefix, p))
			return true;
	return false;
}

/* --- what became of a registration -------------------------------------- */

/* 134; but a home agent that we have left defends it while it holds our
 * binding, against the next one, too. */
static bool
is_somebody_elses(const struct mn_home *h, usec_t now)
{
	return h->reg.status == MH_ST_DAD_FAILED && now >= h->left_until;
}

static void
on_refused(struct node *n, struct mn_home *h, usec_t now)
{
	ro_end(n, h, now);
	if (h->place == PLACE_AWAY) {
		home_say_flow(n, h, FLOW_BLOCK, true);
		home_drop_tunnel(n, h);
	}
	/* 11.7.1: "the mobile node MUST NOT attempt to re-use the same home
	 * address."  (Another than a home address is not kept at all.) */
	if (is_somebody_elses(h, now) && h->type == ATYPE_HOME)
		h->place = PLACE_DISABLED;
	demand_on_refused(n, h, now);
	if (h->place == PLACE_DISABLED)
		home_say_address(n, h, IFINDEX_PATH, false, false);
}

/* Is it known that this is its home link, by an advertisement? */
static bool
is_on_home_link(const struct mn_home *h, const struct iface *i)
{
	return i && i->attach && attach_usable(i->attach) &&
	       attach_on_link_prefix(i->attach, &h->prefix);
}

static void
on_expired(struct node *n, struct mn_home *h, usec_t now)
{
	const struct iface *i = iface_find(n, h->ifindex);

	ro_end(n, h, now);
	if (h->place == PLACE_RETURNING && !is_on_home_link(h, i)) {
		registrant_cancel(n, &h->reg);
		unsettle(n, h);
		home_put(n, h, now);
	} else if (h->place == PLACE_RETURNING && attach_is_lone(i->attach)) {
		/* Still nobody has proved that this is home. */
		h->contest = CONTEST_ASKED;
	} else if (h->place == PLACE_RETURNING) {
		/* Nothing stands any more, so nothing is to be undone. */
		registrant_cancel(n, &h->reg);
		home_arrive(n, h, h->ifindex, true, now);
	} else if (h->place == PLACE_AWAY && !h->reg.halted) {
		if (h->trial)
			home_hold_trial(n, h);
		home_say_away_flow(n, h);
		home_put(n, h, now);
	}
}

/* The home agent has let go of the home address, and is where we are. */
static void
on_released(struct node *n, struct mn_home *h, usec_t now)
{
	bool other = h->contest == CONTEST_ASKED &&
		     h->reg.status == MH_ST_NOT_HA;

	/* When it held nothing, perhaps not any more: one more try. */
	h->contest = other ? CONTEST_OTHER : CONTEST_NONE;
	h->denials = other ? h->denials + 1 : 0;
	if (h->trial)
		ro_on_returning(n, h);
	home_arrive(n, h, home_returns_by(h), other, now);
	say_ways_out(n, now);
}

/* 11.4.1: "If that registration attempt fails (e.g., timed out or rejected),
 * the mobile node SHOULD then reattempt this registration with another home
 * agent."  But 134 is about the home address, not about who said so. */
static bool
try_another(struct node *n, struct mn_home *h, usec_t now)
{
	uint8_t status = h->reg.status;
	bool more;

	if (!h->agents || h->place != PLACE_AWAY ||
	    (h->reg.halted && is_somebody_elses(h, now)))
		return false;
	more = home_leave_agent(n, h, now);
	h->reg.status = status;
	return more;
}

/* Of a trial everything but the home agent's answer is a failure, and so is
 * silence after a while. */
static bool
ends_trial(const struct registrant *r, enum reg_event ev)
{
	return ev == REG_REFUSED || ev == REG_DEFERRED ||
	       (ev == REG_SILENT && r->x.sent >= TRIAL_UPDATES);
}

static void
on_event(struct node *n, struct registrant *r, enum reg_event ev, usec_t now)
{
	struct mn_home *h = container_of(r, struct mn_home, reg);

	if (h->releasing) {
		/* All but an acceptance means that nothing stands. */
		if (ev != REG_ACCEPTED && ev != REG_SILENT &&
		    ev != REG_DEFERRED)
			home_released(n, h, now);
		return;
	}
	if (h->trial && ends_trial(r, ev)) {
		home_fail_trial(n, h, now);
		return;
	}
	switch (ev) {
	case REG_ACCEPTED:
		alarm_clear(n, &h->give_up);
		h->unanswered = 0;
		home_keep_agent(h);
		/* By another interface than what stood until now? */
		if (h->place == PLACE_AWAY && !addr_eq(&h->coa, &r->coa)) {
			home_put(n, h, now);
			say_ways_out(n, now);
		}
		prefix_on_registered(n, h, now);
		if (h->place == PLACE_AWAY)
			home_say_away_flow(n, h);
		ro_on_registered(n, h, now);
		ro_shorten(n, h, now);
		demand_on_home(n, h, now);
		if (h->place == PLACE_AWAY)
			home_put(n, h, now);	/* a trial had to wait */
		break;
	case REG_DEREGISTERED:
		if (home_returns_by(h))
			on_released(n, h, now);
		else if (h->switching)
			home_has_left(n, h, now);
		demand_on_home(n, h, now);
		break;
	case REG_REFUSED:
		if (h->switching)
			home_has_left(n, h, now);
		else if (!try_another(n, h, now))
			on_refused(n, h, now);
		break;
	case REG_DEFERRED:
		try_another(n, h, now);
		break;
	case REG_SILENT:
		if (h->trial)
			break;
		h->unanswered = r->x.sent;
		if (h->place == PLACE_AWAY && addr_eq(&h->coa, &r->ask_coa) &&
		    !r->bound)
			home_say_away_flow(n, h);
		if (r->x.sent <= n->conf->max_ha_resends)
			break;
		if (h->switching)
			home_has_left(n, h, now);
		else if (r->asking == REG_REGISTER &&
			 !home_is_only_agent(n, h, now))
			try_another(n, h, now);
		break;
	case REG_EXPIRED:
		on_expired(n, h, now);
		demand_on_home(n, h, now);
		if (h->place == PLACE_AWAY)
			demand_on_silent(n, h, now);
		break;
	}
}

/* 11.7.1: not beyond the lifetimes of either address. */
static uint32_t
lifetime(const struct node *n, struct registrant *r, usec_t now)
{
	const struct mn_home *h = container_of(r, struct mn_home, reg);
	const struct iface *i = iface_find(n, r->ifindex);
	const struct aprefix *p = i && i->attach ?
		attach_coa(n, i->attach, now) : NULL;
	uint32_t life = h->conf.lifetime;

	if (r->has_cga && life > MAX_CGA_BINDING_LIFETIME)
		life = MAX_CGA_BINDING_LIFETIME;
	if (n->conf->mn_max_ha_binding_life < life)
		life = n->conf->mn_max_ha_binding_life;
	if (p && p->valid_until != USEC_NEVER &&
	    (p->valid_until - now) / USEC_PER_SEC < life)
		life = (uint32_t)((p->valid_until - now) / USEC_PER_SEC);
	if (prefix_valid_left(h, now) / USEC_PER_SEC < life)
		life = (uint32_t)(prefix_valid_left(h, now) / USEC_PER_SEC);
	return life;
}

/* 11.7.1: same interface identifier, so both are to be defended. */
static bool
shares_identifier(const struct mn_home *h, const struct iface *i)
{
	const struct in6_addr *ll = i ? iface_linklocal(i) : NULL;
	struct in6_addr derived = addr_linklocal_of(&h->conf.hoa);

	return ll && addr_eq(ll, &derived);
}

static uint16_t
flags(const struct node *n, struct registrant *r)
{
	const struct mn_home *h = container_of(r, struct mn_home, reg);
	uint16_t f = MH_BU_A | MH_BU_H;

	return shares_identifier(h, iface_find(n, r->ifindex)) ?
		f | MH_BU_L : f;
}

/* 11.5.5: "This rule", no duplicate address detection, "also applies to the
 * derived link-local address of the mobile node, if the L bit was set". */
bool
mn_linklocal_is_defended(const struct node *n, const struct attach *a)
{
	each_home(n, h, l)
		if (h->reg.bound && shares_identifier(h, a->iface) &&
		    attach_on_link_prefix(a, &h->prefix))
			return true;
	return false;
}

const struct registrant_ops home_ops = {
	.on_event = on_event, .lifetime = lifetime, .flags = flags,
};

/* --- messages ----------------------------------------------------------- */

struct mn_home *
home_find(const struct node *n, const struct in6_addr *hoa)
{
	each_home(n, h, l)
		if (addr_eq(&h->conf.hoa, hoa))
			return h;
	return NULL;
}

/* From its home agent, to this home address: by type 2 routing header when
 * away, to the address itself at home (9.5.4). */
void
mn_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	struct mn_home *h = home_find(n, pkt_dst(&rx->pkt));

	if (h && addr_eq(&rx->pkt.src, &h->reg.peer))
		registrant_on_ba(n, &h->reg, rx, now);
	else if (h)
		ro_on_ba(n, rx, now);
}

void
mn_on_proof(struct node *n, enum rr_kind kind, const struct in6_addr *peer,
	    const struct in6_addr *addr, usec_t now)
{
	ro_on_proof(n, kind, peer, addr, now);
	if (kind != RR_CAREOF)
		return;
	each_home(n, h, l)
		if (addr_eq(&h->reg.peer, peer) &&
		    addr_eq(&h->reg.ask_coa, addr))
			registrant_on_proof(n, &h->reg, now);
}

bool
mn_wants_proof(const struct node *n, enum rr_kind kind,
	       const struct in6_addr *peer, const struct in6_addr *addr)
{
	if (kind != RR_CAREOF)
		return ro_wants_proof(n, kind, peer, addr);
	each_home(n, h, l)
		if (h->reg.proving && addr_eq(&h->reg.peer, peer) &&
		    addr_eq(&h->reg.ask_coa, addr))
			return true;
	return ro_wants_proof(n, kind, peer, addr);
}

bool
mn_hears_home(const struct node *n, const struct in6_addr *hoa,
	      const struct rx *rx)
{
	const struct mn_home *h = home_find(n, hoa);

	if (!h)
		return false;
	if (h->place == PLACE_HOME || h->place == PLACE_RETURNING)
		return rx->iface && rx->iface->ifindex == h->ifindex;
	return rx->tunnelled;
}

/* 11.7.4: only for bindings that we have. */
void
mn_on_brr(struct node *n, struct rx *rx, usec_t now)
{
	struct mn_home *h = home_find(n, pkt_dst(&rx->pkt));

	if (h && addr_eq(&rx->pkt.src, &h->reg.peer))
		registrant_refresh(n, &h->reg, now);
	else if (h)
		ro_on_brr(n, rx, now);
}

/* 11.3.6: what was taken for an access anchor is a home agent; or what was
 * taken for one knows no Binding Update, as after an ICMPv6 error.  Who expects
 * no answer ignores it. */
static void
on_unknown_type(struct node *n, const struct rx *rx, usec_t now)
{
	each_home(n, h, l) {
		if (!addr_eq(&rx->pkt.src, &h->reg.peer) ||
		    !addr_eq(&rx->pkt.dst, &h->reg.ask_coa))
			continue;
		if (h->reg.proving)
			registrant_on_no_test(n, &h->reg, now);
		else if (!h->reg.bound && !n->conf->discard_param_problem)
			registrant_on_unable(n, &h->reg, now);
	}
}

/* 11.3.6: the home agent says that it does not know the binding; without a
 * home address, any that we have at that care-of address (ha_on_stray).
 * Anybody could say that, so nothing is taken away; we ask. */
void
mn_on_be(struct node *n, struct rx *rx, usec_t now)
{
	const struct in6_addr *hoa = &rx->mh.be.hoa;

	ro_on_be(n, rx, now);
	if (rx->mh.be.status == MH_BE_UNKNOWN_TYPE)
		on_unknown_type(n, rx, now);
	if (rx->mh.be.status != MH_BE_UNKNOWN_BINDING)
		return;
	each_home(n, h, l)
		if (addr_eq(&rx->pkt.src, &h->reg.peer) &&
		    (addr_eq(hoa, &h->conf.hoa) ||
		     (addr_is_unspec(hoa) &&
		      addr_eq(&rx->pkt.dst, &h->reg.coa))))
			registrant_refresh(n, &h->reg, now);
}

/*
 * 11.3.5: Parameter Problem, code 1 (a Mobility Header) or 2 (the Home Address
 * option).  From the home agent it means that this is none, or not any more;
 * but anybody can say so, which is why MnDiscardHaParamProb exists, and why
 * one that is registered with is never left for it.
 */
void
mn_on_error(struct node *n, struct rx *rx, usec_t now)
{
	const struct in6_addr *from = &rx->pkt.src;
	struct wire_error e;
	struct icmp m;

	if (icmp_parse(rx->pkt.payload.p, rx->pkt.payload.len, from,
		       &rx->pkt.dst, &m, &e) ||
	    m.type != ICMP_PARAM_PROBLEM || (m.code != 1 && m.code != 2))
		return;
	ro_on_param_problem(n, from, &m.error.about, now);
	each_home(n, h, l)
		if (!n->conf->discard_param_problem && !h->reg.bound &&
		    addr_eq(&h->reg.peer, from) &&
		    registrant_is_quoted(&h->reg, &m.error.about))
			registrant_on_unable(n, &h->reg, now);
}

/* 11.5.5: answered by unicast to the asker's link-layer address. */
static void
answer_solicitation(struct node *n, const struct mn_home *h,
		    const struct rx *rx)
{
	struct nd na = { .type = ND_NA, .tll = rx->iface->ll };
	bool dad = addr_is_unspec(&rx->pkt.src);

	na.na.target = h->conf.hoa;
	na.na.flags = dad ? ND_NA_O : ND_NA_S | ND_NA_O;
	outbox_nd(n, rx->iface->ifindex, &rx->ll_src, &na, &h->conf.hoa,
		  dad ? &addr_all_nodes : &rx->pkt.src);
}

void
mn_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	struct mn_home *h;

	if (rx->nd.type != ND_NS && rx->nd.type != ND_NA)
		return;
	h = home_find(n, rx->nd.type == ND_NS ? &rx->nd.ns.target :
		      &rx->nd.na.target);
	if (!h || home_returns_by(h) != rx->iface->ifindex)
		return;
	if (rx->nd.type == ND_NS) {
		if (h->reg.asking == REG_DEREGISTER && rx->ll_src.len)
			answer_solicitation(n, h, rx);
	} else if (!h->trial && !h->ha_ll.len && rx->nd.tll.len &&
		   !h->contest) {
		h->ha_ll = rx->nd.tll;
		alarm_clear(n, &h->find);
		registrant_deregister(n, &h->reg, NULL, h->ifindex,
				      &h->ha_ll, now, now);
	}
}

/* --- interfaces --------------------------------------------------------- */

bool
mn_roams(const struct node *n, const struct iface *i)
{
	/* MnIfPreference 0: not this one. */
	if (i->conf && !i->conf->preference)
		return false;
	if (i->conf && !i->conf->send_adverts)
		return true;
	for (unsigned k = 0; k < n->conf->nhomes; k++)
		if (strcmp(n->conf->home[k].ifname, i->name) == 0)
			return true;
	return false;
}

void
mn_on_link(struct node *n, struct iface *i, bool was_up, usec_t now)
{
	if (!i->attach && mn_roams(n, i)) {
		i->attach = attach_new(n, i, now);
		was_up = false;
	}
	if (!i->attach)
		return;
	/* What the kernel forgot with the link is said again, and first what
	 * has changed of it since. */
	if (i->up && !was_up) {
		if (i->attach->current && !i->attach->aside)
			attach_configure(n, i->attach, now);
		wants_repeat(n, i->ifindex);
	}
	attach_on_link(n, i->attach, was_up, now);
}

/* What was at home there is not any more, and waits until it is elsewhere. */
void
mn_lose_iface(struct node *n, struct iface *i)
{
	i->attach = attach_free(n, i->attach);
	each_home(n, h, l)
		if (h->ifindex == i->ifindex)
			unsettle(n, h);
}

void
mn_on_gone(struct node *n, struct iface *i, usec_t now)
{
	mn_lose_iface(n, i);
	if (!n->ready || n->stopping)
		return;
	each_home(n, h, l)
		home_put(n, h, now);
	demand_on_attach(n, now);
}

/*
 * At home somebody else has it: it is not ours to use (RFC 4862 5.4.5).
 * That may be our home agent, which defends a binding that we have lost the
 * memory of.  Asked to deregister it either lets go or says that it knows
 * no such binding (133); until then the address is unused, as in 11.5.5.
 * After a 133 it may still have been the home agent: it asks for duplicates,
 * too, when an old update comes by again.  So it is asked once more, and the
 * next failure after that is the end.
 */
static void
on_home_duplicate(struct node *n, struct mn_home *h, struct attach *a,
		  usec_t now)
{
	struct note note = { .code = NOTE_DAD_FAILED, .a = h->conf.hoa,
			     .ifindex = h->ifindex };
	uint32_t here = h->ifindex;

	note_put(n, &note, now);
	if (h->type != ATYPE_HOME) {
		demand_on_duplicate(n, h, now);
		return;
	}
	home_stop_announcing(n, h);
	if (a)
		home_learn_agent(n, h, a);
	if (h->denials >= CONTEST_ROUNDS || addr_is_unspec(&h->reg.peer)) {
		h->place = PLACE_DISABLED;
		demand_on_duplicate(n, h, now);
		home_say_address(n, h, here, false, false);
		home_say_address(n, h, IFINDEX_PATH, false, false);
		return;
	}
	h->contest = CONTEST_ASKED;
	home_leave(n, h);
	if (a)
		home_come(n, h, a, now);
}

/* What became of the home address on the home link. */
static void
on_home_address(struct node *n, struct mn_home *h, struct iface *i,
		enum addr_state state, usec_t now)
{
	if (state == ADDR_DUPLICATE)
		on_home_duplicate(n, h, i->attach, now);
	if (state == ADDR_VALID) {
		h->contest = CONTEST_NONE;
		h->denials = 0;
	}
	if (state == ADDR_VALID || state == ADDR_OPTIMISTIC) {
		home_say_address(n, h, IFINDEX_PATH, false, false);
		demand_on_home(n, h, now);
		home_put(n, h, now);	/* another interface had to wait */
	}
}

void
mn_on_address(struct node *n, struct iface *i, const struct ev_address *ev,
	      usec_t now)
{
	struct mn_home *h = home_find(n, &ev->addr);
	struct effect key = { .kind = EF_ADDRESS };

	key.address.key = (struct addr_key){ ev->ifindex, ev->addr };
	if (ev->state == ADDR_GONE && i->up)
		want_repeat(n, &key);
	if (h && h->place == PLACE_HOME && h->ifindex == ev->ifindex)
		on_home_address(n, h, i, ev->state, now);
	if (i->attach)
		attach_on_address(n, i->attach, ev, now);
	demand_on_address(n, ev, now);
}
