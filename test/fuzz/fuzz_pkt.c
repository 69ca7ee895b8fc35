/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_pkt.c - the octets are a whole packet.  It is printed as it is, and
 * once more with the checksum of its upper layer made good, so that the
 * fuzzer gets behind it.
 */
#include "fuzz.h"
#include "wire/pkt.h"
#include "wire/print.h"

#define ROOM	65576

static void print(const uint8_t *p, size_t n)
{
	static char text[1 << 20];
	char little[64];
	size_t want = print_packet(p, n, text, sizeof(text));

	FUZZ_MUST(want > 0);
	FUZZ_MUST(want >= sizeof(text) || strlen(text) == want);
	FUZZ_MUST(print_packet(p, n, little, sizeof(little)) == want);
	FUZZ_MUST(print_packet(p, n, NULL, 0) == want);
}

static void make_good(uint8_t *b, const struct pkt *p)
{
	size_t at = p->proto == IPPROTO_MOBILITY ? 4 : 2, len = p->payload.len;
	uint8_t *up = b + p->off;
	uint16_t sum;

	if (len < 8 || (p->proto != IPPROTO_MOBILITY &&
			p->proto != IPPROTO_ICMPV6))
		return;
	if (p->proto == IPPROTO_MOBILITY && (up[1] + 1U) * 8 <= len)
		len = (up[1] + 1U) * 8;
	up[at] = up[at + 1] = 0;
	sum = wire_checksum(pkt_src(p), pkt_dst(p), p->proto, up, len);
	up[at] = (uint8_t)(sum >> 8);
	up[at + 1] = (uint8_t)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t good[ROOM];
	struct wire_error err = { WIRE_OK, 0 };
	struct pkt p;

	if (size > 2048)
		return 0;
	print(data, size);
	if (pkt_parse(data, size, &p, &err)) {
		FUZZ_MUST(err.fault > WIRE_OK && err.fault < WIRE_FAULTS);
		FUZZ_MUST(err.offset <= size);
		return 0;
	}
	FUZZ_MUST(p.off + p.payload.len <= size);
	FUZZ_MUST(p.payload.p == data + p.off);
	FUZZ_MUST(!p.has_hao || p.hao_off + 18 <= p.off);
	FUZZ_MUST(!p.has_rh2 || p.rh2_off + 24 <= p.off);
	memcpy(good, data, size);
	make_good(good, &p);
	print(good, size);
	return 0;
}
