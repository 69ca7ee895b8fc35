/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_app.c - the octets are a line of the application socket.  It is
 * refused with a reason, or means something that is in range and that, said
 * again in the plain form, means the same.
 */
#include "fuzz.h"
#include "ctl/app_line.h"

#include <stdio.h>
#include <string.h>

static size_t say(const struct app_command *c, char *buf, size_t cap)
{
	char addr[ADDR_STRLEN], timeout[48] = "";

	if (c->timeout)
		snprintf(timeout, sizeof(timeout), " timeout %llu",
			 (unsigned long long)(c->timeout / USEC_PER_MSEC));
	switch (c->verb) {
	case APP_REQUEST:
		return (size_t)snprintf(buf, cap, "request %s%s",
					atype_name(c->type), timeout);
	case APP_RELEASE:
		return (size_t)snprintf(buf, cap, "release %s",
					atype_name(c->type));
	case APP_TYPES:
		return (size_t)snprintf(buf, cap, "types");
	case APP_TYPE_OF:
		return (size_t)snprintf(buf, cap, "type-of %s",
					addr_print(&c->addr, addr));
	case APP_WATCH:
		return (size_t)snprintf(buf, cap, "watch");
	}
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct app_command c = { 0 }, again = { 0 };
	char text[CTL_LINE_MAX];
	const char *why = NULL;
	struct ctl_line l;
	size_t n;

	if (ctl_line_parse((const char *)data, size, &l))
		return 0;
	if (app_line_parse(&l, &c, &why)) {
		FUZZ_MUST(why && *why);
		return 0;
	}
	FUZZ_MUST(c.type < ATYPES);
	FUZZ_MUST((c.type != ATYPE_NONE) ==
		  (c.verb == APP_REQUEST || c.verb == APP_RELEASE));
	FUZZ_MUST(c.timeout <= MSEC(APP_TIMEOUT_MAX));
	n = say(&c, text, sizeof(text));
	FUZZ_MUST(ctl_line_parse(text, n, &l) == 0);
	FUZZ_MUST(app_line_parse(&l, &again, &why) == 0);
	FUZZ_MUST(again.verb == c.verb && again.type == c.type &&
		  again.timeout == c.timeout && addr_eq(&again.addr, &c.addr));
	return 0;
}
