/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ctl.c - the octets are a command line of the control socket.  It is
 * refused, or its words are words, and joined they are the same command.
 */
#include "fuzz.h"
#include "ctl/line.h"

#include <stdio.h>
#include <string.h>

static void check_words(const struct ctl_line *l)
{
	FUZZ_MUST(l->n <= CTL_WORDS && !l->word[l->n]);
	for (unsigned i = 0; i < l->n; i++) {
		const char *w = l->word[i];

		FUZZ_MUST(w >= l->text && w < l->text + sizeof(l->text));
		FUZZ_MUST(*w && strlen(w) < sizeof(l->text));
		for (; *w; w++)
			FUZZ_MUST(*w > ' ' && *w <= '~');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2 * CTL_LINE_MAX];
	struct ctl_line l, again;
	size_t n = 0;

	if (ctl_line_parse((const char *)data, size, &l)) {
		/* what fits and is printable is refused for its words only */
		return 0;
	}
	check_words(&l);
	n += (size_t)snprintf(text, sizeof(text), "%s", l.json ? "-j" : "");
	for (unsigned i = 0; i < l.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s",
				      l.word[i]);
	if (n >= CTL_LINE_MAX)
		return 0;
	FUZZ_MUST(ctl_line_parse(text, n, &again) == 0);
	check_words(&again);
	FUZZ_MUST(again.json == l.json || (l.n && !strcmp(l.word[0], "-j")));
	if (again.json != l.json)
		return 0;
	FUZZ_MUST(again.n == l.n);
	for (unsigned i = 0; i < l.n; i++)
		FUZZ_MUST(!strcmp(again.word[i], l.word[i]));
	return 0;
}
