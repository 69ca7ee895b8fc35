/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run_grant.c - an address of the type, as long as the command runs.
 *
 * The grant belongs to a connection, which stays open.  When the address is
 * replaced or gone, calls are held until there is the next one: a socket that
 * is made now shall have the address of now.  A daemon that restarts takes
 * the grant with it but not the address; it is used on, and asked for again.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS	200		/* ... and twice as long each time */
#define RETRY_MAX_MS	3200
#define SOON_MS		20

enum { HELD, ASKED, WATCH };

static void
drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What another try does not change. */
static bool
final(int err)
{
	return err == EACCES || err == EPERM || err == EINVAL || err == EPROTO;
}

bool
grant_hopeless(const struct grant *g)
{
	return !g->ready && final(g->err);
}

static void
failed(struct grant *g, int err)
{
	drop(&g->asked);
	g->err = err;
	g->pause = g->pause ? g->pause * 2 : RETRY_MS;
	if (g->pause > RETRY_MAX_MS)
		g->pause = RETRY_MAX_MS;
	g->retry = mip6i_deadline(g->pause);
}

static void
ask(struct grant *g)
{
	g->retry = MIP6I_FOREVER;
	if (g->asked >= 0)
		return;
	g->asked = mip6_request(g->type, g->timeout_ms);
	if (g->asked < 0)
		failed(g, errno);
}

static void
granted(struct grant *g, const struct in6_addr *addr)
{
	drop(&g->held);
	g->held = g->asked;
	g->asked = -1;
	g->addr = *addr;
	g->ready = true;
	g->err = 0;
	g->pause = 0;
	/* without events the next bind(2) tells that the address is gone */
	if (g->watch < 0)
		g->watch = mip6_watch();
}

static void
on_answer(struct grant *g)
{
	struct in6_addr addr;

	if (mip6_request_finish(g->asked, -1, &addr) == 0)
		granted(g, &addr);
	else if (errno != EINPROGRESS)
		failed(g, errno);
}

void
grant_stale(struct grant *g)
{
	g->ready = false;
	g->err = 0;
	ask(g);
}

void
grant_unusable(struct grant *g)
{
	g->ready = false;
	g->err = EADDRNOTAVAIL;
	if (g->asked < 0)
		g->retry = mip6i_deadline(SOON_MS);
}

static void
on_event(struct grant *g, const struct mip6_event *e)
{
	bool ours = IN6_ARE_ADDR_EQUAL(&e->addr, &g->addr);

	switch (e->kind) {
	case MIP6_EVENT_UP:
		if (e->type == g->type && (!ours || !g->ready))
			grant_stale(g);
		break;
	case MIP6_EVENT_REPLACED:
	case MIP6_EVENT_DOWN:
		if (ours)
			grant_stale(g);
		break;
	case MIP6_EVENT_LOST:
		ask(g);
		break;
	}
}

static void
on_watch(struct grant *g)
{
	struct mip6_event e;

	while (mip6_watch_read(g->watch, &e) == 0)
		on_event(g, &e);
	if (errno != EAGAIN)
		drop(&g->watch);
}

void
grant_prepare(const struct grant *g, struct pollfd fds[GRANT_FDS])
{
	fds[HELD] = (struct pollfd){ g->held, POLLRDHUP, 0 };
	fds[ASKED] = (struct pollfd){ g->asked, POLLIN, 0 };
	fds[WATCH] = (struct pollfd){ g->watch, POLLIN, 0 };
}

void
grant_polled(struct grant *g, const struct pollfd fds[GRANT_FDS])
{
	if (fds[HELD].revents) {
		drop(&g->held);
		drop(&g->watch);
		ask(g);
	}
	if (g->watch >= 0 && fds[WATCH].revents)
		on_watch(g);
	if (g->asked >= 0)
		on_answer(g);
	if (g->retry != MIP6I_FOREVER && mip6i_deadline(0) >= g->retry)
		ask(g);
}

int
grant_begin(struct grant *g, sc_type type, int timeout_ms)
{
	int64_t deadline = mip6i_deadline(timeout_ms);
	struct in6_addr addr;
	int err;

	*g = (struct grant){ .type = type, .timeout_ms = timeout_ms,
			     .held = -1, .asked = -1, .watch = -1,
			     .retry = MIP6I_FOREVER };
	g->asked = mip6i_ask(type, timeout_ms, true, deadline);
	if (g->asked < 0)
		return g->asked;
	for (;;) {
		/* a moment for the daemon's own words about the time */
		err = mip6i_wait(g->asked, deadline == MIP6I_FOREVER ?
				 deadline : deadline + 100);
		if (err)
			break;
		if (mip6_request_finish(g->asked, -1, &addr) == 0) {
			granted(g, &addr);
			return 0;
		}
		if (errno != EINPROGRESS) {
			err = -errno;
			break;
		}
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
	grant_end(g);
	return err;
}

void
grant_end(struct grant *g)
{
	drop(&g->held);
	drop(&g->asked);
	drop(&g->watch);
}
