/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdf.c - keys and interface identifiers from one secret, and randomness.
 *
 * A node gets one secret at its start.  Everything that must be hard to
 * guess and yet the same again is derived from it with HKDF (RFC 5869),
 * each use under a label of its own.  Nothing here is called for a packet.
 */
#include "crypto/mac.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/random.h>

#define SHA256_LEN	32
#define LABEL_MAX	63
#define CONTEXT_MAX	256

/* OpenSSL does not write to octet strings that it is given as input, but
 * its constructor takes no const. */
static OSSL_PARAM octets(const char *name, const struct span *s)
{
	static uint8_t none[1];

	return OSSL_PARAM_construct_octet_string(name,
			s && s->len ? (void *)(uintptr_t)s->p : none,
			s ? s->len : 0);
}

int hkdf_sha256(const struct span *secret, const struct span *salt,
		const struct span *info, void *ret, size_t len)
{
	char digest[] = "SHA256";
	OSSL_PARAM param[5];
	EVP_KDF_CTX *ctx;
	EVP_KDF *kdf;
	unsigned n = 0;
	int ok;

	if (len == 0 || len > 255 * SHA256_LEN)
		return -EINVAL;
	param[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						      digest, 0);
	param[n++] = octets(OSSL_KDF_PARAM_KEY, secret);
	if (salt && salt->len)
		param[n++] = octets(OSSL_KDF_PARAM_SALT, salt);
	if (info && info->len)
		param[n++] = octets(OSSL_KDF_PARAM_INFO, info);
	param[n] = OSSL_PARAM_construct_end();

	kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	ok = ctx && EVP_KDF_derive(ctx, ret, len, param) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : -EIO;
}

int kdf_derive(const uint8_t *secret, size_t secret_len, const char *label,
	       const struct span *context, void *ret, size_t len)
{
	struct span key = { secret, secret_len };
	uint8_t info[LABEL_MAX + 1 + CONTEXT_MAX];
	struct wbuf w = wbuf_of(info, sizeof(info));
	struct span s;

	if (strlen(label) > LABEL_MAX ||
	    (context && context->len > CONTEXT_MAX))
		return -EINVAL;
	wbuf_put(&w, label, strlen(label) + 1);
	if (context)
		wbuf_put(&w, context->p, context->len);
	s = (struct span){ info, wbuf_len(&w) };
	return hkdf_sha256(&key, NULL, &s, ret, len);
}

/* RFC 5453: the subnet-router anycast identifier, those of the IANA
 * Ethernet block (00-00-5E, RFC 5342), and reserved subnet anycast
 * (RFC 2526). */
static bool is_reserved(uint64_t id)
{
	return id == 0 ||
	       (id >= 0x02005efffe000000ULL && id <= 0x02005efffeffffffULL) ||
	       (id >= 0xfdffffffffffff80ULL && id <= 0xfdffffffffffffffULL);
}

int kdf_interface_id(const uint8_t secret[32], const struct prefix *prefix,
		     const char *ifname, const char *purpose,
		     uint32_t dad_counter, struct in6_addr *ret)
{
	uint8_t text[CONTEXT_MAX], id[8];
	struct in6_addr a = { 0 };
	struct rbuf r;
	int rc;

	do {
		struct wbuf w = wbuf_of(text, sizeof(text));
		struct span s = { text, 0 };

		/* RFC 7217 section 5: F(Prefix, Net_Iface, Network_ID,
		 * DAD_Counter, secret_key); `purpose' is the network's. */
		wbuf_addr(&w, &prefix->addr);
		wbuf_u8(&w, prefix->len);
		wbuf_put(&w, ifname, strlen(ifname) + 1);
		wbuf_put(&w, purpose, strlen(purpose) + 1);
		wbuf_u32(&w, dad_counter++);
		if (w.bad)
			return -EINVAL;
		s.len = wbuf_len(&w);
		rc = kdf_derive(secret, 32, "interface identifier", &s, id,
				sizeof(id));
		if (rc)
			return rc;
		r = rbuf_of(id, sizeof(id));
	} while (is_reserved(rbuf_u64(&r)));

	memcpy(&a.s6_addr[8], id, sizeof(id));
	*ret = a;
	return 0;
}

int random_bytes(void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}
