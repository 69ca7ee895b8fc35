/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_shape.c - what is inside a mobility option, for the shapes that
 * several options have.  What differs stands in their rows.
 *
 * The box above each shape shows it from the option's type octet on.  A
 * parser gets exactly the option's data, of a length that the row allows; a
 * builder writes the data alone, mh_build the type, the length and the
 * padding that the alignment asks for.
 */
#include "wire/mopt_row.h"

/* CGA Parameters Request (RFC 4866 5.6), Care-of Test Init (5.4), and with
 * two reserved octets Redirect-Capability (RFC 6463 4.1)
 *
 *	|     Type      |    Length     |
 */
enum wire_fault
mopt_parse_nothing(struct rbuf *r, struct mopt *o)
{
	return WIRE_OK;
}

bool
mopt_build_nothing(struct wbuf *w, const struct mopt *o)
{
	wbuf_zero(w, mopt_row(o->type)->min);
	return true;
}

void
mopt_print_nothing(const struct mopt *o, struct text *t)
{
}

/* Alternate Care-of Address (RFC 6275 6.2.5), Link-local Address (RFC 5213
 * 8.7), Serving MAAR (RFC 8885 4.6), DLIF Link-Local Address (4.7)
 *
 *	                                |     Type      |  Length = 16  |
 *	|                                                               |
 *	+                            Address                            +
 *	:                                                               :
 */
enum wire_fault
mopt_parse_addr(struct rbuf *r, struct mopt *o)
{
	o->addr = rbuf_addr(r);
	return WIRE_OK;
}

bool
mopt_build_addr(struct wbuf *w, const struct mopt *o)
{
	wbuf_addr(w, &o->addr);
	return true;
}

void
mopt_print_addr(const struct mopt *o, struct text *t)
{
	text_line_addr(t, 2, mopt_row(o->type)->key, &o->addr);
}

/* Mobile Network Prefix (RFC 3963 4.3), Home Network Prefix (RFC 5213 8.3;
 * RFC 7864 4.1: the first octet's top bit is L), Mobility Header IPv6
 * Address/Prefix (RFC 5568 6.4.2: the first octet is the Option-Code), MAG
 * IPv6 Address (RFC 6705 11.1), Anchored and Local Prefix (RFC 8885 4.3,
 * 4.4)
 *
 *	|     Type      |  Length = 18  | Reserved/Code | Prefix Length |
 *	|                                                               |
 *	+                            Prefix                             +
 *	:                                                               :
 *
 * The bits behind the length stay as they are: what they mean depends on
 * the option. */
enum wire_fault
mopt_parse_prefix(struct rbuf *r, struct mopt *o)
{
	o->prefix.code = rbuf_u8(r) & mopt_row(o->type)->keep;
	if (*r->p > 128)
		return WIRE_VALUE;
	o->prefix.len = rbuf_u8(r);
	o->prefix.addr = rbuf_addr(r);
	return WIRE_OK;
}

bool
mopt_build_prefix(struct wbuf *w, const struct mopt *o)
{
	if (o->prefix.len > 128)
		return false;
	wbuf_u8(w, o->prefix.code & mopt_row(o->type)->keep);
	wbuf_u8(w, o->prefix.len);
	wbuf_addr(w, &o->prefix.addr);
	return true;
}

void
mopt_print_prefix(const struct mopt *o, struct text *t)
{
	const struct mopt_row *row = mopt_row(o->type);
	char s[ADDR_STRLEN];

	if (row->name_of)
		text_line_named(t, 2, "code", o->prefix.code, row->name_of);
	else if (row->keep)
		text_line(t, 2, "flags %s", o->prefix.code ? "L" : "-");
	text_line(t, 2, "prefix %s/%u", addr_print(&o->prefix.addr, s),
		  o->prefix.len);
}

/* CGA Parameters, Signature, Permanent Home Keygen Token (RFC 4866 5.1,
 * 5.2, 5.3), Experimental (RFC 5096 4)
 *
 *	|     Type      |    Length     |            Data ...
 */
enum wire_fault
mopt_parse_data(struct rbuf *r, struct mopt *o)
{
	o->data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_data(struct wbuf *w, const struct mopt *o)
{
	wbuf_put(w, o->data.p, o->data.len);
	return true;
}

void
mopt_print_data(const struct mopt *o, struct text *t)
{
	text_line_hex(t, 2, mopt_row(o->type)->key, o->data);
}

/* Service Selection, RFC 5149 3: the same, and the data is text
 *
 *	|     Type      |    Length     |         Identifier ...
 */
enum wire_fault
mopt_parse_text(struct rbuf *r, struct mopt *o)
{
	return mopt_parse_data(r, o);
}

bool
mopt_build_text(struct wbuf *w, const struct mopt *o)
{
	return mopt_build_data(w, o);
}

void
mopt_print_text(const struct mopt *o, struct text *t)
{
	text_line_text(t, 2, mopt_row(o->type)->key, o->data);
}

/* Mobile Node Link-layer Identifier (RFC 5213 8.6), DLIF Link-Layer
 * Address (RFC 8885 4.8)
 *
 *	|     Type      |    Length     |           Reserved            |
 *	|                    Link-layer Identifier ...
 */
enum wire_fault
mopt_parse_lli(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 2);
	return mopt_parse_data(r, o);
}

bool
mopt_build_lli(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, 0);
	return mopt_build_data(w, o);
}

void
mopt_print_lli(const struct mopt *o, struct text *t)
{
	mopt_print_data(o, t);
}

/* Mobility Header Link-Layer Address (RFC 5568 6.4.4: Option-Code), Active
 * Multicast Subscription (RFC 7161 4.1, 6.1: MLD or IGMP type)
 *
 *	|     Type      |    Length     |     Code      |   Data ...
 */
enum wire_fault
mopt_parse_coded(struct rbuf *r, struct mopt *o)
{
	o->coded.code = rbuf_u8(r);
	o->coded.data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_coded(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->coded.code);
	wbuf_put(w, o->coded.data.p, o->coded.data.len);
	return true;
}

void
mopt_print_coded(const struct mopt *o, struct text *t)
{
	const struct mopt_row *row = mopt_row(o->type);

	text_line_named(t, 2, "code", o->coded.code, row->name_of);
	text_line_hex(t, 2, row->key, o->coded.data);
}

/* Handoff Indicator (RFC 5213 8.4), Access Technology Type (8.5)
 *
 *	|     Type      |  Length = 2   |   Reserved    |     Value     |
 */
enum wire_fault
mopt_parse_octet(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 1);
	o->value = rbuf_u8(r);
	return WIRE_OK;
}

bool
mopt_build_octet(struct wbuf *w, const struct mopt *o)
{
	if (o->value > UINT8_MAX)
		return false;
	wbuf_u8(w, 0);
	wbuf_u8(w, (uint8_t)o->value);
	return true;
}

void
mopt_print_octet(const struct mopt *o, struct text *t)
{
	const struct mopt_row *row = mopt_row(o->type);

	text_line_named(t, 2, row->key, o->value, row->name_of);
}

/* Mobility Message Replay Protection (RFC 4285 6), Care-of Test (RFC 4866
 * 5.5), Timestamp (RFC 5213 8.8)
 *
 *	                                |     Type      |  Length = 8   |
 *	|                             Value                             |
 *	+                                                               +
 *	|                                                               |
 */
enum wire_fault
mopt_parse_u64(struct rbuf *r, struct mopt *o)
{
	o->token = rbuf_u64(r);
	return WIRE_OK;
}

bool
mopt_build_u64(struct wbuf *w, const struct mopt *o)
{
	wbuf_u64(w, o->token);
	return true;
}

void
mopt_print_u64(const struct mopt *o, struct text *t)
{
	text_line_u64(t, 2, mopt_row(o->type)->key, o->token);
}
