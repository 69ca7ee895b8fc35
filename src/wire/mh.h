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

#include "wire/mopt.h"

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
	MH_FBU = 8,			/* RFC 5568 */
	MH_FBACK = 9,
	MH_FNA = 10,			/* RFC 4068; deprecated, never sent */
	MH_EXPERIMENTAL = 11,		/* RFC 5096 */
	MH_HA_SWITCH = 12,		/* RFC 5142 */
	MH_HEARTBEAT = 13,		/* RFC 5847 */
	MH_HI = 14,			/* RFC 5568, RFC 5949 */
	MH_HACK = 15,
	MH_REVOCATION = 16,		/* RFC 5846 */
	MH_LRI = 17,			/* RFC 6705 */
	MH_LRA = 18,
	MH_UPN = 19,			/* RFC 7077 */
	MH_UPA = 20,
	MH_SUB_QUERY = 22,		/* RFC 7161 */
	MH_SUB_RESPONSE = 23,
};

/* Binding Update flags (6.1.7), as one 16-bit field in network bit order */
enum mh_bu_flag {
	MH_BU_A = 0x8000,		/* Acknowledge */
	MH_BU_H = 0x4000,		/* Home Registration */
	MH_BU_L = 0x2000,		/* Link-Local Address Compatibility */
	MH_BU_K = 0x1000,		/* Key Management Mobility Capability */
	MH_BU_M = 0x0800,		/* MAP registration, RFC 5380 */
	MH_BU_R = 0x0400,		/* Mobile Router, RFC 3963 */
	MH_BU_P = 0x0200,		/* Proxy Registration, RFC 5213 */
	MH_BU_F = 0x0100,		/* Forced UDP encapsulation, RFC 5555 */
	MH_BU_T = 0x0080,		/* TLV-header format, RFC 5845 */
	MH_BU_B = 0x0040,		/* Bulk-Binding-Update, RFC 6602 */
	MH_BU_O = 0x0040,		/* without P: Overwrite, RFC 5648 */
	MH_BU_S = 0x0020,		/* Multicast Signaling, RFC 7161 */
	MH_BU_D = 0x0010,		/* DMM, RFC 8885 */
};
enum mh_ba_flag {			/* Binding Acknowledgement (6.1.8) */
	MH_BA_K = 0x80,
	MH_BA_R = 0x40,			/* as those of a BU */
	MH_BA_P = 0x20,
	MH_BA_T = 0x10,
	MH_BA_B = 0x08,
	MH_BA_S = 0x04,
	MH_BA_D = 0x02,
};

enum mh_status {			/* Binding Acknowledgement (6.1.8) */
	MH_ST_ACCEPTED = 0,
	MH_ST_PREFIX_DISCOVERY = 1,	/* accepted, but discovery necessary */
	MH_ST_GRE_NOT_REQUIRED = 2,	/* RFC 5845 6.4 */
	MH_ST_TLV_NOT_SUPPORTED = 3,
	MH_ST_MCOA_NOTCOMPLETE = 4,	/* RFC 5648 4.4 */
	MH_ST_MCOA_NO_NDP = 5,
	MH_ST_UNSPECIFIED = 128,
	MH_ST_PROHIBITED = 129,		/* administratively prohibited */
	MH_ST_RESOURCES = 130,		/* insufficient resources */
	MH_ST_NO_HOME_REG = 131,	/* home registration not supported */
	MH_ST_NOT_HOME_SUBNET = 132,
	MH_ST_NOT_HA = 133,		/* not home agent for this mobile */
	MH_ST_DAD_FAILED = 134,
	MH_ST_SEQUENCE = 135,		/* sequence number out of window */
	MH_ST_HOME_NONCE = 136,
	MH_ST_CAREOF_NONCE = 137,
	MH_ST_NONCES = 138,
	MH_ST_TYPE_CHANGE = 139,	/* type change disallowed */
	MH_ST_NOT_ROUTER = 140,		/* RFC 3963 4.2: Mobile Router Operation
					   not permitted */
	MH_ST_INVALID_PREFIX = 141,
	MH_ST_PREFIX_UNAUTHORIZED = 142,
	MH_ST_FORWARDING_FAILED = 143,
	MH_ST_ID_MISMATCH = 144,	/* RFC 4285 8: MIPV6-ID-MISMATCH */
	MH_ST_MESG_ID_REQD = 145,	/* MIPV6-MESG-ID-REQD */
	MH_ST_AUTH_FAIL = 146,		/* MIPV6-AUTH-FAIL */
	MH_ST_NO_TOKEN = 147,		/* RFC 4866 5.7 */
	MH_ST_CGA_FAILED = 148,
	MH_ST_TOKEN_EXISTS = 149,
	MH_ST_HOME_NONCE_ZERO = 150,
	MH_ST_SERVICE = 151,		/* RFC 5149 */
	MH_ST_PROXY_DISABLED = 152,	/* RFC 5213 8.9 */
	MH_ST_NOT_LMA = 153,
	MH_ST_MAG_UNAUTHORIZED = 154,
	MH_ST_HNP_UNAUTHORIZED = 155,
	MH_ST_TIMESTAMP = 156,
	MH_ST_TIMESTAMP_LOWER = 157,
	MH_ST_MISSING_HNP = 158,
	MH_ST_PREFIX_SET = 159,
	MH_ST_MISSING_MNID = 160,
	MH_ST_MISSING_HANDOFF = 161,
	MH_ST_MISSING_ATT = 162,
	MH_ST_GRE_REQUIRED = 163,	/* RFC 5845 6.4 */
	MH_ST_MCOA_MALFORMED = 164,	/* RFC 5648 4.4 */
	MH_ST_MCOA_NON_MCOA = 165,
	MH_ST_MCOA_PROHIBITED = 166,
	MH_ST_MCOA_UNKNOWN_COA = 167,
	MH_ST_MCOA_BULK = 168,
	MH_ST_MCOA_SIMULTANEOUS = 169,
	MH_ST_NO_IPV4 = 170,		/* RFC 5844 3.3.5 */
	MH_ST_IPV4_UNAUTHORIZED = 171,
	MH_ST_NO_IPV6 = 172,
	MH_ST_MULTIPLE_IPV4 = 173,
	MH_ST_INVALID_COA = 174,
	MH_ST_INVALID_GROUP = 175,	/* RFC 6602 4.4 */
	MH_ST_REINIT_SA = 176,		/* RFC 6618 */
	MH_ST_DMNP_UNAUTHORIZED = 177,	/* RFC 7148 4.2 */
	MH_ST_DMNP_IN_USE = 178,
	MH_ST_QOS = 179,		/* RFC 7222 4.3 */
	MH_ST_MULTIPATH = 180,		/* RFC 8278 4.3 */
};

enum mh_be_status {			/* Binding Error (6.1.9) */
	MH_BE_UNKNOWN_BINDING = 1,
	MH_BE_UNKNOWN_TYPE = 2,
};

#define MH_HEARTBEAT_U	0x0002		/* unsolicited, RFC 5847 3.3 */
#define MH_HEARTBEAT_R	0x0001		/* response */
enum mh_hi_flag {
	MH_HI_S = 0x80, MH_HI_U = 0x40, MH_HI_P = 0x20, MH_HI_F = 0x10
};
enum mh_hack_flag { MH_HACK_U = 0x80, MH_HACK_P = 0x40, MH_HACK_F = 0x20 };
enum mh_revocation_kind { MH_BRI = 1, MH_BRA = 2 };	/* RFC 5846 5 */
enum mh_revocation_flag {
	MH_REVOCATION_P = 0x8000,	/* proxy binding */
	MH_REVOCATION_V = 0x4000,	/* IPv4 home address binding only */
	MH_REVOCATION_G = 0x2000,	/* global */
};
#define MH_LRA_U	0x80		/* unsolicited, RFC 6705 10.2 */
#define MH_UPN_A	0x8000		/* answer requested, RFC 7077 4.1 */
#define MH_UPN_D	0x4000		/* retransmitted */
#define MH_SUB_I	0x80		/* information there, RFC 7161 4.3.2 */

/* The fixed part of each message, host order. */
struct mh_bu {				/* MH_BU, MH_FBU */
	uint16_t	seq;
	uint16_t	flags;		/* MH_BU_* */
	uint16_t	lifetime;	/* units of 4 seconds; FBU: seconds */
};
struct mh_ba {				/* MH_BA, MH_FBACK */
	uint8_t		status;
	uint8_t		flags;		/* MH_BA_* */
	uint16_t	seq;
	uint16_t	lifetime;	/* units of 4 seconds; FBack: seconds */
};
struct mh_be {
	uint8_t		status;
	struct in6_addr	hoa;		/* or :: */
};
struct mh_test_init {			/* MH_HOTI, MH_COTI; 6.1.3, 6.1.4 */
	uint64_t	cookie;
};
struct mh_test {			/* MH_HOT, MH_COT; 6.1.5, 6.1.6 */
	uint16_t	nonce;		/* index */
	uint64_t	cookie, token;
};
struct mh_ha_switch {
	uint8_t		n;
	struct span	addrs;		/* n addresses of 16 octets */
};
struct mh_heartbeat {
	uint16_t	flags;		/* MH_HEARTBEAT_* */
	uint32_t	seq;
};
struct mh_hi {				/* MH_HI, MH_HACK */
	uint16_t	seq;
	uint8_t		flags;		/* MH_HI_* or MH_HACK_* */
	uint8_t		code;
};
struct mh_revocation {
	uint8_t		kind;		/* MH_BRI, MH_BRA */
	uint8_t		code;		/* BRI: trigger; BRA: status */
	uint16_t	seq;
	uint16_t	flags;		/* MH_REVOCATION_* */
};
struct mh_lr {				/* MH_LRI, MH_LRA */
	uint16_t	seq;
	uint8_t		flags, status;	/* MH_LRA alone */
	uint16_t	lifetime;	/* seconds */
};
struct mh_upn {
	uint16_t	seq;
	uint16_t	reason;
	uint16_t	flags;		/* MH_UPN_* */
};
struct mh_upa {
	uint16_t	seq;
	uint8_t		status;
};
struct mh_sub {				/* MH_SUB_QUERY, MH_SUB_RESPONSE */
	uint8_t		seq;
	uint8_t		flags;		/* MH_SUB_I; response alone */
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
		struct mh_test_init	test_init;
		struct mh_test	test;
		struct mh_ha_switch	ha_switch;
		struct mh_heartbeat	heartbeat;
		struct mh_hi	hi;
		struct mh_revocation	revocation;
		struct mh_lr	lr;
		struct mh_upn	upn;
		struct mh_upa	upa;
		struct mh_sub	sub;
		struct span	body;	/* MH_EXPERIMENTAL, or a type not in
					   the table: what follows the checksum,
					   to the end of the header */
	};
	unsigned	nopts;
	struct mopt	opt[MH_OPTS_MAX];	/* only nopts are defined */
};

/* Which types a node knows: to the others it answers Binding Error 2. */
#define MH_KNOW(type)		(1U << (type))
#define MH_KNOW_BINDING		(MH_KNOW(MH_BRR) | MH_KNOW(MH_BU) | \
				 MH_KNOW(MH_BA) | MH_KNOW(MH_BE))
#define MH_KNOW_ALL		0xffffffffU

/* Parse the Mobility Header in `p' (len octets: all that is left of the
 * packet).  Checks, in the order of RFC 6275 9.2: checksum (over src, dst,
 * see wire_checksum; NULL skips it), MH type (among `known'), Payload
 * Proto, Header Len; then each option.  0, or -EBADMSG with *err filled and
 * *ret undefined but for `type' (valid when the first four octets were
 * there). */
int	mh_parse_known(const uint8_t *p, size_t len,
		       const struct in6_addr *src, const struct in6_addr *dst,
		       uint32_t known, struct mh *ret, struct wire_error *err);

/* The same for a node that knows bindings and nothing beyond. */
static inline int
mh_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
	 const struct in6_addr *dst, struct mh *ret, struct wire_error *err)
{
	return mh_parse_known(p, len, src, dst, MH_KNOW_BINDING, ret, err);
}

/* Append `m', padded to 8 octets, checksum zero, Payload Proto 59.  Sets
 * m->len and each option's len and off.  0, -EINVAL for a value that the
 * wire cannot carry, -ENOSPC. */
int	mh_build(struct mh *m, struct wbuf *);
/* Put the checksum into a built header. */
void	mh_seal(uint8_t *p, size_t len, const struct in6_addr *src,
		const struct in6_addr *dst);

/* First option of that type, or NULL. */
const struct mopt *mh_opt(const struct mh *, uint8_t type);
/* Does an RFC define the option for that message?  A parser accepts others
 * too: RFC 6275 6.2.1 has them skipped.  True for what is in no table. */
bool	mh_defines(uint8_t mh_type, uint8_t opt_type);
/* Add an option to a message under construction; NULL when full. */
struct mopt *mh_add(struct mh *, uint8_t type);

#endif
