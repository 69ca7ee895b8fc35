/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity_private.h - files as identity.c sees them.  Private to
 * identity*.c.
 */
#ifndef MIP6D_SYS_IDENTITY_PRIVATE_H
#define MIP6D_SYS_IDENTITY_PRIVATE_H

#include <stdint.h>

struct statx;

/* All of it, NUL-terminated, the caller's; NULL with errno. */
char	*identity_read_file(int dir, const char *name);

/* Device and inode of a file, as the kernel has them; "" is `dir' itself.
 * The mountinfo (NULL: unknown) is that of the process that has it. */
int	identity_of_file(int dir, const char *path, const char *mountinfo,
			 struct statx *st, uint64_t *ret_dev,
			 uint64_t *ret_ino);

#endif
