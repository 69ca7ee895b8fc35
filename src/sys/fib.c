/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fib.c - routes that shall be.
 *
 * The same shape as address.c.  Two ways of the kernel need care.  A route
 * "replaced" by netlink replaces any route to that destination with that
 * metric, also one through another router; so routes are only ever added,
 * and a change is the new one first and the old one after it.  And the
 * kernel drops routes by itself when an interface goes down, so a wish is
 * always said to it, never skipped because it was said before.
 *
 * A wish that is not `up' is a route of an earlier process, waiting to be
 * wanted again or removed by the next fib_sync.
 */
#include "sys/fib.h"

#include "base/list.h"
#include "base/log.h"
#include "sys/neigh.h"
#include "sys/world.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <sys/random.h>

#define METRIC_DEFAULT	1024		/* IP6_RT_PRIO_USER */

/* Without padding, so that its bytes are the key. */
struct route_key {
	struct in6_addr	dst, src, gateway;
	uint32_t	ifindex;
	uint16_t	dst_len, src_len;
};

struct wish {
	struct map_node		node;
	struct route_key	key;
	struct ef_route		ef;
	bool			seen;
};

static struct route_key
key_of(const struct ef_route *ef)
{
	return (struct route_key){
		.dst = ef->dst.addr,
		.dst_len = ef->dst.len,
		.src = ef->src.addr,
		.src_len = ef->src.len,
		.gateway = ef->gateway,
		.ifindex = ef->ifindex,
	};
}

static struct wish *
wish_find(const struct fib *r, const struct ef_route *ef)
{
	struct route_key key = key_of(ef);
	struct map_node *n = map_find(&r->want, &key);

	return n ? container_of(n, struct wish, node) : NULL;
}

static int
wish_add(struct fib *r, const struct ef_route *ef)
{
	struct wish *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->key = key_of(ef);
	w->ef = *ef;
	if (!map_insert(&r->want, &w->node)) {
		free(w);
		return -ENOMEM;
	}
	return 0;
}

static void
wish_drop(struct fib *r, struct wish *w)
{
	map_remove(&r->want, &w->node);
	free(w);
}

static uint32_t
metric_of(const struct ef_route *ef)
{
	return ef->metric ? ef->metric : METRIC_DEFAULT;
}

/* --- the kernel --- */

static struct nl_msg *
route_msg(const struct fib *r, int type, int flags,
	  const struct ef_route *ef, uint8_t proto)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = ef->dst.len,
		.rtm_src_len = ef->src.len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = proto,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *m = netlink_msg(type, flags, &rtm, sizeof(rtm));

	if (!m)
		return NULL;
	nla_put(m, RTA_DST, 16, &ef->dst.addr);
	if (ef->src.len)
		nla_put(m, RTA_SRC, 16, &ef->src.addr);
	nla_put_u32(m, RTA_OIF, world_kernel_ifindex(r->world, ef->ifindex));
	nla_put_u32(m, RTA_PRIORITY, metric_of(ef));
	if (!addr_is_unspec(&ef->gateway))
		nla_put(m, RTA_GATEWAY, 16, &ef->gateway);
	return m;
}

static int
kernel_add(struct fib *r, const struct ef_route *ef)
{
	struct nl_msg *m = route_msg(r, RTM_NEWROUTE, NLM_F_CREATE, ef,
				     NETLINK_OUR_PROTO);
	struct nlattr *nest;

	if (m && ef->mtu) {
		nest = nla_nest_start(m, RTA_METRICS);
		nla_put_u32(m, RTAX_MTU, ef->mtu);
		nla_nest_end(m, nest);
	}
	return netlink_request(r->netlink, m);
}

static int
kernel_del_of(struct fib *r, const struct ef_route *ef, uint8_t proto)
{
	int err;

	err = netlink_request(r->netlink, route_msg(r, RTM_DELROUTE, 0, ef,
						    proto));
	return err == -ESRCH || err == -ENODEV ? 0 : err;
}

static int
kernel_del(struct fib *r, const struct ef_route *ef)
{
	return kernel_del_of(r, ef, NETLINK_OUR_PROTO);
}

static int
kernel_set(struct fib *r, const struct ef_route *ef, bool same)
{
	int err = kernel_add(r, ef);

	/* It exists.  When only its MTU may differ nothing but a moment
	 * without it helps. */
	if (err != -EEXIST)
		return err;
	if (same)
		return 0;
	err = kernel_del(r, ef);
	if (!err)
		err = kernel_add(r, ef);
	/* somebody else's route to there, by the same way, does as well */
	return err == -EEXIST ? 0 : err;
}

/* Then the default route is for all of them. */
static int
no_sources(struct fib *r)
{
	if (!r->without_sources)
		log_warn("this kernel has no routes by source "
			 "(CONFIG_IPV6_SUBTREES): what is sent from one "
			 "interface's addresses may leave by another");
	r->without_sources = true;
	return 0;
}

static int
route_up(struct fib *r, const struct ef_route *ef)
{
	struct wish *w = wish_find(r, ef);
	struct ef_route before;
	int err;

	if (!world_kernel_ifindex(r->world, ef->ifindex))
		return -ENODEV;
	err = kernel_set(r, ef, w && w->ef.mtu == ef->mtu);
	if (err == -EINVAL && ef->src.len)
		return no_sources(r);
	if (err)
		return err;
	if (!w)
		return wish_add(r, ef);
	before = w->ef;
	w->ef = *ef;
	if (metric_of(&before) == metric_of(ef))
		return 0;
	return kernel_del(r, &before);
}

static int
route_down(struct fib *r, const struct ef_route *ef)
{
	uint32_t ifindex = world_kernel_ifindex(r->world, ef->ifindex);
	bool direct = addr_is_unspec(&ef->gateway);
	struct prefix near = direct ? ef->dst : prefix_host(&ef->gateway);
	struct wish *w = wish_find(r, ef);
	struct ef_route is = *ef;
	int err;

	if (w) {
		is = w->ef;
		wish_drop(r, w);
	}
	err = kernel_del(r, &is);
	/* What waits for a neighbour on this way waits in vain. */
	neigh_forget(r->netlink, ifindex, &near);
	return err;
}

int
fib_set(struct fib *r, const struct ef_route *ef)
{
	return ef->up ? route_up(r, ef) : route_down(r, ef);
}

/* --- dump, compare, fix --- */

struct found {
	struct fib	*r;
	uint32_t	ifindex;
	struct ef_route	*v;
	size_t		n, cap;
	bool		oom;
};

static void
found_add(struct found *f, struct ef_route *ef)
{
	struct ef_route *v;

	if (ef->ifindex == f->r->world->path_ifindex)
		ef->ifindex = IFINDEX_PATH;
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;

		v = realloc(f->v, cap * sizeof(*v));
		if (!v) {
			f->oom = true;
			return;
		}
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = *ef;
}

/* Routes that differ in their way only are told as one with several. */
static void
found_ways(struct found *f, struct ef_route *ef, struct nlattr *ways)
{
	struct rtnexthop *nh = nla_data(ways);
	int left = nla_len(ways);

	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len),
	     nh = RTNH_NEXT(nh)) {
		struct nlattr *gw;

		gw = nla_find((struct nlattr *)RTNH_DATA(nh), nh->rtnh_len -
			      (int)sizeof(*nh), RTA_GATEWAY);
		ef->gateway = addr_unspec;
		if (gw && nla_len(gw) == 16)
			memcpy(&ef->gateway, nla_data(gw), 16);
		ef->ifindex = (uint32_t)nh->rtnh_ifindex;
		found_add(f, ef);
	}
}

static void
found_mtu(struct ef_route *ef, struct nlattr *metrics)
{
	struct nlattr *mtu = nla_find(nla_data(metrics), nla_len(metrics),
				      RTAX_MTU);

	if (mtu && nla_len(mtu) == sizeof(uint32_t))
		ef->mtu = nla_get_u32(mtu);
}

static void
route_parse(const struct rtmsg *rtm, struct nlattr **tb, struct ef_route *ret)
{
	ret->dst.len = rtm->rtm_dst_len;
	ret->src.len = rtm->rtm_src_len;
	if (tb[RTA_SRC] && nla_len(tb[RTA_SRC]) == 16)
		memcpy(&ret->src.addr, nla_data(tb[RTA_SRC]), 16);
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) == 16)
		memcpy(&ret->dst.addr, nla_data(tb[RTA_DST]), 16);
	if (tb[RTA_GATEWAY] && nla_len(tb[RTA_GATEWAY]) == 16)
		memcpy(&ret->gateway, nla_data(tb[RTA_GATEWAY]), 16);
	if (tb[RTA_PRIORITY])
		ret->metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (tb[RTA_METRICS])
		found_mtu(ret, tb[RTA_METRICS]);
	if (tb[RTA_OIF])
		ret->ifindex = nla_get_u32(tb[RTA_OIF]);
}

static void
on_route(void *arg, struct nlmsghdr *nlh)
{
	struct rtmsg *rtm = nlmsg_data(nlh);
	struct ef_route ef = { .up = false };
	struct nlattr *tb[RTA_MAX + 1];

	/* filtered again: an old kernel takes no filter */
	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0 ||
	    rtm->rtm_family != AF_INET6 ||
	    rtm->rtm_protocol != NETLINK_OUR_PROTO ||
	    rtm->rtm_table != RT_TABLE_MAIN)
		return;
	route_parse(rtm, tb, &ef);
	if (tb[RTA_MULTIPATH])
		found_ways(arg, &ef, tb[RTA_MULTIPATH]);
	else if (tb[RTA_OIF])
		found_add(arg, &ef);
}

/* A default route by advertisement, or a prefix that one said is on the
 * link: that of an address which somebody configured does not expire. */
static bool
by_advertisement(const struct rtmsg *rtm, struct nlattr **tb)
{
	struct rta_cacheinfo ci = { 0 };

	if (rtm->rtm_protocol == RTPROT_RA)
		return true;
	if (rtm->rtm_protocol != RTPROT_KERNEL || !tb[RTA_CACHEINFO] ||
	    nla_len(tb[RTA_CACHEINFO]) < (int)sizeof(ci))
		return false;
	memcpy(&ci, nla_data(tb[RTA_CACHEINFO]), sizeof(ci));
	return ci.rta_expires != 0;
}

static void
on_foreign(void *arg, struct nlmsghdr *nlh)
{
	struct rtmsg *rtm = nlmsg_data(nlh);
	struct ef_route ef = { .up = false };
	struct nlattr *tb[RTA_MAX + 1];
	struct found *f = arg;

	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0 ||
	    rtm->rtm_family != AF_INET6 || rtm->rtm_type != RTN_UNICAST ||
	    rtm->rtm_table != RT_TABLE_MAIN || !tb[RTA_OIF] ||
	    nla_get_u32(tb[RTA_OIF]) != f->ifindex ||
	    !by_advertisement(rtm, tb))
		return;
	route_parse(rtm, tb, &ef);
	found_add(f, &ef);
}

int
fib_take_over(struct fib *r, uint32_t ifindex)
{
	struct rtmsg rtm = { .rtm_family = AF_INET6 };
	struct found f = { .r = r, .ifindex = ifindex };
	char text[PREFIX_STRLEN];
	size_t i;
	int err;

	err = netlink_dump(r->netlink, netlink_msg(RTM_GETROUTE, NLM_F_DUMP,
						   &rtm, sizeof(rtm)),
			   on_foreign, &f);
	for (i = 0; i < f.n && !err; i++) {
		log_detail("route to %s by %s was the kernel's, removed",
			   prefix_print(&f.v[i].dst, text),
			   world_name(r->world, ifindex));
		err = kernel_del_of(r, &f.v[i], RTPROT_UNSPEC);
	}
	free(f.v);
	return f.oom ? -ENOMEM : err;
}

static int
find_ours(struct fib *r, struct found *ret)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = NETLINK_OUR_PROTO,
	};
	int err;

	*ret = (struct found){ .r = r };
	err = netlink_dump(r->netlink, netlink_msg(RTM_GETROUTE, NLM_F_DUMP,
						   &rtm, sizeof(rtm)),
			   on_route, ret);
	if (!err && ret->oom)
		err = -ENOMEM;
	if (err)
		free(ret->v);
	return err;
}

static int
remove_unwanted(struct fib *r)
{
	char text[PREFIX_STRLEN];
	struct found f;
	size_t i;
	int err;

	err = find_ours(r, &f);
	if (err)
		return err;
	for (i = 0; i < f.n && !err; i++) {
		struct wish *w = wish_find(r, &f.v[i]);

		if (w && w->ef.up && metric_of(&w->ef) == metric_of(&f.v[i])) {
			w->seen = true;
			continue;
		}
		log_detail("route to %s by %s is left over, removed",
			   prefix_print(&f.v[i].dst, text),
			   world_name(r->world, f.v[i].ifindex));
		err = kernel_del(r, &f.v[i]);
	}
	free(f.v);
	return err;
}

int
fib_sync(struct fib *r)
{
	struct map_node *n, *next = NULL;
	size_t pos = 0;
	int err;

	while ((next = map_next(&r->want, next, &pos)))
		container_of(next, struct wish, node)->seen = false;
	err = remove_unwanted(r);
	if (err)
		return err;
	pos = 0;
	for (n = map_next(&r->want, NULL, &pos); n; n = next) {
		struct wish *w = container_of(n, struct wish, node);

		next = map_next(&r->want, n, &pos);
		if (!w->ef.up)
			wish_drop(r, w);
		else if (!w->seen)
			kernel_set(r, &w->ef, true);
	}
	return 0;
}

static void
forget_all(struct fib *r)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&r->want, NULL, &pos); n; n = next) {
		next = map_next(&r->want, n, &pos);
		wish_drop(r, container_of(n, struct wish, node));
	}
}

int
fib_clear(struct fib *r)
{
	forget_all(r);
	return remove_unwanted(r);
}

/* --- where to --- */

struct lookup {
	struct fib_way	way;
	int		error;		/* of the route itself */
};

static void
on_way(void *arg, struct nlmsghdr *nlh)
{
	struct rtmsg *rtm = nlmsg_data(nlh);
	struct ef_route ef = { .up = false };
	struct nlattr *tb[RTA_MAX + 1];
	struct lookup *l = arg;

	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0 ||
	    rtm->rtm_family != AF_INET6)
		return;
	route_parse(rtm, tb, &ef);
	l->way.ifindex = ef.ifindex;
	l->way.gateway = ef.gateway;
	l->way.local = rtm->rtm_type == RTN_LOCAL;
	if (tb[RTA_PREFSRC] && nla_len(tb[RTA_PREFSRC]) == 16)
		memcpy(&l->way.source, nla_data(tb[RTA_PREFSRC]), 16);
	/* a route that refuses is found like others */
	if (rtm->rtm_type == RTN_UNREACHABLE)
		l->error = -EHOSTUNREACH;
	else if (rtm->rtm_type == RTN_PROHIBIT)
		l->error = -EACCES;
	else if (rtm->rtm_type == RTN_BLACKHOLE)
		l->error = -EINVAL;
}

int
fib_lookup(struct netlink *netlink, const struct in6_addr *dst,
	   const struct in6_addr *src, uint32_t ifindex, struct fib_way *ret)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = 128,
		.rtm_src_len = src ? 128 : 0,
	};
	struct lookup l = { .error = 0 };
	struct nl_msg *m = netlink_msg(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	int err;

	if (m) {
		nla_put(m, RTA_DST, 16, dst);
		if (src)
			nla_put(m, RTA_SRC, 16, src);
		if (ifindex)
			nla_put_u32(m, RTA_OIF, ifindex);
	}
	err = netlink_ask(netlink, m, on_way, &l);
	if (err || l.error)
		return err ? err : l.error;
	*ret = l.way;
	return 0;
}

int
fib_open(struct fib *r, struct netlink *netlink,
	   const struct world *world)
{
	uint8_t secret[16];
	struct found f;
	size_t i;
	int err;

	*r = (struct fib){ .netlink = netlink, .world = world };
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&r->want, offsetof(struct wish, key) -
		 offsetof(struct wish, node), sizeof(struct route_key), secret);
	/* What is there from before is known, so that saying it again as it
	 * is leaves it untouched. */
	err = find_ours(r, &f);
	if (err)
		return err;
	for (i = 0; i < f.n; i++)
		if (!wish_find(r, &f.v[i]))
			wish_add(r, &f.v[i]);
	free(f.v);
	return 0;
}

void
fib_close(struct fib *r)
{
	forget_all(r);
	map_fini(&r->want);
}
