/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.h - ask, wait, ask again: the retransmission of everything that
 * expects an answer (RFC 6275 11.8, RFC 7559 for solicitations).
 *
 * Knows nothing of messages.  The owner sends, says exchange_sent, and its
 * alarm fires when it is time to send again.
 */
#ifndef MIP6D_CORE_EXCHANGE_H
#define MIP6D_CORE_EXCHANGE_H

#include "core/node.h"

struct exchange {
	struct alarm	alarm;
	usec_t		interval;	/* until the next transmission */
	usec_t		max;		/* where doubling stops */
	unsigned	sent;		/* transmissions so far */
	usec_t		first, last;	/* when */
};

void	exchange_init(struct exchange *, alarm_fire *);
/* A new question; nothing is armed before exchange_sent. */
void	exchange_begin(struct node *, struct exchange *, usec_t initial,
		       usec_t max);
/* One transmission went out: arm the next one, double the interval. */
void	exchange_sent(struct node *, struct exchange *, usec_t now);
void	exchange_end(struct node *, struct exchange *);

#endif
