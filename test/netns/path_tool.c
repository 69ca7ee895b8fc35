/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_tool - the data path from the command line, for tests.
 *
 *	path_tool [OPTION=VALUE...] COMMAND [WORD...] [, COMMAND...]
 *
 * Options: device= paths= flows= table= hold= hold-ms= orphan= (s) fast=1 traffic=
 * traffic-ms= again-ms= pairs=.  The data path is opened; commands, separated
 * by a comma, are carried out in turn:
 *
 *	link IFACE | unlink IFACE | access IFACE
 *	path LOCAL REMOTE [MTU] | nopath LOCAL REMOTE
 *	flow SRC DST (LOCAL REMOTE [direct] [watch] [any-end] | hold | block)
 *	of SRC IFACE MAC|any LOCAL REMOTE [local]	(a flow of an access link)
 *	noflow SRC DST | idle SRC DST
 *	sync | show | caps
 *	stay	take commands from standard input, one a line, and print
 *		events, until its end
 *	remove	take everything away; otherwise it stays
 *
 * "any" is ::/0.  A LOCAL of mn:ADDRESS is that of a mobile's optimized path,
 * cn a correspondent's.  `path_tool cleanup [DEVICE]' opens nothing.  Each
 * command is answered by "ok COMMAND" or "error COMMAND: TEXT".
 */
#include "stay.h"

#include "path/path.h"

#include "base/record.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


struct tool {
	struct path	*path;
	struct path_caps caps;
	bool		gone, stay, failed;
};

static bool parse_prefix(const char *s, struct prefix *ret)
{
	struct in6_addr a;

	if (!strcmp(s, "any")) {
		*ret = (struct prefix){ 0 };
		return true;
	}
	if (!strchr(s, '/') && !addr_parse(s, &a)) {
		*ret = prefix_host(&a);
		return true;
	}
	return !prefix_parse(s, ret);
}

static bool parse_path(char *const w[], struct path_key *ret)
{
	const char *local = w[0];

	*ret = (struct path_key){ .kind = PATH_IP6IP6 };
	if (!w[0] || !w[1] || addr_parse(w[1], &ret->remote))
		return false;
	if (!strcmp(local, "cn")) {
		ret->kind = PATH_MIP6_CN;
		return true;
	}
	if (!strncmp(local, "mn:", 3)) {
		ret->kind = PATH_MIP6_MN;
		local += 3;
	}
	return !addr_parse(local, &ret->local);
}

static int do_link(struct tool *t, char *const w[], bool on)
{
	unsigned i = w[0] ? if_nametoindex(w[0]) : 0;

	return i ? path_link(t->path, i, on) : -ENODEV;
}

static int cmd_link(struct tool *t, char *const w[])
{
	return do_link(t, w, true);
}

static int cmd_unlink(struct tool *t, char *const w[])
{
	return do_link(t, w, false);
}

static int cmd_access(struct tool *t, char *const w[])
{
	unsigned i = w[0] ? if_nametoindex(w[0]) : 0;

	return i ? path_access(t->path, i) : -ENODEV;
}

static int cmd_path(struct tool *t, char *const w[])
{
	struct ef_path p = { .up = true };

	if (!parse_path(w, &p.key))
		return -EINVAL;
	if (w[2])
		p.mtu = (uint32_t)atoi(w[2]);
	return path_set(t->path, &p);
}

static int cmd_nopath(struct tool *t, char *const w[])
{
	struct ef_path p = { 0 };

	return parse_path(w, &p.key) ? path_set(t->path, &p) : -EINVAL;
}

/* SOURCE DESTINATION; cn:SOURCE is an address of a correspondent. */
static bool parse_key(char *const w[], struct flow_key *ret)
{
	*ret = (struct flow_key){ 0 };
	ret->cn = w[0] && !strncmp(w[0], "cn:", 3);
	return w[0] && w[1] && parse_prefix(w[0] + 3 * ret->cn, &ret->src) &&
	       parse_prefix(w[1], &ret->dst);
}

static int do_flow(struct tool *t, char *const w[], bool up)
{
	struct ef_flow f = { .up = up };

	if (!parse_key(w, &f.key))
		return -EINVAL;
	if (!up)
		;
	else if (w[2] && !strcmp(w[2], "hold"))
		f.action = FLOW_HOLD;
	else if (w[2] && !strcmp(w[2], "block"))
		f.action = FLOW_BLOCK;
	else if (!w[2] || !parse_path(w + 2, &f.path))
		return -EINVAL;
	for (int i = 4; up && f.path.kind && w[i - 1] && w[i]; i++) {
		f.direct |= !strcmp(w[i], "direct");
		f.watch |= !strcmp(w[i], "watch");
		f.any_end |= !strcmp(w[i], "any-end");
	}
	return path_flow(t->path, &f);
}

static int cmd_flow(struct tool *t, char *const w[])
{
	return do_flow(t, w, true);
}

static bool parse_mac(const char *s, struct lladdr *ret)
{
	uint8_t *b = ret->b;

	*ret = (struct lladdr){ 0 };
	if (!strcmp(s, "any"))
		return true;
	ret->len = 6;
	return sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", b, b + 1, b + 2,
		      b + 3, b + 4, b + 5) == 6;
}

static int cmd_of(struct tool *t, char *const w[])
{
	struct ef_flow f = { .up = true };

	if (!w[0] || !w[1] || !w[2] || !parse_prefix(w[0], &f.key.src) ||
	    !parse_mac(w[2], &f.access.ll) || !parse_path(w + 3, &f.path))
		return -EINVAL;
	f.access.ifindex = if_nametoindex(w[1]);
	f.access.local = w[5] && !strcmp(w[5], "local");
	return f.access.ifindex ? path_flow(t->path, &f) : -ENODEV;
}

static int cmd_noflow(struct tool *t, char *const w[])
{
	return do_flow(t, w, false);
}

static int cmd_idle(struct tool *t, char *const w[])
{
	struct flow_key k;
	usec_t idle;
	int err;

	if (!parse_key(w, &k))
		return -EINVAL;
	err = path_idle(t->path, &k, &idle);
	if (!err && idle == USEC_NEVER)
		printf("idle never\n");
	else if (!err)
		printf("idle %u\n", (unsigned)(idle / USEC_PER_SEC));
	return err;
}

static int cmd_sync(struct tool *t, char *const w[])
{
	return path_sync(t->path);
}

static void put(struct record_sink *sink, const struct record *r)
{
	char line[512];

	record_print_text(r, line, sizeof(line));
	puts(line);
}

static int cmd_show(struct tool *t, char *const w[])
{
	struct record_sink sink = { put };
	size_t pos = 0;

	while (path_show(t->path, &pos, &sink))
		;
	return 0;
}

static int cmd_caps(struct tool *t, char *const w[])
{
	printf("caps name=%s device=%s ifindex=%u paths=%u flows=%u tso=%d "
	       "kinds=%u watch=%d\n",
	       t->caps.name, t->caps.device, t->caps.ifindex,
	       t->caps.max_paths, t->caps.max_flows, t->caps.tso,
	       t->caps.kinds, t->caps.watch);
	return 0;
}

static int cmd_stay(struct tool *t, char *const w[])
{
	t->stay = true;
	return 0;
}

static int cmd_remove(struct tool *t, char *const w[])
{
	t->path = path_close(t->path, false);
	t->gone = true;
	return 0;
}

static const struct {
	const char	*name;
	int		(*fn)(struct tool *, char *const w[]);
} commands[] = {
	{ "link", cmd_link },
	{ "unlink", cmd_unlink },
	{ "access", cmd_access },
	{ "of", cmd_of },
	{ "path", cmd_path },
	{ "nopath", cmd_nopath },
	{ "flow", cmd_flow },
	{ "noflow", cmd_noflow },
	{ "idle", cmd_idle },
	{ "sync", cmd_sync },
	{ "show", cmd_show },
	{ "caps", cmd_caps },
	{ "stay", cmd_stay },
	{ "remove", cmd_remove },
};

/* w[0] is the command; the words end with a NULL. */
static void run(struct tool *t, char *const w[])
{
	int err = -ENOSYS;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(w[0], commands[i].name))
			err = commands[i].fn(t, w + 1);
	if (err) {
		printf("error %s: %s\n", w[0], strerror(-err));
		t->failed = true;
	} else {
		printf("ok %s\n", w[0]);
	}
	fflush(stdout);
}

static bool run_line(void *tool, char **w)
{
	struct tool *t = tool;

	run(t, w);
	return !t->gone;
}

static void print_event(const struct path_event *ev)
{
	static const char *const name[] = {
		[PATH_EV_MTU] = "mtu",
		[PATH_EV_DROP] = "drop",
		[PATH_EV_HELD] = "held",
		[PATH_EV_TRAFFIC] = "traffic",
		[PATH_EV_ERROR] = "error",
		[PATH_EV_ACCESS] = "access",
	};
	char l[PREFIX_STRLEN], r[PREFIX_STRLEN], dev[IF_NAMESIZE] = "?";

	switch (ev->kind) {
	case PATH_EV_HELD:
	case PATH_EV_TRAFFIC:
	case PATH_EV_ERROR:
		printf("event %s %s %s", name[ev->kind],
		       prefix_print(&ev->flow.src, l),
		       prefix_print(&ev->flow.dst, r));
		if (ev->kind == PATH_EV_TRAFFIC)
			printf(" %u %u", ev->value, ev->bytes);
		if (ev->kind == PATH_EV_ERROR)
			printf(" %u", ev->value);
		printf("\n");
		break;
	case PATH_EV_MTU:
	case PATH_EV_DROP:
		printf("event %s %s %s %u\n", name[ev->kind],
		       addr_print(&ev->key.local, l),
		       addr_print(&ev->key.remote, r), ev->value);
		break;
	case PATH_EV_ACCESS:
		if_indextoname(ev->ifindex, dev);
		printf("event %s %s %s %s\n", name[ev->kind], dev,
		       lladdr_print(&ev->ll, r), addr_print(&ev->addr, l));
		break;
	}
}

static void print_events(void *tool)
{
	struct tool *t = tool;
	struct path_event ev;

	while (path_poll(t->path, &ev) == 1)
		print_event(&ev);
	fflush(stdout);
}

static bool option(struct path_options *o, char *s)
{
	char *v = strchr(s, '=');
	unsigned n;

	if (!v)
		return false;
	*v++ = 0;
	n = (unsigned)strtoul(v, NULL, 0);
	if (!strcmp(s, "device"))
		o->device = v;
	else if (!strcmp(s, "paths"))
		o->max_paths = n;
	else if (!strcmp(s, "flows"))
		o->max_flows = n;
	else if (!strcmp(s, "table"))
		o->route_table = n;
	else if (!strcmp(s, "hold"))
		o->hold_packets = n;
	else if (!strcmp(s, "hold-ms"))
		o->hold_time = MSEC(n);
	else if (!strcmp(s, "orphan"))
		o->orphan_time = SEC(n);
	else if (!strcmp(s, "fast"))
		o->fast_path = n;
	else if (!strcmp(s, "traffic"))
		o->traffic_packets = n;
	else if (!strcmp(s, "traffic-ms"))
		o->traffic_time = MSEC(n);
	else if (!strcmp(s, "again-ms"))
		o->traffic_again = MSEC(n);
	else if (!strcmp(s, "pairs"))
		o->traffic_pairs = n;
	else
		fprintf(stderr, "no option %s\n", s);
	return true;
}

int main(int argc, char **argv)
{
	struct path_options o = { 0 };
	struct tool t = { 0 };
	char why[200] = "";
	int i = 1, from, err;

	if (argc > 1 && !strcmp(argv[1], "cleanup")) {
		err = path_cleanup(argc > 2 ? argv[2] : NULL);
		printf("%s\n", err ? strerror(-err) : "ok cleanup");
		return err != 0;
	}
	while (i < argc && option(&o, argv[i]))
		i++;
	err = path_open(&o, &t.path, &t.caps, why, sizeof(why));
	if (err) {
		printf("error open: %d %s\n", err, why);
		return 2;
	}
	for (from = i; i <= argc && !t.gone; i++) {
		if (i < argc && strcmp(argv[i], ",") != 0)
			continue;
		if (i > from) {
			argv[i] = NULL;
			run(&t, argv + from);
		}
		from = i + 1;
	}
	if (t.stay && !t.gone)
		stay(path_fd(t.path), print_events, run_line, &t);
	if (!t.gone)
		path_close(t.path, true);
	return t.failed;
}
