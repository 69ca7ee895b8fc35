/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advert.h - what Router Advertisements and Mobile Prefix Advertisements say
 * of a prefix.
 */
#ifndef MIP6D_CORE_ADVERT_H
#define MIP6D_CORE_ADVERT_H

#include "core/node.h"

/* As the configuration has it; with the R bit our address there, if any
 * stands (RFC 6275 7.2). */
void	advert_pio(const struct iface *, const struct conf_prefix *,
		   struct nd_pio *ret);

#endif
