/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MIP6D_TEST_BASE_H
#define MIP6D_TEST_BASE_H

#include <check.h>

Suite	*suite_addr(void);
Suite	*suite_map(void);
Suite	*suite_memory(void);
Suite	*suite_record(void);

#endif
