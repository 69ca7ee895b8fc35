/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.h - a capture as a ladder with fields: what `mip6ctl decode' says.
 */
#ifndef MIP6D_TOOLS_DECODE_H
#define MIP6D_TOOLS_DECODE_H

#include <stdbool.h>
#include <stdio.h>

struct decode_options {
	bool	ladder;		/* one line a packet, no fields */
	bool	all;		/* packets that are no signalling too */
};

/* Print what `in' holds (pcap, pcapng or lines of hexadecimal).  0; -EINVAL
 * when the input is damaged, -ENOMEM: *ret_why says what, at most `cap'
 * octets, and what came before is printed. */
int	decode_stream(FILE *in, FILE *out, const struct decode_options *,
		      char *ret_why, size_t cap);
/* The same of a file, "-" being standard input; -errno when it cannot be
 * opened. */
int	decode_file(const char *path, FILE *out, const struct decode_options *,
		    char *ret_why, size_t cap);

#endif
