/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh_msg_ext.c - what is inside the Mobility Header messages that are not
 * RFC 6275's: fast handover, home agent switch, and those between the
 * access gateways and anchors of Proxy Mobile IPv6.
 */
#include "wire/mh_msg.h"
#include "wire/name.h"

#define ADDR_LEN	16

/* Experimental Mobility Header, RFC 5096 3
 *
 *	|           Checksum            |         Message Data ...
 *
 * Nobody but the experiment knows what is in it, so nothing of it is taken
 * for an option or for padding. */
enum wire_fault
mh_parse_experimental(struct rbuf *r, struct mh *m)
{
	m->body = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mh_build_experimental(struct wbuf *w, const struct mh *m)
{
	wbuf_put(w, m->body.p, m->body.len);
	return true;
}

void
mh_print_experimental(const struct mh *m, struct text *t)
{
	text_line_hex(t, 1, "data", m->body);
}

void
mh_summary_experimental(const struct mh *m, struct text *t)
{
	text_add(t, " octets=%zu", m->body.len);
}

/* Home Agent Switch, RFC 5142 4
 *
 *	|           Checksum            |# of Addresses |   Reserved    |
 *	:                     Home Agent Addresses                      :
 */
enum wire_fault
mh_parse_ha_switch(struct rbuf *r, struct mh *m)
{
	size_t len;

	m->ha_switch.n = rbuf_u8(r);
	rbuf_take(r, 1);
	len = (size_t)m->ha_switch.n * ADDR_LEN;
	/* the Header Len does not cover what the number promises */
	if (rbuf_left(r) < len)
		return WIRE_TOO_SHORT;
	m->ha_switch.addrs = rbuf_span(r, len);
	return WIRE_OK;
}

bool
mh_build_ha_switch(struct wbuf *w, const struct mh *m)
{
	const struct span *addrs = &m->ha_switch.addrs;

	if (addrs->len != (size_t)m->ha_switch.n * ADDR_LEN)
		return false;
	wbuf_u8(w, m->ha_switch.n);
	wbuf_u8(w, 0);
	wbuf_put(w, addrs->p, addrs->len);
	return true;
}

void
mh_print_ha_switch(const struct mh *m, struct text *t)
{
	struct rbuf r;
	struct in6_addr a;

	if (!m->ha_switch.n)
		return;
	r = rbuf_of(m->ha_switch.addrs.p, m->ha_switch.addrs.len);
	while (rbuf_left(&r) >= ADDR_LEN) {
		a = rbuf_addr(&r);
		text_line_addr(t, 1, "home-agent", &a);
	}
}

void
mh_summary_ha_switch(const struct mh *m, struct text *t)
{
	text_add(t, " addresses=%u", m->ha_switch.n);
}

/* Heartbeat, RFC 5847 3.3
 *
 *	|           Checksum            |         Reserved          |U|R|
 *	|                        Sequence Number                        |
 */
static const struct flag_name heartbeat_flags[] = {
	{ MH_HEARTBEAT_U, "U", "unsolicited" },
	{ MH_HEARTBEAT_R, "R", "response" },
	{ 0 }
};

enum wire_fault
mh_parse_heartbeat(struct rbuf *r, struct mh *m)
{
	m->heartbeat.flags = rbuf_u16(r) & (MH_HEARTBEAT_U | MH_HEARTBEAT_R);
	m->heartbeat.seq = rbuf_u32(r);
	return WIRE_OK;
}

bool
mh_build_heartbeat(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->heartbeat.flags & (MH_HEARTBEAT_U | MH_HEARTBEAT_R));
	wbuf_u32(w, m->heartbeat.seq);
	return true;
}

void
mh_print_heartbeat(const struct mh *m, struct text *t)
{
	text_line_letters(t, 1, "flags", m->heartbeat.flags, heartbeat_flags);
	text_line(t, 1, "seq %u", m->heartbeat.seq);
}

void
mh_summary_heartbeat(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u", m->heartbeat.seq);
	text_words(t, m->heartbeat.flags, heartbeat_flags);
}

/* Handover Initiate, RFC 5568 6.2.1.1, RFC 5949 6.1.1
 *
 *	|           Checksum            |          Sequence #           |
 *	|S|U|P|F| Resvd |     Code      |
 *
 * Handover Acknowledge, RFC 5568 6.2.1.2, RFC 5949 6.1.2
 *
 *	|           Checksum            |          Sequence #           |
 *	|U|P|F|  Resvd  |     Code      |
 */
static const struct flag_name hi_flags[] = {
	{ MH_HI_S, "S", "assign" },
	{ MH_HI_U, "U", "buffer" },
	{ MH_HI_P, "P", "proxy" },
	{ MH_HI_F, "F", "forward" },
	{ 0 }
};

static const struct flag_name hack_flags[] = {
	{ MH_HACK_U, "U", "buffer" },
	{ MH_HACK_P, "P", "proxy" },
	{ MH_HACK_F, "F", "forward" },
	{ 0 }
};

static uint8_t
hi_known(const struct mh *m)
{
	return m->type == MH_HI ? 0xf0 : 0xe0;
}

enum wire_fault
mh_parse_hi(struct rbuf *r, struct mh *m)
{
	m->hi.seq = rbuf_u16(r);
	m->hi.flags = rbuf_u8(r) & hi_known(m);
	m->hi.code = rbuf_u8(r);
	return WIRE_OK;
}

bool
mh_build_hi(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->hi.seq);
	wbuf_u8(w, m->hi.flags & hi_known(m));
	wbuf_u8(w, m->hi.code);
	return true;
}

void
mh_print_hi(const struct mh *m, struct text *t)
{
	bool init = m->type == MH_HI;

	text_line(t, 1, "seq %u", m->hi.seq);
	text_line_letters(t, 1, "flags", m->hi.flags,
			  init ? hi_flags : hack_flags);
	text_line_named(t, 1, "code", m->hi.code,
			init ? name_hi_code : name_hack_code);
}

void
mh_summary_hi(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u code=%u", m->hi.seq, m->hi.code);
	text_words(t, m->hi.flags, m->type == MH_HI ? hi_flags : hack_flags);
}

/* Binding Revocation Indication and Acknowledgement, RFC 5846 5.1, 5.2
 *
 *	|           Checksum            | B.R. Type = 1 |  R. Trigger   |
 *	|           Checksum            | B.R. Type = 2 |    Status     |
 *	|          Sequence #           |P|V|G|       Reserved          |
 */
#define REVOCATION_FLAGS	0xe000

static const struct flag_name revocation_flags[] = {
	{ MH_REVOCATION_P, "P", "proxy" },
	{ MH_REVOCATION_V, "V", "ipv4-only" },
	{ MH_REVOCATION_G, "G", "global" },
	{ 0 }
};

enum wire_fault
mh_parse_revocation(struct rbuf *r, struct mh *m)
{
	if (*r->p != MH_BRI && *r->p != MH_BRA)
		return WIRE_VALUE;
	m->revocation.kind = rbuf_u8(r);
	m->revocation.code = rbuf_u8(r);
	m->revocation.seq = rbuf_u16(r);
	m->revocation.flags = rbuf_u16(r) & REVOCATION_FLAGS;
	return WIRE_OK;
}

bool
mh_build_revocation(struct wbuf *w, const struct mh *m)
{
	if (m->revocation.kind != MH_BRI && m->revocation.kind != MH_BRA)
		return false;
	wbuf_u8(w, m->revocation.kind);
	wbuf_u8(w, m->revocation.code);
	wbuf_u16(w, m->revocation.seq);
	wbuf_u16(w, m->revocation.flags & REVOCATION_FLAGS);
	return true;
}

void
mh_print_revocation(const struct mh *m, struct text *t)
{
	if (m->revocation.kind == MH_BRI) {
		text_line(t, 1, "kind 1 indication");
		text_line_named(t, 1, "trigger", m->revocation.code,
				name_revocation_trigger);
	} else {
		text_line(t, 1, "kind 2 acknowledgement");
		text_line_named(t, 1, "status", m->revocation.code,
				name_revocation_status);
	}
	text_line(t, 1, "seq %u", m->revocation.seq);
	text_line_letters(t, 1, "flags", m->revocation.flags,
			  revocation_flags);
}

void
mh_summary_revocation(const struct mh *m, struct text *t)
{
	if (m->revocation.kind == MH_BRI)
		text_add(t, "I seq=%u trigger=%u", m->revocation.seq,
			 m->revocation.code);
	else
		text_add(t, "A seq=%u status=%u", m->revocation.seq,
			 m->revocation.code);
	text_words(t, m->revocation.flags, revocation_flags);
}

/* Localized Routing Initiation, RFC 6705 10.1
 *
 *	|           Checksum            |          Sequence #           |
 *	|           Reserved            |           Lifetime            |
 *
 * Localized Routing Acknowledgment, RFC 6705 10.2
 *
 *	|           Checksum            |          Sequence #           |
 *	|U|  Reserved   |    Status     |           Lifetime            |
 */
static const struct flag_name lra_flags[] = {
	{ MH_LRA_U, "U", "unsolicited" },
	{ 0 }
};

enum wire_fault
mh_parse_lr(struct rbuf *r, struct mh *m)
{
	bool ack = m->type == MH_LRA;
	uint8_t flags, status;

	m->lr.seq = rbuf_u16(r);
	flags = rbuf_u8(r);
	status = rbuf_u8(r);
	m->lr.flags = ack ? flags & MH_LRA_U : 0;
	m->lr.status = ack ? status : 0;
	m->lr.lifetime = rbuf_u16(r);
	return WIRE_OK;
}

bool
mh_build_lr(struct wbuf *w, const struct mh *m)
{
	bool ack = m->type == MH_LRA;

	wbuf_u16(w, m->lr.seq);
	wbuf_u8(w, ack ? m->lr.flags & MH_LRA_U : 0);
	wbuf_u8(w, ack ? m->lr.status : 0);
	wbuf_u16(w, m->lr.lifetime);
	return true;
}

void
mh_print_lr(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->lr.seq);
	if (m->type == MH_LRA) {
		text_line_letters(t, 1, "flags", m->lr.flags, lra_flags);
		text_line_named(t, 1, "status", m->lr.status, name_lra_status);
	}
	if (m->lr.lifetime == UINT16_MAX)
		text_line(t, 1, "lifetime infinite");
	else
		text_line(t, 1, "lifetime %us", m->lr.lifetime);
}

void
mh_summary_lr(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u", m->lr.seq);
	if (m->type == MH_LRA)
		text_add(t, " status=%u", m->lr.status);
	text_add(t, " lifetime=%us", m->lr.lifetime);
	text_words(t, m->lr.flags, lra_flags);
}

/* Update Notification, RFC 7077 4.1
 *
 *	|           Checksum            |          Sequence #           |
 *	|     Notification Reason       |A|D|         Reserved          |
 */
static const struct flag_name upn_flags[] = {
	{ MH_UPN_A, "A", "ack" },
	{ MH_UPN_D, "D", "again" },
	{ 0 }
};

enum wire_fault
mh_parse_upn(struct rbuf *r, struct mh *m)
{
	m->upn.seq = rbuf_u16(r);
	m->upn.reason = rbuf_u16(r);
	m->upn.flags = rbuf_u16(r) & (MH_UPN_A | MH_UPN_D);
	return WIRE_OK;
}

bool
mh_build_upn(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->upn.seq);
	wbuf_u16(w, m->upn.reason);
	wbuf_u16(w, m->upn.flags & (MH_UPN_A | MH_UPN_D));
	return true;
}

void
mh_print_upn(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->upn.seq);
	text_line_named(t, 1, "reason", m->upn.reason, name_upn_reason);
	text_line_letters(t, 1, "flags", m->upn.flags, upn_flags);
}

void
mh_summary_upn(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u reason=%u", m->upn.seq, m->upn.reason);
	text_words(t, m->upn.flags, upn_flags);
}

/* Update Notification Acknowledgement, RFC 7077 4.2
 *
 *	|           Checksum            |          Sequence #           |
 *	|  Status Code  |                   Reserved                    |
 */
enum wire_fault
mh_parse_upa(struct rbuf *r, struct mh *m)
{
	m->upa.seq = rbuf_u16(r);
	m->upa.status = rbuf_u8(r);
	rbuf_take(r, 3);
	return WIRE_OK;
}

bool
mh_build_upa(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->upa.seq);
	wbuf_u8(w, m->upa.status);
	wbuf_zero(w, 3);
	return true;
}

void
mh_print_upa(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->upa.seq);
	text_line_named(t, 1, "status", m->upa.status, name_upa_status);
}

void
mh_summary_upa(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u status=%u", m->upa.seq, m->upa.status);
}

/* Subscription Query and Response, RFC 7161 4.3.1, 4.3.2
 *
 *	|           Checksum            |  Sequence #   |   Reserved    |
 *	|           Checksum            |  Sequence #   |I|  Reserved   |
 */
static const struct flag_name sub_flags[] = {
	{ MH_SUB_I, "I", "information" },
	{ 0 }
};

static uint8_t
sub_known(const struct mh *m)
{
	return m->type == MH_SUB_RESPONSE ? MH_SUB_I : 0;
}

enum wire_fault
mh_parse_sub(struct rbuf *r, struct mh *m)
{
	m->sub.seq = rbuf_u8(r);
	m->sub.flags = rbuf_u8(r) & sub_known(m);
	return WIRE_OK;
}

bool
mh_build_sub(struct wbuf *w, const struct mh *m)
{
	wbuf_u8(w, m->sub.seq);
	wbuf_u8(w, m->sub.flags & sub_known(m));
	return true;
}

void
mh_print_sub(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->sub.seq);
	if (m->type == MH_SUB_RESPONSE)
		text_line_letters(t, 1, "flags", m->sub.flags, sub_flags);
}

void
mh_summary_sub(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u", m->sub.seq);
	text_words(t, m->sub.flags, sub_flags);
}
