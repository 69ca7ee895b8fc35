/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctl.c - the control server: what its commands are.
 *
 * Pieces of a show are asked for one after the other, as the client reads
 * them (client.c).
 */
#include "ctl/ctl.h"

#include "ctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE	16384

struct ctl_client {
	struct client	c;		/* first */
	struct cursor	cursor;
	char		what[32];
	bool		then_monitor;
};

struct ctl {
	struct server	*server;
	struct ctl_ops	ops;
};

/* A sink that knows whose it is. */
struct ctl_sink {
	struct record_sink	sink;
	struct client		*client;
};

static struct ctl *
ctl_of(const struct client *c)
{
	return c->server->owner;
}

static void
sink_put(struct record_sink *sink, const struct record *r)
{
	client_put(((struct ctl_sink *)sink)->client, r);
}

static struct ctl_sink
sink_of(struct client *c)
{
	return (struct ctl_sink){ .sink.put = sink_put, .client = c };
}

static void
show_begin(struct client *c, const char *what)
{
	struct ctl_client *cc = container_of(c, struct ctl_client, c);

	cc->cursor = (struct cursor){ 0 };
	snprintf(cc->what, sizeof(cc->what), "%s", what);
	c->state = CLIENT_BUSY;
}

static void
show_piece(struct client *c)
{
	struct ctl_client *cc = container_of(c, struct ctl_client, c);
	struct ctl_ops *ops = &ctl_of(c)->ops;
	struct ctl_sink sink = sink_of(c);

	if (ops->show(ops->arg, cc->what, &cc->cursor, &sink.sink))
		return;
	if (cc->then_monitor)
		c->state = CLIENT_STREAM;
	else
		client_answer(c, 0, NULL);
	cc->then_monitor = false;
}

static void
monitor_begin(struct client *c)
{
	struct ctl_client *cc = container_of(c, struct ctl_client, c);
	const struct ctl_line *l = &c->line;

	if (l->n == 2 && !strcmp(l->word[1], "recent")) {
		cc->then_monitor = true;
		show_begin(c, "recent");
	} else if (l->n == 1) {
		c->state = CLIENT_STREAM;
	} else {
		client_answer(c, -EINVAL, "usage: monitor [recent]");
	}
}

static void
act(struct client *c)
{
	struct ctl_ops *ops = &ctl_of(c)->ops;
	struct ctl_sink sink = sink_of(c);
	char why[CTL_WHY] = "", line[CTL_WHY + 64];
	int err;

	err = ops->act(ops->arg, &c->line, &sink.sink, why);
	if (err == -ENOSYS && ops->can_show(ops->arg, c->line.word[0]))
		snprintf(line, sizeof(line), "too many words");
	else if (err == -ENOSYS)
		snprintf(line, sizeof(line), "no such command: %.32s",
			 c->line.word[0]);
	else
		snprintf(line, sizeof(line), "%s",
			 why[0] ? why : strerror(-err));
	client_answer(c, err, line);
}

static void
command(struct client *c)
{
	const struct ctl_ops *ops = &ctl_of(c)->ops;
	const char *what = c->line.n ? c->line.word[0] : "status";

	if (!strcmp(what, "monitor"))
		monitor_begin(c);
	else if (c->line.n > 1 || !ops->can_show(ops->arg, what))
		act(c);
	else
		show_begin(c, what);
}

void
ctl_note(struct ctl *s, const struct record *r)
{
	list_each(it, &s->server->clients) {
		struct client *c = container_of(it, struct client, list);

		if (c->state == CLIENT_STREAM)
			client_tell(c, r);
	}
}

int
ctl_open(uv_loop_t *loop, const char *path, const struct ctl_ops *ops,
	 struct ctl **ret)
{
	static const struct server_ops server_ops = {
		.client_size = sizeof(struct ctl_client),
		.clients = CTL_CLIENTS,
		.mode = 0600,
		.piece = PIECE,
		.command = command,
		.more = show_piece,
	};
	struct ctl *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->ops = *ops;
	err = server_open(loop, path, &server_ops, s, &s->server);
	if (err) {
		free(s);
		return err;
	}
	*ret = s;
	return 0;
}

struct ctl *
ctl_close(struct ctl *s)
{
	if (!s)
		return NULL;
	server_close(s->server);
	free(s);
	return NULL;
}
