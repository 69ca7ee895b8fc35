/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cga_story.h - an access anchor whose clients have no key with it
 * (doc/cga-profile.md), and what is said to it.
 *
 * The anchor is a node; mobiles and attackers are made here, message by
 * message.
 */
#ifndef MIP6D_TEST_CGA_STORY_H
#define MIP6D_TEST_CGA_STORY_H

#include "conf/conf.h"
#include "core/core.h"
#include "core/node.h"
#include "core/proof.h"
#include "core/registrar.h"
#include "wire/auth.h"
#include "unit.h"

#define LINK	2
#define ANCHOR	"2001:db8:a1::1"
#define COA	"2001:db8:b::10"
#define COA2	"2001:db8:c::10"

struct ack {
	bool		there;
	uint8_t		status;
	uint16_t	seq;
	uint32_t	lifetime;	/* units */
	bool		proved;		/* its authenticator is good */
	bool		has_token;
	uint8_t		sealed[CGA_SIG_MAX];
	uint8_t		sealed_len;
	struct in6_addr	dst;
};

struct story {
	struct conf	*conf;
	struct node	*node;
	struct node	*forge;		/* whose MAC we borrow */
	usec_t		now;
	struct cga_key	*mine, *evil;
	struct cga	cga;
	struct in6_addr	hoa, anchor, coa, coa2;
	uint16_t	seq;
	uint8_t		stranger;	/* what comes is from this neighbour, or
					 * (0) from the mobile */

	/* heard last */
	struct ack	ack;
	bool		tested;
	struct rr_proof	proof;
	uint64_t	cookie;
	unsigned	sent;		/* packets of all kinds */
	unsigned	flows;
	bool		be;
	uint8_t		kbm[RR_KBM];	/* of the update sent last */
	bool		ends;
	struct in6_addr	about;		/* its home address, */
	struct in6_addr	from;		/*   and care-of address */

	uint8_t		last[2048];	/* the update itself */
	size_t		last_len;

	unsigned	nrecords;
	struct store_record record[8];
};

/* A Binding Update; zero is as a mobile would have it. */
struct bu {
	const struct in6_addr *hoa, *coa;	/* ours, COA */
	uint16_t	seq;			/* the next */
	uint16_t	lifetime;		/* 60 units */
	bool		ends;			/* lifetime 0 */
	const uint8_t	*token;			/* unsigned, with this one */
	const struct cga_key *params_of;	/* mine */
	const struct cga_key *signed_by;	/* mine */
	const uint8_t	*sign_over;		/* another care-of token */
	const struct in6_addr *sign_coa;
	uint16_t	nonce;			/* of s->proof */
	bool		bad_mac, no_mac, no_nonces, home_nonce;
	bool		no_h;
};

struct in6_addr addr(const char *s);
void later(struct story *s, usec_t by);
void packet(struct story *s, uint32_t ifindex, const void *p, size_t len);
void open_story(struct story *s);
void restart(struct story *s);
void close_story(struct story *s);
/* Somebody on the link asks whether the address is taken. */
void is_seen(struct story *s, const struct in6_addr *a);
uint64_t counter(const struct story *s, const char *key);
size_t build(struct story *s, uint8_t *buf, size_t cap, struct mh *mh,
	     const struct in6_addr *src, const struct in6_addr *hao,
	     const struct proof *p);
bool test_from(struct story *s, const struct in6_addr *a,
	       const struct in6_addr *hao);
void prepare(struct story *s, const struct bu *b, uint8_t *params,
	     struct proof *p);
/* Sends it; s->ack is the answer. */
void update(struct story *s, const struct bu *b);
void replay(struct story *s, const uint8_t *p, size_t len);
/* The first registration of a mobile that has left. */
void registered(struct story *s, uint8_t token[RR_TOKEN]);

#define silent(s)	ck_assert(!(s)->ack.there)
#define refused(s, st)							\
	do {								\
		ck_assert((s)->ack.there);				\
		ck_assert_uint_eq((s)->ack.status, (st));		\
		ck_assert(!(s)->ack.has_token);				\
	} while (0)

#endif
