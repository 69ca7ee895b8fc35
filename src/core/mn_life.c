/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_life.c - the mobile node's home addresses from the start to the
 * shutdown: made from the configuration, taken over from an earlier process,
 * adapted to a new configuration, shown, and given up.
 */
#include "core/mn.h"

#include <errno.h>
#include <stdlib.h>

/* --- life --------------------------------------------------------------- */

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
	registrant_init(&h->reg, &home_ops, &c->hoa, &c->ha, &p->rate);
	/* RFC 6275 11.7.1: any value will do to begin with. */
	h->reg.seq = (uint16_t)rng_u64(&n->rng);
	alarm_init(&h->find, home_on_find);
	alarm_init(&h->announce, home_on_announce);
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

	home_stop_returning(n, h);
	home_stop_announcing(n, h);
	if (h->place == PLACE_AWAY && i && i->up &&
	    (h->reg.bound || h->reg.asking == REG_REGISTER))
		registrant_deregister(n, &h->reg, false, h->ifindex,
				      h->reg.ll.len ? &h->reg.ll : NULL, now,
				      now);
	home_say_flow(n, h, FLOW_PATH, false);
	home_drop_tunnel(n, h);
	home_say_address(n, h, IFINDEX_PATH, false, false);
	if (h->place == PLACE_HOME)
		home_say_address(n, h, h->ifindex, false, false);
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
	struct mn_home *h = home_find(n, &hoa);

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
		if (h->reg.bound && home_use_tunnel(n, h, &h->reg.coa, &old)) {
			h->coa = h->reg.coa;
			home_say_address(n, h, IFINDEX_PATH, false, true);
			home_say_away_flow(n, h);
		}
		home_put(n, h, now);
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
		if (!home_find(n, &n->conf->home[k].hoa))
			err = home_new(n, &n->conf->home[k]);
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->attach && !mn_roams(n, i))
			i->attach = attach_free(n, i->attach);
		else
			mn_on_link(n, i, i->up, now);
	}
	each_home(n, h, l) {
		registrant_retry(n, &h->reg, now);	/* with a new key? */
		home_put(n, h, now);
	}
	return err;
}

/* --- show --------------------------------------------------------------- */

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
