/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_pkt.c - chains of extension headers, legal and not.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/name.h"
#include "wire/pkt.h"

#include <errno.h>

/* Headers as hexadecimal: each begins with a Next Header. */
#define A_HOME	"20010db8000a00000000000000000100"
#define HAO	"c910" A_HOME
#define DST_HAO(next)	next "02" "01020000" HAO
#define DST_PAD(next)	next "00" "010400000000"
#define RH2(next)	next "020201" "00000000" A_HOME
#define RH_DONE(next)	next "000400" "00000000"
#define FRAG(next)	next "000000" "00000000"
#define AH(next)	next "040000" "00000100" "00000001" \
			"000000000000000000000000"
#define ESP	"00000100" "00000001"
#define UP	"0011223344556677"

/* `first' is the IPv6 header's Next Header, `hex' all that follows it.
 * `off' is the octet at fault, or of the upper layer, from the first octet
 * behind the IPv6 header. */
static const struct {
	const char	*what;
	uint8_t		first;
	const char	*hex;
	enum wire_fault	fault;
	unsigned	off;
	bool		hao, rh2, ah;
} chains[] = {
	{ "upper layer", 17, UP, WIRE_OK, 0, 0, 0, 0 },
	{ "nothing at all", 59, "", WIRE_OK, 0, 0, 0, 0 },
	{ "HAO", 60, DST_HAO("87") UP, WIRE_OK, 24, 1, 0, 0 },
	{ "RH2", 43, RH2("87") UP, WIRE_OK, 24, 0, 1, 0 },
	{ "RH2, HAO", 43, RH2("3c") DST_HAO("87") UP, WIRE_OK, 48, 1, 1, 0 },
	{ "HAO, RH2", 60, DST_HAO("2b") RH2("87") UP,
	  WIRE_EXT_ORDER, 6, 0, 0, 0 },
	{ "every header there is", 0, DST_PAD("3c") DST_PAD("2b")
	  RH_DONE("2b") RH2("3c") DST_HAO("2c") FRAG("33") AH("3c")
	  DST_PAD("3b"), WIRE_OK, 8 + 8 + 8 + 24 + 24 + 8 + 24 + 8, 1, 1, 1 },
	{ "hop-by-hop not first", 60, DST_PAD("00") DST_PAD("3b"),
	  WIRE_EXT_ORDER, 8, 0, 0, 0 },
	{ "hop-by-hop twice", 0, DST_PAD("00") DST_PAD("3b"),
	  WIRE_EXT_ORDER, 8, 0, 0, 0 },
	{ "RH2 twice", 43, RH2("2b") RH2("3b"), WIRE_EXT_ORDER, 24, 0, 0, 0 },
	{ "other routing header behind RH2", 43, RH2("2b") RH_DONE("3b"),
	  WIRE_EXT_ORDER, 24, 0, 0, 0 },
	{ "fragment twice", 44, FRAG("2c") FRAG("3b"),
	  WIRE_EXT_ORDER, 8, 0, 0, 0 },
	{ "routing behind fragment", 44, FRAG("2b") RH2("3b"),
	  WIRE_EXT_ORDER, 8, 0, 0, 0 },
	{ "AH twice", 51, AH("33") AH("3b"), WIRE_EXT_ORDER, 24, 0, 0, 0 },
	{ "ESP is the upper layer", 51, AH("32") ESP,
	  WIRE_OK, 24, 0, 0, 1 },
	{ "HAO, ESP", 60, DST_HAO("32") ESP, WIRE_OK, 24, 1, 0, 1 },
	{ "HAO behind fragment", 44, FRAG("3c") DST_HAO("3b"),
	  WIRE_EXT_ORDER, 8 + 6, 0, 0, 0 },
	{ "HAO behind AH", 51, AH("3c") DST_HAO("3b"),
	  WIRE_EXT_ORDER, 24 + 6, 0, 0, 0 },
	{ "HAO twice in one header", 60,
	  "3b05 01020000" HAO "01040000 0000" HAO,
	  WIRE_EXT_ORDER, 30, 0, 0, 0 },
	{ "HAO twice in two headers", 60, DST_HAO("3c") DST_HAO("3b"),
	  WIRE_EXT_ORDER, 24 + 6, 0, 0, 0 },
	{ "HAO hop-by-hop is unknown there", 0, DST_HAO("3b"),
	  WIRE_EXT_OPTION, 6, 0, 0, 0 },
	{ "HAO, other destination options", 60, DST_HAO("3c") DST_PAD("3b"),
	  WIRE_OK, 32, 1, 0, 0 },
	{ "four destination headers", 60, DST_PAD("3c") DST_PAD("3c")
	  DST_PAD("3c") DST_PAD("3b"), WIRE_EXT_ORDER, 24, 0, 0, 0 },
	{ "part of a packet", 44, "3b00000100000000",
	  WIRE_EXT_ORDER, 0, 0, 0, 0 },
	{ "last part of a packet", 44, "3b00000800000000",
	  WIRE_EXT_ORDER, 0, 0, 0, 0 },
	{ "reserved bits of a fragment", 44, "3bff000600000000",
	  WIRE_OK, 8, 0, 0, 0 },
	/* lengths */
	{ "no second octet", 60, "3b", WIRE_TRUNCATED, 1, 0, 0, 0 },
	{ "header cut off", 60, "3b01 010400000000",
	  WIRE_TRUNCATED, 8, 0, 0, 0 },
	{ "no octet of the header", 43, "", WIRE_TRUNCATED, 0, 0, 0, 0 },
	{ "AH cut off", 51, "3b040000 00000000", WIRE_TRUNCATED, 8, 0, 0, 0 },
	{ "option past the header", 60, "3b00 0105 00000000",
	  WIRE_EXT_VALUE, 3, 0, 0, 0 },
	{ "option without length", 60, "3b00 0000000000 05",
	  WIRE_EXT_VALUE, 7, 0, 0, 0 },
	{ "HAO of 15", 60, "3b02 01020000 c90f"
	  "000000000000000000000000000000 00", WIRE_EXT_VALUE, 7, 0, 0, 0 },
	{ "HAO of 17", 60, "3b02 010100 c911"
	  "0000000000000000000000000000000000",
	  WIRE_EXT_VALUE, 6, 0, 0, 0 },
	{ "RH2 of 4", 43, "3b040201 00000000" A_HOME A_HOME,
	  WIRE_VALUE, 1, 0, 0, 0 },
	{ "RH2 of 1", 43, "3b010201 00000000 0000000000000000",
	  WIRE_VALUE, 1, 0, 0, 0 },
	{ "RH2 with 2 segments left", 43, "3b020202 00000000" A_HOME,
	  WIRE_VALUE, 3, 0, 0, 0 },
	{ "RH2 that is done", 43, "3b020200 00000000" A_HOME UP,
	  WIRE_OK, 24, 0, 0, 0 },
	{ "other routing header, segments left", 43, "3b000401 00000000",
	  WIRE_EXT_VALUE, 2, 0, 0, 0 },
	/* addresses */
	{ "HAO multicast", 60, "3b02 01020000 c910"
	  "ff0e0000000000000000000000000001", WIRE_VALUE, 8, 0, 0, 0 },
	{ "HAO link-local", 60, "3b02 01020000 c910"
	  "fe800000000000000000000000000001", WIRE_VALUE, 8, 0, 0, 0 },
	{ "HAO unspecified", 60, "3b02 01020000 c910"
	  "00000000000000000000000000000000", WIRE_VALUE, 8, 0, 0, 0 },
	{ "RH2 multicast", 43, "3b020201 00000000"
	  "ff0e0000000000000000000000000001", WIRE_VALUE, 8, 0, 0, 0 },
	{ "RH2 loopback", 43, "3b020201 00000000"
	  "00000000000000000000000000000001", WIRE_VALUE, 8, 0, 0, 0 },
	/* RFC 8200 4.2, the two high bits */
	{ "unknown option 00", 60, "3b00 1e0400000000", WIRE_OK, 8, 0, 0, 0 },
	{ "unknown option 01", 60, "3b00 5e0400000000",
	  WIRE_EXT_SILENT, 2, 0, 0, 0 },
	{ "unknown option 10", 60, "3b00 9e0400000000",
	  WIRE_EXT_OPTION, 2, 0, 0, 0 },
	{ "unknown option 11", 60, "3b00 de0400000000",
	  WIRE_EXT_OPTION, 2, 0, 0, 0 },
	{ "unknown option 10, hop-by-hop", 0, "3b00 9e0400000000",
	  WIRE_EXT_OPTION, 2, 0, 0, 0 },
	/* strictly in their order: the HAO behind it does not help */
	{ "unknown option, then HAO", 60, "3b02 41020000" HAO,
	  WIRE_EXT_SILENT, 2, 0, 0, 0 },
	{ "HAO, then unknown option", 60, "3b03 01020000" HAO
	  "01000000 8500 0000", WIRE_EXT_OPTION, 28, 1, 0, 0 },
};

static size_t packet(uint8_t *b, size_t cap, uint8_t first, const char *hex,
		     const char *dst)
{
	uint8_t body[512];
	size_t n = unit_hex(hex, body, sizeof(body));
	struct in6_addr s = T("2001:db8:b1::1"), d = T(dst);
	struct wbuf w = wbuf_of(b, cap);

	pkt_start(&w, &s, &d, 64, NULL, NULL, first);
	wbuf_put(&w, body, n);
	pkt_finish(&w);
	ck_assert(!w.bad);
	return wbuf_len(&w);
}

START_TEST(chain)
{
	struct in6_addr home = T("2001:db8:a::100");
	struct wire_error err;
	uint8_t b[1024];
	struct pkt p;

	for (unsigned i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		const char *what = chains[i].what;
		size_t n = packet(b, sizeof(b), chains[i].first,
				  chains[i].hex, "2001:db8:a::1");
		int rc;

		err = (struct wire_error){ WIRE_OK, 0 };
		rc = pkt_parse(b, n, &p, &err);
		ck_assert_msg(rc == (chains[i].fault ? -EBADMSG : 0) &&
			      err.fault == chains[i].fault,
			      "%s: %d, %s at %u", what, rc,
			      name_fault(err.fault), err.offset);
		if (rc) {
			ck_assert_msg(err.offset == 40 + chains[i].off,
				      "%s: at %u", what, err.offset);
			continue;
		}
		ck_assert_msg(p.off == 40 + chains[i].off &&
			      p.payload.p == b + p.off &&
			      p.payload.len == n - p.off,
			      "%s: upper layer at %u", what, p.off);
		ck_assert_msg(p.has_hao == chains[i].hao &&
			      p.has_rh2 == chains[i].rh2 &&
			      p.has_ah_esp == chains[i].ah, "%s", what);
		ck_assert(!p.has_hao || (addr_eq(&p.hao, &home) &&
					 b[p.hao_off] == 0xc9));
		ck_assert(!p.has_rh2 || (addr_eq(&p.rh2, &home) &&
					 b[p.rh2_off + 2] == 2));
		ck_assert_ptr_eq(pkt_src(&p), p.has_hao ? &p.hao : &p.src);
		ck_assert_ptr_eq(pkt_dst(&p), p.has_rh2 ? &p.rh2 : &p.dst);
	}
}
END_TEST

/* 11xxxxxx to a group is silence, 10xxxxxx is answered all the same. */
START_TEST(multicast)
{
	struct wire_error err;
	uint8_t b[128];
	struct pkt p;
	size_t n;

	n = packet(b, sizeof(b), 60, "3b00 de0400000000", "ff0e::1");
	ck_assert_int_eq(pkt_parse(b, n, &p, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_EXT_SILENT);
	n = packet(b, sizeof(b), 60, "3b00 9e0400000000", "ff0e::1");
	ck_assert_int_eq(pkt_parse(b, n, &p, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_EXT_OPTION);
}
END_TEST

START_TEST(ipv6)
{
	struct wire_error err;
	uint8_t b[128];
	struct pkt p;
	size_t n = packet(b, sizeof(b), 17, UP, "2001:db8:a::1");

	for (size_t k = 0; k < n; k++) {
		ck_assert_int_eq(pkt_parse(b, k, &p, &err), -EBADMSG);
		ck_assert_int_eq(err.fault, WIRE_TRUNCATED);
		ck_assert_uint_eq(err.offset, k);
	}
	/* octets of the link's behind the packet */
	ck_assert_int_eq(pkt_parse(b, n + 10, &p, &err), 0);
	ck_assert_uint_eq(p.payload.len, 8);
	b[0] = 0x6b;
	b[1] = 0xcd;
	ck_assert_int_eq(pkt_parse(b, n, &p, &err), 0);
	ck_assert_uint_eq(p.tclass, 0xbc);
	ck_assert_uint_eq(p.hlim, 64);
	b[0] = 0x45;
	ck_assert_int_eq(pkt_parse(b, n, &p, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_VALUE);
	ck_assert_uint_eq(err.offset, 0);
}
END_TEST

START_TEST(start)
{
	struct in6_addr s = T("2001:db8:b1::1"), d = T("2001:db8:a::1");
	struct in6_addr home = T("2001:db8:a::100");
	uint8_t b[128], want[128];
	struct wbuf w = wbuf_of(b, sizeof(b));
	size_t n;

	pkt_start(&w, &s, &d, 7, &home, &home, 135);
	wbuf_u64(&w, 0x0102030405060708);
	pkt_finish(&w);
	n = unit_hex("60000000 0038 2b 07 20010db800b100000000000000000001"
		     "20010db8000a00000000000000000001"
		     RH2("3c") DST_HAO("87") "0102030405060708",
		     want, sizeof(want));
	ck_assert(!w.bad);
	ck_assert_uint_eq(wbuf_len(&w), n);
	ck_assert_mem_eq(b, want, n);

	for (size_t cap = 0; cap < n; cap++) {
		w = wbuf_of(b, cap);
		pkt_start(&w, &s, &d, 7, &home, &home, 135);
		wbuf_u64(&w, 0);
		pkt_finish(&w);
		ck_assert(w.bad);
	}
}
END_TEST

/* RFC 6275 6.4.1: whatever the reserved octets are. */
START_TEST(reserved)
{
	struct in6_addr home = T("2001:db8:a::100");
	struct wire_error err;
	uint8_t b[128];
	struct pkt p;
	size_t n = packet(b, sizeof(b), 43, "3b020201" "ffffffff" A_HOME,
			  "2001:db8:a::1");

	ck_assert_int_eq(pkt_parse(b, n, &p, &err), 0);
	ck_assert(p.has_rh2 && addr_eq(&p.rh2, &home));
}
END_TEST

START_TEST(icmp_error)
{
	struct in6_addr s = T("2001:db8:a::1"), d = T("2001:db8:b1::1");
	uint8_t b[2048], orig[1500];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct wire_error err;
	struct pkt p;

	memset(orig, 0x5a, sizeof(orig));
	pkt_icmp_error(&w, &s, &d, 4, 2, 0x2e, orig, 100);
	ck_assert(!w.bad);
	ck_assert_uint_eq(wbuf_len(&w), 148);
	ck_assert_int_eq(pkt_parse(b, 148, &p, &err), 0);
	ck_assert_uint_eq(p.proto, IPPROTO_ICMPV6);
	ck_assert_uint_eq(p.hlim, PKT_HOPLIMIT);
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, p.payload.p, 108), 0);
	ck_assert_uint_eq(p.payload.p[0], 4);
	ck_assert_uint_eq(p.payload.p[1], 2);
	ck_assert_uint_eq(p.payload.p[7], 0x2e);
	ck_assert_mem_eq(p.payload.p + 8, orig, 100);

	/* behind another packet, and no longer than 1280 */
	pkt_icmp_error(&w, &s, &d, 2, 0, 1400, orig, sizeof(orig));
	ck_assert(!w.bad);
	ck_assert_uint_eq(wbuf_len(&w), 148 + 1280);
	ck_assert_int_eq(pkt_parse(b + 148, 1280, &p, &err), 0);
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, p.payload.p, 1240), 0);

	w = wbuf_of(b, 147);
	pkt_icmp_error(&w, &s, &d, 4, 2, 0, orig, 100);
	ck_assert(w.bad);
	ck_assert_uint_eq(wbuf_len(&w), 0);
}
END_TEST

/* Worked out by hand.  Pseudo-header of ::1, ::2, length, 58: sums to
 * 1 + 2 + length + 58; data 0x0102 0x03(00): 0x0402.  Length 3: 0x0042.
 * 0x0402 + 0x0042 = 0x0442 (1 + 2 + 3 + 58 = 64 = 0x40, so 0x0442);
 * complement 0xfbbd. */
START_TEST(checksum)
{
	struct in6_addr s = T("::1"), d = T("::2");
	uint8_t data[40] = { 1, 2, 3 };
	uint16_t want;

	want = (uint16_t)~(0x0102 + 0x0300 + 1 + 2 + 3 + 58);
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, data, 3), want);
	/* carries: sixteen words of ffff are zero */
	memset(data, 0xff, 32);
	want = (uint16_t)~(1 + 2 + 32 + 58);
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, data, 32), want);
	/* a correct sum gives 0 */
	memset(data, 0, sizeof(data));
	data[0] = 0x80;
	want = wire_checksum(&s, &d, 58, data, 40);
	data[2] = (uint8_t)(want >> 8);
	data[3] = (uint8_t)want;
	ck_assert_uint_eq(wire_checksum(&s, &d, 58, data, 40), 0);
}
END_TEST

Suite *suite_wire_pkt(void)
{
	Suite *s = suite_create("wire-pkt");

	unit_add(s, "chain", chain);
	unit_add(s, "multicast", multicast);
	unit_add(s, "ipv6", ipv6);
	unit_add(s, "start", start);
	unit_add(s, "reserved", reserved);
	unit_add(s, "icmp_error", icmp_error);
	unit_add(s, "checksum", checksum);
	return s;
}
