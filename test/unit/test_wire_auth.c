/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_auth.c - what a message authentication code covers, against
 * authenticators that others computed.
 */
#include "crypto/mac.h"
#include "test_wire.h"
#include "unit.h"
#include "wire/auth.h"

/* First(96, HMAC_SHA1(key, cover)) */
static void sign(const char *key, const struct auth_cover *c,
		 uint8_t ret[AUTH_DATA_LEN])
{
	struct mac *mac = mac_new();
	uint8_t k[64], full[MAC_SHA1_LEN];
	struct span s = { k, unit_hex(key, k, sizeof(k)) };

	ck_assert_ptr_nonnull(mac);
	ck_assert_int_eq(mac_hmac_sha1(mac, &s, c->piece, c->n, full), 0);
	memcpy(ret, full, AUTH_DATA_LEN);
	mac_free(mac);
}

/*
 * Return routability between UMIP's programs, from the capture umip-ro-full
 * (test/golden/pcaps), packets 29 to 32, 69 to 71, 82 and 83.  RFC 6275
 * 5.2.5: Kbm = SHA1(home keygen token | care-of keygen token), and of the
 * home keygen token alone when the binding is deleted.  The tokens are in
 * the HoT and CoT:
 *
 *	home	5ce8d300d729b444
 *	care-of	a090028ef6253ed2, then 3720da94f0cf1db4 at the next router
 *
 * `key' is what SHA1 makes of them.
 */
#define CN	"2001:db8:c::2"
#define COA1	"2001:db8:b1::ff:fe00:100"
#define COA2	"2001:db8:b2::ff:fe00:100"
#define HOA	"2001:db8:a::100"
#define KBM1	"4e00d98aacdaecd574b5841483bfaf386f8d52d7"
#define KBM2	"55feaf4386810beeeb459fd4c7df7634c92ab7ae"
#define KBM_DEL	"7af95cf5c6937ce5e419f0363b7b180d1ef10204"

static const struct {
	const char	*what, *key, *coa, *mh;
} captured[] = {
	{ "BU", KBM1, COA1, "3b030500f72e9a7480000069040400010001"
	  "050cee102a5e8e57e029eea9d211" },
	{ "BA", KBM1, COA1, "3b030600b52500009a740069010400000000"
	  "050cd687e972ccbb7252c6c845e6" },
	{ "BU from the next router", KBM2, COA2,
	  "3b030500bf259a7580000069040400010001"
	  "050c7d196a29cda66596b900ac33" },
	{ "BU that deletes", KBM_DEL, HOA,
	  "3b0305004e949a7680000000040400010000"
	  "050c39486abadec70765b7e0ae9e" },
	{ "BA of it", KBM_DEL, HOA, "3b030600b57a00009a760000010400000000"
	  "050c55376aaac5cb2961f6446676" },
};

START_TEST(authorization_data)
{
	struct in6_addr cn = T(CN);

	for (unsigned i = 0; i < sizeof(captured) / sizeof(captured[0]);
	     i++) {
		struct in6_addr coa = T(captured[i].coa);
		uint8_t b[64], got[AUTH_DATA_LEN];
		size_t n = unit_hex(captured[i].mh, b, sizeof(b));
		const struct mopt *o;
		struct wire_error err;
		struct auth_cover c;
		struct mh m;

		ck_assert_int_eq(mh_parse(b, n, NULL, NULL, &m, &err), 0);
		o = mh_opt(&m, MOPT_AUTH_DATA);
		ck_assert_ptr_nonnull(o);
		ck_assert_uint_eq(o->auth_data.len, AUTH_DATA_LEN);
		auth_cover_data(&coa, &cn, b, m.len, o, &c);
		sign(captured[i].key, &c, got);
		ck_assert_msg(!memcmp(got, o->auth_data.p, AUTH_DATA_LEN),
			      "%s", captured[i].what);
		b[7] ^= 1;
		sign(captured[i].key, &c, got);
		ck_assert(memcmp(got, o->auth_data.p, AUTH_DATA_LEN));
	}
}
END_TEST

/* RFC 5568 6.4.5: padding may follow this one, and is covered. */
START_TEST(fast_handover)
{
	static const char mh[] = "3b030800 1234 0001 c000003c 0100"
		"150a 01020304 616263646566 010400000000";
	struct in6_addr coa = T(COA1), par = T(CN);
	uint8_t b[64], got[96];
	size_t n = unit_hex(mh, b, sizeof(b)), at = 0;
	struct wire_error err;
	struct auth_cover c;
	struct mh m;

	ck_assert_int_eq(mh_parse_known(b, n, NULL, NULL, MH_KNOW_ALL, &m,
					&err), 0);
	auth_cover_data(&coa, &par, b, m.len, mh_opt(&m, MOPT_BADF), &c);
	for (unsigned i = 0; i < c.n; i++) {
		memcpy(got + at, c.piece[i].p, c.piece[i].len);
		at += c.piece[i].len;
	}
	/* all but the six octets of the authenticator; no checksum */
	ck_assert_uint_eq(at, 32 + n - 6);
	ck_assert_mem_eq(got, &coa, 16);
	ck_assert_mem_eq(got + 16, &par, 16);
	ck_assert(!got[36] && !got[37]);
	ck_assert_mem_eq(got + 38, b + 6, 14);
	ck_assert_mem_eq(got + 52, b + 26, n - 26);
}
END_TEST

/*
 * RFC 4285 5.1, computed with Python's hmac module:
 *
 *	hmac.new(b"0123456789abcdef", coa + hoa + mh, "sha1")[:12]
 *
 * with coa 2001:db8:b1::7, hoa 2001:db8:a::7 and as mh the octets below up
 * to the SPI, checksum zero.
 */
START_TEST(shared_key)
{
	static const char mh[] = "3b050500 abcd 0001 c000003c 0804 01 614062"
		"0a08 0000000000000001 00 0911 01 000001ff"
		"c8c4d90adaa64e46dd7920ce";
	struct in6_addr coa = T("2001:db8:b1::7"), hoa = T("2001:db8:a::7");
	uint8_t b[64], got[AUTH_MNHA_LEN];
	size_t n = unit_hex(mh, b, sizeof(b));
	const struct mopt *o;
	struct wire_error err;
	struct auth_cover c;
	struct mh m;

	ck_assert_int_eq(mh_parse(b, n, NULL, NULL, &m, &err), 0);
	o = mh_opt(&m, MOPT_AUTH);
	auth_cover_mnha(&coa, &hoa, b, o, &c);
	sign("30313233343536373839616263646566", &c, got);
	ck_assert_mem_eq(got, o->auth.data.p, AUTH_MNHA_LEN);
}
END_TEST

Suite *suite_wire_auth(void)
{
	Suite *s = suite_create("wire-auth");

	unit_add(s, "authorization_data", authorization_data);
	unit_add(s, "fast_handover", fast_handover);
	unit_add(s, "shared_key", shared_key);
	return s;
}
