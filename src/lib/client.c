/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c - one question to the daemon and its answer.
 *
 * A question has a connection of its own, so that threads need not know of
 * each other and a closed descriptor takes the question back.  It is a
 * connect, a write, a read and a close when nothing has to be waited for.
 *
 * Who answers must be root, or any user could hand out addresses by being
 * there first.  In a user namespace that does not map root, root is seen as
 * the overflow user, like everybody else who is not mapped; it is believed
 * at the default place only, which lies in a directory of root's.  Outside
 * of such a namespace that number is `nobody', who is not believed.
 */
#include "config.h"

#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MS_MAX		3600000		/* that a request may wait */

/* --- time ------------------------------------------------------------------
 */

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
mip6i_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? MIP6I_FOREVER : now_ms() + timeout_ms;
}

/* At most an hour at once: poll takes an int. */
static int
left(int64_t deadline)
{
	int64_t ms = deadline - now_ms();

	if (deadline == MIP6I_FOREVER)
		return -1;
	return ms < 0 ? 0 : ms > MS_MAX ? MS_MAX : (int)ms;
}

int
mip6i_wait(int fd, int64_t deadline)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int n, ms;

	for (;;) {
		ms = left(deadline);
		n = poll(&p, 1, ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0 && ms == 0)
			return -ETIMEDOUT;
	}
}

/* --- who is there ----------------------------------------------------------
 */

static int
read_file(const char *path, char *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, cap - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	buf[n] = '\0';
	return 0;
}

static const char *
number(const char *p, uint64_t *ret)
{
	uint64_t v = 0;

	p += strspn(p, " \n");
	for (; *p >= '0' && *p <= '9'; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	*ret = v;
	return p;
}

/* Root of the machine, seen from a user namespace where it has no number. */
static bool
unmapped_root(uid_t uid)
{
	char text[256];
	uint64_t inside, outside, count, overflow;
	const char *p;

	if (read_file("/proc/sys/kernel/overflowuid", text, sizeof(text)))
		return false;
	number(text, &overflow);
	if (uid != overflow || read_file("/proc/self/uid_map", text,
					 sizeof(text)))
		return false;
	p = number(text, &inside);
	p = number(p, &outside);
	number(p, &count);
	/* the initial namespace maps all, one to one */
	return inside != 0 || outside != 0 || count != UINT32_MAX;
}

static int
check_peer(int fd, bool given)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t n = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
		return -errno;
	if (peer.uid == 0 || (!given && unmapped_root(peer.uid)))
		return 0;
	return -EPERM;
}

/* --- connecting ------------------------------------------------------------
 */

/* Why there is no connection, as the manual has it. */
static int
no_daemon(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EAGAIN:
		return -err;
	}
	return -EOPNOTSUPP;
}

static int
try_connect(int fd, const struct sockaddr_un *sun, int64_t deadline)
{
	struct timeval tv;
	int ms;

	for (;;) {
		ms = left(deadline);
		if (ms >= 0) {		/* 0 would be for ever */
			tv.tv_sec = ms / 1000;
			tv.tv_usec = ms ? ms % 1000 * 1000 : 1000;
			setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
				   sizeof(tv));
		}
		if (connect(fd, (const struct sockaddr *)sun,
			    sizeof(*sun)) == 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || deadline == MIP6I_FOREVER)
			return no_daemon(errno);
		if (left(deadline) == 0)
			return -ETIMEDOUT;
	}
}

int
mip6i_connect(bool wait, int64_t deadline)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	bool given;
	int fd, err;

	if (mip6i_find(sun.sun_path, &given))
		return -EOPNOTSUPP;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		    (wait ? 0 : SOCK_NONBLOCK), 0);
	if (fd < 0)
		return no_daemon(errno);
	/* one that does not wait asks without a deadline: the first EAGAIN
	 * is the answer */
	err = try_connect(fd, &sun, wait ? deadline : MIP6I_FOREVER);
	if (!err)
		err = check_peer(fd, given);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* --- talking ---------------------------------------------------------------
 */

/* A daemon that is at its limit says so and closes, perhaps before we have
 * spoken: what it said is what counts, so a broken pipe is no error here. */
int
mip6i_send(int fd, const char *line)
{
	size_t at = 0, len = strlen(line);
	ssize_t n;

	while (at < len) {
		n = send(fd, line + at, len - at, MSG_NOSIGNAL);
		if (n >= 0)
			at += (size_t)n;
		else if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static bool
printable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

/* One line of an answer.  1: it was the last. */
static int
take_line(const char *line, struct mip6i_reply *r)
{
	const char *type, *addr;
	size_t ntype, naddr;

	if (!printable(line))
		return -EPROTO;
	if (strcmp(line, "ok") == 0)
		return 1;
	if (strncmp(line, "error ", 6) == 0) {
		r->err = mip6i_errno(line + 6);
		return 1;
	}
	if (strncmp(line, "grant ", 6) && strncmp(line, "address ", 8))
		return -EPROTO;
	ntype = mip6i_value(line, "type", &type);
	naddr = mip6i_value(line, "address", &addr);
	if (!ntype || !naddr)
		return -EPROTO;
	r->type = mip6i_type_parse(type, ntype);
	if (!r->type || !mip6i_address(addr, naddr, &r->addr))
		return -EPROTO;
	return 0;
}

/* -EINPROGRESS: there is more to come. */
static int
parse(char *text, size_t len, struct mip6i_reply *ret)
{
	struct mip6i_reply r = { 0 };
	char *end;
	int rc;

	if (memchr(text, '\0', len))
		return -EPROTO;
	text[len] = '\0';
	for (; (end = strchr(text, '\n')); text = end + 1) {
		*end = '\0';
		rc = take_line(text, &r);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			*ret = r;
			return 0;
		}
	}
	return -EINPROGRESS;
}

/* A copy is parsed: the rest may be on its way. */
static int
parse_copy(const char *text, size_t len, struct mip6i_reply *ret)
{
	char copy[MIP6I_REPLY + 1];
	int err;

	memcpy(copy, text, len);
	err = parse(copy, len, ret);
	return err == -EINPROGRESS && len == MIP6I_REPLY ? -EPROTO : err;
}

/* >0 octets, 0 the end, -errno. */
static ssize_t
get(int fd, char *buf, size_t cap, int flags)
{
	ssize_t n;

	do
		n = recv(fd, buf, cap, flags);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EPIPE ? -ECONNRESET : -errno;
	return n;
}

int
mip6i_receive(int fd, int64_t deadline, struct mip6i_reply *ret)
{
	char buf[MIP6I_REPLY];
	size_t len = 0;
	ssize_t n;
	int err;

	do {
		if (deadline != MIP6I_FOREVER) {
			err = mip6i_wait(fd, deadline);
			if (err)
				return err;
		}
		n = get(fd, buf + len, sizeof(buf) - len, 0);
		if (n <= 0)
			return n ? (int)n : -ECONNRESET;
		len += (size_t)n;
		err = parse_copy(buf, len, ret);
	} while (err == -EINPROGRESS);
	return err;
}

/* Is there an end behind what is there? */
static bool
ended(int fd)
{
	struct pollfd p = { fd, POLLRDHUP, 0 };

	return poll(&p, 1, 0) > 0;
}

int
mip6i_peek(int fd, struct mip6i_reply *ret)
{
	char buf[MIP6I_REPLY];
	bool end = ended(fd);		/* before: nothing comes after it */
	ssize_t n = get(fd, buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT);
	int err;

	if (n == -EAGAIN)
		return -EINPROGRESS;
	if (n <= 0)
		return n ? (int)n : -ECONNRESET;
	err = parse_copy(buf, (size_t)n, ret);
	return err == -EINPROGRESS && end ? -ECONNRESET : err;
}

int
mip6i_line(int fd, char *ret, size_t cap)
{
	bool over = ended(fd);
	ssize_t n = get(fd, ret, cap, MSG_PEEK | MSG_DONTWAIT);
	char *end;

	if (n <= 0)
		return n ? (int)n : -ECONNRESET;
	end = memchr(ret, '\n', (size_t)n);
	if (!end && (size_t)n == cap)
		return -EPROTO;
	if (!end)
		return over ? -ECONNRESET : -EAGAIN;
	n = get(fd, ret, (size_t)(end - ret) + 1, MSG_DONTWAIT);
	if (n < 0)
		return (int)n;
	*end = '\0';
	return memchr(ret, '\0', (size_t)n) == end && printable(ret) ? 0
								     : -EPROTO;
}

/* --- questions -------------------------------------------------------------
 */

static int
question(const char *line, bool wait, int64_t deadline)
{
	int fd = mip6i_connect(wait, deadline), err;

	if (fd < 0)
		return fd;
	err = mip6i_send(fd, line);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int
mip6i_ask(sc_type type, int timeout_ms, bool wait, int64_t deadline)
{
	char line[64] = "request ";

	mip6i_put(line, sizeof(line), mip6i_type_name(type));
	if (timeout_ms >= 0) {
		if (timeout_ms < 1)
			timeout_ms = 1;
		if (timeout_ms > MS_MAX)
			timeout_ms = MS_MAX;
		mip6i_put(line, sizeof(line), " timeout ");
		mip6i_put_number(line, sizeof(line), (uint64_t)timeout_ms);
	}
	mip6i_put(line, sizeof(line), "\n");
	return question(line, wait, deadline);
}

int
mip6i_type_of(const struct in6_addr *addr, int64_t deadline, sc_type *ret)
{
	char line[64] = "type-of ", text[INET6_ADDRSTRLEN];
	struct mip6i_reply r;
	int fd, err;

	inet_ntop(AF_INET6, addr, text, sizeof(text));
	mip6i_put(line, sizeof(line), text);
	mip6i_put(line, sizeof(line), "\n");
	fd = question(line, true, deadline);
	if (fd < 0)
		return fd;
	err = mip6i_receive(fd, deadline, &r);
	close(fd);
	if (err)
		return err;
	if (r.err && r.err != ENOENT)
		return -r.err;
	if (!r.err && (!r.type || !IN6_ARE_ADDR_EQUAL(&r.addr, addr)))
		return -EPROTO;
	*ret = r.err ? 0 : r.type;
	return 0;
}
