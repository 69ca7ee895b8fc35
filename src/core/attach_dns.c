/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_dns.c - name servers and search domains from router
 * advertisements (RFC 8106), for whoever keeps the resolver's
 * configuration: the daemon hands them on.
 */
#include "core/attach.h"

#include <ctype.h>

/* One name of labels to text.  False at its end or when it is malformed or
 * has characters that have no business in a host name: what comes from the
 * network goes into a command line and a configuration file. */
static bool
name_text(struct rbuf *r, char *buf, size_t cap)
{
	size_t at = 0;

	for (;;) {
		uint8_t len = rbuf_u8(r);
		const uint8_t *p = rbuf_take(r, len);

		if (!p || len > 63 || at + len + 2 > cap)
			return false;
		if (!len)
			break;
		if (at)
			buf[at++] = '.';
		for (uint8_t k = 0; k < len; k++) {
			if (!isalnum(p[k]) && p[k] != '-' && p[k] != '_')
				return false;
			buf[at++] = (char)p[k];
		}
	}
	buf[at] = '\0';
	return at > 0;
}

static void
domains_text(struct span names, char *buf, size_t cap)
{
	struct rbuf r = rbuf_of(names.p, names.len);
	char name[256];
	size_t at = 0;

	buf[0] = '\0';
	while (rbuf_left(&r) && name_text(&r, name, sizeof(name))) {
		size_t len = strlen(name);

		if (at + len + 2 > cap)
			return;
		if (at)
			buf[at++] = ' ';
		memcpy(buf + at, name, len + 1);
		at += len;
	}
}

static void
tell(struct node *n, const struct attach *a)
{
	struct effect e = { .kind = EF_DNS, .dns = a->dns };

	want(n, &e);
}

static usec_t
until(usec_t now, uint32_t seconds)
{
	return seconds == ND_INFINITE ? USEC_NEVER : now + SEC(seconds);
}

void
attach_hand_on_dns(struct node *n, struct attach *a, const struct nd_ra *ra,
		   usec_t now)
{
	struct ef_dns *d = &a->dns;

	if (ra->rdnss.n) {
		d->n = ra->rdnss.n < DNS_SERVERS ? ra->rdnss.n : DNS_SERVERS;
		memcpy(d->server, ra->rdnss.server,
		       d->n * sizeof(*d->server));
		a->dns_until = until(now, ra->rdnss.lifetime);
	}
	if (ra->dnssl.names.len) {
		domains_text(ra->dnssl.names, d->domains, sizeof(d->domains));
		a->domains_until = until(now, ra->dnssl.lifetime);
	}
	attach_age_dns(n, a, now);
}

usec_t
attach_age_dns(struct node *n, struct attach *a, usec_t now)
{
	usec_t next = USEC_NEVER;

	if (a->dns_until <= now)
		a->dns.n = 0;
	else if (a->dns.n)
		next = a->dns_until;
	if (a->domains_until <= now)
		a->dns.domains[0] = '\0';
	else if (a->dns.domains[0] && a->domains_until < next)
		next = a->domains_until;
	tell(n, a);
	return next;
}
