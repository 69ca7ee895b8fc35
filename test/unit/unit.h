/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.h - what unit tests share: hexadecimal, a seed, a main.
 */
#ifndef MIP6D_TEST_UNIT_H
#define MIP6D_TEST_UNIT_H

#include "base/rng.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Octets of "0b0b 0b", blanks ignored; their number. */
static inline size_t unit_hex(const char *s, uint8_t *out, size_t cap)
{
	size_t n = 0;
	unsigned v;

	for (; *s; s++) {
		if (*s == ' ' || *s == '\n')
			continue;
		ck_assert_msg(n < cap && sscanf(s, "%2x", &v) == 1,
			      "bad hex at %s", s);
		out[n++] = (uint8_t)v;
		s++;
	}
	return n;
}

/* A generator seeded from UNIT_SEED or the time; the seed is printed, so
 * that a failure can be repeated. */
static inline struct rng unit_rng(const char *who)
{
	const char *env = getenv("UNIT_SEED");
	unsigned long seed = env ? strtoul(env, NULL, 0)
				 : (unsigned long)time(NULL);
	uint8_t key[16] = { 0 };
	struct rng r;

	printf("%s: UNIT_SEED=%lu\n", who, seed);
	fflush(stdout);
	memcpy(key, &seed, sizeof(seed));
	rng_init(&r, key);
	return r;
}

/* Runs the suites, NULL at the end: the exit status of main. */
static inline int unit_main(Suite *const *suite)
{
	SRunner *sr = srunner_create(*suite);
	int failed;

	while (*++suite)
		srunner_add_suite(sr, *suite);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static inline void unit_add(Suite *s, const char *name, const TTest *t)
{
	TCase *c = tcase_create(name);

	tcase_set_timeout(c, 60);
	tcase_add_test(c, t);
	suite_add_tcase(s, c);
}

#endif
