/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * presence.h - which addresses an access anchor has itself seen alive on its
 * link, and at which link-layer address.
 *
 * What is remembered is bounded: of one interface to four times the
 * MaxBindings of its anchors, of one link-layer address to MaxPerLink, in
 * time by SeenWithin; who is quiet is asked before that.  It is kept over a
 * restart.
 */
#ifndef MIP6D_CORE_PRESENCE_H
#define MIP6D_CORE_PRESENCE_H

#include "core/node.h"

struct presence;

struct presence *presence_new(struct node *);		/* NULL: memory */
struct presence *presence_free(struct node *, struct presence *); /* NULL */
/* Solicitations and advertisements; others are nothing to it. */
void	presence_on_nd(struct node *, struct rx *, usec_t now);
void	presence_on_neighbour(struct node *, const struct ev_neighbour *,
			      usec_t now);
void	presence_on_gone(struct node *, uint32_t ifindex);
/* A stored record; false: not one of ours.  Then, when links are known. */
bool	presence_restore(struct node *, const struct store_record *,
			 usec_t now);
void	presence_ready(struct node *, usec_t now);

/* Was `addr' seen on this interface within its anchor's SeenWithin, and is
 * not contested?  *ret: at which link-layer address. */
bool	presence_seen(const struct node *, uint32_t ifindex,
		      const struct in6_addr *addr, usec_t now,
		      struct lladdr *ret);
/* Somebody answered for an address that was forwarded because it had been
 * seen.  It counts as not seen for SeenWithin, or until Duplicate Address
 * Detection has found nobody. */
void	presence_contest(struct node *, uint32_t ifindex,
			 const struct in6_addr *addr, usec_t now);
void	presence_settle(struct node *, uint32_t ifindex,
			const struct in6_addr *addr);
/* How many addresses are remembered of an interface. */
uint32_t presence_count(const struct node *, uint32_t ifindex);

#endif
