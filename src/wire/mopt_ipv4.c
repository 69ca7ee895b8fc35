/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_ipv4.c - what is inside the mobility options about IPv4 homes and
 * care-of addresses: RFC 5555, RFC 5844, RFC 6463.
 *
 * Boxes, parsers and builders as in mopt_shape.c.
 */
#include "wire/mopt_row.h"
#include "wire/name.h"

#define LEN_MAX		63		/* a prefix length has six bits */

static void
ipv4_init(struct mopt *o)
{
	o->ipv4.status = o->ipv4.len = 0;
	o->ipv4.want_prefix = false;
}

static void
parse_addr4(struct rbuf *r, struct in_addr *ret)
{
	memcpy(ret, rbuf_take(r, 4), 4);
}

static void
build_addr4(struct wbuf *w, const struct in_addr *a)
{
	wbuf_put(w, a, 4);
}

/* IPv4 Home Address, RFC 5555 3.1.1
 *
 *	|   Type = 29   |  Length = 6   |Prefix-len |P|    Reserved     |
 *	|                       IPv4 home address                       |
 */
#define HOA_P	0x0200

enum wire_fault
mopt_parse_ipv4_hoa(struct rbuf *r, struct mopt *o)
{
	uint16_t head = rbuf_u16(r);

	ipv4_init(o);
	o->ipv4.len = (uint8_t)(head >> 10);
	o->ipv4.want_prefix = head & HOA_P;
	parse_addr4(r, &o->ipv4.addr);
	return WIRE_OK;
}

bool
mopt_build_ipv4_hoa(struct wbuf *w, const struct mopt *o)
{
	if (o->ipv4.len > LEN_MAX)
		return false;
	wbuf_u16(w, (uint16_t)(o->ipv4.len << 10 |
			       (o->ipv4.want_prefix ? HOA_P : 0)));
	build_addr4(w, &o->ipv4.addr);
	return true;
}

void
mopt_print_ipv4_hoa(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "prefix-length %u", o->ipv4.len);
	text_line(t, 2, "flags %s", o->ipv4.want_prefix ? "P" : "-");
	text_line_addr4(t, 2, "address", &o->ipv4.addr);
}

/* IPv4 Address Acknowledgement, RFC 5555 3.2.1, IPv4 Home Address Reply,
 * RFC 5844 3.3.2
 *
 *	| Type = 30, 37 |  Length = 6   |    Status     |Pref-len   |Res|
 *	|                       IPv4 home address                       |
 */
enum wire_fault
mopt_parse_ipv4_status(struct rbuf *r, struct mopt *o)
{
	ipv4_init(o);
	o->ipv4.status = rbuf_u8(r);
	o->ipv4.len = rbuf_u8(r) >> 2;
	parse_addr4(r, &o->ipv4.addr);
	return WIRE_OK;
}

bool
mopt_build_ipv4_status(struct wbuf *w, const struct mopt *o)
{
	if (o->ipv4.len > LEN_MAX)
		return false;
	wbuf_u8(w, o->ipv4.status);
	wbuf_u8(w, (uint8_t)(o->ipv4.len << 2));
	build_addr4(w, &o->ipv4.addr);
	return true;
}

void
mopt_print_ipv4_status(const struct mopt *o, struct text *t)
{
	text_line_named(t, 2, "status", o->ipv4.status, name_ipv4_status);
	text_line(t, 2, "prefix-length %u", o->ipv4.len);
	text_line_addr4(t, 2, "address", &o->ipv4.addr);
}

/* IPv4 Home Address Request, RFC 5844 3.3.1
 *
 *	|   Type = 36   |  Length = 6   |Prefix-len |      Reserved     |
 *	|                       IPv4 home address                       |
 */
enum wire_fault
mopt_parse_ipv4_request(struct rbuf *r, struct mopt *o)
{
	ipv4_init(o);
	o->ipv4.len = (uint8_t)(rbuf_u16(r) >> 10);
	parse_addr4(r, &o->ipv4.addr);
	return WIRE_OK;
}

bool
mopt_build_ipv4_request(struct wbuf *w, const struct mopt *o)
{
	if (o->ipv4.len > LEN_MAX)
		return false;
	wbuf_u16(w, (uint16_t)(o->ipv4.len << 10));
	build_addr4(w, &o->ipv4.addr);
	return true;
}

void
mopt_print_ipv4_request(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "prefix-length %u", o->ipv4.len);
	text_line_addr4(t, 2, "address", &o->ipv4.addr);
}

/* IPv4 Care-of Address, RFC 5555 3.1.2, IPv4 Default-Router Address,
 * RFC 5844 3.3.3
 *
 *	| Type = 32, 38 |  Length = 6   |           Reserved            |
 *	|                         IPv4 address                          |
 */
enum wire_fault
mopt_parse_ipv4_addr(struct rbuf *r, struct mopt *o)
{
	ipv4_init(o);
	rbuf_take(r, 2);
	parse_addr4(r, &o->ipv4.addr);
	return WIRE_OK;
}

bool
mopt_build_ipv4_addr(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, 0);
	build_addr4(w, &o->ipv4.addr);
	return true;
}

void
mopt_print_ipv4_addr(const struct mopt *o, struct text *t)
{
	text_line_addr4(t, 2, "address", &o->ipv4.addr);
}

/* Alternate IPv4 Care-of Address, RFC 6463 4.4
 *
 *	                                |   Type = 49   |  Length = 4   |
 *	|                 Alternate IPv4 Care-of Address                |
 */
enum wire_fault
mopt_parse_ipv4_alone(struct rbuf *r, struct mopt *o)
{
	ipv4_init(o);
	parse_addr4(r, &o->ipv4.addr);
	return WIRE_OK;
}

bool
mopt_build_ipv4_alone(struct wbuf *w, const struct mopt *o)
{
	build_addr4(w, &o->ipv4.addr);
	return true;
}

void
mopt_print_ipv4_alone(const struct mopt *o, struct text *t)
{
	text_line_addr4(t, 2, "address", &o->ipv4.addr);
}

/* IPv4 DHCP Support Mode, RFC 5844 3.3.4
 *
 *	|   Type = 39   |  Length = 2   |          Reserved           |S|
 */
enum wire_fault
mopt_parse_ipv4_dhcp(struct rbuf *r, struct mopt *o)
{
	o->value = rbuf_u16(r) & 1;
	return WIRE_OK;
}

bool
mopt_build_ipv4_dhcp(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->value & 1);
	return true;
}

void
mopt_print_ipv4_dhcp(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "mode %u %s", o->value, o->value ? "server" : "relay");
}

/* NAT Detection, RFC 5555 3.2.2
 *
 *	|   Type = 31   |  Length = 6   |F|          Reserved           |
 *	|                         Refresh time                          |
 */
#define NAT_F	0x8000

enum wire_fault
mopt_parse_nat(struct rbuf *r, struct mopt *o)
{
	o->nat.force = rbuf_u16(r) & NAT_F;
	o->nat.refresh = rbuf_u32(r);
	return WIRE_OK;
}

bool
mopt_build_nat(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->nat.force ? NAT_F : 0);
	wbuf_u32(w, o->nat.refresh);
	return true;
}

void
mopt_print_nat(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "flags %s", o->nat.force ? "F" : "-");
	if (o->nat.refresh == UINT32_MAX)
		text_line(t, 2, "refresh never");
	else
		text_line(t, 2, "refresh %us", o->nat.refresh);
}
