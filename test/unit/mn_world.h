/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_world.h - a mobile node in a world made by a test.
 *
 * The test says what happens (links, advertisements, acknowledgements, what
 * applications want); the world takes the effects out of the node and writes
 * each as a line of text.  Its kernel lets every new address stand at once,
 * unless told otherwise.
 *
 * Whatever the story, some things must hold; the world looks at them after
 * every event and fails the test: nobody is answered twice, or who did not
 * ask; an answer and EF_CURRENT name only addresses that are owned, and of
 * that type; a path does not go under its flow.
 */
#ifndef MIP6D_TEST_MN_WORLD_H
#define MIP6D_TEST_MN_WORLD_H

#include "unit.h"

#include "conf/conf.h"
#include "core/core.h"
#include "crypto/cga.h"
#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#define HOA	"2001:db8:1::10"
#define HOA2	"2001:db8:1::11"	/* where a test gives it a second one */
#define HA	"2001:db8:1::1"
#define ETH0	2

enum world_show {
	SHOW_MH = 1, SHOW_ND = 2, SHOW_ADDRESS = 4, SHOW_ROUTE = 8,
	SHOW_FLOW = 16,			/* tunnels, too */
	SHOW_PROXY = 32, SHOW_SYNC = 64,
	SHOW_DEMAND = 128,		/* owned, current, reply, abort */
	SHOW_NOTE = 256,		/* of addresses */
	SHOW_MN = SHOW_MH | SHOW_ND | SHOW_ADDRESS | SHOW_ROUTE | SHOW_FLOW |
		  SHOW_PROXY | SHOW_SYNC,
};

struct world_asker {
	uint64_t	id;
	bool		released;
	unsigned	answers;
	int		error;
	struct in6_addr	addr;
};

struct world_owned {
	struct in6_addr	addr;
	enum atype	type;
	bool		up, cga;
	char		name[16];	/* A1, U2: by type, as they came */
};

struct world_kaddr {
	uint32_t	ifindex;
	struct in6_addr	addr;
	enum addr_state	state;
	uint32_t	preferred;
	bool		fresh;		/* nobody was told yet */
};

#define WORLD_OWNED	256
#define WORLD_ASKERS	8192
struct world {
	struct conf	*conf;
	struct node	*node;
	usec_t		now;
	unsigned	show;		/* enum world_show */
	char		did[1 << 18];
	struct mh	bu;		/* the last Binding Update */
	struct in6_addr	bu_src, bu_dst, bu_hoa;
	struct icmp	icmp;		/* the last discovery */
	struct in6_addr	icmp_src, icmp_dst;
	struct world_test {		/* its last home and care-of test */
		unsigned	n;	/* how many there were */
		uint64_t	cookie;
		struct in6_addr	src, dst;
	} test[2];
	struct world_kaddr kaddr[1024];	/* on interfaces, not the path's */
	unsigned	nkaddrs;
	struct in6_addr	fresh;		/* the last that it asked for */
	bool		slow_dad;	/* the kernel says nothing about it */
	unsigned	duplicates;	/* so many addresses of its own making
					   turn out to be somebody's */
	uint32_t	eth;		/* where things happen */
	uint8_t		card;		/* which one is in there */
	uint32_t	metric[4];	/* of each interface's default route */
	bool		early_bind;
	bool		tested;		/* anchors answer care-of tests */
	uint8_t		key[CGA_DER_MAX];	/* for CGAs */
	size_t		key_len;		/* 0: it has none */

	struct world_owned owned[WORLD_OWNED];
	unsigned	nowned;
	struct ef_current current[ATYPES];
	struct world_asker asker[WORLD_ASKERS];
	unsigned	naskers;
	struct store_record store[512];
	unsigned	nstores;
};

struct in6_addr w_addr(const char *);

/* A mobile node with a home address; not told anything yet.  Between the
 * two the test may change w->conf. */
void	w_prepare(struct world *);
void	w_born(struct world *);
void	w_make(struct world *);		/* both */
void	w_begin(struct world *);	/* a link, ready */
void	w_away(struct world *);		/* bound, on the link of router 2 */
/* As w_prepare, with an AddressPolicy in which nothing is there before it is
 * wanted, and a key for all anchors in 2001:db8:a::/48, which answer care-of
 * tests; shows what demand does, and no more.  w_arrive: born, with a link, on that of the anchor
 * 2001:db8:a:2::2. */
void	w_on_demand(struct world *);
void	w_arrive(struct world *);
void	w_move(struct world *, uint8_t station, const char *prefix);
/* Every asker was answered or has released: fails if not.  Frees. */
void	w_end(struct world *);
/* Killed, and born again with what was stored; the kernel keeps addresses. */
void	w_restart(struct world *);
void	w_reload(struct world *, struct conf *);	/* takes it */
void	w_shutdown(struct world *);

/* A key, before it is born. */
void	w_make_key(struct world *);
struct conf_home *w_conf_home(struct conf *, const char *hoa, const char *ha);
/* The key for `ha', an address or a prefix. */
struct conf_peer *w_conf_peer(struct conf *, const char *ha);

void	w_drain(struct world *);
/* What happened since the last look is exactly this. */
void	w_expect(struct world *, const char *chart);
void	w_forget(struct world *);
/* Did a line that begins so happen since?  How often?  Forgets nothing. */
unsigned w_count(struct world *, const char *start_of_line);

void	w_input(struct world *, const struct event *);
void	w_ready(struct world *);
void	w_pass(struct world *, usec_t);
void	w_link(struct world *, bool up);
void	w_gone(struct world *);			/* the interface */
void	w_linklocal(struct world *);
void	w_address(struct world *, const struct in6_addr *, enum addr_state);

/* An advertisement of router `station' with one prefix.  Number 1 has the
 * R bit, of the home agent. */
void	w_ra(struct world *, uint8_t station, const char *prefix);
void	w_ra_pio(struct world *, uint8_t station, const char *prefix,
		 uint8_t flags, uint32_t valid, uint32_t preferred);
/* Of an anchor: its address is prefix::station. */
void	w_ra_anchor(struct world *, uint8_t station, const char *prefix);
void	w_ra_send(struct world *, uint8_t station, struct nd *);
void	w_na(struct world *, uint8_t station);
/* ... by somebody with another link-layer address. */
void	w_na_from(struct world *, uint8_t station, uint8_t sender);
void	w_packet(struct world *, const struct wbuf *, uint8_t station);

/* An ICMPv6 message of discovery; rh2 may be NULL. */
void	w_icmp(struct world *, const struct icmp *, const char *src,
	       const struct in6_addr *dst, const char *rh2);

struct w_answer {
	uint8_t		status;
	uint16_t	seq;		/* 0: the update's */
	uint16_t	lifetime;	/* units; 0: as asked */
	uint16_t	advice;		/* Binding Refresh Advice, units */
	bool		wrong_key, no_auth;
	uint64_t	stamp;
};
/* Whom the last update was for acknowledges it. */
void	w_ba(struct world *, struct w_answer);
void	w_ok(struct world *);
/* It sends a Binding Error to where we are bound, or would be. */
void	w_be(struct world *, uint8_t status);

/* A Home Agent Switch from this home agent to HOA, with these others. */
struct w_switch {
	const char	*from;		/* NULL: HA */
	const char	*to[3];
	bool		wrong_key, no_auth, no_stamp, no_rh2;
	int64_t		late;		/* seconds that the clock is behind */
};
void	w_switch(struct world *, struct w_switch);

void	w_ask(struct world *, uint64_t id, enum atype, usec_t timeout);
void	w_release(struct world *, uint64_t id);
void	w_claims(struct world *, enum atype, uint32_t n);
void	w_traffic(struct world *, const struct in6_addr *src);
void	w_sockets(struct world *, const struct in6_addr *, uint32_t n);
/* As the kernel has it: NULL, not at all. */
const struct world_kaddr *w_kaddr(const struct world *, const struct in6_addr *);
struct world_kaddr *w_kaddr_on(struct world *, uint32_t ifindex,
			       const struct in6_addr *);
/* The address that EF_CURRENT gives, or ::. */
struct in6_addr w_current(const struct world *, enum atype);
const struct world_asker *w_asker(const struct world *, uint64_t id);

/* Records of a show, one a line. */
void	w_show(struct world *, const char *what, char *buf, size_t cap);

#endif
