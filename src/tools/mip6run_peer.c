/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run_peer.c - the process that made a call: its memory, its sockets, its
 * rights.
 *
 * All of it is what ptrace(2) would be allowed: one's own processes, and not
 * those that made themselves undumpable.  What is read may be changed by
 * another thread a moment later; that would be somebody who goes round his
 * own mip6run, which is no wall.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef PIDFD_THREAD
#define PIDFD_THREAD		O_EXCL		/* Linux 6.9 */
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE		71		/* Linux 5.14 */
#endif
#define NET_BIND_SERVICE	10		/* linux/capability.h */

int
peer_read(pid_t tid, uint64_t addr, void *ret, size_t len)
{
	struct iovec here = { ret, len };
	struct iovec there = { (void *)(uintptr_t)addr, len };
	ssize_t n = process_vm_readv(tid, &here, 1, &there, 1, 0);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EFAULT;
}

/* The text behind KEY: in /proc/TID/status. */
static bool
status_field(pid_t tid, const char *key, char *ret, size_t cap)
{
	char path[64], line[256];
	size_t n = strlen(key);
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		found = strncmp(line, key, n) == 0 && line[n] == ':';
		if (!found)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(ret, cap, "%s",
			 line + n + 1 + strspn(line + n + 1, " \t"));
	}
	fclose(f);
	return found;
}

static int
pidfd_of(pid_t tid)
{
	long fd = syscall(SYS_pidfd_open, tid, PIDFD_THREAD);
	char text[16];

	if (fd < 0 && errno == EINVAL && status_field(tid, "Tgid", text,
						      sizeof(text)))
		fd = syscall(SYS_pidfd_open, atoi(text), 0);
	return fd < 0 ? -errno : (int)fd;
}

int
peer_fd(pid_t tid, int fd)
{
	int pidfd = pidfd_of(tid), copy;

	if (pidfd < 0)
		return pidfd == -EINVAL ? -ESRCH : pidfd;
	copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy < 0)
		copy = -errno;
	close(pidfd);
	return copy;
}

/* 1, 0, -errno */
static int
same_namespace(pid_t tid, const char *kind)
{
	char path[64];
	struct stat a, b;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)tid, kind);
	if (stat(path, &a) < 0)
		return errno == EACCES ? -EPERM : -errno;
	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	if (stat(path, &b) < 0)
		return -errno;
	return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

int
peer_netns_is_ours(pid_t tid)
{
	return same_namespace(tid, "net");
}

static uint64_t
netns_cookie(int fd)
{
	uint64_t v = 0;
	socklen_t n = sizeof(v);

	getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &v, &n);
	return v;
}

bool
socket_is_ours(int fd)
{
	int own = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool same;

	if (own < 0)
		return true;
	same = netns_cookie(own) == netns_cookie(fd);
	close(own);
	return same;
}

static unsigned
first_free_port(void)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	unsigned port = 1024;

	if (f) {
		if (fscanf(f, "%u", &port) != 1)
			port = 1024;
		fclose(f);
	}
	return port;
}

/* We bind in its place, and the kernel looks at our rights only. */
bool
peer_may_port(pid_t tid, in_port_t port)
{
	char caps[32];

	if (!port || ntohs(port) >= first_free_port())
		return true;
	return same_namespace(tid, "user") == 1 &&
	       status_field(tid, "CapEff", caps, sizeof(caps)) &&
	       (strtoull(caps, NULL, 16) >> NET_BIND_SERVICE & 1);
}

void
peer_name(pid_t tid, char ret[16])
{
	if (!status_field(tid, "Name", ret, 16))
		strcpy(ret, "?");
}
