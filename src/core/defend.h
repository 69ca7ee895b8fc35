/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defend.h - home addresses on their home link: asking whether they are
 * free (RFC 4862 5.4), saying that they are served here, and answering
 * solicitations for them (RFC 6275 10.4.1), all from packets.
 */
#ifndef MIP6D_CORE_DEFEND_H
#define MIP6D_CORE_DEFEND_H

#include "core/node.h"

struct defend;

struct defend *defend_new(struct node *);	/* NULL: memory */
struct defend *defend_free(struct node *, struct defend *);	/* NULL */
/* Begin Duplicate Address Detection; ha_on_dad tells how it ended.  The
 * link-local address with the same identifier is asked for too when
 * `linklocal'.  False: no memory. */
bool	defend_ask(struct node *, const struct in6_addr *hoa,
		   const struct iface *, bool linklocal, usec_t now);
/* The same while the address is served already: nobody waits for it, and
 * ha_on_check tells how it ended.  Announcing does not end it. */
bool	defend_check(struct node *, const struct in6_addr *hoa,
		     const struct iface *, bool linklocal, usec_t now);
/* Tell the link that packets for it go to us, now and twice more. */
void	defend_announce(struct node *, const struct in6_addr *hoa,
			const struct iface *, bool linklocal, usec_t now);
/* The same, once. */
void	defend_announce_once(struct node *, const struct in6_addr *hoa,
			     const struct iface *, bool linklocal);
/* No more of either for this address. */
void	defend_stop(struct node *, const struct in6_addr *hoa);

#endif
