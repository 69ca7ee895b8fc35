/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_index.c - open addressing with linear probing.  Removing moves the
 * following entries up, for which the kept hash is enough: no tombstones.
 */
#include "sys/store_index.h"

#include <stdlib.h>

#define FIRST_SLOTS	64U

void
store_index_fini(struct store_index *x)
{
	free(x->slot);
	*x = (struct store_index){ 0 };
}

struct store_slot *
store_index_next(const struct store_index *x, uint32_t hash, uint32_t *pos)
{
	uint32_t i;

	if (!x->slot)
		return NULL;
	i = *pos == UINT32_MAX ? hash & x->mask : (*pos + 1) & x->mask;
	for (; x->slot[i].place; i = (i + 1) & x->mask) {
		if (x->slot[i].hash == hash) {
			*pos = i;
			return &x->slot[i];
		}
	}
	return NULL;
}

static void
place_at(struct store_index *x, uint32_t hash, uint32_t place)
{
	uint32_t i = hash & x->mask;

	while (x->slot[i].place)
		i = (i + 1) & x->mask;
	x->slot[i] = (struct store_slot){ .hash = hash, .place = place };
}

static bool
grow(struct store_index *x)
{
	uint32_t n = x->slot ? 2 * (x->mask + 1) : FIRST_SLOTS, i;
	struct store_index y = { .mask = n - 1, .count = x->count };

	if (n < FIRST_SLOTS)		/* wrapped */
		return false;
	y.slot = calloc(n, sizeof(*y.slot));
	if (!y.slot)
		return false;
	for (i = 0; x->slot && i <= x->mask; i++)
		if (x->slot[i].place)
			place_at(&y, x->slot[i].hash, x->slot[i].place);
	free(x->slot);
	*x = y;
	return true;
}

bool
store_index_add(struct store_index *x, uint32_t hash, uint32_t place)
{
	/* three quarters full at most */
	if ((!x->slot || x->count >= x->mask / 4 * 3) && !grow(x))
		return false;
	place_at(x, hash, place);
	x->count++;
	return true;
}

void
store_index_del(struct store_index *x, struct store_slot *s)
{
	uint32_t hole = (uint32_t)(s - x->slot), i = hole;

	for (;;) {
		i = (i + 1) & x->mask;
		if (!x->slot[i].place)
			break;
		/* may it move up to the hole without passing its home? */
		if (((i - x->slot[i].hash) & x->mask) <
		    ((i - hole) & x->mask))
			continue;
		x->slot[hole] = x->slot[i];
		hole = i;
	}
	x->slot[hole].place = 0;
	x->count--;
}
