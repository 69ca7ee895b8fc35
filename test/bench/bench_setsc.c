/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_setsc.c - setsc() for an address that is there already.
 *
 *	bench_setsc		against a daemon that answers from memory
 *	bench_setsc ADDRESS	against the one of this network namespace (or
 *				MIP6D_APP), which has the unanchored ADDRESS
 *	bench_setsc first	the milliseconds of one call for a home-
 *				anchored address, and no more
 *
 * The median of the calls; the sockets are made and closed outside of the
 * time that is taken.  At most 50 us is what it shall be.  An explicit bind(2)
 * to the address is the part that no library could spare.
 */
#include "config.h"

#include "mip6/socket.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ADDR		"2001:db8::a"
#define CALLS		5000
#define WARM		200

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* --- a daemon of a few lines -----------------------------------------------
 */

static void answer(int fd)
{
	static const char grant[] =
		"grant type=unanchored address=" ADDR "\nok\n";
	char line[128];

	if (read(fd, line, sizeof(line)) > 0 &&
	    write(fd, grant, sizeof(grant) - 1) > 0)
		(void)!read(fd, line, sizeof(line));	/* until it closes */
	close(fd);
}

static void serve(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t parent = getpid();

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    listen(fd, 64) < 0)
		die("listen");
	if (fork() != 0) {
		close(fd);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		answer(accept(fd, NULL, NULL));
	_exit(0);
}

static void world(void)
{
	struct { struct in6_addr a; uint32_t plen; int ifindex; } addr =
		{ .plen = 128, .ifindex = 1 };
	struct ifreq up = { .ifr_name = "lo" };
	char dir[] = "/tmp/bench-setsc.XXXXXX", path[64];
	int fd;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0) {
		fprintf(stderr, "bench_setsc: not root: skipped\n");
		exit(0);
	}
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	up.ifr_flags = IFF_UP | IFF_RUNNING;
	inet_pton(AF_INET6, ADDR, &addr.a);
	if (ioctl(fd, SIOCSIFFLAGS, &up) < 0 ||
	    ioctl(fd, SIOCSIFADDR, &addr) < 0)
		die("lo");
	close(fd);
	if (!mkdtemp(dir))
		die("mkdtemp");
	snprintf(path, sizeof(path), "%s/app", dir);
	setenv("MIP6D_APP", path, 1);
	serve(path);
}

static void forget(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s", getenv("MIP6D_APP"));
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

/* --- measuring -------------------------------------------------------------
 */

static double call(const struct in6_addr *addr, int explicit)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;
	double t = now_us();

	if (explicit) {
		sa.sin6_addr = *addr;
		rc = bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	} else {
		rc = setsc(fd, NULL, IPV6_REQUIRE_UNANCHORED);
	}
	t = now_us() - t;
	if (rc < 0)
		die(explicit ? "bind" : "setsc");
	close(fd);
	return t;
}

static double median(const struct in6_addr *addr, int explicit)
{
	static double t[CALLS];

	for (int i = 0; i < WARM; i++)
		call(addr, explicit);
	for (int i = 0; i < CALLS; i++)
		t[i] = call(addr, explicit);
	qsort(t, CALLS, sizeof(t[0]), by_value);
	return t[CALLS / 2];
}

static int first(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	double t = now_us();

	if (setsc(fd, NULL, IPV6_REQUIRE_HOME_ANCHORED) < 0)
		die("setsc");
	printf("%.2f\n", (now_us() - t) / 1e3);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	struct in6_addr addr;

	if (argc == 2 && strcmp(argv[1], "first") == 0)
		return first();
	if (argc < 2)
		world();
	if (inet_pton(AF_INET6, argc < 2 ? ADDR : argv[1], &addr) != 1)
		die(argv[1]);
	printf("bench name=setsc_bind value=%.1f unit=us\n", median(&addr, 1));
	printf("bench name=setsc_ready value=%.1f unit=us\n",
	       median(&addr, 0));
	if (argc < 2)
		forget();
	return 0;
}
