/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lib.h - a daemon that says what a test tells it to.
 */
#ifndef MIP6D_TEST_LIB_H
#define MIP6D_TEST_LIB_H

#include "unit.h"
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Addresses of lo in our namespace, and one that is nobody's. */
#define ADDR_A		"2001:db8::a"
#define ADDR_B		"2001:db8::b"
#define ADDR_NONE	"2001:db8::dead"

#define GRANT_A		"grant type=unanchored address=" ADDR_A "\nok\n"

/* One connection: the line it must begin with (NULL: any), and what is said
 * then.  "\1" in the text is a rest of 50 ms. */
struct fake_turn {
	const char	*expect, *say;
	bool		stay;		/* until the client closes */
	bool		bytewise;
};

/* A namespace of our own with lo and its addresses; MIP6D_APP.  (Not root:
 * false.) */
bool	fake_world(void);
/* From now on the socket is there, and MIP6D_APP as it was. */
void	fake_place(const char *path);
/* Serve the turns, in order, in a process of its own. */
void	fake_begin(const struct fake_turn *, unsigned n);
/* ... every connection the same, several at once. */
void	fake_crowd(const struct fake_turn *);
/* ... as user nobody. */
void	fake_nobody(void);
/* ... and never take a connection, so that the queue fills up. */
void	fake_asleep(void);
/* End it.  false: a client said something else, or too little. */
bool	fake_end(void);

struct in6_addr fake_addr(const char *text);
/* A socket; -1 with errno. */
int	fake_socket(int type);
/* Its address as text, and its port. */
const char *fake_bound(int fd, char text[INET6_ADDRSTRLEN], int *ret_port);
unsigned fake_descriptors(void);

Suite	*suite_setsc(void);
Suite	*suite_async(void);
Suite	*suite_srcaddr(void);

#endif
