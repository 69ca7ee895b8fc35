/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.h - numbers have names: one source for log, tools and tests.
 * All return a static string; an unknown number gets NULL.
 */
#ifndef MIP6D_WIRE_NAME_H
#define MIP6D_WIRE_NAME_H

#include "wire/wire.h"

const char *name_mh_type(uint8_t);	/* "BU" */
const char *name_mopt(uint8_t);		/* "Alternate Care-of Address" */
const char *name_status(uint8_t);	/* of a BA: "sequence number out of window" */
const char *name_be_status(uint8_t);
const char *name_fault(enum wire_fault);	/* "bad checksum" */
const char *name_nd_type(uint8_t);	/* "RA" */

#endif
