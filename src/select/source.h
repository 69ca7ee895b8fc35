/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - source address selection: RFC 6724 section 5, with the
 * preferences of RFC 5014 and the requirements of RFC 8653 (IPV6_REQUIRE_*).
 *
 * Pure: the candidates, the policy table and the preferences go in, the
 * winner and the rule that decided each comparison come out.
 */
#ifndef MIP6D_SELECT_SOURCE_H
#define MIP6D_SELECT_SOURCE_H

#include "base/addr.h"
#include "base/atype.h"

/* A row of the policy table, RFC 6724 section 2.1; the longest match counts,
 * of two equally long ones that of an interface (the zone index there). */
struct source_label {
	struct prefix	prefix;
	uint32_t	label;
	uint32_t	ifindex;	/* addresses there only; 0: anywhere */
};
#define SOURCE_NO_LABEL	UINT32_MAX	/* no row fits */
extern const struct source_label source_labels_default[];	/* RFC 6724 */
extern const unsigned source_labels_default_n;

/* Preferences, the values of RFC 5014 section 5 (linux/in6.h). */
#define SOURCE_TMP		0x0001
#define SOURCE_PUBLIC		0x0002
#define SOURCE_PUBTMP_DEFAULT	0x0100
#define SOURCE_COA		0x0004
#define SOURCE_HOME		0x0400
#define SOURCE_CGA		0x0008
#define SOURCE_NONCGA		0x0800

struct source_candidate {
	struct in6_addr	addr;
	uint8_t		plen;		/* of its prefix on the interface */
	uint32_t	ifindex;
	enum atype	type;		/* NONE: not one of ours */
	bool		tentative;	/* not a candidate at all */
	bool		deprecated;
	bool		optimistic;	/* RFC 4429: avoided like a deprecated
					   one; not set where it is not to be */
	bool		home, coa;	/* RFC 6275: a home or care-of address */
	bool		temporary;	/* RFC 8981 */
	bool		cga;
	struct in6_addr	next_hop;	/* rule 5.5: router that advertised its
					   prefix; :: not known */
};

struct source_query {
	struct in6_addr	dst;
	uint32_t	ifindex;	/* outgoing; 0: any */
	struct in6_addr	next_hop;	/* :: not known */
	uint32_t	prefs;		/* SOURCE_*, the REQUIRE flags of atype.h */
	bool		prefer_temporary;	/* default of rule 7 */
	const struct source_label *label;	/* NULL: RFC 6724's table */
	unsigned	nlabels;
};

/* Rules in the order in which they are asked. */
enum source_rule {
	SOURCE_ONLY,			/* there was no other */
	SOURCE_RULE_1, SOURCE_RULE_2, SOURCE_RULE_3, SOURCE_RULE_4,
	SOURCE_RULE_5, SOURCE_RULE_5_5, SOURCE_RULE_6, SOURCE_RULE_7,
	SOURCE_RULE_CGA,		/* RFC 5014 section 5, after rule 7 */
	SOURCE_RULE_8,
	SOURCE_ORDER,			/* all are equal: the earlier one */
	SOURCE_RULES
};

/* Index of the winner; -EADDRNOTAVAIL: no candidate (of the required type);
 * -EINVAL: contradictory preferences or two REQUIRE flags. */
int	source_select(const struct source_query *,
		      const struct source_candidate *, unsigned n);
/* The same, and how: each candidate but the winner loses one comparison, and
 * source_better says the same of those two.  What source_excluded refuses
 * takes no part.  `ret' has room for n - 1 duels, in the order of the rules;
 * *ret_n is their number. */
struct source_duel {
	unsigned		winner, loser;
	enum source_rule	why;
};
int	source_contest(const struct source_query *,
		       const struct source_candidate *, unsigned n,
		       struct source_duel *ret, unsigned *ret_n);
/* Which of two candidates wins: true for `a', and why. */
bool	source_better(const struct source_query *,
		      const struct source_candidate *a,
		      const struct source_candidate *b,
		      enum source_rule *ret_why);
/* Is it a candidate at all (REQUIRE, tentative, scope)?  NULL: yes, else why
 * not, in words. */
const char *source_excluded(const struct source_query *,
			    const struct source_candidate *);
/* "rule 4: prefer home addresses" */
const char *source_rule_text(enum source_rule);
/* Is the preference the other way round than the text of the rule says? */
bool	source_rule_reversed(const struct source_query *, enum source_rule);
/* RFC 6724 section 2.1 and 3.1; the interface is the address's. */
uint32_t source_label_of(const struct source_query *, const struct in6_addr *,
			 uint32_t ifindex);
unsigned source_scope(const struct in6_addr *);	/* 2: link ... 14: global */
/* CommonPrefixLen of RFC 6724 section 2.2: not beyond the source's prefix. */
unsigned source_match_len(const struct source_candidate *,
			  const struct in6_addr *dst);

#endif
