/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * label.c - read the kernel's address labels, set them, put them back.
 *
 * The way is that of sysctl.c: a file has a row for each prefix that is not
 * as it was, "PREFIX BEFORE OURS" with `-' for no label, and it is on disk
 * before the kernel is told.  So whoever ends this process, the next one (or
 * mip6d --cleanup) can undo it.  A row is undone only where the kernel still
 * has ours: what somebody changed since is theirs.
 */
#include "sys/label.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/if_addrlabel.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- the kernel --- */

struct reading {
	struct label_table	*t;
	bool			oom;
};

/* A dump that is begun again tells some rows twice. */
static bool
is_known(const struct label_table *t, const struct source_label *l)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->row[i].ifindex == l->ifindex &&
		    prefix_eq(&t->row[i].prefix, &l->prefix))
			return true;
	return false;
}

static void
on_label(void *arg, struct nlmsghdr *nlh)
{
	struct ifaddrlblmsg *msg = nlmsg_data(nlh);
	struct nlattr *tb[IFAL_MAX + 1];
	struct source_label l = { 0 };
	struct reading *r = arg;
	struct label_table *t = r->t;

	if (nlmsg_parse(nlh, sizeof(*msg), tb, IFAL_MAX, NULL) < 0 ||
	    msg->ifal_family != AF_INET6 || !tb[IFAL_ADDRESS] ||
	    nla_len(tb[IFAL_ADDRESS]) != 16 || !tb[IFAL_LABEL])
		return;
	memcpy(&l.prefix.addr, nla_data(tb[IFAL_ADDRESS]), 16);
	l.prefix = prefix_of(&l.prefix.addr, msg->ifal_prefixlen);
	l.label = nla_get_u32(tb[IFAL_LABEL]);
	l.ifindex = msg->ifal_index;
	if (is_known(t, &l))
		return;
	if (t->n == t->cap) {
		unsigned cap = t->cap ? 2 * t->cap : 16;
		struct source_label *row = realloc(t->row,
						   cap * sizeof(*row));

		if (!row) {
			r->oom = true;
			return;
		}
		t->row = row;
		t->cap = cap;
	}
	t->row[t->n++] = l;
}

int
label_read(struct netlink *n, struct label_table *ret)
{
	struct ifaddrlblmsg msg = { .ifal_family = AF_INET6 };
	struct reading r = { .t = ret };
	int err;

	*ret = (struct label_table){ 0 };
	err = netlink_dump(n, netlink_msg(RTM_GETADDRLABEL, NLM_F_DUMP, &msg,
					  sizeof(msg)), on_label, &r);
	return r.oom ? -ENOMEM : err;
}

void
label_free(struct label_table *t)
{
	free(t->row);
	*t = (struct label_table){ 0 };
}

/* A prefix of all interfaces: its label now. */
static bool
label_now(const struct label_table *t, const struct prefix *p, uint32_t *ret)
{
	for (unsigned i = 0; i < t->n; i++) {
		if (t->row[i].ifindex || !prefix_eq(&t->row[i].prefix, p))
			continue;
		*ret = t->row[i].label;
		return true;
	}
	return false;
}

static int
kernel_put(struct netlink *n, const struct prefix *p, bool has, uint32_t label)
{
	struct ifaddrlblmsg msg = {
		.ifal_family = AF_INET6,
		.ifal_prefixlen = p->len,
	};
	struct nl_msg *m;
	int err;

	m = netlink_msg(has ? RTM_NEWADDRLABEL : RTM_DELADDRLABEL,
			has ? NLM_F_CREATE | NLM_F_REPLACE : 0, &msg,
			sizeof(msg));
	if (m) {
		nla_put(m, IFAL_ADDRESS, 16, &p->addr);
		nla_put_u32(m, IFAL_LABEL, label);
	}
	err = netlink_request(n, m);
	return !has && (err == -ESRCH || err == -ENOENT) ? 0 : err;
}

static bool
is_as(bool has_now, uint32_t now, bool has, uint32_t label)
{
	return has_now == has && (!has || now == label);
}

/* --- rows --- */

static struct label_row *
row_find(struct labels *l, const struct prefix *p)
{
	for (size_t i = 0; i < l->n; i++)
		if (prefix_eq(&l->row[i].prefix, p))
			return &l->row[i];
	return NULL;
}

static struct label_row *
row_add(struct labels *l, const struct prefix *p)
{
	struct label_row *row;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;

		row = realloc(l->row, cap * sizeof(*row));
		if (!row)
			return NULL;
		l->row = row;
		l->cap = cap;
	}
	row = &l->row[l->n++];
	*row = (struct label_row){ .prefix = *p };
	return row;
}

/* --- the file --- */

static bool
read_label(const char *word, bool *ret_has, uint32_t *ret)
{
	unsigned long v;
	char *end;

	*ret_has = strcmp(word, "-") != 0;
	if (!*ret_has)
		return true;
	errno = 0;
	v = strtoul(word, &end, 10);
	*ret = (uint32_t)v;
	return !errno && end != word && !*end && v < UINT32_MAX;
}

static int
file_read(struct labels *l)
{
	char prefix[PREFIX_STRLEN], before[12], ours[12];
	FILE *f = fopen(l->file, "re");
	int err = 0, got;

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while ((got = fscanf(f, "%49s %11s %11s", prefix, before,
			     ours)) != EOF && !err) {
		struct label_row *row;
		struct prefix p;

		if (got != 3 || prefix_parse(prefix, &p)) {
			err = -EILSEQ;
			break;
		}
		row = row_add(l, &p);
		if (!row)
			err = -ENOMEM;
		else if (!read_label(before, &row->has_before, &row->before) ||
			 !read_label(ours, &row->has_ours, &row->ours))
			err = -EILSEQ;
	}
	fclose(f);
	return err;
}

static void
put_label(FILE *f, bool has, uint32_t label)
{
	if (has)
		fprintf(f, " %" PRIu32, label);
	else
		fputs(" -", f);
}

static int
file_write(const struct labels *l)
{
	char tmp[512], text[PREFIX_STRLEN];
	int err = 0;
	FILE *f;

	if (snprintf(tmp, sizeof(tmp), "%s.new", l->file) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	f = fopen(tmp, "we");
	if (!f)
		return -errno;
	for (size_t i = 0; i < l->n; i++) {
		const struct label_row *row = &l->row[i];

		fputs(prefix_print(&row->prefix, text), f);
		put_label(f, row->has_before, row->before);
		put_label(f, row->has_ours, row->ours);
		fputc('\n', f);
	}
	if (fflush(f) || fsync(fileno(f)) < 0)
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(tmp, l->file) < 0)
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

/* --- what shall be --- */

/* A row for each prefix that has a label now, or shall have one. */
static int
make_rows(struct labels *l, const struct label_table *now,
	  const struct conf_label *want, unsigned n)
{
	for (size_t i = 0; i < l->n; i++)
		l->row[i].has_ours = false;
	for (unsigned i = 0; i < now->n; i++) {
		struct label_row *row;

		if (now->row[i].ifindex ||
		    row_find(l, &now->row[i].prefix))
			continue;
		row = row_add(l, &now->row[i].prefix);
		if (!row)
			return -ENOMEM;
		row->has_before = true;
		row->before = now->row[i].label;
	}
	for (unsigned i = 0; i < n; i++) {
		struct label_row *row = row_find(l, &want[i].prefix);

		if (!row)
			row = row_add(l, &want[i].prefix);
		if (!row)
			return -ENOMEM;
		row->has_ours = true;
		row->ours = want[i].label;
	}
	return 0;
}

int
labels_set(struct labels *l, const struct conf_label *want, unsigned n)
{
	struct label_table now;
	int err;

	if (!n)
		return labels_restore(l);
	err = label_read(l->netlink, &now);
	if (!err)
		err = make_rows(l, &now, want, n);
	if (!err)
		err = file_write(l);
	for (size_t i = 0; i < l->n && !err; i++) {
		const struct label_row *row = &l->row[i];
		uint32_t label = 0;
		bool has = label_now(&now, &row->prefix, &label);

		if (!is_as(has, label, row->has_ours, row->ours))
			err = kernel_put(l->netlink, &row->prefix,
					 row->has_ours, row->has_ours ?
					 row->ours : label);
	}
	label_free(&now);
	return err;
}

int
labels_restore(struct labels *l)
{
	struct label_table now;
	int err, first = 0;

	if (!l->n)
		return 0;
	err = label_read(l->netlink, &now);
	for (size_t i = 0; i < l->n && !err; i++) {
		const struct label_row *row = &l->row[i];
		uint32_t label = 0;
		bool has = label_now(&now, &row->prefix, &label);
		int e;

		if (!is_as(has, label, row->has_ours, row->ours) ||
		    is_as(has, label, row->has_before, row->before))
			continue;
		e = kernel_put(l->netlink, &row->prefix, row->has_before,
			       row->has_before ? row->before : label);
		first = first ? first : e;
	}
	label_free(&now);
	/* what is not undone stays written down */
	if (err || first)
		return err ? err : first;
	l->n = 0;
	unlink(l->file);
	return 0;
}

int
labels_open(struct labels *l, struct netlink *netlink, const char *file)
{
	int err;

	*l = (struct labels){ .netlink = netlink, .file = strdup(file) };
	err = l->file ? file_read(l) : -ENOMEM;
	if (err)
		labels_close(l);
	return err;
}

void
labels_close(struct labels *l)
{
	free(l->file);
	free(l->row);
	*l = (struct labels){ 0 };
}
