/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ha.h - the home agent role, seen from its own parts.
 */
#ifndef MIP6D_CORE_HA_H
#define MIP6D_CORE_HA_H

#include "core/registrar.h"

/* The keeper's dirty bits.  What was said is taken back before the new is
 * said: the interface of a home link may have changed. */
#define HA_UNPROXY	(BINDING_KEEPER << 0)
#define HA_UNPROXY_L	(BINDING_KEEPER << 1)
#define HA_PROXY	(BINDING_KEEPER << 2)
#define HA_PROXY_L	(BINDING_KEEPER << 3)

struct defend;
struct presence;
struct anchors;
struct admission;
struct agents;
struct mobile_prefixes;
struct multicast;

/* Home agent switch (RFC 5142): a walk through the bindings. */
struct ha_switch {
	struct alarm	alarm;
	struct map	mobiles;	/* those that were told */
	struct pool	pool;
	bool		draining;	/* all are to go */
	bool		walked;		/* and each was told once */
	struct binding	*last;		/* not looked into */
	size_t		pos;
	usec_t		next;		/* message, at the earliest */
	uint64_t	sent;
};

struct ha {
	struct defend	*defend;
	struct presence	*presence;	/* what anchors have seen */
	struct anchors	*anchors;
	struct admission *admission;	/* who may register */
	struct agents	*agents;	/* other home agents */
	struct home_prefixes *home_prefixes;	/* the links' Prefix List */
	struct mobile_prefixes *prefixes;
	struct multicast *multicast;
	struct ha_switch leave;
	struct alarm	announce;	/* a walk through all bindings: */
	struct binding	*announce_last;	/*   where it is; not looked into */
	size_t		announce_pos;

	uint64_t	updates;	/* Binding Updates taken for valid */
	uint64_t	accepted, refused;
	uint64_t	ignored;	/* not authentic, or no peer */
};

/* The binding whose home address or (L bit) link-local address is `target',
 * on that very home link; NULL: none.  INVALID ones are none. */
struct binding *ha_defended(const struct node *, const struct iface *,
			    const struct in6_addr *target);
/* What a Binding Update asks for; false: to be discarded in silence. */
bool	ha_read_bu(const struct node *, const struct rx *,
		   struct registration *);
/* What is advertised on a home link by others has changed. */
void	ha_on_prefixes(struct node *, uint32_t ifindex, usec_t now);
/* Duplicate Address Detection for a home address has come to an end. */
void	ha_on_dad(struct node *, const struct in6_addr *hoa, bool unique,
		  usec_t now);
/* One that was begun while the address was served already. */
void	ha_on_check(struct node *, const struct in6_addr *hoa, bool unique,
		    usec_t now);

/* cn.c: what is registered with this address of ours; NULL: nothing. */
struct binding *cn_binding(const struct node *, const struct in6_addr *hoa,
			   const struct in6_addr *local);

#endif
