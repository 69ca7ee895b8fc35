/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.h - the eBPF programs at the cgroup's socket hooks, which make
 * IPV6_ADDR_PREFERENCES know IPV6_REQUIRE_*, and policy reach programs that
 * never heard of it (src/bpf/select.bpf.c).
 *
 * The programs belong to the cgroup, not to the process: they go on while
 * the daemon restarts, and hooks_open finds those of this network namespace
 * again with the sockets' requirements.  Other namespaces' sockets, and other
 * users' programs at the same cgroup, are left alone.  The raw sockets of
 * the process that has called hooks_open are its own affair.
 */
#ifndef MIP6D_SYS_HOOKS_H
#define MIP6D_SYS_HOOKS_H

#include "core/effect.h"
#include "select/policy.h"

struct hooks;

struct hooks_options {
	const char	*cgroup;	/* directory; NULL: the root of cgroup2,
					   wherever /proc/mounts has it */
};

struct hooks_event {
	enum {
		HOOKS_WANT,		/* a socket asked for a type, or was to
					   get it and there is no address; one
					   in 100 ms for each user and type */
		HOOKS_CLOSED,		/* a socket with an owned address, or a
					   claim, was closed or bound: once for
					   an address, or a type's claims, and
					   again after hooks_count, or 1 s */
		HOOKS_REFUSED,		/* EACCES was answered, or a raw packet
					   dropped; 32 a second at most */
	} kind;
	enum atype	type;
	struct in6_addr	addr;		/* of the socket; :: none */
	uint32_t	uid, pid;
	char		comm[16];
};

/* 0, or -errno with one line in `why' that names what is missing: the daemon
 * goes on without. */
int	hooks_open(const struct hooks_options *, struct hooks **ret,
		   char *why, size_t cap);
/* Put a policy in force for what sockets do from now on, in one step. */
int	hooks_policy(struct hooks *, const struct policy *);
int	hooks_owned(struct hooks *, const struct ef_owned *);
int	hooks_current(struct hooks *, const struct ef_current *);
/* Forget owned addresses that were not said since hooks_open (EF_SYNC). */
int	hooks_sync(struct hooks *);
/* Sockets that have a requirement and no address yet, by type; and those that
 * sock_diag(7) does not show: unconnected ones that sent from an owned
 * address within `idle' without being bound to it, and those that are bound
 * to one without a port.  `each' gets every such address with their number. */
int	hooks_count(struct hooks *, usec_t idle, uint32_t claims[ATYPES],
		    void (*each)(void *arg, const struct in6_addr *,
				 uint32_t sessions), void *arg);
/* Polls readable when there are events; 1 with *ret, 0 none. */
int	hooks_fd(const struct hooks *);
int	hooks_poll(struct hooks *, struct hooks_event *ret);
/* `keep': the programs stay in force.  Always NULL; NULL is fine. */
struct hooks *hooks_close(struct hooks *, bool keep);
/* Remove what any earlier process of this namespace left. */
int	hooks_cleanup(const struct hooks_options *);

#endif
