/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lib.c - libmip6 against a daemon that behaves, and one that does not.
 */
#include "test_lib.h"

int main(void)
{
	Suite *suites[] = {
		suite_setsc(), suite_async(), suite_srcaddr(), NULL
	};

	if (!fake_world()) {
		puts("not root: a network namespace needs it");
		return 77;
	}
	return unit_main(suites);
}
