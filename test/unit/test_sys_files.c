/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys_files.c - kernel parameters, managers of interfaces, directories
 * and locks, programs, the resolver's hook: all in a directory of our own.
 */
#include "sys/dns.h"
#include "sys/loop.h"
#include "sys/manager.h"
#include "sys/run.h"
#include "sys/rundir.h"
#include "sys/sysctl.h"
#include "test_sys.h"

#include <errno.h>

/* --- sysctl --- */

struct params {
	struct scratch	dir;
	char		root[128], file[128];
	struct sysctls	s;
};

static struct params params_new(void)
{
	struct params p = { .dir = scratch_new() };

	snprintf(p.root, sizeof(p.root), "%s/proc", p.dir.dir);
	snprintf(p.file, sizeof(p.file), "%s/sysctl", p.dir.dir);
	scratch_write(&p.dir, "proc/a/one", "1\n");
	scratch_write(&p.dir, "proc/a/two", "2\n");
	scratch_write(&p.dir, "proc/b/three", "3\n");
	ck_assert_int_eq(sysctl_open(&p.s, p.root, p.file), 0);
	return p;
}

static void is_now(const struct params *p, const char *name, const char *want)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "proc/%s", name);
	scratch_read(&p->dir, path, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	ck_assert_msg(!strcmp(text, want), "%s is %s, not %s", name, text,
		      want);
}

static void set_now(const struct params *p, const char *name, const char *to)
{
	char path[128];

	snprintf(path, sizeof(path), "proc/%s", name);
	unlink(scratch_path(&p->dir, path));
	scratch_write(&p->dir, path, to);
}

START_TEST(sysctl_set_restore)
{
	struct params p = params_new();
	char text[256], value[SYSCTL_VALUE];

	sysctl_begin(&p.s);
	ck_assert_int_eq(sysctl_want(&p.s, "a/one", "7"), 0);
	ck_assert_int_eq(sysctl_want(&p.s, "a/two", "2"), 0);
	ck_assert_int_eq(sysctl_want(&p.s, "a/none", "1"), -ENOENT);
	is_now(&p, "a/one", "1");		/* not before commit */
	ck_assert_int_eq(sysctl_commit(&p.s), 0);
	is_now(&p, "a/one", "7");
	scratch_read(&p.dir, "sysctl", text, sizeof(text));
	ck_assert_str_eq(text, "s a/one 1 7\n");
	ck_assert_int_eq(sysctl_before(&p.s, "a/one", value), 0);
	ck_assert_str_eq(value, "1");
	ck_assert_int_eq(sysctl_before(&p.s, "a/two", value), 0);
	ck_assert_str_eq(value, "2");
	sysctl_restore(&p.s);
	is_now(&p, "a/one", "1");
	ck_assert_int_ne(access(p.file, F_OK), 0);
	sysctl_close(&p.s);
	scratch_free(&p.dir);
}
END_TEST

/* The file is there before the first value is changed: with a /proc that
 * cannot be written at all, the originals are on disk all the same. */
START_TEST(sysctl_file_first)
{
	struct params p = params_new();
	char text[256];

	ck_assert_int_eq(sysctl_want(&p.s, "a/one", "7"), 0);
	ck_assert_int_eq(sysctl_want(&p.s, "b/three", "8"), 0);
	unlink(scratch_path(&p.dir, "proc/a/one"));
	ck_assert_int_eq(mkdir(scratch_path(&p.dir, "proc/a/one"), 0700), 0);
	ck_assert_int_lt(sysctl_commit(&p.s), 0);
	scratch_read(&p.dir, "sysctl", text, sizeof(text));
	ck_assert_str_eq(text, "s a/one 1 7\ns b/three 3 8\n");
	sysctl_close(&p.s);
	scratch_free(&p.dir);
}
END_TEST

/* Killed, and started again: the originals stay the originals, and what the
 * new configuration does not want any more goes back. */
START_TEST(sysctl_restart)
{
	struct params p = params_new();

	sysctl_want(&p.s, "a/one", "7");
	sysctl_want(&p.s, "a/two", "8");
	sysctl_commit(&p.s);
	sysctl_close(&p.s);			/* no restore: killed */
	is_now(&p, "a/one", "7");
	ck_assert_int_eq(sysctl_open(&p.s, p.root, p.file), 0);
	sysctl_begin(&p.s);
	sysctl_want(&p.s, "a/one", "9");
	sysctl_commit(&p.s);
	is_now(&p, "a/one", "9");
	is_now(&p, "a/two", "2");
	sysctl_close(&p.s);			/* and killed again */
	ck_assert_int_eq(sysctl_open(&p.s, p.root, p.file), 0);
	sysctl_restore(&p.s);
	is_now(&p, "a/one", "1");
	sysctl_close(&p.s);
	scratch_free(&p.dir);
}
END_TEST

START_TEST(sysctl_others)
{
	struct params p = params_new();

	/* one that drags another along: undone first */
	sysctl_keep(&p.s, "a/two");
	sysctl_want(&p.s, "a/one", "7");
	sysctl_want(&p.s, "b/three", "8");
	sysctl_commit(&p.s);
	is_now(&p, "a/two", "2");
	set_now(&p, "a/two", "5");
	set_now(&p, "b/three", "6");		/* somebody else's wish */
	sysctl_restore(&p.s);
	is_now(&p, "a/one", "1");
	is_now(&p, "a/two", "2");
	is_now(&p, "b/three", "6");
	sysctl_close(&p.s);
	scratch_free(&p.dir);
}
END_TEST

/* --- managers --- */

static void process(const struct scratch *d, const char *pid,
		    const char *comm, const char *ns)
{
	char path[64], to[128];

	snprintf(path, sizeof(path), "proc/%s/comm", pid);
	scratch_write(d, path, comm);
	snprintf(path, sizeof(path), "proc/%s/ns/x", pid);
	scratch_write(d, path, "");
	snprintf(path, sizeof(path), "proc/%s/ns/net", pid);
	snprintf(to, sizeof(to), "%s/%s", d->dir, ns);
	ck_assert_int_eq(symlink(to, scratch_path(d, path)), 0);
}

static bool held(const struct scratch *d, const char *by)
{
	char line[MANAGER_LINE] = "";
	bool is = manager_holds(d->dir, 3, "wlan0", line);

	ck_assert_msg(!is || !by || strstr(line, by), "%s", line);
	ck_assert_msg(!is || strstr(line, "wlan0"), "%s", line);
	return is;
}

START_TEST(managers)
{
	struct scratch d = scratch_new();

	scratch_write(&d, "ns-ours", "");
	scratch_write(&d, "ns-other", "");
	process(&d, "self", "mip6d\n", "ns-ours");
	ck_assert(!held(&d, NULL));

	scratch_write(&d, "run/NetworkManager/devices/3",
		      "[device]\nmanaged=true\n");
	ck_assert(!held(&d, NULL));		/* a dead manager's file */
	process(&d, "10", "NetworkManager\n", "ns-other");
	ck_assert(!held(&d, NULL));		/* another namespace's wlan0 */
	process(&d, "11", "NetworkManager\n", "ns-ours");
	ck_assert(held(&d, "nmcli device set wlan0 managed no"));
	scratch_write(&d, "run/NetworkManager/devices/3",
		      "[device]\nmanaged=false\n");
	ck_assert(!held(&d, NULL));

	process(&d, "12", "systemd-network\n", "ns-ours");
	scratch_write(&d, "run/systemd/netif/links/3",
		      "ADMIN_STATE=unmanaged\n");
	ck_assert(!held(&d, NULL));
	scratch_write(&d, "run/systemd/netif/links/3",
		      "# comment\nADMIN_STATE=configured\nOPER_STATE=up\n");
	ck_assert(held(&d, "Unmanaged=yes"));
	unlink(scratch_path(&d, "run/systemd/netif/links/3"));

	process(&d, "13", "dhcpcd\n", "ns-ours");
	scratch_write(&d, "run/dhcpcd/pid", "13\n");
	ck_assert(held(&d, "denyinterfaces wlan0"));
	scratch_write(&d, "etc/dhcpcd.conf",
		      "hostname\ndenyinterfaces eth* wlan[0-9]\n");
	ck_assert(!held(&d, NULL));
	scratch_write(&d, "run/dhcpcd/wlan0-6.pid", "14\n");
	ck_assert(held(&d, "dhcpcd -x wlan0"));
	scratch_free(&d);
}
END_TEST

/* --- directories and locks --- */

START_TEST(directories)
{
	struct scratch d = scratch_new();
	char path[256];

	snprintf(path, sizeof(path), "%s/a/b/c", d.dir);
	ck_assert_int_eq(rundir_make(path, 0700), 0);
	ck_assert_int_eq(rundir_make(path, 0700), 0);
	ck_assert_int_eq(chmod(path, 0777), 0);
	ck_assert_int_eq(rundir_make(path, 0700), -EPERM);
	scratch_write(&d, "file", "");
	ck_assert_int_eq(rundir_make(scratch_path(&d, "file"), 0700),
			 -ENOTDIR);
	memset(path, 'x', sizeof(path) - 1);
	path[255] = '\0';
	ck_assert_int_eq(rundir_file(path, "y", (char[RUNDIR_PATH]){ 0 }),
			 -ENAMETOOLONG);
	scratch_free(&d);
}
END_TEST

START_TEST(locks)
{
	struct scratch d = scratch_new();
	char path[256];
	pid_t pid = 0;
	int fd, again;

	snprintf(path, sizeof(path), "%s/lock", d.dir);
	fd = rundir_lock(path, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(rundir_lock(path, &pid), -EWOULDBLOCK);
	ck_assert_int_eq(pid, getpid());
	/* the holder removes the file when it ends: whoever waits for it
	 * must not believe in the old one */
	unlink(path);
	again = rundir_lock(path, &pid);
	ck_assert_int_ge(again, 0);
	ck_assert_int_eq(rundir_lock(path, &pid), -EWOULDBLOCK);
	close(fd);
	close(again);
	fd = rundir_lock(path, &pid);
	ck_assert_int_ge(fd, 0);
	close(fd);
	scratch_free(&d);
}
END_TEST

/* --- programs --- */

START_TEST(programs)
{
	const char *const echo[] = { "/bin/sh", "-c",
		"cat; echo err >&2; exit 3", NULL };
	const char *const many[] = { "/bin/sh", "-c",
		"i=0; while [ $i -lt 5000 ]; do echo 12345678; "
		"i=$((i+1)); done", NULL };
	const char *const none[] = { "/nonexistent", NULL };
	char out[64];

	ck_assert_int_eq(run_command(echo, "in\n", out, sizeof(out)), 3);
	ck_assert_str_eq(out, "in\nerr\n");
	ck_assert_int_eq(run_command(many, NULL, out, sizeof(out)), 0);
	ck_assert_uint_eq(strlen(out), sizeof(out) - 1);
	ck_assert_int_eq(run_command(none, NULL, out, sizeof(out)), -ENOENT);
	ck_assert_int_eq(run_find("sh", out, sizeof(out)), 0);
	ck_assert_int_eq(run_find("no-such-program", out, sizeof(out)),
			 -ENOENT);
}
END_TEST

/* --- resolvers --- */

START_TEST(dns_hook)
{
	struct scratch d = scratch_new();
	struct ef_dns ef = { .ifindex = 3, .n = 2,
			     .domains = "example.org $(reboot) -x a_b.net" };
	char text[512], script[512], hook[256];
	uv_loop_t loop;
	struct dns *dns;

	snprintf(script, sizeof(script), "#!/bin/sh\n"
		 "echo \"$1|$MIP6D_DNS|$MIP6D_DOMAINS\" >> %s/log\n", d.dir);
	scratch_write(&d, "hook", script);
	snprintf(hook, sizeof(hook), "%s", scratch_path(&d, "hook"));
	ck_assert_int_eq(chmod(hook, 0755), 0);
	addr_parse("2001:db8::53", &ef.server[0]);
	addr_parse("2001:db8::54", &ef.server[1]);
	uv_loop_init(&loop);
	dns = dns_open(&loop, hook);
	ck_assert_ptr_nonnull(strstr(dns_whom(dns), hook));
	dns_set(dns, &ef, "wlan0");
	ef.n = 1;
	dns_set(dns, &ef, "wlan0");	/* waits for the first to end */
	uv_run(&loop, UV_RUN_DEFAULT);
	dns_close(dns);			/* withdraws */
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	scratch_read(&d, "log", text, sizeof(text));
	ck_assert_str_eq(text,
		"wlan0|2001:db8::53 2001:db8::54|example.org a_b.net\n"
		"wlan0|2001:db8::53|example.org a_b.net\n"
		"wlan0||\n");
	scratch_free(&d);
}
END_TEST

/* --- alarms --- */

static void on_wakeup(void *arg)
{
	usec_t *when = arg;

	*when = clock_now();
}

START_TEST(wakeups)
{
	usec_t now = clock_now(), fired[3] = { 0 };
	struct wakeup *w[3];
	uv_loop_t loop;

	uv_loop_init(&loop);
	for (int i = 0; i < 3; i++)
		w[i] = wakeup_new(&loop, on_wakeup, &fired[i]);
	wakeup_set(w[0], now + MSEC(30));
	wakeup_set(w[1], 0);			/* long ago: at once */
	wakeup_set(w[2], now + MSEC(10));
	wakeup_set(w[2], USEC_NEVER);
	while (!fired[0])
		uv_run(&loop, UV_RUN_ONCE);
	ck_assert_uint_ge(fired[0], now + MSEC(30));
	ck_assert_uint_ne(fired[1], 0);
	ck_assert_uint_le(fired[1], fired[0]);
	ck_assert_uint_eq(fired[2], 0);
	for (int i = 0; i < 3; i++)
		wakeup_free(w[i]);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

Suite *suite_files(void)
{
	Suite *s = suite_create("sys");

	unit_add(s, "sysctl", sysctl_set_restore);
	unit_add(s, "sysctl file first", sysctl_file_first);
	unit_add(s, "sysctl restart", sysctl_restart);
	unit_add(s, "sysctl and others", sysctl_others);
	unit_add(s, "managers", managers);
	unit_add(s, "directories", directories);
	unit_add(s, "locks", locks);
	unit_add(s, "programs", programs);
	unit_add(s, "dns", dns_hook);
	unit_add(s, "wakeups", wakeups);
	return s;
}
