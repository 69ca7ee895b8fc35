/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.c - a capture as a ladder with fields.
 *
 *	    0.000000  2001:db8:b1::7 -> 2001:db8:a::1  BU seq=1 ... home ack
 *	        IPv6
 *	            src 2001:db8:b1::7
 *	        ...
 *
 * A packet in a tunnel shows its own addresses behind those of the tunnel.
 * Signalling is shown, and whatever is refused; the traffic between is left
 * out unless it is asked for.
 */
#include "tools/decode.h"

#include "tools/capture.h"
#include "wire/name.h"
#include "wire/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#define TUNNELS		4
#define LINE_MAX_LEN	1024

struct line {
	char	s[LINE_MAX_LEN];
	size_t	len;
	bool	signalling;
};

static void line_add(struct line *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void
line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->s + l->len, sizeof(l->s) - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= sizeof(l->s))
		l->len = sizeof(l->s) - 1;
}

static void
add_fault(struct line *l, const struct wire_error *err, size_t base)
{
	line_add(l, "refused: %s at octet %zu", name_fault(err->fault),
		 base + err->offset);
	l->signalling = true;
}

static void
add_mh(struct line *l, const struct pkt *p, size_t base)
{
	struct wire_error err;
	struct mh m;

	if (mh_parse_known(p->payload.p, p->payload.len, pkt_src(p),
			   pkt_dst(p), MH_KNOW_ALL, &m, &err)) {
		line_add(l, "MH ");
		add_fault(l, &err, base + p->off);
		return;
	}
	print_mh_summary(&m, l->s + l->len, sizeof(l->s) - l->len);
	l->len += strlen(l->s + l->len);
	l->signalling = true;
}

static void
add_icmp(struct line *l, const struct pkt *p, size_t base)
{
	char *s = l->s + l->len;
	size_t room = sizeof(l->s) - l->len;
	struct wire_error err;
	struct icmp icmp;
	struct nd nd;
	int rc;

	rc = nd_parse(p->payload.p, p->payload.len, pkt_src(p), pkt_dst(p),
		      p->hlim, &nd, &err);
	if (rc == -EPROTONOSUPPORT) {
		rc = icmp_parse(p->payload.p, p->payload.len, pkt_src(p),
				pkt_dst(p), &icmp, &err);
		if (!rc)
			print_icmp_summary(&icmp, s, room);
	} else if (!rc) {
		print_nd_summary(&nd, s, room);
	}
	l->len += strlen(s);
	l->signalling = rc != -EPROTONOSUPPORT;
	if (rc == -EPROTONOSUPPORT)
		line_add(l, "ICMPv6 type=%u", p->payload.p[0]);
	else if (rc)
		add_fault(l, &err, base + p->off);
}

/* The packet at `base' of the captured one. */
static void
add_packet(struct line *l, const uint8_t *p, size_t len, size_t base,
	   unsigned tunnels)
{
	char src[ADDR_STRLEN], dst[ADDR_STRLEN], home[ADDR_STRLEN];
	struct wire_error err;
	struct pkt pkt;

	pkt.src = pkt.dst = addr_unspec;
	if (pkt_parse(p, len, &pkt, &err)) {
		line_add(l, "%s -> %s  ", addr_print(&pkt.src, src),
			 addr_print(&pkt.dst, dst));
		add_fault(l, &err, base);
		return;
	}
	line_add(l, "%s -> %s  ", addr_print(&pkt.src, src),
		 addr_print(&pkt.dst, dst));
	if (pkt.proto == IPPROTO_MOBILITY)
		add_mh(l, &pkt, base);
	else if (pkt.proto == IPPROTO_ICMPV6)
		add_icmp(l, &pkt, base);
	else if (pkt.proto == IPPROTO_IPV6 && tunnels)
		add_packet(l, pkt.payload.p, pkt.payload.len,
			   base + pkt.off, tunnels - 1);
	else
		line_add(l, "protocol %u, %zu octets", pkt.proto,
			 pkt.payload.len);
	if (pkt.has_hao)
		line_add(l, " home-address=%s", addr_print(&pkt.hao, home));
	if (pkt.has_rh2)
		line_add(l, " route-to-home=%s", addr_print(&pkt.rh2, home));
}

/* print_packet's text, each line indented. */
static int
put_fields(const struct span *data, FILE *out)
{
	size_t len = print_packet(data->p, data->len, NULL, 0);
	char *text = malloc(len + 1), *at, *end;

	if (!text)
		return -ENOMEM;
	print_packet(data->p, data->len, text, len + 1);
	for (at = text; (end = strchr(at, '\n')); at = end + 1)
		fprintf(out, "                  %.*s\n", (int)(end - at), at);
	free(text);
	return 0;
}

int
decode_stream(FILE *in, FILE *out, const struct decode_options *options,
	      char *ret_why, size_t cap)
{
	struct capture *c = capture_open(in);
	struct capture_packet p;
	int rc, err = 0;

	if (!c) {
		snprintf(ret_why, cap, "out of memory");
		return -ENOMEM;
	}
	while (!err && (rc = capture_next(c, &p)) > 0) {
		struct line l = { .len = 0 };

		add_packet(&l, p.data.p, p.data.len, 0, TUNNELS);
		if (!l.signalling && !options->all)
			continue;
		fprintf(out, "%9llu.%06llu  %s\n",
			(unsigned long long)(p.usec / 1000000),
			(unsigned long long)(p.usec % 1000000), l.s);
		if (!options->ladder)
			err = put_fields(&p.data, out);
	}
	if (err)
		snprintf(ret_why, cap, "out of memory");
	else if (rc < 0)
		snprintf(ret_why, cap, "%s", capture_error(c));
	capture_close(c);
	return err ? err : rc;
}

int
decode_file(const char *path, FILE *out, const struct decode_options *options,
	    char *ret_why, size_t cap)
{
	FILE *in;
	int rc;

	if (!strcmp(path, "-"))
		return decode_stream(stdin, out, options, ret_why, cap);
	in = fopen(path, "rb");
	if (!in) {
		rc = -errno;
		snprintf(ret_why, cap, "%s", strerror(-rc));
		return rc;
	}
	rc = decode_stream(in, out, options, ret_why, cap);
	fclose(in);
	return rc;
}
