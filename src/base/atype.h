/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atype.h - the address types of on-demand mobility (RFC 8653 section 3.2).
 *
 * What a socket's address must survive.  The numbers are kept: they lie in
 * maps that outlive the process, and the flags are those of
 * IPV6_ADDR_PREFERENCES (src/lib/mip6/socket.h).
 */
#ifndef MIP6D_BASE_ATYPE_H
#define MIP6D_BASE_ATYPE_H

#include <stdbool.h>
#include <stdint.h>

enum atype {
	ATYPE_NONE,		/* not asked for */
	ATYPE_HOME,		/* Fixed: at the home agent */
	ATYPE_ACCESS,		/* Session-Lasting: at an access router */
	ATYPE_UNANCHORED,	/* Nonpersistent: gone at the handover */
	ATYPE_GRACEFUL,		/* Graceful-Replacement: gone a while later */
	ATYPES
};

/* Sets of types. */
#define ATYPE_BIT(t)	(1U << (t))
#define ATYPE_ALL	(ATYPE_BIT(ATYPE_HOME) | ATYPE_BIT(ATYPE_ACCESS) | \
			 ATYPE_BIT(ATYPE_UNANCHORED) |			   \
			 ATYPE_BIT(ATYPE_GRACEFUL))

/* Their flags in IPV6_ADDR_PREFERENCES, above those of RFC 5014. */
#define ATYPE_FLAGS	0xf0000U
static inline uint32_t atype_flag(enum atype t)
{
	return t ? 0x8000U << t : 0;
}

/* The type that the REQUIRE flags of `prefs' name, ATYPE_NONE for none of
 * them; other bits do not count.  -EINVAL: more than one. */
int	atype_of_flags(uint32_t prefs, enum atype *ret);
/* "home-anchored", "access-anchored", "unanchored", "graceful", "none" */
const char *atype_name(enum atype);
/* The other way, "none" included. */
bool	atype_parse(const char *word, enum atype *ret);

#endif
