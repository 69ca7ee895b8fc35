/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt.c - what is inside each mobility option.
 *
 * The box above each option shows it from its type octet on.  A parser gets
 * exactly the option's data, of a length that the row allows; a builder
 * writes the data alone, mh_build the type, the length and the padding that
 * the alignment asks for.  The table is at the end.
 */
#include "wire/row.h"

/* Binding Refresh Advice, RFC 6275 6.2.4
 *
 *	|   Type = 2    |  Length = 2   |       Refresh Interval        |
 */
static enum wire_fault
refresh_parse(struct rbuf *r, struct mopt *o)
{
	o->refresh = rbuf_u16(r);
	return WIRE_OK;
}

static bool
refresh_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->refresh);
	return true;
}

static void
refresh_print(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "interval %us", o->refresh * 4U);
}

/* Alternate Care-of Address, RFC 6275 6.2.5
 *
 *	|   Type = 3    |  Length = 16  |
 *	|                                                               |
 *	+                   Alternate Care-of Address                   +
 *	:                                                               :
 */
static enum wire_fault
altcoa_parse(struct rbuf *r, struct mopt *o)
{
	o->altcoa = rbuf_addr(r);
	return WIRE_OK;
}

static bool
altcoa_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_addr(w, &o->altcoa);
	return true;
}

static void
altcoa_print(const struct mopt *o, struct text *t)
{
	text_add(t, "        address ");
	text_addr(t, &o->altcoa);
	text_add(t, "\n");
}

/* Nonce Indices, RFC 6275 6.2.6
 *
 *	|   Type = 4    |  Length = 4   |
 *	|       Home Nonce Index        |      Care-of Nonce Index      |
 */
static enum wire_fault
nonces_parse(struct rbuf *r, struct mopt *o)
{
	o->nonces.home = rbuf_u16(r);
	o->nonces.careof = rbuf_u16(r);
	return WIRE_OK;
}

static bool
nonces_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->nonces.home);
	wbuf_u16(w, o->nonces.careof);
	return true;
}

static void
nonces_print(const struct mopt *o, struct text *t)
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
 *	|                        Authenticator ...
 *
 * It ends the header: no alignment of its own, no padding behind it. */
static enum wire_fault
auth_data_parse(struct rbuf *r, struct mopt *o)
{
	o->auth_data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

static bool
auth_data_build(struct wbuf *w, const struct mopt *o)
{
	build_authenticator(w, o->auth_data);
	return true;
}

static void
auth_data_print(const struct mopt *o, struct text *t)
{
	text_add(t, "        authenticator ");
	text_hex(t, o->auth_data);
	text_add(t, "\n");
}

/* Mobile Node Identifier, RFC 4283 section 3
 *
 *	|   Type = 8    |    Length     |    Subtype    | Identifier ...
 *
 * An identifier of no octets names nobody, and is refused. */
static enum wire_fault
mnid_parse(struct rbuf *r, struct mopt *o)
{
	o->mnid.subtype = rbuf_u8(r);
	o->mnid.id = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

static bool
mnid_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->mnid.subtype);
	wbuf_put(w, o->mnid.id.p, o->mnid.id.len);
	return true;
}

static void
mnid_print(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "subtype %u%s", o->mnid.subtype,
		  o->mnid.subtype == MOPT_MNID_NAI ? " NAI" : "");
	text_add(t, "        identifier ");
	if (o->mnid.subtype == MOPT_MNID_NAI)
		text_escape(t, o->mnid.id);
	else
		text_hex(t, o->mnid.id);
	text_add(t, "\n");
}

/* Mobility Message Authentication, RFC 4285 section 5
 *
 *	                |   Type = 9    |    Length     |    Subtype    |
 *	|                         Mobility SPI                          |
 *	|                     Authentication Data ...
 */
static enum wire_fault
auth_parse(struct rbuf *r, struct mopt *o)
{
	o->auth.subtype = rbuf_u8(r);
	o->auth.spi = rbuf_u32(r);
	o->auth.data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

static bool
auth_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_u8(w, o->auth.subtype);
	wbuf_u32(w, o->auth.spi);
	build_authenticator(w, o->auth.data);
	return true;
}

static void
auth_print(const struct mopt *o, struct text *t)
{
	const char *who = "";

	if (o->auth.subtype == MOPT_AUTH_MNHA)
		who = " MN-HA";
	else if (o->auth.subtype == MOPT_AUTH_MNAAA)
		who = " MN-AAA";
	text_line(t, 2, "subtype %u%s", o->auth.subtype, who);
	text_line(t, 2, "spi %u", o->auth.spi);
	text_add(t, "        authenticator ");
	text_hex(t, o->auth.data);
	text_add(t, "\n");
}

/* Mobility Message Replay Protection, RFC 4285 section 6
 *
 *	|   Type = 10   |  Length = 8   |
 *	|                           Timestamp                           |
 *	+                                                               +
 *	|                                                               |
 */
static enum wire_fault
replay_parse(struct rbuf *r, struct mopt *o)
{
	o->replay = rbuf_u64(r);
	return WIRE_OK;
}

static bool
replay_build(struct wbuf *w, const struct mopt *o)
{
	wbuf_u64(w, o->replay);
	return true;
}

static void
replay_print(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "timestamp 0x%016llx", (unsigned long long)o->replay);
}

static const struct mopt_row rows[] = {
	[MOPT_REFRESH] = {
		"Binding Refresh Advice", "6275 6.2.4",
		.min = 2, .max = 2, .align = 2, .once = true,
		.msgs = MSG(MH_BA),
		.parse = refresh_parse, .build = refresh_build,
		.print = refresh_print,
	},
	[MOPT_ALTCOA] = {
		"Alternate Care-of Address", "6275 6.2.5",
		.min = 16, .max = 16, .align = 8, .shift = 6, .once = true,
		.msgs = MSG(MH_BU),
		.parse = altcoa_parse, .build = altcoa_build,
		.print = altcoa_print,
	},
	[MOPT_NONCES] = {
		"Nonce Indices", "6275 6.2.6",
		.min = 4, .max = 4, .align = 2, .once = true,
		.msgs = MSG(MH_BU),
		.parse = nonces_parse, .build = nonces_build,
		.print = nonces_print,
	},
	[MOPT_AUTH_DATA] = {
		"Binding Authorization Data", "6275 6.2.7",
		.min = 1, .max = 255, .once = true, .last = true,
		.msgs = MSG(MH_BU) | MSG(MH_BA),
		.parse = auth_data_parse, .build = auth_data_build,
		.print = auth_data_print,
	},
	[MOPT_MNID] = {
		"Mobile Node Identifier", "4283 3",
		.min = 2, .max = 255,
		.msgs = MSG_ANY,
		.parse = mnid_parse, .build = mnid_build,
		.print = mnid_print,
	},
	[MOPT_AUTH] = {
		"Mobility Message Authentication", "4285 5",
		.min = 5, .max = 255, .align = 4, .shift = 1, .last = true,
		.msgs = MSG(MH_BU) | MSG(MH_BA),
		.parse = auth_parse, .build = auth_build,
		.print = auth_print,
	},
	[MOPT_REPLAY] = {
		"Mobility Message Replay Protection", "4285 6",
		.min = 8, .max = 8, .align = 8, .shift = 2, .once = true,
		.msgs = MSG(MH_BU) | MSG(MH_BA),
		.parse = replay_parse, .build = replay_build,
		.print = replay_print,
	},
};

const struct mopt_row *
mopt_row(uint8_t type)
{
	if (type >= sizeof(rows) / sizeof(rows[0]) || !rows[type].parse)
		return NULL;
	return &rows[type];
}
