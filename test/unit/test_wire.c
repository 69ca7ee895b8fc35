/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire.c - the unit tests of src/wire, one suite a file.
 */
#include "test_wire.h"
#include "unit.h"

struct in6_addr T(const char *s)
{
	struct in6_addr a;

	ck_assert_msg(addr_parse(s, &a) == 0, "%s", s);
	return a;
}

int main(void)
{
	Suite *const all[] = {
		suite_wire_mh(), suite_wire_opt(), suite_wire_auth(),
		suite_wire_pkt(), suite_wire_nd(), suite_wire_icmp(),
		suite_wire_law(), NULL
	};

	return unit_main(all);
}
