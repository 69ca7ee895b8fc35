/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mac.h - message authentication over OpenSSL's EVP.
 *
 * A struct mac holds one HMAC-SHA1 context that is keyed again for each
 * use: nothing is fetched or allocated after mac_new.
 */
#ifndef MIP6D_CRYPTO_MAC_H
#define MIP6D_CRYPTO_MAC_H

#include "base/addr.h"
#include "base/buf.h"

#define MAC_SHA1_LEN	20

struct mac;

struct mac *mac_new(void);		/* NULL: memory, or no such algorithm */
struct mac *mac_free(struct mac *);	/* always NULL */
/* HMAC_SHA1 of the pieces, in order.  0 or -EIO with ret zeroed.  `key'
 * NULL repeats the last key, which spares its schedule. */
int	mac_hmac_sha1(struct mac *, const struct span *key,
		      const struct span *piece, unsigned n,
		      uint8_t ret[MAC_SHA1_LEN]);
/* In constant time. */
bool	mac_equal(const void *, const void *, size_t len);

/* HKDF-SHA256 (RFC 5869) of a secret: `label' separates the uses. */
int	kdf_derive(const uint8_t *secret, size_t secret_len, const char *label,
		   const struct span *context, void *ret, size_t len);
/* A stable, opaque interface identifier, RFC 7217 section 5, in the last
 * 64 bits; never a reserved one (RFC 5453). */
int	kdf_interface_id(const uint8_t secret[32], const struct prefix *,
			 const char *ifname, const char *purpose,
			 uint32_t dad_counter, struct in6_addr *ret);
/* The system's randomness: for src/daemon, which makes node_seed. */
int	random_bytes(void *, size_t);

#endif
