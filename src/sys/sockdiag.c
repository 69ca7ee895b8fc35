/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sockdiag.c - sockets by local address, over NETLINK_SOCK_DIAG.
 *
 * A host has very many sockets and we want those of a few addresses, so the
 * kernel looks for them: a dump carries a small program (sock_diag's own
 * byte code, INET_DIAG_REQ_BYTECODE) that says "the local address is this
 * one, or that one", and whatever else is there costs a few steps over it
 * and no copy.  All addresses are in one program, as a tree, so that many
 * cost little more than one.
 *
 * Messages are taken apart in the buffer into which they were received:
 * libnl would copy each of what may be a hundred thousand.
 *
 * A socket is ended by its whole identity, the kernel's cookie for it
 * included, so that nothing that has taken its place meanwhile is hit.  The
 * kernel finds the socket as a packet would, which among several that share
 * a port (SO_REUSEPORT) is any of them: another peer's port leads to
 * another one.
 *
 * A kernel may lack raw_diag and has nothing at all for ping sockets: these
 * are read from /proc/net.
 */
#include "sys/sockdiag.h"

#include "base/log.h"
#include "sys/loop.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define TCP_BOUND_INACTIVE_	13	/* Linux 6.8 */
#define TIMER_TIME_WAIT		3	/* idiag_timer of what is closed */
#define ANSWER_SECONDS		5
#define AT_ONCE			512	/* addresses of a dump */
#define BUF_SIZE		65536	/* the kernel fills 32 KiB at a time */
#define CLOSED_ROOM		(1 << 20)
#define CLOSED_ROUNDS		64	/* then others get a turn */
#define REUSEPORT_TRIES		256

enum { TCP, UDP, RAW, PROTOCOLS };

static const struct {
	uint8_t		number;
	uint32_t	states;		/* that count */
	const char	*what, *lacks;
} protocol[PROTOCOLS] = {
	[TCP] = { IPPROTO_TCP, ~(1U << TCP_TIME_WAIT | 1U << TCP_CLOSE),
		  "TCP", "CONFIG_INET_TCP_DIAG" },
	[UDP] = { IPPROTO_UDP, ~0U, "UDP", "CONFIG_INET_UDP_DIAG" },
	[RAW] = { IPPROTO_RAW, ~0U, "raw", "CONFIG_INET_RAW_DIAG" },
};

struct sockdiag {
	int		fd;		/* requests */
	int		closed_fd;	/* what the kernel tells by itself */
	struct watch	*watch;
	void		(*closed)(void *, const struct in6_addr *);
	void		*arg;
	uint32_t	seq;
	bool		known[PROTOCOLS], can_abort;
	uint8_t		*buf;		/* BUF_SIZE */
};

/* --- requests --- */

static int
socket_open(uint32_t groups)
{
	struct sockaddr_nl local = {
		.nl_family = AF_NETLINK, .nl_groups = groups,
	};
	struct timeval tv = { .tv_sec = ANSWER_SECONDS };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC |
			(groups ? SOCK_NONBLOCK : 0), NETLINK_SOCK_DIAG);
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

/* The address on the other side of netlink is all zero: the kernel. */
static int
send_msg(struct sockdiag *d, struct nl_msg *m)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *nlh = nlmsg_hdr(m);
	ssize_t n;

	nlh->nlmsg_seq = ++d->seq;
	n = sendto(d->fd, nlh, nlh->nlmsg_len, 0,
		   (struct sockaddr *)&kernel, sizeof(kernel));
	return n < 0 ? -errno : 0;
}

static ssize_t
receive(int fd, uint8_t *buf)
{
	struct sockaddr_nl from;
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(from);
		n = recvfrom(fd, buf, BUF_SIZE, 0, (struct sockaddr *)&from,
			     &len);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid));
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return n;
}

typedef void (*each_fn)(void *arg, const struct inet_diag_msg *);

/*
 * One message of an answer: 1 when it was the last one, 0, or -errno.
 * NLMSG_DONE carries an errno, too.
 */
static int
take_msg(struct nlmsghdr *nlh, each_fn each, void *arg)
{
	int err = 0;

	switch (nlh->nlmsg_type) {
	case NLMSG_DONE:
	case NLMSG_ERROR:
		if (nlmsg_datalen(nlh) >= (int)sizeof(err))
			memcpy(&err, nlmsg_data(nlh), sizeof(err));
		return err < 0 ? err : 1;
	case SOCK_DIAG_BY_FAMILY:
		if (each &&
		    nlmsg_datalen(nlh) >= (int)sizeof(struct inet_diag_msg))
			each(arg, nlmsg_data(nlh));
		return 0;
	}
	return 0;
}

/* Send `m', which is freed, and hear the whole answer. */
static int
transact(struct sockdiag *d, struct nl_msg *m, each_fn each, void *arg)
{
	int err = m ? send_msg(d, m) : -ENOMEM;

	nlmsg_free(m);
	while (!err) {
		ssize_t n = receive(d->fd, d->buf);
		int left = (int)n;

		if (n < 0)
			return (int)n;
		for (struct nlmsghdr *nlh = (struct nlmsghdr *)d->buf;
		     !err && nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			/* what is left of an answer given up is not ours */
			if (nlh->nlmsg_seq == d->seq)
				err = take_msg(nlh, each, arg);
	}
	return err == 1 ? 0 : err;
}

static struct nl_msg *
request(int type, int flags, const struct inet_diag_req_v2 *req)
{
	struct nl_msg *m = nlmsg_alloc_size(BUF_SIZE);
	struct nlmsghdr *nlh = m ? nlmsg_put(m, 0, 0, type, sizeof(*req),
					     NLM_F_REQUEST | flags) : NULL;

	if (!nlh) {
		nlmsg_free(m);
		return NULL;
	}
	memcpy(nlmsg_data(nlh), req, sizeof(*req));
	return m;
}

/* --- the kernel's filter --- */

/*
 * Sorted addresses are a binary tree: at the first bit in which the first
 * and the last of them differ the ones before are told from the ones behind
 * by a prefix.  Each node is a condition, whose `yes' is what follows, and
 * whose `no' is the other half; each leaf is a condition for the address
 * itself and a jump to the very end, which means yes.  Behind the end is no.
 */
struct cond {
	struct inet_diag_bc_op	op;
	/* struct inet_diag_hostcond, whose address has no size */
	uint8_t			family, prefix_len;
	int32_t			port;
	struct in6_addr		addr;
};
_Static_assert(sizeof(struct cond) == 28 && offsetof(struct cond, port) ==
	       sizeof(struct inet_diag_bc_op) +
	       offsetof(struct inet_diag_hostcond, port),
	       "byte code has no padding of its own");

struct code {
	uint8_t	*p;
	size_t	size, at;
};
#define LEAF_SIZE	(sizeof(struct cond) + sizeof(struct inet_diag_bc_op))
#define CODE_SIZE(n)	((n) * LEAF_SIZE + ((n) - 1) * sizeof(struct cond))
_Static_assert(CODE_SIZE(AT_ONCE) < UINT16_MAX / 2, "so far a jump goes");

static void
put_cond(struct code *c, const struct in6_addr *addr, unsigned len, size_t no)
{
	struct cond d = {
		.op = { INET_DIAG_BC_S_COND, sizeof(d), (uint16_t)no },
		.family = AF_INET6, .prefix_len = (uint8_t)len, .port = -1,
		.addr = *addr,
	};

	memcpy(c->p + c->at, &d, sizeof(d));
	c->at += sizeof(d);
}

static void
put_leaf(struct code *c, const struct in6_addr *addr)
{
	struct inet_diag_bc_op jump = { INET_DIAG_BC_JMP, sizeof(jump), 0 };

	put_cond(c, addr, 128, c->size - c->at + sizeof(jump));
	jump.no = (uint16_t)(c->size - c->at);
	memcpy(c->p + c->at, &jump, sizeof(jump));
	c->at += sizeof(jump);
}

static bool
bit_of(const struct in6_addr *a, unsigned bit)
{
	return a->s6_addr[bit / 8] >> (7 - bit % 8) & 1;
}

/* Of `n' different addresses in order. */
static void
put_tree(struct code *c, const struct in6_addr *addr, unsigned n)
{
	unsigned bit = 0, half = 1;

	if (n == 1) {
		put_leaf(c, addr);
		return;
	}
	while (bit_of(&addr[0], bit) == bit_of(&addr[n - 1], bit))
		bit++;
	while (!bit_of(&addr[half], bit))
		half++;
	put_cond(c, &addr[0], bit + 1, sizeof(struct cond) + CODE_SIZE(half));
	put_tree(c, addr, half);
	put_tree(c, addr + half, n - half);
}

static int
put_filter(struct nl_msg *m, const struct in6_addr *addr, unsigned n)
{
	size_t size = CODE_SIZE(n);
	struct nlattr *a = nla_reserve(m, INET_DIAG_REQ_BYTECODE, (int)size);
	struct code c = { .size = size };

	if (!a)
		return -ENOMEM;
	c.p = nla_data(a);
	put_tree(&c, addr, n);
	return 0;
}

static struct inet_diag_req_v2
request_of(int p)
{
	/* of raw sockets all protocols are dumped */
	return (struct inet_diag_req_v2){
		.sdiag_family = AF_INET6,
		.sdiag_protocol = protocol[p].number,
		.idiag_states = protocol[p].states,
	};
}

/* Every socket of these addresses: sorted, different, 1 .. AT_ONCE. */
static int
dump(struct sockdiag *d, int p, const struct in6_addr *addr, unsigned n,
     each_fn each, void *arg)
{
	struct inet_diag_req_v2 req = request_of(p);
	struct nl_msg *m = request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &req);

	if (m && put_filter(m, addr, n)) {
		nlmsg_free(m);
		m = NULL;
	}
	return transact(d, m, each, arg);
}

static void
local_of(const struct inet_diag_msg *s, struct in6_addr *ret)
{
	memcpy(ret, s->id.idiag_src, sizeof(*ret));
}

/* No program has it any more, and all that was sent has arrived: what it
 * still waits for is that the peer closes, too.  Mostly the kernel has one
 * of TIME_WAIT's in its place by then. */
static bool
is_over(const struct inet_diag_msg *s)
{
	return s->idiag_state == TCP_FIN_WAIT2 && !s->idiag_inode;
}

/* --- counting --- */

struct tally {
	struct in6_addr	*addr;		/* sorted, each of them once */
	uint32_t	*count;
	unsigned	n;
};

static int
compare(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

static int
tally_init(struct tally *t, const struct in6_addr *addr, unsigned n)
{
	*t = (struct tally){
		.addr = malloc(n * sizeof(*t->addr)),
		.count = calloc(n, sizeof(*t->count)),
	};
	if (!t->addr || !t->count)
		return -ENOMEM;
	memcpy(t->addr, addr, n * sizeof(*addr));
	qsort(t->addr, n, sizeof(*t->addr), compare);
	for (unsigned i = 0; i < n; i++)
		if (!t->n || !addr_eq(&t->addr[i], &t->addr[t->n - 1]))
			t->addr[t->n++] = t->addr[i];
	return 0;
}

static void
tally_fini(struct tally *t)
{
	free(t->addr);
	free(t->count);
}

/* Where its count is; NULL: nobody asked. */
static uint32_t *
tally_of(const struct tally *t, const struct in6_addr *addr)
{
	const struct in6_addr *at = bsearch(addr, t->addr, t->n, sizeof(*addr),
					    compare);

	return at ? &t->count[at - t->addr] : NULL;
}

static void
tally_add(const struct tally *t, const struct in6_addr *local)
{
	uint32_t *count = tally_of(t, local);

	if (count)
		++*count;
}

static void
on_counted(void *arg, const struct inet_diag_msg *s)
{
	struct in6_addr local;

	local_of(s, &local);
	if (!is_over(s))
		tally_add(arg, &local);
}

/*
 * /proc/net/raw6 and icmp6 have a line for each socket,
 *	   58: 20010DB8000000000000000000000001:003A ...
 * whose address is four words as this machine writes them.
 */
static void
count_file(const char *path, struct tally *t)
{
	FILE *f = fopen(path, "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		uint32_t w[4];
		struct in6_addr local;

		if (sscanf(line, " %*d: %8x%8x%8x%8x:", &w[0], &w[1], &w[2],
			   &w[3]) != 4)
			continue;
		memcpy(&local, w, sizeof(local));
		tally_add(t, &local);
	}
	if (f)
		fclose(f);
}

static int
count_all(struct sockdiag *d, struct tally *t)
{
	int err = 0;

	for (unsigned i = 0; i < t->n; i += AT_ONCE) {
		unsigned n = t->n - i < AT_ONCE ? t->n - i : AT_ONCE;

		for (int p = 0; p < PROTOCOLS && !err; p++)
			if (d->known[p])
				err = dump(d, p, t->addr + i, n, on_counted,
					   t);
	}
	if (err)
		return err;
	if (!d->known[RAW])
		count_file("/proc/net/raw6", t);
	count_file("/proc/net/icmp6", t);
	return 0;
}

int
sockdiag_count(struct sockdiag *d, const struct in6_addr *addr, unsigned n,
	       uint32_t *ret)
{
	struct tally t;
	int err;

	if (!n)
		return 0;
	err = tally_init(&t, addr, n);
	if (!err)
		err = count_all(d, &t);
	for (unsigned i = 0; i < n && !err; i++)
		ret[i] = *tally_of(&t, &addr[i]);
	tally_fini(&t);
	return err;
}

/* --- ending --- */

struct victims {
	struct inet_diag_sockid	*id;
	unsigned		n, cap;
	bool			lost;	/* no memory for all of them */
};

static void
on_victim(void *arg, const struct inet_diag_msg *s)
{
	struct victims *v = arg;
	unsigned cap = v->cap ? 2 * v->cap : 64;
	void *more;

	/* what is bound and nothing else the kernel shows, but cannot end */
	if (s->idiag_timer == TIMER_TIME_WAIT ||
	    s->idiag_state == TCP_BOUND_INACTIVE_)
		return;
	if (v->n == v->cap) {
		more = reallocarray(v->id, cap, sizeof(*v->id));
		if (!more) {
			v->lost = true;
			return;
		}
		v->id = more;
		v->cap = cap;
	}
	v->id[v->n++] = s->id;
}

static int
destroy(struct sockdiag *d, int p, const struct inet_diag_sockid *id)
{
	struct inet_diag_req_v2 req = request_of(p);

	req.id = *id;
	/* inet_diag_req_raw: the protocol, which is the port of the dump */
	if (p == RAW)
		req.pad = (uint8_t)ntohs(id->idiag_sport);
	return transact(d, request(SOCK_DESTROY, NLM_F_ACK, &req), NULL, NULL);
}

/* A socket without a peer that shares its port with others. */
static int
destroy_shared(struct sockdiag *d, int p, const struct inet_diag_sockid *id)
{
	struct inet_diag_sockid other = *id;
	int err = -ENOENT;

	if (p == RAW || id->idiag_dport)
		return err;
	for (unsigned i = 1; i <= REUSEPORT_TRIES && err == -ENOENT; i++) {
		other.idiag_dport = htons((uint16_t)(i * 251));
		err = destroy(d, p, &other);
	}
	return err;
}

/* 1: it is gone, 0: it went by itself or cannot be reached, or -errno. */
static int
end_one(struct sockdiag *d, int p, const struct inet_diag_sockid *id)
{
	int err = destroy(d, p, id);

	if (err == -ENOENT)
		err = destroy_shared(d, p, id);
	return err == -ENOENT || err == -EOPNOTSUPP ? 0 : err ? err : 1;
}

static int
end_all(struct sockdiag *d, int p, const struct in6_addr *addr, unsigned *n)
{
	struct victims v = { 0 };
	int err = dump(d, p, addr, 1, on_victim, &v), one = 0;

	for (unsigned i = 0; i < v.n && !err; i++) {
		one = end_one(d, p, &v.id[i]);
		if (one < 0)
			err = one;
		else
			*n += (unsigned)one;
	}
	free(v.id);
	return err ? err : v.lost ? -ENOMEM : 0;
}

int
sockdiag_abort(struct sockdiag *d, const struct in6_addr *addr,
	       unsigned *ret_n)
{
	unsigned n = 0;
	int err = d->can_abort ? 0 : -EOPNOTSUPP;

	/* never everybody's */
	if (!addr_is_routable(addr))
		return -EINVAL;
	for (int p = 0; p < PROTOCOLS && !err; p++)
		if (d->known[p])
			err = end_all(d, p, addr, &n);
	if (!err && ret_n)
		*ret_n = n;
	return err;
}

/* --- hearing of ends --- */

/*
 * Sockets that never had an address of a link or of the world are none of
 * ours, and there are many of them: the first half of ::, of ::1 and of
 * mapped IPv4 addresses is zero.
 */
static void
filter_closed(int fd)
{
	const uint32_t src = NLMSG_HDRLEN +
			     offsetof(struct inet_diag_msg, id.idiag_src);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, src),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, src + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(*code), .filter = code,
	};

	/* comfort: without it we hear more than we need */
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

static void
take_closed(struct sockdiag *d, int left)
{
	for (struct nlmsghdr *nlh = (struct nlmsghdr *)d->buf;
	     nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		struct inet_diag_msg *s = nlmsg_data(nlh);
		struct in6_addr local;

		if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    nlmsg_datalen(nlh) < (int)sizeof(*s) ||
		    s->idiag_family != AF_INET6)
			continue;
		local_of(s, &local);
		d->closed(d->arg, &local);
	}
}

static void
on_closed(void *arg)
{
	struct sockdiag *d = arg;

	for (int i = 0; i < CLOSED_ROUNDS; i++) {
		ssize_t n = receive(d->closed_fd, d->buf);

		if (n >= 0)
			take_closed(d, (int)n);
		else if (n == -ENOBUFS)		/* more than we could hear */
			d->closed(d->arg, &addr_unspec);
		else
			return;
	}
}

static int
closed_open(struct sockdiag *d, uv_loop_t *loop)
{
	int room = CLOSED_ROOM;

	d->closed_fd = socket_open(1U << (SKNLGRP_INET6_TCP_DESTROY - 1) |
				   1U << (SKNLGRP_INET6_UDP_DESTROY - 1));
	if (d->closed_fd < 0)
		return d->closed_fd;
	filter_closed(d->closed_fd);
	setsockopt(d->closed_fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		   sizeof(room));
	d->watch = watch_new(loop, d->closed_fd, UV_READABLE, on_closed, d);
	return d->watch ? 0 : -ENOMEM;
}

/* --- what this kernel can --- */

/* Is there anybody who answers?  Asking loads the kernel's module. */
static int
probe(struct sockdiag *d, int p)
{
	int err = dump(d, p, &addr_unspec, 1, NULL, NULL);

	d->known[p] = !err;
	return err == -ENOENT || err == -EINVAL ? 0 : err;
}

/* A socket that does not exist: that it is not there is the good answer. */
static int
probe_abort(struct sockdiag *d)
{
	struct inet_diag_sockid id = { .idiag_sport = htons(1) };
	int err = destroy(d, TCP, &id);

	d->can_abort = err != -EOPNOTSUPP;
	return err == -ENOENT || err == -EOPNOTSUPP ? 0 : err;
}

struct search {
	uint32_t	cookie[2];
	bool		found;
};

static void
on_searched(void *arg, const struct inet_diag_msg *s)
{
	struct search *look = arg;

	if (!memcmp(s->id.idiag_cookie, look->cookie, sizeof(look->cookie)))
		look->found = true;
}

/* Does the kernel tell of sockets that are bound and nothing else? */
static bool
probe_bound(struct sockdiag *d)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	struct search look = { 0 };
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	/* what cannot be tried is not missing */
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0) {
		look.found = true;
	} else {
		look.cookie[0] = (uint32_t)cookie;
		look.cookie[1] = (uint32_t)(cookie >> 32);
		dump(d, TCP, &addr_unspec, 1, on_searched, &look);
	}
	if (fd >= 0)
		close(fd);
	return look.found;
}

static void
say_missing(struct sockdiag *d)
{
	for (int p = 0; p < PROTOCOLS; p++)
		if (!d->known[p])
			log_notice("sockets: this kernel cannot %s %s sockets "
				   "(%s)", p == RAW ? "end" : "show",
				   protocol[p].what, protocol[p].lacks);
	if (!d->can_abort)
		log_notice("sockets: this kernel cannot end any "
			   "(CONFIG_INET_DIAG_DESTROY): those of an address "
			   "that goes will hang");
	if (d->known[TCP] && !probe_bound(d))
		log_notice("sockets: this kernel does not show those that are "
			   "bound and not yet connected (Linux 6.8)");
}

static int
probe_all(struct sockdiag *d, char *why, size_t cap)
{
	int err = 0;

	for (int p = 0; p < PROTOCOLS && !err; p++)
		err = probe(d, p);
	if (!err && !d->known[TCP])
		err = -EPROTONOSUPPORT;
	if (!err)
		err = probe_abort(d);
	if (err == -EPROTONOSUPPORT)
		snprintf(why, cap, "socket diagnostics: the kernel lacks "
			 "CONFIG_INET_DIAG or CONFIG_INET_TCP_DIAG");
	else if (err)
		snprintf(why, cap, "socket diagnostics: %s", strerror(-err));
	else
		say_missing(d);
	return err;
}

/* --- open and close --- */

int
sockdiag_open(uv_loop_t *loop, void (*closed)(void *, const struct in6_addr *),
	      void *arg, struct sockdiag **ret, char *why, size_t cap)
{
	struct sockdiag *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	d->closed = closed;
	d->arg = arg;
	d->closed_fd = -1;
	d->buf = malloc(BUF_SIZE);
	d->fd = socket_open(0);
	err = !d->buf ? -ENOMEM : d->fd < 0 ? d->fd : 0;
	if (err)
		snprintf(why, cap, "socket diagnostics (CONFIG_INET_DIAG): "
			 "%s", strerror(-err));
	if (!err)
		err = probe_all(d, why, cap);
	if (!err) {
		err = closed_open(d, loop);
		if (err)
			snprintf(why, cap, "news of closed sockets: %s",
				 strerror(-err));
	}
	if (err) {
		sockdiag_close(d);
		return err;
	}
	*ret = d;
	return 0;
}

struct sockdiag *
sockdiag_close(struct sockdiag *d)
{
	if (!d)
		return NULL;
	d->watch = watch_free(d->watch);
	if (d->fd >= 0)
		close(d->fd);
	if (d->closed_fd >= 0)
		close(d->closed_fd);
	free(d->buf);
	free(d);
	return NULL;
}
