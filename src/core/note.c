/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.c - from a note's code and fields to a record: the one place where
 * a node's news become words.
 *
 * One row a code: the record's type, and which fields it has, in the order
 * in which they are printed.
 */
#include "core/note.h"
#include "core/node.h"

#include "wire/name.h"

enum part {
	P_END, P_TYPE, P_A_SRC, P_B_DST, P_A_HOA, P_B_HA, P_B_COA, P_A_ADDR,
	P_A_PEER, P_A_ROUTER, P_SEQ, P_LIFETIME, P_STATUS,
	P_FAULT, P_OFFSET, P_REASON, P_LIMIT, P_ERRNO, P_ELAPSED, P_IFACE,
	P_WHAT, P_ATYPE, P_RELEASE, P_B_PEER, P_RO,
	P_RO_STATUS, P_PREFERENCE, P_A_PREFIX, P_COUNT, P_USED, P_LL, P_PLAIN, P_TRIGGER,
};

static const struct {
	const char	*type;
	uint8_t		part[8];
} rows[NOTE_CODES] = {
	[NOTE_SENT]	= { "sent", { P_TYPE, P_A_SRC, P_B_DST, P_SEQ,
				P_LIFETIME, P_STATUS } },
	[NOTE_RECEIVED]	= { "received", { P_TYPE, P_A_SRC, P_B_DST, P_SEQ,
				P_LIFETIME, P_STATUS } },
	[NOTE_BAD_PACKET] = { "bad-packet", { P_A_SRC, P_FAULT, P_OFFSET,
				P_IFACE } },
	[NOTE_REFUSED]	= { "refused", { P_A_HOA, P_B_COA, P_STATUS } },
	[NOTE_AUTH_FAILED] = { "auth-failed", { P_A_HOA, P_B_COA, P_STATUS } },
	[NOTE_REPLAYED]	= { "replayed", { P_A_HOA, P_B_COA, P_SEQ } },
	[NOTE_BINDING_UP] = { "binding-up", { P_A_HOA, P_B_COA, P_LIFETIME } },
	[NOTE_BINDING_MOVED] = { "binding-moved", { P_A_HOA, P_B_COA,
				P_LIFETIME } },
	[NOTE_BINDING_DOWN] = { "binding-down", { P_A_HOA, P_REASON } },
	[NOTE_BINDING_LIMIT] = { "binding-limit", { P_A_HOA, P_LIMIT } },
	[NOTE_DAD_START] = { "dad-start", { P_A_ADDR, P_IFACE } },
	[NOTE_DAD_OK]	= { "dad-ok", { P_A_ADDR, P_IFACE } },
	[NOTE_DAD_FAILED] = { "dad-failed", { P_A_ADDR, P_IFACE } },
	[NOTE_LINK_UP]	= { "link-up", { P_IFACE } },
	[NOTE_LINK_DOWN] = { "link-down", { P_IFACE } },
	[NOTE_ROUTER_PROBE] = { "router-probe", { P_A_ROUTER, P_IFACE } },
	[NOTE_HANDOVER]	= { "handover", { P_A_ROUTER, P_B_COA, P_IFACE } },
	[NOTE_HOME]	= { "home", { P_A_HOA, P_IFACE } },
	[NOTE_REGISTERED] = { "registered", { P_A_HOA, P_B_HA, P_LIFETIME,
				P_ELAPSED } },
	[NOTE_DEREGISTERED] = { "deregistered", { P_A_HOA, P_B_HA,
				P_ELAPSED } },
	[NOTE_REGISTRATION_FAILED] = { "registration-failed", { P_A_HOA,
				P_B_HA, P_STATUS } },
	[NOTE_REGISTRATION_EXPIRED] = { "registration-expired", { P_A_HOA,
				P_B_HA } },
	[NOTE_NO_ANSWER] = { "no-answer", { P_A_PEER, P_ELAPSED } },
	[NOTE_EFFECT_FAILED] = { "effect-failed", { P_WHAT, P_A_ADDR,
				P_ERRNO } },
	[NOTE_LIMIT]	= { "limit", { P_WHAT, P_LIMIT, P_IFACE } },
	[NOTE_WANTED]	= { "wanted", { P_ATYPE } },
	[NOTE_ADDRESS_UP] = { "address-up", { P_ATYPE, P_A_ADDR, P_ELAPSED,
				P_IFACE } },
	[NOTE_ADDRESS_OLD] = { "address-old", { P_ATYPE, P_A_ADDR, P_IFACE } },
	[NOTE_ADDRESS_DOWN] = { "address-down", { P_ATYPE, P_A_ADDR,
				P_RELEASE } },
	[NOTE_NOT_SEEN]	= { "not-seen", { P_A_HOA, P_B_COA } },
	[NOTE_SIGNATURE_LIMIT] = { "signature-limit", { P_A_HOA, P_B_COA } },
	[NOTE_ABORTED]	= { "aborted", { P_ATYPE, P_A_ADDR } },
	[NOTE_OPTIMIZED] = { "optimized", { P_A_HOA, P_B_PEER, P_LIFETIME,
				P_ELAPSED } },
	[NOTE_NOT_OPTIMIZED] = { "not-optimized", { P_A_HOA, P_B_PEER, P_RO,
				P_RO_STATUS } },
	[NOTE_ATTACHED]	= { "attached", { P_LL, P_IFACE } },
	[NOTE_DETACHED]	= { "detached", { P_LL, P_IFACE } },
	[NOTE_REVOCATION_FAILED] = { "revocation-failed", { P_A_PEER, P_PLAIN } },
	[NOTE_REVOKED] = { "revoked", { P_A_PEER, P_TRIGGER } },
	[NOTE_PEER_LOST] = { "peer-lost", { P_A_PEER } },
	[NOTE_GROUP] = { "group-extended", { P_A_PEER, P_COUNT, P_LIFETIME } },
	[NOTE_REDIRECTED] = { "redirected", { P_A_HOA, P_B_HA } },
	[NOTE_NOT_REDIRECTED] = { "not-redirected", { P_A_HOA, P_B_HA } },
	[NOTE_PEER_BACK] = { "peer-back", { P_A_PEER } },
	[NOTE_PEER_RESTARTED] = { "peer-restarted", { P_A_PEER } },
	[NOTE_UNKNOWN_MOBILE] = { "unknown-mobile", { P_LL, P_IFACE } },
	[NOTE_PREFIXES]	= { "home-prefixes", { P_A_HOA, P_B_HA, P_COUNT,
				P_USED } },
	[NOTE_AGENT_UP]	= { "agent-up", { P_A_ROUTER, P_PREFERENCE, P_IFACE } },
	[NOTE_AGENT_DOWN] = { "agent-down", { P_A_ROUTER, P_IFACE } },
	[NOTE_AGENT_LIMIT] = { "agent-limit", { P_LIMIT, P_IFACE } },
	[NOTE_MEMBERSHIP_LIMIT] = { "membership-limit", { P_B_COA, P_LIMIT } },
	[NOTE_SWITCH]	= { "home-agent-switch", { P_A_HOA, P_B_HA, P_COUNT } },
	[NOTE_AGENTS]	= { "home-agents", { P_A_PREFIX, P_B_HA, P_COUNT } },
	[NOTE_PRESENCE_LIMIT] = { "presence-limit", { P_LIMIT, P_IFACE } },
};

void
note_of_mh(const struct mh *mh, struct note *note)
{
	note->type = mh->type;
	if (mh->type == MH_BU) {
		note->seq = mh->bu.seq;
		note->lifetime = (uint32_t)mh->bu.lifetime * MH_LIFETIME_UNIT;
	} else if (mh->type == MH_BA) {
		note->seq = mh->ba.seq;
		note->status = mh->ba.status;
		note->lifetime = (uint32_t)mh->ba.lifetime * MH_LIFETIME_UNIT;
	} else if (mh->type == MH_BE) {
		note->status = mh->be.status;
	}
}

static const char *
effect_word(uint32_t kind)
{
	static const char *const words[] = {
		[EF_SEND] = "send", [EF_ADDRESS] = "address",
		[EF_ROUTE] = "route", [EF_PATH] = "path", [EF_FLOW] = "flow",
		[EF_PROXY] = "proxy", [EF_ANYCAST] = "anycast",
		[EF_GROUP] = "group",
		[EF_DNS] = "dns", [EF_OWNED] = "owned",
		[EF_CURRENT] = "current", [EF_REPLY] = "reply",
		[EF_ABORT] = "abort", [EF_STORE] = "store",
		[EF_SYNC] = "sync", [EF_NOTE] = "note",
	};

	return kind < sizeof(words) / sizeof(*words) ? words[kind] : "effect";
}

static const char *
reason_word(uint32_t reason)
{
	static const char *const words[] = {
		[NOTE_DOWN_DEREGISTERED] = "deregistered",
		[NOTE_DOWN_EXPIRED] = "expired",
		[NOTE_DOWN_CONFIGURATION] = "configuration",
		[NOTE_DOWN_SHUTDOWN] = "shutdown",
		[NOTE_DOWN_FAILED] = "failed",
		[NOTE_DOWN_REVOKED] = "revoked",
		[NOTE_DOWN_CONFLICT] = "conflict",
		[NOTE_DOWN_UNREACHABLE] = "unreachable",
	};

	return reason < sizeof(words) / sizeof(*words) && words[reason] ?
		words[reason] : "unknown";
}

static const char *
release_word(uint32_t reason)
{
	static const char *const words[] = {
		[NOTE_GONE_UNUSED] = "unused",
		[NOTE_GONE_HANDOVER] = "handover",
		[NOTE_GONE_GRACE] = "grace-over",
		[NOTE_GONE_PREFIX] = "prefix",
		[NOTE_GONE_CONFIGURATION] = "configuration",
		[NOTE_GONE_REFUSED] = "refused",
		[NOTE_GONE_RENEWED] = "renewed",
		[NOTE_GONE_EXPIRED] = "expired",
	};

	return reason < sizeof(words) / sizeof(*words) && words[reason] ?
		words[reason] : "unknown";
}

static const char *
ro_word(uint32_t reason)
{
	static const char *const words[] = {
		[NOTE_RO_IDLE] = "idle",
		[NOTE_RO_HOME] = "home",
		[NOTE_RO_SILENT] = "silent",
		[NOTE_RO_UNSUPPORTED] = "unsupported",
		[NOTE_RO_REFUSED] = "refused",
		[NOTE_RO_LOST] = "lost",
		[NOTE_RO_EXPIRED] = "expired",
		[NOTE_RO_CONFIGURATION] = "configuration",
	};

	return reason < sizeof(words) / sizeof(*words) && words[reason] ?
		words[reason] : "unknown";
}

static void
put_status(const struct note *n, struct record *r)
{
	const char *name;
	bool message = n->code == NOTE_SENT || n->code == NOTE_RECEIVED;

	if (message && n->type != MH_BA && n->type != MH_BE)
		return;
	record_uint(r, "status", n->status);
	if (message && n->type == MH_BE)
		return;
	name = name_status(n->status);
	if (name && n->status >= 128)
		record_str(r, "reason", name);
}

static void
put_type(const struct note *n, struct record *r)
{
	const char *name = name_mh_type(n->type);

	if (name)
		record_str(r, "message", name);
	else
		record_uint(r, "message", n->type);
}

static bool
has_seq(const struct note *n)
{
	return n->type == MH_BU || n->type == MH_BA;
}

static void
put_part(enum part p, const struct note *n, const char *ifname,
	 struct record *r)
{
	switch (p) {
	case P_END:
		return;
	case P_TYPE:
		put_type(n, r);
		return;
	case P_A_SRC:
		record_addr(r, "src", &n->a);
		return;
	case P_B_DST:
		record_addr(r, "dst", &n->b);
		return;
	case P_A_HOA:
		record_addr(r, "hoa", &n->a);
		return;
	case P_B_HA:
		record_addr(r, "ha", &n->b);
		return;
	case P_B_COA:
		record_addr(r, "coa", &n->b);
		return;
	case P_A_ADDR:
		record_addr(r, "address", &n->a);
		return;
	case P_A_PEER:
		record_addr(r, "peer", &n->a);
		return;
	case P_A_ROUTER:
		record_addr(r, "router", &n->a);
		return;
	case P_SEQ:
		if (has_seq(n))
			record_uint(r, "seq", n->seq);
		return;
	case P_LIFETIME:
		if (n->code > NOTE_RECEIVED || has_seq(n))
			record_duration(r, "lifetime", SEC(n->lifetime));
		return;
	case P_STATUS:
		put_status(n, r);
		return;
	case P_FAULT:
		record_str(r, "fault",
			   name_fault((enum wire_fault)n->status));
		return;
	case P_OFFSET:
		record_uint(r, "offset", n->value);
		return;
	case P_REASON:
		record_str(r, "reason", reason_word(n->value));
		return;
	case P_LIMIT:
		record_uint(r, "limit", n->value);
		return;
	case P_ERRNO:
		record_str(r, "error", strerror((int)n->value));
		return;
	case P_ELAPSED:
		record_duration(r, "elapsed", n->elapsed);
		return;
	case P_IFACE:
		if (ifname)
			record_str(r, "interface", ifname);
		else if (n->ifindex)
			record_uint(r, "ifindex", n->ifindex);
		return;
	case P_PLAIN:
		record_uint(r, "status", n->status);
		return;
	case P_TRIGGER:
		record_uint(r, "trigger", n->value);
		return;
	case P_LL:
		record_lladdr(r, "link-layer", &n->ll);
		return;
	case P_WHAT:
		record_str(r, "what", effect_word(n->type));
		return;
	case P_ATYPE:
		record_str(r, "address-type", atype_name((enum atype)n->type));
		return;
	case P_B_PEER:
		record_addr(r, "peer", &n->b);
		return;
	case P_RO:
		record_str(r, "reason", ro_word(n->value));
		return;
	case P_RO_STATUS:
		if (n->value == NOTE_RO_REFUSED)
			record_uint(r, "status", n->status);
		return;
	case P_PREFERENCE:
		record_uint(r, "preference", n->value);
		return;
	case P_A_PREFIX:
		record_addr(r, "prefix", &n->a);
		return;
	case P_COUNT:
		record_uint(r, "count", n->value);
		return;
	case P_USED:
		record_bool(r, "used", n->status);
		return;
	case P_RELEASE:
		record_str(r, "reason", release_word(n->value));
		return;
	}
}

void
note_record(const struct note *n, const char *ifname, struct record *ret)
{
	record_init(ret, rows[n->code].type);
	record_duration(ret, "at", n->at);
	for (unsigned k = 0; k < sizeof(rows[0].part); k++)
		put_part((enum part)rows[n->code].part[k], n, ifname, ret);
}
