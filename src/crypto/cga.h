/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cga.h - Cryptographically Generated Addresses (RFC 3972), and what their
 * owner can do with the key: sign, and open what was sealed for him
 * (RFC 4866 4.5 to 4.8).
 *
 * Keys are RSA.  A signature, and a sealed token, must fit into a mobility
 * option of at most 255 octets: so a key has at most 2040 bits.  Nothing here
 * draws randomness of its own but random_cga_key (and OpenSSL, which blinds
 * what it does with a private key): what must be random, the caller gives.
 */
#ifndef MIP6D_CRYPTO_CGA_H
#define MIP6D_CRYPTO_CGA_H

#include "base/addr.h"
#include "base/buf.h"

#define CGA_SEC_MAX	3		/* made here; all are verified */
#define CGA_MODIFIER	16
#define CGA_COLLISIONS	2		/* RFC 3972 2: 0, 1 or 2 */
#define CGA_HEAD	25		/* modifier, prefix, collision count */
#define CGA_BITS_MIN	1024
#define CGA_BITS_MAX	2040
#define CGA_SIG_MAX	255
#define CGA_PUBLIC_MAX	320		/* SubjectPublicKeyInfo */
#define CGA_PARAMS_MAX	(CGA_HEAD + CGA_PUBLIC_MAX)
#define CGA_DER_MAX	1300		/* a private key, PKCS #8 */

struct cga_key;

/* The parameters of one address (RFC 3972 section 3), but for the key. */
struct cga {
	uint8_t		modifier[CGA_MODIFIER];
	uint8_t		sec;
	uint8_t		collisions;
};

/* A new key; slow, and drawn from the system: for src/daemon and tests.
 * NULL: the library failed. */
struct cga_key *random_cga_key(unsigned bits);
/* A private key from DER (PKCS #8 PrivateKeyInfo); NULL: none, no RSA, too
 * long or too short, a public exponent of more than 32 bits. */
struct cga_key *cga_key_read(const void *der, size_t len);
/* The same as DER; 0, or -ENOSPC, -EIO. */
int	cga_key_write(const struct cga_key *, void *buf, size_t cap,
		      size_t *ret_len);
/* The public key in received CGA parameters; NULL as above. */
struct cga_key *cga_key_of(const struct span *params);
struct cga_key *cga_key_free(struct cga_key *);		/* always NULL */
/* Octets of the modulus: of a signature, and of what is sealed. */
size_t	cga_key_octets(const struct cga_key *);

/* RFC 3972 section 4, steps 2 and 3: from c->modifier on, at most so many
 * tries.  True: it will do for c->sec.  False: go on, it is where the next
 * try begins.  What is found serves for every prefix. */
bool	cga_search(const struct cga_key *, struct cga *c, unsigned tries);
/* Steps 5 to 7, and 9.  `prefix': the 64 bits on the left of an address. */
int	cga_address(const struct cga_key *, const struct cga *,
		    const struct in6_addr *prefix, struct in6_addr *ret);
/* The data structure; its length, at most CGA_PARAMS_MAX. */
size_t	cga_params(const struct cga_key *, const struct cga *,
		   const struct in6_addr *prefix,
		   uint8_t ret[CGA_PARAMS_MAX]);
/* RFC 3972 section 5: does the address come from these parameters?  Two
 * hashes at most. */
bool	cga_verify(const struct in6_addr *, const struct span *params);

/* RFC 3972 section 6 over the pieces, the first of which is the type tag:
 * RSASSA-PKCS1-v1_5 with SHA-1, cga_key_octets() long.  0 or -EIO. */
int	cga_sign(const struct cga_key *, const struct span *piece, unsigned n,
		 uint8_t ret[CGA_SIG_MAX]);
bool	cga_signed(const struct cga_key *, const struct span *piece, unsigned n,
		   const struct span *sig);

/* RSAES-PKCS1-v1_5 (RFC 8017 7.2) to the owner of the key; the padding is
 * drawn from `seed'.  cga_key_octets() long.  0, -EMSGSIZE, -EIO. */
int	cga_seal(const struct cga_key *, const void *msg, size_t len,
		 const uint8_t seed[32], uint8_t ret[CGA_SIG_MAX]);
/* Exactly `len' octets come out of it, or false. */
bool	cga_open(const struct cga_key *, const struct span *sealed, void *ret,
		 size_t len);

/* The leftmost 160 bits that all of this is made of; 0 or -EIO. */
int	cga_sha1(const struct span *piece, unsigned n, uint8_t ret[20]);

#endif
