/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app.c - the application socket: requests, grants, and limits.
 *
 * Anybody may come, so everything that he can make grow is counted for his
 * user: connections, requests that wait or hold a grant, and lines in a
 * second (a bucket of tokens).  A user is remembered until his bucket is
 * full again, so that hanging up and coming back gains nothing.  What one
 * connection can make us keep is bounded here and in the kernel, whose
 * buffer for what it does not read is cut to the same size.
 *
 * A connection has one slot for each type, with the id of its grant.  A
 * request that waits has an id of its own, also when it renews a grant:
 * the old one goes when the new one stands, and not before.
 */
#define _GNU_SOURCE		/* struct ucred */

#include "ctl/app.h"

#include "ctl/app_line.h"
#include "ctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE		4096
#define SNDBUF		16384
#define USERS_MAX	(2 * APP_CLIENTS)
#define LINE		1000		/* thousandths of a token */

struct user {
	struct list	list;
	uid_t		uid;
	unsigned	clients, requests;
	uint64_t	tokens;		/* thousandths */
	uint64_t	at;		/* ms: when they were counted */
};

struct app_client {
	struct client	c;		/* first */
	struct app_peer	peer;
	struct user	*user;		/* NULL: not admitted */
	struct list	waiting;	/* while a request does */
	uint64_t	wait_id;
	enum atype	wait_type;
	uint64_t	grant[ATYPES];	/* ids; 0: none */
};

struct app {
	struct server	*server;
	uv_loop_t	*loop;
	struct app_ops	ops;
	unsigned	max_requests;
	struct list	users;		/* oldest first */
	unsigned	nusers;
	struct list	waiting;	/* of struct app_client */
	uint64_t	last_id;
	unsigned	granted;	/* now */
	uint64_t	refused;	/* ever */
	bool		ends;
};

static struct app *
app_of(const struct app_client *ac)
{
	return ac->c.server->owner;
}

static struct app_client *
app_client(struct client *c)
{
	return container_of(c, struct app_client, c);
}

/* --- users --- */

static void
user_refill(const struct app *a, struct user *u)
{
	uint64_t now = uv_now(a->loop);

	u->tokens += (now - u->at) * APP_RATE;	/* a second has 1000 ms */
	u->at = now;
	if (u->tokens > APP_BURST * LINE)
		u->tokens = APP_BURST * LINE;
}

/* False: he says too much. */
static bool
user_spend(const struct app *a, struct user *u)
{
	if (u->uid == 0)
		return true;
	user_refill(a, u);
	if (u->tokens < LINE)
		return false;
	u->tokens -= LINE;
	return true;
}

static void
user_free(struct app *a, struct user *u)
{
	list_del(&u->list);
	a->nusers--;
	free(u);
}

/* Those who are gone and would begin anew; of too many the oldest. */
static void
users_forget(struct app *a)
{
	list_each(it, &a->users) {
		struct user *u = container_of(it, struct user, list);

		if (u->clients)
			continue;
		user_refill(a, u);
		if (u->tokens == APP_BURST * LINE || a->nusers >= USERS_MAX)
			user_free(a, u);
	}
}

static struct user *
user_get(struct app *a, uid_t uid)
{
	struct user *u;

	list_each(it, &a->users) {
		u = container_of(it, struct user, list);
		if (u->uid == uid)
			return u;
	}
	users_forget(a);
	u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	*u = (struct user){
		.uid = uid, .tokens = APP_BURST * LINE, .at = uv_now(a->loop),
	};
	list_init(&u->list);
	list_append(&a->users, &u->list);
	a->nusers++;
	return u;
}

/* --- connections --- */

static int
refuse(struct app *a, const char **why, const char *text)
{
	a->refused++;
	*why = text;
	return -EAGAIN;
}

static int
admit(struct client *c, const char **why)
{
	struct app_client *ac = app_client(c);
	struct app *a = app_of(ac);
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd = client_fd(c), room = SNDBUF;
	struct user *u;

	list_init(&ac->waiting);
	*why = "who are you?";
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	ac->peer = (struct app_peer){ cred.pid, cred.uid, cred.gid };
	u = user_get(a, cred.uid);
	if (!u)
		return refuse(a, why, "no memory");
	if (u->uid != 0 && u->clients >= APP_CLIENTS_USER)
		return refuse(a, why, "too many connections of this user");
	if (!user_spend(a, u))
		return refuse(a, why, "too much at once");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ac->user = u;
	u->clients++;
	return 0;
}

static void
drop(struct app *a, uint64_t id)
{
	if (!a->ends)
		a->ops.release(a->ops.arg, id);
}

static void
gone(struct client *c)
{
	struct app_client *ac = app_client(c);
	struct app *a = app_of(ac);

	if (!ac->user)
		return;
	ac->user->clients--;
	if (!list_empty(&ac->waiting)) {
		list_del(&ac->waiting);
		if (!ac->grant[ac->wait_type])
			ac->user->requests--;
		drop(a, ac->wait_id);
	}
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		if (!ac->grant[t])
			continue;
		ac->user->requests--;
		a->granted--;
		drop(a, ac->grant[t]);
		ac->grant[t] = 0;
	}
}

/* --- request and release --- */

/* A request waits no longer; without a grant its slot is free. */
static void
wait_end(struct app_client *ac)
{
	list_del(&ac->waiting);
	if (!ac->grant[ac->wait_type])
		ac->user->requests--;
}

static void
put_address(struct client *c, const char *type, enum atype t,
	    const struct in6_addr *addr)
{
	struct record r;

	record_init(&r, type);
	record_str(&r, "type", atype_name(t));
	record_addr(&r, "address", addr);
	client_put(c, &r);
}

static void
granted(struct app_client *ac, const struct ef_reply *reply)
{
	struct app *a = app_of(ac);
	enum atype t = ac->wait_type;
	uint64_t old = ac->grant[t];

	list_del(&ac->waiting);
	ac->grant[t] = ac->wait_id;
	if (old)
		drop(a, old);
	else
		a->granted++;
	if (ac->c.state != CLIENT_BUSY)
		return;
	put_address(&ac->c, "grant", t, &reply->addr);
	client_answer(&ac->c, 0, NULL);
}

void
app_reply(struct app *a, const struct ef_reply *reply)
{
	struct app_client *ac = NULL;

	list_each(it, &a->waiting) {
		ac = container_of(it, struct app_client, waiting);
		if (ac->wait_id == reply->id)
			break;
		ac = NULL;
	}
	if (!ac)
		return;		/* it is gone, and its release was said */
	if (!reply->error) {
		granted(ac, reply);
	} else {
		wait_end(ac);
		if (ac->c.state == CLIENT_BUSY)
			client_answer(&ac->c, -reply->error,
				      strerror(reply->error));
	}
	client_go_on(&ac->c);
}

/* May it begin?  0, or -errno and why. */
static int
request_check(struct app_client *ac, enum atype t, const char **why)
{
	struct app *a = app_of(ac);
	struct in6_addr now;

	if (!a->ops.permitted(a->ops.arg, &ac->peer, t)) {
		if (a->ops.refused)
			a->ops.refused(a->ops.arg, &ac->peer, t);
		*why = "the policy does not permit this type";
		return -EACCES;
	}
	if (!a->ops.current(a->ops.arg, t, &now)) {
		*why = "nothing provides this type here";
		return -EOPNOTSUPP;
	}
	if (!ac->grant[t] && ac->user->requests >= a->max_requests)
		return refuse(a, why, "too many requests of this user");
	return 0;
}

static void
do_request(struct app_client *ac, const struct app_command *cmd)
{
	struct app *a = app_of(ac);
	const char *no = "";
	char why[128] = "";
	uint64_t id;
	int err = request_check(ac, cmd->type, &no);

	if (err) {
		client_answer(&ac->c, err, no);
		return;
	}
	if (!ac->grant[cmd->type])
		ac->user->requests++;
	ac->wait_type = cmd->type;
	ac->wait_id = id = ++a->last_id;
	ac->c.state = CLIENT_BUSY;
	list_append(&a->waiting, &ac->waiting);
	err = a->ops.request(a->ops.arg, &ac->peer, id, cmd->type,
			     cmd->timeout, why, sizeof(why));
	if (!err)
		return;
	wait_end(ac);
	client_answer(&ac->c, err, why[0] ? why : strerror(-err));
}

static void
do_release(struct app_client *ac, const struct app_command *cmd)
{
	struct app *a = app_of(ac);
	uint64_t id = ac->grant[cmd->type];

	if (!id) {
		client_answer(&ac->c, -ENOENT, "no such grant here");
		return;
	}
	ac->grant[cmd->type] = 0;
	ac->user->requests--;
	a->granted--;
	drop(a, id);
	client_answer(&ac->c, 0, NULL);
}

/* --- what there is --- */

static void
do_types(struct app_client *ac, const struct app_command *cmd)
{
	struct app *a = app_of(ac);
	struct record r;

	for (enum atype t = ATYPE_NONE + 1; t < ATYPES; t++) {
		struct in6_addr addr = { 0 };
		bool provided = a->ops.current(a->ops.arg, t, &addr);

		record_init(&r, "type");
		record_str(&r, "name", atype_name(t));
		record_bool(&r, "permitted",
			    a->ops.permitted(a->ops.arg, &ac->peer, t));
		record_bool(&r, "provided", provided);
		if (provided && !addr_is_unspec(&addr))
			record_addr(&r, "address", &addr);
		client_put(&ac->c, &r);
	}
	client_answer(&ac->c, 0, NULL);
}

static void
do_type_of(struct app_client *ac, const struct app_command *cmd)
{
	struct app *a = app_of(ac);
	bool current = false;
	enum atype t = a->ops.type_of(a->ops.arg, &cmd->addr, &current);
	struct record r;

	if (t == ATYPE_NONE) {
		client_answer(&ac->c, -ENOENT, "the address has no type");
		return;
	}
	record_init(&r, "address");
	record_str(&r, "type", atype_name(t));
	record_addr(&r, "address", &cmd->addr);
	record_bool(&r, "current", current);
	client_put(&ac->c, &r);
	client_answer(&ac->c, 0, NULL);
}

static void
do_watch(struct app_client *ac, const struct app_command *cmd)
{
	client_answer(&ac->c, 0, NULL);
	ac->c.state = CLIENT_STREAM;
}

static void
command(struct client *c)
{
	static void (*const verbs[])(struct app_client *,
				     const struct app_command *) = {
		[APP_REQUEST] = do_request,
		[APP_RELEASE] = do_release,
		[APP_TYPES] = do_types,
		[APP_TYPE_OF] = do_type_of,
		[APP_WATCH] = do_watch,
	};
	struct app_client *ac = app_client(c);
	struct app *a = app_of(ac);
	struct app_command cmd;
	const char *why;
	int err = app_line_parse(&c->line, &cmd, &why);
	bool much = !user_spend(a, ac->user);

	if (much)
		client_rest(c);
	/* who gives something back is always heard */
	if (!err && much && cmd.verb != APP_RELEASE)
		err = refuse(a, &why, "too much at once");
	if (err)
		client_answer(c, err, why);
	else
		verbs[cmd.verb](ac, &cmd);
}

void
app_tell(struct app *a, const char *event, enum atype t,
	 const struct in6_addr *addr)
{
	struct record r;

	record_init(&r, "address");
	record_str(&r, "event", event);
	record_str(&r, "type", atype_name(t));
	record_addr(&r, "address", addr);
	list_each(it, &a->server->clients) {
		struct client *c = container_of(it, struct client, list);

		if (c->state == CLIENT_STREAM)
			client_tell(c, &r);
	}
}

/* --- the server --- */

void
app_show(const struct app *a, struct record_sink *sink)
{
	unsigned waiting = 0;
	struct record r;

	list_each(it, &a->waiting)
		waiting++;
	record_init(&r, "application");
	record_uint(&r, "clients", a->server->nclients);
	record_uint(&r, "waiting", waiting);
	record_uint(&r, "granted", a->granted);
	record_uint(&r, "refused", a->refused);
	sink->put(sink, &r);
}

void
app_set_limit(struct app *a, unsigned max_requests)
{
	a->max_requests = max_requests;
}

int
app_open(uv_loop_t *loop, const char *path, unsigned max_requests,
	 const struct app_ops *ops, struct app **ret)
{
	static const struct server_ops server_ops = {
		.client_size = sizeof(struct app_client),
		.clients = APP_CLIENTS,
		.mode = 0666,
		.piece = PIECE,
		.errnos = true,
		.admit = admit,
		.command = command,
		.gone = gone,
	};
	struct app *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return -ENOMEM;
	a->loop = loop;
	a->ops = *ops;
	a->max_requests = max_requests;
	list_init(&a->users);
	list_init(&a->waiting);
	err = server_open(loop, path, &server_ops, a, &a->server);
	if (err) {
		free(a);
		return err;
	}
	*ret = a;
	return 0;
}

struct app *
app_close(struct app *a)
{
	if (!a)
		return NULL;
	a->ends = true;
	server_close(a->server);
	list_each(it, &a->users)
		user_free(a, container_of(it, struct user, list));
	free(a);
	return NULL;
}
