/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_samples.c - a packet of every message and option that we build.
 *
 * Rows: a new message or option adds one here, and the oracles and golden
 * files cover it.  Values differ wherever they can, so that two fields
 * taken for each other show.
 */
#include "wire_samples.h"

#define UNSPEC	{ .s6_addr = { 0 } }
#define HOME	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 0xa, [14] = 1 } }
#define AGENT	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 0xa, [15] = 1 } }
#define CAREOF	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 0xb1, [15] = 7 } }
#define OTHER	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 0xc2, [8] = 0xab, \
			       [11] = 0xff, [12] = 0xfe, [15] = 9 } }
#define ROUTER	{ .s6_addr = { 0xfe, 0x80, [15] = 1 } }
#define HOST	{ .s6_addr = { 0xfe, 0x80, [15] = 2 } }
#define NODE2	{ .s6_addr = { 0xfe, 0x80, [15] = 3 } }
#define NODES	{ .s6_addr = { 0xff, 2, [15] = 1 } }
#define ROUTERS	{ .s6_addr = { 0xff, 2, [15] = 2 } }
#define SOLICIT	{ .s6_addr = { 0xff, 2, [11] = 1, [12] = 0xff, [14] = 1 } }

#define IPV4(a, b, c, d)	{ .s_addr = (in_addr_t)(a) | (b) << 8 | \
			  (c) << 16 | (in_addr_t)(d) << 24 }

#define SPAN(text)	{ (const uint8_t *)(text), sizeof(text) - 1 }

static const struct in6_addr home = HOME, agent = AGENT, careof = CAREOF;

/* Two whole addresses, as a Home Agent Switch lists them. */
static const uint8_t addresses[32] = {
	0x20, 1, 0x0d, 0xb8, [15] = 1, 0x20, 1, 0x0d, 0xb8, [31] = 2
};

/* A packet that an error can be about. */
static const uint8_t about[48] = {
	0x60, [5] = 8, 17, 64, 0x20, 1, 0x0d, 0xb8, [23] = 1,
	0x20, 1, 0x0d, 0xb8, [39] = 2, 0, 7, 0, 9, 0, 8, 0, 0
};

/* From mobile to agent or back; with a Home Address option or a type 2
 * routing header where the message has one. */
static const struct mh_sample {
	const char	*name;
	bool		down;		/* from the agent */
	bool		at_home;	/* no HAO, no RH2 */
	struct mh	m;
} mh_samples[] = {
	{ "brr", true, true, { MH_BRR } },
	{ "bu", false, false, { MH_BU, .bu = { 0x1234, 0xf000, 0x103 } } },
	{ "bu-home", false, true, { MH_BU, .bu = { 7, 0xc000, 0 } } },
	{ "ba", true, false, { MH_BA, .ba = { 0, MH_BA_K, 0x1234, 0x102 } } },
	{ "ba-refused", true, false,
	  { MH_BA, .ba = { MH_ST_SEQUENCE, 0, 0xfffe, 0 } } },
	{ "be", true, true, { MH_BE, .be = { 1, OTHER } } },
	{ "be-type", true, true, { MH_BE, .be = { 2 } } },
	{ "opt-refresh", true, false,
	  { MH_BA, .ba = { 1, 0, 5, 900 }, .nopts = 1,
	    .opt = { { MOPT_REFRESH, .refresh = 0x321 } } } },
	{ "opt-altcoa", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { MOPT_ALTCOA, .altcoa = OTHER } } } },
	{ "opt-nonces", false, false,
	  { MH_BU, .bu = { 1, 0x8000, 60 }, .nopts = 2,
	    .opt = { { MOPT_NONCES, .nonces = { 0x102, 0x304 } },
		     { MOPT_AUTH_DATA, .auth_data =
		       SPAN("0123456789ab") } } } },
	{ "opt-auth-data", true, false,
	  { MH_BA, .ba = { 0, 0, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_AUTH_DATA, .auth_data =
		       SPAN("ba9876543210") } } } },
	{ "opt-mnid", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { MOPT_MNID, .mnid = { MOPT_MNID_NAI,
					    SPAN("mn@example.net") } } } } },
	{ "opt-auth-mnha", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { MOPT_AUTH, .auth = { MOPT_AUTH_MNHA, 0x10203,
					    SPAN("abcdefghijkl") } } } } },
	{ "opt-auth-mnaaa", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 2,
	    .opt = { { MOPT_AUTH, .auth = { MOPT_AUTH_MNHA, 0x10203,
					    SPAN("abcdefghijkl") } },
		     { MOPT_AUTH, .auth = { MOPT_AUTH_MNAAA, 3,
					    SPAN("abcdefghijklmnopqrst") }
		     } } } },
	{ "opt-replay", true, false,
	  { MH_BA, .ba = { MH_ST_ID_MISMATCH, 0, 1, 0 }, .nopts = 2,
	    .opt = { { MOPT_REPLAY, .replay = 0xe5a1b2c3d4f50617 },
		     { MOPT_AUTH, .auth = { MOPT_AUTH_MNHA, 256,
					    SPAN("abcdefghijkl") } } } } },
	{ "opt-unknown", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { 200, .raw = SPAN("\x01\x02\x03") } } } },
	{ "bu-three", false, false,
	  { MH_BU, .bu = { 0x102, 0xe000, 75 }, .nopts = 3,
	    .opt = { { MOPT_MNID, .mnid = { MOPT_MNID_NAI,
					    SPAN("mn1@example.net") } },
		     { MOPT_ALTCOA, .altcoa = CAREOF },
		     { MOPT_AUTH, .auth = { MOPT_AUTH_MNHA, 256,
					    SPAN("abcdefghijkl") } } } } },
	/* return routability */
	{ "hoti", false, true,
	  { MH_HOTI, .test_init = { 0x0102030405060708 } } },
	{ "coti", false, true,
	  { MH_COTI, .test_init = { 0x1112131415161718 } } },
	{ "hot", true, true,
	  { MH_HOT, .test = { 0x102, 0x0102030405060708,
			      0x2122232425262728 } } },
	{ "cot", true, true,
	  { MH_COT, .test = { 0x304, 0x1112131415161718,
			      0x3132333435363738 } } },
	/* other messages */
	{ "fbu", false, false, { MH_FBU, .bu = { 9, 0xf000, 30 }, .nopts = 3,
	    .opt = { { MOPT_ALTCOA, .altcoa = OTHER },
		     { MOPT_MH_LLA, .coded = { 2, SPAN("\2\0\x5e\1\2\3") } },
		     { MOPT_BADF, .auth = { 0, 0x10203,
					    SPAN("abcdefghijkl") } } } } },
	{ "fback", true, false,
	  { MH_FBACK, .ba = { 1, MH_BA_K, 9, 29 }, .nopts = 2,
	    .opt = { { MOPT_ALTCOA, .altcoa = OTHER },
		     { MOPT_BADF, .auth = { 0, 7,
					    SPAN("abcdefghijkl") } } } } },
	{ "fna", false, true, { MH_FNA } },
	{ "experimental", false, true,
	  { MH_EXPERIMENTAL, .body = SPAN("\1\2\3\4\5\6\7\x8\x9\xa") } },
	{ "ha-switch", true, true,
	  { MH_HA_SWITCH, .ha_switch = { 2, { addresses, 32 } }, .nopts = 1,
	    .opt = { { MOPT_REFRESH, .refresh = 15 } } } },
	{ "ha-switch-none", true, true, { MH_HA_SWITCH } },
	{ "heartbeat", true, true, { MH_HEARTBEAT, .heartbeat = { 0, 77 } } },
	{ "heartbeat-response", false, true,
	  { MH_HEARTBEAT, .heartbeat = { 3, 0x1020304 }, .nopts = 1,
	    .opt = { { MOPT_RESTART, .value = 0x5060708 } } } },
	{ "hi", false, true, { MH_HI, .hi = { 5, 0xf0, 3 }, .nopts = 7,
	    .opt = { { MOPT_MNID, .mnid = { 1, SPAN("mn@a") } },
		     { MOPT_MH_PREFIX, .prefix = { 2, 128, OTHER } },
		     { MOPT_CONTEXT, .data =
		       SPAN("\26\0\31\0\23\5\1\2\3\4\5") },
		     { MOPT_LMAA, .lmaa = { 1, .addr = AGENT } },
		     { MOPT_LMAA, .lmaa = { 2, .addr4 =
					    IPV4(192, 0, 2, 9) } },
		     { MOPT_MN_IID, .token = 0x0102030405060708 },
		     { MOPT_LINKLOCAL, .addr = ROUTER } } } },
	{ "hack", true, true,
	  { MH_HACK, .hi = { 5, 0xa0, 131 }, .nopts = 1,
	    .opt = { { MOPT_MNID, .mnid = { 1, SPAN("mn@a") } } } } },
	{ "bri", true, true,
	  { MH_REVOCATION, .revocation = { 1, 129, 0x102, 0xa000 },
	    .nopts = 2,
	    .opt = { { MOPT_MNID, .mnid = { 1, SPAN("mn@a") } },
		     { MOPT_HNP, .prefix = { 0, 64, HOME } } } } },
	{ "bra", false, true,
	  { MH_REVOCATION, .revocation = { 2, 132, 0x102, 0x4000 } } },
	{ "lri", true, true,
	  { MH_LRI, .lr = { 3, 0, 0, 600 }, .nopts = 5,
	    .opt = { { MOPT_MNID, .mnid = { 1, SPAN("mn1@a") } },
		     { MOPT_HNP, .prefix = { 0, 64, HOME } },
		     { MOPT_MNID, .mnid = { 1, SPAN("mn2@a") } },
		     { MOPT_HNP, .prefix = { 0, 64, OTHER } },
		     { MOPT_MAG_ADDR, .prefix = { 0, 128, CAREOF } } } } },
	{ "lra", false, true,
	  { MH_LRA, .lr = { 3, MH_LRA_U, 129, 0xffff } } },
	{ "upn", true, true,
	  { MH_UPN, .upn = { 12, 5, 0xc000 }, .nopts = 1,
	    .opt = { { MOPT_QOS, .qos = { 4, 46, 1,
		       SPAN("\1\6\0\0\0\0\x10\0\5\2\0\x94") } } } } },
	{ "upa", false, true, { MH_UPA, .upa = { 12, 130 } } },
	{ "sub-query", true, true, { MH_SUB_QUERY, .sub = { 200, 0 } } },
	{ "sub-response", false, true,
	  { MH_SUB_RESPONSE, .sub = { 200, MH_SUB_I }, .nopts = 2,
	    .opt = { { MOPT_MULTICAST4, .coded = { 0x16,
					SPAN("\xe0\1\2\3") } },
		     { MOPT_MULTICAST6, .coded = { 143,
					SPAN("\4\0\0\0abcdefghijklmnop") }
		     } } } },
	/* other options */
	{ "opt-nemo", false, false,
	  { MH_BU, .bu = { 1, 0xc400, 60 }, .nopts = 2,
	    .opt = { { MOPT_MNP, .prefix = { 0, 56, OTHER } },
		     { MOPT_MNP, .prefix = { 0, 0 } } } } },
	{ "opt-cga", false, false,
	  { MH_BU, .bu = { 1, 0x8000, 60 }, .nopts = 5,
	    .opt = { { MOPT_CGA, .data = SPAN("modifier, prefix, key") },
		     { MOPT_SIGNATURE, .data = SPAN("signature") },
		     { MOPT_CGA_REQUEST }, { MOPT_COT_INIT },
		     { MOPT_AUTH_DATA, .auth_data =
		       SPAN("0123456789ab") } } } },
	{ "opt-cga-ack", true, false,
	  { MH_BA, .ba = { MH_ST_TOKEN_EXISTS, 0, 1, 60 }, .nopts = 3,
	    .opt = { { MOPT_HOME_TOKEN, .data = SPAN("encrypted") },
		     { MOPT_COT, .token = 0x4142434445464748 },
		     { MOPT_AUTH_DATA, .auth_data =
		       SPAN("0123456789ab") } } } },
	{ "opt-dns", true, false,
	  { MH_BA, .ba = { 0, 0, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_DNS_UPDATE, .dns = { 130, MOPT_DNS_REMOVE,
					SPAN("mn.example.net") } } } } },
	{ "opt-vendor", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 3,
	    .opt = { { MOPT_EXPERIMENTAL, .data = SPAN("try") },
		     { MOPT_VENDOR, .vendor = { 32473, 3, SPAN("own") } },
		     { MOPT_SERVICE, .data = SPAN("voip") } } } },
	{ "opt-proxy", false, true,
	  { MH_BU, .bu = { 1, MH_BU_A | MH_BU_P, 60 }, .nopts = 8,
	    .opt = { { MOPT_MNID, .mnid = { MOPT_MNID_EUI48,
					    SPAN("\2\0\x5e\1\2\3") } },
		     { MOPT_HNP, .prefix = { MOPT_HNP_OFFLINK, 64, HOME } },
		     { MOPT_HANDOFF, .value = MOPT_HANDOFF_MAGS },
		     { MOPT_ATT, .value = MOPT_ATT_WLAN },
		     { MOPT_MN_LLI, .data = SPAN("\2\0\x5e\1\2\3") },
		     { MOPT_LINKLOCAL, .addr = ROUTER },
		     { MOPT_TIMESTAMP, .timestamp = 0x0000639c9c808000 },
		     { MOPT_GRE_KEY, .gre = { true, 0x10203 } } } } },
	{ "opt-gre-bare", true, true,
	  { MH_BA, .ba = { 2, MH_BA_P | MH_BA_T, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_GRE_KEY } } } },
	{ "opt-dual-stack", false, false,
	  { MH_BU, .bu = { 1, 0xc100, 60 }, .nopts = 2,
	    .opt = { { MOPT_IPV4_HOA, .ipv4 = { 0, 24, true,
					IPV4(10, 1, 2, 3) } },
		     { MOPT_IPV4_COA, .ipv4 = { .addr =
					IPV4(198, 51, 100, 7) } } } } },
	{ "opt-dual-stack-ack", true, false,
	  { MH_BA, .ba = { 0, 0, 1, 60 }, .nopts = 2,
	    .opt = { { MOPT_IPV4_ACK, .ipv4 = { 132, 24, false,
					IPV4(10, 1, 2, 3) } },
		     { MOPT_NAT, .nat = { true, 110 } } } } },
	{ "opt-bid", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 3,
	    .opt = { { MOPT_BID, .bid = { 1, 0, MOPT_BID_H | 5, 16,
					  .coa = OTHER } },
		     { MOPT_BID, .bid = { 2, 0, 6, 4, .coa4 =
					  IPV4(198, 51, 100, 8) } },
		     { MOPT_BID, .bid = { 3, 0, 7 } } } } },
	{ "opt-bid-malformed", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { MOPT_BID, .bid = { .form = MOPT_BID_BAD, .bad =
					  SPAN("\0\1\0\1\n") } } } } },
	{ "opt-proxy-ipv4", false, true,
	  { MH_BU, .bu = { 1, 0x8200, 60 }, .nopts = 1,
	    .opt = { { MOPT_IPV4_REQUEST, .ipv4 = { 0, 24, false,
					IPV4(10, 1, 2, 3) } } } } },
	{ "opt-proxy-ipv4-ack", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P, 1, 60 }, .nopts = 3,
	    .opt = { { MOPT_IPV4_REPLY, .ipv4 = { 131, 25, false,
					IPV4(10, 1, 2, 3) } },
		     { MOPT_IPV4_ROUTER, .ipv4 = { .addr =
					IPV4(10, 1, 2, 1) } },
		     { MOPT_IPV4_DHCP, .value = 1 } } } },
	{ "opt-flow", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 2,
	    .opt = { { MOPT_FLOW, .flow = { 4, 10, 131,
		       SPAN("\2\4\0\1\0\2\1\0\3\6\1\0\0\2\0\0") } },
		     { MOPT_FLOW_SUMMARY, .data = SPAN("\0\5\0\6") } } } },
	{ "opt-flow-malformed", false, false,
	  { MH_BU, .bu = { 1, 0xc000, 60 }, .nopts = 1,
	    .opt = { { MOPT_FLOW, .flow = { 4, 10, 0,
					    SPAN("\2\4\0\1") } } } } },
	{ "opt-redirect", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P, 1, 60 }, .nopts = 3,
	    .opt = { { MOPT_REDIRECT, .lmaa = { 1, .addr = OTHER } },
		     { MOPT_LOAD, .load = { 3, 10, 1000, 0x102030,
					    0x40506070 } },
		     { MOPT_ALT_IPV4_COA, .ipv4 = { .addr =
					IPV4(192, 0, 2, 33) } } } } },
	{ "opt-redirect-ipv4", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_REDIRECT, .lmaa = { 2, .addr4 =
					IPV4(192, 0, 2, 34) } } } } },
	{ "opt-redirect-cap", false, true,
	  { MH_BU, .bu = { 1, 0x8240, 60 }, .nopts = 2,
	    .opt = { { MOPT_REDIRECT_CAP },
		     { MOPT_GROUP, .group = { 1, 0x10203 } } } } },
	{ "opt-offload", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_OFFLOAD, .offload = { true,
		       SPAN("\3\6\1\0\0\2\0\0") } } } } },
	{ "opt-delegated", false, true,
	  { MH_BU, .bu = { 1, 0x8600, 60 }, .nopts = 2,
	    .opt = { { MOPT_DMNP, .dmnp = { false, 56, .addr = OTHER } },
		     { MOPT_DMNP, .dmnp = { true, 28, .addr4 =
					    IPV4(10, 9, 8, 0) } } } } },
	{ "opt-lcmp", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P, 1, 60 }, .nopts = 1,
	    .opt = { { MOPT_LCMP, .data =
		       SPAN("\1\6\0\12\0\1\0\x20\2\6\0\x3c\0\5\0\3") }
	    } } },
	{ "opt-multipath", false, true,
	  { MH_BU, .bu = { 1, 0x8200, 60 }, .nopts = 2,
	    .opt = { { MOPT_MULTIPATH, .multipath = { 4, 9, 1,
						MOPT_MULTIPATH_B } },
		     { MOPT_MAG_ID, .mnid = { 1, SPAN("mag1@a") } } } } },
	{ "opt-dmm", false, true,
	  { MH_BU, .bu = { 1, 0x8210, 60 }, .nopts = 3,
	    .opt = { { MOPT_ANCHORED, .prefix = { 0, 64, HOME } },
		     { MOPT_LOCAL, .prefix = { 0, 60, OTHER } },
		     { MOPT_SERVING_MAAR, .addr = CAREOF } } } },
	{ "opt-dmm-ack", true, true,
	  { MH_BA, .ba = { 0, MH_BA_P | MH_BA_S | MH_BA_D, 1, 60 },
	    .nopts = 3,
	    .opt = { { MOPT_PREV_MAAR, .maar = { 64, AGENT, HOME } },
		     { MOPT_DLIF_ADDR, .addr = ROUTER },
		     { MOPT_DLIF_LLA, .data = SPAN("\2\0\x5e\1\2\3") }
	    } } },
};

#define MAC	{ 6, { 2, 0, 0x5e, 1, 2, 3 } }

static const struct nd_sample {
	const char	*name;
	struct in6_addr	src, dst;
	struct nd	nd;
} nd_samples[] = {
	{ "rs", HOST, ROUTERS, { ND_RS, .sll = MAC } },
	{ "rs-unspecified", UNSPEC, ROUTERS, { ND_RS } },
	{ "ra-bare", ROUTER, NODES, { ND_RA, .ra = { 0 } } },
	{ "ra", ROUTER, NODES,
	  { ND_RA, .sll = MAC, .ra = {
		.hop_limit = 63, .flags = ND_RA_M | ND_RA_H, .pref = 1,
		.lifetime = 1800, .reachable = 30000, .retrans = 1000,
		.mtu = 1400, .npios = 2,
		.pio = { { AGENT, 64, ND_PIO_L | ND_PIO_A | ND_PIO_R, 86400,
			   14400 },
			 { { .s6_addr = { 0xfd } }, 48, ND_PIO_A,
			   ND_INFINITE, 600 } } } } },
	{ "ra-home-agent", ROUTER, NODES,
	  { ND_RA, .ra = { .hop_limit = 64, .flags = ND_RA_H | ND_RA_O,
		.lifetime = 9, .adv_interval = 3000, .has_ha_info = true,
		.ha_preference = 10, .ha_lifetime = 1801 } } },
	{ "ra-routes", ROUTER, NODES,
	  { ND_RA, .ra = { .lifetime = 9, .pref = -1, .nroutes = 3,
		.route = { { { UNSPEC, 0 }, -1, 60 },
			   { { { .s6_addr = { 0x20, 1, 0x0d, 0xb8 } }, 32 },
			     1, ND_INFINITE },
			   { { OTHER, 128 }, 0, 61 } } } } },
	{ "ra-dns", ROUTER, NODES,
	  { ND_RA, .ra = { .lifetime = 9,
		.rdnss = { 600, 2, { AGENT, OTHER } },
		.dnssl = { 601, SPAN("\7example\3net\0\4test\0\0\0\0\0") }
	  } } },
	{ "ns", HOST, SOLICIT, { ND_NS, .sll = MAC, .ns = { HOME } } },
	{ "ns-dad", UNSPEC, SOLICIT,
	  { ND_NS, .ns = { HOME, true, { 1, 2, 3, 4, 5, 6 } } } },
	{ "na", ROUTER, NODES,
	  { ND_NA, .tll = MAC, .na = { HOME, ND_NA_R | ND_NA_O } } },
	{ "na-solicited", HOST, ROUTER,
	  { ND_NA, .na = { HOST, ND_NA_S } } },
	{ "redirect", ROUTER, HOST,
	  { ND_REDIRECT, .tll = MAC, .redirect = { NODE2, AGENT,
						   { about, 48 } } } },
};

/* The agent's to the mobile's care-of address, or the other way; those of
 * the mobile's prefixes with the headers that RFC 6275 asks for. */
static const struct icmp_sample {
	const char	*name;
	bool		down, away;
	struct icmp	m;
} icmp_samples[] = {
	{ "haad-request", false, false,
	  { ICMP_HAAD_REQUEST, .haad = { 0x1234, ICMP_HAAD_R } } },
	{ "haad-reply", true, false,
	  { ICMP_HAAD_REPLY, .haad = { 0x1234, 0, { addresses, 32 } } } },
	{ "haad-reply-none", true, false,
	  { ICMP_HAAD_REPLY, .haad = { 0x1235, ICMP_HAAD_R } } },
	{ "prefix-solicitation", false, true,
	  { ICMP_PREFIX_SOL, .prefix = { 0x4321 } } },
	{ "prefix-advertisement", true, true,
	  { ICMP_PREFIX_ADV, .prefix = { 0x4321, ICMP_PREFIX_O, 2, {
		{ AGENT, 64, ND_PIO_L | ND_PIO_A | ND_PIO_R, 86400, 14400 },
		{ { .s6_addr = { 0xfd } }, 48, ND_PIO_A, ND_INFINITE, 0 }
	  } } } },
	{ "too-big", true, false,
	  { ICMP_TOO_BIG, .error = { 1400, { about, 48 } } } },
	{ "unreachable", true, false,
	  { ICMP_UNREACHABLE, 3, .error = { 0, { about, 48 } } } },
};

#define NMH	(sizeof(mh_samples) / sizeof(mh_samples[0]))
#define NND	(sizeof(nd_samples) / sizeof(nd_samples[0]))
#define NICMP	(sizeof(icmp_samples) / sizeof(icmp_samples[0]))

/* Both headers and nothing behind them; the answer to a bad packet; a
 * message in a tunnel. */
static const char *const others[] = {
	"rh2-and-hao", "parameter-problem", "tunnel"
};

const char *sample_name(unsigned i)
{
	if (i < NMH)
		return mh_samples[i].name;
	i -= NMH;
	if (i < NND)
		return nd_samples[i].name;
	i -= NND;
	if (i < NICMP)
		return icmp_samples[i].name;
	i -= NICMP;
	return i < sizeof(others) / sizeof(others[0]) ? others[i] : NULL;
}

/* The headers of a packet up or down, with HAO or RH2 when away; *ret_src
 * and *ret_dst are what a checksum covers. */
static size_t start(struct wbuf *w, bool down, bool away, uint8_t proto,
		    const struct in6_addr **ret_src,
		    const struct in6_addr **ret_dst)
{
	const struct in6_addr *src = down ? &agent : &careof;
	const struct in6_addr *dst = down ? &careof : &agent;

	pkt_start(w, src, dst, PKT_HOPLIMIT, away && !down ? &home : NULL,
		  away && down ? &home : NULL, proto);
	*ret_src = away && !down ? &home : src;
	*ret_dst = away && down ? &home : dst;
	return wbuf_len(w);
}

static int build_mh(const struct mh_sample *s, struct wbuf *w)
{
	const struct in6_addr *src, *dst;
	struct mh m = s->m;
	size_t at;
	int rc;

	at = start(w, s->down, !s->at_home, IPPROTO_MOBILITY, &src, &dst);
	rc = mh_build(&m, w);
	if (rc)
		return rc;
	mh_seal(w->base + at, wbuf_len(w) - at, src, dst);
	pkt_finish(w);
	return 0;
}

static int build_icmp(const struct icmp_sample *s, struct wbuf *w)
{
	const struct in6_addr *src, *dst;
	size_t at;
	int rc;

	at = start(w, s->down, s->away, IPPROTO_ICMPV6, &src, &dst);
	rc = icmp_build(&s->m, w);
	if (rc)
		return rc;
	icmp_seal(w->base + at, wbuf_len(w) - at, src, dst);
	pkt_finish(w);
	return 0;
}

static void build_other(unsigned i, struct wbuf *w)
{
	uint8_t inner[128];
	size_t n;

	switch (i) {
	case 0:
		pkt_start(w, &agent, &careof, 3, &careof, &home,
			  IPPROTO_NONE);
		pkt_finish(w);
		break;
	case 1:
		n = sample_build(1, inner, sizeof(inner));
		pkt_icmp_error(w, &agent, &careof, 4, 0, 64, inner, n);
		break;
	case 2:
		n = sample_build(2, inner, sizeof(inner));
		pkt_start(w, &careof, &agent, 9, NULL, NULL, IPPROTO_IPV6);
		wbuf_put(w, inner, n);
		pkt_finish(w);
		break;
	}
}

size_t sample_build(unsigned i, uint8_t *b, size_t cap)
{
	struct wbuf w = wbuf_of(b, cap);
	int rc = 0;

	if (i < NMH) {
		rc = build_mh(&mh_samples[i], &w);
	} else if (i < NMH + NND) {
		const struct nd_sample *s = &nd_samples[i - NMH];

		nd_build(&s->nd, &s->src, &s->dst, &w);
	} else if (i < NMH + NND + NICMP) {
		rc = build_icmp(&icmp_samples[i - NMH - NND], &w);
	} else {
		build_other(i - NMH - NND - NICMP, &w);
	}
	return rc || w.bad ? 0 : wbuf_len(&w);
}
