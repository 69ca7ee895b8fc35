/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - the policy in force: AddressPolicy of the running
 * configuration, resolved and compiled, and again when a program, user, group
 * or cgroup that it names becomes another.  Private to src/daemon.
 *
 * A new configuration comes in two steps, so that it is taken whole or not
 * at all: policy_prepare, which may fail, and policy_commit, which does not.
 */
#ifndef MIP6D_DAEMON_POLICY_H
#define MIP6D_DAEMON_POLICY_H

#include "conf/conf.h"
#include "ctl/ctl.h"
#include "select/policy.h"
#include "sys/identity.h"

struct policy_state {
	uv_loop_t	*loop;
	const struct conf *conf;	/* borrowed, until the next commit */
	struct policy	*now;		/* NULL: there is no AddressPolicy */
	struct identity	*id;		/* of each rule */
	struct identity_earlier earlier;
	struct identity_watch *watch;
	struct wakeup	*again;		/* who runs an earlier file? */
	void		(*on_change)(void *arg, const struct policy *);
	void		*arg;
};

/* One that waits to be put in force. */
struct policy_next {
	const struct conf *conf;
	struct policy	*policy;
	struct identity	*id;
};

/* Nothing is in force yet.  From then on `on_change' (may be NULL) is called
 * whenever another policy is: it stays until the next call, NULL: none.
 * 0 or -ENOMEM, and nothing to close. */
int	policy_open(struct policy_state *, uv_loop_t *,
		    void (*on_change)(void *arg, const struct policy *),
		    void *arg);
/* 0 or -ENOMEM.  What is in force stays so. */
int	policy_prepare(struct policy_state *, const struct conf *,
		       struct policy_next *ret);
void	policy_discard(struct policy_next *);
/* In force from now on; calls on_change, and says in the log which rules
 * apply to nobody.  The configuration must stay until the next commit. */
void	policy_commit(struct policy_state *, struct policy_next *);
/* What the log was told, to whoever asked for a reload. */
void	policy_warn(const struct policy_state *, struct record_sink *);
void	policy_close(struct policy_state *);

/* `policy': a few rules more; false: that was all. */
bool	policy_show(const struct policy_state *, size_t *pos,
		    struct record_sink *);
/* `policy test WORD...', the words from the third on. */
int	policy_test(const struct policy_state *, const char *const *word,
		    struct record_sink *, char why[CTL_WHY]);

/* For policy_test.c: sets of types and rules as text, and where a rule
 * stands. */
#define POLICY_TEXT	1200
const char *policy_types(uint8_t set, char buf[80]);
const char *policy_rule_text(const struct conf_rule *, char buf[POLICY_TEXT]);
const char *policy_rule_line(const struct conf_rule *, char buf[300]);

#endif
