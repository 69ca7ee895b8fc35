/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mac.h - message authentication over OpenSSL's EVP.
 *
 * A struct mac holds one HMAC-SHA1 context that is keyed again for each
 * use: nothing is fetched or allocated after mac_new.  Whoever wants to be
 * quick over many keys keeps one struct mac, not one for each key.
 */
#ifndef MIP6D_CRYPTO_MAC_H
#define MIP6D_CRYPTO_MAC_H

#include "base/addr.h"
#include "base/buf.h"

#define MAC_SHA1_LEN	20

struct mac;

struct mac *mac_new(void);		/* NULL: memory, or no such algorithm */
struct mac *mac_free(struct mac *);	/* always NULL */
/* HMAC_SHA1 (RFC 2104) of the pieces, in order.  0 or -EIO with ret zeroed.
 * `key' NULL repeats the last key, which spares its schedule; -EIO when
 * there was none. */
int	mac_hmac_sha1(struct mac *, const struct span *key,
		      const struct span *piece, unsigned n,
		      uint8_t ret[MAC_SHA1_LEN]);
/* SHA-1 of the pieces; 0 or -EIO with ret zeroed.  The key stays. */
int	mac_sha1(struct mac *, const struct span *piece, unsigned n,
		 uint8_t ret[MAC_SHA1_LEN]);
/* In constant time. */
bool	mac_equal(const void *, const void *, size_t len);

/* HKDF-SHA256, extract and expand (RFC 5869); `salt' and `info' may be NULL.
 * 0; -EINVAL when more than 255 * 32 octets or none are asked for; -EIO. */
int	hkdf_sha256(const struct span *secret, const struct span *salt,
		    const struct span *info, void *ret, size_t len);
/* The same of a secret for one use, which `label' and `context' (or NULL)
 * tell from all others: info = label | 0 | context.  Errors as above, and
 * -EINVAL for a label over 63 octets or a context over 256. */
int	kdf_derive(const uint8_t *secret, size_t secret_len, const char *label,
		   const struct span *context, void *ret, size_t len);
/* A stable, opaque interface identifier, RFC 7217 section 5, in the last
 * 64 bits; never a reserved one (RFC 5453). */
int	kdf_interface_id(const uint8_t secret[32], const struct prefix *,
			 const char *ifname, const char *purpose,
			 uint32_t dad_counter, struct in6_addr *ret);
/* The system's randomness, 0 or -errno: for src/daemon, which makes
 * node_seed. */
int	random_bytes(void *, size_t);

#endif
