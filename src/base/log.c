/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.c - one line to the operator.
 *
 * The destination is the one state a process has only once, like stderr
 * itself, so it is static here instead of a parameter everywhere.  A line
 * is formatted whole and written with one call, so that lines of several
 * processes do not mix; control characters in it (names come from outside)
 * become '?'.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* After log.h: its macro LOG_NOTICE hides our enumerator of that name from
 * here on, which the table below therefore does not spell. */
#include <syslog.h>

struct level {
	int		priority;
	const char	*word;
};

/* In the order of enum log_level. */
static const struct level levels[] = {
	{ LOG_ERR,	"error: " },
	{ LOG_WARNING,	"warning: " },
	{ LOG_NOTICE,	"" },
	{ LOG_INFO,	"" },
};

static struct {
	const char	*ident;
	enum log_level	most;
	bool		use_syslog;
} out = { "mip6d", LOG_DETAIL - 1, false };

void log_open(const char *ident, enum log_level most, int use_syslog)
{
	out.ident = ident;
	out.most = most;
	out.use_syslog = use_syslog;
	if (use_syslog)
		openlog(ident, LOG_PID, LOG_DAEMON);
}

static void clean(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char text[1024], line[1200];
	va_list ap;
	int n;

	if (level > out.most)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);

	if (out.use_syslog) {
		syslog(levels[level].priority, "%s%s", levels[level].word,
		       text);
		return;
	}
	n = snprintf(line, sizeof(line), "%s: %s%s\n", out.ident,
		     levels[level].word, text);
	if (n >= (int)sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	fwrite(line, 1, (size_t)n, stderr);
	fflush(stderr);
}
