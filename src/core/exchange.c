/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.c - exponential back-off, written once.
 */
#include "core/exchange.h"

void
exchange_init(struct exchange *x, alarm_fire *fire)
{
	*x = (struct exchange){ 0 };
	alarm_init(&x->alarm, fire);
}

void
exchange_begin(struct node *n, struct exchange *x, usec_t initial, usec_t max)
{
	alarm_clear(n, &x->alarm);
	x->interval = initial < max ? initial : max;
	x->max = max;
	x->sent = 0;
	x->first = x->last = 0;
}

void
exchange_sent(struct node *n, struct exchange *x, usec_t now)
{
	if (!x->sent++)
		x->first = now;
	x->last = now;
	alarm_set(n, &x->alarm, now + x->interval);
	/* RFC 6275 11.8: doubled upon each retransmission, up to the max. */
	x->interval = x->interval * 2 < x->max ? x->interval * 2 : x->max;
}

void
exchange_end(struct node *n, struct exchange *x)
{
	alarm_clear(n, &x->alarm);
}
