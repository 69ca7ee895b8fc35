/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * form.h - a mobile's own Cryptographically Generated Addresses: one
 * modifier for each interface, type and epoch (RFC 3972 section 4), looked
 * for in pieces from the start on, so that none is waited for at a handover.
 */
#ifndef MIP6D_CORE_FORM_H
#define MIP6D_CORE_FORM_H

#include "core/node.h"
#include "crypto/cga.h"

struct former *former_new(struct node *);		/* NULL: memory */
struct former *former_free(struct node *, struct former *);	/* NULL */
/* Begin to look for what may be wanted soon. */
void	former_start(struct node *, usec_t now);

struct form_of {
	enum atype	type;
	uint32_t	epoch, collisions;
	const char	*ifname;
	const struct in6_addr *prefix;
};

/* The address of that, and what it was made with.  False: not to be had, or
 * not found yet; then the search goes on, and demand_on_formed is called at
 * its end. */
bool	form_cga(struct node *, const struct form_of *, usec_t now,
		 struct cga *ret, struct in6_addr *ret_addr);

void	demand_on_formed(struct node *, usec_t now);	/* demand.c */

#endif
