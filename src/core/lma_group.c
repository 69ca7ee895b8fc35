/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_group.c - sessions that gateway and anchor speak of together (RFC 6602).
 *
 * A session has two identifiers of groups, the gateway's and ours, and is in
 * one list: that of all sessions with these two at that gateway.  Whatever is
 * said of a group, by either side, is about a few such lists of one gateway,
 * so what it costs is what the group has in it, however many sessions there
 * are besides; and each of them costs a list's two pointers and one more.
 *
 * An update of a group is ordered by its Timestamp, or its sequence number,
 * against the last one of that gateway: those of the sessions are their own.
 * Who has lost its sessions (RFC 5847) does not know whom it has told us to
 * keep together, so its groups are gone with it.  A gateway that may not know
 * that one of its sessions is over here would renew that one with the others,
 * and never find out: its next update of a group, whichever, is refused (175),
 * and what was grouped is grouped anew.
 */
#include "core/lma.h"
#include "core/revoke.h"

#include <stdlib.h>

void
lma_groups_start(struct lma *lma, const uint8_t secret[16])
{
	map_init(&lma->gateways, offsetof(struct lma_gateway, coa) -
		 offsetof(struct lma_gateway, node), sizeof(struct in6_addr),
		 secret);
}

static void
group_free(struct lma_group *g)
{
	list_del(&g->l);
	g->gateway->count--;
	free(g);
}

static void
gateway_free(struct lma *lma, struct lma_gateway *w)
{
	list_each(l, &w->groups)
		group_free(container_of(l, struct lma_group, l));
	map_remove(&lma->gateways, &w->node);
	free(w);
}

void
lma_groups_stop(struct lma *lma)
{
	struct map_node *m, *next;
	size_t pos = 0;

	for (m = map_next(&lma->gateways, NULL, &pos); m; m = next) {
		next = map_next(&lma->gateways, m, &pos);
		gateway_free(lma, container_of(m, struct lma_gateway, node));
	}
	map_fini(&lma->gateways);
}

static struct lma_gateway *
gateway_find(const struct node *n, const struct in6_addr *coa)
{
	struct map_node *m = map_find(&n->lma->gateways, coa);

	return m ? container_of(m, struct lma_gateway, node) : NULL;
}

static struct lma_gateway *
gateway_get(struct node *n, const struct in6_addr *coa)
{
	struct lma_gateway *w = gateway_find(n, coa);

	if (w)
		return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->coa = *coa;
	list_init(&w->groups);
	if (map_insert(&n->lma->gateways, &w->node))
		return w;
	free(w);
	return NULL;
}

/* --- who is in it ------------------------------------------------------------- */

static void
drop_empty(struct lma_gateway *w)
{
	list_each(l, &w->groups) {
		struct lma_group *g = container_of(l, struct lma_group, l);

		if (list_empty(&g->sessions))
			group_free(g);
	}
}

void
lma_groups_tidy(struct node *n, const struct in6_addr *coa)
{
	struct lma_gateway *w = gateway_find(n, coa);

	if (!w)
		return;
	drop_empty(w);
	if (list_empty(&w->groups) && !w->doubt)
		gateway_free(n->lma, w);
}

static struct lma_group *
group_get(struct node *n, struct lma_gateway *w, uint32_t theirs,
	  uint32_t ours)
{
	struct lma_group *g;

	list_each(l, &w->groups) {
		g = container_of(l, struct lma_group, l);
		if (g->theirs == theirs && g->ours == ours)
			return g;
	}
	if (w->count >= n->conf->lma_max_groups)
		drop_empty(w);
	g = w->count < n->conf->lma_max_groups ? calloc(1, sizeof(*g)) : NULL;
	if (!g)
		return NULL;
	g->gateway = w;
	g->theirs = theirs;
	g->ours = ours;
	list_init(&g->l);
	list_init(&g->sessions);
	list_append(&w->groups, &g->l);
	w->count++;
	return g;
}

bool
lma_group_join(struct node *n, struct lma_session *s, uint32_t theirs)
{
	struct span id = { s->mobile->id, s->mobile->id_len };
	const struct conf_mobile *m = lma_profile(n, &id);
	struct lma_gateway *w = m ? gateway_get(n, &s->coa) : NULL;
	struct lma_group *g = w ? group_get(n, w, theirs, m->group) : NULL;

	lma_group_leave(s);
	if (!g)
		return false;
	s->group = g;
	list_append(&g->sessions, &s->g);
	return true;
}

void
lma_group_leave(struct lma_session *s)
{
	list_del(&s->g);
	s->group = NULL;
}

/* ALL-SESSIONS has all that are in groups. */
static bool
is_of(uint32_t id, uint32_t meant)
{
	return id == meant || meant == PMIP_GROUP_ALL;
}

static void
dissolve(struct lma_gateway *w)
{
	list_each(l, &w->groups) {
		struct lma_group *g = container_of(l, struct lma_group, l);

		list_each(k, &g->sessions)
			lma_group_leave(container_of(k, struct lma_session,
						     g));
		group_free(g);
	}
}

void
lma_groups_forget(struct node *n, const struct in6_addr *coa)
{
	struct lma_gateway *w = gateway_find(n, coa);

	if (!w)
		return;
	dissolve(w);
	gateway_free(n->lma, w);
}

void
lma_groups_doubt(struct node *n, const struct in6_addr *coa)
{
	struct lma_gateway *w = n->conf->accept_bulk ? gateway_get(n, coa) :
						       NULL;

	if (w)
		w->doubt = true;
}

/* --- an update of one (5.2.3) --------------------------------------------------- */

static void
answer(struct node *n, const struct registration *rq, uint8_t status,
       uint16_t seq, uint16_t lifetime, usec_t now)
{
	struct mh_route route = {
		.src = addr_is_unspec(&rq->asked) ? rq->local : rq->asked,
		.dst = rq->src, .coa = rq->coa,
	};
	struct mh mh = { .type = MH_BA };
	struct mopt *o;

	route.hoa = route.src;
	mh.ba.status = status;
	mh.ba.flags = MH_BA_P;
	mh.ba.seq = seq;
	mh.ba.lifetime = lifetime;
	pmip_write_group(&mh, rq->proxy->group);
	if (rq->proxy->has_stamp && (o = mh_add(&mh, MOPT_TIMESTAMP)))
		o->timestamp = status == MH_ST_TIMESTAMP ||
			status == MH_ST_TIMESTAMP_LOWER ?
			pmip_stamp(n, now) : rq->proxy->stamp;
	node_send_mh(n, &mh, &route, rq->peer, 0, now);
}

/* As of a session: RFC 5213 5.5, against the gateway's last. */
static uint8_t
check_order(const struct node *n, const struct lma_gateway *w,
	    const struct registration *rq, usec_t now)
{
	const struct pmip_request *r = rq->proxy;
	uint64_t ours = pmip_stamp(n, now);
	uint64_t apart = r->stamp > ours ? r->stamp - ours : ours - r->stamp;

	if (!r->has_stamp)
		return w->has_seq && !seq_after(rq->seq, w->seq) ?
			MH_ST_SEQUENCE : 0;
	if (r->stamp < w->stamp)
		return MH_ST_TIMESTAMP_LOWER;
	if (r->stamp == w->stamp ||
	    apart > ((uint64_t)n->conf->stamp_window << 16) / 1000)
		return MH_ST_TIMESTAMP;
	return 0;
}

/* "The lifetime field in the message MUST be set to the allocated lifetime for
 * all the mobility sessions": what each of them may have.  0: there is none. */
static uint16_t
shortest(const struct node *n, const struct lma_gateway *w, uint32_t theirs,
	 uint16_t asked)
{
	uint32_t most = n->conf->lma_max_binding_life;
	bool some = false;

	list_each(l, &w->groups) {
		struct lma_group *g = container_of(l, struct lma_group, l);

		if (!is_of(g->theirs, theirs))
			continue;
		list_each(k, &g->sessions) {
			struct lma_session *s =
				container_of(k, struct lma_session, g);
			struct span id = { s->mobile->id, s->mobile->id_len };
			const struct conf_mobile *m = lma_profile(n, &id);

			some = true;
			if (m && m->lifetime < most)
				most = m->lifetime;
		}
	}
	most /= MH_LIFETIME_UNIT;
	if (!some)
		return 0;
	return asked < most ? asked : (uint16_t)(most ? most : 1);
}

static unsigned
extend(struct node *n, struct lma_gateway *w, uint32_t theirs,
       uint16_t lifetime, usec_t now)
{
	unsigned count = 0;

	list_each(l, &w->groups) {
		struct lma_group *g = container_of(l, struct lma_group, l);

		if (!is_of(g->theirs, theirs))
			continue;
		list_each(k, &g->sessions) {
			registrar_extend(n, container_of(k, struct lma_session,
							 g)->b, lifetime, now);
			count++;
		}
	}
	return count;
}

/* What is wrong with it, in the order of RFC 5213 5.3.1; 0: nothing. */
static uint8_t
check_update(const struct node *n, const struct lma_gateway *w,
	     const struct registration *rq, const struct mh *mh, usec_t now)
{
	uint8_t status;

	if (pmip_names_session(mh))
		return MH_ST_INVALID_GROUP;
	/* Section 8: nobody speaks for another one's. */
	if (!addr_eq(&rq->src, &rq->coa) || !security_peer(n, &rq->coa))
		return MH_ST_MAG_UNAUTHORIZED;
	if (!n->conf->accept_bulk)
		return MH_ST_PROHIBITED;
	if (!w)
		return MH_ST_INVALID_GROUP;
	status = check_order(n, w, rq, now);
	if (status)
		return status;
	/* A group is extended or revoked; it does not say farewell. */
	return rq->lifetime ? 0 : MH_ST_UNSPECIFIED;
}

void
lma_group_update(struct node *n, struct registration *rq, const struct mh *mh,
		 usec_t now)
{
	struct lma_gateway *w = gateway_find(n, &rq->coa);
	uint8_t status = check_update(n, w, rq, mh, now);
	struct note note = { .code = NOTE_GROUP, .a = rq->coa };
	uint16_t lifetime;

	if (!status && w->doubt) {
		w->doubt = false;
		dissolve(w);
	}
	if (!status) {
		lifetime = shortest(n, w, rq->proxy->group, rq->lifetime);
		if (!lifetime)
			status = MH_ST_INVALID_GROUP;
	}
	if (status) {
		n->lma->refused++;
		answer(n, rq, status, status == MH_ST_SEQUENCE ? w->seq :
		       rq->seq, 0, now);
		return;
	}
	w->stamp = rq->proxy->has_stamp ? rq->proxy->stamp : w->stamp;
	w->seq = rq->seq;
	w->has_seq = !rq->proxy->has_stamp;
	n->lma->bulk++;
	note.value = extend(n, w, rq->proxy->group, lifetime, now);
	note.lifetime = (uint32_t)lifetime * MH_LIFETIME_UNIT;
	note_put(n, &note, now);
	answer(n, rq, MH_ST_ACCEPTED, rq->seq, lifetime, now);
}

/* --- revocation of one ------------------------------------------------------------ */

/* Groups stay until they are tidied, so that this may go on. */
static unsigned
end_group(struct node *n, struct lma_group *g, usec_t now)
{
	unsigned count = 0;

	list_each(k, &g->sessions) {
		registrar_remove(n, container_of(k, struct lma_session, g)->b,
				 NOTE_DOWN_REVOKED, now);
		count++;
	}
	return count;
}

uint8_t
lma_group_revoked(struct node *n, uint32_t theirs, const struct in6_addr *coa,
		  usec_t now)
{
	struct lma_gateway *w = gateway_find(n, coa);
	unsigned count = 0;

	if (!w)
		return REVOKE_NONE;
	list_each(l, &w->groups) {
		struct lma_group *g = container_of(l, struct lma_group, l);

		if (is_of(g->theirs, theirs))
			count += end_group(n, g, now);
	}
	lma_groups_tidy(n, coa);
	return count ? REVOKE_OK : REVOKE_NONE;
}

/* One message a gateway. */
void
lma_group_revoke(struct node *n, uint32_t ours, usec_t now)
{
	struct map_node *m, *next;
	size_t pos = 0;

	for (m = map_next(&n->lma->gateways, NULL, &pos); m; m = next) {
		struct lma_gateway *w =
			container_of(m, struct lma_gateway, node);
		unsigned count = 0;

		next = map_next(&n->lma->gateways, m, &pos);
		list_each(l, &w->groups) {
			struct lma_group *g =
				container_of(l, struct lma_group, l);

			if (is_of(g->ours, ours))
				count += end_group(n, g, now);
		}
		if (count)
			revoke_send_group(n, &w->coa, &n->conf->lma_address,
					  ours, now);
		lma_groups_tidy(n, &w->coa);
	}
}
