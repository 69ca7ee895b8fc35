/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rng.c - a keyed deterministic generator: SipHash of a counter.
 */
#include "base/rng.h"
#include "base/buf.h"
#include "base/map.h"

void rng_init(struct rng *r, const uint8_t key[16])
{
	memcpy(r->key, key, sizeof(r->key));
	r->counter = 0;
}

uint64_t rng_u64(struct rng *r)
{
	uint8_t block[8];
	struct wbuf w = wbuf_of(block, sizeof(block));

	wbuf_u64(&w, r->counter++);
	return siphash13(r->key, block, sizeof(block));
}

uint64_t rng_below(struct rng *r, uint64_t bound)
{
	uint64_t reject, v;

	if (bound < 2)
		return 0;
	/* 2^64 mod bound: values below it would come once too often. */
	reject = -bound % bound;
	do {
		v = rng_u64(r);
	} while (v < reject);
	return v % bound;
}
