/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6run_filter.c - which system calls the kernel asks us about.
 *
 * seccomp(2) user notification: the filter lets nearly everything pass, and
 * holds the calls by which a socket could get an address.  It is inherited,
 * cannot be taken off, and needs no privilege.
 *
 * Where eBPF hooks do the work, one call matters: socket(2).  Else it is
 * what names a destination or a local address.  io_uring could do the same
 * without a system call, so it is not there (ENOSYS; programs have other
 * ways).  Every architecture that the processor can run is filtered by
 * numbers of its own; one that is not in the table gets no system call at
 * all.  All of the table are little endian.
 */
#include "config.h"

#include "tools/mip6run.h"

#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NONE		UINT32_MAX
#define X32		0x40000000U	/* in the numbers of that ABI */
#define IO_URING_SETUP	425		/* everywhere */

struct arch {
	uint32_t	audit;
	bool		bits32, x32;
	uint32_t	socketcall;	/* one number for all, or NONE */
	uint32_t	nr[OPS];
};

#define NATIVE { SYS_socket, SYS_connect, SYS_bind, SYS_sendto, SYS_sendmsg, \
		 SYS_sendmmsg }
#define I386 { AUDIT_ARCH_I386, true, false, 102, \
	       { 359, 362, 361, 369, 370, 345 } }
#define ARM { AUDIT_ARCH_ARM, true, false, NONE, \
	      { 281, 283, 282, 290, 296, 374 } }

static const struct arch archs[] = {
#if defined(__x86_64__) && defined(__LP64__)
	{ AUDIT_ARCH_X86_64, false, true, NONE, NATIVE },
	I386,
#elif defined(__i386__)
	I386,
#elif defined(__aarch64__) && defined(__AARCH64EL__)
	{ AUDIT_ARCH_AARCH64, false, false, NONE, NATIVE },
	ARM,
#elif defined(__ARM_EABI__) && defined(__ARMEL__)
	ARM,
#elif defined(__riscv) && __riscv_xlen == 64
	{ AUDIT_ARCH_RISCV64, false, false, NONE, NATIVE },
#elif defined(__loongarch64)
	{ AUDIT_ARCH_LOONGARCH64, false, false, NONE, NATIVE },
#else
	{ 0, false, false, NONE, { 0 } },
#endif
};
#define NARCHS	(sizeof(archs) / sizeof(archs[0]))

/* The first argument of socketcall(2). */
static const uint32_t socketcall_of[OPS] = { 1, 3, 2, 11, 16, 20 };

static bool
trapped(enum op op, bool hooks)
{
	return hooks == (op == OP_SOCKET);
}

/* --- making it -------------------------------------------------------------
 */

#define ALLOW		SECCOMP_RET_ALLOW
#define ASK		SECCOMP_RET_USER_NOTIF
#define MISSING		(SECCOMP_RET_ERRNO | ENOSYS)

static unsigned
emit(struct filter *f, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	f->insn[f->n] = (struct sock_filter){ code, jt, jf, k };
	return f->n++;
}

static void
load(struct filter *f, size_t offset)
{
	emit(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void
leave(struct filter *f, uint32_t action)
{
	emit(f, BPF_RET | BPF_K, 0, 0, action);
}

static void
leave_if(struct filter *f, uint32_t value, uint32_t action)
{
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	leave(f, action);
}

/* What follows is for this value only, until `otherwise'. */
static unsigned
when(struct filter *f, uint32_t value)
{
	return emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, value);
}

static void
otherwise(struct filter *f, unsigned at)
{
	f->insn[at].jf = (uint8_t)(f->n - at - 1);
}

static size_t
half(int arg, bool upper)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)arg +
	       (upper ? 4 : 0);
}

/* Sockets that have ports, of IPv6.  (Raw ones are not ours to make: we may
 * have rights that the caller has not.) */
static void
emit_socket(struct filter *f)
{
	unsigned at;

	load(f, half(0, false));
	at = when(f, AF_INET6);
	load(f, half(1, false));
	emit(f, BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xf);
	leave_if(f, SOCK_STREAM, ASK);
	leave_if(f, SOCK_DGRAM, ASK);
	leave_if(f, SOCK_SEQPACKET, ASK);
	leave_if(f, SOCK_DCCP, ASK);
	otherwise(f, at);
	leave(f, ALLOW);
}

static void
emit_op(struct filter *f, enum op op)
{
	switch (op) {
	case OP_SOCKET:
		emit_socket(f);
		break;
	case OP_BIND:			/* shorter is no sockaddr_in6 */
		load(f, half(2, false));
		emit(f, BPF_JMP | BPF_JGE | BPF_K, 1, 0, 24);
		leave(f, ALLOW);
		leave(f, ASK);
		break;
	case OP_SENDTO:			/* send(2) has no destination */
		load(f, half(4, false));
		emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
		load(f, half(4, true));
		emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
		leave(f, ALLOW);
		leave(f, ASK);
		break;
	case OP_CONNECT:
	case OP_SENDMSG:
	case OP_SENDMMSG:
	case OPS:
		leave(f, ASK);
		break;
	}
}

static void
emit_socketcall(struct filter *f, const struct arch *a, bool hooks)
{
	unsigned at;

	if (a->socketcall == NONE)
		return;
	at = when(f, a->socketcall);
	load(f, half(0, false));
	for (int op = 0; op < OPS; op++)
		if (trapped(op, hooks))
			leave_if(f, socketcall_of[op], ASK);
	leave(f, ALLOW);
	otherwise(f, at);
}

static void
emit_arch(struct filter *f, const struct arch *a, bool hooks)
{
	unsigned arch, at;

	load(f, offsetof(struct seccomp_data, arch));
	arch = when(f, a->audit);
	load(f, offsetof(struct seccomp_data, nr));
	if (a->x32) {
		emit(f, BPF_JMP | BPF_JSET | BPF_K, 0, 1, X32);
		leave(f, MISSING);
	}
	leave_if(f, IO_URING_SETUP, MISSING);
	for (int op = 0; op < OPS; op++) {
		if (!trapped(op, hooks))
			continue;
		at = when(f, a->nr[op]);
		emit_op(f, op);
		otherwise(f, at);
	}
	emit_socketcall(f, a, hooks);
	leave(f, ALLOW);
	otherwise(f, arch);
}

int
filter_build(bool hooks, struct filter *ret)
{
	ret->n = 0;
	if (!archs[0].audit)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < NARCHS; i++)
		emit_arch(ret, &archs[i], hooks);
	leave(ret, MISSING);
	return 0;
}

int
filter_install(const struct filter *f)
{
	struct sock_fprog prog = {
		.len = f->n,
		.filter = (struct sock_filter *)(uintptr_t)f->insn
	};
	long fd;

	/* privileged, programs may go on changing their user */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	if (fd < 0 && errno == EACCES) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			return -errno;
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			     SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	}
	return fd < 0 ? -errno : (int)fd;
}

/* --- reading it ------------------------------------------------------------
 */

static bool
decode_socketcall(const struct seccomp_notif *n, struct call *c, int *ret_err)
{
	uint32_t word[6] = { 0 };
	static const uint8_t words[OPS] = { 3, 3, 3, 6, 3, 4 };

	for (int op = 0; op < OPS; op++) {
		if ((uint32_t)n->data.args[0] != socketcall_of[op])
			continue;
		c->op = op;
		*ret_err = peer_read((pid_t)n->pid, n->data.args[1], word,
				     4U * words[op]);
		for (int i = 0; i < 6; i++)
			c->arg[i] = word[i];
		return true;
	}
	return false;
}

bool
filter_decode(const struct seccomp_notif *n, struct call *ret, int *ret_err)
{
	const struct arch *a;

	*ret_err = 0;
	for (a = archs; a < archs + NARCHS; a++)
		if (a->audit == n->data.arch)
			break;
	if (a == archs + NARCHS)
		return false;
	*ret = (struct call){ .bits32 = a->bits32 };
	if ((uint32_t)n->data.nr == a->socketcall)
		return decode_socketcall(n, ret, ret_err);
	for (int i = 0; i < 6; i++)
		ret->arg[i] = n->data.args[i];
	for (int op = 0; op < OPS; op++) {
		ret->op = op;
		if ((uint32_t)n->data.nr == a->nr[op])
			return true;
	}
	return false;
}
