/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh.h - the Mobility Header (RFC 6275 section 6.1) and its options (6.2).
 *
 * One struct mh holds any message; its options follow in the order in which
 * they stand.  Padding is not kept: mh_parse drops Pad1 and PadN, mh_build
 * sets what the alignment of each option asks for.  An option that is not
 * in the table is kept whole as `raw' and built again unchanged.
 */
#ifndef MIP6D_WIRE_MH_H
#define MIP6D_WIRE_MH_H

#include "wire/wire.h"

#define IPPROTO_MOBILITY	135	/* RFC 6275 6.1.1 */

enum mh_type {				/* IANA; RFC 6275 unless noted */
	MH_BRR = 0,
	MH_HOTI = 1,
	MH_COTI = 2,
	MH_HOT = 3,
	MH_COT = 4,
	MH_BU = 5,
	MH_BA = 6,
	MH_BE = 7,
};

/* Binding Update flags (6.1.7), as one 16-bit field in network bit order */
enum mh_bu_flag {
	MH_BU_A = 0x8000,		/* Acknowledge */
	MH_BU_H = 0x4000,		/* Home Registration */
	MH_BU_L = 0x2000,		/* Link-Local Address Compatibility */
	MH_BU_K = 0x1000,		/* Key Management Mobility Capability */
};
enum mh_ba_flag {			/* Binding Acknowledgement (6.1.8), 8 bits */
	MH_BA_K = 0x80,
};

enum mh_status {			/* Binding Acknowledgement (6.1.8) */
	MH_ST_ACCEPTED = 0,
	MH_ST_PREFIX_DISCOVERY = 1,	/* accepted but prefix discovery necessary */
	MH_ST_UNSPECIFIED = 128,
	MH_ST_PROHIBITED = 129,		/* administratively prohibited */
	MH_ST_RESOURCES = 130,		/* insufficient resources */
	MH_ST_NO_HOME_REG = 131,	/* home registration not supported */
	MH_ST_NOT_HOME_SUBNET = 132,
	MH_ST_NOT_HA = 133,		/* not home agent for this mobile node */
	MH_ST_DAD_FAILED = 134,
	MH_ST_SEQUENCE = 135,		/* sequence number out of window */
	MH_ST_HOME_NONCE = 136,
	MH_ST_CAREOF_NONCE = 137,
	MH_ST_NONCES = 138,
	MH_ST_TYPE_CHANGE = 139,	/* registration type change disallowed */
	MH_ST_ID_MISMATCH = 144,	/* RFC 4285 section 7: MIPV6-ID-MISMATCH */
	MH_ST_MESG_ID_REQD = 145,	/* MIPV6-MESG-ID-REQD */
	MH_ST_AUTH_FAIL = 146,		/* MIPV6-AUTH-FAIL */
	MH_ST_INVALID_COA = 174,
};

enum mh_be_status {			/* Binding Error (6.1.9) */
	MH_BE_UNKNOWN_BINDING = 1,
	MH_BE_UNKNOWN_TYPE = 2,
};

/* The fixed part of each message, host order. */
struct mh_bu {
	uint16_t	seq;
	uint16_t	flags;		/* MH_BU_* */
	uint16_t	lifetime;	/* units of 4 seconds */
};
struct mh_ba {
	uint8_t		status;
	uint8_t		flags;		/* MH_BA_* */
	uint16_t	seq;
	uint16_t	lifetime;	/* units of 4 seconds */
};
struct mh_be {
	uint8_t		status;
	struct in6_addr	hoa;		/* or :: */
};

enum mopt_type {
	MOPT_PAD1 = 0,
	MOPT_PADN = 1,
	MOPT_REFRESH = 2,		/* Binding Refresh Advice */
	MOPT_ALTCOA = 3,		/* Alternate Care-of Address */
	MOPT_NONCES = 4,
	MOPT_AUTH_DATA = 5,		/* Binding Authorization Data */
	MOPT_MNID = 8,			/* RFC 4283 */
	MOPT_AUTH = 9,			/* RFC 4285 */
	MOPT_REPLAY = 10,		/* RFC 4285: message identifier */
};

enum mopt_mnid_subtype { MOPT_MNID_NAI = 1 };
enum mopt_auth_subtype { MOPT_AUTH_MNHA = 1, MOPT_AUTH_MNAAA = 2 };

struct mopt {
	uint8_t		type;
	uint8_t		len;		/* option length as on the wire */
	uint16_t	off;		/* of its type octet, from the start of
					   the Mobility Header; set by mh_parse
					   and mh_build */
	union {
		uint16_t	refresh;	/* units of 4 seconds */
		struct in6_addr	altcoa;
		struct {
			uint16_t	home, careof;	/* nonce indices */
		} nonces;
		struct span	auth_data;	/* the authenticator; p NULL
						   as in auth.data */
		struct {
			uint8_t		subtype;
			struct span	id;
		} mnid;
		struct {
			uint8_t		subtype;
			uint32_t	spi;
			struct span	data;	/* the authenticator.  build:
						   data.p NULL leaves data.len
						   zeros to be filled in */
		} auth;
		uint64_t	replay;		/* NTP timestamp, RFC 4285 6 */
		struct span	raw;		/* any other */
	};
};

#define MH_OPTS_MAX	32
#define MH_LEN_MAX	2048		/* (255 + 1) * 8 */

struct mh {
	uint8_t		type;		/* enum mh_type */
	uint16_t	len;		/* whole header, octets; set by both */
	union {
		struct mh_bu	bu;
		struct mh_ba	ba;
		struct mh_be	be;
		struct span	body;	/* a type not decoded: what follows the
					   checksum, options included */
	};
	unsigned	nopts;
	struct mopt	opt[MH_OPTS_MAX];	/* only nopts are defined */
};

/* Parse the Mobility Header in `p' (len octets: all that is left of the
 * packet).  Checks, in the order of RFC 6275 9.2: checksum (over src, dst,
 * see wire_checksum; NULL skips it), MH type, Payload Proto, Header Len;
 * then each option.  0, or -EBADMSG with *err filled and *ret undefined but
 * for `type' (valid when the first four octets were there). */
int	mh_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
		 const struct in6_addr *dst, struct mh *ret,
		 struct wire_error *err);
/* Append `m', padded to 8 octets, checksum zero, Payload Proto 59.  Sets
 * m->len and each option's len and off.  0, -EINVAL for a value that the
 * wire cannot carry, -ENOSPC. */
int	mh_build(struct mh *m, struct wbuf *);
/* Put the checksum into a built header. */
void	mh_seal(uint8_t *p, size_t len, const struct in6_addr *src,
		const struct in6_addr *dst);

/* First option of that type, or NULL. */
const struct mopt *mh_opt(const struct mh *, uint8_t type);
/* Add an option to a message under construction; NULL when full. */
struct mopt *mh_add(struct mh *, uint8_t type);

#endif
