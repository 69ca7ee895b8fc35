/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture_tool.c - captures through the codec, for run-captures.
 *
 *	capture_tool decode FILE	what `mip6ctl decode' prints
 *	capture_tool rebuild FILE	for each Mobility Header, also in
 *		tunnels: NUMBER TYPE same, or what became of it.  One with a
 *		bad checksum is looked at once more without, and a packet
 *		that was not captured whole as if it ended there.
 */
#include "tools/capture.h"
#include "tools/decode.h"
#include "wire/name.h"
#include "wire/print.h"

#include <errno.h>
#include <stdlib.h>

/* `sum': verify the checksum, and set it. */
static void rebuild_mh(const struct pkt *p, bool sum)
{
	const struct in6_addr *src = sum ? pkt_src(p) : NULL;
	uint8_t b[2 * MH_LEN_MAX];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct wire_error err;
	struct mh m;

	if (mh_parse_known(p->payload.p, p->payload.len, src, pkt_dst(p),
			   MH_KNOW_ALL, &m, &err)) {
		printf("MH refused: %s at octet %u of the header",
		       name_fault(err.fault), err.offset);
		if (err.fault == WIRE_CHECKSUM) {
			printf("; without it ");
			rebuild_mh(p, false);
			return;
		}
		printf("\n");
		return;
	}
	printf("%s ", name_mh_type(m.type));
	if (mh_build(&m, &w)) {
		printf("cannot be built\n");
		return;
	}
	if (sum)
		mh_seal(b, wbuf_len(&w), pkt_src(p), pkt_dst(p));
	else
		memcpy(b + 4, p->payload.p + 4, 2);
	printf("%s\n", wbuf_len(&w) == p->payload.len &&
	       !memcmp(b, p->payload.p, p->payload.len) ? "same" : "differs");
}

static void rebuild_packet(uint32_t number, struct span data, int tunnels)
{
	static uint8_t cut[1 << 20];
	struct wire_error err;
	struct pkt p;

	if (pkt_parse(data.p, data.len, &p, &err)) {
		printf("%u packet refused: %s at octet %u\n", number,
		       name_fault(err.fault), err.offset);
		if (err.fault != WIRE_TRUNCATED || data.len < 40 ||
		    data.len > 1500 || data.p == cut)
			return;
		memcpy(cut, data.p, data.len);
		cut[4] = (uint8_t)((data.len - 40) >> 8);
		cut[5] = (uint8_t)(data.len - 40);
		rebuild_packet(number, (struct span){ cut, data.len },
			       tunnels);
		return;
	}
	if (p.proto == IPPROTO_MOBILITY) {
		printf("%u ", number);
		rebuild_mh(&p, true);
	} else if (p.proto == IPPROTO_IPV6 && tunnels) {
		rebuild_packet(number, p.payload, tunnels - 1);
	}
}

static int rebuild(const char *path)
{
	FILE *in = fopen(path, "rb");
	struct capture *c = in ? capture_open(in) : NULL;
	struct capture_packet p;
	int rc;

	if (!c) {
		perror(path);
		return 2;
	}
	while ((rc = capture_next(c, &p)) > 0)
		rebuild_packet(p.number, p.data, 4);
	if (rc)
		printf("%s\n", capture_error(c));
	printf("%u passed over\n", capture_passed_over(c));
	capture_close(c);
	fclose(in);
	return 0;
}

int main(int argc, char **argv)
{
	struct decode_options options = { false, false };
	char why[128];
	int rc;

	if (argc == 3 && !strcmp(argv[1], "rebuild"))
		return rebuild(argv[2]);
	if (argc != 3 || strcmp(argv[1], "decode")) {
		fprintf(stderr, "usage: capture_tool decode|rebuild FILE\n");
		return 2;
	}
	rc = decode_file(argv[2], stdout, &options, why, sizeof(why));
	if (rc)
		printf("%s\n", why);
	return 0;
}
