/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_conf.c - the octets are a configuration.  It is refused with errors
 * that a terminal can show, or what it prints parses again and prints the
 * same.
 */
#include "fuzz.h"
#include "conf/parse.h"

struct text {
	char		*s;
	size_t		len;
};

static unsigned parse(const char *s, size_t len, struct text *errors,
		      struct conf **ret)
{
	FILE *m = open_memstream(&errors->s, &errors->len);
	unsigned n;

	FUZZ_MUST(m);
	n = conf_parse_text("fuzz", s, len, m, ret);
	fclose(m);
	return n;
}

static struct text print(const struct conf *c)
{
	struct text t;
	FILE *m = open_memstream(&t.s, &t.len);

	FUZZ_MUST(m);
	conf_print(c, m);
	fclose(m);
	return t;
}

static void check_errors(const struct text *errors)
{
	FUZZ_MUST(errors->len > 0);
	FUZZ_MUST(errors->s[errors->len - 1] == '\n');
	for (size_t i = 0; i < errors->len; i++) {
		unsigned char c = (unsigned char)errors->s[i];

		FUZZ_MUST((c >= ' ' && c != 0x7f) || c == '\n' || c == '\t');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *c = NULL, *again = NULL;
	struct text errors, first, second;

	if (parse((const char *)data, size, &errors, &c)) {
		FUZZ_MUST(!c);
		check_errors(&errors);
		free(errors.s);
		return 0;
	}
	FUZZ_MUST(c && c->roles && errors.len == 0);
	free(errors.s);
	first = print(c);
	FUZZ_MUST(parse(first.s, first.len, &errors, &again) == 0);
	free(errors.s);
	second = print(again);
	FUZZ_MUST(first.len == second.len &&
		  memcmp(first.s, second.s, first.len) == 0);
	free(first.s);
	free(second.s);
	conf_free(c);
	conf_free(again);
	return 0;
}
