/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.h - packets that netfilter hands us (rules.h says which).
 *
 * Each is an EV_PACKET and gone from the kernel's path, unless it turns out
 * to carry nothing of mobility: then the kernel goes on with it.
 */
#ifndef MIP6D_SYS_QUEUE_H
#define MIP6D_SYS_QUEUE_H

#include "sys/loop.h"
#include "sys/report.h"

struct queue;

/* 0, or -errno and one line in `why' that says what is missing. */
int	queue_open(uv_loop_t *, uint16_t number, struct report *,
		   struct queue **ret, char *why, size_t cap);
struct queue *queue_close(struct queue *);	/* always NULL */

#endif
