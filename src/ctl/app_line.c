/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_line.c - what may be said on the application socket.  Strict: a word
 * too many or a number out of range is an error, nothing is guessed.
 */
#include "ctl/app_line.h"

#include <errno.h>
#include <string.h>

static int
refuse(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

/* 1 .. APP_TIMEOUT_MAX, nothing but digits. */
static bool
parse_ms(const char *s, usec_t *ret)
{
	uint32_t n = 0;

	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		n = n * 10 + (uint32_t)(*s - '0');
		if (n > APP_TIMEOUT_MAX)
			return false;
	}
	*ret = MSEC(n);
	return n != 0;
}

static int
parse_type(const struct ctl_line *l, struct app_command *c, const char **why)
{
	if (l->n < 2)
		return refuse(why, "which type?");
	if (!atype_parse(l->word[1], &c->type) || c->type == ATYPE_NONE)
		return refuse(why, "a type is home-anchored, access-anchored, "
			      "unanchored or graceful");
	return 0;
}

static int
parse_request(const struct ctl_line *l, struct app_command *c,
	      const char **why)
{
	int err = parse_type(l, c, why);

	if (err || l->n == 2)
		return err;
	if (l->n != 4 || strcmp(l->word[2], "timeout") != 0)
		return refuse(why, "usage: request TYPE [timeout MS]");
	if (!parse_ms(l->word[3], &c->timeout))
		return refuse(why, "a timeout is 1 to 3600000 milliseconds");
	return 0;
}

static int
parse_release(const struct ctl_line *l, struct app_command *c,
	      const char **why)
{
	int err = parse_type(l, c, why);

	return !err && l->n > 2 ? refuse(why, "usage: release TYPE") : err;
}

static int
parse_type_of(const struct ctl_line *l, struct app_command *c,
	      const char **why)
{
	if (l->n != 2)
		return refuse(why, "usage: type-of ADDRESS");
	if (addr_parse(l->word[1], &c->addr))
		return refuse(why, "that is no IPv6 address");
	return 0;
}

static int
parse_bare(const struct ctl_line *l, struct app_command *c, const char **why)
{
	return l->n == 1 ? 0 : refuse(why, "too many words");
}

static const struct {
	const char	*word;
	enum app_verb	verb;
	int		(*parse)(const struct ctl_line *,
				 struct app_command *, const char **why);
} verbs[] = {
	{ "request", APP_REQUEST, parse_request },
	{ "release", APP_RELEASE, parse_release },
	{ "types", APP_TYPES, parse_bare },
	{ "type-of", APP_TYPE_OF, parse_type_of },
	{ "watch", APP_WATCH, parse_bare },
};

int
app_line_parse(const struct ctl_line *l, struct app_command *ret,
	       const char **why)
{
	struct app_command c = { 0 };
	int err;

	for (size_t i = 0; l->n && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(l->word[0], verbs[i].word) != 0)
			continue;
		c.verb = verbs[i].verb;
		err = verbs[i].parse(l, &c, why);
		if (!err)
			*ret = c;
		return err;
	}
	return refuse(why, "a command is request, release, types, type-of or "
		      "watch");
}
