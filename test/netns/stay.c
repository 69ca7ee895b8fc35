/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Lines come unbuffered, so that poll() sees what is left. */
static bool read_line(char *buf, size_t cap)
{
	size_t n = 0;
	char c;

	while (read(0, &c, 1) == 1) {
		if (c == '\n') {
			buf[n] = 0;
			return true;
		}
		if (n + 1 < cap)
			buf[n++] = c;
	}
	return false;
}

static bool take(stay_line *line, void *arg, char *text)
{
	char *w[STAY_WORDS + 1] = { 0 }, *save;
	int n = 0;

	for (char *s = strtok_r(text, " \n", &save); s && n < STAY_WORDS;
	     s = strtok_r(NULL, " \n", &save))
		w[n++] = s;
	return !n || line(arg, w);
}

void stay(int fd, stay_event *event, stay_line *line, void *arg)
{
	char text[512];
	bool more = true;

	while (more) {
		struct pollfd p[2] = {
			{ .fd = 0, .events = POLLIN },
			{ .fd = fd, .events = POLLIN },
		};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			event(arg);
		if (p[0].revents)
			more = read_line(text, sizeof(text)) &&
			       take(line, arg, text);
	}
}
