/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon.h - the parts of mip6d, put together.  Private to src/daemon.
 *
 *	main.c	  the command line
 *	start.c	  what is opened, in which order, and closed again
 *	event.c	  what the world tells goes to the node
 *	effect.c  what the node wants goes to the world
 *	demand.c  address types: sockets, applications, and the node
 *	key.c	  the key of a mobile node's CGAs
 *	nic.c  	  which interfaces are used, and how they must be set
 *	owned.c	  which of our addresses is of which type
 *	select.c  `mip6ctl select': which source address, and why
 *	command.c what mip6ctl asks for; reload and its undoing
 *	note.c	  what the node says goes to the log and to those who monitor
 *	policy.c  the address policy in force, and questions about it
 */
#ifndef MIP6D_DAEMON_DAEMON_H
#define MIP6D_DAEMON_DAEMON_H

#include "base/log.h"
#include "conf/conf.h"
#include "core/core.h"
#include "ctl/app.h"
#include "ctl/ctl.h"
#include "daemon/owned.h"
#include "daemon/policy.h"
#include "path/path.h"
#include "sys/address.h"
#include "sys/anycast.h"
#include "sys/dns.h"
#include "sys/fdb.h"
#include "sys/fib.h"
#include "sys/hooks.h"
#include "sys/label.h"
#include "sys/loop.h"
#include "sys/nd.h"
#include "sys/netlink.h"
#include "sys/queue.h"
#include "sys/report.h"
#include "sys/rundir.h"
#include "sys/send.h"
#include "sys/sockdiag.h"
#include "sys/store.h"
#include "sys/sysctl.h"
#include "sys/world.h"

#define DAEMON_QUEUE	135		/* of NFQUEUE: the protocol's number */
#define DAEMON_DONE	64		/* failures that wait to be told */
#define DAEMON_NOTES	128		/* remembered for `monitor recent' */
#define DAEMON_RELEASED	4096		/* grants given back at a time */
#define DAEMON_WHY	512

struct options {
	const char	*conf_file;
	int		debug;		/* -1: as the configuration says */
	enum log_level	level;
	bool		detach;
	const char	*netfilter;	/* tool, or "auto" */
	uint16_t	queue;
	const char	*dns_hook;	/* NULL: the default one */
	bool		hooks;		/* socket hooks, */
	const char	*cgroup;	/* at this cgroup; NULL: at the root */
	char		run_dir[RUNDIR_PATH];
	char		state_dir[RUNDIR_PATH];
};

struct daemon {
	struct report	report;		/* first: the world reports to it */
	const struct options *opt;
	uv_loop_t	loop;
	bool		described;	/* the node knows the world */
	int		ready_fd;	/* of -D: tell the parent; or -1 */

	int		run_lock, netns_lock;
	char		run_lock_file[RUNDIR_PATH];
	char		netns_lock_file[RUNDIR_PATH];

	struct conf	*conf;
	struct conf	*before;	/* what an undo goes back to */
	struct wakeup	*undo;
	usec_t		undo_at;

	struct policy_state policy;

	struct node	*node;
	struct wakeup	*deadline, *clock;
	struct effect	effect;		/* the one being carried out */
	struct event	done[DAEMON_DONE];
	unsigned	ndone;

	struct netlink	netlink;
	struct world	world;
	struct addresses addresses;
	struct fib	fib;
	struct fdb	fdb;		/* of an access gateway */
	struct nd_ears	ears;
	struct anycasts	anycasts;
	struct sender	*sender;
	struct queue	*queue;
	char		rules[128];	/* what brings packets to it */
	struct dns	*dns;
	struct store	*store;
	struct sysctls	sysctls;
	struct labels	labels;		/* the kernel's policy table */
	struct owned	owned;
	struct path	*path;		/* NULL: no role needs one */
	struct path_caps caps;
	struct watch	*path_watch;
	struct {
		struct map	flows;
		struct wakeup	*timer;	/* NULL: not open */
	} used;			/* used.c */
	struct ctl	*ctl;

	struct hooks	*hooks;		/* NULL: none here */
	struct watch	*hooks_watch;
	struct sockdiag	*diag;		/* NULL: the kernel has none */
	struct app	*app;
	struct wakeup	*count;		/* of sockets */
	usec_t		count_at, counted, count_cost;
	usec_t		hurry;		/* until then */
	uint64_t	released[DAEMON_RELEASED]; /* grants; told after it */
	unsigned	nreleased;
	uint32_t	claims[ATYPES];
	struct refusals {
		usec_t		since;
		unsigned	n;	/* in that second */
	} by_hooks, by_app;

	uv_signal_t	sig[3];
	unsigned	nsig;

	usec_t		started;
	struct note	notes[DAEMON_NOTES];
	uint64_t	nnotes;		/* ever */
	uint64_t	failed;		/* effects */
};

/* --- start.c --- */
/* Open everything, run, close everything: the exit status. */
int	daemon_run(const struct options *, struct conf *, int ready_fd);
/* Remove all that a killed daemon left in this namespace. */
int	daemon_cleanup(const struct options *);
void	daemon_stop(struct daemon *);

/* --- key.c --- */
/* Read it, or make it, if the configuration may need it (else *ret_len is
 * 0); `der' has room for CGA_DER_MAX.  0, or -errno with `why'. */
int	daemon_cga_key(const struct daemon *, uint8_t *der, size_t *ret_len,
		       char why[DAEMON_WHY]);

/* --- event.c --- */
void	daemon_event(struct report *, const struct event *);
/* Carry out what the node wants and set its next alarm.  False: there is
 * more, which an alarm will see to. */
bool	daemon_settle(struct daemon *);
void	daemon_tick(void *daemon);
void	daemon_clock(void *daemon);
void	daemon_path(void *daemon);

/* --- used.c --- */
int	used_open(struct daemon *);
void	used_close(struct daemon *);
/* The flow shall be so; only those of route optimization count. */
void	used_flow(struct daemon *, const struct ef_flow *);

/* --- effect.c --- */
/* 0 or -errno.  The effect may be completed on the way. */
int	effect_carry_out(struct daemon *, struct effect *);

/* --- demand.c --- */
int	demand_hooks_open(struct daemon *, char why[DAEMON_WHY]);
void	demand_hooks_close(struct daemon *);
void	demand_on_policy(void *daemon, const struct policy *);
int	demand_app_open(struct daemon *, char why[DAEMON_WHY]);
void	demand_app_close(struct daemon *);
/* Count sockets and tell the node, now or after a time. */
void	demand_count(struct daemon *);
void	demand_count_soon(struct daemon *, usec_t in);
/* ... now, unless that was done within `age'; the caller settles. */
void	demand_recount(struct daemon *, usec_t age);
int	demand_do_owned(struct daemon *, struct effect *);
int	demand_do_current(struct daemon *, struct effect *);
int	demand_do_reply(struct daemon *, struct effect *);
int	demand_do_abort(struct daemon *, struct effect *);

/* --- nic.c --- */
/* Is an interface of this name configured by us, as a mobile's or as one
 * that sends advertisements? */
bool	nic_is_mobile(const struct conf *, const char *name);
bool	nic_is_access(const struct conf *, const char *name);
bool	nic_is_router(const struct conf *, const char *name);
/* Say which of the configured ones do not exist (yet). */
void	nic_warn_absent(const struct daemon *);
/* Refuse interfaces that somebody else manages: 0, or -EBUSY and why. */
int	nic_check_managers(const struct conf *, char why[DAEMON_WHY]);
/* Kernel parameters of all interfaces that are there. */
int	nic_set_parameters(struct daemon *, char why[DAEMON_WHY]);
/* Remove what the kernel configured on a mobile's interfaces until now; and
 * let it begin again when we end. */
void	nic_take_over(struct daemon *);
void	nic_hand_back(struct daemon *);
/* Before the node hears of a link: listen and attach the data path. */
void	nic_on_link(struct daemon *, const struct ev_link *);
/* The same for every link, after a new configuration. */
void	nic_apply(struct daemon *);
/* A gateway asks on its access links who is there. */
void	nic_ask(const struct daemon *);
void	nic_on_address(struct daemon *, const struct in6_addr *);

/* --- command.c --- */
bool	command_can_show(void *daemon, const char *what);
bool	command_show(void *daemon, const char *what, struct cursor *,
		     struct record_sink *);
int	command_act(void *daemon, const struct ctl_line *,
		    struct record_sink *, char why[CTL_WHY]);
/* Read the configuration file again; its errors go to the sink (or the log
 * when NULL).  `undo' 0: for good.  0 or -errno and why. */
int	command_reload(struct daemon *, usec_t undo, struct record_sink *,
		       char why[CTL_WHY]);
void	command_undo(void *daemon);

/* --- select.c --- */
/* The type that the node said an address of ours is of. */
enum atype daemon_type_of(struct daemon *, const struct in6_addr *);
/* select DEST[%INTERFACE] [--require TYPE] [--prefer WORD...] */
int	select_act(struct daemon *, const struct ctl_line *,
		   struct record_sink *, char why[CTL_WHY]);
extern const char select_usage[];

/* --- note.c --- */
void	note_tell(struct daemon *, const struct note *);
bool	note_show(struct daemon *, struct cursor *, struct record_sink *);

#endif
