/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_fake - an application socket (src/ctl/app.h) whose daemon is the test.
 *
 *	app_fake SOCKET [UID]
 *
 * It listens as user UID.  Lines of words on standard input say what there
 * is; each is answered by "done":
 *
 *	set TYPE ADDRESS	the current address; who waits for it gets it
 *	unset TYPE		there is none: who asks, waits
 *	fail TYPE ERRNO		... is refused, and so are those who wait
 *	own TYPE ADDRESS	one more address that type-of knows
 *	tell EVENT TYPE ADDRESS	to all who watch
 *	lost N			... that they were too slow
 *	drop			end all connections
 *	count			"clients=N waiting=N grants=N watching=N
 *				asked=N"
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS		128
#define OWNED		64
#define LINE		256

static const char *const names[] = {
	"home-anchored", "access-anchored", "unanchored", "graceful"
};
#define TYPES		4

struct client {
	int	fd;
	int	waits;			/* for a type, -1 not */
	int64_t	until;			/* 0: for ever */
	int	grant;			/* ... has, -1 none */
	bool	watches;
	char	line[LINE];
	size_t	len;
};

struct fake {
	int	listener;
	char	addr[TYPES][INET6_ADDRSTRLEN];	/* "" none */
	char	fail[TYPES][32];
	struct {
		int	type;
		char	addr[INET6_ADDRSTRLEN];
	} own[OWNED];
	unsigned nown, asked;
	struct client client[CLIENTS];
	char	line[LINE];		/* of standard input */
	size_t	len;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int type_of_name(const char *name)
{
	for (int i = 0; i < TYPES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

__attribute__((format(printf, 2, 3)))
static void say(struct client *c, const char *fmt, ...)
{
	char text[LINE * 2];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	send(c->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void hang_up(struct client *c)
{
	close(c->fd);
	*c = (struct client){ .fd = -1, .waits = -1, .grant = -1 };
}

static void grant(struct fake *f, struct client *c, int type)
{
	c->waits = -1;
	if (*f->fail[type]) {
		say(c, "error %s told to\n", f->fail[type]);
		return;
	}
	c->grant = type;
	say(c, "grant type=%s address=%s\nok\n", names[type], f->addr[type]);
}

static void settle(struct fake *f)
{
	for (struct client *c = f->client; c < f->client + CLIENTS; c++) {
		if (c->fd < 0 || c->waits < 0)
			continue;
		if (*f->addr[c->waits] || *f->fail[c->waits]) {
			grant(f, c, c->waits);
		} else if (c->until && now_ms() >= c->until) {
			c->waits = -1;
			say(c, "error ETIMEDOUT it did not come\n");
		}
	}
}

static void remember(struct fake *f, int type, const char *addr)
{
	unsigned i = f->nown++ % OWNED;

	f->own[i].type = type;
	snprintf(f->own[i].addr, sizeof(f->own[i].addr), "%s", addr);
}

static void type_of(struct fake *f, struct client *c, const char *addr)
{
	for (unsigned i = f->nown < OWNED ? f->nown : OWNED; i-- > 0; ) {
		int t = f->own[i].type;

		if (strcmp(f->own[i].addr, addr))
			continue;
		say(c, "address type=%s address=%s current=%s\nok\n", names[t],
		    addr, strcmp(f->addr[t], addr) ? "no" : "yes");
		return;
	}
	say(c, "error ENOENT not one of ours\n");
}

static void on_line(struct fake *f, struct client *c, char *line)
{
	char *save, *verb = strtok_r(line, " ", &save);
	char *what = strtok_r(NULL, " ", &save);
	char *key = strtok_r(NULL, " ", &save);
	char *value = strtok_r(NULL, " ", &save);
	int type = what ? type_of_name(what) : -1;

	if (verb && strcmp(verb, "request") == 0 && type >= 0) {
		f->asked++;
		c->waits = type;
		c->until = key && value ? now_ms() + atoi(value) : 0;
		settle(f);
	} else if (verb && strcmp(verb, "type-of") == 0 && what) {
		type_of(f, c, what);
	} else if (verb && strcmp(verb, "watch") == 0 && !what) {
		c->watches = true;
		say(c, "ok\n");
	} else {
		say(c, "error EINVAL what?\n");
	}
}

/* Lines out of a buffer. */
static char *next_line(char *buf, size_t *len, char out[LINE])
{
	char *end = memchr(buf, '\n', *len);
	size_t n;

	if (!end)
		return NULL;
	n = (size_t)(end - buf);
	memcpy(out, buf, n);
	out[n] = '\0';
	*len -= n + 1;
	memmove(buf, end + 1, *len);
	return out;
}

static void on_client(struct fake *f, struct client *c)
{
	char line[LINE];
	ssize_t n = recv(c->fd, c->line + c->len, LINE - 1 - c->len,
			 MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(c);
		return;
	}
	c->len += (size_t)n;
	while (c->fd >= 0 && next_line(c->line, &c->len, line))
		on_line(f, c, line);
}

static void on_connect(struct fake *f)
{
	int fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);

	for (struct client *c = f->client; fd >= 0 && c < f->client + CLIENTS;
	     c++) {
		if (c->fd >= 0)
			continue;
		c->fd = fd;
		return;
	}
	close(fd);
}

static void tell(struct fake *f, const char *line)
{
	for (struct client *c = f->client; c < f->client + CLIENTS; c++)
		if (c->fd >= 0 && c->watches)
			say(c, "%s\n", line);
}

static void count(struct fake *f)
{
	unsigned clients = 0, waiting = 0, grants = 0, watching = 0;

	for (struct client *c = f->client; c < f->client + CLIENTS; c++) {
		if (c->fd < 0)
			continue;
		clients++;
		waiting += c->waits >= 0;
		grants += c->grant >= 0;
		watching += c->watches;
	}
	printf("clients=%u waiting=%u grants=%u watching=%u asked=%u\n",
	       clients, waiting, grants, watching, f->asked);
}

static void command(struct fake *f, char *line)
{
	char *save, *w[5] = { NULL }, text[LINE + 32];
	int type;

	for (int i = 0; i < 5; i++)
		w[i] = strtok_r(i ? NULL : line, " ", &save);
	type = w[1] ? type_of_name(w[1]) : -1;
	if (!w[0])
		return;
	if (!strcmp(w[0], "set") && type >= 0 && w[2]) {
		snprintf(f->addr[type], INET6_ADDRSTRLEN, "%s", w[2]);
		*f->fail[type] = '\0';
		remember(f, type, w[2]);
	} else if (!strcmp(w[0], "own") && type >= 0 && w[2]) {
		remember(f, type, w[2]);
	} else if (!strcmp(w[0], "unset") && type >= 0) {
		*f->addr[type] = *f->fail[type] = '\0';
	} else if (!strcmp(w[0], "fail") && type >= 0 && w[2]) {
		snprintf(f->fail[type], sizeof(f->fail[type]), "%s", w[2]);
	} else if (!strcmp(w[0], "tell") && w[1] && w[2] && w[3]) {
		snprintf(text, sizeof(text), "address event=%s type=%s "
			 "address=%s", w[1], w[2], w[3]);
		tell(f, text);
	} else if (!strcmp(w[0], "lost") && w[1]) {
		snprintf(text, sizeof(text), "lost count=%s", w[1]);
		tell(f, text);
	} else if (!strcmp(w[0], "drop")) {
		for (int i = 0; i < CLIENTS; i++)
			if (f->client[i].fd >= 0)
				hang_up(&f->client[i]);
	} else if (!strcmp(w[0], "count")) {
		count(f);
	} else {
		printf("what? ");
	}
	settle(f);
	puts("done");
	fflush(stdout);
}

static bool on_stdin(struct fake *f)
{
	char line[LINE];
	ssize_t n = read(0, f->line + f->len, LINE - 1 - f->len);

	if (n <= 0)
		return false;
	f->len += (size_t)n;
	while (next_line(f->line, &f->len, line))
		command(f, line);
	return true;
}

static int listen_at(const char *path, const char *uid)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    chmod(path, 0666) < 0 ||
	    (uid && setuid((uid_t)atoi(uid)) < 0) || listen(fd, 64) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	static struct fake f;
	struct pollfd p[CLIENTS + 2];

	if (argc < 2)
		return 2;
	f.listener = listen_at(argv[1], argv[2]);
	for (int i = 0; i < CLIENTS; i++)
		f.client[i] = (struct client){ -1, -1, 0, -1, false, "", 0 };
	puts("done");
	fflush(stdout);
	for (;;) {
		p[0] = (struct pollfd){ 0, POLLIN, 0 };
		p[1] = (struct pollfd){ f.listener, POLLIN, 0 };
		for (int i = 0; i < CLIENTS; i++)
			p[i + 2] = (struct pollfd){ f.client[i].fd, POLLIN, 0 };
		if (poll(p, CLIENTS + 2, 10) < 0)
			continue;
		for (int i = 0; i < CLIENTS; i++)
			if (p[i + 2].revents)
				on_client(&f, &f.client[i]);
		if (p[1].revents)
			on_connect(&f);
		if (p[0].revents && !on_stdin(&f))
			return 0;
		settle(&f);
	}
}
