/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth.c - the bytes under a message authentication code, as pieces.
 */
#include "wire/auth.h"

#define OFF_CHECKSUM	4
#define OFF_DATA	6

/* type, length, subtype, SPI */
#define MNHA_HEAD	7

static const uint8_t no_checksum[2];

void
auth_cover_mnha(const struct in6_addr *coa, const struct in6_addr *hoa,
		const uint8_t *mh, const struct mopt *opt,
		struct auth_cover *ret)
{
	ret->n = AUTH_PIECES;
	ret->piece[0] = (struct span){ coa->s6_addr, 16 };
	ret->piece[1] = (struct span){ hoa->s6_addr, 16 };
	ret->piece[2] = (struct span){ mh, OFF_CHECKSUM };
	ret->piece[3] = (struct span){ no_checksum, sizeof(no_checksum) };
	ret->piece[4] = (struct span){
		mh + OFF_DATA, opt->off + MNHA_HEAD - OFF_DATA
	};
}
