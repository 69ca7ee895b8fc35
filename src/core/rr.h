/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rr.h - return routability: is somebody reachable at an address?
 * (RFC 6275 5.2, 6.1.3 to 6.1.6, 9.4, 11.6)
 *
 * One exchange, two kinds: the home test and the care-of test differ in
 * an octet of the token's hash, and in how the messages travel.  What an
 * access anchor asks for is the care-of test.
 *
 * The responder keeps nothing of who asks.  Its keygen token is a MAC of the
 * address under a key that lives for some minutes; who can send it back has
 * received it there.  The initiator keeps a proof until it is too old, one
 * for each peer and address, and never uses one for another address.
 */
#ifndef MIP6D_CORE_RR_H
#define MIP6D_CORE_RR_H

#include "core/exchange.h"

/* RFC 6275 section 12, and 5.2.7: a new nonce every 30 seconds, the last
 * eight of them good. */
#define MAX_NONCE_LIFETIME	SEC(240)
#define MAX_TOKEN_LIFETIME	SEC(210)
#define RR_NONCE_PERIOD		SEC(30)
#define RR_NONCES		8

#define RR_TOKEN		8
#define RR_KBM			MAC_SHA1_LEN
#define RR_TESTS_MAX		1024	/* of an initiator */
/* Tests answered in a second by the whole node, and at once: an anchor has
 * other things to do. */
#define RR_ANSWERS		5000
#define RR_ANSWERS_CN		1000000

enum rr_kind {				/* the octet of RFC 6275 5.2.5 */
	RR_HOME = 0,
	RR_CAREOF = 1,
};

struct rr;

struct rr *rr_new(struct node *);			/* NULL: memory */
struct rr *rr_free(struct node *, struct rr *);		/* always NULL */

/* --- the responder ------------------------------------------------------ */

/* Home Test Init, Care-of Test Init: answered from where it was sent to. */
void	rr_on_test_init(struct node *, struct rx *, usec_t now);
/* The token that was given out for this address with this nonce; false: the
 * nonce is not known, or too old. */
bool	rr_token(struct node *, enum rr_kind, const struct in6_addr *addr,
		 uint16_t nonce, usec_t now, uint8_t ret[RR_TOKEN]);

/* --- the initiator ------------------------------------------------------ */

struct rr_proof {
	uint8_t		token[RR_TOKEN];
	uint16_t	nonce;		/* its index */
};

/* What a test is about, and the way that its messages take. */
struct rr_about {
	enum rr_kind	kind;
	struct in6_addr	peer;
	struct in6_addr	addr;		/* ours, to be tested */
	uint32_t	ifindex;
	struct lladdr	ll;		/* len 0: resolved */
	struct rate	*rate;		/* shared by all tests of this kind with
					   the peer; outlives the node's rr */
};

/* The proof, if there is one that is good for some seconds yet.  Else NULL,
 * and a test is under way; mn_on_proof is called when it has succeeded. */
const struct rr_proof *rr_prove(struct node *, const struct rr_about *,
				usec_t now);
/* The peer does not know the nonce (136 to 138): not to be used again. */
void	rr_spoil(struct node *, enum rr_kind, const struct in6_addr *peer,
		 const struct in6_addr *addr);
/* A new question needs it.  What was asked for an earlier one, and has found no
 * answer, is not waited for, unless somebody else does. */
void	rr_anew(struct node *, enum rr_kind, const struct in6_addr *peer,
		const struct in6_addr *addr);
/* What is under way begins anew, at once: somebody is there. */
void	rr_hurry(struct node *, const struct rate *, usec_t now);
/* No test refers to that any more. */
void	rr_forget(struct node *, const struct rate *);
/* Home Test, Care-of Test */
void	rr_on_test(struct node *, struct rx *, usec_t now);

/* mn.c: reachability at `addr' can be proved to `peer' now. */
void	mn_on_proof(struct node *, enum rr_kind, const struct in6_addr *peer,
		    const struct in6_addr *addr, usec_t now);
/* Does anybody wait for that?  If not, the test is not repeated. */
bool	mn_wants_proof(const struct node *, enum rr_kind,
		       const struct in6_addr *peer,
		       const struct in6_addr *addr);
/* May a Home Test for that home address have come this way?  RFC 6275 5.2.6
 * and 11.6.2: away, only through the tunnel from the home agent; at home, only
 * from the home link. */
bool	mn_hears_home(const struct node *, const struct in6_addr *hoa,
		      const struct rx *);

/* --- both --------------------------------------------------------------- */

/* Kbm = SHA-1(home keygen token | care-of keygen token), 5.2.5.  `careof'
 * NULL: of a deregistration, which has only the first. */
void	rr_kbm(struct node *, const uint8_t home[RR_TOKEN],
	       const uint8_t *careof, uint8_t ret[RR_KBM]);

#endif
