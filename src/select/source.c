/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - which of our addresses a packet gets.
 *
 * RFC 6724 section 5 is a list of rules, and so is this file: each gives an
 * address a rank, and of two the higher one is preferred.  The first rule
 * whose ranks differ decides.
 *
 * Two rules have no opinion about some addresses: rule 4 about what is
 * neither home nor care-of address, rule 5.5 about a prefix of which nobody
 * knows who advertised it.  Those are NEUTRAL: equal to the higher and to the
 * lower rank.  Three addresses can then go round in a circle when they are
 * compared by pairs (the home address beats the care-of address by rule 4,
 * that one a third by rule 8, and the third the home address), and the
 * winner would depend on who is asked first.  So the rules are not asked of
 * pairs but, as the section allows, of the whole set: each rule in its turn
 * throws out who is beaten by one that is still in.  Only the last tie is
 * broken by order.
 *
 * Who is thrown out is not remembered, which would take memory, but the best
 * rank of each rule is: whoever has another one at a rule that was asked is
 * out.
 *
 * RFC 5014 lets a socket turn rules 4 and 7 round, and adds one about CGAs,
 * without saying where it belongs.  Here it stands after rule 7, its
 * likeness, and before rule 8, which is hardly ever a tie.
 */
#include "select/source.h"

#include <errno.h>
#include <limits.h>

#define NEUTRAL		INT_MIN

#define SCOPE_LINK	0x2
#define SCOPE_SITE	0x5
#define SCOPE_GLOBAL	0xe

#define LABEL(l, len, ...) \
	{ .prefix = { { .s6_addr = { __VA_ARGS__ } }, len }, .label = l }

/* RFC 6724 section 2.1; the precedences are for destinations. */
const struct source_label source_labels_default[] = {
	LABEL(0, 128, [15] = 1),
	LABEL(1, 0, 0),
	LABEL(4, 96, [10] = 0xff, 0xff),
	LABEL(2, 16, 0x20, 0x02),
	LABEL(5, 32, 0x20, 0x01),
	LABEL(13, 7, 0xfc),
	LABEL(3, 96, 0),
	LABEL(11, 10, 0xfe, 0xc0),
	LABEL(12, 16, 0x3f, 0xfe),
};
const unsigned source_labels_default_n =
	sizeof(source_labels_default) / sizeof(source_labels_default[0]);

/* --- properties of addresses --- */

static unsigned
scope_v4mapped(const struct in6_addr *a)
{
	const uint8_t *v4 = &a->s6_addr[12];

	/* RFC 6724 section 3.2 */
	if (v4[0] == 127 || (v4[0] == 169 && v4[1] == 254))
		return SCOPE_LINK;
	return SCOPE_GLOBAL;
}

unsigned
source_scope(const struct in6_addr *a)
{
	/* RFC 6724 section 3.1 */
	if (addr_is_multicast(a))
		return a->s6_addr[1] & 0xf;
	/* section 3.4: so is the loopback address */
	if (addr_is_linklocal(a) || addr_is_loopback(a))
		return SCOPE_LINK;
	if (a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0xc0)
		return SCOPE_SITE;
	if (addr_is_v4mapped(a))
		return scope_v4mapped(a);
	return SCOPE_GLOBAL;
}

/* RFC 6724 section 3.3, 3.4: preferred whatever the interface says. */
static bool
never_deprecated(const struct in6_addr *a)
{
	static const struct prefix compatible = { .len = 96 };
	static const struct prefix converted = {
		{ .s6_addr = { 0x00, 0x64, 0xff, 0x9b } }, 96
	};

	return addr_is_v4mapped(a) || prefix_match(&compatible, a) ||
	       prefix_match(&converted, a);
}

uint32_t
source_label_of(const struct source_query *q, const struct in6_addr *a,
		uint32_t ifindex)
{
	const struct source_label *l = q->label, *best = NULL;
	unsigned n = q->nlabels;

	if (!l) {
		l = source_labels_default;
		n = source_labels_default_n;
	}
	for (; n--; l++) {
		if ((l->ifindex && l->ifindex != ifindex) ||
		    !prefix_match(&l->prefix, a))
			continue;
		if (!best || l->prefix.len > best->prefix.len ||
		    (l->prefix.len == best->prefix.len && l->ifindex))
			best = l;
	}
	return best ? best->label : SOURCE_NO_LABEL;
}

unsigned
source_match_len(const struct source_candidate *c, const struct in6_addr *dst)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 16; i++) {
		uint8_t differ = c->addr.s6_addr[i] ^ dst->s6_addr[i];

		n += differ ? (unsigned)__builtin_clz(differ) - 24 : 8;
		if (differ)
			break;
	}
	return n < c->plen ? n : c->plen;
}

/* --- preferences --- */

/* RFC 8653 section 4.4: who requires a type has no other preferences. */
static uint32_t
prefs_of(const struct source_query *q)
{
	return q->prefs & ATYPE_FLAGS ? 0 : q->prefs;
}

static bool
two_of(uint32_t prefs, uint32_t set)
{
	prefs &= set;
	return prefs & (prefs - 1);
}

/* RFC 5014 section 5 */
static bool
contradictory(uint32_t prefs)
{
	return two_of(prefs, SOURCE_HOME | SOURCE_COA) ||
	       two_of(prefs, SOURCE_TMP | SOURCE_PUBLIC |
			     SOURCE_PUBTMP_DEFAULT) ||
	       two_of(prefs, SOURCE_CGA | SOURCE_NONCGA);
}

static bool
prefers_temporary(const struct source_query *q)
{
	if (prefs_of(q) & SOURCE_TMP)
		return true;
	return !(prefs_of(q) & SOURCE_PUBLIC) && q->prefer_temporary;
}

bool
source_rule_reversed(const struct source_query *q, enum source_rule r)
{
	if (r == SOURCE_RULE_4)
		return prefs_of(q) & SOURCE_COA;
	if (r == SOURCE_RULE_7)
		return !prefers_temporary(q);
	return r == SOURCE_RULE_CGA && (prefs_of(q) & SOURCE_NONCGA);
}

/* --- the rules --- */

/* Rule 1: prefer same address. */
static int
rank_same(const struct source_query *q, const struct source_candidate *c)
{
	return addr_eq(&c->addr, &q->dst);
}

/* Rule 2: prefer appropriate scope: the smallest that is large enough, and
 * where none is, the largest. */
static int
rank_scope(const struct source_query *q, const struct source_candidate *c)
{
	int d = (int)source_scope(&q->dst), s = (int)source_scope(&c->addr);

	return s < d ? s - 16 : 16 - s;
}

/* Rule 3: avoid deprecated addresses, and optimistic ones (RFC 4429
 * section 2.1). */
static int
rank_preferred(const struct source_query *q, const struct source_candidate *c)
{
	return !(c->deprecated || c->optimistic) || never_deprecated(&c->addr);
}

/* Rule 4: prefer home addresses.  What is a care-of address at the same time
 * is preferred to all others; who wants a care-of address has one there. */
static int
rank_at_home(const struct source_query *q, const struct source_candidate *c)
{
	return c->home && c->coa && !(prefs_of(q) & SOURCE_COA);
}

static int
rank_home(const struct source_query *q, const struct source_candidate *c)
{
	if (!c->home && !c->coa)
		return NEUTRAL;
	return prefs_of(q) & SOURCE_COA ? c->coa : c->home;
}

/* Rule 5: prefer outgoing interface. */
static int
rank_interface(const struct source_query *q, const struct source_candidate *c)
{
	return q->ifindex && c->ifindex == q->ifindex;
}

/* Rule 5.5: prefer addresses in a prefix advertised by the next-hop. */
static int
rank_next_hop(const struct source_query *q, const struct source_candidate *c)
{
	if (addr_is_unspec(&q->next_hop) || addr_is_unspec(&c->next_hop))
		return NEUTRAL;
	return addr_eq(&c->next_hop, &q->next_hop);
}

/* Rule 6: prefer matching label. */
static int
rank_label(const struct source_query *q, const struct source_candidate *c)
{
	return source_label_of(q, &c->addr, c->ifindex) ==
	       source_label_of(q, &q->dst, q->ifindex);
}

/* Rule 7: prefer temporary addresses. */
static int
rank_temporary(const struct source_query *q, const struct source_candidate *c)
{
	return c->temporary == prefers_temporary(q);
}

/* RFC 5014 section 5; section 10: CGAs are preferred by default. */
static int
rank_cga(const struct source_query *q, const struct source_candidate *c)
{
	return c->cga == !(prefs_of(q) & SOURCE_NONCGA);
}

/* Rule 8: use longest matching prefix. */
static int
rank_prefix(const struct source_query *q, const struct source_candidate *c)
{
	return (int)source_match_len(c, &q->dst);
}

static const struct rule {
	enum source_rule	rule;
	int	(*rank)(const struct source_query *,
			const struct source_candidate *);
} rules[] = {
	{ SOURCE_RULE_1,	rank_same },
	{ SOURCE_RULE_2,	rank_scope },
	{ SOURCE_RULE_3,	rank_preferred },
	{ SOURCE_RULE_4,	rank_at_home },
	{ SOURCE_RULE_4,	rank_home },
	{ SOURCE_RULE_5,	rank_interface },
	{ SOURCE_RULE_5_5,	rank_next_hop },
	{ SOURCE_RULE_6,	rank_label },
	{ SOURCE_RULE_7,	rank_temporary },
	{ SOURCE_RULE_CGA,	rank_cga },
	{ SOURCE_RULE_8,	rank_prefix },
};
#define NRULES	(sizeof(rules) / sizeof(rules[0]))

/* --- who is in at all --- */

static bool
on_another_link(const struct source_query *q, const struct source_candidate *c)
{
	return q->ifindex && c->ifindex != q->ifindex;
}

const char *
source_excluded(const struct source_query *q, const struct source_candidate *c)
{
	enum atype required = ATYPE_NONE;

	/* RFC 6724 section 4 */
	if (addr_is_multicast(&c->addr) || addr_is_unspec(&c->addr))
		return "not a unicast address";
	/* RFC 4862 section 2: not yet assigned to the interface */
	if (c->tentative)
		return "tentative: not known to be unique";
	/* RFC 8653 section 4.4 */
	if (atype_of_flags(q->prefs, &required) == 0 && required &&
	    c->type != required)
		return "not of the required type";
	if (!on_another_link(q, c))
		return NULL;
	/* RFC 6724 section 4; the loopback address has link-local scope */
	if (addr_is_multicast(&q->dst) ||
	    source_scope(&q->dst) <= SCOPE_LINK)
		return "not on the link of the destination";
	/* RFC 4007 section 5: a link-local address means another node on
	 * another link; RFC 4291 section 2.5.3: ::1 stays in the node */
	if (source_scope(&c->addr) <= SCOPE_LINK)
		return "of link-local scope, on another link";
	return NULL;
}

/* --- the contest --- */

/* Not excluded, and never beaten by the first n rules. */
static bool
is_in(const struct source_query *q, const struct source_candidate *c,
      const int *best, unsigned n)
{
	if (source_excluded(q, c))
		return false;
	for (unsigned r = 0; r < n; r++) {
		int rank = rules[r].rank(q, c);

		if (rank != NEUTRAL && rank != best[r])
			return false;
	}
	return true;
}

struct contest {
	const struct source_query	*q;
	const struct source_candidate	*c;
	unsigned			n;
	int				best[NRULES];
	struct source_duel		*duel;
	unsigned			nduels;
};

/* Ask rule r of those who are in. */
static void
ask_rule(struct contest *t, unsigned r)
{
	unsigned champion = 0;

	t->best[r] = NEUTRAL;
	for (unsigned i = 0; i < t->n; i++) {
		int rank;

		if (!is_in(t->q, &t->c[i], t->best, r))
			continue;
		rank = rules[r].rank(t->q, &t->c[i]);
		if (rank > t->best[r]) {
			t->best[r] = rank;
			champion = i;
		}
	}
	for (unsigned i = 0; t->duel && i < t->n; i++) {
		if (is_in(t->q, &t->c[i], t->best, r) &&
		    !is_in(t->q, &t->c[i], t->best, r + 1))
			t->duel[t->nduels++] = (struct source_duel){
				champion, i, rules[r].rule
			};
	}
}

int
source_contest(const struct source_query *q, const struct source_candidate *c,
	       unsigned n, struct source_duel *ret, unsigned *ret_n)
{
	struct contest t = { .q = q, .c = c, .n = n, .duel = ret };
	enum atype required;
	int winner = -1;

	if (contradictory(q->prefs) || atype_of_flags(q->prefs, &required))
		return -EINVAL;
	for (unsigned r = 0; r < NRULES; r++)
		ask_rule(&t, r);
	for (unsigned i = 0; i < n; i++) {
		if (!is_in(q, &c[i], t.best, NRULES))
			continue;
		if (winner < 0)
			winner = (int)i;
		else if (ret)
			ret[t.nduels++] = (struct source_duel){
				(unsigned)winner, i, SOURCE_ORDER
			};
	}
	if (winner < 0)
		return -EADDRNOTAVAIL;
	if (ret_n)
		*ret_n = t.nduels;
	return winner;
}

int
source_select(const struct source_query *q, const struct source_candidate *c,
	      unsigned n)
{
	return source_contest(q, c, n, NULL, NULL);
}

bool
source_better(const struct source_query *q, const struct source_candidate *a,
	      const struct source_candidate *b, enum source_rule *ret_why)
{
	for (unsigned r = 0; r < NRULES; r++) {
		int ra = rules[r].rank(q, a), rb = rules[r].rank(q, b);

		if (ra == rb || ra == NEUTRAL || rb == NEUTRAL)
			continue;
		*ret_why = rules[r].rule;
		return ra > rb;
	}
	*ret_why = SOURCE_ORDER;
	return true;
}

const char *
source_rule_text(enum source_rule r)
{
	static const char *const text[SOURCE_RULES] = {
		[SOURCE_ONLY] = "there is no other",
		[SOURCE_RULE_1] = "rule 1: prefer same address",
		[SOURCE_RULE_2] = "rule 2: prefer appropriate scope",
		[SOURCE_RULE_3] = "rule 3: avoid deprecated addresses",
		[SOURCE_RULE_4] = "rule 4: prefer home addresses",
		[SOURCE_RULE_5] = "rule 5: prefer outgoing interface",
		[SOURCE_RULE_5_5] = "rule 5.5: prefer addresses in a prefix "
				    "advertised by the next-hop",
		[SOURCE_RULE_6] = "rule 6: prefer matching label",
		[SOURCE_RULE_7] = "rule 7: prefer temporary addresses",
		[SOURCE_RULE_CGA] = "RFC 5014: prefer cryptographically "
				    "generated addresses",
		[SOURCE_RULE_8] = "rule 8: use longest matching prefix",
		[SOURCE_ORDER] = "all rules are equal: the first of them",
	};

	return text[r];
}
