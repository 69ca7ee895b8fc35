/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnl.h - the few rtnetlink requests of the data path.
 *
 * 0 or -errno, exactly the kernel's.  All work in the network namespace in
 * which the socket was opened.
 */
#ifndef MIP6D_PATH_RTNL_H
#define MIP6D_PATH_RTNL_H

#include "base/addr.h"

/* What is ours among routes and rules carries this protocol number (that
 * of the Mobility Header). */
#define RTNL_PROTO	135
#define RTNL_RULE_PREF	1350

struct nl_sock;

struct rtnl_link {
	uint32_t	ifindex, peer;	/* peer: IFLA_LINK, 0: none */
	uint32_t	mtu;
	uint16_t	type;		/* ARPHRD_ */
	bool		up;
	uint8_t		mac[6];
	char		name[16], alias[32];
};

struct rtnl_rule {
	struct prefix	src, dst;
	uint32_t	table;
	bool		own;		/* packets of this node alone */
	char		iif[16];	/* or those that come in there; "" */
};

int	rtnl_open(struct nl_sock **ret);
void	rtnl_close(struct nl_sock *);

int	rtnl_link_by_name(struct nl_sock *, const char *, struct rtnl_link *);
int	rtnl_link_by_index(struct nl_sock *, uint32_t, struct rtnl_link *);
int	rtnl_veth_add(struct nl_sock *, const char *name, const char *peer,
		      uint32_t mtu);
/* No automatic addresses; `noarp' turns resolution off. */
int	rtnl_link_prepare(struct nl_sock *, uint32_t ifindex, bool noarp,
			  const char *alias);
int	rtnl_link_up(struct nl_sock *, uint32_t ifindex);
int	rtnl_link_mtu(struct nl_sock *, uint32_t ifindex, uint32_t mtu);
int	rtnl_link_del(struct nl_sock *, uint32_t ifindex);

/* `dst' through the gateway fe80::1 (it stands for all neighbours of a
 * device without any) on `ifindex'; replaced when there. */
int	rtnl_route(struct nl_sock *, bool add, const struct prefix *dst,
		   uint32_t ifindex, uint32_t table);
/* `dst' on the link of `ifindex', and found there by whatever means; or
 * (`one') all of it at the neighbour of rtnl_neighbour. */
int	rtnl_route_on(struct nl_sock *, bool add, const struct prefix *dst,
		      uint32_t ifindex, uint32_t table, bool one);
/* A neighbour of `ifindex' that need not be resolved.  It stands for others,
 * whose link-layer addresses a tc program knows.  Nobody has its address: its
 * interface identifier is reserved (RFC 2526, RFC 5453). */
#define RTNL_NEIGHBOUR	{ .s6_addr = { 0xfe, 0x80, [8] = 0xfd, 0xff, 0xff, \
				       0xff, 0xff, 0xff, 0xff, 0xff } }
int	rtnl_neighbour(struct nl_sock *, bool add, uint32_t ifindex);
int	rtnl_rule(struct nl_sock *, bool add, const struct rtnl_rule *);

/* Dumps: `fn' for each; it must not use the socket. */
int	rtnl_each_link(struct nl_sock *,
		       void (*fn)(void *, const struct rtnl_link *), void *);
int	rtnl_each_rule(struct nl_sock *,		/* ours */
		       void (*fn)(void *, const struct rtnl_rule *), void *);
int	rtnl_each_route(struct nl_sock *, uint32_t ifindex, uint32_t table,
			void (*fn)(void *, const struct prefix *), void *);
/* Those of rtnl_route_on, of any interface. */
int	rtnl_each_route_on(struct nl_sock *, uint32_t table,
			   void (*fn)(void *, const struct prefix *,
				      uint32_t ifindex), void *);

/* An address of this node for ICMPv6 errors: in `near' when there is one,
 * else any global one.  -EADDRNOTAVAIL: none. */
int	rtnl_pick_address(struct nl_sock *, const struct prefix *near,
			  struct in6_addr *ret);
/* Are there tc filters on the clsact qdisc of `ifindex'?  1, 0, -errno. */
int	rtnl_has_filters(struct nl_sock *, uint32_t ifindex);

#endif
