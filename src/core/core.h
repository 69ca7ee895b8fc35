/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core.h - the protocols are a function: events in, effects out.
 *
 * A node does nothing by itself.  It never reads a clock, opens a socket,
 * logs or draws randomness: time is a parameter, the seed comes once, and
 * what it wants from the world it says as effects.  After every node_input,
 * node_tick and node_reconfigure the caller carries out effects until
 * node_effect says false, then sleeps until node_deadline.
 */
#ifndef MIP6D_CORE_CORE_H
#define MIP6D_CORE_CORE_H

#include "core/effect.h"
#include "core/event.h"

struct node;
struct conf;

/* What a show has reached; all zero at its start. */
struct cursor {
	unsigned	room;
	size_t		pos;
	void		*last;
};

struct node_seed {
	uint8_t		secret[32];	/* identifiers, hashes, tokens */
	int64_t		wall;		/* wall clock - usec_t, if known */
	bool		early_bind;	/* hooks bind sockets, and cannot wait */
	const void	*cga_key;	/* of a mobile: RSA, PKCS #8 DER; NULL: */
	size_t		cga_key_len;	/*   it makes no CGAs */
};

/* Borrows the configuration.  NULL: memory.  Events that describe the world
 * (links, addresses, stored records) follow, then EV_CLOCK/EV_READY. */
struct node *node_new(const struct conf *, const struct node_seed *, usec_t now);
void	node_input(struct node *, const struct event *, usec_t now);
void	node_tick(struct node *, usec_t now);
usec_t	node_deadline(const struct node *);	/* USEC_NEVER: nothing due */
/* The next thing to do, in the order in which it must be done. */
bool	node_effect(struct node *, struct effect *ret);
/* 0, or -errno with the old configuration still in force. */
int	node_reconfigure(struct node *, const struct conf *, usec_t now);
/* `what': "status", "bindings", "links", "paths", "routers",
 * "addresses".  At most a few records a
 * call; true while there is more.  Unknown words show nothing. */
bool	node_show(const struct node *, const char *what, usec_t now,
		  struct cursor *, struct record_sink *);
struct node *node_free(struct node *);		/* always NULL */

#endif
