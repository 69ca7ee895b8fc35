/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - mip6d's command line.
 */
#include "config.h"

#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONF_FILE	"/etc/mip6d/mip6d.conf"
#define EXIT_USAGE	2

enum mode { MODE_RUN, MODE_CHECK, MODE_PRINT, MODE_CLEANUP };

enum {
	OPT_CLEANUP = 256, OPT_RUN_DIR, OPT_STATE_DIR, OPT_VERSION,
	OPT_NETFILTER, OPT_QUEUE, OPT_DNS_HOOK, OPT_CGROUP,
};

static const struct option long_options[] = {
	{ "config",	required_argument, NULL, 'c' },
	{ "debug",	required_argument, NULL, 'd' },
	{ "foreground",	no_argument,	   NULL, 'f' },
	{ "check",	no_argument,	   NULL, 'n' },
	{ "verbose",	no_argument,	   NULL, 'v' },
	{ "help",	no_argument,	   NULL, 'h' },
	{ "cleanup",	no_argument,	   NULL, OPT_CLEANUP },
	{ "run-dir",	required_argument, NULL, OPT_RUN_DIR },
	{ "state-dir",	required_argument, NULL, OPT_STATE_DIR },
	{ "netfilter",	required_argument, NULL, OPT_NETFILTER },
	{ "queue",	required_argument, NULL, OPT_QUEUE },
	{ "dns-hook",	required_argument, NULL, OPT_DNS_HOOK },
	{ "cgroup",	required_argument, NULL, OPT_CGROUP },
	{ "version",	no_argument,	   NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void
usage(FILE *f)
{
	fputs("usage: mip6d [-Df] [-c FILE] [-d LEVEL] [--run-dir DIR] "
	      "[--state-dir DIR]\n"
	      "             [--netfilter TOOL] [--queue NUMBER] "
	      "[--dns-hook PROGRAM]\n"
	      "             [--cgroup DIR|none]\n"
	      "       mip6d -n[v] [FILE]\n"
	      "       mip6d --cleanup [--run-dir DIR] [--cgroup DIR|none]\n"
	      "       mip6d --version\n", f);
}

static bool
parse_number(const char *text, unsigned long max, unsigned long *ret)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max)
		return false;
	*ret = n;
	return true;
}

static bool
set_dir(char dir[RUNDIR_PATH], const char *to)
{
	char cwd[RUNDIR_PATH];
	int n;

	if (to[0] == '/')
		n = snprintf(dir, RUNDIR_PATH, "%s", to);
	else
		n = snprintf(dir, RUNDIR_PATH, "%s/%s",
			     getcwd(cwd, sizeof(cwd)) ? cwd : ".", to);
	if (n < RUNDIR_PATH && *to)
		return true;
	fprintf(stderr, "mip6d: the name of a directory is %s\n",
		*to ? "too long" : "empty");
	return false;
}

static bool
known_tool(const char *name)
{
	static const char *const tools[] = {
		"auto", "ip6tables", "ip6tables-nft", "ip6tables-legacy",
		"nft",
	};
	size_t i;

	for (i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (!strcmp(name, tools[i]))
			return true;
	fprintf(stderr, "mip6d: --netfilter is one of auto, ip6tables, "
		"ip6tables-nft, ip6tables-legacy, nft\n");
	return false;
}

static bool
set_number(int c, const char *text, struct options *o)
{
	unsigned long n;

	if (!parse_number(text, c == 'd' ? 10 : 65535, &n)) {
		fprintf(stderr, "mip6d: %s wants a number from 0 to %d, not "
			"'%s'\n", c == 'd' ? "-d" : "--queue",
			c == 'd' ? 10 : 65535, text);
		return false;
	}
	if (c == 'd')
		o->debug = (int)n;
	else
		o->queue = (uint16_t)n;
	return true;
}

static bool
set_option(int c, const char *arg, struct options *o)
{
	switch (c) {
	case 'c':
		o->conf_file = arg;
		return true;
	case 'f':
		o->detach = false;
		return true;
	case 'D':
		o->detach = true;
		return true;
	case 'd':
	case OPT_QUEUE:
		return set_number(c, arg, o);
	case OPT_RUN_DIR:
		return set_dir(o->run_dir, arg);
	case OPT_STATE_DIR:
		return set_dir(o->state_dir, arg);
	case OPT_NETFILTER:
		o->netfilter = arg;
		return known_tool(arg);
	case OPT_DNS_HOOK:
		o->dns_hook = arg;
		return true;
	case OPT_CGROUP:
		o->hooks = strcmp(arg, "none");
		o->cgroup = o->hooks ? arg : NULL;
		return true;
	default:
		usage(stderr);
		return false;
	}
}

/* MODE_*, or -1 - status when there is nothing more to do. */
static int
parse_options(int argc, char **argv, struct options *o)
{
	bool check = false, print = false, clean = false;
	bool run = false, state = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:d:fDnvh", long_options,
				NULL)) >= 0) {
		if (c == 'h' || c == OPT_VERSION) {
			if (c == 'h')
				usage(stdout);
			else
				puts("mip6d " PACKAGE_VERSION);
			return -1 - EXIT_SUCCESS;
		}
		check |= c == 'n';
		print |= c == 'v';
		clean |= c == OPT_CLEANUP;
		run |= c == OPT_RUN_DIR;
		state |= c == OPT_STATE_DIR;
		if (c != 'n' && c != 'v' && c != OPT_CLEANUP &&
		    !set_option(c, optarg, o))
			return -1 - EXIT_USAGE;
	}
	if (check && optind < argc)
		o->conf_file = argv[optind++];
	/* a daemon that is put somewhere has all of its files there */
	if (!state && run)
		snprintf(o->state_dir, RUNDIR_PATH, "%.*s/state",
			 RUNDIR_PATH - 7, o->run_dir);
	if (optind < argc || (print && !check) || (check && clean)) {
		usage(stderr);
		return -1 - EXIT_USAGE;
	}
	if (check)
		return print ? MODE_PRINT : MODE_CHECK;
	return clean ? MODE_CLEANUP : MODE_RUN;
}

static struct conf *
read_conf(const char *file)
{
	struct conf *conf = NULL;
	unsigned n = conf_parse_file(file, true, stderr, &conf);

	if (!n)
		return conf;
	fprintf(stderr, "mip6d: %u error%s in %s\n", n, n == 1 ? "" : "s",
		file);
	return NULL;
}

static int
check_conf(const struct options *o, bool print)
{
	struct conf *conf = read_conf(o->conf_file);

	if (!conf)
		return 1;
	if (print)
		conf_print(conf, stdout);
	else
		printf("%s: correct\n", o->conf_file);
	conf_free(conf);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}

/* --- -D --- */

/* The parent: ends with the child's status, or with 0 once it is ready. */
static int
wait_for(pid_t child, int fd)
{
	char byte;
	ssize_t n;
	int status;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) && WEXITSTATUS(status) ?
	       WEXITSTATUS(status) : 1;
}

/* -1 in the parent with its status, or what to write to when ready. */
static int
detach(int *ret_status)
{
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		fprintf(stderr, "mip6d: cannot detach: %s\n",
			strerror(errno));
		*ret_status = 1;
		return -1;
	}
	if (pid) {
		close(fd[1]);
		*ret_status = wait_for(pid, fd[0]);
		return -1;
	}
	close(fd[0]);
	setsid();
	return fd[1];
}

static int
run(struct options *o)
{
	static char conf_file[4096];
	int status = 0, ready_fd = -1;
	struct conf *conf;

	conf = read_conf(o->conf_file);
	if (!conf)
		return 1;
	/* a daemon has no working directory, a reload needs the file */
	if (realpath(o->conf_file, conf_file))
		o->conf_file = conf_file;
	o->level = (o->debug >= 0 ? o->debug : (int)conf->debug) > 0 ?
		   LOG_DETAIL : LOG_DETAIL - 1;
	log_open("mip6d", o->level, false);
	if (o->detach) {
		ready_fd = detach(&status);
		if (ready_fd < 0) {
			conf_free(conf);
			return status;
		}
	}
	return daemon_run(o, conf, ready_fd);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.conf_file = CONF_FILE,
		.debug = -1,
		.netfilter = "auto",
		.hooks = true,
		.queue = DAEMON_QUEUE,
	};
	int mode;

	rundir_default(RUNDIR_RUN, o.run_dir);
	rundir_default(RUNDIR_STATE, o.state_dir);
	mode = parse_options(argc, argv, &o);
	if (mode < 0)
		return -1 - mode;
	signal(SIGPIPE, SIG_IGN);
	log_open("mip6d", LOG_DETAIL - 1, false);
	switch ((enum mode)mode) {
	case MODE_CHECK:
		return check_conf(&o, false);
	case MODE_PRINT:
		return check_conf(&o, true);
	case MODE_CLEANUP:
		return daemon_cleanup(&o);
	case MODE_RUN:
		break;
	}
	return run(&o);
}
