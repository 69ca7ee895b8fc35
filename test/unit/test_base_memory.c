/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base_memory.c - heap, pool, arena, list, generator.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/pool.h"
#include "base/rng.h"
#include "test_base.h"
#include "unit.h"

/* The timer that a heap must give next, found by looking at all. */
static struct timer *first_of(struct timer *t, const uint64_t *order, int n)
{
	int best = -1;

	for (int i = 0; i < n; i++)
		if (t[i].slot && (best < 0 || t[i].at < t[best].at ||
		     (t[i].at == t[best].at && order[i] < order[best])))
			best = i;
	return best < 0 ? NULL : &t[best];
}

START_TEST(heap_reference)
{
	enum { N = 200 };
	struct timer t[N], *want;
	uint64_t order[N], tick = 0;
	struct rng r = unit_rng("heap reference");
	struct heap h;

	heap_init(&h);
	h.seq = UINT32_MAX - 5000;	/* it wraps on the way */
	for (int i = 0; i < N; i++)
		timer_init(&t[i]);
	for (int i = 0; i < 30000; i++) {
		uint64_t k = rng_below(&r, N), now = rng_below(&r, 60);

		want = first_of(t, order, N);
		ck_assert_uint_eq(heap_deadline(&h),
				  want ? want->at : USEC_NEVER);
		switch (rng_below(&r, 6)) {
		case 0:
			heap_cancel(&h, &t[k]);
			ck_assert(!t[k].slot && t[k].at == USEC_NEVER);
			break;
		case 1:
			if (want && want->at > now)
				want = NULL;
			ck_assert_ptr_eq(heap_pop(&h, now), want);
			break;
		case 2:
			ck_assert(heap_set(&h, &t[k], USEC_NEVER));
			ck_assert_uint_eq(t[k].slot, 0);
			break;
		default:
			ck_assert(heap_set(&h, &t[k], rng_below(&r, 50)));
			order[k] = tick++;
			break;
		}
	}
	heap_fini(&h);
	ck_assert_uint_eq(t[0].slot, 0);
}
END_TEST

START_TEST(heap_thrift)
{
	enum { N = 1000000 };
	struct timer *t = calloc(N, sizeof(*t)), *p;
	struct rng r = unit_rng("heap thrift");
	unsigned popped = 0;
	usec_t last = 0;
	struct heap h;

	heap_init(&h);
	for (int i = 0; i < N; i++) {
		timer_init(&t[i]);
		ck_assert(heap_set(&h, &t[i], rng_below(&r, SEC(1000))));
	}
	ck_assert_uint_le(h.cap, 12 * (uint64_t)N / sizeof(void *));
	while (popped < N) {
		usec_t at = heap_deadline(&h);

		p = heap_pop(&h, at);
		ck_assert(p && at >= last);
		last = at;
		popped++;
	}
	ck_assert_ptr_null(heap_pop(&h, USEC_NEVER - 1));
	heap_fini(&h);
	free(t);
}
END_TEST

START_TEST(heap_reserved)
{
	struct timer t;
	struct heap h;

	timer_init(&t);
	heap_init(&h);
	ck_assert(heap_reserve(&h, 1000));
	ck_assert_uint_ge(h.cap, 1000);
	ck_assert_uint_eq(heap_deadline(&h), USEC_NEVER);
	ck_assert(!heap_pop(&h, USEC_NEVER - 1));
	ck_assert(heap_set(&h, &t, 5) && heap_pop(&h, 4) == NULL);
	ck_assert(heap_pop(&h, 5) == &t && heap_pop(&h, 5) == NULL);
	heap_fini(&h);
}
END_TEST

START_TEST(pools)
{
	struct pool p;
	unsigned char *o[1000], *again;

	pool_init(&p, 100, 1000);
	ck_assert_uint_eq(pool_memory(&p), 0);
	for (int i = 0; i < 1000; i++) {
		o[i] = pool_get(&p);
		ck_assert_ptr_nonnull(o[i]);
		ck_assert_uint_eq((uintptr_t)o[i] % 8, 0);
		for (int k = 0; k < 100; k++)
			ck_assert_uint_eq(o[i][k], 0);
		memset(o[i], i + 1, 100);
	}
	ck_assert_ptr_null(pool_get(&p));
	ck_assert_uint_eq(p.used, 1000);
	ck_assert_uint_lt(pool_memory(&p), 1000 * 104 + 300);
	for (int i = 0; i < 1000; i++)	/* nobody wrote into another's */
		for (int k = 0; k < 100; k++)
			ck_assert_uint_eq(o[i][k], (uint8_t)(i + 1));
	pool_put(&p, o[7]);
	pool_put(&p, NULL);
	again = pool_get(&p);
	ck_assert_ptr_eq(again, o[7]);
	for (int k = 0; k < 100; k++)
		ck_assert_uint_eq(again[k], 0);
	ck_assert_ptr_null(pool_get(&p));
	pool_fini(&p);

	pool_init(&p, 1, 3);		/* smaller than a link, few */
	ck_assert(pool_get(&p) && pool_get(&p) && pool_get(&p));
	ck_assert(!pool_get(&p));
	pool_fini(&p);
	pool_init(&p, 50000, 100);	/* larger than a page */
	for (int i = 0; i < 100; i++)
		memset(pool_get(&p), 1, 50000);
	ck_assert(!pool_get(&p));
	pool_fini(&p);
}
END_TEST

START_TEST(arenas)
{
	struct arena a;
	char *s, *big;

	arena_init(&a);
	s = arena_strdup(&a, "home");
	for (size_t n = 0; n < 600; n++) {
		uint8_t *p = arena_alloc(&a, n);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		if (n)
			memset(p, 0xff, n);
	}
	big = arena_alloc(&a, 100000);
	memset(big, 1, 100000);
	ck_assert_str_eq(s, "home");
	ck_assert_mem_eq(arena_copy(&a, "abc", 3), "abc", 3);
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX - 3));
	arena_fini(&a);
	ck_assert_ptr_null(a.blocks);
}
END_TEST

START_TEST(lists)
{
	struct item { int v; struct list l; } it[4];
	struct list head;
	int sum = 0, last = -1;

	list_init(&head);
	ck_assert(list_empty(&head));
	for (int i = 0; i < 4; i++) {
		it[i].v = i;
		list_init(&it[i].l);
		list_append(&head, &it[i].l);
	}
	list_prepend(&head, &it[2].l);		/* 2 0 1 3 */
	list_prepend(&head, &it[2].l);		/* it is there already */
	list_del(&it[1].l);
	list_del(&it[1].l);			/* harmless */
	list_each(l, &head) {
		struct item *x = container_of(l, struct item, l);

		sum = 10 * sum + x->v;
		last = x->v;
		list_del(l);
	}
	ck_assert_int_eq(sum, 203);
	ck_assert_int_eq(last, 3);
	ck_assert(list_empty(&head));
}
END_TEST

START_TEST(generator)
{
	struct rng a, b;
	unsigned n[7] = { 0 };

	rng_init(&a, (const uint8_t *)"0123456789abcdef");
	rng_init(&b, (const uint8_t *)"0123456789abcdef");
	for (int i = 0; i < 70000; i++) {
		uint64_t v = rng_below(&a, 7);

		ck_assert_uint_lt(v, 7);
		ck_assert_uint_eq(v, rng_below(&b, 7));
		n[v]++;
	}
	for (int i = 0; i < 7; i++)	/* 10000 +- 5 sigma */
		ck_assert(n[i] > 9500 && n[i] < 10500);
	ck_assert_uint_eq(rng_below(&a, 1), 0);
	ck_assert_uint_eq(rng_below(&a, 0), 0);
	rng_init(&b, (const uint8_t *)"0123456789abcdeg");
	rng_init(&a, (const uint8_t *)"0123456789abcdef");
	ck_assert_uint_ne(rng_u64(&a), rng_u64(&b));
}
END_TEST

/* Nothing at all, as NULL: it can be read, cut and written, and is bad only
 * once more is wanted (a sanitizer sees arithmetic on the NULL). */
START_TEST(cursors_of_nothing)
{
	struct rbuf r = rbuf_of(NULL, 0), s = rbuf_sub(&r, 0);
	struct wbuf w = wbuf_of(NULL, 0);
	uint8_t b[2] = { 1, 2 };

	ck_assert(!r.bad && !s.bad && rbuf_left(&s) == 0);
	ck_assert(rbuf_span(&r, 0).len == 0 && !r.bad);
	s = rbuf_sub(&r, 1);
	ck_assert(s.bad && r.bad && rbuf_left(&s) == 0);
	ck_assert(rbuf_u8(&s) == 0);
	wbuf_put(&w, NULL, 0);
	wbuf_zero(&w, 0);
	ck_assert(!w.bad && wbuf_len(&w) == 0);
	wbuf_u8(&w, 1);
	ck_assert(w.bad && wbuf_len(&w) == 0);
	/* a cut that is too long takes nothing, and stays bad */
	r = rbuf_of(b, 2);
	s = rbuf_sub(&r, 3);
	ck_assert(s.bad && r.bad && rbuf_left(&r) == 2 && !rbuf_left(&s));
	s = rbuf_sub(&r, 0);
	ck_assert(s.bad);
}
END_TEST

Suite *suite_memory(void)
{
	Suite *s = suite_create("memory");

	unit_add(s, "heap_reference", heap_reference);
	unit_add(s, "heap_thrift", heap_thrift);
	unit_add(s, "heap_reserved", heap_reserved);
	unit_add(s, "pools", pools);
	unit_add(s, "arenas", arenas);
	unit_add(s, "cursors_of_nothing", cursors_of_nothing);
	unit_add(s, "lists", lists);
	unit_add(s, "generator", generator);
	return s;
}
