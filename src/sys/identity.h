/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.h - what the names in AddressPolicy stand for, as the kernel
 * knows it: a program is (device, inode), users and groups are numbers, a
 * cgroup is its id.  And the same of a process that runs.
 *
 * Names are looked up when they are asked for; a watch tells when one of
 * them may stand for something else.
 */
#ifndef MIP6D_SYS_IDENTITY_H
#define MIP6D_SYS_IDENTITY_H

#include "conf/conf.h"
#include "select/policy.h"

#include <sys/types.h>
#include <uv.h>

#define IDENTITY_WHY	160

/* A rule, resolved. */
struct identity {
	struct policy_rule rule;
	bool		gone;			/* never, and that only because
						   the program is not there */
	char		why[IDENTITY_WHY];	/* "": as it should be; else
						   which name is amiss */
};

/* n rules at once.  One with a name that stands for nothing is `never', and
 * `why' says which name that is; so does it when a program is a script, of
 * which the kernel sees but the interpreter. */
void	identity_of_rules(const struct conf_rule *, unsigned n,
			  struct identity *ret);

/* --- programs that run, and whose file is another meanwhile --- */

/* Rules as they are resolved; borrowed. */
struct identity_rules {
	const struct conf_rule *rule;
	struct identity	*id;
	unsigned	n;
};

#define IDENTITY_EARLIER 64		/* files in all */
/* A file that a program was before. */
struct identity_file {
	char		*program;
	struct policy_file file;
	pid_t		pid;		/* one that runs it; 0: nobody does */
	int		pin;		/* keeps the inode's number; -1 */
};
/* All zero at first. */
struct identity_earlier {
	struct identity_file *v;	/* the oldest first */
	unsigned	n;
};

/* `now' follows `before': where a program is another file than it was, and
 * some process runs the earlier one, that goes into the rule's `earlier', and
 * again each time, as long as one does.  A rule whose program is `gone' then
 * is not `never' any more.  To be called now and then with the same rules
 * twice, resolved anew, while there are any (n).
 * -E2BIG: there are more than POLICY_EARLIER of a program or
 * IDENTITY_EARLIER in all, the oldest are left out; or another -errno, and
 * not all may have been found. */
int	identity_earlier_keep(struct identity_earlier *,
			      const struct identity_rules *before,
			      const struct identity_rules *now);
/* Forget those which keep() has left out: when no policy in force has them
 * any more, since their inodes may be used for others then. */
void	identity_earlier_drop(struct identity_earlier *);
void	identity_earlier_fini(struct identity_earlier *);

/* --- who runs --- */

/* A process; its arrays belong to it. */
struct identity_process {
	uint64_t	dev, ino;	/* 0: no executable (kernel thread) */
	uint32_t	uid;		/* the real one */
	uint32_t	*gid;		/* the real one, and all others */
	unsigned	ngids;
	uint64_t	*cgroup;	/* its own and all above */
	unsigned	ncgroups;
	char		*program;	/* path, for people; NULL: none */
	char		*cgroup_path;	/* likewise */
};

/* What of it: to find all takes a tenth of a millisecond. */
#define IDENTITY_PROGRAM	1U
#define IDENTITY_USER		2U	/* and his groups */
#define IDENTITY_CGROUP		4U
#define IDENTITY_ALL		7U
/* 0; -ESRCH: there is no such process; or -errno. */
int	identity_of_pid(pid_t, unsigned parts, struct identity_process *ret);
/* Set parts of one that was zeroed, or filled before, by names as in the
 * configuration.  -ENOENT: there is no such one; the part is unchanged. */
int	identity_set_program(struct identity_process *, const char *path);
int	identity_set_user(struct identity_process *, const char *name);
					/* with the groups that he has */
int	identity_add_group(struct identity_process *, const char *name);
int	identity_set_cgroup(struct identity_process *, const char *path);
void	identity_fini(struct identity_process *);
/* Into the arrays of the process. */
struct policy_subject identity_subject(const struct identity_process *);

/* Where cgroup2 is mounted, or -ENOENT. */
#define IDENTITY_PATH	4096
int	identity_cgroup_root(char ret[IDENTITY_PATH]);

/* --- watching --- */

struct identity_watch;

/* `changed' is called when a name of the rules that are watched may stand
 * for something else than before: a file or directory on the way to a program
 * or cgroup came, went or was replaced, or the mounts, /etc/passwd or
 * /etc/group.  NULL: memory, or no inotify. */
struct identity_watch *identity_watch_new(uv_loop_t *,
					  void (*changed)(void *arg),
					  void *arg);
/* Watch these from now on instead of those before; to be called before they
 * are resolved, so that nothing is missed in between, and again in `changed'.
 * 0, or -errno when some could not be watched. */
int	identity_watch_rules(struct identity_watch *, const struct conf_rule *,
			     unsigned n);
struct identity_watch *identity_watch_free(struct identity_watch *);
						/* always NULL; NULL is fine */

#endif
