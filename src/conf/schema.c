/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema.c - every statement of the configuration, one row each.
 *
 * A new statement is a row here, a field in conf.h, an item in the manual
 * page (a test compares the two) and a golden file.  Most rows say all that
 * is to know; those of V_CUSTOM name the functions that read and print them.
 * Statements that UMIP had keep its names; RA statements that it had not are
 * named as radvd names them.
 */
#include "conf/schema.h"
#include "conf/parse.h"

#include <inttypes.h>

#define FIELD(row, field)						\
	.offset = offsetof(struct row, field),				\
	.size = sizeof(((struct row *)0)->field)
#define BOOL(n, row, field, d)						\
	.name = n, .type = V_BOOL, FIELD(row, field), .def = d
#define UINT(n, row, field, lo, hi, d)					\
	.name = n, .type = V_UINT, FIELD(row, field),			\
	.min = lo, .max = hi, .def = d
#define MSECS(n, row, field, lo, hi, d)					\
	.name = n, .type = V_MSEC, FIELD(row, field),			\
	.min = lo, .max = hi, .def = d
#define LIFETIME(n, row, field, d)					\
	.name = n, .type = V_LIFETIME, FIELD(row, field),		\
	.max = UINT32_MAX - 1, .def = d
#define CUSTOM(n, a, get, put)						\
	.name = n, .type = V_CUSTOM, .args = a, .apply = get, .print = put
#define BLOCK(n, a, b)							\
	.name = n, .type = V_BLOCK, .args = a, .block = b,		\
	.flags = STMT_MANY

#define MN	CONF_MN
#define HA	CONF_HA
#define AR	CONF_AR
#define CN	CONF_CN
#define RTR	(CONF_HA | CONF_AR)
#define LMA	CONF_LMA
#define MAG	CONF_MAG
#define PMIP	(CONF_LMA | CONF_MAG)

const struct keyword schema_bool[] = {
	{ "disabled", 0 }, { "enabled", 1 },
	/* UMIP takes these, too */
	{ "false", 0 }, { "true", 1 },
	{ NULL }
};

const struct keyword schema_roles[] = {
	{ "MN", CONF_MN }, { "HA", CONF_HA }, { "AR", CONF_AR },
	{ "CN", CONF_CN }, { "LMA", CONF_LMA }, { "MAG", CONF_MAG }, { NULL }
};

const struct keyword schema_pref[] = {
	{ "low", -1 }, { "medium", 0 }, { "high", 1 }, { NULL }
};

const struct keyword schema_replay[] = {
	{ "sequence", CONF_REPLAY_SEQUENCE },
	{ "timestamp", CONF_REPLAY_TIMESTAMP }, { NULL }
};

/* Who has no Peer: by the address itself, or not at all. */
const struct keyword schema_strangers[] = {
	{ "cga", CONF_PROTECT_CGA }, { "peer", CONF_PROTECT_NONE }, { NULL }
};

/* RFC 5213 8.5, and what IANA has since. */
static const struct keyword technologies[] = {
	{ "virtual", 1 }, { "ppp", 2 }, { "ethernet", 3 }, { "wlan", 4 },
	{ "wimax", 5 }, { NULL }
};

static const struct keyword schema_unreachable[] = {
	{ "hold", 0 }, { "refuse", 1 }, { NULL }
};

const struct keyword schema_types[] = {
	{ "none", ATYPE_NONE }, { "home-anchored", ATYPE_HOME },
	{ "access-anchored", ATYPE_ACCESS }, { "unanchored", ATYPE_UNANCHORED },
	{ "graceful", ATYPE_GRACEFUL }, { NULL }
};

/* IPPROTO_RAW is what a raw socket is made with that writes its own
 * headers. */
const struct keyword schema_protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMPV6 }, { "raw", IPPROTO_RAW }, { NULL }
};

/* RFC 6275 section 6.1.7: a lifetime is 16 bits of four seconds. */
#define LIFE_MIN	4
#define LIFE_MAX	262140

static const struct statement top_stmts[] = {
	{ CUSTOM("NodeConfig", "MN|HA|AR|CN|LMA|MAG, ...", custom_roles, print_roles),
	  .flags = STMT_REQUIRED,
	  .help = "what this node is" },
	{ UINT("DebugLevel", conf, debug, 0, 10, 0),
	  .help = "how much is logged" },
	{ BOOL("FastPath", conf, fast_path, 0),
	  .help = "tunnels past the path device, unseen by tcpdump on it" },
	{ UINT("HaMaxBindingLife", conf, ha_max_binding_life,
	       LIFE_MIN, LIFE_MAX, LIFE_MAX), .roles = HA,
	  .help = "longest binding granted, seconds" },
	{ UINT("HaMaxBindings", conf, ha_max_bindings, 1, 16777216, 1000000),
	  .roles = HA,
	  .help = "most bindings kept" },
	{ UINT("HaMaxHomeAgents", conf, ha_max_agents, 1, CONF_HOME_AGENTS, 32),
	  .roles = HA,
	  .help = "most other home agents remembered" },
	{ UINT("HaMaxMemberships", conf, ha_max_memberships, 0, 65536, 0),
	  .roles = HA,
	  .help = "most groups that mobile nodes away listen to, in all" },
	{ UINT("HaMaxMembershipsPerMobile", conf,
	       ha_max_memberships_per_mobile, 1, 65536, 32), .roles = HA,
	  .help = "most groups that one of them listens to" },
	{ CUSTOM("BindingAclPolicy", "address[/length]|\"identity\" "
		 "allow|deny|status", custom_acl, print_acls), .roles = HA,
	  .flags = STMT_MANY,
	  .help = "who may register" },
	{ CUSTOM("DefaultBindingAclPolicy", "allow|deny|status",
		 custom_acl_default, print_acl_default), .roles = HA,
	  .derived = "deny, but without a BindingAclPolicy those that Peer or KeyTable name one by one",
	  .help = "the same for all others, of those that have a Peer" },
	{ BOOL("SendMobPfxAdvs", conf, send_pfx_advs, 1), .roles = HA,
	  .help = "answer Mobile Prefix Solicitations" },
	{ BOOL("SendUnsolMobPfxAdvs", conf, send_unsol_pfx_advs, 1),
	  .roles = HA,
	  .help = "tell mobile nodes of changed home prefixes" },
	{ UINT("MinMobPfxAdvInterval", conf, min_pfx_adv_interval, 1, 31536000,
	       600), .roles = HA,
	  .help = "shortest delay of such a message, seconds" },
	{ UINT("MaxMobPfxAdvInterval", conf, max_pfx_adv_interval, 1, 31536000,
	       86400), .roles = HA,
	  .help = "longest time without one, seconds" },
	{ CUSTOM("KeyTable", "\"file\" [replay sequence|timestamp]",
		 custom_key_table, print_key_tables),
	  .roles = RTR | LMA, .flags = STMT_MANY,
	  .help = "file of peers: ADDRESS SPI HEXKEY [NAI]" },
	{ UINT("MnMaxHaBindingLife", conf, mn_max_ha_binding_life,
	       LIFE_MIN, LIFE_MAX, LIFE_MAX), .roles = MN,
	  .help = "longest binding asked for, seconds" },
	{ MSECS("InitialBindackTimeoutFirstReg", conf, bindack_first,
		100, 256000, 1500), .roles = MN,
	  .help = "first wait for an answer, not yet registered" },
	{ MSECS("InitialBindackTimeoutReReg", conf, bindack_rereg,
		100, 256000, 1000), .roles = MN | MAG,
	  .help = "first wait for an answer, registered before" },
	{ MSECS("MaxBindackTimeout", conf, bindack_max, 100, 256000, 32000),
	  .roles = MN | MAG,
	  .help = "longest wait between two Binding Updates" },
	{ UINT("MnMaxHaConsecutiveResends", conf, max_ha_resends, 1, 255, 5),
	  .roles = MN,
	  .help = "tries before another home agent of those found" },
	{ CUSTOM("SendMobPfxSols", "enabled [insecure]|disabled",
		 custom_prefix_sols, print_prefix_sols), .roles = MN,
	  .derived = "enabled",
	  .help = "ask the home agent about the home prefix" },
	{ MSECS("InitialSolicitTimer", conf, solicit_first, 100, 256000, 3000),
	  .roles = MN,
	  .help = "first wait for the answer to that" },
	{ BOOL("MnResetDhaadAtHome", conf, reset_dhaad, 0), .roles = MN,
	  .help = "forget at home which home agents were found" },
	{ UINT("MnRouterProbes", conf, router_probes, 0, 10, 2), .roles = MN,
	  .help = "probes of the old router before a handover" },
	{ MSECS("MnRouterProbeTimeout", conf, router_probe_timeout,
		10, 10000, 200), .roles = MN,
	  .help = "wait for the answer to a probe" },
	{ UINT("MnMaxRouters", conf, max_routers, 1, 64, 8), .roles = MN,
	  .help = "routers remembered on a link" },
	{ UINT("MnMaxPrefixes", conf, max_prefixes, 1, 256, 16), .roles = MN,
	  .help = "prefixes remembered on a link" },
	{ UINT("MnMaxAddresses", conf, max_addresses, 1, 512, 64),
	  .roles = MN,
	  .help = "addresses formed for AddressPolicy at a time" },
	{ BOOL("OptimisticHandoff", conf, optimistic_handoff, 0), .roles = MN,
	  .help = "use the tunnel before the home agent has answered" },
	{ BOOL("OptimisticDad", conf, optimistic_dad, 1), .roles = MN,
	  .help = "use a care-of address during its DAD, RFC 4429" },
	{ .name = "WhenUnreachable", .type = V_WORD,
	  FIELD(conf, refuse_unreachable), .words = schema_unreachable,
	  .roles = MN,
	  .help = "packets of a home address whose home agent is silent" },
	{ BOOL("MnDiscardHaParamProb", conf, discard_param_problem, 0),
	  .roles = MN,
	  .help = "do not heed ICMPv6 errors of home agents" },
	{ BOOL("DoRouteOptimizationMN", conf, ro_mn, 1), .roles = MN,
	  .help = "optimize routes, as far as MnRoPolicy says" },
	{ CUSTOM("DoRouteOptimizationCN", "enabled|disabled", custom_ro_cn,
		 print_ro_cn), .derived = "as NodeConfig says",
	  .help = "enabled: be a correspondent, too" },
	{ UINT("MnMaxCnBindingLife", conf, ro_max_life, LIFE_MIN, 420, 420),
	  .roles = MN,
	  .help = "longest binding asked of correspondents, seconds" },
	{ CUSTOM("MnRoPolicy", "[type, ...] [address[/length]] "
		 "enabled insecure|disabled", custom_ro_policy,
		 print_ro_policies), .roles = MN, .flags = STMT_MANY,
	  .help = "which peers are reached without the home agent" },
	{ UINT("MnRoPackets", conf, ro_packets, 1, 1000000, 4), .roles = MN,
	  .help = "packets in a second that start route optimization" },
	{ UINT("MnRoIdle", conf, ro_idle, 20, 86400, 60), .roles = MN,
	  .help = "silence that ends route optimization, seconds" },
	{ UINT("MnRoMaxPeers", conf, ro_max_peers, 1, 256, 64), .roles = MN,
	  .help = "most routes optimized at a time" },
	{ UINT("CnMaxBindings", conf, cn_max_bindings, 1, 16777216, 10000),
	  .roles = CN,
	  .help = "most bindings kept as a correspondent" },
	{ CUSTOM("CnBindingPolicy", "address[/length] [address[/length]] "
		 "enabled|disabled", custom_cn_policy, print_cn_policies),
	  .roles = CN, .flags = STMT_MANY,
	  .help = "whose bindings a correspondent takes" },
	{ CUSTOM("AddressLabel", "prefix/length number", custom_label,
		 print_labels), .roles = MN, .flags = STMT_MANY,
	  .help = "a row of the policy table, RFC 6724" },
	{ .name = "LmaAddress", .type = V_ADDR, FIELD(conf, lma_address),
	  .roles = PMIP,
	  .help = "the anchor's address: our own, or the gateway's anchor" },
	{ .name = "MagAddress", .type = V_ADDR, FIELD(conf, mag_address),
	  .roles = MAG,
	  .help = "our Proxy-CoA" },
	{ CUSTOM("HomeNetworkPrefix", "prefix/length", custom_pool,
		 print_pools), .roles = LMA, .flags = STMT_MANY,
	  .help = "prefixes of which mobiles get a /64" },
	{ UINT("LmaMaxBindings", conf, lma_max_bindings, 1, 16777216, 1000000),
	  .roles = LMA,
	  .help = "most mobility sessions kept" },
	{ UINT("LmaMaxBindingLife", conf, lma_max_binding_life,
	       LIFE_MIN, LIFE_MAX, 3600), .roles = PMIP,
	  .help = "longest binding granted, or asked for, seconds" },
	{ MSECS("MinDelayBeforeBCEDelete", conf, delete_delay,
		0, 600000, 10000), .roles = LMA,
	  .help = "how long a deregistered session may come back" },
	{ MSECS("MaxDelayBeforeNewBCEAssign", conf, assign_delay,
		0, 60000, 1500), .roles = LMA,
	  .help = "wait for the old gateway's deregistration" },
	{ MSECS("TimestampValidityWindow", conf, stamp_window,
		1, 60000, 300), .roles = LMA,
	  .help = "how far a gateway's clock may be off" },
	{ BOOL("EnableLCMPSubOptReregControl", conf, lcmp_registrations, 0),
	  .roles = LMA,
	  .help = "say when gateways register again, RFC 8127" },
	{ UINT("LCMPReregistrationStartTime", conf, lcmp_before, 4, 262140, 40),
	  .roles = LMA,
	  .help = "before the end of a lifetime, seconds" },
	{ UINT("LCMPInitialRetransmissionTime", conf, lcmp_first, 1, 65535, 1),
	  .roles = LMA,
	  .help = "first wait for an answer, seconds" },
	{ UINT("LCMPMaximumRetransmissionTime", conf, lcmp_most, 1, 65535, 32),
	  .roles = LMA,
	  .help = "longest wait for an answer, seconds" },
	{ BOOL("EnableLCMPSubOptHeartbeatControl", conf, lcmp_heartbeats, 0),
	  .roles = LMA,
	  .help = "say when gateways send heartbeats, RFC 8127" },
	{ UINT("LCMPHeartbeatInterval", conf, lcmp_beat, 30, 3600, 60),
	  .roles = LMA,
	  .help = "between two heartbeats, seconds" },
	{ UINT("LCMPHeartbeatRetransmissionDelay", conf, lcmp_beat_retry,
	       1, 3600, 5), .roles = LMA,
	  .help = "before one without an answer is repeated, seconds" },
	{ UINT("LCMPHeartbeatMaxRetransmissions", conf, lcmp_beat_most,
	       1, 100, 3), .roles = LMA,
	  .help = "then the anchor is out of reach" },
	{ BOOL("BindingRevocation", conf, revocation, 1), .roles = LMA,
	  .help = "tell a gateway that a mobile has left it, RFC 5846" },
	{ BOOL("EnableLMARedirectFunction", conf, redirect, 0), .roles = PMIP,
	  .help = "anchors are assigned at registration, RFC 6463" },
	{ BOOL("EnableLMARedirectAcceptFunction", conf, redirect_accept, 0),
	  .roles = LMA,
	  .help = "take sessions that another anchor assigns" },
	{ .name = "LmaRedirectAddress", .type = V_ADDR,
	  FIELD(conf, lma_redirect), .roles = LMA, .flags = STMT_DERIVED,
	  .derived = "none",
	  .help = "an address of ours that only assigns anchors" },
	{ BLOCK("RedirectLma", "address", &schema_redirect), .roles = LMA,
	  .help = "an anchor that sessions are assigned to" },
	{ CUSTOM("RedirectingLma", "address[/length]", custom_redirector,
		 print_redirectors), .roles = LMA, .flags = STMT_MANY,
	  .help = "who may assign sessions to us" },
	{ BOOL("AcceptBulkBindingUpdateReqForMobilitySession", conf,
	       accept_bulk, 1), .roles = LMA,
	  .help = "gateways may renew many sessions at once, RFC 6602" },
	{ UINT("LmaMaxBulkGroups", conf, lma_max_groups, 1, 65536, 256),
	  .roles = LMA,
	  .help = "most groups of sessions of one gateway" },
	{ BOOL("RequestBulkBindingUpdateSupportForMobilitySession", conf,
	       request_bulk, 1), .roles = MAG,
	  .help = "renew many sessions at once, RFC 6602" },
	{ UINT("HeartbeatInterval", conf, heartbeat, 0, 3600, 60),
	  .roles = PMIP,
	  .help = "between two heartbeats, seconds, RFC 5847; 0: none" },
	{ UINT("MissingHeartbeatsAllowed", conf, missing_heartbeats, 1, 100, 3),
	  .roles = PMIP,
	  .help = "then the peer is out of reach" },
	{ BOOL("TimestampBasedApproachInUse", conf, timestamps, 1),
	  .roles = MAG,
	  .help = "order messages by time; else by sequence number" },
	{ BOOL("EnableMAGLocalRouting", conf, mag_local_routing, 0),
	  .roles = MAG,
	  .help = "mobiles of this gateway reach each other past the anchor" },
	{ CUSTOM("FixedMAGLinkLocalAddressOnAllAccessLinks", "address",
		 custom_linklocal, print_linklocal), .roles = MAG,
	  .derived = "what the anchor assigns to each mobile",
	  .help = "every gateway's address on every access link" },
	{ BLOCK("AccessLink", "\"interface\"", &schema_access), .roles = MAG,
	  .help = "a link where mobiles attach" },
	{ BLOCK("MobileNode", "\"user@realm\"|\"@realm\"", &schema_mobile),
	  .roles = PMIP,
	  .help = "the policy profile of a mobile, RFC 5213 6.2" },
	{ BLOCK("Interface", "\"name\"", &schema_iface),
	  .help = "an interface that mip6d works on" },
	{ BLOCK("HomeLink", "\"interface\"", &schema_home_link), .roles = HA,
	  .help = "a home link behind an interface" },
	{ BLOCK("VirtualHomeLink", "[\"network\"]", &schema_virtual_link), .roles = HA,
	  .help = "a home link without an interface" },
	{ BLOCK("AccessAnchor", "\"interface\"", &schema_anchor), .roles = AR,
	  .help = "a link whose addresses are kept for who has left it" },
	{ BLOCK("MnHomeLink", "\"interface\"", &schema_home), .roles = MN,
	  .help = "a home of this mobile node" },
	{ BLOCK("Peer", "address[/length]", &schema_peer),
	  .roles = MN | RTR | PMIP,
	  .help = "how messages with a node are protected" },
	{ .name = "AddressPolicy", .type = V_BLOCK, .args = "",
	  .block = &schema_policy, .roles = MN,
	  .help = "which sockets get an address of which type" },
	{ NULL }
};

static const struct statement iface_stmts[] = {
	{ UINT("MnIfPreference", conf_iface, preference, 0, 10, 5),
	  .roles = MN,
	  .help = "the lowest is taken first; 0: none is" },
	{ CUSTOM("CareOfAddress", "opaque|eui64|temporary [seconds]|"
		 "address/length ...", custom_careof, print_careof),
	  .roles = MN, .derived = "opaque",
	  .help = "how care-of addresses are formed" },
	{ BOOL("Tunnel", conf_iface, tunnel, 1),
	  .help = "tunnelled packets may use this interface" },
	{ BOOL("SendAdvertisements", conf_iface, send_adverts, 0),
	  .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "enabled at an AccessAnchor, else disabled",
	  .help = "send Router Advertisements" },
	{ BOOL("SendUnsolAdvertisements", conf_iface, unsol_adverts, 1),
	  .roles = RTR,
	  .help = "send them unasked, too, RFC 6275 7.5" },
	{ UINT("MaxRaDelay", conf_iface, max_ra_delay, 0, 500, 500),
	  .roles = RTR,
	  .help = "longest random delay of an answer to a solicitation, ms" },
	/* RFC 4861 section 6.2.1, minima of RFC 6275 section 7.5 */
	{ MSECS("MaxRtrAdvInterval", conf_iface, max_interval,
		70, 1800000, 600000), .roles = RTR,
	  .help = "longest time between two advertisements" },
	{ MSECS("MinRtrAdvInterval", conf_iface, min_interval,
		30, 1350000, 198000), .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "0.33 * MaxRtrAdvInterval",
	  .help = "shortest time between two advertisements" },
	{ MSECS("MinDelayBetweenRAs", conf_iface, min_delay, 30, 1350000, 3000),
	  .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "MinRtrAdvInterval up to 3",
	  .help = "shortest time between two multicast ones, RFC 6275 13" },
	{ UINT("AdvCurHopLimit", conf_iface, hop_limit, 0, 255, 64),
	  .roles = RTR,
	  .help = "hop limit for hosts, 0: none given" },
	{ BOOL("AdvManagedFlag", conf_iface, managed, 0), .roles = RTR,
	  .help = "M flag: addresses by DHCPv6" },
	{ BOOL("AdvOtherConfigFlag", conf_iface, other, 0), .roles = RTR,
	  .help = "O flag: other configuration by DHCPv6" },
	{ UINT("AdvLinkMTU", conf_iface, mtu, 0, 131072, 0), .roles = RTR,
	  .help = "MTU option, 0: none" },
	{ UINT("AdvReachableTime", conf_iface, reachable, 0, 3600000, 0),
	  .roles = RTR,
	  .help = "ms, 0: none given" },
	{ UINT("AdvRetransTimer", conf_iface, retrans, 0, UINT32_MAX, 0),
	  .roles = RTR,
	  .help = "ms, 0: none given" },
	{ UINT("AdvDefaultLifetime", conf_iface, lifetime, 0, 9000, 1800),
	  .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "3 * MaxRtrAdvInterval",
	  .help = "lifetime as a default router, seconds, 0: is none" },
	{ .name = "AdvDefaultPreference", .type = V_WORD,
	  FIELD(conf_iface, router_pref), .words = schema_pref, .roles = RTR,
	  .help = "preference as a default router, RFC 4191" },
	{ BOOL("AdvHomeAgentFlag", conf_iface, home_agent, 0), .roles = RTR,
	  .flags = STMT_DERIVED,
	  .derived = "enabled at a HomeLink or AccessAnchor, else disabled",
	  .help = "H flag: a home agent" },
	{ BOOL("AdvHomeAgentInfo", conf_iface, ha_info, 0), .roles = RTR,
	  .flags = STMT_DERIVED,
	  .derived = "enabled at an AccessAnchor, else disabled",
	  .help = "send the Home Agent Information option" },
	{ UINT("HomeAgentPreference", conf_iface, ha_preference, 0, 65535, 0),
	  .roles = RTR,
	  .help = "among home agents the highest is taken first" },
	{ UINT("HomeAgentLifetime", conf_iface, ha_lifetime, 1, 65535, 1800),
	  .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "AdvDefaultLifetime",
	  .help = "lifetime as a home agent, seconds" },
	{ BOOL("AdvIntervalOpt", conf_iface, adv_interval, 0), .roles = RTR,
	  .help = "send the Advertisement Interval option" },
	{ CUSTOM("RDNSS", "address ...", custom_rdnss, print_rdnss),
	  .roles = RTR,
	  .help = "up to three DNS servers, RFC 8106" },
	{ CUSTOM("DNSSL", "\"domain\" ...", custom_dnssl, print_dnssl),
	  .roles = RTR,
	  .help = "DNS search list, RFC 8106" },
	{ LIFETIME("AdvRDNSSLifetime", conf_iface, rdnss_lifetime, 1800),
	  .roles = RTR, .flags = STMT_DERIVED,
	  .derived = "3 * MaxRtrAdvInterval",
	  .help = "lifetime of RDNSS and DNSSL, seconds" },
	{ BLOCK("Prefix", "prefix/length", &schema_prefix), .roles = RTR,
	  .help = "a prefix that is advertised" },
	{ BLOCK("Route", "prefix/length", &schema_route), .roles = RTR,
	  .help = "a route that is advertised, RFC 4191" },
	{ NULL }
};

static const struct statement prefix_stmts[] = {
	{ LIFETIME("AdvValidLifetime", conf_prefix, valid, 2592000),
	  .help = "seconds" },
	{ LIFETIME("AdvPreferredLifetime", conf_prefix, preferred, 604800),
	  .flags = STMT_DERIVED,
	  .derived = "AdvValidLifetime up to 604800",
	  .help = "seconds" },
	{ BOOL("AdvOnLink", conf_prefix, on_link, 1),
	  .help = "L flag: addresses of it are on this link" },
	{ BOOL("AdvAutonomous", conf_prefix, autonomous, 1),
	  .help = "A flag: hosts form addresses from it" },
	{ BOOL("AdvRouterAddr", conf_prefix, router_address, 0),
	  .flags = STMT_DERIVED,
	  .derived = "enabled for the prefix of an AccessAnchor, else disabled",
	  .help = "R flag: carries the router's whole address" },
	{ NULL }
};

static const struct statement route_stmts[] = {
	{ .name = "AdvRoutePreference", .type = V_WORD,
	  FIELD(conf_route, pref), .words = schema_pref,
	  .help = "preference of the route" },
	{ LIFETIME("AdvRouteLifetime", conf_route, lifetime, 1800),
	  .flags = STMT_DERIVED, .derived = "3 * MaxRtrAdvInterval",
	  .help = "seconds" },
	{ NULL }
};

static const struct statement home_link_stmts[] = {
	{ .name = "Prefix", .type = V_PREFIX, FIELD(conf_home_link, prefix),
	  .flags = STMT_REQUIRED,
	  .help = "the home prefix" },
	{ .name = "HomeAgentAddress", .type = V_ADDR,
	  FIELD(conf_home_link, ha), .flags = STMT_DERIVED,
	  .derived = "any address of this node within Prefix",
	  .help = "our address on it" },
	{ NULL }
};

static const struct statement virtual_link_stmts[] = {
	{ .name = "Prefix", .type = V_PREFIX, FIELD(conf_home_link, prefix),
	  .flags = STMT_REQUIRED,
	  .help = "the home prefix" },
	{ .name = "HomeAgentAddress", .type = V_ADDR,
	  FIELD(conf_home_link, ha), .flags = STMT_REQUIRED,
	  .help = "our address for it" },
	{ LIFETIME("AdvValidLifetime", conf_home_link, valid, 0),
	  .flags = STMT_DERIVED, .derived = "infinity",
	  .help = "seconds that home addresses are valid, mobiles are told" },
	{ LIFETIME("AdvPreferredLifetime", conf_home_link, preferred, 0),
	  .flags = STMT_DERIVED, .derived = "AdvValidLifetime",
	  .help = "seconds that they are preferred" },
	{ NULL }
};

static const struct statement anchor_stmts[] = {
	{ .name = "Prefix", .type = V_PREFIX, FIELD(conf_home_link, prefix),
	  .flags = STMT_REQUIRED,
	  .help = "the prefix whose addresses are kept" },
	{ .name = "Address", .type = V_ADDR, FIELD(conf_home_link, ha),
	  .flags = STMT_DERIVED,
	  .derived = "any address of this node within Prefix",
	  .help = "our address in it" },
	{ UINT("MaxBindings", conf_home_link, max_bindings, 1, 16777216,
	       10000),
	  .help = "most bindings kept" },
	{ UINT("MaxLifetime", conf_home_link, max_life, LIFE_MIN, LIFE_MAX,
	       3600),
	  .help = "longest binding granted, seconds" },
	{ UINT("MaxPerLink", conf_home_link, max_per_link, 1, 65536, 16),
	  .help = "most bindings of one link-layer address" },
	{ UINT("MaxPerCareOf", conf_home_link, max_per_careof, 1, 65536, 16),
	  .help = "most bindings at one care-of address" },
	{ UINT("SeenWithin", conf_home_link, seen_within, 0, 604800, 3600),
	  .help = "how long an address that was seen here is remembered" },
	{ .name = "Protect", .type = V_WORD,
	  FIELD(conf_home_link, protect), .words = schema_strangers,
	  .def = CONF_PROTECT_CGA, .flags = STMT_DERIVED,
	  .derived = "cga, or peer with SeenWithin 0",
	  .help = "how mobile nodes without a Peer are protected" },
	{ NULL }
};

static const struct statement home_stmts[] = {
	{ .name = "HomeAgentAddress", .type = V_ADDR, FIELD(conf_home, ha),
	  .flags = STMT_DERIVED | STMT_FIND,
	  .derived = ":: (found by asking the home prefix)",
	  .help = "the home agent" },
	{ CUSTOM("HomeAddress", "address/length", custom_home_address,
		 print_home_address), .flags = STMT_REQUIRED | STMT_MANY,
	  .help = "our home address, and the length of the home prefix" },
	{ UINT("Lifetime", conf_home, lifetime, LIFE_MIN, LIFE_MAX, LIFE_MAX),
	  .flags = STMT_DERIVED, .derived = "MnMaxHaBindingLife",
	  .help = "binding asked for, seconds" },
	{ CUSTOM("MnRoPolicy", "[address[/length]] "
		 "enabled insecure|disabled", custom_home_ro, print_home_ro),
	  .flags = STMT_MANY, .derived = "as outside all blocks",
	  .help = "which peers it reaches without the home agent" },
	{ NULL }
};

static const struct statement peer_stmts[] = {
	{ CUSTOM("Protect", "shared-key spi number file \"name\" "
		 "[replay sequence|timestamp] | cga | none insecure",
		 custom_protect, print_protect), .flags = STMT_REQUIRED,
	  .help = "RFC 4285 with a key from a file, CGAs, or nothing" },
	{ CUSTOM("Identity", "\"user@realm\"", custom_identity,
		 print_identity), .derived = "none",
	  .help = "MN-ID, RFC 4283" },
	{ UINT("ClockTolerance", conf_peer, drift, 1, 255, 7),
	  .help = "how far a timestamp may be off, seconds" },
	{ NULL }
};

static const struct statement mobile_stmts[] = {
	{ CUSTOM("LinkLayerAddress", "xx:xx:xx:xx:xx:xx", custom_lladdr,
		 print_lladdrs), .roles = MAG, .flags = STMT_MANY,
	  .help = "how it is known on access links" },
	{ CUSTOM("HomeNetworkPrefix", "prefix/64", custom_hnp, print_hnps),
	  .flags = STMT_MANY, .derived = "assigned by the anchor",
	  .help = "its own prefix" },
	{ UINT("Prefixes", conf_mobile, prefixes, 1, CONF_HNPS, 1),
	  .roles = LMA, .flags = STMT_DERIVED,
	  .derived = "the number of HomeNetworkPrefix, or 1",
	  .help = "how many it gets of those of the anchor" },
	{ CUSTOM("Mag", "address[/length]", custom_mag, print_mags),
	  .roles = LMA, .flags = STMT_MANY,
	  .derived = "every gateway that has a Peer",
	  .help = "who may register it" },
	{ UINT("BulkGroup", conf_mobile, group, 1, UINT32_MAX, 1), .roles = LMA,
	  .help = "our group for it, RFC 6602; 1: that of all" },
	{ BOOL("ProxyRegistration", conf_mobile, allowed, 1), .roles = LMA,
	  .help = "is it served at all" },
	{ .name = "LmaAddress", .type = V_ADDR, FIELD(conf_mobile, lma),
	  .roles = PMIP, .flags = STMT_DERIVED,
	  .derived = "LmaAddress at the top, or any RedirectLma",
	  .help = "its anchor" },
	{ UINT("Lifetime", conf_mobile, lifetime, LIFE_MIN, LIFE_MAX, 3600),
	  .flags = STMT_DERIVED, .derived = "LmaMaxBindingLife",
	  .help = "longest binding, seconds" },
	{ NULL }
};

static const struct statement access_stmts[] = {
	{ .name = "AccessTechnology", .type = V_WORD,
	  FIELD(conf_access_link, technology), .words = technologies,
	  .def = 3,
	  .help = "Access Technology Type, RFC 5213 8.5" },
	{ MSECS("MobileProbeInterval", conf_access_link, probe,
		500, 3600000, 10000),
	  .help = "silence after which a mobile is asked whether it is there" },
	{ UINT("AdvDefaultLifetime", conf_access_link, lifetime, 4, 9000, 1800),
	  .help = "lifetime as a default router, seconds" },
	{ NULL }
};

#define TYPES	"type, ...|none"

static const struct statement policy_stmts[] = {
	{ CUSTOM("Boot", TYPES, custom_boot, print_boot),
	  .derived = "the type of Default",
	  .help = "types that have their address from the start" },
	{ .name = "Default", .type = V_WORD, FIELD(conf, default_type),
	  .words = schema_types, .def = ATYPE_NONE,
	  .help = "type of a socket that asks for none" },
	{ CUSTOM("Permit", TYPES, custom_permit, print_permit),
	  .derived = "all types",
	  .help = "types that a socket may have" },
	{ CUSTOM("Linger", "type seconds|never", custom_linger, print_linger),
	  .flags = STMT_MANY, .derived = "never for home-anchored, else 30",
	  .help = "how long an address outlives its last session" },
	{ CUSTOM("Renew", "type seconds|never", custom_renew, print_renew),
	  .flags = STMT_MANY, .derived = "never",
	  .help = "when new sessions get another address" },
	{ UINT("GracePeriod", conf, grace, 0, 86400, 30),
	  .help = "how long a graceful address outlives its link, seconds" },
	{ UINT("UdpIdle", conf, udp_idle, 1, 86400, 60),
	  .help = "silence that ends an unconnected UDP session, seconds" },
	{ MSECS("AcquireTimeout", conf, acquire_timeout, 100, 600000, 10000),
	  .help = "longest wait for an address, seconds" },
	{ .name = "AccessProtection", .type = V_WORD,
	  FIELD(conf, access_protect), .words = schema_strangers,
	  .def = CONF_PROTECT_CGA,
	  .help = "how access routers without a Peer are used" },
	{ UINT("CgaSec", conf, cga_sec, 1, 3, 1),
	  .help = "Sec of our CGAs, RFC 3972" },
	{ UINT("MaxRequests", conf, max_requests, 1, 65536, 64),
	  .help = "requests of one user at a time" },
	{ BLOCK("Program", "\"/path\"", &schema_rule), .print = print_rules,
	  .help = "a rule for the sockets of a program" },
	{ BLOCK("User", "name|number", &schema_rule),
	  .help = "... of a user" },
	{ BLOCK("Group", "name|number", &schema_rule),
	  .help = "... of the members of a group" },
	{ BLOCK("Cgroup", "\"/path\"", &schema_rule),
	  .help = "... of the processes of a cgroup" },
	{ BLOCK("Protocol", "tcp|udp|icmp|raw|number", &schema_rule),
	  .help = "... of a protocol" },
	{ BLOCK("Destination", "address[/length]", &schema_rule),
	  .help = "... with a peer in a prefix" },
	{ BLOCK("Port", "number[-number]", &schema_rule),
	  .help = "... with a peer at a port" },
	{ NULL }
};

static const struct statement rule_stmts[] = {
	{ CUSTOM("Program", "\"/path\"", rule_program, NULL),
	  .help = "only of this program" },
	{ CUSTOM("User", "name|number", rule_user, NULL),
	  .help = "only of this user" },
	{ CUSTOM("Group", "name|number", rule_group, NULL),
	  .help = "only of members of this group" },
	{ CUSTOM("Cgroup", "\"/path\"", rule_cgroup, NULL),
	  .help = "only in this cgroup or below" },
	{ CUSTOM("Protocol", "tcp|udp|icmp|raw|number", rule_protocol, NULL),
	  .help = "only of this protocol" },
	{ CUSTOM("Destination", "address[/length]", rule_destination, NULL),
	  .help = "only with a peer in this prefix" },
	{ CUSTOM("Port", "number[-number]", rule_port, NULL),
	  .help = "only with a peer at one of these ports" },
	{ CUSTOM("Default", "type|none", rule_default, NULL),
	  .help = "type of a socket that asks for none" },
	{ CUSTOM("Permit", TYPES, rule_permit, NULL),
	  .help = "types that a socket may have" },
	{ CUSTOM("Block", "ipv4", rule_block, NULL),
	  .help = "no connections over IPv4" },
	{ NULL }
};

const struct block schema_top = {
	.name = "", .stmt = top_stmts,
};
const struct block schema_iface = {
	.name = "Interface", .stmt = iface_stmts, .short_form = true,
	.size = sizeof(struct conf_iface),
	.open = block_open_iface, .close = block_close_iface,
	.rows = print_rows_iface, .head = print_head_iface,
};
const struct block schema_prefix = {
	.name = "Prefix", .stmt = prefix_stmts, .short_form = true,
	.size = sizeof(struct conf_prefix),
	.open = block_open_prefix, .close = block_close_prefix,
	.rows = print_rows_prefix, .head = print_head_prefix,
};
const struct block schema_route = {
	.name = "Route", .stmt = route_stmts, .short_form = true,
	.size = sizeof(struct conf_route), .open = block_open_route,
	.rows = print_rows_route, .head = print_head_route,
};
const struct block schema_home_link = {
	.name = "HomeLink", .stmt = home_link_stmts,
	.size = sizeof(struct conf_home_link),
	.open = block_open_home_link, .close = block_close_home_link,
	.rows = print_rows_home_link, .shown = print_shown_link,
	.head = print_head_link,
};
const struct block schema_virtual_link = {
	.name = "VirtualHomeLink", .stmt = virtual_link_stmts,
	.size = sizeof(struct conf_home_link),
	.open = block_open_home_link, .close = block_close_home_link,
	.rows = print_rows_home_link, .shown = print_shown_virtual,
	.head = print_head_virtual, .named = print_named_virtual,
};
const struct block schema_anchor = {
	.name = "AccessAnchor", .stmt = anchor_stmts,
	.size = sizeof(struct conf_home_link),
	.open = block_open_home_link, .close = block_close_home_link,
	.rows = print_rows_home_link, .shown = print_shown_anchor,
	.head = print_head_link,
};
const struct block schema_home = {
	.name = "MnHomeLink", .stmt = home_stmts,
	.size = sizeof(struct conf_home),
	.open = block_open_home, .close = block_close_home,
	.rows = print_rows_home, .head = print_head_home,
};
const struct block schema_peer = {
	.name = "Peer", .stmt = peer_stmts,
	.size = sizeof(struct conf_peer),
	.open = block_open_peer,
	.rows = print_rows_peer, .shown = print_shown_peer,
	.head = print_head_peer,
};
const struct block schema_mobile = {
	.name = "MobileNode", .stmt = mobile_stmts, .short_form = true,
	.size = sizeof(struct conf_mobile),
	.open = block_open_mobile, .close = block_close_mobile,
	.rows = print_rows_mobile, .head = print_head_mobile,
};
const struct block schema_access = {
	.name = "AccessLink", .stmt = access_stmts, .short_form = true,
	.size = sizeof(struct conf_access_link),
	.open = block_open_access,
	.rows = print_rows_access, .head = print_head_access,
};

static const struct statement redirect_stmts[] = {
	{ UINT("Priority", conf_redirect, priority, 0, 65535, 0),
	  .help = "the lowest is asked first" },
	{ UINT("Weight", conf_redirect, weight, 1, 64, 1),
	  .help = "share of the mobiles among those alike" },
	{ NULL }
};
const struct block schema_redirect = {
	.name = "RedirectLma", .stmt = redirect_stmts, .short_form = true,
	.size = sizeof(struct conf_redirect),
	.open = block_open_redirect,
	.rows = print_rows_redirect, .head = print_head_redirect,
};

const struct block schema_policy = {
	.name = "AddressPolicy", .stmt = policy_stmts,
	.size = sizeof(struct conf),
	.open = block_open_policy, .close = block_close_policy,
	.rows = print_rows_policy,
};
/* Whatever it begins with. */
const struct block schema_rule = {
	.name = "Rules of AddressPolicy", .stmt = rule_stmts,
	.size = sizeof(struct conf_rule),
	.open = block_open_rule, .close = block_close_rule,
};

const struct block *const schema_blocks[] = {
	&schema_top, &schema_iface, &schema_prefix, &schema_route,
	&schema_home_link, &schema_virtual_link, &schema_anchor,
	&schema_home, &schema_peer, &schema_mobile, &schema_access,
	&schema_redirect,
	&schema_policy, &schema_rule, NULL
};

const struct statement *
schema_find(const struct block *b, const char *name)
{
	for (const struct statement *s = b->stmt; s->name; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

bool
schema_is_name(const char *name)
{
	for (unsigned i = 0; schema_blocks[i]; i++) {
		if (schema_find(schema_blocks[i], name))
			return true;
	}
	return false;
}

uint64_t
schema_get(const struct statement *s, const void *row)
{
	const uint8_t *at = (const uint8_t *)row + s->offset;
	uint64_t v = 0;

	switch (s->size) {
	case 1:
		/* A word may stand for -1. */
		return s->type == V_WORD ? (uint64_t)*(const int8_t *)at : *at;
	case 2: {
		uint16_t u;

		memcpy(&u, at, sizeof(u));
		return u;
	}
	case 4: {
		uint32_t u;

		memcpy(&u, at, sizeof(u));
		return u;
	}
	}
	return v;
}

void
schema_set(const struct statement *s, void *row, uint64_t v)
{
	uint8_t *at = (uint8_t *)row + s->offset;

	switch (s->size) {
	case 1:
		*at = (uint8_t)v;
		break;
	case 2:
		memcpy(at, &(uint16_t){ (uint16_t)v }, 2);
		break;
	case 4:
		memcpy(at, &(uint32_t){ (uint32_t)v }, 4);
		break;
	}
}

static bool
is_scalar(const struct statement *s)
{
	switch (s->type) {
	case V_BOOL:
	case V_UINT:
	case V_LIFETIME:
	case V_MSEC:
	case V_WORD:
		return true;
	case V_ADDR:
	case V_PREFIX:
	case V_CUSTOM:
	case V_BLOCK:
		break;
	}
	return false;
}

void
schema_defaults(const struct block *b, void *row)
{
	for (const struct statement *s = b->stmt; s->name; s++) {
		if (is_scalar(s))
			schema_set(s, row, s->def);
	}
}

void
schema_print_msec(uint64_t msec, char *buf, size_t cap)
{
	unsigned part = (unsigned)(msec % 1000);
	int width = 3;

	for (; width && part % 10 == 0; part /= 10)
		width--;
	if (width)
		snprintf(buf, cap, "%" PRIu64 ".%0*u", msec / 1000, width,
			 part);
	else
		snprintf(buf, cap, "%" PRIu64, msec / 1000);
}

void
schema_print_roles(unsigned roles, char *buf, size_t cap)
{
	size_t n = 0;

	buf[0] = '\0';
	for (const struct keyword *k = schema_roles; k->name; k++) {
		if ((roles & (unsigned)k->value) && n < cap)
			n += (size_t)snprintf(buf + n, cap - n, "%s%s",
					      n ? " or " : "", k->name);
	}
}

void
schema_range(const struct statement *s, char *buf, size_t cap)
{
	char lo[24], hi[24];

	buf[0] = '\0';
	switch (s->type) {
	case V_BOOL:
		snprintf(buf, cap, "enabled or disabled");
		break;
	case V_UINT:
		snprintf(buf, cap, "%" PRIu64 " to %" PRIu64, s->min, s->max);
		break;
	case V_LIFETIME:
		snprintf(buf, cap, "%" PRIu64 " to %" PRIu64 ", or infinity",
			 s->min, s->max);
		break;
	case V_MSEC:
		schema_print_msec(s->min, lo, sizeof(lo));
		schema_print_msec(s->max, hi, sizeof(hi));
		snprintf(buf, cap, "%s to %s", lo, hi);
		break;
	case V_WORD: {
		size_t n = 0;

		for (const struct keyword *k = s->words; k->name && n < cap;
		     k++)
			n += (size_t)snprintf(buf + n, cap - n, "%s%s",
					      n ? " or " : "", k->name);
		break;
	}
	case V_ADDR:
	case V_PREFIX:
	case V_CUSTOM:
	case V_BLOCK:
		break;
	}
}

static void
print_default(const struct statement *s, char *buf, size_t cap)
{
	if (s->flags & STMT_REQUIRED)
		snprintf(buf, cap, "required");
	else if (s->derived)
		snprintf(buf, cap, "default %s", s->derived);
	else if (s->type == V_BOOL)
		snprintf(buf, cap, "default %s",
			 s->def ? "enabled" : "disabled");
	else if (s->type == V_WORD)
		snprintf(buf, cap, "default %s",
			 schema_word_name(s->words, (int)s->def));
	else if (s->type == V_MSEC) {
		size_t n = (size_t)snprintf(buf, cap, "default ");

		schema_print_msec(s->def, buf + n, cap - n);
	} else if (is_scalar(s))
		snprintf(buf, cap, "default %" PRIu64, s->def);
	else
		buf[0] = '\0';
}

void
schema_describe(const struct statement *s, char *buf, size_t cap)
{
	char range[96], def[96];

	schema_range(s, range, sizeof(range));
	print_default(s, def, sizeof(def));
	snprintf(buf, cap, "%s%s%s", range, *range && *def ? "; " : "", def);
}

bool
schema_word(const struct keyword *words, const char *word, int *ret)
{
	for (; words->name; words++) {
		if (strcmp(words->name, word) == 0) {
			*ret = words->value;
			return true;
		}
	}
	return false;
}

const char *
schema_word_name(const struct keyword *words, int value)
{
	while (words->name && words->value != value)
		words++;
	return words->name ? words->name : "?";
}
