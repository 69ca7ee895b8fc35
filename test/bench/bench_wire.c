/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_wire.c - Binding Updates a second through the codec, on one core.
 *
 * The message is a home registration with three options: mobile node
 * identifier, alternate care-of address, RFC 4285 authentication.  Parsing
 * and building include the checksum of the Mobility Header, verified and
 * set; the IPv6 header is not part of it.
 */
#include "wire/mh.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SLICE	200000		/* messages between two looks at the clock */
#define SECONDS	1.0

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_wire: %s\n", what);
	exit(1);
}

static void fill(struct mh *m, const struct in6_addr *coa)
{
	static const char nai[] = "mn1@example.net";
	struct mopt *o;

	m->type = MH_BU;
	m->bu = (struct mh_bu){ 1, MH_BU_A | MH_BU_H, 60 };
	m->nopts = 0;
	o = mh_add(m, MOPT_MNID);
	o->mnid.subtype = MOPT_MNID_NAI;
	o->mnid.id = (struct span){ (const uint8_t *)nai, sizeof(nai) - 1 };
	mh_add(m, MOPT_ALTCOA)->altcoa = *coa;
	o = mh_add(m, MOPT_AUTH);
	o->auth.subtype = MOPT_AUTH_MNHA;
	o->auth.spi = 256;
	o->auth.data.len = 12;
}

static size_t build(struct mh *m, uint8_t *b, size_t cap,
		    const struct in6_addr *src, const struct in6_addr *dst)
{
	struct wbuf w = wbuf_of(b, cap);

	if (mh_build(m, &w))
		die("a Binding Update was not built");
	mh_seal(b, wbuf_len(&w), src, dst);
	return wbuf_len(&w);
}

int main(void)
{
	struct in6_addr hoa = { .s6_addr = { 0x20, 1, [15] = 0x10 } };
	struct in6_addr ha = { .s6_addr = { 0x20, 1, [15] = 1 } };
	struct in6_addr coa = { .s6_addr = { 0x20, 2, [15] = 0x10 } };
	struct wire_error err;
	struct mh m, in;
	double t, start;
	uint64_t n, sum = 0;
	uint8_t b[256];
	size_t len = 0;

	fill(&m, &coa);
	start = now();
	for (n = 0, t = 0; t < SECONDS; t = now() - start)
		for (int i = 0; i < SLICE; i++, n++) {
			m.bu.seq = (uint16_t)n;
			len = build(&m, b, sizeof(b), &hoa, &ha);
			sum += b[7];
		}
	printf("bench name=wire_build value=%.0f unit=1/s\n", (double)n / t);

	start = now();
	for (n = 0, t = 0; t < SECONDS; t = now() - start)
		for (int i = 0; i < SLICE; i++, n++) {
			if (mh_parse(b, len, &hoa, &ha, &in, &err) ||
			    in.nopts != 3)
				die("a Binding Update was refused");
			sum += in.bu.seq;
		}
	printf("bench name=wire_parse value=%.0f unit=1/s\n", (double)n / t);
	/* so that no compiler finds the work useless */
	return sum == 0;
}
