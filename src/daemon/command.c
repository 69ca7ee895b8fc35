/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.c - what mip6ctl may ask for.
 *
 * A new configuration is read and checked whole before anything of the
 * running one is touched.  With `undo' the old one is kept until it is
 * confirmed: whoever cut off his own connection by a reload gets it back.
 */
#include "config.h"

#include "daemon/daemon.h"

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROOM_DAEMON	0x1000		/* of a cursor: behind the node's */
#define UNDO_MAX	86400		/* seconds */

static const char *const shown[] = {
	"status", "addresses", "agents", "bindings", "groups", "links", "paths", "routers",
	"policy", "recent",
};

bool
command_can_show(void *arg, const char *what)
{
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		if (!strcmp(what, shown[i]))
			return true;
	return false;
}

static void
show_daemon(struct daemon *d, struct record_sink *sink)
{
	struct store_stat st = store_stat(d->store);
	usec_t now = clock_now();
	struct record r;

	record_init(&r, "daemon");
	record_str(&r, "version", PACKAGE_VERSION);
	record_uint(&r, "pid", (uint64_t)getpid());
	record_duration(&r, "uptime", now - d->started);
	record_str(&r, "config", d->opt->conf_file);
	record_str(&r, "packets", d->rules);
	record_str(&r, "path", d->path ? d->caps.name : "none");
	if (d->path)
		record_str(&r, "device", d->caps.device);
	if (d->conf->roles & CONF_MN)
		record_bool(&r, "hooks", d->hooks != NULL);
	record_str(&r, "dns", dns_whom(d->dns));
	record_uint(&r, "stored", st.live);
	record_uint(&r, "failed-effects", d->failed);
	if (d->before)
		record_duration(&r, "undo-in",
				d->undo_at > now ? d->undo_at - now : 0);
	sink->put(sink, &r);
}

bool
command_show(void *arg, const char *what, struct cursor *c,
	     struct record_sink *sink)
{
	struct daemon *d = arg;
	bool paths = !strcmp(what, "paths");

	if (!strcmp(what, "recent"))
		return note_show(d, c, sink);
	if (!strcmp(what, "policy"))
		return policy_show(&d->policy, &c->pos, sink);
	if (c->room == ROOM_DAEMON)
		return path_show(d->path, &c->pos, sink);
	if (!strcmp(what, "status") && !c->room && !c->pos && !c->last) {
		show_daemon(d, sink);
		if (d->app)
			app_show(d->app, sink);
	}
	if (node_show(d->node, what, clock_now(), c, sink))
		return true;
	*c = (struct cursor){ .room = ROOM_DAEMON };
	return paths && d->path;
}

/* --- reload --- */

struct errors {
	char	*text;
	size_t	len;
	FILE	*f;
};

static void
tell_errors(char *text, struct record_sink *sink)
{
	char *line, *save = NULL;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct record r;

		if (!sink) {
			log_error("%s", line);
			continue;
		}
		record_init(&r, "problem");
		record_str(&r, "text", line);
		sink->put(sink, &r);
	}
}

static int
read_conf(struct daemon *d, struct record_sink *sink, struct conf **ret,
	  char why[CTL_WHY])
{
	struct errors e = { 0 };
	unsigned n;

	e.f = open_memstream(&e.text, &e.len);
	if (!e.f)
		return -ENOMEM;
	n = conf_parse_file(d->opt->conf_file, true, e.f, ret);
	if (fclose(e.f) || !e.text) {
		if (!n)
			*ret = conf_free(*ret);
		return -ENOMEM;
	}
	tell_errors(e.text, sink);
	free(e.text);
	if (!n)
		return 0;
	snprintf(why, CTL_WHY, "%u error%s in %s, nothing was changed", n,
		 n == 1 ? "" : "s", d->opt->conf_file);
	return -EINVAL;
}

/* Put `conf' in force instead of d->conf, which stays the caller's. */
static int
switch_conf(struct daemon *d, struct conf *conf, char why[CTL_WHY])
{
	struct conf *old = d->conf;
	struct policy_next policy;
	char line[DAEMON_WHY];
	int err;

	if (conf->roles != old->roles) {
		snprintf(why, CTL_WHY, "the roles (NodeConfig) change only "
			 "with a restart, nothing was changed");
		return -EOPNOTSUPP;
	}
	if (conf->nhome_links && !d->path) {
		snprintf(why, CTL_WHY, "the first AccessAnchor needs the data "
			 "path, which is opened at the start: restart mip6d; "
			 "nothing was changed");
		return -EOPNOTSUPP;
	}
	err = nic_check_managers(conf, line);
	if (err) {
		snprintf(why, CTL_WHY, "%.*s", CTL_WHY - 1, line);
		return err;
	}
	err = policy_prepare(&d->policy, conf, &policy);
	if (err) {
		snprintf(why, CTL_WHY, "AddressPolicy: %s", strerror(-err));
		return err;
	}
	err = node_reconfigure(d->node, conf, clock_now());
	if (err) {
		policy_discard(&policy);
		snprintf(why, CTL_WHY, "the node refuses it: %s",
			 strerror(-err));
		return err;
	}
	d->conf = conf;
	policy_commit(&d->policy, &policy);
	if (d->app)
		app_set_limit(d->app, conf->max_requests);
	if (nic_set_parameters(d, line))
		log_error("%s", line);
	err = labels_set(&d->labels, conf->label, conf->nlabels);
	if (err)
		log_error("address labels: %s %s", strerror(-err),
			  d->netlink.text);
	nic_warn_absent(d);
	nic_apply(d);
	daemon_settle(d);
	return 0;
}

/* What the data path was opened with. */
static void
tell_unchanged(const struct conf *old, const struct conf *conf,
	       struct record_sink *sink)
{
	static const char text[] = "FastPath, MnRoPackets and the numbers of "
				   "bindings are applied to the data path with a restart";
	struct record r;

	if (old->fast_path == conf->fast_path &&
	    old->ro_packets == conf->ro_packets &&
	    conf_max_bindings(old) == conf_max_bindings(conf))
		return;
	log_warn("%s", text);
	if (!sink)
		return;
	record_init(&r, "warning");
	record_str(&r, "text", text);
	sink->put(sink, &r);
}

int
command_reload(struct daemon *d, usec_t undo, struct record_sink *sink,
	       char why[CTL_WHY])
{
	struct conf *conf, *old = d->conf;
	int err;

	err = read_conf(d, sink, &conf, why);
	if (err)
		return err;
	err = switch_conf(d, conf, why);
	if (err) {
		conf_free(conf);
		return err;
	}
	log_notice("new configuration from %s", d->opt->conf_file);
	tell_unchanged(old, conf, sink);
	if (sink)
		policy_warn(&d->policy, sink);
	if (!undo) {
		conf_free(old);
		d->before = conf_free(d->before);
		wakeup_set(d->undo, USEC_NEVER);
		return 0;
	}
	/* a trial on top of a trial goes back to what was last confirmed */
	if (d->before)
		conf_free(old);
	else
		d->before = old;
	d->undo_at = clock_now() + undo;
	wakeup_set(d->undo, d->undo_at);
	return 0;
}

static int
confirm(struct daemon *d, char why[CTL_WHY])
{
	if (!d->before) {
		snprintf(why, CTL_WHY, "there is nothing to confirm");
		return -ENOENT;
	}
	d->before = conf_free(d->before);
	wakeup_set(d->undo, USEC_NEVER);
	return 0;
}

static int
go_back(struct daemon *d, char why[CTL_WHY])
{
	struct conf *now = d->conf;
	int err;

	if (!d->before) {
		snprintf(why, CTL_WHY, "there is nothing to undo");
		return -ENOENT;
	}
	err = switch_conf(d, d->before, why);
	if (err)
		return err;
	log_notice("back to the configuration before");
	d->before = NULL;
	conf_free(now);
	wakeup_set(d->undo, USEC_NEVER);
	return 0;
}

void
command_undo(void *arg)
{
	char why[CTL_WHY] = "";

	if (go_back(arg, why))
		log_error("undo: %s", why);
}

/* "60", "60s", "5m" */
static usec_t
parse_seconds(const char *word)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*word))
		return 0;
	n = strtoul(word, &end, 10);
	if (!strcmp(end, "m") && n <= UNDO_MAX / 60)
		return SEC(60 * n);
	if ((*end && strcmp(end, "s")) || n > UNDO_MAX)
		return 0;
	return SEC(n);
}

static int
act_reload(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	unsigned i = 2;
	usec_t undo;

	if (l->n == 1)
		return command_reload(d, 0, sink, why);
	if (l->n == 2 && !strcmp(l->word[1], "confirm"))
		return confirm(d, why);
	if (l->n == 2 && !strcmp(l->word[1], "undo"))
		return go_back(d, why);
	if (!strcmp(l->word[1], "undo") && l->n > 2 &&
	    !strcmp(l->word[2], "within"))
		i = 3;
	undo = !strcmp(l->word[1], "undo") && l->n == i + 1 ?
	       parse_seconds(l->word[i]) : 0;
	if (undo)
		return command_reload(d, undo, sink, why);
	snprintf(why, CTL_WHY, "usage: reload [undo [[within] SECONDS] | "
		 "confirm]");
	return -EINVAL;
}

static const char switch_usage[] = "switch [HOME-ADDRESS | stop]";

/* RFC 5142: send mobiles to another home agent. */
static int
act_switch(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	struct event ev = { .kind = EV_SWITCH, .leave.on = true };

	if (!(d->conf->roles & CONF_HA)) {
		snprintf(why, CTL_WHY, "this node is no home agent");
		return -EOPNOTSUPP;
	}
	if (l->n == 2 && !strcmp(l->word[1], "stop")) {
		ev.leave.on = false;
	} else if (l->n > 2 || (l->n == 2 &&
		   (addr_parse(l->word[1], &ev.leave.hoa) ||
		    !addr_is_routable(&ev.leave.hoa)))) {
		snprintf(why, CTL_WHY, "usage: %s", switch_usage);
		return -EINVAL;
	}
	daemon_event(&d->report, &ev);
	return 0;
}

static int
act_help(struct daemon *d, const struct ctl_line *l, struct record_sink *sink,
	 char why[CTL_WHY])
{
	static const char *const more[] = {
		"monitor [recent]", "reload [undo [[within] SECONDS]]",
		"reload confirm", switch_usage, "attach INTERFACE LINK-LAYER-ADDRESS "
		"[IDENTITY] [new | handoff | interfaces | unknown]",
		"detach INTERFACE LINK-LAYER-ADDRESS",
		"revoke IDENTITY | @REALM | all | group NUMBER", select_usage, "policy test [--program PATH] "
		"[--user USER] [--group GROUP] [--cgroup PATH] [--dest ADDRESS] "
		"[--port PORT] [--protocol PROTOCOL] [--pid PID]", "help",
	};
	struct record r;
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		record_init(&r, "command");
		record_str(&r, "usage", shown[i]);
		sink->put(sink, &r);
	}
	for (i = 0; i < sizeof(more) / sizeof(*more); i++) {
		record_init(&r, "command");
		record_str(&r, "usage", more[i]);
		sink->put(sink, &r);
	}
	return 0;
}

static int
act_policy(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	if (strcmp(l->word[1], "test"))
		return -ENOSYS;
	return policy_test(&d->policy, l->word + 2, sink, why);
}

/* attach INTERFACE LINK-LAYER-ADDRESS [IDENTITY] [new|handoff|interfaces]
 * detach INTERFACE LINK-LAYER-ADDRESS */
static bool
parse_lladdr(const char *s, struct lladdr *ret)
{
	unsigned b[LLADDR_MAX];
	int n, len = 0;

	ret->len = 0;
	n = sscanf(s, "%2x:%2x:%2x:%2x:%2x:%2x%n:%2x:%2x%n", &b[0], &b[1],
		   &b[2], &b[3], &b[4], &b[5], &len, &b[6], &b[7], &len);
	if ((n != 6 && n != 8) || s[len])
		return false;
	for (int k = 0; k < n; k++)
		ret->b[ret->len++] = (uint8_t)b[k];
	return true;
}

static bool
parse_handoff(const char *word, uint8_t *ret)
{
	static const struct { const char *word; uint8_t value; } row[] = {
		{ "new", 1 }, { "interfaces", 2 }, { "handoff", 3 },
		{ "unknown", 4 },			/* RFC 5213 8.4 */
	};

	for (size_t k = 0; k < sizeof(row) / sizeof(*row); k++)
		if (!strcmp(row[k].word, word)) {
			*ret = row[k].value;
			return true;
		}
	return false;
}

static int
act_attach(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	struct event ev = { .kind = EV_ATTACH };
	bool gone = !strcmp(l->word[0], "detach");
	unsigned i = 3;

	if (!(d->conf->roles & CONF_MAG)) {
		snprintf(why, CTL_WHY, "this is no mobile access gateway");
		return -EOPNOTSUPP;
	}
	if (l->n < 3 || l->n > (gone ? 3 : 5) ||
	    !parse_lladdr(l->word[2], &ev.attach.ll)) {
		snprintf(why, CTL_WHY, "usage: %s INTERFACE LINK-LAYER-ADDRESS"
			 "%s", l->word[0], gone ? "" : " [IDENTITY] [new | "
			 "handoff | interfaces | unknown]");
		return -EINVAL;
	}
	ev.attach.gone = gone;
	ev.attach.ifindex = if_nametoindex(l->word[1]);
	if (!ev.attach.ifindex || !nic_is_access(d->conf, l->word[1])) {
		snprintf(why, CTL_WHY, "%.40s is no AccessLink", l->word[1]);
		return -ENODEV;
	}
	if (i < l->n && !parse_handoff(l->word[i], &ev.attach.handoff)) {
		if (strlen(l->word[i]) >= sizeof(ev.attach.id)) {
			snprintf(why, CTL_WHY, "the identity is too long");
			return -EINVAL;
		}
		strcpy(ev.attach.id, l->word[i++]);
	}
	if (i < l->n && !parse_handoff(l->word[i], &ev.attach.handoff)) {
		snprintf(why, CTL_WHY, "%.40s is no handoff", l->word[i]);
		return -EINVAL;
	}
	daemon_event(&d->report, &ev);
	return 0;
}

/* RFC 6602 4.3: 32 bits, and 0 is none. */
static bool
parse_group(const char *s, uint32_t *ret)
{
	char *end;
	unsigned long v = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end || !v || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

static int
act_revoke(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	struct event ev = { .kind = EV_REVOKE };
	bool lma = d->conf->roles & CONF_LMA, mag = d->conf->roles & CONF_MAG;

	if (!lma && !mag) {
		snprintf(why, CTL_WHY, "this is no anchor or gateway of Proxy "
			 "Mobile IPv6");
		return -EOPNOTSUPP;
	}
	if (l->n == 3 && !strcmp(l->word[1], "group") &&
	    parse_group(l->word[2], &ev.revoke.group)) {
		daemon_event(&d->report, &ev);
		return 0;
	}
	if (l->n != 2 || (mag && strcmp(l->word[1], "all")) ||
	    strlen(l->word[1]) >= sizeof(ev.revoke.id)) {
		snprintf(why, CTL_WHY, "usage: revoke %s | group NUMBER",
			 lma ? "IDENTITY | @REALM" : "all");
		return -EINVAL;
	}
	strcpy(ev.revoke.id, l->word[1]);
	daemon_event(&d->report, &ev);
	return 0;
}

static const struct {
	const char	*word;
	int		(*act)(struct daemon *, const struct ctl_line *,
			       struct record_sink *, char why[CTL_WHY]);
} acts[] = {
	{ "reload",	act_reload },
	{ "policy",	act_policy },
	{ "select",	select_act },
	{ "attach",	act_attach },
	{ "detach",	act_attach },
	{ "revoke",	act_revoke },
	{ "switch",	act_switch },
	{ "help",	act_help },
};

int
command_act(void *arg, const struct ctl_line *l, struct record_sink *sink,
	    char why[CTL_WHY])
{
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(l->word[0], acts[i].word))
			return acts[i].act(arg, l, sink, why);
	return -ENOSYS;
}
