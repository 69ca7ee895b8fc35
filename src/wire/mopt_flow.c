/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_flow.c - what is inside the mobility options that hold a chain of
 * sub-options: flows, quality of service, parameters.
 *
 * The chain is kept as it is, and read with mopt_sub_next: a chain that
 * lies is no reason to drop the message, it is answered in the option's own
 * status (RFC 6089 4.2).  Boxes, parsers and builders as in mopt_shape.c.
 */
#include "wire/mopt_row.h"
#include "wire/name.h"

#define SUB_PAD1	0		/* RFC 6089 4.2.1.1 */
#define SUB_PADN	1

/* RFC 6089 4.2.1.2 lets the length of a PadN of N octets say N, and that of
 * any other sub-option what is behind the length, as everybody does for
 * PadN too.  The general rule is taken. */
bool
mopt_sub_next(struct rbuf *r, enum mopt_sub_kind kind, struct mopt_sub *ret)
{
	bool flow = kind == MOPT_SUB_FLOW;
	uint8_t len;

	while (rbuf_left(r)) {
		ret->type = rbuf_u8(r);
		if (flow && ret->type == SUB_PAD1)
			continue;
		len = rbuf_u8(r);
		ret->data = rbuf_span(r, len);
		if (r->bad)
			return false;
		if (!flow || ret->type != SUB_PADN)
			return true;
	}
	return false;
}

void
mopt_print_subs(struct text *t, struct span chain, enum mopt_sub_kind kind,
		const char *(*name_of)(uint8_t))
{
	struct mopt_sub sub;
	const char *name;
	struct rbuf r;

	if (!chain.len)
		return;
	r = rbuf_of(chain.p, chain.len);
	while (mopt_sub_next(&r, kind, &sub)) {
		name = name_of(sub.type);
		text_add(t, "        sub %u %s%s", sub.type,
			 name ? name : "unknown", sub.data.len ? " " : "");
		text_hex(t, sub.data);
		text_add(t, "\n");
	}
	if (r.bad)
		text_line(t, 2, "malformed");
}

/* Flow Summary, RFC 6089 4.2.2
 *
 *	|   Type = 44   |    Length     |              FID              |
 *	|     FID ...
 */
enum wire_fault
mopt_parse_flow_summary(struct rbuf *r, struct mopt *o)
{
	o->data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_flow_summary(struct wbuf *w, const struct mopt *o)
{
	wbuf_put(w, o->data.p, o->data.len);
	return true;
}

void
mopt_print_flow_summary(const struct mopt *o, struct text *t)
{
	struct rbuf r = rbuf_of(o->data.p, o->data.len);

	while (rbuf_left(&r) >= 2)
		text_line(t, 2, "fid %u", rbuf_u16(&r));
}

/* Flow Identification, RFC 6089 4.2
 *
 *	|   Type = 45   |    Length     |              FID              |
 *	|            FID-PRI            |   Reserved    |     Status    |
 *	|    Sub-options ...
 */
enum wire_fault
mopt_parse_flow(struct rbuf *r, struct mopt *o)
{
	o->flow.fid = rbuf_u16(r);
	o->flow.priority = rbuf_u16(r);
	rbuf_take(r, 1);
	o->flow.status = rbuf_u8(r);
	o->flow.sub = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_flow(struct wbuf *w, const struct mopt *o)
{
	wbuf_u16(w, o->flow.fid);
	wbuf_u16(w, o->flow.priority);
	wbuf_u8(w, 0);
	wbuf_u8(w, o->flow.status);
	wbuf_put(w, o->flow.sub.p, o->flow.sub.len);
	return true;
}

void
mopt_print_flow(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "fid %u", o->flow.fid);
	text_line(t, 2, "priority %u", o->flow.priority);
	text_line_named(t, 2, "status", o->flow.status, name_flow_status);
	mopt_print_subs(t, o->flow.sub, MOPT_SUB_FLOW, name_flow_sub);
}

/* IPv4 Traffic Offload Selector, RFC 6909 3.1
 *
 *	|   Type = 53   |    Length     |M|           Reserved ...
 *	            ... |  Traffic Selector Sub-option (RFC 6089) ...
 */
#define OFFLOAD_M	0x80000000U

enum wire_fault
mopt_parse_offload(struct rbuf *r, struct mopt *o)
{
	o->offload.except = rbuf_u32(r) & OFFLOAD_M;
	o->offload.sub = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_offload(struct wbuf *w, const struct mopt *o)
{
	wbuf_u32(w, o->offload.except ? OFFLOAD_M : 0);
	wbuf_put(w, o->offload.sub.p, o->offload.sub.len);
	return true;
}

void
mopt_print_offload(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "flags %s", o->offload.except ? "M" : "-");
	mopt_print_subs(t, o->offload.sub, MOPT_SUB_FLOW, name_flow_sub);
}

/* Quality-of-Service, RFC 7222 4.1
 *
 *	|   Type = 58   |    Length     |     SR-ID     |   DSCP    |Rsv|
 *	|      OC       |                   Reserved                    |
 *	|    QoS Attributes ...
 */
enum wire_fault
mopt_parse_qos(struct rbuf *r, struct mopt *o)
{
	o->qos.id = rbuf_u8(r);
	o->qos.dscp = rbuf_u8(r) >> 2;
	o->qos.code = rbuf_u8(r);
	rbuf_take(r, 3);
	o->qos.sub = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_qos(struct wbuf *w, const struct mopt *o)
{
	if (o->qos.dscp > 63)
		return false;
	wbuf_u8(w, o->qos.id);
	wbuf_u8(w, (uint8_t)(o->qos.dscp << 2));
	wbuf_u8(w, o->qos.code);
	wbuf_zero(w, 3);
	wbuf_put(w, o->qos.sub.p, o->qos.sub.len);
	return true;
}

void
mopt_print_qos(const struct mopt *o, struct text *t)
{
	text_line(t, 2, "request %u", o->qos.id);
	text_line(t, 2, "dscp %u", o->qos.dscp);
	text_line_named(t, 2, "operation", o->qos.code, name_qos_code);
	mopt_print_subs(t, o->qos.sub, MOPT_SUB_PLAIN, name_qos_sub);
}

/* LMA-Controlled MAG Parameters, RFC 8127 3
 *
 *	                                |   Type = 62   |    Length     |
 *	|    LCMP Sub-Options ...
 */
enum wire_fault
mopt_parse_lcmp(struct rbuf *r, struct mopt *o)
{
	o->data = rbuf_span(r, rbuf_left(r));
	return WIRE_OK;
}

bool
mopt_build_lcmp(struct wbuf *w, const struct mopt *o)
{
	wbuf_put(w, o->data.p, o->data.len);
	return true;
}

void
mopt_print_lcmp(const struct mopt *o, struct text *t)
{
	mopt_print_subs(t, o->data, MOPT_SUB_PLAIN, name_lcmp_sub);
}
