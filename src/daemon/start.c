/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.c - the daemon from the first check to the last restore.
 *
 * The table of steps is the start, from the top, and the end, from the
 * bottom.  A step that fails says in one line what is missing, and those
 * before it are undone.  What comes early is what changes nothing; the
 * node is told of the world only when all the ways into it stand.
 *
 * When the process is killed none of the ends is run: addresses, routes, the
 * data path, the netfilter rules and the kernel parameters stay as they are,
 * and the next start takes them over, each step from what it finds.
 */
#include "daemon/daemon.h"
#include "crypto/cga.h"
#include "sys/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* The mobile's own table for source-selected flows is the data path's. */
#define MOBILE_PATHS	1280
#define PROXY_PATHS	65536		/* gateways of an anchor, anchors of a
					   gateway */

static int
fail(char why[DAEMON_WHY], int err, const char *what)
{
	snprintf(why, DAEMON_WHY, "%s: %s", what, strerror(-err));
	return err;
}

/* --- privilege --- */

static int
privilege_open(struct daemon *d, char why[DAEMON_WHY])
{
	static const struct {
		unsigned	bit;
		const char	*name;
	} needed[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ CAP_NET_RAW, "CAP_NET_RAW" },
	};
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct c[2] = { 0 };
	size_t i;

	if (syscall(SYS_capget, &h, c) < 0)
		return fail(why, -errno, "capabilities cannot be read");
	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		if (c[0].effective & 1U << needed[i].bit)
			continue;
		snprintf(why, DAEMON_WHY, "%s is missing: run as root",
			 needed[i].name);
		return -EPERM;
	}
	return 0;
}

/* --- directories and locks --- */

static int
make_dir(const char *path, mode_t mode, char why[DAEMON_WHY])
{
	int err = rundir_make(path, mode);

	if (err == -EPERM)
		snprintf(why, DAEMON_WHY, "%s: belongs to somebody else, or "
			 "others may write to it", path);
	else if (err)
		snprintf(why, DAEMON_WHY, "%s: cannot be made: %s", path,
			 strerror(-err));
	return err;
}

static int
take_lock(const char *path, const char *whose, char why[DAEMON_WHY])
{
	pid_t pid;
	int fd = rundir_lock(path, &pid);

	if (fd == -EWOULDBLOCK && pid)
		snprintf(why, DAEMON_WHY, "another mip6d (process %d) runs in "
			 "this %s", (int)pid, whose);
	else if (fd == -EWOULDBLOCK)
		snprintf(why, DAEMON_WHY, "another mip6d runs in this %s",
			 whose);
	else if (fd < 0)
		snprintf(why, DAEMON_WHY, "%s: %s", path, strerror(-fd));
	return fd;
}

static int
dirs_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err;

	d->run_lock = d->netns_lock = -1;
	err = make_dir(d->opt->run_dir, 0755, why);
	if (!err)
		err = make_dir(d->opt->state_dir, 0700, why);
	if (err)
		return err;
	err = rundir_namespace_lock(d->netns_lock_file);
	if (!err)
		err = rundir_file(d->opt->run_dir, "lock", d->run_lock_file);
	if (err)
		return fail(why, err, "locks");
	d->netns_lock = take_lock(d->netns_lock_file, "network namespace",
				  why);
	if (d->netns_lock < 0)
		return d->netns_lock;
	d->run_lock = take_lock(d->run_lock_file, "run directory", why);
	if (d->run_lock < 0) {
		close(d->netns_lock);
		return d->run_lock;
	}
	return 0;
}

static void
dirs_close(struct daemon *d)
{
	unlink(d->run_lock_file);
	unlink(d->netns_lock_file);
	close(d->run_lock);
	close(d->netns_lock);
	rmdir(d->opt->run_dir);		/* when nothing else is in it */
}

/* --- the loop --- */

static void
loop_close(struct daemon *d)
{
	d->deadline = wakeup_free(d->deadline);
	d->undo = wakeup_free(d->undo);
	d->clock = wakeup_free(d->clock);
	/* handles end in their close callbacks, spawned programs and a sync
	 * under way in theirs */
	uv_run(&d->loop, UV_RUN_DEFAULT);
	uv_loop_close(&d->loop);
}

static int
loop_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err;

	/* the only user is fdatasync */
	setenv("UV_THREADPOOL_SIZE", "1", 0);
	err = uv_loop_init(&d->loop);
	if (err)
		return fail(why, err, "event loop");
	d->deadline = wakeup_new(&d->loop, daemon_tick, d);
	d->undo = wakeup_new(&d->loop, command_undo, d);
	d->clock = wakeup_new_step(&d->loop, daemon_clock, d);
	if (d->deadline && d->undo && d->clock)
		return 0;
	loop_close(d);
	return fail(why, -ENOMEM, "timers");
}

/* --- policy --- */

static int
policy_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	struct policy_next next;
	int err = policy_open(&d->policy, &d->loop, demand_on_policy, d);

	if (err)
		return fail(why, err, "AddressPolicy");
	err = policy_prepare(&d->policy, d->conf, &next);
	if (err) {
		policy_close(&d->policy);
		return fail(why, err, "AddressPolicy");
	}
	policy_commit(&d->policy, &next);
	return 0;
}

static void
policy_step_close(struct daemon *d)
{
	policy_close(&d->policy);
}

/* --- managers, kernel parameters, netlink --- */

static int
managers_open(struct daemon *d, char why[DAEMON_WHY])
{
	return nic_check_managers(d->conf, why);
}

static int
sysctl_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	char file[RUNDIR_PATH];
	int err;

	err = rundir_file(d->opt->run_dir, "sysctl", file);
	if (!err)
		err = sysctl_open(&d->sysctls, "/proc/sys", file);
	if (err)
		return fail(why, err, "kernel parameters");
	err = nic_set_parameters(d, why);
	if (err) {
		sysctl_restore(&d->sysctls);
		sysctl_close(&d->sysctls);
	}
	return err;
}

static void
sysctl_step_close(struct daemon *d)
{
	sysctl_restore(&d->sysctls);
	nic_hand_back(d);
	sysctl_close(&d->sysctls);
}

static int
netlink_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err = netlink_open(&d->netlink);

	return err ? fail(why, err, "rtnetlink cannot be opened") : 0;
}

static void
netlink_step_close(struct daemon *d)
{
	netlink_close(&d->netlink);
}

static void
labels_step_close(struct daemon *d)
{
	int err = labels_restore(&d->labels);

	if (err)
		log_warn("address labels cannot be restored: %s %s",
			 strerror(-err), d->netlink.text);
	labels_close(&d->labels);
}

static int
labels_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	char file[RUNDIR_PATH];
	int err;

	err = rundir_file(d->opt->run_dir, "labels", file);
	if (!err)
		err = labels_open(&d->labels, &d->netlink, file);
	if (err == -EILSEQ)
		snprintf(why, DAEMON_WHY, "%s: is none of mip6d; move it away",
			 file);
	else if (err)
		fail(why, err, "address labels");
	if (err)
		return err;
	err = labels_set(&d->labels, d->conf->label, d->conf->nlabels);
	if (!err)
		return 0;
	snprintf(why, DAEMON_WHY, "address labels cannot be set: %s %s",
		 strerror(-err), d->netlink.text);
	labels_step_close(d);
	return err;
}

static int
owned_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err = owned_open(&d->owned);

	return err ? fail(why, err, "table of addresses") : 0;
}

static void
owned_step_close(struct daemon *d)
{
	owned_close(&d->owned);
}

/* --- the data path --- */

static int
path_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	struct path_options o = {
		/* To a mobile nothing comes that it forwards, and of a Home
		 * Test it has to see that it came through the tunnel. */
		.fast_path = d->conf->fast_path &&
			     !(d->conf->roles & CONF_MN),
		.multicast = d->conf->ha_max_memberships > 0,
	};
	int err;

	if (!(d->conf->roles & (CONF_MN | CONF_HA | CONF_CN | CONF_LMA |
				CONF_MAG)) &&
	    !d->conf->nhome_links)
		return 0;
	o.max_paths = conf_max_bindings(d->conf);
	if (d->conf->roles & CONF_MN) {
		o.max_paths += MOBILE_PATHS;
		o.traffic_packets = d->conf->ro_packets;
	}
	o.max_flows = o.max_paths;
	/* all mobiles of a gateway share one */
	if (d->conf->roles & (CONF_LMA | CONF_MAG) && o.max_paths > PROXY_PATHS)
		o.max_paths = PROXY_PATHS;
	/* those of correspondents are for one of our addresses each */
	if (d->conf->roles & CONF_CN)
		o.max_pairs = o.max_flows;
	if (d->conf->roles & CONF_MAG)
		o.max_access = o.max_flows;
	err = path_open(&o, &d->path, &d->caps, why, DAEMON_WHY);
	if (err)
		return err;
	if (path_fd(d->path) < 0)
		return 0;
	d->path_watch = watch_new(&d->loop, path_fd(d->path), UV_READABLE,
				  daemon_path, d);
	if (d->path_watch)
		return 0;
	d->path = path_close(d->path, false);
	return fail(why, -ENOMEM, "data path");
}

static int
used_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err = used_open(d);

	return err ? fail(why, err, "data path") : 0;
}

static void
path_step_close(struct daemon *d)
{
	d->path_watch = watch_free(d->path_watch);
	if (d->path)
		d->path = path_close(d->path, false);
}

/* --- the node --- */

/* What identifiers are derived from lasts as long as the state directory,
 * so that a restarted mobile forms the same addresses (RFC 7217). */
static int
read_secret(const char *dir, uint8_t secret[32])
{
	char file[RUNDIR_PATH];
	int fd, err = rundir_file(dir, "secret", file);
	ssize_t n;

	if (err)
		return err;
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	n = read(fd, secret, 32);
	if (n != 32) {
		if (getrandom(secret, 32, 0) != 32 ||
		    pwrite(fd, secret, 32, 0) != 32 || fsync(fd) < 0)
			err = -EIO;
	}
	close(fd);
	return err;
}

static int
node_open(struct daemon *d, char why[DAEMON_WHY])
{
	struct node_seed seed = { .wall = clock_wall(),
				  .early_bind = d->hooks != NULL };
	int err = read_secret(d->opt->state_dir, seed.secret);
	uint8_t key[CGA_DER_MAX];

	if (err)
		return fail(why, err, "secret of the state directory");
	err = daemon_cga_key(d, key, &seed.cga_key_len, why);
	if (err)
		return err;
	if (seed.cga_key_len)
		seed.cga_key = key;
	d->node = node_new(d->conf, &seed, clock_now());
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&seed, sizeof(seed));
	return d->node ? 0 : fail(why, -ENOMEM, "node");
}

static void
node_close(struct daemon *d)
{
	d->described = false;
	d->node = node_free(d->node);
}

static int
store_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	char file[RUNDIR_PATH], what[RUNDIR_PATH + 32];
	struct store_stat st;
	int err;

	err = rundir_file(d->opt->state_dir, "store", file);
	if (!err)
		err = store_open(&d->loop, file, &d->store);
	if (err == -EILSEQ) {
		snprintf(why, DAEMON_WHY, "%s: is not a store of mip6d; move "
			 "it away", file);
		return err;
	}
	if (err) {
		snprintf(what, sizeof(what), "%s", file);
		return fail(why, err, what);
	}
	st = store_stat(d->store);
	if (st.torn)
		log_warn("%s: %ju octets at its end were damaged, cut off",
			 file, (uintmax_t)st.torn);
	return 0;
}

static void
store_step_close(struct daemon *d)
{
	d->store = store_close(d->store);
}

/* --- ways in and out --- */

static int
sender_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	return sender_open(&d->loop, &d->sender, why, DAEMON_WHY);
}

static void
sender_step_close(struct daemon *d)
{
	d->sender = sender_close(d->sender);
}

static int
queue_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	char said[DAEMON_WHY - 64];
	int err;

	err = queue_open(&d->loop, d->opt->queue, &d->report, &d->queue, why,
			 DAEMON_WHY);
	if (err)
		return err;
	/* only now: with the rules in and no queue, packets would vanish */
	err = rules_install(d->opt->netfilter, d->opt->queue,
			    d->conf->ha_max_memberships > 0, said,
			    sizeof(said));
	if (err) {
		snprintf(why, DAEMON_WHY, "netfilter rules are missing: %s",
			 said);
		d->queue = queue_close(d->queue);
		return err;
	}
	snprintf(d->rules, sizeof(d->rules), "%.*s",
		 (int)sizeof(d->rules) - 1, said);
	return 0;
}

static void
queue_step_close(struct daemon *d)
{
	rules_remove();
	d->queue = queue_close(d->queue);
}

static int
ears_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err = nd_open(&d->ears, &d->loop, &d->report);

	anycast_open(&d->anycasts);
	return err ? fail(why, err, "neighbor discovery") : 0;
}

static void
ears_close(struct daemon *d)
{
	anycast_close(&d->anycasts);
	nd_close(&d->ears);
}

static int
dns_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	d->dns = dns_open(&d->loop, d->opt->dns_hook);
	return d->dns ? 0 : fail(why, -ENOMEM, "resolver");
}

static void
dns_step_close(struct daemon *d)
{
	d->dns = dns_close(d->dns);
}

/* --- the world --- */

static int
world_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	char file[RUNDIR_PATH];
	int err;

	err = world_open(&d->world, &d->loop, &d->report, d->caps.ifindex,
			 d->conf->roles & (CONF_MN | CONF_AR | CONF_MAG));
	if (err)
		return fail(why, err, "links and addresses cannot be read");
	err = rundir_file(d->opt->run_dir, "addresses", file);
	if (!err)
		err = address_open(&d->addresses, &d->netlink, &d->world,
				   address_kernel_marks() ? NULL : file);
	if (!err) {
		err = fib_open(&d->fib, &d->netlink, &d->world);
		if (err)
			address_close(&d->addresses);
	}
	if (!err)
		return 0;
	world_close(&d->world);
	return fail(why, err, "addresses and routes cannot be read");
}

static void
world_step_close(struct daemon *d)
{
	address_clear(&d->addresses);
	fib_clear(&d->fib);
	fib_close(&d->fib);
	address_close(&d->addresses);
	world_close(&d->world);
}

/* Of an access gateway: who is behind the bridges. */
static int
fdb_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	int err = d->conf->roles & CONF_MAG ?
		  fdb_open(&d->fdb, &d->loop, &d->report) : 0;

	return err ? fail(why, err, "bridges cannot be followed") : 0;
}

static void
fdb_step_close(struct daemon *d)
{
	fdb_close(&d->fdb);
}

/* --- control --- */

static int
ctl_step_open(struct daemon *d, char why[DAEMON_WHY])
{
	const struct ctl_ops ops = {
		.can_show = command_can_show,
		.show = command_show,
		.act = command_act,
		.arg = d,
	};
	char file[RUNDIR_PATH];
	int err;

	err = rundir_file(d->opt->run_dir, "control", file);
	if (!err)
		err = ctl_open(&d->loop, file, &ops, &d->ctl);
	return err ? fail(why, err, "control socket") : 0;
}

static void
ctl_step_close(struct daemon *d)
{
	d->ctl = ctl_close(d->ctl);
}

static void
on_signal(uv_signal_t *s, int sig)
{
	struct daemon *d = s->data;
	char why[CTL_WHY];

	if (sig != SIGHUP)
		daemon_stop(d);
	else if (command_reload(d, 0, NULL, why))
		log_error("reload: %s", why);
}

/* What ends us shall not do so half way through the start. */
static void
hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

static void
signals_close(struct daemon *d)
{
	hold_signals(SIG_BLOCK);
	while (d->nsig)
		uv_close((uv_handle_t *)&d->sig[--d->nsig], NULL);
}

static int
signals_open(struct daemon *d, char why[DAEMON_WHY])
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };
	int err = 0;

	while (d->nsig < sizeof(sigs) / sizeof(*sigs) && !err) {
		uv_signal_t *s = &d->sig[d->nsig];

		uv_signal_init(&d->loop, s);
		s->data = d;
		err = uv_signal_start(s, on_signal, sigs[d->nsig++]);
	}
	if (err) {
		signals_close(d);
		return fail(why, err, "signals");
	}
	hold_signals(SIG_UNBLOCK);
	return 0;
}

/* --- the description of the world ends --- */

static int
describe(struct daemon *d, char why[DAEMON_WHY])
{
	struct event ev = { .kind = EV_READY };
	int err;

	err = store_restore(d->store, &d->report);
	if (err)
		return fail(why, err, "stored records cannot be read");
	nic_warn_absent(d);
	nic_take_over(d);
	d->described = true;
	daemon_clock(d);
	daemon_event(&d->report, &ev);
	/* Whoever came while nobody looked. */
	if (d->fdb.report && fdb_tell(&d->fdb))
		log_warn("bridges: who is there now is not known");
	nic_ask(d);
	return 0;
}

static void
say_goodbye(struct daemon *d)
{
	struct event ev = { .kind = EV_SHUTDOWN };
	int rounds = 1024;

	node_input(d->node, &ev, clock_now());
	/* all of it, however much it is; but not for ever */
	while (!daemon_settle(d) && --rounds)
		;
}

static const struct step {
	int	(*open)(struct daemon *, char why[DAEMON_WHY]);
	void	(*close)(struct daemon *);
} steps[] = {
	{ privilege_open,	NULL },
	{ dirs_open,		dirs_close },
	{ managers_open,	NULL },
	{ loop_open,		loop_close },
	{ policy_step_open,	policy_step_close },
	{ netlink_step_open,	netlink_step_close },
	{ sender_step_open,	sender_step_close },
	{ sysctl_step_open,	sysctl_step_close },
	{ labels_step_open,	labels_step_close },
	{ used_step_open,	used_close },
	{ path_step_open,	path_step_close },
	{ queue_step_open,	queue_step_close },
	{ store_step_open,	store_step_close },
	{ ears_open,		ears_close },
	{ dns_step_open,	dns_step_close },
	{ owned_step_open,	owned_step_close },
	{ demand_hooks_open,	demand_hooks_close },
	{ node_open,		node_close },
	{ world_step_open,	world_step_close },
	{ fdb_step_open,	fdb_step_close },
	{ demand_app_open,	demand_app_close },
	{ ctl_step_open,	ctl_step_close },
	{ signals_open,		signals_close },
	{ describe,		say_goodbye },
};
#define STEPS	(sizeof(steps) / sizeof(*steps))

/* --- ready --- */

/* systemd's protocol (sd_notify): one datagram. */
static void
notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (!path || (path[0] != '/' && path[0] != '@') ||
	    strlen(path) >= sizeof(to.sun_path))
		return;
	strcpy(to.sun_path, path);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			  strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, len);
	close(fd);
}

/* -D: what is to be said from now on goes to the system's log. */
static void
let_go(struct daemon *d)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), i;
	char byte = 0;

	if (write(d->ready_fd, &byte, 1) < 0)
		log_warn("nobody waited for the start");
	log_open("mip6d", d->opt->level, true);
	for (i = 0; i < 3 && fd >= 0; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	if (chdir("/") < 0)
		log_warn("/: %s", strerror(errno));
}

static void
tell_ready(struct daemon *d)
{
	log_notice("ready: packets by %s, queue %u; data path %s; socket "
		   "hooks %s; resolvers to %s", d->rules, d->opt->queue,
		   d->path ? d->caps.name : "none", d->hooks ? "yes" : "no",
		   dns_whom(d->dns));
	notify("READY=1");
	if (d->ready_fd >= 0)
		let_go(d);
}

void
daemon_stop(struct daemon *d)
{
	log_notice("stopping");
	notify("STOPPING=1");
	uv_stop(&d->loop);
}

int
daemon_run(const struct options *opt, struct conf *conf, int ready_fd)
{
	struct daemon *d = calloc(1, sizeof(*d));
	char why[DAEMON_WHY] = "";
	size_t i;
	int err = 0;

	if (!d) {
		conf_free(conf);
		return 1;
	}
	d->report.event = daemon_event;
	d->opt = opt;
	d->conf = conf;
	d->ready_fd = ready_fd;
	d->started = clock_now();
	hold_signals(SIG_BLOCK);
	for (i = 0; i < STEPS && !err; i++)
		err = steps[i].open(d, why);
	if (err) {
		log_error("%s", why);
		i--;			/* it cleaned up after itself */
	} else {
		tell_ready(d);
		uv_run(&d->loop, UV_RUN_DEFAULT);
	}
	while (i-- > 0)
		if (steps[i].close)
			steps[i].close(d);
	conf_free(d->before);
	conf_free(d->conf);
	free(d);
	return err ? 1 : 0;
}
