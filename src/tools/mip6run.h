/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run.h - a program whose sockets get an address type.
 *
 * mip6run.c starts and ends, mip6run_filter.c makes the kernel ask us,
 * mip6run_serve.c answers, mip6run_call.c knows what to answer,
 * mip6run_peer.c looks at who asks, and mip6run_grant.c keeps an address of
 * the type there.
 */
#ifndef MIP6D_TOOLS_MIP6RUN_H
#define MIP6D_TOOLS_MIP6RUN_H

#include "lib/private.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#define EXIT_OWN	125		/* our own failure, as env(1) */

#define RUN_WAITING	256		/* calls that are held at once */
#define RUN_BOUND	1024		/* sockets that we remember */
#define RUN_HOLD_MS	30000		/* ... for, without --timeout */

/* --- the address (mip6run_grant.c) -----------------------------------------
 */
struct grant {
	sc_type		type;
	int		timeout_ms;	/* of --timeout; -1: none */
	struct in6_addr	addr;
	bool		ready;		/* addr may be used */
	int		err;		/* why it is not, or 0: we wait */
	int		held;		/* connection that holds it, -1 */
	int		asked;		/* ... that asks for the next one, -1 */
	int		watch;		/* events, -1 */
	int64_t		retry;		/* when to ask again; FOREVER: not */
	int		pause;		/* ... ms from the failure to then */
};

/* Waits for the first one.  0 or -errno. */
int	grant_begin(struct grant *, sc_type, int timeout_ms);
/* There is another address now, or none: ask. */
void	grant_stale(struct grant *);
/* It could not be bound to: ask, in a moment. */
void	grant_unusable(struct grant *);
/* One that will not be there by waiting. */
bool	grant_hopeless(const struct grant *);
/* Three descriptors to poll, and what to do when that has returned. */
#define GRANT_FDS	3
void	grant_prepare(const struct grant *, struct pollfd fds[GRANT_FDS]);
void	grant_polled(struct grant *, const struct pollfd fds[GRANT_FDS]);
void	grant_end(struct grant *);

/* --- the filter (mip6run_filter.c) -----------------------------------------
 */
enum op {
	OP_SOCKET, OP_CONNECT, OP_BIND, OP_SENDTO, OP_SENDMSG, OP_SENDMMSG,
	OPS
};

/* A system call, whatever the architecture called it. */
struct call {
	enum op		op;
	bool		bits32;		/* pointers and long have 32 */
	uint64_t	arg[6];
};

struct filter {
	struct sock_filter	insn[256];
	unsigned short		n;
};

/* `hooks': only socket(2) is trapped, else what sends and connects.
 * -EOPNOTSUPP: not on this kind of machine. */
int	filter_build(bool hooks, struct filter *ret);
/* For this process and its descendants: the listener, or -errno. */
int	filter_install(const struct filter *);
/* Which call it was; false: memory or machine are none of ours.  *ret_err:
 * what reading memory gave, or 0. */
bool	filter_decode(const struct seccomp_notif *, struct call *ret,
		      int *ret_err);

/* --- who asks (mip6run_peer.c) ---------------------------------------------
 */
/* -EPERM: we may not look; -ESRCH: gone; -EFAULT: bad address. */
int	peer_read(pid_t tid, uint64_t addr, void *ret, size_t len);
/* A copy of its descriptor; -EBADF, -EPERM, -ESRCH. */
int	peer_fd(pid_t tid, int fd);
/* Is it in our network namespace?  1, 0, -errno. */
int	peer_netns_is_ours(pid_t tid);
/* Does the socket belong to it? */
bool	socket_is_ours(int fd);
/* May it bind to this port, where we may? */
bool	peer_may_port(pid_t tid, in_port_t port);
void	peer_name(pid_t tid, char ret[16]);

/* --- all of it -------------------------------------------------------------
 */
struct held {				/* a call that waits for an address */
	bool			used;
	int64_t			deadline;
	struct seccomp_notif	notif;
};

struct bound {				/* a socket that we have bound */
	uint64_t		cookie;
	bool			v6only;	/* ... before */
};

struct run {
	sc_type		type;
	int		timeout_ms;
	char		**argv;
	bool		hooks;
	struct grant	grant;
	sigset_t	mask;		/* what it was before us */
	pid_t		child;		/* 0: has ended */
	int		notify, signals;
	bool		complained;	/* about a process we cannot look at */
	struct held	held[RUN_WAITING];
	struct bound	bound[RUN_BOUND];
	unsigned	nbound;
};

/* What is to become of a call. */
enum verdict {
	V_GO_ON,			/* the kernel does it */
	V_DONE,				/* it returns -err, or 0 */
	V_SOCKET,			/* it returns this socket */
	V_WAIT,				/* ask again when there is an address */
};
struct answer {
	int	err;			/* V_DONE */
	int	fd;			/* V_SOCKET: to be closed by us */
	bool	cloexec;
};
enum verdict call_decide(struct run *, const struct seccomp_notif *,
			 struct answer *ret);

/* Serve until the command has ended: its status, as of waitpid(2). */
int	serve(struct run *);
/* Go on for those that it left behind, until they have ended. */
void	serve_orphans(struct run *);
/* Are there any? */
bool	serve_needed(const struct run *);

#endif
