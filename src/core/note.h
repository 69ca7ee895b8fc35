/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.h - what a node has to say to a person, as a code and typed fields.
 *
 * The core never makes text.  note_record (note.c) turns a note into a
 * record, one table for log, `mip6ctl monitor' and tests.
 */
#ifndef MIP6D_CORE_NOTE_H
#define MIP6D_CORE_NOTE_H

#include "base/addr.h"
#include "base/atype.h"
#include "base/record.h"

enum note_code {
	NOTE_SENT,			/* a Mobility Header left: type a->b seq
					   lifetime status */
	NOTE_RECEIVED,			/* one came in */
	NOTE_BAD_PACKET,		/* refused while parsing: fault, offset */
	NOTE_REFUSED,			/* a peer's request: status */
	NOTE_AUTH_FAILED,		/* a peer's authenticator was wrong */
	NOTE_REPLAYED,
	NOTE_BINDING_UP,		/* hoa a, coa b, lifetime */
	NOTE_BINDING_MOVED,		/* hoa a, new coa b */
	NOTE_BINDING_DOWN,		/* hoa a: deregistered or expired (reason) */
	NOTE_BINDING_LIMIT,		/* HaMaxBindings reached, or an anchor's
					   MaxBindings, MaxPerLink */
	NOTE_DAD_START, NOTE_DAD_OK, NOTE_DAD_FAILED,	/* address a */
	NOTE_LINK_UP, NOTE_LINK_DOWN,	/* ifindex */
	NOTE_ROUTER_PROBE,		/* asking the old router a */
	NOTE_HANDOVER,			/* new router a, new care-of address b */
	NOTE_HOME,			/* at home, home address a */
	NOTE_REGISTERED,		/* hoa a, ha b; usec: from RA (or from the
					   first BU) to BA */
	NOTE_DEREGISTERED,
	NOTE_REGISTRATION_FAILED,	/* hoa a, ha b, status */
	NOTE_REGISTRATION_EXPIRED,
	NOTE_NO_ANSWER,			/* still sending, the peer is silent */
	NOTE_EFFECT_FAILED,		/* the world said no: errno */
	NOTE_LIMIT,			/* a table is full: routers, prefixes */
	NOTE_WANTED,			/* an address of type `type' is wanted
					   and is being made */
	NOTE_ADDRESS_UP,		/* a, of `type', may be used; elapsed */
	NOTE_ADDRESS_OLD,		/* a, of `type': not for new sockets */
	NOTE_ADDRESS_DOWN,		/* a, of `type': released (reason) */
	NOTE_NOT_SEEN,			/* hoa a, coa b: refused, it was not on
					   its link */
	NOTE_SIGNATURE_LIMIT,		/* hoa a, coa b: not looked at */
	NOTE_ABORTED,			/* sockets of a were ended */
	NOTE_PRESENCE_LIMIT,		/* an anchor sees more addresses than it
					   may remember */
	NOTE_OPTIMIZED,			/* hoa a, peer b: the route between them
					   is; elapsed */
	NOTE_NOT_OPTIMIZED,		/* not any more, or not at all (reason) */
	NOTE_ATTACHED,			/* a mobile came to an access link */
	NOTE_DETACHED,			/* ... and left it */
	NOTE_UNKNOWN_MOBILE,		/* one that no profile is for */
	NOTE_REVOCATION_FAILED,		/* peer a, status of RFC 5846 */
	NOTE_REVOKED,			/* a took sessions back: trigger in value */
	NOTE_PEER_LOST,			/* a does not answer heartbeats */
	NOTE_PEER_BACK,			/* it does again */
	NOTE_PEER_RESTARTED,		/* and has lost its sessions */
	NOTE_GROUP,			/* with a, `value' sessions stand for
					   another lifetime (RFC 6602) */
	NOTE_REDIRECTED,		/* hoa a: its anchor is b (RFC 6463) */
	NOTE_NOT_REDIRECTED,		/* hoa a: no key for anchor b */
	NOTE_AGENT_UP,			/* another home agent a on ifindex, of
					   this preference */
	NOTE_AGENT_DOWN,		/* it is none any more */
	NOTE_AGENT_LIMIT,		/* HaMaxHomeAgents reached */
	NOTE_MEMBERSHIP_LIMIT,		/* HaMaxMemberships reached, or
					   HaMaxMembershipsPerMobile by b */
	NOTE_AGENTS,			/* of home prefix a: `value' home agents
					   were found, b the first */
	NOTE_PREFIXES,			/* hoa a, ha b: it advertised `value' home
					   prefixes; status: they count */
	NOTE_SWITCH,			/* hoa a, ha b: it sends us away, to
					   `value' others */
	NOTE_CODES
};

/* NOTE_BINDING_DOWN: why, in `value' */
enum note_down {
	NOTE_DOWN_DEREGISTERED = 1,
	NOTE_DOWN_EXPIRED,
	NOTE_DOWN_CONFIGURATION,
	NOTE_DOWN_SHUTDOWN,
	NOTE_DOWN_FAILED,
	NOTE_DOWN_REVOKED,		/* RFC 5846, or by a person */
	NOTE_DOWN_CONFLICT,		/* somebody has it on its link */
	NOTE_DOWN_UNREACHABLE,		/* no way to its care-of address */
};

/* NOTE_ADDRESS_DOWN: why, in `value' */
enum note_gone {
	NOTE_GONE_UNUSED = 1,		/* its last session ended */
	NOTE_GONE_HANDOVER,
	NOTE_GONE_GRACE,		/* the grace period is over */
	NOTE_GONE_PREFIX,		/* its prefix, or a duplicate */
	NOTE_GONE_CONFIGURATION,
	NOTE_GONE_REFUSED,		/* the anchor would not have it */
	NOTE_GONE_RENEWED,
	NOTE_GONE_EXPIRED,		/* its anchor was silent for too long */
};

/* NOTE_NOT_OPTIMIZED: why, in `value' */
enum note_ro {
	NOTE_RO_IDLE = 1,
	NOTE_RO_HOME,			/* hoa is at home */
	NOTE_RO_SILENT,			/* the peer does not answer */
	NOTE_RO_UNSUPPORTED,		/* it cannot, it says */
	NOTE_RO_REFUSED,		/* it will not: status */
	NOTE_RO_LOST,			/* it knows of no binding; again */
	NOTE_RO_EXPIRED,
	NOTE_RO_CONFIGURATION,
};

struct note {
	enum note_code	code;
	usec_t		at;
	uint32_t	ifindex;
	struct in6_addr	a, b;
	uint8_t		type;		/* mh_type; enum effect_kind with
					   EFFECT_FAILED and LIMIT; enum atype
					   with WANTED .. ABORTED */
	uint8_t		status;		/* BA status; wire_fault with BAD_PACKET */
	uint16_t	seq;
	uint32_t	lifetime;	/* seconds */
	uint32_t	value;		/* code's own: offset, limit, errno */
	usec_t		elapsed;
	struct lladdr	ll;		/* of a mobile on an access link */
};

/* `ifname' may be NULL. Keys and words are documented in mip6ctl(8). */
void	note_record(const struct note *, const char *ifname,
		    struct record *ret);

#endif
