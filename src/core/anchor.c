/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anchor.c - see anchor.h.
 *
 * An access anchor is a home link like any other, with two things of its
 * own.  Its addresses belong to whoever formed them on the link, so there are
 * limits: of bindings for the anchor, of bindings for one link-layer
 * address, and of bindings at one care-of address.  And it need not make its mobiles wait: RFC 6275 10.3.1 wants
 * Duplicate Address Detection before the acknowledgement, but an address
 * that this router has itself seen alive on the link a while ago has passed
 * it there already (doc/access-anchor.md).  It is served at once, asked for
 * meanwhile, and revoked when somebody answers.
 *
 * The addresses that a binding counts for are kept in the binding as keyed
 * hashes: four octets instead of nine or sixteen in each of a million, and the
 * same over a restart.
 */
#include "core/anchor.h"
#include "core/ha.h"
#include "core/presence.h"

#include <errno.h>
#include <stdlib.h>

/* What bindings are counted by, beside their anchor. */
enum owner_kind { OWNER_LL, OWNER_CAREOF, OWNER_KINDS };

struct owner_key {			/* no padding */
	uint16_t	link, kind;
	uint32_t	owner;
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
hash_of(const struct node *n, const void *p, size_t len)
{
	struct { uint8_t len, b[16]; } key = { .len = (uint8_t)len };

	memcpy(key.b, p, len);
	return (uint32_t)siphash13(n->secret, &key, 1 + len) | 1;
}

static uint32_t
ll_hash(const struct node *n, const struct lladdr *ll)
{
	return hash_of(n, ll->b, ll->len);
}

static uint32_t
careof_hash(const struct node *n, const struct in6_addr *coa)
{
	return hash_of(n, coa->s6_addr, sizeof(coa->s6_addr));
}

/* By whom a binding is counted. */
static uint32_t *
owner_slot(struct binding *b, enum owner_kind kind)
{
	return kind == OWNER_LL ? &b->owner : &b->careof;
}

static struct owner *
owner_find(const struct anchors *a, uint16_t link, enum owner_kind kind,
	   uint32_t owner)
{
	struct owner_key key = { link, (uint16_t)kind, owner };
	struct map_node *m = map_find(&a->owners, &key);

	return m ? container_of(m, struct owner, node) : NULL;
}

/* One more; false: no memory. */
static bool
owner_add(struct anchors *a, const struct binding *b, enum owner_kind kind,
	  uint32_t owner)
{
	struct owner *o = owner_find(a, b->link, kind, owner);

	if (!o) {
		o = pool_get(&a->pool);
		if (!o)
			return false;
		o->key = (struct owner_key){ b->link, (uint16_t)kind, owner };
		if (!map_insert(&a->owners, &o->node)) {
			pool_put(&a->pool, o);
			return false;
		}
	}
	o->bindings++;
	return true;
}

static void
owner_drop(struct anchors *a, const struct binding *b, enum owner_kind kind,
	   uint32_t owner)
{
	struct owner *o = owner ? owner_find(a, b->link, kind, owner) : NULL;

	if (!o || --o->bindings)
		return;
	map_remove(&a->owners, &o->node);
	pool_put(&a->pool, o);
}

/* Both or neither; false: no memory. */
static bool
count(struct node *n, struct binding *b)
{
	struct anchors *a = n->ha->anchors;
	bool good[OWNER_KINDS], all = true;

	for (unsigned k = 0; k < OWNER_KINDS; k++) {
		uint32_t owner = *owner_slot(b, k);

		good[k] = !owner || owner_add(a, b, k, owner);
		all = all && good[k];
	}
	for (unsigned k = 0; k < OWNER_KINDS && !all; k++)
		if (good[k])
			owner_drop(a, b, k, *owner_slot(b, k));
	if (!all)
		return false;
	a->link[b->link].bindings++;
	b->flags |= BINDING_COUNTED;
	return true;
}

static void
refuse_full(struct node *n, const struct in6_addr *hoa, bool *full,
	    uint32_t limit, usec_t now)
{
	struct note note = { .code = NOTE_BINDING_LIMIT, .a = *hoa,
			     .value = limit };

	if (!*full)
		note_put(n, &note, now);
	*full = true;
}

/* Has one of them all that it may have?  The note is not given more often
 * than other complaints. */
static bool
owner_full(struct node *n, const struct in6_addr *hoa, const struct owner *o,
	   uint32_t limit, usec_t now)
{
	bool said;

	if (!o || o->bindings < limit)
		return false;
	said = !node_may_tell(n, now);
	refuse_full(n, hoa, &said, limit, now);
	return true;
}

bool
anchor_has_room_at(struct node *n, const struct registration *rq, usec_t now)
{
	const struct conf_home_link *l = &n->conf->home_link[rq->link];
	const struct binding *b = rq->b;
	uint32_t careof = careof_hash(n, &rq->coa);

	if (b && b->flags & BINDING_COUNTED && b->careof == careof)
		return true;
	return !owner_full(n, &rq->hoa, owner_find(n->ha->anchors, rq->link,
			   OWNER_CAREOF, careof), l->max_per_careof, now);
}

int
anchor_enter(struct node *n, struct binding *b, const struct in6_addr *coa,
	     const struct conf_home_link *l, const struct iface *i, usec_t now,
	     bool *ret_seen)
{
	struct anchor_count *c = &n->ha->anchors->link[b->link];
	struct lladdr ll;
	bool seen = presence_seen(n, i->ifindex, &b->hoa, now, &ll);

	b->owner = seen ? ll_hash(n, &ll) : 0;
	b->careof = careof_hash(n, coa);
	if (c->bindings >= l->max_bindings) {
		refuse_full(n, &b->hoa, &c->full, l->max_bindings, now);
		return MH_ST_RESOURCES;
	}
	c->full = false;
	if (seen && owner_full(n, &b->hoa, owner_find(n->ha->anchors, b->link,
			       OWNER_LL, b->owner), l->max_per_link, now))
		return MH_ST_RESOURCES;
	if (!count(n, b))
		return MH_ST_RESOURCES;
	*ret_seen = seen;
	return 0;
}

void
anchor_move(struct node *n, struct binding *b)
{
	struct anchors *a = n->ha->anchors;
	struct in6_addr coa, local;
	uint32_t careof;

	if (!(b->flags & BINDING_COUNTED))
		return;
	binding_path(b, &coa, &local);
	careof = careof_hash(n, &coa);
	if (careof == b->careof)
		return;
	owner_drop(a, b, OWNER_CAREOF, b->careof);
	b->careof = owner_add(a, b, OWNER_CAREOF, careof) ? careof : 0;
}

void
anchor_adopt(struct node *n, struct binding *b)
{
	struct in6_addr coa, local;

	if (!n->conf->home_link[b->link].anchor ||
	    b->state == BINDING_INVALID || b->flags & BINDING_COUNTED)
		return;
	binding_path(b, &coa, &local);
	b->careof = careof_hash(n, &coa);
	count(n, b);
}

void
anchor_leave(struct node *n, struct binding *b)
{
	struct anchors *a = n->ha->anchors;

	if (!(b->flags & BINDING_COUNTED))
		return;
	b->flags &= (uint8_t)~BINDING_COUNTED;
	a->link[b->link].bindings--;
	for (unsigned k = 0; k < OWNER_KINDS; k++)
		owner_drop(a, b, k, *owner_slot(b, k));
}

/* --- a conflict --------------------------------------------------------- */

/*
 * RFC 6275 has no word for taking back what was acknowledged.  Ours is an
 * acknowledgement with the status that the first one would have had, 134,
 * and the sequence number of the update that it withdraws, authenticated
 * like any other.  Who does not expect it ignores it (11.7.3), and learns
 * the same from the answer to its next update.
 *
 * Under cga nobody can register what another one has formed, so there is nobody
 * to be kept from trying again.  Who answers is mostly the mobile itself, which
 * was back before its update had arrived, perhaps by another interface: no
 * reason to doubt the address.
 */
void
anchor_on_conflict(struct node *n, struct binding *b, usec_t now)
{
	if (!(b->flags & BINDING_CGA))
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
