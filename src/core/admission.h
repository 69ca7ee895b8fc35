/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * admission.h - who may register: BindingAclPolicy.
 */
#ifndef MIP6D_CORE_ADMISSION_H
#define MIP6D_CORE_ADMISSION_H

#include "core/node.h"

struct admission;			/* the rows, indexed */

struct admission *admission_new(const struct node *);	/* NULL: memory */
struct admission *admission_free(struct admission *);	/* always NULL */
/* Anew, after a change of the configuration.  0 / -ENOMEM. */
int	admission_reset(struct node *);
/* 0, or the status of the refusal.  `peer' is whose key has proved that the
 * home address is his. */
uint8_t admission_status(const struct node *, const struct conf_peer *peer,
			 const struct in6_addr *hoa);

#endif
