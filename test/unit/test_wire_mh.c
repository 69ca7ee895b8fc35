/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_mh.c - Mobility Headers octet by octet: faults and where they
 * stand, what is built, what a MAC covers, what is printed.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/auth.h"
#include "wire/name.h"
#include "wire/print.h"

#include <errno.h>

#define ADDR16	"20010db8000000000000000000000001"

/* Each is one header without its checksum.  `nopts' counts when it is
 * accepted; `off' is the octet at fault when it is not. */
static const struct {
	const char	*what, *hex;
	enum wire_fault	fault;
	unsigned	off, nopts;
} parses[] = {
	{ "nothing", "", WIRE_TRUNCATED, 0, 0 },
	{ "three octets", "3b0005", WIRE_TRUNCATED, 3, 0 },
	{ "four octets", "3b000500", WIRE_TRUNCATED, 4, 0 },
	{ "header reaches beyond the packet", "3b01050000000001",
	  WIRE_TRUNCATED, 8, 0 },
	{ "BRR", "3b00000000000000", WIRE_OK, 0, 0 },
	{ "octets behind the header are not its own",
	  "3b0000000000000003ff", WIRE_OK, 0, 0 },
	{ "reserved fields are not looked at", "3b0000ff0000ffff",
	  WIRE_OK, 0, 0 },
	/* RFC 6275 9.2: the type comes before the payload protocol */
	{ "unknown type", "3b00c80000000000", WIRE_MH_TYPE, 2, 0 },
	{ "unknown type, payload too", "0600c80000000000",
	  WIRE_MH_TYPE, 2, 0 },
	{ "payload behind it", "0600000000000000", WIRE_PROTO, 0, 0 },
	{ "payload, and too short", "0600050000000000", WIRE_PROTO, 0, 0 },
	{ "BU too short", "3b00050000000001", WIRE_TOO_SHORT, 1, 0 },
	{ "BA too short", "3b00060000000001", WIRE_TOO_SHORT, 1, 0 },
	{ "BE too short", "3b010700000000010000000000000000",
	  WIRE_TOO_SHORT, 1, 0 },
	{ "BU without options", "3b01050000000001c000003c01020000",
	  WIRE_OK, 0, 0 },
	{ "BU with four Pad1", "3b01050000000001c000003c00000000",
	  WIRE_OK, 0, 0 },
	{ "PadN of zero length", "3b01050000000001c000003c01000100",
	  WIRE_OK, 0, 0 },
	{ "padding is not looked at", "3b01050000000001c000003c0102ffff",
	  WIRE_OK, 0, 0 },
	/* TLV */
	{ "type without length", "3b01050000000001c000003c00000003",
	  WIRE_OPT_LENGTH, 15, 0 },
	{ "PadN without length", "3b01050000000001c000003c00000001",
	  WIRE_OPT_LENGTH, 15, 0 },
	{ "PadN past the end", "3b01050000000001c000003c01030000",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "unknown option past the end", "3b01050000000001c000003cc8030000",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "unknown option", "3b01050000000001c000003cc802abcd",
	  WIRE_OK, 0, 1 },
	{ "unknown option, empty", "3b01050000000001c000003cc800c700",
	  WIRE_OK, 0, 2 },
	/* lengths that are not the definition's */
	{ "refresh advice of 1", "3b01060000000001c000003c02010000",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "refresh advice of 2", "3b01060000000001c000003c02020005",
	  WIRE_OK, 0, 1 },
	{ "refresh advice of 3", "3b02060000000001c000003c0203000000"
	  "0000000000 0000", WIRE_OPT_LENGTH, 13, 0 },
	{ "alternate care-of address of 14",
	  "3b03050000000001c000003c 030e 0000000000000000000000000000"
	  "01020000", WIRE_OPT_LENGTH, 13, 0 },
	{ "alternate care-of address of 17",
	  "3b03050000000001c000003c 0311" ADDR16 "00 00",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "alternate care-of address, misaligned",
	  "3b03050000000001c000003c 0310" ADDR16 "0100",
	  WIRE_OK, 0, 1 },
	{ "identifier of 0", "3b01050000000001c000003c08000000",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "identifier without one", "3b01050000000001c000003c08010100",
	  WIRE_OK, 0, 1 },
	{ "identifier of one octet", "3b01050000000001c000003c08020161",
	  WIRE_OK, 0, 1 },
	{ "authentication of 4", "3b02050000000001c000003c 00 0904 01000001"
	  "00000000 00", WIRE_OPT_LENGTH, 14, 0 },
	{ "authentication, empty", "3b02050000000001c000003c 0103000000"
	  "0905 0100000100", WIRE_OK, 0, 1 },
	{ "timestamp of 7", "3b02050000000001c000003c 0100 0a07"
	  "00000000000000 00", WIRE_OPT_LENGTH, 15, 0 },
	{ "timestamp of 8", "3b02050000000001c000003c 0100 0a08"
	  "0000000000000001", WIRE_OK, 0, 1 },
	{ "timestamp of 9", "3b03050000000001c000003c 0100 0a09"
	  "000000000000000000 010500000000 00", WIRE_OPT_LENGTH, 15, 0 },
	{ "nonce indices of 2", "3b01050000000001c000003c04020001",
	  WIRE_OPT_LENGTH, 13, 0 },
	{ "nonce indices of 4", "3b02050000000001c000003c040400010002"
	  "010400000000", WIRE_OK, 0, 1 },
	{ "authorization data, empty", "3b01050000000001c000003c01000500",
	  WIRE_OPT_LENGTH, 15, 0 },
	{ "authorization data", "3b01050000000001c000003c05020001",
	  WIRE_OK, 0, 1 },
	{ "authorization data, padding behind it",
	  "3b01050000000001c000003c05010100", WIRE_OPT_MISPLACED, 12, 0 },
	{ "authorization data, an option behind it",
	  "3b01050000000001c000003c0500c800", WIRE_OPT_LENGTH, 13, 0 },
	{ "authorization data, an option behind it, whole",
	  "3b02050000000001c000003c050400000000 c804 00000000",
	  WIRE_OPT_MISPLACED, 12, 0 },
	/* repetition and order */
	{ "two refresh advices", "3b02060000000001c000003c 02020001"
	  "02020001 01020000", WIRE_OPT_MISPLACED, 16, 0 },
	{ "two timestamps", "3b03050000000001c000003c 0100"
	  "0a080000000000000001 0a0800000000000000",
	  WIRE_OPT_LENGTH, 25, 0 },
	{ "two timestamps, whole", "3b04050000000001c000003c 0100"
	  "0a080000000000000001 0a080000000000000001 010400000000",
	  WIRE_OPT_MISPLACED, 24, 0 },
	{ "identifier twice", "3b02050000000001c000003c 0802016108020161"
	  "01020000", WIRE_OK, 0, 2 },
	{ "identifier behind authentication",
	  "3b03050000000001c000003c 00 0906020000010061"
	  "08020161 000000000000 00", WIRE_OPT_MISPLACED, 13, 0 },
	{ "identifier behind another subtype of authentication",
	  "3b03050000000001c000003c 00 0906030000010061"
	  "08020161 000000000000 00", WIRE_OPT_MISPLACED, 21, 0 },
	{ "alone, MN-HA is last", "3b02050000000001c000003c 00"
	  "090501000001 00 c8020000", WIRE_OPT_MISPLACED, 13, 0 },
	{ "padding behind MN-HA", "3b02050000000001c000003c 00"
	  "090501000001 00 01020000", WIRE_OK, 0, 1 },
	{ "MN-HA, MN-AAA", "3b03050000000001c000003c 00"
	  "09050100000100 00 09050200000300 01020000", WIRE_OK, 0, 2 },
	{ "MN-AAA, MN-HA", "3b03050000000001c000003c 00"
	  "09050200000300 00 09050100000100 01020000",
	  WIRE_OPT_MISPLACED, 13, 0 },
	{ "MN-HA twice", "3b03050000000001c000003c 00"
	  "09050100000100 00 09050100000100 01020000",
	  WIRE_OPT_MISPLACED, 21, 0 },
	{ "a subtype that nobody defined, twice",
	  "3b030500 00000001 c000003c 00 0905c800000100 00 0905c800000200"
	  "01020000", WIRE_OPT_MISPLACED, 21, 0 },
	{ "two subtypes that nobody defined",
	  "3b030500 00000001 c000003c 00 0905c800000100 00 0905c900000200"
	  "01020000", WIRE_OK, 0, 2 },
	{ "MN-AAA, then another", "3b03050000000001c000003c 00"
	  "09050200000300 00 c80500000003 00 01020000",
	  WIRE_OPT_MISPLACED, 13, 0 },
};

START_TEST(parse)
{
	uint8_t b[256];
	struct wire_error err;
	struct mh m;

	for (unsigned i = 0; i < sizeof(parses) / sizeof(parses[0]); i++) {
		const char *what = parses[i].what;
		size_t n = unit_hex(parses[i].hex, b, sizeof(b));
		int rc;

		err = (struct wire_error){ WIRE_OK, 0 };
		rc = mh_parse(b, n, NULL, NULL, &m, &err);
		ck_assert_msg(rc == (parses[i].fault ? -EBADMSG : 0),
			      "%s: %d, %s at %u", what, rc,
			      name_fault(err.fault), err.offset);
		ck_assert_msg(err.fault == parses[i].fault, "%s: %s", what,
			      name_fault(err.fault));
		if (rc)
			ck_assert_msg(err.offset == parses[i].off,
				      "%s: at %u", what, err.offset);
		else
			ck_assert_msg(m.nopts == parses[i].nopts,
				      "%s: %u options", what, m.nopts);
		if (n >= 4)
			ck_assert_msg(m.type == b[2], "%s: type", what);
	}
}
END_TEST

/* RFC 6275 9.2: a Header Len less than the message's; the whole header is
 * the least multiple of 8 that holds its fixed part. */
START_TEST(fixed_parts)
{
	static const struct { uint8_t type; unsigned least; } t[] = {
		{ MH_BRR, 8 }, { MH_HOTI, 16 }, { MH_COTI, 16 },
		{ MH_HOT, 24 }, { MH_COT, 24 }, { MH_BU, 16 },
		{ MH_BA, 16 }, { MH_BE, 24 }, { MH_FBU, 16 },
		{ MH_FBACK, 16 }, { MH_FNA, 8 }, { MH_EXPERIMENTAL, 8 },
		{ MH_HA_SWITCH, 8 }, { MH_HEARTBEAT, 16 }, { MH_HI, 16 },
		{ MH_HACK, 16 }, { MH_REVOCATION, 16 }, { MH_LRI, 16 },
		{ MH_LRA, 16 }, { MH_UPN, 16 }, { MH_UPA, 16 },
		{ MH_SUB_QUERY, 8 }, { MH_SUB_RESPONSE, 8 },
	};
	struct wire_error err;
	struct mh m;

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (unsigned len = 8; len <= 32; len += 8) {
			uint8_t b[32] = { 59, 0, t[i].type, 0 };
			int rc;

			b[1] = (uint8_t)(len / 8 - 1);
			if (t[i].type == MH_REVOCATION)
				b[6] = MH_BRI;
			rc = mh_parse_known(b, len, NULL, NULL, MH_KNOW_ALL,
					    &m, &err);
			ck_assert_msg(rc == (len < t[i].least ? -EBADMSG : 0),
				      "type %u of %u: %d", t[i].type, len,
				      rc);
			ck_assert(!rc || (err.fault == WIRE_TOO_SHORT &&
					  err.offset == 1));
		}
}
END_TEST

/* A type that the codec knows and the node does not is unknown. */
START_TEST(known)
{
	uint8_t b[24] = { 59, 2, 0, 0 };
	struct wire_error err;
	struct mh m;

	for (unsigned type = 0; type < 256; type++) {
		bool binding = type == 0 || (type >= 5 && type <= 7);

		b[2] = (uint8_t)type;
		b[6] = type == MH_REVOCATION;
		ck_assert_int_eq(mh_parse(b, 24, NULL, NULL, &m, &err),
				 binding ? 0 : -EBADMSG);
		ck_assert_uint_eq(m.type, type);
		ck_assert(binding || (err.fault == WIRE_MH_TYPE &&
				      err.offset == 2));
		ck_assert_int_eq(mh_parse_known(b, 24, NULL, NULL, MH_KNOW_ALL,
						&m, &err),
				 name_mh_type((uint8_t)type) ? 0 : -EBADMSG);
	}
	b[2] = MH_HOTI;
	ck_assert_int_eq(mh_parse_known(b, 24, NULL, NULL, MH_KNOW(MH_HOTI),
					&m, &err), 0);
}
END_TEST

/* RFC 6275 6.1: what is reserved is zero when it is sent, whatever the sender
 * says, and anything when it is received. */
START_TEST(reserved)
{
	static const struct {
		uint8_t	type, len;
		uint8_t	at[4];		/* octets, up to 0 */
		uint8_t	bits[4];
	} t[] = {
		{ MH_BRR, 8, { 3, 6, 7 }, { 0xff, 0xff, 0xff } },
		{ MH_HOTI, 16, { 3, 6, 7 }, { 0xff, 0xff, 0xff } },
		{ MH_COTI, 16, { 3, 6, 7 }, { 0xff, 0xff, 0xff } },
		{ MH_HOT, 24, { 3 }, { 0xff } },
		{ MH_COT, 24, { 3 }, { 0xff } },
		{ MH_BU, 16, { 3, 9 }, { 0xff, 0x0f } },
		{ MH_BA, 16, { 3, 7 }, { 0xff, 0x01 } },
		{ MH_BE, 24, { 3, 7 }, { 0xff, 0xff } },
	};
	struct wire_error err;
	uint8_t b[24], again[24];

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct wbuf w = wbuf_of(again, sizeof(again));
		struct mh m;

		memset(b, 0, sizeof(b));
		b[0] = 59;
		b[1] = (uint8_t)(t[i].len / 8 - 1);
		b[2] = t[i].type;
		for (unsigned k = 0; k < 4 && t[i].at[k]; k++)
			b[t[i].at[k]] |= t[i].bits[k];
		if (t[i].type == MH_BU || t[i].type == MH_BA)
			b[12] = MOPT_PADN, b[13] = 2;
		ck_assert_msg(!mh_parse_known(b, t[i].len, NULL, NULL,
					      MH_KNOW_ALL, &m, &err),
			      "type %u", t[i].type);
		if (t[i].type == MH_BU)
			m.bu.flags |= 0x000f;
		if (t[i].type == MH_BA)
			m.ba.flags |= 0x01;
		ck_assert_int_eq(mh_build(&m, &w), 0);
		for (unsigned k = 0; k < 4 && t[i].at[k]; k++)
			b[t[i].at[k]] &= (uint8_t)~t[i].bits[k];
		ck_assert_uint_eq(wbuf_len(&w), t[i].len);
		for (unsigned k = 0; k < t[i].len; k++)
			ck_assert_msg(again[k] == b[k], "type %u: octet %u",
				      t[i].type, k);
	}
}
END_TEST

/* RFC 6275 6.2.1, and 6.1.2 to 6.1.9 for each message: an unknown option is
 * passed over, in silence, and what is behind it is read. */
START_TEST(unknown_options)
{
	static const struct { uint8_t type, fixed; } t[] = {
		{ MH_BRR, 8 }, { MH_HOTI, 16 }, { MH_COTI, 16 },
		{ MH_HOT, 24 }, { MH_COT, 24 }, { MH_BU, 12 },
		{ MH_BA, 12 }, { MH_BE, 24 },
	};
	struct wire_error err;
	struct mh m;

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t b[64] = { 59, 0, t[i].type };
		uint8_t *o = b + t[i].fixed;
		size_t n = t[i].fixed;

		o += unit_hex("c803aabbcc fe00 08020161 0102ffff", o, 32);
		n = (size_t)(o - b);
		n = (n + 7) / 8 * 8;
		b[1] = (uint8_t)(n / 8 - 1);
		ck_assert_msg(!mh_parse_known(b, n, NULL, NULL, MH_KNOW_ALL,
					      &m, &err),
			      "type %u: %s", t[i].type, name_fault(err.fault));
		ck_assert_uint_eq(m.type, t[i].type);
		ck_assert_uint_eq(m.nopts, 3);
		ck_assert_ptr_nonnull(mh_opt(&m, MOPT_MNID));
		ck_assert_uint_eq(mh_opt(&m, MOPT_MNID)->mnid.id.len, 1);
	}
}
END_TEST

START_TEST(too_many)
{
	uint8_t b[256] = { 59, 0, MH_BRR };
	struct wire_error err;
	struct mh m;

	/* 32 empty unknown options: all there are places for */
	b[1] = 8;
	for (unsigned i = 0; i < 32; i++)
		b[8 + 2 * i] = 200;
	ck_assert_int_eq(mh_parse(b, 72, NULL, NULL, &m, &err), 0);
	ck_assert_uint_eq(m.nopts, MH_OPTS_MAX);
	b[1] = 9;
	b[72] = 200;
	ck_assert_int_eq(mh_parse(b, 80, NULL, NULL, &m, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_OPT_TOO_MANY);
	ck_assert_uint_eq(err.offset, 72);
	ck_assert_ptr_null(mh_add(&m, MOPT_REFRESH));
}
END_TEST

/* The BU and the BA of another implementation (capture umip-tunnel), with
 * the addresses that they were sent with. */
#define HOA	"2001:db8:a::100"
#define COA	"2001:db8:b1::ff:fe00:100"
#define HA	"2001:db8:a::1"
static const char umip_bu[] =
	"3b030500 0e5d5e73 c0000383 01000310"
	"20010db800b10000000000fffe000100";
static const char umip_ba[] = "3b010600 fee70000 5e730383 01020000";

START_TEST(capture)
{
	struct in6_addr hoa = T(HOA), ha = T(HA), coa = T(COA);
	uint8_t b[64], again[64];
	struct wire_error err;
	struct wbuf w;
	struct mh m;
	size_t n;

	n = unit_hex(umip_bu, b, sizeof(b));
	ck_assert_int_eq(mh_parse(b, n, &hoa, &ha, &m, &err), 0);
	ck_assert_uint_eq(m.type, MH_BU);
	ck_assert_uint_eq(m.len, 32);
	ck_assert_uint_eq(m.bu.seq, 0x5e73);
	ck_assert_uint_eq(m.bu.flags, MH_BU_A | MH_BU_H);
	ck_assert_uint_eq(m.bu.lifetime, 899);
	ck_assert_uint_eq(m.nopts, 1);
	ck_assert(addr_eq(&mh_opt(&m, MOPT_ALTCOA)->altcoa, &coa));
	ck_assert_uint_eq(m.opt[0].off, 14);
	ck_assert_ptr_null(mh_opt(&m, MOPT_REFRESH));
	/* the care-of address is not what the checksum covers */
	ck_assert_int_eq(mh_parse(b, n, &coa, &ha, &m, &err), -EBADMSG);
	ck_assert_int_eq(err.fault, WIRE_CHECKSUM);
	ck_assert_uint_eq(err.offset, 4);

	n = unit_hex(umip_ba, b, sizeof(b));
	ck_assert_int_eq(mh_parse(b, n, &ha, &hoa, &m, &err), 0);
	ck_assert_uint_eq(m.ba.status, 0);
	ck_assert_uint_eq(m.ba.seq, 0x5e73);
	ck_assert_uint_eq(m.ba.lifetime, 899);
	w = wbuf_of(again, sizeof(again));
	ck_assert_int_eq(mh_build(&m, &w), 0);
	mh_seal(again, wbuf_len(&w), &ha, &hoa);
	ck_assert_uint_eq(wbuf_len(&w), n);
	ck_assert_mem_eq(again, b, n);
}
END_TEST

/* What each order of options comes to: the octets behind the fixed part. */
static const struct {
	const char	*what;
	uint8_t		msg;
	struct mopt	opt[4];		/* up to type 0 */
	const char	*hex;
} builds[] = {
	{ "no option", MH_BU, { { 0 } },
	  "3b010500 00000001 c000003c 01020000" },
	{ "no option, BRR", MH_BRR, { { 0 } }, "3b000000 00000000" },
	{ "no option, BE", MH_BE, { { 0 } },
	  "3b020700 00000100" ADDR16 },
	{ "2n", MH_BA, { { .type = MOPT_REFRESH, .refresh = 5 } },
	  "3b010600 00008000 0001003c 02020005" },
	{ "8n+6: two octets of padding", MH_BU,
	  { { .type = MOPT_ALTCOA,
	      .altcoa.s6_addr = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } } },
	  "3b030500 00000001 c000003c 01000310" ADDR16 },
	{ "8n+2: six octets of padding", MH_BU,
	  { { .type = MOPT_REPLAY, .replay = 0x0102030405060708 } },
	  "3b030500 00000001 c000003c 0104000000000a08 0102030405060708"
	  "01020000" },
	{ "4n+1, moved up to the end", MH_BU,
	  { { .type = MOPT_AUTH,
	      .auth = { MOPT_AUTH_MNHA, 256, { NULL, 12 } } } },
	  "3b030500 00000001 c000003c 00 0911 01 00000100"
	  "000000000000000000000000" },
	{ "4n+1, moved by four", MH_BE,
	  { { .type = MOPT_AUTH,
	      .auth = { MOPT_AUTH_MNHA, 256, { NULL, 12 } } } },
	  "3b050700 00000100" ADDR16 "0103000000 0911 01 00000100"
	  "000000000000000000000000" },
	{ "4n+1, cannot end on 8: padding behind it", MH_BU,
	  { { .type = MOPT_AUTH,
	      .auth = { MOPT_AUTH_MNHA, 256,
			{ (const uint8_t *)"abcdef", 6 } } } },
	  "3b030500 00000001 c000003c 00 090b 01 00000100 616263646566"
	  "010400000000" },
	{ "nonce indices, authorization data", MH_BU,
	  { { .type = MOPT_NONCES, .nonces = { 7, 8 } },
	    { .type = MOPT_AUTH_DATA, .auth_data = { NULL, 12 } } },
	  "3b030500 00000001 c000003c 0404 0007 0008"
	  "050c 000000000000000000000000" },
	{ "authorization data of another length, moved up to the end", MH_BU,
	  { { .type = MOPT_AUTH_DATA,
	      .auth_data = { (const uint8_t *)"abc", 3 } } },
	  "3b020500 00000001 c000003c 010500 00000000 0503616263" },
	{ "identifier, timestamp, authentication", MH_BU,
	  { { .type = MOPT_MNID, .mnid = { MOPT_MNID_NAI,
		{ (const uint8_t *)"a@b", 3 } } },
	    { .type = MOPT_REPLAY, .replay = 1 },
	    { .type = MOPT_AUTH, .auth = { MOPT_AUTH_MNHA, 0x1ff,
		{ (const uint8_t *)"0123456789ab", 12 } } } },
	  "3b050500 00000001 c000003c 0804 01 614062 0a08 0000000000000001"
	  "00 0911 01 000001ff"
	  "303132333435363738396162" },
	{ "unknown option, as it is", MH_BU,
	  { { .type = 200, .raw = { (const uint8_t *)"xyz", 3 } },
	    { .type = 201, .raw = { NULL, 0 } } },
	  "3b020500 00000001 c000003c c80378797a c900 010300 0000" },
};

static void fill(struct mh *m, unsigned i)
{
	m->type = builds[i].msg;
	m->nopts = 0;
	if (m->type == MH_BU)
		m->bu = (struct mh_bu){ 1, MH_BU_A | MH_BU_H, 60 };
	else if (m->type == MH_BA)
		m->ba = (struct mh_ba){ 128, 0, 1, 60 };
	else
		m->be = (struct mh_be){ 1, T("2001:db8::1") };
	for (const struct mopt *o = builds[i].opt; o->type; o++)
		*mh_add(m, o->type) = *o;
}

START_TEST(build)
{
	uint8_t b[128], want[128];
	struct wire_error err;
	struct mh m, back;

	for (unsigned i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		size_t n = unit_hex(builds[i].hex, want, sizeof(want));
		struct wbuf w = wbuf_of(b, sizeof(b));
		int rc;

		fill(&m, i);
		rc = mh_build(&m, &w);
		ck_assert_msg(rc == 0, "%s: %d", builds[i].what, rc);
		ck_assert_msg(wbuf_len(&w) == n && m.len == n,
			      "%s: %zu, %u octets", builds[i].what,
			      wbuf_len(&w), m.len);
		for (size_t k = 0; k < n; k++)
			ck_assert_msg(b[k] == want[k], "%s: octet %zu is %02x",
				      builds[i].what, k, b[k]);
		ck_assert_msg(!mh_parse(b, n, NULL, NULL, &back, &err),
			      "%s: %s at %u", builds[i].what,
			      name_fault(err.fault), err.offset);
		for (unsigned k = 0; k < m.nopts; k++)
			ck_assert_msg(back.opt[k].off == m.opt[k].off &&
				      back.opt[k].len == m.opt[k].len &&
				      back.opt[k].type == m.opt[k].type,
				      "%s: option %u", builds[i].what, k);
	}
}
END_TEST

/* A refused build appends nothing. */
static void check_refused(struct mh *m, size_t cap, int want, bool bad)
{
	uint8_t b[4096] = { 0 };
	struct wbuf w = wbuf_of(b, cap);

	wbuf_u8(&w, 0xaa);
	ck_assert_int_eq(mh_build(m, &w), want);
	ck_assert_uint_eq(wbuf_len(&w), 1);
	ck_assert_int_eq(w.bad, bad);
}

START_TEST(build_refused)
{
	static uint8_t zeros[300];
	struct mh m;

	fill(&m, 4);
	for (size_t cap = 1; cap < 33; cap++)
		check_refused(&m, cap, -ENOSPC, true);
	fill(&m, 0);
	mh_add(&m, 200)->raw = (struct span){ zeros, 256 };
	check_refused(&m, 4096, -EINVAL, false);
	fill(&m, 0);
	mh_add(&m, MOPT_PADN);
	check_refused(&m, 4096, -EINVAL, false);
	fill(&m, 0);
	mh_add(&m, MOPT_MNID)->mnid.id = (struct span){ zeros, 255 };
	check_refused(&m, 4096, -EINVAL, false);
	fill(&m, 0);
	mh_add(&m, MOPT_REPLAY);
	mh_add(&m, MOPT_REPLAY);
	check_refused(&m, 4096, -EINVAL, false);
	fill(&m, 0);
	mh_add(&m, MOPT_AUTH)->auth.subtype = MOPT_AUTH_MNHA;
	mh_add(&m, MOPT_REPLAY);
	check_refused(&m, 4096, -EINVAL, false);
	/* nine options of 255 are more than a Header Len can say */
	fill(&m, 0);
	for (unsigned i = 0; i < 9; i++)
		mh_add(&m, 200)->raw = (struct span){ zeros, 255 };
	check_refused(&m, 4096, -EINVAL, false);
	fill(&m, 0);
	m.nopts = MH_OPTS_MAX + 1;
	check_refused(&m, 4096, -EINVAL, false);
}
END_TEST

/* A type without a row is built from its body, as a whole. */
START_TEST(build_body)
{
	static const uint8_t body[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct mh m = { .type = 77, .body = { body, 10 } };
	uint8_t b[64], want[64];
	struct wbuf w = wbuf_of(b, sizeof(b));
	size_t n;

	ck_assert_int_eq(mh_build(&m, &w), 0);
	n = unit_hex("3b014d00 0000 0102030405060708090a", want, 64);
	ck_assert_uint_eq(wbuf_len(&w), n);
	ck_assert_mem_eq(b, want, n);
	m.body.len = 9;
	check_refused(&m, 4096, -EINVAL, false);
	m.type = MH_EXPERIMENTAL;
	check_refused(&m, 4096, -EINVAL, false);
	m = (struct mh){ MH_HA_SWITCH, .ha_switch = { 2, { body, 10 } } };
	check_refused(&m, 4096, -EINVAL, false);
	m = (struct mh){ MH_REVOCATION, .revocation = { 3 } };
	check_refused(&m, 4096, -EINVAL, false);
}
END_TEST

/* RFC 4285 5.1: care-of address | home address | header without checksum,
 * up to and including the SPI. */
START_TEST(cover)
{
	struct in6_addr coa = T("2001:db8:b1::7"), hoa = T("2001:db8:a::7");
	uint8_t b[128], got[128], want[128];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct auth_cover c;
	size_t n, at = 0;
	struct mh m;

	fill(&m, 11);
	ck_assert_int_eq(mh_build(&m, &w), 0);
	mh_seal(b, wbuf_len(&w), &hoa, &coa);
	ck_assert(b[4] || b[5]);
	auth_cover_mnha(&coa, &hoa, b, mh_opt(&m, MOPT_AUTH), &c);
	for (unsigned i = 0; i < c.n; i++) {
		memcpy(got + at, c.piece[i].p, c.piece[i].len);
		at += c.piece[i].len;
	}
	n = unit_hex("20010db800b100000000000000000007"
		     "20010db8000a00000000000000000007"
		     "3b050500 0000 0001 c000003c 0804 01 614062"
		     "0a08 0000000000000001 00 0911 01 000001ff",
		     want, sizeof(want));
	ck_assert_uint_eq(at, n);
	ck_assert_mem_eq(got, want, n);
	ck_assert_uint_eq(m.opt[2].off + 19U, m.len);
}
END_TEST

static const char *summary(unsigned i, char *buf, size_t cap)
{
	struct mh m;

	fill(&m, i);
	print_mh_summary(&m, buf, cap);
	return buf;
}

START_TEST(summaries)
{
	char s[256];
	struct mh m = { .type = 77 };

	ck_assert_str_eq(summary(0, s, sizeof(s)),
			 "BU seq=1 lifetime=240s home ack");
	ck_assert_str_eq(summary(1, s, sizeof(s)), "BRR");
	ck_assert_str_eq(summary(2, s, sizeof(s)),
			 "BE status=1 hoa=2001:db8::1");
	ck_assert_str_eq(summary(3, s, sizeof(s)),
			 "BA seq=1 status=128 lifetime=240s");
	ck_assert_str_eq(summary(0, s, 5), "BU s");
	ck_assert_uint_eq(print_mh_summary(&m, s, sizeof(s)), 10);
	ck_assert_str_eq(s, "MH type=77");
	fill(&m, 0);
	ck_assert_uint_eq(print_mh_summary(&m, NULL, 0), 31);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(name_mh_type(MH_BU), "BU");
	ck_assert_ptr_null(name_mh_type(255));
	ck_assert_str_eq(name_mopt(MOPT_PADN), "PadN");
	ck_assert_str_eq(name_mopt(3), "Alternate Care-of Address");
	ck_assert_ptr_null(name_mopt(255));
	ck_assert_str_eq(name_status(135), "sequence number out of window");
	ck_assert_ptr_null(name_status(6));
	ck_assert_ptr_null(name_status(255));
	ck_assert_ptr_null(name_be_status(0));
	ck_assert_str_eq(name_nd_type(134), "RA");
	ck_assert_ptr_null(name_nd_type(137 + 100));
	for (unsigned f = 0; f < WIRE_FAULTS; f++)
		ck_assert_ptr_nonnull(name_fault((enum wire_fault)f));
	ck_assert_ptr_null(name_fault(WIRE_FAULTS));
}
END_TEST

Suite *suite_wire_mh(void)
{
	Suite *s = suite_create("wire-mh");

	unit_add(s, "parse", parse);
	unit_add(s, "fixed_parts", fixed_parts);
	unit_add(s, "known", known);
	unit_add(s, "reserved", reserved);
	unit_add(s, "unknown_options", unknown_options);
	unit_add(s, "too_many", too_many);
	unit_add(s, "capture", capture);
	unit_add(s, "build", build);
	unit_add(s, "build_refused", build_refused);
	unit_add(s, "build_body", build_body);
	unit_add(s, "cover", cover);
	unit_add(s, "summaries", summaries);
	unit_add(s, "names", names);
	return s;
}
