/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_mh.c - the octets are a Mobility Header, its checksum not looked at.
 */
#include "fuzz.h"
#include "wire/mh.h"
#include "wire/print.h"

#include <errno.h>

#define ROOM	(2 * MH_LEN_MAX)

/* What was accepted builds to octets that parse and build to themselves. */
static void check_laws(struct mh *m)
{
	static uint8_t one[ROOM], two[ROOM];
	struct wbuf w = wbuf_of(one, sizeof(one));
	uint16_t was = m->len;
	struct wire_error err;
	struct mh back;
	size_t n;
	int rc;

	rc = mh_build(m, &w);
	/* options packed tighter than their alignment lets us build them */
	if (rc == -EINVAL && was > MH_LEN_MAX / 2)
		return;
	FUZZ_MUST(rc == 0);
	n = wbuf_len(&w);
	FUZZ_MUST(n == m->len);
	FUZZ_MUST(mh_parse_known(one, n, NULL, NULL, MH_KNOW_ALL, &back,
				 &err) == 0);
	FUZZ_MUST(back.type == m->type && back.nopts == m->nopts);
	w = wbuf_of(two, sizeof(two));
	FUZZ_MUST(mh_build(&back, &w) == 0);
	FUZZ_MUST(wbuf_len(&w) == n && !memcmp(one, two, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_error err = { WIRE_OK, 0 };
	char text[256];
	struct mh m;

	if (mh_parse_known(data, size, NULL, NULL, MH_KNOW_ALL, &m, &err)) {
		FUZZ_MUST(err.fault > WIRE_OK && err.fault < WIRE_FAULTS);
		FUZZ_MUST(err.offset <= size);
		return 0;
	}
	FUZZ_MUST(m.len <= size && m.nopts <= MH_OPTS_MAX);
	for (unsigned i = 0; i < m.nopts; i++)
		FUZZ_MUST(m.opt[i].off + 2U + m.opt[i].len <= m.len);
	print_mh_summary(&m, text, sizeof(text));
	check_laws(&m);
	return 0;
}
