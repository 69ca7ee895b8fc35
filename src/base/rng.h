/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rng.h - a keyed deterministic generator (SipHash in counter mode).
 *
 * The core may not ask the system for randomness: it draws from this,
 * seeded by node_seed.  The same seed gives the same bytes, which is what
 * the simulator needs.  For jitter, identifiers and first sequence numbers;
 * keys and nonces are derived by src/crypto from the seed's secret.
 */
#ifndef MIP6D_BASE_RNG_H
#define MIP6D_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint8_t		key[16];
	uint64_t	counter;
};

void	rng_init(struct rng *, const uint8_t key[16]);
uint64_t rng_u64(struct rng *);
uint64_t rng_below(struct rng *, uint64_t bound);	/* 0..bound-1, fair */

#endif
