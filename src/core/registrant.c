/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrant.c - see registrant.h.
 *
 * A registrant is two things side by side: what stands at the peer (bound,
 * coa, expires) and what is being asked (asking, ask_coa, exchange).  A
 * handover changes the question and leaves the standing binding alone
 * until it is answered; so does a refresh.  Only the expiry alarm and a
 * deregistration end what stands.
 *
 * Every transmission, also of the same question, takes the next sequence
 * number (RFC 6275 11.8).  All numbers since the question was first put are
 * outstanding: an acknowledgement of any of them answers it, since they say
 * the same.  That keeps a peer further away than the retransmission timeout
 * within reach.
 *
 * What an update has to prove besides is in registrant_proof.c: it waits for
 * the tests that this needs, which repeat themselves, and goes out with their
 * answer.  Refusals that no key can authenticate (the nonce is too old, the
 * token is not known) make us ask again with what they want, a few times;
 * they take nothing away.
 */
#include "core/registrant.h"

#include <errno.h>

/* Corrections of one question (sequence number, clock) before we fall back
 * to the slow rate: a peer that always finds something must not make a
 * loop. */
#define CORRECTIONS_MAX	3

static alarm_fire on_transmit, on_refresh, on_expiry;

void
registrant_init(struct registrant *r, const struct registrant_ops *ops,
		const struct in6_addr *hoa, const struct in6_addr *peer,
		struct rate *rate)
{
	*r = (struct registrant){
		.ops = ops, .hoa = *hoa, .peer = *peer, .rate = rate,
	};
	exchange_init(&r->x, on_transmit);
	alarm_init(&r->refresh, on_refresh);
	alarm_init(&r->expiry, on_expiry);
	wish_init(&r->store, WISH_REGISTRANT);
}

void
registrant_fini(struct node *n, struct registrant *r)
{
	exchange_end(n, &r->x);
	alarm_clear(n, &r->refresh);
	alarm_clear(n, &r->expiry);
	wish_drop(&r->store);
}

/* --- asking ------------------------------------------------------------- */

/* RFC 6275 11.8: 1.5 s when the home agent must do DAD first, else 1 s. */
static usec_t
first_interval(const struct node *n, const struct registrant *r)
{
	if (r->first_wait)
		return MSEC(r->first_wait);
	/* RFC 5213 6.9.4: there is no detection to wait for. */
	return r->bound || r->correspondent || r->ops->fill ?
		MSEC(n->conf->bindack_rereg) : MSEC(n->conf->bindack_first);
}

static usec_t
most_interval(const struct node *n, const struct registrant *r)
{
	return MSEC(r->most_wait ? r->most_wait : n->conf->bindack_max);
}

static uint64_t
replay_stamp(const struct node *n, struct registrant *r,
	     const struct conf_peer *peer, usec_t now)
{
	uint64_t stamp;

	if (!peer || peer->protect != CONF_PROTECT_SHARED_KEY ||
	    (peer->replay != CONF_REPLAY_TIMESTAMP && !r->timestamp))
		return 0;
	stamp = security_ntp(n, now) + (uint64_t)r->clock_offset;
	/* It must grow, whatever the clock does (RFC 4285 section 6). */
	if (stamp <= r->replay)
		stamp = r->replay + 1;
	r->replay = stamp;
	if (r->x.sent <= 1)
		r->first_replay = stamp;
	return stamp;
}

const struct conf_peer *
registrant_peer(const struct node *n, const struct registrant *r)
{
	if (r->correspondent)
		return NULL;
	return r->anchor ? security_anchor(n, &r->peer) :
	       security_peer(n, &r->peer);
}

/* What the authenticator covers where a home address is meant: a gateway's
 * messages are about many, so it is the anchor's. */
static const struct in6_addr *
auth_hoa(const struct registrant *r)
{
	return r->ops->fill ? &r->peer : &r->hoa;
}

static void
send_bu(struct node *n, struct registrant *r, usec_t now)
{
	const struct conf_peer *peer = registrant_peer(n, r);
	uint8_t params[CGA_PARAMS_MAX];
	struct proof proof;
	struct mh mh = { .type = MH_BU };
	struct mh_route to = {
		.dst = r->peer, .hoa = r->hoa, .ifindex = r->ifindex,
		.ll = r->ll.len ? &r->ll : NULL,
	};
	struct mopt *alt;

	mh.bu.seq = r->seq;
	mh.bu.flags = r->ops->flags(n, r);
	mh.bu.lifetime = (uint16_t)(r->ask_lifetime / MH_LIFETIME_UNIT);
	to.src = to.coa = r->ask_coa;
	if (r->ops->fill) {
		to.hoa = *auth_hoa(r);
		r->ops->fill(n, r, &mh, now);
	} else if (!r->at_home) {
		to.hao = &r->hoa;
		/* 11.7.1: in all home registrations. */
		if (!r->correspondent && (alt = mh_add(&mh, MOPT_ALTCOA)))
			alt->altcoa = r->ask_coa;
	}
	if (registrant_proof(n, r, now, params, &proof))
		to.proof = &proof;
	node_send_mh(n, &mh, &to, peer, replay_stamp(n, r, peer, now), now);
}

static void refuse_halt(struct node *, struct registrant *,
			const struct mh *, usec_t);

/* Send now, or as soon as MAX_UPDATE_RATE lets us. */
static void
transmit(struct node *n, struct registrant *r, usec_t now)
{
	usec_t allowed = rate_next(r->rate);

	if (allowed > now) {
		alarm_set(n, &r->x.alarm, allowed);
		return;
	}
	switch (registrant_prove(n, r, now)) {
	case REG_PROVED:
		break;
	case REG_PROVING:
		return;
	case REG_CANNOT_PROVE:
		r->status = MH_ST_CGA_FAILED;
		refuse_halt(n, r, NULL, now);
		return;
	}
	r->ask_lifetime = r->asking == REG_REGISTER ?
		r->ops->lifetime(n, r, now) / MH_LIFETIME_UNIT *
		MH_LIFETIME_UNIT : 0;
	if (r->asking == REG_REGISTER && !r->ask_lifetime)
		r->ask_lifetime = MH_LIFETIME_UNIT;
	/* RFC 6275 11.7.2: not the same one twice to one peer */
	if (r->peer_seq && seq_after(*r->peer_seq, r->seq))
		r->seq = *r->peer_seq;
	r->seq++;
	if (r->peer_seq)
		*r->peer_seq = r->seq;
	if (!r->x.sent)
		r->first_seq = r->seq;
	rate_sent(r->rate, now);
	exchange_sent(n, &r->x, now);
	send_bu(n, r, now);
}

void
registrant_on_proof(struct node *n, struct registrant *r, usec_t now)
{
	if (!r->proving || r->paused || r->asking == REG_NOTHING)
		return;
	r->proving = false;
	transmit(n, r, now);
}

/* RFC 6275 11.3.6.  Anybody could have said that: an anchor that wants the
 * test refuses what comes without (137), and is tested again; whoever denies it
 * to the same question once more is not believed. */
void
registrant_on_no_test(struct node *n, struct registrant *r, usec_t now)
{
	if (!r->proving || !r->no_test || registrant_under_cga(n, r) ||
	    (r->corrected && r->status == MH_ST_CAREOF_NONCE))
		return;
	*r->no_test = true;
	registrant_on_proof(n, r, now);
}

static void
note_reg(struct node *n, const struct registrant *r, enum note_code code,
	 usec_t now)
{
	struct note note = {
		.code = code, .a = r->hoa, .b = r->peer, .status = r->status,
		.lifetime = r->granted, .type = MH_BA,
		.elapsed = now - r->trigger,
	};

	if (!r->correspondent)		/* ro.c has words of its own */
		note_put(n, &note, now);
}

static void
on_transmit(struct node *n, struct alarm *a, usec_t now)
{
	struct registrant *r = container_of(a, struct registrant, x.alarm);

	if (r->x.sent && r->x.interval == r->x.max) {
		struct note note = { .code = NOTE_NO_ANSWER, .a = r->peer,
				     .elapsed = now - r->x.first };
		note_put(n, &note, now);
	}
	registrant_doubt(n, r);
	if (r->x.sent)
		r->ops->on_event(n, r, REG_SILENT, now);
	if (r->asking != REG_NOTHING)
		transmit(n, r, now);
}

static void
ask(struct node *n, struct registrant *r, enum reg_asking what, usec_t now)
{
	r->asking = what;
	r->halted = false;
	r->corrected = 0;
	registrant_prove_anew(n, r);
	exchange_begin(n, &r->x, first_interval(n, r), most_interval(n, r));
	if (!r->paused)
		transmit(n, r, now);
}

/* It was paused, or waits for a test. */
static void
resume(struct node *n, struct registrant *r, usec_t now)
{
	if (!r->proving)
		registrant_prove_anew(n, r);
	transmit(n, r, now);
}

static void
set_way(struct registrant *r, uint32_t ifindex, const struct lladdr *ll)
{
	r->paused = false;
	r->ifindex = ifindex;
	r->ll = ll ? *ll : (struct lladdr){ 0 };
}

void
registrant_register(struct node *n, struct registrant *r,
		    const struct in6_addr *coa, uint32_t ifindex,
		    const struct lladdr *ll, usec_t trigger, usec_t now)
{
	set_way(r, ifindex, ll);
	r->at_home = false;
	if (r->asking == REG_REGISTER && addr_eq(&r->ask_coa, coa)) {
		if (!alarm_is_set(&r->x.alarm))
			resume(n, r, now);
		return;
	}
	if (r->asking == REG_NOTHING && r->bound && !r->unsure &&
	    addr_eq(&r->coa, coa))
		return;
	r->ask_coa = *coa;
	r->trigger = trigger;
	ask(n, r, REG_REGISTER, now);
}

void
registrant_deregister(struct node *n, struct registrant *r,
		      const struct in6_addr *coa, uint32_t ifindex,
		      const struct lladdr *ll, usec_t trigger, usec_t now)
{
	struct in6_addr from = coa ? *coa : r->hoa;
	bool same = r->asking == REG_DEREGISTER && addr_eq(&r->ask_coa, &from);

	set_way(r, ifindex, ll);
	if (same) {
		if (!alarm_is_set(&r->x.alarm))
			resume(n, r, now);
		return;
	}
	r->at_home = !coa;
	r->ask_coa = from;
	r->trigger = trigger;
	alarm_clear(n, &r->refresh);
	ask(n, r, REG_DEREGISTER, now);
}

void
registrant_pause(struct node *n, struct registrant *r)
{
	r->paused = true;
	r->proving = false;
	exchange_end(n, &r->x);
}

void
registrant_retry(struct node *n, struct registrant *r, usec_t now)
{
	r->halted = false;
	if (alarm_is_set(&r->x.alarm) || r->proving)
		ask(n, r, r->asking, now);
}

void
registrant_cancel(struct node *n, struct registrant *r)
{
	r->asking = REG_NOTHING;
	r->proving = false;
	exchange_end(n, &r->x);
}

void
registrant_refresh(struct node *n, struct registrant *r, usec_t now)
{
	if (!r->bound || r->asking != REG_NOTHING)
		return;
	r->ask_coa = r->coa;
	r->trigger = now;
	ask(n, r, REG_REGISTER, now);
}

void
registrant_refresh_at(struct node *n, struct registrant *r, usec_t at)
{
	if (r->bound && r->asking == REG_NOTHING)
		alarm_set(n, &r->refresh, at);
}

static void
on_refresh(struct node *n, struct alarm *a, usec_t now)
{
	struct registrant *r = container_of(a, struct registrant, refresh);

	if (!r->ops->refresh || !r->ops->refresh(n, r, now))
		registrant_refresh(n, r, now);
}

/* --- what stands -------------------------------------------------------- */

/* Of correspondents nothing is stored: who restarts begins again. */
static void
remember(struct node *n, struct registrant *r)
{
	if (r->ops->remember)
		r->ops->remember(n, r);
	else if (!r->correspondent)
		wish_add(n, &r->store, 1);
}

static void
unbind(struct node *n, struct registrant *r)
{
	r->bound = r->unsure = false;
	/* RFC 4866 4.1: it ends with the binding. */
	r->has_token = false;
	alarm_clear(n, &r->refresh);
	alarm_clear(n, &r->expiry);
	remember(n, r);
}

/* The answer to a farewell is not waited for: the next process shall not
 * believe in a binding that the peer has removed. */
void
registrant_forget(struct node *n, struct registrant *r)
{
	unbind(n, r);
}

void
registrant_use_peer(struct node *n, struct registrant *r,
		    const struct in6_addr *peer, struct rate *rate,
		    struct rate *test_rate, bool *no_test)
{
	registrant_cancel(n, r);
	r->peer = *peer;
	r->rate = rate;
	r->test_rate = test_rate;
	r->no_test = no_test;
	r->halted = r->timestamp = false;
	r->clock_offset = 0;
	unbind(n, r);
}

static void
on_expiry(struct node *n, struct alarm *a, usec_t now)
{
	struct registrant *r = container_of(a, struct registrant, expiry);

	unbind(n, r);
	note_reg(n, r, NOTE_REGISTRATION_EXPIRED, now);
	r->ops->on_event(n, r, REG_EXPIRED, now);
}

/* "Well before the expiration": after four fifths, a little earlier for
 * some, so that mobiles that registered together do not return together. */
static usec_t
refresh_time(struct node *n, usec_t start, usec_t lifetime, uint32_t advice)
{
	usec_t at = lifetime / 5 * 4;

	if (advice && SEC(advice) < at)
		at = SEC(advice);
	return start + at - rng_below(&n->rng, at / 20 + 1);
}

void
registrant_extended(struct node *n, struct registrant *r, usec_t sent,
		    uint32_t granted)
{
	usec_t until = sent + SEC(granted);

	if (!r->bound || r->asking != REG_NOTHING)
		return;
	r->granted = granted;
	if (until > r->expires)
		r->expires = until;
	alarm_set(n, &r->expiry, r->expires);
	alarm_set(n, &r->refresh, refresh_time(n, sent, SEC(granted), 0));
}

static void
accepted(struct node *n, struct registrant *r, const struct mh *mh,
	 usec_t now)
{
	/* 11.7.3: "This option MUST be ignored if the acknowledgement came
	 * from a correspondent node." */
	const struct mopt *advice = r->correspondent ? NULL :
		mh_opt(mh, MOPT_REFRESH);
	uint32_t ack = (uint32_t)mh->ba.lifetime * MH_LIFETIME_UNIT;
	/* 11.7.3: counted from when the update was sent.  An answer to an
	 * earlier transmission counts from the first one, which is safe. */
	usec_t sent = mh->ba.seq == r->seq ? r->x.last : r->x.first;
	usec_t life;

	/* L_remain - (L_update - L_ack) is L_ack from then on; a peer that
	 * grants more than was asked for gets what was asked for. */
	r->granted = ack < r->ask_lifetime ? ack : r->ask_lifetime;
	life = SEC(r->granted);
	r->asking = REG_NOTHING;
	r->bound = true;
	r->unsure = false;
	r->coa = r->ask_coa;
	r->expires = sent + life;
	exchange_end(n, &r->x);
	alarm_set(n, &r->expiry, r->expires);
	alarm_set(n, &r->refresh, refresh_time(n, sent, life, advice ?
		  (uint32_t)advice->refresh * MH_LIFETIME_UNIT : 0));
	remember(n, r);
	note_reg(n, r, NOTE_REGISTERED, now);
	r->ops->on_event(n, r, REG_ACCEPTED, now);
}

static void
deregistered(struct node *n, struct registrant *r, usec_t now)
{
	r->asking = REG_NOTHING;
	exchange_end(n, &r->x);
	unbind(n, r);
	note_reg(n, r, NOTE_DEREGISTERED, now);
	r->ops->on_event(n, r, REG_DEREGISTERED, now);
}

/* --- what a refusal means ----------------------------------------------- */

static void
refuse_halt(struct node *n, struct registrant *r, const struct mh *mh,
	    usec_t now)
{
	r->asking = REG_NOTHING;
	r->halted = true;
	exchange_end(n, &r->x);
	alarm_clear(n, &r->refresh);
	note_reg(n, r, NOTE_REGISTRATION_FAILED, now);
	r->ops->on_event(n, r, REG_REFUSED, now);
}

/* It may pass: ask again, at the slow rate.  Not a correspondent: there is
 * another way. */
static void
refuse_slow(struct node *n, struct registrant *r, const struct mh *mh,
	    usec_t now)
{
	if (r->correspondent) {
		refuse_halt(n, r, mh, now);
		return;
	}
	r->x.interval = r->x.max;
	alarm_set(n, &r->x.alarm, now + r->x.max);
	note_reg(n, r, NOTE_REGISTRATION_FAILED, now);
	r->ops->on_event(n, r, REG_DEFERRED, now);
}

/* Put the question again, corrected. */
static void
correct(struct node *n, struct registrant *r, const struct mh *mh, usec_t now)
{
	if (++r->corrected > CORRECTIONS_MAX) {
		refuse_slow(n, r, mh, now);
		return;
	}
	exchange_begin(n, &r->x, first_interval(n, r), most_interval(n, r));
	transmit(n, r, now);
}

/* 135: the number in the acknowledgement is the last one accepted; the next
 * update takes the one after it (11.7.1). */
static void
refuse_sequence(struct node *n, struct registrant *r, const struct mh *mh,
		usec_t now)
{
	/* Late, and corrected already: back to a number that was used is no
	 * way forward. */
	if (seq_after(r->seq, mh->ba.seq))
		return;
	r->seq = mh->ba.seq;
	correct(n, r, mh, now);
}

/* 144, RFC 4285 section 6: the option has the home agent's time. */
static void
refuse_clock(struct node *n, struct registrant *r, const struct mh *mh,
	     usec_t now)
{
	const struct mopt *o = mh_opt(mh, MOPT_REPLAY);

	if (!o) {
		refuse_slow(n, r, mh, now);
		return;
	}
	r->clock_offset = (int64_t)(o->replay - security_ntp(n, now));
	r->replay = 0;
	correct(n, r, mh, now);
}

/* 145: the home agent wants timestamps; it gets them from now on. */
static void
refuse_no_stamp(struct node *n, struct registrant *r, const struct mh *mh,
		usec_t now)
{
	r->timestamp = true;
	correct(n, r, mh, now);
}

/* 133 on a deregistration: there is nothing to deregister. */
static void
refuse_not_ha(struct node *n, struct registrant *r, const struct mh *mh,
	      usec_t now)
{
	if (r->asking == REG_DEREGISTER)
		deregistered(n, r, now);
	else
		refuse_halt(n, r, mh, now);
}

/* 136 to 138: our proof is too old, or the peer has been restarted. */
static void
refuse_nonce(struct node *n, struct registrant *r, const struct mh *mh,
	     usec_t now)
{
	registrant_spoil(n, r);
	correct(n, r, mh, now);
}

/* 147: it has forgotten us; we sign again. */
static void
refuse_no_token(struct node *n, struct registrant *r, const struct mh *mh,
		usec_t now)
{
	r->has_token = false;
	correct(n, r, mh, now);
}

/* 157: the newer timestamp of the next one may be taken (RFC 5213 6.9.1.2
 * no. 8: "SHOULD try to register again"). */
static void
refuse_older(struct node *n, struct registrant *r, const struct mh *mh,
	     usec_t now)
{
	if (r->asking == REG_DEREGISTER)
		deregistered(n, r, now);	/* it is elsewhere by now */
	else
		correct(n, r, mh, now);
}

/* 155, 159: not these prefixes again, but perhaps others (no. 10). */
static void
refuse_prefixes(struct node *n, struct registrant *r, const struct mh *mh,
		usec_t now)
{
	if (r->ops->relax && r->ops->relax(n, r))
		correct(n, r, mh, now);
	else
		refuse_halt(n, r, mh, now);
}

typedef void refusal(struct node *, struct registrant *, const struct mh *,
		     usec_t);

struct reaction {
	uint8_t	status;
	refusal	*react;
};

static const struct reaction refusals[] = {
	{ MH_ST_UNSPECIFIED,	refuse_slow },
	{ MH_ST_PROHIBITED,	refuse_halt },
	{ MH_ST_RESOURCES,	refuse_slow },
	{ MH_ST_NO_HOME_REG,	refuse_halt },
	{ MH_ST_NOT_HOME_SUBNET, refuse_halt },
	{ MH_ST_NOT_HA,		refuse_not_ha },
	{ MH_ST_DAD_FAILED,	refuse_halt },
	{ MH_ST_SEQUENCE,	refuse_sequence },
	{ MH_ST_TYPE_CHANGE,	refuse_halt },
	{ MH_ST_ID_MISMATCH,	refuse_clock },
	{ MH_ST_MESG_ID_REQD,	refuse_no_stamp },
	{ MH_ST_AUTH_FAIL,	refuse_halt },	/* RFC 4285 5.3: stop */
	{ MH_ST_INVALID_COA,	refuse_halt },
	{ MH_ST_HOME_NONCE,	refuse_nonce },
	{ MH_ST_CAREOF_NONCE,	refuse_nonce },
	{ MH_ST_NONCES,		refuse_nonce },
	{ MH_ST_NO_TOKEN,	refuse_no_token },
	{ MH_ST_CGA_FAILED,	refuse_halt },
	{ 0, NULL }
};

/* 146 to a gateway: whoever sends the anchor an update in our name with a wrong
 * authenticator makes it say so to us, signed.  It takes nothing away, then, and
 * is no end; but a wrong key is not asked for again at once either. */
static void
refuse_unproven(struct node *n, struct registrant *r, const struct mh *mh,
		usec_t now)
{
	if (!r->bound && r->x.interval != r->x.max)
		refuse_slow(n, r, mh, now);
}

/* And of a gateway (RFC 5213 6.9.1.2). */
static const struct reaction gateway_refusals[] = {
	{ MH_ST_AUTH_FAIL,	refuse_unproven },
	/* 8.9: until an administrative action */
	{ MH_ST_PROXY_DISABLED,	refuse_halt },
	{ MH_ST_NOT_LMA,	refuse_halt },
	{ MH_ST_MAG_UNAUTHORIZED, refuse_halt },
	{ MH_ST_HNP_UNAUTHORIZED, refuse_prefixes },
	/* "only after it has synchronized its clock": at the slow rate */
	{ MH_ST_TIMESTAMP,	refuse_slow },
	{ MH_ST_TIMESTAMP_LOWER, refuse_older },
	{ MH_ST_PREFIX_SET,	refuse_prefixes },
	/* what we always send */
	{ MH_ST_MISSING_HNP,	refuse_halt },
	{ MH_ST_MISSING_MNID,	refuse_halt },
	{ MH_ST_MISSING_HANDOFF, refuse_halt },
	{ MH_ST_MISSING_ATT,	refuse_halt },
	{ 0, NULL }
};

static refusal *
reaction_to(const struct reaction *r, uint8_t status)
{
	while (r->react && r->status != status)
		r++;
	return r->react;
}

static void
refused(struct node *n, struct registrant *r, const struct mh *mh, usec_t now)
{
	refusal *react = NULL;

	r->status = mh->ba.status;
	if (r->ops->fill)
		react = reaction_to(gateway_refusals, r->status);
	if (!react)
		react = reaction_to(refusals, r->status);
	if (!react)
		react = refuse_slow;
	react(n, r, mh, now);
}

/* --- who cannot answer --------------------------------------------------- */

/* From where it would go, to where it goes, and its next header is one that
 * the peer may not know. */
bool
registrant_is_quoted(const struct registrant *r, const struct span *about)
{
	struct rbuf b = rbuf_of(about->p, about->len);
	struct in6_addr src, dst;
	uint8_t next;

	rbuf_take(&b, 6);
	next = rbuf_u8(&b);
	rbuf_take(&b, 1);
	src = rbuf_addr(&b);
	dst = rbuf_addr(&b);
	return !b.bad && addr_eq(&dst, &r->peer) &&
	       (addr_eq(&src, &r->hoa) || addr_eq(&src, &r->ask_coa)) &&
	       (next == IPPROTO_MOBILITY || next == IPPROTO_DSTOPTS);
}

/* Nobody vouches for it, so it takes nothing away: a slower pace. */
void
registrant_on_unable(struct node *n, struct registrant *r, usec_t now)
{
	if (r->asking != REG_REGISTER || !r->x.sent || r->paused ||
	    r->x.interval == r->x.max)
		return;
	r->status = MH_ST_NO_HOME_REG;
	refuse_slow(n, r, NULL, now);
}

/* --- acknowledgements --------------------------------------------------- */

static bool
outstanding(const struct registrant *r, uint16_t seq)
{
	return r->asking != REG_NOTHING && r->x.sent &&
	       (uint16_t)(seq - r->first_seq) <=
	       (uint16_t)(r->seq - r->first_seq);
}

/* The authenticator does not verify.  A home agent with another key says 146
 * and cannot prove it: worth a word and a slower pace, never a halt that a
 * stranger could cause. */
static void
unproven(struct node *n, struct registrant *r, const struct rx *rx,
	 enum security_verdict v, usec_t now)
{
	struct note note = {
		.code = NOTE_AUTH_FAILED, .a = r->hoa, .b = rx->pkt.src,
		.status = rx->mh.ba.status, .type = MH_BA,
	};

	if (node_may_tell(n, now))
		note_put(n, &note, now);
	if (rx->mh.ba.status == MH_ST_AUTH_FAIL && !r->bound &&
	    outstanding(r, rx->mh.ba.seq) && alarm_is_set(&r->x.alarm)) {
		r->x.interval = r->x.max;
		alarm_set(n, &r->x.alarm, now + r->x.max);
	}
}

/* RFC 4285 section 6: the acknowledgement repeats the update's timestamp,
 * but for 144, where it has the home agent's. */
static bool
replay_matches(const struct registrant *r, const struct mh *mh)
{
	const struct mopt *o = mh_opt(mh, MOPT_REPLAY);

	if (!r->replay || mh->ba.status == MH_ST_ID_MISMATCH)
		return true;
	return o && o->replay >= r->first_replay && o->replay <= r->replay;
}

/* An access anchor takes back what it has acknowledged: somebody has the
 * address on its link.  No message of the RFC's; see doc/access-anchor.md. */
static bool
is_revocation(const struct registrant *r, const struct mh *mh)
{
	return r->bound && !r->correspondent && !r->ops->fill &&
	       r->asking == REG_NOTHING &&
	       mh->ba.status == MH_ST_DAD_FAILED && mh->ba.seq == r->seq;
}

/* RFC 6275 6.2.7 and RFC 4866 5.7: refusals that there is no key for. */
static bool
cannot_be_proved(const struct mh *mh)
{
	return !mh_opt(mh, MOPT_AUTH_DATA) &&
	       (mh->ba.status == MH_ST_HOME_NONCE ||
		mh->ba.status == MH_ST_CAREOF_NONCE ||
		mh->ba.status == MH_ST_NONCES ||
		mh->ba.status == MH_ST_NO_TOKEN);
}

static enum security_verdict
check_ack(struct node *n, struct registrant *r, const struct rx *rx,
	  bool revocation, usec_t now)
{
	struct proof p = {
		.hoa = r->hoa, .coa = r->ask_coa, .anchor = r->peer,
		.ends = revocation || r->asking == REG_DEREGISTER,
	};

	if (!registrant_under_cga(n, r) && !r->correspondent)
		return security_check(n, registrant_peer(n, r), &rx->mh,
				      rx->pkt.payload.p, revocation ?
				      &r->coa : &r->ask_coa, auth_hoa(r), 0,
				      now);
	if (cannot_be_proved(&rx->mh))
		return SEC_OK;
	/* The anchor ends the binding as we would, by the token alone. */
	if (revocation && !r->has_token)
		return SEC_MISSING;
	if (revocation)
		rr_kbm(n, r->token, NULL, p.kbm);
	else
		memcpy(p.kbm, r->kbm, sizeof(p.kbm));
	return proof_check_mac(n, &p, &rx->mh, rx->pkt.payload.p) ? SEC_OK :
	       SEC_FORGED;
}

/* RFC 4866 4.8.  Of an earlier update's answer it is not taken: a later one
 * may have brought another token, whose answer is still to come. */
static void
take_token(struct node *n, struct registrant *r, const struct mh *mh)
{
	const struct mopt *o = mh_opt(mh, MOPT_HOME_TOKEN);

	if (!registrant_under_cga(n, r) || r->has_token)
		return;
	r->has_token = o && mh->ba.seq == r->seq &&
		       cga_open(n->cga_key, &o->data, r->token,
				sizeof(r->token));
	r->token_seq = mh->ba.seq;
}

/*
 * RFC 6275 11.7.3, in its order: the authentication requirements; the
 * sequence number is one of an outstanding update, or the status is 135;
 * anything else is silently ignored.  Only then the status counts.
 */
void
registrant_on_ba(struct node *n, struct registrant *r, struct rx *rx,
		 usec_t now)
{
	const struct mh *mh = &rx->mh;
	bool revocation = is_revocation(r, mh);
	enum reg_fit fit = REG_FITS;
	enum security_verdict v;

	if (!revocation && (r->asking == REG_NOTHING || !r->x.sent))
		return;
	v = check_ack(n, r, rx, revocation, now);
	if (v != SEC_OK) {
		unproven(n, r, rx, v, now);
		return;
	}
	if (!replay_matches(r, mh))
		return;
	if (revocation) {
		unbind(n, r);
		refused(n, r, mh, now);
		return;
	}
	if (mh->ba.status != MH_ST_SEQUENCE && !outstanding(r, mh->ba.seq))
		return;
	if (r->ops->fits)
		fit = r->ops->fits(n, r, mh, now);
	if (fit == REG_STALE)
		return;
	if (fit == REG_UNFIT) {
		r->status = MH_ST_UNSPECIFIED;
		refuse_halt(n, r, mh, now);
		return;
	}
	if (mh->ba.status >= 128) {
		refused(n, r, mh, now);
		return;
	}
	r->status = mh->ba.status;
	if (r->asking == REG_DEREGISTER) {
		deregistered(n, r, now);
	} else if (mh->ba.lifetime) {
		take_token(n, r, mh);
		accepted(n, r, mh, now);
	}
}

/* --- show -------------------------------------------------------------- */

void
registrant_show(const struct registrant *r, usec_t now, struct record *rec)
{
	static const char *const words[] = {
		[REG_NOTHING] = "none", [REG_REGISTER] = "register",
		[REG_DEREGISTER] = "deregister",
	};

	record_bool(rec, "bound", r->bound);
	if (r->bound) {
		record_addr(rec, "coa", &r->coa);
		record_duration(rec, "lifetime", r->expires > now ?
				r->expires - now : 0);
		record_uint(rec, "granted", r->granted);
	}
	record_str(rec, "asking", words[r->asking]);
	if (r->asking != REG_NOTHING) {
		record_addr(rec, "ask-coa", &r->ask_coa);
		record_uint(rec, "tries", r->x.sent);
	}
	record_uint(rec, "seq", r->seq);
	if (r->anchor && r->has_cga)
		record_bool(rec, "token", r->has_token);
	if (r->status >= 128)
		record_uint(rec, "status", r->status);
}
