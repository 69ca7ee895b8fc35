/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_capture.c - the octets are a capture file, whole and damaged.
 */
#include "fuzz.h"
#include "tools/decode.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decode_options options = { .ladder = size % 2, .all = true };
	static FILE *nowhere;
	char why[128] = "";
	uint8_t *copy;
	FILE *in;
	int rc;

	if (size == 0 || size > 8192)
		return 0;
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	copy = malloc(size);
	FUZZ_MUST(copy && nowhere);
	memcpy(copy, data, size);
	in = fmemopen(copy, size, "rb");
	FUZZ_MUST(in);
	rc = decode_stream(in, nowhere, &options, why, sizeof(why));
	FUZZ_MUST(rc == 0 || (rc == -EINVAL && why[0]));
	fclose(in);
	free(copy);
	return 0;
}
