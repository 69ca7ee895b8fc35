/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_any.c - any Mobility Header.
 *
 * Written field by field against the structs, not against the codec's
 * tables: an option that loses a field shows here.
 */
#include "wire_any.h"

#include <stddef.h>

static uint8_t noise[1024];

uint32_t any_below(struct rng *r, uint32_t n)
{
	return (uint32_t)rng_below(r, n);
}

static uint8_t u8(struct rng *r)
{
	return (uint8_t)rng_u64(r);
}

static uint16_t u16(struct rng *r)
{
	return (uint16_t)rng_u64(r);
}

static uint32_t u32(struct rng *r)
{
	return (uint32_t)rng_u64(r);
}

void any_bytes(struct rng *r, void *p, size_t n)
{
	uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		b[i] = u8(r);
}

void any_init(struct rng *r)
{
	any_bytes(r, noise, sizeof(noise));
}

struct in6_addr any_addr(struct rng *r)
{
	struct in6_addr a;

	any_bytes(r, &a, sizeof(a));
	return a;
}

struct span any_span(struct rng *r, uint32_t min, uint32_t max)
{
	uint32_t len = min + any_below(r, max - min + 1);

	/* mostly short ones: else few messages hold several options */
	if (any_below(r, 4) && len > min + 20)
		len = min + len % 20;
	return (struct span){
		noise + any_below(r, sizeof(noise) - len), len
	};
}

bool any_same_span(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.p, b.p, a.len));
}

static bool same4(struct in_addr a, struct in_addr b)
{
	return !memcmp(&a, &b, 4);
}

/* --- options, by shape -------------------------------------------------- */

static void nothing_any(struct rng *r, struct mopt *o)
{
}

static bool nothing_same(const struct mopt *a, const struct mopt *b)
{
	return true;
}

static void refresh_any(struct rng *r, struct mopt *o)
{
	o->refresh = u16(r);
}

static bool refresh_same(const struct mopt *a, const struct mopt *b)
{
	return a->refresh == b->refresh;
}

static void addr_any(struct rng *r, struct mopt *o)
{
	o->addr = any_addr(r);
}

static bool addr_same(const struct mopt *a, const struct mopt *b)
{
	return addr_eq(&a->addr, &b->addr);
}

static void nonces_any(struct rng *r, struct mopt *o)
{
	o->nonces.home = u16(r);
	o->nonces.careof = u16(r);
}

static bool nonces_same(const struct mopt *a, const struct mopt *b)
{
	return a->nonces.home == b->nonces.home &&
	       a->nonces.careof == b->nonces.careof;
}

static void auth_data_any(struct rng *r, struct mopt *o)
{
	o->auth_data = any_span(r, 1, any_below(r, 4) ? 12 : 255);
}

static bool auth_data_same(const struct mopt *a, const struct mopt *b)
{
	return any_same_span(a->auth_data, b->auth_data);
}

static void mnid_any(struct rng *r, struct mopt *o)
{
	o->mnid.subtype = u8(r);
	o->mnid.id = any_span(r, 1, 253);
}

static bool mnid_same(const struct mopt *a, const struct mopt *b)
{
	return a->mnid.subtype == b->mnid.subtype &&
	       any_same_span(a->mnid.id, b->mnid.id);
}

static void auth_any(struct rng *r, struct mopt *o)
{
	o->auth.subtype = (uint8_t)any_below(r, 6);
	o->auth.spi = u32(r);
	o->auth.data = any_span(r, 0, any_below(r, 4) ? 12 : 250);
}

static bool auth_same(const struct mopt *a, const struct mopt *b)
{
	return a->auth.subtype == b->auth.subtype &&
	       a->auth.spi == b->auth.spi &&
	       any_same_span(a->auth.data, b->auth.data);
}

static void badf_any(struct rng *r, struct mopt *o)
{
	o->auth.subtype = 0;
	o->auth.spi = u32(r);
	o->auth.data = any_span(r, 1, 251);
}

static void u64_any(struct rng *r, struct mopt *o)
{
	o->token = rng_u64(r);
}

static bool u64_same(const struct mopt *a, const struct mopt *b)
{
	return a->token == b->token;
}

static void value_any(struct rng *r, struct mopt *o)
{
	o->value = o->type == MOPT_RESTART ? u32(r) :
		   o->type == MOPT_IPV4_DHCP ? any_below(r, 2) : u8(r);
}

static bool value_same(const struct mopt *a, const struct mopt *b)
{
	return a->value == b->value;
}

static void data_any(struct rng *r, struct mopt *o)
{
	bool reserved = o->type == MOPT_MN_LLI || o->type == MOPT_DLIF_LLA ||
			o->type == MOPT_CONTEXT;

	o->data = any_span(r, 2, reserved ? 253 : 254);
	if (o->type == MOPT_FLOW_SUMMARY)
		o->data.len &= ~1UL;
}

static bool data_same(const struct mopt *a, const struct mopt *b)
{
	return any_same_span(a->data, b->data);
}

static void raw_any(struct rng *r, struct mopt *o)
{
	o->raw = any_span(r, 0, 255);
}

static bool raw_same(const struct mopt *a, const struct mopt *b)
{
	return any_same_span(a->raw, b->raw);
}

static void coded_any(struct rng *r, struct mopt *o)
{
	o->coded.code = u8(r);
	o->coded.data = any_span(r, 1, 254);
}

static bool coded_same(const struct mopt *a, const struct mopt *b)
{
	return a->coded.code == b->coded.code &&
	       any_same_span(a->coded.data, b->coded.data);
}

static void prefix_any(struct rng *r, struct mopt *o)
{
	o->prefix.code = o->type == MOPT_MH_PREFIX ? u8(r) :
			 o->type == MOPT_HNP ? u8(r) & MOPT_HNP_OFFLINK : 0;
	o->prefix.len = (uint8_t)any_below(r, 129);
	o->prefix.addr = any_addr(r);
}

static bool prefix_same(const struct mopt *a, const struct mopt *b)
{
	return a->prefix.code == b->prefix.code &&
	       a->prefix.len == b->prefix.len &&
	       addr_eq(&a->prefix.addr, &b->prefix.addr);
}

static void dns_any(struct rng *r, struct mopt *o)
{
	o->dns.status = u8(r);
	o->dns.flags = u8(r) & MOPT_DNS_REMOVE;
	o->dns.name = any_span(r, 0, 253);
}

static bool dns_same(const struct mopt *a, const struct mopt *b)
{
	return a->dns.status == b->dns.status &&
	       a->dns.flags == b->dns.flags &&
	       any_same_span(a->dns.name, b->dns.name);
}

static void vendor_any(struct rng *r, struct mopt *o)
{
	o->vendor.id = u32(r);
	o->vendor.subtype = u8(r);
	o->vendor.data = any_span(r, 0, 250);
}

static bool vendor_same(const struct mopt *a, const struct mopt *b)
{
	return a->vendor.id == b->vendor.id &&
	       a->vendor.subtype == b->vendor.subtype &&
	       any_same_span(a->vendor.data, b->vendor.data);
}

static void ipv4_any(struct rng *r, struct mopt *o)
{
	bool len = o->type == MOPT_IPV4_HOA || o->type == MOPT_IPV4_REQUEST;
	bool status = o->type == MOPT_IPV4_ACK || o->type == MOPT_IPV4_REPLY;

	o->ipv4.status = status ? u8(r) : 0;
	o->ipv4.len = len || status ? (uint8_t)any_below(r, 64) : 0;
	o->ipv4.want_prefix = o->type == MOPT_IPV4_HOA && any_below(r, 2);
	any_bytes(r, &o->ipv4.addr, 4);
}

static bool ipv4_same(const struct mopt *a, const struct mopt *b)
{
	return a->ipv4.status == b->ipv4.status &&
	       a->ipv4.len == b->ipv4.len &&
	       a->ipv4.want_prefix == b->ipv4.want_prefix &&
	       same4(a->ipv4.addr, b->ipv4.addr);
}

static void nat_any(struct rng *r, struct mopt *o)
{
	o->nat.force = any_below(r, 2);
	o->nat.refresh = u32(r);
}

static bool nat_same(const struct mopt *a, const struct mopt *b)
{
	return a->nat.force == b->nat.force &&
	       a->nat.refresh == b->nat.refresh;
}

static void gre_any(struct rng *r, struct mopt *o)
{
	o->gre.has_key = any_below(r, 2);
	o->gre.key = o->gre.has_key ? u32(r) : 0;
}

static bool gre_same(const struct mopt *a, const struct mopt *b)
{
	return a->gre.has_key == b->gre.has_key && a->gre.key == b->gre.key;
}

static void bid_any(struct rng *r, struct mopt *o)
{
	static const uint8_t forms[] = { 0, 4, 16, MOPT_BID_BAD };

	o->bid.form = forms[any_below(r, 4)];
	if (o->bid.form == MOPT_BID_BAD) {
		o->bid.bad = any_span(r, 9, 19);
		return;
	}
	o->bid.bid = u16(r);
	o->bid.status = u8(r);
	o->bid.flags = u8(r);
	o->bid.coa = any_addr(r);
}

static bool bid_same(const struct mopt *a, const struct mopt *b)
{
	if (a->bid.form != b->bid.form)
		return false;
	if (a->bid.form == MOPT_BID_BAD)
		return any_same_span(a->bid.bad, b->bid.bad);
	return a->bid.bid == b->bid.bid && a->bid.status == b->bid.status &&
	       a->bid.flags == b->bid.flags &&
	       !memcmp(&a->bid.coa, &b->bid.coa, a->bid.form);
}

static void lmaa_any(struct rng *r, struct mopt *o)
{
	o->lmaa.code = (uint8_t)(1 + any_below(r, 2));
	o->lmaa.addr = any_addr(r);
}

static bool lmaa_same(const struct mopt *a, const struct mopt *b)
{
	return a->lmaa.code == b->lmaa.code &&
	       !memcmp(&a->lmaa.addr, &b->lmaa.addr,
		       a->lmaa.code == MOPT_LMAA_IPV6 ? 16 : 4);
}

static void flow_any(struct rng *r, struct mopt *o)
{
	o->flow.fid = u16(r);
	o->flow.priority = u16(r);
	o->flow.status = u8(r);
	o->flow.sub = any_span(r, 0, 249);
}

static bool flow_same(const struct mopt *a, const struct mopt *b)
{
	return a->flow.fid == b->flow.fid &&
	       a->flow.priority == b->flow.priority &&
	       a->flow.status == b->flow.status &&
	       any_same_span(a->flow.sub, b->flow.sub);
}

static void load_any(struct rng *r, struct mopt *o)
{
	o->load.priority = u16(r);
	o->load.sessions = u32(r);
	o->load.max_sessions = u32(r);
	o->load.used = u32(r);
	o->load.capacity = u32(r);
}

static bool load_same(const struct mopt *a, const struct mopt *b)
{
	return a->load.priority == b->load.priority &&
	       a->load.sessions == b->load.sessions &&
	       a->load.max_sessions == b->load.max_sessions &&
	       a->load.used == b->load.used &&
	       a->load.capacity == b->load.capacity;
}

static void group_any(struct rng *r, struct mopt *o)
{
	o->group.subtype = u8(r);
	o->group.id = u32(r);
}

static bool group_same(const struct mopt *a, const struct mopt *b)
{
	return a->group.subtype == b->group.subtype &&
	       a->group.id == b->group.id;
}

static void offload_any(struct rng *r, struct mopt *o)
{
	o->offload.except = any_below(r, 2);
	o->offload.sub = any_span(r, 0, 251);
}

static bool offload_same(const struct mopt *a, const struct mopt *b)
{
	return a->offload.except == b->offload.except &&
	       any_same_span(a->offload.sub, b->offload.sub);
}

static void dmnp_any(struct rng *r, struct mopt *o)
{
	o->dmnp.ipv4 = any_below(r, 2);
	o->dmnp.len = (uint8_t)any_below(r, o->dmnp.ipv4 ? 33 : 129);
	o->dmnp.addr = any_addr(r);
}

static bool dmnp_same(const struct mopt *a, const struct mopt *b)
{
	return a->dmnp.ipv4 == b->dmnp.ipv4 && a->dmnp.len == b->dmnp.len &&
	       !memcmp(&a->dmnp.addr, &b->dmnp.addr, a->dmnp.ipv4 ? 4 : 16);
}

static void qos_any(struct rng *r, struct mopt *o)
{
	o->qos.id = u8(r);
	o->qos.dscp = (uint8_t)any_below(r, 64);
	o->qos.code = u8(r);
	o->qos.sub = any_span(r, 0, 249);
}

static bool qos_same(const struct mopt *a, const struct mopt *b)
{
	return a->qos.id == b->qos.id && a->qos.dscp == b->qos.dscp &&
	       a->qos.code == b->qos.code &&
	       any_same_span(a->qos.sub, b->qos.sub);
}

static void multipath_any(struct rng *r, struct mopt *o)
{
	o->multipath.att = u8(r);
	o->multipath.label = u8(r);
	o->multipath.bid = u8(r);
	o->multipath.flags = u8(r) & (MOPT_MULTIPATH_B | MOPT_MULTIPATH_O);
}

static bool multipath_same(const struct mopt *a, const struct mopt *b)
{
	return a->multipath.att == b->multipath.att &&
	       a->multipath.label == b->multipath.label &&
	       a->multipath.bid == b->multipath.bid &&
	       a->multipath.flags == b->multipath.flags;
}

static void maar_any(struct rng *r, struct mopt *o)
{
	o->maar.len = (uint8_t)any_below(r, 129);
	o->maar.addr = any_addr(r);
	o->maar.prefix = any_addr(r);
}

static bool maar_same(const struct mopt *a, const struct mopt *b)
{
	return a->maar.len == b->maar.len &&
	       addr_eq(&a->maar.addr, &b->maar.addr) &&
	       addr_eq(&a->maar.prefix, &b->maar.prefix);
}

static const struct option {
	void	(*any)(struct rng *, struct mopt *);
	bool	(*same)(const struct mopt *, const struct mopt *);
} options[256] = {
	[MOPT_REFRESH] = { refresh_any, refresh_same },
	[MOPT_ALTCOA] = { addr_any, addr_same },
	[MOPT_NONCES] = { nonces_any, nonces_same },
	[MOPT_AUTH_DATA] = { auth_data_any, auth_data_same },
	[MOPT_MNP] = { prefix_any, prefix_same },
	[MOPT_MH_LLA] = { coded_any, coded_same },
	[MOPT_MNID] = { mnid_any, mnid_same },
	[MOPT_AUTH] = { auth_any, auth_same },
	[MOPT_REPLAY] = { u64_any, u64_same },
	[MOPT_CGA_REQUEST] = { nothing_any, nothing_same },
	[MOPT_CGA] = { data_any, data_same },
	[MOPT_SIGNATURE] = { data_any, data_same },
	[MOPT_HOME_TOKEN] = { data_any, data_same },
	[MOPT_COT_INIT] = { nothing_any, nothing_same },
	[MOPT_COT] = { u64_any, u64_same },
	[MOPT_DNS_UPDATE] = { dns_any, dns_same },
	[MOPT_EXPERIMENTAL] = { data_any, data_same },
	[MOPT_VENDOR] = { vendor_any, vendor_same },
	[MOPT_SERVICE] = { data_any, data_same },
	[MOPT_BADF] = { badf_any, auth_same },
	[MOPT_HNP] = { prefix_any, prefix_same },
	[MOPT_HANDOFF] = { value_any, value_same },
	[MOPT_ATT] = { value_any, value_same },
	[MOPT_MN_LLI] = { data_any, data_same },
	[MOPT_LINKLOCAL] = { addr_any, addr_same },
	[MOPT_TIMESTAMP] = { u64_any, u64_same },
	[MOPT_RESTART] = { value_any, value_same },
	[MOPT_IPV4_HOA] = { ipv4_any, ipv4_same },
	[MOPT_IPV4_ACK] = { ipv4_any, ipv4_same },
	[MOPT_NAT] = { nat_any, nat_same },
	[MOPT_IPV4_COA] = { ipv4_any, ipv4_same },
	[MOPT_GRE_KEY] = { gre_any, gre_same },
	[MOPT_MH_PREFIX] = { prefix_any, prefix_same },
	[MOPT_BID] = { bid_any, bid_same },
	[MOPT_IPV4_REQUEST] = { ipv4_any, ipv4_same },
	[MOPT_IPV4_REPLY] = { ipv4_any, ipv4_same },
	[MOPT_IPV4_ROUTER] = { ipv4_any, ipv4_same },
	[MOPT_IPV4_DHCP] = { value_any, value_same },
	[MOPT_CONTEXT] = { data_any, data_same },
	[MOPT_LMAA] = { lmaa_any, lmaa_same },
	[MOPT_MN_IID] = { u64_any, u64_same },
	[MOPT_FLOW_SUMMARY] = { data_any, data_same },
	[MOPT_FLOW] = { flow_any, flow_same },
	[MOPT_REDIRECT_CAP] = { nothing_any, nothing_same },
	[MOPT_REDIRECT] = { lmaa_any, lmaa_same },
	[MOPT_LOAD] = { load_any, load_same },
	[MOPT_ALT_IPV4_COA] = { ipv4_any, ipv4_same },
	[MOPT_GROUP] = { group_any, group_same },
	[MOPT_MAG_ADDR] = { prefix_any, prefix_same },
	[MOPT_OFFLOAD] = { offload_any, offload_same },
	[MOPT_DMNP] = { dmnp_any, dmnp_same },
	[MOPT_MULTICAST4] = { coded_any, coded_same },
	[MOPT_MULTICAST6] = { coded_any, coded_same },
	[MOPT_QOS] = { qos_any, qos_same },
	[MOPT_LCMP] = { data_any, data_same },
	[MOPT_MULTIPATH] = { multipath_any, multipath_same },
	[MOPT_MAG_ID] = { mnid_any, mnid_same },
	[MOPT_ANCHORED] = { prefix_any, prefix_same },
	[MOPT_LOCAL] = { prefix_any, prefix_same },
	[MOPT_PREV_MAAR] = { maar_any, maar_same },
	[MOPT_SERVING_MAAR] = { addr_any, addr_same },
	[MOPT_DLIF_ADDR] = { addr_any, addr_same },
	[MOPT_DLIF_LLA] = { data_any, data_same },
	/* no rows: kept raw */
	[43] = { raw_any, raw_same },
	[200] = { raw_any, raw_same },
	[255] = { raw_any, raw_same },
};

bool any_knows_mopt(uint8_t type)
{
	return options[type].any;
}

void any_mopt(struct rng *r, uint8_t type, struct mopt *o)
{
	*o = (struct mopt){ .type = type };
	options[type].any(r, o);
}

bool any_same_mopt(const struct mopt *a, const struct mopt *b)
{
	if (a->type != b->type)
		return false;
	if (!options[a->type].same)
		return raw_same(a, b);
	return options[a->type].same(a, b);
}

/* --- messages ------------------------------------------------------------ */

/* The numbers of a message, one after the other; all of them together say
 * whether two are the same. */
struct numbers {
	uint64_t	v[6];
	struct in6_addr	addr;
	struct span	span;
};

static struct numbers numbers_of(const struct mh *m)
{
	struct numbers n = { { 0 } };

	switch (m->type) {
	case MH_HOTI:
	case MH_COTI:
		n.v[0] = m->test_init.cookie;
		break;
	case MH_HOT:
	case MH_COT:
		n = (struct numbers){ { m->test.nonce, m->test.cookie,
					m->test.token } };
		break;
	case MH_BU:
	case MH_FBU:
		n = (struct numbers){ { m->bu.seq, m->bu.flags,
					m->bu.lifetime } };
		break;
	case MH_BA:
	case MH_FBACK:
		n = (struct numbers){ { m->ba.status, m->ba.flags, m->ba.seq,
					m->ba.lifetime } };
		break;
	case MH_BE:
		n = (struct numbers){ { m->be.status }, m->be.hoa };
		break;
	case MH_EXPERIMENTAL:
		n.span = m->body;
		break;
	case MH_HA_SWITCH:
		n.v[0] = m->ha_switch.n;
		n.span = m->ha_switch.addrs;
		break;
	case MH_HEARTBEAT:
		n = (struct numbers){ { m->heartbeat.flags,
					m->heartbeat.seq } };
		break;
	case MH_HI:
	case MH_HACK:
		n = (struct numbers){ { m->hi.seq, m->hi.flags,
					m->hi.code } };
		break;
	case MH_REVOCATION:
		n = (struct numbers){ { m->revocation.kind,
					m->revocation.code, m->revocation.seq,
					m->revocation.flags } };
		break;
	case MH_LRI:
	case MH_LRA:
		n = (struct numbers){ { m->lr.seq, m->lr.flags, m->lr.status,
					m->lr.lifetime } };
		break;
	case MH_UPN:
		n = (struct numbers){ { m->upn.seq, m->upn.reason,
					m->upn.flags } };
		break;
	case MH_UPA:
		n = (struct numbers){ { m->upa.seq, m->upa.status } };
		break;
	case MH_SUB_QUERY:
	case MH_SUB_RESPONSE:
		n = (struct numbers){ { m->sub.seq, m->sub.flags } };
		break;
	}
	return n;
}

static void binding_any(struct rng *r, struct mh *m)
{
	if (m->type == MH_BU || m->type == MH_FBU)
		m->bu = (struct mh_bu){ u16(r), u16(r) & 0xfff0, u16(r) };
	else if (m->type == MH_BA || m->type == MH_FBACK)
		m->ba = (struct mh_ba){ u8(r), u8(r) & 0xfe, u16(r), u16(r) };
	else if (m->type == MH_BE)
		m->be = (struct mh_be){ u8(r), any_addr(r) };
	else if (m->type == MH_HOTI || m->type == MH_COTI)
		m->test_init.cookie = rng_u64(r);
	else if (m->type == MH_HOT || m->type == MH_COT)
		m->test = (struct mh_test){ u16(r), rng_u64(r), rng_u64(r) };
}

static void other_any(struct rng *r, struct mh *m)
{
	uint8_t n = (uint8_t)any_below(r, 5);

	if (m->type == MH_EXPERIMENTAL)
		m->body = (struct span){ noise, 2 + 8 * any_below(r, 9) };
	else if (m->type == MH_HA_SWITCH)
		m->ha_switch = (struct mh_ha_switch){ n, { noise, 16UL * n } };
	else if (m->type == MH_HEARTBEAT)
		m->heartbeat = (struct mh_heartbeat){ u16(r) & 3, u32(r) };
	else if (m->type == MH_HI)
		m->hi = (struct mh_hi){ u16(r), u8(r) & 0xf0, u8(r) };
	else if (m->type == MH_HACK)
		m->hi = (struct mh_hi){ u16(r), u8(r) & 0xe0, u8(r) };
	else if (m->type == MH_REVOCATION)
		m->revocation = (struct mh_revocation){
			(uint8_t)(1 + any_below(r, 2)), u8(r), u16(r),
			u16(r) & 0xe000
		};
	else if (m->type == MH_LRI)
		m->lr = (struct mh_lr){ u16(r), 0, 0, u16(r) };
	else if (m->type == MH_LRA)
		m->lr = (struct mh_lr){ u16(r), u8(r) & 0x80, u8(r), u16(r) };
	else if (m->type == MH_UPN)
		m->upn = (struct mh_upn){ u16(r), u16(r), u16(r) & 0xc000 };
	else if (m->type == MH_UPA)
		m->upa = (struct mh_upa){ u16(r), u8(r) };
	else if (m->type == MH_SUB_QUERY)
		m->sub = (struct mh_sub){ u8(r), 0 };
	else if (m->type == MH_SUB_RESPONSE)
		m->sub = (struct mh_sub){ u8(r), u8(r) & 0x80 };
}

bool any_knows_mh(uint8_t type)
{
	return type <= MH_SUB_RESPONSE && type != 21;
}

void any_mh_fixed(struct rng *r, uint8_t type, struct mh *m)
{
	m->type = type;
	m->nopts = 0;
	if (type <= MH_FBACK)
		binding_any(r, m);
	else
		other_any(r, m);
}

static uint8_t any_type(struct rng *r, bool (*knows)(uint8_t))
{
	uint8_t type;

	do
		type = u8(r);
	while (!knows(type));
	return type;
}

void any_mh(struct rng *r, struct mh *m)
{
	uint32_t n = any_below(r, 8);

	any_mh_fixed(r, any_type(r, any_knows_mh), m);
	if (m->type == MH_EXPERIMENTAL)
		return;
	while (n--) {
		uint8_t type = any_type(r, any_knows_mopt);

		any_mopt(r, type, mh_add(m, type));
	}
}

bool any_same_mh(const struct mh *a, const struct mh *b)
{
	struct numbers x = numbers_of(a), y = numbers_of(b);
	bool same = a->type == b->type && a->nopts == b->nopts &&
		    !memcmp(x.v, y.v, sizeof(x.v)) &&
		    addr_eq(&x.addr, &y.addr) &&
		    any_same_span(x.span, y.span);

	for (unsigned i = 0; same && i < a->nopts; i++)
		same = any_same_mopt(&a->opt[i], &b->opt[i]);
	return same;
}
