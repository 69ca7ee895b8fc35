/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fib.h - EF_ROUTE: routes of the main table that shall be, and no others
 * with our protocol number.
 */
#ifndef MIP6D_SYS_FIB_H
#define MIP6D_SYS_FIB_H

#include "base/map.h"
#include "core/effect.h"
#include "sys/netlink.h"

struct world;

struct fib {
	struct netlink		*netlink;
	const struct world	*world;
	struct map		want;
	bool			without_sources;	/* said so */
};

int	fib_open(struct fib *, struct netlink *, const struct world *);
void	fib_close(struct fib *);
/* 0 or -errno; what was not there to be removed is no error. */
int	fib_set(struct fib *, const struct ef_route *);
int	fib_sync(struct fib *);	/* see address_sync */
int	fib_clear(struct fib *);
/* Remove what the kernel learned on the interface from advertisements that
 * it took before we did. */
int	fib_take_over(struct fib *, uint32_t ifindex);


/* How the kernel sends to a destination: its answer, now. */
struct fib_way {
	uint32_t	ifindex;	/* the kernel's */
	struct in6_addr	gateway;	/* ::: on the link, or here */
	struct in6_addr	source;		/* that it would take; ::: none */
	bool		local;		/* an address of ours */
};
/* `src': from this address, NULL: from the one that the kernel would choose.
 * `ifindex': by this interface, 0: by any.  -ENETUNREACH and its like: by no
 * way. */
int	fib_lookup(struct netlink *, const struct in6_addr *dst,
		   const struct in6_addr *src, uint32_t ifindex,
		   struct fib_way *ret);

#endif
