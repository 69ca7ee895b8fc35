/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * revoke.c - see revoke.h.
 *
 * A Binding Revocation Indication is repeated once, after a second (RFC 5846
 * 11: BRIMaxRetriesNumber 1, InitMINDelayBRIs 1 s), and what it is about is
 * over at this end whether it is answered or not.
 *
 * It bears an authenticator as registrations do, but over its sender and its
 * receiver (pmip_cover), and a Timestamp: RFC 5846 leaves the protection against
 * replays to IPsec, which is not here.  One that is not newer than the last of
 * that peer, or too far from our clock, is not even answered.
 */
#include "core/exchange.h"
#include "core/lma.h"
#include "core/revoke.h"

#include <stdlib.h>

#define BRI_RETRIES	1		/* BRIMaxRetriesNumber */
#define BRI_FIRST	SEC(1)		/* InitMINDelayBRIs */
#define BRI_MAX		SEC(2)		/* MAX_BRACK_TIMEOUT */
#define BRI_MOST	4096		/* under way */

struct revocation {
	struct list	l;
	struct exchange	x;
	struct in6_addr	peer, local;
	uint16_t	seq;
	uint8_t		trigger;
	bool		global;
	uint32_t	group;		/* 0: none */
	unsigned	nhnps;
	struct prefix	hnp[CONF_HNPS];
	struct pmip_id	id;
};

struct revoker {			/* when it revoked last */
	struct map_node	node;
	struct in6_addr	addr;
	uint64_t	stamp;
};

struct revocations {
	struct list	open;
	struct pool	pool;
	struct map	peers;
	uint16_t	seq;
};

struct revocations *
revoke_new(struct node *n)
{
	struct revocations *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	list_init(&v->open);
	pool_init(&v->pool, sizeof(struct revocation), BRI_MOST);
	map_init(&v->peers, offsetof(struct revoker, addr) -
		 offsetof(struct revoker, node), sizeof(struct in6_addr),
		 n->secret);
	v->seq = (uint16_t)rng_u64(&n->rng);
	return v;
}

static void
end(struct node *n, struct revocation *r)
{
	exchange_end(n, &r->x);
	list_del(&r->l);
	pool_put(&n->revocations->pool, r);
}

struct revocations *
revoke_free(struct node *n, struct revocations *v)
{
	struct map_node *m, *next;
	size_t pos = 0;

	if (!v)
		return NULL;
	list_each(l, &v->open)
		exchange_end(n, &container_of(l, struct revocation, l)->x);
	for (m = map_next(&v->peers, NULL, &pos); m; m = next) {
		next = map_next(&v->peers, m, &pos);
		map_remove(&v->peers, m);
		free(container_of(m, struct revoker, node));
	}
	map_fini(&v->peers);
	pool_fini(&v->pool);
	free(v);
	return NULL;
}

/* --- sending ------------------------------------------------------------------ */

static void
put_common(struct node *n, struct mh *mh, usec_t now)
{
	struct mopt *o = mh_add(mh, MOPT_TIMESTAMP);

	if (o)
		o->timestamp = pmip_stamp(n, now);
}

static void
transmit(struct node *n, struct revocation *r, usec_t now)
{
	struct mh_route to = { .src = r->local, .dst = r->peer };
	struct mh mh = { .type = MH_REVOCATION };
	struct mopt *o;

	mh.revocation.kind = MH_BRI;
	mh.revocation.code = r->trigger;
	mh.revocation.seq = r->seq;
	mh.revocation.flags = (uint16_t)(MH_REVOCATION_P |
				(r->global ? MH_REVOCATION_G : 0));
	if (r->id.len && (o = mh_add(&mh, MOPT_MNID))) {
		o->mnid.subtype = MOPT_MNID_NAI;
		o->mnid.id = (struct span){ r->id.b, r->id.len };
	}
	for (unsigned k = 0; k < r->nhnps; k++) {
		if (!(o = mh_add(&mh, MOPT_HNP)))
			break;
		o->prefix.code = 0;
		o->prefix.len = r->hnp[k].len;
		o->prefix.addr = r->hnp[k].addr;
	}
	if (r->group)
		pmip_write_group(&mh, r->group);
	put_common(n, &mh, now);
	pmip_cover(&to);
	exchange_sent(n, &r->x, now);
	node_send_mh(n, &mh, &to, security_peer(n, &r->peer), 0, now);
}

/* What the other end believes to be in a group (RFC 6602) may not be. */
static void
in_doubt(struct node *n, const struct in6_addr *peer)
{
	if (n->lma)
		lma_groups_doubt(n, peer);
}

static void
on_silence(struct node *n, struct alarm *a, usec_t now)
{
	struct revocation *r = container_of(a, struct revocation, x.alarm);

	if (r->x.sent <= BRI_RETRIES) {
		transmit(n, r, now);
		return;
	}
	in_doubt(n, &r->peer);
	end(n, r);
}

/* 9.2: a gateway's identity, when it speaks for all; ours is its address. */
static void
own_identity(const struct in6_addr *local, struct pmip_id *ret)
{
	char text[ADDR_STRLEN];
	size_t len = strlen(addr_print(local, text));

	memcpy(ret->b, text, len);
	ret->len = (uint8_t)len;
}

static struct revocation *
revocation_new(struct node *n, const struct in6_addr *peer,
	       const struct in6_addr *local, enum revoke_trigger trigger)
{
	struct revocation *r = pool_get(&n->revocations->pool);

	if (!r) {		/* lifetimes end it as well */
		in_doubt(n, peer);
		return NULL;
	}
	r->peer = *peer;
	r->local = *local;
	r->trigger = (uint8_t)trigger;
	r->seq = ++n->revocations->seq;
	return r;
}

static void
say_id(struct revocation *r, const struct span *id)
{
	r->id.len = (uint8_t)id->len;
	memcpy(r->id.b, id->p, id->len);
}

static void
begin(struct node *n, struct revocation *r, usec_t now)
{
	list_init(&r->l);
	list_append(&n->revocations->open, &r->l);
	exchange_init(&r->x, on_silence);
	exchange_begin(n, &r->x, BRI_FIRST, BRI_MAX);
	transmit(n, r, now);
}

/* RFC 5846 8.1: "MUST include a mobility option [...] that is shared among all
 * the impacted mobile nodes"; RFC 6602 5.1.3: nothing of a single session. */
void
revoke_send_group(struct node *n, const struct in6_addr *peer,
		  const struct in6_addr *local, uint32_t group, usec_t now)
{
	struct revocation *r = revocation_new(n, peer, local,
					      REVOKE_LOCAL_POLICY);

	if (!r)
		return;
	r->global = true;
	r->group = group;
	begin(n, r, now);
}

/* RFC 5846 8.1: "the value of the Revocation Trigger field to "Revoking Mobility
 * Node Local Policy"", and the realm in the identity. */
void
revoke_realm(struct node *n, const struct in6_addr *peer,
	     const struct in6_addr *local, const struct span *realm, usec_t now)
{
	struct revocation *r;

	list_each(l, &n->revocations->open) {
		r = container_of(l, struct revocation, l);
		if (r->global && addr_eq(&r->peer, peer) &&
		    span_eq(realm, r->id.b, r->id.len))
			return;
	}
	r = revocation_new(n, peer, local, REVOKE_LOCAL_POLICY);
	if (!r)
		return;
	r->global = true;
	say_id(r, realm);
	begin(n, r, now);
}

void
revoke_send(struct node *n, const struct in6_addr *peer,
	    const struct in6_addr *local, enum revoke_trigger trigger,
	    const struct span *id, const struct prefix *hnp, unsigned nhnps,
	    usec_t now)
{
	struct revocation *r = revocation_new(n, peer, local, trigger);

	if (!r)
		return;
	r->global = !id;
	/* 9.1: an anchor's has no options then, a gateway's says who it is. */
	if (id) {
		say_id(r, id);
	} else if (n->conf->roles & CONF_MAG) {
		own_identity(local, &r->id);
	}
	r->nhnps = nhnps;
	if (nhnps)
		memcpy(r->hnp, hnp, nhnps * sizeof(*hnp));
	begin(n, r, now);
}

/* --- receiving ----------------------------------------------------------------- */

/* Newer than the last of that peer, and close to our clock. */
static bool
in_time(struct node *n, const struct rx *rx, usec_t now)
{
	const struct mopt *o = mh_opt(&rx->mh, MOPT_TIMESTAMP);
	uint64_t ours = pmip_stamp(n, now), apart;
	struct map_node *m = map_find(&n->revocations->peers, &rx->pkt.src);
	struct revoker *v = m ? container_of(m, struct revoker, node) : NULL;

	if (!o)
		return false;
	apart = o->timestamp > ours ? o->timestamp - ours : ours - o->timestamp;
	if (apart > ((uint64_t)n->conf->stamp_window << 16) / 1000 ||
	    (v && o->timestamp <= v->stamp))
		return false;
	if (!v) {
		v = calloc(1, sizeof(*v));
		if (!v)
			return false;
		v->addr = rx->pkt.src;
		if (!map_insert(&n->revocations->peers, &v->node)) {
			free(v);
			return false;
		}
	}
	v->stamp = o->timestamp;
	return true;
}

/* 6.2.1: which triggers go with the Global bit, and which with one mobile.  A
 * group of RFC 6602 goes with any. */
static uint8_t
check_form(const struct mh *mh, const struct pmip_request *r)
{
	bool global = mh->revocation.flags & MH_REVOCATION_G;
	uint8_t trigger = mh->revocation.code;

	if (!(mh->revocation.flags & MH_REVOCATION_P))
		return REVOKE_NO_PROXY;
	if (trigger > REVOKE_OUT_OF_SYNC && trigger != REVOKE_PER_PEER &&
	    trigger != REVOKE_LOCAL_POLICY)
		return REVOKE_NO_TRIGGER;
	if (!r->has_group && global != (trigger >= REVOKE_PER_PEER))
		return REVOKE_NO_FUNCTION;
	return REVOKE_OK;
}

/* 6.1.2: sequence number and flags are copied. */
static void
acknowledge(struct node *n, const struct rx *rx,
	    const struct pmip_request *r, uint8_t status, usec_t now)
{
	struct mh_route to = { .src = rx->pkt.dst, .dst = rx->pkt.src };
	struct mh mh = { .type = MH_REVOCATION };
	const struct mopt *id = mh_opt(&rx->mh, MOPT_MNID);
	struct mopt *o;

	mh.revocation.kind = MH_BRA;
	mh.revocation.code = status;
	mh.revocation.seq = rx->mh.revocation.seq;
	mh.revocation.flags = rx->mh.revocation.flags;
	if (id && (o = mh_add(&mh, MOPT_MNID)))
		o->mnid = id->mnid;
	if (r->has_group)		/* RFC 6602 5.2.3 */
		pmip_write_group(&mh, r->group);
	put_common(n, &mh, now);
	pmip_cover(&to);
	node_send_mh(n, &mh, &to, security_peer(n, &rx->pkt.src), 0, now);
}

/* 6.2.2: it matches one that is outstanding. */
static void
on_answer(struct node *n, const struct rx *rx, usec_t now)
{
	list_each(l, &n->revocations->open) {
		struct revocation *r = container_of(l, struct revocation, l);
		struct note note = {
			.code = NOTE_REVOCATION_FAILED, .a = r->peer,
			.status = rx->mh.revocation.code,
		};

		if (r->seq != rx->mh.revocation.seq ||
		    !addr_eq(&r->peer, &rx->pkt.src))
			continue;
		if (rx->mh.revocation.code >= 128)
			note_put(n, &note, now);
		end(n, r);
		return;
	}
}

void
revoke_on_message(struct node *n, struct rx *rx, usec_t now)
{
	const struct conf_peer *peer = security_peer(n, &rx->pkt.src);
	struct mh_route from = { .src = rx->pkt.src, .dst = rx->pkt.dst };
	struct pmip_request req;
	uint8_t status;

	pmip_cover(&from);
	if (!n->ready || !node_owns(n, &from.dst) || node_owns(n, &from.src) ||
	    security_check(n, peer, &rx->mh, rx->pkt.payload.p, &from.coa,
			   &from.hoa, 0, now) != SEC_OK)
		return;
	if (rx->mh.revocation.kind == MH_BRA) {
		on_answer(n, rx, now);
		return;
	}
	if (!in_time(n, rx, now))
		return;
	pmip_read(&rx->mh, &req);
	status = check_form(&rx->mh, &req);
	if (!status)
		status = n->lma ? lma_on_revoke(n, &rx->mh, &req, &from.src,
						now) :
				  mag_on_revoke(n, &rx->mh, &req, &from.src,
						now);
	acknowledge(n, rx, &req, status, now);
}
