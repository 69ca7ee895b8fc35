/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt.c - the table of all mobility options.
 *
 * A row's place is the option's number.  It says what mh.c must know to
 * walk over the option and to place it, and names the three functions that
 * know what is inside: in mopt_shape.c for shapes that several options
 * have, in mopt_mip.c, mopt_proxy.c, mopt_ipv4.c and mopt_flow.c for the
 * others.  Lengths are option lengths, without type and length octet.
 */
#include "wire/mopt_row.h"
#include "wire/name.h"

#define REG	(MSG(MH_BU) | MSG(MH_BA))
#define NOTIFY	(MSG(MH_UPN) | MSG(MH_UPA))
#define HANDOVER (MSG(MH_HI) | MSG(MH_HACK))

static const struct mopt_row rows[] = {
	[MOPT_REFRESH] = {
		"Binding Refresh Advice", "6275 6.2.4", .min = 2, .max = 2,
		.align = 2, .once = true,
		.msgs = MSG(MH_BA) | MSG(MH_HA_SWITCH), MOPT_USE(refresh),
	},
	[MOPT_ALTCOA] = {
		"Alternate Care-of Address", "6275 6.2.5",
		.min = 16, .max = 16, .align = 8, .shift = 6, .once = true,
		.msgs = MSG(MH_BU) | MSG(MH_FBU) | MSG(MH_FBACK) |
			MSG(MH_REVOCATION),
		.key = "address", MOPT_USE(addr),
	},
	[MOPT_NONCES] = {
		"Nonce Indices", "6275 6.2.6", .min = 4, .max = 4,
		.align = 2, .once = true, .msgs = MSG(MH_BU),
		MOPT_USE(nonces),
	},
	[MOPT_AUTH_DATA] = {
		"Binding Authorization Data", "6275 6.2.7",
		.min = 1, .max = 255, .once = true, .last = true,
		.msgs = REG, MOPT_USE(auth_data),
	},
	[MOPT_MNP] = {
		"Mobile Network Prefix", "3963 4.3", .min = 18, .max = 18,
		.align = 8, .shift = 4, .msgs = REG, MOPT_USE(prefix),
	},
	[MOPT_MH_LLA] = {
		"Mobility Header Link-Layer Address", "5568 6.4.4",
		.min = 2, .max = 255, .msgs = MSG(MH_FBU) | HANDOVER,
		.name_of = name_mh_lla_code, .key = "link-layer",
		MOPT_USE(coded),
	},
	[MOPT_MNID] = {
		/* RFC 5213 5.3.6 has it with an identifier of no length. */
		"Mobile Node Identifier", "4283 3", .min = 1, .max = 255,
		.msgs = MSG_ANY, MOPT_USE(mnid),
	},
	[MOPT_AUTH] = {
		"Mobility Message Authentication", "4285 5",
		.min = 5, .max = 255, .align = 4, .shift = 1, .last = true,
		.msgs = REG, MOPT_USE(auth),
	},
	[MOPT_REPLAY] = {
		"Mobility Message Replay Protection", "4285 6",
		.min = 8, .max = 8, .align = 8, .shift = 2, .once = true,
		.msgs = REG, .key = "timestamp", MOPT_USE(u64),
	},
	[MOPT_CGA_REQUEST] = {
		"CGA Parameters Request", "4866 5.6", .max = 0, .once = true,
		.msgs = MSG(MH_BU), MOPT_USE(nothing),
	},
	[MOPT_CGA] = {
		"CGA Parameters", "4866 5.1", .min = 1, .max = 255,
		.msgs = REG, .key = "parameters", MOPT_USE(data),
	},
	[MOPT_SIGNATURE] = {
		"Signature", "4866 5.2", .min = 1, .max = 255, .once = true,
		.msgs = REG, .key = "signature", MOPT_USE(data),
	},
	[MOPT_HOME_TOKEN] = {
		"Permanent Home Keygen Token", "4866 5.3",
		.min = 1, .max = 255, .once = true, .msgs = MSG(MH_BA),
		.key = "token", MOPT_USE(data),
	},
	[MOPT_COT_INIT] = {
		"Care-of Test Init", "4866 5.4", .max = 0, .once = true,
		.msgs = MSG(MH_BU), MOPT_USE(nothing),
	},
	[MOPT_COT] = {
		"Care-of Test", "4866 5.5", .min = 8, .max = 8, .once = true,
		.align = 8, .shift = 6,
		.msgs = MSG(MH_BA), .key = "token", MOPT_USE(u64),
	},
	[MOPT_DNS_UPDATE] = {
		"DNS Update", "5026 8.1", .min = 2, .max = 255, .once = true,
		.msgs = REG, MOPT_USE(dns),
	},
	[MOPT_EXPERIMENTAL] = {
		"Experimental", "5096 4", .max = 255, .msgs = MSG_ANY,
		.key = "data", MOPT_USE(data),
	},
	[MOPT_VENDOR] = {
		"Vendor Specific", "5094 3", .min = 5, .max = 255,
		.align = 4, .shift = 2, .msgs = MSG_ANY, MOPT_USE(vendor),
	},
	[MOPT_SERVICE] = {
		"Service Selection", "5149 3", .min = 1, .max = 255,
		.once = true, .msgs = MSG(MH_BU) | MSG(MH_BA) | HANDOVER,
		.key = "service", MOPT_USE(text),
	},
	[MOPT_BADF] = {
		"Binding Authorization Data for FMIPv6", "5568 6.4.5",
		.min = 5, .max = 255, .align = 4, .shift = 2, .once = true,
		.last = true, .msgs = MSG(MH_FBU) | MSG(MH_FBACK),
		MOPT_USE(badf),
	},
	[MOPT_HNP] = {
		"Home Network Prefix", "5213 8.3", .min = 18, .max = 18,
		.align = 8, .shift = 4, .msgs = MSG_ANY,
		.keep = MOPT_HNP_OFFLINK, MOPT_USE(prefix),
	},
	[MOPT_HANDOFF] = {
		"Handoff Indicator", "5213 8.4", .min = 2, .max = 2,
		.once = true, .msgs = REG, .key = "handoff",
		.name_of = name_handoff, MOPT_USE(octet),
	},
	[MOPT_ATT] = {
		"Access Technology Type", "5213 8.5", .min = 2, .max = 2,
		.once = true, .msgs = REG | HANDOVER, .key = "technology",
		.name_of = name_att, MOPT_USE(octet),
	},
	[MOPT_MN_LLI] = {
		"Mobile Node Link-layer Identifier", "5213 8.6",
		.min = 3, .max = 255, .once = true,
		.msgs = REG | HANDOVER, .key = "identifier", MOPT_USE(lli),
	},
	[MOPT_LINKLOCAL] = {
		"Link-local Address", "5213 8.7", .min = 16, .max = 16,
		.align = 8, .shift = 6, .once = true,
		.msgs = REG | HANDOVER, .key = "address", MOPT_USE(addr),
	},
	[MOPT_TIMESTAMP] = {
		"Timestamp", "5213 8.8", .min = 8, .max = 8,
		.align = 8, .shift = 2, .once = true, .msgs = MSG_ANY,
		.key = "timestamp", MOPT_USE(u64),
	},
	[MOPT_RESTART] = {
		"Restart Counter", "5847 3.4", .min = 4, .max = 4,
		.align = 4, .shift = 2, .once = true,
		.msgs = MSG(MH_HEARTBEAT), MOPT_USE(restart),
	},
	[MOPT_IPV4_HOA] = {
		"IPv4 Home Address", "5555 3.1.1", .min = 6, .max = 6,
		.align = 4, .msgs = MSG(MH_BU) | MSG(MH_REVOCATION),
		MOPT_USE(ipv4_hoa),
	},
	[MOPT_IPV4_ACK] = {
		"IPv4 Address Acknowledgement", "5555 3.2.1",
		.min = 6, .max = 6, .align = 4, .msgs = MSG(MH_BA),
		MOPT_USE(ipv4_status),
	},
	[MOPT_NAT] = {
		"NAT Detection", "5555 3.2.2", .min = 6, .max = 6,
		.align = 4, .once = true, .msgs = MSG(MH_BA), MOPT_USE(nat),
	},
	[MOPT_IPV4_COA] = {
		"IPv4 Care-of Address", "5555 3.1.2", .min = 6, .max = 6,
		.align = 4, .once = true, .msgs = MSG(MH_BU),
		MOPT_USE(ipv4_addr),
	},
	[MOPT_GRE_KEY] = {
		"GRE Key", "5845 6.1", .min = 2, .max = 6, .step = 4,
		.align = 4, .once = true, .msgs = REG | HANDOVER,
		MOPT_USE(gre),
	},
	[MOPT_MH_PREFIX] = {
		"Mobility Header IPv6 Address/Prefix", "5568 6.4.2",
		.min = 18, .max = 18, .align = 8, .shift = 4,
		.msgs = HANDOVER, .keep = 0xff,
		.name_of = name_mh_prefix_code, MOPT_USE(prefix),
	},
	[MOPT_BID] = {
		"Binding Identifier", "5648 4.3", .min = 0, .max = 255,
		.msgs = REG | MSG(MH_BRR) | MSG(MH_COTI) | MSG(MH_COT) |
			MSG(MH_REVOCATION),
		.place = mopt_place_bid, MOPT_USE(bid),
	},
	[MOPT_IPV4_REQUEST] = {
		"IPv4 Home Address Request", "5844 3.3.1",
		.min = 6, .max = 6, .align = 4,
		.msgs = MSG(MH_BU) | MSG(MH_REVOCATION) | HANDOVER,
		MOPT_USE(ipv4_request),
	},
	[MOPT_IPV4_REPLY] = {
		"IPv4 Home Address Reply", "5844 3.3.2",
		.min = 6, .max = 6, .align = 4, .msgs = MSG(MH_BA),
		MOPT_USE(ipv4_status),
	},
	[MOPT_IPV4_ROUTER] = {
		"IPv4 Default-Router Address", "5844 3.3.3",
		.min = 6, .max = 6, .align = 4, .once = true,
		.msgs = MSG(MH_BA), MOPT_USE(ipv4_addr),
	},
	[MOPT_IPV4_DHCP] = {
		"IPv4 DHCP Support Mode", "5844 3.3.4", .min = 2, .max = 2,
		.once = true, .msgs = MSG(MH_BA), MOPT_USE(ipv4_dhcp),
	},
	[MOPT_CONTEXT] = {
		"Context Request", "5949 6.2.1", .min = 2, .max = 255,
		.align = 4, .once = true, .msgs = MSG(MH_HI),
		MOPT_USE(context),
	},
	[MOPT_LMAA] = {
		"Local Mobility Anchor Address", "5949 6.2.2",
		.min = 6, .max = 18, .step = 12, .align = 8, .shift = 4,
		.msgs = HANDOVER, MOPT_USE(lmaa),
	},
	[MOPT_MN_IID] = {
		"MN Link-local Address Interface Identifier", "5949 6.2.3",
		.min = 10, .max = 10, .align = 8, .shift = 4, .once = true,
		.msgs = HANDOVER, MOPT_USE(iid),
	},
	[MOPT_FLOW_SUMMARY] = {
		"Flow Summary", "6089 4.2.2", .min = 2, .max = 254,
		.step = 2, .align = 2, .msgs = REG, MOPT_USE(flow_summary),
	},
	[MOPT_FLOW] = {
		"Flow Identification", "6089 4.2", .min = 6, .max = 255,
		.align = 2, .msgs = REG, MOPT_USE(flow),
	},
	[MOPT_REDIRECT_CAP] = {
		"Redirect-Capability", "6463 4.1", .min = 2, .max = 2,
		.align = 4, .once = true, .msgs = MSG(MH_BU),
		MOPT_USE(nothing),
	},
	[MOPT_REDIRECT] = {
		"Redirect", "6463 4.2", .min = 6, .max = 18, .step = 12,
		.align = 4, .once = true, .msgs = MSG(MH_BA),
		MOPT_USE(redirect),
	},
	[MOPT_LOAD] = {
		"Load Information", "6463 4.3", .min = 18, .max = 18,
		.align = 4, .once = true, .msgs = MSG(MH_BA), MOPT_USE(load),
	},
	[MOPT_ALT_IPV4_COA] = {
		"Alternate IPv4 Care-of Address", "6463 4.4",
		.min = 4, .max = 4, .align = 4, .shift = 2, .once = true,
		.msgs = REG, MOPT_USE(ipv4_alone),
	},
	[MOPT_GROUP] = {
		"Mobile Node Group Identifier", "6602 4.3",
		.min = 6, .max = 6, .align = 4, .msgs = MSG_ANY,
		MOPT_USE(group),
	},
	[MOPT_MAG_ADDR] = {
		"MAG IPv6 Address", "6705 11.1", .min = 18, .max = 18,
		.align = 8, .shift = 4, .msgs = MSG(MH_LRI) | MSG(MH_LRA),
		MOPT_USE(prefix),
	},
	[MOPT_OFFLOAD] = {
		"IPv4 Traffic Offload Selector", "6909 3.1",
		.min = 4, .max = 255, .align = 4, .msgs = REG | NOTIFY,
		MOPT_USE(offload),
	},
	[MOPT_DMNP] = {
		"Delegated Mobile Network Prefix", "7148 4.1",
		.min = 6, .max = 18, .step = 12, .align = 8, .shift = 2,
		.msgs = REG, MOPT_USE(dmnp),
	},
	[MOPT_MULTICAST4] = {
		"Active Multicast Subscription IPv4", "7161 6.1",
		.min = 1, .max = 255, .align = 4, .shift = 1,
		.msgs = REG | MSG(MH_SUB_RESPONSE), .key = "context",
		MOPT_USE(coded),
	},
	[MOPT_MULTICAST6] = {
		"Active Multicast Subscription IPv6", "7161 4.1",
		.min = 1, .max = 255, .align = 8, .shift = 1,
		.msgs = REG | MSG(MH_SUB_RESPONSE), .key = "context",
		MOPT_USE(coded),
	},
	[MOPT_QOS] = {
		"Quality-of-Service", "7222 4.1", .min = 6, .max = 255,
		.align = 4, .msgs = REG | NOTIFY, MOPT_USE(qos),
	},
	[MOPT_LCMP] = {
		"LMA-Controlled MAG Parameters", "8127 3",
		.min = 2, .max = 255, .align = 4, .shift = 2, .once = true,
		.msgs = MSG(MH_BA), MOPT_USE(lcmp),
	},
	[MOPT_MULTIPATH] = {
		"MAG Multipath Binding", "8278 4.1", .min = 6, .max = 6,
		.msgs = REG, MOPT_USE(multipath),
	},
	[MOPT_MAG_ID] = {
		"MAG Identifier", "8278 4.2", .min = 3, .max = 255,
		.once = true, .msgs = REG, MOPT_USE(mag_id),
	},
	[MOPT_ANCHORED] = {
		"Anchored Prefix", "8885 4.3", .min = 18, .max = 18,
		.align = 8, .shift = 4, .msgs = REG, MOPT_USE(prefix),
	},
	[MOPT_LOCAL] = {
		"Local Prefix", "8885 4.4", .min = 18, .max = 18,
		.align = 8, .shift = 4, .msgs = REG, MOPT_USE(prefix),
	},
	[MOPT_PREV_MAAR] = {
		"Previous MAAR", "8885 4.5", .min = 34, .max = 34,
		.align = 8, .shift = 4, .msgs = MSG(MH_BA), MOPT_USE(maar),
	},
	[MOPT_SERVING_MAAR] = {
		"Serving MAAR", "8885 4.6", .min = 16, .max = 16,
		.align = 8, .shift = 6, .once = true, .msgs = MSG(MH_BU),
		.key = "address", MOPT_USE(addr),
	},
	[MOPT_DLIF_ADDR] = {
		"DLIF Link-Local Address", "8885 4.7", .min = 16, .max = 16,
		.align = 8, .shift = 6, .msgs = MSG(MH_BA),
		.key = "address", MOPT_USE(addr),
	},
	[MOPT_DLIF_LLA] = {
		"DLIF Link-Layer Address", "8885 4.8", .min = 3, .max = 255,
		.msgs = MSG(MH_BA), .key = "link-layer", MOPT_USE(lli),
	},
};

const struct mopt_row *
mopt_row(uint8_t type)
{
	if (type >= sizeof(rows) / sizeof(rows[0]) || !rows[type].parse)
		return NULL;
	return &rows[type];
}
