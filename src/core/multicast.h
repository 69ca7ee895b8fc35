/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multicast.h - groups that mobiles away from home listen to (RFC 6275
 * 10.4.3), of a home agent.
 */
#ifndef MIP6D_CORE_MULTICAST_H
#define MIP6D_CORE_MULTICAST_H

#include "core/registrar.h"

struct multicast;

struct multicast *multicast_new(struct node *);
struct multicast *multicast_free(struct node *, struct multicast *);
/* Forget all: another configuration. */
void	multicast_reset(struct node *);
/* A home registration stands: its mobile is asked what it listens to. */
void	multicast_serve(struct node *, const struct binding *, usec_t now);
/* Interfaces are not as they were. */
void	multicast_settle(struct node *);
/* A packet of a home link for a group; false: no mobile listens to it. */
bool	multicast_on_link(struct node *, uint32_t ifindex, struct span,
			  usec_t now);
/* A tunnelled packet for a group. */
void	multicast_on_tunnel(struct node *, struct rx *, usec_t now);
void	multicast_count(const struct node *, struct record *);
void	multicast_show(const struct node *, struct record_sink *);

#endif
