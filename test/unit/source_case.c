/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_case.c - see source_case.h.
 */
#include "source_case.h"

#include <errno.h>

struct in6_addr A(const char *s)
{
	struct in6_addr a;

	ck_assert_msg(addr_parse(s, &a) == 0, "%s", s);
	return a;
}

static bool attribute(struct source_candidate *c, const char *w)
{
	const struct {
		const char *word;
		bool *flag;
	} attributes[] = {
		{ "deprecated", &c->deprecated },
		{ "optimistic", &c->optimistic },
		{ "tentative", &c->tentative },
		{ "home", &c->home }, { "coa", &c->coa },
		{ "temporary", &c->temporary }, { "cga", &c->cga },
	};

	for (unsigned i = 0; i < sizeof(attributes) / sizeof(*attributes);
	     i++) {
		if (strcmp(attributes[i].word, w) == 0)
			return *attributes[i].flag = true;
	}
	return atype_parse(w, &c->type);
}

struct source_candidate candidate(const char *text)
{
	struct source_candidate c = { .plen = 64, .ifindex = 1 };
	char copy[200], *w, *slash, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	w = strtok_r(copy, " ", &save);
	slash = strchr(w, '/');
	if (slash) {
		c.plen = (uint8_t)atoi(slash + 1);
		*slash = '\0';
	}
	c.addr = A(w);
	while ((w = strtok_r(NULL, " ", &save))) {
		if (sscanf(w, "if%u", &c.ifindex) == 1)
			continue;
		if (strncmp(w, "via=", 4) == 0)
			c.next_hop = A(w + 4);
		else
			ck_assert_msg(attribute(&c, w), "%s in %s", w, text);
	}
	return c;
}

struct source_query query(const char *dst, uint32_t prefs)
{
	struct source_candidate d = candidate(dst);

	return (struct source_query){
		.dst = d.addr,
		.ifindex = d.ifindex,
		.next_hop = d.next_hop,
		.prefs = prefs,
		.prefer_temporary = true,	/* RFC 6724's default */
	};
}

void check_duels(const struct source_query *q,
		 const struct source_candidate *c, unsigned n,
		 int winner, const struct source_duel *duel,
		 unsigned nduels)
{
	unsigned losers = 0, out = 0;

	for (unsigned i = 0; i < nduels; i++) {
		enum source_rule why;
		bool first = source_better(q, &c[duel[i].winner],
					   &c[duel[i].loser], &why);

		ck_assert(first && why == duel[i].why);
		ck_assert(!(losers & 1U << duel[i].loser));
		losers |= 1U << duel[i].loser;
		ck_assert(!(losers & 1U << duel[i].winner));
		if (why == SOURCE_ORDER)
			continue;
		ck_assert(!source_better(q, &c[duel[i].loser],
					 &c[duel[i].winner], &why));
		ck_assert(why == duel[i].why);
	}
	for (unsigned i = 0; i < n; i++)
		out += source_excluded(q, &c[i]) != NULL;
	ck_assert_uint_eq(nduels + out + 1, n);
	ck_assert(!(losers & 1U << winner));
	ck_assert(!nduels || duel[nduels - 1].winner == (unsigned)winner);
}

void run(const struct source_query *q, const struct want *w)
{
	struct source_candidate c[CANDIDATES];
	struct source_duel duel[CANDIDATES];
	unsigned n = 0, nduels = 0;

	while (n < CANDIDATES && w->c[n])
		n++;
	for (unsigned turn = 0; turn < n || turn == 0; turn++) {
		int got, want = w->winner;

		for (unsigned i = 0; i < n; i++)
			c[(i + turn) % n] = candidate(w->c[i]);
		if (want >= 0)
			want = (int)(((unsigned)want + turn) % n);
		got = source_contest(q, c, n, duel, &nduels);
		ck_assert_msg(got == want && source_select(q, c, n) == want,
			      "%s from %s (turned by %u): %d, not %d",
			      w->dst, n ? w->c[0] : "nothing", turn, got,
			      want);
		if (got < 0)
			continue;
		check_duels(q, c, n, got, duel, nduels);
		if (nduels)
			ck_assert_msg(duel[nduels - 1].why == w->why,
				      "%s from %s: by %s, not by %s",
				      w->dst, w->c[0],
				      source_rule_text(duel[nduels - 1].why),
				      source_rule_text(w->why));
		else
			ck_assert_int_eq(w->why, SOURCE_ONLY);
	}
}

void run_all(const struct want *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct source_query q = query(w[i].dst, w[i].prefs);

		run(&q, &w[i]);
	}
}
