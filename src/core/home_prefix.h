/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home_prefix.h - the Prefix List of our home links (RFC 4861 5.1; RFC 6275
 * 10.3.1, 10.6.1): what other routers advertise there.
 */
#ifndef MIP6D_CORE_HOME_PREFIX_H
#define MIP6D_CORE_HOME_PREFIX_H

#include "core/node.h"

struct home_prefixes;

/* A prefix of a home link, as it stands now. */
typedef void home_prefix_each(void *arg, const struct nd_pio *);

struct home_prefixes *home_prefixes_new(void);
struct home_prefixes *home_prefixes_free(struct node *,
					 struct home_prefixes *);
/* The configuration has changed: forget links and prefixes that are none of
 * ours any more. */
void	home_prefixes_settle(struct node *, usec_t now);
/* A Router Advertisement of somebody else, on a home link. */
void	home_prefixes_hear(struct node *, const struct iface *,
			   const struct nd_ra *, usec_t now);
/* All of a link with the lifetimes that remain, home prefixes that have ended
 * with 0; no whole addresses. */
void	home_prefixes_walk(const struct node *, const struct conf_home_link *,
			   usec_t now, home_prefix_each *, void *arg);
/* What remains of a home prefix; false: nobody else has advertised it. */
bool	home_prefix_left(const struct node *, const struct conf_home_link *,
			 usec_t now, uint32_t *ret_valid,
			 uint32_t *ret_preferred);

#endif
