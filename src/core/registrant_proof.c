/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrant_proof.c - what an update has to prove besides who sent it.
 *
 *	to whom			care-of test	home test	more
 *	a home agent		-		-		-
 *	an access anchor
 *	  shared-key		yes		-		-
 *	  cga			yes		-		signature, or
 *								token
 *	a correspondent		yes		yes		-
 *
 * (doc/access-anchor.md; doc/cga-profile.md; RFC 6275 5.2, 11.6, 11.7.2.)
 * A deregistration needs no care-of test where anything else proves whose it
 * is: nothing is sent to anybody afterwards.
 *
 * The tests are asked for in parallel, each by the way that it is about: the
 * home test from the home address, which the data path sends through the
 * tunnel, and only when the home agent has acknowledged where that ends; the
 * care-of test directly.  What a test has brought is good for another
 * registration with that peer as long as it lasts (rr.c), but a care-of token
 * never for another care-of address.
 *
 * A mobile cannot see whether an access router that advertises itself as a
 * home agent is an access anchor.  It tests; a home agent that knows no test
 * says so (Binding Error, status 2), and is believed: then the update goes
 * out plainly, as RFC 6275 has it.  One that does test correspondents, but
 * discards what a home registration must not have (9.5.1), is silent; so
 * after some silence it is tried the other way.  The home agent of the
 * configuration is not tested with before it asks for that (137): it is one,
 * as a rule.
 */
#include "core/registrant.h"

/* RFC 4866 4.4: registrations with the token that "persistently fail" */
#define TOKEN_TRIES	3
/* 4.9: no sequence number twice with a token, and far from it. */
#define TOKEN_SEQS	0x4000

/* --- which proof -------------------------------------------------------- */

bool
registrant_under_cga(const struct node *n, const struct registrant *r)
{
	const struct conf_peer *peer = registrant_peer(n, r);

	return peer && peer->protect == CONF_PROTECT_CGA;
}

/* An anchor with a key, or a home agent that may be one; no local mobility
 * anchor, to whom a gateway is no stranger. */
static bool
under_key(const struct node *n, const struct registrant *r)
{
	const struct conf_peer *peer = registrant_peer(n, r);

	return !r->correspondent && !r->ops->fill && peer &&
	       peer->protect == CONF_PROTECT_SHARED_KEY;
}

/* With cga's token a deregistration needs no care-of test (RFC 6275 5.2.6). */
static bool
needs_careof(const struct node *n, const struct registrant *r)
{
	if (registrant_under_cga(n, r))
		return r->asking == REG_REGISTER || !r->has_token;
	if (under_key(n, r) && *r->no_test)
		return false;
	return r->asking == REG_REGISTER &&
	       (r->correspondent || under_key(n, r));
}

/* --- the tests ---------------------------------------------------------- */

static const struct rr_proof *
home_proof(struct node *n, const struct registrant *r, usec_t now)
{
	const struct rr_about about = {
		.kind = RR_HOME, .peer = r->peer, .addr = r->hoa,
		.rate = r->home_rate,
	};

	return r->home_stands ? rr_prove(n, &about, now) : NULL;
}

static const struct rr_proof *
careof_proof(struct node *n, const struct registrant *r, usec_t now)
{
	const struct rr_about about = {
		.kind = RR_CAREOF, .peer = r->peer, .addr = r->ask_coa,
		.ifindex = r->ifindex, .ll = r->ll, .rate = r->test_rate,
	};

	return rr_prove(n, &about, now);
}

enum reg_proof
registrant_prove(struct node *n, struct registrant *r, usec_t now)
{
	bool home, careof;

	if (registrant_under_cga(n, r)) {
		if (r->x.sent >= TOKEN_TRIES ||
		    (uint16_t)(r->seq - r->token_seq) >= TOKEN_SEQS)
			r->has_token = false;
		if (!r->has_token && (!r->has_cga || !n->cga_key))
			return REG_CANNOT_PROVE;
	}
	home = !r->correspondent || home_proof(n, r, now);
	careof = !needs_careof(n, r) || careof_proof(n, r, now);
	r->proving = !home || !careof;
	return r->proving ? REG_PROVING : REG_PROVED;
}

/* Who comes back to where a test found no answer does not wait until its turn
 * comes, which may be half a minute away. */
void
registrant_prove_anew(struct node *n, struct registrant *r)
{
	r->proving = false;
	rr_anew(n, RR_CAREOF, &r->peer, &r->ask_coa);
	if (r->correspondent)
		rr_anew(n, RR_HOME, &r->peer, &r->hoa);
}

/* --- what they are good for --------------------------------------------- */

/* Signed, or with the token. */
static void
prove_owner(struct node *n, const struct registrant *r, uint8_t *params,
	    uint8_t home[RR_TOKEN], struct proof *p)
{
	if (r->has_token) {
		memcpy(home, r->token, RR_TOKEN);
		return;
	}
	p->key = n->cga_key;
	p->params = (struct span){
		params, cga_params(n->cga_key, &r->cga, &r->hoa, params),
	};
}

bool
registrant_proof(struct node *n, struct registrant *r, usec_t now,
		 uint8_t *params, struct proof *ret)
{
	bool cga = registrant_under_cga(n, r), cared = needs_careof(n, r);
	const struct rr_proof *p = cared ? careof_proof(n, r, now) : NULL;
	/* Where there is no home test it is all zero (cga-profile.md, D3). */
	uint8_t home[RR_TOKEN] = { 0 };

	if (!cga && !r->correspondent && !cared)
		return false;
	*ret = (struct proof){
		.hoa = r->hoa, .coa = r->ask_coa, .anchor = r->peer,
		.ends = r->asking == REG_DEREGISTER,
		.has_kbm = true, .has_nonces = true,
	};
	if (p) {
		ret->nonce = p->nonce;
		memcpy(ret->token, p->token, sizeof(ret->token));
	}
	p = r->correspondent ? home_proof(n, r, now) : NULL;
	if (p) {
		ret->home_nonce = p->nonce;
		memcpy(home, p->token, sizeof(home));
	}
	if (cga)
		prove_owner(n, r, params, home, ret);
	rr_kbm(n, home, cared ? ret->token : NULL, ret->kbm);
	memcpy(r->kbm, ret->kbm, sizeof(r->kbm));
	return true;
}

/* --- when they are good no more ----------------------------------------- */

void
registrant_spoil(struct node *n, const struct registrant *r)
{
	if (r->status != MH_ST_HOME_NONCE)
		rr_spoil(n, RR_CAREOF, &r->peer, &r->ask_coa);
	if (r->correspondent && r->status != MH_ST_CAREOF_NONCE)
		rr_spoil(n, RR_HOME, &r->peer, &r->hoa);
	if (under_key(n, r))
		*r->no_test = false;
}

void
registrant_doubt(struct node *n, const struct registrant *r)
{
	bool cga = registrant_under_cga(n, r);

	if (r->x.sent < TOKEN_TRIES ||
	    (!cga && !under_key(n, r) && !r->correspondent))
		return;
	/* An answer may have been too much for the peer (it answers so many
	 * a second that it cannot authenticate): perhaps it was 136 to 138.
	 * A token that is wrong altogether is discarded in silence (9.5.1), and
	 * would be until it is too old. */
	rr_spoil(n, RR_CAREOF, &r->peer, &r->ask_coa);
	if (r->correspondent)
		rr_spoil(n, RR_HOME, &r->peer, &r->hoa);
	if (!cga && r->anchor)
		*r->no_test = !*r->no_test;
}
