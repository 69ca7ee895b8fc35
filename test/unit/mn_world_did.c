/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_world_did.c - what the node does to its world: a kernel that takes its
 * addresses, and a line of text for each effect.
 */
#include "config.h"

#include "mn_world.h"

#include "core/note.h"
#include "crypto/mac.h"
#include "wire/auth.h"

#include <errno.h>
#include <stdarg.h>

struct in6_addr w_addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

static void say(struct world *, unsigned what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct world *w, unsigned what, const char *fmt, ...)
{
	size_t at = strlen(w->did);
	va_list ap;

	if (!(w->show & what))
		return;
	va_start(ap, fmt);
	vsnprintf(w->did + at, sizeof(w->did) - at, fmt, ap);
	va_end(ap);
	ck_assert(strlen(w->did) + 1 < sizeof(w->did));
}

/* --- names ----------------------------------------------------------------- */

static struct world_owned *owned(struct world *w, const struct in6_addr *a)
{
	for (unsigned k = 0; k < w->nowned; k++)
		if (addr_eq(&w->owned[k].addr, a))
			return &w->owned[k];
	return NULL;
}

static const char *name(struct world *w, const struct in6_addr *a)
{
	struct in6_addr hoa = w_addr(HOA), hoa2 = w_addr(HOA2);
	const struct world_owned *o = owned(w, a);

	return addr_eq(a, &hoa) ? "hoa" : addr_eq(a, &hoa2) ? "hoa2" :
	       addr_is_unspec(a) ? "none" : o ? o->name : "coa";
}

static const char *where(uint32_t ifindex)
{
	return ifindex == IFINDEX_PATH ? "path" :
	       ifindex == ETH0 ? "eth0" : "eth1";
}

/* --- its kernel ------------------------------------------------------------ */

struct world_kaddr *w_kaddr_on(struct world *w, uint32_t ifindex,
			       const struct in6_addr *a)
{
	for (unsigned k = 0; k < w->nkaddrs; k++)
		if (w->kaddr[k].ifindex == ifindex &&
		    addr_eq(&w->kaddr[k].addr, a))
			return &w->kaddr[k];
	return NULL;
}

const struct world_kaddr *w_kaddr(const struct world *w,
				  const struct in6_addr *a)
{
	for (unsigned k = 0; k < w->nkaddrs; k++)
		if (addr_eq(&w->kaddr[k].addr, a))
			return &w->kaddr[k];
	return NULL;
}

static void kernel_address(struct world *w, const struct ef_address *e)
{
	struct world_kaddr *k = w_kaddr_on(w, e->key.ifindex, &e->key.addr);

	if (!e->up) {
		if (k)
			*k = w->kaddr[--w->nkaddrs];
		return;
	}
	if (e->optimistic)
		w->fresh = e->key.addr;
	if (!k) {
		ck_assert_uint_lt(w->nkaddrs,
			  sizeof(w->kaddr) / sizeof(*w->kaddr));
		k = &w->kaddr[w->nkaddrs++];
		*k = (struct world_kaddr){
			.ifindex = e->key.ifindex, .addr = e->key.addr,
			.state = e->optimistic ? ADDR_TENTATIVE : ADDR_VALID,
		};
	}
	k->preferred = e->preferred;
	k->fresh |= e->optimistic;
}

/* Once it is said that it is there, as the kernel says it. */
static void tell_fresh(struct world *w, bool *ret_told)
{
	for (unsigned k = 0; k < w->nkaddrs; k++) {
		struct world_kaddr a = w->kaddr[k];

		if (!a.fresh || a.ifindex == IFINDEX_PATH)
			continue;
		w->kaddr[k].fresh = false;
		*ret_told = true;
		if (a.state == ADDR_TENTATIVE)
			a.state = w->duplicates ? ADDR_DUPLICATE :
						  ADDR_OPTIMISTIC;
		if (a.state == ADDR_DUPLICATE && w->duplicates)
			w->duplicates--;
		w->eth = a.ifindex;
		w_address(w, &a.addr, a.state);
		return;
	}
}

/* --- what it did ----------------------------------------------------------- */

/* Care-of nonce 7, and a token to go with it. */
static void answer_test(struct world *w, const struct pkt *p,
			const struct mh *m)
{
	struct mh cot = {
		.type = MH_COT, .test = { .cookie = m->test_init.cookie,
					  .nonce = 7, .token = 77 },
	};
	uint8_t buf[200];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	pkt_start(&b, &p->dst, &p->src, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&cot, &b), 0);
	mh_seal(buf + at, cot.len, &p->dst, &p->src);
	pkt_finish(&b);
	w_packet(w, &b, 1);
}

static void did_test(struct world *w, const struct pkt *p, const struct mh *m)
{
	struct world_test *t = &w->test[m->type == MH_COTI];

	t->n++;
	t->cookie = m->test_init.cookie;
	t->src = p->src;
	t->dst = p->dst;
	say(w, SHOW_MH, m->type == MH_COTI ? "CoTI\n" : "HoTI\n");
	if (m->type == MH_COTI && w->tested)
		answer_test(w, p, m);
}

static void did_mh(struct world *w, const struct pkt *p)
{
	struct wire_error e;
	struct mh m;

	ck_assert_int_eq(mh_parse_known(p->payload.p, p->payload.len,
			 pkt_src(p), pkt_dst(p), MH_KNOW_ALL, &m, &e), 0);
	if (m.type == MH_COTI || m.type == MH_HOTI) {
		did_test(w, p, &m);
		return;
	}
	w->bu = m;
	ck_assert_uint_eq(w->bu.type, MH_BU);
	w->bu_src = p->src;
	w->bu_dst = p->dst;
	w->bu_hoa = *pkt_src(p);
	say(w, SHOW_MH, "BU%s lifetime=%u%s", p->has_hao ? "" : " from home",
	    w->bu.bu.lifetime * 4, mh_opt(&w->bu, MOPT_AUTH) ? " auth" : "");
	if (w->show & SHOW_DEMAND)
		say(w, SHOW_MH, " %s", name(w, &w->bu_hoa));
	say(w, SHOW_MH, "\n");
}

/* Discovery of home agents and prefixes. */
static void did_icmp(struct world *w, const struct pkt *p)
{
	struct wire_error e;
	char to[ADDR_STRLEN];

	ck_assert_int_eq(icmp_parse(p->payload.p, p->payload.len, pkt_src(p),
				    pkt_dst(p), &w->icmp, &e), 0);
	w->icmp_src = p->src;
	w->icmp_dst = p->dst;
	if (w->icmp.type == ICMP_HAAD_REQUEST) {
		ck_assert(!p->has_hao);
		say(w, SHOW_MH, "DHAAD to %s\n", addr_print(&p->dst, to));
	} else {
		ck_assert_uint_eq(w->icmp.type, ICMP_PREFIX_SOL);
		ck_assert(p->has_hao);		/* 11.4.2: MUST */
		say(w, SHOW_MH, "MPS to %s\n", addr_print(&p->dst, to));
	}
}

static void did_send(struct world *w, const struct ef_send *s)
{
	static const char *const nd_word[] = { "RS", "RA", "NS", "NA" };
	struct pkt p;
	struct nd nd;
	struct wire_error e;

	ck_assert_int_eq(pkt_parse(s->data, s->len, &p, &e), 0);
	if (p.proto == IPPROTO_MOBILITY) {
		did_mh(w, &p);
		return;
	}
	if (p.payload.p[0] >= ICMP_HAAD_REQUEST) {
		did_icmp(w, &p);
		return;
	}
	ck_assert_int_eq(nd_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				  p.hlim, &nd, &e), 0);
	say(w, SHOW_ND, "%s%s\n", nd_word[nd.type - ND_RS],
	    addr_is_multicast(&p.dst) ? "" : " unicast");
}

static void did_flow(struct world *w, const struct ef_flow *f)
{
	static const char *const words[] = { "path", "hold", "block" };

	if (f->key.dst.len == 128) {
		ck_assert(!f->up || f->path.kind == PATH_MIP6_MN);
		say(w, SHOW_FLOW, "route %s\n", f->up ? "direct" : "home");
		return;
	}
	say(w, SHOW_FLOW, "flow %s", f->up ? words[f->action] : "down");
	if (w->show & SHOW_DEMAND)
		say(w, SHOW_FLOW, " %s", name(w, &f->key.src.addr));
	say(w, SHOW_FLOW, "\n");
}

static void did_owned(struct world *w, const struct ef_owned *e)
{
	static const char letter[] = "?HAUG";
	struct world_owned *o = owned(w, &e->addr);
	unsigned n = 1;

	if (!o) {
		ck_assert_msg(e->up, "what never was owned is not");
		ck_assert_uint_lt(w->nowned, WORLD_OWNED);
		for (unsigned k = 0; k < w->nowned; k++)
			n += w->owned[k].type == e->type;
		o = &w->owned[w->nowned++];
		o->addr = e->addr;
		snprintf(o->name, sizeof(o->name), "%c%u", letter[e->type], n);
	}
	o->type = e->type;
	o->up = e->up;
	o->cga = e->cga;
	say(w, SHOW_DEMAND, "owned %s %s\n", name(w, &e->addr),
	    e->up ? "up" : "down");
}

static bool is_owned(struct world *w, const struct in6_addr *a, enum atype t)
{
	const struct world_owned *o = owned(w, a);

	return o && o->up && o->type == t;
}

static void did_reply(struct world *w, const struct ef_reply *e)
{
	for (unsigned k = 0; k < w->naskers; k++) {
		struct world_asker *a = &w->asker[k];

		if (a->id != e->id)
			continue;
		ck_assert_msg(!a->released, "an answer to who has gone");
		ck_assert_msg(!a->answers++, "two answers to one");
		a->error = e->error;
		a->addr = e->addr;
		if (!e->error)
			ck_assert_msg(is_owned(w, &e->addr, e->type),
				      "an answer that is not owned");
		say(w, SHOW_DEMAND, "reply %u %s\n", (unsigned)e->id,
		    e->error ? strerrorname_np(e->error) : name(w, &e->addr));
		return;
	}
	ck_abort_msg("an answer to nobody");
}

static void did_note(struct world *w, const struct note *n)
{
	struct record r;
	char line[512];

	if (n->code < NOTE_LIMIT && n->code != NOTE_DAD_FAILED)
		return;
	note_record(n, NULL, &r);
	/* without the time, and with the names of this world */
	memmove(&r.f[0], &r.f[1], --r.n * sizeof(r.f[0]));
	record_print_text(&r, line, sizeof(line));
	say(w, SHOW_NOTE, "note %s\n", line);
}

static void did_store(struct world *w, const struct store_record *r)
{
	unsigned k = 0;

	while (k < w->nstores &&
	       (w->store[k].key_len != r->key_len ||
		memcmp(w->store[k].key, r->key, r->key_len)))
		k++;
	if (r->up) {
		ck_assert_uint_lt(k, 512);
		w->store[k] = *r;
		w->nstores += k == w->nstores;
	} else if (k < w->nstores) {
		w->store[k] = w->store[--w->nstores];
	}
}

/* What an anchored address has to say goes through its tunnel; and who is
 * ended and comes back must not get the same address again. */
static void did_abort(struct world *w, const struct ef_abort *e)
{
	struct in6_addr hoa = w_addr(HOA);

	if (!addr_eq(&hoa, &e->addr) && *name(w, &e->addr) != 'U' &&
	    owned(w, &e->addr))
		ck_assert_msg(w_kaddr(w, &e->addr) != NULL,
			      "%s went before its sockets", name(w, &e->addr));
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		ck_assert_msg(!w->current[t].provided ||
			      !addr_eq(&w->current[t].addr, &e->addr),
			      "%s is for new sockets still",
			      name(w, &e->addr));
	say(w, SHOW_DEMAND, "abort %s\n", name(w, &e->addr));
}

static void did_current(struct world *w, const struct ef_current *e)
{
	w->current[e->type] = *e;
	say(w, SHOW_DEMAND, "%s: %s\n", atype_name(e->type),
	    e->provided ? name(w, &e->addr) : "not provided");
}

static void did_address(struct world *w, const struct ef_address *e)
{
	kernel_address(w, e);
	say(w, SHOW_ADDRESS, "address %s %s on %s\n", e->up ? "up" : "down",
	    name(w, &e->key.addr),
	    w->show & SHOW_DEMAND ? where(e->key.ifindex) :
	    e->key.ifindex == IFINDEX_PATH ? "path" : "eth0");
}

static void did(struct world *w, const struct effect *e)
{
	char a[ADDR_STRLEN], p[PREFIX_STRLEN];

	switch (e->kind) {
	case EF_SEND:
		did_send(w, &e->send);
		break;
	case EF_ADDRESS:
		did_address(w, &e->address);
		break;
	case EF_ROUTE:
		if (!e->route.dst.len && !e->route.src.len)
			w->metric[e->route.ifindex] = e->route.up ?
				e->route.metric : 0;
		say(w, SHOW_ROUTE, "route %s %s\n",
		    e->route.up ? "up" : "down",
		    prefix_print(&e->route.dst, p));
		break;
	case EF_PATH:
		say(w, SHOW_FLOW, "tunnel %s to %s\n",
		    e->path.up ? "up" : "down",
		    addr_print(&e->path.key.remote, a));
		break;
	case EF_FLOW:
		did_flow(w, &e->flow);
		break;
	case EF_PROXY:
		say(w, SHOW_PROXY, "proxy %s\n", e->proxy.up ? "up" : "down");
		break;
	case EF_SYNC:
		say(w, SHOW_SYNC, "sync\n");
		break;
	case EF_OWNED:
		did_owned(w, &e->owned);
		break;
	case EF_CURRENT:
		did_current(w, &e->current);
		break;
	case EF_REPLY:
		did_reply(w, &e->reply);
		break;
	case EF_ABORT:
		did_abort(w, &e->abort);
		break;
	case EF_STORE:
		did_store(w, &e->store);
		break;
	case EF_NOTE:
		did_note(w, &e->note);
		break;
	case EF_ANYCAST:
	case EF_GROUP:
	case EF_DNS:
		break;
	}
}

/* What EF_CURRENT says is owned, and of that type. */
static void check_current(struct world *w)
{
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		const struct ef_current *c = &w->current[t];

		if (c->provided && !addr_is_unspec(&c->addr))
			ck_assert_msg(is_owned(w, &c->addr, t),
				      "%s is not owned", name(w, &c->addr));
	}
}

void w_drain(struct world *w)
{
	uint32_t eth = w->eth;
	struct effect e;
	bool told;

	do {
		told = false;
		while (node_effect(w->node, &e))
			did(w, &e);
		check_current(w);
		if (!w->slow_dad)
			tell_fresh(w, &told);
	} while (told);
	w->eth = eth;
}

void w_expect(struct world *w, const char *chart)
{
	w_drain(w);
	ck_assert_str_eq(w->did, chart);
	w->did[0] = '\0';
}

void w_forget(struct world *w)
{
	w_drain(w);
	w->did[0] = '\0';
}

unsigned w_count(struct world *w, const char *start)
{
	unsigned n = 0;

	w_drain(w);
	for (const char *p = w->did; p && *p; ) {
		n += strncmp(p, start, strlen(start)) == 0;
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	return n;
}
