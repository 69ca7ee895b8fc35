/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.h - messages as text: the one-line summary of a ladder
 * ("BU seq=1 lifetime=240s home ack") and the fields of a golden file, one
 * a line.  All return the length the whole text has, as snprintf does.
 */
#ifndef MIP6D_WIRE_PRINT_H
#define MIP6D_WIRE_PRINT_H

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

size_t	print_mh_summary(const struct mh *, char *buf, size_t cap);
size_t	print_nd_summary(const struct nd *, char *buf, size_t cap);
size_t	print_icmp_summary(const struct icmp *, char *buf, size_t cap);
/* A whole packet: headers, message, options, field by field; or the fault
 * and its offset. */
size_t	print_packet(const uint8_t *p, size_t len, char *buf, size_t cap);

#endif
