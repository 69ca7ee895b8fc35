/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neigh.h - make the kernel forget neighbours that nobody answers for.
 *
 * Packets for a neighbour that is being resolved wait in its queue, charged
 * to the sockets they came from, until resolution fails after three
 * seconds.  A mobile that has left the link knows better: whoever sent to
 * the old router would be silent for that long.
 */
#ifndef MIP6D_SYS_NEIGH_H
#define MIP6D_SYS_NEIGH_H

#include "base/addr.h"
#include "sys/netlink.h"

/* Forget those of the interface whose address is in the prefix and that are
 * not known to be there.  0 or -errno. */
int	neigh_forget(struct netlink *, uint32_t ifindex, const struct prefix *);

#endif
