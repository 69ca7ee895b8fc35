/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run_call.c - what becomes of a call.
 *
 * With hooks: the socket is made here, with the requirement on it, and put
 * in place of the one that was asked for.  The kernel does the rest at
 * connect(2) and sendto(2).
 *
 * Without: when a socket of IPv6 that has no local address first names a
 * destination that concerns us, we bind it, and the call goes on as if it had
 * been bound before.  A bind to :: is done by us, to the address.  Which
 * sockets we bound is remembered: when such a one turns to IPv4 or is
 * disconnected (getaddrinfo(3) does both to learn source addresses), it gets
 * back its ::, or it could not.
 *
 * Loopback, link-local, multicast and IPv4-mapped addresses are none of our
 * business, nor are sockets of other network namespaces.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE_OF_MS	2000		/* for the daemon to answer */
#define CONTROL_MAX	1024		/* octets of msg_control we look at */
#define MESSAGES_MAX	1024		/* UIO_MAXIOV of sendmmsg(2) */

struct who {
	struct run	*run;
	pid_t		tid;
	uint64_t	id;		/* of the notification */
	const struct call *call;
	struct answer	*ans;
};

static enum verdict
done(struct who *w, int err)
{
	w->ans->err = err < 0 ? -err : err;
	return V_DONE;
}

/* We could not look.  A socket might get a wrong source, so no. */
static enum verdict
unseen(struct who *w, int err)
{
	char name[16];

	if (err != -EPERM && err != -EACCES)
		return V_GO_ON;		/* gone, or the kernel will complain */
	if (!w->run->complained) {
		w->run->complained = true;
		peer_name(w->tid, name);
		fprintf(stderr, "mip6run: may not look into process %d (%s): "
			"its sockets are refused\n", (int)w->tid, name);
	}
	return done(w, EACCES);
}

/* --- addresses -------------------------------------------------------------
 */

static bool
concerns(const struct in6_addr *a)
{
	return !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a) &&
	       !IN6_IS_ADDR_LINKLOCAL(a) && !IN6_IS_ADDR_MULTICAST(a) &&
	       !IN6_IS_ADDR_V4MAPPED(a);
}

/* A sockaddr, as far as it is there. */
static int
read_addr(struct who *w, uint64_t at, uint64_t len, struct sockaddr_in6 *ret)
{
	size_t n = len < sizeof(*ret) ? (size_t)len : sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	if (!at || n < sizeof(ret->sin6_family)) {
		ret->sin6_family = AF_MAX;	/* nothing of ours */
		return 0;
	}
	if (n < 24)			/* RFC 2133's, without scope */
		n = sizeof(ret->sin6_family);
	return peer_read(w->tid, at, ret, n);
}

static bool
is_v4(const struct sockaddr_in6 *sa)
{
	return sa->sin6_family == AF_INET ||
	       (sa->sin6_family == AF_INET6 &&
		IN6_IS_ADDR_V4MAPPED(&sa->sin6_addr));
}

/* --- sockets ---------------------------------------------------------------
 */

static int
option(int fd, int name)
{
	int v = -1;
	socklen_t n = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, name, &v, &n) < 0 ? -1 : v;
}

static bool
local(int fd, struct sockaddr_in6 *ret)
{
	socklen_t n = sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	return getsockname(fd, (struct sockaddr *)ret, &n) == 0 &&
	       ret->sin6_family == AF_INET6;
}

static bool
connected(int fd)
{
	struct sockaddr_in6 peer;
	socklen_t n = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &n) == 0;
}

/* A copy of the caller's socket, when it is one that could be ours; -EBADF:
 * not.  -EPERM, -ESRCH. */
static int
ours(struct who *w)
{
	int fd = peer_fd(w->tid, (int)w->call->arg[0]), err = -EBADF;

	if (fd < 0)
		return fd;
	/* as long as the call waits, its thread's number is no other's */
	if (ioctl(w->run->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &w->id) < 0)
		err = -ESRCH;
	else if (option(fd, SO_DOMAIN) == AF_INET6 && socket_is_ours(fd))
		return fd;
	close(fd);
	return err;
}

static uint64_t
cookie(int fd)
{
	uint64_t v = 0;
	socklen_t n = sizeof(v);

	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &v, &n);
	return v;
}

/* NULL: not one of them. */
static const struct bound *
bound_by_us(const struct run *r, int fd)
{
	unsigned n = r->nbound < RUN_BOUND ? r->nbound : RUN_BOUND;
	uint64_t c = n ? cookie(fd) : 0;

	for (unsigned i = 0; i < n; i++)
		if (r->bound[i].cookie == c)
			return &r->bound[i];
	return NULL;
}

/* The oldest is forgotten: that socket keeps its address. */
static void
remember(struct run *r, int fd, bool v6only)
{
	if (!bound_by_us(r, fd))
		r->bound[r->nbound++ % RUN_BOUND] =
			(struct bound){ cookie(fd), v6only };
}

static int
disconnect(int fd)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof(none)) < 0 ? -errno : 0;
}

/* A socket that has a port which nobody asked for (it sent to ::1 first, say)
 * is taken back from it, and gets the address, and the same port where others
 * may know it by now. */
static int
bind_again(int fd, const struct in6_addr *addr, bool keep_port)
{
	struct sockaddr_in6 now;
	int err;

	if (!local(fd, &now))
		return -EINVAL;
	err = disconnect(fd);
	if (err)
		return err;
	if (!keep_port || option(fd, SO_TYPE) != SOCK_DGRAM)
		return mip6i_bind(fd, addr);
	now.sin6_addr = *addr;
	now.sin6_scope_id = 0;
	if (bind(fd, (struct sockaddr *)&now, sizeof(now)) == 0)
		return 0;
	err = -errno;
	now.sin6_addr = in6addr_any;
	bind(fd, (struct sockaddr *)&now, sizeof(now));
	return err;
}

static enum verdict
not_bound(struct who *w, int err)
{
	if (err != -EADDRNOTAVAIL)
		return done(w, err);
	grant_unusable(&w->run->grant);
	return V_WAIT;
}

/* It names a destination that concerns us. */
static enum verdict
give(struct who *w)
{
	struct grant *g = &w->run->grant;
	struct sockaddr_in6 now;
	int fd = ours(w), err;
	bool v6only;

	if (fd < 0)
		return unseen(w, fd);
	if (!local(fd, &now) || !IN6_IS_ADDR_UNSPECIFIED(&now.sin6_addr) ||
	    option(fd, SO_ACCEPTCONN) == 1) {
		close(fd);
		return V_GO_ON;
	}
	if (!g->ready) {
		close(fd);
		return V_WAIT;
	}
	v6only = mip6i_v6only(fd);
	err = mip6i_bind(fd, &g->addr);
	if (err == -EINVAL)
		err = bind_again(fd, &g->addr, w->call->op != OP_CONNECT);
	if (!err)
		remember(w->run, fd, v6only);
	close(fd);
	return err ? not_bound(w, err) : V_GO_ON;
}

static bool
has(int fd, const struct in6_addr *addr)
{
	struct sockaddr_in6 now;

	return local(fd, &now) && IN6_ARE_ADDR_EQUAL(&now.sin6_addr, addr);
}

/* A socket that we have bound turns elsewhere, where our address may be in the
 * way; and the kernel, which believes that its owner bound it, would not clear
 * it.  A stream that is connected, or about to be, is left alone, and so is
 * what has the address `keep'. */
static enum verdict
take_back(struct who *w, bool unspec, const struct in6_addr *keep)
{
	const struct bound *b;
	int fd;

	if (!w->run->nbound)
		return V_GO_ON;
	fd = ours(w);
	if (fd < 0)
		return V_GO_ON;		/* not one that we have bound */
	b = bound_by_us(w->run, fd);
	if (b && !(keep && has(fd, keep)) &&
	    (unspec || (option(fd, SO_TYPE) == SOCK_DGRAM &&
			(w->call->op == OP_CONNECT || !connected(fd))))) {
		disconnect(fd);
		mip6i_unbind(fd, b->v6only);
	}
	close(fd);
	return V_GO_ON;
}

/* May a socket have this address by its own will? */
static enum verdict
check_own(struct who *w, const struct in6_addr *addr)
{
	sc_type type;
	int err;

	if (!concerns(addr) || IN6_ARE_ADDR_EQUAL(addr, &w->run->grant.addr))
		return V_GO_ON;
	err = mip6i_type_of(addr, mip6i_deadline(TYPE_OF_MS), &type);
	if (err)
		return done(w, EADDRNOTAVAIL);	/* nobody can tell */
	return type == w->run->type ? V_GO_ON : done(w, EINVAL);
}

/* --- calls -----------------------------------------------------------------
 */

static enum verdict
to(struct who *w, uint64_t at, uint64_t len)
{
	bool connects = w->call->op == OP_CONNECT, six;
	struct sockaddr_in6 dst;
	int err = read_addr(w, at, len, &dst);

	if (err)
		return unseen(w, err);
	if (connects && dst.sin6_family == AF_UNSPEC)
		return take_back(w, true, NULL);
	six = dst.sin6_family == AF_INET6 && !is_v4(&dst);
	if (six && concerns(&dst.sin6_addr)) {
		if (connects)		/* from an address of before, say */
			take_back(w, false, &w->run->grant.addr);
		return give(w);
	}
	return connects || is_v4(&dst) ? take_back(w, false, NULL) : V_GO_ON;
}

static enum verdict
on_bind(struct who *w)
{
	struct grant *g = &w->run->grant;
	struct sockaddr_in6 sa;
	int err, fd;

	err = read_addr(w, w->call->arg[1], w->call->arg[2], &sa);
	if (err)
		return unseen(w, err);
	if (sa.sin6_family != AF_INET6)
		return V_GO_ON;
	fd = ours(w);
	if (fd < 0)
		return unseen(w, fd);
	if (!IN6_IS_ADDR_UNSPECIFIED(&sa.sin6_addr)) {
		close(fd);
		return check_own(w, &sa.sin6_addr);
	}
	if (!g->ready) {
		close(fd);
		return V_WAIT;
	}
	err = -EACCES;
	if (peer_may_port(w->tid, sa.sin6_port)) {
		sa.sin6_addr = g->addr;
		sa.sin6_scope_id = 0;
		err = bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ?
			-errno : 0;
	}
	close(fd);
	return err ? not_bound(w, err) : done(w, 0);
}

/* struct msghdr of either size. */
struct message {
	uint64_t	name, control;
	uint64_t	namelen, controllen;
};

static int
read_message(struct who *w, uint64_t at, struct message *ret)
{
	uint32_t h32[7];		/* name namelen iov iovlen control
					   controllen flags */
	uint64_t h64[7];
	int err;

	if (w->call->bits32) {
		err = peer_read(w->tid, at, h32, sizeof(h32));
		if (!err)
			*ret = (struct message){ h32[0], h32[4], h32[1],
						 h32[5] };
	} else {
		err = peer_read(w->tid, at, h64, sizeof(h64));
		if (!err)
			*ret = (struct message){ h64[0], h64[4],
						 (uint32_t)h64[1], h64[5] };
	}
	return err;
}

/* A source by IPV6_PKTINFO.  *ret is :: without one. */
static int
read_pktinfo(struct who *w, const struct message *m, struct in6_addr *ret)
{
	size_t word = w->call->bits32 ? 4 : 8, head = word + 8, at = 0, len;
	size_t size = m->controllen < CONTROL_MAX ? (size_t)m->controllen
						  : CONTROL_MAX;
	unsigned char buf[CONTROL_MAX];
	int level, type, err;
	uint64_t v;

	*ret = in6addr_any;
	if (!m->control || !size)
		return 0;
	err = peer_read(w->tid, m->control, buf, size);
	if (err)
		return err;
	for (; at + head <= size; at += (len + word - 1) & ~(word - 1)) {
		v = 0;
		memcpy(&v, buf + at, word);	/* little endian */
		if (v < head || v > size - at)
			break;
		len = (size_t)v;
		memcpy(&level, buf + at + word, sizeof(level));
		memcpy(&type, buf + at + word + 4, sizeof(type));
		if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO &&
		    len >= head + sizeof(*ret))
			memcpy(ret, buf + at + head, sizeof(*ret));
	}
	return 0;
}

/* V_GO_ON: this message needs nothing (more). */
static enum verdict
on_message(struct who *w, uint64_t at)
{
	struct in6_addr src;
	struct message m;
	int err, fd;

	err = read_message(w, at, &m);
	if (!err)
		err = read_pktinfo(w, &m, &src);
	if (err)
		return unseen(w, err);
	if (concerns(&src)) {
		fd = ours(w);
		if (fd < 0)
			return unseen(w, fd);
		close(fd);
		return check_own(w, &src);
	}
	return to(w, m.name, m.namelen);
}

static enum verdict
on_messages(struct who *w)
{
	uint64_t n = (uint32_t)w->call->arg[2];
	uint64_t size = w->call->bits32 ? 32 : 64;
	enum verdict v = V_GO_ON;

	if (n > MESSAGES_MAX)
		n = MESSAGES_MAX;
	for (uint64_t i = 0; v == V_GO_ON && i < n; i++)
		v = on_message(w, w->call->arg[1] + i * size);
	return v;
}

/* Those that have to do with ports; a protocol that needs a right of the
 * caller is made by the caller. */
static bool
common(int protocol)
{
	static const int those[] = { 0, IPPROTO_TCP, IPPROTO_UDP,
				     IPPROTO_UDPLITE, IPPROTO_SCTP,
				     IPPROTO_DCCP, IPPROTO_MPTCP };

	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++)
		if (those[i] == protocol)
			return true;
	return false;
}

/* 0: the requirement is on it; a kernel without hooks forgets it. */
static int
require(int fd, sc_type type)
{
	int flags = (int)type;
	socklen_t n = sizeof(flags);

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags, n) < 0)
		return errno;
	if (getsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
		       &n) < 0)
		return errno;
	return ((sc_type)flags & MIP6I_REQUIRE) == type ? 0 : EOPNOTSUPP;
}

static enum verdict
on_socket(struct who *w)
{
	int type = (int)w->call->arg[1], protocol = (int)w->call->arg[2];
	int same, fd, err;

	if ((int)w->call->arg[0] != AF_INET6 || !common(protocol) ||
	    (type & 0xf) == SOCK_RAW ||
	    (type & ~(0xf | SOCK_CLOEXEC | SOCK_NONBLOCK)))
		return V_GO_ON;
	same = peer_netns_is_ours(w->tid);
	if (same < 0)
		return unseen(w, same);
	if (!same)
		return V_GO_ON;
	if (!w->run->grant.ready)
		return V_WAIT;
	fd = socket(AF_INET6, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return done(w, errno);
	err = require(fd, w->run->type);
	if (err) {
		close(fd);
		return done(w, err);
	}
	w->ans->fd = fd;
	w->ans->cloexec = type & SOCK_CLOEXEC;
	return V_SOCKET;
}

enum verdict
call_decide(struct run *r, const struct seccomp_notif *n, struct answer *ret)
{
	struct call c;
	struct who w = { r, (pid_t)n->pid, n->id, &c, ret };
	int err;

	*ret = (struct answer){ .fd = -1 };
	if (!filter_decode(n, &c, &err))
		return V_GO_ON;
	if (err)
		return unseen(&w, err);
	switch (c.op) {
	case OP_SOCKET:
		return on_socket(&w);
	case OP_CONNECT:
		return to(&w, c.arg[1], (uint32_t)c.arg[2]);
	case OP_SENDTO:
		return to(&w, c.arg[4], (uint32_t)c.arg[5]);
	case OP_BIND:
		return on_bind(&w);
	case OP_SENDMSG:
		return on_message(&w, c.arg[1]);
	case OP_SENDMMSG:
		return on_messages(&w);
	case OPS:
		break;
	}
	return V_GO_ON;
}
