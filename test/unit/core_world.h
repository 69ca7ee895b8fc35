/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core_world.h - a home agent or router in a world made by a test.
 *
 * The test says what happens (links, addresses, messages); the world takes
 * the effects out of the node, writes each as a line of text, and keeps the
 * picture that a kernel would have: paths, flows, proxies and records.  An
 * effect that makes no sense in that picture (a flow to a path that is not
 * there, a path taken away under a flow) fails the test at once.
 */
#ifndef MIP6D_TEST_CORE_WORLD_H
#define MIP6D_TEST_CORE_WORLD_H

#include "conf/conf.h"
#include "core/core.h"
#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "unit.h"

#define HA	"2001:db8:1::1"		/* on the real home link */
#define HA_LL	"fe80::1"
#define VHA	"2001:db8:2::1"		/* of the virtual one */
#define HOA	"2001:db8:1::10"	/* a mobile of the real link */
#define VHOA	"2001:db8:2::10"	/* and of the virtual one */
#define COA	"2001:db8:a::10"
#define COA2	"2001:db8:b::10"
#define HOME	2			/* ifindex of the home link */

struct world_keys {
	unsigned	npaths, nflows, nproxies, nrecords;
	struct path_key	path[64];
	struct ef_flow	flow[64];
	struct addr_key	proxy[64];
	struct store_record record[512];
};

struct world {
	struct conf	*conf;
	struct node	*node;
	usec_t		now;
	int64_t		wall;
	bool		notes;		/* write notes down too */
	bool		stores;		/* and what is stored */
	bool		ra_detail;
	bool		anycasts;	/* and anycast addresses */
	bool		hold_effects;	/* leave them in the node */
	char		did[65536];	/* since the last world_expect */
	struct mh	ba;		/* the last Binding Acknowledgement */
	uint8_t		ba_bytes[MH_LEN_MAX];
	uint8_t		sent[SEND_MAX];	/* the last packet of all */
	size_t		sent_len;
	unsigned	nba;
	struct mh	cot;		/* the last Care-of Test, */
	struct lladdr	cot_ll;		/*   to this neighbour; len 0: resolved */
	uint16_t	mpa_id;		/* of the last MPA */
	struct world_keys keys;
};

/* A home agent with a real and a virtual home link; every home address in
 * them has one key. */
void	world_open(struct world *, unsigned roles);
void	world_start(struct world *);	/* links and addresses, ready */
/* The two, with the effects of a home agent's start checked; and with HOA
 * registered (sequence number 100, 240 s, five seconds ago) and announced. */
void	world_begin(struct world *);
void	world_away(struct world *, uint16_t flags);
void	world_close(struct world *);
/* The node dies and is born again with what was stored. */
void	world_restart(struct world *);
void	world_restore(struct world *, const struct store_record *);
/* Another configuration, which the world owns from now on. */
void	world_reconfigure(struct world *, struct conf *);
struct conf *world_conf(unsigned roles);	/* the one of world_open */

void	world_link(struct world *, uint32_t ifindex, const char *name, bool up);
void	world_gone(struct world *, uint32_t ifindex, const char *name);
void	world_address(struct world *, uint32_t ifindex, const char *addr,
		      enum addr_state);
void	world_packet(struct world *, uint32_t ifindex, const void *, size_t);
void	world_nd(struct world *, uint32_t ifindex, const struct nd *,
		 const char *src, const char *dst);
/* An ICMPv6 message of mobility; `hao' NULL: no Home Address option. */
void	world_icmp(struct world *, const struct icmp *, const char *src,
		   const char *dst, const char *hao);
void	world_switch(struct world *, const char *hoa, bool on);
void	world_later(struct world *, usec_t);	/* time passes, ticks */
void	world_shutdown(struct world *);

/* A Binding Update.  What is left zero has the value of an ordinary one. */
struct bu {
	const char	*src;		/* COA */
	const char	*dst;		/* HA, or VHA for a VHOA */
	const char	*hoa;		/* HOA */
	const char	*alt;		/* Alternate Care-of Address; none */
	uint16_t	seq;
	uint16_t	lifetime;	/* units */
	uint16_t	clear, set;	/* of the flags A, H */
	uint32_t	ifindex;
	bool		no_hao, no_auth, bad_auth, nonces;
	bool		no_careof;	/* At an anchor: without the proof, */
	bool		bad_careof;	/*   with a wrong one, */
	const char	*careof_of;	/*   or one of that address. */
	uint32_t	spi;		/* 256 */
	uint64_t	replay;		/* timestamp; none */
	const char	*nai;
};
/* At an anchor there is a care-of test before it, by somebody who is reachable
 * at that address. */
void	world_bu(struct world *, const struct bu *);
/* That test; false: no answer. */
bool	world_test(struct world *, const struct in6_addr *coa,
		   const struct in6_addr *anchor);
/* Is the last acknowledgement signed, over these addresses? */
bool	world_signed(const struct world *, const struct in6_addr *coa,
		     const struct in6_addr *hoa);
/* NTP time of the world's clock, moved by so many milliseconds. */
uint64_t world_ntp(const struct world *, int64_t msec);

/* All that happened since the last call, line by line. */
void	world_expect(struct world *, const char *want);
#define world_quiet(w)	world_expect((w), "")
/* How many lines of that kind happened; forgets everything. */
unsigned world_count(struct world *, const char *start_of_line);
/* Records of a show, one a line, into `buf'. */
void	world_show(struct world *, const char *what, char *buf, size_t cap);

struct in6_addr world_addr(const char *);

Suite	*suite_ha_status(void);		/* test_core_ha_status.c */
Suite	*suite_ha_admission(void);	/* test_core_ha_admission.c */
Suite	*suite_ha_multicast(void);	/* test_core_ha_multicast.c */
Suite	*suite_ha_network(void);	/* test_core_ha_network.c */
Suite	*suite_ha_renumber(void);	/* test_core_ha_renumber.c */

#endif
