/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app.h - the application socket: who wants an address of a type asks here.
 *
 * Lines of words in, records and a last line out, as on the control socket
 * (ctl.h), but for everybody (0666): limits for each user, and only what is
 * his own.  Who asks is known by SO_PEERCRED.
 *
 *	request TYPE [timeout MS]
 *		-> grant type=TYPE address=ADDR
 *		   ok		   ... when the address stands
 *		-> error ERRNO TEXT
 *		The grant keeps the address until `release TYPE', or until the
 *		connection ends.  A request that is still waiting ends with
 *		the connection, too.
 *	release TYPE
 *		-> ok | error ENOENT TEXT
 *	types
 *		-> type name=TYPE permitted=yes|no provided=yes|no
 *		   [address=ADDR]   a line each, then ok
 *	type-of ADDR
 *		-> address type=TYPE address=ADDR current=yes|no
 *		   ok  | error ENOENT TEXT
 *	watch
 *		-> ok, and from then on, without end,
 *		   address event=up|replaced|down type=TYPE address=ADDR
 *		   and `lost count=N' where the reader was too slow
 *
 * ERRNO is the name of a number: EACCES, EOPNOTSUPP, EADDRNOTAVAIL,
 * ETIMEDOUT, ECONNREFUSED, EAGAIN (a limit), EINVAL (the line), ESHUTDOWN
 * (the daemon ends; to those who wait and watch), ...  MS is 1 .. 3600000;
 * without it the configuration's AcquireTimeout counts.  A line that begins
 * with -j is answered in JSON.
 *
 * A line is carried out when the one before it has been answered; of lines
 * sent ahead while a request waits, more than 512 octets end the connection.
 * So a connection waits for one request at a time, and may hold a grant of each
 * type.  A second request for a type renews its grant: the answer has the
 * address that is the current one by then, the old grant is released after
 * that, and stays when the request fails.  A request that waits is cancelled
 * by closing the connection; closing the sending side is enough.
 *
 * Limits of a user: APP_CLIENTS_USER connections; max_requests that wait or
 * hold a grant; and APP_RATE lines and new connections a second after the
 * first APP_BURST.  A line beyond is answered EAGAIN, all but `release',
 * and its connection is not listened to for a moment.  Only the second one
 * is for root, too.
 */
#ifndef MIP6D_CTL_APP_H
#define MIP6D_CTL_APP_H

#include "core/core.h"
#include "ctl/line.h"

#include <uv.h>

#define APP_CLIENTS		1024	/* connections, all users together */
#define APP_CLIENTS_USER	128	/* ... of one user (root: all) */
#define APP_RATE		200	/* lines of one user in a second ... */
#define APP_BURST		1000	/* ... after so many (root: no limit) */

struct app;

struct app_peer {
	pid_t	pid;
	uid_t	uid;
	gid_t	gid;
};

/* The daemon's side.  Errors are -errno with words in `why'. */
struct app_ops {
	/* Begin: app_reply with this id follows, perhaps before it returns,
	 * unless it returns an error.  The caller has asked `permitted' and
	 * `current', and has checked the number of the user's requests. */
	int	(*request)(void *arg, const struct app_peer *, uint64_t id,
			   enum atype, usec_t timeout, char *why, size_t cap);
	/* Granted or waiting: not wanted any more; nothing follows. */
	void	(*release)(void *arg, uint64_t id);
	/* May he have it?  What is there? */
	bool	(*permitted)(void *arg, const struct app_peer *, enum atype);
	/* He was told EACCES.  NULL: nobody cares. */
	void	(*refused)(void *arg, const struct app_peer *, enum atype);
	bool	(*current)(void *arg, enum atype, struct in6_addr *ret);
							/* false: not provided;
							   :: none now */
	enum atype (*type_of)(void *arg, const struct in6_addr *,
			      bool *ret_current);	/* NONE: not ours */
	void	*arg;
};

/* Listen at `path' (0666; a dead socket there is replaced); max_requests: of
 * one user that wait or hold a grant at once.  0 or -errno. */
int	app_open(uv_loop_t *, const char *path, unsigned max_requests,
		 const struct app_ops *, struct app **ret);
void	app_set_limit(struct app *, unsigned max_requests);
void	app_reply(struct app *, const struct ef_reply *);
/* To all who watch. `event' is "up", "replaced" or "down". */
void	app_tell(struct app *, const char *event, enum atype,
		 const struct in6_addr *);
/* "application" record: clients, waiting, granted, refused (a limit). */
void	app_show(const struct app *, struct record_sink *);
/* Calls nothing back.  Always NULL; NULL is fine. */
struct app *app_close(struct app *);

#endif
