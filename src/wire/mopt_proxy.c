/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_proxy.c - what is inside the mobility options that access gateways
 * and anchors exchange.
 *
 * Boxes, parsers and builders as in mopt_shape.c.
 */
#include "wire/mopt_row.h"
#include "wire/name.h"

/* Restart Counter, RFC 5847 3.4
 *
 *	                                |   Type = 28   |  Length = 4   |
 *	|                        Restart Counter                        |
 */
enum wire_fault
mopt_parse_restart(struct rbuf *r, struct mopt *o)
{
	o->value = rbuf_u32(r);
	return WIRE_OK;
}

bool
mopt_build_restart(struct wbuf *w, const struct mopt *o)
{
	wbuf_u32(w, o->value);
	return true;
}

void
mopt_print_restart(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "counter %u", o->value);
}

/* GRE Key, RFC 5845 6.1; length 2: without a key
 *
 *	|   Type = 33   |    Length     |           Reserved            |
 *	|                      GRE Key Identifier                       |
 */
enum wire_fault
mopt_parse_gre(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 2);
	o->gre.has_key = rbuf_left(r) > 0;
	o->gre.key = o->gre.has_key ? rbuf_u32(r) : 0;
	return WIRE_OK;
}

bool
mopt_build_gre(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, 0);
	if (o->gre.has_key)
		wbuf_u32(w, o->gre.key);
	return true;
}

void
mopt_print_gre(const struct mopt *o, struct text *t)
{
	if (o->gre.has_key)
		text_line(t, 2, "key 0x%08x", o->gre.key);
}

/* Context Request, RFC 5949 6.2.1
 *
 *	|   Type = 40   |    Length     |           Reserved            |
 *	|  Req-type-1   | Req-length-1  |  Req-option-1 ...
 */
enum wire_fault
mopt_parse_context(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 2);
	o->data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_context(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, 0);
	wbuf_put(w, o->data.p, o->data.len);
	return true;
}

void
mopt_print_context(const struct mopt *o, struct text *t)
{
	mopt_print_subs(t, o->data, MOPT_SUB_PLAIN, name_mopt);
}

/* Local Mobility Anchor Address, RFC 5949 6.2.2
 *
 *	|   Type = 41   |    Length     |  Option-Code  |   Reserved    |
 *	:            Local Mobility Anchor Address, IPv6 or IPv4        :
 */
static enum wire_fault
parse_anchor(struct rbuf *r, struct mopt *o)
{
	size_t len = rbuf_left(r);

	if (len != (o->lmaa.code == MOPT_LMAA_IPV6 ? 16 : 4))
		return WIRE_OPT_LENGTH;
	memcpy(&o->lmaa.addr, rbuf_take(r, len), len);
	return WIRE_OK;
}

static void
build_anchor(struct wbuf *w, const struct mopt *o)
{
	wbuf_put(w, &o->lmaa.addr, o->lmaa.code == MOPT_LMAA_IPV6 ? 16 : 4);
}

static void
print_anchor(const struct mopt *o, struct text *t)
{
	if (o->lmaa.code == MOPT_LMAA_IPV6)
		text_line_addr(t, 2, "address", &o->lmaa.addr);
	else
		text_line_addr4(t, 2, "address", &o->lmaa.addr4);
}

enum wire_fault
mopt_parse_lmaa(struct rbuf *r, struct mopt *o)
{
	if (*r->p != MOPT_LMAA_IPV6 && *r->p != MOPT_LMAA_IPV4)
		return WIRE_VALUE;
	o->lmaa.code = rbuf_u8(r);
	rbuf_take(r, 1);
	return parse_anchor(r, o);
}

bool
mopt_build_lmaa(struct wbuf *w, const struct mopt *o)
{
	if (o->lmaa.code != MOPT_LMAA_IPV6 && o->lmaa.code != MOPT_LMAA_IPV4)
		return false;
	wbuf_u8(w, o->lmaa.code);
	wbuf_u8(w, 0);
	build_anchor(w, o);
	return true;
}

void
mopt_print_lmaa(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "code %u", o->lmaa.code);
	print_anchor(o, t);
}

/* Redirect, RFC 6463 4.2: K with an IPv6 address, N with an IPv4 address
 *
 *	|   Type = 47   |    Length     |K|N|         Reserved          |
 *	:              r2LMA Address, IPv6 or IPv4                      :
 */
#define REDIRECT_K	0x8000
#define REDIRECT_N	0x4000

enum wire_fault
mopt_parse_redirect(struct rbuf *r, struct mopt *o)
{
	uint8_t flags = *r->p & 0xc0;

	/* both, or none, is neither */
	if (flags != REDIRECT_K >> 8 && flags != REDIRECT_N >> 8)
		return WIRE_VALUE;
	o->lmaa.code = flags == REDIRECT_K >> 8 ? MOPT_LMAA_IPV6
						: MOPT_LMAA_IPV4;
	rbuf_take(r, 2);
	return parse_anchor(r, o);
}

bool
mopt_build_redirect(struct wbuf *w, const struct mopt *o)
{
	if (o->lmaa.code != MOPT_LMAA_IPV6 && o->lmaa.code != MOPT_LMAA_IPV4)
		return false;
	wbuf_u16(w, o->lmaa.code == MOPT_LMAA_IPV6 ? REDIRECT_K : REDIRECT_N);
	build_anchor(w, o);
	return true;
}

void
mopt_print_redirect(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "flags %s",
		  o->lmaa.code == MOPT_LMAA_IPV6 ? "K" : "N");
	print_anchor(o, t);
}

/* Mobile Node Link-local Address Interface Identifier, RFC 5949 6.2.3
 *
 *	|   Type = 42   |  Length = 10  |           Reserved            |
 *	|                                                               |
 *	+                     Interface Identifier                      +
 *	|                                                               |
 */
enum wire_fault
mopt_parse_iid(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 2);
	o->token = rbuf_u64(r);
	return WIRE_OK;
}

bool
mopt_build_iid(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, 0);
	wbuf_u64(w, o->token);
	return true;
}

void
mopt_print_iid(const struct mopt *o, struct text *t)
{
	text_line_u64(t, 2, "identifier", o->token);
}

/* Load Information, RFC 6463 4.3
 *
 *	|   Type = 48   |  Length = 18  |           Priority            |
 *	|                        Sessions in Use                        |
 *	|                        Maximum Sessions                       |
 *	|                         Used Capacity                         |
 *	|                        Maximum Capacity                       |
 */
enum wire_fault
mopt_parse_load(struct rbuf *r, struct mopt *o)
{
	o->load.priority = rbuf_u16(r);
	o->load.sessions = rbuf_u32(r);
	o->load.max_sessions = rbuf_u32(r);
	o->load.used = rbuf_u32(r);
	o->load.capacity = rbuf_u32(r);
	return WIRE_OK;
}

bool
mopt_build_load(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->load.priority);
	wbuf_u32(w, o->load.sessions);
	wbuf_u32(w, o->load.max_sessions);
	wbuf_u32(w, o->load.used);
	wbuf_u32(w, o->load.capacity);
	return true;
}

void
mopt_print_load(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "priority %u", o->load.priority);
	text_line(t, 2, "sessions %u", o->load.sessions);
	text_line(t, 2, "maximum-sessions %u", o->load.max_sessions);
	text_line(t, 2, "used-capacity %u", o->load.used);
	text_line(t, 2, "maximum-capacity %u", o->load.capacity);
}

/* Mobile Node Group Identifier, RFC 6602 4.3
 *
 *	|   Type = 50   |  Length = 6   |   Sub-type    |   Reserved    |
 *	|                  Mobile Node Group Identifier                 |
 */
enum wire_fault
mopt_parse_group(struct rbuf *r, struct mopt *o)
{
	o->group.subtype = rbuf_u8(r);
	rbuf_take(r, 1);
	o->group.id = rbuf_u32(r);
	return WIRE_OK;
}

bool
mopt_build_group(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->group.subtype);
	wbuf_u8(w, 0);
	wbuf_u32(w, o->group.id);
	return true;
}

void
mopt_print_group(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "subtype %u", o->group.subtype);
	text_line(t, 2, "group %u", o->group.id);
}

/* Delegated Mobile Network Prefix, RFC 7148 4.1; V: an IPv4 prefix
 *
 *	|   Type = 55   |    Length     |V|  Reserved   | Prefix Length |
 *	:                Delegated Mobile Network Prefix                :
 */
#define DMNP_V	0x80

enum wire_fault
mopt_parse_dmnp(struct rbuf *r, struct mopt *o)
{
	size_t len;

	o->dmnp.ipv4 = rbuf_u8(r) & DMNP_V;
	len = o->dmnp.ipv4 ? 4 : 16;
	if (*r->p > len * 8)
		return WIRE_VALUE;
	o->dmnp.len = rbuf_u8(r);
	if (rbuf_left(r) != len)
		return WIRE_OPT_LENGTH;
	memcpy(&o->dmnp.addr, rbuf_take(r, len), len);
	return WIRE_OK;
}

bool
mopt_build_dmnp(struct wbuf *w, const struct mopt *o)
{
	size_t len = o->dmnp.ipv4 ? 4 : 16;

	if (o->dmnp.len > len * 8)
		return false;
	wbuf_u8(w, o->dmnp.ipv4 ? DMNP_V : 0);
	wbuf_u8(w, o->dmnp.len);
	wbuf_put(w, &o->dmnp.addr, len);
	return true;
}

void
mopt_print_dmnp(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "flags %s", o->dmnp.ipv4 ? "V" : "-");
	if (o->dmnp.ipv4)
		text_line_addr4(t, 2, "prefix", &o->dmnp.addr4);
	else
		text_line_addr(t, 2, "prefix", &o->dmnp.addr);
	text_line(t, 2, "prefix-length %u", o->dmnp.len);
}

/* MAG Multipath Binding, RFC 8278 4.1
 *
 *	|   Type = 63   |  Length = 6   |    If-ATT     |    If-Label   |
 *	|  Binding ID   |B|O|                 Reserved                  |
 */
#define MULTIPATH_FLAGS	(MOPT_MULTIPATH_B | MOPT_MULTIPATH_O)

static const struct flag_name multipath_flags[] = {
	{ MOPT_MULTIPATH_B, "B", NULL },
	{ MOPT_MULTIPATH_O, "O", NULL },
	{ 0 }
};

enum wire_fault
mopt_parse_multipath(struct rbuf *r, struct mopt *o)
{
	o->multipath.att = rbuf_u8(r);
	o->multipath.label = rbuf_u8(r);
	o->multipath.bid = rbuf_u8(r);
	o->multipath.flags = rbuf_u8(r) & MULTIPATH_FLAGS;
	return WIRE_OK;
}

bool
mopt_build_multipath(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->multipath.att);
	wbuf_u8(w, o->multipath.label);
	wbuf_u8(w, o->multipath.bid);
	wbuf_u8(w, o->multipath.flags & MULTIPATH_FLAGS);
	wbuf_u16(w, 0);
	return true;
}

void
mopt_print_multipath(const struct mopt *o, struct text *t)
{
	text_line_named(t, 2, "technology", o->multipath.att, name_att);
	text_line(t, 2, "label %u", o->multipath.label);
	text_line(t, 2, "bid %u", o->multipath.bid);
	text_line_letters(t, 2, "flags", o->multipath.flags, multipath_flags);
}

/* MAG Identifier, RFC 8278 4.2
 *
 *	|   Type = 64   |    Length     |    Subtype    |   Reserved    |
 *	|                        Identifier ...
 */
enum wire_fault
mopt_parse_mag_id(struct rbuf *r, struct mopt *o)
{
	o->mnid.subtype = rbuf_u8(r);
	rbuf_take(r, 1);
	o->mnid.id = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_mag_id(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->mnid.subtype);
	wbuf_u8(w, 0);
	wbuf_put(w, o->mnid.id.p, o->mnid.id.len);
	return true;
}

void
mopt_print_mag_id(const struct mopt *o, struct text *t)
{
	mopt_print_mnid(o, t);
}

/* Previous MAAR, RFC 8885 4.5
 *
 *	|   Type = 67   |  Length = 34  |   Reserved    | Prefix Length |
 *	|                                                               |
 *	+                         Previous MAAR                         +
 *	:                                                               :
 *	+                      Home Network Prefix                      +
 *	:                                                               :
 */
enum wire_fault
mopt_parse_maar(struct rbuf *r, struct mopt *o)
{
	rbuf_take(r, 1);
	if (*r->p > 128)
		return WIRE_VALUE;
	o->maar.len = rbuf_u8(r);
	o->maar.addr = rbuf_addr(r);
	o->maar.prefix = rbuf_addr(r);
	return WIRE_OK;
}

bool
mopt_build_maar(struct wbuf *w, const struct mopt *o)
{
	if (o->maar.len > 128)
		return false;
	wbuf_u8(w, 0);
	wbuf_u8(w, o->maar.len);
	wbuf_addr(w, &o->maar.addr);
	wbuf_addr(w, &o->maar.prefix);
	return true;
}

void
mopt_print_maar(const struct mopt *o, struct text *t)
{
	char s[ADDR_STRLEN];

	text_line_addr(t, 2, "address", &o->maar.addr);
	text_line(t, 2, "prefix %s/%u", addr_print(&o->maar.prefix, s),
		  o->maar.len);
}
