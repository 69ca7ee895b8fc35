/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - what the benchmarks of the core have in common.  To be included
 * first, for the program's name.
 */
#ifndef MIP6D_BENCH_H
#define MIP6D_BENCH_H

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Of this process's processor time. */
static inline double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/* Octets of memory that this process has now. */
static inline size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long all, rss;

	if (!f || fscanf(f, "%lu %lu", &all, &rss) != 2)
		die("cannot read /proc/self/statm");
	fclose(f);
	return rss * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
