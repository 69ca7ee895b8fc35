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
#define NODES	{ .s6_addr = { 0xff, 2, [15] = 1 } }
#define ROUTERS	{ .s6_addr = { 0xff, 2, [15] = 2 } }
#define SOLICIT	{ .s6_addr = { 0xff, 2, [11] = 1, [12] = 0xff, [14] = 1 } }

#define SPAN(text)	{ (const uint8_t *)(text), sizeof(text) - 1 }

static const struct in6_addr home = HOME, agent = AGENT, careof = CAREOF;

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
};

#define NMH	(sizeof(mh_samples) / sizeof(mh_samples[0]))
#define NND	(sizeof(nd_samples) / sizeof(nd_samples[0]))

/* Packets without a message of their own. */
enum { NO_NEXT = NMH + NND, PARAM_PROBLEM, SAMPLES };

const char *sample_name(unsigned i)
{
	if (i < NMH)
		return mh_samples[i].name;
	if (i < NMH + NND)
		return nd_samples[i - NMH].name;
	if (i == NO_NEXT)
		return "rh2-and-hao";
	return i == PARAM_PROBLEM ? "parameter-problem" : NULL;
}

static int build_mh(const struct mh_sample *s, struct wbuf *w)
{
	const struct in6_addr *src = s->down ? &agent : &careof;
	const struct in6_addr *dst = s->down ? &careof : &agent;
	bool away = !s->at_home;
	struct mh m = s->m;
	size_t at;
	int rc;

	pkt_start(w, src, dst, PKT_HOPLIMIT,
		  away && !s->down ? &home : NULL,
		  away && s->down ? &home : NULL, IPPROTO_MOBILITY);
	at = wbuf_len(w);
	rc = mh_build(&m, w);
	if (rc)
		return rc;
	mh_seal(w->base + at, wbuf_len(w) - at,
		away && !s->down ? &home : src, away && s->down ? &home : dst);
	pkt_finish(w);
	return 0;
}

size_t sample_build(unsigned i, uint8_t *b, size_t cap)
{
	struct wbuf w = wbuf_of(b, cap);
	uint8_t cause[128];
	size_t n;

	if (i < NMH) {
		if (build_mh(&mh_samples[i], &w))
			return 0;
	} else if (i < NMH + NND) {
		const struct nd_sample *s = &nd_samples[i - NMH];

		nd_build(&s->nd, &s->src, &s->dst, &w);
	} else if (i == NO_NEXT) {
		pkt_start(&w, &agent, &careof, 3, &careof, &home,
			  IPPROTO_NONE);
		pkt_finish(&w);
	} else {
		n = sample_build(1, cause, sizeof(cause));
		pkt_icmp_error(&w, &agent, &careof, 4, 0, 64, cause, n);
	}
	return w.bad ? 0 : wbuf_len(&w);
}
