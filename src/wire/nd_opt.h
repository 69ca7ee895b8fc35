/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd_opt.h - the options of Neighbor Discovery; src/wire only.
 */
#ifndef MIP6D_WIRE_ND_OPT_H
#define MIP6D_WIRE_ND_OPT_H

#include "wire/row.h"

enum nd_opt_type {
	ND_OPT_SLL = 1,			/* RFC 4861 4.6.1 */
	ND_OPT_TLL = 2,
	ND_OPT_PIO = 3,			/* RFC 4861 4.6.2, RFC 6275 7.2 */
	ND_OPT_REDIRECTED = 4,		/* RFC 4861 4.6.3 */
	ND_OPT_MTU = 5,		/* RFC 4861 4.6.4 */
	ND_OPT_ADV_INTERVAL = 7,	/* RFC 6275 7.3 */
	ND_OPT_HA_INFO = 8,		/* RFC 6275 7.4 */
	ND_OPT_NONCE = 14,		/* RFC 3971 5.3.2 */
	ND_OPT_ROUTE = 24,		/* RFC 4191 2.3 */
	ND_OPT_RDNSS = 25,		/* RFC 8106 5.1 */
	ND_OPT_DNSSL = 31,		/* RFC 8106 5.2 */
};

#define ND_MSG(t)	(1U << ((t) - ND_RS))

struct nd_opt_row {
	const char	*name;
	uint8_t		min, max;	/* length in units of 8 octets */
	uint8_t		msgs;		/* ND_MSG() of those it may stand in */
	/* `r' holds what is behind type and length; whatever is wrong in it,
	 * the option is passed over */
	void		(*parse)(struct rbuf *r, struct nd *);
	/* all of that type that `nd' asks for, type and length included */
	void		(*build)(struct wbuf *, const struct nd *);
	void		(*print)(const struct nd *, struct text *);
};

const struct nd_opt_row *nd_opt_row(uint8_t type);
/* `unspec': the source is ::, so the source link-layer address stays out. */
void	nd_build_options(struct wbuf *, const struct nd *, bool unspec);
void	nd_print_options(const struct nd *, struct text *);

/* Prefix Information alone, for those who carry it elsewhere: the parser
 * is behind type and length, false for a prefix that is none; the builder
 * writes type and length too. */
#define ND_PIO_UNITS	4
bool	nd_pio_parse(struct rbuf *r, struct nd_pio *ret);
void	nd_pio_build(struct wbuf *, const struct nd_pio *);
void	nd_pio_print(const struct nd_pio *, struct text *);

/* RFC 4191 2.1: a two-bit signed number, in the place that it has both in
 * a Router Advertisement and in a route information option. */
int8_t	nd_pref_of(uint8_t octet);
uint8_t	nd_pref_bits(int8_t pref);
const char *nd_pref_name(int8_t pref);

#endif
