/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_life.c - the mobile node's home addresses from the start to the
 * shutdown: made from the configuration, taken over from an earlier process,
 * adapted to a new configuration, shown, and given up.
 */
#include "core/demand.h"
#include "core/form.h"
#include "core/ro.h"

#include <errno.h>
#include <stdlib.h>

/* Who is not wanted any more asks its peer so long to forget it. */
#define RELEASE_PATIENCE	SEC(30)
/* Later than what is being said now is carried out. */
#define REAP_AFTER		MSEC(1)

/* --- life --------------------------------------------------------------- */

struct mn_peer *
mn_peer_get(struct node *n, const struct in6_addr *addr)
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
	p->home_no_test = true;
	list_init(&p->l);
	list_append(&n->mn->peers, &p->l);
	return p;
}

static void
on_give_up(struct node *n, struct alarm *al, usec_t now)
{
	struct mn_home *h = container_of(al, struct mn_home, give_up);

	if (h->releasing)
		home_released(n, h, now);
	else
		demand_on_silent(n, h, now);
}

struct mn_home *
home_add(struct node *n, const struct conf_home *c, enum atype type)
{
	struct mn_peer *p = mn_peer_get(n, &c->ha);
	struct mn_home *h = calloc(1, sizeof(*h));
	struct prefix prefix = prefix_of(&c->hoa, c->plen);
	bool find = addr_is_unspec(&c->ha);

	if (h && find)
		h->agents = agents_get(n, &prefix);
	if (!h || !p || (find && !h->agents)) {
		free(h);
		return NULL;
	}
	h->type = type;
	h->conf = *c;
	alarm_init(&h->give_up, on_give_up);
	alarm_init(&h->next, home_on_next_agent);
	alarm_init(&h->stays, home_on_stayed);
	alarm_init(&h->next_trial, home_on_next_trial);
	alarm_init(&h->retry, home_on_retry);
	prefix_init(h);
	h->prefix = prefix;
	registrant_init(&h->reg, &home_ops, &c->hoa, &c->ha, &p->rate);
	h->reg.anchor = type != ATYPE_HOME;
	h->reg.test_rate = &p->test_rate;
	h->reg.no_test = h->reg.anchor ? &p->no_test : &p->home_no_test;
	/* RFC 6275 11.7.1: any value will do to begin with. */
	h->reg.seq = (uint16_t)rng_u64(&n->rng);
	alarm_init(&h->find, home_on_find);
	alarm_init(&h->announce, home_on_announce);
	list_init(&h->l);
	list_append(&n->mn->homes, &h->l);
	return h;
}

void
home_set_cga(struct node *n, struct mn_home *h, const struct cga *cga)
{
	struct in6_addr addr;

	h->reg.has_cga = n->cga_key &&
		!cga_address(n->cga_key, cga, &h->conf.hoa, &addr) &&
		addr_eq(&addr, &h->conf.hoa);
	if (h->reg.has_cga)
		h->reg.cga = *cga;
}

static void
home_free(struct node *n, struct mn_home *h)
{
	ro_drop(n, h);
	registrant_fini(n, &h->reg);
	alarm_clear(n, &h->give_up);
	alarm_clear(n, &h->find);
	alarm_clear(n, &h->announce);
	alarm_clear(n, &h->next);
	alarm_clear(n, &h->next_trial);
	alarm_clear(n, &h->retry);
	home_drop_previous(n, h);
	prefix_fini(n, h);
	n->mn->nformed -= h->formed;
	list_del(&h->l);
	free(h);
}

/* Give the home address up: what stands is deregistered, what we said is
 * taken back. */
static void
home_retire(struct node *n, struct mn_home *h, usec_t now)
{
	const struct iface *i = iface_find(n, h->ifindex);

	ro_end(n, h, now);
	if (h->place == PLACE_AWAY && i && i->up &&
	    (h->reg.bound || h->reg.asking == REG_REGISTER))
		registrant_deregister(n, &h->reg,
				      h->reg.asking == REG_NOTHING ?
				      &h->reg.coa : &h->reg.ask_coa,
				      h->ifindex,
				      h->reg.ll.len ? &h->reg.ll : NULL, now,
				      now);
	home_withdraw(n, h, false);
}

static void
forget_record(struct node *n, const struct mn_home *h)
{
	struct effect e = { .kind = EF_STORE };
	struct wbuf key = wbuf_of(e.store.key, sizeof(e.store.key));

	wbuf_u8(&key, REGISTRANT_STORE);
	wbuf_addr(&key, &h->conf.hoa);
	e.store.key_len = (uint8_t)wbuf_len(&key);
	effect_put(n, &e);
}

/* --- prefixes that come and go ------------------------------------------ */

struct mn_home *
home_form(struct node *n, const struct conf_home *c,
	  const struct in6_addr *from)
{
	struct mn_home *h = home_add(n, c, ATYPE_HOME);

	if (!h)
		return NULL;
	h->formed = true;
	h->from = *from;
	n->mn->nformed++;
	return h;
}

/* 11.4.2: "to prohibit use of a mobile node's home address after it becomes
 * invalid."  One that was formed is forgotten a moment later. */
void
home_end(struct node *n, struct mn_home *h, usec_t now)
{
	if (h->outdated)
		return;
	home_retire(n, h, now);
	registrant_cancel(n, &h->reg);
	registrant_forget(n, &h->reg);
	h->place = PLACE_DISABLED;
	h->outdated = true;
	demand_on_duplicate(n, h, now);
	alarm_set(n, &n->mn->reap, now + REAP_AFTER);
}

void
home_begin_anew(struct node *n, struct mn_home *h, usec_t now)
{
	h->outdated = false;
	h->place = PLACE_NOWHERE;
	home_put(n, h, now);
	demand_run(n, now);
}

/* Of a home address that is none any more nothing is kept. */
static void
home_drop(struct node *n, struct mn_home *h)
{
	struct owned *o = owned_of(n, h);

	forget_record(n, h);
	home_forget_switches(n, h);
	if (o) {
		owned_say(n, o, false);
		owned_forget(n, o);
		owned_free(n, o);
	}
	home_free(n, h);
}

/* --- wanted and not ----------------------------------------------------- */

/* It may be the first that wants care-of addresses, or was the last. */
static void
configure_attaches(struct node *n, usec_t now)
{
	list_each(l, &n->ifaces) {
		struct attach *a = container_of(l, struct iface, all)->attach;

		if (a && attach_usable(a) &&
		    !(a->state == ATTACH_CHECKING && a->link_event))
			attach_configure(n, a, now);
	}
}

/* Is it there as an earlier process left it: at home, as far as is known?
 * The first advertisement will tell, and SYNC waits for it. */
static bool
home_adopt(struct node *n, struct mn_home *h)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		const struct iface_addr *a = iface_addr_find(i, &h->conf.hoa);

		if (!a || !mn_roams(n, i) || (a->state != ADDR_VALID &&
					      a->state != ADDR_OPTIMISTIC))
			continue;
		h->place = PLACE_HOME;
		h->ifindex = i->ifindex;
		home_say_address(n, h, i->ifindex, false, true);
		return true;
	}
	return false;
}

void
home_activate(struct node *n, struct mn_home *h, usec_t now)
{
	struct attach *a = demand_attach(n);

	if (h->releasing) {
		/* Whether it still stands, the peer knows: at home, it is
		 * asked before somebody else seems to have the address. */
		registrant_cancel(n, &h->reg);
		registrant_forget(n, &h->reg);
		if (h->type != ATYPE_HOME)
			h->contest = CONTEST_ASKED;
	}
	h->active = true;
	h->releasing = h->doomed = h->blocked = false;
	alarm_clear(n, &h->give_up);
	registrant_retry(n, &h->reg, now);
	if (a)
		a->trigger = now;
	configure_attaches(n, now);
	if (h->place == PLACE_NOWHERE && !n->synced)
		home_adopt(n, h);
	home_put(n, h, now);
	if (h->place == PLACE_NOWHERE)
		home_park(n, h);
}

/* Also while it could be asked too often. */
static bool
peer_is_used(const struct node *n, const struct mn_peer *p, usec_t now)
{
	for (unsigned k = 0; k < MAX_UPDATE_RATE; k++)
		if (p->rate.sent[k] && p->rate.sent[k] + SEC(1) > now)
			return true;
	each_home(n, h, l)
		if (h->reg.rate == &p->rate)
			return true;
	return false;
}

static void
free_peers(struct node *n, usec_t now)
{
	list_each(l, &n->mn->peers) {
		struct mn_peer *p = container_of(l, struct mn_peer, l);

		if (peer_is_used(n, p, now))
			continue;
		list_del(&p->l);
		free(p);
	}
}

static void
on_reap(struct node *n, struct alarm *al, usec_t now)
{
	each_home(n, h, l) {
		if (h->blocked && !h->releasing) {
			home_say_flow(n, h, FLOW_BLOCK, false);
			h->blocked = false;
		}
		if (h->doomed)
			home_free(n, h);
		else if (h->outdated && h->formed)
			home_drop(n, h);
	}
	free_peers(n, now);
	agents_reap(n);
}

/* The numbers of a home that the configuration has go on with it; of
 * another one nothing is kept. */
void
home_released(struct node *n, struct mn_home *h, usec_t now)
{
	h->releasing = false;
	alarm_clear(n, &h->give_up);
	registrant_cancel(n, &h->reg);
	registrant_forget(n, &h->reg);
	if (h->type != ATYPE_HOME) {
		forget_record(n, h);
		h->doomed = true;
	}
	alarm_set(n, &n->mn->reap, now + REAP_AFTER);
	configure_attaches(n, now);
}

void
home_release(struct node *n, struct mn_home *h, usec_t now)
{
	bool bound = h->reg.bound || h->reg.asking != REG_NOTHING;

	if (!h->active)
		return;
	h->active = false;
	ro_end(n, h, now);
	home_withdraw(n, h, true);
	home_park(n, h);
	/* Without its key nobody would listen. */
	if (!bound || h->reg.halted || !registrant_peer(n, &h->reg)) {
		home_released(n, h, now);
		return;
	}
	h->releasing = true;
	alarm_set(n, &h->give_up, now + RELEASE_PATIENCE);
	registrant_cancel(n, &h->reg);
	home_go_on_releasing(n, h, now);
}

void
home_configure(struct node *n, const struct mn_home *h)
{
	struct effect key = { .kind = EF_ADDRESS };
	const struct effect *e;
	uint32_t where[] = { IFINDEX_PATH, h->ifindex };

	for (unsigned k = 0; k < 2; k++) {
		key.address.key = (struct addr_key){ where[k], h->conf.hoa };
		e = want_find(n, &key);
		if (e)
			home_say_address(n, h, where[k], !e->address.nodad,
					 true);
	}
}

int
mn_start(struct node *n, usec_t now)
{
	n->mn = calloc(1, sizeof(*n->mn));
	if (!n->mn)
		return -ENOMEM;
	list_init(&n->mn->homes);
	list_init(&n->mn->peers);
	list_init(&n->mn->agents);
	ro_start(n);
	alarm_init(&n->mn->reap, on_reap);
	for (unsigned k = 0; k < n->conf->nhomes; k++)
		if (!home_add(n, &n->conf->home[k], ATYPE_HOME))
			return -ENOMEM;
	n->former = former_new(n);
	return n->former ? demand_start(n) : -ENOMEM;
}

void
mn_stop(struct node *n)
{
	if (!n->mn)
		return;
	ro_stop(n);
	ro_start(n);
	demand_stop(n);
	n->former = former_free(n, n->former);
	alarm_clear(n, &n->mn->reap);
	list_each(i, &n->ifaces) {
		struct iface *iface = container_of(i, struct iface, all);

		iface->attach = attach_free(n, iface->attach);
	}
	each_home(n, h, l)
		home_free(n, h);
	agents_reap(n);
	list_each(l, &n->mn->peers)
		free(container_of(l, struct mn_peer, l));
	free(n->mn);
	n->mn = NULL;
}

bool
home_restore(struct node *n, const struct store_record *s, usec_t now)
{
	struct rbuf k = rbuf_of(s->key, s->key_len);
	uint8_t kind = rbuf_u8(&k);
	struct in6_addr hoa = rbuf_addr(&k);
	struct mn_home *h = home_find(n, &hoa);

	if (kind != REGISTRANT_STORE || k.bad || !h)
		return false;
	home_restore_agent(n, h, s);
	return registrant_restore(n, &h->reg, s, now);
}

bool
mn_restore(struct node *n, const struct store_record *s, usec_t now)
{
	if (n->ready)
		return false;		/* too late to be of an earlier life */
	return home_restore(n, s, now) || home_restore_switches(n, s) ||
	       demand_restore(n, s, now);
}

static bool
knows_its_link(const struct node *n, const struct mn_home *h)
{
	const struct iface *i = iface_find(n, h->ifindex);

	return i && i->attach && i->attach->current;
}

/* No advertisement came.  Where it is, is not known: sockets keep it, and
 * what they send waits. */
void
mn_before_sync(struct node *n)
{
	each_home(n, h, l)
		if (h->place == PLACE_HOME && !knows_its_link(n, h))
			home_leave(n, h);
}

/* A binding from before the restart still carries traffic: say so before
 * anything else, and nothing is interrupted. */
void
mn_ready(struct node *n, usec_t now)
{
	struct tunnel *old;

	demand_restored(n, now);
	former_start(n, now);
	each_home(n, h, l) {
		h->active |= h->reg.bound;
		if (h->reg.bound && home_use_tunnel(n, h, &h->reg.coa, &old)) {
			h->coa = h->reg.coa;
			home_say_address(n, h, IFINDEX_PATH, false, true);
			home_say_away_flow(n, h);
		} else if (h->active && !home_adopt(n, h)) {
			home_leave(n, h);
		}
		home_put(n, h, now);
	}
	demand_ready(n, now);
	each_home(n, h, l)
		if (!h->active)
			home_park(n, h);
}

void
mn_shutdown(struct node *n, usec_t now)
{
	demand_shutdown(n, now);
	each_home(n, h, l) {
		home_retire(n, h, now);
		registrant_forget(n, &h->reg);
		if (h->type != ATYPE_HOME)
			forget_record(n, h);
	}
}

/* It asks for something else than what stands. */
static bool
waits_for_answer(const struct registrant *r)
{
	return r->asking != REG_NOTHING &&
	       !(r->bound && r->asking == REG_REGISTER &&
		 addr_eq(&r->coa, &r->ask_coa));
}

bool
mn_settled(const struct node *n)
{
	each_home(n, h, l) {
		if (h->place == PLACE_DISABLED || h->reg.halted ||
		    !h->active ||
		    (h->place == PLACE_HOME && knows_its_link(n, h)))
			continue;
		if (h->place != PLACE_AWAY || waits_for_answer(&h->reg) ||
		    addr_is_unspec(&h->reg.peer))
			return false;
	}
	return demand_settled(n);
}

static const struct conf_home *
still_there(const struct node *n, const struct mn_home *h)
{
	for (unsigned k = 0; k < n->conf->nhomes; k++) {
		const struct conf_home *c = &n->conf->home[k];

		if (h->formed && n->conf->prefix_insecure &&
		    addr_eq(&c->hoa, &h->from))
			return c;
		if (!h->formed && addr_eq(&c->hoa, &h->conf.hoa) &&
		    addr_eq(&c->ha, &h->conf.ha) && c->plen == h->conf.plen)
			return c;
	}
	return NULL;
}

int
mn_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	int err = 0;

	demand_drop_orphans(n, now);
	each_home(n, h, l) {
		const struct conf_home *c = still_there(n, h);

		if (h->type != ATYPE_HOME)
			continue;
		if (c && h->formed) {
			h->conf.lifetime = c->lifetime;
			h->conf.ro_set = c->ro_set;
		} else if (c) {
			h->conf = *c;
		}
		if (c)
			continue;
		home_retire(n, h, now);
		home_drop(n, h);
	}
	agents_reap(n);
	for (unsigned k = 0; k < n->conf->nhomes && !err; k++)
		if (!home_find(n, &n->conf->home[k].hoa) &&
		    !home_add(n, &n->conf->home[k], ATYPE_HOME))
			err = -ENOMEM;
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->attach && !mn_roams(n, i))
			mn_lose_iface(n, i);
		else
			mn_on_link(n, i, i->up, now);
	}
	each_home(n, h, l) {
		registrant_retry(n, &h->reg, now);	/* with a new key? */
		home_put(n, h, now);
		if (!h->active && !h->releasing)
			home_park(n, h);
	}
	ro_reconfigure(n, now);
	return demand_reconfigure(n, now) ? -ENOMEM : err;
}

/* --- show --------------------------------------------------------------- */

const char *
home_place_word(const struct mn_home *h)
{
	static const char *const words[] = {
		[PLACE_NOWHERE] = "nowhere", [PLACE_AWAY] = "away",
		[PLACE_RETURNING] = "returning", [PLACE_HOME] = "home",
		[PLACE_DISABLED] = "disabled",
	};

	return h->place == PLACE_NOWHERE && !h->active ? "idle" :
	       words[h->place];
}

static void
show_home(const struct node *n, const struct mn_home *h, usec_t now, struct record_sink *sink)
{
	const struct iface *i = h->trial ? iface_find(n, h->trial) : NULL;
	struct record r;

	record_init(&r, "registration");
	record_addr(&r, "hoa", &h->conf.hoa);
	record_addr(&r, "ha", &h->reg.peer);
	record_str(&r, "address-type", atype_name(h->type));
	record_str(&r, "place", home_place_word(h));
	if (i)
		record_str(&r, "home-trial", i->name);
	registrant_show(&h->reg, now, &r);
	if (h->previous)
		record_addr(&r, "previous-coa", &h->previous->key.local);
	sink->put(sink, &r);
}

bool
mn_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	struct record_sink *sink)
{
	if (strcmp(what, "bindings") == 0 || strcmp(what, "status") == 0)
		each_home(n, h, l)
			show_home(n, h, now, sink);
	if (strcmp(what, "bindings") == 0)
		ro_show(n, now, sink);
	if (strcmp(what, "agents") == 0)
		agents_show(n, sink);
	if (strcmp(what, "addresses") == 0)
		demand_show(n, now, sink);
	if (strcmp(what, "routers") == 0)
		list_each(l, &n->ifaces) {
			struct iface *i = container_of(l, struct iface, all);

			if (i->attach)
				attach_show(i->attach, now, sink);
		}
	return false;
}
