/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ha_switch.h - sending mobiles away: Home Agent Switch (RFC 5142), of a home
 * agent.
 */
#ifndef MIP6D_CORE_HA_SWITCH_H
#define MIP6D_CORE_HA_SWITCH_H

#include "core/registrar.h"

void	ha_switch_init(struct node *);
void	ha_switch_fini(struct node *);		/* frees */
/* All that is under way comes to an end. */
void	ha_switch_stop(struct node *);
/* May this not be registered, since it was told to go? */
bool	ha_switch_refuses(const struct node *, const struct registration *);
/* A home registration has ended. */
void	ha_switch_left(struct node *, const struct in6_addr *hoa);
void	ha_switch_count(const struct node *, struct record *);

#endif
