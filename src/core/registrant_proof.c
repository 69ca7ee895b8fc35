/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrant_rr.c - the proof of a correspondent registration: return
 * routability of both addresses (RFC 6275 5.2, 11.6, 11.7.2).
 *
 * The tests are asked for in parallel, each by the way that it is about: the
 * home test from the home address, which the data path sends through the
 * tunnel, and only when the home agent has acknowledged where that ends; the
 * care-of test directly.  What a test has brought is good for another
 * registration as long as it lasts (rr.c), but a care-of token never for
 * another care-of address.
 */
#include "core/registrant.h"

static bool
home_proof(struct node *n, struct registrant *r, usec_t now,
	   struct rr_proof *ret)
{
	const struct rr_about about = {
		.kind = RR_HOME, .peer = r->peer, .addr = r->hoa,
		.rate = r->home_rate,
	};
	const struct rr_proof *p = r->home_stands ?
		rr_prove(n, &about, now) : NULL;

	if (p)
		*ret = *p;
	return p;
}

static bool
careof_proof(struct node *n, struct registrant *r, usec_t now,
	     struct rr_proof *ret)
{
	const struct rr_about about = {
		.kind = RR_CAREOF, .peer = r->peer, .addr = r->ask_coa,
		.ifindex = r->ifindex, .ll = r->ll, .rate = r->test_rate,
	};
	const struct rr_proof *p = rr_prove(n, &about, now);

	if (p)
		*ret = *p;
	return p;
}

/* 11.6.1, 9.5.1: a deregistration needs the home test alone. */
bool
registrant_rr_ready(struct node *n, struct registrant *r, usec_t now)
{
	struct rr_proof p;
	bool home = home_proof(n, r, now, &p);
	bool careof = r->asking == REG_DEREGISTER ||
		      careof_proof(n, r, now, &p);

	r->proving = !home || !careof;
	return !r->proving;
}

void
registrant_rr_proof(struct node *n, struct registrant *r, usec_t now,
		    struct proof *ret)
{
	struct rr_proof home = { .nonce = 0 }, careof = { .nonce = 0 };
	bool ends = r->asking == REG_DEREGISTER;

	*ret = (struct proof){
		.hoa = r->hoa, .coa = r->ask_coa, .anchor = r->peer,
		.ends = ends, .has_kbm = true, .has_nonces = true,
	};
	home_proof(n, r, now, &home);
	if (!ends)
		careof_proof(n, r, now, &careof);
	ret->home_nonce = home.nonce;
	ret->nonce = careof.nonce;
	rr_kbm(n, home.token, ends ? NULL : careof.token, r->kbm);
	memcpy(ret->kbm, r->kbm, sizeof(ret->kbm));
}

/* 136, 137, 138: one nonce, or both, cannot be used again. */
void
registrant_rr_spoil(struct node *n, const struct registrant *r)
{
	if (r->status != MH_ST_HOME_NONCE)
		rr_spoil(n, RR_CAREOF, &r->peer, &r->ask_coa);
	if (r->correspondent && r->status != MH_ST_CAREOF_NONCE)
		rr_spoil(n, RR_HOME, &r->peer, &r->hoa);
}
