/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - run a program of the system and wait for it.  For the start and
 * the end of the daemon only: nothing else goes on meanwhile.
 */
#ifndef MIP6D_SYS_RUN_H
#define MIP6D_SYS_RUN_H

#include <stddef.h>

/* The full name of a program in the system's directories (never the
 * caller's PATH).  0 or -ENOENT. */
int	run_find(const char *name, char *ret_path, size_t cap);
/* Run argv[0] (a full name, no shell) with `input' (short; NULL: none) on its
 * standard input; what it says on both outputs goes to `ret_out', cut to
 * `cap' and terminated.  The exit status, or -errno; -ETIME when it was
 * stopped after ten seconds. */
int	run_command(const char *const argv[], const char *input,
		    char *ret_out, size_t cap);

#endif
