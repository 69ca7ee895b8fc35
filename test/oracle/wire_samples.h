/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_samples.h - a packet of every message and option that we build.
 */
#ifndef MIP6D_TEST_WIRE_SAMPLES_H
#define MIP6D_TEST_WIRE_SAMPLES_H

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

const char *sample_name(unsigned i);		/* NULL behind the last */
/* The whole packet; its length, 0 when it could not be built. */
size_t	sample_build(unsigned i, uint8_t *b, size_t cap);

#endif
