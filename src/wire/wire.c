/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.c - the Internet checksum.
 *
 * The one's complement sum is the same in either byte order once its two
 * octets are put back in the order in which they were summed (RFC 1071
 * section 2 (B)), so memory is summed eight octets at a time as it lies and
 * only the result is looked at as octets.
 */
#include "wire/wire.h"

/* End-around carry: the sum stays correct modulo 2^64 - 1, and so modulo
 * 2^16 - 1. */
static inline uint64_t
sum_add(uint64_t sum, uint64_t v)
{
	sum += v;
	return sum + (sum < v);
}

static uint64_t
sum_bytes(uint64_t sum, const uint8_t *p, size_t len)
{
	uint64_t v;

	for (; len >= sizeof(v); p += sizeof(v), len -= sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		sum = sum_add(sum, v);
	}
	if (len) {
		v = 0;
		memcpy(&v, p, len);
		sum = sum_add(sum, v);
	}
	return sum;
}

static uint16_t
sum_fold(uint64_t sum)
{
	uint16_t half;
	uint8_t b[2];

	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	half = (uint16_t)~sum;
	memcpy(b, &half, sizeof(half));
	return (uint16_t)(b[0] << 8 | b[1]);
}

uint16_t
wire_checksum(const struct in6_addr *src, const struct in6_addr *dst,
	      uint8_t proto, const void *data, size_t len)
{
	/* RFC 8200 8.1: length (32 bits), zero (24 bits), next header */
	const uint8_t tail[8] = {
		(uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len, 0, 0, 0, proto
	};
	uint64_t sum;

	sum = sum_bytes(0, src->s6_addr, 16);
	sum = sum_bytes(sum, dst->s6_addr, 16);
	sum = sum_bytes(sum, tail, sizeof(tail));
	return sum_fold(sum_bytes(sum, data, len));
}
