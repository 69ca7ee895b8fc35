/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_case.h - cases of source address selection.
 *
 * A case is a query and candidates in words:
 *
 *	"2001:db8:1::2 coa"		an address and what it is
 *	"2001:db8:1::2/48 if2"		its prefix, its interface
 *
 * The words are those of `attributes' in
 * source_case.c, "ifN", and "via=ADDR" for the router that advertised its
 * prefix.  Each case is tried in every rotation of its candidates, so that no
 * result hangs on their order.
 */
#ifndef MIP6D_TEST_SOURCE_CASE_H
#define MIP6D_TEST_SOURCE_CASE_H

#include "select/source.h"
#include "unit.h"

#define CANDIDATES	6

struct want {
	const char		*dst;		/* with words, too */
	uint32_t		prefs;
	const char		*c[CANDIDATES];
	int			winner;		/* or -errno */
	enum source_rule	why;		/* the last duel */
};

struct in6_addr A(const char *s);
/* A destination is read as a candidate: interface and next hop. */
struct source_candidate candidate(const char *text);
struct source_query query(const char *dst, uint32_t prefs);
/* Every duel is what source_better says, everybody but the winner loses one,
 * and the last one is won by the winner. */
void check_duels(const struct source_query *q,
		 const struct source_candidate *c, unsigned n,
		 int winner, const struct source_duel *duel,
		 unsigned nduels);
void run(const struct source_query *q, const struct want *w);
void run_all(const struct want *w, size_t n);
#define RUN(...) do {							\
	static const struct want w_[] = { __VA_ARGS__ };		\
	run_all(w_, sizeof(w_) / sizeof(w_[0]));			\
} while (0)

Suite	*suite_preferences(void);

#endif
