/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - where the rooms of src/sys put what the world tells.
 *
 * The owner embeds a struct report; every module that hears something is
 * given it and calls `event'.  Pointers in the event are good for the call.
 * The callee may carry out effects before it returns, so a module calls it
 * last, when its own tables are in order.
 */
#ifndef MIP6D_SYS_REPORT_H
#define MIP6D_SYS_REPORT_H

#include "core/event.h"

struct report {
	void	(*event)(struct report *, const struct event *);
};

#endif
