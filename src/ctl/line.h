/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - one command: a line of words.
 */
#ifndef MIP6D_CTL_LINE_H
#define MIP6D_CTL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define CTL_LINE_MAX	1024		/* with its end */
#define CTL_WORDS	40

struct ctl_line {
	unsigned	n;
	const char	*word[CTL_WORDS + 1];	/* NULL behind the last */
	bool		json;			/* the line began with -j */
	char		text[CTL_LINE_MAX];
};

/* Split `len' octets at blanks.  0; -EINVAL for octets that are not printable
 * ASCII; -E2BIG for too many words or octets.  No word at all is 0. */
int	ctl_line_parse(const char *text, size_t len, struct ctl_line *ret);

#endif
