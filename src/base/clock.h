/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - time as every room counts it.
 *
 * A usec_t is microseconds of CLOCK_BOOTTIME (a suspended laptop's
 * bindings do age).  Only src/sys reads a clock; everybody else is told
 * the time as a parameter.
 */
#ifndef MIP6D_BASE_CLOCK_H
#define MIP6D_BASE_CLOCK_H

#include <stdint.h>

typedef uint64_t usec_t;

#define USEC_PER_MSEC	1000ULL
#define USEC_PER_SEC	1000000ULL
#define USEC_NEVER	UINT64_MAX

#define MSEC(n)		((usec_t)(n) * USEC_PER_MSEC)
#define SEC(n)		((usec_t)(n) * USEC_PER_SEC)

#endif
