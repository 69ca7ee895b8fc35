/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.h - EF_ADDRESS: addresses that shall be, and no others of ours.
 *
 * Ours are those with our IFA_PROTO (Linux 5.18 and later), and those in a
 * file of the run directory where the kernel cannot mark them.
 */
#ifndef MIP6D_SYS_ADDRESS_H
#define MIP6D_SYS_ADDRESS_H

#include "base/map.h"
#include "core/effect.h"
#include "sys/netlink.h"

struct world;

struct addresses {
	struct netlink		*netlink;
	const struct world	*world;
	struct map		want;
	char			*file;		/* NULL: the kernel marks */
};

/* Does this kernel keep IFA_PROTO? */
bool	address_kernel_marks(void);
/* `file' is where our addresses are written down, NULL to rely on the
 * kernel's marks; one that an earlier process left is read. 0 or -errno. */
int	address_open(struct addresses *, struct netlink *,
		     const struct world *, const char *file);
void	address_close(struct addresses *);
/* 0 or -errno; what was not there to be removed is no error. */
int	address_set(struct addresses *, const struct ef_address *);
/* Remove ours that nobody wants, add again what is missing. */
int	address_sync(struct addresses *);
/* Want none, and remove all of ours. */
int	address_clear(struct addresses *);
/* Remove what the kernel formed on the interface from advertisements that it
 * took before we did. */
int	address_take_over(struct addresses *, uint32_t ifindex);

#endif
