/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cleanup.c - mip6d --cleanup: what a killed daemon left in this network
 * namespace goes, as if it had ended in good order.  What it remembers (the
 * state directory) stays.
 */
#include "daemon/daemon.h"
#include "sys/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct cleaner {
	struct report	report;
	struct options	opt;
	uv_loop_t	loop;
};

static void
ignore(struct report *r, const struct event *ev)
{
}

static int
clean_addresses(struct cleaner *c)
{
	struct addresses addresses;
	char file[RUNDIR_PATH];
	struct netlink netlink;
	struct world world;
	struct fib fib;
	int err;

	err = rundir_file(c->opt.run_dir, "addresses", file);
	if (!err)
		err = netlink_open(&netlink);
	if (err)
		return err;
	err = world_open(&world, &c->loop, &c->report, 0, false);
	if (err) {
		netlink_close(&netlink);
		return err;
	}
	err = address_open(&addresses, &netlink, &world,
			   address_kernel_marks() ? NULL : file);
	if (!err) {
		err = address_clear(&addresses);
		address_close(&addresses);
	}
	if (!err)
		err = fib_open(&fib, &netlink, &world);
	if (!err) {
		err = fib_clear(&fib);
		fib_close(&fib);
	}
	world_close(&world);
	netlink_close(&netlink);
	return err;
}

static int
clean_sysctls(struct cleaner *c)
{
	char file[RUNDIR_PATH];
	struct sysctls s;
	int err;

	err = rundir_file(c->opt.run_dir, "sysctl", file);
	if (!err)
		err = sysctl_open(&s, "/proc/sys", file);
	if (err)
		return err;
	sysctl_restore(&s);
	sysctl_close(&s);
	return 0;
}

static int
clean_labels(struct cleaner *c)
{
	char file[RUNDIR_PATH];
	struct netlink netlink;
	struct labels labels;
	int err;

	err = rundir_file(c->opt.run_dir, "labels", file);
	if (!err)
		err = netlink_open(&netlink);
	if (err)
		return err;
	err = labels_open(&labels, &netlink, file);
	if (!err) {
		err = labels_restore(&labels);
		labels_close(&labels);
	}
	netlink_close(&netlink);
	return err;
}

static int
clean_path(struct cleaner *c)
{
	int err = path_cleanup(NULL);

	return err == -ENOENT || err == -ENODEV ? 0 : err;
}

static int
clean_rules(struct cleaner *c)
{
	rules_remove();
	return 0;
}

static int
clean_hooks(struct cleaner *c)
{
	const struct hooks_options o = { .cgroup = c->opt.cgroup };
	int err = c->opt.hooks ? hooks_cleanup(&o) : 0;

	return err == -ENOENT ? 0 : err;
}

static const struct {
	const char	*what;
	int		(*clean)(struct cleaner *);
} parts[] = {
	{ "socket hooks",		clean_hooks },
	{ "data path",			clean_path },
	{ "addresses and routes",	clean_addresses },
	{ "netfilter rules",		clean_rules },
	{ "kernel parameters",		clean_sysctls },
	{ "address labels",		clean_labels },
};

static bool
hold(const char *file, int *ret_fd)
{
	pid_t pid;

	*ret_fd = rundir_lock(file, &pid);
	if (*ret_fd == -EWOULDBLOCK)
		log_error("mip6d runs here (process %d): stop it, it cleans "
			  "up by itself", (int)pid);
	else if (*ret_fd < 0)
		log_error("%s: %s", file, strerror(-*ret_fd));
	return *ret_fd >= 0;
}

static void
clean_run_dir(struct cleaner *c)
{
	static const char *const files[] = {
		"control", "app", "sysctl", "labels", "addresses", "lock",
	};
	char file[RUNDIR_PATH];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!rundir_file(c->opt.run_dir, files[i], file))
			unlink(file);
	rmdir(c->opt.run_dir);
}

static int
clean_all(struct cleaner *c)
{
	int err, status = 0;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		err = parts[i].clean(c);
		if (!err)
			continue;
		log_error("%s: %s", parts[i].what, strerror(-err));
		status = 1;
	}
	/* with something left, what is needed to remove it stays */
	if (!status)
		clean_run_dir(c);
	return status;
}

int
daemon_cleanup(const struct options *opt)
{
	struct cleaner c = { .report.event = ignore, .opt = *opt };
	char ns_file[RUNDIR_PATH], run_file[RUNDIR_PATH];
	int ns_lock = -1, run_lock = -1, status = 1;

	if (rundir_make(opt->run_dir, 0755) ||
	    rundir_namespace_lock(ns_file) ||
	    rundir_file(opt->run_dir, "lock", run_file)) {
		log_error("%s: not to be used", opt->run_dir);
		return 1;
	}
	if (uv_loop_init(&c.loop))
		return 1;
	if (hold(ns_file, &ns_lock) && hold(run_file, &run_lock)) {
		status = clean_all(&c);
		unlink(ns_file);
	}
	if (run_lock >= 0)
		close(run_lock);
	if (ns_lock >= 0)
		close(ns_lock);
	uv_run(&c.loop, UV_RUN_DEFAULT);
	uv_loop_close(&c.loop);
	return status;
}
