/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit.c - how much, how often.
 *
 * Who answers what nobody has vouched for can be made to answer a victim, and
 * can be kept busy; so RFC 4443 2.4 (f) and RFC 6275 9.3.3 ask for a limit.
 * One limit for the whole node is a weapon as well: who exhausts it silences
 * the node for all others, and a mobile whose correspondent was restarted
 * needs a Binding Error or a status 138 to find out.  So there are limits of
 * each kind of answer, of each address that is answered, and of each network
 * (/64) that many such addresses may be made up in.  Their places are found by
 * a hash that nobody can guess, and so is their number bounded: in sum the
 * limit of the node.
 */
#include "core/node.h"

/* A second, and at once. */
#define ANSWERS_ADDRESS	20
#define ANSWERS_NETWORK	100
#define NOTES		100

usec_t
rate_next(const struct rate *r)
{
	usec_t oldest = r->sent[r->next];

	return oldest ? oldest + SEC(1) : 0;
}

void
rate_sent(struct rate *r, usec_t now)
{
	r->sent[r->next] = now;
	r->next = (r->next + 1) % MAX_UPDATE_RATE;
}

/* What it has by now. */
static uint32_t
bucket_fill(struct bucket *b, uint32_t rate, usec_t now)
{
	usec_t since = now - b->time;
	uint64_t earned = since >= SEC(1) ? rate : since * rate / USEC_PER_SEC;

	if (earned) {
		b->time = now;
		b->tokens = b->tokens + earned > rate ? rate :
			    b->tokens + (uint32_t)earned;
	}
	return b->tokens;
}

bool
bucket_take(struct bucket *b, uint32_t rate, usec_t now)
{
	if (!bucket_fill(b, rate, now))
		return false;
	b->tokens--;
	return true;
}

static struct bucket *
answers_of(struct node *n, struct bucket slot[ANSWER_SLOTS],
	   const struct in6_addr *to, size_t octets)
{
	return &slot[siphash13(n->secret, to, octets) % ANSWER_SLOTS];
}

/* What one is denied costs nobody anything: neither its network, nor those
 * whose address has the same place. */
bool
node_may_answer(struct node *n, enum answer_kind kind,
		const struct in6_addr *to, usec_t now)
{
	struct answers *a = &n->answers[kind];
	struct bucket *one = answers_of(n, a->address, to, 16);
	struct bucket *net = answers_of(n, a->network, to, 8);

	if (!bucket_fill(one, ANSWERS_ADDRESS, now) ||
	    !bucket_fill(net, ANSWERS_NETWORK, now))
		return false;
	one->tokens--;
	net->tokens--;
	return true;
}

bool
node_may_tell(struct node *n, usec_t now)
{
	return bucket_take(&n->notes, NOTES, now);
}

void
limits_init(struct node *n, usec_t now)
{
	n->notes = (struct bucket){ .time = now, .tokens = NOTES };
	for (unsigned k = 0; k < ANSWER_KINDS; k++)
		for (unsigned j = 0; j < ANSWER_SLOTS; j++) {
			n->answers[k].address[j] = (struct bucket){
				.time = now, .tokens = ANSWERS_ADDRESS };
			n->answers[k].network[j] = (struct bucket){
				.time = now, .tokens = ANSWERS_NETWORK };
		}
}
