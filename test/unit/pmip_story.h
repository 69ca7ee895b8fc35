/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pmip_story.h - an anchor or a gateway of RFC 5213, and its peer made by
 * hand: messages are built and signed with src/wire and src/crypto, not by
 * the node under test.
 */
#ifndef MIP6D_TEST_PMIP_STORY_H
#define MIP6D_TEST_PMIP_STORY_H

#include "conf/conf.h"
#include "core/core.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "unit.h"

#define LMA	"2001:db8:f::1"
#define MAG	"2001:db8:f::a1"
#define MAG2	"2001:db8:f::a2"
#define MAG3	"2001:db8:f::a3"	/* no Peer */
#define LMA2	"2001:db8:f::2"		/* a Peer by story_peer */
#define LMA3	"2001:db8:f::3"
#define POOL	"2001:db8:100::/60"	/* sixteen of them */
#define OWN	"2001:db8:100:a::/64"	/* phone's */

/* The wall clock when a story begins, seconds since 1970. */
#define STORY_WALL	1700000000

struct story {
	struct conf	*conf;
	struct node	*node;
	struct mac	*mac;
	usec_t		now;

	/* what was sent last, if it was a Mobility Header */
	unsigned	messages;
	struct mh	mh;
	struct pkt	pkt;
	uint8_t		packet[SEND_MAX];
	/* ... or a Router Advertisement */
	unsigned	adverts;
	struct nd	ra;
	struct in6_addr	ra_src, ra_dst;
	struct lladdr	ra_ll;
	unsigned	solicits;	/* Neighbor Solicitations sent */

	/* what stands; in a crowd flows and records are not looked at */
	bool		crowd;
	unsigned	nflows, npaths, nroutes;
	struct ef_flow	flow[32];
	uint8_t		lcmp[64];
	unsigned	nstored;
	struct store_record stored[16];
};

/* A message as its peer would have made it; what is left zero has the value
 * of an ordinary one. */
struct msg {
	uint8_t		status;
	uint16_t	seq, lifetime;	/* units; 0: 60, or none with `ends' */
	bool		ends, no_p;
	const char	*src, *dst, *alt;
	const char	*coa;		/* of an answer: what its key covers */
	const char	*id;
	bool		no_id, empty_id;
	const char	*hnp[8];	/* "::" asks */
	unsigned	nhnps;
	bool		no_hnp;
	uint8_t		hi, att;
	bool		no_hi, no_att;
	const char	*lli;		/* hex digits; NULL: none */
	const char	*ll;		/* NULL: no option */
	bool		no_stamp, has_exact;
	int		late;		/* ms: its clock is behind */
	uint64_t	exact;		/* with has_exact */
	bool		no_auth, bad_auth;
	uint32_t	spi;		/* 256 */
	bool		hao;
	const char	*lcmp;		/* hex digits */
	bool		bulk;		/* B, RFC 6602 */
	uint32_t	group;		/* 0: no option */
	uint8_t		subtype;	/* its; 0: 1 */
	bool		cap;		/* Redirect-Capability, RFC 6463 */
	const char	*redirect;	/* Redirect */
	bool		load;		/* Load Information */
	uint8_t		other;		/* this option too, IPV4_* or GRE_KEY */
};

struct beat_msg {			/* RFC 5847, of the peer */
	uint16_t	flags;
	uint32_t	seq, counter;
	bool		no_auth, bad_auth;
};

struct bri {				/* RFC 5846, of the peer */
	const char	*src, *id, *hnp;
	uint8_t		code;		/* trigger, or status */
	uint16_t	seq;
	bool		answers, global, no_p;
	uint32_t	group;		/* RFC 6602; 0: none */
	int		late;		/* ms */
	bool		no_stamp, no_auth, bad_auth;
};

struct in6_addr story_addr(const char *);
/* Also one that has a key with us: SPI 256, as the others'. */
void	story_peer(struct story *, const char *who, uint32_t spi);
void	story_open(struct story *, unsigned roles);
void	story_begin(struct story *);	/* the node, after the configuration */
void	story_restart(struct story *);	/* with what was stored */
void	story_reload(struct story *);	/* it has been changed */
void	story_close(struct story *);
void	story_later(struct story *, usec_t by);
void	story_input(struct story *, const struct event *);
void	story_update(struct story *, struct msg);
void	story_answer(struct story *, struct msg);
void	story_beat(struct story *, struct beat_msg);
void	story_revoke(struct story *, struct bri);
/* The message that was sent last comes back, as its receiver's. */
void	story_echo(struct story *);
uint64_t story_stamp(const struct story *, int late);
struct conf_mobile *story_mobile(struct story *, const char *id);
/* Neighbor Discovery of a mobile on the access link (ifindex 3). */
void	story_nd(struct story *, uint8_t type, const char *src,
		 const char *lladdr);
/* The flow of a prefix; NULL: none. */
const struct ef_flow *story_flow(const struct story *, const char *prefix);
/* The nth option of that type of the last message; NULL: none. */
const struct mopt *story_opt(const struct story *, uint8_t type, unsigned nth);

#endif
