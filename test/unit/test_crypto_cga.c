/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_crypto_cga.c - RFC 3972: its example, what verification must refuse,
 * signatures and sealed tokens against OpenSSL's own, key files.
 */
#include "crypto/cga.h"
#include "crypto/mac.h"
#include "unit.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* Appendix A: the parameters that it comes to. */
static const char appendix_a[] =
	"89a8a8b2e858d8b8f2633f44d2d4ce9bfe8000000000000000"
	"305c300d06092a864886f70d0101010500034b003048024100c2c2f13730"
	"5454f10bd9cea36844b530e9211a4b262b16467cb7dfba1f595c0194f275"
	"be5a4d386f2c3c2382508773c7867f9b3b9e63a09c7bc48f7a54ebefaf02"
	"03010001";

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

START_TEST(rfc3972_appendix_a)
{
	struct in6_addr a = addr("fe80::3c4a:5bf6:ffb4:ca6c");
	uint8_t p[256];
	struct span params = { p, unit_hex(appendix_a, p, sizeof(p)) };

	ck_assert(cga_verify(&a, &params));
	/* the u and g bits are ignored, Sec is not */
	a.s6_addr[8] ^= 0x03;
	ck_assert(cga_verify(&a, &params));
	a.s6_addr[8] ^= 0x23;			/* Sec 0: no Hash2 */
	ck_assert(cga_verify(&a, &params));
	a.s6_addr[8] |= 0x40;			/* Sec 2: 32 zero bits */
	ck_assert(!cga_verify(&a, &params));
	/* the key of the example has 512 bits */
	ck_assert_ptr_null(cga_key_of(&params));
}
END_TEST

/* One octet of address or parameters changed: refused, wherever it is. */
START_TEST(every_octet_counts)
{
	struct in6_addr a = addr("fe80::3c4a:5bf6:ffb4:ca6c");
	uint8_t p[256];
	struct span params = { p, unit_hex(appendix_a, p, sizeof(p)) };

	for (size_t i = 0; i < params.len; i++) {
		p[i] ^= 0x10;
		ck_assert_msg(!cga_verify(&a, &params), "octet %zu", i);
		p[i] ^= 0x10;
	}
	for (size_t i = 0; i < 16; i++) {
		a.s6_addr[i] ^= 0x10;
		ck_assert_msg(!cga_verify(&a, &params), "address %zu", i);
		a.s6_addr[i] ^= 0x10;
	}
	for (size_t i = 0; i < params.len; i++)
		ck_assert(!cga_verify(&a, &(struct span){ p, i }));
}
END_TEST

/* Whatever else is right: the collision count is 0, 1 or 2. */
START_TEST(collision_count)
{
	struct cga_key *k = random_cga_key(CGA_BITS_MIN);
	struct in6_addr prefix = addr("2001:db8:1:2::"), a, last;
	struct cga c = { .modifier = { 7 } };
	uint8_t p[CGA_PARAMS_MAX], hash[20];
	struct span params = { p, 0 };

	ck_assert_ptr_nonnull(k);
	memset(&last, 0, sizeof(last));
	for (unsigned i = 0; i <= CGA_COLLISIONS; i++) {
		c.collisions = (uint8_t)i;
		ck_assert_int_eq(cga_address(k, &c, &prefix, &a), 0);
		ck_assert(!addr_eq(&a, &last));
		last = a;
		params.len = cga_params(k, &c, &prefix, p);
		ck_assert(cga_verify(&a, &params));
	}
	c.collisions = 3;
	ck_assert_int_eq(cga_address(k, &c, &prefix, &a), -EINVAL);
	params.len = cga_params(k, &c, &prefix, p);
	ck_assert_int_eq(cga_sha1(&params, 1, hash), 0);
	memcpy(a.s6_addr + 8, hash, 8);
	a.s6_addr[8] &= 0x1c;
	ck_assert(!cga_verify(&a, &params));
	cga_key_free(k);
}
END_TEST

/* Sec 1 is found, in pieces like in one go, and serves for any prefix. */
START_TEST(search)
{
	struct cga_key *k = random_cga_key(CGA_BITS_MIN);
	struct cga c = { .sec = 1 }, d = { .sec = 1 };
	uint8_t p[CGA_PARAMS_MAX];
	struct span params = { p, 0 };
	unsigned pieces = 0;

	ck_assert_ptr_nonnull(k);
	memset(c.modifier, 0xff, sizeof(c.modifier));	/* it wraps */
	d = c;
	while (!cga_search(k, &c, 1000))
		ck_assert_uint_lt(++pieces, 3000);
	ck_assert(cga_search(k, &d, 3000000));
	ck_assert_mem_eq(&c, &d, sizeof(c));
	for (unsigned i = 0; i < 8; i++) {
		struct in6_addr prefix = addr("2001:db8::"), a;

		prefix.s6_addr[7] = (uint8_t)i;
		ck_assert_int_eq(cga_address(k, &c, &prefix, &a), 0);
		ck_assert_uint_eq(a.s6_addr[8] >> 5, 1);
		ck_assert_uint_eq(a.s6_addr[8] & 3, 0);
		params.len = cga_params(k, &c, &prefix, p);
		ck_assert(cga_verify(&a, &params));
		/* and for that one only */
		a.s6_addr[7] ^= 0x80;
		ck_assert(!cga_verify(&a, &params));
	}
	cga_key_free(k);
}
END_TEST

/* RFC 3972 section 5: extension fields are ignored, and hashed. */
START_TEST(extension_fields)
{
	struct cga_key *k = random_cga_key(CGA_BITS_MIN), *pub;
	struct in6_addr prefix = addr("2001:db8::"), a;
	struct cga c = { 0 };
	uint8_t p[CGA_PARAMS_MAX + 8], hash[20];
	struct span params = { p, cga_params(k, &c, &prefix, p) + 5 };

	memcpy(p + params.len - 5, "more!", 5);
	ck_assert_int_eq(cga_sha1(&params, 1, hash), 0);
	a = prefix;
	memcpy(a.s6_addr + 8, hash, 8);
	a.s6_addr[8] &= 0x1c;
	ck_assert(cga_verify(&a, &params));
	pub = cga_key_of(&params);
	ck_assert_ptr_nonnull(pub);
	ck_assert_uint_eq(cga_key_octets(pub), CGA_BITS_MIN / 8);
	p[params.len - 1] ^= 1;
	ck_assert(!cga_verify(&a, &params));
	cga_key_free(pub);
	cga_key_free(k);
}
END_TEST

START_TEST(signature)
{
	unsigned bits = _i ? CGA_BITS_MAX : CGA_BITS_MIN;
	struct cga_key *k = random_cga_key(bits), *pub;
	struct in6_addr prefix = addr("2001:db8::");
	struct cga c = { 0 };
	uint8_t p[CGA_PARAMS_MAX], sig[CGA_SIG_MAX];
	struct span params = { p, cga_params(k, &c, &prefix, p) };
	struct span piece[] = { { (const uint8_t *)"tag", 3 },
				{ (const uint8_t *)"message", 7 } };
	struct span whole = { (const uint8_t *)"tagmessage", 10 };
	struct span s = { sig, bits / 8 };

	pub = cga_key_of(&params);
	ck_assert_ptr_nonnull(pub);
	ck_assert_uint_eq(cga_key_octets(pub), bits / 8);
	ck_assert_int_eq(cga_sign(k, piece, 2, sig), 0);
	ck_assert(cga_signed(pub, &whole, 1, &s));
	whole.p = (const uint8_t *)"tagmessagf";
	ck_assert(!cga_signed(pub, &whole, 1, &s));
	whole.p = (const uint8_t *)"tagmessage";
	for (size_t i = 0; i < s.len; i += 31) {
		sig[i] ^= 1;
		ck_assert(!cga_signed(pub, &whole, 1, &s));
		sig[i] ^= 1;
	}
	s.len--;
	ck_assert(!cga_signed(pub, &whole, 1, &s));
	/* who has only the public key cannot sign */
	ck_assert_int_eq(cga_sign(pub, piece, 2, sig), -EIO);
	cga_key_free(pub);
	cga_key_free(k);
}
END_TEST

START_TEST(sealed)
{
	unsigned bits = _i ? CGA_BITS_MAX : CGA_BITS_MIN;
	struct cga_key *k = random_cga_key(bits), *pub, *other;
	struct in6_addr prefix = addr("2001:db8::");
	struct cga c = { 0 };
	uint8_t p[CGA_PARAMS_MAX], out[8], one[CGA_SIG_MAX], two[CGA_SIG_MAX];
	uint8_t seed[32] = { 1 }, big[CGA_SIG_MAX] = { 0 };
	struct span params = { p, cga_params(k, &c, &prefix, p) };
	struct span s = { one, bits / 8 };

	pub = cga_key_of(&params);
	other = random_cga_key(bits);
	ck_assert_int_eq(cga_seal(pub, "8 octets", 8, seed, one), 0);
	ck_assert_int_eq(cga_seal(pub, "8 octets", 8, seed, two), 0);
	ck_assert_mem_eq(one, two, s.len);
	seed[0] = 2;
	ck_assert_int_eq(cga_seal(pub, "8 octets", 8, seed, two), 0);
	ck_assert_mem_ne(one, two, s.len);
	ck_assert(cga_open(k, &s, out, 8));
	ck_assert_mem_eq(out, "8 octets", 8);
	/* another length is no token; nor what another key has sealed */
	ck_assert(!cga_open(k, &s, out, 7));
	memset(out, 0, 8);
	ck_assert(!cga_open(other, &s, out, 8) ||
		  memcmp(out, "8 octets", 8));
	ck_assert(!cga_open(pub, &s, out, 8));
	s.len--;
	ck_assert(!cga_open(k, &s, out, 8));
	ck_assert_int_eq(cga_seal(pub, big, bits / 8 - 11, seed, one), 0);
	ck_assert_int_eq(cga_seal(pub, big, bits / 8 - 10, seed, one),
			 -EMSGSIZE);
	cga_key_free(other);
	cga_key_free(pub);
	cga_key_free(k);
}
END_TEST

/* A private key over its DER; an EC key, a long and a short RSA key and
 * rubbish are refused. */
START_TEST(keys)
{
	struct cga_key *k = random_cga_key(CGA_BITS_MIN), *again;
	struct in6_addr prefix = addr("2001:db8::"), a, b;
	struct cga c = { 0 };
	uint8_t der[CGA_DER_MAX], *p = NULL;
	size_t len = 0;
	EVP_PKEY *ec;
	int n;

	ck_assert_int_eq(cga_key_write(k, der, 100, &len), -ENOSPC);
	ck_assert_int_eq(cga_key_write(k, der, sizeof(der), &len), 0);
	again = cga_key_read(der, len);
	ck_assert_ptr_nonnull(again);
	ck_assert_int_eq(cga_address(k, &c, &prefix, &a), 0);
	ck_assert_int_eq(cga_address(again, &c, &prefix, &b), 0);
	ck_assert(addr_eq(&a, &b));
	ck_assert_ptr_null(cga_key_read(der, len / 2));
	ck_assert_ptr_null(cga_key_read("no key", 6));
	ck_assert_ptr_null(random_cga_key(CGA_BITS_MAX + 8));
	ck_assert_ptr_null(random_cga_key(768));
	ec = EVP_EC_gen("P-256");
	n = i2d_PrivateKey(ec, &p);
	ck_assert_int_gt(n, 0);
	ck_assert_ptr_null(cga_key_read(p, (size_t)n));
	OPENSSL_free(p);
	EVP_PKEY_free(ec);
	cga_key_free(again);
	cga_key_free(k);
}
END_TEST

/* A public exponent of 1000 bits would make the verifier work. */
START_TEST(large_exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *pkey = NULL;
	uint8_t p[CGA_HEAD + 600] = { 0 }, *at = p + CGA_HEAD;
	struct span params = { p, CGA_HEAD };

	BN_set_bit(e, 200);
	BN_set_bit(e, 0);
	ck_assert_int_gt(EVP_PKEY_keygen_init(ctx), 0);
	EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, CGA_BITS_MIN);
	EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
	ck_assert_int_gt(EVP_PKEY_keygen(ctx, &pkey), 0);
	params.len += (size_t)i2d_PUBKEY(pkey, &at);
	ck_assert_ptr_null(cga_key_of(&params));
	BN_free(e);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
}
END_TEST

/* The public key is read by us: whatever octet is changed, what we take
 * OpenSSL takes, too, and no part of a key is one. */
START_TEST(public_key_octets)
{
	struct cga_key *k = random_cga_key(CGA_BITS_MAX), *got;
	struct in6_addr prefix = addr("2001:db8::");
	struct cga c = { 0 };
	uint8_t p[CGA_PARAMS_MAX];
	struct span params = { p, cga_params(k, &c, &prefix, p) };
	unsigned taken = 0, refused = 0;

	for (size_t len = 0; len < params.len; len++)
		ck_assert_ptr_null(cga_key_of(&(struct span){ p, len }));
	for (size_t i = CGA_HEAD; i < params.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			const uint8_t *at = p + CGA_HEAD;
			EVP_PKEY *theirs;

			p[i] ^= (uint8_t)(1 << bit);
			got = cga_key_of(&params);
			theirs = d2i_PUBKEY(NULL, &at, (long)(params.len -
					    CGA_HEAD));
			ck_assert_msg(!got || theirs, "octet %zu", i);
			taken += got != NULL;
			refused += !got;
			EVP_PKEY_free(theirs);
			cga_key_free(got);
			p[i] ^= (uint8_t)(1 << bit);
		}
	}
	/* most of it is the modulus, of which any odd one will do */
	ck_assert_uint_gt(taken, 2000);
	ck_assert_uint_gt(refused, 150);
	cga_key_free(k);
}
END_TEST

/* DER has one form of everything: no length with a leading zero, nothing
 * behind the key inside its box, no RSASSA-PSS, no negative modulus. */
START_TEST(public_key_forms)
{
	static const struct {
		const char *what, *head;
	} bad[] = {
		{ "a long form for a short length", "30810d"
		  "06092a864886f70d0101010500" },
		{ "no parameters", "300b06092a864886f70d010101" },
		{ "RSASSA-PSS", "300d06092a864886f70d01010a0500" },
		{ "parameters that are not NULL", "300f06092a864886f70d010101"
		  "05020000" },
	};
	uint8_t key[162], p[CGA_PARAMS_MAX] = { 0 };
	struct cga_key *k = random_cga_key(CGA_BITS_MIN), *got;
	struct in6_addr prefix = addr("2001:db8::");
	struct cga c = { 0 };
	struct span params = { p, cga_params(k, &c, &prefix, p) };

	/* 30 81 9f 30 0d ... (15) 03 81 8d 00 30 81 89 ... */
	ck_assert_uint_eq(params.len, CGA_HEAD + 162);
	memcpy(key, p + CGA_HEAD, sizeof(key));
	got = cga_key_of(&params);
	ck_assert_ptr_nonnull(got);
	cga_key_free(got);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint8_t *at = p + CGA_HEAD + 3;
		size_t n = unit_hex(bad[i].head, at, 32);

		memcpy(at + n, key + 18, sizeof(key) - 18);
		p[CGA_HEAD + 2] = (uint8_t)(n + sizeof(key) - 18);
		params.len = CGA_HEAD + 3 + n + sizeof(key) - 18;
		ck_assert_msg(!cga_key_of(&params), "%s", bad[i].what);
	}
	cga_key_free(k);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("crypto cga");
	Suite *const all[] = { s, NULL };
	TCase *c = tcase_create("both lengths");

	unit_add(s, "rfc3972_appendix_a", rfc3972_appendix_a);
	unit_add(s, "every_octet_counts", every_octet_counts);
	unit_add(s, "collision_count", collision_count);
	unit_add(s, "search", search);
	unit_add(s, "extension_fields", extension_fields);
	unit_add(s, "keys", keys);
	unit_add(s, "public_key_octets", public_key_octets);
	unit_add(s, "public_key_forms", public_key_forms);
	unit_add(s, "large_exponent", large_exponent);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, signature, 0, 2);
	tcase_add_loop_test(c, sealed, 0, 2);
	suite_add_tcase(s, c);
	return unit_main(all);
}
