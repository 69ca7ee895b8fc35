/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MIP6D_TEST_WIRE_H
#define MIP6D_TEST_WIRE_H

#include "wire/mh.h"

#include <check.h>

Suite	*suite_wire_mh(void);
Suite	*suite_wire_pkt(void);
Suite	*suite_wire_nd(void);
Suite	*suite_wire_auth(void);
Suite	*suite_wire_icmp(void);
Suite	*suite_wire_law(void);
Suite	*suite_wire_opt(void);

/* An address from its text; a bad one fails the test. */
struct in6_addr T(const char *);

#endif
