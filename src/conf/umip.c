/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * umip.c - statements of UMIP that this configuration does not have.
 *
 * Somebody who brings a file from there is told, by name, what to write
 * instead, or that the thing is not offered.  Where one value of a statement
 * says what is so here in any case, that value is accepted in silence.
 */
#include "conf/parse.h"
#include "conf/schema.h"

#define OTHERWISE	"not offered by this version"
#define MOBRTR		"mobile routers (RFC 3963) are " OTHERWISE
#define IPSEC		"IPsec is " OTHERWISE ", but Peer ADDRESS " \
			"{ Protect shared-key spi N file \"...\"; } is"

#define DSMIP		"IPv4 (RFC 5555) is " OTHERWISE

#define ANY_NUMBER	"#"

static const struct umip {
	const char	*name;
	const char	*harmless;	/* the value that says what is so; "":
					   whatever it says, nothing is lost */
	const char	*instead;
} table[] = {
	/* RFC 5213 section 9 */
	{ "MobileNodeGeneratedTimestampInUse", "disabled", OTHERWISE },
	{ "FixedMAGLinkLayerAddressOnAllAccessLinks", NULL,
	  "give the interface that address: ip link set DEV address XX:..." },
	{ "ProxyMipLma", NULL, "the statements of it stand at the top" },
	{ "ProxyMipMag", NULL, "the statements of it stand at the top" },
	{ "DebugLogFile", NULL,
	  "messages go to standard error or to syslog; send them on there" },
	{ "NonVolatileBindingCache", "",
	  "bindings are always remembered over a restart" },
	{ "DoRouteOptimization", NULL,
	  "instead: DoRouteOptimizationMN, DoRouteOptimizationCN" },
	{ "UseCnBuAck", "",
	  "correspondents are always asked for an answer" },
	{ "MnMaxCnConsecutiveResends", NULL,
	  "who is silent for 30 seconds is reached through the home agent" },
	{ "IfType", NULL,
	  "MnIfPreference 0 keeps an Interface out of mobility, and so does "
	  "leaving it out" },
	{ "MnRouterProbesRA", NULL, "instead: MnRouterProbes" },
	{ "MnRouterProbesLinkUp", NULL, "instead: MnRouterProbes" },
	{ "IfName", NULL, "the name is Interface's argument" },
	{ "LinkName", NULL, "the name is MnHomeLink's argument" },
	{ "MnUseAllInterfaces", "disabled",
	  OTHERWISE ": name each of them, as in Interface \"wlan0\"" },
	{ "UseMnHaIPsec", "disabled", IPSEC },
	{ "KeyMngMobCapability", "disabled", IPSEC },
	{ "IPsecPolicySet", NULL, IPSEC },
	{ "IPsecPolicy", NULL, IPSEC },
	{ "IPsecType", NULL, IPSEC },
	{ "UseAltCoa", NULL, IPSEC },
	{ "HaAcceptMobRtr", "disabled", MOBRTR },
	{ "IsMobRtr", "disabled", MOBRTR },
	{ "MobRtrUseExplicitMode", "", MOBRTR },
	{ "HaServedPrefix", NULL,
	  "instead: HomeLink \"interface\" { Prefix P/len; } or "
	  "VirtualHomeLink { Prefix P/len; HomeAgentAddress A; }" },
	{ "HomePrefix", NULL,
	  "the length in HomeAddress ADDRESS/LENGTH says it" },
	{ "MnFlushAllAtHome", "",
	  "at home all correspondents are told" },
	{ "UseMovementModule", "internal",
	  "movement detection is built in, see MnRouterProbes" },
	{ "UsePolicyModule", "internal",
	  "policy is built in, see MnIfPreference and Peer" },
	{ "InterfaceInitialInitDelay", ANY_NUMBER,
	  "an interface is used as soon as it has a router" },
	{ "NoHomeReturn", "disabled",
	  "who is on its home link is at home" },
	{ "HaHomeLink", NULL, "instead: HomeLink \"interface\" "
	  "{ Prefix P/len; }" },
	{ "UseESP", NULL, IPSEC },
	{ "UseAH", NULL, IPSEC },
	{ "UseIPComp", NULL, IPSEC },
	/* of its branch for RFC 5555, and of later ones */
	{ "MnUseDsmip6", "disabled", DSMIP },
	{ "HaAcceptDsmip6", "disabled", DSMIP },
	{ "MnSupportIPv4Traffic", "disabled", DSMIP },
	{ "HomeAgentV4Address", NULL, DSMIP },
	{ "IfUseDhcp", "disabled",
	  "care-of addresses are formed as CareOfAddress says; " DSMIP },
	{ "HomeAgentName", NULL, "instead: HomeAgentAddress; without it home "
	  "agents are found by the home prefix" },
	{ "TunnelPayloadForceSANego", "disabled", IPSEC },
	{ NULL }
};

static const struct umip *
find(const char *name)
{
	for (const struct umip *u = table; u->name; u++) {
		if (strcmp(u->name, name) == 0)
			return u;
	}
	return NULL;
}

bool
umip_is_name(const char *name)
{
	return find(name) != NULL;
}

static bool
is_harmless(const struct umip *u, const struct arg *a)
{
	int on;

	if (!*u->harmless)
		return schema_word(schema_bool, a->text, &on);
	if (strcmp(u->harmless, ANY_NUMBER) == 0)
		return a->kind == ARG_NUMBER;
	return strcmp(a->text, u->harmless) == 0 ||
	       (strcmp(a->text, "false") == 0 &&
		strcmp(u->harmless, "disabled") == 0);
}

static const char *
only(const struct umip *u, char *buf, size_t cap)
{
	const char *value = u->harmless;

	buf[0] = '\0';
	if (value && strcmp(value, ANY_NUMBER) == 0)
		snprintf(buf, cap, "; only a number is accepted");
	else if (value)
		snprintf(buf, cap, "; only `%s' is accepted",
			 *value ? value : "enabled' or `disabled");
	return buf;
}

bool
umip_statement(struct parse *p, const struct stmt *s)
{
	const struct umip *u = find(s->head->text);
	const struct arg *a = s->args;
	char text[64];

	if (!u)
		return false;
	if (u->harmless && a && !a->next && !s->has_body &&
	    is_harmless(u, a))
		return true;
	parse_error(p, &s->head->at, "%s: %s%s", u->name, u->instead,
		    only(u, text, sizeof(text)));
	return true;
}

const char *
umip_name(unsigned i)
{
	return table[i].name;
}
