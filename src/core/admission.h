/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * admission.h - who may register: BindingAclPolicy.
 */
#ifndef MIP6D_CORE_ADMISSION_H
#define MIP6D_CORE_ADMISSION_H

#include "core/node.h"

/* 0, or the status of the refusal.  `nai': who it is by RFC 4283, an empty one
 * who has not said so, NULL: that is not known here. */
uint8_t admission_status(const struct conf *, const struct in6_addr *hoa,
			 const struct span *nai);

#endif
