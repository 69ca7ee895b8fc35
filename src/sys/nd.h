/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd.h - hear Neighbor Discovery on interfaces, and join what it needs.
 */
#ifndef MIP6D_SYS_ND_H
#define MIP6D_SYS_ND_H

#include "base/map.h"
#include "sys/loop.h"
#include "sys/report.h"

struct nd_listener;

struct nd_ears {
	uv_loop_t	*loop;
	struct report	*report;
	struct map	ifaces;		/* struct nd_listener by ifindex */
	struct map	proxied;	/* addresses, by interface */
	struct map	groups;		/* their groups, counted */
};

int	nd_open(struct nd_ears *, uv_loop_t *, struct report *);
void	nd_close(struct nd_ears *);
/* Hear router and neighbour solicitations and advertisements on the
 * interface (idempotent), also those to all routers; or stop.  0 or -errno. */
int	nd_listen(struct nd_ears *, uint32_t ifindex, bool on);
/* While listening: also solicitations for addresses that nobody proxies here,
 * which an access anchor wants to see.  0 or -errno. */
int	nd_listen_all(struct nd_ears *, uint32_t ifindex, bool on);
/* Who is there?  All hosts answer an MLD query (RFC 3810 section 5.1) by a
 * report of their groups, after 0.2 s at most.  0 or -errno. */
int	nd_ask_groups(uint32_t ifindex);
/* EF_GROUP: be a member of a group, and hear what comes for it.  Idempotent. */
int	nd_group(struct nd_ears *, uint32_t ifindex, const struct in6_addr *,
		 bool on);
/* EF_PROXY: be a member of the solicited-node group of an address, which
 * several may share.  Idempotent. */
int	nd_proxy(struct nd_ears *, uint32_t ifindex, const struct in6_addr *,
		 bool on);

#endif
