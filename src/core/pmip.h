/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pmip.h - what an anchor and a gateway of Proxy Mobile IPv6 (RFC 5213) say
 * to each other, as values: the options of a Proxy Binding Update and of its
 * answer (sections 8.3 to 8.8).
 */
#ifndef MIP6D_CORE_PMIP_H
#define MIP6D_CORE_PMIP_H

#include "core/node.h"

#define PMIP_ID_MAX	128		/* octets of an identity that we serve */
#define PMIP_LLI_MAX	16
#define PMIP_HNPS_MAX	MH_OPTS_MAX	/* of a message */

/* RFC 6602 4.3 */
#define PMIP_GROUP_BULK	1		/* the option's Sub-type */
#define PMIP_GROUP_ALL	1U		/* ALL-SESSIONS */

/* Identity and link-layer identifier of a mobile, whole. */
struct pmip_id {
	uint8_t		len;
	uint8_t		b[PMIP_ID_MAX];
};

/* A message's options.  Spans point into the message. */
struct pmip_request {
	bool		has_id, has_hi, has_att, has_lli, has_ll, has_stamp;
	uint8_t		id_subtype;
	uint8_t		hi, att;	/* enum mopt_handoff, mopt_att */
	struct span	id, lli;
	struct in6_addr	ll;		/* Link-local Address; :: = say one */
	uint64_t	stamp;		/* 1/65536 s since 1970 */
	bool		bulk;		/* the B flag (RFC 6602 4.1, 4.2) */
	bool		has_group;	/* Mobile Node Group Identifier, */
	uint32_t	group;		/*   of Bulk Binding Update Groups */
	unsigned	nhnps;
	struct prefix	hnp[PMIP_HNPS_MAX];	/* :: = say one */
};

/* Read them; unknown and repeated ones are skipped, but for the prefixes. */
void	pmip_read(const struct mh *, struct pmip_request *ret);
/* Append the options that section 5.3.6 and figure 12 have, in their order.
 * Identity, Handoff Indicator and Access Technology Type are always there
 * (empty, 0), and a prefix (::). */
void	pmip_write(struct mh *, const struct pmip_request *);
void	pmip_write_group(struct mh *, uint32_t id);
/* Anything that is about one session, which a message about a group must not
 * have (RFC 6602 5.1.3, 5.2.3). */
bool	pmip_names_session(const struct mh *);
/* Does it name a prefix that is not ::? */
bool	pmip_has_prefix(const struct pmip_request *);
/* One of the Home Network Prefix options is ::. */
bool	pmip_asks_prefix(const struct pmip_request *);
/* The time of day as the Timestamp option has it (8.8). */
uint64_t pmip_stamp(const struct node *, usec_t now);
/* Rows of an array by a key: open addressing, row + 1. */
struct pmip_index {
	uint32_t	*slot, mask;
};
int	pmip_index_init(struct pmip_index *, uint32_t rows);	/* -ENOMEM */
void	pmip_index_fini(struct pmip_index *);
void	pmip_index_put(const struct node *, struct pmip_index *,
		       const void *key, size_t len, uint32_t row);
/* Rows that may have the key, one after the other from *at = UINT32_MAX on;
 * false: no more. */
bool	pmip_index_next(const struct node *, const struct pmip_index *,
			const void *key, size_t len, uint32_t *at,
			uint32_t *ret_row);
/* The profile of an identity, or that of its realm; NULL: none. */
const struct conf_mobile *pmip_profile(const struct node *,
				       const struct pmip_index *by_id,
				       const struct span *id);
int	pmip_profiles(const struct node *, struct pmip_index *by_id);
/* What the authenticator of a Heartbeat or a revocation covers: its sender,
 * where an update has the Proxy-CoA, and its receiver, where that has the
 * anchor. */
void	pmip_cover(struct mh_route *);
/* LMA-Controlled MAG Parameters (RFC 8127): what an anchor wants its gateways
 * to do, and when.  Seconds. */
struct pmip_control {
	bool		registrations, heartbeats;	/* which are there */
	uint32_t	before;		/* the end of a lifetime */
	uint16_t	first, most;	/* waits for an answer */
	uint16_t	beat, beat_retry, beat_most;
};
#define PMIP_CONTROL_LEN	16
void	pmip_put_control(struct mh *, const struct pmip_control *,
			 uint8_t room[PMIP_CONTROL_LEN]);
void	pmip_get_control(const struct mh *, struct pmip_control *ret);
bool	span_eq(const struct span *, const void *, size_t len);

#endif
