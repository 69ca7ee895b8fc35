/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_daemon_owned.c - the table of the types of our addresses.
 */
#include "daemon/owned.h"
#include "unit.h"

static struct in6_addr nth(unsigned i)
{
	struct in6_addr a = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8 } };

	a.s6_addr[14] = (uint8_t)(i >> 8);
	a.s6_addr[15] = (uint8_t)i;
	return a;
}

static void say(struct owned *o, bool up, unsigned i, enum atype t)
{
	struct ef_owned ef = { .up = up, .addr = nth(i), .type = t };

	ck_assert_int_eq(owned_set(o, &ef), 0);
}

static enum atype type(const struct owned *o, unsigned i)
{
	struct in6_addr a = nth(i);

	return owned_type(o, &a);
}

START_TEST(types)
{
	struct owned o;

	ck_assert_int_eq(owned_open(&o), 0);
	ck_assert_int_eq(type(&o, 1), ATYPE_NONE);
	say(&o, true, 1, ATYPE_HOME);
	say(&o, true, 2, ATYPE_ACCESS);
	ck_assert_int_eq(type(&o, 1), ATYPE_HOME);
	ck_assert_int_eq(type(&o, 2), ATYPE_ACCESS);
	say(&o, true, 2, ATYPE_ACCESS);		/* again: nothing changes */
	say(&o, true, 2, ATYPE_GRACEFUL);
	ck_assert_int_eq(type(&o, 2), ATYPE_GRACEFUL);
	say(&o, false, 1, ATYPE_HOME);
	say(&o, false, 1, ATYPE_HOME);
	say(&o, false, 9, ATYPE_HOME);		/* never was */
	ck_assert_int_eq(type(&o, 1), ATYPE_NONE);
	ck_assert_int_eq(type(&o, 2), ATYPE_GRACEFUL);
	owned_close(&o);
}
END_TEST

START_TEST(walk)
{
	struct owned_cursor c = { 0 };
	struct ef_owned ef;
	unsigned n = 0, sum = 0;
	struct owned o;

	ck_assert_int_eq(owned_open(&o), 0);
	ck_assert(!owned_next(&o, &c, &ef));
	for (unsigned i = 0; i < 1000; i++)
		say(&o, true, i, ATYPE_UNANCHORED);
	for (unsigned i = 0; i < 1000; i += 2)
		say(&o, false, i, ATYPE_UNANCHORED);
	c = (struct owned_cursor){ 0 };
	while (owned_next(&o, &c, &ef)) {
		ck_assert(ef.up && ef.type == ATYPE_UNANCHORED);
		sum += ef.addr.s6_addr[14] * 256U + ef.addr.s6_addr[15];
		n++;
	}
	ck_assert_uint_eq(n, 500);
	ck_assert_uint_eq(sum, 250000);		/* 1 + 3 + ... + 999 */
	owned_close(&o);
}
END_TEST

START_TEST(current)
{
	struct ef_current ef = { .type = ATYPE_HOME, .provided = true,
				 .addr = nth(7) };
	struct owned o;

	ck_assert_int_eq(owned_open(&o), 0);
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		const struct ef_current *now = owned_now(&o, t);

		ck_assert(now->type == t && !now->provided &&
			  addr_is_unspec(&now->addr));
	}
	owned_set_current(&o, &ef);
	ck_assert(owned_now(&o, ATYPE_HOME)->provided);
	ck_assert(addr_eq(&owned_now(&o, ATYPE_HOME)->addr, &ef.addr));
	ck_assert(!owned_now(&o, ATYPE_ACCESS)->provided);
	ef.addr = addr_unspec;
	owned_set_current(&o, &ef);
	ck_assert(owned_now(&o, ATYPE_HOME)->provided);
	ck_assert(addr_is_unspec(&owned_now(&o, ATYPE_HOME)->addr));
	owned_close(&o);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("owned addresses");
	Suite *const all[] = { s, NULL };

	unit_add(s, "types", types);
	unit_add(s, "walk", walk);
	unit_add(s, "current", current);
	return unit_main(all);
}
