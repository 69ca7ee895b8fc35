/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundir.c - where files of a running daemon are, and who may run.
 */
#include "sys/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NETNS_DIR	"/run/netns"

/* The name `ip netns' gave to a namespace; false: none. */
static bool
netns_name(const struct stat *ns, char *ret, size_t cap)
{
	char path[300];
	struct dirent *d;
	struct stat st;
	bool found = false;
	DIR *dir;

	dir = opendir(NETNS_DIR);
	if (!dir)
		return false;
	while (!found && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", d->d_name);
		found = stat(path, &st) == 0 && st.st_ino == ns->st_ino &&
			st.st_dev == ns->st_dev;
		if (found)
			snprintf(ret, cap, "%s", d->d_name);
	}
	closedir(dir);
	return found;
}

void
rundir_default(const char *base, char ret[RUNDIR_PATH])
{
	struct stat self, init;
	char name[NAME_MAX + 1];

	snprintf(ret, RUNDIR_PATH, "%s", base);
	if (stat("/proc/self/ns/net", &self) < 0)
		return;
	/* without the right to look at process 1 the name decides */
	if (stat("/proc/1/ns/net", &init) == 0 && self.st_ino == init.st_ino &&
	    self.st_dev == init.st_dev)
		return;
	if (!netns_name(&self, name, sizeof(name)))
		snprintf(name, sizeof(name), "%ju", (uintmax_t)self.st_ino);
	if (snprintf(ret, RUNDIR_PATH, "%s/netns/%s", base,
		     name) >= RUNDIR_PATH)
		snprintf(ret, RUNDIR_PATH, "%s/netns/%ju", base,
			 (uintmax_t)self.st_ino);
}

int
rundir_make(const char *path, mode_t mode)
{
	char part[RUNDIR_PATH];
	struct stat st;
	char *p;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	for (p = part + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	if (mkdir(part, mode) < 0 && errno != EEXIST)
		return -errno;
	if (stat(part, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	/* what is in it is believed, so nobody else may put it there */
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	return 0;
}

int
rundir_file(const char *dir, const char *name, char ret[RUNDIR_PATH])
{
	int n = snprintf(ret, RUNDIR_PATH, "%s/%s", dir, name);

	return n < RUNDIR_PATH ? 0 : -ENAMETOOLONG;
}

static pid_t
lock_holder(int fd)
{
	char text[16];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

/* The holder unlinks the file when it ends, so what was locked may be a
 * file without a name by now. */
static bool
still_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static int
lock_open(const char *path, int flags)
{
	for (;;) {
		int fd, err;

		fd = open(path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
			err = -errno;
			close(fd);
			return err;
		}
		if (still_there(fd, path))
			return fd;
		close(fd);
	}
}

int
rundir_lock(const char *path, pid_t *ret_pid)
{
	int fd = lock_open(path, O_CREAT), other;

	*ret_pid = 0;
	if (fd == -EWOULDBLOCK) {
		other = open(path, O_RDONLY | O_CLOEXEC);
		if (other >= 0) {
			*ret_pid = lock_holder(other);
			close(other);
		}
	}
	if (fd < 0)
		return fd;
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* Locks of namespaces whose daemon was killed, and which may be gone. */
static void
sweep_locks(void)
{
	char path[RUNDIR_PATH + NAME_MAX];
	struct dirent *d;
	DIR *dir;
	int fd;

	dir = opendir(RUNDIR_RUN);
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (fnmatch("netns-*.lock", d->d_name, 0))
			continue;
		snprintf(path, sizeof(path), RUNDIR_RUN "/%s", d->d_name);
		fd = lock_open(path, 0);
		if (fd < 0)
			continue;
		unlink(path);
		close(fd);
	}
	closedir(dir);
}

int
rundir_namespace_lock(char ret[RUNDIR_PATH])
{
	struct stat st;
	int err;

	if (stat("/proc/self/ns/net", &st) < 0)
		return -errno;
	err = rundir_make(RUNDIR_RUN, 0755);
	if (err)
		return err;
	sweep_locks();
	snprintf(ret, RUNDIR_PATH, RUNDIR_RUN "/netns-%ju.lock",
		 (uintmax_t)st.st_ino);
	return 0;
}
