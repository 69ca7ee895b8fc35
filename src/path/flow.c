/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - paths and flows in the maps.
 *
 * A path is an index into an array; we remember which key has which index
 * and hand the indexes out again, oldest first, with another tag.  A flow
 * is a hash entry that names an index and its tag.  Moving a mobile is one
 * write of one hash entry, which the kernel does atomically, so that every
 * packet sees the old path or the new one.
 *
 * Flows are not remembered here: the map is the memory.  What the process
 * mentions is stamped with its generation; sync removes other stamps.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/random.h>

/* --- tunnels --- */

static struct local *local_find(struct path *p, const struct in6_addr *a)
{
	struct map_node *n = map_find(&p->locals, a);

	return n ? container_of(n, struct local, node) : NULL;
}

static int local_get(struct path *p, const struct in6_addr *a)
{
	struct local *l = local_find(p, a);
	uint32_t one = 1;
	int err;

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

struct tunnel *tunnel_find(const struct path *p, const struct path_key *key)
{
	struct map_node *n = map_find(&p->tunnels, key);

	return n ? container_of(n, struct tunnel, node) : NULL;
}

static void tunnel_recycle(struct path *p, struct tunnel *t)
{
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
	if (p->next_id > p->max_paths)
		return NULL;
	t = pool_get(&p->tunnel_pool);
	if (t) {
		t->id = p->next_id++;
		t->tag = 1;
	}
	return t;
}

static int tunnel_write(struct path *p, const struct tunnel *t, bool used)
{
	struct pm_path v = {
		.tag = t->tag,
		.used = used,
		.kind = t->key.kind,
		.mtu = t->mtu,
	};

	memcpy(v.local, &t->key.local, sizeof(v.local));
	memcpy(v.remote, &t->key.remote, sizeof(v.remote));
	return bpf_map_update_elem(p->map[MAP_PATHS], &t->id, &v, BPF_ANY);
}

static int tunnel_add(struct path *p, const struct ef_path *ef)
{
	static const struct pm_path_count none;
	struct tunnel *t = tunnel_take(p);
	int err;

	if (!t)
		return -ENOSPC;
	/* field by field: a key may not carry anything in its padding */
	t->key.local = ef->key.local;
	t->key.remote = ef->key.remote;
	t->key.kind = ef->key.kind;
	t->mtu = (uint16_t)ef->mtu;
	t->seen = true;
	err = local_get(p, &t->key.local);
	if (err)
		goto out;
	err = t->tag == 1 ? 0 : bpf_map_update_elem(p->map[MAP_COUNTS], &t->id,
						    &none, BPF_ANY);
	if (!err)
		err = tunnel_write(p, t, true);
	if (!err && !map_insert(&p->tunnels, &t->node))
		err = -ENOMEM;
	if (!err)
		return 0;
	tunnel_write(p, t, false);
	local_put(p, &t->key.local);
out:
	tunnel_recycle(p, t);
	return err;
}

static int tunnel_remove(struct path *p, struct tunnel *t)
{
	int err = tunnel_write(p, t, false);

	if (err)
		return err;
	map_remove(&p->tunnels, &t->node);
	local_put(p, &t->key.local);
	t->tag++;
	if (!t->tag)
		t->tag = 2;
	tunnel_recycle(p, t);
	return 0;
}

/* The MTU changes; what was learned stays unless it is larger. */
static int tunnel_set_mtu(struct path *p, struct tunnel *t, uint16_t mtu)
{
	struct pm_path v;
	int err = bpf_map_lookup_elem(p->map[MAP_PATHS], &t->id, &v);

	if (err)
		return err;
	v.mtu = mtu;
	if (mtu && v.learned >= mtu)
		v.learned = 0;
	err = bpf_map_update_elem(p->map[MAP_PATHS], &t->id, &v, BPF_ANY);
	if (!err)
		t->mtu = mtu;
	return err;
}

int path_set(struct path *p, const struct ef_path *ef)
{
	struct tunnel *t = tunnel_find(p, &ef->key);

	if (!ef->up)
		return t ? tunnel_remove(p, t) : 0;
	if (ef->key.kind != PATH_IP6IP6 || ef->mtu > UINT16_MAX ||
	    (ef->mtu && ef->mtu < 1280) ||
	    !addr_is_routable(&ef->key.local) ||
	    !addr_is_routable(&ef->key.remote))
		return -EINVAL;
	if (!t)
		return tunnel_add(p, ef);
	t->seen = true;
	return ef->mtu == t->mtu ? 0 : tunnel_set_mtu(p, t,
						      (uint16_t)ef->mtu);
}

/* --- shapes --- */

static void mask_of(uint8_t len, uint32_t ret[4])
{
	uint8_t b[16] = { 0 };

	for (int i = 0; i < len / 8; i++)
		b[i] = 0xff;
	if (len % 8)
		b[len / 8] = (uint8_t)(0xff << (8 - len % 8));
	memcpy(ret, b, sizeof(b));
}

static uint8_t sides_of(uint8_t src_len, uint8_t dst_len)
{
	if (!src_len)
		return PM_SIDE_DST;
	return dst_len ? PM_SIDE_BOTH : PM_SIDE_SRC;
}

/* The destination decides before the source, as for routes. */
static bool
more_specific(const struct pm_shape *a, const struct pm_shape *b)
{
	if (a->dst_len != b->dst_len)
		return a->dst_len > b->dst_len;
	return a->src_len > b->src_len;
}

/* Write the table that the programs do not use now, and switch. */
static void shapes_publish(struct path *p)
{
	uint32_t next = !p->cfg->active;
	struct pm_shapes *t = &p->cfg->shapes[next];
	uint32_t n = 0, at;

	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape_use *u = &p->shape[i];
		struct pm_shape s = {
			.id = u->id,
			.sides = sides_of(u->src_len, u->dst_len),
			.src_len = u->src_len,
			.dst_len = u->dst_len,
		};

		if (!u->id)
			continue;
		mask_of(s.src_len, s.src_mask);
		mask_of(s.dst_len, s.dst_mask);
		for (at = n++; at && more_specific(&s, &t->shape[at - 1]); at--)
			t->shape[at] = t->shape[at - 1];
		t->shape[at] = s;
	}
	t->n = n;
	__atomic_store_n(&p->cfg->active, next, __ATOMIC_RELEASE);
}

/* Its number, or -1. */
static int shape_find(const struct path *p, uint8_t src_len, uint8_t dst_len)
{
	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape_use *u = &p->shape[i];

		if (u->id && u->src_len == src_len && u->dst_len == dst_len)
			return i;
	}
	return -1;
}

static int shape_add(struct path *p, uint8_t src_len, uint8_t dst_len)
{
	for (int i = 0; i < PM_SHAPES; i++) {
		if (p->shape[i].id)
			continue;
		p->shape[i] = (struct shape_use){
			.id = p->next_shape++,
			.src_len = src_len,
			.dst_len = dst_len,
		};
		shapes_publish(p);
		return i;
	}
	return -1;
}

static void shape_put(struct path *p, struct shape_use *u)
{
	if (u->flows)
		return;
	u->id = 0;
	shapes_publish(p);
}

/* --- flows --- */

/* Where a flow stands in the maps. */
struct slot {
	enum path_map	map;
	union {
		struct pm_flow1_key	one;
		struct pm_flow2_key	two;
	};
};

static struct slot
slot_of(const struct flow_key *key, const struct shape_use *u)
{
	struct slot s = { .map = MAP_FLOW1 };

	switch ((enum pm_sides)sides_of(key->src.len, key->dst.len)) {
	case PM_SIDE_DST:
		memcpy(s.one.addr, &key->dst.addr, 16);
		s.one.shape = u->id;
		break;
	case PM_SIDE_SRC:
		memcpy(s.one.addr, &key->src.addr, 16);
		s.one.shape = u->id;
		break;
	case PM_SIDE_BOTH:
		s.map = MAP_FLOW2;
		memcpy(s.two.src, &key->src.addr, 16);
		memcpy(s.two.dst, &key->dst.addr, 16);
		s.two.shape = u->id;
		break;
	}
	return s;
}

static struct flow_key key_of(const struct slot *s, const struct shape_use *u)
{
	struct flow_key k = { .src.len = u->src_len, .dst.len = u->dst_len };

	switch ((enum pm_sides)sides_of(u->src_len, u->dst_len)) {
	case PM_SIDE_DST:
		memcpy(&k.dst.addr, s->one.addr, 16);
		break;
	case PM_SIDE_SRC:
		memcpy(&k.src.addr, s->one.addr, 16);
		break;
	case PM_SIDE_BOTH:
		memcpy(&k.src.addr, s->two.src, 16);
		memcpy(&k.dst.addr, s->two.dst, 16);
		break;
	}
	return k;
}

int flow_get(const struct path *p, const struct flow_key *key,
	     struct pm_flow *ret)
{
	int shape = shape_find(p, key->src.len, key->dst.len);
	struct slot s;

	if (shape < 0)
		return -ENOENT;
	s = slot_of(key, &p->shape[shape]);
	return bpf_map_lookup_elem(p->map[s.map], &s.one, ret);
}

static bool key_valid(const struct flow_key *k)
{
	struct prefix s, d;

	/* everything into one path would catch the path's own packets */
	if (k->src.len > 128 || k->dst.len > 128 || !(k->src.len | k->dst.len))
		return false;
	s = prefix_of(&k->src.addr, k->src.len);
	d = prefix_of(&k->dst.addr, k->dst.len);
	return prefix_eq(&s, &k->src) && prefix_eq(&d, &k->dst);
}

static int
flow_value(struct path *p, const struct ef_flow *ef, struct pm_flow *ret)
{
	struct pm_flow v = { .gen = p->gen };
	struct tunnel *t;

	switch (ef->action) {
	case FLOW_PATH:
		t = tunnel_find(p, &ef->path);
		if (!t)
			return -ENOENT;
		v.action = PM_PATH;
		v.path = t->id;
		v.tag = t->tag;
		break;
	case FLOW_HOLD:
		v.action = PM_HOLD;
		if (!ef->path.kind)
			break;
		/* Out not yet, in already. */
		t = tunnel_find(p, &ef->path);
		if (!t)
			return -ENOENT;
		v.path = t->id;
		v.tag = t->tag;
		break;
	case FLOW_BLOCK:
		v.action = PM_BLOCK;
		break;
	}
	*ret = v;
	return 0;
}

static int
flow_write(struct path *p, const struct slot *s, const struct pm_flow *v)
{
	int err = bpf_map_update_elem(p->map[s->map], &s->one, v, BPF_ANY);

	return err == -E2BIG ? -ENOSPC : err;
}

/*
 * The route comes after the flow, so that no packet meets the device
 * without one; and the flow is written again, to remember the route.
 */
static int
flow_route(struct path *p, const struct flow_key *key, const struct slot *s,
	   struct pm_flow *v)
{
	int err = route_set(p, key, true);

	if (err)
		return err == -EALREADY ? 0 : err;
	v->flags |= PM_FLOW_ROUTE;
	return flow_write(p, s, v);
}

static struct shape_use *shape_by_id(struct path *p, uint32_t id)
{
	for (int i = 0; i < PM_SHAPES; i++)
		if (p->shape[i].id == id && id)
			return &p->shape[i];
	return NULL;
}

static int each_one(struct path *p, int (*fn)(void *, const void *,
					      const void *))
{
	return maps_each(p->map[MAP_FLOW1], sizeof(struct pm_flow1_key),
			 sizeof(struct pm_flow), fn, p);
}

static int each_two(struct path *p, int (*fn)(void *, const void *,
					      const void *))
{
	return maps_each(p->map[MAP_FLOW2], sizeof(struct pm_flow2_key),
			 sizeof(struct pm_flow), fn, p);
}

static int
uncover_slot(struct path *p, struct slot *s, uint32_t shape, const void *value)
{
	struct shape_use *u = shape_by_id(p, shape);
	struct flow_key k;
	struct pm_flow v;

	memcpy(&v, value, sizeof(v));
	if (!u || v.flags & PM_FLOW_ROUTE)
		return 0;
	k = key_of(s, u);
	return flow_route(p, &k, s, &v);
}

static int uncover_one(void *arg, const void *key, const void *value)
{
	struct slot s = { .map = MAP_FLOW1 };

	memcpy(&s.one, key, sizeof(s.one));
	return uncover_slot(arg, &s, s.one.shape, value);
}

static int uncover_two(void *arg, const void *key, const void *value)
{
	struct slot s = { .map = MAP_FLOW2 };

	memcpy(&s.two, key, sizeof(s.two));
	return uncover_slot(arg, &s, s.two.shape, value);
}

/* Flows that somebody else's route led to the device may need their own. */
static int flows_uncover(struct path *p)
{
	int err = each_one(p, uncover_one);

	return err ? err : each_two(p, uncover_two);
}

static int flow_remove(struct path *p, const struct flow_key *key)
{
	int shape = shape_find(p, key->src.len, key->dst.len), err;
	struct shape_use *u;
	struct hold *hold;
	struct pm_flow v;
	struct slot s;

	if (shape < 0)
		return 0;
	u = &p->shape[shape];
	s = slot_of(key, u);
	if (bpf_map_lookup_elem(p->map[s.map], &s.one, &v))
		return 0;
	if (v.flags & PM_FLOW_ROUTE)
		route_set(p, key, false);
	err = bpf_map_delete_elem(p->map[s.map], &s.one);
	if (err)
		return err;
	hold = hold_find(p, key);
	if (hold)
		hold_free(p, hold, true);
	u->flows--;
	shape_put(p, u);
	return route_is_cover(key, v.action) ? flows_uncover(p) : 0;
}

/* Write a flow that held so far: what waits goes first (hold.c). */
static int
flow_release(struct path *p, struct hold *h, const struct slot *s,
	     const struct pm_flow *v)
{
	struct pm_flow half = *v;
	int err;

	if (v->action == PM_PATH) {
		half.action = PM_HOLD;
		err = flow_write(p, s, &half);
		if (err)
			return err;
		hold_flush(p, h);
	}
	err = flow_write(p, s, v);
	if (!err)
		hold_free(p, h, v->action != PM_PATH);
	return err;
}

static int
flow_change(struct path *p, const struct flow_key *k, const struct slot *s,
	    const struct pm_flow *v)
{
	struct hold *h = hold_find(p, k);
	int err;

	if (h && v->action != PM_HOLD)
		return flow_release(p, h, s, v);
	if (v->action == PM_HOLD) {
		err = hold_add(p, k);
		if (err)
			return err;
	}
	return flow_write(p, s, v);
}

int path_flow(struct path *p, const struct ef_flow *ef)
{
	const struct flow_key *k = &ef->key;
	struct pm_flow v, was = { 0 };
	struct shape_use *u;
	struct slot s;
	bool known;
	int shape, err;

	if (!key_valid(k))
		return -EINVAL;
	if (!ef->up)
		return flow_remove(p, k);
	err = flow_value(p, ef, &v);
	if (err)
		return err;
	shape = shape_find(p, k->src.len, k->dst.len);
	if (shape < 0)
		shape = shape_add(p, k->src.len, k->dst.len);
	if (shape < 0)
		return -ENOSPC;
	u = &p->shape[shape];
	s = slot_of(k, u);
	known = !bpf_map_lookup_elem(p->map[s.map], &s.one, &was);
	v.flags = was.flags;
	err = flow_change(p, k, &s, &v);
	if (!err && !known)
		u->flows++;
	if (!err && known && route_is_cover(k, was.action) &&
	    !route_is_cover(k, v.action))
		err = flows_uncover(p);
	/* once in each process' life, in case somebody took it away */
	if (!err && (!known || was.gen != p->gen)) {
		err = flow_route(p, k, &s, &v);
		if (err && !known)
			flow_remove(p, k);
	}
	shape_put(p, u);
	return err;
}

/* --- taking over, sync --- */

static int take_tunnel(void *arg, const void *key, const void *value)
{
	struct path *p = arg;
	struct tunnel *t;
	struct pm_path v;
	uint32_t id;

	memcpy(&id, key, sizeof(id));
	memcpy(&v, value, sizeof(v));
	if (!id || !v.tag)
		return 0;
	t = pool_get(&p->tunnel_pool);
	if (!t)
		return -ENOMEM;
	t->id = id;
	t->tag = v.tag;
	t->mtu = v.mtu;
	memcpy(&t->key.local, v.local, sizeof(v.local));
	memcpy(&t->key.remote, v.remote, sizeof(v.remote));
	t->key.kind = v.kind;
	if (p->next_id <= id)
		p->next_id = id + 1;
	if (!v.used) {
		t->tag = t->tag == UINT16_MAX ? 2 : t->tag + 1;
		tunnel_recycle(p, t);
		return 0;
	}
	return map_insert(&p->tunnels, &t->node) ?
		local_get(p, &t->key.local) : -ENOMEM;
}

static void take_shapes(struct path *p)
{
	const struct pm_shapes *t = &p->cfg->shapes[p->cfg->active & 1];

	p->next_shape = 1;
	for (uint32_t i = 0; i < t->n && i < PM_SHAPES; i++) {
		p->shape[i] = (struct shape_use){
			.id = t->shape[i].id,
			.src_len = t->shape[i].src_len,
			.dst_len = t->shape[i].dst_len,
		};
		if (p->next_shape <= t->shape[i].id)
			p->next_shape = t->shape[i].id + 1;
	}
}

static int count_one(void *arg, const void *key, const void *value)
{
	struct pm_flow1_key k;
	struct shape_use *u;

	memcpy(&k, key, sizeof(k));
	u = shape_by_id(arg, k.shape);
	if (u)
		u->flows++;
	return 0;
}

static int count_two(void *arg, const void *key, const void *value)
{
	struct pm_flow2_key k;
	struct shape_use *u;

	memcpy(&k, key, sizeof(k));
	u = shape_by_id(arg, k.shape);
	if (u)
		u->flows++;
	return 0;
}

int flows_open(struct path *p)
{
	uint8_t secret[16];
	int err = 0;

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&p->tunnels, offsetof(struct tunnel, key) -
		 offsetof(struct tunnel, node), TUNNEL_KEY_LEN, secret);
	map_init(&p->locals, offsetof(struct local, addr) -
		 offsetof(struct local, node), 16, secret);
	pool_init(&p->tunnel_pool, sizeof(struct tunnel), p->max_paths);
	pool_init(&p->local_pool, sizeof(struct local), PM_LOCALS);
	p->free_tail = &p->free_head;
	p->next_id = 1;
	take_shapes(p);
	p->gen = ++p->cfg->gen;
	err = maps_each(p->map[MAP_PATHS], sizeof(uint32_t),
			sizeof(struct pm_path), take_tunnel, p);
	if (!err)
		err = each_one(p, count_one);
	if (!err)
		err = each_two(p, count_two);
	return err;
}

void flows_close(struct path *p)
{
	map_fini(&p->tunnels);
	map_fini(&p->locals);
	pool_fini(&p->tunnel_pool);
	pool_fini(&p->local_pool);
}

static int sync_slot(struct path *p, struct slot *s, uint32_t shape,
		     const void *value)
{
	struct shape_use *u = shape_by_id(p, shape);
	struct flow_key k;
	struct pm_flow v;

	memcpy(&v, value, sizeof(v));
	if (v.gen == p->gen)
		return 0;
	if (!u)
		return bpf_map_delete_elem(p->map[s->map], &s->one);
	k = key_of(s, u);
	return flow_remove(p, &k);
}

static int sync_one(void *arg, const void *key, const void *value)
{
	struct slot s = { .map = MAP_FLOW1 };

	memcpy(&s.one, key, sizeof(s.one));
	return sync_slot(arg, &s, s.one.shape, value);
}

static int sync_two(void *arg, const void *key, const void *value)
{
	struct slot s = { .map = MAP_FLOW2 };

	memcpy(&s.two, key, sizeof(s.two));
	return sync_slot(arg, &s, s.two.shape, value);
}

int flows_sync(struct path *p)
{
	struct map_node *n = NULL;
	size_t pos = 0;
	int err = each_one(p, sync_one);

	if (!err)
		err = each_two(p, sync_two);
	while (!err && (n = map_next(&p->tunnels, n, &pos))) {
		struct tunnel *t = container_of(n, struct tunnel, node);

		if (!t->seen)
			err = tunnel_remove(p, t);
	}
	return err;
}
