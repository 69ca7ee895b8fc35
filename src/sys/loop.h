/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.h - what the rooms of src/sys want from the event loop (libuv):
 * a descriptor to watch, an alarm on CLOCK_BOOTTIME, and the clocks.
 */
#ifndef MIP6D_SYS_LOOP_H
#define MIP6D_SYS_LOOP_H

#include "base/clock.h"

#include <stdbool.h>
#include <uv.h>

struct watch;
struct wakeup;

usec_t	clock_now(void);		/* CLOCK_BOOTTIME */
int64_t	clock_wall(void);		/* CLOCK_REALTIME minus clock_now */

/* Call `ready' while `fd' is readable (UV_READABLE) and/or writable.  The
 * descriptor stays the caller's and must outlive the watch.  NULL: memory
 * or a descriptor that cannot be polled. */
struct watch *watch_new(uv_loop_t *, int fd, int events,
			void (*ready)(void *arg), void *arg);
void	watch_set(struct watch *, int events);	/* 0: be quiet */
struct watch *watch_free(struct watch *);	/* always NULL; NULL is fine */

/* One-shot at a time of CLOCK_BOOTTIME with microseconds, which also fires
 * when the time passed during suspend. */
struct wakeup *wakeup_new(uv_loop_t *, void (*fire)(void *arg), void *arg);
void	wakeup_set(struct wakeup *, usec_t at);	/* USEC_NEVER disarms */
struct wakeup *wakeup_free(struct wakeup *);	/* always NULL */

/* Call `step' whenever the wall clock jumps (settimeofday, resume). */
struct wakeup *wakeup_new_step(uv_loop_t *, void (*step)(void *arg), void *arg);

#endif
