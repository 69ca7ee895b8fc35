/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base_map.c - SipHash, the map, and walks through a changing one.
 */
#include "base/addr.h"
#include "base/map.h"
#include "test_base.h"
#include "unit.h"

struct entry {
	uint32_t	key;
	unsigned	seen;
	bool		in;
	struct map_node	node;
};

#define KEY_OFF	((ptrdiff_t)offsetof(struct entry, key) - \
		 (ptrdiff_t)offsetof(struct entry, node))

static struct entry *entry_of(struct map_node *n)
{
	return (struct entry *)((char *)n - offsetof(struct entry, node));
}

static const uint8_t secret[16] = { 1, 2, 3 };

/* As OpenSSL computes them, "openssl mac -macopt c-rounds:1 -macopt
 * d-rounds:3 -macopt size:8 SIPHASH": key 00..0f, messages 00 01 02 ... */
START_TEST(siphash_vectors)
{
	static const struct { size_t len; uint64_t want; } t[] = {
		{ 0, 0xabac0158050fc4dcULL },
		{ 1, 0xc9f49bf37d57ca93ULL },
		{ 7, 0xd3927d989bb11140ULL },
		{ 8, 0x369095118d299a8eULL },
		{ 9, 0x25a48eb36c063de4ULL },
		{ 15, 0xd320d86d2a519956ULL },
		{ 16, 0xcc4fdd1a7d908b66ULL },
		{ 17, 0x9cf2689063dbd80cULL },
		{ 31, 0x2370dd1f8c21d1bcULL },
		{ 63, 0x9d199062b7bbb3a8ULL },
	};
	uint8_t key[16], msg[64];

	for (unsigned i = 0; i < 64; i++)
		msg[i] = (uint8_t)i;
	memcpy(key, msg, sizeof(key));
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		ck_assert_msg(siphash13(key, msg, t[i].len) == t[i].want,
			      "length %zu", t[i].len);
}
END_TEST

/* Chi-square over 256 buckets of 65536 consecutive keys: 255 degrees of
 * freedom, so a fair hash stays under 370 but once in a million keys. */
START_TEST(siphash_spread)
{
	for (int byte = 0; byte < 8; byte++) {
		unsigned n[256] = { 0 };
		double chi = 0;

		for (uint32_t k = 0; k < 65536; k++)
			n[siphash13(secret, &k, sizeof(k)) >> 8 * byte &
			  0xff]++;
		for (int i = 0; i < 256; i++)
			chi += (n[i] - 256.0) * (n[i] - 256.0) / 256;
		ck_assert_msg(chi > 150 && chi < 370, "byte %d: %f", byte,
			      chi);
	}
}
END_TEST

START_TEST(basics)
{
	struct entry a = { .key = 1 }, b = { .key = 2 }, twin = { .key = 1 };
	size_t pos = 0;
	uint32_t k = 1;
	struct map m;

	map_init(&m, KEY_OFF, sizeof(uint32_t), secret);
	ck_assert(!map_find(&m, &k) && !map_remove(&m, &a.node));
	ck_assert(!map_next(&m, NULL, &pos));
	ck_assert_uint_eq(map_memory(&m), 0);
	ck_assert(map_insert(&m, &a.node) && map_insert(&m, &b.node));
	ck_assert(!map_insert(&m, &twin.node));
	ck_assert(!map_remove(&m, &twin.node));
	ck_assert(map_find(&m, &k) == &a.node);
	ck_assert(map_remove(&m, &a.node) && !map_remove(&m, &a.node));
	ck_assert(!map_find(&m, &k));
	ck_assert(map_insert(&m, &twin.node));
	ck_assert(map_find(&m, &k) == &twin.node);
	ck_assert_uint_eq(m.count, 2);
	map_fini(&m);
}
END_TEST

/* Random insertions and removals against an array. */
START_TEST(reference)
{
	enum { N = 3000 };
	struct entry *e = calloc(N, sizeof(*e));
	struct rng r = unit_rng("map reference");
	size_t count = 0;
	struct map m;

	map_init(&m, KEY_OFF, sizeof(uint32_t), secret);
	for (uint32_t i = 0; i < N; i++)
		e[i].key = i * 7;
	for (int i = 0; i < 100000; i++) {
		struct entry *x = &e[rng_below(&r, N)];

		if (rng_below(&r, 3)) {
			ck_assert(map_insert(&m, &x->node) == !x->in);
			count += !x->in;
			x->in = true;
		} else {
			ck_assert(map_remove(&m, &x->node) == x->in);
			count -= x->in;
			x->in = false;
		}
		x = &e[rng_below(&r, N)];
		ck_assert(map_find(&m, &x->key) == (x->in ? &x->node : NULL));
		ck_assert_uint_eq(m.count, count);
	}
	map_fini(&m);
	free(e);
}
END_TEST

/* Every entry that stays is met, though the table doubles several times on
 * the way, and the current entry is freed again and again. */
static void walk_once(struct rng *r, unsigned first, unsigned chance)
{
	enum { N = 5000 };
	struct entry *e[N] = { 0 };
	struct map_node *n = NULL;
	unsigned made = 0, gone = 0, met = 0;
	size_t pos = 0;
	struct map m;

	map_init(&m, KEY_OFF, sizeof(uint32_t), secret);
	for (; made < first; made++) {
		e[made] = calloc(1, sizeof(struct entry));
		e[made]->key = made;
		ck_assert(map_insert(&m, &e[made]->node));
	}
	while ((n = map_next(&m, n, &pos))) {
		struct entry *x = entry_of(n);

		met++;
		x->seen++;
		for (unsigned i = (unsigned)rng_below(r, chance);
		     i && made < N; i--, made++) {
			e[made] = calloc(1, sizeof(struct entry));
			e[made]->key = made;
			ck_assert(map_insert(&m, &e[made]->node));
		}
		if (rng_below(r, 3) == 0) {
			e[x->key] = NULL;
			ck_assert(map_remove(&m, n));
			free(x);
			gone++;
		}
	}
	ck_assert_uint_eq(m.count, made - gone);
	for (unsigned i = 0; i < first; i++)
		ck_assert_msg(!e[i] || e[i]->seen > 0, "entry %u", i);
	if (chance <= 1)		/* nothing grew: exactly once */
		ck_assert_uint_eq(met, first);
	map_fini(&m);
	for (unsigned i = 0; i < N; i++)
		free(e[i]);
}

START_TEST(walk)
{
	struct rng r = unit_rng("map walk");

	for (unsigned i = 0; i < 200; i++)
		walk_once(&r, 1 + (unsigned)rng_below(&r, 400), 1 + i % 12);
}
END_TEST

/* A walk begun while the table doubles meets each entry exactly once. */
START_TEST(walk_while_split)
{
	enum { N = 1100 };
	struct entry *e = calloc(N, sizeof(*e));
	unsigned split = 0;
	struct map m;

	map_init(&m, KEY_OFF, sizeof(uint32_t), secret);
	for (uint32_t i = 0; i < N; i++) {
		struct map_node *n = NULL;
		size_t pos = 0, met = 0;

		e[i].key = i;
		ck_assert(map_insert(&m, &e[i].node));
		split += m.old != NULL;
		while ((n = map_next(&m, n, &pos)))
			met++;
		ck_assert_uint_eq(met, i + 1);
	}
	ck_assert_uint_gt(split, 100);
	map_fini(&m);
	free(e);
}
END_TEST

START_TEST(thrift)
{
	enum { N = 1000000 };
	struct entry *e = calloc(N, sizeof(*e));
	struct map m;

	map_init(&m, KEY_OFF, sizeof(uint32_t), secret);
	for (uint32_t i = 0; i < N; i++) {
		e[i].key = i;
		ck_assert(map_insert(&m, &e[i].node));
	}
	printf("map: %.2f octets an entry at %d entries\n",
	       (double)map_memory(&m) / N, N);
	ck_assert_uint_le(map_memory(&m), 12 * (size_t)N);
	map_fini(&m);
	free(e);
}
END_TEST

Suite *suite_map(void)
{
	Suite *s = suite_create("map");

	unit_add(s, "siphash_vectors", siphash_vectors);
	unit_add(s, "siphash_spread", siphash_spread);
	unit_add(s, "basics", basics);
	unit_add(s, "reference", reference);
	unit_add(s, "walk", walk);
	unit_add(s, "walk_while_split", walk_while_split);
	unit_add(s, "thrift", thrift);
	return s;
}
