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
#include "core/attach.h"
#include "core/registrant.h"

#include <errno.h>
#include <stdlib.h>

/* Asking for the home agent's link-layer address (11.5.5) */
#define FIND_TRIES	3

enum home_place {
	PLACE_NOWHERE, PLACE_AWAY, PLACE_RETURNING, PLACE_HOME,
	PLACE_DISABLED,
};

struct mn_peer {			/* a home agent, for its rate limit */
	struct list	l;
	struct in6_addr	addr;
	struct rate	rate;
};

struct mn_home {
	struct list	l;
	struct conf_home conf;
	struct prefix	prefix;
	struct registrant reg;
	enum home_place	place;
	uint32_t	ifindex;	/* where it is placed */
	struct in6_addr	coa;		/* of the tunnel */
	struct tunnel	*tunnel;
	struct lladdr	ha_ll;		/* found by solicitation */
	unsigned	finds;
	enum {				/* somebody defends it at home: */
		CONTEST_NONE,
		CONTEST_ASKED,		/*   our home agent? */
		CONTEST_OTHER,		/*   it says no */
	} contest;
	struct alarm	find;
	unsigned	announcements;	/* Neighbor Advertisements to go */
	struct alarm	announce;
};

struct mn {
	struct list	homes;
	struct list	peers;
};

static alarm_fire on_find, on_announce;
static void place(struct node *, struct mn_home *, usec_t now);

#define each_home(n, h, l) \
	list_each(l, &(n)->mn->homes) \
		for (struct mn_home *h = container_of(l, struct mn_home, l); \
		     h; h = NULL)

/* --- what we say of a home address ------------------------------------------------ */

static void
say_address(struct node *n, const struct mn_home *h, uint32_t ifindex,
	    bool dad, bool up)
{
	struct effect e = { .kind = EF_ADDRESS };

	e.address.up = up;
	e.address.key.ifindex = ifindex;
	e.address.key.addr = h->conf.hoa;
	e.address.plen = ifindex == IFINDEX_PATH ? 128 : h->conf.plen;
	e.address.nodad = !dad;
	e.address.optimistic = dad && n->conf->optimistic_dad;
	e.address.valid = e.address.preferred = ND_INFINITE;
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
static void
say_flow(struct node *n, const struct mn_home *h, enum flow_action action,
	 bool up)
{
	struct effect e = { .kind = EF_FLOW };

	e.flow.up = up;
	e.flow.key.src = prefix_host(&h->conf.hoa);
	e.flow.action = action;
	if (h->tunnel && action != FLOW_BLOCK)
		e.flow.path = h->tunnel->key;
	want(n, &e);
}

static void
note_home(struct node *n, const struct mn_home *h, usec_t now)
{
	struct note note = { .code = NOTE_HOME, .a = h->conf.hoa,
			     .ifindex = h->ifindex };

	note_put(n, &note, now);
}

/* --- away ----------------------------------------------------------------------------- */

static void
stop_returning(struct node *n, struct mn_home *h)
{
	alarm_clear(n, &h->find);
	if (h->place == PLACE_RETURNING)
		say_proxy(n, h, h->ifindex, false);
}

static void
stop_announcing(struct node *n, struct mn_home *h)
{
	alarm_clear(n, &h->announce);
	h->announcements = 0;
}

/* The tunnel from this care-of address, instead of the one before. */
static bool
use_tunnel(struct node *n, struct mn_home *h, const struct in6_addr *coa,
	   struct tunnel **old)
{
	struct path_key key = { .local = *coa, .remote = h->conf.ha,
				.kind = PATH_IP6IP6 };

	*old = NULL;
	if (h->tunnel && addr_eq(&h->tunnel->key.local, coa))
		return true;
	*old = h->tunnel;
	h->tunnel = tunnel_get(n, &key);
	return h->tunnel != NULL;
}

/* Out: once the home agent has acknowledged.  In: as soon as the binding
 * may stand. */
static void
say_away_flow(struct node *n, struct mn_home *h)
{
	bool stands = h->reg.bound && addr_eq(&h->reg.coa, &h->coa);

	if (stands || (h->reg.bound && n->conf->optimistic_handoff))
		say_flow(n, h, FLOW_PATH, true);
	else
		say_flow(n, h, FLOW_HOLD, true);
}

static const struct lladdr *
router_ll(const struct attach *a)
{
	return a->current->ll.len ? &a->current->ll : NULL;
}

static void
go_away(struct node *n, struct mn_home *h, struct attach *a,
	const struct in6_addr *coa, usec_t now)
{
	struct tunnel *old;

	if (h->reg.halted && h->place == PLACE_AWAY && addr_eq(&h->coa, coa))
		return;
	stop_returning(n, h);
	stop_announcing(n, h);
	if (!use_tunnel(n, h, coa, &old))
		return;
	h->contest = CONTEST_NONE;
	h->coa = *coa;
	say_address(n, h, IFINDEX_PATH, false, true);
	say_away_flow(n, h);
	tunnel_put(n, old);
	if (h->place == PLACE_HOME)
		say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_AWAY;
	h->ifindex = a->iface->ifindex;
	registrant_register(n, &h->reg, coa, h->ifindex, router_ll(a),
			    a->trigger, now);
}

/*
 * This is not the home link any more.  The new way out is about to come, and
 * the care-of address a moment later: until then what the home address has
 * to say waits, rather than leave untunnelled.
 */
static void
leave_home(struct node *n, struct mn_home *h)
{
	stop_announcing(n, h);
	say_address(n, h, IFINDEX_PATH, false, true);
	say_flow(n, h, FLOW_HOLD, true);
	say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_NOWHERE;
}

/* --- home ------------------------------------------------------------------------------- */

static void
drop_tunnel(struct node *n, struct mn_home *h)
{
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

static void
on_announce(struct node *n, struct alarm *al, usec_t now)
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
static void
arrive_home(struct node *n, struct mn_home *h, uint32_t ifindex, bool dad,
	    usec_t now)
{
	stop_returning(n, h);
	h->place = PLACE_HOME;
	h->ifindex = ifindex;
	say_address(n, h, ifindex, dad, true);
	/* On the path device it stays until the kernel has it here: its local
	 * route comes a moment after the address, and what arrived in between
	 * would find nobody (on_home_address). */
	say_flow(n, h, FLOW_PATH, false);
	drop_tunnel(n, h);
	note_home(n, h, now);
	if (!dad) {
		h->announcements = MAX_NEIGHBOR_ADVERTISEMENT;
		on_announce(n, &h->announce, now);
	}
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

static void
on_find(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, find);

	if (h->place != PLACE_RETURNING)
		return;
	if (h->finds < FIND_TRIES)
		solicit_home_agent(n, h, now);
	else
		registrant_deregister(n, &h->reg, true, h->ifindex, NULL,
				      now, now);
}

static void
start_returning(struct node *n, struct mn_home *h, struct attach *a)
{
	struct tunnel *old = h->tunnel;

	stop_announcing(n, h);
	h->place = PLACE_RETURNING;
	h->ifindex = a->iface->ifindex;
	h->ha_ll.len = 0;
	h->finds = 0;
	/* Until the acknowledgement nothing is sent or received with the
	 * home address here; solicitations for it are for us to answer.  It
	 * stays where it was away, to hear the acknowledgement. */
	h->tunnel = NULL;
	say_address(n, h, IFINDEX_PATH, false, true);
	say_flow(n, h, FLOW_HOLD, true);
	tunnel_put(n, old);
	say_proxy(n, h, h->ifindex, true);
}

static void
come_home(struct node *n, struct mn_home *h, struct attach *a, usec_t now)
{
	const struct router *ha = attach_router_with(a, &h->conf.ha);
	uint32_t ifindex = a->iface->ifindex;

	if (h->place == PLACE_HOME && h->ifindex == ifindex)
		return;
	if (h->place == PLACE_HOME)
		say_address(n, h, h->ifindex, false, false);
	if (!h->reg.bound && h->reg.asking == REG_NOTHING &&
	    h->contest != CONTEST_ASKED) {
		arrive_home(n, h, ifindex, true, now);
		return;
	}
	if (h->place != PLACE_RETURNING || h->ifindex != ifindex) {
		stop_returning(n, h);
		start_returning(n, h, a);
	}
	if (ha && ha->ll.len)
		h->ha_ll = ha->ll;
	/* Who answers for a contested address need not be the home agent:
	 * then the kernel finds it, by its own address. */
	if (h->ha_ll.len || h->contest == CONTEST_ASKED)
		registrant_deregister(n, &h->reg, true, ifindex,
				      h->ha_ll.len ? &h->ha_ll : NULL,
				      a->trigger, now);
	else if (!h->finds)
		solicit_home_agent(n, h, now);
}

/* --- the decision -------------------------------------------------------------------------- */

/* An interface that can carry this home address; low preference wins, the
 * home link among equals. */
static struct attach *
choose(const struct node *n, const struct mn_home *h, usec_t now)
{
	struct attach *best = NULL;
	unsigned best_rank = UINT32_MAX;

	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		bool home;
		unsigned rank;

		if (!i->attach || !attach_usable(i->attach))
			continue;
		home = attach_on_link_prefix(i->attach, &h->prefix);
		if (!home && !attach_coa(n, i->attach, now))
			continue;
		rank = (i->conf ? i->conf->preference : 0) * 2 + !home;
		if (rank < best_rank) {
			best_rank = rank;
			best = i->attach;
		}
	}
	return best;
}

static void
place(struct node *n, struct mn_home *h, usec_t now)
{
	struct attach *a = choose(n, h, now);

	if (h->place == PLACE_DISABLED)
		return;
	if (!a) {
		/* No way to send.  What stands, stands: the link may come
		 * back before anybody notices. */
		registrant_pause(n, &h->reg);
		return;
	}
	/* After a link-up nothing is registered by what we knew before until
	 * we know that it is of this link: we are called again then. */
	if (a->state == ATTACH_CHECKING && a->link_event)
		return;
	if (attach_on_link_prefix(a, &h->prefix))
		come_home(n, h, a, now);
	else
		go_away(n, h, a, &attach_coa(n, a, now)->coa, now);
}

void
mn_on_leave(struct node *n, const struct attach *a)
{
	if (!n->ready || n->stopping)
		return;
	each_home(n, h, l)
		if (h->place == PLACE_HOME &&
		    h->ifindex == a->iface->ifindex &&
		    !attach_on_link_prefix(a, &h->prefix))
			leave_home(n, h);
}

/* Which interface's routes go first depends on where we are. */
static void
say_ways_out(struct node *n, usec_t now)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->up && i->attach && i->attach->current &&
		    i->attach->state == ATTACH_ON)
			attach_configure(n, i->attach, now);
	}
}

void
mn_on_attach(struct node *n, struct attach *a, usec_t now)
{
	if (!n->ready || n->stopping)
		return;
	each_home(n, h, l)
		place(n, h, now);
	say_ways_out(n, now);
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
mn_is_home_prefix(const struct node *n, const struct prefix *p)
{
	each_home(n, h, l)
		if (prefix_eq(&h->prefix, p))
			return true;
	return false;
}

/* --- what became of a registration ------------------------------------------------------------ */

static void
on_refused(struct node *n, struct mn_home *h, usec_t now)
{
	if (h->place == PLACE_AWAY) {
		say_flow(n, h, FLOW_BLOCK, true);
		drop_tunnel(n, h);
	}
	if (h->reg.status != MH_ST_DAD_FAILED)
		return;
	/* 11.7.1: "the mobile node MUST NOT attempt to re-use the same home
	 * address." */
	h->place = PLACE_DISABLED;
	say_address(n, h, IFINDEX_PATH, false, false);
}

static void
on_expired(struct node *n, struct mn_home *h, usec_t now)
{
	if (h->place == PLACE_RETURNING) {
		/* Nothing stands any more, so nothing is to be undone. */
		registrant_cancel(n, &h->reg);
		arrive_home(n, h, h->ifindex, true, now);
	} else if (h->place == PLACE_AWAY && !h->reg.halted) {
		say_away_flow(n, h);
		if (h->reg.asking == REG_NOTHING)
			place(n, h, now);
	}
}

/* The home agent has let go of the home address. */
static void
on_released(struct node *n, struct mn_home *h, usec_t now)
{
	bool other = h->contest == CONTEST_ASKED &&
		     h->reg.status == MH_ST_NOT_HA;

	/* When it held nothing, perhaps not any more: one more try. */
	h->contest = other ? CONTEST_OTHER : CONTEST_NONE;
	arrive_home(n, h, h->ifindex, other, now);
}

static void
on_event(struct node *n, struct registrant *r, enum reg_event ev, usec_t now)
{
	struct mn_home *h = container_of(r, struct mn_home, reg);

	switch (ev) {
	case REG_ACCEPTED:
		if (h->place == PLACE_AWAY)
			say_away_flow(n, h);
		break;
	case REG_DEREGISTERED:
		if (h->place == PLACE_RETURNING)
			on_released(n, h, now);
		break;
	case REG_REFUSED:
		on_refused(n, h, now);
		break;
	case REG_EXPIRED:
		on_expired(n, h, now);
		break;
	}
}

/* 11.7.1: not beyond the lifetimes of either address. */
static uint32_t
lifetime(const struct node *n, struct registrant *r, usec_t now)
{
	const struct mn_home *h = container_of(r, struct mn_home, reg);
	const struct iface *i = iface_find(n, h->ifindex);
	const struct aprefix *p = i && i->attach ?
		attach_coa(n, i->attach, now) : NULL;
	uint32_t life = h->conf.lifetime;

	if (n->conf->mn_max_ha_binding_life < life)
		life = n->conf->mn_max_ha_binding_life;
	if (p && p->valid_until != USEC_NEVER &&
	    (p->valid_until - now) / USEC_PER_SEC < life)
		life = (uint32_t)((p->valid_until - now) / USEC_PER_SEC);
	return life;
}

static uint16_t
flags(const struct node *n, struct registrant *r)
{
	const struct mn_home *h = container_of(r, struct mn_home, reg);
	const struct iface *i = iface_find(n, h->ifindex);
	const struct in6_addr *ll = i ? iface_linklocal(i) : NULL;
	struct in6_addr derived = addr_linklocal_of(&h->conf.hoa);
	uint16_t f = MH_BU_A | MH_BU_H;

	/* 11.7.1: same interface identifier, so both are to be defended. */
	if (ll && addr_eq(ll, &derived))
		f |= MH_BU_L;
	return f;
}

static const struct registrant_ops ops = {
	.on_event = on_event, .lifetime = lifetime, .flags = flags,
};

/* --- messages ----------------------------------------------------------------------------------- */

static struct mn_home *
find_home(const struct node *n, const struct in6_addr *hoa)
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
	struct mn_home *h = find_home(n, pkt_dst(&rx->pkt));

	if (h && addr_eq(&rx->pkt.src, &h->conf.ha))
		registrant_on_ba(n, &h->reg, rx, now);
}

/* 11.7.4: only for bindings that we have. */
void
mn_on_brr(struct node *n, struct rx *rx, usec_t now)
{
	struct mn_home *h = find_home(n, pkt_dst(&rx->pkt));

	if (h && addr_eq(&rx->pkt.src, &h->conf.ha))
		registrant_refresh(n, &h->reg, now);
}

/* 11.3.6: the home agent says that it does not know the binding.  Anybody
 * could say that, so nothing is taken away; we ask. */
void
mn_on_be(struct node *n, struct rx *rx, usec_t now)
{
	struct mn_home *h = find_home(n, &rx->mh.be.hoa);

	if (h && rx->mh.be.status == MH_BE_UNKNOWN_BINDING &&
	    addr_eq(&rx->pkt.src, &h->conf.ha))
		registrant_refresh(n, &h->reg, now);
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
	h = find_home(n, rx->nd.type == ND_NS ? &rx->nd.ns.target :
		      &rx->nd.na.target);
	if (!h || h->place != PLACE_RETURNING ||
	    h->ifindex != rx->iface->ifindex)
		return;
	if (rx->nd.type == ND_NS) {
		if (h->reg.asking == REG_DEREGISTER && rx->ll_src.len)
			answer_solicitation(n, h, rx);
	} else if (!h->ha_ll.len && rx->nd.tll.len && !h->contest) {
		h->ha_ll = rx->nd.tll;
		alarm_clear(n, &h->find);
		registrant_deregister(n, &h->reg, true, h->ifindex,
				      &h->ha_ll, now, now);
	}
}

/* --- interfaces ----------------------------------------------------------------------------------- */

static bool
roams(const struct node *n, const struct iface *i)
{
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
	if (!i->attach && roams(n, i)) {
		i->attach = attach_new(n, i, now);
		was_up = false;
	}
	if (!i->attach)
		return;
	/* What the kernel forgot with the link is said again, and first what
	 * has changed of it since. */
	if (i->up && !was_up) {
		if (i->attach->current)
			attach_configure(n, i->attach, now);
		wants_repeat(n, i->ifindex);
	}
	attach_on_link(n, i->attach, was_up, now);
}

void
mn_on_gone(struct node *n, struct iface *i, usec_t now)
{
	i->attach = attach_free(n, i->attach);
	each_home(n, h, l) {
		if (h->ifindex != i->ifindex || h->place == PLACE_AWAY)
			continue;
		stop_returning(n, h);
		h->place = PLACE_NOWHERE;
		say_address(n, h, i->ifindex, false, false);
	}
}

/*
 * At home somebody else has it: it is not ours to use (RFC 4862 5.4.5).
 * That may be our home agent, which defends a binding that we have lost the
 * memory of.  Asked to deregister it either lets go or says that it knows
 * no such binding (133); until then the address is unused, as in 11.5.5.
 * After a 133 a second failure is the end.
 */
static void
on_home_duplicate(struct node *n, struct mn_home *h, struct attach *a,
		  usec_t now)
{
	struct note note = { .code = NOTE_DAD_FAILED, .a = h->conf.hoa,
			     .ifindex = h->ifindex };

	note_put(n, &note, now);
	stop_announcing(n, h);
	say_address(n, h, h->ifindex, false, false);
	h->place = h->contest == CONTEST_OTHER ? PLACE_DISABLED :
		   PLACE_NOWHERE;
	h->contest = CONTEST_ASKED;
	if (h->place == PLACE_DISABLED)
		say_address(n, h, IFINDEX_PATH, false, false);
	else if (a)
		come_home(n, h, a, now);
}

/* What became of the home address on the home link. */
static void
on_home_address(struct node *n, struct mn_home *h, struct iface *i,
		enum addr_state state, usec_t now)
{
	if (state == ADDR_DUPLICATE)
		on_home_duplicate(n, h, i->attach, now);
	if (state == ADDR_VALID)
		h->contest = CONTEST_NONE;
	if (state == ADDR_VALID || state == ADDR_OPTIMISTIC)
		say_address(n, h, IFINDEX_PATH, false, false);
}

void
mn_on_address(struct node *n, struct iface *i, const struct ev_address *ev,
	      usec_t now)
{
	struct mn_home *h = find_home(n, &ev->addr);
	struct effect key = { .kind = EF_ADDRESS };

	key.address.key = (struct addr_key){ ev->ifindex, ev->addr };
	if (ev->state == ADDR_GONE && i->up)
		want_repeat(n, &key);
	if (h && h->place == PLACE_HOME && h->ifindex == ev->ifindex)
		on_home_address(n, h, i, ev->state, now);
	if (i->attach)
		attach_on_address(n, i->attach, ev, now);
}

/* --- life -------------------------------------------------------------------------------------------- */

static struct mn_peer *
peer_get(struct node *n, const struct in6_addr *addr)
{
	struct mn_peer *p;

	list_each(l, &n->mn->peers) {
		p = container_of(l, struct mn_peer, l);
		if (addr_eq(&p->addr, addr))
			return p;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->addr = *addr;
	list_init(&p->l);
	list_append(&n->mn->peers, &p->l);
	return p;
}

static int
home_new(struct node *n, const struct conf_home *c)
{
	struct mn_peer *p = peer_get(n, &c->ha);
	struct mn_home *h = calloc(1, sizeof(*h));

	if (!h || !p) {
		free(h);
		return -ENOMEM;
	}
	h->conf = *c;
	h->prefix = prefix_of(&c->hoa, c->plen);
	registrant_init(&h->reg, &ops, &c->hoa, &c->ha, &p->rate);
	/* RFC 6275 11.7.1: any value will do to begin with. */
	h->reg.seq = (uint16_t)rng_u64(&n->rng);
	alarm_init(&h->find, on_find);
	alarm_init(&h->announce, on_announce);
	list_init(&h->l);
	list_append(&n->mn->homes, &h->l);
	return 0;
}

static void
home_free(struct node *n, struct mn_home *h)
{
	registrant_fini(n, &h->reg);
	alarm_clear(n, &h->find);
	alarm_clear(n, &h->announce);
	list_del(&h->l);
	free(h);
}

/* Give the home address up: what stands is deregistered, what we said is
 * taken back. */
static void
home_retire(struct node *n, struct mn_home *h, usec_t now)
{
	const struct iface *i = iface_find(n, h->ifindex);

	stop_returning(n, h);
	stop_announcing(n, h);
	if (h->place == PLACE_AWAY && i && i->up &&
	    (h->reg.bound || h->reg.asking == REG_REGISTER))
		registrant_deregister(n, &h->reg, false, h->ifindex,
				      h->reg.ll.len ? &h->reg.ll : NULL, now,
				      now);
	say_flow(n, h, FLOW_PATH, false);
	drop_tunnel(n, h);
	say_address(n, h, IFINDEX_PATH, false, false);
	if (h->place == PLACE_HOME)
		say_address(n, h, h->ifindex, false, false);
	h->place = PLACE_NOWHERE;
}

int
mn_start(struct node *n, usec_t now)
{
	n->mn = calloc(1, sizeof(*n->mn));
	if (!n->mn)
		return -ENOMEM;
	list_init(&n->mn->homes);
	list_init(&n->mn->peers);
	for (unsigned k = 0; k < n->conf->nhomes; k++)
		if (home_new(n, &n->conf->home[k]))
			return -ENOMEM;
	return 0;
}

void
mn_stop(struct node *n)
{
	if (!n->mn)
		return;
	list_each(i, &n->ifaces) {
		struct iface *iface = container_of(i, struct iface, all);

		iface->attach = attach_free(n, iface->attach);
	}
	each_home(n, h, l)
		home_free(n, h);
	list_each(l, &n->mn->peers)
		free(container_of(l, struct mn_peer, l));
	free(n->mn);
	n->mn = NULL;
}

bool
mn_restore(struct node *n, const struct store_record *s, usec_t now)
{
	struct rbuf k = rbuf_of(s->key, s->key_len);
	uint8_t kind = rbuf_u8(&k);
	struct in6_addr hoa = rbuf_addr(&k);
	struct mn_home *h = find_home(n, &hoa);

	return kind == REGISTRANT_STORE && !k.bad && h &&
	       registrant_restore(n, &h->reg, s, now);
}

/* A binding from before the restart still carries traffic: say so before
 * anything else, and nothing is interrupted. */
void
mn_ready(struct node *n, usec_t now)
{
	struct tunnel *old;

	each_home(n, h, l) {
		if (h->reg.bound && use_tunnel(n, h, &h->reg.coa, &old)) {
			h->coa = h->reg.coa;
			say_address(n, h, IFINDEX_PATH, false, true);
			say_away_flow(n, h);
		}
		place(n, h, now);
	}
}

void
mn_shutdown(struct node *n, usec_t now)
{
	each_home(n, h, l) {
		home_retire(n, h, now);
		registrant_forget(n, &h->reg);
	}
}

bool
mn_settled(const struct node *n)
{
	each_home(n, h, l) {
		if (h->place == PLACE_HOME || h->place == PLACE_DISABLED ||
		    h->reg.halted)
			continue;
		if (h->place != PLACE_AWAY || h->reg.asking != REG_NOTHING)
			return false;
	}
	return true;
}

static const struct conf_home *
still_there(const struct node *n, const struct mn_home *h)
{
	for (unsigned k = 0; k < n->conf->nhomes; k++) {
		const struct conf_home *c = &n->conf->home[k];

		if (addr_eq(&c->hoa, &h->conf.hoa) &&
		    addr_eq(&c->ha, &h->conf.ha) && c->plen == h->conf.plen)
			return c;
	}
	return NULL;
}

int
mn_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	int err = 0;

	each_home(n, h, l) {
		const struct conf_home *c = still_there(n, h);

		if (c) {
			h->conf = *c;
			continue;
		}
		home_retire(n, h, now);
		home_free(n, h);
	}
	for (unsigned k = 0; k < n->conf->nhomes && !err; k++)
		if (!find_home(n, &n->conf->home[k].hoa))
			err = home_new(n, &n->conf->home[k]);
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->attach && !roams(n, i))
			i->attach = attach_free(n, i->attach);
		else
			mn_on_link(n, i, i->up, now);
	}
	each_home(n, h, l) {
		registrant_retry(n, &h->reg, now);	/* with a new key? */
		place(n, h, now);
	}
	return err;
}

/* --- show ----------------------------------------------------------------------------------------------- */

static void
show_home(const struct mn_home *h, usec_t now, struct record_sink *sink)
{
	static const char *const words[] = {
		[PLACE_NOWHERE] = "nowhere", [PLACE_AWAY] = "away",
		[PLACE_RETURNING] = "returning", [PLACE_HOME] = "home",
		[PLACE_DISABLED] = "disabled",
	};
	struct record r;

	record_init(&r, "registration");
	record_addr(&r, "hoa", &h->conf.hoa);
	record_addr(&r, "ha", &h->conf.ha);
	record_str(&r, "place", words[h->place]);
	registrant_show(&h->reg, now, &r);
	sink->put(sink, &r);
}

bool
mn_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	struct record_sink *sink)
{
	if (strcmp(what, "bindings") == 0 || strcmp(what, "status") == 0)
		each_home(n, h, l)
			show_home(h, now, sink);
	if (strcmp(what, "routers") == 0)
		list_each(l, &n->ifaces) {
			struct iface *i = container_of(l, struct iface, all);

			if (i->attach)
				attach_show(i->attach, now, sink);
		}
	return false;
}
