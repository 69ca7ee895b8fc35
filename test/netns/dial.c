/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dial - what an application does with a socket, word by word.
 *
 *	dial WORD...
 *
 *	tcp | udp | raw | four		a socket (of IPv4: four, UDP)
 *	connect ADDR PORT		an IPv4 address is a sockaddr_in
 *	bind ADDR PORT
 *	send ADDR PORT | msg ADDR PORT | mmsg ADDR PORT		one datagram
 *	from SRC ADDR PORT		... with IPV6_PKTINFO
 *	unconnect			connect to AF_UNSPEC
 *	listen | nonblock | require HEX
 *	local | port			print the socket's address, port
 *	peer				read what the peer says
 *	fork | thread			go on in one, and wait for it
 *	uring				io_uring_setup(2)
 *	old				from now on by the i386 calls
 *	unshare				into a network namespace of its own
 *	user UID | undumpable
 *	alarm MS | sleep MS
 *
 * Each prints its name and "ok", an errno, or what it found.  Linked
 * statically, so that nothing can be slipped under it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

struct dial {
	int	fd;
	bool	old;
	char	**word;
};

/* Below 4 GB, for the i386 calls. */
static union {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
} to;
static uint32_t args[6];
static char text[2] = "x";

static void say(const char *what, int rc)
{
	printf("%s %s\n", what, rc < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
}

static const char *next(struct dial *d)
{
	if (!*d->word) {
		fprintf(stderr, "dial: a word is missing\n");
		exit(2);
	}
	return *d->word++;
}

static socklen_t next_addr(struct dial *d)
{
	const char *addr = next(d);
	uint16_t port = htons((uint16_t)atoi(next(d)));

	memset(&to, 0, sizeof(to));
	if (inet_pton(AF_INET, addr, &to.in.sin_addr) == 1) {
		to.in.sin_family = AF_INET;
		to.in.sin_port = port;
		return sizeof(to.in);
	}
	if (inet_pton(AF_INET6, addr, &to.in6.sin6_addr) != 1) {
		fprintf(stderr, "dial: %s is no address\n", addr);
		exit(2);
	}
	to.in6.sin6_family = AF_INET6;
	to.in6.sin6_port = port;
	return sizeof(to.in6);
}

/* socketcall(2), as a 32-bit program does it. */
static int old_call(int which, uint64_t a, uint64_t b, uint64_t c, uint64_t e,
		    uint64_t f, uint64_t g)
{
#ifdef __x86_64__
	long rc;

	args[0] = (uint32_t)a;
	args[1] = (uint32_t)b;
	args[2] = (uint32_t)c;
	args[3] = (uint32_t)e;
	args[4] = (uint32_t)f;
	args[5] = (uint32_t)g;
	__asm__ volatile("int $0x80" : "=a"(rc)
			 : "a"(102), "b"((long)which), "c"((long)args)
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)rc >= 0)
		return (int)rc;
	errno = -(int)rc;
#else
	errno = ENOSYS;
#endif
	return -1;
}

static uint64_t at(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static void do_socket(struct dial *d, int family, int type)
{
	if (d->old)
		d->fd = old_call(1, (uint64_t)family, (uint64_t)type, 0, 0, 0,
				 0);
	else
		d->fd = socket(family, type,
			       type == SOCK_RAW ? IPPROTO_ICMPV6 : 0);
	say("socket", d->fd);
}

static void do_connect(struct dial *d)
{
	socklen_t n = next_addr(d);

	say("connect", d->old ?
	    old_call(3, (uint64_t)d->fd, at(&to), n, 0, 0, 0) :
	    connect(d->fd, &to.sa, n));
}

static void do_bind(struct dial *d)
{
	socklen_t n = next_addr(d);

	say("bind", d->old ?
	    old_call(2, (uint64_t)d->fd, at(&to), n, 0, 0, 0) :
	    bind(d->fd, &to.sa, n));
}

static void do_send(struct dial *d)
{
	socklen_t n = next_addr(d);

	say("send", d->old ?
	    old_call(11, (uint64_t)d->fd, at(text), 1, 0, at(&to), n) :
	    (int)sendto(d->fd, text, 1, 0, &to.sa, n));
}

/* sendmsg, or one of two messages of sendmmsg (the other goes to ::1). */
static void do_msg(struct dial *d, bool many, const char *src)
{
	struct iovec iov = { text, 1 };
	struct sockaddr_in6 self = { .sin6_family = AF_INET6,
				     .sin6_addr = in6addr_loopback,
				     .sin6_port = htons(9) };
	union {
		struct cmsghdr	h;
		char		room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { { 0 } };
	struct in6_pktinfo info = { 0 };
	struct msghdr m = { .msg_name = &to, .msg_namelen = next_addr(d),
			    .msg_iov = &iov, .msg_iovlen = 1 };
	struct mmsghdr two[2] = { { .msg_hdr = m }, { .msg_hdr = m } };

	two[0].msg_hdr.msg_name = &self;
	if (many) {
		say("mmsg", sendmmsg(d->fd, two, 2, 0));
		return;
	}
	if (src) {
		inet_pton(AF_INET6, src, &info.ipi6_addr);
		control.h = (struct cmsghdr){ CMSG_LEN(sizeof(info)),
					      IPPROTO_IPV6, IPV6_PKTINFO };
		memcpy(CMSG_DATA(&control.h), &info, sizeof(info));
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
	}
	say(src ? "from" : "msg", (int)sendmsg(d->fd, &m, 0));
}

static void do_local(struct dial *d, bool port)
{
	char addr[INET6_ADDRSTRLEN] = "?";
	socklen_t n = sizeof(to);

	if (getsockname(d->fd, &to.sa, &n) < 0) {
		say("local", -1);
		return;
	}
	if (port) {
		printf("port %d\n", ntohs(to.in.sin_port));
		fflush(stdout);
		return;
	}
	if (to.sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &to.in.sin_addr, addr, sizeof(addr));
	else
		inet_ntop(AF_INET6, &to.in6.sin6_addr, addr, sizeof(addr));
	printf("local %s\n", addr);
	fflush(stdout);
}

static void do_peer(struct dial *d)
{
	struct timeval tv = { 5, 0 };
	char buf[128];
	ssize_t n;

	setsockopt(d->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	n = recv(d->fd, buf, sizeof(buf) - 1, 0);
	if (n < 0) {
		say("peer", -1);
		return;
	}
	buf[n] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	printf("peer %s\n", buf);
	fflush(stdout);
}

static void do_unconnect(struct dial *d)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	say("unconnect", connect(d->fd, &none, sizeof(none)));
}

static void do_fork(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		return;
	waitpid(pid, &status, 0);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
}

static void on_alarm(int sig)
{
}

static void do_alarm(struct dial *d)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval t = { { 0, 0 }, { 0, 1000 * atoi(next(d)) } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

static void do_require(struct dial *d)
{
	int flags = (int)strtol(next(d), NULL, 16);

	say("require", setsockopt(d->fd, IPPROTO_IPV6, 72, &flags,
				  sizeof(flags)));
}

static void *run(void *arg);

static void do_thread(struct dial *d)
{
	pthread_t t;

	if (pthread_create(&t, NULL, run, d) == 0)
		pthread_join(t, NULL);
}

static bool is(const char *w, const char *name)
{
	return strcmp(w, name) == 0;
}

static bool do_socket_word(struct dial *d, const char *w)
{
	const char *src;

	if (is(w, "tcp"))
		do_socket(d, AF_INET6, SOCK_STREAM);
	else if (is(w, "udp"))
		do_socket(d, AF_INET6, SOCK_DGRAM);
	else if (is(w, "raw"))
		do_socket(d, AF_INET6, SOCK_RAW);
	else if (is(w, "four"))
		do_socket(d, AF_INET, SOCK_DGRAM);
	else if (is(w, "connect"))
		do_connect(d);
	else if (is(w, "bind"))
		do_bind(d);
	else if (is(w, "send"))
		do_send(d);
	else if (is(w, "msg") || is(w, "mmsg"))
		do_msg(d, is(w, "mmsg"), NULL);
	else if (is(w, "from"))
		src = next(d), do_msg(d, false, src);
	else if (is(w, "unconnect"))
		do_unconnect(d);
	else if (is(w, "listen"))
		say("listen", listen(d->fd, 1));
	else if (is(w, "nonblock"))
		fcntl(d->fd, F_SETFL, O_NONBLOCK);
	else if (is(w, "require"))
		do_require(d);
	else if (is(w, "local") || is(w, "port"))
		do_local(d, is(w, "port"));
	else if (is(w, "peer"))
		do_peer(d);
	else
		return false;
	return true;
}

static void do_word(struct dial *d, const char *w)
{
	static char params[120];

	if (do_socket_word(d, w))
		return;
	if (is(w, "fork"))
		do_fork();
	else if (is(w, "thread"))
		do_thread(d);
	else if (is(w, "uring"))
		say("uring", (int)syscall(425, 1, params));
	else if (is(w, "old"))
		d->old = true;
	else if (is(w, "unshare"))
		say("unshare", unshare(CLONE_NEWNET));
	else if (is(w, "user"))
		say("user", setuid((uid_t)atoi(next(d))));
	else if (is(w, "undumpable"))
		prctl(PR_SET_DUMPABLE, 0);
	else if (is(w, "alarm"))
		do_alarm(d);
	else if (is(w, "sleep"))
		usleep(1000U * (unsigned)atoi(next(d)));
	else
		fprintf(stderr, "dial: %s?\n", w), exit(2);
}

static void *run(void *arg)
{
	struct dial *d = arg;

	while (*d->word)
		do_word(d, next(d));
	return NULL;
}

int main(int argc, char **argv)
{
	struct dial d = { -1, false, argv + 1 };

	run(&d);
	return 0;
}
