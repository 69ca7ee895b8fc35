/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anycast.h - EF_ANYCAST: anycast addresses that are ours as well.
 */
#ifndef MIP6D_SYS_ANYCAST_H
#define MIP6D_SYS_ANYCAST_H

#include "base/addr.h"

#include <stdbool.h>

struct anycasts {
	int		fd;		/* -1: none yet */
};

void	anycast_open(struct anycasts *);
/* 0 or -errno; what was not there to be left is no error. */
int	anycast_set(struct anycasts *, uint32_t ifindex,
		    const struct in6_addr *, bool up);
void	anycast_close(struct anycasts *);	/* leaves all */

#endif
