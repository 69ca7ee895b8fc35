/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * icmp.h - the ICMPv6 messages of mobility that are not Neighbor
 * Discovery: home agent address discovery (RFC 6275 6.5, 6.6), mobile
 * prefixes (6.7, 6.8), and the errors (RFC 4443) that a mobile node or its
 * correspondents must understand.
 */
#ifndef MIP6D_WIRE_ICMP_H
#define MIP6D_WIRE_ICMP_H

#include "wire/nd.h"

enum icmp_type {
	ICMP_UNREACHABLE = 1,
	ICMP_TOO_BIG = 2,
	ICMP_TIME_EXCEEDED = 3,
	ICMP_PARAM_PROBLEM = 4,
	ICMP_HAAD_REQUEST = 144,
	ICMP_HAAD_REPLY = 145,
	ICMP_PREFIX_SOL = 146,
	ICMP_PREFIX_ADV = 147,
};

#define ICMP_HAAD_R	0x8000		/* mobile routers, RFC 3963 7 */
#define ICMP_PREFIX_M	0x8000		/* managed, RFC 6275 6.8 */
#define ICMP_PREFIX_O	0x4000		/* other configuration */

struct icmp_error {
	uint32_t	param;		/* MTU or pointer; else 0 */
	struct span	about;		/* as much as there is of the packet */
};
struct icmp_haad {
	uint16_t	id;
	uint16_t	flags;		/* ICMP_HAAD_R */
	struct span	agents;		/* reply: addresses of 16 octets */
};
struct icmp_prefix {
	uint16_t	id;
	uint16_t	flags;		/* advertisement: ICMP_PREFIX_* */
	unsigned	npios;		/* advertisement; more than fit are
					   ignored */
	struct nd_pio	pio[ND_PIO_MAX];
};

struct icmp {
	uint8_t		type;		/* enum icmp_type */
	uint8_t		code;		/* 0 but for errors */
	union {
		struct icmp_error	error;
		struct icmp_haad	haad;
		struct icmp_prefix	prefix;
	};
};

/* `p' is the ICMPv6 message; src, dst are those of its pseudo-header (home
 * addresses where the packet carries them).  Checks: checksum, code 0 (but
 * for errors), lengths, and for the prefix messages no option of length 0
 * or past the end (RFC 4861).  0, -EPROTONOSUPPORT for another type (*err
 * untouched), or -EBADMSG and *err. */
int	icmp_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
		   const struct in6_addr *dst, struct icmp *ret,
		   struct wire_error *err);
/* Append the message behind headers started with pkt_start, checksum zero:
 * icmp_seal sets it.  0, -EINVAL, -ENOSPC. */
int	icmp_build(const struct icmp *, struct wbuf *);
void	icmp_seal(uint8_t *p, size_t len, const struct in6_addr *src,
		  const struct in6_addr *dst);

#endif
