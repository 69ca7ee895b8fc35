/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth.h - what a message authentication code covers.
 *
 * The bytes come as pieces, in order, so that nobody copies a message to
 * zero its checksum.  The computation itself is src/crypto's.
 */
#ifndef MIP6D_WIRE_AUTH_H
#define MIP6D_WIRE_AUTH_H

#include "wire/mh.h"

#define AUTH_PIECES	6
#define AUTH_MNHA_LEN	12		/* First(96, HMAC_SHA1) */
#define AUTH_DATA_LEN	12		/* the same, RFC 6275 6.2.7 */

struct auth_cover {
	unsigned	n;
	struct span	piece[AUTH_PIECES];
};

/* RFC 4285 section 5.1: care-of address | home address | Mobility Header up
 * to and including the SPI field of the option, checksum taken as zero.
 * `mh' is the header's bytes, `opt' a MOPT_AUTH parsed from or built into
 * them.  The cover points to coa, hoa and mh. */
/* Of the MN-AAA option (5.2) it is the same that is hashed first. */
void	auth_cover_mnha(const struct in6_addr *coa, const struct in6_addr *hoa,
			const uint8_t *mh, const struct mopt *opt,
			struct auth_cover *ret);

/* RFC 6275 section 6.2.7: care-of address | correspondent | Mobility Header
 * without the authenticator, checksum taken as zero.  `opt' is a
 * MOPT_AUTH_DATA, or a MOPT_BADF (RFC 5568 6.4.5), of the header `mh' of
 * `len' octets.  `coa' is the care-of address that is registered, the home
 * address when a binding is deleted; `correspondent' its home address when
 * it is mobile itself. */
void	auth_cover_data(const struct in6_addr *coa,
			const struct in6_addr *correspondent,
			const uint8_t *mh, size_t len, const struct mopt *opt,
			struct auth_cover *ret);

#endif
