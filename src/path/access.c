/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * access.c - mobiles' prefixes on the access links of a gateway.
 *
 * The programs of path_access.bpf.h decide by a map that stands beside the
 * flows, under the same keys: which interface, which link-layer address.
 * Here it is written, and with it the routes: the prefix is on the access
 * link for what this node sends and what comes out of the tunnel, in the
 * main table.  What mobiles send does not see that table: one rule an access
 * link leads all of it to the path device, also what may go straight to
 * another mobile: whether it may depends on both.
 *
 * What comes out of the tunnel for a prefix has nowhere else to go (RFC 5213
 * section 6.10.5), so the route stands as long as the flow takes packets; and
 * nothing is taken from the mobile before the flow has a place for it.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

/*
 * Whose link-layer address is known is not asked for it: what the kernel
 * believes is that all of the prefix is at one neighbour, which is always
 * there, and path_access_out puts the right address in.  So nothing waits for
 * an answer when a mobile has just come, and whoever sends to many addresses
 * of a prefix does not fill the neighbour cache.
 */
int access_route(struct path *p, bool up, const struct prefix *dst,
		 uint32_t ifindex, bool known)
{
	int err = 0;

	if (up && known)
		err = rtnl_neighbour(p->nl, true, ifindex);
	if (!err)
		err = rtnl_route_on(p->nl, up, dst, ifindex, RT_TABLE_MAIN,
				    known);
	/* with the interface went its routes */
	return !up && (err == -ESRCH || err == -ENODEV || err == -ENOENT) ?
		0 : err;
}

int access_set(struct path *p, const struct pm_flow1_key *at,
	       const struct flow_access *a)
{
	struct pm_access was = { 0 }, v = {
		.ifindex = a->ifindex,
		.flags = (uint8_t)((a->ll.len ? 0 : PM_ACCESS_ANY) |
				   (a->local ? PM_ACCESS_LOCAL : 0)),
	};
	int err;

	memcpy(v.mac, a->ll.b, sizeof(v.mac));
	if (!bpf_map_lookup_elem(p->map[MAP_ACCESS], at, &was))
		v.used = was.used;
	err = bpf_map_update_elem(p->map[MAP_ACCESS], at, &v, BPF_ANY);
	return err == -E2BIG ? -ENOSPC : err;
}

uint32_t access_unset(struct path *p, const struct pm_flow1_key *at)
{
	struct pm_access was;

	if (bpf_map_lookup_elem(p->map[MAP_ACCESS], at, &was))
		return 0;
	bpf_map_delete_elem(p->map[MAP_ACCESS], at);
	return was.ifindex;
}

bool access_get(const struct path *p, const struct flow_key *k,
		struct pm_access *ret)
{
	struct pm_flow1_key at;

	return flow_at(p, k, &at) &&
	       !bpf_map_lookup_elem(p->map[MAP_ACCESS], &at, ret);
}

int access_rule(struct path *p, const char *ifname, bool on)
{
	struct rtnl_rule r = { .table = p->table };
	int err;

	snprintf(r.iif, sizeof(r.iif), "%s", ifname);
	err = rtnl_rule(p->nl, on, &r);
	if (on)
		return err == -EEXIST ? 0 : err;
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

/* --- sync --- */

#define STALE_MAX	256

struct stale {
	struct path	*p;
	unsigned	n;
	struct prefix	dst[STALE_MAX];
	uint32_t	ifindex[STALE_MAX];
};

static void on_route(void *arg, const struct prefix *dst, uint32_t ifindex)
{
	const struct flow_key k = { .src = *dst };
	struct stale *s = arg;
	struct pm_access a;

	if (s->n == STALE_MAX ||
	    (s->p && access_get(s->p, &k, &a) && a.ifindex == ifindex))
		return;
	s->dst[s->n] = *dst;
	s->ifindex[s->n++] = ifindex;
}

/* Without a path: all of them. */
static int routes_remove(struct nl_sock *nl, struct path *p)
{
	struct stale s = { .p = p };
	int err;

	do {
		s.n = 0;
		err = rtnl_each_route_on(nl, RT_TABLE_MAIN, on_route, &s);
		for (unsigned i = 0; i < s.n && !err; i++) {
			if (!p)
				rtnl_neighbour(nl, false, s.ifindex[i]);
			err = rtnl_route_on(nl, false, &s.dst[i],
					    s.ifindex[i], RT_TABLE_MAIN,
					    false);
		}
	} while (!err && s.n == STALE_MAX);
	return err;
}

struct rules {
	struct path	*p;
	unsigned	n;
	struct rtnl_rule rule[PM_LINKS];
};

static void on_rule(void *arg, const struct rtnl_rule *r)
{
	struct rules *s = arg;

	if (r->iif[0] && s->n < PM_LINKS)
		s->rule[s->n++] = *r;
}

static bool rule_wanted(struct path *p, const struct rtnl_rule *r)
{
	struct rtnl_link dev;
	struct pm_link l;

	return r->table == p->table &&
	       !rtnl_link_by_name(p->nl, r->iif, &dev) &&
	       !bpf_map_lookup_elem(p->map[MAP_LINKS], &dev.ifindex, &l) &&
	       l.flags & PM_LINK_ACCESS;
}

/* Of interfaces that are gone, or have another name now. */
static int rules_sync(struct path *p)
{
	struct rules s = { .p = p };
	int err = rtnl_each_rule(p->nl, on_rule, &s);

	for (unsigned i = 0; i < s.n && !err; i++)
		if (!rule_wanted(p, &s.rule[i]))
			err = rtnl_rule(p->nl, false, &s.rule[i]);
	return err;
}

int access_sync(struct path *p)
{
	int err = rules_sync(p);

	return err ? err : routes_remove(p->nl, p);
}

int access_remove_all(struct nl_sock *nl)
{
	return routes_remove(nl, NULL);
}
