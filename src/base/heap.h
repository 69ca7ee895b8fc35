/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heap.h - timers: an intrusive priority queue ordered by time.
 *
 * A 4-ary array heap; a timer knows its place, so that cancelling and
 * moving one are O(log n).  Equal times fire in the order in which they
 * were set, so runs are reproducible.
 */
#ifndef MIP6D_BASE_HEAP_H
#define MIP6D_BASE_HEAP_H

#include "clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	usec_t		at;		/* USEC_NEVER: not set */
	uint32_t	seq;		/* ties */
	uint32_t	slot;		/* place in the heap, from 1; 0: none */
};

struct heap {
	struct timer	**v;
	uint32_t	count, cap;
	uint32_t	seq;
};

void	heap_init(struct heap *);
void	heap_fini(struct heap *);
static inline void timer_init(struct timer *t)
{
	*t = (struct timer){ .at = USEC_NEVER };
}
/* (Re)arm; USEC_NEVER disarms.  False only when memory is out and the
 * timer was not armed before: reserve with heap_reserve to exclude it. */
bool	heap_set(struct heap *, struct timer *, usec_t at);
void	heap_cancel(struct heap *, struct timer *);
bool	heap_reserve(struct heap *, uint32_t count);
usec_t	heap_deadline(const struct heap *);	/* USEC_NEVER when empty */
struct timer *heap_pop(struct heap *, usec_t now);	/* due, or NULL */

#endif
