/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cn.c - the correspondent role (RFC 6275 section 9).
 *
 * A correspondent knows nobody.  What lets it believe a Binding Update is
 * that its sender has received two tokens of ours a moment ago, one at the
 * home address and one at the care-of address (rr.c gives them out and keeps
 * nothing; here they are made again).  The engine that keeps the bindings is
 * registrar.c, as for a home agent; this is what is different:
 *
 *   - a binding lasts seven minutes at most (MAX_RR_BINDING_LIFE);
 *   - who did not want an answer gets none when it is accepted (9.5.4);
 *   - nothing is stored: after a restart our nonces are gone, so no old
 *     Binding Update can be believed, and the mobile learns from a Binding
 *     Error that it is to begin again;
 *   - a binding that is in use asks to be renewed before it ends (9.5.5).
 *
 *
 * Each address of ours has a binding cache of its own (9.1): it is in the key,
 * as an index.  When a binding had traffic last is in its `ifindex', in seconds.
 */
#include "core/ha.h"

#include <errno.h>
#include <stdlib.h>

/* RFC 6275 section 12, in seconds */
#define MAX_RR_BINDING_LIFE	420
/* A Binding Refresh Request goes out so long before the end, and again; of
 * short bindings in the last eighth, for a mobile that renews by itself shall
 * not be disturbed. */
#define BRR_BEFORE		SEC(24)
#define BRR_AGAIN		SEC(8)
/* In use is what had traffic in this time. */
#define BRR_USED		SEC(30)
/* Addresses of ours that mobiles register with. */
#define CN_LOCALS		64

/*
 * Persistent, as in 9.3.4: it came again within five seconds each time, for
 * ten seconds.  Anybody could send an error, and who has just moved causes
 * some; but then another Binding Update comes, which ends the count.
 */
#define TROUBLE_GAP	SEC(5)
#define TROUBLE_LASTS	SEC(10)
/* Mobiles that are counted at a time; one more takes the oldest's place. */
#define TROUBLES	32

struct trouble {
	struct in6_addr	hoa;
	uint16_t	at;
	usec_t		since, last;	/* last 0: none */
};

struct cn {
	struct trouble	trouble[TROUBLES];
	struct in6_addr	local[CN_LOCALS];	/* `at' counts from 1 */
	unsigned	nlocals;
	uint64_t	updates;	/* Binding Updates taken for valid */
	uint64_t	accepted, refused;
	uint64_t	ignored;	/* not authentic, or a nonce too old */
};

/* --- which address of ours ---------------------------------------------- */

/* One that no binding is for any more; CN_LOCALS: none. */
static unsigned
local_reclaim(const struct node *n)
{
	bool used[CN_LOCALS] = { false };
	struct binding *b = NULL;
	size_t pos = 0;
	unsigned k = 0;

	while ((b = registrar_next(n->registrar, b, &pos)))
		if (b->at)
			used[b->at - 1] = true;
	while (k < CN_LOCALS && used[k])
		k++;
	return k;
}

/* Its number; 0: it has none. */
static uint16_t
local_find(const struct cn *c, const struct in6_addr *addr)
{
	for (unsigned k = 0; k < c->nlocals; k++)
		if (addr_eq(&c->local[k], addr))
			return (uint16_t)(k + 1);
	return 0;
}

/* ... then it is given one; 0: there is no room. */
static uint16_t
local_get(struct node *n, const struct in6_addr *addr)
{
	struct cn *c = n->cn;
	uint16_t at = local_find(c, addr);
	unsigned k;

	if (at)
		return at;
	k = c->nlocals < CN_LOCALS ? c->nlocals++ : local_reclaim(n);
	if (k == CN_LOCALS)
		return 0;
	c->local[k] = *addr;
	return (uint16_t)(k + 1);
}

static const struct in6_addr *
cn_local(const struct node *n, const struct binding *b)
{
	return &n->cn->local[b->at - 1];
}

struct binding *
cn_binding(const struct node *n, const struct in6_addr *hoa,
	   const struct in6_addr *local)
{
	uint16_t at = local_find(n->cn, local);

	return at ? registrar_find_at(n->registrar, hoa, at) : NULL;
}

/* --- the keeper --------------------------------------------------------- */

/* Whose bindings are taken; `local' NULL: whatever ours is. */
static bool
policy_takes(const struct node *n, const struct in6_addr *hoa,
	     const struct in6_addr *local)
{
	for (unsigned k = 0; k < n->conf->ncn_policies; k++) {
		const struct conf_cn_policy *p = &n->conf->cn_policy[k];

		if (prefix_match(&p->hoa, hoa) &&
		    (!local || prefix_match(&p->local, local)))
			return p->on;
	}
	return true;
}

/*
 * In this order: the policy (129); the home address is not ours, nor the
 * care-of address ours or the home address itself (174: what is sent to it
 * would come back here, or go nowhere else); there is room for one more of
 * our addresses (130).
 */
static int
cn_admit(struct node *n, struct registration *rq, usec_t now)
{
	if (!policy_takes(n, &rq->hoa, &rq->local) || node_owns(n, &rq->hoa))
		return MH_ST_PROHIBITED;
	if (addr_eq(&rq->coa, &rq->hoa) || node_owns(n, &rq->coa))
		return MH_ST_INVALID_COA;
	rq->at = local_get(n, &rq->local);
	if (!rq->at)
		return MH_ST_RESOURCES;
	if (rq->lifetime > MAX_RR_BINDING_LIFE / MH_LIFETIME_UNIT)
		rq->lifetime = MAX_RR_BINDING_LIFE / MH_LIFETIME_UNIT;
	return MH_ST_ACCEPTED;
}

static int
cn_prepare(struct node *n, struct binding *b, const struct registration *rq,
	   usec_t now)
{
	return 0;
}

static bool
cn_has_nonces(const struct node *n, const struct binding *b)
{
	return true;
}

static usec_t
brr_time(const struct binding *b)
{
	usec_t part = SEC(MH_LIFETIME_UNIT) * b->granted / 8;

	return b->expires - (part < BRR_BEFORE ? part : BRR_BEFORE);
}

static struct trouble *
trouble_find(struct cn *c, const struct binding *b)
{
	for (unsigned k = 0; k < TROUBLES; k++)
		if (c->trouble[k].last && c->trouble[k].at == b->at &&
		    addr_eq(&c->trouble[k].hoa, &b->hoa))
			return &c->trouble[k];
	return NULL;
}

static struct trouble *
trouble_get(struct cn *c, const struct binding *b)
{
	struct trouble *t = trouble_find(c, b);

	if (t)
		return t;
	t = &c->trouble[0];
	for (unsigned k = 1; k < TROUBLES; k++)
		if (c->trouble[k].last < t->last)
			t = &c->trouble[k];
	*t = (struct trouble){ .hoa = b->hoa, .at = b->at };
	return t;
}

/* 9.3.4: "persistent ICMP Destination Unreachable messages [...], the
 * correspondent node SHOULD delete this Binding Cache entry." */
void
cn_on_unreachable(struct node *n, const struct ev_unreachable *ev, usec_t now)
{
	struct binding *b = cn_binding(n, &ev->flow.dst.addr,
				       &ev->flow.src.addr);
	struct trouble *t;

	if (!b || b->state != BINDING_ACTIVE)
		return;
	t = trouble_get(n->cn, b);
	if (!t->last || now - t->last > TROUBLE_GAP)
		t->since = now;
	t->last = now;
	if (now - t->since < TROUBLE_LASTS)
		return;
	t->last = 0;
	registrar_end(n, b, NOTE_DOWN_UNREACHABLE, now);
}

static void
cn_serve(struct node *n, struct binding *b, bool fresh, usec_t now)
{
	struct trouble *t = trouble_find(n->cn, b);

	if (t)
		t->last = 0;
	if (fresh)
		b->ifindex = (uint32_t)(now / USEC_PER_SEC);
	alarm_set(n, &b->alarm, brr_time(b));
}

static void
cn_leave(struct node *n, struct binding *b)
{
}

static bool
cn_adopt(struct node *n, struct binding *b, usec_t now)
{
	return policy_takes(n, &b->hoa, cn_local(n, b));
}

/* 9.5.5: to the home address, as a correspondent whose binding is about to
 * end; the data path leaves Mobility Headers as they are. */
static void
send_brr(struct node *n, const struct binding *b, usec_t now)
{
	struct mh mh = { .type = MH_BRR };
	struct mh_route to = {
		.src = *cn_local(n, b), .dst = b->hoa,
	};

	node_send_mh(n, &mh, &to, NULL, 0, now);
}

static usec_t
cn_ring(struct node *n, struct binding *b, usec_t now)
{
	usec_t due = brr_time(b), used = SEC((usec_t)b->ifindex);

	if (now < due)
		return due;
	if (now < used + BRR_USED)
		send_brr(n, b, now);
	return now + BRR_AGAIN;
}

void
cn_on_used(struct node *n, const struct ev_used *ev, usec_t now)
{
	struct binding *b = ev->flow.cn ? cn_binding(n, &ev->flow.dst.addr,
						     &ev->flow.src.addr) : NULL;
	usec_t at = ev->idle < now ? now - ev->idle : 0;

	if (b && at / USEC_PER_SEC > b->ifindex)
		b->ifindex = (uint32_t)(at / USEC_PER_SEC);
}

/* 9.5.4: to the source, with a type 2 routing header unless that is the home
 * address; with Binding Authorization Data where there is a key for it. */
static void
cn_answer(struct node *n, const struct registration *rq,
	  const struct mh_ba *ba, usec_t now)
{
	struct mh_route route = {
		.src = rq->local, .dst = rq->src,
		.coa = rq->coa, .hoa = rq->hoa,
		.rh2 = addr_eq(&rq->src, &rq->hoa) ? NULL : &rq->hoa,
	};
	struct note note = {
		.code = NOTE_REFUSED, .a = rq->hoa, .b = rq->coa,
		.status = ba->status,
	};
	struct proof proof;
	struct mh mh;

	if (ba->status < MH_ST_UNSPECIFIED)
		n->cn->accepted++;
	else
		n->cn->refused++;
	if (rq->quiet && ba->status < MH_ST_UNSPECIFIED)
		return;
	if (rq->own.has_kbm) {
		proof_of_answer(rq, ba->status, &proof);
		route.proof = &proof;
	}
	mh.type = MH_BA;
	mh.nopts = 0;
	mh.ba = *ba;
	node_send_mh(n, &mh, &route, NULL, 0, now);
	if (ba->status >= MH_ST_UNSPECIFIED && node_may_tell(n, now))
		note_put(n, &note, now);
}

/* No bits of its own. */
static bool
cn_build(struct node *n, struct binding *b, uint16_t bit, struct effect *ret)
{
	return false;
}

static const struct keeper cn_keeper = {
	.path = PATH_MIP6_CN, .forgets = true,
	.admit = cn_admit, .prepare = cn_prepare, .serve = cn_serve,
	.leave = cn_leave, .adopt = cn_adopt, .answer = cn_answer,
	.local = cn_local, .build = cn_build, .has_nonces = cn_has_nonces,
	.ring = cn_ring,
};

/* --- receiving a Binding Update ----------------------------------------- */

/* 136, 137, 138, or 0: both tokens could be made again. */
static uint8_t
make_tokens(struct node *n, const struct registration *rq,
	    const struct mopt *nonces, uint8_t home[RR_TOKEN],
	    uint8_t careof[RR_TOKEN], usec_t now)
{
	bool h = rr_token(n, RR_HOME, &rq->hoa, nonces->nonces.home, now,
			  home);
	/* "Care-of Nonce Index values are not inspected for requests to
	 * delete a binding." */
	bool c = !rq->lifetime ||
		rr_token(n, RR_CAREOF, &rq->coa, nonces->nonces.careof, now,
			 careof);

	return h && c ? 0 : h ? MH_ST_CAREOF_NONCE :
	       c ? MH_ST_HOME_NONCE : MH_ST_NONCES;
}

/* Is it made with them?  The key stays, for the answer. */
static bool
check_key(struct node *n, const struct rx *rx, struct registration *rq,
	  const uint8_t home[RR_TOKEN], const uint8_t careof[RR_TOKEN])
{
	struct proof p = {
		.hoa = rq->hoa, .coa = rq->coa, .anchor = rq->local,
		.ends = !rq->lifetime,
	};

	rr_kbm(n, home, rq->lifetime ? careof : NULL, p.kbm);
	if (!proof_check_mac(n, &p, &rx->mh, rx->pkt.payload.p))
		return false;
	memcpy(rq->own.kbm, p.kbm, sizeof(p.kbm));
	rq->own.has_kbm = true;
	return true;
}

/* No more often than he may be answered: anybody can cause it. */
static void
answer_nonces(struct node *n, const struct registration *rq, uint8_t status,
	      usec_t now)
{
	struct mh_ba ba = { .status = status, .seq = rq->seq };

	n->cn->ignored++;
	if (node_may_answer(n, ANSWER_NONCE, &rq->src, now))
		cn_answer(n, rq, &ba, now);
}

static void
ignore(struct node *n, const struct registration *rq, usec_t now)
{
	struct note note = {
		.code = NOTE_AUTH_FAILED, .a = rq->hoa, .b = rq->coa,
		.type = MH_BU, .seq = rq->seq,
	};

	n->cn->ignored++;
	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

/*
 * RFC 6275 9.2 was checked by mh_parse (also that Binding Authorization Data
 * is the last option, without padding behind it), the Home Address option by
 * pkt_parse.
 *
 * Discarded in silence, in this order:
 *  1. 9.5.4, 9.5.1, 6.1.7: an address that is not unicast routable;
 *  2. 9.5.1: no Nonce Indices, or no Binding Authorization Data.
 * Answered without an authenticator, for there is no key:
 *  3. 9.5.1: the home nonce (136), the care-of nonce (137), both (138).
 * Discarded in silence:
 *  4. 9.5.1: the authenticator is wrong.
 * Answered:
 *  5. 9.5.1: sequence number (135), a home registration stands (139);
 *  6. 9.5.2: cn_admit (129, 174, 130), no room (130);
 *  7. 9.5.3, 9.5.4: nothing to delete (133).
 */
void
cn_on_bu(struct node *n, struct rx *rx, usec_t now)
{
	const struct mopt *nonces = mh_opt(&rx->mh, MOPT_NONCES);
	uint8_t home[RR_TOKEN], careof[RR_TOKEN] = { 0 };
	struct registration rq = { 0 };
	uint8_t status;

	if (rx->mh.bu.flags & MH_BU_H || !n->ready ||
	    !ha_read_bu(n, rx, &rq))
		return;
	rq.quiet = !(rx->mh.bu.flags & MH_BU_A);
	rq.flags = 0;
	rq.replay = 0;
	if (!nonces || !mh_opt(&rx->mh, MOPT_AUTH_DATA)) {
		ignore(n, &rq, now);
		return;
	}
	status = make_tokens(n, &rq, nonces, home, careof, now);
	if (status) {
		answer_nonces(n, &rq, status, now);
		return;
	}
	if (!check_key(n, rx, &rq, home, careof)) {
		ignore(n, &rq, now);
		return;
	}
	n->cn->updates++;
	rq.b = n->ha || n->lma ? registrar_find(n->registrar, &rq.hoa) : NULL;
	if (!rq.b || rq.b->state == BINDING_INVALID)
		rq.b = cn_binding(n, &rq.hoa, &rq.local);
	registrar_take(n, &rq, now);
}

/* --- life --------------------------------------------------------------- */

int
cn_start(struct node *n, usec_t now)
{
	n->cn = calloc(1, sizeof(*n->cn));
	if (!n->cn)
		return -ENOMEM;
	n->registrar->keeper[KEEPER_CORRESPONDENT] = &cn_keeper;
	n->registrar->of[KEEPER_CORRESPONDENT].limit =
		n->conf->cn_max_bindings;
	return 0;
}

void
cn_stop(struct node *n)
{
	free(n->cn);
	n->cn = NULL;
}

void
cn_shutdown(struct node *n, usec_t now)
{
	registrar_withdraw(n);
}

int
cn_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	n->registrar->of[KEEPER_CORRESPONDENT].limit =
		n->conf->cn_max_bindings;
	registrar_review(n, now);
	return 0;
}

bool
cn_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	struct record_sink *sink)
{
	const uint32_t *count =
		n->registrar->of[KEEPER_CORRESPONDENT].count;
	struct record r;

	/* A home agent shows them all. */
	if (strcmp(what, "bindings") == 0 && !n->ha)
		return registrar_show(n, now, c, sink);
	if (strcmp(what, "status"))
		return false;
	record_init(&r, "correspondent");
	record_uint(&r, "bindings", count[BINDING_ACTIVE]);
	record_uint(&r, "invalid", count[BINDING_INVALID]);
	record_uint(&r, "limit", n->conf->cn_max_bindings);
	record_uint(&r, "updates", n->cn->updates);
	record_uint(&r, "accepted", n->cn->accepted);
	record_uint(&r, "refused", n->cn->refused);
	record_uint(&r, "ignored", n->cn->ignored);
	sink->put(sink, &r);
	return false;
}
