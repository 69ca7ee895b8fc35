/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * send.h - EF_SEND: whole IPv6 packets, as the node wrote them.
 */
#ifndef MIP6D_SYS_SEND_H
#define MIP6D_SYS_SEND_H

#include "core/effect.h"
#include "sys/loop.h"

struct sender;

/* 0, or -errno and one line in `why'. */
int	sender_open(uv_loop_t *, struct sender **ret, char *why, size_t cap);
struct sender *sender_close(struct sender *);	/* always NULL */
/* 0 when it left or waits for room, -errno when it cannot leave. `ifindex' is
 * the kernel's.  At most SENDER_WAITING wait, then -ENOBUFS. */
#define SENDER_WAITING	64
int	sender_send(struct sender *, const struct ef_send *, uint32_t ifindex);

#endif
