/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - packets out of a capture file: pcap, pcapng, or lines of
 * hexadecimal, whichever it turns out to be.
 *
 * Link-layer headers are taken off (Ethernet with VLAN tags, Linux cooked,
 * BSD loopback, raw); what is no IPv6 packet is passed over and counted.
 */
#ifndef MIP6D_TOOLS_CAPTURE_H
#define MIP6D_TOOLS_CAPTURE_H

#include "base/buf.h"

#include <stdio.h>

struct capture;

struct capture_packet {
	uint64_t	usec;		/* since the first packet; 0 in
					   hexadecimal */
	uint32_t	number;		/* in the file, from 1 */
	struct span	data;		/* an IPv6 packet; until next call */
};

/* NULL: memory.  The stream stays the caller's. */
struct capture *capture_open(FILE *);
struct capture *capture_close(struct capture *);	/* always NULL */
/* 1: *ret holds the next packet.  0: the end.  -EINVAL: the file is
 * damaged or of no known kind, capture_error() says how. */
int	capture_next(struct capture *, struct capture_packet *ret);
const char *capture_error(const struct capture *);
uint32_t capture_passed_over(const struct capture *);

#endif
