/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_opt.c - what the RFCs say of each mobility option: its name,
 * the lengths it may have and where it must stand.
 *
 * Read out of the RFCs once more, not out of the codec's table.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/name.h"
#include "wire_any.h"

#include <errno.h>

/* Lengths min..max in steps; alignment xn+y. */
static const struct {
	uint8_t		type;
	unsigned	min, max, step, x, y;
	const char	*head;		/* first octets, if zeros are refused */
	const char	*name;
} options[] = {
	{ 2, 2, 2, 1, 2, 0, "", "Binding Refresh Advice" },
	{ 3, 16, 16, 1, 8, 6, "", "Alternate Care-of Address" },
	{ 4, 4, 4, 1, 2, 0, "", "Nonce Indices" },
	{ 6, 18, 18, 1, 8, 4, "", "Mobile Network Prefix" },
	{ 7, 2, 255, 1, 1, 0, "", "Mobility Header Link-Layer Address" },
	{ 8, 1, 255, 1, 1, 0, "", "Mobile Node Identifier" },
	{ 9, 5, 255, 1, 4, 1, "", "Mobility Message Authentication" },
	{ 10, 8, 8, 1, 8, 2, "", "Mobility Message Replay Protection" },
	{ 11, 0, 0, 1, 1, 0, "", "CGA Parameters Request" },
	{ 12, 1, 255, 1, 1, 0, "", "CGA Parameters" },
	{ 13, 1, 255, 1, 1, 0, "", "Signature" },
	{ 14, 1, 255, 1, 1, 0, "", "Permanent Home Keygen Token" },
	{ 15, 0, 0, 1, 1, 0, "", "Care-of Test Init" },
	{ 16, 8, 8, 1, 8, 6, "", "Care-of Test" },
	{ 17, 2, 255, 1, 1, 0, "", "DNS Update" },
	{ 18, 0, 255, 1, 1, 0, "", "Experimental" },
	{ 19, 5, 255, 1, 4, 2, "", "Vendor Specific" },
	{ 20, 1, 255, 1, 1, 0, "", "Service Selection" },
	{ 22, 18, 18, 1, 8, 4, "", "Home Network Prefix" },
	{ 23, 2, 2, 1, 1, 0, "", "Handoff Indicator" },
	{ 24, 2, 2, 1, 1, 0, "", "Access Technology Type" },
	{ 25, 3, 255, 1, 1, 0, "", "Mobile Node Link-layer Identifier" },
	{ 26, 16, 16, 1, 8, 6, "", "Link-local Address" },
	{ 27, 8, 8, 1, 8, 2, "", "Timestamp" },
	{ 28, 4, 4, 1, 4, 2, "", "Restart Counter" },
	{ 29, 6, 6, 1, 4, 0, "", "IPv4 Home Address" },
	{ 30, 6, 6, 1, 4, 0, "", "IPv4 Address Acknowledgement" },
	{ 31, 6, 6, 1, 4, 0, "", "NAT Detection" },
	{ 32, 6, 6, 1, 4, 0, "", "IPv4 Care-of Address" },
	{ 33, 2, 6, 4, 4, 0, "", "GRE Key" },
	{ 34, 18, 18, 1, 8, 4, "", "Mobility Header IPv6 Address/Prefix" },
	{ 36, 6, 6, 1, 4, 0, "", "IPv4 Home Address Request" },
	{ 37, 6, 6, 1, 4, 0, "", "IPv4 Home Address Reply" },
	{ 38, 6, 6, 1, 4, 0, "", "IPv4 Default-Router Address" },
	{ 39, 2, 2, 1, 1, 0, "", "IPv4 DHCP Support Mode" },
	{ 40, 2, 255, 1, 4, 0, "", "Context Request" },
	{ 41, 18, 18, 1, 8, 4, "0100", "Local Mobility Anchor Address" },
	{ 41, 6, 6, 1, 8, 4, "0200", "Local Mobility Anchor Address" },
	{ 42, 10, 10, 1, 8, 4, "",
	  "MN Link-local Address Interface Identifier" },
	{ 44, 2, 254, 2, 2, 0, "", "Flow Summary" },
	{ 45, 6, 255, 1, 2, 0, "", "Flow Identification" },
	{ 46, 2, 2, 1, 4, 0, "", "Redirect-Capability" },
	{ 47, 18, 18, 1, 4, 0, "8000", "Redirect" },
	{ 47, 6, 6, 1, 4, 0, "4000", "Redirect" },
	{ 48, 18, 18, 1, 4, 0, "", "Load Information" },
	{ 49, 4, 4, 1, 4, 2, "", "Alternate IPv4 Care-of Address" },
	{ 50, 6, 6, 1, 4, 0, "", "Mobile Node Group Identifier" },
	{ 51, 18, 18, 1, 8, 4, "", "MAG IPv6 Address" },
	{ 53, 4, 255, 1, 4, 0, "", "IPv4 Traffic Offload Selector" },
	{ 55, 18, 18, 1, 8, 2, "00", "Delegated Mobile Network Prefix" },
	{ 55, 6, 6, 1, 8, 2, "80", "Delegated Mobile Network Prefix" },
	{ 56, 1, 255, 1, 4, 1, "", "Active Multicast Subscription IPv4" },
	{ 57, 1, 255, 1, 8, 1, "", "Active Multicast Subscription IPv6" },
	{ 58, 6, 255, 1, 4, 0, "", "Quality-of-Service" },
	{ 62, 2, 255, 1, 4, 2, "", "LMA-Controlled MAG Parameters" },
	{ 63, 6, 6, 1, 1, 0, "", "MAG Multipath Binding" },
	{ 64, 3, 255, 1, 1, 0, "", "MAG Identifier" },
	{ 65, 18, 18, 1, 8, 4, "", "Anchored Prefix" },
	{ 66, 18, 18, 1, 8, 4, "", "Local Prefix" },
	{ 67, 34, 34, 1, 8, 4, "", "Previous MAAR" },
	{ 68, 16, 16, 1, 8, 6, "", "Serving MAAR" },
	{ 69, 16, 16, 1, 8, 6, "", "DLIF Link-Local Address" },
	{ 70, 3, 255, 1, 1, 0, "", "DLIF Link-Layer Address" },
	/* whose place depends on what follows or is inside: below */
	{ 5, 1, 255, 1, 0, 0, "", "Binding Authorization Data" },
	{ 21, 5, 255, 1, 0, 0, "", "Binding Authorization Data for FMIPv6" },
	{ 35, 0, 255, 1, 0, 0, "", "Binding Identifier" },
};

#define N	(sizeof(options) / sizeof(options[0]))

/* A Binding Update whose only option has that length: its data is `head'
 * and zeros.  It ends where the option ends, on a multiple of 8. */
static size_t with_length(uint8_t *b, unsigned i, unsigned len)
{
	static const uint8_t bu[12] = { 59, 0, MH_BU, 0, 0, 0, 0, 1 };
	size_t pad = (8 - (12 + 2 + len) % 8) % 8;
	uint8_t *p = b + 12 + pad;
	size_t n = 12 + pad + 2 + len, head;
	uint8_t first[8];

	memset(b, 0, n);
	memcpy(b, bu, sizeof(bu));
	b[1] = (uint8_t)(n / 8 - 1);
	p[0] = options[i].type;
	p[1] = (uint8_t)len;
	head = unit_hex(options[i].head, first, sizeof(first));
	memcpy(p + 2, first, head < len ? head : len);
	return n;
}

START_TEST(lengths)
{
	struct wire_error err;
	uint8_t b[512];
	struct mh m;

	for (unsigned i = 0; i < N; i++)
		for (unsigned len = 0; len < 256; len++) {
			bool legal = len >= options[i].min &&
				len <= options[i].max &&
				(len - options[i].min) % options[i].step == 0;
			size_t n = with_length(b, i, len);
			int rc = mh_parse(b, n, NULL, NULL, &m, &err);

			ck_assert_msg(rc == (legal ? 0 : -EBADMSG),
				      "option %u of %u: %d",
				      options[i].type, len, rc);
			if (legal) {
				ck_assert_uint_eq(m.nopts, 1);
				ck_assert_uint_eq(m.opt[0].len, len);
				continue;
			}
			ck_assert_msg(err.fault == WIRE_OPT_LENGTH,
				      "option %u of %u: %s", options[i].type,
				      len, name_fault(err.fault));
		}
}
END_TEST

/* Behind an unknown option of every size, each stands where it must and no
 * padding is longer than needed. */
START_TEST(alignment)
{
	static const uint8_t junk[8];
	struct rng r = unit_rng("alignment");
	uint8_t b[1024];

	any_init(&r);
	for (unsigned i = 0; i < N; i++)
		for (unsigned before = 0; before < 8; before++) {
			struct wbuf w = wbuf_of(b, sizeof(b));
			struct mh m = { .type = MH_BU };
			const struct mopt *o = &m.opt[1];
			unsigned end = 14 + before;

			if (!options[i].x)
				continue;
			mh_add(&m, 200)->raw = (struct span){ junk, before };
			any_mopt(&r, options[i].type,
				 mh_add(&m, options[i].type));
			/* so that nothing is moved up to the end */
			if (o->type != MOPT_AUTH)
				mh_add(&m, 201);
			ck_assert_int_eq(mh_build(&m, &w), 0);
			ck_assert_msg(o->off % options[i].x == options[i].y,
				      "option %u at %u", o->type, o->off);
			ck_assert_msg(o->off < end + options[i].x ||
				      o->type == MOPT_AUTH,
				      "option %u at %u", o->type, o->off);
		}
}
END_TEST

/* Which messages the RFCs define an option for; no other has it. */
#define M(t)	(1U << MH_##t)

START_TEST(messages)
{
	static const struct { uint8_t opt; uint32_t in; } t[] = {
		/* RFC 6275 6.1, "valid in a ..." */
		{ 3, M(BU) | M(FBU) | M(FBACK) |	/* 5568 6.2.2, 6.2.3 */
		     M(REVOCATION) },			/* 5846 5.1 */
		{ 4, M(BU) },
		{ 5, M(BU) | M(BA) },
		{ 2, M(BA) | M(HA_SWITCH) },		/* 5142 4 */
		{ 9, M(BU) | M(BA) },			/* 4285 5 */
		{ 10, M(BU) | M(BA) },			/* 4285 6 */
		{ 11, M(BU) },				/* 4866 5.6 */
		{ 12, M(BU) | M(BA) },			/* 4866 5.1 */
		{ 13, M(BU) | M(BA) },			/* 4866 5.2 */
		{ 14, M(BA) },				/* 4866 5.3 */
		{ 15, M(BU) },				/* 4866 5.4 */
		{ 16, M(BA) },				/* 4866 5.5 */
		{ 21, M(FBU) | M(FBACK) },		/* 5568 6.4.5 */
		{ 23, M(BU) | M(BA) },			/* 5213 8.4 */
		{ 28, M(HEARTBEAT) },			/* 5847 3.4 */
		{ 30, M(BA) },				/* 5555 3.2.1 */
		{ 31, M(BA) },				/* 5555 3.2.2 */
		{ 32, M(BU) },				/* 5555 3.1.2 */
		{ 37, M(BA) },				/* 5844 3.3.2 */
		{ 38, M(BA) },				/* 5844 3.3.3 */
		{ 39, M(BA) },				/* 5844 3.3.4 */
		{ 40, M(HI) },				/* 5949 6.2.1 */
		{ 46, M(BU) },				/* 6463 4.1 */
		{ 47, M(BA) },				/* 6463 4.2 */
		{ 48, M(BA) },				/* 6463 4.3 */
		{ 51, M(LRI) | M(LRA) },		/* 6705 11.1 */
		{ 67, M(BA) },				/* 8885 4.5 */
		{ 68, M(BU) },				/* 8885 4.6 */
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (uint8_t mh = 0; mh <= MH_SUB_RESPONSE; mh++)
			ck_assert_msg(mh_defines(mh, t[i].opt) ==
				      !!(t[i].in & 1U << mh),
				      "option %u, message %u", t[i].opt, mh);
	ck_assert(mh_defines(MH_BU, 200) && mh_defines(99, MOPT_REFRESH));
	/* and each is defined for some */
	for (unsigned i = 0; i < N; i++) {
		unsigned n = 0;

		for (uint8_t mh = 0; mh <= MH_SUB_RESPONSE; mh++)
			n += mh_defines(mh, options[i].type);
		ck_assert_msg(n, "option %u", options[i].type);
	}
}
END_TEST

START_TEST(names)
{
	for (unsigned i = 0; i < N; i++)
		ck_assert_str_eq(name_mopt(options[i].type), options[i].name);
}
END_TEST

/* RFC 5648 4.3: 2n, and 8n+2 with a care-of address; a wrong length is the
 * home agent's to answer (4.4, status 164), not ours to drop. */
START_TEST(binding_identifier)
{
	static const struct { uint8_t form; unsigned x, y, len; } t[] = {
		{ 0, 2, 0, 4 }, { 4, 8, 2, 8 }, { 16, 8, 2, 20 },
	};
	uint8_t b[256];
	struct wire_error err;
	struct wbuf w;

	for (unsigned i = 0; i < 3; i++) {
		struct mh m = { .type = MH_BU };
		struct mopt *o = mh_add(&m, MOPT_BID);

		o->bid.form = t[i].form;
		o->bid.bid = 7;
		w = wbuf_of(b, sizeof(b));
		ck_assert_int_eq(mh_build(&m, &w), 0);
		ck_assert_uint_eq(o->off % t[i].x, t[i].y);
		ck_assert_uint_eq(o->len, t[i].len);
		b[o->off + 1] = (uint8_t)(t[i].len - 1);
		b[o->off + 1 + t[i].len] = 0;
		ck_assert_int_eq(mh_parse(b, wbuf_len(&w), NULL, NULL, &m,
					  &err), 0);
		ck_assert_uint_eq(m.opt[0].bid.form, MOPT_BID_BAD);
		ck_assert_uint_eq(m.opt[0].bid.bad.len, t[i].len - 1);
	}
}
END_TEST

/* Values that no length rule catches, and the octet they stand at. */
static const struct {
	const char	*what, *hex;
	enum wire_fault	fault;
	unsigned	off;
} values[] = {
	{ "prefix length of 129", "3b030500 00000001 00000000 1612 0081"
	  "20010db8000000000000000000000000", WIRE_VALUE, 15 },
	{ "prefix length of 128", "3b030500 00000001 00000000 1612 0080"
	  "20010db8000000000000000000000000", WIRE_OK, 0 },
	{ "anchor address of code 0", "3b020500 00000001 00000000"
	  "2906 0000 0a000001 01020000", WIRE_VALUE, 14 },
	{ "anchor address of code 3", "3b020500 00000001 00000000"
	  "2906 0300 0a000001 01020000", WIRE_VALUE, 14 },
	{ "IPv6 anchor address of 4 octets", "3b020500 00000001 00000000"
	  "2906 0100 0a000001 01020000", WIRE_OPT_LENGTH, 16 },
	{ "redirect with both", "3b020500 00000001 00000000"
	  "2f06 c000 0a000001 01020000", WIRE_VALUE, 14 },
	{ "redirect with none", "3b020500 00000001 00000000"
	  "2f06 0000 0a000001 01020000", WIRE_VALUE, 14 },
	{ "delegated IPv4 prefix of 33 bits", "3b020500 00000001 00000000"
	  "3706 8021 0a000000 01020000", WIRE_VALUE, 15 },
	{ "delegated IPv4 prefix of 32 bits", "3b020500 00000001 00000000"
	  "3706 8020 0a000000 01020000", WIRE_OK, 0 },
	{ "service selection behind authentication",
	  "3b030500 00000001 00000000 00 0905 02 00000100 140161"
	  "0905 01 00000100 0000", WIRE_OPT_MISPLACED, 13 },
	{ "service selection behind another authentication",
	  "3b030500 00000001 00000000 00 0905 03 00000100 140161"
	  "0905 04 00000100 0000", WIRE_OPT_MISPLACED, 20 },
	{ "CGA parameters, a piece that is not full in front of another",
	  "3b020500 00000001 00000000 0c01aa 0c01bb 0100 01020000",
	  WIRE_OPT_MISPLACED, 15 },
	{ "CGA parameters, one piece", "3b020500 00000001 00000000"
	  "0c01aa 0100 0100 0103000000", WIRE_OK, 0 },
	{ "FMIPv6 authorization data, another behind it",
	  "3b020500 00000001 00000000 1506 00000000 0000 c800 0000",
	  WIRE_OPT_MISPLACED, 12 },
	{ "FMIPv6 authorization data, padding behind it",
	  "3b020500 00000001 00000000 1506 00000000 0000 01020000",
	  WIRE_OK, 0 },
};

START_TEST(bad_values)
{
	struct wire_error err;
	uint8_t b[128];
	struct mh m;

	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const char *what = values[i].what;
		size_t n = unit_hex(values[i].hex, b, sizeof(b));
		int rc = mh_parse(b, n, NULL, NULL, &m, &err);

		ck_assert_msg(rc == (values[i].fault ? -EBADMSG : 0),
			      "%s: %d", what, rc);
		ck_assert_msg(!rc || (err.fault == values[i].fault &&
				      err.offset == values[i].off),
			      "%s: %s at %u", what, name_fault(err.fault),
			      err.offset);
	}
}
END_TEST

/* RFC 4866 5.1: several CGA Parameters options, all but the last full,
 * with nothing between; both ways. */
START_TEST(cga_pieces)
{
	static const struct {
		unsigned	len[3];
		unsigned	between;	/* this one is a Signature */
		int		bad;		/* the option at fault */
	} t[] = {
		{ { 255, 255, 7 }, 9, -1 },
		{ { 255, 255, 255 }, 9, -1 },
		{ { 255, 254, 7 }, 9, 2 },
		{ { 1, 255, 7 }, 9, 1 },
		{ { 255, 255, 7 }, 1, 2 },
		{ { 255, 255, 7 }, 2, -1 },
		{ { 7, 255, 255 }, 0, -1 },
	};
	static uint8_t data[255], b[1024];
	struct wire_error err;

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		struct mh m = { .type = MH_BU };
		unsigned k;
		size_t n;

		for (k = 0; k < 3; k++)
			mh_add(&m, k == t[i].between ? MOPT_SIGNATURE :
			       MOPT_CGA)->data =
				(struct span){ data, t[i].len[k] };
		ck_assert_msg(mh_build(&m, &w) == (t[i].bad < 0 ? 0 : -EINVAL),
			      "row %u", i);
		/* the same octets, put down by hand */
		w = wbuf_of(b, sizeof(b));
		wbuf_put(&w, "\x3b\0\x05\0\0\0\0\1\0\0\0\0", 12);
		for (k = 0; k < 3; k++) {
			m.opt[k].off = (uint16_t)wbuf_len(&w);
			wbuf_u8(&w, m.opt[k].type);
			wbuf_u8(&w, (uint8_t)t[i].len[k]);
			wbuf_zero(&w, t[i].len[k]);
		}
		wbuf_zero(&w, -wbuf_len(&w) % 8);
		n = wbuf_len(&w);
		b[1] = (uint8_t)(n / 8 - 1);
		ck_assert_msg(mh_parse(b, n, NULL, NULL, &m, &err) ==
			      (t[i].bad < 0 ? 0 : -EBADMSG), "row %u", i);
		if (t[i].bad < 0)
			continue;
		ck_assert(err.fault == WIRE_OPT_MISPLACED);
		ck_assert_uint_eq(err.offset, m.opt[t[i].bad].off);
	}
}
END_TEST

/* An unknown option comes out as it went in, and on its alignment, whatever
 * that is: the octets of the whole message are the same. */
START_TEST(unknown_alignment)
{
	struct wire_error err;
	uint8_t b[64], again[64];
	struct wbuf w;
	struct mh m;

	for (unsigned pad = 0; pad < 8; pad++) {
		size_t end = 12 + pad + 2 + 6, n = (end + 7) / 8 * 8;

		memset(b, 0, sizeof(b));
		memcpy(b, "\x3b\0\x05\0\0\0\0\1\0\0\0\0", 12);
		b[1] = (uint8_t)(n / 8 - 1);
		if (pad > 1) {
			b[12] = MOPT_PADN;
			b[13] = (uint8_t)(pad - 2);
		}
		memcpy(b + 12 + pad, "\xc8\x06" "abcdef", 8);
		if (n - end > 1) {
			b[end] = MOPT_PADN;
			b[end + 1] = (uint8_t)(n - end - 2);
		}
		ck_assert_int_eq(mh_parse(b, n, NULL, NULL, &m, &err), 0);
		ck_assert_uint_eq(m.nopts, 1);
		w = wbuf_of(again, sizeof(again));
		ck_assert_int_eq(mh_build(&m, &w), 0);
		ck_assert_uint_eq(wbuf_len(&w), n);
		ck_assert_msg(!memcmp(b, again, n), "behind %u octets", pad);
	}
}
END_TEST

START_TEST(build_refused)
{
	static const struct mopt bad[] = {
		{ MOPT_HNP, .prefix = { .len = 129 } },
		{ MOPT_PREV_MAAR, .maar = { .len = 129 } },
		{ MOPT_IPV4_HOA, .ipv4 = { .len = 64 } },
		{ MOPT_IPV4_ACK, .ipv4 = { .len = 64 } },
		{ MOPT_IPV4_REQUEST, .ipv4 = { .len = 64 } },
		{ MOPT_HANDOFF, .value = 256 },
		{ MOPT_BID, .bid = { .form = 5 } },
		{ MOPT_LMAA, .lmaa = { .code = 0 } },
		{ MOPT_REDIRECT, .lmaa = { .code = 3 } },
		{ MOPT_DMNP, .dmnp = { .ipv4 = true, .len = 33 } },
		{ MOPT_QOS, .qos = { .dscp = 64 } },
		{ MOPT_SERVICE, .data = { NULL, 0 } },
	};
	uint8_t b[256];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		struct mh m = { .type = MH_BU, .nopts = 1 };

		m.opt[0] = bad[i];
		ck_assert_msg(mh_build(&m, &w) == -EINVAL, "option %u",
			      bad[i].type);
		ck_assert(!w.bad && wbuf_len(&w) == 0);
	}
}
END_TEST

/* RFC 6089 4.2.1: Pad1 and PadN are passed over; elsewhere type 0 is a
 * type. */
START_TEST(sub_options)
{
	static const uint8_t chain[] = {
		0, 1, 2, 0, 0, 2, 4, 0, 7, 0, 8, 0, 9, 1, 0xaa
	};
	struct rbuf r = rbuf_of(chain, sizeof(chain));
	struct mopt_sub sub;

	ck_assert(mopt_sub_next(&r, MOPT_SUB_FLOW, &sub));
	ck_assert(sub.type == 2 && sub.data.len == 4 && sub.data.p[3] == 8);
	ck_assert(mopt_sub_next(&r, MOPT_SUB_FLOW, &sub));
	ck_assert(sub.type == 9 && sub.data.len == 1);
	ck_assert(!mopt_sub_next(&r, MOPT_SUB_FLOW, &sub));
	ck_assert(!r.bad);
	r = rbuf_of(chain, sizeof(chain));
	ck_assert(mopt_sub_next(&r, MOPT_SUB_PLAIN, &sub));
	ck_assert(sub.type == 0 && sub.data.len == 1 && sub.data.p[0] == 2);
	/* every end that comes too early */
	for (size_t n = 0; n < sizeof(chain); n++) {
		bool whole = n == 0 || n == 1 || n == 5 || n == 11 || n == 12;

		r = rbuf_of(chain, n);
		while (mopt_sub_next(&r, MOPT_SUB_FLOW, &sub))
			;
		ck_assert_msg(r.bad == !whole, "%zu octets", n);
	}
}
END_TEST

Suite *suite_wire_opt(void)
{
	Suite *s = suite_create("wire-opt");

	unit_add(s, "lengths", lengths);
	unit_add(s, "alignment", alignment);
	unit_add(s, "messages", messages);
	unit_add(s, "names", names);
	unit_add(s, "binding_identifier", binding_identifier);
	unit_add(s, "bad_values", bad_values);
	unit_add(s, "cga_pieces", cga_pieces);
	unit_add(s, "unknown_alignment", unknown_alignment);
	unit_add(s, "build_refused", build_refused);
	unit_add(s, "sub_options", sub_options);
	return s;
}
