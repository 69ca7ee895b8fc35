/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys_earlier.c - programs whose file is replaced while they run.
 */
#define _GNU_SOURCE
#include "test_sys.h"

#include "sys/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

static struct identity look(const struct conf_rule *r)
{
	struct identity id;

	identity_of_rules(r, 1, &id);
	return id;
}

/* A copy of our own program in a file of its own. */
static void copy_program(struct scratch *s, const char *name)
{
	char buf[8192];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to;
	ssize_t n;

	to = open(scratch_path(s, name), O_WRONLY | O_CREAT | O_TRUNC |
		  O_CLOEXEC, 0755);
	ck_assert(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		ck_assert_int_eq(write(to, buf, (size_t)n), n);
	close(from);
	close(to);
}

/* A process that runs it and waits (main knows --wait). */
static pid_t run_program(const char *path)
{
	pid_t pid = fork();
	char want[256], exe[256], link[32];
	ssize_t n = 0;

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		execl(path, path, "--wait", (char *)NULL);
		_exit(1);
	}
	ck_assert_ptr_nonnull(realpath(path, want));
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	for (int i = 0; i < 5000; i++) {
		n = readlink(link, exe, sizeof(exe));
		if (n == (ssize_t)strlen(want) &&
		    !memcmp(exe, want, (size_t)n))
			return pid;
		usleep(1000);
	}
	ck_abort_msg("it does not run");
	return -1;
}

static void end_program(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void replace_program(struct scratch *s)
{
	char to[256];

	copy_program(s, "new");
	snprintf(to, sizeof(to), "%s/prog", s->dir);
	ck_assert_int_eq(rename(scratch_path(s, "new"), to), 0);
}

/* The rule as it was, looked up again. */
struct running {
	struct scratch	s;
	struct conf_rule rule;
	struct identity	was, is;
	struct identity_earlier e;
	char		path[256];
};

static void running_begin(struct running *r)
{
	*r = (struct running){ .s = scratch_new() };
	snprintf(r->path, sizeof(r->path), "%s/prog", r->s.dir);
	copy_program(&r->s, "prog");
	r->rule.program = r->path;
	r->is = look(&r->rule);
	ck_assert(!r->is.rule.never);
}

static int again(struct running *r)
{
	struct identity_rules before = { &r->rule, &r->was, 1 },
			      now = { &r->rule, &r->is, 1 };
	int err;

	r->was = r->is;
	r->is = look(&r->rule);
	err = identity_earlier_keep(&r->e, &before, &now);
	identity_earlier_drop(&r->e);
	return err;
}

static void running_end(struct running *r)
{
	identity_earlier_fini(&r->e);
	scratch_free(&r->s);
}

static bool has_earlier(const struct identity *id, const struct identity *of)
{
	for (unsigned i = 0; i < POLICY_EARLIER; i++) {
		if (id->rule.earlier[i].ino == of->rule.ino &&
		    id->rule.earlier[i].dev == of->rule.dev)
			return true;
	}
	return false;
}

START_TEST(stays)
{
	struct identity first;
	struct running r;
	pid_t pid, other;

	running_begin(&r);
	first = r.is;
	ck_assert_int_eq(again(&r), 0);
	ck_assert_uint_eq(r.e.n, 0);
	pid = run_program(r.path);
	other = run_program(r.path);
	replace_program(&r.s);
	ck_assert_int_eq(again(&r), 0);
	ck_assert_uint_ne(r.is.rule.ino, first.rule.ino);
	ck_assert(has_earlier(&r.is, &first) && !r.is.rule.earlier[1].ino);
	/* it stays, whoever of them is left */
	end_program(pid);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(has_earlier(&r.is, &first));
	/* even when there is no file at all for a while */
	ck_assert_int_eq(unlink(r.path), 0);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(r.is.gone && !r.is.rule.never && !r.is.rule.ino);
	ck_assert(has_earlier(&r.is, &first));
	replace_program(&r.s);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(!r.is.gone && has_earlier(&r.is, &first));
	end_program(other);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(!r.is.rule.earlier[0].ino);
	ck_assert_uint_eq(r.e.n, 0);
	ck_assert_int_eq(unlink(r.path), 0);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(r.is.gone && r.is.rule.never);
	running_end(&r);
}
END_TEST

/* The inode's number is nobody else's while a policy has it. */
START_TEST(pinned)
{
	struct identity first, id;
	struct running r;
	struct stat st;
	pid_t pid;

	running_begin(&r);
	first = r.is;
	pid = run_program(r.path);
	replace_program(&r.s);
	ck_assert_int_eq(again(&r), 0);
	end_program(pid);
	ck_assert_uint_eq(r.e.n, 1);
	ck_assert_int_eq(fstat(r.e.v[0].pin, &st), 0);
	ck_assert_uint_eq(st.st_ino, first.rule.ino);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_int_eq(again(&r), 0);
	ck_assert_uint_eq(r.e.n, 0);
	/* a file that comes back is no earlier one */
	pid = run_program(r.path);
	ck_assert_int_eq(rename(r.path, scratch_path(&r.s, "aside")), 0);
	id = r.is;
	ck_assert_int_eq(again(&r), 0);
	ck_assert(has_earlier(&r.is, &id));
	ck_assert_int_eq(rename(scratch_path(&r.s, "aside"), r.path), 0);
	ck_assert_int_eq(again(&r), 0);
	ck_assert(!r.is.rule.earlier[0].ino && r.is.rule.ino == id.rule.ino);
	end_program(pid);
	running_end(&r);
}
END_TEST

/* The newest are kept, and it is said that there are others. */
START_TEST(many)
{
	struct identity file[POLICY_EARLIER + 2];
	pid_t pid[POLICY_EARLIER + 2];
	struct running r;

	running_begin(&r);
	for (unsigned i = 0; i < POLICY_EARLIER + 2; i++) {
		file[i] = r.is;
		pid[i] = run_program(r.path);
		replace_program(&r.s);
		ck_assert_int_eq(again(&r), i < POLICY_EARLIER ? 0 : -E2BIG);
		for (unsigned k = 0; k <= i; k++)
			ck_assert_int_eq(has_earlier(&r.is, &file[k]),
					 k + POLICY_EARLIER > i);
	}
	for (unsigned i = 0; i < POLICY_EARLIER + 2; i++)
		end_program(pid[i]);
	ck_assert_int_eq(again(&r), 0);
	ck_assert_uint_eq(r.e.n, 0);
	running_end(&r);
}
END_TEST

/* A reload: the rules stand elsewhere, the program is the same. */
START_TEST(reload)
{
	struct conf_rule rule[2] = { 0 };
	struct identity first, id[2];
	struct running r;
	pid_t pid;

	running_begin(&r);
	first = r.is;
	pid = run_program(r.path);
	replace_program(&r.s);
	rule[0].user = "no-such-user";
	rule[0].program = rule[1].program = r.path;
	identity_of_rules(rule, 2, id);
	ck_assert_int_eq(identity_earlier_keep(&r.e,
			&(struct identity_rules){ &r.rule, &r.is, 1 },
			&(struct identity_rules){ rule, id, 2 }), 0);
	ck_assert(id[0].rule.never && !id[0].gone);
	ck_assert(has_earlier(&id[0], &first) && has_earlier(&id[1], &first));
	end_program(pid);
	running_end(&r);
}
END_TEST

Suite *suite_earlier(void)
{
	Suite *s = suite_create("earlier programs");

	unit_add(s, "stays", stays);
	unit_add(s, "pinned", pinned);
	unit_add(s, "many", many);
	unit_add(s, "reload", reload);
	return s;
}
