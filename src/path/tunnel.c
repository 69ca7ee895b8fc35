/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.c - paths, and our ends of them.
 *
 * A path is an index into an array.  The array is mapped here, so that a
 * path is made and unmade by storing into memory: its addresses first,
 * `used' last.  We remember which key has which index and hand indexes out
 * again, oldest first, with another tag, so that neither a flow left
 * behind nor a packet on its way finds somebody else's path under it.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>

/* --- our ends --- */

static struct local *local_find(struct path *p, const struct in6_addr *a)
{
	struct map_node *n = map_find(&p->locals, a);

	return n ? container_of(n, struct local, node) : NULL;
}

bool path_has_end(struct path *p, const struct in6_addr *a)
{
	const struct local *l = local_find(p, a);

	return l && l->used > l->listened;
}

static int local_get(struct path *p, const struct in6_addr *a)
{
	struct local *l = local_find(p, a);
	uint32_t one = 1;
	int err;

	if (addr_is_unspec(a))		/* a correspondent's: no end */
		return 0;
	if (l) {
		l->used++;
		return 0;
	}
	l = pool_get(&p->local_pool);
	if (!l)
		return -ENOSPC;
	l->addr = *a;
	l->used = 1;
	err = map_insert(&p->locals, &l->node) ? 0 : -ENOMEM;
	if (err) {
		pool_put(&p->local_pool, l);
		return err;
	}
	err = bpf_map_update_elem(p->map[MAP_LOCALS], a, &one, BPF_ANY);
	if (err) {
		map_remove(&p->locals, &l->node);
		pool_put(&p->local_pool, l);
	}
	return err;
}

static void local_put(struct path *p, const struct in6_addr *a)
{
	struct local *l = local_find(p, a);

	if (!l || --l->used)
		return;
	bpf_map_delete_elem(p->map[MAP_LOCALS], a);
	map_remove(&p->locals, &l->node);
	pool_put(&p->local_pool, l);
}

int path_listen(struct path *p, const struct in6_addr *a)
{
	struct local *l = local_find(p, a);
	int err;

	if (l && l->listened)
		return 0;
	err = local_get(p, a);
	if (!err)
		local_find(p, a)->listened = true;
	return err;
}

/* --- tunnels --- */

struct tunnel *tunnel_find(const struct path *p, const struct path_key *key)
{
	struct map_node *n = map_find(&p->tunnels, key);

	return n ? container_of(n, struct tunnel, node) : NULL;
}

static void tunnel_recycle(struct path *p, struct tunnel *t)
{
	t->tag = t->tag == UINT16_MAX ? 1 : t->tag + 1;
	t->next_free = NULL;
	*p->free_tail = t;
	p->free_tail = &t->next_free;
}

/* One with an index of its own, or NULL at the limit. */
static struct tunnel *tunnel_take(struct path *p)
{
	struct tunnel *t = p->free_head;

	if (t) {
		p->free_head = t->next_free;
		if (!p->free_head)
			p->free_tail = &p->free_head;
		return t;
	}
	if (maps_reach(p, p->next_id))
		return NULL;
	t = pool_get(&p->tunnel_pool);
	if (t) {
		t->id = p->next_id++;
		t->tag = 1;
	}
	return t;
}

static void tunnel_write(struct path *p, const struct tunnel *t)
{
	struct pm_path *v = &p->paths[t->id];

	memcpy(v->local, &t->key.local, sizeof(v->local));
	memcpy(v->remote, &t->key.remote, sizeof(v->remote));
	v->tag = t->tag;
	v->kind = (uint8_t)t->key.kind;
	v->mtu = t->mtu;
	v->learned = 0;
	p->counts[t->id] = (struct pm_path_count){ 0 };
	__atomic_store_n(&v->used, 1, __ATOMIC_RELEASE);
}

static void tunnel_erase(struct path *p, const struct tunnel *t)
{
	__atomic_store_n(&p->paths[t->id].used, 0, __ATOMIC_RELEASE);
}

static int tunnel_add(struct path *p, const struct ef_path *ef)
{
	struct tunnel *t = tunnel_take(p);
	int err;

	if (!t)
		return -ENOSPC;
	t->key = ef->key;
	t->mtu = (uint16_t)ef->mtu;
	t->seen = true;
	err = local_get(p, &t->key.local);
	if (!err && !map_insert(&p->tunnels, &t->node)) {
		local_put(p, &t->key.local);
		err = -ENOMEM;
	}
	if (err)
		tunnel_recycle(p, t);
	else
		tunnel_write(p, t);
	return err;
}

static void tunnel_remove(struct path *p, struct tunnel *t)
{
	tunnel_erase(p, t);
	map_remove(&p->tunnels, &t->node);
	local_put(p, &t->key.local);
	tunnel_recycle(p, t);
}

/* The MTU changes; what was learned stays unless it is larger. */
static void tunnel_set_mtu(struct path *p, struct tunnel *t, uint16_t mtu)
{
	struct pm_path *v = &p->paths[t->id];

	t->mtu = v->mtu = mtu;
	if (mtu && v->learned >= mtu)
		v->learned = 0;
}

/* They are stored as they are. */
_Static_assert(PATH_IP6IP6 == (int)PM_IP6IP6 &&
	       PATH_MIP6_MN == (int)PM_MIP6_MN &&
	       PATH_MIP6_CN == (int)PM_MIP6_CN, "kinds differ");

static bool path_valid(const struct ef_path *ef)
{
	bool any = ef->key.kind == PATH_MIP6_CN;

	return ef->key.kind >= PATH_IP6IP6 && ef->key.kind <= PATH_MIP6_CN &&
	       ef->mtu <= UINT16_MAX && (!ef->mtu || ef->mtu >= 1280) &&
	       (any ? addr_is_unspec(&ef->key.local) :
		      addr_is_routable(&ef->key.local)) &&
	       addr_is_routable(&ef->key.remote) &&
	       !addr_eq(&ef->key.local, &ef->key.remote);
}

int path_set(struct path *p, const struct ef_path *ef)
{
	struct tunnel *t = tunnel_find(p, &ef->key);

	if (!ef->up) {
		if (t)
			tunnel_remove(p, t);
		return 0;
	}
	if (!path_valid(ef))
		return -EINVAL;
	if (!t)
		return tunnel_add(p, ef);
	t->seen = true;
	if (ef->mtu != t->mtu)
		tunnel_set_mtu(p, t, (uint16_t)ef->mtu);
	return 0;
}

/* --- what an earlier process left --- */

static int tunnel_adopt(struct path *p, uint32_t id)
{
	const struct pm_path *v = &p->paths[id];
	struct tunnel *t;
	int err;

	if (!v->tag)
		return 0;
	t = pool_get(&p->tunnel_pool);
	if (!t)
		return -ENOMEM;
	t->id = id;
	t->tag = v->tag;
	t->mtu = v->mtu;
	memcpy(&t->key.local, v->local, sizeof(v->local));
	memcpy(&t->key.remote, v->remote, sizeof(v->remote));
	t->key.kind = v->kind;
	p->next_id = id + 1;
	if (!v->used) {
		tunnel_recycle(p, t);
		return 0;
	}
	err = local_get(p, &t->key.local);
	if (!err && !map_insert(&p->tunnels, &t->node))
		err = -ENOMEM;
	return err;
}

int tunnels_open(struct path *p, const uint8_t secret[16])
{
	int err = 0;

	map_init(&p->tunnels, offsetof(struct tunnel, key) -
		 offsetof(struct tunnel, node), TUNNEL_KEY_LEN, secret);
	map_init(&p->locals, offsetof(struct local, addr) -
		 offsetof(struct local, node), 16, secret);
	pool_init(&p->tunnel_pool, sizeof(struct tunnel), p->max_paths);
	pool_init(&p->local_pool, sizeof(struct local), PM_LOCALS);
	p->free_tail = &p->free_head;
	p->next_id = 1;
	/* indexes are handed out in order: the first untouched ends them */
	for (uint32_t id = 1; id <= p->max_paths && !err; id++) {
		err = maps_reach(p, id);
		if (err || !p->paths[id].tag)
			break;
		err = tunnel_adopt(p, id);
	}
	return err;
}

void tunnels_sync(struct path *p)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&p->tunnels, n, &pos))) {
		struct tunnel *t = container_of(n, struct tunnel, node);

		if (!t->seen)
			tunnel_remove(p, t);
	}
}

void tunnels_close(struct path *p)
{
	map_fini(&p->tunnels);
	map_fini(&p->locals);
	pool_fini(&p->tunnel_pool);
	pool_fini(&p->local_pool);
}
