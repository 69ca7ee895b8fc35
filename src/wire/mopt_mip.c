/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_mip.c - what is inside the mobility options that mobile nodes, home
 * agents and correspondents exchange.
 *
 * Boxes, parsers and builders as in mopt_shape.c.
 */
#include "wire/mopt_row.h"
#include "wire/name.h"

/* Binding Refresh Advice, RFC 6275 6.2.4
 *
 *	                                |   Type = 2    |  Length = 2   |
 *	|       Refresh Interval        |
 */
enum wire_fault
mopt_parse_refresh(struct rbuf *r, struct mopt *o)
{
	o->refresh = rbuf_u16(r);
	return WIRE_OK;
}

bool
mopt_build_refresh(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->refresh);
	return true;
}

void
mopt_print_refresh(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "interval %us", o->refresh * 4U);
}

/* Nonce Indices, RFC 6275 6.2.6
 *
 *	                                |   Type = 4    |  Length = 4   |
 *	|       Home Nonce Index        |      Care-of Nonce Index      |
 */
enum wire_fault
mopt_parse_nonces(struct rbuf *r, struct mopt *o)
{
	o->nonces.home = rbuf_u16(r);
	o->nonces.careof = rbuf_u16(r);
	return WIRE_OK;
}

bool
mopt_build_nonces(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->nonces.home);
	wbuf_u16(w, o->nonces.careof);
	return true;
}

void
mopt_print_nonces(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "home %u", o->nonces.home);
	text_line(t, 2, "care-of %u", o->nonces.careof);
}

/* An authenticator, or room for one that is filled in when the rest of the
 * header stands. */
static void
build_authenticator(struct wbuf *w, struct span s)
{
	if (s.p)
		wbuf_put(w, s.p, s.len);
	else
		wbuf_zero(w, s.len);
}

/* Binding Authorization Data, RFC 6275 6.2.7
 *
 *	                                |   Type = 5    |    Length     |
 *	|                       Authenticator ...
 *
 * It ends the header: no alignment of its own, no padding behind it. */
enum wire_fault
mopt_parse_auth_data(struct rbuf *r, struct mopt *o)
{
	o->auth_data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_auth_data(struct wbuf *w, const struct mopt *o)
{
	build_authenticator(w, o->auth_data);
	return true;
}

void
mopt_print_auth_data(const struct mopt *o, struct text *t)
{
	text_line_hex(t, 2, "authenticator", o->auth_data);
}

/* Mobile Node Identifier, RFC 4283 section 3
 *
 *	|   Type = 8    |    Length     |    Subtype    | Identifier ...
 *
 * An identifier of no octets names nobody: the row refuses it. */
enum wire_fault
mopt_parse_mnid(struct rbuf *r, struct mopt *o)
{
	o->mnid.subtype = rbuf_u8(r);
	o->mnid.id = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_mnid(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->mnid.subtype);
	wbuf_put(w, o->mnid.id.p, o->mnid.id.len);
	return true;
}

void
mopt_print_mnid(const struct mopt *o, struct text *t)
{
	text_line_named(t, 2, "subtype", o->mnid.subtype, name_mnid_subtype);
	if (o->mnid.subtype == MOPT_MNID_NAI)
		text_line_text(t, 2, "identifier", o->mnid.id);
	else
		text_line_hex(t, 2, "identifier", o->mnid.id);
}

/* Mobility Message Authentication, RFC 4285 section 5
 *
 *	                |   Type = 9    |    Length     |    Subtype    |
 *	|                         Mobility SPI                          |
 *	|                    Authentication Data ...
 */
enum wire_fault
mopt_parse_auth(struct rbuf *r, struct mopt *o)
{
	o->auth.subtype = rbuf_u8(r);
	o->auth.spi = rbuf_u32(r);
	o->auth.data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_auth(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->auth.subtype);
	wbuf_u32(w, o->auth.spi);
	build_authenticator(w, o->auth.data);
	return true;
}

void
mopt_print_auth(const struct mopt *o, struct text *t)
{
	text_line_named(t, 2, "subtype", o->auth.subtype, name_auth_subtype);
	text_line(t, 2, "spi %u", o->auth.spi);
	text_line_hex(t, 2, "authenticator", o->auth.data);
}

/* Binding Authorization Data for FMIPv6, RFC 5568 6.4.5
 *
 *	                                |   Type = 21   |    Length     |
 *	|                              SPI                              |
 *	|                       Authenticator ...
 *
 * The text calls the length that of the authenticator.  It is taken as that
 * of SPI and authenticator, as everywhere: a receiver that does not know
 * the option would skip too little otherwise. */
enum wire_fault
mopt_parse_badf(struct rbuf *r, struct mopt *o)
{
	o->auth.subtype = 0;
	o->auth.spi = rbuf_u32(r);
	o->auth.data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_badf(struct wbuf *w, const struct mopt *o)
{
	wbuf_u32(w, o->auth.spi);
	build_authenticator(w, o->auth.data);
	return true;
}

void
mopt_print_badf(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "spi %u", o->auth.spi);
	text_line_hex(t, 2, "authenticator", o->auth.data);
}

/* DNS Update, RFC 5026 8.1
 *
 *	                                |   Type = 17   |    Length     |
 *	|    Status     |R|  Reserved   |    MN identity (FQDN) ...
 */
enum wire_fault
mopt_parse_dns(struct rbuf *r, struct mopt *o)
{
	o->dns.status = rbuf_u8(r);
	o->dns.flags = rbuf_u8(r) & MOPT_DNS_REMOVE;
	o->dns.name = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_dns(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->dns.status);
	wbuf_u8(w, o->dns.flags & MOPT_DNS_REMOVE);
	wbuf_put(w, o->dns.name.p, o->dns.name.len);
	return true;
}

void
mopt_print_dns(const struct mopt *o, struct text *t)
{
	text_line_named(t, 2, "status", o->dns.status, name_dns_status);
	text_line(t, 2, "flags %s", o->dns.flags ? "R" : "-");
	text_line_text(t, 2, "name", o->dns.name);
}

/* Vendor Specific, RFC 5094 section 3
 *
 *	                                |   Type = 19   |    Length     |
 *	|                           Vendor ID                           |
 *	|   Sub-Type    |   Data ...
 */
enum wire_fault
mopt_parse_vendor(struct rbuf *r, struct mopt *o)
{
	o->vendor.id = rbuf_u32(r);
	o->vendor.subtype = rbuf_u8(r);
	o->vendor.data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_vendor(struct wbuf *w, const struct mopt *o)
{
	wbuf_u32(w, o->vendor.id);
	wbuf_u8(w, o->vendor.subtype);
	wbuf_put(w, o->vendor.data.p, o->vendor.data.len);
	return true;
}

void
mopt_print_vendor(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "vendor %u", o->vendor.id);
	text_line(t, 2, "subtype %u", o->vendor.subtype);
	text_line_hex(t, 2, "data", o->vendor.data);
}

/* Binding Identifier, RFC 5648 4.3, with the priority of RFC 6089 4.1
 *
 *	                                |   Type = 35   |    Length     |
 *	|       Binding ID (BID)        |    Status     |H|   BID-PRI   |
 *	:              IPv4 or IPv6 Care-of Address, or none            :
 *
 * A length other than 4, 8 or 20 is no reason to drop the message: the
 * answer is status 164 (RFC 5648 4.4), so the option is kept as it is. */
enum wire_fault
mopt_parse_bid(struct rbuf *r, struct mopt *o)
{
	size_t len = rbuf_left(r);

	if (len != 4 && len != 8 && len != 20) {
		o->bid.form = MOPT_BID_BAD;
		o->bid.bad = rbuf_span(r, len);
		return WIRE_OK;
	}
	o->bid.bid = rbuf_u16(r);
	o->bid.status = rbuf_u8(r);
	o->bid.flags = rbuf_u8(r);
	o->bid.form = (uint8_t)(len - 4);
	memcpy(&o->bid.coa, rbuf_take(r, len - 4), len - 4);
	return WIRE_OK;
}

bool
mopt_build_bid(struct wbuf *w, const struct mopt *o)
{
	if (o->bid.form == MOPT_BID_BAD) {
		wbuf_put(w, o->bid.bad.p, o->bid.bad.len);
		return true;
	}
	if (o->bid.form != 0 && o->bid.form != 4 && o->bid.form != 16)
		return false;
	wbuf_u16(w, o->bid.bid);
	wbuf_u8(w, o->bid.status);
	wbuf_u8(w, o->bid.flags);
	wbuf_put(w, &o->bid.coa, o->bid.form);
	return true;
}

void
mopt_print_bid(const struct mopt *o, struct text *t)
{
	if (o->bid.form == MOPT_BID_BAD) {
		text_line_hex(t, 2, "malformed", o->bid.bad);
		return;
	}
	text_line(t, 2, "bid %u", o->bid.bid);
	text_line_named(t, 2, "status", o->bid.status, name_status);
	text_line(t, 2, "flags %s", o->bid.flags & MOPT_BID_H ? "H" : "-");
	text_line(t, 2, "priority %u", o->bid.flags & ~MOPT_BID_H & 0xff);
	if (o->bid.form == 4)
		text_line_addr4(t, 2, "address", &o->bid.coa4);
	else if (o->bid.form == 16)
		text_line_addr(t, 2, "address", &o->bid.coa);
}

/* RFC 5648 4.3: 2n without a care-of address, 8n+2 with one. */
void
mopt_place_bid(const struct mopt *o, uint8_t *ret_align, uint8_t *ret_shift)
{
	*ret_align = 2;
	*ret_shift = 0;
	if (o->bid.form == 4 || o->bid.form == 16) {
		*ret_align = 8;
		*ret_shift = 2;
	}
}
