/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neigh.c - entries of the neighbour cache, removed.
 */
#include "sys/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdbool.h>
#include <sys/socket.h>

#define FORGET_MAX	64		/* at a time: the rest ends by itself */

struct forget {
	uint32_t		ifindex;
	const struct prefix	*prefix;
	unsigned		n;
	struct in6_addr		addr[FORGET_MAX];
};

static void
on_neighbour(void *arg, struct nlmsghdr *nlh)
{
	struct ndmsg *nd = nlmsg_data(nlh);
	struct nlattr *tb[NDA_MAX + 1];
	struct forget *f = arg;
	struct in6_addr a;

	if (nlmsg_parse(nlh, sizeof(*nd), tb, NDA_MAX, NULL) < 0 ||
	    nd->ndm_family != AF_INET6 || !tb[NDA_DST] ||
	    nla_len(tb[NDA_DST]) != sizeof(a) ||
	    (uint32_t)nd->ndm_ifindex != f->ifindex ||
	    !(nd->ndm_state & (NUD_INCOMPLETE | NUD_FAILED | NUD_PROBE)) ||
	    f->n == FORGET_MAX)
		return;
	memcpy(&a, nla_data(tb[NDA_DST]), sizeof(a));
	if (prefix_match(f->prefix, &a))
		f->addr[f->n++] = a;
}

static int
neigh_del(struct netlink *n, uint32_t ifindex, const struct in6_addr *addr)
{
	struct ndmsg nd = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = (int)ifindex,
	};
	struct nl_msg *m = netlink_msg(RTM_DELNEIGH, 0, &nd, sizeof(nd));
	int err;

	if (m)
		nla_put(m, NDA_DST, sizeof(*addr), addr);
	err = netlink_request(n, m);
	return err == -ENOENT ? 0 : err;
}

int
neigh_forget(struct netlink *n, uint32_t ifindex, const struct prefix *p)
{
	struct ndmsg nd = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = 0,
	};
	struct forget f = { .ifindex = ifindex, .prefix = p };
	unsigned i;
	int err;

	err = netlink_dump(n, netlink_msg(RTM_GETNEIGH, NLM_F_DUMP, &nd,
					  sizeof(nd)), on_neighbour, &f);
	for (i = 0; i < f.n && !err; i++)
		err = neigh_del(n, ifindex, &f.addr[i]);
	return err;
}
