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
		text_line_hex(t, 2, "data", o->raw);
		return;
	}
	if (!mh_defines(m->type, o->type))
		text_line(t, 2, "not defined for this message");
	row->print(o, t);
}

static void
print_mh(struct text *t, const struct pkt *pkt, size_t base)
{
	const struct mh_row *row;
	struct wire_error err;
	struct mh m;

	if (mh_parse_known(pkt->payload.p, pkt->payload.len, pkt_src(pkt),
			   pkt_dst(pkt), MH_KNOW_ALL, &m, &err)) {
		text_line(t, 0, "MH");
		print_fault(t, &err, base + pkt->off);
		return;
	}
	row = mh_row(m.type);
	text_line(t, 0, "%s %s", row->name, row->title);
	row->print(&m, t);
	for (unsigned i = 0; i < m.nopts; i++)
		print_option(t, &m, &m.opt[i]);
}

static void
print_nd(struct text *t, const struct nd *nd)
{
	const struct nd_row *row = nd_row(nd->type);

	text_line(t, 0, "%s", row->name);
	row->print(nd, t);
	nd_print_options(nd, t);
}

static void
print_icmp(struct text *t, const struct pkt *pkt, size_t base)
{
	const uint8_t *p = pkt->payload.p;
	size_t len = pkt->payload.len;
	struct wire_error err;
	struct icmp icmp;
	struct nd nd;
	int rc;

	rc = nd_parse(p, len, pkt_src(pkt), pkt_dst(pkt), pkt->hlim, &nd,
		      &err);
	if (!rc) {
		print_nd(t, &nd);
		return;
	}
	if (rc == -EPROTONOSUPPORT) {
		rc = icmp_parse(p, len, pkt_src(pkt), pkt_dst(pkt), &icmp,
				&err);
		if (!rc) {
			icmp_print(&icmp, t);
			return;
		}
	}
	if (rc == -EPROTONOSUPPORT) {
		text_line(t, 0, "ICMPv6 type %u, %zu octets", p[0], len);
		return;
	}
	text_line(t, 0, "ICMPv6");
	print_fault(t, &err, base + pkt->off);
}

#define TUNNELS		4	/* a packet in a packet, and so on */

static void	print_ipv6(struct text *, const uint8_t *, size_t len,
			   size_t base, unsigned tunnels);

static void
print_upper(struct text *t, const struct pkt *pkt, size_t base,
	    unsigned tunnels)
{
	switch (pkt->proto) {
	case IPPROTO_MOBILITY:
		print_mh(t, pkt, base);
		return;
	case IPPROTO_ICMPV6:
		print_icmp(t, pkt, base);
		return;
	case IPPROTO_IPV6:
		if (tunnels == 0)
			break;
		print_ipv6(t, pkt->payload.p, pkt->payload.len,
			   base + pkt->off, tunnels - 1);
		return;
	case IPPROTO_NONE:
		text_line(t, 0, "no next header");
		return;
	}
	text_line(t, 0, "protocol %u, %zu octets", pkt->proto,
		  pkt->payload.len);
}

/* The packet at `base' of the outermost one. */
static void
print_ipv6(struct text *t, const uint8_t *p, size_t len, size_t base,
	   unsigned tunnels)
{
	struct wire_error err;
	struct pkt pkt;

	text_line(t, 0, "IPv6");
	if (pkt_parse(p, len, &pkt, &err)) {
		print_fault(t, &err, base);
		return;
	}
	text_line_addr(t, 1, "src", &pkt.src);
	text_line_addr(t, 1, "dst", &pkt.dst);
	text_line(t, 1, "hop-limit %u", pkt.hlim);
	if (pkt.tclass)
		text_line(t, 1, "traffic-class 0x%02x", pkt.tclass);
	if (pkt.has_rh2)
		text_line_addr(t, 1, "route-to-home", &pkt.rh2);
	if (pkt.has_hao)
		text_line_addr(t, 1, "home-address", &pkt.hao);
	print_upper(t, &pkt, base, tunnels);
}

size_t
print_packet(const uint8_t *p, size_t len, char *buf, size_t cap)
{
	struct text t = text_of(buf, cap);

	print_ipv6(&t, p, len, 0, TUNNELS);
	return t.len;
}
