/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundir.h - directories and locks, one daemon for a network namespace.
 *
 * In the namespace of process 1 the run directory is /run/mip6d; in one that
 * `ip netns' named N it is /run/mip6d/netns/N; in any other
 * /run/mip6d/netns/INODE.  mip6ctl finds the daemon of its own namespace by
 * the same rule.
 */
#ifndef MIP6D_SYS_RUNDIR_H
#define MIP6D_SYS_RUNDIR_H

#include <stddef.h>
#include <sys/types.h>

#define RUNDIR_PATH	256
#define RUNDIR_RUN	"/run/mip6d"
#define RUNDIR_STATE	"/var/lib/mip6d"

/* `base' or the directory below it that belongs to our namespace. */
void	rundir_default(const char *base, char ret[RUNDIR_PATH]);
/* Make it and what is above it; refuse one that others may write to
 * (-EPERM).  0 or -errno. */
int	rundir_make(const char *path, mode_t mode);
/* "DIR/NAME"; -ENAMETOOLONG. */
int	rundir_file(const char *dir, const char *name, char ret[RUNDIR_PATH]);
/* Hold `path' as a lock until the descriptor is closed.  The descriptor, or
 * -EWOULDBLOCK with the holder's pid in *ret_pid (0: not known), or
 * -errno. */
int	rundir_lock(const char *path, pid_t *ret_pid);
/* The file whose lock stands for our network namespace. */
int	rundir_namespace_lock(char ret[RUNDIR_PATH]);

#endif
