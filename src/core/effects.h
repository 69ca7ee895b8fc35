/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effects.h - the list of pending effects, seen from node.c.
 */
#ifndef MIP6D_CORE_EFFECTS_H
#define MIP6D_CORE_EFFECTS_H

#include "core/node.h"

void	effects_init(struct node *);
void	effects_fini(struct node *);

#endif
