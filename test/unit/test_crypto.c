/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_crypto.c - HMAC-SHA1 (RFC 2202), HKDF (RFC 5869), identifiers.
 */
#include "crypto/mac.h"
#include "unit.h"

#include <errno.h>

static void fill(uint8_t *p, size_t n, uint8_t first, uint8_t step)
{
	for (size_t i = 0; i < n; i++, first = (uint8_t)(first + step))
		p[i] = first;
}

struct hmac_case {
	uint8_t		key[80], data[100];
	size_t		key_len, data_len;
	const char	*want;
};

/* RFC 2202 section 3, the seven cases. */
static unsigned hmac_cases(struct hmac_case *c)
{
	static const struct {
		size_t key_len;
		uint8_t key_first, key_step;
		const char *key, *data;
		size_t data_len;
		uint8_t data_byte;
		const char *want;
	} t[] = {
		{ 20, 0x0b, 0, NULL, "Hi There", 0, 0,
		  "b617318655057264e28bc0b6fb378c8ef146be00" },
		{ 4, 0, 0, "Jefe", "what do ya want for nothing?", 0, 0,
		  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
		{ 20, 0xaa, 0, NULL, NULL, 50, 0xdd,
		  "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
		{ 25, 0x01, 1, NULL, NULL, 50, 0xcd,
		  "4c9007f4026250c6bc8414f9bf50c86c2d7235da" },
		{ 20, 0x0c, 0, NULL, "Test With Truncation", 0, 0,
		  "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04" },
		{ 80, 0xaa, 0, NULL, "Test Using Larger Than Block-Size Key"
		  " - Hash Key First", 0, 0,
		  "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
		{ 80, 0xaa, 0, NULL, "Test Using Larger Than Block-Size Key"
		  " and Larger Than One Block-Size Data", 0, 0,
		  "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" },
	};
	unsigned n = sizeof(t) / sizeof(t[0]);

	for (unsigned i = 0; i < n; i++) {
		c[i].key_len = t[i].key_len;
		if (t[i].key)
			memcpy(c[i].key, t[i].key, t[i].key_len);
		else
			fill(c[i].key, t[i].key_len, t[i].key_first,
			     t[i].key_step);
		c[i].data_len = t[i].data ? strlen(t[i].data)
					  : t[i].data_len;
		if (t[i].data)
			memcpy(c[i].data, t[i].data, c[i].data_len);
		else
			fill(c[i].data, t[i].data_len, t[i].data_byte, 0);
		c[i].want = t[i].want;
	}
	return n;
}

START_TEST(rfc2202)
{
	static struct hmac_case c[8];
	unsigned n = hmac_cases(c);
	struct mac *m = mac_new();
	uint8_t got[MAC_SHA1_LEN], want[MAC_SHA1_LEN];

	ck_assert_ptr_nonnull(m);
	for (unsigned i = 0; i < n; i++) {
		struct span key = { c[i].key, c[i].key_len };

		unit_hex(c[i].want, want, sizeof(want));
		/* in one piece, in three, and with the key repeated */
		for (size_t cut = 0; cut <= c[i].data_len; cut += 3) {
			struct span p[3] = {
				{ c[i].data, cut / 2 },
				{ c[i].data + cut / 2, cut - cut / 2 },
				{ c[i].data + cut, c[i].data_len - cut },
			};

			ck_assert_int_eq(mac_hmac_sha1(m, cut ? NULL : &key,
						       p, 3, got), 0);
			ck_assert_mem_eq(got, want, sizeof(want));
		}
	}
	mac_free(m);
}
END_TEST

/* A long message in pieces is what it is in one, on both sides of the
 * length up to which pieces are gathered. */
START_TEST(long_messages)
{
	static const uint8_t text[5000] = { [17] = 1, [4000] = 2 };
	struct span key = { (const uint8_t *)"key of a mobile", 15 };
	struct mac *m = mac_new(), *fresh;
	uint8_t a[MAC_SHA1_LEN], b[MAC_SHA1_LEN];

	for (size_t len = 440; len < 460; len++) {
		struct span p[2] = { { text, len }, { text + len, 1000 } };
		struct span whole = { text, len + 1000 };

		ck_assert_int_eq(mac_hmac_sha1(m, &key, p, 2, a), 0);
		ck_assert_int_eq(mac_hmac_sha1(m, NULL, &whole, 1, b), 0);
		ck_assert_mem_eq(a, b, sizeof(a));
		/* and gathered is what OpenSSL's streaming says: same bytes
		 * with an empty piece that does not fit */
		ck_assert_int_eq(mac_hmac_sha1(m, NULL, p, 1, a), 0);
		p[1].len = 0;
		ck_assert_int_eq(mac_hmac_sha1(m, NULL, p, 2, b), 0);
		ck_assert_mem_eq(a, b, sizeof(a));
	}
	fresh = mac_new();
	ck_assert_int_eq(mac_hmac_sha1(fresh, NULL, NULL, 0, a), -EIO);
	for (int i = 0; i < MAC_SHA1_LEN; i++)
		ck_assert_uint_eq(a[i], 0);
	mac_free(fresh);
	mac_free(m);
	ck_assert_ptr_null(mac_free(NULL));
}
END_TEST

/* Many an 'a' under "key", as "openssl mac" has it: up to 448 octets are
 * gathered, more are streamed. */
START_TEST(against_openssl)
{
	static const struct { size_t len; const char *want; } t[] = {
		{ 0, "f42bb0eeb018ebbd4597ae7213711ec60760843f" },
		{ 1, "0db21f05052f323e714ef9bf1f7b000ffe97e8a0" },
		{ 447, "528ed9177546b54cbdcf6662b07b87118f43ad3d" },
		{ 448, "ffe3e5e2549c424fda19077a6f4e012d04316984" },
		{ 449, "cf9f0a31a9eff2163f105d37a6e072231991bbae" },
		{ 1000, "9e45511bde643697d5c2e87f9a5f41ba8eac0c47" },
	};
	struct span key = { (const uint8_t *)"key", 3 };
	uint8_t text[1000], got[MAC_SHA1_LEN], want[MAC_SHA1_LEN];
	struct mac *m = mac_new();

	memset(text, 'a', sizeof(text));
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct span p = { text, t[i].len };

		unit_hex(t[i].want, want, sizeof(want));
		ck_assert_int_eq(mac_hmac_sha1(m, &key, &p, 1, got), 0);
		ck_assert_mem_eq(got, want, sizeof(want));
	}
	mac_free(m);
}
END_TEST

START_TEST(equal)
{
	ck_assert(mac_equal("abc", "abc", 3) && !mac_equal("abc", "abd", 3));
	ck_assert(mac_equal("abc", "abd", 2) && mac_equal("a", "b", 0));
}
END_TEST

/* RFC 5869 appendix A.1 to A.3 (SHA-256) */
START_TEST(rfc5869)
{
	static const struct { const char *ikm, *salt, *info, *okm; } t[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		  "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56"
		  "ecc4c5bf34007208d5b887185865" },
		{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
		  "1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
		  "38393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b"
		  "7c7d7e7f808182838485868788898a8b8c8d8e8f9091929394959697"
		  "98999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacb"
		  "cccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7"
		  "e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c"
		  "19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
		  "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
		  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f"
		  "3c738d2d9d201395faa4b61a96c8" },
	};
	uint8_t b[4][100];

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct span ikm = { b[0], unit_hex(t[i].ikm, b[0], 100) };
		struct span salt = { b[1], unit_hex(t[i].salt, b[1], 100) };
		struct span info = { b[2], unit_hex(t[i].info, b[2], 100) };
		size_t n = unit_hex(t[i].okm, b[3], 100);
		uint8_t got[100];

		ck_assert_int_eq(hkdf_sha256(&ikm, &salt, &info, got, n), 0);
		ck_assert_mem_eq(got, b[3], n);
		if (salt.len == 0) {
			ck_assert_int_eq(hkdf_sha256(&ikm, NULL, NULL, got,
						     n), 0);
			ck_assert_mem_eq(got, b[3], n);
		}
	}
}
END_TEST

START_TEST(derive)
{
	static const uint8_t secret[32] = { 9 };
	struct span empty = { NULL, 0 }, s = { (const uint8_t *)"b", 1 };
	uint8_t a[32], b[32], big[64];
	char label[65];

	ck_assert_int_eq(kdf_derive(secret, 32, "a", &s, a, 32), 0);
	ck_assert_int_eq(kdf_derive(secret, 32, "a", &s, b, 32), 0);
	ck_assert_mem_eq(a, b, 32);
	ck_assert_int_eq(kdf_derive(secret, 32, "ab", &empty, b, 32), 0);
	ck_assert_mem_ne(a, b, 32);
	ck_assert_int_eq(kdf_derive(secret, 32, "ab", NULL, a, 32), 0);
	ck_assert_mem_eq(a, b, 32);
	ck_assert_int_eq(kdf_derive(secret, 31, "ab", NULL, a, 32), 0);
	ck_assert_mem_ne(a, b, 32);

	memset(label, 'x', 64);
	label[64] = '\0';
	ck_assert_int_eq(kdf_derive(secret, 32, label, NULL, a, 32), -EINVAL);
	ck_assert_int_eq(kdf_derive(secret, 32, "a", NULL, a, 0), -EINVAL);
	ck_assert_int_eq(kdf_derive(secret, 32, "a", NULL, a, 8161), -EINVAL);
	s.len = 257;
	ck_assert_int_eq(kdf_derive(secret, 32, "a", &s, a, 32), -EINVAL);
	ck_assert_int_eq(random_bytes(big, 32), 0);
	ck_assert_int_eq(random_bytes(big + 32, 32), 0);
	ck_assert_mem_ne(big, big + 32, 32);
}
END_TEST

/* Each of the parameters of RFC 7217 counts; the same ones give the same. */
START_TEST(interface_ids)
{
	static const uint8_t s1[32] = { 1 }, s2[32] = { 2 };
	struct in6_addr a[7];
	struct prefix p, q;

	ck_assert_int_eq(prefix_parse("2001:db8:1::/64", &p), 0);
	ck_assert_int_eq(prefix_parse("2001:db8:2::/64", &q), 0);
	ck_assert_int_eq(kdf_interface_id(s1, &p, "eth0", "coa", 0, &a[0]),
			 0);
	ck_assert_int_eq(kdf_interface_id(s2, &p, "eth0", "coa", 0, &a[1]),
			 0);
	ck_assert_int_eq(kdf_interface_id(s1, &q, "eth0", "coa", 0, &a[2]),
			 0);
	ck_assert_int_eq(kdf_interface_id(s1, &p, "eth1", "coa", 0, &a[3]),
			 0);
	ck_assert_int_eq(kdf_interface_id(s1, &p, "eth0", "un", 0, &a[4]),
			 0);
	ck_assert_int_eq(kdf_interface_id(s1, &p, "eth0", "coa", 1, &a[5]),
			 0);
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 8; k++)
			ck_assert_uint_eq(a[i].s6_addr[k], 0);
		for (int k = 0; k < i; k++)
			ck_assert(!addr_eq(&a[i], &a[k]));
	}
	ck_assert_int_eq(kdf_interface_id(s1, &p, "eth0", "coa", 0, &a[6]),
			 0);
	ck_assert(addr_eq(&a[0], &a[6]));
}
END_TEST

/* What a home agent does for one Binding Update.  Printed, and bounded
 * loosely: the machine may be busy or the build sanitized. */
START_TEST(speed)
{
	enum { N = 20000 };
	uint8_t key[20] = { 0 }, bu[100] = { 0 }, ret[MAC_SHA1_LEN];
	struct span k = { key, 20 }, p = { bu, sizeof(bu) };
	struct mac *m = mac_new();
	struct timespec a, b;
	double ns;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (int i = 0; i < N; i++) {
		key[0] = (uint8_t)i;
		mac_hmac_sha1(m, &k, &p, 1, ret);
		mac_hmac_sha1(m, NULL, &p, 1, ret);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 +
	      (double)(b.tv_nsec - a.tv_nsec)) / N;
	printf("hmac-sha1: %.0f ns for a fresh and a repeated key\n", ns);
	ck_assert(ns < 20000);
	mac_free(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("crypto");
	Suite *const all[] = { s, NULL };

	unit_add(s, "rfc2202", rfc2202);
	unit_add(s, "long_messages", long_messages);
	unit_add(s, "against_openssl", against_openssl);
	unit_add(s, "equal", equal);
	unit_add(s, "rfc5869", rfc5869);
	unit_add(s, "derive", derive);
	unit_add(s, "interface_ids", interface_ids);
	unit_add(s, "speed", speed);
	return unit_main(all);
}
