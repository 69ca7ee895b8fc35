/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run_serve.c - answers, one after the other, until all have ended.
 *
 * A call that needs an address which is not there is held: its thread sleeps
 * in the call, and a signal wakes it as usual.  When the address comes, the
 * call is looked at anew; when its time is over, it fails.
 *
 * Signals that were sent to us are passed on.  Those that the terminal sends
 * went to the command, too.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND	(1UL << 1)	/* Linux 5.14 */
#endif

enum { NOTIFY, SIGNALS, GRANT, FDS = GRANT + GRANT_FDS };

/* --- answers ---------------------------------------------------------------
 */

/* The caller may be gone by now: then nobody is to be told. */
static void
respond(struct run *r, uint64_t id, int err, int64_t val, uint32_t flags)
{
	struct seccomp_notif_resp resp[2];	/* room for a newer kernel's */

	memset(resp, 0, sizeof(resp));
	resp->id = id;
	resp->error = -err;
	resp->val = val;
	resp->flags = flags;
	ioctl(r->notify, SECCOMP_IOCTL_NOTIF_SEND, resp);
}

/* A descriptor of its own for our socket. */
static void
respond_socket(struct run *r, uint64_t id, const struct answer *a)
{
	struct seccomp_notif_addfd add = {
		.id = id, .flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (uint32_t)a->fd,
		.newfd_flags = a->cloexec ? O_CLOEXEC : 0,
	};
	int fd = ioctl(r->notify, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

	if (fd < 0 && errno == EINVAL) {	/* before 5.14, in two steps */
		add.flags = 0;
		fd = ioctl(r->notify, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
		if (fd >= 0)
			respond(r, id, 0, fd, 0);
	}
	if (fd < 0 && errno != ENOENT)
		respond(r, id, errno, 0, 0);
	close(a->fd);
}

/* true: it is answered. */
static bool
answer(struct run *r, const struct seccomp_notif *n)
{
	struct answer a;

	switch (call_decide(r, n, &a)) {
	case V_GO_ON:
		respond(r, n->id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
		return true;
	case V_DONE:
		respond(r, n->id, a.err, 0, 0);
		return true;
	case V_SOCKET:
		respond_socket(r, n->id, &a);
		return true;
	case V_WAIT:
		break;
	}
	if (grant_hopeless(&r->grant)) {
		respond(r, n->id, r->grant.err, 0, 0);
		return true;
	}
	return false;
}

/* --- calls that wait -------------------------------------------------------
 */

static bool
is_gone(struct run *r, const struct held *h)
{
	uint64_t id = h->notif.id;

	return ioctl(r->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) < 0;
}

static void
hold(struct run *r, const struct seccomp_notif *n)
{
	struct held *h;
	int ms = r->timeout_ms < 0 ? RUN_HOLD_MS : r->timeout_ms;

	for (h = r->held; h < r->held + RUN_WAITING; h++)
		if (!h->used || is_gone(r, h))
			break;
	if (h == r->held + RUN_WAITING) {
		respond(r, n->id, EAGAIN, 0, 0);
		return;
	}
	*h = (struct held){ true, mip6i_deadline(ms), *n };
}

static void
expire(struct run *r, struct held *h)
{
	int err = r->grant.err ? r->grant.err : ETIMEDOUT;

	respond(r, h->notif.id, err, 0, 0);
	h->used = false;
}

/* Those that can go on, and those whose time is over. */
static void
look_at_held(struct run *r)
{
	bool may = r->grant.ready || grant_hopeless(&r->grant);
	int64_t now = mip6i_deadline(0);

	for (struct held *h = r->held; h < r->held + RUN_WAITING; h++) {
		if (!h->used)
			continue;
		if (is_gone(r, h) || (may && answer(r, &h->notif)))
			h->used = false;
		else if (now >= h->deadline)
			expire(r, h);
	}
}

static int
poll_timeout(const struct run *r)
{
	int64_t next = r->grant.retry, now = mip6i_deadline(0);

	for (const struct held *h = r->held; h < r->held + RUN_WAITING; h++)
		if (h->used && (next == MIP6I_FOREVER || h->deadline < next))
			next = h->deadline;
	if (next == MIP6I_FOREVER)
		return -1;
	return next <= now ? 0 : (int)(next - now);
}

/* --- the loop --------------------------------------------------------------
 */

static void
on_notify(struct run *r)
{
	union {				/* a newer kernel's may be longer */
		struct seccomp_notif	notif;
		char			room[512];
	} u;

	memset(&u, 0, sizeof(u));
	if (ioctl(r->notify, SECCOMP_IOCTL_NOTIF_RECV, &u.notif) < 0)
		return;			/* gone already */
	if (!answer(r, &u.notif))
		hold(r, &u.notif);
}

/* The command has stopped (by job control, say): so do we, and the shell
 * sees it.  Who continues us, continues it. */
static void
stop_too(struct run *r)
{
	kill(getpid(), SIGSTOP);
	if (r->child)
		kill(r->child, SIGCONT);
}

/* true: the command has ended, with *ret_status. */
static bool
on_child(struct run *r, int *ret_status)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != r->child)
			continue;	/* an orphan that became ours */
		if (WIFSTOPPED(status)) {
			stop_too(r);
			continue;
		}
		*ret_status = status;
		ended = true;
		r->child = 0;
	}
	return ended;
}

static bool
on_signal(struct run *r, int *ret_status)
{
	struct signalfd_siginfo si;
	bool ended = false;

	while (read(r->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGCHLD)
			ended |= on_child(r, ret_status);
		else if (r->child && si.ssi_code <= 0 &&
			 si.ssi_pid != (uint32_t)r->child)
			kill(r->child, (int)si.ssi_signo);
	}
	return ended;
}

/* One turn.  true: the command has ended. */
static bool
turn(struct run *r, int *ret_status)
{
	struct pollfd fds[FDS] = {
		[NOTIFY] = { r->notify, POLLIN, 0 },
		[SIGNALS] = { r->signals, POLLIN, 0 },
	};

	grant_prepare(&r->grant, fds + GRANT);
	if (poll(fds, FDS, poll_timeout(r)) < 0)
		return false;
	grant_polled(&r->grant, fds + GRANT);
	look_at_held(r);
	if (fds[NOTIFY].revents & POLLIN)
		on_notify(r);
	else if (fds[NOTIFY].revents) {	/* nobody is under the filter */
		close(r->notify);
		r->notify = -1;
	}
	return fds[SIGNALS].revents && on_signal(r, ret_status);
}

int
serve(struct run *r)
{
	int status = 0;

	while (!turn(r, &status))
		;
	return status;
}

bool
serve_needed(const struct run *r)
{
	struct pollfd p = { r->notify, POLLIN, 0 };

	return r->notify >= 0 &&
	       (poll(&p, 1, 0) == 0 || (p.revents & POLLIN));
}

void
serve_orphans(struct run *r)
{
	int status;

	while (r->notify >= 0)
		turn(r, &status);
}
