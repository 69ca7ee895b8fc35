/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home_link.h - home links, and what a binding is on one of them (RFC 6275
 * 10.3, 10.4.1).  The functions from home_link_admit on are those of a
 * `struct keeper' (registrar.h).
 */
#ifndef MIP6D_CORE_HOME_LINK_H
#define MIP6D_CORE_HOME_LINK_H

#include "core/registrar.h"

/* It has no interface: nobody can be at home there. */
bool	home_link_virtual(const struct conf_home_link *);
/* Two prefixes of one home network? */
bool	home_link_same(const struct conf_home_link *,
		       const struct conf_home_link *);
/* The home link of an address, longest prefix first; NULL: none. */
const struct conf_home_link *home_link_of(const struct node *,
					  const struct in6_addr *hoa);
/* NULL: it is virtual, or its interface is not known. */
struct iface *home_link_iface(const struct node *,
			      const struct conf_home_link *);
/* The interface where a binding is defended; NULL: none (known). */
struct iface *home_link_iface_of(const struct node *, const struct binding *);
/* An address of ours under which we serve that link; false: none stands. */
bool	home_link_own(const struct node *, const struct conf_home_link *,
		      struct in6_addr *ret);
/* What remains of the home prefix's lifetimes, in seconds or ND_INFINITE: by
 * our own advertisements, or else the link's Prefix List. */
void	home_link_lifetimes(const struct node *, const struct conf_home_link *,
			    usec_t now, uint32_t *ret_valid,
			    uint32_t *ret_preferred);
/* Bits (HA_...) that bring what is heard outside into line with the
 * binding. */
uint16_t home_link_bits(const struct node *, const struct binding *);

int	home_link_admit(struct node *, struct registration *, usec_t now);
int	home_link_prepare(struct node *, struct binding *,
			  const struct registration *, usec_t now);
void	home_link_serve(struct node *, struct binding *, bool fresh,
			usec_t now);
void	home_link_leave(struct node *, struct binding *);
bool	home_link_adopt(struct node *, struct binding *, usec_t now);
/* Was it made with a care-of nonce? */
bool	home_link_has_nonces(const struct node *, const struct binding *);
bool	home_link_build(struct node *, struct binding *, uint16_t bit,
			struct effect *ret);

#endif
