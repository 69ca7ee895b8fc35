/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt.h - every mobility option, as a value.
 *
 * An option is its type and one member of the union; the comment at each
 * type says which member, and the RFC section that defines it.  Numbers are
 * in host order, reserved fields are not kept.  Spans point into the bytes
 * that were parsed, or into the caller's when a message is built.
 */
#ifndef MIP6D_WIRE_MOPT_H
#define MIP6D_WIRE_MOPT_H

#include "wire/wire.h"

enum mopt_type {			/* IANA "Mobility Options" */
	MOPT_PAD1 = 0,
	MOPT_PADN = 1,
	MOPT_REFRESH = 2,	/* refresh: Refresh Advice, 6275 6.2.4 */
	MOPT_ALTCOA = 3,	/* altcoa: Alternate Care-of Address, 6.2.5 */
	MOPT_NONCES = 4,	/* nonces: Nonce Indices, 6.2.6 */
	MOPT_AUTH_DATA = 5,	/* auth_data: Authorization Data, 6.2.7 */
	MOPT_MNP = 6,		/* prefix: Mobile Network Prefix, 3963 4.3 */
	MOPT_MH_LLA = 7,	/* coded: link-layer address, 5568 6.4.4 */
	MOPT_MNID = 8,		/* mnid: Mobile Node Identifier, 4283 3 */
	MOPT_AUTH = 9,		/* auth: message authentication, 4285 5 */
	MOPT_REPLAY = 10,	/* replay: message identifier, 4285 6 */
	MOPT_CGA_REQUEST = 11,	/* nothing: CGA Parameters Request, 4866 5.6 */
	MOPT_CGA = 12,		/* data: CGA Parameters, 4866 5.1 */
	MOPT_SIGNATURE = 13,	/* data: Signature, 4866 5.2 */
	MOPT_HOME_TOKEN = 14,	/* data: Permanent Home Keygen Token, 5.3 */
	MOPT_COT_INIT = 15,	/* nothing: Care-of Test Init, 4866 5.4 */
	MOPT_COT = 16,		/* token: Care-of Test, 4866 5.5 */
	MOPT_DNS_UPDATE = 17,	/* dns: DNS Update, 5026 8.1 */
	MOPT_EXPERIMENTAL = 18,	/* data: 5096 4 */
	MOPT_VENDOR = 19,	/* vendor: Vendor Specific, 5094 3 */
	MOPT_SERVICE = 20,	/* data: Service Selection, 5149 3 */
	MOPT_BADF = 21,		/* auth: authorization data for FMIPv6,
				   5568 6.4.5; its subtype is not used */
	MOPT_HNP = 22,		/* prefix: Home Network Prefix, 5213 8.3 */
	MOPT_HANDOFF = 23,	/* value: Handoff Indicator, 5213 8.4 */
	MOPT_ATT = 24,		/* value: Access Technology Type, 5213 8.5 */
	MOPT_MN_LLI = 25,	/* data: link-layer identifier, 5213 8.6 */
	MOPT_LINKLOCAL = 26,	/* addr: Link-local Address, 5213 8.7 */
	MOPT_TIMESTAMP = 27,	/* timestamp: 5213 8.8 */
	MOPT_RESTART = 28,	/* value: Restart Counter, 5847 3.4 */
	MOPT_IPV4_HOA = 29,	/* ipv4: IPv4 Home Address, 5555 3.1.1 */
	MOPT_IPV4_ACK = 30,	/* ipv4: Address Acknowledgement, 5555 3.2.1 */
	MOPT_NAT = 31,		/* nat: NAT Detection, 5555 3.2.2 */
	MOPT_IPV4_COA = 32,	/* ipv4: IPv4 Care-of Address, 5555 3.1.2 */
	MOPT_GRE_KEY = 33,	/* gre: 5845 6.1 */
	MOPT_MH_PREFIX = 34,	/* prefix: IPv6 Address/Prefix, 5568 6.4.2 */
	MOPT_BID = 35,		/* bid: Identifier, 5648 4.3, 6089 4.1 */
	MOPT_IPV4_REQUEST = 36,	/* ipv4: Home Address Request, 5844 3.3.1 */
	MOPT_IPV4_REPLY = 37,	/* ipv4: IPv4 Home Address Reply, 5844 3.3.2 */
	MOPT_IPV4_ROUTER = 38,	/* ipv4: Default-Router Address, 5844 3.3.3 */
	MOPT_IPV4_DHCP = 39,	/* value: DHCP Support Mode, 5844 3.3.4 */
	MOPT_CONTEXT = 40,	/* data: Context Request, 5949 6.2.1 */
	MOPT_LMAA = 41,		/* lmaa: LMA Address, 5949 6.2.2 */
	MOPT_MN_IID = 42,	/* token: MN link-local interface id, 6.2.3 */
	MOPT_FLOW_SUMMARY = 44,	/* data: Flow Summary, 6089 4.2.2 */
	MOPT_FLOW = 45,		/* flow: Flow Identification, 6089 4.2 */
	MOPT_REDIRECT_CAP = 46,	/* nothing: Redirect-Capability, 6463 4.1 */
	MOPT_REDIRECT = 47,	/* lmaa: Redirect, 6463 4.2 */
	MOPT_LOAD = 48,		/* load: Load Information, 6463 4.3 */
	MOPT_ALT_IPV4_COA = 49,	/* ipv4: Alternate IPv4 CoA, 6463 4.4 */
	MOPT_GROUP = 50,	/* group: MN Group Identifier, 6602 4.3 */
	MOPT_MAG_ADDR = 51,	/* prefix: MAG IPv6 Address, 6705 11.1 */
	MOPT_OFFLOAD = 53,	/* offload: Offload Selector, 6909 3.1 */
	MOPT_DMNP = 55,		/* dmnp: Delegated MNP, 7148 4.1 */
	MOPT_MULTICAST4 = 56,	/* coded: active subscription, 7161 6.1 */
	MOPT_MULTICAST6 = 57,	/* coded: active subscription, 7161 4.1 */
	MOPT_QOS = 58,		/* qos: Quality of Service, 7222 4.1 */
	MOPT_LCMP = 62,		/* data: MAG parameters, 8127 3 */
	MOPT_MULTIPATH = 63,	/* multipath: MAG Multipath Binding, 8278 4.1 */
	MOPT_MAG_ID = 64,	/* mnid: MAG Identifier, 8278 4.2 */
	MOPT_ANCHORED = 65,	/* prefix: Anchored Prefix, 8885 4.3 */
	MOPT_LOCAL = 66,	/* prefix: Local Prefix, 8885 4.4 */
	MOPT_PREV_MAAR = 67,	/* maar: Previous MAAR, 8885 4.5 */
	MOPT_SERVING_MAAR = 68,	/* addr: Serving MAAR, 8885 4.6 */
	MOPT_DLIF_ADDR = 69,	/* addr: DLIF Link-Local Address, 8885 4.7 */
	MOPT_DLIF_LLA = 70,	/* data: DLIF Link-Layer Address, 8885 4.8 */
};

enum mopt_mnid_subtype {		/* RFC 4283, RFC 8371 6 */
	MOPT_MNID_NAI = 1,
	MOPT_MNID_IPV6 = 2,
	MOPT_MNID_IMSI = 3,
	MOPT_MNID_PTMSI = 4,
	MOPT_MNID_EUI48 = 5,
	MOPT_MNID_EUI64 = 6,
	MOPT_MNID_GUTI = 7,
	MOPT_MNID_DUID = 8,
};
enum mopt_auth_subtype { MOPT_AUTH_MNHA = 1, MOPT_AUTH_MNAAA = 2 };

enum mopt_handoff {			/* RFC 5213 8.4, RFC 7864 7 */
	MOPT_HANDOFF_NEW = 1,
	MOPT_HANDOFF_INTERFACES = 2,	/* between two of the mobile's */
	MOPT_HANDOFF_MAGS = 3,		/* same interface */
	MOPT_HANDOFF_UNKNOWN = 4,
	MOPT_HANDOFF_SAME = 5,		/* re-registration */
	MOPT_HANDOFF_SHARED = 6,	/* new interface, sharing prefixes */
};
enum mopt_att {				/* RFC 5213 8.5 */
	MOPT_ATT_VIRTUAL = 1,
	MOPT_ATT_PPP = 2,
	MOPT_ATT_ETHERNET = 3,
	MOPT_ATT_WLAN = 4,
	MOPT_ATT_WIMAX = 5,
};

#define MOPT_HNP_OFFLINK	0x80	/* L, RFC 7864 4.1 */
#define MOPT_DNS_REMOVE		0x80	/* R */
#define MOPT_BID_H		0x80	/* home and foreign at once, RFC 5648 */
#define MOPT_BID_BAD		0xff	/* bid.form: a length that is none */
#define MOPT_MULTIPATH_B	0x80	/* bulk re-registration, RFC 8278 */
#define MOPT_MULTIPATH_O	0x40	/* registration overwrite */
#define MOPT_LMAA_IPV6		1
#define MOPT_LMAA_IPV4		2

struct mopt {
	uint8_t		type;
	uint8_t		len;		/* option length as on the wire */
	uint16_t	off;		/* of its type octet, from the start of
					   the Mobility Header; set by mh_parse
					   and mh_build */
	union {
		uint16_t	refresh;	/* units of 4 seconds */
		struct in6_addr	altcoa, addr;
		struct {
			uint16_t	home, careof;	/* nonce indices */
		} nonces;
		struct span	auth_data;	/* the authenticator; p NULL
						   as in auth.data */
		struct {
			uint8_t		subtype;
			struct span	id;
		} mnid;
		struct {
			uint8_t		subtype;
			uint32_t	spi;
			struct span	data;	/* the authenticator.  build:
						   data.p NULL leaves data.len
						   zeros to be filled in */
		} auth;
		uint64_t	replay;		/* NTP timestamp, RFC 4285 6 */
		uint64_t	timestamp;	/* 1/65536 s since 1970,
						   RFC 5213 8.8 */
		uint64_t	token;
		uint32_t	value;
		struct span	data;
		struct {
			uint8_t		code;	/* Option-Code, protocol */
			struct span	data;
		} coded;
		struct {
			uint8_t		code;	/* MOPT_MH_PREFIX: Option-Code;
						   MOPT_HNP: flags; else 0 */
			uint8_t		len;	/* bits, 0..128 */
			struct in6_addr	addr;	/* whole, as on the wire */
		} prefix;
		struct {
			uint8_t		status, flags;
			struct span	name;
		} dns;
		struct {
			uint32_t	id;	/* private enterprise number */
			uint8_t		subtype;
			struct span	data;
		} vendor;
		struct {
			uint8_t		status;	/* MOPT_IPV4_ACK, _REPLY */
			uint8_t		len;	/* prefix length, 0..63 */
			bool		want_prefix;	/* P of MOPT_IPV4_HOA */
			struct in_addr	addr;
		} ipv4;
		struct {
			bool		force;	/* F: encapsulate in UDP */
			uint32_t	refresh;	/* seconds */
		} nat;
		struct {
			bool		has_key;
			uint32_t	key;
		} gre;
		struct {
			uint16_t	bid;
			uint8_t		status;
			uint8_t		flags;	/* MOPT_BID_H | priority */
			uint8_t		form;	/* octets of address: 0, 4, 16;
						   MOPT_BID_BAD: see bad */
			union {
				struct in_addr	coa4;
				struct in6_addr	coa;
				struct span	bad;	/* all of it: answer
							   164, RFC 5648 4.4 */
			};
		} bid;
		struct {
			uint8_t		code;	/* MOPT_LMAA_* */
			union {
				struct in6_addr	addr;
				struct in_addr	addr4;
			};
		} lmaa;
		struct {
			uint16_t	fid, priority;
			uint8_t		status;
			struct span	sub;	/* see mopt_sub_next */
		} flow;
		struct {
			uint16_t	priority;
			uint32_t	sessions, max_sessions;
			uint32_t	used, capacity;	/* kilobytes/s */
		} load;
		struct {
			uint8_t		subtype;
			uint32_t	id;
		} group;
		struct {
			bool		except;	/* M: offload all but these */
			struct span	sub;
		} offload;
		struct {
			bool		ipv4;
			uint8_t		len;
			union {
				struct in6_addr	addr;
				struct in_addr	addr4;
			};
		} dmnp;
		struct {
			uint8_t		id, dscp, code;
			struct span	sub;
		} qos;
		struct {
			uint8_t		att, label, bid, flags;
		} multipath;
		struct {
			uint8_t		len;
			struct in6_addr	addr, prefix;
		} maar;
		struct span	raw;		/* a type not in the table.
						   build: placed as `off' says,
						   modulo 8; 0: anywhere */
	};
};

/* What is inside flow.sub and offload.sub (RFC 6089 4.2.1), qos.sub
 * (RFC 7222 4.2), MOPT_LCMP (RFC 8127 3.1) and MOPT_CONTEXT (RFC 5949
 * 6.2.1): a chain of type, length, value.  Only the flow ones have a Pad1
 * without a length; it and PadN are skipped there. */
enum mopt_sub_kind { MOPT_SUB_FLOW, MOPT_SUB_PLAIN };

struct mopt_sub {
	uint8_t		type;
	struct span	data;
};

/* The next one off the cursor, which the caller starts over the span.
 * False at the end, with r->bad when the end came too early. */
bool	mopt_sub_next(struct rbuf *r, enum mopt_sub_kind, struct mopt_sub *ret);

#endif
