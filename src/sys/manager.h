/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manager.h - does somebody else configure this interface?
 */
#ifndef MIP6D_SYS_MANAGER_H
#define MIP6D_SYS_MANAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANAGER_LINE	256

/* Is the interface held by NetworkManager, systemd-networkd or dhcpcd,
 * running in our network namespace?  Then `ret_line' says by whom and how to
 * release it.  `root' is put before every path ("" but in tests). */
bool	manager_holds(const char *root, uint32_t ifindex, const char *ifname,
		      char ret_line[MANAGER_LINE]);

/* Is a process of that name (15 octets at most) alive in our network
 * namespace? */
bool	manager_runs_here(const char *root, const char *comm);

#endif
