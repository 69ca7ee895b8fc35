/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * revoke.h - bindings that are taken back by the other end (RFC 5846), between
 * anchors and gateways of Proxy Mobile IPv6, in both directions.
 */
#ifndef MIP6D_CORE_REVOKE_H
#define MIP6D_CORE_REVOKE_H

#include "core/pmip.h"

enum revoke_trigger {			/* RFC 5846 5.1 */
	REVOKE_UNSPECIFIED = 0,
	REVOKE_ADMINISTRATIVE = 1,
	REVOKE_HANDOVER_SAME = 2,	/* inter-MAG, same access type */
	REVOKE_HANDOVER_OTHER = 3,
	REVOKE_HANDOVER_UNKNOWN = 4,
	REVOKE_OUT_OF_SYNC = 7,
	REVOKE_PER_PEER = 128,		/* global */
	REVOKE_LOCAL_POLICY = 129,	/* all that share what an option says */
};
enum revoke_status {			/* 5.2 */
	REVOKE_OK = 0,
	REVOKE_NONE = 128,		/* Binding Does NOT Exist */
	REVOKE_NO_GLOBAL = 130,		/* Global Revocation NOT Authorized */
	REVOKE_NO_IDENTITY = 131,
	REVOKE_NO_TRIGGER = 133,
	REVOKE_NO_FUNCTION = 134,
	REVOKE_NO_PROXY = 135,
};

struct revocations;

struct revocations *revoke_new(struct node *);		/* NULL: memory */
struct revocations *revoke_free(struct node *, struct revocations *);
/* Tell `peer' that it is over: of a mobile's session, or (id NULL) of all
 * that are registered between the two. */
void	revoke_send(struct node *, const struct in6_addr *peer,
		    const struct in6_addr *local, enum revoke_trigger,
		    const struct span *id, const struct prefix *hnp,
		    unsigned nhnps, usec_t now);
/* ... of a group of ours (RFC 6602). */
void	revoke_send_group(struct node *, const struct in6_addr *peer,
			  const struct in6_addr *local, uint32_t group,
			  usec_t now);
/* All of a realm ("@realm"); told once, however often it is said. */
void	revoke_realm(struct node *, const struct in6_addr *peer,
		     const struct in6_addr *local, const struct span *realm,
		     usec_t now);
void	revoke_on_message(struct node *, struct rx *, usec_t now);

/* What the roles do about one: a status.  `from' is the peer. */
uint8_t	lma_on_revoke(struct node *, const struct mh *,
		      const struct pmip_request *, const struct in6_addr *from,
		      usec_t now);
uint8_t	mag_on_revoke(struct node *, const struct mh *,
		      const struct pmip_request *, const struct in6_addr *from,
		      usec_t now);

#endif
