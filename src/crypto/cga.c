/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cga.c - addresses that are a hash of their owner's public key.
 *
 * The interface identifier is Hash1, 59 bits of SHA-1 over the parameters;
 * Hash2, over the same without prefix and collision count, must begin with
 * 16 * Sec zero bits, which makes an address 2^(16 * Sec) times as dear to
 * make and no dearer to verify.  Hash2 does not depend on the prefix: one
 * search serves for every link (RFC 3972 section 4, the optimization that it
 * calls particularly important), so that a handover never waits for one.
 *
 * A public key that arrives in a message is read here, strictly, and only
 * after everything cheaper has been checked.  Its length is bounded by what
 * an option can carry; its exponent by us, since verifying with one of 2000
 * bits costs as much as signing.
 */
#include "crypto/cga.h"
#include "crypto/mac.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#define SHA1_LEN	20
#define EXPONENT_BITS	32
#define PKCS1_MIN_PAD	8		/* RFC 8017 7.2.1 */

struct cga_key {
	EVP_PKEY	*pkey;
	size_t		octets;
	/* of a private one: SHA-1 for the search, SubjectPublicKeyInfo */
	EVP_MD_CTX	*ctx;
	size_t		len;
	uint8_t		public[CGA_PUBLIC_MAX];
};

/* --- keys --------------------------------------------------------------- */

static bool usable(EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);
	BIGNUM *e = NULL;
	bool ok;

	/* RFC 3972 3: the algorithm is rsaEncryption. */
	ok = EVP_PKEY_is_a(pkey, "RSA") && bits >= CGA_BITS_MIN &&
	     bits <= CGA_BITS_MAX &&
	     EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) &&
	     BN_num_bits(e) <= EXPONENT_BITS;
	BN_free(e);
	return ok;
}

/* Takes the key. */
static struct cga_key *key_new(EVP_PKEY *pkey)
{
	struct cga_key *k = pkey ? calloc(1, sizeof(*k)) : NULL;

	if (!k) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	k->pkey = pkey;
	k->octets = (size_t)(EVP_PKEY_get_bits(pkey) + 7) / 8;
	return usable(pkey) ? k : cga_key_free(k);
}

/* Its owner makes addresses of it, too. */
static struct cga_key *key_new_private(EVP_PKEY *pkey)
{
	struct cga_key *k = key_new(pkey);
	int len = k ? i2d_PUBKEY(k->pkey, NULL) : 0;
	uint8_t *p;

	if (!k || len <= 0 || len > CGA_PUBLIC_MAX)
		return cga_key_free(k);
	p = k->public;
	k->len = (size_t)i2d_PUBKEY(k->pkey, &p);
	k->ctx = EVP_MD_CTX_new();
	if (!k->ctx || !EVP_DigestInit_ex2(k->ctx, EVP_sha1(), NULL))
		return cga_key_free(k);
	return k;
}

struct cga_key *random_cga_key(unsigned bits)
{
	return key_new_private(EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
						 (size_t)bits));
}

struct cga_key *cga_key_read(const void *der, size_t len)
{
	const uint8_t *p = der;
	EVP_PKEY *pkey;

	if (len > CGA_DER_MAX)
		return NULL;
	pkey = d2i_AutoPrivateKey(NULL, &p, (long)len);
	return key_new_private(pkey);
}

int cga_key_write(const struct cga_key *k, void *buf, size_t cap,
		  size_t *ret_len)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->pkey);
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
	uint8_t *p = buf;
	int err = 0;

	if (len <= 0)
		err = -EIO;
	else if ((size_t)len > cap)
		err = -ENOSPC;
	else
		*ret_len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &p);
	PKCS8_PRIV_KEY_INFO_free(info);
	return err;
}

/* The content of the next DER element, which must have that tag; lengths in
 * their shortest form, as DER wants them. */
static struct rbuf der_take(struct rbuf *r, uint8_t tag)
{
	struct rbuf none = { .bad = true };
	uint32_t len;

	if (rbuf_u8(r) != tag)
		return none;
	len = rbuf_u8(r);
	if (len == 0x81) {
		len = rbuf_u8(r);
		if (len < 0x80)
			return none;
	} else if (len == 0x82) {
		len = rbuf_u16(r);
		if (len < 0x100)
			return none;
	} else if (len >= 0x80) {
		return none;
	}
	return r->bad || rbuf_left(r) < len ? none : rbuf_sub(r, len);
}

#define DER_INTEGER	0x02
#define DER_BITS	0x03
#define DER_SEQUENCE	0x30

/* A positive one; NULL: it is none. */
static BIGNUM *der_integer(struct rbuf *r)
{
	struct rbuf i = der_take(r, DER_INTEGER);
	size_t len = rbuf_left(&i);
	struct span s = rbuf_span(&i, len);

	if (i.bad || !len || s.p[0] & 0x80 ||
	    (len > 1 && !s.p[0] && !(s.p[1] & 0x80)))
		return NULL;
	return BN_bin2bn(s.p, (int)len, NULL);
}

/* RFC 3972 section 3: rsaEncryption with its NULL parameters, RFC 3279 2.3.1 */
static const uint8_t rsa_encryption[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
	0x05, 0x00,
};

/* SubjectPublicKeyInfo, read here: OpenSSL's decoders would cost more than
 * the signature, and strangers are kept away from them. */
static bool read_public(struct rbuf *r, BIGNUM **n, BIGNUM **e)
{
	struct rbuf info = der_take(r, DER_SEQUENCE);
	struct rbuf alg = der_take(&info, DER_SEQUENCE);
	size_t len = rbuf_left(&alg);
	struct span s = rbuf_span(&alg, len);
	struct rbuf bits = der_take(&info, DER_BITS), key;

	if (info.bad || alg.bad || bits.bad || rbuf_left(&info) ||
	    len != sizeof(rsa_encryption) ||
	    memcmp(s.p, rsa_encryption, len) || rbuf_u8(&bits))
		return false;
	key = der_take(&bits, DER_SEQUENCE);
	if (key.bad || rbuf_left(&bits))
		return false;
	*n = der_integer(&key);
	*e = *n ? der_integer(&key) : NULL;
	return *e && !rbuf_left(&key);
}

static EVP_PKEY *make_public(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *p = NULL;
	EVP_PKEY *pkey = NULL;

	if (b && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e))
		p = OSSL_PARAM_BLD_to_param(b);
	if (!p || !ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, p) <= 0)
		pkey = NULL;
	OSSL_PARAM_free(p);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

struct cga_key *cga_key_of(const struct span *params)
{
	struct rbuf r = rbuf_of(params->p, params->len);
	BIGNUM *n = NULL, *e = NULL;
	EVP_PKEY *pkey = NULL;

	/* What follows the key are extension fields, which are ignored but
	 * for the hashes. */
	rbuf_take(&r, CGA_HEAD);
	if (read_public(&r, &n, &e) && BN_is_odd(n) && BN_is_odd(e) &&
	    BN_num_bits(n) >= CGA_BITS_MIN && BN_num_bits(n) <= CGA_BITS_MAX)
		pkey = make_public(n, e);
	BN_free(n);
	BN_free(e);
	return key_new(pkey);
}

struct cga_key *cga_key_free(struct cga_key *k)
{
	if (!k)
		return NULL;
	EVP_MD_CTX_free(k->ctx);
	EVP_PKEY_free(k->pkey);
	free(k);
	return NULL;
}

size_t cga_key_octets(const struct cga_key *k)
{
	return k->octets;
}

/* --- hashes ------------------------------------------------------------- */

static bool digest(EVP_MD_CTX *ctx, const struct span *piece, unsigned n,
		   uint8_t *ret)
{
	if (!EVP_DigestInit_ex2(ctx, NULL, NULL))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!EVP_DigestUpdate(ctx, piece[i].p, piece[i].len))
			return false;
	return EVP_DigestFinal_ex(ctx, ret, NULL);
}

int cga_sha1(const struct span *piece, unsigned n, uint8_t ret[20])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex2(ctx, EVP_sha1(), NULL) &&
		  digest(ctx, piece, n, ret);

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

/* The leftmost 16 * Sec bits of Hash2 are zero.  It has 112 bits, and Sec
 * is at most 7. */
static bool hash2_ok(const uint8_t *hash, unsigned sec)
{
	uint8_t any = 0;

	for (unsigned i = 0; i < 2 * sec; i++)
		any |= hash[i];
	return !any;
}

/* RFC 3972 section 4, step 3: a 128-bit number */
static void increment(uint8_t modifier[CGA_MODIFIER])
{
	for (int i = CGA_MODIFIER - 1; i >= 0; i--)
		if (++modifier[i])
			return;
}

bool cga_search(const struct cga_key *k, struct cga *c, unsigned tries)
{
	uint8_t text[CGA_PARAMS_MAX] = { 0 }, hash[SHA1_LEN];
	struct span s = { text, CGA_HEAD + k->len };

	if (!c->sec)
		return true;
	memcpy(text + CGA_HEAD, k->public, k->len);
	for (; tries; tries--) {
		memcpy(text, c->modifier, CGA_MODIFIER);
		if (digest(k->ctx, &s, 1, hash) && hash2_ok(hash, c->sec))
			return true;
		increment(c->modifier);
	}
	return false;
}

size_t cga_params(const struct cga_key *k, const struct cga *c,
		  const struct in6_addr *prefix, uint8_t ret[CGA_PARAMS_MAX])
{
	memcpy(ret, c->modifier, CGA_MODIFIER);
	memcpy(ret + CGA_MODIFIER, prefix->s6_addr, 8);
	ret[CGA_HEAD - 1] = c->collisions;
	memcpy(ret + CGA_HEAD, k->public, k->len);
	return CGA_HEAD + k->len;
}

int cga_address(const struct cga_key *k, const struct cga *c,
		const struct in6_addr *prefix, struct in6_addr *ret)
{
	uint8_t text[CGA_PARAMS_MAX], hash[SHA1_LEN];
	struct span s = { text, cga_params(k, c, prefix, text) };

	if (c->sec > 7 || c->collisions > CGA_COLLISIONS)
		return -EINVAL;
	if (!digest(k->ctx, &s, 1, hash))
		return -EIO;
	/* Sec in the three leftmost bits; u and g, bits 6 and 7, are 0 */
	hash[0] = (uint8_t)((hash[0] & 0x1c) | c->sec << 5);
	memcpy(ret->s6_addr, prefix->s6_addr, 8);
	memcpy(ret->s6_addr + 8, hash, 8);
	return 0;
}

bool cga_verify(const struct in6_addr *a, const struct span *params)
{
	static const uint8_t zero[CGA_HEAD - CGA_MODIFIER];
	const uint8_t *p = params->p;
	uint8_t hash[SHA1_LEN];
	unsigned sec = a->s6_addr[8] >> 5;
	struct span hash2[3];

	/* in the order of RFC 3972 section 5 */
	if (params->len <= CGA_HEAD || p[CGA_HEAD - 1] > CGA_COLLISIONS ||
	    memcmp(p + CGA_MODIFIER, a->s6_addr, 8))
		return false;
	if (cga_sha1(params, 1, hash))
		return false;
	if ((hash[0] ^ a->s6_addr[8]) & 0x1c ||
	    memcmp(hash + 1, a->s6_addr + 9, 7))
		return false;
	if (!sec)
		return true;
	hash2[0] = (struct span){ p, CGA_MODIFIER };
	hash2[1] = (struct span){ zero, sizeof(zero) };
	hash2[2] = (struct span){ p + CGA_HEAD, params->len - CGA_HEAD };
	return !cga_sha1(hash2, 3, hash) && hash2_ok(hash, sec);
}

/* --- signatures --------------------------------------------------------- */

int cga_sign(const struct cga_key *k, const struct span *piece, unsigned n,
	     uint8_t ret[CGA_SIG_MAX])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = CGA_SIG_MAX;
	bool ok;

	/* RSASSA-PKCS1-v1_5 is what OpenSSL does with RSA if not told. */
	ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha1(), NULL,
				       k->pkey) > 0;
	for (unsigned i = 0; ok && i < n; i++)
		ok = EVP_DigestSignUpdate(ctx, piece[i].p, piece[i].len) > 0;
	ok = ok && EVP_DigestSignFinal(ctx, ret, &len) > 0 &&
	     len == k->octets;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

bool cga_signed(const struct cga_key *k, const struct span *piece, unsigned n,
		const struct span *sig)
{
	EVP_MD_CTX *ctx;
	bool ok;

	if (sig->len != k->octets)
		return false;
	ctx = EVP_MD_CTX_new();
	ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha1(), NULL,
					 k->pkey) > 0;
	for (unsigned i = 0; ok && i < n; i++)
		ok = EVP_DigestVerifyUpdate(ctx, piece[i].p,
					    piece[i].len) > 0;
	ok = ok && EVP_DigestVerifyFinal(ctx, sig->p, sig->len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* --- sealed tokens ------------------------------------------------------ */

/* PS: octets that are not zero (RFC 8017 7.2.1). */
static bool draw_padding(const uint8_t seed[32], uint8_t *ps, size_t len)
{
	static const uint8_t label[] = "padding";
	uint8_t stream[CGA_SIG_MAX + 64];
	const struct span key = { seed, 32 }, info = { label, 7 };
	size_t n = 0;

	if (hkdf_sha256(&key, NULL, &info, stream, sizeof(stream)))
		return false;
	for (size_t i = 0; i < sizeof(stream) && n < len; i++)
		if (stream[i])
			ps[n++] = stream[i];
	return n == len;
}

int cga_seal(const struct cga_key *k, const void *msg, size_t len,
	     const uint8_t seed[32], uint8_t ret[CGA_SIG_MAX])
{
	uint8_t em[CGA_SIG_MAX];
	size_t pad, out = CGA_SIG_MAX;
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (len + 3 + PKCS1_MIN_PAD > k->octets)
		return -EMSGSIZE;
	/* EM = 0x00 | 0x02 | PS | 0x00 | M; we draw PS ourselves */
	pad = k->octets - 3 - len;
	em[0] = 0;
	em[1] = 2;
	if (!draw_padding(seed, em + 2, pad))
		return -EIO;
	em[2 + pad] = 0;
	memcpy(em + 3 + pad, msg, len);
	ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	ok = ctx && EVP_PKEY_encrypt_init(ctx) > 0 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0 &&
	     EVP_PKEY_encrypt(ctx, ret, &out, em, k->octets) > 0 &&
	     out == k->octets;
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_cleanse(em, sizeof(em));
	return ok ? 0 : -EIO;
}

bool cga_open(const struct cga_key *k, const struct span *sealed, void *ret,
	      size_t len)
{
	uint8_t msg[CGA_SIG_MAX + 1];
	size_t out = sizeof(msg);
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (sealed->len != k->octets)
		return false;
	ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	ok = ctx && EVP_PKEY_decrypt_init(ctx) > 0 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
	     EVP_PKEY_decrypt(ctx, msg, &out, sealed->p, sealed->len) > 0 &&
	     out == len;
	if (ok)
		memcpy(ret, msg, len);
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_cleanse(msg, sizeof(msg));
	return ok;
}
