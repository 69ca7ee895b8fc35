/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_walk_world.c - the worlds of random walks.
 *
 * Both have a home link, three access links and a backbone, and two mobile
 * nodes.  In the one both do plain RFC 6275.  In the other the routers of
 * two access links and the home agent are anchors, and the first mobile has
 * an AddressPolicy that is drawn from the seed; it may have hooks that bind
 * its sockets early, and a second interface.  In every third world the
 * correspondent is one, and the mobile nodes optimize their routes to it.  In some
 * nobody advertises on the home link.
 */
#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

static const char links[] =
"key ha.key 00112233445566778899aabbccddeeff0123456789\n"
"key mn2.key ffeeddccbbaa99887766554433221100aa\n"
"key ar.key 0f1e2d3c4b5a69788796a5b4c3d2e1f0\n"
"link core 2001:db8:ff::/64 delay 2ms backbone\n"
"link home 2001:db8:1::/64 delay 1ms\n"
"link ar1 2001:db8:a1::/64 delay 3ms jitter 2ms\n"
"link ar2 2001:db8:a2::/64 delay 1ms\n"
"link ar3 2001:db8:a3::/64 delay 10ms jitter 5ms\n";

static const char home_agent[] =
"node ha router\n"
"interface eth0 home 2001:db8:1::1/64\n"
"interface eth1 core 2001:db8:ff::1/64\n"
"config <<END\n"
"NodeConfig HA;\n"
"DefaultBindingAclPolicy allow;\n"
"%s%s"
"Interface \"eth0\" { SendAdvertisements %s; MaxRtrAdvInterval 4;\n"
"	MaxRaDelay 50; Prefix 2001:db8:1::/64 { AdvRouterAddr enabled; } }\n"
"HomeLink \"eth0\" { Prefix 2001:db8:1::/64; }\n"
"Peer %s { Protect shared-key spi 256 file \"ha.key\"; }\n"
"Peer 2001:db8:1::20 { Protect shared-key spi 257 file \"mn2.key\"\n"
"	replay timestamp; }\n"
"END\n";

static const char routers[] =
"node r1 router\n"
"interface eth0 ar1 2001:db8:a1::1/64\n"
"interface eth1 core 2001:db8:ff::a1/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	MaxRaDelay 50; Prefix 2001:db8:a1::/64; }\n"
"END\n"
"node r2 router\n"
"interface eth0 ar2 2001:db8:a2::1/64\n"
"interface eth1 core 2001:db8:ff::a2/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { MaxRtrAdvInterval 4; }\n"
"AccessAnchor \"eth0\" { Prefix 2001:db8:a2::/64; MaxLifetime 60;\n"
"	MaxPerLink 64; MaxPerCareOf 64; }\n"
"Peer 2001:db8:a2::/64 { Protect shared-key spi 300 file \"ar.key\"\n"
"	replay timestamp; }\n"
"END\n";

/* One is a home agent, one an access anchor; both with a key. */
static const char anchors[] =
"node r1 router\n"
"interface eth0 ar1 2001:db8:a1::1/64\n"
"interface eth1 core 2001:db8:ff::a1/64\n"
"config <<END\n"
"NodeConfig HA;\n"
"DefaultBindingAclPolicy allow;\n"
"HaMaxBindingLife 40;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	MaxRaDelay 50; Prefix 2001:db8:a1::/64 { AdvRouterAddr enabled; } }\n"
"HomeLink \"eth0\" { Prefix 2001:db8:a1::/64;\n"
"	HomeAgentAddress 2001:db8:a1::1; }\n"
"Peer 2001:db8:a1::/64 { Protect shared-key spi 300 file \"ar.key\"; }\n"
"END\n"
"node r2 router\n"
"interface eth0 ar2 2001:db8:a2::1/64\n"
"interface eth1 core 2001:db8:ff::a2/64\n"
"config <<END\n"
"NodeConfig HA;\n"
"DefaultBindingAclPolicy allow;\n"
"HaMaxBindingLife 60;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	Prefix 2001:db8:a2::/64 { AdvRouterAddr enabled; } }\n"
"HomeLink \"eth0\" { Prefix 2001:db8:a2::/64;\n"
"	HomeAgentAddress 2001:db8:a2::1; }\n"
"Peer 2001:db8:a2::/64 { Protect shared-key spi 300 file \"ar.key\"\n"
"	replay timestamp; }\n"
"END\n";

/* In every second of these worlds nobody has a key. */
static const char keyless_anchors[] =
"node r1 router\n"
"interface eth0 ar1 2001:db8:a1::1/64\n"
"interface eth1 core 2001:db8:ff::a1/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { MaxRtrAdvInterval 4; MaxRaDelay 50; }\n"
"AccessAnchor \"eth0\" { Prefix 2001:db8:a1::/64; MaxLifetime 40;\n"
"	MaxPerLink 64; MaxPerCareOf 64; }\n"
"END\n"
"node r2 router\n"
"interface eth0 ar2 2001:db8:a2::1/64\n"
"interface eth1 core 2001:db8:ff::a2/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { MaxRtrAdvInterval 4; }\n"
"AccessAnchor \"eth0\" { Prefix 2001:db8:a2::/64; MaxLifetime 60;\n"
"	MaxPerLink 64; MaxPerCareOf 64; }\n"
"END\n";

static const char plain_routers[] =
"node r2b router\n"
"interface eth0 ar2 2001:db8:a2::2/64\n"
"interface eth1 core 2001:db8:ff::b2/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 5;\n"
"	Prefix 2001:db8:a2::/64; }\n"
"END\n"
"node r3 router\n"
"interface eth0 ar3 2001:db8:a3::1/64\n"
"interface eth1 core 2001:db8:ff::a3/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 6;\n"
"	Prefix 2001:db8:a3::/64 { AdvValidLifetime 60;\n"
"	AdvPreferredLifetime 30; } }\n"
"END\n";

static const char mobile[] =
"node mn\n"
"interface eth0 home\n"
"%s%s"
"config <<END\n"
"NodeConfig MN;\n"
"Interface \"eth0\";\n"
"%s"
"%s"
"MaxBindackTimeout 8;\n"
"MnHomeLink \"eth0\" { %s\n"
"	HomeAddress 2001:db8:1::10/64; Lifetime 40; }\n"
"Peer 2001:db8:1::%s { Protect shared-key spi 256 file \"ha.key\"; }\n"
"%s"
"END\n";

static const char second_mobile[] =
"node mn2\n"
"interface eth0 ar1\n"
"config <<END\n"
"NodeConfig MN;\n"
"Interface \"eth0\";\n"
"%s"
"MaxBindackTimeout 8;\n"
"MnHomeLink \"eth0\" { %s\n"
"	HomeAddress 2001:db8:1::20/64; Lifetime 60; }\n"
"Peer 2001:db8:1::%s { Protect shared-key spi 257 file \"mn2.key\"\n"
"	replay timestamp; }\n"
"END\n"
"node cn\n"
"interface eth0 core 2001:db8:ff::c/64\n"
"%s"
"99 end\n";

/* In some worlds it has to be found. */
static const char agent[] = "HomeAgentAddress 2001:db8:1::1;";

static const char optimize[] =
"MnRoPolicy enabled insecure;\n"
"MnRoPackets 1;\n"
"MnRoIdle 20;\n";

static const char correspondent[] =
"config <<END\n"
"NodeConfig CN;\n"
"CnMaxBindings 2;\n"
"END\n";

/* --- an AddressPolicy ----------------------------------------------------- */

struct text {
	char	s[8192];
	size_t	n;
};

static void put(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += (size_t)vsnprintf(t->s + t->n, sizeof(t->s) - t->n, fmt, ap);
	va_end(ap);
	if (t->n >= sizeof(t->s)) {
		fputs("mip6sim: the world of a walk is too long\n", stderr);
		exit(2);
	}
}

static void put_boot(struct text *t, struct rng *r)
{
	const char *before = "Boot";

	for (enum atype k = ATYPE_HOME; k < ATYPES; k++) {
		if (rng_below(r, 3))
			continue;
		put(t, "%s %s", before, atype_name(k));
		before = ",";
	}
	put(t, "%s\n", *before == ',' ? ";" : "Boot none;");
}

static const char peers[] =
"Peer 2001:db8:a1::1 { Protect shared-key spi 300 file \"ar.key\"; }\n"
"Peer 2001:db8:a2::1 { Protect shared-key spi 300 file \"ar.key\"\n"
"	replay timestamp; }\n";

static void put_policy(struct text *t, struct rng *r)
{
	enum atype def = (enum atype)rng_below(r, ATYPES);

	put(t, "AddressPolicy {\n");
	put_boot(t, r);
	put(t, "Default %s;\n", def ? atype_name(def) : "none");
	for (enum atype k = ATYPE_HOME; k < ATYPES; k++) {
		if (k != ATYPE_HOME || rng_below(r, 2))
			put(t, "Linger %s %u;\n", atype_name(k),
			    (unsigned)rng_below(r, 20));
		if (k != ATYPE_HOME && rng_below(r, 2))
			put(t, "Renew %s %u;\n", atype_name(k),
			    5 + (unsigned)rng_below(r, 40));
	}
	put(t, "GracePeriod %u;\nAcquireTimeout %u;\n}\n",
	    (unsigned)rng_below(r, 20), 1 + (unsigned)rng_below(r, 8));
}

/* The policy is the last of a configuration. */
char *walk_policy(const char *conf, struct rng *r)
{
	struct text *t = sim_alloc(sizeof(*t));
	const char *policy = strstr(conf, "AddressPolicy");
	char *s;

	put(t, "%.*s", policy ? (int)(policy - conf) : (int)strlen(conf),
	    conf);
	if (rng_below(r, 6))
		put_policy(t, r);
	s = strdup(t->s);
	free(t);
	if (!s)
		exit(2);
	return s;
}

char *walk_world(uint64_t seed, bool *ret_demand)
{
	struct text *t = sim_alloc(sizeof(*t)), *policy;
	uint8_t key[16] = "world";
	struct wbuf w = wbuf_of(key + 8, 8);
	struct rng r;
	bool two, keyless = seed % 4 == 0, ro = seed % 3 == 0;
	bool prefixes = seed % 11 == 0;
	bool find = seed % 5 == 0, find2 = seed % 7 == 0;
	bool lone = seed % 6 == 1 && !find && !find2;
	char *s;

	wbuf_u64(&w, seed);
	rng_init(&r, key);
	policy = sim_alloc(sizeof(*policy));
	*ret_demand = seed % 2 == 0;
	if (*ret_demand) {
		put(policy, "%s", keyless ? "" : peers);
		put_policy(policy, &r);
	}
	put(t, "seed %" PRIu64 "\n%s", seed, links);
	put(t, home_agent, *ret_demand ? "HaMaxBindingLife 60;\n" : "",
	    prefixes ? "MinMobPfxAdvInterval 4; MaxMobPfxAdvInterval 20;\n" :
	    "", lone ? "disabled" : "enabled",
	    *ret_demand ? "2001:db8:1::/64" : "2001:db8:1::10");
	put(t, "%s%s", !*ret_demand ? routers : keyless ?
	    keyless_anchors : anchors, plain_routers);
	two = *ret_demand && !rng_below(&r, 3);
	put(t, mobile, two ? "interface eth1 none\n" : "",
	    *ret_demand && rng_below(&r, 2) ? "hooks\n" : "",
	    two ? rng_below(&r, 2) ?
	    "Interface \"eth1\" { MnIfPreference 3; }\n" :
	    "Interface \"eth1\" { MnIfPreference 8; }\n" : "",
	    ro ? optimize : prefixes ? "SendMobPfxSols enabled insecure;\n" :
	    "", find ? "" : agent, find ? "/64" : "1",
	    policy->s);
	put(t, second_mobile, ro ? optimize : "", find2 ? "" : agent,
	    find2 ? "/64" : "1", ro ? correspondent : "");
	free(policy);
	s = strdup(t->s);
	free(t);
	if (!s)
		exit(2);
	return s;
}
