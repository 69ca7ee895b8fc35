/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_core_demand.h - the suites of addresses on demand. */
#ifndef MIP6D_TEST_CORE_DEMAND_H
#define MIP6D_TEST_CORE_DEMAND_H

#include "mn_world.h"

Suite	*suite_demand_addr(void);	/* one address, start to end */
Suite	*suite_demand_life(void);	/* reload, restart, records */

#endif
