/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base.c - the unit tests of src/base, one suite a file.
 */
#include "test_base.h"
#include "unit.h"

int main(void)
{
	Suite *const all[] = {
		suite_addr(), suite_map(), suite_memory(), suite_record(),
		NULL
	};

	return unit_main(all);
}
