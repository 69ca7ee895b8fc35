/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.h - a configuration as plain data.
 *
 * conf_parse makes one from text; tests and the simulator may fill one by
 * hand, starting from conf_new, which sets every default.  All memory
 * belongs to the arena; arrays are grown with conf_add_*.  A struct node
 * borrows its struct conf until node_free or the next node_reconfigure.
 */
#ifndef MIP6D_CONF_CONF_H
#define MIP6D_CONF_CONF_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/atype.h"
#include "base/clock.h"
#include "base/record.h"

#include <stdio.h>

#define CONF_IFNAME	16		/* IFNAMSIZ */
#define CONF_NEVER	UINT32_MAX	/* seconds that do not end */
#define CONF_RULES	512		/* of an AddressPolicy, at most */

enum conf_role {
	CONF_CN = 1,			/* correspondent: only forwards and runs */
	CONF_MN = 2,			/* mobile node */
	CONF_HA = 4,			/* home agent */
	CONF_AR = 8,			/* access router */
	CONF_LMA = 16,			/* local mobility anchor, RFC 5213 */
	CONF_MAG = 32,			/* mobile access gateway */
};

enum conf_protect {
	CONF_PROTECT_NONE,			/* with the word `insecure' */
	CONF_PROTECT_SHARED_KEY,		/* RFC 4285 */
	CONF_PROTECT_CGA,			/* RFC 3972, RFC 4866: our profile */
};

/* Interface "..." { Prefix P { ... } } */
struct conf_prefix {
	struct prefix	prefix;
	uint32_t	valid, preferred;	/* seconds; ND_INFINITE allowed */
	bool		on_link, autonomous;
	bool		router_address;		/* R bit, with our address */
};

/* Interface "..." { Route P { ... } }, RFC 4191 */
struct conf_route {
	struct prefix	prefix;
	int8_t		pref;
	uint32_t	lifetime;		/* seconds */
};

/* How care-of addresses are formed. */
enum conf_careof {
	CONF_COA_OPAQUE,			/* RFC 7217 */
	CONF_COA_EUI64,				/* RFC 4291 appendix A */
	CONF_COA_TEMPORARY,			/* RFC 8981 */
};
#define CONF_CAREOF	4

/* Interface "..." { ... } */
struct conf_iface {
	char		name[CONF_IFNAME];
	unsigned	preference;		/* MnIfPreference 1..10, low wins;
						   UMIP's meaning, default 5 */
	uint8_t		careof_kind;		/* CareOfAddress: enum conf_careof */
	uint32_t	careof_life;		/* of temporary ones, seconds, 86400 */
	struct prefix	careof[CONF_CAREOF];	/* given ones: whole addresses */
	unsigned	ncareof;		/* not 0: only these */
	bool		tunnel;			/* data path here (default yes) */

	bool		send_adverts;		/* SendAdvertisements */
	bool		unsol_adverts;		/* SendUnsolAdvertisements (yes) */
	uint32_t	max_ra_delay;		/* MaxRaDelay, ms: answer to an RS;
						   0..500, default 500 */
	uint32_t	max_interval, min_interval;	/* ms, RFC 4861 6.2.1 with
						   the minima of RFC 6275 7.5 */
	uint32_t	min_delay;		/* ms, MinDelayBetweenRAs (RFC 6275
						   13); 0: as min_interval says */
	uint8_t		hop_limit;
	bool		managed, other;		/* M, O */
	uint32_t	mtu;			/* AdvLinkMTU, 0: none */
	uint32_t	reachable, retrans;	/* ms */
	uint16_t	lifetime;		/* seconds, AdvDefaultLifetime */
	int8_t		router_pref;		/* RFC 4191 */
	bool		home_agent;		/* H: AdvHomeAgentFlag */
	bool		ha_info;		/* AdvHomeAgentInfo */
	uint16_t	ha_preference;
	uint16_t	ha_lifetime;		/* seconds */
	bool		adv_interval;		/* AdvIntervalOpt */
	uint32_t	rdnss_lifetime;		/* seconds */
	struct in6_addr	rdnss[3];
	unsigned	nrdnss;
	char		dnssl[256];		/* names separated by blanks */

	struct conf_prefix *prefix;
	unsigned	nprefixes;
	struct conf_route *route;
	unsigned	nroutes;
};

/* HomeLink "..." { ... } and VirtualHomeLink { ... } of a home agent, and
 * AccessAnchor "..." { ... } of an access router: a link whose addresses are
 * kept alive for who has left it. */
struct conf_home_link {
	char		ifname[CONF_IFNAME];	/* "": virtual */
	struct prefix	prefix;
	struct in6_addr	ha;			/* HomeAgentAddress, Address; :: =
						   any local one in the prefix */
	/* of a virtual one: */
	const char	*network;		/* the others of that name have its
						   mobiles, too; NULL: none */
	uint32_t	valid, preferred;	/* seconds that mobiles are told;
						   ND_INFINITE */
	bool		anchor;			/* an AccessAnchor: */
	uint8_t		protect;		/* enum conf_protect: CGA, or NONE
						   for only what a Peer says */
	uint32_t	max_bindings;		/* MaxBindings, 10000 */
	uint32_t	max_life;		/* MaxLifetime, seconds, 3600 */
	uint32_t	max_per_link;		/* MaxPerLink, 16: bindings and
						   remembered addresses of one
						   link-layer address */
	uint32_t	max_per_careof;		/* MaxPerCareOf, 16 */
	uint32_t	seen_within;		/* SeenWithin, seconds, 3600; 0:
						   nothing is remembered */
};

/* MnHomeLink "..." { ... }: one row for each HomeAddress */
struct conf_home {
	char		ifname[CONF_IFNAME];	/* the interface that roams */
	struct in6_addr	hoa;
	uint8_t		plen;			/* of the home prefix */
	struct in6_addr	ha;			/* HomeAgentAddress; ::, it is
						   found (RFC 6275 11.4.1) */
	uint32_t	lifetime;		/* seconds asked for */
	uint32_t	ro_set;			/* its own MnRoPolicy rows: those
						   with this number, not 0 */
};

enum conf_replay {
	CONF_REPLAY_SEQUENCE,			/* RFC 4285 5.1 / RFC 6275 */
	CONF_REPLAY_TIMESTAMP,			/* RFC 4285 section 6 */
};

/* Peer ADDRESS[/LEN] { ... } and one line of a KeyTable.  At a home agent
 * or access anchor the address is a mobile's home address (or the prefix of
 * many), at a mobile node the home agent's or the access router's. */
struct conf_peer {
	struct prefix	addr;
	uint8_t		protect;		/* enum conf_protect */
	uint8_t		replay;			/* enum conf_replay */
	uint8_t		key_len;		/* 16..64 */
	uint8_t		drift;			/* seconds, default 7 */
	uint32_t	spi;			/* 256.. */
	uint32_t	key_file;		/* whence the key: place in
						   conf->key_file from 1; 0: by
						   hand */
	const uint8_t	*key;			/* NULL: key files not read */
	const char	*nai;			/* MN-ID, NULL: none */
};

/* A file that has one key (Protect) or many (KeyTable). */
struct conf_key_file {
	const char	*path;			/* seen from the first file */
	bool		table;
	uint8_t		replay;			/* of a table's peers */
};

/* One block of AddressPolicy that is for some only.  All of its conditions
 * must hold; what it does not speak of, a later rule or the top decides. */
struct conf_rule {
	/* conditions; NULL, 0 or false: any */
	const char	*program;		/* absolute path */
	const char	*user, *group;		/* a name, or a number */
	const char	*cgroup;		/* "/below/the/cgroup2/mount" */
	uint8_t		protocol;		/* IPPROTO_* of the socket */
	bool		has_dst, has_port;
	struct prefix	dst;			/* of the peer */
	uint16_t	port_lo, port_hi;	/* of the peer, both included */
	/* what follows */
	bool		has_default, has_permit;
	uint8_t		default_type;		/* enum atype; NONE: the kernel's
						   own selection */
	uint8_t		permit;			/* ATYPE_BIT()s */
	bool		block_ipv4;
	uint32_t	line;			/* where it stands, 0: unknown */
	const char	*file;			/* NULL: in the first one */
};

/* AddressLabel PREFIX NUMBER: a row of RFC 6724's policy table. */
struct conf_label {
	struct prefix	prefix;
	uint32_t	label;			/* not UINT32_MAX */
};

/* MnRoPolicy [TYPE, ...] [PEER] enabled insecure|disabled: between which
 * addresses of ours and which peers routes are optimized.  The first row that
 * fits counts, of those of the home address (as in UMIP they stand in its
 * MnHomeLink), and then of the others; without any, none are. */
struct conf_ro_policy {
	uint32_t	set;			/* conf_home.ro_set; 0: of all */
	struct prefix	peer;			/* ::/0: any */
	uint8_t		types;			/* ATYPE_BIT()s; 0: any */
	bool		on;
};

/* CnBindingPolicy HOME-PREFIX [LOCAL-PREFIX] enabled|disabled: whose
 * bindings a correspondent takes.  The first row that fits counts; without
 * any, all are taken. */
struct conf_cn_policy {
	struct prefix	hoa, local;
	bool		on;
};

/* AccessLink "..." { ... }: where a mobile access gateway looks for mobiles. */
struct conf_access_link {
	char		ifname[CONF_IFNAME];
	uint8_t		technology;		/* enum mopt_att */
	uint32_t	probe;			/* MobileProbeInterval, ms of silence
						   before a mobile is asked */
	uint32_t	lifetime;		/* AdvDefaultLifetime, seconds */
};

/* RedirectLma ADDRESS { ... }: an anchor that new sessions are given to
 * (RFC 6463), our own among them. */
#define CONF_REDIRECTS	32
struct conf_redirect {
	struct in6_addr	addr;
	uint32_t	priority;		/* the lowest are asked first */
	uint32_t	weight;			/* share among those alike */
};

/* MobileNode "user@realm" { ... }: the policy profile of RFC 5213 6.2.  At a
 * local mobility anchor "@realm" stands for all of a realm. */
#define CONF_HNPS	4
#define CONF_MAG_MOBILES 4096		/* of a gateway, that only a controller
						   names */
struct conf_mobile {
	const char	*id;
	struct lladdr	*ll;			/* LinkLayerAddress */
	unsigned	nll;
	struct prefix	hnp[CONF_HNPS];		/* HomeNetworkPrefix, /64 each */
	unsigned	nhnps;
	unsigned	prefixes;		/* Prefixes: so many of the pools */
	struct in6_addr	lma;			/* LmaAddress; :: = the node's, or
						   whichever */
	uint32_t	lifetime;		/* Lifetime, seconds */
	uint32_t	group;			/* BulkGroup: the anchor's */
	bool		allowed;		/* ProxyRegistration */
	struct prefix	*mag;			/* Mag: who may register it */
	unsigned	nmags;			/* 0: any that has a Peer */
};

/* BindingAclPolicy HOME-PREFIX|"IDENTITY" allow|deny: who may register with a
 * home agent.  The first row that fits counts; then DefaultBindingAclPolicy,
 * if it is there; then without any row whose very address a Peer names, with
 * one nobody. */
struct conf_acl {
	struct prefix	hoa;			/* with an identity: not used */
	const char	*nai;			/* RFC 4283; "@realm": all of it;
						   NULL: by address */
	uint8_t		status;			/* 0: allow; the refusal's, 128.. */
};
#define CONF_ACL_UNSAID	(-1)

#define CONF_HOME_AGENTS 256		/* HaMaxHomeAgents, at most */

struct conf {
	struct arena	arena;
	unsigned	roles;			/* enum conf_role, or-ed */
	unsigned	debug;			/* DebugLevel 0..10 */

	struct conf_iface *iface;	unsigned nifaces, cap_ifaces;
	struct conf_home_link *home_link; unsigned nhome_links, cap_home_links;
	struct conf_home *home;		unsigned nhomes, cap_homes;
	struct conf_peer *peer;		unsigned npeers, cap_peers;
	struct conf_key_file *key_file;	unsigned nkey_files, cap_key_files;

	/* home agent */
	uint32_t	ha_max_binding_life;	/* seconds, 262140 */
	uint32_t	ha_max_bindings;	/* 1 000 000 */
	uint32_t	ha_max_agents;		/* HaMaxHomeAgents, of all home
						   links, 32 */
	uint32_t	ha_max_memberships;	/* HaMaxMemberships, 0: mobiles
						   have no multicast */
	uint32_t	ha_max_memberships_per_mobile;	/* and of each: 32 */
	struct conf_acl	*acl;		unsigned nacls, cap_acls;
	int16_t		acl_default;		/* DefaultBindingAclPolicy: a
						   status, or CONF_ACL_UNSAID */
	bool		send_pfx_advs;		/* SendMobPfxAdvs, yes */
	bool		send_unsol_pfx_advs;	/* SendUnsolMobPfxAdvs, yes */
	uint32_t	min_pfx_adv_interval;	/* seconds, 600 */
	uint32_t	max_pfx_adv_interval;	/* seconds, 86400 */

	/* mobile node */
	uint32_t	mn_max_ha_binding_life;	/* seconds, 262140 */
	uint32_t	bindack_first;		/* InitialBindackTimeoutFirstReg,
						   ms, 1500 */
	uint32_t	bindack_rereg;		/* ...ReReg, ms, 1000 */
	uint32_t	bindack_max;		/* MAX_BINDACK_TIMEOUT, ms, 32000 */
	unsigned	max_ha_resends;		/* MnMaxHaConsecutiveResends, 5 */
	bool		prefix_sols;		/* SendMobPfxSols, default on */
	bool		prefix_insecure;	/* ... and what comes is believed,
						   protected or not */
	uint32_t	solicit_first;		/* InitialSolicitTimer, ms, 3000 */
	bool		reset_dhaad;		/* MnResetDhaadAtHome, default off */
	unsigned	router_probes;		/* MnRouterProbes, default 2 */
	uint32_t	router_probe_timeout;	/* ms, default 200 */
	unsigned	max_addresses;		/* MnMaxAddresses, 64: formed for
						   an AddressPolicy */
	unsigned	max_routers;		/* routers remembered on a link, 8 */
	unsigned	max_prefixes;		/* prefixes of them, 16 */
	bool		optimistic_handoff;	/* OptimisticHandoff: use the tunnel
						   from the BU on, default off */
	bool		optimistic_dad;		/* of care-of addresses, default on */
	bool		refuse_unreachable;	/* WhenUnreachable refuse; default
						   hold */
	bool		discard_param_problem;	/* MnDiscardHaParamProb, default off */
	bool		ro_mn;			/* DoRouteOptimizationMN, default on:
						   as MnRoPolicy has it */
	uint32_t	ro_max_life;		/* MnMaxCnBindingLife, 420 */
	struct conf_ro_policy *ro_policy; unsigned nro_policies,
						   cap_ro_policies;
	uint32_t	ro_packets;		/* MnRoPackets in a second start
						   it, 4 */
	uint32_t	ro_idle;		/* MnRoIdle, seconds without traffic
						   that end it, 60 */
	uint32_t	ro_max_peers;		/* MnRoMaxPeers, 64 */
	struct conf_label *label;	unsigned nlabels;	/* 0: the kernel's own */

	/* AddressPolicy { ... }: on-demand mobility, RFC 8653.  Without the
	 * block home addresses exist from the start, as in RFC 6275.  A type
	 * that is a Default anywhere is to be treated as if Boot had it, but
	 * for the home-anchored one. */
	bool		on_demand;
	uint8_t		boot;			/* Boot: ATYPE_BIT()s; in a block
						   without it, the Default's */
	uint8_t		default_type;		/* Default: enum atype */
	uint8_t		permit;			/* Permit: ATYPE_BIT()s */
	struct conf_rule *rule;		unsigned nrules;
	uint32_t	linger[ATYPES];		/* Linger TYPE, seconds after the last
						   session; CONF_NEVER */
	uint32_t	renew[ATYPES];		/* Renew TYPE, seconds; 0: never */
	uint32_t	grace;			/* GracePeriod, seconds that a graceful
						   address outlives its link */
	uint32_t	udp_idle;		/* UdpIdle, seconds without traffic that
						   end an unconnected UDP session */
	uint32_t	acquire_timeout;	/* AcquireTimeout, ms */
	uint8_t		access_protect;		/* AccessProtection: CGA, or NONE
						   for only what a Peer says */
	uint8_t		cga_sec;		/* CgaSec, 0..3 */
	uint32_t	max_requests;		/* MaxRequests, of one user at once */

	/* correspondent */
	bool		cn_also;		/* DoRouteOptimizationCN: NodeConfig CN
						   beside another role */
	uint32_t	cn_max_bindings;	/* CnMaxBindings, 10000 */
	struct conf_cn_policy *cn_policy; unsigned ncn_policies,
						   cap_cn_policies;

	/* Proxy Mobile IPv6 */
	struct in6_addr	lma_address;		/* LmaAddress: ours, or the one */
	struct in6_addr	mag_address;		/* MagAddress: our Proxy-CoA */
	struct prefix	*pool;	unsigned npools, cap_pools; /* HomeNetworkPrefix */
	struct conf_mobile *mobile;	unsigned nmobiles, cap_mobiles;
	struct conf_access_link *access; unsigned naccess, cap_access;
	uint32_t	lma_max_bindings;	/* LmaMaxBindings, 1 000 000 */
	uint32_t	lma_max_binding_life;	/* LmaMaxBindingLife, seconds */
	uint32_t	delete_delay;		/* MinDelayBeforeBCEDelete, ms */
	uint32_t	assign_delay;		/* MaxDelayBeforeNewBCEAssign, ms */
	uint32_t	stamp_window;		/* TimestampValidityWindow, ms */
	/* RFC 8127, to gateways; seconds */
	bool		lcmp_registrations, lcmp_heartbeats;
	uint32_t	lcmp_before, lcmp_first, lcmp_most;
	uint32_t	lcmp_beat, lcmp_beat_retry, lcmp_beat_most;
	bool		revocation;		/* BindingRevocation */
	uint32_t	heartbeat;		/* HeartbeatInterval, s; 0: none */
	uint32_t	missing_heartbeats;	/* MissingHeartbeatsAllowed */
	bool		redirect;		/* EnableLMARedirectFunction */
	bool		redirect_accept;	/* EnableLMARedirectAccept... */
	struct in6_addr	lma_redirect;		/* LmaRedirectAddress; :: */
	struct conf_redirect redirect_to[CONF_REDIRECTS];
	unsigned	nredirects;		/* RedirectLma */
	struct prefix	redirector[CONF_REDIRECTS];
	unsigned	nredirectors;		/* RedirectingLma */
	bool		accept_bulk;		/* AcceptBulkBindingUpdateReq... */
	bool		request_bulk;		/* RequestBulkBindingUpdate... */
	uint32_t	lma_max_groups;		/* LmaMaxBulkGroups, of a gateway */
	bool		timestamps;		/* TimestampBasedApproachInUse */
	bool		mag_local_routing;	/* EnableMAGLocalRouting */
	struct in6_addr	mag_linklocal;		/* FixedMAGLinkLocalAddress...;
						   :: = the anchor says it */

	/* the data path */
	bool		fast_path;		/* FastPath: physical ingress to
						   tunnel, past the path device */
};

struct conf *conf_new(void);			/* defaults; NULL: memory */
struct conf *conf_free(struct conf *);		/* always NULL */
/* A new zeroed row with its defaults; NULL: memory (or a name that is longer
 * than CONF_IFNAME - 1).  Earlier rows move. */
struct conf_iface	*conf_add_iface(struct conf *, const char *name);
struct conf_home_link	*conf_add_home_link(struct conf *);
struct conf_home_link	*conf_add_anchor(struct conf *, const char *ifname);
struct conf_home	*conf_add_home(struct conf *);
struct conf_peer	*conf_add_peer(struct conf *);
struct conf_prefix	*conf_add_prefix(struct conf *, struct conf_iface *);
struct conf_route	*conf_add_route(struct conf *, struct conf_iface *);
struct conf_rule	*conf_add_rule(struct conf *);
struct conf_label	*conf_add_label(struct conf *);
struct conf_ro_policy	*conf_add_ro_policy(struct conf *);
struct conf_cn_policy	*conf_add_cn_policy(struct conf *);
struct conf_acl	*conf_add_acl(struct conf *);
struct conf_key_file	*conf_add_key_file(struct conf *, const char *path);
struct conf_mobile	*conf_add_mobile(struct conf *, const char *id);
struct lladdr		*conf_add_mobile_ll(struct conf *, struct conf_mobile *);
struct prefix		*conf_add_mobile_mag(struct conf *, struct conf_mobile *);
struct conf_access_link	*conf_add_access(struct conf *, const char *ifname);
struct prefix		*conf_add_pool(struct conf *);
/* How many bindings this node keeps at most, in all of its roles. */
uint32_t conf_max_bindings(const struct conf *);
uint32_t conf_max_home_bindings(const struct conf *);	/* but as CN */
/* Memory for so many more peers at once. */
bool	conf_reserve_peers(struct conf *, unsigned more);

/* Read a file.  All errors go to `errors' as file:line:column, the line and
 * a caret (NULL: nowhere); the return is their number, or 0 with *ret set.  Key files are
 * read (owner-only permission is checked) unless `keys' is false.  A path in
 * a file is seen from that file's directory. */
unsigned conf_parse_file(const char *path, bool keys, FILE *errors,
			 struct conf **ret);
/* The same configuration, every statement written out.  It parses to the
 * same when it stands in the first file's directory; a key that came from no
 * file is not shown. */
void	conf_print(const struct conf *, FILE *);
/* A rule of AddressPolicy in one line: `Port 22 { Default none; }'. */
void	conf_print_rule(const struct conf_rule *, FILE *);
/* The name of a protocol ("tcp"), or NULL. */
const char *conf_protocol_name(uint8_t);
bool	conf_protocol_parse(const char *word, uint8_t *ret);
/* What may stand in a configuration: every statement with its values,
 * default and purpose. */
void	conf_describe(FILE *);

#endif
