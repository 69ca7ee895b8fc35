/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.h - the netfilter rules that bring mobility signalling to us.
 *
 * One chain of our own, "mip6d", entered from PREROUTING.  The rules have no
 * bypass and stay when the process dies: while no daemon runs, signalling
 * vanishes and its sender tries again, instead of being told by the kernel
 * that nobody here knows mobility.
 */
#ifndef MIP6D_SYS_RULES_H
#define MIP6D_SYS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of tunnel packets that the data path leaves to us (PM_GROUP_MARK). */
#define RULES_GROUP_MARK "0x6d697067"

/* Install the rules, replacing those of an earlier process in one step.
 * `tool' is "auto" or one of ip6tables, ip6tables-nft, ip6tables-legacy, nft;
 * `groups': with what mobiles send to groups.
 * 0 and what was chosen in `ret_chosen' ("ip6tables, table raw"), or -errno
 * and one line in it that says what is missing. */
int	rules_install(const char *tool, uint16_t queue, bool groups,
		      char *ret_chosen, size_t cap);
/* Remove them, whichever tool they were made with. */
void	rules_remove(void);

#endif
