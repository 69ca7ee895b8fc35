/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route.c - how packets find the path device.
 *
 * A flow that selects by destination gets a route to the device in the
 * main table, which wins over the on-link prefix by its length.  A flow
 * that selects by source gets a rule "from SOURCE lookup TABLE"; in that
 * table everything leads to the device.  The rule also takes packets that
 * have no source yet and would get this one (FIB_RULE_FIND_SADDR): the kernel
 * finds the route first.  Who writes whole packets to a raw socket therefore
 * says their source, by IPV6_PKTINFO.  Nobody needs either when a wider
 * one leads there already: on a virtual home link the whole prefix is
 * blocked, one route leads it to the device, and a million mobiles inside
 * it are a matter of the hash alone.
 *
 * A correspondent's flow is about packets that this node itself sends; what
 * it forwards to the same address must not meet the device.  Its route
 * stands in a table that one rule leads only those to which come from
 * nowhere ("iif lo").  There is one route for all of our addresses that have a
 * binding of that home address; packets of others meet the device, and pass it
 * as they are.
 *
 * On the access links of a gateway a rule leads all that comes in to that
 * table (access.c); flows of their mobiles need none of their own.
 *
 * Only blocked prefixes and source rules count as wider ones.  They are
 * few and seldom change; when one goes, what it covered gets its own.
 */
#include "path/private.h"

#include <errno.h>
#include <linux/rtnetlink.h>

static bool
is_action(const struct path *p, const struct flow_key *k, int action)
{
	struct pm_flow v;

	return flow_get(p, k, &v) == 0 && (action < 0 || v.action == action);
}

/* Does a blocked prefix around `dst' lead there? */
static bool covered_dst(const struct path *p, const struct prefix *dst,
			uint8_t below)
{
	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape *u = &p->shape[i];
		struct flow_key k = { 0 };

		if (!u->id || u->src_len || u->dst_len >= below)
			continue;
		k.dst = prefix_of(&dst->addr, u->dst_len);
		if (is_action(p, &k, PM_BLOCK))
			return true;
	}
	return false;
}

static bool covered_src(const struct path *p, const struct prefix *src,
			uint8_t below)
{
	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape *u = &p->shape[i];
		struct flow_key k = { 0 };

		if (!u->id || u->dst_len || u->src_len >= below)
			continue;
		k.src = prefix_of(&src->addr, u->src_len);
		if (is_action(p, &k, -1))
			return true;
	}
	return false;
}

static bool covered(const struct path *p, const struct flow_key *k)
{
	if (k->src.len == 0)
		return covered_dst(p, &k->dst, k->dst.len);
	if (k->dst.len == 0)
		return covered_src(p, &k->src, k->src.len);
	return covered_src(p, &k->src, (uint8_t)(k->src.len + 1)) ||
	       covered_dst(p, &k->dst, (uint8_t)(k->dst.len + 1));
}

bool route_is_cover(const struct flow_key *k, int action)
{
	if (k->dst.len == 0)
		return true;
	return k->src.len == 0 && k->dst.len < 128 && action == PM_BLOCK;
}

static int lead(struct path *p, const struct flow_key *k, bool up)
{
	struct rtnl_rule r = {
		.src = k->src,
		.dst = k->dst,
		.table = p->table,
	};
	int err;

	if (k->src.len == 0)
		err = rtnl_route(p->nl, up, &k->dst, p->ifindex,
				 RT_TABLE_MAIN);
	else
		err = rtnl_rule(p->nl, up, &r);
	if (up)
		return err == -EEXIST ? 0 : err;
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

int route_set(struct path *p, const struct flow_key *k, bool up)
{
	if (up && covered(p, k))
		return -EALREADY;
	return lead(p, k, up);
}

/* The one rule for all of them. */
static int own_rule(struct path *p, bool add)
{
	struct rtnl_rule r = { .table = p->table + 1, .own = true };
	int err = rtnl_rule(p->nl, add, &r);

	if (add && err == -EEXIST)
		err = 0;
	if (!err)
		p->own_ruled = add;
	return err;
}

/* A home address that addresses of ours have bindings of: so many. */
struct own {
	struct map_node	node;
	struct in6_addr	dst;
	uint32_t	flows;
};

static struct own *own_find(const struct path *p, const struct in6_addr *dst)
{
	struct map_node *m = map_find(&p->owns, dst);

	return m ? container_of(m, struct own, node) : NULL;
}

static struct own *own_get(struct path *p, const struct in6_addr *dst)
{
	struct own *o = own_find(p, dst);

	if (o)
		return o;
	o = pool_get(&p->own_pool);
	if (!o)
		return NULL;
	o->dst = *dst;
	o->flows = 0;
	if (map_insert(&p->owns, &o->node))
		return o;
	pool_put(&p->own_pool, o);
	return NULL;
}

static void own_put(struct path *p, struct own *o)
{
	map_remove(&p->owns, &o->node);
	pool_put(&p->own_pool, o);
}

static int own_route(struct path *p, const struct in6_addr *dst, bool up)
{
	const struct prefix host = prefix_host(dst);
	int err = rtnl_route(p->nl, up, &host, p->ifindex, p->table + 1);

	return !up && (err == -ENOENT || err == -ESRCH) ? 0 : err;
}

int route_get_own(struct path *p, const struct in6_addr *dst, bool again)
{
	struct own *o = own_get(p, dst);
	int err = !o ? -ENOMEM : p->own_ruled ? 0 : own_rule(p, true);

	if (!err)
		err = own_route(p, dst, true);
	if (!err && !again)
		o->flows++;
	if (err && o && !o->flows)
		own_put(p, o);
	return err;
}

void route_put_own(struct path *p, const struct in6_addr *dst)
{
	struct own *o = own_find(p, dst);

	if (!o || --o->flows)
		return;
	own_put(p, o);
	own_route(p, dst, false);
}

int route_count_own(struct path *p, const struct in6_addr *dst)
{
	struct own *o = own_get(p, dst);

	if (!o)
		return -ENOMEM;
	o->flows++;
	return 0;
}

void route_init(struct path *p, const uint8_t secret[16])
{
	map_init(&p->owns, offsetof(struct own, dst) -
		 offsetof(struct own, node), sizeof(struct in6_addr), secret);
	pool_init(&p->own_pool, sizeof(struct own), p->max_flows);
}

void route_close(struct path *p)
{
	map_fini(&p->owns);
	pool_fini(&p->own_pool);
}

int route_open(struct path *p)
{
	static const struct prefix all;

	return rtnl_route(p->nl, true, &all, p->ifindex, p->table);
}

/* --- sync: routes and rules that no flow asked for --- */

#define STALE_MAX	256

struct stale {
	struct path	*p;
	unsigned	n, kept;
	struct flow_key	key[STALE_MAX];
};

static void stale_check(struct stale *s, const struct flow_key *k)
{
	struct pm_flow v;

	if (!flow_get(s->p, k, &v) && v.flags & PM_FLOW_ROUTE)
		s->kept++;
	else if (s->n < STALE_MAX)
		s->key[s->n++] = *k;
}

static void on_route(void *arg, const struct prefix *dst)
{
	struct flow_key k = { .dst = *dst };

	stale_check(arg, &k);
}

static void on_rule(void *arg, const struct rtnl_rule *r)
{
	struct flow_key k = { .src = r->src, .dst = r->dst };
	struct stale *s = arg;

	if (r->table == s->p->table && !r->own && !r->iif[0])
		stale_check(s, &k);
}

/* Of those for our own packets. */
static void on_own_route(void *arg, const struct prefix *dst)
{
	struct stale *s = arg;

	if (dst->len == 128 && own_find(s->p, &dst->addr))
		s->kept++;
	else if (s->n < STALE_MAX)
		s->key[s->n++] = (struct flow_key){ .dst = *dst };
}

/* The rule goes with the last of the routes. */
static int route_sync_own(struct path *p)
{
	struct stale s = { .p = p };
	int err;

	do {
		s.n = s.kept = 0;
		err = rtnl_each_route(p->nl, p->ifindex, p->table + 1,
				      on_own_route, &s);
		for (unsigned i = 0; i < s.n && !err; i++)
			err = own_route(p, &s.key[i].dst.addr, false);
	} while (!err && s.n == STALE_MAX);
	if (err || s.kept)
		return err;
	err = own_rule(p, false);
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

int route_sync(struct path *p)
{
	struct stale s = { .p = p };
	int err;

	do {
		s.n = 0;
		err = rtnl_each_route(p->nl, p->ifindex, RT_TABLE_MAIN,
				      on_route, &s);
		if (!err)
			err = rtnl_each_rule(p->nl, on_rule, &s);
		for (unsigned i = 0; i < s.n && !err; i++)
			err = lead(p, &s.key[i], false);
	} while (!err && s.n == STALE_MAX);
	return err ? err : route_sync_own(p);
}

struct rules {
	unsigned	n;
	struct rtnl_rule rule[STALE_MAX];
};

static void take_rule(void *arg, const struct rtnl_rule *r)
{
	struct rules *s = arg;

	if (s->n < STALE_MAX)
		s->rule[s->n++] = *r;
}

/* Routes vanish with the device; rules do not. */
int route_remove_all(struct nl_sock *nl)
{
	struct rules s;
	int err;

	do {
		s.n = 0;
		err = rtnl_each_rule(nl, take_rule, &s);
		for (unsigned i = 0; i < s.n && !err; i++)
			err = rtnl_rule(nl, false, &s.rule[i]);
	} while (!err && s.n == STALE_MAX);
	return err;
}
