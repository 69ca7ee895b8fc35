/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_nd.c - the first octet chooses the addresses, the others are an
 * ICMPv6 message, whose checksum is made good.
 */
#include "fuzz.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "wire/print.h"

#include <errno.h>

#define ROOM	65536

static const struct in6_addr from[] = {
	{ .s6_addr = { 0xfe, 0x80, [15] = 1 } },
	{ .s6_addr = { 0 } },
	{ .s6_addr = { 0x20, 1, [15] = 1 } },
};

static const struct in6_addr to[] = {
	{ .s6_addr = { 0xff, 2, [15] = 1 } },
	{ .s6_addr = { 0xff, 2, [11] = 1, [12] = 0xff } },
	{ .s6_addr = { 0xfe, 0x80, [15] = 2 } },
};

static void check_laws(const struct nd *nd, const struct in6_addr *s,
		       const struct in6_addr *d)
{
	static uint8_t one[ROOM], two[ROOM];
	struct wbuf w = wbuf_of(one, sizeof(one));
	struct wire_error err;
	struct nd back;
	struct pkt p;
	size_t n;

	nd_build(nd, s, d, &w);
	FUZZ_MUST(!w.bad);
	n = wbuf_len(&w);
	FUZZ_MUST(pkt_parse(one, n, &p, &err) == 0);
	FUZZ_MUST(nd_parse(p.payload.p, p.payload.len, s, d, p.hlim, &back,
			   &err) == 0);
	w = wbuf_of(two, sizeof(two));
	nd_build(&back, s, d, &w);
	FUZZ_MUST(!w.bad && wbuf_len(&w) == n && !memcmp(one, two, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct in6_addr *s, *d;
	static uint8_t msg[ROOM];
	struct wire_error err = { WIRE_OK, 0 };
	char text[256];
	struct nd nd;
	uint16_t sum;
	uint8_t hlim;
	int rc;

	if (size < 5 || size > 2048)
		return 0;
	s = &from[data[0] % 3];
	d = &to[data[0] / 3 % 3];
	hlim = data[0] & 0x80 ? 64 : 255;
	data++, size--;
	memcpy(msg, data, size);
	msg[2] = msg[3] = 0;
	sum = wire_checksum(s, d, IPPROTO_ICMPV6, msg, size);
	msg[2] = (uint8_t)(sum >> 8);
	msg[3] = (uint8_t)sum;
	rc = nd_parse(msg, size, s, d, hlim, &nd, &err);
	if (rc) {
		FUZZ_MUST(rc == -EPROTONOSUPPORT || err.fault > WIRE_OK);
		FUZZ_MUST(err.offset <= size);
		return 0;
	}
	print_nd_summary(&nd, text, sizeof(text));
	check_laws(&nd, s, d);
	return 0;
}
