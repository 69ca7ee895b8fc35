/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink.c - requests to rtnetlink, over libnl's core.
 *
 * libnl-route's objects are not used: they know neither IFA_PROTO nor which
 * errno the kernel answered, and both matter here.  What is left of the work
 * (sequence numbers, acknowledgements, multipart answers) is libnl's.
 */
#include "sys/netlink.h"

#include "base/log.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

#define ANSWER_SECONDS	5	/* longer than any rtnl lock is held */
#define DUMP_TRIES	4	/* a table that changes under the dump */

/* The kernel's own words, when it has any (NLM_F_ACK_TLVS). */
static void
text_of(struct netlink *n, struct nlmsgerr *e, int len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	int skip = (int)sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += (int)NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len)
		return;
	if (nla_parse(tb, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)((char *)e + skip), len - skip,
		      NULL) < 0 || !tb[NLMSGERR_ATTR_MSG])
		return;
	snprintf(n->text, sizeof(n->text), "%s",
		 nla_get_string(tb[NLMSGERR_ATTR_MSG]));
}

static int
on_error(struct sockaddr_nl *who, struct nlmsgerr *e, void *arg)
{
	struct netlink *n = arg;
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);

	n->error = e->error;
	text_of(n, e, nlmsg_datalen(nlh));
	return NL_STOP;
}

int
netlink_open(struct netlink *n)
{
	struct timeval tv = { .tv_sec = ANSWER_SECONDS };
	int on = 1, fd, err;

	*n = (struct netlink){ .sock = nl_socket_alloc() };
	if (!n->sock)
		return -ENOMEM;
	err = nl_connect(n->sock, NETLINK_ROUTE);
	if (err < 0) {
		netlink_close(n);
		return err == -NLE_NOMEM ? -ENOMEM : -EPROTONOSUPPORT;
	}
	nl_socket_modify_err_cb(n->sock, NL_CB_CUSTOM, on_error, n);
	nl_socket_set_buffer_size(n->sock, 256 * 1024, 0);
	fd = nl_socket_get_fd(n->sock);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	/* both are comfort: texts with errors, filters in the kernel */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void
netlink_close(struct netlink *n)
{
	nl_socket_free(n->sock);
	n->sock = NULL;
}

struct nl_msg *
netlink_msg(int type, int flags, void *hdr, size_t len)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, flags);

	if (m && nlmsg_append(m, hdr, len, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static int
result_of(const struct netlink *n, int err)
{
	if (n->error)
		return n->error;
	return err < 0 ? (err == -NLE_AGAIN ? -ETIMEDOUT : -EIO) : 0;
}

int
netlink_request(struct netlink *n, struct nl_msg *m)
{
	int err;

	if (!m)
		return -ENOMEM;
	n->error = 0;
	n->text[0] = '\0';
	err = nl_send_auto(n->sock, m);
	nlmsg_free(m);
	if (err >= 0)
		err = nl_wait_for_ack(n->sock);
	return result_of(n, err);
}

struct dump {
	void	(*each)(void *, struct nlmsghdr *);
	void	*arg;
};

static int
on_dumped(struct nl_msg *m, void *arg)
{
	struct dump *d = arg;

	d->each(d->arg, nlmsg_hdr(m));
	return NL_OK;
}

int
netlink_ask(struct netlink *n, struct nl_msg *m,
	    void (*each)(void *, struct nlmsghdr *), void *arg)
{
	struct dump d = { .each = each, .arg = arg };
	int err;

	if (!m)
		return -ENOMEM;
	n->error = 0;
	n->text[0] = '\0';
	nl_socket_modify_cb(n->sock, NL_CB_VALID, NL_CB_CUSTOM, on_dumped, &d);
	err = nl_send_auto(n->sock, m);
	nlmsg_free(m);
	if (err >= 0)
		err = nl_recvmsgs_default(n->sock);
	/* The acknowledgement is a message of its own behind the answer; an
	 * error comes instead of both. */
	if (err >= 0 && !n->error)
		err = nl_wait_for_ack(n->sock);
	nl_socket_modify_cb(n->sock, NL_CB_VALID, NL_CB_DEFAULT, NULL, NULL);
	return result_of(n, err);
}

static int
dump_once(struct netlink *n, struct nl_msg *m, struct nl_cb *cb)
{
	int err;

	n->error = 0;
	n->text[0] = '\0';
	nlmsg_hdr(m)->nlmsg_seq = NL_AUTO_SEQ;
	err = nl_send_auto(n->sock, m);
	if (err >= 0)
		err = nl_recvmsgs(n->sock, cb);
	return err == -NLE_DUMP_INTR ? -EAGAIN : result_of(n, err);
}

int
netlink_dump(struct netlink *n, struct nl_msg *m,
	     void (*each)(void *, struct nlmsghdr *), void *arg)
{
	struct dump d = { .each = each, .arg = arg };
	struct nl_cb *own = nl_socket_get_cb(n->sock);
	struct nl_cb *cb = nl_cb_clone(own);
	int err = -ENOMEM, tries;

	nl_cb_put(own);
	if (m && cb) {
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_dumped, &d);
		/* what `each' is told twice must do no harm */
		for (tries = 0; tries < DUMP_TRIES; tries++) {
			err = dump_once(n, m, cb);
			if (err != -EAGAIN)
				break;
		}
	}
	if (cb)
		nl_cb_put(cb);
	nlmsg_free(m);
	return err;
}
