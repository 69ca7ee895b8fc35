/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heap.c - timers in a 4-ary heap of pointers.
 *
 * Four children a node make the tree half as deep as two would, and the
 * four pointers compared on the way down lie in one or two cache lines.
 * Slots count from 0 in the array and from 1 in a timer, where 0 says that
 * it is not armed.
 */
#include "base/heap.h"

#include <stdlib.h>

#define WAYS	4

void heap_init(struct heap *h)
{
	*h = (struct heap){ 0 };
}

void heap_fini(struct heap *h)
{
	for (uint32_t i = 0; i < h->count; i++) {
		h->v[i]->slot = 0;
		h->v[i]->at = USEC_NEVER;
	}
	free(h->v);
	*h = (struct heap){ 0 };
}

/* Sequence numbers wrap; timers set at the same time are never 2^31 apart. */
static bool before(const struct timer *a, const struct timer *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return (int32_t)(a->seq - b->seq) < 0;
}

static void place(struct heap *h, struct timer *t, uint32_t i)
{
	h->v[i] = t;
	t->slot = i + 1;
}

static void sift_up(struct heap *h, struct timer *t, uint32_t i)
{
	while (i > 0) {
		uint32_t up = (i - 1) / WAYS;

		if (!before(t, h->v[up]))
			break;
		place(h, h->v[up], i);
		i = up;
	}
	place(h, t, i);
}

static void sift_down(struct heap *h, struct timer *t, uint32_t i)
{
	for (;;) {
		uint64_t first = (uint64_t)i * WAYS + 1;
		uint64_t end = first + WAYS;
		uint32_t best;

		if (first >= h->count)
			break;
		if (end > h->count)
			end = h->count;
		best = (uint32_t)first;
		for (uint32_t c = best + 1; c < end; c++)
			if (before(h->v[c], h->v[best]))
				best = c;
		if (!before(h->v[best], t))
			break;
		place(h, h->v[best], i);
		i = best;
	}
	place(h, t, i);
}

/* Where `t' is or was, it belongs now. */
static void sift(struct heap *h, struct timer *t, uint32_t i)
{
	if (i > 0 && before(t, h->v[(i - 1) / WAYS]))
		sift_up(h, t, i);
	else
		sift_down(h, t, i);
}

bool heap_reserve(struct heap *h, uint32_t count)
{
	struct timer **v;
	uint64_t cap = h->cap ? h->cap : 16;

	if (count <= h->cap)
		return true;
	while (cap < count)
		cap *= 2;
	if (cap > UINT32_MAX)
		cap = UINT32_MAX;
	v = realloc(h->v, (size_t)cap * sizeof(struct timer *));
	if (!v)
		return false;
	h->v = v;
	h->cap = (uint32_t)cap;
	return true;
}

bool heap_set(struct heap *h, struct timer *t, usec_t at)
{
	if (at == USEC_NEVER) {
		heap_cancel(h, t);
		return true;
	}
	if (t->slot == 0) {
		if (h->count == UINT32_MAX || !heap_reserve(h, h->count + 1))
			return false;
		t->slot = ++h->count;
		h->v[t->slot - 1] = t;
	}
	t->at = at;
	t->seq = h->seq++;
	sift(h, t, t->slot - 1);
	return true;
}

void heap_cancel(struct heap *h, struct timer *t)
{
	uint32_t i = t->slot;
	struct timer *last;

	t->at = USEC_NEVER;
	t->slot = 0;
	if (i == 0)
		return;
	last = h->v[--h->count];
	if (last != t)
		sift(h, last, i - 1);
}

usec_t heap_deadline(const struct heap *h)
{
	return h->count ? h->v[0]->at : USEC_NEVER;
}

struct timer *heap_pop(struct heap *h, usec_t now)
{
	struct timer *t;

	if (h->count == 0 || h->v[0]->at > now)
		return NULL;
	t = h->v[0];
	heap_cancel(h, t);
	return t;
}
