/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdb.h - who is behind the ports of the bridges, as their forwarding
 * databases have it.
 *
 * A mobile access gateway whose access link is a bridge (an access point, a
 * switch in software) learns from it that a station came, before the station
 * has said anything to us, and that its port lost the carrier.  Each is an
 * EV_NEIGHBOUR of the bridge, with no address: `arrived' when it is new there or
 * on another port, `gone' when its port is down, and `failed' when it was
 * only forgotten.
 */
#ifndef MIP6D_SYS_FDB_H
#define MIP6D_SYS_FDB_H

#include "sys/loop.h"
#include "sys/netlink.h"
#include "sys/report.h"

struct fdb {
	struct report	*report;
	struct netlink	ask;
	struct nl_sock	*follow;
	struct watch	*watch;
};

/* 0 or -errno; what is there now is told by fdb_tell. */
int	fdb_open(struct fdb *, uv_loop_t *, struct report *);
int	fdb_tell(struct fdb *);
void	fdb_close(struct fdb *);

#endif
