/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_tool.c - src/wire on a command line, for tests.
 *
 *	wire_tool samples	one built packet a line: NAME HEX
 *	wire_tool decode	a packet in hexadecimal a line on standard
 *				input, its printed form on standard output,
 *				an empty line behind each
 *	wire_tool rebuild	the same input; "same", "differs HEX",
 *				"refused FAULT at OFFSET", or "none" for what
 *				is no Mobility Header: parsed, then built
 *
 * Blanks and lines that begin with # are passed over.
 */
#include "wire_samples.h"
#include "wire/name.h"
#include "wire/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PACKET_MAX	65576
#define TEXT_MAX	(1 << 20)

/* Octets of a line; -1 when it is no hexadecimal. */
static long from_hex(const char *s, uint8_t *b, size_t cap)
{
	size_t n = 0;
	unsigned v;

	for (; *s; s++) {
		if (*s == ' ' || *s == '\n' || *s == '\t')
			continue;
		if (n == cap || sscanf(s, "%2x", &v) != 1)
			return -1;
		b[n++] = (uint8_t)v;
		if (*++s == '\0')
			return -1;
	}
	return (long)n;
}

static void print_hex(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", b[i]);
	printf("\n");
}

static void decode(const uint8_t *b, size_t n)
{
	static char text[TEXT_MAX];
	size_t want = print_packet(b, n, text, sizeof(text));

	printf("%s%s\n", text, want < sizeof(text) ? "" : "(cut off)\n");
}

static void rebuild(const uint8_t *b, size_t n)
{
	static uint8_t again[4096];
	struct wbuf w = wbuf_of(again, sizeof(again));
	struct wire_error err;
	struct pkt p;
	struct mh m;

	if (pkt_parse(b, n, &p, &err)) {
		printf("refused %s at %u\n", name_fault(err.fault),
		       err.offset);
		return;
	}
	if (p.proto != IPPROTO_MOBILITY) {
		printf("none\n");
		return;
	}
	if (mh_parse_known(p.payload.p, p.payload.len, pkt_src(&p), pkt_dst(&p),
			   MH_KNOW_ALL, &m, &err)) {
		printf("refused %s at %u\n", name_fault(err.fault),
		       p.off + err.offset);
		return;
	}
	if (mh_build(&m, &w)) {
		printf("differs\n");
		return;
	}
	mh_seal(again, wbuf_len(&w), pkt_src(&p), pkt_dst(&p));
	if (wbuf_len(&w) == p.payload.len &&
	    !memcmp(again, p.payload.p, p.payload.len)) {
		printf("same\n");
		return;
	}
	printf("differs ");
	print_hex(again, wbuf_len(&w));
}

static int each_line(void (*f)(const uint8_t *, size_t))
{
	static uint8_t b[PACKET_MAX];
	char *line = NULL;
	size_t cap = 0;
	long n = 0;

	while (n >= 0 && getline(&line, &cap, stdin) >= 0) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		n = from_hex(line, b, sizeof(b));
		if (n < 0)
			fprintf(stderr, "wire_tool: no hexadecimal: %s", line);
		else
			f(b, (size_t)n);
	}
	free(line);
	return n < 0 ? 2 : 0;
}

static int samples(void)
{
	static uint8_t b[PACKET_MAX];
	const char *name;

	for (unsigned i = 0; (name = sample_name(i)); i++) {
		size_t n = sample_build(i, b, sizeof(b));

		if (n == 0) {
			fprintf(stderr, "wire_tool: %s is not built\n", name);
			return 1;
		}
		printf("%s ", name);
		print_hex(b, n);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "samples"))
		return samples();
	if (argc == 2 && !strcmp(argv[1], "decode"))
		return each_line(decode);
	if (argc == 2 && !strcmp(argv[1], "rebuild"))
		return each_line(rebuild);
	fprintf(stderr, "usage: wire_tool samples|decode|rebuild\n");
	return 2;
}
