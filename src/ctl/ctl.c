/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctl.c - the control server.
 *
 * Each client has one buffer that fills while another is on its way out.
 * Pieces of a show are asked for only when the filling one has room, so a
 * client that stops reading stops being served; notes for it are counted
 * instead of kept.  Clients are bounded in number, and one that makes no
 * progress in the middle of something is let go after a minute.
 */
#include "ctl/ctl.h"

#include "base/list.h"
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OUT_PIECE	16384		/* a piece is begun below this */
#define OUT_MAX		262144		/* and no buffer exceeds this */
#define STUCK_CHECK	10000		/* ms */
#define STUCK_TURNS	6		/* without progress: a minute */

enum client_state {
	CLIENT_READING,			/* waits for a line */
	CLIENT_SHOWING,
	CLIENT_MONITOR,
	CLIENT_CLOSING,			/* once all is written */
};

struct out {
	char	*p;
	size_t	n, cap;
};

struct client {
	struct list		list;
	struct ctl		*ctl;	/* NULL: the server is gone */
	uv_pipe_t		pipe;
	enum client_state	state;
	struct ctl_line		line;
	struct cursor		cursor;
	char			what[32];
	bool			then_monitor;
	bool			closed;
	bool			eof;	/* it will say no more */
	char			in[CTL_LINE_MAX];
	size_t			in_len;
	struct out		fill, going;
	uv_write_t		write;
	bool			writing;
	uint64_t		lost;
	unsigned		stuck;
};

struct ctl {
	uv_loop_t	*loop;
	uv_pipe_t	listener;
	uv_timer_t	timer;
	unsigned	open_handles;
	struct ctl_ops	ops;
	struct list	clients;
	unsigned	nclients;
	char		path[108];
};

/* A sink that knows whose it is. */
struct client_sink {
	struct record_sink	sink;
	struct client		*client;
};

static void	client_go_on(struct client *);

/* --- output --- */

static bool
out_room(struct out *o, size_t more)
{
	size_t cap = o->cap ? o->cap : 4096;
	char *p;

	while (cap < o->n + more)
		cap *= 2;
	if (cap > OUT_MAX)
		return false;
	if (cap == o->cap)
		return true;
	p = realloc(o->p, cap);
	if (!p)
		return false;
	o->p = p;
	o->cap = cap;
	return true;
}

static bool
out_record(struct client *c, const struct record *r)
{
	size_t (*print)(const struct record *, char *, size_t) =
		c->line.json ? record_print_json : record_print_text;
	size_t len = print(r, NULL, 0);

	if (!out_room(&c->fill, len + 2))
		return false;
	print(r, c->fill.p + c->fill.n, len + 1);
	c->fill.n += len;
	c->fill.p[c->fill.n++] = '\n';
	return true;
}

static void
out_text(struct client *c, const char *a, const char *b)
{
	size_t len = strlen(a) + strlen(b);

	if (!out_room(&c->fill, len + 2))
		return;
	c->fill.n += (size_t)snprintf(c->fill.p + c->fill.n, len + 2, "%s%s\n",
				      a, b);
}

static void
sink_put(struct record_sink *sink, const struct record *r)
{
	struct client_sink *s = (struct client_sink *)sink;

	if (!out_record(s->client, r))
		s->client->lost++;
}

static struct client_sink
sink_of(struct client *c)
{
	return (struct client_sink){ .sink.put = sink_put, .client = c };
}

/* --- the end of a client --- */

static void
on_client_closed(uv_handle_t *h)
{
	struct client *c = h->data;

	free(c->fill.p);
	free(c->going.p);
	free(c);
}

static void
client_close(struct client *c)
{
	if (c->closed)
		return;
	c->closed = true;
	list_del(&c->list);
	if (c->ctl)
		c->ctl->nclients--;
	uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

/* --- writing --- */

static void
on_written(uv_write_t *req, int status)
{
	struct client *c = req->data;

	c->writing = false;
	c->stuck = 0;
	c->going.n = 0;
	if (c->closed)
		return;
	if (status < 0 || !c->ctl)
		client_close(c);
	else
		client_go_on(c);
}

static void
client_flush(struct client *c)
{
	struct out swap = c->going;
	uv_buf_t buf;

	if (c->closed || c->writing || !c->fill.n)
		return;
	c->going = c->fill;
	c->fill = swap;
	c->fill.n = 0;
	buf = uv_buf_init(c->going.p, (unsigned)c->going.n);
	c->write.data = c;
	c->writing = true;
	if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &buf, 1,
		     on_written) < 0) {
		c->writing = false;
		client_close(c);
	}
}

/* --- commands --- */

static void
answer(struct client *c, const char *error, const char *why)
{
	if (c->lost) {
		error = "error ";
		why = "the answer is too long";
		c->lost = 0;
	}
	out_text(c, error ? error : "ok", error ? why : "");
	c->state = CLIENT_READING;
}

static void
show_begin(struct client *c, const char *what)
{
	c->cursor = (struct cursor){ 0 };
	snprintf(c->what, sizeof(c->what), "%s", what);
	c->state = CLIENT_SHOWING;
}

static void
monitor_begin(struct client *c)
{
	const struct ctl_line *l = &c->line;

	if (l->n == 2 && !strcmp(l->word[1], "recent")) {
		c->then_monitor = true;
		show_begin(c, "recent");
	} else if (l->n == 1) {
		c->state = CLIENT_MONITOR;
	} else {
		answer(c, "error ", "usage: monitor [recent]");
	}
}

static void
act(struct client *c)
{
	struct client_sink sink = sink_of(c);
	char why[CTL_WHY] = "", line[CTL_WHY + 64];
	int err;

	err = c->ctl->ops.act(c->ctl->ops.arg, &c->line, &sink.sink, why);
	if (!err) {
		answer(c, NULL, NULL);
		return;
	}
	if (err == -ENOSYS && c->ctl->ops.can_show(c->ctl->ops.arg,
						   c->line.word[0]))
		snprintf(line, sizeof(line), "too many words");
	else if (err == -ENOSYS)
		snprintf(line, sizeof(line), "no such command: %.32s",
			 c->line.word[0]);
	else
		snprintf(line, sizeof(line), "%s",
			 why[0] ? why : strerror(-err));
	answer(c, "error ", line);
}

static void
command(struct client *c)
{
	const struct ctl_ops *ops = &c->ctl->ops;
	const char *what = c->line.n ? c->line.word[0] : "status";

	if (!strcmp(what, "monitor"))
		monitor_begin(c);
	else if (c->line.n > 1 || !ops->can_show(ops->arg, what))
		act(c);
	else
		show_begin(c, what);
}

static void
show_piece(struct client *c)
{
	struct client_sink sink = sink_of(c);
	struct ctl_ops *ops = &c->ctl->ops;

	while (c->state == CLIENT_SHOWING && c->fill.n < OUT_PIECE) {
		if (ops->show(ops->arg, c->what, &c->cursor, &sink.sink))
			continue;
		if (c->then_monitor)
			c->state = CLIENT_MONITOR;
		else
			answer(c, NULL, NULL);
		c->then_monitor = false;
	}
}

/* One command out of what was read; false: there is no whole line. */
static bool
take_line(struct client *c)
{
	char *end = memchr(c->in, '\n', c->in_len);
	size_t len;
	int err;

	if (!end)
		return false;
	len = (size_t)(end - c->in);
	err = ctl_line_parse(c->in, len, &c->line);
	c->in_len -= len + 1;
	memmove(c->in, end + 1, c->in_len);
	if (err)
		answer(c, "error ", err == -E2BIG ? "too many words" :
		       "only printable ASCII is understood");
	else
		command(c);
	return true;
}

static void
client_go_on(struct client *c)
{
	if (c->state == CLIENT_SHOWING)
		show_piece(c);
	while (c->state == CLIENT_READING && c->fill.n < OUT_PIECE &&
	       take_line(c))
		show_piece(c);
	if (c->state == CLIENT_MONITOR && c->lost && c->fill.n < OUT_PIECE) {
		struct record r;

		record_init(&r, "lost");
		record_uint(&r, "count", c->lost);
		if (out_record(c, &r))
			c->lost = 0;
	}
	client_flush(c);
	if (!c->writing && (c->state == CLIENT_CLOSING ||
			    (c->eof && c->state == CLIENT_READING)))
		client_close(c);
}

/* --- reading --- */

static void
on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *buf)
{
	struct client *c = h->data;

	/* never empty: on_read makes sure of a place for one octet */
	*buf = uv_buf_init(c->in + c->in_len,
			   (unsigned)(sizeof(c->in) - c->in_len));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;

	if (n < 0) {
		/* a client that has said all it wants may still listen */
		c->eof = true;
		uv_read_stop(stream);
		if (n == UV_EOF && c->state != CLIENT_MONITOR)
			client_go_on(c);
		else
			client_close(c);
		return;
	}
	c->in_len += (size_t)n;
	c->stuck = 0;
	client_go_on(c);
	if (!c->closed && c->in_len == sizeof(c->in)) {
		/* a line without an end, or commands without reading answers */
		uv_read_stop(stream);
		if (!memchr(c->in, '\n', c->in_len))
			out_text(c, "error ", "the line is too long");
		c->state = CLIENT_CLOSING;
		client_go_on(c);
	}
}

static void
on_timer(uv_timer_t *t)
{
	struct ctl *s = t->data;

	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);
		bool busy = c->writing || c->in_len ||
			    c->state == CLIENT_SHOWING;

		if (busy && ++c->stuck > STUCK_TURNS)
			client_close(c);
	}
	if (!s->nclients)
		uv_timer_stop(t);
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct ctl *s = listener->data;
	struct client *c;

	if (status < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c)
		return;
	c->ctl = s;
	list_init(&c->list);
	uv_pipe_init(s->loop, &c->pipe, 0);
	c->pipe.data = c;
	list_append(&s->clients, &c->list);
	if (s->nclients++ == 0)
		uv_timer_start(&s->timer, on_timer, STUCK_CHECK, STUCK_CHECK);
	if (uv_accept(listener, (uv_stream_t *)&c->pipe) < 0) {
		client_close(c);
		return;
	}
	if (s->nclients > CTL_CLIENTS) {
		out_text(c, "error ", "too many clients");
		c->state = CLIENT_CLOSING;
		client_go_on(c);
		return;
	}
	uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
}

void
ctl_note(struct ctl *s, const struct record *r)
{
	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);

		if (c->state != CLIENT_MONITOR)
			continue;
		if (c->lost || c->fill.n >= OUT_PIECE || !out_record(c, r))
			c->lost++;
		client_go_on(c);
	}
}

/* --- the server --- */

static int
listen_at(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, err = 0;
	mode_t mask;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* the lock of the run directory is ours: what is there is dead */
	unlink(path);
	mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	umask(mask);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static void
on_part_closed(uv_handle_t *h)
{
	struct ctl *s = h->data;

	if (--s->open_handles == 0)
		free(s);
}

int
ctl_open(uv_loop_t *loop, const char *path, const struct ctl_ops *ops,
	 struct ctl **ret)
{
	struct ctl *s = calloc(1, sizeof(*s));
	int fd, err;

	if (!s)
		return -ENOMEM;
	fd = listen_at(path);
	if (fd < 0) {
		free(s);
		return fd;
	}
	s->loop = loop;
	s->ops = *ops;
	list_init(&s->clients);
	snprintf(s->path, sizeof(s->path), "%s", path);
	uv_pipe_init(loop, &s->listener, 0);
	uv_timer_init(loop, &s->timer);
	s->listener.data = s->timer.data = s;
	s->open_handles = 2;
	err = uv_pipe_open(&s->listener, fd);
	if (err)
		close(fd);
	else
		err = uv_listen((uv_stream_t *)&s->listener, CTL_CLIENTS,
				on_connection);
	if (err) {
		ctl_close(s);
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
	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);

		if (c->state == CLIENT_MONITOR)
			out_text(c, "error ", "the daemon ends");
		client_flush(c);
		c->ctl = NULL;
		client_close(c);
	}
	unlink(s->path);
	uv_close((uv_handle_t *)&s->listener, on_part_closed);
	uv_close((uv_handle_t *)&s->timer, on_part_closed);
	return NULL;
}
