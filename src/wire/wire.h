/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - what all of src/wire shares: errors and checksums.
 *
 * src/wire turns bytes into structs and back.  It is pure: no allocation,
 * no clock, no log, nothing outside its arguments.  Parsers never read
 * outside the bytes given and always advance; spans they return point into
 * those bytes.
 */
#ifndef MIP6D_WIRE_WIRE_H
#define MIP6D_WIRE_WIRE_H

#include "base/addr.h"
#include "base/buf.h"

/* Why a message was refused.  What a node answers depends on it. */
enum wire_fault {
	WIRE_OK,
	WIRE_TRUNCATED,		/* the bytes end early: silence */
	WIRE_CHECKSUM,		/* silence (RFC 6275 9.2, first check) */
	WIRE_PROTO,		/* Payload Proto not 59: Parameter Problem 0 */
	WIRE_TOO_SHORT,		/* Header Len too small for the type:
				   Parameter Problem 0 */
	WIRE_MH_TYPE,		/* unknown MH type: Binding Error 2 */
	WIRE_OPT_LENGTH,	/* an option's length lies or is not the one its
				   definition gives: silence */
	WIRE_OPT_TOO_MANY,	/* more options than MH_OPTS_MAX: silence */
	WIRE_OPT_MISPLACED,	/* repeated, out of order, or not the last where
				   it must be: silence */
	WIRE_EXT_ORDER,		/* headers in no legal chain: silence */
	WIRE_EXT_OPTION,	/* unknown destination option whose type asks
				   for an answer (RFC 8200 4.2): Parameter
				   Problem 2 */
	WIRE_EXT_VALUE,		/* a field of an extension header is wrong (HAO
				   length, an unknown routing header with
				   segments left): Parameter Problem 0 */
	WIRE_EXT_SILENT,	/* unknown destination option, type 01xxxxxx, or
				   10/11 rules that ask for silence */
	WIRE_HOPLIMIT,		/* ND that was forwarded: silence */
	WIRE_VALUE,		/* a field has a value the RFC refuses: silence.
				   RH2 length, segments left, address too
				   (RFC 6275 11.3.3) */
	WIRE_FAULTS
};

struct wire_error {
	enum wire_fault	fault;
	uint32_t	offset;		/* octet at fault, from the start of
					   what was given to the parser */
};

/* RFC 8200 section 8.1: over the pseudo-header and `data', whose checksum
 * field is part of it; 0 means correct, otherwise what belongs there when
 * the field is 0. `src' and `dst' are those the pseudo-header has: with a
 * Home Address option or a type 2 routing header, the home address. */
uint16_t wire_checksum(const struct in6_addr *src, const struct in6_addr *dst,
		       uint8_t proto, const void *data, size_t len);

#endif
