/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory that is freed all at once (a configuration, a request).
 */
#ifndef MIP6D_BASE_ARENA_H
#define MIP6D_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
};

void	arena_init(struct arena *);
void	arena_fini(struct arena *);
/* Zeroed, aligned for anything; NULL when memory is out. */
void	*arena_alloc(struct arena *, size_t);
void	*arena_copy(struct arena *, const void *, size_t);
char	*arena_strdup(struct arena *, const char *);

#endif
