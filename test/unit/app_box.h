/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_box.h - the application socket with a daemon of its own: one that
 * answers requests at once or when told, and remembers what was released.
 */
#ifndef MIP6D_TEST_APP_BOX_H
#define MIP6D_TEST_APP_BOX_H

#include "ctl/app.h"
#include "test_sys.h"

#define ALICE	50001
#define BOB	50002
#define CAROL	50003

/* The one address there is. */
static const struct in6_addr addr_home = { { { 0x20, 1, 0xd, 0xb8, 0, 1,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 } } };

enum mode { AT_ONCE, LATER, REFUSE };

struct box {
	struct scratch	dir;
	char		path[128];
	uv_loop_t	loop;
	struct app	*app;
	enum mode	mode;
	struct app_peer	peer;		/* of the last request */
	usec_t		timeout;
	enum atype	type;
	uint64_t	id;		/* the last one */
	unsigned	requests, releases, refused, asked;
	uint64_t	released;	/* the last one */
	bool		talkative;	/* a release is told to all */
};

void reply(struct box *b, uint64_t id, int error);
void box_open(struct box *b, unsigned max_requests);
void box_close(struct box *b);
void turn(struct box *b);
void turn_ms(struct box *b, unsigned ms);
int dial(struct box *b);
/* As somebody else; 0 is whoever we are. */
int dial_as(struct box *b, uid_t uid);
bool several_users(void);
void say(struct box *b, int fd, const char *text);
/* All that can be read now; NULL instead of nothing but the end. */
const char *hear(struct box *b, int fd);
void ask(struct box *b, int fd, const char *line, const char *want);
unsigned count(const char *text, const char *what);
/* The record begins so. */
void shows(struct box *b, const char *want);
/* Lines sent until the socket takes no more; their number. */
unsigned pour(struct box *b, int fd, const char *line, unsigned most);

#endif
