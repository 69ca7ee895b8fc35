/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.c - lines in, records out, over a Unix socket.
 *
 * Each client has one buffer that fills while another is on its way out.
 * Nothing is begun for it unless the filling one has room, so a client that
 * stops reading stops being served; what it is told without asking is
 * counted then instead of kept.  One that makes no progress in the middle
 * of something is let go after a minute.
 *
 * Nobody can keep the loop for himself: of a crowd at the door so many are
 * let in at each turn, and a client that says too much is made to rest.
 */
#define _GNU_SOURCE		/* strerrorname_np */

#include "ctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OUT_MAX		262144		/* no buffer exceeds this */
#define OUT_LAST	512		/* of it, kept for the last line */
#define BACKLOG		128
#define STUCK_CHECK	10000		/* ms */
#define STUCK_TURNS	6		/* without progress: a minute */
#define ACCEPT_BURST	16		/* in a turn of the loop */
#define ACCEPT_LATER	0		/* ms: the next turn */
#define ACCEPT_RETRY	100		/* ms: there was no memory */
#define REST		50		/* ms */

/* --- output --- */

static bool
out_room(struct out *o, size_t more, size_t max)
{
	size_t cap = o->cap ? o->cap : 1024;
	char *p;

	if (o->n + more > max)
		return false;
	while (cap < o->n + more)
		cap *= 2;
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

	if (!out_room(&c->fill, len + 2, OUT_MAX - OUT_LAST))
		return false;
	print(r, c->fill.p + c->fill.n, len + 1);
	c->fill.n += len;
	c->fill.p[c->fill.n++] = '\n';
	return true;
}

/* "EACCES ", where numbers are named. */
static const char *
errno_word(const struct client *c, int err, char buf[32])
{
	const char *name = strerrorname_np(-err);

	buf[0] = '\0';
	if (c->server->ops->errnos)
		snprintf(buf, 32, "%s ", name ? name : "EIO");
	return buf;
}

static bool
out_error(struct client *c, int err, const char *why)
{
	char line[OUT_LAST], word[32];
	int len;

	len = snprintf(line, sizeof(line), "error %s%.400s\n",
		       errno_word(c, err, word), why);
	if (!out_room(&c->fill, (size_t)len, OUT_MAX))
		return false;
	memcpy(c->fill.p + c->fill.n, line, (size_t)len);
	c->fill.n += (size_t)len;
	return true;
}

static bool
out_ok(struct client *c)
{
	if (!out_room(&c->fill, 3, OUT_MAX))
		return false;
	memcpy(c->fill.p + c->fill.n, "ok\n", 3);
	c->fill.n += 3;
	return true;
}

/* --- the end of a client --- */

static void
on_client_closed(uv_handle_t *h)
{
	struct client *c = h->data;

	list_del(&c->list);
	free(c->fill.p);
	free(c->going.p);
	free(c);
}

/* It stays on the list until the loop turns: what its end brings about may
 * end others, and somebody walks along that list. */
static void
client_close(struct client *c)
{
	if (c->closed)
		return;
	c->closed = true;
	if (c->server->ops->gone)
		c->server->ops->gone(c);
	c->server->nclients--;
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
	if (status < 0)
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

/* --- answers --- */

bool
client_put(struct client *c, const struct record *r)
{
	if (out_record(c, r))
		return true;
	c->lost++;
	return false;
}

void
client_answer(struct client *c, int err, const char *why)
{
	if (c->lost) {
		err = -EMSGSIZE;
		why = "the answer is too long";
		c->lost = 0;
	}
	c->state = CLIENT_READING;
	/* who misses an answer takes the next one for it */
	if (!(err ? out_error(c, err, why) : out_ok(c)))
		client_close(c);
}

void
client_refuse(struct client *c, int err, const char *why)
{
	out_error(c, err, why);
	c->state = CLIENT_CLOSING;
}

void
client_tell(struct client *c, const struct record *r)
{
	if (c->closed)
		return;
	if (c->lost || c->fill.n >= c->server->ops->piece)
		c->lost++;
	else
		client_put(c, r);
	client_go_on(c);
}

int
client_fd(const struct client *c)
{
	uv_os_fd_t fd = -1;

	uv_fileno((const uv_handle_t *)&c->pipe, &fd);
	return fd;
}

/* --- lines --- */

static void	client_read(struct client *);

/* One line out of what was read; false: there is no whole one. */
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
		client_answer(c, -EINVAL, err == -E2BIG ? "too many words" :
			      "only printable ASCII is understood");
	else
		c->server->ops->command(c);
	return true;
}

/* False: nothing can be done for it now. */
static bool
client_step(struct client *c)
{
	if (c->closed || c->fill.n >= c->server->ops->piece)
		return false;
	switch (c->state) {
	case CLIENT_READING:
		return !c->resting && take_line(c);
	case CLIENT_BUSY:
		if (!c->server->ops->more)
			return false;
		c->server->ops->more(c);
		return true;
	case CLIENT_STREAM:
	case CLIENT_CLOSING:
		break;
	}
	return false;
}

static void
tell_lost(struct client *c)
{
	struct record r;

	record_init(&r, "lost");
	record_uint(&r, "count", c->lost);
	if (out_record(c, &r))
		c->lost = 0;
}

void
client_go_on(struct client *c)
{
	if (c->closed || c->active)
		return;
	c->active = true;
	while (client_step(c))
		;
	if (c->state == CLIENT_STREAM && c->lost &&
	    c->fill.n < c->server->ops->piece)
		tell_lost(c);
	client_flush(c);
	c->active = false;
	if (!c->writing &&
	    (c->state == CLIENT_CLOSING ||
	     (c->eof && c->state == CLIENT_READING && !c->resting)))
		client_close(c);
	else if (c->paused && c->in_len < sizeof(c->in))
		client_read(c);
}

/* --- reading --- */

static void
on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *buf)
{
	struct client *c = h->data;

	/* never empty: there is a place for one octet when we read */
	*buf = uv_buf_init(c->in + c->in_len,
			   (unsigned)(sizeof(c->in) - c->in_len));
}

static bool
is_waiting(const struct client *c)
{
	return c->state == CLIENT_STREAM ||
	       (c->state == CLIENT_BUSY && !c->server->ops->more);
}

/*
 * The place for lines is full.  One that reads slowly is read from slowly;
 * but of one that waits we must hear when it goes, so it may not say more
 * than there is room for.
 */
static void
check_full(struct client *c)
{
	const char *why = NULL;

	if (c->closed || c->resting || c->in_len < sizeof(c->in))
		return;
	uv_read_stop((uv_stream_t *)&c->pipe);
	if (!memchr(c->in, '\n', c->in_len))
		why = "the line is too long";
	else if (is_waiting(c))
		why = "too many lines at once";
	if (why) {
		client_refuse(c, -EINVAL, why);
		client_go_on(c);
	} else {
		c->paused = true;
	}
}

static void
on_eof(struct client *c, bool proper)
{
	/* one that has said all it wants may still listen */
	c->eof = true;
	uv_read_stop((uv_stream_t *)&c->pipe);
	if (proper && !is_waiting(c))
		client_go_on(c);
	else
		client_close(c);
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;

	if (n < 0) {
		on_eof(c, n == UV_EOF);
		return;
	}
	c->in_len += (size_t)n;
	c->stuck = 0;
	client_go_on(c);
	check_full(c);
}

/* Listen to it, if there is any point. */
static void
client_read(struct client *c)
{
	if (c->closed || c->eof || c->resting || c->state == CLIENT_CLOSING)
		return;
	c->paused = false;
	uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
}

/* --- time --- */

static void
on_rested(uv_timer_t *t)
{
	struct server *s = t->data;

	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);

		if (!c->resting || c->closed)
			continue;
		c->resting = false;
		client_go_on(c);
		check_full(c);
		if (!c->paused)
			client_read(c);
	}
}

void
client_rest(struct client *c)
{
	struct server *s = c->server;

	c->resting = true;
	uv_read_stop((uv_stream_t *)&c->pipe);
	if (!uv_is_active((uv_handle_t *)&s->rest))
		uv_timer_start(&s->rest, on_rested, REST, 0);
}

static bool
may_be_stuck(const struct client *c)
{
	return c->writing ||
	       (c->state == CLIENT_READING && c->in_len && !c->resting) ||
	       (c->state == CLIENT_BUSY && c->server->ops->more);
}

static void
on_stuck(uv_timer_t *t)
{
	struct server *s = t->data;

	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);

		if (may_be_stuck(c) && ++c->stuck > STUCK_TURNS)
			client_close(c);
	}
	if (!s->nclients)
		uv_timer_stop(t);
}

/* --- the door --- */

static void
client_admit(struct server *s, struct client *c)
{
	const char *why = "too many clients";
	int err = -EAGAIN;

	if (s->nclients <= s->ops->clients)
		err = s->ops->admit ? s->ops->admit(c, &why) : 0;
	if (err) {
		client_refuse(c, err, why);
		client_go_on(c);
		return;
	}
	client_read(c);
}

/* False: no memory.  Then the connection stays where it is. */
static bool
client_accept(struct server *s)
{
	struct client *c = calloc(1, s->ops->client_size);

	if (!c)
		return false;
	c->server = s;
	list_init(&c->list);
	uv_pipe_init(s->loop, &c->pipe, 0);
	c->pipe.data = c;
	list_append(&s->clients, &c->list);
	if (s->nclients++ == 0)
		uv_timer_start(&s->stuck, on_stuck, STUCK_CHECK, STUCK_CHECK);
	if (uv_accept((uv_stream_t *)&s->listener,
		      (uv_stream_t *)&c->pipe) < 0)
		client_close(c);
	else
		client_admit(s, c);
	return true;
}

static void	on_later(uv_timer_t *);
static void	on_turn(uv_check_t *);

static void
on_connection(uv_stream_t *listener, int status)
{
	struct server *s = listener->data;

	if (status < 0)
		return;
	uv_check_start(&s->turn, on_turn);
	/* what is not accepted makes libuv stop listening until it is */
	if (s->burst++ == ACCEPT_BURST)
		uv_timer_start(&s->later, on_later, ACCEPT_LATER, 0);
	else if (!client_accept(s))
		uv_timer_start(&s->later, on_later, ACCEPT_RETRY, 0);
}

/* libuv calls this behind all that became ready at once. */
static void
on_turn(uv_check_t *t)
{
	struct server *s = t->data;

	s->burst = 0;
	uv_check_stop(t);
}

static void
on_later(uv_timer_t *t)
{
	struct server *s = t->data;

	on_connection((uv_stream_t *)&s->listener, 0);
}

/* --- the server --- */

static int
listen_at(const char *path, mode_t mode)
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
	mask = umask(0777 & ~mode);
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
	struct server *s = h->data;

	if (--s->open_handles == 0)
		free(s);
}

static void
handles_init(struct server *s)
{
	uv_timer_t *const timer[] = { &s->stuck, &s->rest, &s->later };

	uv_pipe_init(s->loop, &s->listener, 0);
	s->listener.data = s;
	for (size_t i = 0; i < sizeof(timer) / sizeof(*timer); i++) {
		uv_timer_init(s->loop, timer[i]);
		timer[i]->data = s;
	}
	uv_check_init(s->loop, &s->turn);
	s->turn.data = s;
	s->open_handles = 5;
}

int
server_open(uv_loop_t *loop, const char *path, const struct server_ops *ops,
	    void *owner, struct server **ret)
{
	struct server *s = calloc(1, sizeof(*s));
	int fd, err;

	if (!s)
		return -ENOMEM;
	fd = listen_at(path, ops->mode);
	if (fd < 0) {
		free(s);
		return fd;
	}
	s->loop = loop;
	s->ops = ops;
	s->owner = owner;
	list_init(&s->clients);
	snprintf(s->path, sizeof(s->path), "%s", path);
	handles_init(s);
	err = uv_pipe_open(&s->listener, fd);
	if (err)
		close(fd);
	else
		err = uv_listen((uv_stream_t *)&s->listener, BACKLOG,
				on_connection);
	if (err) {
		server_close(s);
		return err;
	}
	*ret = s;
	return 0;
}

struct server *
server_close(struct server *s)
{
	list_each(it, &s->clients) {
		struct client *c = container_of(it, struct client, list);

		if (!c->closed && is_waiting(c))
			out_error(c, -ESHUTDOWN, "the daemon ends");
		client_flush(c);
		client_close(c);
		list_del(&c->list);
		c->server = NULL;
	}
	unlink(s->path);
	uv_close((uv_handle_t *)&s->listener, on_part_closed);
	uv_close((uv_handle_t *)&s->stuck, on_part_closed);
	uv_close((uv_handle_t *)&s->rest, on_part_closed);
	uv_close((uv_handle_t *)&s->later, on_part_closed);
	uv_close((uv_handle_t *)&s->turn, on_part_closed);
	return NULL;
}
