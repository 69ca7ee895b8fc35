/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_tool - our choice of a source address against the kernel's.
 *
 *	select_tool DEST[%INTERFACE]...
 *
 * For each destination, with no preference, and with those for temporary and
 * for public addresses: the kernel is asked by a connected UDP socket, and
 * without preferences also by RTM_GETROUTE, which is `ip -6 route get'.  Then
 * the addresses and labels are dumped, and source_select is asked; all of it
 * again, if the addresses have changed meanwhile.
 *
 * A line for each answer: "same RULE", "tie" (no rule tells the two apart,
 * and each takes what it finds first), "zone" (see below), "unreachable", or
 * "differ" and all that is known of it.  The status is 1 when any differ.
 *
 * Where the kernel departs from RFC 6724 on purpose nothing is asked: it has
 * no rule 4 without CONFIG_IPV6_MIP6, no rule 5.5, and one more of its own,
 * about ORCHIDs (2001:10::/28), so no address is a home address, no router
 * is known, and no such prefix may be used.  One departure is found here: to
 * a destination of larger scope it takes a link-local address of another
 * link, or ::1, when nothing of that scope is there; we never do ("zone").
 */
#include "select/source.h"
#include "sys/fib.h"
#include "sys/label.h"
#include "sys/netlink.h"
#include "sys/world.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/in6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CANDIDATES	256

#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES 72
#endif

struct tool {
	struct netlink		netlink;
	struct label_table	labels;
	struct source_candidate	c[CANDIDATES];
	unsigned		n;
	bool			failed;
	FILE			*said;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "select_tool: %s: %s\n", what, strerror(-err));
	exit(2);
}

/* --- what there is --- */

static void on_address(void *arg, struct nlmsghdr *nlh)
{
	struct tool *t = arg;
	struct world_ifa a;

	if (!world_parse_ifa(nlh, &a))
		return;
	if (t->n == CANDIDATES)
		die("too many addresses", -E2BIG);
	t->c[t->n++] = (struct source_candidate){
		.addr = a.addr,
		.plen = a.plen,
		.ifindex = a.ifindex,
		.tentative = (a.flags & (IFA_F_TENTATIVE |
					 IFA_F_OPTIMISTIC)) ==
			     IFA_F_TENTATIVE,
		.deprecated = a.flags & IFA_F_DEPRECATED,
		.optimistic = a.flags & IFA_F_OPTIMISTIC,
		.temporary = a.flags & IFA_F_TEMPORARY,
	};
}

static bool prefers_temporary(void)
{
	FILE *f = fopen("/proc/sys/net/ipv6/conf/all/use_tempaddr", "r");
	int v = 0;

	if (!f || fscanf(f, "%d", &v) != 1)
		die("use_tempaddr", -EIO);
	fclose(f);
	return v >= 2;
}

/* --- what the kernel takes --- */

static int ask_kernel(const struct in6_addr *dst, uint32_t ifindex,
		      uint32_t prefs, struct in6_addr *ret)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_addr = *dst,
		.sin6_port = htons(9),
		.sin6_scope_id = ifindex,
	}, from;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	socklen_t len = sizeof(from);

	if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES,
				 &prefs, sizeof(prefs)) < 0)
		die("socket", -errno);
	if (ifindex && setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
				  &ifindex, sizeof(ifindex)) < 0)
		die("IPV6_MULTICAST_IF", -errno);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	else if (getsockname(fd, (struct sockaddr *)&from, &len) < 0)
		die("getsockname", -errno);
	else
		*ret = from.sin6_addr;
	close(fd);
	return err;
}

/* --- compare --- */

/* The candidate that the kernel took: of several with this address (as
 * link-local ones may be) the one that is ours, if it is among them. */
static const struct source_candidate *find(const struct tool *t,
					   const struct in6_addr *a, int ours)
{
	if (ours >= 0 && addr_eq(&t->c[ours].addr, a))
		return &t->c[ours];
	for (unsigned i = 0; i < t->n; i++)
		if (addr_eq(&t->c[i].addr, a))
			return &t->c[i];
	return NULL;
}

static enum source_rule last_rule(const struct tool *t,
				  const struct source_query *q)
{
	struct source_duel duel[CANDIDATES];
	unsigned n = 0;

	source_contest(q, t->c, t->n, duel, &n);
	return n ? duel[n - 1].why : SOURCE_ONLY;
}

static void compare(struct tool *t, const struct source_query *q,
		    const struct in6_addr *kernel, const char *by)
{
	int ours = source_select(q, t->c, t->n);
	const struct source_candidate *k = find(t, kernel, ours);
	char dst[ADDR_STRLEN], a[ADDR_STRLEN], b[ADDR_STRLEN];
	enum source_rule why = SOURCE_ONLY;

	if (k && ours >= 0 && k == &t->c[ours]) {
		fprintf(t->said, "same %s\n",
			source_rule_text(last_rule(t, q)));
		return;
	}
	if (k && source_scope(&k->addr) == 2 && k->ifindex != q->ifindex &&
	    !addr_is_multicast(&q->dst) && source_scope(&q->dst) > 2) {
		fprintf(t->said, "zone\n");
		return;
	}
	if (k && ours >= 0 && !source_excluded(q, k)) {
		source_better(q, k, &t->c[ours], &why);
		if (why == SOURCE_ORDER) {
			fprintf(t->said, "tie\n");
			return;
		}
	}
	t->failed = true;
	fprintf(t->said, "differ dst=%s ifindex=%u prefs=%#x by=%s kernel=%s "
		"ours=%s rule='%s'\n", addr_print(&q->dst, dst), q->ifindex,
		q->prefs, by, addr_print(kernel, a),
		ours < 0 ? strerror(-ours) : addr_print(&t->c[ours].addr, b),
		source_rule_text(why));
}

static void ask(struct tool *t, struct source_query *q, uint32_t ifindex)
{
	static const uint32_t prefs[] = {
		0, IPV6_PREFER_SRC_TMP, IPV6_PREFER_SRC_PUBLIC,
	};
	struct in6_addr kernel;
	struct fib_way way;

	q->ifindex = ifindex;
	if (fib_lookup(&t->netlink, &q->dst, NULL, ifindex, &way)) {
		fprintf(t->said, "unreachable\n");
		return;
	}
	/* the way to ourselves is by lo */
	for (unsigned i = 0; way.local && !q->ifindex && i < t->n; i++)
		if (addr_eq(&t->c[i].addr, &q->dst))
			q->ifindex = t->c[i].ifindex;
	if (!q->ifindex)
		q->ifindex = way.ifindex;
	if (!addr_is_unspec(&way.source))
		compare(t, q, &way.source, "route");
	for (unsigned i = 0; i < sizeof(prefs) / sizeof(prefs[0]); i++) {
		q->prefs = prefs[i];
		if (ask_kernel(&q->dst, ifindex, prefs[i], &kernel))
			fprintf(t->said, "unreachable\n");
		else
			compare(t, q, &kernel, "connect");
	}
}

static void look(struct tool *t)
{
	int err;

	label_free(&t->labels);
	memset(t->c, 0, sizeof(t->c));
	t->n = 0;
	err = netlink_dump(&t->netlink, world_dump_ifa(), on_address, t);
	if (!err)
		err = label_read(&t->netlink, &t->labels);
	if (err)
		die("netlink", err);
}

/* The kernel makes temporary addresses, and deprecates them, when it likes. */
static bool has_changed(struct tool *t)
{
	static struct source_candidate before[CANDIDATES];
	unsigned n = t->n;

	memcpy(before, t->c, sizeof(before));
	look(t);
	if (n != t->n)
		return true;
	for (unsigned i = 0; i < n; i++)
		if (!addr_eq(&before[i].addr, &t->c[i].addr) ||
		    before[i].ifindex != t->c[i].ifindex ||
		    before[i].deprecated != t->c[i].deprecated)
			return true;
	return false;
}

static void ask_for(struct tool *t, const char *where)
{
	char *text = strdup(where), *zone = strchr(text, '%');
	struct source_query q = {
		.prefer_temporary = prefers_temporary(),
		.label = t->labels.n ? t->labels.row : source_labels_default,
		.nlabels = t->labels.n,
	};

	if (zone)
		*zone++ = '\0';
	if (addr_parse(text, &q.dst))
		die(where, -EINVAL);
	ask(t, &q, zone ? if_nametoindex(zone) : 0);
	free(text);
}

int main(int argc, char **argv)
{
	static struct tool t;
	char *said = NULL;
	size_t len;
	int err = netlink_open(&t.netlink), tries = 10;

	if (err)
		die("netlink", err);
	look(&t);
	do {
		free(said);
		said = NULL;
		t.said = open_memstream(&said, &len);
		t.failed = false;
		for (int i = 1; i < argc; i++)
			ask_for(&t, argv[i]);
		fclose(t.said);
	} while (has_changed(&t) && --tries);
	fputs(said, stdout);
	free(said);
	label_free(&t.labels);
	netlink_close(&t.netlink);
	return t.failed;
}
