/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_nd.c - Neighbor Discovery: what makes a message invalid, what
 * makes an option be passed over, what is built.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/name.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "wire/print.h"

#include <errno.h>

#define LL	"fe80::ff:fe00:a1"
#define ALL	"ff02::1"
#define ADDR	"20010db8000a00000000000000000007"
#define GROUP	"ff02000000000000000000000000 0001"
#define RA_HEAD	"8600 0000 40200009 00000000 00000000"
#define SLL	"0101 0200000000a1"

/* `hex' is the ICMPv6 message with a checksum of zero, which the test
 * puts there. */
static const struct {
	const char	*what, *src, *dst;
	uint8_t		hlim;
	const char	*hex;
	enum wire_fault	fault;
	unsigned	off;
} messages[] = {
	{ "RS", LL, "ff02::2", 255, "8500000000000000", WIRE_OK, 0 },
	{ "RS from ::", "::", "ff02::2", 255, "8500000000000000",
	  WIRE_OK, 0 },
	{ "RS forwarded", LL, "ff02::2", 254, "8500000000000000",
	  WIRE_HOPLIMIT, 0 },
	{ "RS with a code", LL, "ff02::2", 255, "8501000000000000",
	  WIRE_VALUE, 1 },
	{ "RS too short", LL, "ff02::2", 255, "85000000000000",
	  WIRE_TRUNCATED, 7 },
	{ "RS with SLL", LL, "ff02::2", 255, "8500000000000000" SLL,
	  WIRE_OK, 0 },
	{ "RS from :: with SLL", "::", "ff02::2", 255,
	  "8500000000000000" SLL, WIRE_VALUE, 8 },
	{ "RS with an option of no length", LL, "ff02::2", 255,
	  "8500000000000000 0100", WIRE_OPT_LENGTH, 9 },
	{ "RS with an unknown option of no length", LL, "ff02::2", 255,
	  "8500000000000000" SLL "fe00", WIRE_OPT_LENGTH, 17 },
	{ "RS with an option past the end", LL, "ff02::2", 255,
	  "8500000000000000 fe02 000000000000", WIRE_OPT_LENGTH, 9 },
	{ "RS with half an option head", LL, "ff02::2", 255,
	  "8500000000000000 01", WIRE_OPT_LENGTH, 8 },
	{ "RS with an unknown option", LL, "ff02::2", 255,
	  "8500000000000000 fe01 000000000000", WIRE_OK, 0 },
	{ "RS with an RA's option", LL, "ff02::2", 255,
	  "8500000000000000 0501 0000000005dc", WIRE_OK, 0 },
	{ "RA", LL, ALL, 255, RA_HEAD, WIRE_OK, 0 },
	{ "RA too short", LL, ALL, 255, "8600 0000 40200009 00000000",
	  WIRE_TRUNCATED, 12 },
	{ "RA from a global address", "2001:db8::1", ALL, 255, RA_HEAD,
	  WIRE_VALUE, 0 },
	{ "NS", LL, "ff02::1:ff00:7", 255, "8700 0000 00000000" ADDR,
	  WIRE_OK, 0 },
	{ "NS from :: to the group", "::", "ff02::1:ff00:7", 255,
	  "8700 0000 00000000" ADDR, WIRE_OK, 0 },
	{ "NS from :: to all nodes", "::", ALL, 255,
	  "8700 0000 00000000" ADDR, WIRE_VALUE, 0 },
	{ "NS from :: to unicast", "::", "2001:db8:a::7", 255,
	  "8700 0000 00000000" ADDR, WIRE_VALUE, 0 },
	{ "NS from :: with SLL", "::", "ff02::1:ff00:7", 255,
	  "8700 0000 00000000" ADDR SLL, WIRE_VALUE, 24 },
	{ "NS for a group", LL, "ff02::1:ff00:7", 255,
	  "8700 0000 00000000" GROUP, WIRE_VALUE, 8 },
	{ "NS too short", LL, "ff02::1:ff00:7", 255,
	  "8700 0000 00000000 20010db8000a0000", WIRE_TRUNCATED, 16 },
	{ "NA solicited", LL, LL, 255, "8800 0000 e0000000" ADDR,
	  WIRE_OK, 0 },
	{ "NA to all, unsolicited", LL, ALL, 255, "8800 0000 20000000" ADDR,
	  WIRE_OK, 0 },
	{ "NA to all, solicited", LL, ALL, 255, "8800 0000 60000000" ADDR,
	  WIRE_VALUE, 4 },
	{ "NA for a group", LL, ALL, 255, "8800 0000 20000000" GROUP,
	  WIRE_VALUE, 8 },
};

static size_t message(const char *hex, const struct in6_addr *s,
		      const struct in6_addr *d, uint8_t *b, size_t cap)
{
	size_t n = unit_hex(hex, b, cap);
	uint16_t sum = wire_checksum(s, d, IPPROTO_ICMPV6, b, n);

	if (n >= 4) {
		b[2] = (uint8_t)(sum >> 8);
		b[3] = (uint8_t)sum;
	}
	return n;
}

START_TEST(valid)
{
	struct wire_error err;
	uint8_t b[512];
	struct nd nd;

	for (unsigned i = 0; i < sizeof(messages) / sizeof(messages[0]);
	     i++) {
		const char *what = messages[i].what;
		struct in6_addr s = T(messages[i].src), d = T(messages[i].dst);
		size_t n = message(messages[i].hex, &s, &d, b, sizeof(b));
		int rc;

		err = (struct wire_error){ WIRE_OK, 0 };
		rc = nd_parse(b, n, &s, &d, messages[i].hlim, &nd, &err);
		ck_assert_msg(rc == (messages[i].fault ? -EBADMSG : 0) &&
			      err.fault == messages[i].fault,
			      "%s: %d, %s at %u", what, rc,
			      name_fault(err.fault), err.offset);
		ck_assert_msg(!rc || err.offset == messages[i].off,
			      "%s: at %u", what, err.offset);
		ck_assert(rc || nd.type == b[0]);
		if (rc)
			continue;
		b[3] ^= 1;
		rc = nd_parse(b, n, &s, &d, messages[i].hlim, &nd, &err);
		ck_assert_int_eq(rc, -EBADMSG);
		ck_assert_int_eq(err.fault, WIRE_CHECKSUM);
		ck_assert_uint_eq(err.offset, 2);
	}
}
END_TEST

START_TEST(other_types)
{
	struct in6_addr s = T(LL);
	struct wire_error err = { WIRE_OK, 77 };
	uint8_t echo[8] = { 128 };
	struct nd nd;

	ck_assert_int_eq(nd_parse(echo, 8, &s, &s, 255, &nd, &err),
			 -EPROTONOSUPPORT);
	ck_assert_uint_eq(err.offset, 77);
	ck_assert_int_eq(nd_parse(echo, 0, &s, &s, 255, &nd, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_TRUNCATED);
	echo[0] = ND_RS;
	ck_assert_int_eq(nd_parse(echo, 2, &s, &s, 255, &nd, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_TRUNCATED);
}
END_TEST

/* An RA with these options; must be valid. */
static struct nd ra_with(const char *options)
{
	struct in6_addr s = T(LL), d = T(ALL);
	struct wire_error err;
	static uint8_t b[4096];		/* spans point here */
	char hex[8192];
	struct nd nd;
	size_t n;

	snprintf(hex, sizeof(hex), RA_HEAD "%s", options);
	n = message(hex, &s, &d, b, sizeof(b));
	ck_assert_msg(!nd_parse(b, n, &s, &d, 255, &nd, &err), "%s: %s at %u",
		      options, name_fault(err.fault), err.offset);
	return nd;
}

/* The RA of another implementation's home agent (capture umip-tunnel). */
START_TEST(capture)
{
	struct in6_addr s = T(LL), d = T(ALL), p = T("2001:db8:a::1");
	struct wire_error err;
	uint8_t b[128];
	struct nd nd;
	size_t n;

	n = unit_hex("8600021540200009000000000000000003 0440e0000151800001"
		     "51800000000020010db8000a00000000000000000001010102000000"
		     "00a1070100000000 0bb80801 0000000a0708", b, sizeof(b));
	ck_assert_int_eq(nd_parse(b, n, &s, &d, 255, &nd, &err), 0);
	ck_assert_uint_eq(nd.ra.hop_limit, 64);
	ck_assert_uint_eq(nd.ra.flags, ND_RA_H);
	ck_assert_uint_eq(nd.ra.lifetime, 9);
	ck_assert_int_eq(nd.ra.pref, 0);
	ck_assert_uint_eq(nd.ra.npios, 1);
	ck_assert_uint_eq(nd.ra.pio[0].len, 64);
	ck_assert_uint_eq(nd.ra.pio[0].flags,
			  ND_PIO_L | ND_PIO_A | ND_PIO_R);
	ck_assert_uint_eq(nd.ra.pio[0].valid, 86400);
	ck_assert_uint_eq(nd.ra.pio[0].preferred, 86400);
	ck_assert(addr_eq(&nd.ra.pio[0].prefix, &p));
	ck_assert_uint_eq(nd.sll.len, 6);
	ck_assert_mem_eq(nd.sll.b, "\x02\0\0\0\0\xa1", 6);
	ck_assert_uint_eq(nd.ra.adv_interval, 3000);
	ck_assert(nd.ra.has_ha_info);
	ck_assert_int_eq(nd.ra.ha_preference, 10);
	ck_assert_uint_eq(nd.ra.ha_lifetime, 1800);
	ck_assert_uint_eq(nd.ra.mtu, 0);
	ck_assert_uint_eq(nd.tll.len, 0);
}
END_TEST

#define PIO(len, flags)	"0304" len flags "0000000a" "00000005" "00000000" \
			ADDR

START_TEST(prefixes)
{
	struct in6_addr whole = T("2001:db8:a::7"), cut = T("2001:db8:a::");
	char many[4096] = "";
	struct nd nd;

	nd = ra_with(PIO("40", "c0") PIO("40", "e0") PIO("81", "c0")
		     PIO("80", "c0") PIO("00", "c0"));
	ck_assert_uint_eq(nd.ra.npios, 4);	/* not the one of 129 bits */
	ck_assert(addr_eq(&nd.ra.pio[0].prefix, &cut));
	ck_assert(addr_eq(&nd.ra.pio[1].prefix, &whole));
	ck_assert(addr_eq(&nd.ra.pio[2].prefix, &whole));
	ck_assert(addr_is_unspec(&nd.ra.pio[3].prefix));
	ck_assert_uint_eq(nd.ra.pio[0].valid, 10);
	ck_assert_uint_eq(nd.ra.pio[0].preferred, 5);
	/* reserved flags are no flags */
	nd = ra_with(PIO("40", "ff"));
	ck_assert_uint_eq(nd.ra.pio[0].flags,
			  ND_PIO_L | ND_PIO_A | ND_PIO_R);
	/* of a length that is not its own: passed over */
	nd = ra_with("0303 40c0 0000000a 00000005 00000000 20010db8000a0000"
		     SLL);
	ck_assert_uint_eq(nd.ra.npios, 0);
	ck_assert_uint_eq(nd.sll.len, 6);
	for (unsigned i = 0; i < ND_PIO_MAX + 3; i++)
		strcat(many, PIO("40", "c0"));
	nd = ra_with(many);
	ck_assert_uint_eq(nd.ra.npios, ND_PIO_MAX);
}
END_TEST

START_TEST(routes)
{
	static const struct {
		const char *hex;
		int pref;	/* 9: passed over */
		const char *prefix;
	} t[] = {
		{ "1801 0008 00000064", 1, "::/0" },
		{ "1802 4018 00000064 20010db8000a0000", -1,
		  "2001:db8:a::/64" },
		{ "1802 3000 00000064 20010db8000a0005", 0,
		  "2001:db8:a::/48" },
		{ "1803 4010 00000064 20010db8000a0000 0000000000000007", 2,
		  "2001:db8:a::/64" },
		{ "1803 8000 00000064 20010db8000a0000 0000000000000007", 0,
		  "2001:db8:a::7/128" },
		{ "1801 0100 00000064", 9, NULL },
		{ "1802 4100 00000064 20010db8000a0000", 9, NULL },
		{ "1803 8100 00000064 20010db8000a0000 0000000000000007", 9,
		  NULL },
		{ "1804 4000 00000064 20010db8000a0000 0000000000000007"
		  "0000000000000000", 9, NULL },
	};
	char s[PREFIX_STRLEN];

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nd nd = ra_with(t[i].hex);

		ck_assert_uint_eq(nd.ra.nroutes, t[i].pref != 9);
		if (!nd.ra.nroutes)
			continue;
		ck_assert_int_eq(nd.ra.route[0].pref, t[i].pref);
		ck_assert_uint_eq(nd.ra.route[0].lifetime, 100);
		ck_assert_str_eq(prefix_print(&nd.ra.route[0].prefix, s),
				 t[i].prefix);
	}
}
END_TEST

START_TEST(more_options)
{
	struct in6_addr a = T("2001:db8:a::7");
	struct nd nd;

	nd = ra_with("0501 0000 000005dc 1903 0000 0000003c" ADDR
		     "1f03 0000 0000003d 07657861 6d706c65 03636f6d 00000000");
	ck_assert_uint_eq(nd.ra.mtu, 1500);
	ck_assert_uint_eq(nd.ra.rdnss.n, 1);
	ck_assert_uint_eq(nd.ra.rdnss.lifetime, 60);
	ck_assert(addr_eq(&nd.ra.rdnss.server[0], &a));
	ck_assert_uint_eq(nd.ra.dnssl.lifetime, 61);
	ck_assert_uint_eq(nd.ra.dnssl.names.len, 16);
	/* half an address: RFC 8106 5.3.1 */
	nd = ra_with("1904 0000 0000003c" ADDR "0000000000000000");
	ck_assert_uint_eq(nd.ra.rdnss.n, 0);
	/* four servers are three, the second option is not taken */
	nd = ra_with("1909 0000 0000003c" ADDR ADDR ADDR ADDR
		     "1903 0000 0000003d" ADDR);
	ck_assert_uint_eq(nd.ra.rdnss.n, 3);
	ck_assert_uint_eq(nd.ra.rdnss.lifetime, 60);
	/* eight octets of an EUI-64 */
	nd = ra_with("0102 0102030405060708 000000000000");
	ck_assert_uint_eq(nd.sll.len, 8);
	ck_assert_mem_eq(nd.sll.b, "\1\2\3\4\5\6\7\x8", 8);
	/* RFC 4191 2.2: bits 01 are high, 11 low; and only with a lifetime */
	nd = ra_with("");
	ck_assert_int_eq(nd.ra.pref, 0);
}
END_TEST

/* RFC 6275 7.3, 7.4: the length is 1, or the option is passed over; what is
 * reserved is not looked at, and zero when it is sent. */
START_TEST(mobility_options)
{
	struct in6_addr s = T(LL), d = T(ALL);
	uint8_t b[128], want[16];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct nd nd;

	nd = ra_with("0701 ffff 00000bb8 0801 ffff fffe0708");
	ck_assert_uint_eq(nd.ra.adv_interval, 3000);
	ck_assert(nd.ra.has_ha_info);
	ck_assert_int_eq(nd.ra.ha_preference, 0xfffe);
	ck_assert_uint_eq(nd.ra.ha_lifetime, 1800);
	nd_build(&nd, &s, &d, &w);
	ck_assert(!w.bad);
	ck_assert_uint_eq(wbuf_len(&w), 40 + 16 + 16);
	unit_hex("0701 0000 00000bb8 0801 0000 fffe0708", want, sizeof(want));
	ck_assert_mem_eq(b + 40 + 16, want, 16);
	nd = ra_with("0702 0000 00000bb8 0000000000000000"
		     "0802 0000 fffe0708 0000000000000000");
	ck_assert_uint_eq(nd.ra.adv_interval, 0);
	ck_assert(!nd.ra.has_ha_info);
}
END_TEST

/* "This option MUST be silently ignored for other Neighbor Discovery
 * messages": the message is valid, and says nothing else. */
START_TEST(elsewhere)
{
	static const char *const hex[] = {
		"8500 0000 00000000" "0701 0000 00000bb8 0801 0000 00010708",
		"8700 0000 00000000" ADDR
		"0701 0000 00000bb8 0801 0000 00010708",
		"8800 0000 20000000" ADDR
		"0701 0000 00000bb8 0801 0000 00010708",
	};
	struct in6_addr s = T(LL), target = T("2001:db8:a::7");
	struct in6_addr d[] = { T("ff02::2"), T("ff02::1:ff00:7"), T(ALL) };
	struct wire_error err;
	uint8_t b[128];
	struct nd nd;

	for (unsigned i = 0; i < 3; i++) {
		size_t n = message(hex[i], &s, &d[i], b, sizeof(b));

		memset(&nd, 0, sizeof(nd));
		ck_assert_int_eq(nd_parse(b, n, &s, &d[i], 255, &nd, &err), 0);
		ck_assert_uint_eq(nd.type, b[0]);
		/* of a union: nothing is written over */
		if (nd.type == ND_NS)
			ck_assert(addr_eq(&nd.ns.target, &target));
		else if (nd.type == ND_NA)
			ck_assert(addr_eq(&nd.na.target, &target));
		ck_assert_uint_eq(nd.ra.adv_interval, 0);
		ck_assert(!nd.ra.has_ha_info);
	}
}
END_TEST

START_TEST(build)
{
	struct in6_addr s = T(LL), d = T(ALL), u = T("::");
	uint8_t b[512], want[512];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct nd nd = { .type = ND_RA, .sll = { 6, { 2, [5] = 0xa1 } } };
	size_t n;

	nd.ra = (struct nd_ra){ .hop_limit = 64, .flags = ND_RA_H, .pref = -1,
				.lifetime = 9, .mtu = 1400,
				.adv_interval = 3000, .has_ha_info = true,
				.ha_preference = 0xfffe, .ha_lifetime = 1800,
				.npios = 1, .nroutes = 1 };
	nd.ra.pio[0] = (struct nd_pio){ T("2001:db8:a::1"), 64, 0xe0, 10, 5 };
	nd.ra.route[0] = (struct nd_route){ { T("2001:db8:c::"), 48 }, 1,
					    ND_INFINITE };
	nd_build(&nd, &s, &d, &w);
	ck_assert(!w.bad);
	n = unit_hex("60000000 0060 3a ff fe80000000000000 000000fffe0000a1"
		     "ff020000000000000000000000000001"
		     "8600 0000 40380009 00000000 00000000" SLL
		     "0304 40e0 0000000a 00000005 00000000"
		     "20010db8000a0000 0000000000000001"
		     "0501 0000 00000578 0701 0000 00000bb8"
		     "0801 0000 fffe0708"
		     "1802 3008 ffffffff 20010db8000c0000",
		     want, sizeof(want));
	ck_assert_uint_eq(wbuf_len(&w), n);
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, b + 40, n - 40), 0);
	memcpy(want + 42, b + 42, 2);
	ck_assert_mem_eq(b, want, n);

	/* RFC 4861 4.1: no link-layer address from :: */
	nd.type = ND_RS;
	w = wbuf_of(b, sizeof(b));
	nd_build(&nd, &u, &d, &w);
	ck_assert_uint_eq(wbuf_len(&w), 48);
	nd_build(&nd, &s, &d, &w);
	ck_assert_uint_eq(wbuf_len(&w), 48 + 56);

	nd.type = 200;
	nd_build(&nd, &s, &d, &w);
	ck_assert(w.bad);
	ck_assert_uint_eq(wbuf_len(&w), 48 + 56);
}
END_TEST

START_TEST(summaries)
{
	struct nd nd = ra_with(PIO("40", "c0"));
	char s[256];

	print_nd_summary(&nd, s, sizeof(s));
	ck_assert_str_eq(s, "RA lifetime=9s prefix=2001:db8:a::/64 home-agent");
	nd.type = ND_RS;
	print_nd_summary(&nd, s, sizeof(s));
	ck_assert_str_eq(s, "RS");
	nd.type = ND_NS;
	nd.ns.target = T("2001:db8::1");
	print_nd_summary(&nd, s, sizeof(s));
	ck_assert_str_eq(s, "NS target=2001:db8::1");
	nd.type = ND_NA;
	nd.na = (struct nd_na){ T("2001:db8::1"), ND_NA_O | ND_NA_S };
	print_nd_summary(&nd, s, sizeof(s));
	ck_assert_str_eq(s, "NA target=2001:db8::1 solicited override");
	nd.type = 1;
	print_nd_summary(&nd, s, sizeof(s));
	ck_assert_str_eq(s, "ICMPv6 type=1");
}
END_TEST

Suite *suite_wire_nd(void)
{
	Suite *s = suite_create("wire-nd");

	unit_add(s, "valid", valid);
	unit_add(s, "other_types", other_types);
	unit_add(s, "capture", capture);
	unit_add(s, "prefixes", prefixes);
	unit_add(s, "routes", routes);
	unit_add(s, "more_options", more_options);
	unit_add(s, "mobility_options", mobility_options);
	unit_add(s, "elsewhere", elsewhere);
	unit_add(s, "build", build);
	unit_add(s, "summaries", summaries);
	return s;
}
