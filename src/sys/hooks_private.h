/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_private.h - the socket hooks' parts, among themselves.
 *
 *   hooks.c         addresses, events, counting: the contract's frame
 *   hooks_load.c    programs and maps: find those that run, load, attach
 *   hooks_policy.c  a policy's tables into the maps
 */
#ifndef MIP6D_SYS_HOOKS_PRIVATE_H
#define MIP6D_SYS_HOOKS_PRIVATE_H

#include "sys/hooks.h"

#include "bpf/select_map.h"

enum hooks_map {
	HM_CONFIG, HM_SETS, HM_DSTS, HM_PORTS, HM_OWNED, HM_SOCKS, HM_RAWS,
	HM_EVENTS, HM_WANTS, HM_RATE, HOOKS_MAPS
};

/* In the order in which they are attached: what makes the later ones
 * right goes first. */
enum hooks_prog {
	HP_RELEASE, HP_CREATE, HP_EGRESS, HP_CONNECTING, HP_BIND6,
	HP_CONNECT4, HP_SENDMSG4, HP_CONNECT6, HP_SENDMSG6, HP_GETSOCKOPT, HP_SETSOCKOPT,
	HOOKS_PROGS
};

struct hooks {
	int		cgroup;			/* its directory */
	uint64_t	netns;
	int		map[HOOKS_MAPS];	/* descriptors, -1: none */
	int		prog[HOOKS_PROGS];
	int		count;			/* link of the iterator */
	struct sm_config *cfg;			/* mapped */
	struct ring_buffer *ring;
	struct hooks_event *event;		/* where on_event() writes */
};

/* The caller's line for "what is missing". */
struct hooks_why {
	char	*buf;
	size_t	cap;
};
int	hooks_why(const struct hooks_why *, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- hooks_load.c --- */
/* The directory of the cgroup: a descriptor, or -errno. */
int	hooks_cgroup(const struct hooks_options *, const struct hooks_why *);
int	hooks_netns(uint64_t *ret);		/* the namespace's cookie */
/* Load, over the maps of an earlier process if there are any. */
int	hooks_load(struct hooks *, const struct hooks_why *);
/* Put the programs in the place of the earlier process'. */
int	hooks_attach(struct hooks *, const struct hooks_why *);
/* Do the hooks see this process' sockets? */
int	hooks_probe(struct hooks *, const struct hooks_options *,
		    const struct hooks_why *);
/* Detach all programs of this namespace. */
int	hooks_detach(int cgroup, uint64_t netns);
void	hooks_unload(struct hooks *);

#endif
