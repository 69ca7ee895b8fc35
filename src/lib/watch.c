/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch.c - addresses come and go.
 *
 * The descriptor is the connection, and what is not read yet stays in it: a
 * line is looked at, and taken when it is whole.
 */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BEGIN_MS	5000		/* for a daemon to say ok */
#define LINE_MAX_	256

/* The next line, waited for. */
static int
wait_line(int fd, char *line, size_t cap, int64_t deadline)
{
	const struct timespec moment = { 0, 1000000 };
	int err = mip6i_wait(fd, deadline);

	while (!err) {
		err = mip6i_line(fd, line, cap);
		if (err != -EAGAIN)
			break;
		nanosleep(&moment, NULL);	/* half of it is there */
		err = mip6i_wait(fd, deadline);
		if (!err && mip6i_deadline(0) >= deadline)
			err = -ETIMEDOUT;
	}
	return err;
}

static int
begin(int fd, int64_t deadline)
{
	char line[LINE_MAX_];
	int err;

	err = mip6i_send(fd, "watch\n");
	if (!err)
		err = wait_line(fd, line, sizeof(line), deadline);
	if (err)
		return err;
	if (strncmp(line, "error ", 6) == 0)
		return -mip6i_errno(line + 6);
	return strcmp(line, "ok") ? -EPROTO : 0;
}

int
mip6_watch(void)
{
	int64_t deadline = mip6i_deadline(BEGIN_MS);
	int fd = mip6i_connect(true, deadline), err;

	if (fd < 0) {
		errno = -fd;
		return -1;
	}
	err = begin(fd, deadline);
	if (!err)
		return fd;
	close(fd);
	errno = -err;
	return -1;
}

static bool
is(const char *v, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(v, word, n) == 0;
}

static int
parse_lost(const char *line, struct mip6_event *ret)
{
	const char *v;
	size_t n = mip6i_value(line, "count", &v);
	uint32_t count = 0;

	if (!n || n > 9)
		return -EPROTO;
	for (; n; n--, v++) {
		if (*v < '0' || *v > '9')
			return -EPROTO;
		count = count * 10 + (uint32_t)(*v - '0');
	}
	ret->kind = MIP6_EVENT_LOST;
	ret->count = count;
	return 0;
}

static int
parse_address(const char *line, struct mip6_event *ret)
{
	const char *event, *type, *addr;
	size_t nevent = mip6i_value(line, "event", &event);
	size_t ntype = mip6i_value(line, "type", &type);
	size_t naddr = mip6i_value(line, "address", &addr);

	if (!nevent || !ntype || !naddr)
		return -EPROTO;
	if (is(event, nevent, "up"))
		ret->kind = MIP6_EVENT_UP;
	else if (is(event, nevent, "replaced"))
		ret->kind = MIP6_EVENT_REPLACED;
	else if (is(event, nevent, "down"))
		ret->kind = MIP6_EVENT_DOWN;
	else
		return -EPROTO;
	ret->type = mip6i_type_parse(type, ntype);
	return ret->type && mip6i_address(addr, naddr, &ret->addr) ? 0
								   : -EPROTO;
}

int
mip6_watch_read(int watch, struct mip6_event *ret)
{
	struct mip6_event e = { 0 };
	char line[LINE_MAX_];
	int err;

	err = mip6i_line(watch, line, sizeof(line));
	if (!err && strncmp(line, "lost ", 5) == 0)
		err = parse_lost(line, &e);
	else if (!err && strncmp(line, "address ", 8) == 0)
		err = parse_address(line, &e);
	else if (!err && strncmp(line, "error ", 6) == 0)
		err = -mip6i_errno(line + 6);	/* the daemon's last words */
	else if (!err)
		err = -EPROTO;
	if (err) {
		errno = -err;
		return -1;
	}
	*ret = e;
	return 0;
}
