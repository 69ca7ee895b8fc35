/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.h - what a node shows, as text: a line for each record. */
#ifndef MIP6D_TEST_SHOW_H
#define MIP6D_TEST_SHOW_H

#include "core/core.h"

void show_text(const struct node *, const char *what, usec_t now, char *buf,
	       size_t cap);

#endif
