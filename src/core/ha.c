/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ha.c - the home agent role (RFC 6275 section 10).
 *
 * The engine that keeps the bindings is registrar.c; this is what a home
 * agent makes of it: which requests are valid (ha_on_bu: the checks of the
 * RFC in their order), and how the answer travels (home_answer, section
 * 9.5.4).  Which may be admitted, and what they are on their home link, is
 * home_link.c; what has to be said and heard there is defend.c.
 */
#include "core/ha.h"
#include "core/admission.h"
#include "core/agents.h"
#include "core/anchor.h"
#include "core/defend.h"
#include "core/ha_switch.h"
#include "core/home_link.h"
#include "core/home_prefix.h"
#include "core/mobile_prefix.h"
#include "core/multicast.h"
#include "core/presence.h"
#include "core/proof.h"

#include <errno.h>
#include <stdlib.h>

/* After a link came up its home addresses are announced again: so many at a
 * time, of so many looked at. */
#define ANNOUNCE_PIECE	32
#define ANNOUNCE_LOOK	4096
#define ANNOUNCE_PAUSE	MSEC(10)

/* An access router is one only while it has anchors. */
static bool
is_home_agent(const struct node *n)
{
	return n->ha && (n->conf->roles & CONF_HA || n->conf->nhome_links);
}

static bool
is_access_router(const struct node *n)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++)
		if (n->conf->home_link[k].anchor)
			return true;
	return false;
}

/* --- home addresses on their links --------------------------------------- */

struct binding *
ha_defended(const struct node *n, const struct iface *i,
	    const struct in6_addr *target)
{
	bool ll = addr_is_linklocal(target);

	if (!n->ha)
		return NULL;
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];
		struct in6_addr hoa = *target;
		struct binding *b;

		if (strcmp(l->ifname, i->name))
			continue;
		if (ll)		/* the L bit means a /64, see home_link_admit */
			hoa = addr_combine(&l->prefix.addr, 64, target);
		else if (!prefix_match(&l->prefix, target))
			continue;
		b = registrar_find(n->registrar, &hoa);
		if (b && b->state != BINDING_INVALID &&
		    b->keeper == KEEPER_HOME && b->link == k &&
		    (!ll || b->flags & BINDING_L))
			return b;
	}
	return NULL;
}

void
ha_on_dad(struct node *n, const struct in6_addr *hoa, bool unique, usec_t now)
{
	struct binding *b = registrar_find(n->registrar, hoa);

	if (b && unique)
		presence_settle(n, b->ifindex, hoa);
	if (b)
		registrar_decide(n, b, unique ? 0 : MH_ST_DAD_FAILED, now);
}

void
ha_on_check(struct node *n, const struct in6_addr *hoa, bool unique, usec_t now)
{
	struct binding *b = registrar_find(n->registrar, hoa);

	if (b && !unique)
		anchor_on_conflict(n, b, now);
}

/* --- the answer (RFC 6275 9.5.4, 10.3.2) -------------------------------- */

/*
 * To the source of the Binding Update; with a type 2 routing header unless
 * that is the home address itself.  Whoever sent it from the home link is
 * answered on that link, at the link-layer address it came from: routing
 * would still lead away, and resolution to ourselves, when a binding
 * stands.
 */
static void
home_answer(struct node *n, const struct registration *rq,
	    const struct mh_ba *ba, usec_t now)
{
	struct mh_route route = {
		.src = rq->local, .dst = rq->src,
		.coa = rq->coa, .hoa = rq->hoa,
		.ifindex = rq->ifindex,
		.ll = rq->ll.len ? &rq->ll : NULL,
	};
	struct note note = {
		.code = NOTE_REFUSED, .a = rq->hoa, .b = rq->coa,
		.status = ba->status,
	};
	struct proof proof;
	struct mh mh;

	if (!addr_eq(&rq->src, &rq->hoa))
		route.rh2 = &rq->hoa;
	if (rq->own.has_kbm) {
		proof_of_answer(rq, ba->status, &proof);
		route.proof = &proof;
	}
	mh.type = MH_BA;
	mh.nopts = 0;
	mh.ba = *ba;
	node_send_mh(n, &mh, &route, rq->peer, rq->replay, now);
	if (ba->status >= MH_ST_UNSPECIFIED)
		note_put(n, &note, now);
	if (!n->ha)
		return;
	if (ba->status < MH_ST_UNSPECIFIED)
		n->ha->accepted++;
	else
		n->ha->refused++;
}

static const struct keeper home_keeper = {
	.admit = home_link_admit, .prepare = home_link_prepare,
	.serve = home_link_serve, .leave = home_link_leave,
	.adopt = home_link_adopt, .answer = home_answer,
	.build = home_link_build, .has_nonces = home_link_has_nonces,
};

/* Correspondent registrations are not kept here: this answers those that
 * would take the place of a home registration (139). */
static const struct keeper correspondent_keeper = {
	.answer = home_answer,
};

/* --- receiving a Binding Update ----------------------------------------- */

/* What the message asks for; false: to be discarded in silence. */
bool
ha_read_bu(const struct node *n, const struct rx *rx,
	     struct registration *rq)
{
	const struct mopt *alt = mh_opt(&rx->mh, MOPT_ALTCOA);
	const struct mopt *replay = mh_opt(&rx->mh, MOPT_REPLAY);
	bool home = rx->mh.bu.flags & MH_BU_H;

	rq->hoa = *pkt_src(&rx->pkt);
	rq->coa = alt ? alt->altcoa : rx->pkt.src;
	rq->local = rx->pkt.dst;
	rq->src = rx->pkt.src;
	rq->has_hao = rx->pkt.has_hao;
	if (!addr_is_routable(&rq->src) || !addr_is_routable(&rq->hoa) ||
	    !addr_is_routable(&rq->coa) || rx->pkt.has_rh2)
		return false;
	rq->quiet = false;
	rq->keeper = home ? KEEPER_HOME : KEEPER_CORRESPONDENT;
	rq->flags = rx->mh.bu.flags & MH_BU_L ? BINDING_L : 0;
	rq->seq = rx->mh.bu.seq;
	rq->lifetime = rx->mh.bu.lifetime;
	rq->replay = replay ? replay->replay : 0;
	rq->ifindex = 0;
	rq->ll.len = 0;
	rq->link = rq->at = 0;
	rq->status = 0;
	rq->own.has_kbm = rq->own.fresh = false;
	return true;
}

/* Sent with the home address as source, on the home link? */
static void
read_link(const struct node *n, const struct rx *rx, struct registration *rq)
{
	const struct conf_home_link *l;

	if (!rx->iface || !addr_eq(&rq->src, &rq->hoa))
		return;
	l = home_link_of(n, &rq->hoa);
	if (l && strcmp(l->ifname, rx->iface->name) == 0) {
		rq->ifindex = rx->iface->ifindex;
		rq->ll = rx->ll_src;
	}
}

/* RFC 4285 sections 5 and 6: what is not authentic is answered only where a
 * key is there to sign the answer, and not more often than the node may. */
static void
answer_unproven(struct node *n, struct registration *rq,
		enum security_verdict verdict, usec_t now)
{
	static const struct {
		uint8_t	status;
		uint8_t	note;		/* enum note_code */
	} row[] = {
		[SEC_NO_PEER]		= { 0, NOTE_AUTH_FAILED },
		[SEC_MISSING]		= { 0, NOTE_AUTH_FAILED },
		[SEC_AUTH_FAIL]		= { MH_ST_AUTH_FAIL, NOTE_AUTH_FAILED },
		[SEC_NO_REPLAY_OPTION]	= { MH_ST_MESG_ID_REQD, NOTE_REFUSED },
		[SEC_ID_MISMATCH]	= { MH_ST_ID_MISMATCH, NOTE_REPLAYED },
		[SEC_FORGED]		= { 0, NOTE_AUTH_FAILED },
		[SEC_NONCE]		= { MH_ST_CAREOF_NONCE, NOTE_REFUSED },
		[SEC_NO_TOKEN]		= { MH_ST_NO_TOKEN, NOTE_REFUSED },
		[SEC_NOT_HERE]		= { MH_ST_NOT_HOME_SUBNET,
					    NOTE_REFUSED },
		[SEC_NOT_SEEN]		= { MH_ST_PROHIBITED, NOTE_NOT_SEEN },
		[SEC_CGA_FAILED]	= { MH_ST_CGA_FAILED,
					    NOTE_AUTH_FAILED },
		[SEC_BUSY]		= { 0, NOTE_SIGNATURE_LIMIT },
	};
	struct note note = {
		.code = row[verdict].note, .a = rq->hoa, .b = rq->coa,
		.type = MH_BU, .seq = rq->seq, .status = row[verdict].status,
	};
	struct mh_ba ba = { .status = row[verdict].status, .seq = rq->seq };

	if (n->ha)
		n->ha->ignored++;
	/* home_answer says of a refusal that it is one. */
	if ((!ba.status || note.code != NOTE_REFUSED) && node_may_tell(n, now))
		note_put(n, &note, now);
	if (!ba.status || !node_may_answer(n, ANSWER_REFUSAL, &rq->src, now))
		return;
	/* RFC 4285 section 6: its low half, and our high one. */
	if (verdict == SEC_ID_MISMATCH)
		rq->replay = (security_ntp(n, now) & 0xffffffff00000000) |
			     (rq->replay & 0xffffffff);
	home_answer(n, rq, &ba, now);
}

/* 10.3.1: "has not been configured to act as a home agent" (131); a
 * deregistration finds no binding (10.3.2: 133).  Who has no key with us is
 * told too, but not often. */
static void
answer_no_home_agent(struct node *n, const struct registration *rq,
		     usec_t now)
{
	struct mh_ba ba = { .seq = rq->seq };

	ba.status = rq->lifetime ? MH_ST_NO_HOME_REG : MH_ST_NOT_HA;
	if (rq->keeper == KEEPER_HOME &&
	    node_may_answer(n, ANSWER_REFUSAL, &rq->src, now))
		home_answer(n, rq, &ba, now);
}

/* May a home registration of that address have nonces?  At an access anchor
 * it has to (doc/access-anchor.md), and perhaps this was one. */
static bool
may_have_nonces(const struct node *n, const struct registration *rq)
{
	const struct conf_home_link *l = home_link_of(n, &rq->hoa);

	if (!rq->peer)
		return false;
	return rq->peer->protect == CONF_PROTECT_CGA ||
	       (l ? l->anchor : is_access_router(n));
}

static enum security_verdict
check_request(struct node *n, const struct rx *rx, struct registration *rq,
	      usec_t now)
{
	const struct conf_home_link *l = home_link_of(n, &rq->hoa);
	const struct binding *b = rq->b;
	enum security_verdict v;

	if (rq->peer && rq->peer->protect == CONF_PROTECT_CGA && n->ha)
		return proof_check(n, rx, rq, l ? home_link_iface(n, l) : NULL,
				   now);
	v = security_check(n, rq->peer, &rx->mh, rx->pkt.payload.p,
			   &rq->coa, &rq->hoa,
			   b && !(b->flags & BINDING_CGA) ? b->replay : 0,
			   now);
	return v == SEC_OK && l && l->anchor &&
	       rq->peer->protect == CONF_PROTECT_SHARED_KEY ?
		proof_check_careof(n, rx, rq, now) : v;
}

/* 9.5.1: the same address has registered with that address of ours as with a
 * correspondent's (139). */
static bool
known_otherwise(const struct node *n, const struct registration *rq)
{
	const struct binding *b = cn_binding(n, &rq->hoa, &rq->local);

	return b && b->state != BINDING_INVALID;
}

/*
 * RFC 6275 9.2 (checksum, type, payload protocol, header length) was
 * checked by mh_parse, the Home Address option (6.3, 9.3.1) by pkt_parse.
 *
 * Discarded in silence:
 *  1. 9.5.4: the source is no unicast address; 9.5.1: the home address, in
 *     the option or as the source, is no unicast routable address;
 *  2. 6.1.7: the care-of address is no unicast routable address;
 *  3. 9.5.1: home registration with Nonce Indices, but at an access anchor,
 *     where they say with what its authenticator is made;
 *  4. RFC 4285 5: no key with the owner of that home address, or the
 *     authentication option is not there.
 *     Under cga what proof_check says.
 * Answered, each with what the mobile needs to go on:
 *  5. RFC 4285 5.1.1: wrong authenticator (146);
 *  6. RFC 4285 6: no timestamp (145), too old, too far, repeated (144);
 *     an access anchor's: the care-of address is not proved (137);
 *  7. 10.3.1: we are no home agent (131);
 *  8. 9.5.1: sequence number (135), type of registration (139) -
 *     registrar_take;
 *  9. lifetime not 0, 10.3.1: not home subnet (132), not our address
 *     (133), no Home Address option (133), useless care-of address (174) -
 *     home_link_admit; no room (130); reserved (129), duplicate (134);
 * 10. lifetime 0, 10.3.2: no binding (133).
 */
void
ha_on_bu(struct node *n, struct rx *rx, usec_t now)
{
	enum security_verdict verdict;
	struct registration rq;

	/* And those of access gateways to an anchor. */
	if (n->lma && rx->mh.bu.flags & MH_BU_P)
		return;
	/* Those belong to the correspondent, if there is one. */
	if (n->cn && !(rx->mh.bu.flags & MH_BU_H))
		return;
	/* What was stored is not all known yet: the mobile will ask again. */
	if (is_home_agent(n) && !n->ready)
		return;
	if (!ha_read_bu(n, rx, &rq))
		return;
	rq.b = is_home_agent(n) ? registrar_find(n->registrar, &rq.hoa) : NULL;
	if (n->cn && (!rq.b || rq.b->state == BINDING_INVALID) &&
	    known_otherwise(n, &rq))
		rq.b = cn_binding(n, &rq.hoa, &rq.local);
	/* Correspondent registrations need return routability, which no
	 * peer has with us; only where one would replace a home
	 * registration is there something to say (139). */
	if (rq.keeper != KEEPER_HOME && !rq.b)
		return;
	rq.peer = security_peer(n, &rq.hoa);
	/* Of a prefix that was an anchor's before, perhaps: whoever is
	 * reachable is told that it is none (132). */
	if (!rq.peer && mh_opt(&rx->mh, MOPT_NONCES) && is_home_agent(n) &&
	    !home_link_of(n, &rq.hoa))
		rq.peer = security_stranger(n);
	if (rq.keeper == KEEPER_HOME && mh_opt(&rx->mh, MOPT_NONCES) &&
	    !may_have_nonces(n, &rq))
		return;
	rq.timed = rq.peer && rq.peer->protect == CONF_PROTECT_SHARED_KEY &&
		   rq.peer->replay == CONF_REPLAY_TIMESTAMP;
	read_link(n, rx, &rq);
	verdict = check_request(n, rx, &rq, now);
	if (verdict == SEC_NO_PEER && !is_home_agent(n))
		verdict = SEC_OK;
	if (verdict != SEC_OK) {
		answer_unproven(n, &rq, verdict, now);
		return;
	}
	if (!is_home_agent(n)) {
		answer_no_home_agent(n, &rq, now);
		return;
	}
	n->ha->updates++;
	if (rq.keeper != KEEPER_HOME && rq.b->state == BINDING_INVALID)
		return;
	registrar_take(n, &rq, now);
}

bool
ha_has_binding(const struct node *n, const struct pkt *p)
{
	const struct binding *b[] = {
		n->registrar ? registrar_find(n->registrar, &p->hao) : NULL,
		n->cn ? cn_binding(n, &p->hao, pkt_dst(p)) : NULL,
	};

	for (unsigned k = 0; k < 2; k++)
		if (b[k] && b[k]->state == BINDING_ACTIVE &&
		    addr_eq(&b[k]->tunnel->key.remote, &p->src))
			return true;
	return false;
}

/*
 * Somebody tunnels to us what no binding is for: we have lost it, and he does
 * not know.  RFC 6275 9.3.3 has a Binding Error for that, for packets with a
 * Home Address option.  Ours is the same for tunnelled ones; the home address
 * in it is unspecified and stands for all that are bound at that care-of
 * address with us.  Nobody has proved anything by such a packet, so it is
 * answered as seldom as all others of that kind.
 */
void
ha_on_stray(struct node *n, const struct ev_stray *ev, usec_t now)
{
	struct mh mh = { .type = MH_BE };
	struct mh_route r = { .src = ev->path.local, .dst = ev->path.remote };

	if (!is_home_agent(n) || !n->ready || !node_owns(n, &r.src) ||
	    !addr_is_routable(&r.dst) ||
	    !node_may_answer(n, ANSWER_BINDING_ERROR, &r.dst, now))
		return;
	mh.be.status = MH_BE_UNKNOWN_BINDING;
	node_send_mh(n, &mh, &r, NULL, 0, now);
}

/* --- life --------------------------------------------------------------- */

static void announce_some(struct node *, struct alarm *, usec_t now);

/* Block, or open, the prefixes of virtual home links. */
static void
block_links(struct node *n, const struct conf *c, bool up)
{
	for (unsigned k = 0; k < c->nhome_links; k++) {
		struct effect e = {
			.kind = EF_FLOW,
			.flow = { .up = up, .key.dst = c->home_link[k].prefix,
				  .action = FLOW_BLOCK },
		};

		if (home_link_virtual(&c->home_link[k]))
			want(n, &e);
	}
}

int
ha_start(struct node *n, usec_t now)
{
	n->ha = calloc(1, sizeof(*n->ha));
	if (!n->ha)
		return -ENOMEM;
	n->registrar->of[KEEPER_HOME].limit =
		conf_max_home_bindings(n->conf);
	n->registrar->keeper[KEEPER_HOME] = &home_keeper;
	n->registrar->keeper[KEEPER_CORRESPONDENT] = &correspondent_keeper;
	alarm_init(&n->ha->announce, announce_some);
	n->ha->defend = defend_new(n);
	n->ha->presence = presence_new(n);
	n->proofs = calloc(1, sizeof(*n->proofs));
	n->ha->anchors = anchors_new(n);
	n->ha->agents = agents_new(n);
	n->ha->home_prefixes = home_prefixes_new();
	n->ha->admission = admission_new(n);
	n->ha->prefixes = mobile_prefix_new(n);
	n->ha->multicast = multicast_new(n);
	ha_switch_init(n);
	if (!n->ha->defend || !n->ha->presence || !n->ha->anchors ||
	    !n->ha->agents || !n->ha->prefixes || !n->ha->multicast ||
	    !n->ha->admission || !n->ha->home_prefixes || !n->proofs)
		return -ENOMEM;
	block_links(n, n->conf, true);
	agents_settle(n, NULL);
	return 0;
}

void
ha_stop(struct node *n)
{
	if (n->ha) {
		alarm_clear(n, &n->ha->announce);
		ha_switch_fini(n);
		n->ha->admission = admission_free(n->ha->admission);
		n->ha->agents = agents_free(n, n->ha->agents);
		n->ha->home_prefixes =
			home_prefixes_free(n, n->ha->home_prefixes);
		n->ha->prefixes = mobile_prefix_free(n, n->ha->prefixes);
		n->ha->multicast = multicast_free(n, n->ha->multicast);
		n->ha->defend = defend_free(n, n->ha->defend);
		n->ha->presence = presence_free(n, n->ha->presence);
		n->ha->anchors = anchors_free(n->ha->anchors);
	}
	free(n->proofs);
	n->proofs = NULL;
	free(n->ha);
	n->ha = NULL;
}

/* One advertisement for every binding on a real link, in pieces. */
static void
announce_some(struct node *n, struct alarm *a, usec_t now)
{
	struct ha *ha = n->ha;
	struct binding *b = ha->announce_last;
	int said = 0;

	for (int k = 0; k < ANNOUNCE_LOOK && said < ANNOUNCE_PIECE; k++) {
		const struct iface *i;

		b = registrar_next(n->registrar, b, &ha->announce_pos);
		if (!b)
			return;
		i = b->state == BINDING_ACTIVE ?
			home_link_iface_of(n, b) : NULL;
		if (!i || !i->up)
			continue;
		defend_announce_once(n, &b->hoa, i, b->flags & BINDING_L);
		said++;
	}
	ha->announce_last = b;
	alarm_set(n, a, now + ANNOUNCE_PAUSE);
}

/* What is heard outside into line with every binding, and the neighbours
 * told. */
static void
announce_all(struct node *n, usec_t now)
{
	struct binding *b = NULL;
	size_t pos = 0;

	while ((b = registrar_next(n->registrar, b, &pos)))
		wish_add(n, &b->wish, home_link_bits(n, b));
	n->ha->announce_last = NULL;
	n->ha->announce_pos = 0;
	if (n->registrar->of[KEEPER_HOME].count[BINDING_ACTIVE])
		alarm_set(n, &n->ha->announce, now + ANNOUNCE_PAUSE);
}

/* A home link came (back): it may have another index and another link-layer
 * address, and its neighbours may have forgotten us. */
void
ha_on_link(struct node *n, struct iface *i, bool was_up, usec_t now)
{
	bool ours = false;

	for (unsigned k = 0; k < n->conf->nhome_links; k++)
		ours |= strcmp(n->conf->home_link[k].ifname, i->name) == 0;
	if (ours && i->up != was_up)
		agents_settle(n, NULL);
	if (ours && n->ready)
		presence_ready(n, now);
	if (ours && !was_up && i->up)
		announce_all(n, now);
}

bool
ha_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	return registrar_restore(n, rec, now) ||
	       presence_restore(n, rec, now);
}

/* Links and records are both known now, in whatever order they came. */
void
ha_ready(struct node *n, usec_t now)
{
	presence_ready(n, now);
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		if (!home_link_virtual(&n->conf->home_link[k])) {
			announce_all(n, now);
			return;
		}
	}
}

/* The mobiles were promised their lifetimes: what is stored stays stored,
 * and the next start serves it again.  Until then nothing stands here. */
void
ha_shutdown(struct node *n, usec_t now)
{
	alarm_clear(n, &n->ha->announce);
	ha_switch_stop(n);
	multicast_reset(n);
	registrar_withdraw(n);
}

int
ha_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	int err = anchors_reset(n);

	if (!err)
		err = admission_reset(n);
	if (err)
		return err;
	/* Both ends are told; what stays blocked is not told at all. */
	for (unsigned k = 0; k < old->nhome_links; k++) {
		struct effect e = {
			.kind = EF_FLOW,
			.flow.key.dst = old->home_link[k].prefix,
		};
		bool stays = false;

		for (unsigned j = 0; j < n->conf->nhome_links; j++)
			stays |= home_link_virtual(&n->conf->home_link[j]) &&
				 prefix_eq(&n->conf->home_link[j].prefix,
					   &old->home_link[k].prefix);
		if (!stays)
			want(n, &e);
	}
	block_links(n, n->conf, true);
	n->registrar->of[KEEPER_HOME].limit =
		conf_max_home_bindings(n->conf);
	agents_settle(n, old);
	home_prefixes_settle(n, now);
	multicast_reset(n);
	registrar_review(n, now);
	mobile_prefix_reconfigure(n, old, now);
	return 0;
}

/* 10.3.1: "The home agent MUST remove a binding when the valid lifetime of the
 * prefix associated with it expires"; 10.6.2: those that stay are told. */
void
ha_on_prefixes(struct node *n, uint32_t ifindex, usec_t now)
{
	registrar_review(n, now);
	mobile_prefix_changed(n, ifindex, now);
}

bool
ha_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	struct record_sink *sink)
{
	const struct registrar *g = n->registrar;
	struct record r;

	if (strcmp(what, "bindings") == 0)
		return registrar_show(n, now, c, sink);
	if (strcmp(what, "groups") == 0)
		multicast_show(n, sink);
	if (strcmp(what, "agents") == 0)
		agents_tell(n, now, sink);
	if (strcmp(what, "status") || !is_home_agent(n))
		return false;
	record_init(&r, "home-agent");
	record_uint(&r, "bindings", g->of[KEEPER_HOME].count[BINDING_ACTIVE]);
	record_uint(&r, "waiting", g->of[KEEPER_HOME].count[BINDING_WAITING]);
	record_uint(&r, "invalid", g->of[KEEPER_HOME].count[BINDING_INVALID]);
	record_uint(&r, "limit", g->of[KEEPER_HOME].limit);
	record_uint(&r, "updates", n->ha->updates);
	record_uint(&r, "accepted", n->ha->accepted);
	record_uint(&r, "refused", n->ha->refused);
	record_uint(&r, "ignored", n->ha->ignored);
	if (n->proofs->tested) {
		record_uint(&r, "authenticators", n->proofs->tested);
		record_uint(&r, "signatures", n->proofs->verified);
	}
	sink->put(sink, &r);
	if (n->conf->roles & CONF_HA) {
		record_init(&r, "home-network");
		agents_count(n, &r);
		mobile_prefix_count(n, &r);
		ha_switch_count(n, &r);
		multicast_count(n, &r);
		sink->put(sink, &r);
	}
	anchors_show(n, sink);
	return false;
}
