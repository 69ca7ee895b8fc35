/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.h - what the control socket and the application socket have in
 * common: a Unix socket, and clients who say lines and are answered with
 * records and a last line, `ok' or `error'.  Private to src/ctl.
 *
 * A line is carried out when the one before it has been answered, and when
 * the client has read most of what it was told: one that does not read is
 * not served, and what is kept for it is bounded.  Lines may be sent ahead;
 * while the client waits for something, CTL_LINE_MAX octets of them.
 */
#ifndef MIP6D_CTL_CLIENT_H
#define MIP6D_CTL_CLIENT_H

#include "base/list.h"
#include "base/record.h"
#include "ctl/line.h"

#include <sys/types.h>
#include <uv.h>

struct client;

struct server_ops {
	size_t		client_size;	/* of what begins with struct client */
	unsigned	clients;	/* at once */
	mode_t		mode;		/* of the socket */
	size_t		piece;		/* output that waits before no more
					   is made */
	bool		errnos;		/* name the number after `error' */
	/* May it come in?  0, or -errno and why.  NULL: everybody. */
	int	(*admit)(struct client *, const char **why);
	/* Carry out client.line, by client_answer now or later (BUSY). */
	void	(*command)(struct client *);
	/* The client is BUSY and there is room: make a piece.  NULL: to be
	 * busy is to wait, and a client that says no more waits no longer. */
	void	(*more)(struct client *);
	/* It ends, for whatever reason.  NULL: so be it. */
	void	(*gone)(struct client *);
};

struct server {
	uv_loop_t	*loop;
	uv_pipe_t	listener;
	uv_timer_t	stuck, rest, later;
	uv_check_t	turn;
	unsigned	open_handles;
	const struct server_ops *ops;
	void		*owner;
	struct list	clients;
	unsigned	nclients;
	unsigned	burst;		/* came in this turn of the loop */
	char		path[108];
};

enum client_state {
	CLIENT_READING,			/* waits for a line */
	CLIENT_BUSY,			/* is being answered */
	CLIENT_STREAM,			/* is told things until its end */
	CLIENT_CLOSING,			/* once all is written */
};

struct out {
	char	*p;
	size_t	n, cap;
};

struct client {
	struct list		list;
	struct server		*server;	/* NULL: it is gone */
	uv_pipe_t		pipe;
	enum client_state	state;
	struct ctl_line		line;
	char			in[CTL_LINE_MAX];
	size_t			in_len;
	struct out		fill, going;
	uv_write_t		write;
	uint64_t		lost;	/* records that found no room */
	unsigned		stuck;	/* turns without progress */
	bool			writing;
	bool			active;	/* within client_go_on */
	bool			resting;
	bool			paused;	/* no room for what it says */
	bool			eof;	/* it will say no more */
	bool			closed;
};

/* 0 or -errno.  What is at `path' is replaced: a lock says it is dead. */
int	server_open(uv_loop_t *, const char *path, const struct server_ops *,
		    void *owner, struct server **ret);
/* Say good-bye to those who listen, remove the socket.  Always NULL. */
struct server *server_close(struct server *);

/* False: no room, which is counted. */
bool	client_put(struct client *, const struct record *);
/* The last line: `ok', or an error (-errno), and on to the next. */
void	client_answer(struct client *, int err, const char *why);
/* The same, and the end. */
void	client_refuse(struct client *, int err, const char *why);
/* To one that is in CLIENT_STREAM; what it has no room for is counted. */
void	client_tell(struct client *, const struct record *);
/* It takes no line for a moment. */
void	client_rest(struct client *);
/* After an answer from elsewhere than `command'. */
void	client_go_on(struct client *);
int	client_fd(const struct client *);

#endif
