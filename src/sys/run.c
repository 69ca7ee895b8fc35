/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - a program of the system, run with a clean environment.
 *
 * Input is written before output is read, so it has to fit a pipe; the
 * rule sets that go through here are a fraction of that.
 */
#include "config.h"

#include "sys/run.h"

#include "sys/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_LIMIT	SEC(10)

static const char *const dirs[] = {
	"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin",
};

static char path_var[] =
	"PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
static char lang_var[] = "LC_ALL=C";

int
run_find(const char *name, char *ret_path, size_t cap)
{
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		if (access(path, X_OK) == 0) {
			snprintf(ret_path, cap, "%s", path);
			return 0;
		}
	}
	return -ENOENT;
}

static int
spawn(const char *const argv[], int in, int out, pid_t *ret_pid)
{
	char *const env[] = { path_var, lang_var, NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none;
	char *args[32];
	size_t n;
	int err;

	for (n = 0; argv[n] && n < 31; n++)
		args[n] = (char *)(uintptr_t)argv[n];	/* exec's old type */
	args[n] = NULL;
	err = posix_spawn_file_actions_init(&fa);
	if (err)
		return -err;
	err = posix_spawnattr_init(&attr);
	if (err) {
		posix_spawn_file_actions_destroy(&fa);
		return -err;
	}
	/* what the daemon holds back at its start is not for others */
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_adddup2(&fa, out, 2);
	err = posix_spawn(ret_pid, argv[0], &fa, &attr, args, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return -err;
}

/* All there is until the end of the file; false: time is up. */
static bool
collect(int fd, char *out, size_t cap)
{
	usec_t end = clock_now() + RUN_LIMIT;
	char rest[256];
	size_t n = 0;
	ssize_t got;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		usec_t now = clock_now();
		bool full = n + 1 >= cap;

		if (now >= end)
			return false;
		if (poll(&p, 1, (int)((end - now) / 1000) + 1) <= 0)
			continue;
		got = read(fd, full ? rest : out + n,
			   full ? sizeof(rest) : cap - 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		if (!full)
			n += (size_t)got;
		out[n] = '\0';
	}
}

static int
reap(pid_t pid, bool in_time)
{
	int status;

	if (!in_time)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!in_time)
		return -ETIME;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECANCELED;
}

int
run_command(const char *const argv[], const char *input, char *ret_out,
	    size_t cap)
{
	int in[2], out[2], err;
	bool in_time;
	pid_t pid;

	ret_out[0] = '\0';
	if (pipe2(in, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(out, O_CLOEXEC) < 0) {
		err = -errno;
		close(in[0]);
		close(in[1]);
		return err;
	}
	err = spawn(argv, in[0], out[1], &pid);
	close(in[0]);
	close(out[1]);
	/* SIGPIPE is ignored by the whole process: a program that does not
	 * read just fails. */
	if (!err && input && write(in[1], input, strlen(input)) < 0)
		ret_out[0] = '\0';
	close(in[1]);
	if (!err) {
		in_time = collect(out[0], ret_out, cap);
		err = reap(pid, in_time);
	}
	close(out[0]);
	return err;
}
