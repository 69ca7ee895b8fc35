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

/* IANA "Status Codes" of mobility parameters */
const char *
name_status(uint8_t status)
{
	static const char *const names[] = {
		[MH_ST_ACCEPTED] = "accepted",
		[MH_ST_PREFIX_DISCOVERY] =
			"accepted but prefix discovery necessary",
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
		[MH_ST_ID_MISMATCH] = "timestamp mismatch",
		[MH_ST_MESG_ID_REQD] = "replay protection option required",
		[MH_ST_AUTH_FAIL] = "authentication failed",
		[MH_ST_INVALID_COA] = "invalid care-of address",
	};

	return status < sizeof(names) / sizeof(names[0]) ? names[status] : NULL;
}

const char *
name_be_status(uint8_t status)
{
	static const char *const names[] = {
		[MH_BE_UNKNOWN_BINDING] =
			"unknown binding for home address option",
		[MH_BE_UNKNOWN_TYPE] = "unrecognized mobility header type",
	};

	return status < sizeof(names) / sizeof(names[0]) ? names[status] : NULL;
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
