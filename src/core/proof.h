/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof.h - the protection that nobody has to provision: a registration at
 * an access anchor whose home address is a CGA (doc/cga-profile.md).
 *
 * The first registration shows that its sender is reachable at the care-of
 * address (care-of test), that the anchor has seen the home address on its
 * own link, and that the sender owns it (RFC 3972, signature).  It is
 * answered with a permanent home keygen token, sealed to the owner's key,
 * by which the later ones are authenticated (RFC 4866).
 */
#ifndef MIP6D_CORE_PROOF_H
#define MIP6D_CORE_PROOF_H

#include "core/rr.h"
#include "crypto/cga.h"

struct registration;

/* Of a registration that was checked here: what its answer needs. */
struct own {
	bool		has_kbm;
	bool		fresh;		/* a new token; else that of before */
	uint8_t		kbm[RR_KBM];
	uint8_t		token[RR_TOKEN];
	uint8_t		sealed_len;
	uint8_t		sealed[CGA_SIG_MAX];
};

/* RFC 4866 section 7, in seconds */
#define MAX_CGA_BINDING_LIFETIME	86400

/* What one message carries, to be built or to be checked.  A correspondent
 * registration is the same, with nonces and authenticator alone. */
struct proof {
	struct in6_addr	hoa, coa, anchor;
	bool		ends;		/* of a deregistration */
	bool		has_kbm;
	uint8_t		kbm[RR_KBM];
	bool		has_nonces;	/* Binding Update */
	uint16_t	nonce;		/* care-of; 0: none */
	uint16_t	home_nonce;	/* of a correspondent registration */
	const struct cga_key *key;	/* sign with it; NULL: no signature */
	struct span	params;		/* CGA parameters; with a key */
	uint8_t		token[RR_TOKEN]; /* care-of; signed over */
	struct span	sealed;		/* Binding Acknowledgement: the token */
};

/* The options, behind all others, the authenticator's as the last one; then,
 * when the message has been built, the signature and the authenticator.
 * `bytes' are the Mobility Header's. */
void	proof_options(const struct proof *, struct mh *);
void	proof_auth_option(const struct proof *, struct mh *);
void	proof_seal(struct node *, const struct proof *, const struct mh *,
		   uint8_t *bytes);
/* Is the Binding Authorization Data option right, by p->kbm? */
bool	proof_check_mac(struct node *, const struct proof *, const struct mh *,
			const uint8_t *bytes);

/* At the anchor: a Binding Update under `cga'.  `link' is the interface
 * where the home address is at home, NULL: it is at home on no link here.
 * Fills rq->own, with what the answer needs. */
enum security_verdict proof_check(struct node *, const struct rx *,
				  struct registration *rq,
				  const struct iface *link, usec_t now);

/* At the anchor: a Binding Update that a shared key has authenticated.  Is its
 * sender reachable at the care-of address? */
enum security_verdict proof_check_careof(struct node *, const struct rx *,
					 const struct registration *rq,
					 usec_t now);

/* What its answer bears: rq->own has a key. */
void	proof_of_answer(const struct registration *rq, uint8_t status,
			struct proof *ret);

/* How dear signatures may become.  Of one link-layer address: so many
 * verifications a second, and at once; of the node: */
#define PROOF_PER_LINK		4
#define PROOF_PER_NODE		500
#define PROOF_SLOTS		256

/* What an anchor keeps of all this. */
struct proofs {
	struct bucket	node, link[PROOF_SLOTS];
	uint64_t	tested;		/* authenticators looked at */
	uint64_t	verified;	/* signatures looked at */
	uint64_t	drawn;		/* tokens given out */
};

#endif
