/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anchor.h - the policy of access anchors: home links whose addresses were
 * formed by whoever is there.  What is different from a home agent's home
 * links is here; all the rest is ha.c.
 */
#ifndef MIP6D_CORE_ANCHOR_H
#define MIP6D_CORE_ANCHOR_H

#include "core/registrar.h"

struct anchors;

struct anchors *anchors_new(struct node *);		/* NULL: memory */
struct anchors *anchors_free(struct anchors *);		/* always NULL */
/* The configuration is another one: count anew, binding by binding, as they
 * are adopted.  0 or -ENOMEM. */
int	anchors_reset(struct node *);

/* The anchor on this interface that the address is of; NULL: none. */
const struct conf_home_link *anchor_link(const struct node *,
					 const struct iface *,
					 const struct in6_addr *);
/* Most bindings of the anchors on an interface, together. */
uint32_t anchor_limit(const struct node *, const char *ifname);

/* May one more be at this care-of address, or is this one there already?
 * rq->link is set. */
bool	anchor_has_room_at(struct node *, const struct registration *,
			   usec_t now);
/* A binding is about to be served for the first time: 0, counted from now
 * on, or MH_ST_RESOURCES.  *ret_seen: it may be served at once. */
int	anchor_enter(struct node *, struct binding *,
		     const struct in6_addr *coa,
		     const struct conf_home_link *, const struct iface *,
		     usec_t now, bool *ret_seen);
/* It is served, perhaps at another care-of address than before. */
void	anchor_move(struct node *, struct binding *);
/* A binding from before is served again.  It counts, also beyond limits. */
void	anchor_adopt(struct node *, struct binding *);
void	anchor_leave(struct node *, struct binding *);
/* Somebody answers for an address that is served because it was seen. */
void	anchor_on_conflict(struct node *, struct binding *, usec_t now);

/* A record for each. */
void	anchors_show(const struct node *, struct record_sink *);

#endif
