/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrant.h - the engine of whoever registers a binding: one entry of
 * the Binding Update List (RFC 6275 section 11.1) and its life.
 *
 * A role says where the binding shall point (registrant_register) or that
 * it shall end (registrant_deregister), and hears what came of it.  Sequence
 * numbers, retransmission, rate limits, refresh, expiry and the reaction to
 * each status are here.
 */
#ifndef MIP6D_CORE_REGISTRANT_H
#define MIP6D_CORE_REGISTRANT_H

#include "core/proof.h"

struct registrant;

enum reg_event {
	REG_ACCEPTED,			/* bound at r->coa, or refreshed */
	REG_DEREGISTERED,		/* the peer forgot us */
	REG_REFUSED,			/* status r->status; not sending again
					   before the next registrant_register */
	REG_EXPIRED,			/* the binding's time is over */
	REG_DEFERRED,			/* status r->status; asking goes on, at
					   the slow rate */
	REG_SILENT,			/* no answer to x.sent updates; another
					   one is about to go out.  With either of
					   these two the role may end it */
};

enum reg_fit {
	REG_FITS,
	REG_STALE,			/* it answers something else: ignored */
	REG_UNFIT,			/* it answers, and makes no sense: it is
					   not asked again */
};

/* What makes one kind of registration different from another. */
struct registrant_ops {
	void	(*on_event)(struct node *, struct registrant *, enum reg_event,
			    usec_t now);
	/* Seconds to ask for: bounded by the lifetimes of the addresses. */
	uint32_t (*lifetime)(const struct node *, struct registrant *,
			     usec_t now);
	/* Flags of the Binding Update. */
	uint16_t (*flags)(const struct node *, struct registrant *);
	/*
	 * Of a gateway, which registers somebody else (RFC 5213): no Home
	 * Address option, and options of its own in each transmission.  NULL
	 * in all: a mobile's own.
	 */
	void	(*fill)(struct node *, struct registrant *, struct mh *,
			usec_t now);
	/* Is the authentic answer about what was asked? */
	enum reg_fit (*fits)(struct node *, struct registrant *,
			     const struct mh *, usec_t now);
	/* Refused prefixes need not be asked for again: false if they were
	 * not. */
	bool	(*relax)(struct node *, struct registrant *);
	/* It is time to refresh it: false, or somebody else sees to that and
	 * says registrant_extended, or registrant_refresh_at.  NULL: false. */
	bool	(*refresh)(struct node *, struct registrant *, usec_t now);
	/* What stands has changed, and is to be stored. */
	void	(*remember)(struct node *, struct registrant *);
};

enum reg_asking { REG_NOTHING, REG_REGISTER, REG_DEREGISTER };

struct registrant {
	const struct registrant_ops *ops;
	struct in6_addr	hoa;
	struct in6_addr	peer;		/* the home agent */
	struct rate	*rate;		/* shared by all that talk to `peer' */

	/* what stands at the peer, as far as we know */
	bool		bound;
	struct in6_addr	coa;
	usec_t		expires;
	uint32_t	granted;	/* seconds */
	bool		unsure;		/* of an earlier process; not asked since */

	/* what we are asking for */
	enum reg_asking	asking;
	struct in6_addr	ask_coa;
	uint32_t	ask_lifetime;	/* seconds, as sent */
	uint16_t	first_seq;	/* of this question */
	uint16_t	seq;		/* last one sent */
	bool		at_home;	/* deregistration from the home link */
	uint32_t	ifindex;	/* out of this interface */
	struct lladdr	ll;		/* to this neighbour; len 0: resolved */
	usec_t		trigger;	/* when the reason for it came up */
	bool		paused;		/* no way to send */
	struct exchange	x;
	uint32_t	first_wait, most_wait;	/* ms; 0: the configuration's */

	struct alarm	refresh;
	struct alarm	expiry;
	uint8_t		status;		/* of the last refusal */
	bool		halted;		/* refused for good, until asked anew */
	bool		timestamp;	/* the peer wants RFC 4285 section 6 */
	int64_t		clock_offset;	/* NTP units: the peer's clock - ours */
	uint64_t	replay;		/* timestamp sent last, */
	uint64_t	first_replay;	/*   and first for this question */
	unsigned	corrected;	/* corrections tried for one question */
	struct wish	store;

	/* with a correspondent (registrant_proof.c) */
	bool		correspondent;
	bool		home_stands;	/* the home agent has our care-of
					   address: the home test may go */
	struct rate	*home_rate;	/* of home tests with `peer' */

	/* of an access router (proof.h) */
	bool		anchor;		/* `peer' is one */
	bool		has_cga;	/* `hoa' is one */
	struct cga	cga;
	struct rate	*test_rate;	/* of care-of tests with `peer' */
	uint16_t	*peer_seq;	/* the last one that `peer' got from any of
					   our home addresses; NULL: it knows of
					   one */
	bool		*no_test;	/* `peer' knows none: as the rates */
	bool		proving;	/* the update waits for one */
	bool		has_token;	/* the permanent home keygen token */
	uint8_t		token[RR_TOKEN];
	uint16_t	token_seq;	/* of the update that brought it */
	uint8_t		kbm[RR_KBM];	/* of the update sent last */
};

void	registrant_init(struct registrant *, const struct registrant_ops *,
			const struct in6_addr *hoa, const struct in6_addr *peer,
			struct rate *);
void	registrant_fini(struct node *, struct registrant *);

/* The binding shall be at `coa', reached through this interface and (ll
 * given) this neighbour.  Repeating what is under way changes nothing and
 * aborts nothing; what stands already is left alone. */
void	registrant_register(struct node *, struct registrant *,
			    const struct in6_addr *coa, uint32_t ifindex,
			    const struct lladdr *ll, usec_t trigger,
			    usec_t now);
/* The binding shall not be.  `coa' is where we are; NULL is at home: source is
 * the home address and no Home Address option is used (RFC 6275 11.5.5). */
void	registrant_deregister(struct node *, struct registrant *,
			      const struct in6_addr *coa, uint32_t ifindex,
			      const struct lladdr *ll, usec_t trigger,
			      usec_t now);
/* Another peer from now on: nothing stands there, nothing is asked. */
void	registrant_use_peer(struct node *, struct registrant *,
			    const struct in6_addr *peer, struct rate *,
			    struct rate *test_rate, bool *no_test);
/* No way to send: be quiet, keep what stands. */
void	registrant_pause(struct node *, struct registrant *);
/* Something is different now: what is asked for is asked again at once, and
 * a refusal is forgotten. */
void	registrant_retry(struct node *, struct registrant *, usec_t now);
/* Ask for nothing any more; what stands, stands. */
void	registrant_cancel(struct node *, struct registrant *);
/* It shall not be remembered over a restart as standing. */
void	registrant_forget(struct node *, struct registrant *);
/* The next refresh is then, unless one comes before. */
void	registrant_refresh_at(struct node *, struct registrant *, usec_t at);
/* What stands, stands for so many seconds from `sent' on: its peer said so of
 * many at once. */
void	registrant_extended(struct node *, struct registrant *, usec_t sent,
			    uint32_t granted);
/* Ask again although it stands (a peer forgot us, or asked for it). */
void	registrant_refresh(struct node *, struct registrant *, usec_t now);

/* How messages with its peer are protected; NULL: nothing says so. */
const struct conf_peer *registrant_peer(const struct node *,
					const struct registrant *);
/* Reachability at ask_coa can be proved to the peer now. */
void	registrant_on_proof(struct node *, struct registrant *, usec_t now);
/* Are these the first octets of a message of ours to the peer, with something
 * that it may not know? */
bool	registrant_is_quoted(const struct registrant *, const struct span *);
/* The peer knows nothing of mobility, somebody says: REG_DEFERRED. */
void	registrant_on_unable(struct node *, struct registrant *, usec_t now);
/* A Binding Acknowledgement for this home address from this peer. */
void	registrant_on_ba(struct node *, struct registrant *, struct rx *,
			 usec_t now);

/* The peer does not know the message that is a care-of test. */
void	registrant_on_no_test(struct node *, struct registrant *, usec_t now);

/* --- registrant_proof.c: what an update has to prove -------------------- */

enum reg_proof {
	REG_PROVED,			/* it may go out */
	REG_PROVING,			/* tests are under way, or wait for
					   home_stands: registrant_on_proof */
	REG_CANNOT_PROVE,		/* cga, and there is no key for it */
};

bool	registrant_under_cga(const struct node *, const struct registrant *);
/* A question is put (again): what it proves is not asked for so far. */
void	registrant_prove_anew(struct node *, struct registrant *);
enum reg_proof registrant_prove(struct node *, struct registrant *,
				usec_t now);
/* What the update bears, when all is proved; false: nothing.  `params',
 * CGA_PARAMS_MAX octets, is where its parameters stay. */
bool	registrant_proof(struct node *, struct registrant *, usec_t now,
			 uint8_t *params, struct proof *ret);
/* 136, 137, 138: one nonce, or both, cannot be used again. */
void	registrant_spoil(struct node *, const struct registrant *);
/* There has been no answer for a while: is it because of the proof? */
void	registrant_doubt(struct node *, const struct registrant *);

/* Stored records: at the start, and as effects. */
#define REGISTRANT_STORE	'R'
bool	registrant_stored_peer(const struct store_record *,
			       struct in6_addr *ret);
bool	registrant_restore(struct node *, struct registrant *,
			   const struct store_record *, usec_t now);

void	registrant_show(const struct registrant *, usec_t now,
			struct record *);

#endif
