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

#define AUTH_PIECES	5
#define AUTH_MNHA_LEN	12		/* First(96, HMAC_SHA1) */

struct auth_cover {
	unsigned	n;
	struct span	piece[AUTH_PIECES];
};

/* RFC 4285 section 5.1: care-of address | home address | Mobility Header up
 * to and including the SPI field of the option, checksum taken as zero.
 * `mh' is the header's bytes, `opt' a MOPT_AUTH parsed from or built into
 * them.  The cover points to coa, hoa and mh. */
void	auth_cover_mnha(const struct in6_addr *coa, const struct in6_addr *hoa,
			const uint8_t *mh, const struct mopt *opt,
			struct auth_cover *ret);

#endif
