/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.c - `mip6ctl select': which source address goes to a destination,
 * and why.
 *
 * Everything is gathered anew for each question, from where it is true: the
 * way there and the labels from the kernel, addresses and their states from
 * the mirror of it, types from what the node said, and who advertised which
 * prefix from what the node shows.  src/select judges; here it is told.
 *
 * Which addresses are home and care-of addresses is not said by RFC 6724
 * (section 3.5).  A home address is a configured or home-anchored one.  A
 * care-of address is one of an interface that roams, and so is the home
 * address while it stands there, and not on the path device: then the mobile
 * is at home, and it is both.  Which are cryptographically generated only the
 * node knows, of those that it formed so.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>

const char select_usage[] =
	"select DEST[%INTERFACE] [--require home-anchored|access-anchored|"
	"unanchored|graceful] [--prefer home|coa|tmp|public|cga|noncga ...]";

struct selection {
	struct daemon		*d;
	struct source_query	q;
	enum atype		required;
	struct fib_way		way;
	struct label_table	labels;
	unsigned		n;		/* candidates that are in, then
						   those that are not */
	unsigned		total;
	struct source_candidate	*c;
	const struct world_address **from;	/* only while it is built */
	const char		**out;		/* why not; NULL: in */
};

enum atype
daemon_type_of(struct daemon *d, const struct in6_addr *a)
{
	return owned_type(&d->owned, a);
}

/* --- the question --- */

static bool
read_preference(const char *word, uint32_t *prefs)
{
	static const struct {
		const char	*word;
		uint32_t	flag;
	} words[] = {
		{ "home",	SOURCE_HOME },
		{ "coa",	SOURCE_COA },
		{ "tmp",	SOURCE_TMP },
		{ "public",	SOURCE_PUBLIC },
		{ "cga",	SOURCE_CGA },
		{ "noncga",	SOURCE_NONCGA },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i].word, word))
			continue;
		*prefs |= words[i].flag;
		return true;
	}
	return false;
}

static int
read_destination(struct selection *s, const char *word, char why[CTL_WHY])
{
	const char *zone = strchr(word, '%');
	size_t len = zone ? (size_t)(zone - word) : strlen(word);
	const struct world_link *l;
	char text[ADDR_STRLEN];

	if (len >= sizeof(text))
		len = 0;
	memcpy(text, word, len);
	text[len] = '\0';
	if (addr_parse(text, &s->q.dst) || addr_is_unspec(&s->q.dst)) {
		snprintf(why, CTL_WHY, "%.60s is not the IPv6 address of a "
			 "destination", word);
		return -EINVAL;
	}
	if (!zone) {
		if (source_scope(&s->q.dst) > 2 ||
		    addr_is_loopback(&s->q.dst))
			return 0;
		snprintf(why, CTL_WHY, "%.60s is a different node on each "
			 "link: write %.60s%%INTERFACE", word, word);
		return -EINVAL;
	}
	l = world_link_named(&s->d->world, zone + 1);
	if (!l) {
		snprintf(why, CTL_WHY, "there is no interface %.60s", zone + 1);
		return -ENODEV;
	}
	s->q.ifindex = l->ifindex;
	return 0;
}

static int
bad_word(const char *what, const char *word, char why[CTL_WHY])
{
	snprintf(why, CTL_WHY, "%s `%.40s'; usage: %s", what, word,
		 select_usage);
	return -EINVAL;
}

static int
read_words(struct selection *s, const struct ctl_line *l, char why[CTL_WHY])
{
	enum atype required = ATYPE_NONE;
	unsigned i = 2;

	if (l->n < 2) {
		snprintf(why, CTL_WHY, "usage: %s", select_usage);
		return -EINVAL;
	}
	while (i < l->n) {
		const char *word = l->word[i++];
		bool prefer = !strcmp(word, "--prefer");

		if (!prefer && strcmp(word, "--require"))
			return bad_word("unknown word", word, why);
		if (i == l->n)
			return bad_word("nothing follows", word, why);
		if (!prefer && !atype_parse(l->word[i++], &required))
			return bad_word("unknown type", l->word[i - 1], why);
		if (!prefer)
			s->q.prefs |= atype_flag(required);
		while (prefer && i < l->n && l->word[i][0] != '-')
			if (!read_preference(l->word[i++], &s->q.prefs))
				return bad_word("unknown preference",
						l->word[i - 1], why);
	}
	if (atype_of_flags(s->q.prefs, &s->required) ||
	    source_select(&s->q, NULL, 0) == -EINVAL) {
		snprintf(why, CTL_WHY, "preferences, or types, that "
			 "contradict each other");
		return -EINVAL;
	}
	return read_destination(s, l->word[1], why);
}

/* --- candidates --- */

static bool
parameter(struct daemon *d, const char *iface, const char *name, int least)
{
	char path[SYSCTL_NAME], value[SYSCTL_VALUE];

	snprintf(path, sizeof(path), "net/ipv6/conf/%s/%s", iface, name);
	return !sysctl_read(&d->sysctls, path, value) && atoi(value) >= least;
}

static bool
is_home(const struct daemon *d, const struct in6_addr *a, enum atype type)
{
	if (!(d->conf->roles & CONF_MN))
		return false;
	for (unsigned i = 0; i < d->conf->nhomes; i++)
		if (addr_eq(&d->conf->home[i].hoa, a))
			return true;
	return type == ATYPE_HOME;
}

static struct source_candidate
candidate(struct daemon *d, const struct world_address *a)
{
	const char *name = world_name(&d->world, a->key.ifindex);
	struct source_candidate c = {
		.addr = a->key.addr,
		.plen = a->plen,
		.ifindex = a->key.ifindex,
		.type = daemon_type_of(d, &a->key.addr),
		.tentative = (a->flags & (IFA_F_TENTATIVE |
					  IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE,
		.deprecated = a->flags & IFA_F_DEPRECATED,
		.temporary = a->flags & IFA_F_TEMPORARY,
		.cga = owned_cga(&d->owned, &a->key.addr),
	};

	/* the kernel can be told to use them like others, and is */
	c.optimistic = (a->flags & IFA_F_OPTIMISTIC) &&
		       !parameter(d, name, "use_optimistic", 1) &&
		       !parameter(d, "all", "use_optimistic", 1);
	c.home = is_home(d, &c.addr, c.type);
	c.coa = nic_is_mobile(d->conf, name) && addr_is_routable(&c.addr);
	return c;
}

static int
by_order(const void *va, const void *vb)
{
	const struct world_address *const *a = va, *const *b = vb;

	return ((*a)->order > (*b)->order) - ((*a)->order < (*b)->order);
}

static int
gather(struct selection *s)
{
	const struct world *w = &s->d->world;
	struct world_address *a = NULL;
	unsigned n = 0, most = (unsigned)w->addresses.count;
	size_t pos = 0;

	s->c = calloc(most + 1, sizeof(*s->c));
	s->from = calloc(most + 1, sizeof(*s->from));
	s->out = calloc(most + 1, sizeof(*s->out));
	if (!s->c || !s->from || !s->out)
		return -ENOMEM;
	while (n < most && (a = world_next_address(w, a, &pos)))
		s->from[n++] = a;
	qsort(s->from, n, sizeof(*s->from), by_order);
	for (unsigned i = 0; i < n; i++)
		s->c[i] = candidate(s->d, s->from[i]);
	s->total = n;
	return 0;
}

struct hop_sink {
	struct record_sink	sink;
	struct selection	*s;
};

static const struct field *
field(const struct record *r, const char *key)
{
	for (unsigned i = 0; i < r->n; i++)
		if (!strcmp(r->f[i].key, key))
			return &r->f[i];
	return NULL;
}

/* The node shows a prefix and its router. */
static void
on_shown(struct record_sink *sink, const struct record *r)
{
	struct selection *s = ((struct hop_sink *)sink)->s;
	const struct field *iface = field(r, "interface");
	const struct field *prefix = field(r, "prefix");
	const struct field *router = field(r, "router");

	if (strcmp(r->type, "prefix") || !iface || !prefix || !router)
		return;
	for (unsigned i = 0; i < s->total; i++) {
		struct source_candidate *c = &s->c[i];

		if (prefix_match(&prefix->prefix, &c->addr) &&
		    !strcmp(world_name(&s->d->world, c->ifindex), iface->s))
			c->next_hop = router->addr;
	}
}

/* Rule 5.5 */
static void
learn_next_hops(struct selection *s)
{
	struct hop_sink sink = { .sink.put = on_shown, .s = s };
	struct cursor c = { 0 };

	while (node_show(s->d->node, "routers", clock_now(), &c, &sink.sink))
		;
}

/* --- the way --- */

/* `src': NULL: as long as it is not known. */
static int
find_way(struct selection *s, const struct in6_addr *src, char why[CTL_WHY])
{
	char text[ADDR_STRLEN];
	int err;

	err = fib_lookup(&s->d->netlink, &s->q.dst, src, s->q.ifindex,
			 &s->way);
	if (err) {
		snprintf(why, CTL_WHY, "no way to %s: %s",
			 addr_print(&s->q.dst, text), strerror(-err));
		return err;
	}
	/* To ourselves the way is by lo, but the zone is the address's. */
	for (unsigned i = 0; s->way.local && !s->q.ifindex &&
	     i < s->total; i++)
		if (addr_eq(&s->c[i].addr, &s->q.dst))
			s->q.ifindex = s->c[i].ifindex;
	if (!s->q.ifindex || !s->way.local)
		s->q.ifindex = s->way.ifindex;
	s->q.next_hop = s->way.gateway;
	s->q.prefer_temporary =
		parameter(s->d, world_name(&s->d->world, s->q.ifindex),
			  "use_tempaddr", 2);
	err = label_read(&s->d->netlink, &s->labels);
	if (err)
		snprintf(why, CTL_WHY, "the kernel's address labels cannot be "
			 "read: %s", strerror(-err));
	/* an empty table is one, too */
	s->q.label = s->labels.n ? s->labels.row : source_labels_default;
	s->q.nlabels = s->labels.n;
	return err;
}

/* Those who are in come first, each half in its order. */
static int
separate(struct selection *s)
{
	const struct ef_current *now = owned_now(&s->d->owned, s->required);
	struct source_candidate *c = calloc(s->total + 1, sizeof(*c));
	unsigned n = 0;

	if (!c)
		return -ENOMEM;
	for (int in = 1; in >= 0; in--) {
		for (unsigned i = 0; i < s->total; i++) {
			const char *out = source_excluded(&s->q, &s->c[i]);

			if (!out && s->required &&
			    !addr_is_unspec(&now->addr) &&
			    !addr_eq(&now->addr, &s->c[i].addr))
				out = "of the type, but for old sockets only";
			if (in == (out != NULL))
				continue;
			s->out[n] = out;
			c[n++] = s->c[i];
		}
		if (in)
			s->n = n;
	}
	free(s->c);
	s->c = c;
	return 0;
}

/*
 * The rule of an anchored address takes who has no source yet only if its
 * source will be that address (FIB_RULE_FIND_SADDR); asking for a route, the
 * kernel does not know who prefers what.  Where the winner is another, its
 * way is the one without that rule.
 */
static int
leave_path(struct selection *s, bool chosen, char why[CTL_WHY])
{
	struct source_duel *duel;
	unsigned n = 0;
	int winner, err;

	if (chosen || s->way.local ||
	    s->way.ifindex != world_kernel_ifindex(&s->d->world, IFINDEX_PATH))
		return 0;
	duel = calloc(s->n + 1, sizeof(*duel));
	if (!duel)
		return -ENOMEM;
	winner = source_contest(&s->q, s->c, s->n, duel, &n);
	free(duel);
	if (winner < 0 || s->c[winner].ifindex == s->way.ifindex)
		return 0;
	s->q.ifindex = 0;
	label_free(&s->labels);
	err = find_way(s, &s->c[winner].addr, why);
	if (err)
		return err;
	learn_next_hops(s);
	return separate(s);
}

/* --- the answer --- */

static void
tell_destination(const struct selection *s, struct record_sink *sink)
{
	struct record r;

	record_init(&r, "destination");
	record_addr(&r, "address", &s->q.dst);
	record_str(&r, "interface", world_name(&s->d->world, s->q.ifindex));
	record_addr(&r, "router", &s->q.next_hop);
	record_uint(&r, "scope", source_scope(&s->q.dst));
	record_uint(&r, "label", source_label_of(&s->q, &s->q.dst,
						 s->q.ifindex));
	record_str(&r, "require", atype_name(s->required));
	sink->put(sink, &r);
}

static void
tell_candidate(const struct selection *s, unsigned i, struct record_sink *sink)
{
	const struct source_candidate *c = &s->c[i];
	struct record r;

	record_init(&r, "candidate");
	record_addr(&r, "address", &c->addr);
	record_uint(&r, "plen", c->plen);
	record_str(&r, "interface", world_name(&s->d->world, c->ifindex));
	record_str(&r, "address-type", atype_name(c->type));
	record_uint(&r, "scope", source_scope(&c->addr));
	record_bool(&r, "deprecated", c->deprecated);
	record_bool(&r, "optimistic", c->optimistic);
	record_bool(&r, "home", c->home);
	record_bool(&r, "coa", c->coa);
	record_addr(&r, "router", &c->next_hop);
	record_uint(&r, "label", source_label_of(&s->q, &c->addr,
						 c->ifindex));
	record_bool(&r, "temporary", c->temporary);
	record_bool(&r, "cga", c->cga);
	record_uint(&r, "match", source_match_len(c, &s->q.dst));
	record_str(&r, "excluded", s->out[i] ? s->out[i] : "none");
	sink->put(sink, &r);
}

static void
record_rule(struct record *r, const struct selection *s, enum source_rule why)
{
	static const char *const reversed[SOURCE_RULES] = {
		[SOURCE_RULE_4] = "rule 4: prefer home addresses, reversed: "
				  "prefer care-of addresses",
		[SOURCE_RULE_7] = "rule 7: prefer temporary addresses, "
				  "reversed: prefer public addresses",
		[SOURCE_RULE_CGA] = "RFC 5014: prefer cryptographically "
				    "generated addresses, reversed",
	};

	record_str(r, "rule", source_rule_reversed(&s->q, why) ?
		   reversed[why] : source_rule_text(why));
}

static void
tell_duel(const struct selection *s, const struct source_duel *duel,
	  struct record_sink *sink)
{
	struct record r;

	record_init(&r, "compare");
	record_addr(&r, "winner", &s->c[duel->winner].addr);
	record_addr(&r, "loser", &s->c[duel->loser].addr);
	record_rule(&r, s, duel->why);
	sink->put(sink, &r);
}

static void
tell_selected(const struct selection *s, const struct source_candidate *c,
	      enum source_rule why, struct record_sink *sink)
{
	struct record r;

	record_init(&r, "selected");
	record_addr(&r, "address", &c->addr);
	record_str(&r, "interface", world_name(&s->d->world, c->ifindex));
	record_str(&r, "address-type", atype_name(c->type));
	record_rule(&r, s, why);
	record_addr(&r, "kernel", &s->way.source);
	sink->put(sink, &r);
}

static int
nothing_left(const struct selection *s, char why[CTL_WHY])
{
	const struct ef_current *now = owned_now(&s->d->owned, s->required);

	if (!s->required) {
		snprintf(why, CTL_WHY, "no address can be used");
		return -EADDRNOTAVAIL;
	}
	if (!now->provided) {
		snprintf(why, CTL_WHY, "this configuration has no way to "
			 "provide %s addresses", atype_name(s->required));
		return -EOPNOTSUPP;
	}
	snprintf(why, CTL_WHY, "there is no %s address now",
		 atype_name(s->required));
	return -EADDRNOTAVAIL;
}

static int
judge(struct selection *s, struct record_sink *sink, char why[CTL_WHY])
{
	enum source_rule last = SOURCE_ONLY;
	struct source_duel *duel;
	unsigned nduels = 0;
	int winner;

	tell_destination(s, sink);
	for (unsigned i = 0; i < s->total; i++)
		tell_candidate(s, i, sink);
	duel = calloc(s->n + 1, sizeof(*duel));
	if (!duel)
		return -ENOMEM;
	winner = source_contest(&s->q, s->c, s->n, duel, &nduels);
	for (unsigned i = 0; i < nduels; i++)
		tell_duel(s, &duel[i], sink);
	if (nduels)
		last = duel[nduels - 1].why;
	free(duel);
	if (winner == -EADDRNOTAVAIL)
		return nothing_left(s, why);
	if (winner < 0)
		return winner;
	tell_selected(s, &s->c[winner], last, sink);
	return 0;
}

int
select_act(struct daemon *d, const struct ctl_line *l,
	   struct record_sink *sink, char why[CTL_WHY])
{
	struct selection s = { .d = d };
	int err = read_words(&s, l, why);
	bool chosen = s.q.ifindex;	/* the interface is given */

	if (!err)
		err = gather(&s);
	if (!err)
		err = find_way(&s, NULL, why);
	if (!err) {
		learn_next_hops(&s);
		err = separate(&s);
	}
	if (!err)
		err = leave_path(&s, chosen, why);
	if (!err)
		err = judge(&s, sink, why);
	label_free(&s.labels);
	free(s.c);
	free(s.from);
	free(s.out);
	return err;
}
