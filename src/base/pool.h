/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - objects of one size, bounded in number.
 *
 * Pages of objects and a free list: a million bindings cost no malloc
 * header each.  The limit is configuration: reaching it is an answer
 * (NULL), not a failure of the machine.
 */
#ifndef MIP6D_BASE_POOL_H
#define MIP6D_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool_page;

struct pool {
	struct pool_page *pages;
	void		*free;
	size_t		size;		/* of one object, rounded up */
	uint32_t	used, limit;
	uint32_t	fresh;		/* untouched objects of pages[0] */
};

void	pool_init(struct pool *, size_t size, uint32_t limit);
void	pool_fini(struct pool *);
void	*pool_get(struct pool *);	/* zeroed; NULL at the limit */
void	pool_put(struct pool *, void *);
size_t	pool_memory(const struct pool *);

#endif
