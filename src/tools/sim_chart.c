/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_chart.c - the chart: what happened, for a protocol engineer to read.
 *
 * A message gets its line when it is sent; the arrow is known only later,
 * so lines are kept and printed at the end: "->" arrived, "-x" lost, "->"
 * with "(late)" when a message that was sent after it to the same node was
 * there first.  Addresses go by names: mn is a home address or a fixed one
 * of that node, mn@ar1 its address on the link ar1.
 */
#include "sim.h"

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "wire/print.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* --- names -------------------------------------------------------------- */

const struct sim_name *chart_name_find(struct sim *s,
				       const struct in6_addr *a)
{
	struct map_node *n = map_find(&s->names, a);

	return n ? container_of(n, struct sim_name, node) : NULL;
}

static bool text_taken(struct sim *s, const char *text)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&s->names, n, &pos)))
		if (strcmp(container_of(n, struct sim_name, node)->text,
			   text) == 0)
			return true;
	return false;
}

/* mn@ar1, mn@ar1.2, ... */
void chart_name_dynamic(struct sim *s, const struct in6_addr *a,
			const struct sim_node *owner, const char *text)
{
	char name[2 * SIM_NAME + 8];

	snprintf(name, sizeof(name), "%s", text);
	for (unsigned i = 2; text_taken(s, name); i++)
		snprintf(name, sizeof(name), "%s.%u", text, i);
	chart_name(s, a, owner, "%s", name);
}

void chart_name(struct sim *s, const struct in6_addr *a,
		const struct sim_node *owner, const char *fmt, ...)
{
	struct sim_name *n;
	va_list ap;

	if (chart_name_find(s, a))
		return;
	n = sim_alloc(sizeof(*n));
	n->addr = *a;
	n->owner = owner;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
	if (!map_insert(&s->names, &n->node))
		free(n);
}

void chart_rename(struct sim *s, const struct in6_addr *a, const char *fmt,
		  ...)
{
	struct map_node *m = map_find(&s->names, a);
	struct sim_name *n = m ? container_of(m, struct sim_name, node)
			       : NULL;
	va_list ap;

	if (!n)
		return;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
}

const char *chart_addr(struct sim *s, const struct in6_addr *a, char *buf,
		       size_t cap)
{
	const struct sim_name *n = chart_name_find(s, a);
	char text[ADDR_STRLEN];

	snprintf(buf, cap, "%s", n ? n->text : addr_print(a, text));
	return buf;
}

/* Put names where a text has addresses. */
static void with_names(struct sim *s, const char *in, char *out, size_t cap)
{
	size_t o = 0;

	while (*in && o + 1 < cap) {
		size_t n = strspn(in, "0123456789abcdef:.");
		char word[ADDR_STRLEN];
		const struct sim_name *name = NULL;
		struct in6_addr a;

		if (n > 1 && n < sizeof(word) && memchr(in, ':', n)) {
			memcpy(word, in, n);
			word[n] = '\0';
			if (in[n] != '/' && addr_parse(word, &a) == 0)
				name = chart_name_find(s, &a);
		}
		n = n ? n : 1;
		o += (size_t)(name ? snprintf(out + o, cap - o, "%s",
					      name->text)
				   : snprintf(out + o, cap - o, "%.*s",
					      (int)n, in));
		in += n;
	}
	out[o < cap ? o : cap - 1] = '\0';
}

/* --- lines -------------------------------------------------------------- */

struct sim_line *chart_line(struct sim *s, const struct sim_node *from,
			    const char *fmt, ...)
{
	struct sim_line *l = sim_alloc(sizeof(*l));
	va_list ap;

	l->at = s->now;
	l->from = from;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
	list_init(&l->l);
	list_append(&s->lines, &l->l);
	return l;
}

/* With what is told apart under cga. */
static void mh_summary(const struct mh *mh, char *buf, size_t cap)
{
	size_t n = print_mh_summary(mh, buf, cap);

	/* what is drawn at random says nothing */
	if (mh->type == MH_COTI || mh->type == MH_COT ||
	    mh->type == MH_HOTI || mh->type == MH_HOT)
		buf[n = strcspn(buf, " ")] = '\0';
	if (mh->type != MH_BU && mh->type != MH_BA)
		return;
	if (mh_opt(mh, MOPT_SIGNATURE))
		n += (size_t)snprintf(buf + n, cap - n, " signed");
	if (mh_opt(mh, MOPT_HOME_TOKEN))
		snprintf(buf + n, cap - n, " token");
}

/* Home agent address discovery, mobile prefixes (RFC 6275 6.5 to 6.8). */
static bool is_discovery(const struct pkt *p)
{
	return p->proto == IPPROTO_ICMPV6 && p->payload.len > 0 &&
	       p->payload.p[0] >= ICMP_HAAD_REQUEST &&
	       p->payload.p[0] <= ICMP_PREFIX_ADV;
}

/* Without the identifier, which is drawn at random; with the addresses that a
 * reply names, in their order. */
static void discovery_summary(const struct icmp *m, char *buf, size_t cap)
{
	size_t n = print_icmp_summary(m, buf, cap);
	char *id = strstr(buf, " id="), *end = id ? strchr(id + 1, ' ') : NULL;
	char text[ADDR_STRLEN];
	struct rbuf r;

	if (id)
		memmove(id, end ? end : buf + n, strlen(end ? end : "") + 1);
	if (m->type != ICMP_HAAD_REPLY)
		return;
	r = rbuf_of(m->haad.agents.p, m->haad.agents.len);
	n = strlen(buf);
	while (rbuf_left(&r) && n < cap) {
		struct in6_addr a = rbuf_addr(&r);

		n += (size_t)snprintf(buf + n, cap - n, " %s",
				      addr_print(&a, text));
	}
}

/* The one-line summary of a packet: its length, 0 when it has none. */
static size_t summary(struct sim *s, const struct sim_pkt *p, bool nd_too,
		      char *buf, size_t cap, const struct sim_node **to)
{
	char text[2 * SIM_TEXT];
	const struct sim_name *name;
	struct wire_error err;
	struct pkt pkt;
	union {
		struct mh	mh;
		struct nd	nd;
		struct icmp	icmp;
	} m;

	if (pkt_parse(p->data, p->len, &pkt, &err) != 0)
		return 0;
	if (pkt.proto == IPPROTO_MOBILITY &&
	    mh_parse_known(pkt.payload.p, pkt.payload.len, NULL, NULL,
			   MH_KNOW_ALL, &m.mh, &err) == 0)
		mh_summary(&m.mh, text, sizeof(text));
	else if (nd_too && pkt.proto == IPPROTO_ICMPV6 &&
		 nd_parse(pkt.payload.p, pkt.payload.len, &pkt.src, &pkt.dst,
			  pkt.hlim, &m.nd, &err) == 0)
		print_nd_summary(&m.nd, text, sizeof(text));
	else if (is_discovery(&pkt) &&
		 icmp_parse(pkt.payload.p, pkt.payload.len, pkt_src(&pkt),
			    pkt_dst(&pkt), &m.icmp, &err) == 0)
		discovery_summary(&m.icmp, text, sizeof(text));
	else if (pkt.proto == IPPROTO_ICMPV6 && pkt.payload.len > 0 &&
		 pkt.payload.p[0] < 128)
		snprintf(text, sizeof(text), "ICMPv6 error type=%u code=%u",
			 pkt.payload.p[0], pkt.payload.p[1]);
	else
		return 0;
	with_names(s, text, buf, cap);
	/* To whoever has the address on the wire; whom it means otherwise. */
	name = chart_name_find(s, &pkt.dst);
	if (!name)
		name = chart_name_find(s, pkt_dst(&pkt));
	*to = name ? name->owner : NULL;
	return strlen(buf);
}

void chart_message(struct sim *s, const struct sim_node *from,
		   struct sim_pkt *p, bool shown)
{
	const struct sim_node *to = NULL;
	bool nd = (s->show & SHOW_ND) || !list_empty(&s->rules);
	char text[SIM_TEXT];
	bool is_nd;

	if (!summary(s, p, nd, text, sizeof(text), &to))
		return;
	is_nd = p->data[6] == IPPROTO_ICMPV6 && p->data[40] >= ND_RS &&
		p->data[40] <= ND_REDIRECT;
	if (from) {
		sim_rules_apply(s, p, text, from, to);
		if (!is_nd)
			sim_capture(s, from, text, p->data, p->len);
	}
	if (!shown || (is_nd && !(s->show & SHOW_ND)))
		return;
	p->line = chart_line(s, from, "%s", text);
	p->line->to = to;
	p->line->fate = FATE_AWAY;
	p->line->message = true;
}

/* --- notes -------------------------------------------------------------- */

/* What a chart says unasked: decisions, not what can be seen anyway. */
static bool note_shown(const struct sim *s, enum note_code c)
{
	switch (c) {
	case NOTE_SENT:
	case NOTE_RECEIVED:
		return false;
	case NOTE_BAD_PACKET:
	case NOTE_REFUSED:
	case NOTE_AUTH_FAILED:
	case NOTE_REPLAYED:
	case NOTE_BINDING_DOWN:
	case NOTE_BINDING_LIMIT:
	case NOTE_DAD_FAILED:
	case NOTE_HANDOVER:
	case NOTE_HOME:
	case NOTE_REGISTERED:
	case NOTE_DEREGISTERED:
	case NOTE_REGISTRATION_FAILED:
	case NOTE_REGISTRATION_EXPIRED:
	case NOTE_NO_ANSWER:
	case NOTE_AGENTS:
	case NOTE_PREFIXES:
	case NOTE_SWITCH:
	case NOTE_EFFECT_FAILED:
	case NOTE_LIMIT:
	case NOTE_PRESENCE_LIMIT:
	case NOTE_NOT_SEEN:
	case NOTE_SIGNATURE_LIMIT:
	case NOTE_AGENT_UP:
	case NOTE_AGENT_DOWN:
	case NOTE_AGENT_LIMIT:
	case NOTE_MEMBERSHIP_LIMIT:
	case NOTE_OPTIMIZED:
	case NOTE_NOT_OPTIMIZED:
	case NOTE_ATTACHED:
	case NOTE_DETACHED:
	case NOTE_UNKNOWN_MOBILE:
	case NOTE_REVOCATION_FAILED:
	case NOTE_REVOKED:
	case NOTE_PEER_LOST:
	case NOTE_PEER_BACK:
	case NOTE_GROUP:
	case NOTE_REDIRECTED:
	case NOTE_NOT_REDIRECTED:
	case NOTE_PEER_RESTARTED:
		return s->show & (SHOW_NOTE | SHOW_ALL_NOTES);
	case NOTE_WANTED:
	case NOTE_ADDRESS_UP:
	case NOTE_ADDRESS_OLD:
	case NOTE_ADDRESS_DOWN:
	case NOTE_ABORTED:
		return s->show & (SHOW_TYPE | SHOW_ALL_NOTES);
	case NOTE_BINDING_UP:
	case NOTE_BINDING_MOVED:
	case NOTE_DAD_START:
	case NOTE_DAD_OK:
	case NOTE_LINK_UP:
	case NOTE_LINK_DOWN:
	case NOTE_ROUTER_PROBE:
	case NOTE_CODES:
		break;
	}
	return s->show & SHOW_ALL_NOTES;
}

/* A record's text with names, without what the chart's columns say. */
static void record_line(struct sim_node *n, const struct record *in)
{
	char text[600], named[SIM_TEXT];
	struct record r;

	record_init(&r, in->type);
	for (unsigned i = 0; i < in->n; i++)
		if (strcmp(in->f[i].key, "at") != 0)
			r.f[r.n++] = in->f[i];
	record_print_text(&r, text, sizeof(text));
	with_names(n->sim, text, named, sizeof(named));
	chart_line(n->sim, n, "%s", named);
}

void chart_note(struct sim_node *n, const struct note *note)
{
	const struct sim_iface *i = sim_iface(n, note->ifindex);
	struct record r;

	if (!note_shown(n->sim, note->code))
		return;
	note_record(note, n->nifaces > 1 && i ? i->name : NULL, &r);
	if (n->nifaces == 1 && r.n && strcmp(r.f[r.n - 1].key,
					     "ifindex") == 0)
		r.n--;
	record_line(n, &r);
}

struct show_sink {
	struct record_sink sink;
	struct sim_node	*node;
	unsigned	count;
};

static void show_put(struct record_sink *sink, const struct record *r)
{
	struct show_sink *s = container_of(sink, struct show_sink, sink);

	record_line(s->node, r);
	s->count++;
}

void chart_show(struct sim_node *n, const char *what)
{
	struct show_sink sink = { .sink.put = show_put, .node = n };
	struct cursor c = { 0 };

	while (n->node && node_show(n->node, what, n->sim->now, &c,
				    &sink.sink))
		;
	if (!sink.count)
		chart_line(n->sim, n, "%s: none", what);
}

/* --- print -------------------------------------------------------------- */

static unsigned widest(struct sim *s)
{
	size_t most = 1;

	list_each(l, &s->nodes) {
		size_t n = strlen(container_of(l, struct sim_node,
					       all)->name);

		most = n > most ? n : most;
	}
	return (unsigned)most;
}

/* Was a message sent later to the same node there before it? */
static bool overtaken(struct sim *s, const struct sim_line *line)
{
	for (struct list *l = line->l.next; l != &s->lines; l = l->next) {
		const struct sim_line *o = container_of(l, struct sim_line,
							l);

		if (o->message && o->from == line->from &&
		    o->to == line->to && o->fate == FATE_ARRIVED &&
		    o->arrived < line->arrived)
			return true;
	}
	return false;
}

static const char *chart_time(usec_t at, char buf[32])
{
	uint64_t ms = (at - SIM_EPOCH) / 1000;

	snprintf(buf, 32, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
	return buf;
}

static void print_line(struct sim *s, const struct sim_line *l, unsigned wide,
		       FILE *f)
{
	static const char *const arrow[] = {
		[FATE_NONE] = "", [FATE_AWAY] = "->", [FATE_ARRIVED] = "->",
		[FATE_LOST] = "-x",
	};
	const char *from = l->from ? l->from->name : "?";
	char who[3 * SIM_NAME], when[32];

	if (l->fate == FATE_NONE)
		snprintf(who, sizeof(who), "%s", l->from ? from : "");
	else
		snprintf(who, sizeof(who), "%s %s %s", from, arrow[l->fate],
			 l->to ? l->to->name : "*");
	fprintf(f, "%8s  %-*s  %s", chart_time(l->at, when),
		(int)(2 * wide + 4), who, l->text);
	if (l->fate == FATE_LOST && l->why)
		fprintf(f, " (%s)", l->why);
	else if (l->fate == FATE_ARRIVED && l->message && overtaken(s, l))
		fprintf(f, " (late, arrives %s)",
			chart_time(l->arrived, when));
	fputc('\n', f);
}

void chart_print(struct sim *s, FILE *f)
{
	unsigned wide = widest(s);

	list_each(l, &s->lines)
		print_line(s, container_of(l, struct sim_line, l), wide, f);
}
