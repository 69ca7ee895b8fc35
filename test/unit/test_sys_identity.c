/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys_identity.c - names and what they stand for: looked up, of a
 * process, and heard of when they change.
 */
#define _GNU_SOURCE
#include "test_sys.h"

#include "sys/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

static struct identity look(struct conf_rule r)
{
	struct identity id;

	identity_of_rules(&r, 1, &id);
	return id;
}

static struct identity look_program(const char *path)
{
	return look((struct conf_rule){ .program = path });
}

static bool is_file(const struct identity *id, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !id->rule.never &&
	       id->rule.ino == st.st_ino;
}

/* --- looking up ------------------------------------------------------ */

/* What the kernel has for our own program, by another way: the mapping of
 * its first page. */
static void own_program(uint64_t *dev, uint64_t *ino, char path[256])
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned major, minor;
	char exe[256] = "";

	ck_assert_ptr_nonnull(f);
	ck_assert_int_gt(readlink("/proc/self/exe", exe, sizeof(exe) - 1), 0);
	for (;;) {
		char line[512];

		ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
		if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64 " %255s",
			   &major, &minor, ino, path) == 4 &&
		    strcmp(path, exe) == 0)
			break;
	}
	fclose(f);
	*dev = (uint64_t)major << 20 | minor;
}

START_TEST(program)
{
	struct scratch s = scratch_new();
	uint64_t dev, ino;
	struct identity id;
	char path[256];

	own_program(&dev, &ino, path);
	id = look_program(path);
	ck_assert(!id.rule.never && id.rule.has_program);
	ck_assert_uint_eq(id.rule.dev, dev);
	ck_assert_uint_eq(id.rule.ino, ino);
	ck_assert_str_eq(id.why, "");

	ck_assert_int_eq(symlink(path, scratch_path(&s, "a")), 0);
	ck_assert_int_eq(symlink("a", scratch_path(&s, "b")), 0);
	id = look_program(scratch_path(&s, "b"));
	ck_assert_uint_eq(id.rule.ino, ino);

	id = look_program(scratch_path(&s, "none"));
	ck_assert(id.rule.never);
	ck_assert_ptr_nonnull(strstr(id.why, "none: there is none"));
	id = look_program(s.dir);
	ck_assert(id.rule.never);
	id = look_program("/dev/null");
	ck_assert(id.rule.never);
	scratch_write(&s, "script", "#!/bin/sh\n");
	id = look_program(scratch_path(&s, "script"));
	ck_assert(!id.rule.never);
	ck_assert_ptr_nonnull(strstr(id.why, "script"));
	scratch_free(&s);
}
END_TEST

START_TEST(names)
{
	struct identity id = look((struct conf_rule){
		.user = "root", .group = "12345", .cgroup = "/",
	});
	char root[IDENTITY_PATH];
	struct stat st;

	ck_assert(id.rule.has_user && id.rule.has_group && id.rule.has_cgroup);
	ck_assert_uint_eq(id.rule.uid, 0);
	ck_assert_uint_eq(id.rule.gid, 12345);
	if (identity_cgroup_root(root)) {
		ck_assert(id.rule.never);
	} else {
		ck_assert_int_eq(stat(root, &st), 0);
		ck_assert(!id.rule.never && !*id.why);
		ck_assert_uint_eq(id.rule.cgroup, st.st_ino);
	}
	id = look((struct conf_rule){ .user = "nobody-has-this-name" });
	ck_assert(id.rule.never);
	ck_assert_ptr_nonnull(strstr(id.why, "user nobody-has-this-name"));
	id = look((struct conf_rule){ .group = "nobody-has-this-name" });
	ck_assert(id.rule.never);
	id = look((struct conf_rule){ .cgroup = "/not/there.slice" });
	ck_assert(id.rule.never);
}
END_TEST

START_TEST(all_fields)
{
	struct conf_rule r = {
		.protocol = 6, .has_dst = true, .dst = { .len = 32 },
		.has_port = true, .port_lo = 5, .port_hi = 7,
		.has_default = true, .default_type = ATYPE_HOME,
		.has_permit = true, .permit = ATYPE_BIT(ATYPE_HOME),
		.block_ipv4 = true,
	};
	struct identity id = look(r);

	r.dst.addr.s6_addr[0] = 0x20;
	id = look(r);
	ck_assert(id.rule.has_protocol && id.rule.has_dst && id.rule.has_port);
	ck_assert(id.rule.has_default && id.rule.has_permit &&
		  id.rule.block_ipv4 && !id.rule.never);
	ck_assert_uint_eq(id.rule.protocol, 6);
	ck_assert(prefix_eq(&id.rule.dst, &r.dst));
	ck_assert_uint_eq(id.rule.port_lo, 5);
	ck_assert_uint_eq(id.rule.port_hi, 7);
	ck_assert_uint_eq(id.rule.default_type, ATYPE_HOME);
	ck_assert_uint_eq(id.rule.permit, ATYPE_BIT(ATYPE_HOME));
	id = look((struct conf_rule){ 0 });
	ck_assert(!id.rule.has_protocol && !id.rule.has_user &&
		  !id.rule.never && !*id.why);
}
END_TEST

/* --- processes ------------------------------------------------------- */

static bool has_gid(const struct identity_process *p, uint32_t gid)
{
	for (unsigned i = 0; i < p->ngids; i++) {
		if (p->gid[i] == gid)
			return true;
	}
	return false;
}

static bool has_cgroup(const struct identity_process *p, uint64_t id)
{
	for (unsigned i = 0; i < p->ncgroups; i++) {
		if (p->cgroup[i] == id)
			return true;
	}
	return false;
}

START_TEST(own_process)
{
	struct identity_process p;
	struct policy_subject s;
	uint64_t dev, ino;
	char path[256];

	own_program(&dev, &ino, path);
	ck_assert_int_eq(identity_of_pid(getpid(), IDENTITY_ALL, &p), 0);
	ck_assert_uint_eq(p.dev, dev);
	ck_assert_uint_eq(p.ino, ino);
	ck_assert_str_eq(p.program, path);
	ck_assert_uint_eq(p.uid, getuid());
	ck_assert(has_gid(&p, getgid()));
	s = identity_subject(&p);
	ck_assert_ptr_eq(s.gid, p.gid);
	ck_assert_uint_eq(s.ngids, p.ngids);
	ck_assert_uint_eq(s.ino, ino);
	identity_fini(&p);
	ck_assert_int_eq(identity_of_pid(getpid(), IDENTITY_USER, &p), 0);
	ck_assert(!p.ino && !p.program && !p.ncgroups && has_gid(&p, getgid()));
	identity_fini(&p);
	ck_assert_int_eq(identity_of_pid(getpid(), IDENTITY_PROGRAM, &p), 0);
	ck_assert(p.ino == ino && !p.ngids && !p.ncgroups);
	identity_fini(&p);
	ck_assert_int_eq(identity_of_pid(0x7fffffff, 0, &p), -ESRCH);
	ck_assert_int_eq(identity_of_pid(0, IDENTITY_ALL, &p), -ESRCH);
	ck_assert_int_eq(identity_of_pid(-1, IDENTITY_ALL, &p), -ESRCH);
	ck_assert_int_eq(identity_of_pid(0x7fffffff, IDENTITY_ALL, &p), -ESRCH);
	if (identity_of_pid(2, IDENTITY_ALL, &p) == 0)	/* kthreadd, perhaps */
		identity_fini(&p);
}
END_TEST

/* A child that waits, after it did something. */
static pid_t child(void (*prepare)(void))
{
	int fd[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		prepare();
		if (write(fd[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(fd[1]);
	ck_assert_int_eq(read(fd[0], &byte, 1), 1);
	close(fd[0]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* More groups than a line of the file has room for at once. */
static void become_guest(void)
{
	gid_t gid[300];

	for (unsigned i = 0; i < 300; i++)
		gid[i] = 70000 + 3 * i;
	if (setgroups(300, gid) || setresgid(4242, 4243, 4243) ||
	    setresuid(5252, 5253, 5253))
		_exit(1);
}

START_TEST(other_user)
{
	struct identity_process p;
	pid_t pid;

	if (geteuid()) {
		puts("identity: other users need root");
		return;
	}
	pid = child(become_guest);
	ck_assert_int_eq(identity_of_pid(pid, IDENTITY_ALL, &p), 0);
	ck_assert_uint_eq(p.uid, 5252);		/* the real one */
	ck_assert_uint_eq(p.ngids, 301);
	ck_assert(has_gid(&p, 4242) && !has_gid(&p, 4243));
	ck_assert(has_gid(&p, 70000) && has_gid(&p, 70897));
	ck_assert(!has_gid(&p, 70001));
	identity_fini(&p);
	end_child(pid);
	ck_assert_int_eq(identity_of_pid(pid, IDENTITY_ALL, &p), -ESRCH);
}
END_TEST

static void do_nothing(void)
{
}

/* Makes /NAME and /NAME/b, cgroups of ours; false: cannot. */
static bool make_cgroups(char root[IDENTITY_PATH], char name[32],
			 char path[2][IDENTITY_PATH + 40])
{
	if (geteuid() || identity_cgroup_root(root)) {
		puts("identity: cgroups need root and cgroup2");
		return false;
	}
	snprintf(name, 32, "m6-unit-%d", (int)getpid());
	snprintf(path[0], IDENTITY_PATH + 40, "%s/%s", root, name);
	snprintf(path[1], IDENTITY_PATH + 40, "%s/%s/b", root, name);
	if (mkdir(path[0], 0755) == 0)
		return true;
	printf("identity: %s: %s\n", path[0], strerror(errno));
	return false;
}

static void enter(const char *cgroup, pid_t pid)
{
	char file[IDENTITY_PATH + 60];
	FILE *f;

	snprintf(file, sizeof(file), "%s/cgroup.procs", cgroup);
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%d\n", (int)pid);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(cgroups)
{
	char root[IDENTITY_PATH], name[32], path[2][IDENTITY_PATH + 40];
	char rule[40];
	struct identity_process p;
	struct identity id[2];
	struct stat st;
	pid_t pid;

	if (!make_cgroups(root, name, path))
		return;
	ck_assert_int_eq(mkdir(path[1], 0755), 0);
	pid = child(do_nothing);
	enter(path[1], pid);
	ck_assert_int_eq(identity_of_pid(pid, IDENTITY_ALL, &p), 0);
	snprintf(rule, sizeof(rule), "/%s", name);
	id[0] = look((struct conf_rule){ .cgroup = rule });
	snprintf(rule, sizeof(rule), "/%s/b", name);
	id[1] = look((struct conf_rule){ .cgroup = rule });
	end_child(pid);
	ck_assert_int_eq(stat(root, &st), 0);
	rmdir(path[1]);
	rmdir(path[0]);

	ck_assert_uint_eq(p.ncgroups, 3);
	ck_assert(has_cgroup(&p, st.st_ino));
	ck_assert(!id[0].rule.never && !id[1].rule.never);
	ck_assert(has_cgroup(&p, id[0].rule.cgroup));
	ck_assert(has_cgroup(&p, id[1].rule.cgroup));
	ck_assert_str_eq(p.cgroup_path, rule);
	identity_fini(&p);
}
END_TEST

START_TEST(by_names)
{
	struct identity_process p = { 0 };
	uint64_t dev, ino;
	char path[256];

	own_program(&dev, &ino, path);
	ck_assert_int_eq(identity_set_program(&p, path), 0);
	ck_assert_uint_eq(p.dev, dev);
	ck_assert_uint_eq(p.ino, ino);
	ck_assert_int_eq(identity_set_program(&p, "/not/there"), -ENOENT);
	ck_assert_uint_eq(p.ino, ino);
	ck_assert_int_eq(identity_set_user(&p, "4294900000"), 0);
	ck_assert_uint_eq(p.uid, 4294900000);
	ck_assert_uint_eq(p.ngids, 0);
	ck_assert_int_eq(identity_set_user(&p, "root"), 0);
	ck_assert_uint_eq(p.uid, 0);
	ck_assert(has_gid(&p, 0));
	ck_assert_int_eq(identity_set_user(&p, "no-such-user"), -ENOENT);
	ck_assert_int_eq(identity_set_user(&p, "0"), 0);
	ck_assert(has_gid(&p, 0));
	ck_assert_int_eq(identity_add_group(&p, "77"), 0);
	ck_assert_int_eq(identity_add_group(&p, "78"), 0);
	ck_assert_int_eq(identity_add_group(&p, "77"), 0);
	ck_assert(has_gid(&p, 77) && has_gid(&p, 78) && has_gid(&p, 0));
	ck_assert_int_eq(identity_add_group(&p, "no-such-group"), -ENOENT);
	ck_assert_int_lt(identity_set_cgroup(&p, "/not/there"), 0);
	identity_fini(&p);
	ck_assert_ptr_null(p.gid);
}
END_TEST

/* --- watching -------------------------------------------------------- */

struct watched {
	uv_loop_t	loop;
	struct identity_watch *w;
	struct conf_rule rule;
	unsigned	changes;
};

static void on_change(void *arg)
{
	struct watched *w = arg;

	w->changes++;
	ck_assert_int_eq(identity_watch_rules(w->w, &w->rule, 1), 0);
}

static void watch_begin(struct watched *w, struct conf_rule rule)
{
	*w = (struct watched){ .rule = rule };
	ck_assert_int_eq(uv_loop_init(&w->loop), 0);
	w->w = identity_watch_new(&w->loop, on_change, w);
	ck_assert_ptr_nonnull(w->w);
	ck_assert_int_eq(identity_watch_rules(w->w, &w->rule, 1), 0);
}

static void watch_end(struct watched *w)
{
	ck_assert_ptr_null(identity_watch_free(w->w));
	uv_run(&w->loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&w->loop), 0);
}

/* How many times a change was told of what just happened. */
static unsigned changes(struct watched *w)
{
	unsigned n;

	for (unsigned i = 0; i < 20; i++) {
		uv_run(&w->loop, UV_RUN_NOWAIT);
		usleep(500);
	}
	n = w->changes;
	w->changes = 0;
	return n;
}

#define HEARD(w)	ck_assert_uint_ge(changes(w), 1)
#define QUIET(w)	ck_assert_uint_eq(changes(w), 0)

/* As installers do it: a new file, renamed over the old one. */
START_TEST(replaced)
{
	struct scratch s = scratch_new();
	struct identity id;
	struct watched w;
	uint64_t before;
	char path[256];

	scratch_write(&s, "bin/prog", "one");
	snprintf(path, sizeof(path), "%s/bin/prog", s.dir);
	watch_begin(&w, (struct conf_rule){ .program = path });
	id = look(w.rule);
	before = id.rule.ino;
	ck_assert(is_file(&id, path));
	QUIET(&w);
	scratch_write(&s, "bin/other", "two");
	ck_assert_int_eq(rename(scratch_path(&s, "bin/other"),
				scratch_path(&s, "bin/another")), 0);
	scratch_write(&s, "elsewhere", "");
	QUIET(&w);
	ck_assert_int_eq(rename(scratch_path(&s, "bin/another"), path), 0);
	HEARD(&w);
	id = look(w.rule);
	ck_assert_uint_ne(id.rule.ino, before);
	ck_assert(is_file(&id, path));

	ck_assert_int_eq(unlink(path), 0);
	HEARD(&w);
	ck_assert(look(w.rule).rule.never);
	scratch_write(&s, "bin/prog", "three");
	HEARD(&w);
	id = look(w.rule);
	ck_assert(is_file(&id, path));
	/* the directory is exchanged */
	scratch_write(&s, "bin2/prog", "four");
	QUIET(&w);
	ck_assert_int_eq(rename(scratch_path(&s, "bin"),
				scratch_path(&s, "old")), 0);
	ck_assert_int_eq(rename(scratch_path(&s, "bin2"),
				scratch_path(&s, "bin")), 0);
	HEARD(&w);
	id = look(w.rule);
	ck_assert(is_file(&id, path));
	/* the one that it was is of no interest any more */
	scratch_write(&s, "old/prog2", "");
	ck_assert_int_eq(unlink(scratch_path(&s, "old/prog")), 0);
	QUIET(&w);
	watch_end(&w);
	scratch_free(&s);
}
END_TEST

/* --- programs that run on ------------------------------------------- */

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
	r->is = look(r->rule);
	ck_assert(!r->is.rule.never);
}

static int again(struct running *r)
{
	struct identity_rules before = { &r->rule, &r->was, 1 },
			      now = { &r->rule, &r->is, 1 };
	int err;

	r->was = r->is;
	r->is = look(r->rule);
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

START_TEST(runs_on)
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
START_TEST(runs_pinned)
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
START_TEST(runs_many)
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
START_TEST(runs_reload)
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

/* --- watching, ways and mounts --------------------------------------- */

START_TEST(links)
{
	struct scratch s = scratch_new();
	struct identity id;
	struct watched w;
	char path[256];

	scratch_write(&s, "v1/prog", "one");
	scratch_write(&s, "v2/prog", "two");
	ck_assert_int_eq(symlink("v1", scratch_path(&s, "now")), 0);
	ck_assert_int_eq(symlink("../now/./prog",
				 scratch_path(&s, "v2/link")), 0);
	snprintf(path, sizeof(path), "%s/v2//link", s.dir);
	watch_begin(&w, (struct conf_rule){ .program = path });
	id = look(w.rule);
	ck_assert(is_file(&id, scratch_path(&s, "v1/prog")));
	/* the alternative is changed, with one rename */
	ck_assert_int_eq(symlink("v2", scratch_path(&s, "new")), 0);
	QUIET(&w);
	ck_assert_int_eq(rename(scratch_path(&s, "new"),
				scratch_path(&s, "now")), 0);
	HEARD(&w);
	id = look(w.rule);
	ck_assert(is_file(&id, scratch_path(&s, "v2/prog")));
	/* what lies behind the link is replaced */
	scratch_write(&s, "v2/x", "three");
	ck_assert_int_eq(rename(scratch_path(&s, "v2/x"),
				scratch_path(&s, "v2/prog")), 0);
	HEARD(&w);
	/* and what the link led to before does not matter */
	ck_assert_int_eq(unlink(scratch_path(&s, "v1/prog")), 0);
	QUIET(&w);
	/* a loop ends */
	ck_assert_int_eq(unlink(scratch_path(&s, "now")), 0);
	ck_assert_int_eq(symlink("now", scratch_path(&s, "now")), 0);
	HEARD(&w);
	ck_assert(look(w.rule).rule.never);
	watch_end(&w);
	scratch_free(&s);
}
END_TEST

/* Not even the directory is there. */
START_TEST(appears)
{
	struct scratch s = scratch_new();
	struct identity id;
	struct watched w;
	char path[256];

	snprintf(path, sizeof(path), "%s/a/b/c/prog", s.dir);
	watch_begin(&w, (struct conf_rule){ .program = path });
	ck_assert(look(w.rule).rule.never);
	scratch_write(&s, "b", "");
	QUIET(&w);
	scratch_write(&s, "a/b/c/prog", "all at once");
	HEARD(&w);
	id = look(w.rule);
	ck_assert(is_file(&id, path));
	/* nothing is watched when nothing is asked for */
	ck_assert_int_eq(identity_watch_rules(w.w, NULL, 0), 0);
	ck_assert_int_eq(unlink(path), 0);
	QUIET(&w);
	watch_end(&w);
	scratch_free(&s);
}
END_TEST

START_TEST(cgroup_appears)
{
	char root[IDENTITY_PATH], name[32], path[2][IDENTITY_PATH + 40];
	char rule[40];
	struct watched w;
	struct identity there, gone;

	if (!make_cgroups(root, name, path))
		return;
	snprintf(rule, sizeof(rule), "/%s/b", name);
	watch_begin(&w, (struct conf_rule){ .cgroup = rule });
	gone = look(w.rule);
	ck_assert(mkdir(path[1], 0755) == 0);
	there = look(w.rule);
	w.changes = changes(&w);
	rmdir(path[1]);
	rmdir(path[0]);
	ck_assert(gone.rule.never && !there.rule.never);
	ck_assert_uint_ge(w.changes, 1);
	w.changes = 0;
	HEARD(&w);
	ck_assert(look(w.rule).rule.never);
	watch_end(&w);
}
END_TEST

/* In a mount namespace of its own, and a process of its own. */
static int mount_over(const char *dir)
{
	struct conf_rule rule;
	struct watched w;
	char path[256];

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	snprintf(path, sizeof(path), "%s/mnt/prog", dir);
	rule = (struct conf_rule){ .program = path };
	watch_begin(&w, rule);
	if (changes(&w))
		return 1;
	snprintf(path, sizeof(path), "%s/mnt", dir);
	if (mount("none", path, "tmpfs", 0, NULL) < 0)
		return 77;
	return changes(&w) ? 0 : 1;
}

START_TEST(mounted)
{
	struct scratch s = scratch_new();
	int status;
	pid_t pid;

	scratch_write(&s, "mnt/prog", "below");
	pid = fork();
	if (!pid)
		_exit(mount_over(s.dir));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		puts("identity: mounts need a namespace of their own");
	else
		ck_assert_int_eq(WEXITSTATUS(status), 0);
	scratch_free(&s);
}
END_TEST

Suite *suite_identity(void)
{
	Suite *s = suite_create("identity");

	unit_add(s, "program", program);
	unit_add(s, "names", names);
	unit_add(s, "all fields", all_fields);
	unit_add(s, "own process", own_process);
	unit_add(s, "other user", other_user);
	unit_add(s, "cgroups", cgroups);
	unit_add(s, "by names", by_names);
	unit_add(s, "replaced", replaced);
	unit_add(s, "runs on", runs_on);
	unit_add(s, "runs pinned", runs_pinned);
	unit_add(s, "runs many", runs_many);
	unit_add(s, "runs reload", runs_reload);
	unit_add(s, "links", links);
	unit_add(s, "appears", appears);
	unit_add(s, "cgroup appears", cgroup_appears);
	unit_add(s, "mounted", mounted);
	return s;
}
