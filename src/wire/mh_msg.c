/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh_msg.c - what is inside each Mobility Header message of RFC 6275, and
 * the table of all messages.
 *
 * The box above each message shows its fixed part from the checksum on,
 * octet 4 of the header; options follow.  A parser finds all fixed octets
 * there (mh_parse_known has compared the row's `fixed').  Reserved fields
 * are sent as zero and not looked at.
 */
#include "wire/mh_msg.h"
#include "wire/name.h"

/* Binding Refresh Request, RFC 6275 6.1.2
 *
 *	|           Checksum            |           Reserved            |
 */
enum wire_fault
mh_parse_brr(struct rbuf *r, struct mh *m)
{
	rbuf_take(r, 2);
	return WIRE_OK;
}

bool
mh_build_brr(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, 0);
	return true;
}

void
mh_print_brr(const struct mh *m, struct text *t)
{
}

void
mh_summary_brr(const struct mh *m, struct text *t)
{
}

/* Home Test Init, Care-of Test Init, RFC 6275 6.1.3, 6.1.4
 *
 *	|           Checksum            |           Reserved            |
 *	|                    Home/Care-of Init Cookie                   |
 *	+                                                               +
 *	|                                                               |
 */
enum wire_fault
mh_parse_test_init(struct rbuf *r, struct mh *m)
{
	rbuf_take(r, 2);
	m->test_init.cookie = rbuf_u64(r);
	return WIRE_OK;
}

bool
mh_build_test_init(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, 0);
	wbuf_u64(w, m->test_init.cookie);
	return true;
}

void
mh_print_test_init(const struct mh *m, struct text *t)
{
	text_line_u64(t, 1, "cookie", m->test_init.cookie);
}

void
mh_summary_test_init(const struct mh *m, struct text *t)
{
	text_add(t, " cookie=%016llx",
		 (unsigned long long)m->test_init.cookie);
}

/* Home Test, Care-of Test, RFC 6275 6.1.5, 6.1.6
 *
 *	|           Checksum            |   Home/Care-of Nonce Index    |
 *	|                    Home/Care-of Init Cookie                   |
 *	+                                                               +
 *	|                                                               |
 *	|                   Home/Care-of Keygen Token                   |
 *	+                                                               +
 *	|                                                               |
 */
enum wire_fault
mh_parse_test(struct rbuf *r, struct mh *m)
{
	m->test.nonce = rbuf_u16(r);
	m->test.cookie = rbuf_u64(r);
	m->test.token = rbuf_u64(r);
	return WIRE_OK;
}

bool
mh_build_test(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->test.nonce);
	wbuf_u64(w, m->test.cookie);
	wbuf_u64(w, m->test.token);
	return true;
}

void
mh_print_test(const struct mh *m, struct text *t)
{
	text_line(t, 1, "nonce-index %u", m->test.nonce);
	text_line_u64(t, 1, "cookie", m->test.cookie);
	text_line_u64(t, 1, "token", m->test.token);
}

/* The token is a secret of its own, and stays out of a ladder. */
void
mh_summary_test(const struct mh *m, struct text *t)
{
	text_add(t, " nonce=%u cookie=%016llx", m->test.nonce,
		 (unsigned long long)m->test.cookie);
}

/* Binding Update, RFC 6275 6.1.7, Fast Binding Update, RFC 5568 6.2.2; the
 * other flags are RFC 5380 (M), 3963 (R), 5213 (P), 5555 (F), 5845 (T),
 * 6602 (B), 7161 (S) and 8885 (D)
 *
 *	|           Checksum            |          Sequence #           |
 *	|A|H|L|K|M|R|P|F|T|B|S|D| Rsvd  |           Lifetime            |
 */
#define BU_FLAGS	0xfff0

static const struct flag_name bu_flags[] = {
	{ MH_BU_H, "H", "home" },
	{ MH_BU_A, "A", "ack" },
	{ MH_BU_L, "L", "lladdr" },
	{ MH_BU_K, "K", "key" },
	{ MH_BU_M, "M", "map" },
	{ MH_BU_R, "R", "router" },
	{ MH_BU_P, "P", "proxy" },
	{ MH_BU_F, "F", "udp" },
	{ MH_BU_T, "T", "tlv" },
	{ MH_BU_B, "B", "bulk" },
	{ MH_BU_S, "S", "multicast" },
	{ MH_BU_D, "D", "dmm" },
	{ 0 }
};

/* Seconds of a lifetime: those of RFC 5568 are in seconds. */
static unsigned
seconds(const struct mh *m, uint16_t lifetime)
{
	return m->type == MH_FBU || m->type == MH_FBACK ? lifetime
							: lifetime * 4U;
}

enum wire_fault
mh_parse_bu(struct rbuf *r, struct mh *m)
{
	m->bu.seq = rbuf_u16(r);
	m->bu.flags = rbuf_u16(r) & BU_FLAGS;
	m->bu.lifetime = rbuf_u16(r);
	return WIRE_OK;
}

bool
mh_build_bu(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->bu.seq);
	wbuf_u16(w, m->bu.flags & BU_FLAGS);
	wbuf_u16(w, m->bu.lifetime);
	return true;
}

void
mh_print_bu(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->bu.seq);
	text_line_letters(t, 1, "flags", m->bu.flags, bu_flags);
	text_line(t, 1, "lifetime %us", seconds(m, m->bu.lifetime));
}

void
mh_summary_bu(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u lifetime=%us", m->bu.seq,
		 seconds(m, m->bu.lifetime));
	text_words(t, m->bu.flags, bu_flags);
}

/* Binding Acknowledgement, RFC 6275 6.1.8, Fast Binding Acknowledgment,
 * RFC 5568 6.2.3; the other flags as in a Binding Update
 *
 *	|           Checksum            |    Status     |K|R|P|T|B|S|D|r|
 *	|          Sequence #           |           Lifetime            |
 */
#define BA_FLAGS	0xfe

static const struct flag_name ba_flags[] = {
	{ MH_BA_K, "K", "key" },
	{ MH_BA_R, "R", "router" },
	{ MH_BA_P, "P", "proxy" },
	{ MH_BA_T, "T", "tlv" },
	{ MH_BA_B, "B", "bulk" },
	{ MH_BA_S, "S", "multicast" },
	{ MH_BA_D, "D", "dmm" },
	{ 0 }
};

enum wire_fault
mh_parse_ba(struct rbuf *r, struct mh *m)
{
	m->ba.status = rbuf_u8(r);
	m->ba.flags = rbuf_u8(r) & BA_FLAGS;
	m->ba.seq = rbuf_u16(r);
	m->ba.lifetime = rbuf_u16(r);
	return WIRE_OK;
}

bool
mh_build_ba(struct wbuf *w, const struct mh *m)
{
	wbuf_u8(w, m->ba.status);
	wbuf_u8(w, m->ba.flags & BA_FLAGS);
	wbuf_u16(w, m->ba.seq);
	wbuf_u16(w, m->ba.lifetime);
	return true;
}

void
mh_print_ba(const struct mh *m, struct text *t)
{
	text_line_named(t, 1, "status", m->ba.status,
			m->type == MH_FBACK ? name_fback_status : name_status);
	text_line_letters(t, 1, "flags", m->ba.flags, ba_flags);
	text_line(t, 1, "seq %u", m->ba.seq);
	text_line(t, 1, "lifetime %us", seconds(m, m->ba.lifetime));
}

void
mh_summary_ba(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u status=%u lifetime=%us", m->ba.seq,
		 m->ba.status, seconds(m, m->ba.lifetime));
	text_words(t, m->ba.flags, ba_flags);
}

/* Binding Error, RFC 6275 6.1.9
 *
 *	|           Checksum            |    Status     |   Reserved    |
 *	|                                                               |
 *	+                         Home Address                          +
 *	:                                                               :
 */
enum wire_fault
mh_parse_be(struct rbuf *r, struct mh *m)
{
	m->be.status = rbuf_u8(r);
	rbuf_take(r, 1);
	m->be.hoa = rbuf_addr(r);
	return WIRE_OK;
}

bool
mh_build_be(struct wbuf *w, const struct mh *m)
{
	wbuf_u8(w, m->be.status);
	wbuf_u8(w, 0);
	wbuf_addr(w, &m->be.hoa);
	return true;
}

void
mh_print_be(const struct mh *m, struct text *t)
{
	text_line_named(t, 1, "status", m->be.status, name_be_status);
	text_line_addr(t, 1, "home-address", &m->be.hoa);
}

void
mh_summary_be(const struct mh *m, struct text *t)
{
	text_add(t, " status=%u hoa=", m->be.status);
	text_addr(t, &m->be.hoa);
}

static const struct mh_row rows[] = {
	[MH_BRR] = { "BRR", "Binding Refresh Request", "6275 6.1.2", 8,
		     MH_USE(brr) },
	[MH_HOTI] = { "HoTI", "Home Test Init", "6275 6.1.3", 16,
		      MH_USE(test_init) },
	[MH_COTI] = { "CoTI", "Care-of Test Init", "6275 6.1.4", 16,
		      MH_USE(test_init) },
	[MH_HOT] = { "HoT", "Home Test", "6275 6.1.5", 24, MH_USE(test) },
	[MH_COT] = { "CoT", "Care-of Test", "6275 6.1.6", 24, MH_USE(test) },
	[MH_BU] = { "BU", "Binding Update", "6275 6.1.7", 12, MH_USE(bu) },
	[MH_BA] = { "BA", "Binding Acknowledgement", "6275 6.1.8", 12,
		    MH_USE(ba) },
	[MH_BE] = { "BE", "Binding Error", "6275 6.1.9", 24, MH_USE(be) },
	[MH_FBU] = { "FBU", "Fast Binding Update", "5568 6.2.2", 12,
		     MH_USE(bu) },
	[MH_FBACK] = { "FBack", "Fast Binding Acknowledgment", "5568 6.2.3",
		       12, MH_USE(ba) },
	/* two reserved octets, as a BRR has them */
	[MH_FNA] = { "FNA", "Fast Neighbor Advertisement", "4068 6.3.3", 8,
		     MH_USE(brr) },
	[MH_EXPERIMENTAL] = { "EXP", "Experimental Mobility Header",
			      "5096 3", 8, .opaque = true,
			      MH_USE(experimental) },
	[MH_HA_SWITCH] = { "HAS", "Home Agent Switch", "5142 4", 8,
			   MH_USE(ha_switch) },
	[MH_HEARTBEAT] = { "HB", "Heartbeat", "5847 3.3", 12,
			   MH_USE(heartbeat) },
	[MH_HI] = { "HI", "Handover Initiate", "5568 6.2.1.1", 10,
		    MH_USE(hi) },
	[MH_HACK] = { "HAck", "Handover Acknowledge", "5568 6.2.1.2", 10,
		      MH_USE(hi) },
	[MH_REVOCATION] = { "BR", "Binding Revocation", "5846 5", 12,
			    MH_USE(revocation) },
	[MH_LRI] = { "LRI", "Localized Routing Initiation", "6705 10.1", 12,
		     MH_USE(lr) },
	[MH_LRA] = { "LRA", "Localized Routing Acknowledgment", "6705 10.2",
		     12, MH_USE(lr) },
	[MH_UPN] = { "UPN", "Update Notification", "7077 4.1", 12,
		     MH_USE(upn) },
	[MH_UPA] = { "UPA", "Update Notification Acknowledgement", "7077 4.2",
		     12, MH_USE(upa) },
	[MH_SUB_QUERY] = { "SQ", "Subscription Query", "7161 4.3.1", 8,
			   MH_USE(sub) },
	[MH_SUB_RESPONSE] = { "SR", "Subscription Response", "7161 4.3.2", 8,
			      MH_USE(sub) },
};

const struct mh_row *
mh_row(uint8_t type)
{
	if (type >= sizeof(rows) / sizeof(rows[0]) || !rows[type].name)
		return NULL;
	return &rows[type];
}
