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
const char *name_status(uint8_t);	/* of a BA: "not home subnet" */
const char *name_be_status(uint8_t);
const char *name_fback_status(uint8_t);		/* RFC 5568 6.2.3 */
const char *name_hi_code(uint8_t);		/* RFC 5568, RFC 5949 6.1.1 */
const char *name_hack_code(uint8_t);
const char *name_revocation_trigger(uint8_t);	/* RFC 5846 5.1 */
const char *name_revocation_status(uint8_t);
const char *name_lra_status(uint8_t);		/* RFC 6705 10.2 */
const char *name_upn_reason(uint8_t);		/* RFC 7077, 7222, 7864 */
const char *name_upa_status(uint8_t);
const char *name_mnid_subtype(uint8_t);		/* RFC 4283, RFC 8371 */
const char *name_auth_subtype(uint8_t);		/* RFC 4285 */
const char *name_handoff(uint8_t);		/* RFC 5213 8.4, RFC 7864 */
const char *name_att(uint8_t);			/* RFC 5213 8.5 */
const char *name_dns_status(uint8_t);		/* RFC 5026 8.1 */
const char *name_ipv4_status(uint8_t);		/* RFC 5555 3.2.1, 5844 3.3.2 */
const char *name_flow_status(uint8_t);		/* RFC 6089 4.2 */
const char *name_flow_sub(uint8_t);		/* RFC 6089 4.2.1 */
const char *name_qos_code(uint8_t);		/* RFC 7222 4.1 */
const char *name_qos_sub(uint8_t);		/* RFC 7222 4.2 */
const char *name_lcmp_sub(uint8_t);		/* RFC 8127 3.1 */
const char *name_mh_prefix_code(uint8_t);	/* RFC 5568 6.4.2 */
const char *name_mh_lla_code(uint8_t);		/* RFC 5568 6.4.3 */
const char *name_fault(enum wire_fault);	/* "bad checksum" */
const char *name_nd_type(uint8_t);	/* "RA" */

#endif
