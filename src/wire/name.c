/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.c - the names of numbers that are no row of a table, and of those
 * that are.
 */
#include "wire/name.h"
#include "wire/row.h"

const char *
name_mh_type(uint8_t type)
{
	const struct mh_row *row = mh_row(type);

	return row ? row->name : NULL;
}

const char *
name_mopt(uint8_t type)
{
	const struct mopt_row *row = mopt_row(type);

	if (type == MOPT_PAD1)
		return "Pad1";
	if (type == MOPT_PADN)
		return "PadN";
	return row ? row->name : NULL;
}

#define NAMED(n, names) \
	((n) < sizeof(names) / sizeof((names)[0]) ? (names)[n] : NULL)

/* IANA "Status Codes" of mobility parameters */
const char *
name_status(uint8_t n)
{
	static const char *const names[] = {
		[MH_ST_ACCEPTED] = "accepted",
		[MH_ST_PREFIX_DISCOVERY] =
			"accepted but prefix discovery necessary",
		[MH_ST_GRE_NOT_REQUIRED] = "accepted, GRE not required",
		[MH_ST_TLV_NOT_SUPPORTED] =
			"accepted, TLV header format not supported",
		[MH_ST_MCOA_NOTCOMPLETE] =
			"accepted, not all bindings of the bulk",
		[MH_ST_MCOA_NO_NDP] =
			"accepted, no neighbor discovery on the home link",
		[MH_ST_UNSPECIFIED] = "reason unspecified",
		[MH_ST_PROHIBITED] = "administratively prohibited",
		[MH_ST_RESOURCES] = "insufficient resources",
		[MH_ST_NO_HOME_REG] = "home registration not supported",
		[MH_ST_NOT_HOME_SUBNET] = "not home subnet",
		[MH_ST_NOT_HA] = "not home agent for this mobile node",
		[MH_ST_DAD_FAILED] = "duplicate address detection failed",
		[MH_ST_SEQUENCE] = "sequence number out of window",
		[MH_ST_HOME_NONCE] = "expired home nonce index",
		[MH_ST_CAREOF_NONCE] = "expired care-of nonce index",
		[MH_ST_NONCES] = "expired nonces",
		[MH_ST_TYPE_CHANGE] = "registration type change disallowed",
		[MH_ST_NOT_ROUTER] = "mobile router operation not permitted",
		[MH_ST_INVALID_PREFIX] = "invalid prefix",
		[MH_ST_PREFIX_UNAUTHORIZED] = "not authorized for prefix",
		[MH_ST_FORWARDING_FAILED] = "forwarding setup failed",
		[MH_ST_ID_MISMATCH] = "timestamp mismatch",
		[MH_ST_MESG_ID_REQD] = "replay protection option required",
		[MH_ST_AUTH_FAIL] = "authentication failed",
		[MH_ST_NO_TOKEN] = "permanent home keygen token unavailable",
		[MH_ST_CGA_FAILED] = "CGA and signature verification failed",
		[MH_ST_TOKEN_EXISTS] = "permanent home keygen token exists",
		[MH_ST_HOME_NONCE_ZERO] = "non-null home nonce index expected",
		[MH_ST_SERVICE] = "service authorization failed",
		[MH_ST_PROXY_DISABLED] = "proxy registration not enabled",
		[MH_ST_NOT_LMA] =
			"not local mobility anchor for this mobile node",
		[MH_ST_MAG_UNAUTHORIZED] =
			"access gateway not authorized for proxy registration",
		[MH_ST_HNP_UNAUTHORIZED] =
			"not authorized for home network prefix",
		[MH_ST_TIMESTAMP] = "invalid timestamp value",
		[MH_ST_TIMESTAMP_LOWER] =
			"timestamp lower than previously accepted",
		[MH_ST_MISSING_HNP] = "missing home network prefix option",
		[MH_ST_PREFIX_SET] = "prefix sets do not match",
		[MH_ST_MISSING_MNID] = "missing mobile node identifier option",
		[MH_ST_MISSING_HANDOFF] = "missing handoff indicator option",
		[MH_ST_MISSING_ATT] =
			"missing access technology type option",
		[MH_ST_GRE_REQUIRED] = "GRE key option required",
		[MH_ST_MCOA_MALFORMED] =
			"malformed binding identifier option",
		[MH_ST_MCOA_NON_MCOA] =
			"binding without an identifier exists",
		[MH_ST_MCOA_PROHIBITED] =
			"multiple care-of addresses prohibited",
		[MH_ST_MCOA_UNKNOWN_COA] =
			"no care-of address for the binding identifier",
		[MH_ST_MCOA_BULK] = "bulk registration prohibited",
		[MH_ST_MCOA_SIMULTANEOUS] =
			"simultaneous home and foreign binding prohibited",
		[MH_ST_NO_IPV4] = "not authorized for IPv4 mobility service",
		[MH_ST_IPV4_UNAUTHORIZED] =
			"not authorized for IPv4 home address",
		[MH_ST_NO_IPV6] = "not authorized for IPv6 mobility service",
		[MH_ST_MULTIPLE_IPV4] =
			"multiple IPv4 home addresses not supported",
		[MH_ST_INVALID_COA] = "invalid care-of address",
		[MH_ST_INVALID_GROUP] =
			"invalid mobile node group identifier",
		[MH_ST_REINIT_SA] =
			"security association must be set up again",
		[MH_ST_DMNP_UNAUTHORIZED] =
			"not authorized for delegated prefix",
		[MH_ST_DMNP_IN_USE] = "requested delegated prefix in use",
		[MH_ST_QOS] = "cannot meet QoS service request",
		[MH_ST_MULTIPATH] = "cannot support multipath binding",
	};

	return NAMED(n, names);
}

const char *
name_be_status(uint8_t n)
{
	static const char *const names[] = {
		[MH_BE_UNKNOWN_BINDING] =
			"unknown binding for home address option",
		[MH_BE_UNKNOWN_TYPE] = "unrecognized mobility header type",
	};

	return NAMED(n, names);
}

const char *
name_fback_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "accepted",
		[1] = "accepted, use the alternate care-of address",
		[128] = "reason unspecified",
		[129] = "administratively prohibited",
		[130] = "insufficient resources",
		[131] = "incorrect interface identifier length",
	};

	return NAMED(n, names);
}

const char *
name_hi_code(uint8_t n)
{
	static const char *const names[] = {
		[0] = "from the previous care-of address",
		[1] = "not from the previous care-of address",
		[2] = "completion of forwarding",
		[3] = "all available context transferred",
	};

	return NAMED(n, names);
}

const char *
name_hack_code(uint8_t n)
{
	static const char *const names[] = {
		[0] = "accepted",
		[1] = "accepted, new care-of address not valid",
		[2] = "accepted, new care-of address assigned",
		[3] = "accepted, use previous care-of address",
		[4] = "unsolicited",
		[5] = "context transfer accepted",
		[6] = "all available context transferred",
		[128] = "reason unspecified",
		[129] = "administratively prohibited",
		[130] = "insufficient resources",
		[131] = "requested context not available",
		[132] = "forwarding not available",
	};

	return NAMED(n, names);
}

const char *
name_revocation_trigger(uint8_t n)
{
	static const char *const names[] = {
		[0] = "unspecified",
		[1] = "administrative reason",
		[2] = "inter-MAG handover, same access type",
		[3] = "inter-MAG handover, different access type",
		[4] = "inter-MAG handover, unknown",
		[5] = "user-initiated session termination",
		[6] = "access network session termination",
		[7] = "possible out-of-sync binding",
		[128] = "per-peer policy",
		[129] = "revoking mobility node local policy",
	};

	return NAMED(n, names);
}

const char *
name_revocation_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "success",
		[1] = "partial success",
		[128] = "binding does not exist",
		[129] = "IPv4 home address option required",
		[130] = "global revocation not authorized",
		[131] = "revoked mobile nodes identity required",
		[132] = "mobile node is attached",
		[133] = "revocation trigger not supported",
		[134] = "revocation function not supported",
		[135] = "proxy binding revocation not supported",
	};

	return NAMED(n, names);
}

const char *
name_lra_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "success",
		[128] = "localized routing not allowed",
		[129] = "mobile node not attached",
	};

	return NAMED(n, names);
}

const char *
name_upn_reason(uint8_t n)
{
	static const char *const names[] = {
		[1] = "force re-registration",
		[2] = "update session parameters",
		[3] = "vendor specific",
		[4] = "access network parameters requested",
		[5] = "QoS service request",
		[8] = "flow mobility",
	};

	return NAMED(n, names);
}

const char *
name_upa_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "success",
		[128] = "failed to update session parameters",
		[129] = "missing vendor specific option",
		[130] = "cannot meet QoS service request",
		[131] = "reason unspecified",
		[132] = "mobile node not attached",
	};

	return NAMED(n, names);
}

const char *
name_mnid_subtype(uint8_t n)
{
	static const char *const names[] = {
		[MOPT_MNID_NAI] = "NAI",
		[MOPT_MNID_IPV6] = "IPv6 address",
		[MOPT_MNID_IMSI] = "IMSI",
		[MOPT_MNID_PTMSI] = "P-TMSI",
		[MOPT_MNID_EUI48] = "EUI-48",
		[MOPT_MNID_EUI64] = "EUI-64",
		[MOPT_MNID_GUTI] = "GUTI",
		[MOPT_MNID_DUID] = "DUID",
	};

	return NAMED(n, names);
}

const char *
name_auth_subtype(uint8_t n)
{
	static const char *const names[] = {
		[MOPT_AUTH_MNHA] = "MN-HA",
		[MOPT_AUTH_MNAAA] = "MN-AAA",
	};

	return NAMED(n, names);
}

const char *
name_handoff(uint8_t n)
{
	static const char *const names[] = {
		[MOPT_HANDOFF_NEW] = "attachment over a new interface",
		[MOPT_HANDOFF_INTERFACES] =
			"between two interfaces of the mobile node",
		[MOPT_HANDOFF_MAGS] =
			"between access gateways for the same interface",
		[MOPT_HANDOFF_UNKNOWN] = "unknown",
		[MOPT_HANDOFF_SAME] = "not changed",
		[MOPT_HANDOFF_SHARED] =
			"attachment over a new interface sharing prefixes",
	};

	return NAMED(n, names);
}

const char *
name_att(uint8_t n)
{
	static const char *const names[] = {
		[MOPT_ATT_VIRTUAL] = "virtual",
		[MOPT_ATT_PPP] = "PPP",
		[MOPT_ATT_ETHERNET] = "IEEE 802.3",
		[MOPT_ATT_WLAN] = "IEEE 802.11a/b/g",
		[MOPT_ATT_WIMAX] = "IEEE 802.16e",
	};

	return NAMED(n, names);
}

const char *
name_dns_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "update performed",
		[128] = "reason unspecified",
		[129] = "administratively prohibited",
		[130] = "update failed",
	};

	return NAMED(n, names);
}

const char *
name_ipv4_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "success",
		[128] = "reason unspecified",
		[129] = "administratively prohibited",
		[130] = "incorrect IPv4 home address",
		[131] = "invalid IPv4 address",
		[132] = "no dynamic IPv4 home address",
		[133] = "prefix allocation unauthorized",
	};

	return NAMED(n, names);
}

const char *
name_flow_status(uint8_t n)
{
	static const char *const names[] = {
		[0] = "success",
		[128] = "administratively prohibited",
		[129] = "reason unspecified",
		[130] = "flow identification option malformed",
		[131] = "BID not found",
		[132] = "FID not found",
		[133] = "traffic selector format not supported",
	};

	return NAMED(n, names);
}

const char *
name_flow_sub(uint8_t n)
{
	static const char *const names[] = {
		[0] = "Pad1",
		[1] = "PadN",
		[2] = "Binding Reference",
		[3] = "Traffic Selector",
	};

	return NAMED(n, names);
}

const char *
name_qos_code(uint8_t n)
{
	static const char *const names[] = {
		"response", "allocate", "de-allocate", "modify", "query",
		"negotiate",
	};

	return NAMED(n, names);
}

const char *
name_qos_sub(uint8_t n)
{
	static const char *const names[] = {
		[1] = "Per-MN-Agg-Max-DL-Bit-Rate",
		[2] = "Per-MN-Agg-Max-UL-Bit-Rate",
		[3] = "Per-Session-Agg-Max-DL-Bit-Rate",
		[4] = "Per-Session-Agg-Max-UL-Bit-Rate",
		[5] = "Allocation-Retention-Priority",
		[6] = "Aggregate-Max-DL-Bit-Rate",
		[7] = "Aggregate-Max-UL-Bit-Rate",
		[8] = "Guaranteed-DL-Bit-Rate",
		[9] = "Guaranteed-UL-Bit-Rate",
		[10] = "QoS-Traffic-Selector",
		[11] = "QoS-Vendor-Specific-Attribute",
	};

	return NAMED(n, names);
}

const char *
name_lcmp_sub(uint8_t n)
{
	static const char *const names[] = {
		[1] = "Binding Re-registration Control",
		[2] = "Heartbeat Control",
	};

	return NAMED(n, names);
}

const char *
name_mh_prefix_code(uint8_t n)
{
	static const char *const names[] = {
		[1] = "old care-of address",
		[2] = "new care-of address",
		[3] = "new access router's address",
		[4] = "new access router's prefix",
	};

	return NAMED(n, names);
}

const char *
name_mh_lla_code(uint8_t n)
{
	static const char *const names[] = {
		[0] = "wildcard",
		[1] = "new access point",
		[2] = "mobile node",
		[3] = "new access router",
		[4] = "source of the message",
		[5] = "access point of the current interface",
		[6] = "access point without prefix information",
		[7] = "access point without fast handover",
	};

	return NAMED(n, names);
}

const char *
name_fault(enum wire_fault fault)
{
	static const char *const names[WIRE_FAULTS] = {
		[WIRE_OK] = "no fault",
		[WIRE_TRUNCATED] = "truncated",
		[WIRE_CHECKSUM] = "bad checksum",
		[WIRE_PROTO] = "payload protocol is not none",
		[WIRE_TOO_SHORT] = "header length too small for the message",
		[WIRE_MH_TYPE] = "unknown mobility header type",
		[WIRE_OPT_LENGTH] = "bad option length",
		[WIRE_OPT_TOO_MANY] = "too many options",
		[WIRE_OPT_MISPLACED] = "misplaced option",
		[WIRE_EXT_ORDER] = "extension headers out of order",
		[WIRE_EXT_OPTION] = "unknown destination option",
		[WIRE_EXT_VALUE] = "bad value in an extension header",
		[WIRE_EXT_SILENT] = "unknown destination option, no answer",
		[WIRE_HOPLIMIT] = "hop limit is not 255",
		[WIRE_VALUE] = "bad value",
	};

	return (unsigned)fault < WIRE_FAULTS ? names[fault] : NULL;
}

const char *
name_nd_type(uint8_t type)
{
	const struct nd_row *row = nd_row(type);

	return row ? row->name : NULL;
}
