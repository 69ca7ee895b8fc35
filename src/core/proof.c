/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof.c - see proof.h, and doc/cga-profile.md, which this implements.
 *
 * A stranger can make us do little.  In this order, and nothing before all
 * that is cheaper: the options are there (parsed); the nonce is one of
 * ours (a look into a ring of eight); the authenticator is right (two
 * HMACs; who can make it has received a token at the care-of address); the
 * home address was seen on our link (a look into a table); the parameters
 * come to that address (two hashes); and then, limited in number, the
 * signature.
 *
 * What is signed has in it the care-of keygen token, which this anchor gave
 * out some minutes ago: a signature of last year, or one for another anchor,
 * is worth nothing, even where the anchor has forgotten the binding and its
 * sequence number.
 */
#include "core/proof.h"
#include "core/presence.h"
#include "core/registrar.h"

#include "wire/auth.h"

/* CGA Message Type, for private use (RFC 3972 section 8): drawn at random
 * for this profile, so that nothing that is signed for RFC 4866 or SEND is
 * taken here, nor the other way round. */
static const uint8_t type_tag[16] = {
	0xa4, 0x7b, 0x68, 0x40, 0x03, 0x9b, 0xa2, 0x73,
	0xfa, 0xd4, 0xc6, 0x24, 0x75, 0xb0, 0xab, 0x88,
};

#define OFF_CHECKSUM	4
#define OFF_DATA	6

static const uint8_t zeros[CGA_SIG_MAX];

/* --- what is covered ---------------------------------------------------- */

/* The last CGA Parameters option; NULL: there is none. */
static const struct mopt *
last_params(const struct mh *mh)
{
	const struct mopt *last = NULL;

	for (unsigned k = 0; k < mh->nopts; k++)
		if (mh->opt[k].type == MOPT_CGA)
			last = &mh->opt[k];
	return last;
}

#define SIGNED_PIECES	8

/*
 * type tag | home address | care-of address | anchor | care-of keygen token |
 * Mobility Header up to the end of the last CGA Parameters option, checksum
 * zero.  (RFC 4866 4.5 has the care-of address, the peer and the header.)
 */
static unsigned
signed_pieces(const struct proof *p, const struct mh *mh,
	      const uint8_t *bytes, struct span piece[SIGNED_PIECES])
{
	const struct mopt *last = last_params(mh);
	size_t end = last->off + 2U + last->len;

	piece[0] = (struct span){ type_tag, sizeof(type_tag) };
	piece[1] = (struct span){ p->hoa.s6_addr, 16 };
	piece[2] = (struct span){ p->coa.s6_addr, 16 };
	piece[3] = (struct span){ p->anchor.s6_addr, 16 };
	piece[4] = (struct span){ p->token, RR_TOKEN };
	piece[5] = (struct span){ bytes, OFF_CHECKSUM };
	piece[6] = (struct span){ zeros, OFF_DATA - OFF_CHECKSUM };
	piece[7] = (struct span){ bytes + OFF_DATA, end - OFF_DATA };
	return SIGNED_PIECES;
}

/* RFC 6275 6.2.7; the home address takes the care-of address's place in a
 * deregistration. */
static bool
mac_of(struct node *n, const struct proof *p, const struct mh *mh,
       const uint8_t *bytes, const struct mopt *auth,
       uint8_t ret[MAC_SHA1_LEN])
{
	const struct span key = { p->kbm, sizeof(p->kbm) };
	struct auth_cover cover;

	auth_cover_data(p->ends ? &p->hoa : &p->coa, &p->anchor, bytes,
			mh->len, auth, &cover);
	n->mac_key = NULL;
	return !mac_hmac_sha1(n->mac, &key, cover.piece, cover.n, ret);
}

/* --- building ----------------------------------------------------------- */

/* RFC 4866 5.1: pieces of 255 octets. */
static void
add_params(const struct proof *p, struct mh *mh)
{
	for (size_t at = 0; at < p->params.len; at += UINT8_MAX) {
		struct mopt *o = mh_add(mh, MOPT_CGA);
		size_t left = p->params.len - at;

		if (o)
			o->data = (struct span){
				p->params.p + at,
				left < UINT8_MAX ? left : UINT8_MAX,
			};
	}
}

void
proof_options(const struct proof *p, struct mh *mh)
{
	struct mopt *o;

	if (p->key) {
		add_params(p, mh);
		if ((o = mh_add(mh, MOPT_SIGNATURE)))
			o->data = (struct span){ zeros,
						 cga_key_octets(p->key) };
	}
	if (p->sealed.len && (o = mh_add(mh, MOPT_HOME_TOKEN)))
		o->data = p->sealed;
	if (p->has_nonces && (o = mh_add(mh, MOPT_NONCES))) {
		o->nonces.home = p->home_nonce;
		o->nonces.careof = p->nonce;
	}
}

void
proof_auth_option(const struct proof *p, struct mh *mh)
{
	struct mopt *o;

	if (p->has_kbm && (o = mh_add(mh, MOPT_AUTH_DATA)))
		o->auth_data = (struct span){ NULL, AUTH_DATA_LEN };
}

void
proof_seal(struct node *n, const struct proof *p, const struct mh *mh,
	   uint8_t *bytes)
{
	const struct mopt *sig = mh_opt(mh, MOPT_SIGNATURE);
	const struct mopt *auth = mh_opt(mh, MOPT_AUTH_DATA);
	struct span piece[SIGNED_PIECES];
	uint8_t mac[MAC_SHA1_LEN];
	uint8_t made[CGA_SIG_MAX];

	if (p->key && sig &&
	    !cga_sign(p->key, piece, signed_pieces(p, mh, bytes, piece), made))
		memcpy(bytes + sig->off + 2, made, sig->len);
	if (p->has_kbm && auth && mac_of(n, p, mh, bytes, auth, mac))
		memcpy(bytes + auth->off + 2, mac, AUTH_DATA_LEN);
}

/* --- checking ----------------------------------------------------------- */

bool
proof_check_mac(struct node *n, const struct proof *p, const struct mh *mh,
		const uint8_t *bytes)
{
	const struct mopt *auth = mh_opt(mh, MOPT_AUTH_DATA);
	uint8_t mac[MAC_SHA1_LEN];

	return auth && auth->auth_data.len == AUTH_DATA_LEN &&
	       mac_of(n, p, mh, bytes, auth, mac) &&
	       mac_equal(mac, auth->auth_data.p, AUTH_DATA_LEN);
}

/* Link-layer addresses share 256 places, by a hash that nobody can guess. */
static bool
may_verify(struct node *n, const struct lladdr *ll, usec_t now)
{
	uint64_t h = siphash13(n->secret, ll->b, ll->len);

	return bucket_take(&n->proofs->link[h % PROOF_SLOTS], PROOF_PER_LINK,
			   now) &&
	       bucket_take(&n->proofs->node, PROOF_PER_NODE, now);
}

/* CGA Parameters, in one piece; the parser has seen that nothing is between
 * the options.  False: too long. */
static bool
gather_params(const struct mh *mh, uint8_t *buf, size_t cap, struct span *ret)
{
	struct wbuf w = wbuf_of(buf, cap);

	for (unsigned k = 0; k < mh->nopts; k++)
		if (mh->opt[k].type == MOPT_CGA)
			wbuf_put(&w, mh->opt[k].data.p, mh->opt[k].data.len);
	*ret = (struct span){ buf, wbuf_len(&w) };
	return !w.bad;
}

/* RFC 4866 4.7: a new token, sealed to the owner of the key. */
static bool
give_token(struct node *n, const struct cga_key *key, struct own *own,
	   usec_t now)
{
	uint8_t text[16], made[32 + RR_TOKEN];
	struct wbuf w = wbuf_of(text, sizeof(text));
	struct span s = { text, sizeof(text) };

	wbuf_u64(&w, now ^ (uint64_t)n->wall);
	wbuf_u64(&w, n->proofs->drawn++);
	if (kdf_derive(n->secret, sizeof(n->secret), "permanent token", &s,
		       made, sizeof(made)) ||
	    cga_seal(key, made + 32, RR_TOKEN, made, own->sealed))
		return false;
	memcpy(own->token, made + 32, RR_TOKEN);
	own->sealed_len = (uint8_t)cga_key_octets(key);
	explicit_bzero(made, sizeof(made));
	return true;
}

/* Once somebody has proved to own it, and it was at home here then, the
 * binding stands for that; who moves on is seen here no more. */
static bool
seen(const struct node *n, const struct registration *rq,
     const struct iface *link, usec_t now, struct lladdr *ret)
{
	const struct binding *b = rq->b;

	memset(ret, 0, sizeof(*ret));
	memcpy(ret->b, rq->hoa.s6_addr + 8, 8);
	ret->len = 8;
	if (b && b->flags & BINDING_CGA &&
	    (b->state == BINDING_ACTIVE || b->state == BINDING_WAITING))
		return true;
	return presence_seen(n, link->ifindex, &rq->hoa, now, ret);
}

static enum security_verdict
check_signature(struct node *n, const struct rx *rx, struct registration *rq,
		const struct iface *link, const struct proof *p, usec_t now)
{
	const struct mopt *sig = mh_opt(&rx->mh, MOPT_SIGNATURE);
	uint8_t buf[2 * UINT8_MAX];
	struct span params, piece[SIGNED_PIECES];
	struct cga_key *key;
	struct lladdr ll;
	bool ok;

	/* A deregistration of what is not there (133) says nothing, whoever
	 * asks.  The number of an old one (135) would. */
	if (!rq->lifetime && !rq->b)
		return SEC_OK;
	if (!seen(n, rq, link, now, &ll))
		return SEC_NOT_SEEN;
	if (!gather_params(&rx->mh, buf, sizeof(buf), &params) ||
	    !cga_verify(&rq->hoa, &params))
		return SEC_CGA_FAILED;
	if (!may_verify(n, &ll, now))
		return SEC_BUSY;
	n->proofs->verified++;
	key = cga_key_of(&params);
	ok = key && cga_signed(key, piece, signed_pieces(p, &rx->mh,
			       rx->pkt.payload.p, piece), &sig->data) &&
	     (!rq->lifetime || give_token(n, key, &rq->own, now));
	cga_key_free(key);
	rq->own.fresh = ok && rq->lifetime;
	return ok ? SEC_OK : SEC_CGA_FAILED;
}

/* The options that there must be, and in their order: RFC 4866 4.1 and 4.2.
 * A signature directly behind the parameters, or neither. */
static bool
options_ok(const struct mh *mh)
{
	const struct mopt *last = last_params(mh);
	const struct mopt *sig = mh_opt(mh, MOPT_SIGNATURE);
	const struct mopt *nonces = mh_opt(mh, MOPT_NONCES);

	return nonces && !nonces->nonces.home &&
	       mh_opt(mh, MOPT_AUTH_DATA) &&
	       (last ? sig == last + 1 : !sig);
}

/*
 * With a key: who sent it is known already, and so is told (137), when the
 * care-of address was not tested, or too long ago; also by the token of a
 * nonce that has this index by chance only, since ours are gone.
 */
enum security_verdict
proof_check_careof(struct node *n, const struct rx *rx,
		   const struct registration *rq, usec_t now)
{
	static const uint8_t none[RR_TOKEN];
	const struct mopt *nonces = mh_opt(&rx->mh, MOPT_NONCES);
	struct proof p = { .coa = rq->coa, .anchor = rq->local };

	if (!rq->lifetime)
		return SEC_OK;
	if (!nonces || !rr_token(n, RR_CAREOF, &rq->coa,
				 nonces->nonces.careof, now, p.token))
		return SEC_NONCE;
	rr_kbm(n, none, p.token, p.kbm);
	return proof_check_mac(n, &p, &rx->mh, rx->pkt.payload.p) ? SEC_OK :
	       SEC_NONCE;
}

/*
 * Silence: the options are not those of the profile; the authenticator is
 * wrong; too many signatures.  Answered without an authenticator, since there
 * is no key for one: the nonce (137), the token (147).  Answered with one: it
 * is no address of a link here (132), it was not seen there (129), address,
 * parameters and signature do not go together (148).
 */
enum security_verdict
proof_check(struct node *n, const struct rx *rx, struct registration *rq,
	    const struct iface *link, usec_t now)
{
	const struct mopt *nonces = mh_opt(&rx->mh, MOPT_NONCES);
	bool is_signed = mh_opt(&rx->mh, MOPT_SIGNATURE);
	struct binding *b = rq->b;
	struct proof p = {
		.hoa = rq->hoa, .coa = rq->coa, .anchor = rq->local,
		.ends = !rq->lifetime,
	};
	static const uint8_t none[RR_TOKEN];
	bool careof = is_signed || rq->lifetime;

	if (!options_ok(&rx->mh))
		return SEC_MISSING;
	if (careof && !rr_token(n, RR_CAREOF, &rq->coa,
				nonces->nonces.careof, now, p.token))
		return SEC_NONCE;
	/* The token is as good as the binding; a deregistration may have been
	 * lost, or its answer. */
	if (!is_signed && (!b || !(b->flags & BINDING_CGA) ||
			   (rq->lifetime && b->state != BINDING_ACTIVE)))
		return SEC_NO_TOKEN;
	rr_kbm(n, is_signed ? none : b->token, careof ? p.token : NULL,
	       p.kbm);
	n->proofs->tested++;
	if (!proof_check_mac(n, &p, &rx->mh, rx->pkt.payload.p))
		return SEC_FORGED;
	memcpy(rq->own.kbm, p.kbm, sizeof(rq->own.kbm));
	rq->own.has_kbm = true;
	if (!link)
		return SEC_NOT_HERE;
	return is_signed ? check_signature(n, rx, rq, link, &p, now) : SEC_OK;
}

void
proof_of_answer(const struct registration *rq, uint8_t status,
		struct proof *ret)
{
	const struct own *own = &rq->own;

	*ret = (struct proof){
		.hoa = rq->hoa, .coa = rq->coa, .anchor = rq->local,
		.ends = !rq->lifetime, .has_kbm = true,
	};
	memcpy(ret->kbm, own->kbm, sizeof(ret->kbm));
	if (own->fresh && status < MH_ST_UNSPECIFIED)
		ret->sealed = (struct span){ own->sealed, own->sealed_len };
}
