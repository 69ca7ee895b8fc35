/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * find.c - the application socket of this thread's network namespace.
 *
 * The rule is that of src/sys/rundir.h: /run/mip6d in the namespace of
 * process 1, /run/mip6d/netns/NAME in one that `ip netns' named, and
 * /run/mip6d/netns/INODE in any other.  Who may not look at process 1 (most
 * users) is helped by the lock that a daemon has as long as it serves a
 * namespace, /run/mip6d/netns-INODE.lock: where it stands for ours and there
 * is neither a name nor a directory, the daemon is that of process 1.
 *
 * Directories are read by the system call: opendir(3) allocates.
 */
#include "config.h"

#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RUN		"/run/mip6d"
#define NAMES		"/run/netns"
#define OURS		"/proc/thread-self/ns/net"

struct entry {				/* linux_dirent64 */
	uint64_t	ino;
	int64_t		off;
	uint16_t	len;
	uint8_t		type;
	char		name[];
};

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* The entry of the directory that is our namespace is appended. */
static bool
name_in(int dir, const struct stat *ours, char *buf)
{
	_Alignas(struct entry) char list[2048];
	struct stat st;
	long n;

	while ((n = syscall(SYS_getdents64, dir, list, sizeof(list))) > 0) {
		for (long at = 0; at < n; ) {
			const struct entry *e =
				(const struct entry *)(const void *)(list + at);

			at += e->len;
			if (e->name[0] != '.' &&
			    fstatat(dir, e->name, &st, 0) == 0 &&
			    same(&st, ours))
				return mip6i_put(buf, MIP6I_PATH, e->name);
		}
	}
	return false;
}

static bool
named(const struct stat *ours, char *buf)
{
	int dir = open(NAMES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool found;

	if (dir < 0)
		return false;
	found = name_in(dir, ours, buf);
	close(dir);
	return found;
}

/* Of a namespace without a name: is the daemon that of process 1? */
static bool
lock_stands(const struct stat *ours)
{
	char path[MIP6I_PATH] = RUN "/netns-";

	return mip6i_put_number(path, sizeof(path), ours->st_ino) &&
	       mip6i_put(path, sizeof(path), ".lock") &&
	       access(path, F_OK) == 0;
}

static int
find_default(char ret[MIP6I_PATH])
{
	struct stat ours, first;
	bool told, is_first = false;

	strcpy(ret, RUN "/app");
	if (stat(OURS, &ours) < 0)
		return 0;
	told = stat("/proc/1/ns/net", &first) == 0;
	if (told)
		is_first = same(&ours, &first);
	if (is_first)
		return 0;
	strcpy(ret, RUN "/netns/");
	if (named(&ours, ret))
		return mip6i_put(ret, MIP6I_PATH, "/app") ? 0 : -ENAMETOOLONG;
	if (!mip6i_put_number(ret, MIP6I_PATH, ours.st_ino) ||
	    !mip6i_put(ret, MIP6I_PATH, "/app"))
		return -ENAMETOOLONG;
	if (!told && access(ret, F_OK) < 0 && lock_stands(&ours))
		strcpy(ret, RUN "/app");
	return 0;
}

int
mip6i_find(char ret[MIP6I_PATH], bool *ret_given)
{
	const char *given = secure_getenv("MIP6D_APP");

	*ret_given = given && *given;
	if (!*ret_given)
		return find_default(ret);
	ret[0] = '\0';
	return mip6i_put(ret, MIP6I_PATH, given) ? 0 : -ENAMETOOLONG;
}
