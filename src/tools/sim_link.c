/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_link.c - links, and what may happen to a packet on one.
 *
 * A link is a segment: what one interface sends reaches the interface with
 * that link-layer address, or all others when it is for a group.  Each copy
 * takes the link's delay and a random jitter, and packets to one interface
 * stay in order, unless the link reorders: then a share of them takes a
 * detour.  An interface that was unplugged loses what was on its way to it.
 *
 * The rules of a script (drop the next two BUs from mn) are applied when a
 * message is sent, by the text that the chart has for it; here the doomed
 * packet is lost on its first link.
 */
#include "sim.h"

#include "wire/mh.h"
#include "wire/pkt.h"

#include <stdlib.h>

struct flight {
	struct sim_job	job;
	struct sim_iface *to;
	unsigned	plugged;	/* the interface's count at departure */
	struct lladdr	src;
	bool		group;
	struct sim_pkt	*pkt;
};

struct sim_pkt *sim_pkt_new(const void *data, size_t len)
{
	struct sim_pkt *p = sim_alloc(sizeof(*p) + len);

	p->len = (uint16_t)len;
	if (data)
		memcpy(p->data, data, len);
	return p;
}

void sim_pkt_lost(struct sim *s, struct sim_pkt *p, const char *why)
{
	if (p->line && p->line->fate == FATE_AWAY) {
		p->line->fate = FATE_LOST;
		p->line->why = why;
	}
	free(p);
}

void sim_pkt_done(struct sim *s, struct sim_pkt *p)
{
	struct sim_line *line = p->line;

	if (line && line->fate != FATE_NONE && !line->arrived) {
		line->fate = FATE_ARRIVED;
		line->arrived = s->now;
	}
	free(p);
}

static struct sim_pkt *copy(const struct sim_pkt *p)
{
	struct sim_pkt *c = sim_pkt_new(p->data, p->len);

	c->line = p->line;
	c->held = p->held;
	return c;
}

static void flight_land(struct sim *s, struct sim_job *j)
{
	struct flight *f = container_of(j, struct flight, job);
	struct sim_iface *to = f->to;

	if (s->ended)
		free(f->pkt);
	else if (!to->link || to->plugged != f->plugged)
		sim_pkt_lost(s, f->pkt, NULL);
	else
		kernel_input(to, &f->src, f->group, f->pkt);
	free(f);
}

static bool chance(struct sim *s, unsigned of_a_million)
{
	return of_a_million && rng_below(&s->rng, 1000000) < of_a_million;
}

static usec_t arrival(struct sim *s, struct sim_link *k, struct sim_iface *to,
		      usec_t held)
{
	usec_t at = s->now + k->delay + held;

	if (k->jitter)
		at += rng_below(&s->rng, k->jitter + 1);
	if (chance(s, k->reorder))
		return at + rng_below(&s->rng, k->reorder_by + 1);
	if (held)
		return at;
	if (at < to->last_arrival)
		at = to->last_arrival;
	to->last_arrival = at;
	return at;
}

/* One copy on its way; takes it. */
static void depart(struct sim_iface *from, struct sim_iface *to, bool group,
		   struct sim_pkt *p)
{
	struct sim *s = from->node->sim;
	struct flight *f;

	if (chance(s, from->link->loss)) {
		sim_pkt_lost(s, p, NULL);
		return;
	}
	f = sim_alloc(sizeof(*f));
	sim_job_init(&f->job, flight_land);
	f->to = to;
	f->plugged = to->plugged;
	f->src = from->ll;
	f->group = group;
	f->pkt = p;
	sim_job_set(s, &f->job, arrival(s, from->link, to, p->held));
	p->held = 0;
}

static void to_all(struct sim_iface *from, const struct lladdr *dst,
		   struct sim_pkt *p)
{
	struct sim *s = from->node->sim;
	bool group = dst->b[0] & 1, sent = false;

	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		for (unsigned i = 0; i < n->nifaces; i++) {
			struct sim_iface *to = &n->iface[i];

			if (to == from || to->link != from->link ||
			    (!group && !lladdr_eq(&to->ll, dst)))
				continue;
			depart(from, to, group, copy(p));
			sent = true;
		}
	}
	if (sent)
		free(p);
	else if (group)			/* nobody here to miss it */
		sim_pkt_done(s, p);
	else
		sim_pkt_lost(s, p, NULL);
}

void sim_transmit(struct sim_iface *from, const struct lladdr *dst,
		  struct sim_pkt *p)
{
	struct sim *s = from->node->sim;

	if (!from->link) {
		sim_pkt_lost(s, p, "no link");
		return;
	}
	if (p->doomed || from->link->cut)
		sim_pkt_lost(s, p, NULL);
	else
		to_all(from, dst, p);
}

void sim_move(struct sim_iface *i, struct sim_link *link)
{
	if (i->link == link)
		return;
	if (i->link && link)
		sim_move(i, NULL);
	i->link = link;
	i->plugged++;
	i->plugged_at = i->node->sim->now;
	neigh_flush(i->node, i->ifindex);
	sim_node_link(i);
	host_link(i);
}

/* --- rules -------------------------------------------------------------- */

static bool first_word_is(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) == 0 &&
	       (text[n] == ' ' || text[n] == '\0');
}

/* Mobility Headers without that option, whole again but for an authenticator. */
static void strip(struct sim_pkt *p, uint8_t type)
{
	uint8_t b[1500];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct wire_error err;
	struct pkt pkt;
	struct mh mh;
	size_t start;
	unsigned left = 0;

	if (pkt_parse(p->data, p->len, &pkt, &err) != 0 ||
	    pkt.proto != IPPROTO_MOBILITY ||
	    mh_parse(pkt.payload.p, pkt.payload.len, NULL, NULL, &mh, &err))
		return;
	for (unsigned k = 0; k < mh.nopts; k++)
		if (mh.opt[k].type != type)
			mh.opt[left++] = mh.opt[k];
	mh.nopts = left;
	if (mh_build(&mh, &w) || wbuf_len(&w) > pkt.payload.len)
		return;
	start = (size_t)(pkt.payload.p - p->data);
	memcpy(p->data + start, b, wbuf_len(&w));
	mh_seal(p->data + start, wbuf_len(&w), &pkt.src, &pkt.dst);
	p->len = (uint16_t)(start + wbuf_len(&w));
	p->data[4] = (uint8_t)((p->len - 40) >> 8);
	p->data[5] = (uint8_t)(p->len - 40);
}

void sim_rules_apply(struct sim *s, struct sim_pkt *p, const char *text,
		     const struct sim_node *from, const struct sim_node *to)
{
	list_each(l, &s->rules) {
		struct sim_rule *r = container_of(l, struct sim_rule, l);

		if (!first_word_is(text, r->word) ||
		    (r->from && r->from != from) || (r->to && r->to != to))
			continue;
		if (r->option)
			strip(p, r->option);
		else if (r->by)
			p->held = r->by;
		else
			p->doomed = true;
		if (--r->left == 0) {
			list_del(l);
			free(r);
		}
		return;
	}
}

/* --- messages to be sent again ------------------------------------------ */

void sim_capture(struct sim *s, const struct sim_node *from,
		 const char *text, const void *data, size_t len)
{
	struct sim_capture *c;
	size_t word = strcspn(text, " ");

	if (!s->capture || word >= sizeof(c->word))
		return;
	c = sim_alloc(sizeof(*c) + len);
	memcpy(c->word, text, word);
	c->from = from;
	c->len = (uint16_t)len;
	memcpy(c->data, data, len);
	list_init(&c->l);
	list_append(&s->captures, &c->l);
}

/* Somebody off the path sends it: it enters at any node of the backbone, as
 * if it had come from afar. */
static struct sim_node *entrance(struct sim *s)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		for (unsigned i = 0; i < n->nifaces; i++)
			if (n->router && n->iface[i].link &&
			    n->iface[i].link->backbone)
				return n;
	}
	return NULL;
}

bool sim_replay(struct sim *s, const char *word, const struct sim_node *from,
		unsigned nth)
{
	struct sim_capture *found = NULL;
	struct sim_node *at = entrance(s);
	struct sim_pkt *p;
	unsigned i = 0;

	list_each(l, &s->captures) {
		struct sim_capture *c = container_of(l, struct sim_capture,
						     l);

		if (strcmp(c->word, word) != 0 || (from && c->from != from))
			continue;
		if (nth == 0 || ++i == nth)
			found = c;
	}
	if (!found || !at)
		return false;
	p = sim_pkt_new(found->data, found->len);
	chart_message(s, NULL, p, true);
	kernel_inject(at, p);
	return true;
}
