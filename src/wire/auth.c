/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth.c - the bytes under a message authentication code, as pieces.
 */
#include "wire/auth.h"

#define OFF_CHECKSUM	4
#define OFF_DATA	6

/* type, length, subtype, SPI */
#define MNHA_HEAD	7
/* type, length; for FMIPv6 the SPI too */
#define DATA_HEAD	2
#define BADF_HEAD	6

static const uint8_t no_checksum[2];

/* The addresses and the header up to `end', with no checksum in it. */
static void
cover_head(const struct in6_addr *coa, const struct in6_addr *other,
	   const uint8_t *mh, size_t end, struct auth_cover *ret)
{
	ret->n = 5;
	ret->piece[0] = (struct span){ coa->s6_addr, 16 };
	ret->piece[1] = (struct span){ other->s6_addr, 16 };
	ret->piece[2] = (struct span){ mh, OFF_CHECKSUM };
	ret->piece[3] = (struct span){ no_checksum, sizeof(no_checksum) };
	ret->piece[4] = (struct span){ mh + OFF_DATA, end - OFF_DATA };
}

void
auth_cover_mnha(const struct in6_addr *coa, const struct in6_addr *hoa,
		const uint8_t *mh, const struct mopt *opt,
		struct auth_cover *ret)
{
	cover_head(coa, hoa, mh, opt->off + MNHA_HEAD, ret);
}

void
auth_cover_data(const struct in6_addr *coa,
		const struct in6_addr *correspondent, const uint8_t *mh,
		size_t len, const struct mopt *opt, struct auth_cover *ret)
{
	size_t head = opt->type == MOPT_BADF ? BADF_HEAD : DATA_HEAD;
	size_t end = opt->off + 2U + opt->len;

	cover_head(coa, correspondent, mh, opt->off + head, ret);
	/* nothing follows but, behind the one of FMIPv6, padding */
	if (end < len)
		ret->piece[ret->n++] = (struct span){ mh + end, len - end };
}
