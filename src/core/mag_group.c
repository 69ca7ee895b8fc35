/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_group.c - sessions that are renewed together (RFC 6602 5.1).
 *
 * Whoever registers is offered to the anchor as a member of our present group.
 * If the anchor agrees, nobody of the group is registered again by itself:
 * when the first of them is due, one update goes out for all.  If that is
 * refused, or there is no answer, each goes its own way again, as with an
 * anchor that knows no groups.
 *
 * An update of a group keeps alive what the anchor believes to be in it, and
 * that may be more than is: a mobile whose farewell was lost, or whatever there
 * was before a restart.  So the identifier is not a fixed one (ALL-SESSIONS
 * would be).  With each doubt, and with each start, there is another; the
 * members of the former register by themselves when they are due, and are of
 * the new one then.  What is not there is in no group that is renewed, and
 * ends with its lifetime.
 */
#include "core/mag.h"
#include "core/revoke.h"

#include <stdlib.h>

#define GROUP_TRIES	3		/* then each for itself */
#define GROUP_GAP	MSEC(1)		/* between two of these, at most */

/* Greater than before, in sixteenths of a second since 1970 if we know them. */
static uint32_t
new_group(const struct node *n, usec_t now)
{
	uint32_t id = (uint32_t)(pmip_stamp(n, now) >> 12);

	if (id <= n->mag->group)
		id = n->mag->group + 1;
	return id > PMIP_GROUP_ALL ? id : PMIP_GROUP_ALL + 1;
}

void
mag_groups_start(struct node *n, usec_t now)
{
	map_init(&n->mag->groups, offsetof(struct mag_group, key) -
		 offsetof(struct mag_group, node),
		 sizeof(struct mag_group_key), n->secret);
	n->mag->group = new_group(n, now);
}

void
mag_group_doubt(struct node *n, usec_t now)
{
	n->mag->group = new_group(n, now);
}

uint32_t
mag_group_to_say(const struct node *n, const struct mag_mobile *m)
{
	return n->conf->request_bulk && m->reg.asking == REG_REGISTER ?
		n->mag->group : 0;
}

/* --- who is in it -------------------------------------------------------------- */

static void on_silence(struct node *, struct alarm *, usec_t now);

static struct mag_group *
group_next(const struct node *n, struct mag_group *after, size_t *pos)
{
	struct map_node *m = map_next(&n->mag->groups,
				      after ? &after->node : NULL, pos);

	return m ? container_of(m, struct mag_group, node) : NULL;
}

static struct mag_group *
group_get(struct node *n, const struct in6_addr *lma, uint32_t id)
{
	struct mag_group_key key = { *lma, id };
	struct map_node *m = map_find(&n->mag->groups, &key);
	struct mag_group *g;

	if (m)
		return container_of(m, struct mag_group, node);
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->key = key;
	list_init(&g->mobiles);
	exchange_init(&g->x, on_silence);
	if (map_insert(&n->mag->groups, &g->node))
		return g;
	free(g);
	return NULL;
}

/* One user less: a member, or who walks over them. */
static void
group_put(struct node *n, struct mag_group *g)
{
	if (--g->count)
		return;
	exchange_end(n, &g->x);
	map_remove(&n->mag->groups, &g->node);
	free(g);
}

void
mag_group_leave(struct node *n, struct mag_mobile *m)
{
	struct mag_group *g = m->group;

	if (!g)
		return;
	list_del(&m->g);
	m->group = NULL;
	group_put(n, g);
}

void
mag_group_join(struct node *n, struct mag_mobile *m, uint32_t id)
{
	struct mag_group *g = id ? group_get(n, &m->reg.peer, id) : NULL;

	if (g && g == m->group)
		return;
	if (g)
		g->count++;
	mag_group_leave(n, m);
	m->group = g;
	if (g)
		list_append(&g->mobiles, &m->g);
}

unsigned
mag_group_each(struct node *n, const struct in6_addr *lma, uint32_t id,
	       uint32_t theirs, mag_member *act, usec_t now)
{
	struct mag_group *g, *next;
	unsigned count = 0;
	size_t pos = 0;

	for (g = group_next(n, NULL, &pos); g; g = next) {
		g->count++;
		list_each(l, &g->mobiles) {
			struct mag_mobile *m =
				container_of(l, struct mag_mobile, g);

			if ((lma && !addr_eq(&g->key.lma, lma)) ||
			    (id && g->key.id != id) ||
			    (theirs && theirs != PMIP_GROUP_ALL &&
			     m->lma_group != theirs))
				continue;
			count++;
			act(n, m, now);
		}
		next = group_next(n, g, &pos);
		group_put(n, g);
	}
	return count;
}

static void
forget(struct node *n, struct mag_mobile *m, usec_t now)
{
	m->lma_group = 0;
	mag_group_leave(n, m);
}

void
mag_groups_forget(struct node *n, const struct in6_addr *lma)
{
	mag_group_each(n, lma, 0, 0, forget, 0);
}

void
mag_groups_stop(struct node *n)
{
	struct mag_group *g, *next;
	size_t pos = 0;

	for (g = group_next(n, NULL, &pos); g; g = next) {
		next = group_next(n, g, &pos);
		exchange_end(n, &g->x);
		map_remove(&n->mag->groups, &g->node);
		free(g);
	}
	map_fini(&n->mag->groups);
}

/* --- asking (5.1.3) ------------------------------------------------------------- */

static struct mag_mobile *
first_of(const struct mag_group *g)
{
	return container_of(g->mobiles.next, struct mag_mobile, g);
}

/* As long as each of them may be asked for. */
static uint32_t
lifetime_of(const struct node *n, const struct mag_group *g)
{
	uint32_t most = n->conf->lma_max_binding_life;

	list_each(l, &g->mobiles) {
		const struct conf_mobile *p = mag_profile(n,
			container_of(l, struct mag_mobile, g));

		if (p && p->lifetime < most)
			most = p->lifetime;
	}
	return most / MH_LIFETIME_UNIT * MH_LIFETIME_UNIT;
}

static uint64_t
next_stamp(struct node *n, struct mag_group *g, usec_t now)
{
	uint64_t stamp = pmip_stamp(n, now);

	if (stamp <= n->mag->group_stamp)
		stamp = n->mag->group_stamp + 1;
	n->mag->group_stamp = g->stamp = stamp;
	if (!g->x.sent)
		g->first_stamp = stamp;
	return stamp;
}

/* "MUST NOT include any individual session identifiers", and B is 0.  What
 * RFC 5213 6.9.1.3 has in an extension of a lifetime is there. */
static void
send_update(struct node *n, struct mag_group *g, usec_t now)
{
	const struct conf_access_link *a =
		mag_access(n, first_of(g)->ifindex);
	struct mh_route to = {
		.src = n->conf->mag_address, .coa = n->conf->mag_address,
		.dst = g->key.lma, .hoa = g->key.lma,
	};
	struct mh mh = { .type = MH_BU };
	struct mopt *o;

	mh.bu.seq = g->seq;
	mh.bu.flags = MH_BU_A | MH_BU_H | MH_BU_P;
	mh.bu.lifetime = (uint16_t)(g->lifetime / MH_LIFETIME_UNIT);
	if ((o = mh_add(&mh, MOPT_HANDOFF)))
		o->value = MOPT_HANDOFF_SAME;
	if ((o = mh_add(&mh, MOPT_ATT)))
		o->value = a ? a->technology : MOPT_ATT_ETHERNET;
	if (n->conf->timestamps && (o = mh_add(&mh, MOPT_TIMESTAMP)))
		o->timestamp = next_stamp(n, g, now);
	pmip_write_group(&mh, g->key.id);
	node_send_mh(n, &mh, &to, security_peer(n, &g->key.lma), 0, now);
}

static void
transmit(struct node *n, struct mag_group *g, usec_t now)
{
	g->seq = ++n->mag->group_seq;
	if (!g->x.sent)
		g->first_seq = g->seq;
	send_update(n, g, now);
	exchange_sent(n, &g->x, now);
}

bool
mag_group_refresh(struct node *n, struct mag_mobile *m, usec_t now)
{
	struct mag_group *g = m->group;
	uint32_t first = m->reg.first_wait, most = m->reg.most_wait;

	/* One alone needs no group. */
	if (!g || g->key.id != n->mag->group || g->count < 2 ||
	    !n->conf->request_bulk)
		return false;
	if (g->asking)
		return true;
	g->asking = true;
	g->lifetime = lifetime_of(n, g);
	exchange_begin(n, &g->x, MSEC(first ? first : n->conf->bindack_rereg),
		       MSEC(most ? most : n->conf->bindack_max));
	transmit(n, g, now);
	return true;
}

/* Each for itself, before the first of them ends. */
static void
give_up(struct node *n, struct mag_group *g, usec_t now)
{
	usec_t at = now, end = USEC_NEVER, gap;

	list_each(l, &g->mobiles) {
		struct mag_mobile *m = container_of(l, struct mag_mobile, g);

		if (m->reg.bound && m->reg.expires < end)
			end = m->reg.expires;
	}
	gap = end > now ? (end - now) / 2 / g->count : 0;
	if (gap > GROUP_GAP)
		gap = GROUP_GAP;
	mag_group_doubt(n, now);
	g->count++;
	list_each(l, &g->mobiles) {
		struct mag_mobile *m = container_of(l, struct mag_mobile, g);

		mag_group_leave(n, m);
		registrant_refresh_at(n, &m->reg, at);
		at += gap;
	}
	group_put(n, g);
}

static void
on_silence(struct node *n, struct alarm *a, usec_t now)
{
	struct mag_group *g = container_of(a, struct mag_group, x.alarm);

	if (g->x.sent < GROUP_TRIES)
		transmit(n, g, now);
	else
		give_up(n, g, now);
}

/* --- the answer -------------------------------------------------------------------- */

static void
extended(struct node *n, struct mag_group *g, const struct mh *mh, usec_t now)
{
	usec_t sent = mh->ba.seq == g->seq ? g->x.last : g->x.first;
	uint32_t granted = (uint32_t)mh->ba.lifetime * MH_LIFETIME_UNIT;
	struct note note = { .code = NOTE_GROUP, .a = g->key.lma };

	g->asking = false;
	exchange_end(n, &g->x);
	if (granted > g->lifetime)
		granted = g->lifetime;
	list_each(l, &g->mobiles) {
		struct mag_mobile *m = container_of(l, struct mag_mobile, g);

		/* Who came in meanwhile has an answer of its own. */
		if (m->reg.x.last > g->x.first)
			continue;
		registrant_extended(n, &m->reg, sent, granted);
		mag_obey(n, m, now);
		note.value++;
	}
	note.lifetime = granted;
	note_put(n, &note, now);
}

static bool
is_answer(const struct node *n, const struct mag_group *g, const struct mh *mh,
	  const struct pmip_request *r)
{
	bool clock = mh->ba.status == MH_ST_TIMESTAMP ||
		     mh->ba.status == MH_ST_TIMESTAMP_LOWER;

	if (r->bulk || (r->has_group ? r->group != g->key.id :
			mh->ba.status < MH_ST_UNSPECIFIED))
		return false;
	if (r->has_stamp ? !clock && (r->stamp < g->first_stamp ||
				      r->stamp > g->stamp) :
	    n->conf->timestamps)
		return false;
	return mh->ba.status == MH_ST_SEQUENCE ||
	       (uint16_t)(mh->ba.seq - g->first_seq) <=
	       (uint16_t)(g->seq - g->first_seq);
}

static void
on_answer(struct node *n, struct mag_group *g, const struct mh *mh, usec_t now)
{
	bool again = mh->ba.status == MH_ST_TIMESTAMP_LOWER ||
		     (mh->ba.status == MH_ST_SEQUENCE &&
		      !seq_after(g->seq, mh->ba.seq));

	if (mh->ba.status < MH_ST_UNSPECIFIED && mh->ba.lifetime) {
		extended(n, g, mh, now);
		return;
	}
	if (!again || g->x.sent >= GROUP_TRIES) {
		give_up(n, g, now);
		return;
	}
	if (mh->ba.status == MH_ST_SEQUENCE)
		n->mag->group_seq = g->first_seq = mh->ba.seq;
	transmit(n, g, now);
}

void
mag_group_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	const struct conf_peer *peer = security_peer(n, &rx->pkt.src);
	struct mag_group *g = NULL;
	struct pmip_request r;
	size_t pos = 0;

	pmip_read(&rx->mh, &r);
	while ((g = group_next(n, g, &pos)))
		if (g->asking && addr_eq(&g->key.lma, &rx->pkt.src) &&
		    is_answer(n, g, &rx->mh, &r))
			break;
	if (!g || !addr_eq(&rx->pkt.dst, &n->conf->mag_address) ||
	    security_check(n, peer, &rx->mh, rx->pkt.payload.p,
			   &n->conf->mag_address, &g->key.lma, 0,
			   now) != SEC_OK)
		return;
	on_answer(n, g, &rx->mh, now);
}

/* --- a person ends it ------------------------------------------------------------ */

void
mag_group_revoke(struct node *n, uint32_t id, mag_member *act, usec_t now)
{
	struct mag_group *g = NULL;
	size_t pos = 0;

	while ((g = group_next(n, g, &pos)))
		if (id == PMIP_GROUP_ALL || g->key.id == id)
			revoke_send_group(n, &g->key.lma,
					  &n->conf->mag_address, g->key.id,
					  now);
	mag_group_each(n, NULL, id == PMIP_GROUP_ALL ? 0 : id, 0, act, now);
}
