/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sys_tool - src/sys from the command line, for tests.
 *
 *	sys_tool [COMMAND [WORD...]] [, COMMAND...]
 *
 * Commands, separated by a comma:
 *
 *	addr IFACE ADDR/LEN [WORD...]	it shall be; words: nodad optimistic
 *		noprefixroute valid=SECONDS preferred=SECONDS
 *	noaddr IFACE ADDR
 *	route IFACE DST [from=PREFIX] [via=ADDR] [metric=N] [mtu=N]
 *	noroute IFACE DST ...
 *	sync | clear | takeover IFACE
 *	listen IFACE | deaf IFACE | proxy IFACE ADDR | noproxy IFACE ADDR
 *	proxies IFACE ADDR N		so many, counting up
 *	send IFACE LLADDR|- HEX		a whole packet
 *	queue NUMBER | rules TOOL NUMBER | norules
 *	stay	commands from standard input, one a line, until its end
 *
 * Events are printed as they come: "event KIND ...".  Each command is
 * answered by "ok COMMAND" or "error COMMAND: TEXT".  Nothing is cleaned up
 * at the end, as if the program had been killed.  With SYS_TOOL_FILE set,
 * addresses are remembered there instead of by the kernel.
 */
#include "sys/address.h"
#include "sys/fib.h"
#include "sys/loop.h"
#include "sys/nd.h"
#include "sys/queue.h"
#include "sys/rules.h"
#include "sys/send.h"
#include "sys/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS	12

struct tool {
	struct report	report;
	uv_loop_t	loop;
	struct netlink	netlink;
	struct world	world;
	struct addresses addresses;
	struct fib	fib;
	struct nd_ears	ears;
	struct sender	*sender;
	struct queue	*queue;
	uv_pipe_t	in;
	char		line[8192];
	size_t		len;
	char		why[512];
	bool		stay, failed;
};

/* --- events --- */

static void print_packet_event(const struct ev_packet *p)
{
	char ll[LLADDR_STRLEN], src[ADDR_STRLEN], dst[ADDR_STRLEN];
	struct in6_addr a = { 0 }, b = { 0 };

	if (p->data.len >= 40) {
		memcpy(&a, p->data.p + 8, 16);
		memcpy(&b, p->data.p + 24, 16);
	}
	printf("event packet ifindex=%u len=%zu next=%u type=%u src=%s dst=%s "
	       "ll=%s\n", p->ifindex, p->data.len,
	       p->data.len > 6 ? p->data.p[6] : 0,
	       p->data.len > 40 ? p->data.p[40] : 0, addr_print(&a, src),
	       addr_print(&b, dst), lladdr_print(&p->ll_src, ll));
}

static void on_event(struct report *r, const struct event *ev)
{
	static const char *const states[] = {
		[ADDR_TENTATIVE] = "tentative",
		[ADDR_OPTIMISTIC] = "optimistic", [ADDR_VALID] = "valid",
		[ADDR_DUPLICATE] = "duplicate", [ADDR_GONE] = "gone",
	};
	char text[ADDR_STRLEN];

	if (ev->kind == EV_LINK)
		printf("event link %s %s mtu=%u\n", ev->link.name,
		       ev->link.gone ? "gone" : ev->link.up ? "up" : "down",
		       ev->link.mtu);
	else if (ev->kind == EV_ADDRESS)
		printf("event address %s/%u ifindex=%u %s\n",
		       addr_print(&ev->address.addr, text), ev->address.plen,
		       ev->address.ifindex, states[ev->address.state]);
	else if (ev->kind == EV_NEIGHBOUR)
		printf("event neighbour %s %s\n",
		       addr_print(&ev->neighbour.addr, text),
		       ev->neighbour.reachable ? "reachable" : "failed");
	else if (ev->kind == EV_PACKET)
		print_packet_event(&ev->packet);
	fflush(stdout);
}

/* --- commands --- */

static bool parse_iface(const char *word, uint32_t *ret)
{
	*ret = word ? if_nametoindex(word) : 0;
	return *ret != 0;
}

static const char *word_value(const char *word, const char *key)
{
	size_t n = strlen(key);

	return strncmp(word, key, n) || word[n] != '=' ? NULL : word + n + 1;
}

static int do_addr(struct tool *t, char **w)
{
	struct ef_address ef = { .up = true, .valid = UINT32_MAX,
				 .preferred = UINT32_MAX };
	char *slash = w[2] ? strchr(w[2], '/') : NULL;
	const char *v;

	if (!slash || !parse_iface(w[1], &ef.key.ifindex))
		return -EINVAL;
	*slash = '\0';
	ef.plen = (uint8_t)atoi(slash + 1);
	if (addr_parse(w[2], &ef.key.addr))
		return -EINVAL;
	for (w += 3; *w; w++) {
		ef.nodad |= !strcmp(*w, "nodad");
		ef.optimistic |= !strcmp(*w, "optimistic");
		ef.noprefixroute |= !strcmp(*w, "noprefixroute");
		if ((v = word_value(*w, "valid")))
			ef.valid = (uint32_t)strtoul(v, NULL, 10);
		if ((v = word_value(*w, "preferred")))
			ef.preferred = (uint32_t)strtoul(v, NULL, 10);
	}
	return address_set(&t->addresses, &ef);
}

static int do_noaddr(struct tool *t, char **w)
{
	struct ef_address ef = { .up = false, .plen = 64 };

	if (!w[1] || !w[2] || !parse_iface(w[1], &ef.key.ifindex) ||
	    addr_parse(w[2], &ef.key.addr))
		return -EINVAL;
	return address_set(&t->addresses, &ef);
}

static int do_route(struct tool *t, char **w)
{
	struct ef_route ef = { .up = !strcmp(w[0], "route") };
	const char *v;

	if (!w[1] || !w[2] || !parse_iface(w[1], &ef.ifindex) ||
	    (strcmp(w[2], "default") && prefix_parse(w[2], &ef.dst)))
		return -EINVAL;
	for (w += 3; *w; w++) {
		if ((v = word_value(*w, "via")) && addr_parse(v, &ef.gateway))
			return -EINVAL;
		if ((v = word_value(*w, "from")) && prefix_parse(v, &ef.src))
			return -EINVAL;
		if ((v = word_value(*w, "metric")))
			ef.metric = (uint32_t)strtoul(v, NULL, 10);
		if ((v = word_value(*w, "mtu")))
			ef.mtu = (uint32_t)strtoul(v, NULL, 10);
	}
	return fib_set(&t->fib, &ef);
}

static int do_sync(struct tool *t, char **w)
{
	int err = address_sync(&t->addresses);

	return err ? err : fib_sync(&t->fib);
}

static int do_clear(struct tool *t, char **w)
{
	int err = address_clear(&t->addresses);

	return err ? err : fib_clear(&t->fib);
}

static int do_takeover(struct tool *t, char **w)
{
	uint32_t ifindex;
	int err;

	if (!parse_iface(w[1], &ifindex))
		return -EINVAL;
	err = address_take_over(&t->addresses, ifindex);
	return err ? err : fib_take_over(&t->fib, ifindex);
}

static int do_listen(struct tool *t, char **w)
{
	uint32_t ifindex;

	if (!parse_iface(w[1], &ifindex))
		return -EINVAL;
	return nd_listen(&t->ears, ifindex, !strcmp(w[0], "listen"));
}

static int do_proxy(struct tool *t, char **w)
{
	struct in6_addr a;
	uint32_t ifindex;

	if (!parse_iface(w[1], &ifindex) || !w[2] || addr_parse(w[2], &a))
		return -EINVAL;
	return nd_proxy(&t->ears, ifindex, &a, !strcmp(w[0], "proxy"));
}

static int do_proxies(struct tool *t, char **w)
{
	struct in6_addr a;
	uint32_t ifindex;
	int err = 0;

	if (!parse_iface(w[1], &ifindex) || !w[2] || !w[3] ||
	    addr_parse(w[2], &a))
		return -EINVAL;
	for (int i = 0, n = atoi(w[3]); i < n && !err; i++) {
		a.s6_addr[14] = (uint8_t)(i >> 8);
		a.s6_addr[15] = (uint8_t)i;
		err = nd_proxy(&t->ears, ifindex, &a, true);
	}
	return err;
}

static size_t parse_hex(const char *s, uint8_t *out, size_t cap)
{
	size_t n = 0;
	unsigned v;

	for (; n < cap && sscanf(s, "%2x", &v) == 1; s += *s == ':') {
		out[n++] = (uint8_t)v;
		s += 2;
	}
	return n;
}

static int do_send(struct tool *t, char **w)
{
	struct ef_send e = { 0 };

	if (!w[1] || !w[2] || !w[3] || !parse_iface(w[1], &e.ifindex))
		return -EINVAL;
	if (strcmp(w[2], "-"))
		e.ll_dst.len = (uint8_t)parse_hex(w[2], e.ll_dst.b,
						  sizeof(e.ll_dst.b));
	e.len = (uint16_t)parse_hex(w[3], e.data, sizeof(e.data));
	return sender_send(t->sender, &e, e.ifindex);
}

static int do_queue(struct tool *t, char **w)
{
	return queue_open(&t->loop, (uint16_t)atoi(w[1] ? w[1] : "0"),
			  &t->report, &t->queue, t->why, sizeof(t->why));
}

static int do_rules(struct tool *t, char **w)
{
	int err;

	if (!w[1] || !w[2])
		return -EINVAL;
	err = rules_install(w[1], (uint16_t)atoi(w[2]), false, t->why,
			    sizeof(t->why));
	if (!err)
		printf("rules %s\n", t->why);
	return err;
}

static int do_norules(struct tool *t, char **w)
{
	rules_remove();
	return 0;
}

static int do_stay(struct tool *t, char **w)
{
	t->stay = true;
	return 0;
}

static const struct {
	const char	*word;
	int		(*fn)(struct tool *, char **);
} commands[] = {
	{ "addr", do_addr }, { "noaddr", do_noaddr },
	{ "route", do_route }, { "noroute", do_route },
	{ "sync", do_sync }, { "clear", do_clear },
	{ "takeover", do_takeover },
	{ "listen", do_listen }, { "deaf", do_listen },
	{ "proxy", do_proxy }, { "noproxy", do_proxy },
	{ "proxies", do_proxies }, { "send", do_send }, { "queue", do_queue },
	{ "rules", do_rules }, { "norules", do_norules },
	{ "stay", do_stay },
};

static void command(struct tool *t, char **w)
{
	int err = -ENOSYS;

	t->why[0] = '\0';
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(w[0], commands[i].word))
			err = commands[i].fn(t, w);
	if (err) {
		printf("error %s: %s\n", w[0],
		       t->why[0] ? t->why : strerror(-err));
		t->failed = true;
	} else {
		printf("ok %s\n", w[0]);
	}
	fflush(stdout);
}

static void command_line(struct tool *t, char *line)
{
	char *w[WORDS + 1] = { NULL }, *save = NULL;
	int n = 0;

	for (char *p = strtok_r(line, " ", &save); p && n < WORDS;
	     p = strtok_r(NULL, " ", &save))
		w[n++] = p;
	if (n)
		command(t, w);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *buf)
{
	struct tool *t = h->data;

	*buf = uv_buf_init(t->line + t->len,
			   (unsigned)(sizeof(t->line) - 1 - t->len));
}

static void on_input(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct tool *t = s->data;
	char *end;

	if (n < 0) {
		uv_stop(&t->loop);
		return;
	}
	t->len += (size_t)n;
	t->line[t->len] = '\0';
	while ((end = strchr(t->line, '\n'))) {
		*end = '\0';
		command_line(t, t->line);
		t->len -= (size_t)(end + 1 - t->line);
		memmove(t->line, end + 1, t->len + 1);
	}
}

static int tool_open(struct tool *t)
{
	int err;

	t->report.event = on_event;
	uv_loop_init(&t->loop);
	err = netlink_open(&t->netlink);
	if (!err)
		err = sender_open(&t->loop, &t->sender, t->why,
				  sizeof(t->why));
	if (!err)
		err = nd_open(&t->ears, &t->loop, &t->report);
	if (!err)
		err = world_open(&t->world, &t->loop, &t->report, 0, true);
	if (!err)
		err = address_open(&t->addresses, &t->netlink, &t->world,
				   getenv("SYS_TOOL_FILE"));
	return err ? err : fib_open(&t->fib, &t->netlink, &t->world);
}

static void tool_close(struct tool *t)
{
	fib_close(&t->fib);
	address_close(&t->addresses);
	world_close(&t->world);
	nd_close(&t->ears);
	t->queue = queue_close(t->queue);
	t->sender = sender_close(t->sender);
	netlink_close(&t->netlink);
	if (t->stay)
		uv_close((uv_handle_t *)&t->in, NULL);
	uv_run(&t->loop, UV_RUN_DEFAULT);
	uv_loop_close(&t->loop);
}

int main(int argc, char **argv)
{
	static struct tool t;
	int err = tool_open(&t);

	if (err) {
		printf("error open: %s\n", strerror(-err));
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		char *w[WORDS + 1] = { NULL };
		int n = 0;

		for (; i < argc && strcmp(argv[i], ","); i++)
			if (n < WORDS)
				w[n++] = argv[i];
		if (n)
			command(&t, w);
		/* what the kernel says to it */
		uv_run(&t.loop, UV_RUN_NOWAIT);
	}
	if (t.stay) {
		uv_pipe_init(&t.loop, &t.in, 0);
		uv_pipe_open(&t.in, 0);
		t.in.data = &t;
		uv_read_start((uv_stream_t *)&t.in, on_alloc, on_input);
		uv_run(&t.loop, UV_RUN_DEFAULT);
	}
	tool_close(&t);
	return t.failed;
}
