/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pkt.h - a whole IPv6 packet and the extension headers that mobility uses:
 * the Home Address option (RFC 6275 section 6.3) in a destination options
 * header and the type 2 routing header (6.4).
 */
#ifndef MIP6D_WIRE_PKT_H
#define MIP6D_WIRE_PKT_H

#include "wire/wire.h"

#define PKT_HOPLIMIT	64

struct pkt {
	struct in6_addr	src, dst;	/* as in the IPv6 header */
	uint8_t		hlim;
	uint8_t		tclass;
	bool		has_hao, has_rh2, has_ah_esp;
	struct in6_addr	hao;		/* home address of the sender */
	struct in6_addr	rh2;		/* home address of the receiver;
					   segments left was 1 */
	uint32_t	hao_off;	/* octet of option and header, */
	uint32_t	rh2_off;	/*   from the start of the packet */
	uint8_t		proto;		/* the upper layer, or 59 */
	uint32_t	off;		/* of the upper layer's first octet */
	struct span	payload;	/* from there to the packet's end */
};

/* Walk the chain.  Refuses: version, a payload length beyond `len', headers
 * out of RFC 8200 4.1 order or repeated, a second Home Address option, an
 * HAO that is not where 6.3 lets it stand (after a routing header, before
 * a fragment, AH or ESP header), an RH2 whose Hdr Ext Len is not 2 or
 * Segments Left not 1 (0 is legal and means no swap), a home address in
 * either that is multicast or not routable.  Any fragment that is not a
 * whole packet is WIRE_EXT_ORDER: whoever calls has them reassembled.  0,
 * or -EBADMSG and *err. */
int	pkt_parse(const uint8_t *p, size_t len, struct pkt *ret,
		  struct wire_error *err);

/* The addresses that the receiver's transport sees, and so the
 * pseudo-header: home addresses where the packet carries them. */
static inline const struct in6_addr *pkt_src(const struct pkt *p)
{
	return p->has_hao ? &p->hao : &p->src;
}

static inline const struct in6_addr *pkt_dst(const struct pkt *p)
{
	return p->has_rh2 ? &p->rh2 : &p->dst;
}

/* Start a packet: IPv6 header, then a type 2 routing header when rh2 is
 * given, then a destination options header with the Home Address option
 * when hao is given (6.3: 8n+6).  `proto' is the upper layer's.  The caller
 * appends the upper layer and calls pkt_finish, which sets the payload
 * length.  Check w->bad after it. */
void	pkt_start(struct wbuf *w, const struct in6_addr *src,
		  const struct in6_addr *dst, uint8_t hlim,
		  const struct in6_addr *hao, const struct in6_addr *rh2,
		  uint8_t proto);
void	pkt_finish(struct wbuf *w);

/* A whole ICMPv6 error (RFC 4443) about `orig': as much of it as fits the
 * minimum MTU.  `param' is the pointer (Parameter Problem) or the MTU. */
void	pkt_icmp_error(struct wbuf *w, const struct in6_addr *src,
		       const struct in6_addr *dst, uint8_t type, uint8_t code,
		       uint32_t param, const uint8_t *orig, size_t len);

#endif
