/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.c - tell the system's resolver what an interface learned.
 *
 * Programs run beside the loop, one at a time for an interface; what
 * changes meanwhile waits, and only the last of it counts.  Domain names
 * come from router advertisements, that is from anybody on the link: no
 * shell sees them, and words that are no host names are dropped.
 */
#include "sys/dns.h"

#include "base/list.h"
#include "sys/manager.h"
#include "sys/run.h"

#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DNS_ARGS	16

enum dns_way { WAY_NONE, WAY_HOOK, WAY_RESOLVED };

struct dns {
	uv_loop_t	*loop;
	enum dns_way	way;
	char		program[256];
	char		whom[300];
	struct list	ifaces;
};

/* The process handle has to outlive the exit callback, so an interface is
 * freed by whoever comes last, dns_close or on_closed. */
struct dns_iface {
	struct list	list;
	struct dns	*dns;		/* NULL: closed */
	struct ef_dns	want;
	char		name[16];
	unsigned	step;		/* of the way's commands */
	bool		running, again;
	uv_process_t	process;
};

struct command {
	char	*argv[DNS_ARGS];
	char	text[1024];		/* what they point into */
	size_t	n;			/* octets of text in use */
	unsigned argc;
};

static void
command_arg(struct command *c, const char *name, const char *value)
{
	size_t room = sizeof(c->text) - c->n;
	char *at = c->text + c->n;
	size_t len = (size_t)snprintf(at, room, "%s%s", name, value);

	if (len >= room || c->argc + 1 == DNS_ARGS)
		return;
	c->n += len + 1;
	c->argv[c->argc++] = at;
}

static bool
is_domain(const char *word)
{
	const char *p;

	if (!isalnum((unsigned char)*word) || strlen(word) > 253)
		return false;
	for (p = word; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			return false;
	return true;
}

static void
each_domain(const struct ef_dns *ef, void (*fn)(void *, const char *),
	    void *arg)
{
	char domains[sizeof(ef->domains)], *word, *save;

	memcpy(domains, ef->domains, sizeof(domains));
	domains[sizeof(domains) - 1] = '\0';
	for (word = strtok_r(domains, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		if (is_domain(word))
			fn(arg, word);
}

static void
add_arg(void *arg, const char *word)
{
	command_arg(arg, word, "");
}

static void
add_word(void *arg, const char *word)
{
	char *line = arg;		/* as large as ef_dns.domains */

	if (*line)
		strcat(line, " ");
	strcat(line, word);
}

static bool
is_withdrawn(const struct ef_dns *ef)
{
	return ef->n == 0 && !ef->domains[0];
}

static void
hook_command(struct dns_iface *i, struct command *c)
{
	char servers[DNS_SERVERS * ADDR_STRLEN] = "";
	char domains[sizeof(i->want.domains) + 1] = "", text[ADDR_STRLEN];
	unsigned k;

	for (k = 0; k < i->want.n && k < DNS_SERVERS; k++)
		add_word(servers, addr_print(&i->want.server[k], text));
	each_domain(&i->want, add_word, domains);
	command_arg(c, "/usr/bin/env", "");
	command_arg(c, "MIP6D_DNS=", servers);
	command_arg(c, "MIP6D_DOMAINS=", domains);
	command_arg(c, i->dns->program, "");
	command_arg(c, i->name, "");
}

static void
resolved_command(struct dns_iface *i, struct command *c)
{
	char text[ADDR_STRLEN];
	unsigned k;

	command_arg(c, i->dns->program, "");
	if (is_withdrawn(&i->want)) {
		command_arg(c, "revert", "");
		command_arg(c, i->name, "");
		return;
	}
	command_arg(c, i->step == 0 ? "dns" : "domain", "");
	command_arg(c, "--", "");
	command_arg(c, i->name, "");
	if (i->step == 1) {
		each_domain(&i->want, add_arg, c);
		if (c->argc == 4)
			command_arg(c, "", "");	/* none */
		return;
	}
	for (k = 0; k < i->want.n && k < DNS_SERVERS; k++)
		command_arg(c, addr_print(&i->want.server[k], text), "");
	if (c->argc == 4)
		command_arg(c, "", "");
}

static void
command_make(struct dns_iface *i, struct command *c)
{
	*c = (struct command){ .n = 0 };
	if (i->dns->way == WAY_HOOK)
		hook_command(i, c);
	else
		resolved_command(i, c);
}

static void	iface_run(struct dns_iface *);

static void
on_closed(uv_handle_t *h)
{
	struct dns_iface *i = h->data;

	i->running = false;
	if (!i->dns) {
		free(i);
		return;
	}
	if (i->again) {
		i->again = false;
		i->step = 0;
		iface_run(i);
	} else if (i->dns->way == WAY_RESOLVED && i->step == 0 &&
		   !is_withdrawn(&i->want)) {
		i->step = 1;
		iface_run(i);
	}
}

static void
on_exit_status(uv_process_t *p, int64_t status, int sig)
{
	struct dns_iface *i = p->data;

	if (i->dns && (status || sig))
		log_warn("dns: %s failed for %s (status %d, signal %d)",
			 i->dns->program, i->name, (int)status, sig);
	uv_close((uv_handle_t *)p, on_closed);
}

static void
iface_run(struct dns_iface *i)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *env[] = { path, NULL };
	uv_process_options_t opt = { .exit_cb = on_exit_status, .env = env };
	struct command c;
	int err;

	command_make(i, &c);
	opt.file = c.argv[0];
	opt.args = c.argv;
	i->process.data = i;
	i->running = true;
	err = uv_spawn(i->dns->loop, &i->process, &opt);
	if (!err)
		return;
	log_warn("dns: %s: %s", i->dns->program, uv_strerror(err));
	uv_close((uv_handle_t *)&i->process, on_closed);
	i->step = 1;			/* no second command after it */
}

static struct dns_iface *
iface_get(struct dns *d, uint32_t ifindex, const char *ifname)
{
	struct dns_iface *i = NULL;

	list_each(it, &d->ifaces) {
		i = container_of(it, struct dns_iface, list);
		if (i->want.ifindex == ifindex)
			return i;
	}
	if (ifname)
		i = calloc(1, sizeof(*i));
	if (!i)
		return NULL;
	list_init(&i->list);
	list_append(&d->ifaces, &i->list);
	i->dns = d;
	snprintf(i->name, sizeof(i->name), "%s", ifname);
	return i;
}

void
dns_set(struct dns *d, const struct ef_dns *ef, const char *ifname)
{
	struct dns_iface *i;

	/* systemd-resolved forgets an interface that is gone by itself */
	if (d->way == WAY_NONE || (d->way == WAY_RESOLVED && !ifname))
		return;
	i = iface_get(d, ef->ifindex, ifname);
	if (!i)
		return;
	i->want = *ef;
	if (i->running) {
		i->again = true;
		return;
	}
	i->step = 0;
	iface_run(i);
}

const char *
dns_whom(const struct dns *d)
{
	return d->whom;
}

struct dns *
dns_open(uv_loop_t *loop, const char *hook)
{
	struct dns *d = calloc(1, sizeof(*d));
	const char *path = hook ? hook : DNS_HOOK;

	if (!d)
		return NULL;
	d->loop = loop;
	list_init(&d->ifaces);
	if (hook || access(path, X_OK) == 0) {
		d->way = WAY_HOOK;
		snprintf(d->program, sizeof(d->program), "%s", path);
		snprintf(d->whom, sizeof(d->whom), "hook %s", path);
	} else if (!run_find("resolvectl", d->program, sizeof(d->program)) &&
		   manager_runs_here("", "systemd-resolve")) {
		d->way = WAY_RESOLVED;
		snprintf(d->whom, sizeof(d->whom), "systemd-resolved");
	} else {
		snprintf(d->whom, sizeof(d->whom), "nobody");
	}
	return d;
}

static void
iface_withdraw(struct dns_iface *i)
{
	struct command c;
	char out[256];

	if (is_withdrawn(&i->want))
		return;
	i->want = (struct ef_dns){ .ifindex = i->want.ifindex };
	command_make(i, &c);
	run_command((const char *const *)c.argv, NULL, out, sizeof(out));
}

struct dns *
dns_close(struct dns *d)
{
	if (!d)
		return NULL;
	list_each(it, &d->ifaces) {
		struct dns_iface *i = container_of(it, struct dns_iface, list);

		iface_withdraw(i);
		list_del(&i->list);
		i->dns = NULL;
		if (!i->running)
			free(i);
	}
	free(d);
	return NULL;
}
