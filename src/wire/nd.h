/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd.h - Neighbor Discovery (RFC 4861) with what RFC 6275 section 7 adds:
 * R bit in prefix information, H bit, advertisement interval, home agent
 * information; RFC 4191 routes and preferences, RFC 8106 RDNSS and DNSSL.
 */
#ifndef MIP6D_WIRE_ND_H
#define MIP6D_WIRE_ND_H

#include "wire/wire.h"

enum nd_type { ND_RS = 133, ND_RA = 134, ND_NS = 135, ND_NA = 136 };
#define ND_REDIRECT	137	/* RFC 4861 4.5; of no use to mobility itself,
				   hence none of the four */

enum nd_ra_flag {
	ND_RA_M = 0x80,			/* managed */
	ND_RA_O = 0x40,			/* other configuration */
	ND_RA_H = 0x20,			/* home agent, RFC 6275 7.1 */
};
enum nd_na_flag { ND_NA_R = 0x80, ND_NA_S = 0x40, ND_NA_O = 0x20 };
enum nd_pio_flag {
	ND_PIO_L = 0x80,		/* on-link */
	ND_PIO_A = 0x40,		/* autonomous */
	ND_PIO_R = 0x20,		/* router address, RFC 6275 7.2 */
};

#define ND_INFINITE	0xffffffffU

struct nd_pio {
	struct in6_addr	prefix;		/* with R: the router's whole address */
	uint8_t		len;
	uint8_t		flags;		/* ND_PIO_* */
	uint32_t	valid, preferred;	/* seconds */
};
struct nd_route {			/* RFC 4191 */
	struct prefix	prefix;
	int8_t		pref;		/* -1 low, 0, 1 high, 2 reserved */
	uint32_t	lifetime;	/* seconds */
};
struct nd_rdnss {			/* RFC 8106 */
	uint32_t	lifetime;
	unsigned	n;
	struct in6_addr	server[3];
};
struct nd_dnssl {
	uint32_t	lifetime;
	struct span	names;		/* DNS wire format, as received */
};

#define ND_PIO_MAX	16
#define ND_ROUTE_MAX	16

struct nd_ra {
	uint8_t		hop_limit;
	uint8_t		flags;		/* ND_RA_* */
	int8_t		pref;		/* router preference, RFC 4191 */
	uint16_t	lifetime;	/* seconds */
	uint32_t	reachable, retrans;	/* milliseconds */
	uint32_t	mtu;		/* 0: none */
	uint32_t	adv_interval;	/* ms; 0: none (RFC 6275 7.3) */
	bool		has_ha_info;	/* RFC 6275 7.4 */
	uint16_t	ha_preference;	/* the higher, the better */
	uint16_t	ha_lifetime;	/* seconds */
	struct nd_rdnss	rdnss;		/* n 0: none; the first one */
	struct nd_dnssl	dnssl;
	unsigned	npios, nroutes;	/* more than fit are ignored */
	struct nd_pio	pio[ND_PIO_MAX];
	struct nd_route	route[ND_ROUTE_MAX];
};
struct nd_ns {
	struct in6_addr	target;
	bool		has_nonce;	/* RFC 7527, 6 octets */
	uint8_t		nonce[6];
};
struct nd_na {
	struct in6_addr	target;
	uint8_t		flags;		/* ND_NA_* */
};

struct nd_redirect {
	struct in6_addr	target, dst;
	struct span	about;		/* the redirected packet's beginning;
					   build: whole units of 8 octets */
};

struct nd {
	uint8_t		type;		/* enum nd_type, ND_REDIRECT */
	struct lladdr	sll, tll;	/* source / target link-layer address */
	union {
		struct nd_ra	ra;
		struct nd_ns	ns;
		struct nd_na	na;
		struct nd_redirect	redirect;
	};
};

/* `p' is the ICMPv6 message; src, dst, hlim those of its IPv6 header.
 * Checks what RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1 say: hop limit 255, code
 * 0, checksum, lengths, no option of length 0, RA from a link-local source,
 * no source link-layer option with an unspecified source, target not
 * multicast, NS from :: only to a solicited-node address, NA to multicast
 * not solicited.  Unknown options are skipped.  0, -EPROTONOSUPPORT for
 * another ICMPv6 type (*err untouched), or -EBADMSG and *err. */
int	nd_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
		 const struct in6_addr *dst, uint8_t hlim, struct nd *ret,
		 struct wire_error *err);
/* Append a whole IPv6 packet (hop limit 255) with the message, checksum
 * done.  Check w->bad. */
void	nd_build(const struct nd *, const struct in6_addr *src,
		 const struct in6_addr *dst, struct wbuf *w);

#endif
