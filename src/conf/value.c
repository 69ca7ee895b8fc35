/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * value.c - one value of a kind, out of a token.
 *
 * Every message names the statement and says what would be right: the
 * range, the prefix without its stray bits, the form that was wanted.
 */
#include "conf/parse.h"
#include "conf/schema.h"

#include <arpa/inet.h>
#include <ctype.h>

bool
value_count(struct parse *p, const struct stmt *s, unsigned n)
{
	const struct arg *a = s->args;

	if (a && strcmp(a->text, "=") == 0) {
		parse_error(p, &a->at, "no `=' stands between %.60s and its "
			    "value", s->head->text);
		return false;
	}
	for (unsigned i = 0; i < n; i++, a = a->next) {
		if (a)
			continue;
		if (i == 0 && n == 1)
			parse_error(p, &s->head->at, "%.60s wants a value",
				    s->head->text);
		else
			parse_error(p, &s->head->at, "%.60s wants %u values",
				    s->head->text, n);
		return false;
	}
	if (!a)
		return true;
	if (n == 0)
		parse_error(p, &a->at, "%.60s wants no value", s->head->text);
	else
		parse_error(p, &a->at, "%.60s wants %s, `%.60s' is too much",
			    s->head->text, n == 1 ? "one value" : "no more",
			    a->text);
	return false;
}

/* Digits of a base; false when it does not fit. */
static bool
read_digits(const char *s, size_t n, unsigned base, uint64_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		char c = (char)tolower((unsigned char)s[i]);
		unsigned d = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);

		if (v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*ret = v;
	return true;
}

bool
value_uint(struct parse *p, const char *what, const struct arg *a,
	   uint64_t min, uint64_t max, uint64_t *ret)
{
	bool hex = a->text[0] == '0' && (a->text[1] | 0x20) == 'x';
	const char *digits = a->text + (hex ? 2 : 0);
	uint64_t v;

	if (a->kind != ARG_NUMBER || strchr(a->text, '.')) {
		parse_error(p, &a->at, "%s wants a whole number, not `%.60s'",
			    what, a->text);
		return false;
	}
	if (!read_digits(digits, strlen(digits), hex ? 16 : 10, &v) ||
	    v < min || v > max) {
		parse_error(p, &a->at, "%s: %.60s is out of range, %llu to "
			    "%llu", what, a->text, (unsigned long long)min,
			    (unsigned long long)max);
		return false;
	}
	*ret = v;
	return true;
}

bool
value_msec(struct parse *p, const char *what, const struct arg *a,
	   uint64_t min, uint64_t max, uint64_t *ret)
{
	const char *dot = strchr(a->text, '.');
	size_t whole = dot ? (size_t)(dot - a->text) : strlen(a->text);
	size_t part = dot ? strlen(dot + 1) : 0;
	uint64_t v, ms = 0;
	bool fits;

	if (a->kind != ARG_NUMBER || (a->text[1] | 0x20) == 'x') {
		parse_error(p, &a->at, "%s wants seconds, as in 1 or 0.2, not "
			    "`%.60s'", what, a->text);
		return false;
	}
	if (part > 3) {
		parse_error(p, &a->at, "%s counts milliseconds: three decimals "
			    "at most", what);
		return false;
	}
	fits = read_digits(a->text, whole, 10, &v) && v < UINT32_MAX &&
	       read_digits(dot ? dot + 1 : "", part, 10, &ms);
	for (; part < 3; part++)
		ms *= 10;
	if (!fits || v * 1000 + ms < min || v * 1000 + ms > max) {
		char lo[32], hi[32];

		schema_print_msec(min, lo, sizeof(lo));
		schema_print_msec(max, hi, sizeof(hi));
		parse_error(p, &a->at, "%s: %.60s is out of range, %s to %s "
			    "seconds", what, a->text, lo, hi);
		return false;
	}
	*ret = v * 1000 + ms;
	return true;
}

static void
not_address(struct parse *p, const char *what, const struct arg *a)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, a->text, &v4) == 1)
		parse_error(p, &a->at, "%s wants an IPv6 address, `%.60s' is "
			    "IPv4", what, a->text);
	else
		parse_error(p, &a->at, "%s wants an IPv6 address, not `%.60s'",
			    what, a->text);
}

bool
value_addr(struct parse *p, const char *what, const struct arg *a,
	   struct in6_addr *ret)
{
	if (a->kind == ARG_PREFIX) {
		parse_error(p, &a->at, "%s wants an address without a prefix "
			    "length", what);
		return false;
	}
	if (a->kind != ARG_ADDR || addr_parse(a->text, ret)) {
		not_address(p, what, a);
		return false;
	}
	return true;
}

bool
value_host(struct parse *p, const char *what, const struct arg *a,
	   struct in6_addr *ret)
{
	struct in6_addr addr;

	if (!value_addr(p, what, a, &addr))
		return false;
	if (!addr_is_routable(&addr)) {
		parse_error(p, &a->at, "%s: %.60s is not a routable unicast "
			    "address", what, a->text);
		return false;
	}
	*ret = addr;
	return true;
}

bool
value_addr_len(struct parse *p, const char *what, const struct arg *a,
	       struct prefix *ret)
{
	const char *slash = strchr(a->text, '/');
	size_t n = slash ? (size_t)(slash - a->text) : 0;
	char text[ADDR_STRLEN] = "";
	struct in6_addr addr;
	uint64_t len;

	if (a->kind == ARG_ADDR) {
		parse_error(p, &a->at, "%s wants a prefix length, as in "
			    "`%.60s/64'", what, a->text);
		return false;
	}
	if (a->kind == ARG_PREFIX && n < sizeof(text))
		memcpy(text, a->text, n);
	if (a->kind != ARG_PREFIX || addr_parse(text, &addr)) {
		parse_error(p, &a->at, "%s wants an IPv6 prefix, as in "
			    "`2001:db8::/64', not `%.60s'", what, a->text);
		return false;
	}
	if (!read_digits(slash + 1, strlen(slash + 1), 10, &len) || len > 128) {
		parse_error(p, &a->at, "%s: the prefix length %.20s is out of "
			    "range, 0 to 128", what, slash + 1);
		return false;
	}
	*ret = (struct prefix){ .addr = addr, .len = (uint8_t)len };
	return true;
}

bool
value_prefix(struct parse *p, const char *what, const struct arg *a,
	     struct prefix *ret)
{
	struct prefix got, masked;
	char right[PREFIX_STRLEN];

	if (!value_addr_len(p, what, a, &got))
		return false;
	masked = prefix_of(&got.addr, got.len);
	if (!prefix_eq(&got, &masked)) {
		parse_error(p, &a->at, "%s: %.60s has bits set behind the "
			    "prefix length; %s would be right", what, a->text,
			    prefix_print(&masked, right));
		return false;
	}
	*ret = got;
	return true;
}

bool
value_string(struct parse *p, const char *what, const struct arg *a,
	     size_t max, const char **ret)
{
	if (a->kind != ARG_STRING) {
		parse_error(p, &a->at, "%s wants double quotes: \"%.60s\"",
			    what, a->text);
		return false;
	}
	if (!a->text[0]) {
		parse_error(p, &a->at, "%s: nothing is between the quotes",
			    what);
		return false;
	}
	if (strlen(a->text) > max) {
		parse_error(p, &a->at, "%s: %zu octets are too many, at most "
			    "%zu", what, strlen(a->text), max);
		return false;
	}
	*ret = a->text;
	return true;
}

/* What the kernel takes for the name of a device. */
bool
value_ifname(struct parse *p, const char *what, const struct arg *a,
	     char ret[CONF_IFNAME])
{
	const char *s;

	if (!value_string(p, what, a, CONF_IFNAME - 1, &s))
		return false;
	if (strcspn(s, "/: \t\r\n\v\f") != strlen(s) || strcmp(s, ".") == 0 ||
	    strcmp(s, "..") == 0) {
		parse_error(p, &a->at, "%s: `%s' cannot be the name of an "
			    "interface", what, s);
		return false;
	}
	memset(ret, 0, CONF_IFNAME);
	memcpy(ret, s, strlen(s));
	return true;
}

/* RFC 4282: user@realm, either part may be all.  253 octets at most fit
 * the option of RFC 4283 with room for its subtype. */
bool
value_nai(struct parse *p, const struct place *at, const char *s)
{
	const char *sign = strchr(s, '@');
	size_t n = strlen(s);
	bool good = n >= 1 && n <= 253;

	for (size_t i = 0; i < n; i++)
		good &= (unsigned char)s[i] > ' ' && s[i] != 0x7f;
	if (sign)
		good &= sign[1] && !strchr(sign + 1, '@');
	if (!good)
		parse_error(p, at, "`%.60s' is not an identity as in "
			    "user@realm (1 to 253 octets, no blanks)", s);
	return good;
}
