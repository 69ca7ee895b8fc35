/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl.h - kernel parameters that are ours for a while.
 *
 * What a parameter was before is on disk before it is changed, and put back
 * at the end: by this process, or, if it was killed, by the next one.
 */
#ifndef MIP6D_SYS_SYSCTL_H
#define MIP6D_SYS_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

#define SYSCTL_NAME	96
#define SYSCTL_VALUE	24

struct sysctl_row {
	char	name[SYSCTL_NAME];	/* net/ipv6/conf/eth0/accept_ra */
	char	before[SYSCTL_VALUE];
	char	value[SYSCTL_VALUE];	/* what we set */
	bool	keep;			/* recorded, not set by us */
	bool	wanted;
};

struct sysctls {
	char			*root, *file;
	struct sysctl_row	*row;
	size_t			n, cap;
};

/* `root' is "/proc/sys"; `file' holds the originals, and those that an
 * earlier process left there are read.  0 or -errno. */
int	sysctl_open(struct sysctls *, const char *root, const char *file);
void	sysctl_close(struct sysctls *);
/* Say what shall be: begin, want..., commit.  Commit writes the file first,
 * then sets what is wanted and restores what no longer is.  Want of a
 * parameter that does not exist is -ENOENT and changes nothing. */
void	sysctl_begin(struct sysctls *);
int	sysctl_want(struct sysctls *, const char *name, const char *value);
/* Remember the present value: another one that is set drags it along. */
int	sysctl_keep(struct sysctls *, const char *name);
int	sysctl_commit(struct sysctls *);
/* Restore all and remove the file. */
void	sysctl_restore(struct sysctls *);
/* 0 or -errno: one parameter, without the final newline. */
int	sysctl_read(const struct sysctls *, const char *name,
		    char ret[SYSCTL_VALUE]);
/* The same, but what it was before us where we changed it. */
int	sysctl_before(struct sysctls *, const char *name,
		      char ret[SYSCTL_VALUE]);

#endif
