/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.c - descriptors, alarms and clocks.
 *
 * libuv does the waiting.  Two of its habits are kept away from the rest:
 * a handle may be freed only in its close callback, so handles live here,
 * alone in their own memory; and its timers count milliseconds of
 * CLOCK_MONOTONIC, which stands still in a suspended laptop, so alarms are
 * timerfds on CLOCK_BOOTTIME instead.
 */
#include "sys/loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct watch {
	uv_poll_t	poll;
	int		events;
	void		(*ready)(void *);
	void		*arg;
};

struct wakeup {
	int		fd;
	struct watch	*watch;
	void		(*fire)(void *);
	void		*arg;
	bool		steps;
};

static usec_t
clock_read(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return SEC(ts.tv_sec) + (usec_t)ts.tv_nsec / 1000;
}

usec_t
clock_now(void)
{
	return clock_read(CLOCK_BOOTTIME);
}

int64_t
clock_wall(void)
{
	usec_t before = clock_now();
	usec_t wall = clock_read(CLOCK_REALTIME);

	/* between two readings, so that being preempted here costs half */
	return (int64_t)(wall - (before + clock_now()) / 2);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;

	/* An error (a link went down, netlink lost something) is for the
	 * reader to meet, where errno says what it is; libuv has stopped
	 * watching because of it. */
	w->ready(w->arg);
	if (status < 0 && w->events && !uv_is_closing((uv_handle_t *)poll))
		uv_poll_start(poll, w->events, on_poll);
}

struct watch *
watch_new(uv_loop_t *loop, int fd, int events, void (*ready)(void *),
	  void *arg)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	if (uv_poll_init(loop, &w->poll, fd) < 0) {
		free(w);
		return NULL;
	}
	w->poll.data = w;
	w->ready = ready;
	w->arg = arg;
	watch_set(w, events);
	return w;
}

void
watch_set(struct watch *w, int events)
{
	w->events = events;
	if (events)
		uv_poll_start(&w->poll, events, on_poll);
	else
		uv_poll_stop(&w->poll);
}

static void
on_closed(uv_handle_t *h)
{
	free(h->data);
}

struct watch *
watch_free(struct watch *w)
{
	if (w)
		uv_close((uv_handle_t *)&w->poll, on_closed);
	return NULL;
}

static void
on_timerfd(void *arg)
{
	struct wakeup *a = arg;
	uint64_t times;

	/* a step of the clock makes this read fail with ECANCELED */
	if (read(a->fd, &times, sizeof(times)) < 0 && !a->steps)
		return;
	if (a->steps)
		wakeup_set(a, USEC_NEVER);
	a->fire(a->arg);
}

static struct wakeup *
wakeup_make(uv_loop_t *loop, clockid_t id, void (*fire)(void *), void *arg)
{
	struct wakeup *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->fire = fire;
	a->arg = arg;
	a->steps = id == CLOCK_REALTIME;
	a->fd = timerfd_create(id, TFD_NONBLOCK | TFD_CLOEXEC);
	if (a->fd >= 0)
		a->watch = watch_new(loop, a->fd, UV_READABLE, on_timerfd, a);
	if (!a->watch)
		return wakeup_free(a);
	wakeup_set(a, USEC_NEVER);
	return a;
}

struct wakeup *
wakeup_new(uv_loop_t *loop, void (*fire)(void *), void *arg)
{
	return wakeup_make(loop, CLOCK_BOOTTIME, fire, arg);
}

struct wakeup *
wakeup_new_step(uv_loop_t *loop, void (*step)(void *), void *arg)
{
	return wakeup_make(loop, CLOCK_REALTIME, step, arg);
}

void
wakeup_set(struct wakeup *a, usec_t at)
{
	struct itimerspec it = { 0 };
	int flags = TFD_TIMER_ABSTIME;

	if (a->steps) {
		/* far away: only its cancellation is of interest */
		it.it_value.tv_sec = (time_t)1 << 40;
		flags |= TFD_TIMER_CANCEL_ON_SET;
	} else if (at != USEC_NEVER) {
		it.it_value.tv_sec = (time_t)(at / USEC_PER_SEC);
		it.it_value.tv_nsec = (long)(at % USEC_PER_SEC) * 1000;
		if (at == 0)		/* zero would disarm */
			it.it_value.tv_nsec = 1;
	}
	timerfd_settime(a->fd, flags, &it, NULL);
}

struct wakeup *
wakeup_free(struct wakeup *a)
{
	if (!a)
		return NULL;
	watch_free(a->watch);
	if (a->fd >= 0)
		close(a->fd);
	free(a);
	return NULL;
}
