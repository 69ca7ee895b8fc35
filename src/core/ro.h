/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ro.h - route optimization at a mobile node: its correspondent
 * registrations (RFC 6275 11.3.6, 11.6, 11.7.2 to 11.7.4).
 *
 * For each pair of a home address that is away and a peer with traffic that
 * the policy speaks of (MnRoPolicy) there is a struct ro: a registrant, and
 * the flow past the home agent while the binding at the peer stands.
 */
#ifndef MIP6D_CORE_RO_H
#define MIP6D_CORE_RO_H

#include "core/mn.h"

void	ro_start(struct node *);
void	ro_stop(struct node *);				/* frees, says nothing */

/* Is the traffic of this home address to be watched? */
bool	ro_watches(const struct node *, const struct mn_home *);

/* --- from the world --- */
void	ro_on_pair(struct node *, const struct ev_pair *, usec_t now);
void	ro_on_used(struct node *, const struct ev_used *, usec_t now);
/* An ICMPv6 error to an address of ours. */
/* 11.3.5; `about' is what `from' did not understand. */
void	ro_on_param_problem(struct node *, const struct in6_addr *from,
			    const struct span *about, usec_t now);

/* --- from mn.c --- */
/* It is away at this care-of address, or at another one than before; its
 * home agent may not know yet. */
void	ro_on_away(struct node *, struct mn_home *, const struct lladdr *ll,
		   usec_t now);
/* Its home agent has acknowledged that. */
/* Bindings of correspondents shall not outlive the home registration. */
void	ro_shorten(struct node *, struct mn_home *, usec_t now);
void	ro_on_registered(struct node *, struct mn_home *, usec_t now);
/* On the home link: nothing leaves past the home agent any more. */
void	ro_on_returning(struct node *, struct mn_home *);
/* At home: the correspondents are to forget where it was. */
void	ro_on_home(struct node *, struct mn_home *, usec_t now);
/* No way to send. */
void	ro_pause(struct node *, struct mn_home *);
/* It is given up: say good-bye where that takes no test, and forget. */
void	ro_end(struct node *, struct mn_home *, usec_t now);
/* It is about to be freed. */
void	ro_drop(struct node *, struct mn_home *);
void	ro_reconfigure(struct node *, usec_t now);

/* Messages of correspondents. */
void	ro_on_ba(struct node *, struct rx *, usec_t now);
void	ro_on_brr(struct node *, struct rx *, usec_t now);
void	ro_on_be(struct node *, struct rx *, usec_t now);
void	ro_on_proof(struct node *, enum rr_kind, const struct in6_addr *peer,
		    const struct in6_addr *addr, usec_t now);
bool	ro_wants_proof(const struct node *, enum rr_kind,
		       const struct in6_addr *peer,
		       const struct in6_addr *addr);

void	ro_show(const struct node *, usec_t now, struct record_sink *);

#endif
