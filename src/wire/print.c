/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.c - messages as text, from the tables.
 *
 * A packet prints as one block per layer: the layer's name, then its fields
 * one a line, indented.  A packet that is refused prints as far as it was
 * understood, then the fault and the octet where it stands, counted from
 * the start of the packet.
 */
#include "wire/print.h"
#include "wire/name.h"
#include "wire/nd_opt.h"

size_t
print_mh_summary(const struct mh *m, char *buf, size_t cap)
{
	const struct mh_row *row = mh_row(m->type);
	struct text t = text_of(buf, cap);

	if (!row) {
		text_add(&t, "MH type=%u", m->type);
		return t.len;
	}
	text_add(&t, "%s", row->name);
	row->summary(m, &t);
	return t.len;
}

size_t
print_nd_summary(const struct nd *nd, char *buf, size_t cap)
{
	const struct nd_row *row = nd_row(nd->type);
	struct text t = text_of(buf, cap);

	if (!row) {
		text_add(&t, "ICMPv6 type=%u", nd->type);
		return t.len;
	}
	text_add(&t, "%s", row->name);
	row->summary(nd, &t);
	return t.len;
}

static void
print_fault(struct text *t, const struct wire_error *err, size_t base)
{
	text_line(t, 0, "fault: %s at octet %zu", name_fault(err->fault),
		  base + err->offset);
}

static void
print_option(struct text *t, const struct mh *m, const struct mopt *o)
{
	const struct mopt_row *row = mopt_row(o->type);

	text_line(t, 1, "option %u %s, %u octets at %u", o->type,
		  row ? row->name : "unknown", o->len, o->off);
	if (!row) {
		text_add(t, "        data ");
		text_hex(t, o->raw);
		text_add(t, "\n");
		return;
	}
	if (m->type < 32 && !(row->msgs & MSG(m->type)))
		text_line(t, 2, "not defined for this message");
	row->print(o, t);
}

static void
print_mh(struct text *t, const struct pkt *pkt)
{
	const struct mh_row *row;
	struct wire_error err;
	struct mh m;

	if (mh_parse(pkt->payload.p, pkt->payload.len, pkt_src(pkt),
		     pkt_dst(pkt), &m, &err)) {
		text_line(t, 0, "MH");
		print_fault(t, &err, pkt->off);
		return;
	}
	row = mh_row(m.type);
	text_line(t, 0, "%s %s", row->name, row->title);
	row->print(&m, t);
	for (unsigned i = 0; i < m.nopts; i++)
		print_option(t, &m, &m.opt[i]);
}

static void
print_icmp(struct text *t, const struct pkt *pkt)
{
	const struct nd_row *row;
	struct wire_error err;
	struct nd nd;
	int rc;

	rc = nd_parse(pkt->payload.p, pkt->payload.len, pkt_src(pkt),
		      pkt_dst(pkt), pkt->hlim, &nd, &err);
	if (rc == -EPROTONOSUPPORT) {
		text_line(t, 0, "ICMPv6 type %u, %zu octets",
			  pkt->payload.p[0], pkt->payload.len);
		return;
	}
	if (rc) {
		text_line(t, 0, "ICMPv6");
		print_fault(t, &err, pkt->off);
		return;
	}
	row = nd_row(nd.type);
	text_line(t, 0, "%s", row->name);
	row->print(&nd, t);
	nd_print_options(&nd, t);
}

static void
print_address(struct text *t, const char *what, const struct in6_addr *a)
{
	text_add(t, "    %s ", what);
	text_addr(t, a);
	text_add(t, "\n");
}

size_t
print_packet(const uint8_t *p, size_t len, char *buf, size_t cap)
{
	struct text t = text_of(buf, cap);
	struct wire_error err;
	struct pkt pkt;

	text_line(&t, 0, "IPv6");
	if (pkt_parse(p, len, &pkt, &err)) {
		print_fault(&t, &err, 0);
		return t.len;
	}
	print_address(&t, "src", &pkt.src);
	print_address(&t, "dst", &pkt.dst);
	text_line(&t, 1, "hop-limit %u", pkt.hlim);
	if (pkt.tclass)
		text_line(&t, 1, "traffic-class 0x%02x", pkt.tclass);
	if (pkt.has_rh2)
		print_address(&t, "route-to-home", &pkt.rh2);
	if (pkt.has_hao)
		print_address(&t, "home-address", &pkt.hao);
	if (pkt.proto == IPPROTO_MOBILITY)
		print_mh(&t, &pkt);
	else if (pkt.proto == IPPROTO_ICMPV6)
		print_icmp(&t, &pkt);
	else if (pkt.proto == IPPROTO_NONE)
		text_line(&t, 0, "no next header");
	else
		text_line(&t, 0, "protocol %u, %zu octets", pkt.proto,
			  pkt.payload.len);
	return t.len;
}
