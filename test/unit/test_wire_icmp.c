/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_icmp.c - home agent address discovery, mobile prefixes, ICMPv6
 * errors: what is refused and where, and parse(build(x)) = x.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/icmp.h"
#include "wire/name.h"
#include "wire/pkt.h"
#include "wire/print.h"
#include "wire_any.h"

#include <errno.h>

#define MN	"2001:db8:b1::7"
#define HA	"2001:db8:a::1"
#define ADDR	"20010db8000a00000000000000000007"
#define PIO	"0304 40e0 00000064 00000032 00000000" ADDR

/* The checksum is zero here, and put there by the test. */
static const struct {
	const char	*what, *hex;
	enum wire_fault	fault;
	unsigned	off;
} messages[] = {
	{ "request", "9000 0000 1234 8000", WIRE_OK, 0 },
	{ "request, an octet behind it", "9000 0000 1234 8000 00",
	  WIRE_OK, 0 },
	{ "request, code 1", "9001 0000 1234 0000", WIRE_VALUE, 1 },
	{ "request, short", "9000 0000 1234", WIRE_TRUNCATED, 6 },
	{ "request, three octets", "900000", WIRE_TRUNCATED, 3 },
	{ "reply without agents", "9100 0000 1234 0000", WIRE_OK, 0 },
	{ "reply", "9100 0000 1234 0000" ADDR ADDR, WIRE_OK, 0 },
	{ "reply, half an agent", "9100 0000 1234 0000" ADDR "20010db8",
	  WIRE_TRUNCATED, 28 },
	{ "solicitation", "9200 0000 1234 0000", WIRE_OK, 0 },
	{ "solicitation, an option", "9200 0000 1234 0000" PIO, WIRE_OK, 0 },
	{ "solicitation, option of no length", "9200 0000 1234 0000 0300",
	  WIRE_OPT_LENGTH, 9 },
	{ "advertisement", "9300 0000 1234 c000" PIO PIO, WIRE_OK, 0 },
	{ "advertisement, half an option head", "9300 0000 1234 c000 03",
	  WIRE_OPT_LENGTH, 8 },
	{ "advertisement, option past the end",
	  "9300 0000 1234 c000 0304 40e0 00000000", WIRE_OPT_LENGTH, 9 },
	{ "packet too big", "0200 0000 00000578 60000000", WIRE_OK, 0 },
	{ "parameter problem, code 2", "0402 0000 0000002a", WIRE_OK, 0 },
	{ "unreachable, code 5", "0105 0000 00000000", WIRE_OK, 0 },
};

static size_t message(const char *hex, uint8_t *b, size_t cap)
{
	struct in6_addr s = T(MN), d = T(HA);
	size_t n = unit_hex(hex, b, cap);

	if (n >= 4)
		icmp_seal(b, n, &s, &d);
	return n;
}

START_TEST(valid)
{
	struct in6_addr s = T(MN), d = T(HA);
	struct wire_error err;
	struct icmp m;
	uint8_t b[256];

	for (unsigned i = 0; i < sizeof(messages) / sizeof(messages[0]);
	     i++) {
		const char *what = messages[i].what;
		size_t n = message(messages[i].hex, b, sizeof(b));
		int rc = icmp_parse(b, n, &s, &d, &m, &err);

		ck_assert_msg(rc == (messages[i].fault ? -EBADMSG : 0),
			      "%s: %d, %s", what, rc, name_fault(err.fault));
		ck_assert_msg(!rc || (err.fault == messages[i].fault &&
				      err.offset == messages[i].off),
			      "%s: %s at %u", what, name_fault(err.fault),
			      err.offset);
		if (rc)
			continue;
		b[2] ^= 0x10;
		ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err),
				 -EBADMSG);
		ck_assert_int_eq(err.fault, WIRE_CHECKSUM);
		ck_assert_uint_eq(err.offset, 2);
	}
	b[0] = 128;
	ck_assert_int_eq(icmp_parse(b, 8, &s, &d, &m, &err),
			 -EPROTONOSUPPORT);
	ck_assert_int_eq(icmp_parse(b, 0, &s, &d, &m, &err), -EBADMSG);
}
END_TEST

START_TEST(fields)
{
	struct in6_addr s = T(MN), d = T(HA), a = T("2001:db8:a::7");
	struct wire_error err;
	struct icmp m;
	uint8_t b[1024];
	char text[128];
	size_t n;

	n = message("9300 0000 1234 ffff" PIO, b, sizeof(b));
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.prefix.id, 0x1234);
	ck_assert_uint_eq(m.prefix.flags, ICMP_PREFIX_M | ICMP_PREFIX_O);
	ck_assert_uint_eq(m.prefix.npios, 1);
	ck_assert(addr_eq(&m.prefix.pio[0].prefix, &a));
	ck_assert_uint_eq(m.prefix.pio[0].valid, 100);
	print_icmp_summary(&m, text, sizeof(text));
	ck_assert_str_eq(text, "MPA id=4660 prefix=2001:db8:a::7/64"
			 " managed other");
	n = message("9100 0000 0001 8000" ADDR ADDR, b, sizeof(b));
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.haad.agents.len, 32);
	print_icmp_summary(&m, text, sizeof(text));
	ck_assert_str_eq(text, "HAADRep id=1 agents=2 router");
	n = message("0402 0000 0000002a 0102", b, sizeof(b));
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.error.param, 42);
	ck_assert_uint_eq(m.error.about.len, 2);
	print_icmp_summary(&m, text, sizeof(text));
	ck_assert_str_eq(text, "PARAM code=2 pointer=42");
	/* more prefixes than there is room for */
	n = unit_hex("9300 0000 0001 0000", b, sizeof(b));
	for (unsigned i = 0; i < ND_PIO_MAX + 2; i++)
		n += unit_hex(PIO, b + n, sizeof(b) - n);
	icmp_seal(b, n, &s, &d);
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.prefix.npios, ND_PIO_MAX);
}
END_TEST

/* RFC 6275 6.5 to 6.8: what is reserved is zero when it is sent, and anything
 * when it is received. */
START_TEST(reserved)
{
	static const struct { const char *got, *sent; } t[] = {
		{ "9000 0000 1234 7fff", "9000 0000 1234 0000" },
		{ "9100 0000 1234 7fff" ADDR, "9100 0000 1234 0000" ADDR },
		{ "9200 0000 1234 ffff", "9200 0000 1234 0000" },
		{ "9300 0000 1234 3fff", "9300 0000 1234 0000" },
	};
	struct in6_addr s = T(MN), d = T(HA);
	uint8_t b[64], want[64];
	struct wire_error err;

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		size_t n = message(t[i].got, want, sizeof(want));
		struct icmp m;

		ck_assert_int_eq(icmp_parse(want, n, &s, &d, &m, &err), 0);
		if (m.type <= ICMP_HAAD_REPLY)
			m.haad.flags |= 0x7fff;
		else
			m.prefix.flags |= 0x3fff;
		ck_assert_int_eq(icmp_build(&m, &w), 0);
		n = unit_hex(t[i].sent, want, sizeof(want));
		ck_assert_uint_eq(wbuf_len(&w), n);
		ck_assert_mem_eq(b, want, n);
	}
}
END_TEST

/* 6.7, 6.8: "MUST silently ignore any options they do not recognize". */
START_TEST(unknown_options)
{
	struct in6_addr s = T(MN), d = T(HA);
	struct wire_error err;
	struct icmp m;
	uint8_t b[256];
	size_t n;

	n = message("9200 0000 1234 0000 fe02 000000000000 0000000000000000"
		    "fd01 000000000000", b, sizeof(b));
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.prefix.id, 0x1234);
	n = message("9300 0000 1234 0000 fe02 000000000000 0000000000000000"
		    PIO "fd01 000000000000" PIO, b, sizeof(b));
	ck_assert_int_eq(icmp_parse(b, n, &s, &d, &m, &err), 0);
	ck_assert_uint_eq(m.prefix.npios, 2);
	ck_assert_uint_eq(m.prefix.pio[1].valid, 100);
}
END_TEST

static void any_icmp(struct rng *r, struct icmp *m)
{
	static const uint8_t types[] = { 1, 2, 3, 4, 144, 145, 146, 147 };

	*m = (struct icmp){ .type = types[any_below(r, 8)] };
	if (m->type < 5) {
		m->code = (uint8_t)any_below(r, 256);
		m->error.param = m->type & 1 ? 0 : any_below(r, UINT32_MAX);
		m->error.about = any_span(r, 0, 100);
		return;
	}
	m->haad.id = (uint16_t)any_below(r, 65536);
	if (m->type <= ICMP_HAAD_REPLY)
		m->haad.flags = any_below(r, 2) ? ICMP_HAAD_R : 0;
	if (m->type == ICMP_HAAD_REPLY) {
		m->haad.agents = any_span(r, 0, 100);
		m->haad.agents.len &= ~15UL;
	}
	if (m->type != ICMP_PREFIX_ADV)
		return;
	m->prefix.flags = (uint16_t)(any_below(r, 4) << 14);
	m->prefix.npios = any_below(r, ND_PIO_MAX + 1);
	for (unsigned i = 0; i < m->prefix.npios; i++)
		m->prefix.pio[i] = (struct nd_pio){
			any_addr(r), (uint8_t)any_below(r, 129), ND_PIO_R,
			any_below(r, UINT32_MAX), any_below(r, UINT32_MAX)
		};
}

static bool same_icmp(const struct icmp *a, const struct icmp *b)
{
	if (a->type != b->type || a->code != b->code)
		return false;
	if (a->type < 5)
		return a->error.param == b->error.param &&
		       any_same_span(a->error.about, b->error.about);
	if (a->type <= ICMP_HAAD_REPLY)
		return a->haad.id == b->haad.id &&
		       a->haad.flags == b->haad.flags &&
		       any_same_span(a->haad.agents, b->haad.agents);
	if (a->prefix.id != b->prefix.id ||
	    a->prefix.flags != b->prefix.flags ||
	    a->prefix.npios != b->prefix.npios)
		return false;
	for (unsigned i = 0; i < a->prefix.npios; i++) {
		const struct nd_pio *x = &a->prefix.pio[i];
		const struct nd_pio *y = &b->prefix.pio[i];

		if (!addr_eq(&x->prefix, &y->prefix) || x->len != y->len ||
		    x->flags != y->flags || x->valid != y->valid ||
		    x->preferred != y->preferred)
			return false;
	}
	return true;
}

START_TEST(laws)
{
	struct in6_addr s = T(MN), d = T(HA);
	struct rng r = unit_rng("icmp_laws");
	struct wire_error err;
	struct icmp m, back;
	uint8_t b[1024];

	any_init(&r);
	for (unsigned i = 0; i < 5000; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));

		any_icmp(&r, &m);
		ck_assert_int_eq(icmp_build(&m, &w), 0);
		icmp_seal(b, wbuf_len(&w), &s, &d);
		ck_assert_int_eq(icmp_parse(b, wbuf_len(&w), &s, &d, &back,
					    &err), 0);
		ck_assert(same_icmp(&m, &back));
	}
}
END_TEST

START_TEST(build_refused)
{
	static const struct icmp bad[] = {
		{ 128 },
		{ ICMP_HAAD_REQUEST, 1 },
		{ ICMP_HAAD_REQUEST, 0, .haad = { 1, 0, {
			(const uint8_t *)"0123456789abcdef", 16 } } },
		{ ICMP_HAAD_REPLY, 0, .haad = { 1, 0, {
			(const uint8_t *)"0123456789abcdef", 15 } } },
		{ ICMP_PREFIX_SOL, 0, .prefix = { 1, 0, 1 } },
		{ ICMP_PREFIX_ADV, 0, .prefix = { 1, 0, ND_PIO_MAX + 1 } },
	};
	uint8_t b[64];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));

		ck_assert_int_eq(icmp_build(&bad[i], &w), -EINVAL);
		ck_assert_uint_eq(wbuf_len(&w), 0);
	}
	for (size_t cap = 0; cap < 8; cap++) {
		struct icmp m = { ICMP_HAAD_REQUEST };
		struct wbuf w = wbuf_of(b, cap);

		ck_assert_int_eq(icmp_build(&m, &w), -ENOSPC);
	}
}
END_TEST

Suite *suite_wire_icmp(void)
{
	Suite *s = suite_create("wire-icmp");

	unit_add(s, "valid", valid);
	unit_add(s, "fields", fields);
	unit_add(s, "reserved", reserved);
	unit_add(s, "unknown options", unknown_options);
	unit_add(s, "laws", laws);
	unit_add(s, "build_refused", build_refused);
	return s;
}
