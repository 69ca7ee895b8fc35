/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn_world.c - see mn_world.h.  The home agents and the routers are the
 * test's: their messages are built with src/wire and, where the story wants
 * it, signed with the right or the wrong key.
 */
#include "config.h"

#include "mn_world.h"

#include "show.h"

#include "core/note.h"
#include "crypto/mac.h"
#include "wire/auth.h"

#include <errno.h>
#include <stdarg.h>

static const uint8_t right_key[16] = "0123456789abcde";

/* --- what happens to it ---------------------------------------------------- */

void w_input(struct world *w, const struct event *ev)
{
	node_input(w->node, ev, w->now);
}

void w_pass(struct world *w, usec_t time)
{
	usec_t end = w->now + time;

	while (node_deadline(w->node) <= end) {
		w->now = node_deadline(w->node);
		node_tick(w->node, w->now);
		ck_assert_uint_gt(node_deadline(w->node), w->now);
		w_drain(w);
	}
	w->now = end;
}

/* The kernel says that an address stands. */
void w_address(struct world *w, const struct in6_addr *addr,
	       enum addr_state state)
{
	struct event ev = { .kind = EV_ADDRESS };
	struct world_kaddr *k = w_kaddr_on(w, w->eth, addr);

	if (k)
		k->state = state;
	ev.address.ifindex = w->eth;
	ev.address.addr = *addr;
	ev.address.plen = 64;
	ev.address.state = state;
	w_input(w, &ev);
}

static void link_event(struct world *w, bool up, bool gone)
{
	struct event ev = { .kind = EV_LINK };

	ev.link.ifindex = w->eth;
	strcpy(ev.link.name, w->eth == ETH0 ? "eth0" : "eth1");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, w->card, 0x10 } };
	ev.link.mtu = 1500;
	ev.link.up = up;
	ev.link.gone = gone;
	w_input(w, &ev);
}

void w_link(struct world *w, bool up)
{
	link_event(w, up, false);
}

void w_gone(struct world *w)
{
	link_event(w, false, true);
}

void w_linklocal(struct world *w)
{
	struct in6_addr ll = w_addr("fe80::10");

	w_address(w, &ll, ADDR_VALID);
}

void w_packet(struct world *w, const struct wbuf *b, uint8_t station)
{
	struct event ev = { .kind = EV_PACKET };

	ck_assert(!b->bad);
	ev.packet.ifindex = w->eth;
	ev.packet.ll_src = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	ev.packet.data = (struct span){ b->base, wbuf_len(b) };
	w_input(w, &ev);
}

void w_ra_send(struct world *w, uint8_t station, struct nd *nd)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr src = w_addr("fe80::"), dst = w_addr("ff02::1");

	src.s6_addr[15] = station;
	nd_build(nd, &src, &dst, &b);
	w_packet(w, &b, station);
}

static struct nd advert(uint8_t station, const char *prefix)
{
	struct nd nd = { .type = ND_RA };

	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	nd.ra.lifetime = 1800;
	nd.ra.npios = 1;
	nd.ra.pio[0].prefix = w_addr(prefix);
	nd.ra.pio[0].len = 64;
	nd.ra.pio[0].flags = ND_PIO_L | ND_PIO_A;
	nd.ra.pio[0].valid = nd.ra.pio[0].preferred = 86400;
	return nd;
}

void w_ra(struct world *w, uint8_t station, const char *prefix)
{
	struct nd nd = advert(station, prefix);

	if (addr_is_unspec(&nd.ra.pio[0].prefix))
		nd.ra.npios = 0;
	if (station == 1)
		nd.ra.pio[0].flags |= ND_PIO_R;
	w_ra_send(w, station, &nd);
}

void w_ra_pio(struct world *w, uint8_t station, const char *prefix,
	      uint8_t flags, uint32_t valid, uint32_t preferred)
{
	struct nd nd = advert(station, prefix);

	nd.ra.pio[0].flags = flags;
	nd.ra.pio[0].valid = valid;
	nd.ra.pio[0].preferred = preferred;
	w_ra_send(w, station, &nd);
}

void w_ra_anchor(struct world *w, uint8_t station, const char *prefix)
{
	struct nd nd = advert(station, prefix);

	nd.ra.flags = ND_RA_H;
	nd.ra.pio[0].flags |= ND_PIO_R;
	nd.ra.pio[0].prefix.s6_addr[15] = station;
	w_ra_send(w, station, &nd);
}

void w_na(struct world *w, uint8_t station)
{
	w_na_from(w, station, station);
}

void w_na_from(struct world *w, uint8_t station, uint8_t sender)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr src = w_addr("fe80::"), dst = w_addr("fe80::10");
	struct nd nd = { .type = ND_NA };

	src.s6_addr[15] = station;
	nd.na.target = src;
	nd.na.flags = ND_NA_S | ND_NA_R;
	nd_build(&nd, &src, &dst, &b);
	w_packet(w, &b, sender);
}

void w_icmp(struct world *w, const struct icmp *m, const char *src,
	    const struct in6_addr *dst, const char *rh2)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr from = w_addr(src), hoa = w_addr(rh2 ? rh2 : "::");
	size_t at;

	pkt_start(&b, &from, dst, 64, NULL, rh2 ? &hoa : NULL, IPPROTO_ICMPV6);
	at = wbuf_len(&b);
	ck_assert_int_eq(icmp_build(m, &b), 0);
	icmp_seal(buf + at, wbuf_len(&b) - at, &from, rh2 ? &hoa : dst);
	pkt_finish(&b);
	w_packet(w, &b, 1);
}

/* --- acknowledgements ------------------------------------------------------ */

static void seal_as(struct world *w, struct mh *ba, uint8_t *bytes,
		    bool wrong_key, const struct in6_addr *from)
{
	uint8_t k[16], mac[MAC_SHA1_LEN];
	struct span ks = { k, sizeof(k) };
	struct auth_cover c;
	struct mac *m = mac_new();
	const struct mopt *o = mh_opt(ba, MOPT_AUTH);

	memcpy(k, right_key, sizeof(k));
	k[0] ^= wrong_key;
	if (o) {
		auth_cover_mnha(&w->bu_src, &w->bu_hoa, bytes, o, &c);
		ck_assert_int_eq(mac_hmac_sha1(m, &ks, c.piece, c.n, mac), 0);
		memcpy(bytes + o->off + 7, mac, AUTH_MNHA_LEN);
	}
	mh_seal(bytes, ba->len, from, &w->bu_hoa);
	mac_free(m);
}

static void seal(struct world *w, struct mh *ba, uint8_t *bytes,
		 const struct w_answer *ans)
{
	seal_as(w, ba, bytes, ans->wrong_key, &w->bu_dst);
}

void w_ba(struct world *w, struct w_answer ans)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	bool home = addr_eq(&w->bu_src, &w->bu_hoa);
	struct mh m = { .type = MH_BA };
	const struct mopt *replay = mh_opt(&w->bu, MOPT_REPLAY);
	struct mopt *o;
	size_t at;

	m.ba.status = ans.status;
	m.ba.seq = ans.seq ? ans.seq : w->bu.bu.seq;
	m.ba.lifetime = ans.status >= 128 ? 0 :
		ans.lifetime ? ans.lifetime : w->bu.bu.lifetime;
	if (replay || ans.stamp) {
		o = mh_add(&m, MOPT_REPLAY);
		o->replay = ans.stamp ? ans.stamp : replay->replay;
	}
	if (ans.advice) {
		o = mh_add(&m, MOPT_REFRESH);
		o->refresh = ans.advice;
	}
	if (!ans.no_auth) {
		o = mh_add(&m, MOPT_AUTH);
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
	pkt_start(&b, &w->bu_dst, &w->bu_src, 64, NULL,
		  home ? NULL : &w->bu_hoa, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	seal(w, &m, buf + at, &ans);
	pkt_finish(&b);
	w_packet(w, &b, 1);
}

void w_ok(struct world *w)
{
	w_ba(w, (struct w_answer){ 0 });
}

void w_be(struct world *w, uint8_t status)
{
	struct mh m = { .type = MH_BE, .be.status = status };
	uint8_t buf[200];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	const struct world_test *t = &w->test[1];
	size_t at;

	pkt_start(&b, &t->dst, &t->src, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	mh_seal(buf + at, m.len, &t->dst, &t->src);
	pkt_finish(&b);
	w_packet(w, &b, 1);
}

/* RFC 5142 4, protected as an acknowledgement is; RFC 4285 6: NTP time. */
void w_switch(struct world *w, struct w_switch x)
{
	uint8_t buf[1500], list[3 * 16];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct wbuf l = wbuf_of(list, sizeof(list));
	struct in6_addr from = w_addr(x.from ? x.from : HA);
	struct mh m = { .type = MH_HA_SWITCH };
	struct mopt *o;
	size_t at;

	for (; m.ha_switch.n < 3 && x.to[m.ha_switch.n]; m.ha_switch.n++) {
		struct in6_addr a = w_addr(x.to[m.ha_switch.n]);

		wbuf_addr(&l, &a);
	}
	m.ha_switch.addrs = (struct span){ list, wbuf_len(&l) };
	if (!x.no_stamp) {
		o = mh_add(&m, MOPT_REPLAY);
		o->replay = ((uint64_t)(1000000000 + 2208988800 - x.late) +
			     w->now / SEC(1)) << 32 | w->now % SEC(1);
	}
	if (!x.no_auth) {
		o = mh_add(&m, MOPT_AUTH);
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
	pkt_start(&b, &from, &w->bu_src, 64, NULL,
		  x.no_rh2 ? NULL : &w->bu_hoa, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	seal_as(w, &m, buf + at, x.wrong_key, &from);
	pkt_finish(&b);
	w_packet(w, &b, 1);
}

/* --- applications ---------------------------------------------------------- */

void w_ask(struct world *w, uint64_t id, enum atype t, usec_t timeout)
{
	struct event ev = { .kind = EV_REQUEST };

	ck_assert_uint_lt(w->naskers, WORLD_ASKERS);
	w->asker[w->naskers++] = (struct world_asker){ .id = id };
	ev.request = (struct ev_request){ id, t, timeout };
	w_input(w, &ev);
}

void w_release(struct world *w, uint64_t id)
{
	struct event ev = { .kind = EV_RELEASE, .release.id = id };

	w_drain(w);		/* what is said already is said */
	for (unsigned k = 0; k < w->naskers; k++)
		w->asker[k].released |= w->asker[k].id == id;
	w_input(w, &ev);
}

void w_claims(struct world *w, enum atype t, uint32_t n)
{
	struct event ev = { .kind = EV_CLAIMS };

	ev.claims.n[t] = n;
	w_input(w, &ev);
}

void w_traffic(struct world *w, const struct in6_addr *src)
{
	struct event ev = { .kind = EV_TRAFFIC };

	ev.traffic.flow.src = prefix_host(src);
	w_input(w, &ev);
}

void w_sockets(struct world *w, const struct in6_addr *addr, uint32_t n)
{
	struct event ev = { .kind = EV_SOCKETS };

	ev.sockets.addr = *addr;
	ev.sockets.sessions = n;
	w_input(w, &ev);
}

struct in6_addr w_current(const struct world *w, enum atype t)
{
	return w->current[t].provided ? w->current[t].addr : addr_unspec;
}

const struct world_asker *w_asker(const struct world *w, uint64_t id)
{
	for (unsigned k = 0; k < w->naskers; k++)
		if (w->asker[k].id == id)
			return &w->asker[k];
	ck_abort_msg("nobody asked as %u", (unsigned)id);
	return NULL;
}

/* --- worlds ---------------------------------------------------------------- */

void w_ready(struct world *w)
{
	struct event ev = { .kind = EV_READY };

	w_input(w, &ev);
}

struct conf_home *w_conf_home(struct conf *c, const char *hoa, const char *ha)
{
	struct conf_home *h = conf_add_home(c);

	ck_assert_ptr_nonnull(h);
	strcpy(h->ifname, "eth0");
	h->hoa = w_addr(hoa);
	h->plen = 64;
	h->ha = w_addr(ha);
	h->lifetime = 240;
	return h;
}

struct conf_peer *w_conf_peer(struct conf *c, const char *ha)
{
	struct conf_peer *p = conf_add_peer(c);
	struct in6_addr a;

	ck_assert_ptr_nonnull(p);
	if (addr_parse(ha, &a) == 0)
		p->addr = prefix_host(&a);
	else
		ck_assert_int_eq(prefix_parse(ha, &p->addr), 0);
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->spi = 256;
	p->key = right_key;
	p->key_len = 16;
	return p;
}

void w_prepare(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->show = SHOW_MN;
	w->eth = ETH0;
	w->conf = conf_new();
	w->conf->roles = CONF_MN;
	w_conf_home(w->conf, HOA, HA);
	w_conf_peer(w->conf, HA);
	w->now = SEC(100);
}

void w_make_key(struct world *w)
{
	struct cga_key *key = random_cga_key(CGA_BITS_MIN);

	ck_assert_int_eq(cga_key_write(key, w->key, sizeof(w->key),
				       &w->key_len), 0);
	cga_key_free(key);
}

void w_born(struct world *w)
{
	struct node_seed seed = {
		.wall = 1000000000 * (int64_t)SEC(1),
		.early_bind = w->early_bind,
		.cga_key = w->key_len ? w->key : NULL,
		.cga_key_len = w->key_len,
	};


	memcpy(seed.secret, "a seed that is the same every ti", 32);
	w->node = node_new(w->conf, &seed, w->now);
	ck_assert_ptr_nonnull(w->node);
}

void w_make(struct world *w)
{
	w_prepare(w);
	w_born(w);
}

void w_begin(struct world *w)
{
	w_make(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
}

void w_away(struct world *w)
{
	w_begin(w);
	w_ra(w, 2, "2001:db8:2::");
	w_drain(w);
	w_ok(w);
	w_forget(w);
}

#define ANCHORS	"2001:db8:a::/48"

void w_on_demand(struct world *w)
{
	w_prepare(w);
	w->show = SHOW_DEMAND;
	w->conf->on_demand = true;
	w->conf->boot = 0;
	w->conf->default_type = ATYPE_NONE;
	w_conf_peer(w->conf, ANCHORS);
	w->tested = true;
}

void w_arrive(struct world *w)
{
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
	w_ra_anchor(w, 2, "2001:db8:a:2::");
	w_drain(w);
}

/* To the link of another anchor. */
void w_move(struct world *w, uint8_t station, const char *prefix)
{
	w_link(w, false);
	w_drain(w);
	w_link(w, true);
	w_drain(w);
	w_ra_anchor(w, station, prefix);
	w_pass(w, MSEC(10));
}

static void everybody_was_answered(const struct world *w)
{
	for (unsigned k = 0; k < w->naskers; k++)
		ck_assert_msg(w->asker[k].answers || w->asker[k].released,
			      "%u was never answered",
			      (unsigned)w->asker[k].id);
}

void w_end(struct world *w)
{
	w_drain(w);
	everybody_was_answered(w);
	w->node = node_free(w->node);
	w->conf = conf_free(w->conf);
}

void w_restart(struct world *w)
{
	struct event ev = { .kind = EV_RESTORE };
	struct store_record stored[512];
	unsigned n = w->nstores;

	memcpy(stored, w->store, sizeof(stored));
	w->node = node_free(w->node);
	for (unsigned k = 0; k < w->naskers; k++)
		w->asker[k].released = true;
	for (unsigned k = 0; k < w->nowned; k++)
		w->owned[k].up = false;
	memset(w->current, 0, sizeof(w->current));
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	for (unsigned k = 0; k < w->nkaddrs; k++) {
		struct world_kaddr a = w->kaddr[k];

		w->kaddr[k].fresh = false;
		if (a.ifindex == w->eth)
			w_address(w, &a.addr, a.state);
	}
	for (unsigned k = 0; k < n; k++) {
		ev.restore = stored[k];
		w_input(w, &ev);
	}
	w_ready(w);
	w_drain(w);
}

void w_reload(struct world *w, struct conf *c)
{
	ck_assert_int_eq(node_reconfigure(w->node, c, w->now), 0);
	conf_free(w->conf);
	w->conf = c;
	w_drain(w);
}

void w_shutdown(struct world *w)
{
	struct event ev = { .kind = EV_SHUTDOWN };

	w_input(w, &ev);
	w_drain(w);
}

/* --- questions ------------------------------------------------------------- */

void w_show(struct world *w, const char *what, char *buf, size_t cap)
{
	show_text(w->node, what, w->now, buf, cap);
}
