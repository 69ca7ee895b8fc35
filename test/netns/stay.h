/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stay.h - a test's tool that stays and takes commands from its standard input,
 * one a line (tool.sh is the other end).
 */
#ifndef MIP6D_TEST_STAY_H
#define MIP6D_TEST_STAY_H

#include <stdbool.h>

#define STAY_WORDS	16	/* of a line; what is more is dropped */

/* `fd' is readable: something has happened. */
typedef void stay_event(void *arg);
/* A line's words, NULL after the last.  False: that was the end. */
typedef bool stay_line(void *arg, char **word);

/* Until a line says so, or there are no more. */
void stay(int fd, stay_event *, stay_line *, void *arg);

#endif
