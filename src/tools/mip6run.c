/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run - start a program whose sockets get an address of a type.
 *
 * First the address is acquired, and only then the program is started: in a
 * child, under a filter that makes the kernel ask us about its sockets.  We
 * stay as its parent, answer, pass signals on, and end as it ends.
 *
 * The child tells the number of the listener by a pipe, and we take the
 * descriptor out of it: sending it would be one of the calls that are held.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MAX	86400		/* seconds */

static const char usage[] =
	"usage: mip6run --require TYPE [--timeout SECONDS] [--] COMMAND "
	"[ARGUMENT...]\n"
	"TYPE: home-anchored, access-anchored, unanchored, graceful\n";

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *fmt, ...)
{
	va_list ap;

	fputs("mip6run: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EXIT_OWN);
}

/* --- what is asked for -----------------------------------------------------
 */

/* Beside our own names those of RFC 8653 section 3.2. */
static sc_type
parse_type(const char *word)
{
	static const struct {
		const char	*name;
		sc_type		type;
	} others[] = {
		{ "fixed", FIXED_IP_ADDRESS },
		{ "session-lasting", SESSION_LASTING_IP_ADDRESS },
		{ "non-persistent", NON_PERSISTENT_IP_ADDRESS },
		{ "nonpersistent", NON_PERSISTENT_IP_ADDRESS },
		{ "graceful-replacement", GRACEFUL_REPLACEMENT_IP_ADDRESS },
	};
	sc_type type = mip6i_type_parse(word, strlen(word));

	for (size_t i = 0; !type && i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].name, word) == 0)
			type = others[i].type;
	if (!type)
		die("%s is no address type: home-anchored, access-anchored, "
		    "unanchored or graceful", word);
	return type;
}

static int
parse_timeout(const char *word)
{
	char *end;
	double s = strtod(word, &end);

	if (end == word || *end || !(s > 0) || s > TIMEOUT_MAX)
		die("%s is no number of seconds (up to %d)", word, TIMEOUT_MAX);
	return s < 0.001 ? 1 : (int)(s * 1000);
}

static void
parse_options(int argc, char **argv, struct run *r)
{
	static const struct option options[] = {
		{ "require", required_argument, NULL, 'r' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	r->timeout_ms = -1;
	while ((c = getopt_long(argc, argv, "+r:t:hV", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			r->type = parse_type(optarg);
			break;
		case 't':
			r->timeout_ms = parse_timeout(optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'V':
			puts("mip6run " PACKAGE_VERSION);
			exit(0);
		default:
			exit(EXIT_OWN);
		}
	}
	r->argv = argv + optind;
	if (!r->type)
		die("--require TYPE is missing");
	if (!*r->argv)
		die("no command is given");
}

/* --- the address -----------------------------------------------------------
 */

static const char *
reason(int err)
{
	switch (err) {
	case EOPNOTSUPP:
		return "no mip6d runs in this network namespace, or it has no "
		       "way to provide one";
	case EACCES:
		return "the policy does not permit it";
	case EPERM:
		return "who answers at the application socket is not root";
	case EPROTO:
		return "the application socket answers nonsense";
	case EAGAIN:
		return "the daemon is at a limit";
	case ETIMEDOUT:
		return "it did not come in time";
	case ECONNREFUSED:
		return "the network refused it";
	case ECONNRESET:
	case ESHUTDOWN:
		return "the daemon ended before it answered";
	}
	return strerror(err);
}

/* Does a requirement on a socket stay there?  (A plain kernel answers 0 to
 * what it does not know.)  A refusal is an answer of hooks, too. */
static bool
hooks_there(sc_type type)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int flags = (int)type;
	socklen_t n = sizeof(flags);
	bool there;

	if (fd < 0)
		return false;
	there = setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
			   n) < 0 ||
		(getsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
			    &n) == 0 && ((sc_type)flags & MIP6I_REQUIRE));
	close(fd);
	return there;
}

/* --- the command -----------------------------------------------------------
 */

/* All that can be passed on; not those of job control, which act on us as on
 * everybody in the foreground. */
static void
block_signals(struct run *r)
{
	static const int left[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS,
				    SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		sigdelset(&set, left[i]);
	signal(SIGCHLD, SIG_DFL);	/* ignored, there would be no status */
	sigprocmask(SIG_BLOCK, &set, &r->mask);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->signals < 0)
		die("signalfd: %s", strerror(errno));
}

/* Where ptrace(2) is for ancestors only, orphans must come to us. */
static void
adopt_orphans(void)
{
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (!f)
		return;
	if (fscanf(f, "%d", &scope) == 1 && scope)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	fclose(f);
}

__attribute__((noreturn)) static void
command(struct run *r, const struct filter *f, int tell, int go, pid_t parent)
{
	int listener, err;
	char c;

	/* without us there is nobody to ask: better an end than ENOSYS */
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (getppid() != parent)
		_exit(EXIT_OWN);
	listener = filter_install(f);
	if (write(tell, &listener, sizeof(listener)) !=
	    (ssize_t)sizeof(listener) || listener < 0 ||
	    read(go, &c, 1) != 1)
		_exit(EXIT_OWN);
	close(listener);
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
	execvp(r->argv[0], r->argv);
	err = errno;
	fprintf(stderr, "mip6run: %s: %s\n", r->argv[0], strerror(err));
	_exit(err == ENOENT ? 127 : 126);
}

static const char *
filter_reason(int err)
{
	switch (err) {
	case EBUSY:
		return "another program supervises us already (mip6run in "
		       "mip6run?)";
	case EINVAL:
	case ENOSYS:
		return "the kernel has no seccomp user notification "
		       "(CONFIG_SECCOMP_FILTER, Linux 5.0)";
	}
	return strerror(err);
}

static void
start(struct run *r, const struct filter *f)
{
	int told[2], go[2], listener;
	pid_t self = getpid();

	if (pipe2(told, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		die("pipe: %s", strerror(errno));
	r->child = fork();
	if (r->child < 0)
		die("fork: %s", strerror(errno));
	if (r->child == 0)
		command(r, f, told[1], go[0], self);
	close(told[1]);
	close(go[0]);
	if (read(told[0], &listener, sizeof(listener)) !=
	    (ssize_t)sizeof(listener))
		die("the child ended before it began");
	if (listener < 0)
		die("cannot trap system calls: %s", filter_reason(-listener));
	r->notify = peer_fd(r->child, listener);
	if (r->notify < 0)
		die("pidfd_getfd: %s (Linux 5.6 has it, for those who may "
		    "ptrace)", strerror(-r->notify));
	if (write(go[1], "", 1) != 1)
		die("the child ended before it began");
	close(told[0]);
	close(go[1]);
}

/* --- the end ---------------------------------------------------------------
 */

/* The command is done, and has left others behind: somebody must answer
 * them, in the background. */
static void
leave_server(struct run *r)
{
	pid_t pid = fork();
	int null;

	if (pid != 0)
		return;
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	close(r->signals);
	r->signals = -1;
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
	if (chdir("/") < 0)
		exit(EXIT_OWN);
	serve_orphans(r);
	exit(0);
}

/* As the command has ended: by the same signal, without a core of ours. */
static int
end_like(int status)
{
	const struct rlimit none = { 0, 0 };
	sigset_t set;
	int sig;

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	sig = WTERMSIG(status);
	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	return 128 + sig;
}

int main(int argc, char **argv)
{
	struct run run = { 0 }, *r = &run;
	struct filter filter;
	int err, status;

	parse_options(argc, argv, r);
	err = grant_begin(&r->grant, r->type, r->timeout_ms);
	if (err)
		die("no %s address: %s", mip6i_type_name(r->type),
		    reason(-err));
	r->hooks = hooks_there(r->type);
	if (filter_build(r->hooks, &filter))
		die("this kind of processor is not known to me");
	block_signals(r);
	if (!r->hooks)
		adopt_orphans();
	start(r, &filter);
	status = serve(r);
	if (serve_needed(r))
		leave_server(r);
	grant_end(&r->grant);
	return end_like(status);
}
