/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rr.c - see rr.h.
 *
 * Nonces are made when they are needed, not oftener than every 30 seconds,
 * and Kcn with them (RFC 6275 5.2.7: "so that nonce indices can identify
 * both the nonce and the key").  Both are derived from the node's secret, the
 * time and a counter: nothing repeats after a restart, in which all nonces
 * are lost and every initiator has to test again.
 *
 * The nonce counts from when it was made, which is when it was first used.
 * The ring has room for eight; the ninth is at least 240 seconds younger
 * than the first.
 */
#include "core/rr.h"
#include "core/ha.h"
#include "core/presence.h"

#include <stdlib.h>

/* A proof that ends while the message is on its way is none. */
#define PROOF_MARGIN	SEC(5)
#define TEST_FIRST	SEC(1)
#define TEST_MAX	SEC(32)

struct nonce {
	uint8_t		kcn[MAC_SHA1_LEN];
	uint8_t		nonce[RR_TOKEN];
	usec_t		made;
	uint16_t	index;		/* 0: none */
};

struct test {
	struct list	l;
	struct rr_about	about;
	uint64_t	cookie;
	bool		asking;
	struct exchange	x;
	usec_t		asked;		/* when the message left that counts */
	struct rr_proof	proof;
	usec_t		until;		/* of the proof; 0: none */
};

struct rr {
	struct nonce	ring[RR_NONCES];
	unsigned	at;		/* the current one */
	uint64_t	made;		/* how many there were */
	uint64_t	cookies;
	struct bucket	answers;
	struct list	tests;		/* the oldest first */
	unsigned	ntests;
};

/* --- secrets ------------------------------------------------------------ */

/* Never the same twice: not in this life, and not in another one. */
static bool
draw(const struct node *n, const char *label, uint64_t count, usec_t now,
     void *ret, size_t len)
{
	uint8_t text[24];
	struct wbuf w = wbuf_of(text, sizeof(text));
	struct span s = { text, sizeof(text) };

	wbuf_u64(&w, now);
	wbuf_u64(&w, (uint64_t)n->wall);
	wbuf_u64(&w, count);
	return !kdf_derive(n->secret, sizeof(n->secret), label, &s, ret, len);
}

static bool
nonce_make(struct node *n, struct nonce *ret, uint16_t index, usec_t now)
{
	struct nonce x = { .made = now, .index = index };

	if (!draw(n, "Kcn", n->rr->made, now, x.kcn, sizeof(x.kcn)) ||
	    !draw(n, "nonce", n->rr->made, now, x.nonce, sizeof(x.nonce)))
		return false;
	/* Where the indices begin says nothing of how many there were. */
	if (!index && !draw(n, "nonce index", n->rr->made, now, &x.index,
			    sizeof(x.index)))
		return false;
	if (!x.index)
		x.index = 1;
	*ret = x;
	n->rr->made++;
	/* In the place of an old one, that the MAC may still be set up for. */
	n->mac_key = NULL;
	return true;
}

static const struct nonce *
nonce_current(struct node *n, usec_t now)
{
	struct rr *r = n->rr;
	struct nonce *last = &r->ring[r->at];
	unsigned next = (r->at + 1) % RR_NONCES;
	uint16_t index = last->index;

	if (last->index && now - last->made < RR_NONCE_PERIOD)
		return last;
	/* The first is drawn.  After the last comes 1, and not one that may be
	 * in use: 0 says in a Binding Update that there is none. */
	if (index)
		index = index == UINT16_MAX ? 1 : (uint16_t)(index + 1);
	if (!nonce_make(n, &r->ring[next], index, now))
		return NULL;
	r->at = next;
	return &r->ring[next];
}

static const struct nonce *
nonce_find(const struct rr *r, uint16_t index, usec_t now)
{
	for (unsigned k = 0; k < RR_NONCES && index; k++)
		if (r->ring[k].index == index)
			return now - r->ring[k].made < MAX_NONCE_LIFETIME ?
				&r->ring[k] : NULL;
	return NULL;
}

/* RFC 6275 5.2.5: First(64, HMAC_SHA1(Kcn, (address | nonce | 0 or 1))) */
static bool
token_of(struct node *n, const struct nonce *x, enum rr_kind kind,
	 const struct in6_addr *addr, uint8_t ret[RR_TOKEN])
{
	uint8_t mac[MAC_SHA1_LEN], last = (uint8_t)kind;
	const struct span key = { x->kcn, sizeof(x->kcn) };
	bool same = n->mac_key == x->kcn;
	const struct span piece[] = {
		{ addr->s6_addr, 16 }, { x->nonce, sizeof(x->nonce) },
		{ &last, 1 },
	};

	n->mac_key = NULL;
	if (mac_hmac_sha1(n->mac, same ? NULL : &key, piece, 3, mac))
		return false;
	n->mac_key = x->kcn;
	memcpy(ret, mac, RR_TOKEN);
	return true;
}

bool
rr_token(struct node *n, enum rr_kind kind, const struct in6_addr *addr,
	 uint16_t nonce, usec_t now, uint8_t ret[RR_TOKEN])
{
	const struct nonce *x = nonce_find(n->rr, nonce, now);

	return x && token_of(n, x, kind, addr, ret);
}

void
rr_kbm(struct node *n, const uint8_t home[RR_TOKEN], const uint8_t *careof,
       uint8_t ret[RR_KBM])
{
	const struct span piece[] = {
		{ home, RR_TOKEN }, { careof, RR_TOKEN },
	};

	mac_sha1(n->mac, piece, careof ? 2 : 1, ret);
}

/* --- the responder ------------------------------------------------------ */

/* Somebody else on the link has been seen with that address. */
static bool
is_anothers(const struct node *n, const struct rx *rx, usec_t now)
{
	struct lladdr ll;

	return n->ha && presence_seen(n, rx->iface->ifindex, &rx->pkt.src,
				      now, &ll) &&
	       !lladdr_eq(&ll, &rx->ll_src);
}

/* A test from an address on one of our links is answered on that link: a
 * binding of that address may stand, and routing lead into its tunnel.  Not to
 * who is known to have taken his neighbour's. */
static void
answer_here(const struct node *n, const struct rx *rx, struct mh_route *to,
	    usec_t now)
{
	if (!rx->iface || !rx->ll_src.len || is_anothers(n, rx, now))
		return;
	list_each(l, &rx->iface->addrs) {
		const struct iface_addr *a =
			container_of(l, struct iface_addr, l);
		struct prefix p = prefix_of(&a->addr, a->plen);

		if (a->plen == 64 && !addr_is_linklocal(&a->addr) &&
		    prefix_match(&p, &rx->pkt.src)) {
			to->ifindex = rx->iface->ifindex;
			to->ll = &rx->ll_src;
			return;
		}
	}
}

/*
 * RFC 6275 9.4.1 and 9.4.2: no Home Address option (nor, since no answer
 * would reach anybody, a source that cannot be answered).  Then 9.4.3 and
 * 9.4.4: the current nonce.
 */
void
rr_on_test_init(struct node *n, struct rx *rx, usec_t now)
{
	enum rr_kind kind = rx->mh.type == MH_HOTI ? RR_HOME : RR_CAREOF;
	struct mh mh = { .type = kind == RR_HOME ? MH_HOT : MH_COT };
	struct mh_route to = { .src = rx->pkt.dst, .dst = rx->pkt.src };
	const struct nonce *x;
	uint32_t most = n->conf->roles & CONF_CN ? RR_ANSWERS_CN : RR_ANSWERS;
	uint8_t token[RR_TOKEN];
	struct rbuf r = rbuf_of(token, sizeof(token));

	if (rx->pkt.has_hao || rx->pkt.has_rh2 || !n->ready ||
	    !addr_is_routable(&rx->pkt.src) ||
	    addr_is_multicast(&rx->pkt.dst) ||
	    !bucket_take(&n->rr->answers, most, now))
		return;
	x = nonce_current(n, now);
	if (!x || !token_of(n, x, kind, &rx->pkt.src, token))
		return;
	mh.test.nonce = x->index;
	mh.test.cookie = rx->mh.test_init.cookie;
	mh.test.token = rbuf_u64(&r);
	answer_here(n, rx, &to, now);
	node_send_mh(n, &mh, &to, NULL, 0, now);
}

/* --- the initiator ------------------------------------------------------ */

static void on_repeat(struct node *, struct alarm *, usec_t now);

static struct test *
test_find(const struct rr *r, enum rr_kind kind, const struct in6_addr *peer,
	  const struct in6_addr *addr)
{
	list_each(l, &r->tests) {
		struct test *t = container_of(l, struct test, l);

		if (t->about.kind == kind && addr_eq(&t->about.peer, peer) &&
		    addr_eq(&t->about.addr, addr))
			return t;
	}
	return NULL;
}

static void
test_free(struct node *n, struct test *t)
{
	exchange_end(n, &t->x);
	list_del(&t->l);
	n->rr->ntests--;
	explicit_bzero(&t->proof, sizeof(t->proof));
	free(t);
}

/* Room for one more: what is over goes, and if need be the oldest. */
static void
make_room(struct node *n, usec_t now)
{
	struct rr *r = n->rr;

	list_each(l, &r->tests) {
		struct test *t = container_of(l, struct test, l);

		if (!t->asking && t->until <= now)
			test_free(n, t);
	}
	if (r->ntests < RR_TESTS_MAX)
		return;
	list_each(l, &r->tests) {
		struct test *t = container_of(l, struct test, l);

		if (!t->asking) {
			test_free(n, t);
			return;
		}
	}
	test_free(n, container_of(r->tests.next, struct test, l));
}

static struct test *
test_new(struct node *n, const struct rr_about *about, usec_t now)
{
	struct test *t;

	make_room(n, now);
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->about = *about;
	exchange_init(&t->x, on_repeat);
	list_init(&t->l);
	list_append(&n->rr->tests, &t->l);
	n->rr->ntests++;
	return t;
}

/* 11.6.1, and 5.2.3: a new cookie in every message. */
static void
send_init(struct node *n, struct test *t, usec_t now)
{
	const struct rr_about *about = &t->about;
	struct mh mh = {
		.type = about->kind == RR_HOME ? MH_HOTI : MH_COTI,
	};
	struct mh_route to = {
		.src = about->addr, .dst = about->peer,
		.ifindex = about->ifindex,
		.ll = about->ll.len ? &about->ll : NULL,
	};
	usec_t allowed = rate_next(about->rate);

	if (allowed > now) {
		alarm_set(n, &t->x.alarm, allowed);
		return;
	}
	if (!draw(n, "cookie", n->rr->cookies++, now, &t->cookie,
		  sizeof(t->cookie))) {
		t->asking = false;
		return;
	}
	rate_sent(about->rate, now);
	t->asked = now;
	exchange_sent(n, &t->x, now);
	mh.test_init.cookie = t->cookie;
	node_send_mh(n, &mh, &to, NULL, 0, now);
}

static void
on_repeat(struct node *n, struct alarm *a, usec_t now)
{
	struct test *t = container_of(a, struct test, x.alarm);
	struct note note = { .code = NOTE_NO_ANSWER, .a = t->about.peer,
			     .elapsed = now - t->x.first };

	if (!mn_wants_proof(n, t->about.kind, &t->about.peer,
			    &t->about.addr)) {
		t->asking = false;
		return;
	}
	if (t->x.sent && t->x.interval == t->x.max)
		note_put(n, &note, now);
	send_init(n, t, now);
}

const struct rr_proof *
rr_prove(struct node *n, const struct rr_about *about, usec_t now)
{
	struct test *t = test_find(n->rr, about->kind, &about->peer,
				   &about->addr);

	if (t && t->until > now + PROOF_MARGIN)
		return &t->proof;
	if (!t)
		t = test_new(n, about, now);
	if (!t)
		return NULL;
	t->about = *about;
	if (t->asking)
		return NULL;
	t->asking = true;
	t->until = 0;
	/* It is as good as new: make_room() takes others first. */
	list_append(&n->rr->tests, &t->l);
	exchange_begin(n, &t->x, TEST_FIRST, TEST_MAX);
	send_init(n, t, now);
	return NULL;
}

/* A nonce makes tokens of both kinds, for all addresses: what the peer had
 * given out before this one is of no use either. */
void
rr_spoil(struct node *n, enum rr_kind kind, const struct in6_addr *peer,
	 const struct in6_addr *addr)
{
	const struct test *bad = test_find(n->rr, kind, peer, addr);

	if (!bad)
		return;
	list_each(l, &n->rr->tests) {
		struct test *t = container_of(l, struct test, l);

		if (!t->asking && addr_eq(&t->about.peer, peer) &&
		    (t == bad || t->asked < bad->asked))
			t->until = 0;
	}
}

void
rr_anew(struct node *n, enum rr_kind kind, const struct in6_addr *peer,
	const struct in6_addr *addr)
{
	struct test *t = test_find(n->rr, kind, peer, addr);

	if (!t || !t->asking || mn_wants_proof(n, kind, peer, addr))
		return;
	t->asking = false;
	exchange_end(n, &t->x);
}

void
rr_hurry(struct node *n, const struct rate *rate, usec_t now)
{
	list_each(l, &n->rr->tests) {
		struct test *t = container_of(l, struct test, l);

		if (t->about.rate != rate || !t->asking)
			continue;
		exchange_begin(n, &t->x, TEST_FIRST, TEST_MAX);
		send_init(n, t, now);
	}
}

void
rr_forget(struct node *n, const struct rate *rate)
{
	list_each(l, &n->rr->tests) {
		struct test *t = container_of(l, struct test, l);

		if (t->about.rate == rate)
			test_free(n, t);
	}
}

/*
 * RFC 6275 11.6.2, in its order: a test with the sender is in progress; no
 * token has been received yet; the destination is the address that is
 * tested, and a Home Test has come through the tunnel; the cookie is the one that was sent.
 */
void
rr_on_test(struct node *n, struct rx *rx, usec_t now)
{
	enum rr_kind kind = rx->mh.type == MH_HOT ? RR_HOME : RR_CAREOF;
	struct test *t = test_find(n->rr, kind, &rx->pkt.src, &rx->pkt.dst);
	struct wbuf w;

	if (!t || !t->asking || rx->pkt.has_hao || rx->pkt.has_rh2 ||
	    (kind == RR_HOME && !mn_hears_home(n, &rx->pkt.dst, rx)) ||
	    !rx->mh.test.nonce || rx->mh.test.cookie != t->cookie)
		return;
	t->asking = false;
	exchange_end(n, &t->x);
	t->proof.nonce = rx->mh.test.nonce;
	w = wbuf_of(t->proof.token, sizeof(t->proof.token));
	wbuf_u64(&w, rx->mh.test.token);
	/* 5.2.7: counted from when it was asked for, which is safe */
	t->until = t->asked + MAX_TOKEN_LIFETIME;
	mn_on_proof(n, kind, &t->about.peer, &t->about.addr, now);
}

/* --- life --------------------------------------------------------------- */

struct rr *
rr_new(struct node *n)
{
	struct rr *r = calloc(1, sizeof(*r));

	if (r)
		list_init(&r->tests);
	return r;
}

struct rr *
rr_free(struct node *n, struct rr *r)
{
	if (!r)
		return NULL;
	list_each(l, &r->tests)
		test_free(n, container_of(l, struct test, l));
	explicit_bzero(r, sizeof(*r));
	free(r);
	return NULL;
}
