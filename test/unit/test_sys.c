/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys.c - what src/sys and src/ctl do without a network.
 */
#include "test_sys.h"

int main(void)
{
	Suite *suites[] = {
		suite_store(), suite_files(), suite_ctl(), suite_identity(),
		NULL
	};

	return unit_main(suites);
}
