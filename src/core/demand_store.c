/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand_store.c - addresses over a restart, and shown.
 *
 * An address that was made is written down while it is there, so that the
 * next process takes it over with the sockets that have it.  How many those
 * are is not known before they are counted; until then it is in use.
 *
 * Records come in any order: the registration of an access-anchored address
 * may be read before the address.  It waits until all are in.
 */
#include "core/demand.h"

#include <stdlib.h>

#define STORE_VERSION	1

struct pending {
	struct list		l;
	struct store_record	rec;
};

/* --- said --------------------------------------------------------------- */

static void
begin(struct effect *e, struct wbuf *key, struct wbuf *val, uint8_t kind)
{
	e->kind = EF_STORE;
	e->store.up = true;
	*key = wbuf_of(e->store.key, sizeof(e->store.key));
	*val = wbuf_of(e->store.value, sizeof(e->store.value));
	wbuf_u8(key, kind);
	wbuf_u8(val, STORE_VERSION);
}

static void
end(struct effect *e, const struct wbuf *key, const struct wbuf *val)
{
	e->store.key_len = (uint8_t)wbuf_len(key);
	e->store.value_len = (uint8_t)wbuf_len(val);
}

bool
owned_build(struct node *n, struct wish *w, struct effect *ret)
{
	const struct owned *o = container_of(w, struct owned, store);
	struct wbuf key, val;

	w->dirty = 0;
	begin(ret, &key, &val, OWNED_STORE);
	wbuf_addr(&key, &o->addr);
	wbuf_u8(&val, (uint8_t)o->type);
	wbuf_u8(&val, o->prefix.len);
	wbuf_u8(&val, o->current);
	wbuf_put(&val, o->ifname, sizeof(o->ifname));
	wbuf_addr(&val, o->home ? &o->home->conf.ha : &addr_unspec);
	wbuf_u32(&val, o->home ? o->home->conf.lifetime : 0);
	if (o->home && o->home->reg.has_cga) {
		const struct cga *c = &o->home->reg.cga;

		wbuf_put(&val, c->modifier, sizeof(c->modifier));
		wbuf_u8(&val, c->sec);
		wbuf_u8(&val, c->collisions);
	}
	end(ret, &key, &val);
	return true;
}

bool
epoch_build(struct node *n, struct wish *w, struct effect *ret)
{
	const struct epoch *e = container_of(w, struct epoch, store);
	struct wbuf key, val;

	w->dirty = 0;
	begin(ret, &key, &val, EPOCH_STORE);
	wbuf_u8(&key, (uint8_t)e->type);
	wbuf_u32(&val, e->value);
	wbuf_u32(&val, e->counter);
	wbuf_addr(&val, &e->prefix.addr);
	wbuf_u8(&val, e->prefix.len);
	end(ret, &key, &val);
	return true;
}

void
owned_forget(struct node *n, const struct owned *o)
{
	struct effect e;
	struct wbuf key, val;

	begin(&e, &key, &val, OWNED_STORE);
	wbuf_addr(&key, &o->addr);
	end(&e, &key, &val);
	e.store.up = false;
	effect_put(n, &e);
}

/* --- heard -------------------------------------------------------------- */

static bool
restore_epoch(struct node *n, const struct store_record *s)
{
	struct rbuf v = rbuf_of(s->value, s->value_len);
	uint8_t version = rbuf_u8(&v);
	uint32_t value = rbuf_u32(&v), counter = rbuf_u32(&v);
	struct in6_addr prefix = rbuf_addr(&v);
	uint8_t len = rbuf_u8(&v);
	struct epoch *e;

	if (v.bad || version != STORE_VERSION || s->key_len != 2 ||
	    s->key[1] == ATYPE_NONE || s->key[1] >= ATYPES || len > 128 ||
	    counter > IDGEN_RETRIES + 1)
		return false;
	e = &n->demand->epoch[s->key[1]];
	e->value = value;
	e->counter = counter <= IDGEN_RETRIES ? counter : 0;
	e->prefix = prefix_of(&prefix, len);
	return true;
}

/* What an owned record says; false: nothing that we could have written. */
static bool
parse_owned(const struct store_record *s, struct owned *o, struct conf_home *c,
	    struct cga *cga, bool *ret_current)
{
	const uint8_t *modifier;
	struct rbuf k = rbuf_of(s->key, s->key_len);
	struct rbuf v = rbuf_of(s->value, s->value_len);
	const uint8_t *name;
	uint8_t version;

	rbuf_u8(&k);
	c->hoa = o->addr = rbuf_addr(&k);
	version = rbuf_u8(&v);
	o->type = (enum atype)rbuf_u8(&v);
	c->plen = rbuf_u8(&v);
	*ret_current = rbuf_u8(&v);
	name = rbuf_take(&v, sizeof(o->ifname));
	c->ha = rbuf_addr(&v);
	c->lifetime = rbuf_u32(&v);
	*cga = (struct cga){ 0 };
	modifier = rbuf_left(&v) ? rbuf_take(&v, CGA_MODIFIER) : NULL;
	if (modifier) {
		memcpy(cga->modifier, modifier, sizeof(cga->modifier));
		cga->sec = rbuf_u8(&v);
		cga->collisions = rbuf_u8(&v);
	}
	if (k.bad || v.bad || version != STORE_VERSION || c->plen > 128 ||
	    (c->plen != 64 && o->type != ATYPE_HOME) ||
	    o->type <= ATYPE_NONE || o->type >= ATYPES ||
	    !addr_is_routable(&c->hoa))
		return false;
	memcpy(o->ifname, name, sizeof(o->ifname));
	o->ifname[sizeof(o->ifname) - 1] = '\0';
	memcpy(c->ifname, o->ifname, sizeof(c->ifname));
	o->prefix = prefix_of(&c->hoa, c->plen);
	return true;
}

/* One of the configuration: it was in use, wherever that was. */
static bool
restore_home(struct owned *o, const struct owned *old)
{
	if (old->type != ATYPE_HOME)
		return false;
	o->stands = o->uncounted = o->home->active = true;
	return true;
}

static bool
restore_owned(struct node *n, const struct store_record *s, usec_t now)
{
	struct conf_home c = { 0 };
	struct owned old = { 0 }, *o;
	struct cga cga;
	bool current;

	if (!parse_owned(s, &old, &c, &cga, &current))
		return false;
	o = owned_find(n, &old.addr);
	if (o)
		return o->type != ATYPE_HOME || restore_home(o, &old);
	if (old.type == ATYPE_HOME)
		return false;
	current = current && !owned_current(n, old.type);
	if (old.type != ATYPE_UNANCHORED && !security_anchor(n, &c.ha))
		return false;
	o = owned_new(n, old.type, &old.addr, now);
	if (!o)
		return false;
	o->prefix = old.prefix;
	memcpy(o->ifname, old.ifname, sizeof(o->ifname));
	o->current = current;
	o->stands = o->uncounted = true;
	if (old.type == ATYPE_UNANCHORED)
		return true;
	o->home = home_add(n, &c, old.type);
	if (!o->home) {
		owned_free(n, o);
		return false;
	}
	home_set_cga(n, o->home, &cga);
	o->home->active = true;
	return true;
}

/* Nobody's: it would be read again for ever. */
static void
forget_record(struct node *n, const struct store_record *s)
{
	struct effect e = { .kind = EF_STORE, .store = *s };

	e.store.up = false;
	effect_put(n, &e);
}

static void
keep(struct node *n, const struct store_record *s)
{
	struct pending *p;
	unsigned count = 0;

	list_each(l, &n->demand->pending)
		count++;
	p = count < n->conf->max_addresses ? malloc(sizeof(*p)) : NULL;
	if (!p) {
		forget_record(n, s);
		return;
	}
	p->rec = *s;
	list_init(&p->l);
	list_append(&n->demand->pending, &p->l);
}

bool
demand_restore(struct node *n, const struct store_record *s, usec_t now)
{
	if (!s->key_len)
		return false;
	if (s->key[0] == EPOCH_STORE)
		return restore_epoch(n, s);
	if (s->key[0] == OWNED_STORE) {
		if (!restore_owned(n, s, now))
			forget_record(n, s);
		return true;
	}
	if (s->key[0] != REGISTRANT_STORE)
		return false;
	keep(n, s);
	return true;
}

void
demand_restored(struct node *n, usec_t now)
{
	list_each(l, &n->demand->pending) {
		struct pending *p = container_of(l, struct pending, l);

		list_del(&p->l);
		if (now && !home_restore(n, &p->rec, now))
			forget_record(n, &p->rec);
		free(p);
	}
}

/* --- shown -------------------------------------------------------------- */

static void
show_home_part(const struct mn_home *h, struct record *r)
{
	record_str(r, "place", home_place_word(h));
	record_addr(r, "anchor", &h->reg.peer);
	record_bool(r, "bound", h->reg.bound);
}

static void
show_one(const struct node *n, const struct owned *o, usec_t now,
	 struct record_sink *sink)
{
	unsigned grants = 0;
	struct record r;

	list_each(l, &n->demand->asks)
		grants += container_of(l, struct ask, l)->on == o;
	record_init(&r, "address");
	record_str(&r, "address-type", atype_name(o->type));
	record_addr(&r, "address", &o->addr);
	record_bool(&r, "current", o->current);
	record_bool(&r, "usable", owned_usable(n, o));
	record_uint(&r, "sessions", o->sessions);
	record_uint(&r, "grants", grants);
	if (*o->ifname)
		record_str(&r, "interface", o->ifname);
	if (o->home)
		show_home_part(o->home, &r);
	if (alarm_is_set(&o->end))
		record_duration(&r, "ends-in", o->end.t.at > now ?
				o->end.t.at - now : 0);
	sink->put(sink, &r);
}

void
demand_show(const struct node *n, usec_t now, struct record_sink *sink)
{
	each_owned(n, o, l)
		show_one(n, o, now, sink);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		unsigned waiting = 0;
		struct record r;

		list_each(l, &n->demand->asks) {
			const struct ask *a = container_of(l, struct ask, l);

			waiting += a->id && a->type == t && !a->on && !a->lost;
		}
		record_init(&r, "address-type");
		record_str(&r, "name", atype_name(t));
		record_bool(&r, "provided", owned_provided(n, t));
		record_bool(&r, "preferred", demand_preferred(n, t) != 0);
		record_uint(&r, "claims", n->demand->claims[t]);
		record_uint(&r, "waiting", waiting);
		sink->put(sink, &r);
	}
}
