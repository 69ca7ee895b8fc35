/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - intrusive hash table that grows a few buckets at a time.
 *
 * The table has a power of two of buckets, each the head of a chain; it
 * doubles when there are more entries than buckets, so that a table costs
 * 8 to 16 bytes an entry (8.4 at a million).  Doubling allocates the new
 * table and then empties the old one from its first bucket on, MOVE_STEP
 * buckets at each insertion.  Meanwhile an entry whose hash falls into an
 * old bucket below `moved' lives in the new table, any other in the old.
 *
 * Two choices make a walk survive changes without a mark in the entries:
 *
 * - Chains are sorted by the entries' addresses.  "What follows X" has an
 *   answer even when X is gone and its memory freed: we compare its
 *   address and never look into it.
 * - The walk counts buckets with their bits reversed (the highest bit of
 *   the mask moves fastest).  When bucket b splits into b and b + N, both
 *   take the place of b in that order, so whatever was behind the walk
 *   stays behind it, and nothing that is ahead of it gets behind.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS	16
#define MOVE_STEP	4

static inline uint64_t rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static inline uint64_t load_word(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/* The last, short word; its top octet is the length's. */
static inline uint64_t load_rest(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1]; v[2] += v[3];
	v[1] = rotl(v[1], 13); v[3] = rotl(v[3], 16);
	v[1] ^= v[0]; v[3] ^= v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1]; v[0] += v[3];
	v[1] = rotl(v[1], 17); v[3] = rotl(v[3], 21);
	v[1] ^= v[2]; v[3] ^= v[0];
	v[2] = rotl(v[2], 32);
}

/* SipHash (Aumasson, Bernstein) with one round a word and three at the end. */
uint64_t siphash13(const uint8_t key[16], const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t k0 = load_word(key), k1 = load_word(key + 8);
	uint64_t v[4] = {
		k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL,
		k0 ^ 0x6c7967656e657261ULL, k1 ^ 0x7465646279746573ULL,
	};
	uint64_t m, last = (uint64_t)len << 56;

	for (; len >= 8; p += 8, len -= 8) {
		m = load_word(p);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	last |= load_rest(p, len);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;

	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_init(struct map *m, ptrdiff_t key_off, size_t key_len,
	      const uint8_t secret[16])
{
	*m = (struct map){ .key_off = key_off, .key_len = key_len };
	memcpy(m->secret, secret, sizeof(m->secret));
}

void map_fini(struct map *m)
{
	free(m->bucket);
	free(m->old);
	m->bucket = m->old = NULL;
	m->mask = m->old_mask = m->moved = m->count = 0;
}

static const void *key_of(const struct map *m, const struct map_node *n)
{
	return (const char *)n + m->key_off;
}

static struct map_node **chain_of(const struct map *m, const void *key)
{
	size_t h = (size_t)siphash13(m->secret, key, m->key_len);

	if (m->old && (h & m->old_mask) >= m->moved)
		return &m->old[h & m->old_mask];
	return &m->bucket[h & m->mask];
}

struct map_node *map_find(const struct map *m, const void *key)
{
	if (!m->bucket)
		return NULL;
	for (struct map_node *n = *chain_of(m, key); n; n = n->next)
		if (memcmp(key_of(m, n), key, m->key_len) == 0)
			return n;
	return NULL;
}

static void chain_insert(struct map_node **at, struct map_node *n)
{
	while (*at && (uintptr_t)*at < (uintptr_t)n)
		at = &(*at)->next;
	n->next = *at;
	*at = n;
}

static void move_some(struct map *m)
{
	for (int i = 0; i < MOVE_STEP && m->moved <= m->old_mask; i++) {
		struct map_node *n = m->old[m->moved], *next;

		m->old[m->moved++] = NULL;
		for (; n; n = next) {
			next = n->next;
			chain_insert(chain_of(m, key_of(m, n)), n);
		}
	}
	if (m->moved > m->old_mask) {
		free(m->old);
		m->old = NULL;
	}
}

/* Begin to double.  Without memory the chains get longer, that is all. */
static void grow(struct map *m)
{
	size_t buckets = 2 * (m->mask + 1);
	struct map_node **v = calloc(buckets, sizeof(struct map_node *));

	if (!v)
		return;
	m->old = m->bucket;
	m->old_mask = m->mask;
	m->moved = 0;
	m->bucket = v;
	m->mask = buckets - 1;
}

bool map_insert(struct map *m, struct map_node *n)
{
	struct map_node **chain;

	if (!m->bucket) {
		m->bucket = calloc(FIRST_BUCKETS, sizeof(struct map_node *));
		if (!m->bucket)
			return false;
		m->mask = FIRST_BUCKETS - 1;
	}
	if (m->old)
		move_some(m);
	else if (m->count > m->mask)
		grow(m);

	chain = chain_of(m, key_of(m, n));
	for (struct map_node *c = *chain; c; c = c->next)
		if (memcmp(key_of(m, c), key_of(m, n), m->key_len) == 0)
			return false;
	chain_insert(chain, n);
	m->count++;
	return true;
}

bool map_remove(struct map *m, struct map_node *n)
{
	struct map_node **at;

	if (!m->bucket)
		return false;
	at = chain_of(m, key_of(m, n));
	while (*at && *at != n)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = n->next;
	n->next = NULL;
	m->count--;
	return true;
}

/* The entry with the lowest address above `after', the better of it and
 * `best'. */
static struct map_node *
chain_after(struct map_node *chain, uintptr_t after, struct map_node *best)
{
	while (chain && (uintptr_t)chain <= after)
		chain = chain->next;
	if (!chain || (best && (uintptr_t)best < (uintptr_t)chain))
		return best;
	return chain;
}

/* The bucket after `b' when bits count from the mask's highest down. */
static size_t reverse_next(size_t b, size_t mask)
{
	size_t bit = (mask + 1) >> 1;

	while (b & bit) {
		b &= ~bit;
		bit >>= 1;
	}
	return b | bit;
}

struct map_node *map_next(const struct map *m, struct map_node *after,
			  size_t *pos)
{
	/* While the table doubles we walk in the old one's coarser steps,
	 * and meet both halves of a bucket that is split already as one. */
	size_t mask = m->old ? m->old_mask : m->mask;
	uintptr_t above = (uintptr_t)after;

	if (!m->bucket)
		return NULL;
	do {
		size_t b = *pos & mask;
		struct map_node *n = NULL;

		if (!m->old) {
			n = chain_after(m->bucket[b], above, NULL);
		} else if (b >= m->moved) {
			n = chain_after(m->old[b], above, NULL);
		} else {
			n = chain_after(m->bucket[b], above, NULL);
			n = chain_after(m->bucket[b + mask + 1], above, n);
		}
		if (n)
			return n;
		above = 0;
		*pos = reverse_next(b, mask);
	} while (*pos != 0);
	return NULL;
}

size_t map_memory(const struct map *m)
{
	size_t n = m->bucket ? m->mask + 1 : 0;

	if (m->old)
		n += m->old_mask + 1;
	return n * sizeof(struct map_node *);
}
