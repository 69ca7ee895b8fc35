/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_line.h - a line of the application socket, understood.
 */
#ifndef MIP6D_CTL_APP_LINE_H
#define MIP6D_CTL_APP_LINE_H

#include "base/addr.h"
#include "base/atype.h"
#include "base/clock.h"
#include "ctl/line.h"

#define APP_TIMEOUT_MAX	3600000		/* ms */

enum app_verb {
	APP_REQUEST,		/* type, timeout */
	APP_RELEASE,		/* type */
	APP_TYPES,
	APP_TYPE_OF,		/* addr */
	APP_WATCH,
};

struct app_command {
	enum app_verb	verb;
	enum atype	type;
	usec_t		timeout;	/* 0: not said */
	struct in6_addr	addr;
};

/* 0, or -EINVAL and why. */
int	app_line_parse(const struct ctl_line *, struct app_command *ret,
		       const char **why);

#endif
