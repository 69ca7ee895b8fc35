/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf_place.h - a place for configurations and their files, which is gone
 * after the test; and both of the suites that want one.
 */
#ifndef MIP6D_TEST_CONF_PLACE_H
#define MIP6D_TEST_CONF_PLACE_H

#include "conf/parse.h"
#include "unit.h"

/* A directory that is gone after the test, and the current one in it. */
struct place_to_be {
	char	path[64];
};

struct place_to_be enter(void);
void leave(const struct place_to_be *d);
void put(const char *path, const char *text, mode_t mode);
/* The number of errors; *ret_text is what was said (free). */
unsigned parse(const char *path, bool keys, char **ret_text,
	       struct conf **ret);
unsigned parse_text(const char *text, size_t len, char **ret_text,
		    struct conf **ret);
char *print(const struct conf *c);

Suite	*suite_conf_files(void);

#endif
