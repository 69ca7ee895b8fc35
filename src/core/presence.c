/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * presence.c - see presence.h.
 *
 * An address is seen when it is asked for from the unspecified address
 * (somebody's Duplicate Address Detection), when it is the source of a
 * solicitation, when it is advertised, and when the kernel has found it
 * reachable.  All of that can be forged by who is on the link, and only by
 * them: what is remembered is a reason to be quick, never a permission.
 *
 * What a flood can do.  Every entry belongs to the link-layer address that
 * it was first seen at, its holder, and a holder has a bounded number: one
 * more takes the place of its own oldest.  Only its holder keeps an entry
 * fresh, so nobody can draw another's to himself, to make it the oldest of
 * his.  Who makes up link-layer addresses can fill the table, but pushes
 * nobody out: it takes no more until the oldest has had its time, and those
 * that find no room wait for Duplicate Address Detection instead.
 *
 * Who is quiet for long is asked: a host with a session in which nothing is
 * said would be forgotten otherwise, and under cga that is the end of the
 * session when it leaves.  Three times, a quarter of the time apart, so that
 * a lost message does not matter; whoever has left does not answer.  And so
 * are neighbours that the kernel has known for longer than we have run.  Who
 * does not answer is forgotten when his time is over, in the store as well.
 *
 * It is kept over a restart, and the loss of the kernel's neighbours: a mobile
 * that was here before, and leaves after it, shall not lose its sessions.
 * What is stored is what has stayed for a while, and how long it has stayed to
 * within a quarter of the time; so a flood writes little.
 *
 * key:   'p', address
 * value: version, link-layer address (length, octets), seen last and contested
 *        by the wall clock (usec; 0: not known, not at all)
 */
#include "core/presence.h"
#include "core/anchor.h"
#include "core/ha.h"
#include "core/home_link.h"

#include <stdlib.h>

/* Addresses remembered of an interface, for each binding that its anchors may
 * keep; and at least. */
#define PRESENCE_FACTOR	4
#define PRESENCE_LEAST	256

/* So many parts of SeenWithin; so many questions at a time. */
#define ASK_PARTS	4
#define ASK_PIECE	16
#define ASK_PAUSE	MSEC(50)
#define ASK_LATER	SEC(1)		/* nobody can be asked yet */

/* What has stayed for so long is stored; so many records at a time. */
#define STORE_PRESENCE	'p'
#define STORE_VERSION	1
#define STORE_AFTER	SEC(2)
#define STORE_PIECE	32
#define STORE_PAUSE	MSEC(100)

struct holder_key {			/* no padding */
	uint32_t	ifindex;
	uint8_t		len, b[LLADDR_MAX];
	uint8_t		zero[3];
};

struct holder {
	struct map_node	node;
	struct holder_key key;
	struct list	entries;	/* the oldest first */
	uint32_t	n;
};

struct entry {
	struct map_node	node;
	struct addr_key	key;
	struct list	of_holder;
	struct list	of_link;
	struct list	to_ask, to_store;
	struct holder	*holder;
	usec_t		at;		/* seen last; like `contested' it may
					   be before our clock began */
	usec_t		due;		/* to be asked */
	usec_t		contested;	/* 0: not */
	bool		stored;		/* a record stands outside, */
	usec_t		stored_at;	/*   which says this of `at' */
	usec_t		fresh;		/* to be stored since */
};

/* An interface on which something was seen. */
struct plink {
	struct list	l;
	uint32_t	ifindex;
	struct list	entries;	/* the oldest first */
	struct list	to_ask;		/* by their turn */
	struct list	to_store;
	struct alarm	ask, store;
	uint32_t	n;
	bool		full;		/* said so */
};

/* A record from before, until all links are known. */
struct earlier {
	struct list	l;
	struct in6_addr	addr;
	struct lladdr	ll;
	usec_t		at, contested;
};

struct presence {
	struct map	entries, holders;
	struct pool	entry_pool, holder_pool;
	struct list	links;
	struct list	earlier;
	uint32_t	nearlier;
};

struct presence *
presence_new(struct node *n)
{
	struct presence *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	map_init(&p->entries, offsetof(struct entry, key) -
		 offsetof(struct entry, node), sizeof(struct addr_key),
		 n->secret);
	map_init(&p->holders, offsetof(struct holder, key) -
		 offsetof(struct holder, node), sizeof(struct holder_key),
		 n->secret);
	pool_init(&p->entry_pool, sizeof(struct entry), UINT32_MAX);
	pool_init(&p->holder_pool, sizeof(struct holder), UINT32_MAX);
	list_init(&p->links);
	list_init(&p->earlier);
	return p;
}

struct presence *
presence_free(struct node *n, struct presence *p)
{
	if (!p)
		return NULL;
	list_each(l, &p->links) {
		struct plink *k = container_of(l, struct plink, l);

		alarm_clear(n, &k->ask);
		alarm_clear(n, &k->store);
		free(k);
	}
	list_each(l, &p->earlier)
		free(container_of(l, struct earlier, l));
	map_fini(&p->entries);
	map_fini(&p->holders);
	pool_fini(&p->entry_pool);
	pool_fini(&p->holder_pool);
	free(p);
	return NULL;
}

/* --- the tables --------------------------------------------------------- */

static struct plink *
plink_find(const struct presence *p, uint32_t ifindex)
{
	list_each(l, &p->links)
		if (container_of(l, struct plink, l)->ifindex == ifindex)
			return container_of(l, struct plink, l);
	return NULL;
}

static alarm_fire ask_quiet, store_some;

static struct plink *
plink_get(struct presence *p, uint32_t ifindex)
{
	struct plink *k = plink_find(p, ifindex);

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->ifindex = ifindex;
	list_init(&k->entries);
	list_init(&k->to_ask);
	list_init(&k->to_store);
	alarm_init(&k->ask, ask_quiet);
	alarm_init(&k->store, store_some);
	list_init(&k->l);
	list_append(&p->links, &k->l);
	return k;
}

static struct entry *
entry_find(const struct presence *p, uint32_t ifindex,
	   const struct in6_addr *addr)
{
	struct addr_key key = { .ifindex = ifindex, .addr = *addr };
	struct map_node *m = map_find(&p->entries, &key);

	return m ? container_of(m, struct entry, node) : NULL;
}

static struct holder_key
holder_key(uint32_t ifindex, const struct lladdr *ll)
{
	struct holder_key key = { .ifindex = ifindex, .len = ll->len };

	memcpy(key.b, ll->b, ll->len);
	return key;
}

static struct holder *
holder_get(struct presence *p, uint32_t ifindex, const struct lladdr *ll)
{
	struct holder_key key = holder_key(ifindex, ll);
	struct map_node *m = map_find(&p->holders, &key);
	struct holder *h;

	if (m)
		return container_of(m, struct holder, node);
	h = pool_get(&p->holder_pool);
	if (!h)
		return NULL;
	h->key = key;
	list_init(&h->entries);
	if (map_insert(&p->holders, &h->node))
		return h;
	pool_put(&p->holder_pool, h);
	return NULL;
}

/* It has nothing (any more). */
static void
holder_put(struct presence *p, struct holder *h)
{
	if (h->n)
		return;
	map_remove(&p->holders, &h->node);
	pool_put(&p->holder_pool, h);
}

/* --- the store ---------------------------------------------------------- */

static void
say_gone(struct node *n, const struct in6_addr *addr)
{
	struct effect e = { .kind = EF_STORE };
	struct wbuf k = wbuf_of(e.store.key, sizeof(e.store.key));

	wbuf_u8(&k, STORE_PRESENCE);
	wbuf_addr(&k, addr);
	e.store.key_len = (uint8_t)wbuf_len(&k);
	effect_put(n, &e);
}

static void
say_entry(struct node *n, struct entry *x)
{
	struct effect e = { .kind = EF_STORE, .store.up = true };
	struct wbuf k = wbuf_of(e.store.key, sizeof(e.store.key));
	struct wbuf v = wbuf_of(e.store.value, sizeof(e.store.value));
	const struct holder_key *h = &x->holder->key;
	uint64_t wall = (uint64_t)n->wall;

	wbuf_u8(&k, STORE_PRESENCE);
	wbuf_addr(&k, &x->key.addr);
	e.store.key_len = (uint8_t)wbuf_len(&k);
	wbuf_u8(&v, STORE_VERSION);
	wbuf_u8(&v, h->len);
	wbuf_put(&v, h->b, h->len);
	wbuf_u64(&v, wall ? x->at + wall : 0);
	wbuf_u64(&v, wall && x->contested ? x->contested + wall : 0);
	e.store.value_len = (uint8_t)wbuf_len(&v);
	x->stored = true;
	x->stored_at = x->at;
	effect_put(n, &e);
}

static void
store_some(struct node *n, struct alarm *al, usec_t now)
{
	struct plink *k = container_of(al, struct plink, store);

	for (int m = 0; m < STORE_PIECE && !list_empty(&k->to_store); m++) {
		struct entry *e = container_of(k->to_store.next, struct entry,
					       to_store);

		if (e->fresh + STORE_AFTER > now) {
			alarm_set(n, al, e->fresh + STORE_AFTER);
			return;
		}
		list_del(&e->to_store);
		say_entry(n, e);
	}
	if (!list_empty(&k->to_store))
		alarm_set(n, al, now + STORE_PAUSE);
}

static void
store_later(struct node *n, struct plink *k, struct entry *e, usec_t now)
{
	if (!list_empty(&e->to_store))
		return;
	e->fresh = now;
	list_append(&k->to_store, &e->to_store);
	if (!alarm_is_set(&k->store))
		alarm_set(n, &k->store, now + STORE_AFTER);
}

/* --- room --------------------------------------------------------------- */

/* Its holder stays, for who has more to do with it. */
static void
entry_drop(struct node *n, struct plink *k, struct entry *e)
{
	struct presence *p = n->ha->presence;

	if (e->stored)
		say_gone(n, &e->key.addr);
	map_remove(&p->entries, &e->node);
	list_del(&e->of_holder);
	list_del(&e->of_link);
	list_del(&e->to_ask);
	list_del(&e->to_store);
	k->n--;
	e->holder->n--;
	pool_put(&p->entry_pool, e);
}

static void
entry_free(struct node *n, struct plink *k, struct entry *e)
{
	struct holder *h = e->holder;

	entry_drop(n, k, e);
	holder_put(n->ha->presence, h);
}

static struct entry *
entry_new(struct presence *p, struct plink *k, struct holder *h,
	  const struct in6_addr *addr)
{
	struct entry *e = pool_get(&p->entry_pool);

	if (!e)
		return NULL;
	e->key = (struct addr_key){ .ifindex = k->ifindex, .addr = *addr };
	e->holder = h;
	list_init(&e->of_holder);
	list_init(&e->of_link);
	list_init(&e->to_ask);
	list_init(&e->to_store);
	if (!map_insert(&p->entries, &e->node)) {
		pool_put(&p->entry_pool, e);
		return NULL;
	}
	k->n++;
	h->n++;
	return e;
}

static bool
contested(const struct entry *e, const struct conf_home_link *l, usec_t now)
{
	return e->contested && now - e->contested <= SEC(l->seen_within);
}

static bool
over(const struct entry *e, const struct conf_home_link *l, usec_t now)
{
	return now - e->at > SEC(l->seen_within) && !contested(e, l, now);
}

/* By the rule of its own anchor; there may be none any more. */
static bool
has_had_its_time(const struct node *n, const struct plink *k,
		 const struct entry *e, usec_t now)
{
	const struct iface *i = iface_find(n, k->ifindex);
	const struct conf_home_link *l = i ?
		anchor_link(n, i, &e->key.addr) : NULL;

	return !l || over(e, l, now);
}

static struct entry *
oldest_of(const struct plink *k)
{
	return container_of(k->entries.next, struct entry, of_link);
}

/* More are on a link than have left it. */
static uint32_t
limit_of(const struct node *n, const struct conf_home_link *l)
{
	uint32_t bindings = anchor_limit(n, l->ifname);

	if (bindings > UINT32_MAX / PRESENCE_FACTOR)
		return UINT32_MAX;
	return bindings * PRESENCE_FACTOR > PRESENCE_LEAST ?
		bindings * PRESENCE_FACTOR : PRESENCE_LEAST;
}

/* One more of this interface: only what has had its time goes. */
static bool
make_room(struct node *n, struct plink *k, const struct holder *h,
	  const struct conf_home_link *l, usec_t now)
{
	uint32_t most = limit_of(n, l);
	struct note note = { .code = NOTE_PRESENCE_LIMIT, .value = most,
			     .ifindex = k->ifindex };
	struct entry *e = k->n >= most ? oldest_of(k) : NULL;

	if (e && has_had_its_time(n, k, e, now)) {
		if (e->holder == h)
			entry_drop(n, k, e);
		else
			entry_free(n, k, e);
	}
	if (k->n < most) {
		k->full = false;
		return true;
	}
	if (!k->full)
		note_put(n, &note, now);
	k->full = true;
	return false;
}

/* --- asking ------------------------------------------------------------- */

/* The shortest SeenWithin of the anchors on an interface; 0: none has one. */
static usec_t
ask_after(const struct node *n, const char *ifname)
{
	uint32_t least = 0;

	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (l->anchor && !strcmp(l->ifname, ifname) &&
		    l->seen_within && (!least || l->seen_within < least))
			least = l->seen_within;
	}
	return SEC(least) / ASK_PARTS;
}

/* RFC 4861 7.2.2, as to a neighbour that one has known; not who is away. */
static void
ask(struct node *n, const struct iface *i, const struct in6_addr *addr,
    const struct lladdr *ll)
{
	const struct in6_addr *src = iface_linklocal(i);
	struct nd nd = { .type = ND_NS, .sll = i->ll };

	if (!src || ha_defended(n, i, addr))
		return;
	nd.ns.target = *addr;
	outbox_nd(n, i->ifindex, ll, &nd, src, addr);
}

static struct lladdr
ll_of(const struct entry *e)
{
	struct lladdr ll = { .len = e->holder->key.len };

	memcpy(ll.b, e->holder->key.b, sizeof(ll.b));
	return ll;
}

static void
ask_later(struct node *n, struct plink *k, usec_t at_least)
{
	const struct entry *e = container_of(k->to_ask.next, struct entry,
					     to_ask);

	alarm_set(n, &k->ask, e->due > at_least ? e->due : at_least);
}

static void
ask_quiet(struct node *n, struct alarm *al, usec_t now)
{
	struct plink *k = container_of(al, struct plink, ask);
	const struct iface *i = iface_find(n, k->ifindex);
	usec_t after = i ? ask_after(n, i->name) : 0;

	if (!after)
		return;
	for (int m = 0; m < ASK_PIECE && !list_empty(&k->to_ask); m++) {
		struct entry *e = container_of(k->to_ask.next, struct entry,
					       to_ask);
		struct lladdr ll = ll_of(e);

		if (e->due > now)
			break;
		if (has_had_its_time(n, k, e, now)) {
			entry_free(n, k, e);
			continue;
		}
		if (!i->up || !iface_linklocal(i)) {
			alarm_set(n, al, now + ASK_LATER);
			return;
		}
		if (now - e->at < after * ASK_PARTS)
			ask(n, i, &e->key.addr, &ll);
		e->due = now + after;
		list_append(&k->to_ask, &e->to_ask);
	}
	if (!list_empty(&k->to_ask))
		ask_later(n, k, now + ASK_PAUSE);
}

/* --- what is seen ------------------------------------------------------- */

static void
touch(struct node *n, struct plink *k, struct entry *e, usec_t now)
{
	usec_t after = ask_after(n, iface_find(n, k->ifindex)->name);

	e->at = now;
	e->due = now + after;
	list_append(&e->holder->entries, &e->of_holder);
	list_append(&k->entries, &e->of_link);
	list_append(&k->to_ask, &e->to_ask);
	if (!alarm_is_set(&k->ask))
		ask_later(n, k, now);
	if (!e->stored || now - e->stored_at >= after)
		store_later(n, k, e, now);
}

/* NULL: there is no room, or no memory. */
static struct entry *
see_new(struct node *n, const struct conf_home_link *l, struct plink *k,
	const struct in6_addr *addr, const struct lladdr *ll, usec_t now)
{
	struct presence *p = n->ha->presence;
	struct holder *h = holder_get(p, k->ifindex, ll);
	struct entry *e = NULL;

	if (!h)
		return NULL;
	while (h->n >= l->max_per_link)
		entry_drop(n, k, container_of(h->entries.next, struct entry,
					      of_holder));
	if (make_room(n, k, h, l, now))
		e = entry_new(p, k, h, addr);
	if (e)
		touch(n, k, e, now);
	holder_put(p, h);
	return e;
}

/* An address was alive here just now, at `ll'. */
static void
see(struct node *n, const struct iface *i, const struct in6_addr *addr,
    const struct lladdr *ll, usec_t now)
{
	const struct conf_home_link *l = anchor_link(n, i, addr);
	struct holder_key key;
	struct plink *k;
	struct entry *e;

	if (!l || !l->seen_within || !ll->len || ll->len > LLADDR_MAX ||
	    iface_addr_find(i, addr))
		return;
	k = plink_get(n->ha->presence, i->ifindex);
	e = k ? entry_find(n->ha->presence, i->ifindex, addr) : NULL;
	if (e && over(e, l, now)) {
		entry_free(n, k, e);
		e = NULL;
	}
	key = holder_key(i->ifindex, ll);
	if (k && !e)
		see_new(n, l, k, addr, ll, now);
	else if (e && !memcmp(&key, &e->holder->key, sizeof(key)))
		touch(n, k, e, now);
}

/* RFC 4861 7.1: nd_parse has checked that a source of :: means Duplicate
 * Address Detection, and that the hop limit is 255: it is from this link. */
void
presence_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	const struct in6_addr *src = &rx->pkt.src;
	const struct nd *nd = &rx->nd;

	if (!n->ha || lladdr_eq(&rx->ll_src, &rx->iface->ll))
		return;
	if (nd->type == ND_NS && addr_is_unspec(src))
		see(n, rx->iface, &nd->ns.target, &rx->ll_src, now);
	else if (nd->type == ND_NA)
		see(n, rx->iface, &nd->na.target, &rx->ll_src, now);
	else if (nd->type == ND_NS || nd->type == ND_RS)
		see(n, rx->iface, src, &rx->ll_src, now);
}

void
presence_on_neighbour(struct node *n, const struct ev_neighbour *ev,
		      usec_t now)
{
	const struct iface *i = iface_find(n, ev->ifindex);
	const struct conf_home_link *l = n->ha && i ?
		anchor_link(n, i, &ev->addr) : NULL;
	const struct entry *e = l ? entry_find(n->ha->presence, ev->ifindex,
					       &ev->addr) : NULL;

	if (!l || ev->failed || !l->seen_within || !ev->ll.len)
		return;
	if (ev->reachable)
		see(n, i, &ev->addr, &ev->ll, now);
	else if (!e || over(e, l, now))
		ask(n, i, &ev->addr, &ev->ll);
}

void
presence_on_gone(struct node *n, uint32_t ifindex)
{
	struct presence *p = n->ha ? n->ha->presence : NULL;
	struct plink *k = p ? plink_find(p, ifindex) : NULL;

	if (!k)
		return;
	while (k->n)
		entry_free(n, k, oldest_of(k));
	alarm_clear(n, &k->ask);
	alarm_clear(n, &k->store);
	list_del(&k->l);
	free(k);
}

/* --- over a restart ----------------------------------------------------- */

/* By our clock.  A machine that does not know the time when it starts may
 * believe that it is earlier: then it was seen a moment ago. */
static usec_t
stored_time(const struct node *n, uint64_t wall, usec_t now)
{
	uint64_t wall_now = now + (uint64_t)n->wall;

	return wall < wall_now ? now - (wall_now - wall) : now;
}

static bool
earlier_parse(const struct node *n, const struct store_record *rec,
	      struct earlier *ret, usec_t now)
{
	struct rbuf r = rbuf_of(rec->value, rec->value_len);
	bool version = rbuf_u8(&r) == STORE_VERSION;
	uint64_t at, contest;
	const uint8_t *ll;

	ret->ll.len = rbuf_u8(&r);
	ll = rbuf_take(&r, ret->ll.len);
	at = rbuf_u64(&r);
	contest = rbuf_u64(&r);
	if (!rec->up || r.bad || rbuf_left(&r) || !version || !at ||
	    !n->wall || !ret->ll.len || ret->ll.len > LLADDR_MAX)
		return false;
	memcpy(ret->ll.b, ll, ret->ll.len);
	ret->at = stored_time(n, at, now);
	ret->contested = contest ? stored_time(n, contest, now) : 0;
	return true;
}

/* As many as all anchors may remember. */
static bool
has_room(const struct node *n)
{
	uint64_t most = 0;

	for (unsigned k = 0; k < n->conf->nhome_links; k++)
		if (n->conf->home_link[k].anchor)
			most += limit_of(n, &n->conf->home_link[k]);
	return n->ha->presence->nearlier < most;
}

bool
presence_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	struct rbuf k = rbuf_of(rec->key, rec->key_len);
	uint8_t what = rbuf_u8(&k);
	struct earlier e = { .addr = rbuf_addr(&k) }, *x;

	if (k.bad || rbuf_left(&k) || what != STORE_PRESENCE)
		return false;
	x = earlier_parse(n, rec, &e, now) && has_room(n) ?
		malloc(sizeof(*x)) : NULL;
	if (!x) {
		say_gone(n, &e.addr);
		return true;
	}
	*x = e;
	list_init(&x->l);
	list_append(&n->ha->presence->earlier, &x->l);
	n->ha->presence->nearlier++;
	return true;
}

static bool
take_up(struct node *n, const struct earlier *x, usec_t now)
{
	const struct conf_home_link *l = home_link_of(n, &x->addr);
	struct iface *i = l && l->anchor ? home_link_iface(n, l) : NULL;
	struct plink *k = i ? plink_get(n->ha->presence, i->ifindex) : NULL;
	struct entry *e;

	if (!k || !l->seen_within || iface_addr_find(i, &x->addr))
		return false;
	e = entry_find(n->ha->presence, i->ifindex, &x->addr);
	if (e)			/* seen since */
		return e->stored = true;
	e = see_new(n, l, k, &x->addr, &x->ll, now);
	if (!e)
		return false;
	e->at = e->stored_at = x->at;
	e->contested = x->contested;
	e->stored = true;
	list_del(&e->to_store);
	if (!over(e, l, now)) {
		e->due = now;	/* it may have left meanwhile */
		list_prepend(&k->to_ask, &e->to_ask);
		ask_later(n, k, now);
		return true;
	}
	e->stored = false;
	entry_free(n, k, e);
	return false;
}

/* An interface may come later than we. */
static bool
waits_for_link(const struct node *n, const struct earlier *x)
{
	const struct conf_home_link *l = home_link_of(n, &x->addr);

	return l && l->anchor && !home_link_iface(n, l);
}

void
presence_ready(struct node *n, usec_t now)
{
	struct presence *p = n->ha->presence;

	list_each(l, &p->earlier) {
		struct earlier *x = container_of(l, struct earlier, l);

		if (waits_for_link(n, x))
			continue;
		if (!take_up(n, x, now))
			say_gone(n, &x->addr);
		list_del(&x->l);
		free(x);
		p->nearlier--;
	}
}

/* --- questions ---------------------------------------------------------- */

bool
presence_seen(const struct node *n, uint32_t ifindex,
	      const struct in6_addr *addr, usec_t now, struct lladdr *ret)
{
	const struct iface *i = iface_find(n, ifindex);
	const struct conf_home_link *l = i ? anchor_link(n, i, addr) : NULL;
	const struct entry *e;

	if (!l)
		return false;
	e = entry_find(n->ha->presence, ifindex, addr);
	if (!e || over(e, l, now) || contested(e, l, now))
		return false;
	*ret = ll_of(e);
	return true;
}

void
presence_contest(struct node *n, uint32_t ifindex,
		 const struct in6_addr *addr, usec_t now)
{
	struct entry *e = entry_find(n->ha->presence, ifindex, addr);

	if (!e)
		return;
	e->contested = now;
	say_entry(n, e);
}

void
presence_settle(struct node *n, uint32_t ifindex, const struct in6_addr *addr)
{
	struct entry *e = entry_find(n->ha->presence, ifindex, addr);

	if (!e || !e->contested)
		return;
	e->contested = 0;
	say_entry(n, e);
}

uint32_t
presence_count(const struct node *n, uint32_t ifindex)
{
	const struct plink *k = plink_find(n->ha->presence, ifindex);

	return k ? k->n : 0;
}
