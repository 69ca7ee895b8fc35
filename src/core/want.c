/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * want.c - the keyed objects that shall be: addresses, routes, flows,
 * proxies and resolvers of this node, and the types of its addresses.
 *
 * A part says what it wants as often as it likes; an effect comes of it
 * only when that is new or different.  What is no longer wanted is told
 * once, as its removal, and forgotten.  (A home agent's million bindings
 * do not live here: they are their own objects, registrar.c.)  A gateway has a
 * flow for each of its mobiles, so they are found by a hash of the key.
 */
#include "core/node.h"

#include <stdlib.h>

#define WANT_SAY	0x1

struct want_key {			/* no padding */
	uint32_t	kind, ifindex;
	struct in6_addr	a, b, c;
	uint32_t	alen, blen;
};

struct want {
	struct map_node	node;
	struct want_key	key;
	struct list	all;		/* as they came: walks are in order */
	struct wish	wish;
	bool		said;		/* its being up was told */
	struct effect	ef;		/* what its kind has of it */
};

/* The member's size: no need to copy the packet of a SEND around. */
static size_t
want_size(enum effect_kind kind)
{
	static const size_t sizes[] = {
		[EF_ADDRESS]	= sizeof(struct ef_address),
		[EF_ROUTE]	= sizeof(struct ef_route),
		[EF_FLOW]	= sizeof(struct ef_flow),
		[EF_PROXY]	= sizeof(struct ef_proxy),
		[EF_ANYCAST]	= sizeof(struct ef_anycast),
		[EF_GROUP]	= sizeof(struct ef_group),
		[EF_DNS]	= sizeof(struct ef_dns),
		[EF_OWNED]	= sizeof(struct ef_owned),
		[EF_CURRENT]	= sizeof(struct ef_current),
	};
	return sizes[kind];
}

/* What makes two of them the same object; what a kind does not have is zero. */
static struct want_key
key_of(const struct effect *e)
{
	struct want_key k = { .kind = e->kind };

	switch (e->kind) {
	case EF_ADDRESS:
		k.ifindex = e->address.key.ifindex;
		k.a = e->address.key.addr;
		break;
	case EF_PROXY:
		k.ifindex = e->proxy.key.ifindex;
		k.a = e->proxy.key.addr;
		break;
	case EF_ANYCAST:
		k.ifindex = e->anycast.key.ifindex;
		k.a = e->anycast.key.addr;
		break;
	case EF_GROUP:
		k.ifindex = e->group.key.ifindex;
		k.a = e->group.key.addr;
		break;
	case EF_ROUTE:
		k.ifindex = e->route.ifindex;
		k.a = e->route.dst.addr;
		k.alen = e->route.dst.len;
		k.b = e->route.gateway;
		k.c = e->route.src.addr;
		k.blen = e->route.src.len;
		break;
	case EF_FLOW:
		k.a = e->flow.key.src.addr;
		k.alen = e->flow.key.src.len;
		k.b = e->flow.key.dst.addr;
		k.blen = e->flow.key.dst.len;
		k.ifindex = e->flow.key.cn;
		break;
	case EF_OWNED:
		k.a = e->owned.addr;
		break;
	case EF_CURRENT:
		k.ifindex = e->current.type;
		break;
	case EF_DNS:
		k.ifindex = e->dns.ifindex;
		break;
	case EF_SEND:
	case EF_PATH:
	case EF_REPLY:
	case EF_ABORT:
	case EF_STORE:
	case EF_SYNC:
	case EF_NOTE:
		break;		/* never wanted */
	}
	return k;
}

static bool
path_key_eq(const struct path_key *a, const struct path_key *b)
{
	return a->kind == b->kind && addr_eq(&a->local, &b->local) &&
	       addr_eq(&a->remote, &b->remote);
}

static bool
same_dns(const struct ef_dns *a, const struct ef_dns *b)
{
	if (a->n != b->n || strcmp(a->domains, b->domains))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!addr_eq(&a->server[i], &b->server[i]))
			return false;
	return true;
}

/* With equal keys: is what shall be the same too? */
static bool
same_value(const struct effect *a, const struct effect *b)
{
	if (a->kind == EF_ADDRESS)
		return a->address.plen == b->address.plen &&
		       a->address.valid == b->address.valid &&
		       a->address.preferred == b->address.preferred &&
		       a->address.nodad == b->address.nodad &&
		       a->address.optimistic == b->address.optimistic &&
		       a->address.noprefixroute == b->address.noprefixroute;
	if (a->kind == EF_ROUTE)
		return a->route.metric == b->route.metric &&
		       a->route.mtu == b->route.mtu;
	if (a->kind == EF_FLOW)
		return a->flow.action == b->flow.action &&
		       a->flow.watch == b->flow.watch &&
		       a->flow.direct == b->flow.direct &&
		       a->flow.any_end == b->flow.any_end &&
		       a->flow.access.ifindex == b->flow.access.ifindex &&
		       a->flow.access.local == b->flow.access.local &&
		       lladdr_eq(&a->flow.access.ll, &b->flow.access.ll) &&
		       path_key_eq(&a->flow.path, &b->flow.path);
	if (a->kind == EF_DNS)
		return same_dns(&a->dns, &b->dns);
	if (a->kind == EF_OWNED)
		return a->owned.type == b->owned.type &&
		       a->owned.cga == b->owned.cga;
	if (a->kind == EF_CURRENT)
		return a->current.provided == b->current.provided &&
		       addr_eq(&a->current.addr, &b->current.addr);
	return true;
}

static bool
is_up(const struct effect *e)
{
	if (e->kind == EF_ADDRESS)
		return e->address.up;
	if (e->kind == EF_ROUTE)
		return e->route.up;
	if (e->kind == EF_FLOW)
		return e->flow.up;
	if (e->kind == EF_PROXY)
		return e->proxy.up;
	if (e->kind == EF_ANYCAST)
		return e->anycast.up;
	if (e->kind == EF_GROUP)
		return e->group.up;
	if (e->kind == EF_OWNED)
		return e->owned.up;
	if (e->kind == EF_CURRENT)
		return e->current.provided;
	return e->dns.n || e->dns.domains[0];
}

static void
copy(struct effect *to, const struct effect *from)
{
	to->kind = from->kind;
	memcpy(&to->address, &from->address, want_size(from->kind));
}

static struct want *
find(const struct node *n, const struct effect *key)
{
	struct want_key k = key_of(key);
	struct map_node *m = map_find(&n->wants, &k);

	return m ? container_of(m, struct want, node) : NULL;
}

const struct effect *
want_find(const struct node *n, const struct effect *key)
{
	struct want *w = find(n, key);

	return w && is_up(&w->ef) ? &w->ef : NULL;
}

static void
want_free(struct node *n, struct want *w)
{
	map_remove(&n->wants, &w->node);
	wish_drop(&w->wish);
	list_del(&w->all);
	free(w);
}

static struct want *
want_new(struct node *n, const struct effect *e)
{
	/* Not the whole of an effect: there may be many. */
	struct want *w = calloc(1, offsetof(struct want, ef.address) +
				   want_size(e->kind));

	if (!w)
		return NULL;
	w->key = key_of(e);
	if (!map_insert(&n->wants, &w->node)) {
		free(w);
		return NULL;
	}
	wish_init(&w->wish, WISH_WANT);
	list_init(&w->all);
	list_append(&n->wanted, &w->all);
	return w;
}

void
want(struct node *n, const struct effect *e)
{
	struct want *w = find(n, e);

	if (!w && !is_up(e))
		return;
	if (w && is_up(&w->ef) == is_up(e) && same_value(&w->ef, e))
		return;
	if (!w) {
		w = want_new(n, e);
		if (!w)
			return;
	} else if (!is_up(e) && !w->said) {
		want_free(n, w);		/* came and went unseen */
		return;
	}
	copy(&w->ef, e);
	wish_add(n, &w->wish, WANT_SAY);
	/* Behind what was said before it goes (the end of its sockets, the
	 * flow that takes its packets), whenever it got on the list. */
	if (!is_up(e))
		list_append(&n->wishes, &w->wish.l);
}

void
want_repeat(struct node *n, const struct effect *key)
{
	struct want *w = find(n, key);

	if (w && is_up(&w->ef))
		wish_add(n, &w->wish, WANT_SAY);
}

static uint32_t
ifindex_of(const struct effect *e)
{
	if (e->kind == EF_ADDRESS)
		return e->address.key.ifindex;
	if (e->kind == EF_ROUTE)
		return e->route.ifindex;
	if (e->kind == EF_PROXY)
		return e->proxy.key.ifindex;
	if (e->kind == EF_ANYCAST)
		return e->anycast.key.ifindex;
	if (e->kind == EF_GROUP)
		return e->group.key.ifindex;
	return e->kind == EF_DNS ? e->dns.ifindex : IFINDEX_PATH;
}

void
wants_repeat(struct node *n, uint32_t ifindex)
{
	list_each(l, &n->wanted) {
		struct want *w = container_of(l, struct want, all);

		if (ifindex_of(&w->ef) == ifindex && is_up(&w->ef))
			wish_add(n, &w->wish, WANT_SAY);
	}
}

bool
want_build(struct node *n, struct wish *wish, struct effect *ret)
{
	struct want *w = container_of(wish, struct want, wish);

	wish->dirty = 0;
	copy(ret, &w->ef);
	w->said = is_up(&w->ef);
	if (!w->said)
		want_free(n, w);
	return true;
}

void
wants_init(struct node *n)
{
	list_init(&n->wanted);
	map_init(&n->wants, offsetof(struct want, key) -
		 offsetof(struct want, node), sizeof(struct want_key),
		 n->secret);
}

void
wants_free(struct node *n)
{
	list_each(l, &n->wanted)
		want_free(n, container_of(l, struct want, all));
	map_fini(&n->wants);
}

/* Everything that was said or is about to be, as its removal. */
void
wants_withdraw(struct node *n)
{
	list_each(l, &n->wanted) {
		struct want *w = container_of(l, struct want, all);
		struct effect down;

		copy(&down, &w->ef);
		if (down.kind == EF_ADDRESS)
			down.address.up = false;
		else if (down.kind == EF_ROUTE)
			down.route.up = false;
		else if (down.kind == EF_FLOW)
			down.flow.up = false;
		else if (down.kind == EF_PROXY)
			down.proxy.up = false;
		else if (down.kind == EF_ANYCAST)
			down.anycast.up = false;
		else if (down.kind == EF_GROUP)
			down.group.up = false;
		else if (down.kind == EF_OWNED)
			down.owned.up = false;
		else if (down.kind == EF_CURRENT)
			down.current = (struct ef_current){
				.type = w->ef.current.type };
		else
			down.dns = (struct ef_dns){
				.ifindex = w->ef.dns.ifindex };
		want(n, &down);
	}
}
