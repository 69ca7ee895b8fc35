/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mld_filter.h - from which sources somebody wants the packets of a group
 * (RFC 3810).
 */
#ifndef MIP6D_CORE_MLD_FILTER_H
#define MIP6D_CORE_MLD_FILTER_H

#include "base/addr.h"
#include "base/clock.h"

/* The types of RFC 3810 5.2.12. */
enum mld_record {
	IS_INCLUDE = 1, IS_EXCLUDE, TO_INCLUDE, TO_EXCLUDE, ALLOW, BLOCK,
};

struct mld_source;

/* All zero: from nobody. */
struct mld_filter {
	struct mld_source *source;	/* included ones; or those that are not
					   wanted */
	unsigned	n;
	bool		exclude;
	usec_t		until;		/* all but the excluded ones; of the
					   included ones the last to end */
};

/* What a record says of its sources (`n' addresses): to be applied in the order
 * in which records come.  False: from nobody is left. */
bool	mld_filter_apply(struct mld_filter *, unsigned type,
			 const uint8_t *sources, unsigned n, usec_t now);
bool	mld_filter_takes(const struct mld_filter *, const struct in6_addr *src,
			 usec_t now);
void	mld_filter_fini(struct mld_filter *);

#endif
