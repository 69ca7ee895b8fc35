/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * world.h - links, addresses and neighbours, as the kernel has them.
 *
 * A mirror, filled by a dump and kept by notifications; every difference is
 * an event.  When the kernel had to drop notifications the dump is done
 * again, and what vanished meanwhile is reported as gone.
 *
 * The path device is not a link to the node: it is IFINDEX_PATH, and only
 * its addresses are reported.
 */
#ifndef MIP6D_SYS_WORLD_H
#define MIP6D_SYS_WORLD_H

#include "base/map.h"
#include "sys/loop.h"
#include "sys/netlink.h"
#include "sys/report.h"

#include <net/if.h>

struct world_link {
	struct map_node	node;
	uint32_t	ifindex;		/* key */
	struct ev_link	link;
	unsigned	flags;			/* IFF_* */
	uint32_t	other;			/* IFLA_LINK: the other end of a
						   veth, or what it stands on */
	bool		seen;			/* by the dump under way */
};

struct world_address {
	struct map_node	node;
	struct addr_key	key;			/* the kernel's ifindex */
	uint8_t		plen;
	uint8_t		proto;			/* IFA_PROTO, 0: none */
	uint32_t	flags;			/* IFA_F_* */
	int64_t		order;			/* lower: earlier in the kernel's
						   list, which breaks its ties */
	bool		seen;
};

struct world {
	struct report	*report;
	struct netlink	ask;
	struct nl_sock	*follow;
	struct watch	*watch;
	struct map	links, addresses;
	uint32_t	path_ifindex;		/* 0: none */
	bool		neighbours;		/* report them */
	bool		dumping;
	int64_t		first, last;		/* orders given */
};

/* Subscribe and dump; every link and address is reported before this
 * returns.  `neighbours': those of interfaces too, those that
 * are known to be there at once.  0 or -errno. */
int	world_open(struct world *, uv_loop_t *, struct report *,
		   uint32_t path_ifindex, bool neighbours);
void	world_close(struct world *);

const struct world_link *world_link(const struct world *, uint32_t ifindex);
const struct world_link *world_link_named(const struct world *,
					  const char *name);
const struct world_address *world_address(const struct world *,
					  uint32_t ifindex,
					  const struct in6_addr *);
/* One by one: *pos starts at 0, NULL at the end. */
struct world_address *world_next_address(const struct world *,
					 struct world_address *after,
					 size_t *pos);
/* "eth0", "mip6" for IFINDEX_PATH, or "?" */
const char *world_name(const struct world *, uint32_t ifindex);
/* The kernel's number for what an effect calls `ifindex'. */
uint32_t world_kernel_ifindex(const struct world *, uint32_t ifindex);

/* Address and message, taken apart; shared with address.c. */
struct world_ifa {
	uint32_t	ifindex;
	struct in6_addr	addr;
	uint8_t		plen, proto;
	uint32_t	flags;
	bool		permanent;		/* no end of its lifetime */
};
bool	world_parse_ifa(struct nlmsghdr *, struct world_ifa *ret);
struct nl_msg *world_dump_ifa(void);

#endif
