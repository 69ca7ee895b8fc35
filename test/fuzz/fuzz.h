/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what a fuzz target is: this one function, in a file of its own.
 *
 * With --enable-fuzz it becomes a libFuzzer program, fuzz_NAME; without, a
 * replayer of its corpus, replay_NAME, that `make check' runs.  It stops
 * the program when a law is broken.
 */
#ifndef MIP6D_TEST_FUZZ_H
#define MIP6D_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define FUZZ_MUST(what) do {						\
	if (!(what)) {							\
		fprintf(stderr, "%s:%d: %s does not hold\n",		\
			__FILE__, __LINE__, #what);			\
		abort();						\
	}								\
} while (0)

#endif
