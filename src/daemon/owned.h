/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owned.h - which of our addresses is of which type, and which one of a type
 * new sockets get: what EF_OWNED and EF_CURRENT have said so far.
 */
#ifndef MIP6D_DAEMON_OWNED_H
#define MIP6D_DAEMON_OWNED_H

#include "base/map.h"
#include "core/effect.h"

struct owned {
	struct map		map;
	struct ef_current	current[ATYPES];	/* by type */
};

int	owned_open(struct owned *);		/* 0 or -errno */
void	owned_close(struct owned *);
/* What the node wants remembered: 0 or -ENOMEM. */
int	owned_set(struct owned *, const struct ef_owned *);
void	owned_set_current(struct owned *, const struct ef_current *);
/* ATYPE_NONE: not one of ours. */
enum atype owned_type(const struct owned *, const struct in6_addr *);
/* Is it one of ours, formed of our key? */
bool	owned_cga(const struct owned *, const struct in6_addr *);
/* As it was said last; not provided when nothing was. */
const struct ef_current *owned_now(const struct owned *, enum atype);
/* Remember how many sockets have it.  True when that is news to the node. */
bool	owned_count(struct owned *, const struct in6_addr *,
		    uint32_t sessions);
/* All of them: zero the cursor first; false at the end.  The table must not
 * change meanwhile. */
struct owned_cursor {
	struct map_node	*at;
	size_t		pos;
};
bool	owned_next(const struct owned *, struct owned_cursor *,
		   struct ef_owned *ret);

#endif
