/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.c - notes become records, and records lines of the log.
 */
#include "daemon/daemon.h"

/* What is only of interest to somebody who watches closely. */
static enum log_level
level_of(enum note_code code)
{
	static const enum log_level levels[NOTE_CODES] = {
		[NOTE_SENT]			= LOG_DETAIL,
		[NOTE_RECEIVED]			= LOG_DETAIL,
		[NOTE_BAD_PACKET]		= LOG_DETAIL,
		[NOTE_REFUSED]			= LOG_NOTICE,
		[NOTE_AUTH_FAILED]		= LOG_NOTICE,
		[NOTE_REPLAYED]			= LOG_NOTICE,
		[NOTE_BINDING_UP]		= LOG_NOTICE,
		[NOTE_BINDING_MOVED]		= LOG_NOTICE,
		[NOTE_BINDING_DOWN]		= LOG_NOTICE,
		[NOTE_BINDING_LIMIT]		= LOG_WARN,
		[NOTE_DAD_START]		= LOG_DETAIL,
		[NOTE_DAD_OK]			= LOG_DETAIL,
		[NOTE_DAD_FAILED]		= LOG_WARN,
		[NOTE_LINK_UP]			= LOG_NOTICE,
		[NOTE_LINK_DOWN]		= LOG_NOTICE,
		[NOTE_ROUTER_PROBE]		= LOG_DETAIL,
		[NOTE_HANDOVER]			= LOG_NOTICE,
		[NOTE_HOME]			= LOG_NOTICE,
		[NOTE_REGISTERED]		= LOG_NOTICE,
		[NOTE_DEREGISTERED]		= LOG_NOTICE,
		[NOTE_REGISTRATION_FAILED]	= LOG_WARN,
		[NOTE_REGISTRATION_EXPIRED]	= LOG_WARN,
		[NOTE_NO_ANSWER]		= LOG_WARN,
		[NOTE_EFFECT_FAILED]		= LOG_WARN,
		[NOTE_LIMIT]			= LOG_WARN,
		[NOTE_WANTED]			= LOG_DETAIL,
		[NOTE_ADDRESS_UP]		= LOG_NOTICE,
		[NOTE_ADDRESS_OLD]		= LOG_NOTICE,
		[NOTE_ADDRESS_DOWN]		= LOG_NOTICE,
		[NOTE_ABORTED]			= LOG_NOTICE,
		[NOTE_NOT_SEEN]			= LOG_NOTICE,
		[NOTE_SIGNATURE_LIMIT]		= LOG_WARN,
		[NOTE_PRESENCE_LIMIT]		= LOG_WARN,
		[NOTE_ATTACHED]			= LOG_NOTICE,
		[NOTE_DETACHED]			= LOG_NOTICE,
		[NOTE_UNKNOWN_MOBILE]		= LOG_NOTICE,
		[NOTE_REVOCATION_FAILED]	= LOG_WARN,
		[NOTE_REVOKED]			= LOG_NOTICE,
		[NOTE_PEER_LOST]		= LOG_WARN,
		[NOTE_PEER_BACK]		= LOG_NOTICE,
		[NOTE_GROUP]			= LOG_NOTICE,
		[NOTE_REDIRECTED]		= LOG_NOTICE,
		[NOTE_NOT_REDIRECTED]		= LOG_WARN,
		[NOTE_PEER_RESTARTED]		= LOG_WARN,
		[NOTE_OPTIMIZED]		= LOG_NOTICE,
		[NOTE_NOT_OPTIMIZED]		= LOG_NOTICE,
		[NOTE_AGENTS]			= LOG_NOTICE,
		[NOTE_AGENT_UP]			= LOG_NOTICE,
		[NOTE_AGENT_DOWN]		= LOG_NOTICE,
		[NOTE_AGENT_LIMIT]		= LOG_WARN,
		[NOTE_MEMBERSHIP_LIMIT]		= LOG_WARN,
		[NOTE_PREFIXES]			= LOG_NOTICE,
		[NOTE_SWITCH]			= LOG_NOTICE,
	};

	return levels[code];
}

static void
make_record(const struct daemon *d, const struct note *n, struct record *ret)
{
	note_record(n, n->ifindex ? world_name(&d->world, n->ifindex) : NULL,
		    ret);
}

void
note_tell(struct daemon *d, const struct note *n)
{
	struct record r;
	char line[1024];

	d->notes[d->nnotes++ % DAEMON_NOTES] = *n;
	make_record(d, n, &r);
	record_print_text(&r, line, sizeof(line));
	log_at(level_of(n->code), "%s", line);
	if (d->ctl)
		ctl_note(d->ctl, &r);
}

/* The cursor counts notes ever made, from 1, so that what is overwritten
 * meanwhile is skipped. */
bool
note_show(struct daemon *d, struct cursor *c, struct record_sink *sink)
{
	uint64_t oldest = d->nnotes > DAEMON_NOTES ?
			  d->nnotes - DAEMON_NOTES : 0;
	int i;

	if (c->pos < oldest)
		c->pos = oldest;
	for (i = 0; i < 8 && c->pos < d->nnotes; i++) {
		struct record r;

		make_record(d, &d->notes[c->pos++ % DAEMON_NOTES], &r);
		sink->put(sink, &r);
	}
	return c->pos < d->nnotes;
}
