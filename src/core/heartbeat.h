/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heartbeat.h - is the other end of a tunnel there, and is it the one that it
 * was (RFC 5847)?
 *
 * Between anchors and gateways of Proxy Mobile IPv6, in both directions.
 */
#ifndef MIP6D_CORE_HEARTBEAT_H
#define MIP6D_CORE_HEARTBEAT_H

#include "core/node.h"

struct beats;

struct beats *beats_new(struct node *);		/* NULL: memory */
struct beats *beats_free(struct node *, struct beats *);	/* NULL */
/* There are sessions with that peer, to whom we are `local'. */
void	beats_watch(struct node *, const struct in6_addr *peer,
		    const struct in6_addr *local, usec_t now);
/* It wants them at these times (RFC 8127 3.1.2), in seconds: between two,
 * before one without an answer is repeated, and so many repetitions;
 * 0: as the configuration has it. */
void	beats_control(struct node *, const struct in6_addr *peer,
		      uint32_t interval, uint32_t retry, uint32_t most);
void	beats_on_message(struct node *, struct rx *, usec_t now);
bool	beats_restore(struct node *, const struct store_record *);
/* All that was stored is known: what was not, is lost. */
void	beats_ready(struct node *, usec_t now);
void	beats_show(const struct node *, struct record_sink *);

#endif
