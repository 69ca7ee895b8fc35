/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mobile_prefix.h - a home agent tells its mobiles of the prefixes of their
 * home network (RFC 6275 6.7, 6.8, 10.6).
 */
#ifndef MIP6D_CORE_MOBILE_PREFIX_H
#define MIP6D_CORE_MOBILE_PREFIX_H

#include "core/registrar.h"

struct mobile_prefixes;

struct mobile_prefixes *mobile_prefix_new(struct node *);
struct mobile_prefixes *mobile_prefix_free(struct node *,
					   struct mobile_prefixes *);
/* A home registration was accepted (`updated'), or found again after a restart
 * or in another configuration. */
void	mobile_prefix_serve(struct node *, const struct binding *,
			    bool updated, usec_t now);
/* It has ended: nothing is sent to it any more. */
void	mobile_prefix_leave(struct node *, const struct in6_addr *hoa);
/* What is advertised by others on a home link is not what it was. */
void	mobile_prefix_changed(struct node *, uint32_t ifindex, usec_t now);
/* The same of whose home network another configuration has other prefixes; and
 * other intervals count from now on. */
void	mobile_prefix_reconfigure(struct node *, const struct conf *old,
				  usec_t now);
void	mobile_prefix_count(const struct node *, struct record *);

#endif
