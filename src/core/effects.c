/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effects.c - from changed objects to effects.
 *
 * Effects are not queued.  An object that changed sits on the node's list
 * of wishes with bits that say what of it is to be told, and the effect is
 * built only when the caller asks for it: a binding that changed three
 * times since then is told once, as it stands.  The order of the list is
 * the order in which things first became pending, which is what "the path
 * is up before the acknowledgement leaves" rests on.
 *
 * Packets and notes are the exception: they are events of their own and
 * cannot be merged, so they wait as objects of their own kind, packets in
 * bounded number.
 */
#include "core/effects.h"

#include <stdlib.h>

/* A packet on its way out; `data' has room for `cap' octets. */
struct outgoing {
	struct wish	wish;
	uint32_t	ifindex;
	struct lladdr	ll;
	uint16_t	len;
	uint8_t		data[];
};

struct noted {
	struct wish	wish;
	struct note	note;
};

void
wish_init(struct wish *w, enum wish_kind kind)
{
	*w = (struct wish){ .kind = (uint8_t)kind };
	list_init(&w->l);
}

void
wish_add(struct node *n, struct wish *w, uint16_t bits)
{
	if (!bits)
		return;
	if (!w->dirty)
		list_append(&n->wishes, &w->l);
	w->dirty |= bits;
}

void
wish_drop(struct wish *w)
{
	list_del(&w->l);
	w->dirty = 0;
}

/* --- the outbox --------------------------------------------------------- */

struct wbuf *
outbox_start(struct node *n)
{
	if (n->outbox >= OUTBOX_MAX)
		return NULL;
	if (!n->outgoing_obj)
		n->outgoing_obj = malloc(sizeof(struct outgoing) + SEND_MAX);
	if (!n->outgoing_obj)
		return NULL;
	n->outgoing = wbuf_of(n->outgoing_obj->data, SEND_MAX);
	return &n->outgoing;
}

/* The working buffer stays for the next packet; what waits is a copy of
 * the right size, since most packets are a tenth of SEND_MAX. */
void
outbox_commit(struct node *n, uint32_t ifindex, const struct lladdr *ll)
{
	size_t len = wbuf_len(&n->outgoing);
	struct outgoing *o;

	if (!n->outgoing_obj || n->outgoing.bad)
		return;
	o = malloc(sizeof(*o) + len);
	if (!o)
		return;
	wish_init(&o->wish, WISH_SEND);
	o->ifindex = ifindex;
	o->ll = ll ? *ll : (struct lladdr){ 0 };
	o->len = (uint16_t)len;
	memcpy(o->data, n->outgoing_obj->data, len);
	n->outbox++;
	wish_add(n, &o->wish, 1);
}

void
outbox_nd(struct node *n, uint32_t ifindex, const struct lladdr *ll,
	  const struct nd *nd, const struct in6_addr *src,
	  const struct in6_addr *dst)
{
	struct wbuf *w = outbox_start(n);

	if (!w)
		return;
	nd_build(nd, src, dst, w);
	outbox_commit(n, ifindex, ll);
}

void
node_send_icmp(struct node *n, const struct icmp *m, const struct mh_route *r)
{
	struct wbuf *w = outbox_start(n);
	size_t at;

	if (!w)
		return;
	pkt_start(w, &r->src, &r->dst, PKT_HOPLIMIT, r->hao, r->rh2,
		  IPPROTO_ICMPV6);
	at = wbuf_len(w);
	if (icmp_build(m, w))
		return;
	icmp_seal(w->base + at, wbuf_len(w) - at, r->hao ? r->hao : &r->src,
		  r->rh2 ? r->rh2 : &r->dst);
	pkt_finish(w);
	outbox_commit(n, r->ifindex, r->ll);
}

static bool
send_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct outgoing *o = container_of(w, struct outgoing, wish);

	ret->send.ifindex = o->ifindex;
	ret->send.ll_dst = o->ll;
	ret->send.len = o->len;
	memcpy(ret->send.data, o->data, o->len);
	ret->kind = EF_SEND;
	n->outbox--;
	free(o);
	return true;
}

/* --- notes -------------------------------------------------------------- */

void
note_put(struct node *n, const struct note *note, usec_t now)
{
	struct noted *o = malloc(sizeof(*o));

	if (!o)
		return;
	wish_init(&o->wish, WISH_NOTE);
	o->note = *note;
	o->note.at = now;
	wish_add(n, &o->wish, 1);
}

static bool
note_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct noted *o = container_of(w, struct noted, wish);

	ret->kind = EF_NOTE;
	ret->note = o->note;
	free(o);
	return true;
}

/* --- what is said once -------------------------------------------------- */

struct once {
	struct wish	wish;
	enum effect_kind kind;
	union {
		struct ef_reply		reply;
		struct ef_abort		abort;
		struct store_record	store;
	};
};

static size_t
once_size(enum effect_kind kind)
{
	return kind == EF_REPLY ? sizeof(struct ef_reply) :
	       kind == EF_ABORT ? sizeof(struct ef_abort) :
				  sizeof(struct store_record);
}

void
effect_put(struct node *n, const struct effect *e)
{
	struct once *o = malloc(sizeof(*o));

	if (!o)
		return;
	wish_init(&o->wish, WISH_ONCE);
	o->kind = e->kind;
	memcpy(&o->reply, &e->reply, once_size(e->kind));
	wish_add(n, &o->wish, 1);
}

static bool
once_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct once *o = container_of(w, struct once, wish);

	ret->kind = o->kind;
	memcpy(&ret->reply, &o->reply, once_size(o->kind));
	free(o);
	return true;
}

static bool
sync_build(struct node *n, struct wish *w, struct effect *ret)
{
	w->dirty = 0;
	ret->kind = EF_SYNC;
	return true;
}

/* --- the list ----------------------------------------------------------- */

static wish_build *const builders[WISH_KINDS] = {
	[WISH_SEND]	= send_build,
	[WISH_NOTE]	= note_build,
	[WISH_WANT]	= want_build,
	[WISH_TUNNEL]	= tunnel_build,
	[WISH_BINDING]	= binding_build,
	[WISH_REGISTRANT] = registrant_build,
	[WISH_ONCE]	= once_build,
	[WISH_OWNED]	= owned_build,
	[WISH_EPOCH]	= epoch_build,
	[WISH_MAG]	= mag_build,
	[WISH_SYNC]	= sync_build,
};

void
effects_init(struct node *n)
{
	list_init(&n->wishes);
	wish_init(&n->sync, WISH_SYNC);
}

void
effects_fini(struct node *n)
{
	list_each(l, &n->wishes) {
		struct wish *w = container_of(l, struct wish, l);

		if (w->kind == WISH_SEND) {
			wish_drop(w);
			free(container_of(w, struct outgoing, wish));
		} else if (w->kind == WISH_NOTE) {
			wish_drop(w);
			free(container_of(w, struct noted, wish));
		} else if (w->kind == WISH_ONCE) {
			wish_drop(w);
			free(container_of(w, struct once, wish));
		}
	}
	free(n->outgoing_obj);
}

/*
 * The object is unlinked before its last bit is built, since its builder
 * may free it then; with more bits to come it goes back to the front, so
 * that what belongs together stays together.
 */
bool
node_effect(struct node *n, struct effect *ret)
{
	while (!list_empty(&n->wishes)) {
		struct wish *w = container_of(n->wishes.next, struct wish, l);
		bool last = !(w->dirty & (w->dirty - 1));

		list_del(&w->l);
		if (!last)
			list_prepend(&n->wishes, &w->l);
		if (builders[w->kind](n, w, ret))
			return true;
	}
	return false;
}
