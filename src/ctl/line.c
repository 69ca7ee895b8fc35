/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.c - a command line, split.  No quoting: nothing that is said here has
 * blanks in it.
 */
#include "ctl/line.h"

#include <errno.h>
#include <string.h>

int
ctl_line_parse(const char *text, size_t len, struct ctl_line *ret)
{
	bool in_word = false;
	size_t i;

	ret->n = 0;
	ret->json = false;
	if (len >= sizeof(ret->text))
		return -E2BIG;
	for (i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\t' || c == '\r')
			c = ' ';
		if (c < ' ' || c > '~')
			return -EINVAL;
		ret->text[i] = c == ' ' ? '\0' : c;
		if (c != ' ' && !in_word) {
			if (ret->n == CTL_WORDS)
				return -E2BIG;
			ret->word[ret->n++] = ret->text + i;
		}
		in_word = c != ' ';
	}
	ret->text[len] = '\0';
	if (ret->n && !strcmp(ret->word[0], "-j")) {
		ret->json = true;
		memmove(ret->word, ret->word + 1,
			--ret->n * sizeof(*ret->word));
	}
	ret->word[ret->n] = NULL;
	return 0;
}
