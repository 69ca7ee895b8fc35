/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anchor.c - see anchor.h.
 *
 * An access anchor is a home link like any other, with two things of its
 * own.  Its addresses belong to whoever formed them on the link, so there are
 * limits: of bindings for the anchor, and of bindings for one link-layer
 * address.  And it need not make its mobiles wait: RFC 6275 10.3.1 wants
 * Duplicate Address Detection before the acknowledgement, but an address
 * that this router has itself seen alive on the link a while ago has passed
 * it there already (doc/access-anchor.md).  It is served at once, asked for
 * meanwhile, and revoked when somebody answers.
 *
 * The link-layer address that a binding counts for is kept in the binding as
 * a keyed hash, the owner: four octets instead of nine in each of a million,
 * and the same over a restart.
 */
#include "core/anchor.h"
#include "core/ha.h"
#include "core/presence.h"

#include <errno.h>
#include <stdlib.h>

struct owner_key {			/* no padding */
	uint32_t	link, owner;
};

struct owner {
	struct map_node	node;
	struct owner_key key;
	uint32_t	bindings;
};

struct anchor_count {
	uint32_t	bindings;
	bool		full;		/* said so */
};

struct anchors {
	struct map	owners;
	struct pool	pool;
	struct anchor_count *link;	/* by place in conf->home_link */
};

static bool
counts_alloc(const struct node *n, struct anchors *a)
{
	struct anchor_count *v = calloc(n->conf->nhome_links + 1, sizeof(*v));

	if (!v)
		return false;
	free(a->link);
	a->link = v;
	return true;
}

static void
owners_init(const struct node *n, struct anchors *a)
{
	map_init(&a->owners, offsetof(struct owner, key) -
		 offsetof(struct owner, node), sizeof(struct owner_key),
		 n->secret);
	pool_init(&a->pool, sizeof(struct owner), UINT32_MAX);
}

struct anchors *
anchors_new(struct node *n)
{
	struct anchors *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	owners_init(n, a);
	return counts_alloc(n, a) ? a : anchors_free(a);
}

struct anchors *
anchors_free(struct anchors *a)
{
	if (!a)
		return NULL;
	map_fini(&a->owners);
	pool_fini(&a->pool);
	free(a->link);
	free(a);
	return NULL;
}

int
anchors_reset(struct node *n)
{
	struct anchors *a = n->ha->anchors;
	struct binding *b = NULL;
	size_t pos = 0;

	if (!counts_alloc(n, a))
		return -ENOMEM;
	while ((b = registrar_next(n->registrar, b, &pos)))
		b->flags &= (uint8_t)~BINDING_COUNTED;
	map_fini(&a->owners);
	pool_fini(&a->pool);
	owners_init(n, a);
	return 0;
}

/* --- which anchor ------------------------------------------------------- */

const struct conf_home_link *
anchor_link(const struct node *n, const struct iface *i,
	    const struct in6_addr *addr)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (l->anchor && prefix_match(&l->prefix, addr) &&
		    strcmp(l->ifname, i->name) == 0)
			return l;
	}
	return NULL;
}

uint32_t
anchor_limit(const struct node *n, const char *ifname)
{
	uint64_t sum = 0;

	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (l->anchor && strcmp(l->ifname, ifname) == 0)
			sum += l->max_bindings;
	}
	return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

/* --- who has how many --------------------------------------------------- */

/* 0 stands for one that is not known. */
static uint32_t
owner_of(const struct node *n, const struct lladdr *ll)
{
	struct { uint8_t len, b[LLADDR_MAX]; } key = { .len = ll->len };

	memcpy(key.b, ll->b, ll->len);
	return (uint32_t)siphash13(n->secret, &key, sizeof(key)) | 1;
}

static struct owner *
owner_find(const struct anchors *a, const struct binding *b)
{
	struct owner_key key = { .link = b->link, .owner = b->owner };
	struct map_node *m = map_find(&a->owners, &key);

	return m ? container_of(m, struct owner, node) : NULL;
}

static struct owner *
owner_get(struct anchors *a, const struct binding *b)
{
	struct owner *o = owner_find(a, b);

	if (o)
		return o;
	o = pool_get(&a->pool);
	if (!o)
		return NULL;
	o->key = (struct owner_key){ .link = b->link, .owner = b->owner };
	if (map_insert(&a->owners, &o->node))
		return o;
	pool_put(&a->pool, o);
	return NULL;
}

/* False: no memory. */
static bool
count(struct node *n, struct binding *b)
{
	struct anchors *a = n->ha->anchors;
	struct owner *o = b->owner ? owner_get(a, b) : NULL;

	if (b->owner && !o)
		return false;
	if (o)
		o->bindings++;
	a->link[b->link].bindings++;
	b->flags |= BINDING_COUNTED;
	return true;
}

static int
refuse_full(struct node *n, const struct binding *b, bool *full,
	    uint32_t limit, usec_t now)
{
	struct note note = { .code = NOTE_BINDING_LIMIT, .a = b->hoa,
			     .value = limit };

	if (!*full)
		note_put(n, &note, now);
	*full = true;
	return MH_ST_RESOURCES;
}

int
anchor_enter(struct node *n, struct binding *b,
	     const struct conf_home_link *l, const struct iface *i, usec_t now,
	     bool *ret_seen)
{
	struct anchor_count *c = &n->ha->anchors->link[b->link];
	bool seen, said = false;
	struct lladdr ll;
	struct owner *o;

	seen = presence_seen(n, i->ifindex, &b->hoa, now, &ll);
	b->owner = seen ? owner_of(n, &ll) : 0;
	o = seen ? owner_find(n->ha->anchors, b) : NULL;
	if (c->bindings >= l->max_bindings)
		return refuse_full(n, b, &c->full, l->max_bindings, now);
	c->full = false;
	if (o && o->bindings >= l->max_per_link) {
		/* Not more often than other complaints. */
		said = !node_may_answer(n, now);
		return refuse_full(n, b, &said, l->max_per_link, now);
	}
	if (!count(n, b))
		return MH_ST_RESOURCES;
	*ret_seen = seen;
	return 0;
}

void
anchor_adopt(struct node *n, struct binding *b)
{
	if (n->conf->home_link[b->link].anchor && b->state != BINDING_INVALID &&
	    !(b->flags & BINDING_COUNTED))
		count(n, b);
}

void
anchor_leave(struct node *n, struct binding *b)
{
	struct anchors *a = n->ha->anchors;
	struct owner *o = owner_find(a, b);

	if (!(b->flags & BINDING_COUNTED))
		return;
	b->flags &= (uint8_t)~BINDING_COUNTED;
	a->link[b->link].bindings--;
	if (!b->owner || !o || --o->bindings)
		return;
	map_remove(&a->owners, &o->node);
	pool_put(&a->pool, o);
}

/* --- a conflict --------------------------------------------------------- */

/*
 * RFC 6275 has no word for taking back what was acknowledged.  Ours is an
 * acknowledgement with the status that the first one would have had, 134,
 * and the sequence number of the update that it withdraws, authenticated
 * like any other.  Who does not expect it ignores it (11.7.3), and learns
 * the same from the answer to its next update.
 *
 * Under cga nobody can register what another one has formed.  An answer from
 * where the address was seen is then the mobile's own, which was back before
 * its update had arrived: no reason to doubt the address.
 */
void
anchor_on_conflict(struct node *n, struct binding *b, const struct lladdr *by,
		   usec_t now)
{
	struct lladdr ll;
	bool owner = b->flags & BINDING_CGA &&
		presence_seen(n, b->ifindex, &b->hoa, now, &ll) &&
		lladdr_eq(&ll, by);

	if (!owner)
		presence_contest(n, b->ifindex, &b->hoa, now);
	registrar_revoke(n, b, MH_ST_DAD_FAILED, NOTE_DOWN_CONFLICT, now);
}

/* --- show --------------------------------------------------------------- */

void
anchors_show(const struct node *n, struct record_sink *sink)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];
		const struct iface *i = iface_by_name(n, l->ifname);
		struct record r;

		if (!l->anchor)
			continue;
		record_init(&r, "anchor");
		record_str(&r, "interface", l->ifname);
		record_prefix(&r, "prefix", &l->prefix);
		record_uint(&r, "bindings", n->ha->anchors->link[k].bindings);
		record_uint(&r, "limit", l->max_bindings);
		record_uint(&r, "seen",
			    i ? presence_count(n, i->ifindex) : 0);
		sink->put(sink, &r);
	}
}
