/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib_fake.c - the daemon of test_lib.h: a child process with a script.
 */
#include "config.h"

#include "test_lib.h"

#include <dirent.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static char dir[64], path[100];
static pid_t server, owner;

struct in6_ifreq_ {			/* linux/ipv6.h clashes */
	struct in6_addr	addr;
	uint32_t	plen;
	int		ifindex;
};

struct in6_addr fake_addr(const char *text)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1)
		abort();
	return a;
}

static bool add_address(int fd, const char *text)
{
	struct in6_ifreq_ r = { fake_addr(text), 128, 1 };

	return ioctl(fd, SIOCSIFADDR, &r) == 0;
}

static void remove_world(void)
{
	if (getpid() != owner)
		return;
	unlink(path);
	rmdir(dir);
}

bool fake_world(void)
{
	struct ifreq up = { .ifr_name = "lo" };
	int fd;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
		return false;
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	up.ifr_flags = IFF_UP | IFF_RUNNING;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up) < 0 ||
	    !add_address(fd, ADDR_A) || !add_address(fd, ADDR_B))
		return false;
	close(fd);
	snprintf(dir, sizeof(dir), "/tmp/mip6-lib.XXXXXX");
	if (!mkdtemp(dir) || chmod(dir, 0755) < 0)
		return false;
	owner = getpid();
	atexit(remove_world);
	snprintf(path, sizeof(path), "%s/app", dir);
	setenv("MIP6D_APP", path, 1);
	return true;
}

void fake_place(const char *to)
{
	snprintf(path, sizeof(path), "%s", to);
}

static int listen_here(int backlog)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	chmod(path, 0666);
	ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

/* --- the child -------------------------------------------------------------
 */

static void put(int fd, const char *text, size_t n)
{
	if (send(fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		_exit(3);
}

static void say(int fd, const struct fake_turn *t)
{
	const char *p = t->say;
	size_t n;

	for (; *p; p += n) {
		n = strcspn(p, "\1");
		if (n && t->bytewise)
			n = 1;
		if (!n) {
			usleep(50000);
			n = 1;
			continue;
		}
		put(fd, p, n);
		if (t->bytewise)
			usleep(1000);
	}
}

static void turn(int fd, const struct fake_turn *t)
{
	char line[256];
	size_t n = 0;

	do {
		if (n == sizeof(line) - 1 || recv(fd, line + n, 1, 0) != 1) {
			fprintf(stderr, "the client said nothing\n");
			_exit(2);
		}
	} while (line[n++] != '\n');
	line[n - 1] = '\0';
	if (t->expect && strcmp(t->expect, line)) {
		fprintf(stderr, "\"%s\" instead of \"%s\"\n", line, t->expect);
		_exit(2);
	}
	if (strcmp(t->say, "\2") == 0)	/* an octet 0 in an answer */
		put(fd, "o\0k\n", 4);
	else
		say(fd, t);
	while (t->stay && recv(fd, line, sizeof(line), 0) > 0)
		;
	close(fd);
}

static bool child(void)
{
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server)
		return false;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return true;
}

void fake_begin(const struct fake_turn *t, unsigned n)
{
	int fd = listen_here(16);

	if (!child()) {
		close(fd);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		turn(accept(fd, NULL, NULL), t + i);
	_exit(0);
}

void fake_crowd(const struct fake_turn *t)
{
	int fd = listen_here(64), conn;

	if (!child()) {
		close(fd);
		return;
	}
	signal(SIGCHLD, SIG_IGN);
	while ((conn = accept(fd, NULL, NULL)) >= 0) {
		if (fork() == 0) {
			turn(conn, t);
			_exit(0);
		}
		close(conn);
	}
	_exit(0);
}

void fake_nobody(void)
{
	int ready[2], fd;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	chmod(dir, 0777);
	if (child()) {
		if (setuid(65534) < 0)
			_exit(1);
		fd = listen_here(16);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		while (accept(fd, NULL, NULL) >= 0)
			;
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
}

void fake_asleep(void)
{
	int fd = listen_here(0);

	if (child())
		for (;;)
			pause();
	close(fd);
}

bool fake_end(void)
{
	int status;

	for (int i = 0; i < 200; i++) {
		if (waitpid(server, &status, WNOHANG) == server)
			return status == 0;
		usleep(10000);
	}
	kill(server, SIGKILL);
	waitpid(server, &status, 0);
	return false;
}

/* --- sockets ---------------------------------------------------------------
 */

int fake_socket(int type)
{
	return socket(AF_INET6, type | SOCK_CLOEXEC, 0);
}

const char *fake_bound(int fd, char text[INET6_ADDRSTRLEN], int *ret_port)
{
	struct sockaddr_in6 sa;
	socklen_t n = sizeof(sa);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &n), 0);
	if (ret_port)
		*ret_port = ntohs(sa.sin6_port);
	return inet_ntop(AF_INET6, &sa.sin6_addr, text, INET6_ADDRSTRLEN);
}

unsigned fake_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}
