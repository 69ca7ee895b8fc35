/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.c - paths, shared by whoever uses the same two ends.
 *
 * A mobile with three home addresses has three bindings and one path.  The
 * path is told up when its first user comes and down when its last one has
 * gone; the removal waits behind the flows that still point to it, because
 * its wish joins the list after theirs.
 */
#include "core/node.h"

static struct tunnel *
tunnel_of(struct map_node *m)
{
	return m ? container_of(m, struct tunnel, node) : NULL;
}

void
tunnels_init(struct node *n)
{
	map_init(&n->tunnels, offsetof(struct tunnel, key) -
		 offsetof(struct tunnel, node), sizeof(struct path_key),
		 n->secret);
	pool_init(&n->tunnel_pool, sizeof(struct tunnel), UINT32_MAX);
}

void
tunnels_fini(struct node *n)
{
	map_fini(&n->tunnels);
	pool_fini(&n->tunnel_pool);
}

struct tunnel *
tunnel_get(struct node *n, const struct path_key *key)
{
	struct tunnel *t = tunnel_of(map_find(&n->tunnels, key));

	if (t) {
		if (!t->users++) {
			t->wish.dirty &= (uint16_t)~TUNNEL_DOWN;
			if (!t->wish.dirty)
				list_del(&t->wish.l);
		}
		return t;
	}
	t = pool_get(&n->tunnel_pool);
	if (!t)
		return NULL;
	t->key = *key;
	t->users = 1;
	wish_init(&t->wish, WISH_TUNNEL);
	if (!map_insert(&n->tunnels, &t->node)) {
		pool_put(&n->tunnel_pool, t);
		return NULL;
	}
	wish_add(n, &t->wish, TUNNEL_UP);
	return t;
}

struct tunnel *
tunnel_put(struct node *n, struct tunnel *t)
{
	if (t && !--t->users) {
		wish_add(n, &t->wish, TUNNEL_DOWN);
		/* Behind the flows that leave it, whenever it got there. */
		list_append(&n->wishes, &t->wish.l);
	}
	return NULL;
}

void
tunnel_mtu(struct node *n, const struct ev_mtu *ev)
{
	struct tunnel *t = tunnel_of(map_find(&n->tunnels, &ev->path));

	if (t)
		t->mtu = ev->mtu;
}

bool
tunnel_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct tunnel *t = container_of(w, struct tunnel, wish);
	bool up = w->dirty & TUNNEL_UP;

	w->dirty &= (uint16_t)~(up ? TUNNEL_UP : TUNNEL_DOWN);
	ret->kind = EF_PATH;
	ret->path = (struct ef_path){ .up = up, .key = t->key, .mtu = t->mtu };
	if (!t->users && !w->dirty) {
		map_remove(&n->tunnels, &t->node);
		pool_put(&n->tunnel_pool, t);
	}
	return true;
}

bool
tunnels_show(const struct node *n, struct cursor *c, struct record_sink *sink)
{
	struct map_node *m = c->last;

	for (int i = 0; i < 64; i++) {
		struct record r;
		struct tunnel *t;

		m = map_next(&n->tunnels, m, &c->pos);
		if (!m)
			return false;
		t = tunnel_of(m);
		record_init(&r, "path");
		record_addr(&r, "local", &t->key.local);
		record_addr(&r, "remote", &t->key.remote);
		record_uint(&r, "users", t->users);
		if (t->mtu)
			record_uint(&r, "mtu", t->mtu);
		sink->put(sink, &r);
	}
	c->last = m;
	return true;
}
