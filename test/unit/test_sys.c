/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys.c - what src/sys and src/ctl do without a network.
 */
#include "test_sys.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	Suite *suites[] = {
		suite_store(), suite_files(), suite_ctl(), suite_identity(),
		NULL
	};

	/* a program to be watched: not forever, should the test die */
	if (argc == 2 && !strcmp(argv[1], "--wait")) {
		alarm(60);
		pause();
		return 0;
	}
	return unit_main(suites);
}
