/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - flows in the maps.
 *
 * A flow is a hash entry that names a path by its index and tag.  Moving a
 * mobile is one write of one entry, which the kernel does atomically, so
 * that every packet sees the old path or the new one.
 *
 * Flows are not remembered here: the map is the memory.  What the process
 * mentions is stamped with its generation; sync removes other stamps.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <time.h>

/* Where a flow stands in the maps. */
struct slot {
	enum path_map	map;
	union {
		struct pm_flow1_key	one;
		struct pm_flow2_key	two;
	};
};

static struct slot slot_of(const struct flow_key *key, uint32_t shape)
{
	struct slot s = { .map = MAP_FLOW1 };

	switch (shape_sides(key->src.len, key->dst.len)) {
	case PM_SIDE_DST:
		memcpy(s.one.addr, &key->dst.addr, 16);
		s.one.shape = shape;
		break;
	case PM_SIDE_SRC:
		memcpy(s.one.addr, &key->src.addr, 16);
		s.one.shape = shape;
		break;
	case PM_SIDE_BOTH:
		s.map = MAP_FLOW2;
		memcpy(s.two.src, &key->src.addr, 16);
		memcpy(s.two.dst, &key->dst.addr, 16);
		s.two.shape = shape;
		break;
	}
	return s;
}

static uint32_t slot_shape(const struct slot *s)
{
	return s->map == MAP_FLOW1 ? s->one.shape : s->two.shape;
}

static struct flow_key key_of(const struct slot *s, const struct shape *u)
{
	struct flow_key k = { .src.len = u->src_len, .dst.len = u->dst_len,
			      .cn = u->cn };

	switch (shape_sides(u->src_len, u->dst_len)) {
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

static int
slot_read(const struct path *p, const struct slot *s, struct pm_flow *ret)
{
	return bpf_map_lookup_elem(p->map[s->map], &s->one, ret);
}

static int
slot_write(struct path *p, const struct slot *s, const struct pm_flow *v)
{
	int err = bpf_map_update_elem(p->map[s->map], &s->one, v, BPF_ANY);

	return err == -E2BIG ? -ENOSPC : err;
}

static int slot_delete(struct path *p, const struct slot *s)
{
	return bpf_map_delete_elem(p->map[s->map], &s->one);
}

typedef int (*slot_fn)(struct path *, const struct slot *,
		       const struct pm_flow *);

struct each {
	struct path	*p;
	enum path_map	map;
	slot_fn		fn;
};

static int each_entry(void *arg, const void *key, const void *value)
{
	const struct each *e = arg;
	struct slot s = { .map = e->map };
	struct pm_flow v;

	if (e->map == MAP_FLOW1)
		memcpy(&s.one, key, sizeof(s.one));
	else
		memcpy(&s.two, key, sizeof(s.two));
	memcpy(&v, value, sizeof(v));
	return e->fn(e->p, &s, &v);
}

/* All flows; `fn' may write and delete them. */
static int slots_each(struct path *p, slot_fn fn)
{
	struct each one = { p, MAP_FLOW1, fn }, two = { p, MAP_FLOW2, fn };
	int err = maps_each(p->map[MAP_FLOW1], sizeof(struct pm_flow1_key),
			    sizeof(struct pm_flow), each_entry, &one);

	return err ? err : maps_each(p->map[MAP_FLOW2],
				     sizeof(struct pm_flow2_key),
				     sizeof(struct pm_flow), each_entry, &two);
}

int flow_get(const struct path *p, const struct flow_key *key,
	     struct pm_flow *ret)
{
	int n = shape_find(p, key);
	struct slot s;

	if (n < 0)
		return -ENOENT;
	s = slot_of(key, p->shape[n].id);
	return slot_read(p, &s, ret);
}

bool flow_at(const struct path *p, const struct flow_key *key,
	     struct pm_flow1_key *ret)
{
	int n = shape_find(p, key);
	struct slot s;

	if (n < 0)
		return false;
	s = slot_of(key, p->shape[n].id);
	*ret = s.one;
	return s.map == MAP_FLOW1;
}

uint32_t flow_path(const struct path *p, const struct pm_flow *f)
{
	return f->path && f->path < p->mapped && p->paths[f->path].used &&
	       p->paths[f->path].tag == f->tag ? f->path : 0;
}

int flow_match(const struct path *p, const struct in6_addr *src,
	       const struct in6_addr *dst, bool tunnel, struct pm_flow *ret)
{
	const struct pm_shapes *t = &p->cfg->shapes[p->cfg->active & 1];

	for (uint32_t i = 0; i < t->n && i < PM_SHAPES; i++) {
		struct flow_key k = {
			.src = prefix_of(src, t->shape[i].src_len),
			.dst = prefix_of(dst, t->shape[i].dst_len),
			.cn = t->shape[i].cn,
		};
		struct pm_flow f;
		uint32_t id;

		if (flow_get(p, &k, &f))
			continue;
		id = flow_path(p, &f);
		if (tunnel && id && p->paths[id].kind != PM_IP6IP6)
			continue;
		*ret = f;
		return 0;
	}
	return -ENOENT;
}

/* --- routes --- */

/* A correspondent's: only our own packets are led to the device. */
static bool is_own(const struct path *p, const struct pm_flow *v)
{
	uint32_t id = flow_path(p, v);

	return id && p->paths[id].kind == PM_MIP6_CN;
}

/* Remove the route that the flow has. */
static void
flow_unroute(struct path *p, const struct flow_key *key, uint8_t flags)
{
	if (flags & PM_FLOW_OWN)
		route_put_own(p, &key->dst.addr);
	else if (flags & PM_FLOW_ROUTE)
		route_set(p, key, false);
}

/*
 * The route comes after the flow, so that no packet meets the device
 * without one; and the flow is written again, to remember the route.
 */
static int
flow_route(struct path *p, const struct flow_key *key, const struct slot *s,
	   const struct pm_flow *v)
{
	const uint8_t both = PM_FLOW_ROUTE | PM_FLOW_OWN;
	uint8_t flags = is_own(p, v) ? both : PM_FLOW_ROUTE;
	struct pm_flow with = *v;
	int err = flags == both ?
		route_get_own(p, &key->dst.addr, v->flags & PM_FLOW_OWN) :
		route_set(p, key, true);

	if (err == -EALREADY)		/* a wider one leads there */
		flags = err = 0;
	if (err)
		return err;
	if (with.flags & both && (with.flags & both) != flags)
		flow_unroute(p, key, with.flags);
	with.flags = (uint8_t)((with.flags & ~both) | flags);
	err = slot_write(p, s, &with);
	if (err && flags & PM_FLOW_OWN && !(v->flags & PM_FLOW_OWN))
		route_put_own(p, &key->dst.addr);
	return err;
}

static int
uncover(struct path *p, const struct slot *s, const struct pm_flow *v)
{
	int n = shape_by_id(p, slot_shape(s));
	struct flow_key k;

	if (n < 0 || v->flags & (PM_FLOW_ROUTE | PM_FLOW_ACCESS))
		return 0;
	k = key_of(s, &p->shape[n]);
	return flow_route(p, &k, s, v);
}

/* --- setting and removing --- */

static int flow_remove(struct path *p, const struct flow_key *key)
{
	int n = shape_find(p, key), err;
	uint32_t access = 0;
	struct hold *hold;
	struct pm_flow v;
	struct slot s;

	if (n < 0)
		return 0;
	s = slot_of(key, p->shape[n].id);
	if (slot_read(p, &s, &v))
		return 0;
	if (v.flags & PM_FLOW_ACCESS)
		access = access_unset(p, &s.one);
	flow_unroute(p, key, v.flags);
	err = slot_delete(p, &s);
	if (err)
		return err;
	if (access)
		access_route(p, false, &key->src, access, false);
	hold = hold_find(p, key);
	if (hold)
		hold_free(p, hold, true);
	p->shape[n].flows--;
	shape_put(p, n);
	if (v.flags & PM_FLOW_ACCESS)		/* it led nothing there */
		return 0;
	/* what this one led to the device may need a route of its own */
	return route_is_cover(key, v.action) ? slots_each(p, uncover) : 0;
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
		err = slot_write(p, s, &half);
		if (err)
			return err;
		hold_flush(p, h);
	}
	err = slot_write(p, s, v);
	if (!err)
		hold_free(p, h, v->action != PM_PATH);
	return err;
}

static int
flow_write(struct path *p, const struct flow_key *k, const struct slot *s,
	   const struct pm_flow *v)
{
	struct hold *h = hold_find(p, k);
	int err = 0;

	if (h && v->action != PM_HOLD)
		return flow_release(p, h, s, v);
	if (v->action == PM_HOLD)
		err = hold_add(p, k);
	return err ? err : slot_write(p, s, v);
}

static bool key_valid(const struct flow_key *k)
{
	struct prefix s, d;

	if (k->cn && (k->src.len != 128 || k->dst.len != 128))
		return false;
	/* everything into one path would catch the path's own packets */
	if (k->src.len > 128 || k->dst.len > 128 || !(k->src.len | k->dst.len))
		return false;
	s = prefix_of(&k->src.addr, k->src.len);
	d = prefix_of(&k->dst.addr, k->dst.len);
	return prefix_eq(&s, &k->src) && prefix_eq(&d, &k->dst);
}

/* Is this a flow that a path of this kind can carry (effect.h)? */
static bool kind_valid(const struct ef_flow *ef, const struct path_key *path)
{
	const struct flow_key *k = &ef->key;

	switch ((enum path_kind)path->kind) {
	case PATH_IP6IP6:
		return !k->cn && (!ef->direct ||
				  (!k->src.len && k->dst.len == 128) ||
				  (k->src.len == 128 && !k->dst.len));
	case PATH_MIP6_MN:
		return !k->cn && k->src.len == 128 && k->dst.len == 128 &&
		       addr_eq(&k->dst.addr, &path->remote);
	case PATH_MIP6_CN:
		return k->cn && !addr_eq(&k->dst.addr, &path->remote);
	}
	return false;
}

static bool access_valid(const struct ef_flow *ef)
{
	return !ef->access.ifindex ||
	       (ef->key.src.len && !ef->key.dst.len && !ef->direct &&
		(!ef->access.ll.len || ef->access.ll.len == 6));
}

static uint8_t flags_of(const struct ef_flow *ef)
{
	uint8_t flags = ef->watch ? PM_FLOW_WATCH : 0;

	if (ef->any_end)
		flags |= PM_FLOW_ANY_END;
	if (ef->direct)
		flags |= ef->key.src.len ? PM_FLOW_TO_END : PM_FLOW_FROM_END;
	return flags;
}

static int
flow_value(struct path *p, const struct ef_flow *ef, struct pm_flow *ret)
{
	static const uint8_t action[] = {
		[FLOW_PATH] = PM_PATH,
		[FLOW_HOLD] = PM_HOLD,
		[FLOW_BLOCK] = PM_BLOCK,
	};
	struct pm_flow v = { .gen = p->gen, .action = action[ef->action] };
	const struct tunnel *t;

	/* a flow on hold may take from a path already what comes in */
	if (ef->action == FLOW_PATH ||
	    (ef->action == FLOW_HOLD && ef->path.kind)) {
		if (!kind_valid(ef, &ef->path))
			return -EINVAL;
		t = tunnel_find(p, &ef->path);
		if (!t)
			return -ENOENT;
		v.path = t->id;
		v.tag = t->tag;
		v.flags = flags_of(ef);
	}
	if (ef->access.ifindex)
		v.flags |= PM_FLOW_ACCESS;
	*ret = v;
	return 0;
}

/* Instead of a route of its own: that to the mobile, and the filter. */
static int
flow_access(struct path *p, const struct flow_key *k, const struct slot *s,
	    struct pm_flow *v, const struct flow_access *a)
{
	const uint8_t routes = PM_FLOW_ROUTE | PM_FLOW_OWN;

	if (v->flags & routes) {		/* it was another kind */
		flow_unroute(p, k, v->flags & routes);
		v->flags = (uint8_t)(v->flags & ~routes);
		slot_write(p, s, v);
	}
	return access_set(p, &s->one, a);
}

/* Its value is `v', it was `was' when it was known. */
static int
flow_set(struct path *p, const struct flow_key *k, int n, struct pm_flow *v,
	 const struct flow_access *access)
{
	struct slot s = slot_of(k, p->shape[n].id);
	const uint8_t routes = PM_FLOW_ROUTE | PM_FLOW_OWN;
	struct pm_flow was = { 0 };
	bool known = !slot_read(p, &s, &was);
	bool moved = is_own(p, v) != !!(was.flags & PM_FLOW_OWN) ||
		     was.flags & ~v->flags & PM_FLOW_ACCESS;
	uint32_t gone;
	int err = 0;

	v->flags = (uint8_t)(v->flags | (was.flags & routes));
	v->used = was.used;
	if (v->flags & PM_FLOW_ACCESS)
		err = access_route(p, true, &k->src, access->ifindex,
				   access->ll.len);
	if (!err)
		err = flow_write(p, k, &s, v);
	if (err)
		return err;
	if (!known)
		p->shape[n].flows++;
	else if (route_is_cover(k, was.action) && !route_is_cover(k, v->action))
		err = slots_each(p, uncover);
	if (!err && v->flags & PM_FLOW_ACCESS)
		err = flow_access(p, k, &s, v, access);
	else if (!err && was.flags & PM_FLOW_ACCESS &&
		 (gone = access_unset(p, &s.one)))
		access_route(p, false, &k->src, gone, false);
	/* once in each process' life, in case somebody took it away */
	if (!err && !(v->flags & PM_FLOW_ACCESS) && (!known || was.gen != p->gen || moved))
		err = flow_route(p, k, &s, v);
	if (err && !known)
		flow_remove(p, k);
	return err;
}

int path_flow(struct path *p, const struct ef_flow *ef)
{
	struct pm_flow v;
	int n, err;

	if (!key_valid(&ef->key) || !access_valid(ef))
		return -EINVAL;
	if (!ef->up)
		return flow_remove(p, &ef->key);
	if (ef->key.cn && ef->action != FLOW_PATH)
		return -EINVAL;
	err = flow_value(p, ef, &v);
	if (err)
		return err;
	if (ef->action == FLOW_BLOCK && ef->key.dst.len < 128)
		error_source_pick(p, &ef->key.dst);
	else if (ef->action == FLOW_BLOCK)
		error_source_need(p);
	n = shape_get(p, &ef->key);
	if (n < 0)
		return -ENOSPC;
	err = flow_set(p, &ef->key, n, &v, &ef->access);
	shape_put(p, n);
	return err;
}

int path_idle(const struct path *p, const struct flow_key *k, usec_t *ret)
{
	struct pm_access a;
	struct timespec t;
	struct pm_flow v;
	usec_t now, used;

	if (!key_valid(k) || flow_get(p, k, &v))
		return -ENOENT;
	if (v.flags & PM_FLOW_ACCESS && access_get(p, k, &a))
		v.used = a.used;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = SEC((uint64_t)t.tv_sec);
	used = v.used ? SEC((uint64_t)(v.used - 1)) : 0;
	*ret = !v.used ? USEC_NEVER : now > used ? now - used : 0;
	return 0;
}

/* --- what an earlier process left --- */

static int
count(struct path *p, const struct slot *s, const struct pm_flow *v)
{
	int n = shape_by_id(p, slot_shape(s));
	struct flow_key k;

	if (n < 0)
		return 0;
	p->shape[n].flows++;
	k = key_of(s, &p->shape[n]);
	return v->flags & PM_FLOW_OWN ? route_count_own(p, &k.dst.addr) : 0;
}

int flows_open(struct path *p)
{
	shapes_open(p);
	p->gen = ++p->cfg->gen;
	return slots_each(p, count);
}

static int
forget(struct path *p, const struct slot *s, const struct pm_flow *v)
{
	int n = shape_by_id(p, slot_shape(s));
	struct flow_key k;

	if (v->gen == p->gen)
		return 0;
	if (n < 0)
		return slot_delete(p, s);
	k = key_of(s, &p->shape[n]);
	return flow_remove(p, &k);
}

int flows_sync(struct path *p)
{
	return slots_each(p, forget);
}
