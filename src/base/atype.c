/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atype.c - names and flags of the address types.
 */
#include "base/atype.h"

#include <errno.h>
#include <string.h>

static const char *const names[ATYPES] = {
	[ATYPE_NONE] = "none", [ATYPE_HOME] = "home-anchored",
	[ATYPE_ACCESS] = "access-anchored", [ATYPE_UNANCHORED] = "unanchored",
	[ATYPE_GRACEFUL] = "graceful",
};

int
atype_of_flags(uint32_t prefs, enum atype *ret)
{
	uint32_t flags = prefs & ATYPE_FLAGS;
	enum atype t = ATYPE_NONE;

	if (flags & (flags - 1))
		return -EINVAL;
	while (flags != atype_flag(t))
		t++;
	*ret = t;
	return 0;
}

const char *
atype_name(enum atype t)
{
	return names[t];
}

bool
atype_parse(const char *word, enum atype *ret)
{
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		if (strcmp(names[t], word) == 0) {
			*ret = t;
			return true;
		}
	}
	return false;
}
