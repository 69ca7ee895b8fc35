/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pkt.c - the walk along the extension headers of a packet.
 *
 * RFC 8200 section 4.1 recommends an order, RFC 6275 section 6.3 adds where
 * a Home Address option may stand, and section 6.4 that a type 2 routing
 * header follows any other.  Together they are the places below, and a
 * chain may only go down the list; so it is never longer than the list,
 * whatever a sender wrote.  A destination options header takes the first
 * place that is left to it.
 */
#include "wire/pkt.h"
#include "wire/row.h"

#define IPV6_LEN		40
#define IPV6_MIN_MTU		1280
#define OPT_PAD1		0
#define OPT_PADN		1
#define OPT_HAO			0xc9	/* RFC 6275 6.3 */
#define RH_TYPE2		2	/* RFC 6275 6.4 */

enum place {
	AT_START,
	AT_HOPBYHOP,
	AT_DST_FIRST,		/* for the routing header's stops too */
	AT_ROUTE,		/* any routing header but type 2 */
	AT_RH2,
	AT_DST_HOME,		/* where 6.3 wants the Home Address option */
	AT_FRAGMENT,
	AT_AUTH,
	AT_ESP,
	AT_DST_LAST,
	AT_UPPER
};

struct walk {
	const uint8_t	*base;
	struct rbuf	r;
	struct pkt	*pkt;
	struct wire_error *err;
	uint8_t		next;	/* type of the header at r.p */
	enum place	place;	/* of the last header */
};

static uint32_t
walk_off(const struct walk *w)
{
	return (uint32_t)(w->r.p - w->base);
}

/* Step down to `to', which must be below the last header's place. */
static int
walk_to(struct walk *w, enum place to)
{
	if (w->place >= to)
		return wire_fail(w->err, WIRE_EXT_ORDER, walk_off(w));
	w->place = to;
	return 0;
}

/* The `len' octets of the header at the cursor; its first octet says what
 * comes next. */
static int
walk_take(struct walk *w, size_t len, struct rbuf *ret)
{
	if (rbuf_left(&w->r) < len)
		return wire_fail(w->err, WIRE_TRUNCATED,
				 (size_t)(w->r.end - w->base));
	*ret = rbuf_sub(&w->r, len);
	w->next = rbuf_u8(ret);
	return 0;
}

/* The Hdr Ext Len octet of the header at the cursor; 0 when it is not
 * there: walk_take will find that out. */
static size_t
walk_len(const struct walk *w)
{
	return rbuf_left(&w->r) < 2 ? 0 : w->r.p[1];
}

/* RFC 8200 4.2: the two high bits of an unknown type say what to do. */
static int
unknown_option(struct walk *w, uint8_t type, size_t at)
{
	switch (type >> 6) {
	case 0:
		return 0;
	case 2:
		return wire_fail(w->err, WIRE_EXT_OPTION, at);
	case 3:
		if (!addr_is_multicast(&w->pkt->dst))
			return wire_fail(w->err, WIRE_EXT_OPTION, at);
		break;
	}
	return wire_fail(w->err, WIRE_EXT_SILENT, at);
}

/* Home Address option, RFC 6275 6.3; alignment 8n+6
 *
 *	                                |  Type = 0xC9  |  Length = 16  |
 *	|                                                               |
 *	+                         Home Address                          +
 *	:                                                               :
 */
static int
home_address(struct walk *w, struct rbuf *data, size_t at)
{
	struct pkt *pkt = w->pkt;

	/* after a routing header is checked when one comes (route_header) */
	if (pkt->has_hao || w->place > AT_DST_HOME)
		return wire_fail(w->err, WIRE_EXT_ORDER, at);
	if (rbuf_left(data) != 16)
		return wire_fail(w->err, WIRE_EXT_VALUE, at + 1);
	pkt->hao = rbuf_addr(data);
	/* RFC 6275 9.3.1, first sentence */
	if (!addr_is_routable(&pkt->hao))
		return wire_fail(w->err, WIRE_VALUE, at + 2);
	pkt->has_hao = true;
	pkt->hao_off = (uint32_t)at;
	return 0;
}

static int
one_option(struct walk *w, struct rbuf *r)
{
	size_t at = (size_t)(r->p - w->base);
	struct rbuf data;
	uint8_t type, len;

	type = rbuf_u8(r);
	if (type == OPT_PAD1)
		return 0;
	if (!rbuf_left(r))
		return wire_fail(w->err, WIRE_EXT_VALUE, at);
	len = rbuf_u8(r);
	if (rbuf_left(r) < len)
		return wire_fail(w->err, WIRE_EXT_VALUE, at + 1);
	data = rbuf_sub(r, len);
	if (type == OPT_PADN)
		return 0;
	if (type == OPT_HAO && w->place != AT_HOPBYHOP)
		return home_address(w, &data, at);
	return unknown_option(w, type, at);
}

static int
options_header(struct walk *w)
{
	struct rbuf r;
	int rc;

	rc = walk_take(w, (walk_len(w) + 1) * 8, &r);
	if (rc)
		return rc;
	rbuf_u8(&r);
	while (rbuf_left(&r)) {
		rc = one_option(w, &r);
		if (rc)
			return rc;
	}
	return 0;
}

static int
hopbyhop_header(struct walk *w)
{
	int rc;

	rc = walk_to(w, AT_HOPBYHOP);
	return rc ? rc : options_header(w);
}

static int
destination_header(struct walk *w)
{
	enum place to = AT_DST_LAST;
	int rc;

	if (w->place < AT_DST_FIRST)
		to = AT_DST_FIRST;
	else if (w->place < AT_DST_HOME)
		to = AT_DST_HOME;
	rc = walk_to(w, to);
	return rc ? rc : options_header(w);
}

/* Type 2 routing header, RFC 6275 6.4
 *
 *	|  Next Header  | Hdr Ext Len=2 | Routing Type=2|Segments Left=1|
 *	|                           Reserved                            |
 *	|                                                               |
 *	+                         Home Address                          +
 *	:                                                               :
 *
 * 11.3.3: a receiver drops what it finds wrong in silence. */
static int
route_type2(struct walk *w, struct rbuf *r, uint32_t at)
{
	struct pkt *pkt = w->pkt;
	uint8_t left;

	if (rbuf_u8(r) != 2)
		return wire_fail(w->err, WIRE_VALUE, at + 1);
	rbuf_take(r, 1);
	left = rbuf_u8(r);
	if (left > 1)
		return wire_fail(w->err, WIRE_VALUE, at + 3);
	if (left == 0)
		return 0;
	rbuf_take(r, 4);
	pkt->rh2 = rbuf_addr(r);
	if (!addr_is_routable(&pkt->rh2))
		return wire_fail(w->err, WIRE_VALUE, at + 8);
	pkt->has_rh2 = true;
	pkt->rh2_off = at;
	return 0;
}

static int
route_header(struct walk *w)
{
	uint32_t at = walk_off(w);
	bool type2 = rbuf_left(&w->r) > 2 && w->r.p[2] == RH_TYPE2;
	struct rbuf r;
	int rc;

	rc = walk_to(w, type2 ? AT_RH2 : AT_ROUTE);
	if (rc)
		return rc;
	/* RFC 6275 6.3: the Home Address option follows a routing header */
	if (w->pkt->has_hao)
		return wire_fail(w->err, WIRE_EXT_ORDER, w->pkt->hao_off);
	rc = walk_take(w, (walk_len(w) + 1) * 8, &r);
	if (rc)
		return rc;
	if (type2)
		return route_type2(w, &r, at);
	/* RFC 8200 4.4: an unknown one with nothing left is passed over,
	 * any other is answered with a pointer to the Routing Type */
	rbuf_take(&r, 2);
	if (rbuf_u8(&r))
		return wire_fail(w->err, WIRE_EXT_VALUE, at + 2);
	return 0;
}

/* RFC 8200 4.5: offset and the M flag, both zero in a whole packet. */
static int
fragment_header(struct walk *w)
{
	uint32_t at = walk_off(w);
	struct rbuf r;
	int rc;

	rc = walk_to(w, AT_FRAGMENT);
	if (!rc)
		rc = walk_take(w, 8, &r);
	if (rc)
		return rc;
	rbuf_u8(&r);
	if (rbuf_u16(&r) & 0xfff9)
		return wire_fail(w->err, WIRE_EXT_ORDER, at);
	return 0;
}

/* RFC 4302 2.2: length in units of 4 octets, minus 2. */
static int
auth_header(struct walk *w)
{
	struct rbuf r;
	int rc;

	w->pkt->has_ah_esp = true;
	rc = walk_to(w, AT_AUTH);
	return rc ? rc : walk_take(w, (walk_len(w) + 2) * 4, &r);
}

/* One header; *ret_upper tells that there is none any more.  What follows
 * an ESP header cannot be read: it is the upper layer. */
static int
walk_step(struct walk *w, bool *ret_upper)
{
	switch (w->next) {
	case IPPROTO_HOPOPTS:
		return hopbyhop_header(w);
	case IPPROTO_DSTOPTS:
		return destination_header(w);
	case IPPROTO_ROUTING:
		return route_header(w);
	case IPPROTO_FRAGMENT:
		return fragment_header(w);
	case IPPROTO_AH:
		return auth_header(w);
	case IPPROTO_ESP:
		w->pkt->has_ah_esp = true;
		*ret_upper = true;
		return walk_to(w, AT_ESP);
	default:
		*ret_upper = true;
		return walk_to(w, AT_UPPER);
	}
}

/* The IPv6 header, RFC 8200 section 3
 *
 *	|Version| Traffic Class |              Flow Label               |
 *	|        Payload Length         |  Next Header  |   Hop Limit   |
 *	:                         Source Address                        :
 *	:                      Destination Address                      :
 */
static int
ipv6_header(struct walk *w, size_t len)
{
	struct pkt *pkt = w->pkt;
	uint32_t first;
	size_t payload;

	if (len < IPV6_LEN)
		return wire_fail(w->err, WIRE_TRUNCATED, len);
	first = rbuf_u32(&w->r);
	payload = rbuf_u16(&w->r);
	w->next = rbuf_u8(&w->r);
	pkt->hlim = rbuf_u8(&w->r);
	pkt->src = rbuf_addr(&w->r);
	pkt->dst = rbuf_addr(&w->r);
	pkt->tclass = (uint8_t)(first >> 20);
	pkt->has_hao = pkt->has_rh2 = pkt->has_ah_esp = false;
	pkt->hao_off = pkt->rh2_off = 0;
	if (first >> 28 != 6)
		return wire_fail(w->err, WIRE_VALUE, 0);
	if (rbuf_left(&w->r) < payload)
		return wire_fail(w->err, WIRE_TRUNCATED, len);
	w->r.end = w->r.p + payload;
	return 0;
}

int
pkt_parse(const uint8_t *p, size_t len, struct pkt *ret,
	  struct wire_error *err)
{
	struct walk w = {
		.base = p, .r = rbuf_of(p, len), .pkt = ret, .err = err
	};
	bool upper = false;
	int rc;

	rc = ipv6_header(&w, len);
	while (!rc && !upper)
		rc = walk_step(&w, &upper);
	if (rc)
		return rc;
	ret->proto = w.next;
	ret->off = walk_off(&w);
	ret->payload = rbuf_span(&w.r, rbuf_left(&w.r));
	return 0;
}

void
pkt_start(struct wbuf *w, const struct in6_addr *src,
	  const struct in6_addr *dst, uint8_t hlim,
	  const struct in6_addr *hao, const struct in6_addr *rh2,
	  uint8_t proto)
{
	uint8_t after = hao ? IPPROTO_DSTOPTS : proto;

	wbuf_u32(w, 6U << 28);
	wbuf_u16(w, 0);
	wbuf_u8(w, rh2 ? IPPROTO_ROUTING : after);
	wbuf_u8(w, hlim);
	wbuf_addr(w, src);
	wbuf_addr(w, dst);
	if (rh2) {
		wbuf_u8(w, after);
		wbuf_u8(w, 2);
		wbuf_u8(w, RH_TYPE2);
		wbuf_u8(w, 1);
		wbuf_u32(w, 0);
		wbuf_addr(w, rh2);
	}
	if (hao) {
		wbuf_u8(w, proto);
		wbuf_u8(w, 2);
		wbuf_u8(w, OPT_PADN);	/* four octets, up to 8n+6 */
		wbuf_u8(w, 2);
		wbuf_u16(w, 0);
		wbuf_u8(w, OPT_HAO);
		wbuf_u8(w, 16);
		wbuf_addr(w, hao);
	}
}

void
pkt_finish(struct wbuf *w)
{
	size_t len = wbuf_len(w);

	if (w->bad || len < IPV6_LEN || len - IPV6_LEN > UINT16_MAX) {
		w->bad = true;
		return;
	}
	wbuf_patch_u16(w, 4, (uint16_t)(len - IPV6_LEN));
}

void
pkt_icmp_error(struct wbuf *w, const struct in6_addr *src,
	       const struct in6_addr *dst, uint8_t type, uint8_t code,
	       uint32_t param, const uint8_t *orig, size_t len)
{
	struct wbuf one = { .base = w->p, .p = w->p, .end = w->end,
			    .bad = w->bad };
	size_t room = IPV6_MIN_MTU - IPV6_LEN - 8;

	pkt_start(&one, src, dst, PKT_HOPLIMIT, NULL, NULL, IPPROTO_ICMPV6);
	wbuf_u8(&one, type);
	wbuf_u8(&one, code);
	wbuf_u16(&one, 0);
	wbuf_u32(&one, param);
	/* RFC 4443 2.4 (c): as much as possible without exceeding 1280 */
	wbuf_put(&one, orig, len < room ? len : room);
	pkt_finish(&one);
	if (!one.bad)
		wbuf_patch_u16(&one, IPV6_LEN + 2,
			       wire_checksum(src, dst, IPPROTO_ICMPV6,
					     one.base + IPV6_LEN,
					     wbuf_len(&one) - IPV6_LEN));
	w->p = one.bad ? w->p : one.p;
	w->bad = one.bad;
}
