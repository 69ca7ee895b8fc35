/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctl.h - the control socket: a line of words in, records out, then `ok' or
 * `error REASON'.
 *
 * A command is answered before the next one of the same client is read.
 * What is shown is asked for in pieces, as fast as the client reads: one
 * that does not read holds up nobody and costs a bounded amount of memory.
 * `monitor' never ends: every note is a record from then on, and `lost
 * count=N' stands where the client was too slow.
 */
#ifndef MIP6D_CTL_CTL_H
#define MIP6D_CTL_CTL_H

#include "base/record.h"
#include "core/core.h"
#include "ctl/line.h"

#include <uv.h>

#define CTL_CLIENTS	16
#define CTL_WHY		256

struct ctl;

/* The daemon's side. */
struct ctl_ops {
	/* Is there such a thing to show?  (NULL ends a list of help.) */
	bool	(*can_show)(void *arg, const char *what);
	/* A few records more; false: that was all. */
	bool	(*show)(void *arg, const char *what, struct cursor *,
			struct record_sink *);
	/* Do something, or show something that takes more words.  0, or
	 * -errno with a reason in `why'; -ENOSYS when there is no such
	 * command. */
	int	(*act)(void *arg, const struct ctl_line *,
		       struct record_sink *, char why[CTL_WHY]);
	void	*arg;
};

/* Listen at `path' (0600; a dead socket there is replaced).  0 or -errno. */
int	ctl_open(uv_loop_t *, const char *path, const struct ctl_ops *,
		 struct ctl **ret);
/* Tell all who monitor. */
void	ctl_note(struct ctl *, const struct record *);
/* Say good-bye, remove the socket.  Always NULL. */
struct ctl *ctl_close(struct ctl *);

#endif
