/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.c - the door of the core: events come in, go through the tables
 * below to the parts that care, and effects go out (effects.c).
 *
 * The order to read in: input_packet shows how a message is judged before
 * anything else is touched (RFC 6275 section 9.2); the tables say which
 * part hears what; the rest is life and death.
 */
#include "core/demand.h"
#include "core/effects.h"
#include "core/heartbeat.h"
#include "core/multicast.h"
#include "core/node.h"
#include "core/presence.h"
#include "core/registrar.h"
#include "core/revoke.h"
#include "core/ro.h"
#include "core/rr.h"
#include "crypto/cga.h"

#include <errno.h>
#include <stdlib.h>

/* A restarted node waits this long for its world to settle before it says
 * what may be removed (EF_SYNC). */
#define SYNC_PATIENCE	SEC(10)

/* --- alarms ------------------------------------------------------------- */

void
alarm_init(struct alarm *a, alarm_fire *fire)
{
	timer_init(&a->t);
	a->fire = fire;
}

void
alarm_set(struct node *n, struct alarm *a, usec_t at)
{
	if (at == USEC_NEVER)
		heap_cancel(&n->timers, &a->t);
	else
		heap_set(&n->timers, &a->t, at);
}

void
alarm_clear(struct node *n, struct alarm *a)
{
	heap_cancel(&n->timers, &a->t);
}

/* --- answers to what cannot be taken ------------------------------------ */

/* RFC 4443 2.4 e: who must not be answered with an error. */
static bool
may_complain(struct node *n, const struct pkt *p, enum answer_kind kind,
	     usec_t now)
{
	return !addr_is_multicast(&p->dst) && !addr_is_multicast(&p->src) &&
	       !addr_is_unspec(&p->src) &&
	       node_may_answer(n, kind, &p->src, now);
}

static void
send_icmp(struct node *n, const struct rx *rx, uint8_t code, uint32_t pointer,
	  usec_t now)
{
	struct wbuf *w;

	if (!may_complain(n, &rx->pkt, ANSWER_ICMP, now))
		return;
	w = outbox_start(n);
	if (!w)
		return;
	/* 4 is Parameter Problem. */
	pkt_icmp_error(w, &rx->pkt.dst, &rx->pkt.src, 4, code, pointer,
		       rx->data.p, rx->data.len);
	outbox_commit(n, 0, NULL);
}

/* RFC 6275 9.3.3: to the source as it stands in the IPv6 header, without a
 * routing header; the Home Address field is that of the offending packet's
 * option, or unspecified. */
static void
send_binding_error(struct node *n, const struct rx *rx, uint8_t status,
		   usec_t now)
{
	struct mh mh = { .type = MH_BE };
	struct mh_route r = { .src = rx->pkt.dst, .dst = rx->pkt.src };

	if (!may_complain(n, &rx->pkt, ANSWER_BINDING_ERROR, now))
		return;
	mh.be.status = status;
	if (rx->pkt.has_hao)
		mh.be.hoa = rx->pkt.hao;
	node_send_mh(n, &mh, &r, NULL, 0, now);
}

static void
note_bad(struct node *n, const struct rx *rx, const struct wire_error *e,
	 usec_t now)
{
	struct note note = {
		.code = NOTE_BAD_PACKET, .a = rx->pkt.src,
		.status = (uint8_t)e->fault, .value = e->offset,
		.ifindex = rx->iface ? rx->iface->ifindex : 0,
	};

	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

/* What the RFC asks for, fault by fault; silence is the rule. */
static void
answer_fault(struct node *n, const struct rx *rx, const struct wire_error *e,
	     usec_t now)
{
	note_bad(n, rx, e, now);
	switch (e->fault) {
	case WIRE_MH_TYPE:		/* RFC 6275 9.2, third check */
		send_binding_error(n, rx, MH_BE_UNKNOWN_TYPE, now);
		return;
	case WIRE_PROTO:		/* 9.2: pointer at Payload Proto */
	case WIRE_TOO_SHORT:		/* 9.2: pointer at Header Len */
	case WIRE_EXT_VALUE:		/* 6.3, 6.4: at the field */
		send_icmp(n, rx, 0, e->offset, now);
		return;
	case WIRE_EXT_OPTION:		/* RFC 8200 4.2 */
		send_icmp(n, rx, 2, e->offset, now);
		return;
	case WIRE_OK:
	case WIRE_TRUNCATED:
	case WIRE_CHECKSUM:
	case WIRE_OPT_LENGTH:
	case WIRE_OPT_TOO_MANY:
	case WIRE_OPT_MISPLACED:
	case WIRE_EXT_ORDER:
	case WIRE_EXT_SILENT:
	case WIRE_HOPLIMIT:
	case WIRE_VALUE:
	case WIRE_FAULTS:
		return;
	}
}

/* --- packets ------------------------------------------------------------ */

typedef void on_message(struct node *, struct rx *, usec_t now);

static const struct {
	unsigned	roles;		/* any of these; 0: every node */
	on_message	*on;
} nd_table[] = {
	{ CONF_MN,		attach_on_nd },
	{ CONF_MN,		mn_on_nd },
	{ CONF_HA | CONF_AR,	advert_on_nd },
	{ CONF_AR,		presence_on_nd },
	{ CONF_HA | CONF_AR,	defend_on_nd },
	{ CONF_MAG,		mag_on_nd },
	{ CONF_HA,		agents_on_nd },
};

/* A Binding Update goes to everybody: who is no home agent says so (131). */
static const struct {
	uint8_t		type;
	unsigned	roles;
	on_message	*on;
} mh_table[] = {
	{ MH_BU,	0,		ha_on_bu },
	{ MH_BU,	CONF_CN,	cn_on_bu },
	{ MH_BU,	CONF_LMA,	lma_on_bu },
	{ MH_BA,	CONF_MN,	mn_on_ba },
	{ MH_BA,	CONF_MAG,	mag_on_ba },
	{ MH_BA,	CONF_LMA,	lma_redirect_on_ba },
	{ MH_BRR,	CONF_MN,	mn_on_brr },
	{ MH_BE,	CONF_MN,	mn_on_be },
	{ MH_HA_SWITCH,	CONF_MN,	mn_on_switch },
	{ MH_HOTI,	CONF_CN,	rr_on_test_init },
	{ MH_COTI,	CONF_HA | CONF_AR | CONF_CN, rr_on_test_init },
	{ MH_HOT,	CONF_MN,	rr_on_test },
	{ MH_COT,	CONF_MN,	rr_on_test },
	{ MH_HEARTBEAT,	CONF_LMA | CONF_MAG, beats_on_message },
	{ MH_REVOCATION, CONF_LMA | CONF_MAG, revoke_on_message },
};

static bool
plays(const struct node *n, unsigned roles)
{
	return !roles || n->conf->roles & roles;
}

static void
input_nd(struct node *n, struct rx *rx, usec_t now)
{
	const struct pkt *p = &rx->pkt;
	struct wire_error e;
	int err;

	if (plays(n, CONF_MN))
		mn_on_error(n, rx, now);
	if (!rx->iface)
		return;
	err = nd_parse(p->payload.p, p->payload.len, &p->src, &p->dst,
		       p->hlim, &rx->nd, &e);
	if (err == -EBADMSG) {
		e.offset += p->off;
		note_bad(n, rx, &e, now);
	}
	if (err)
		return;
	for (size_t k = 0; k < sizeof(nd_table) / sizeof(*nd_table); k++)
		if (plays(n, nd_table[k].roles))
			nd_table[k].on(n, rx, now);
}

/* ICMPv6 of mobility (RFC 6275 6.5 to 6.8).  Whatever is wrong with one, it is
 * discarded in silence. */
static const struct {
	uint8_t		type;
	unsigned	roles;
	on_message	*on;
} icmp_table[] = {
	{ ICMP_HAAD_REQUEST,	CONF_HA,	agents_on_request },
	{ ICMP_PREFIX_SOL,	CONF_HA,	mobile_prefix_on_solicitation },
	{ ICMP_HAAD_REPLY,	CONF_MN,	mn_on_agents },
	{ ICMP_PREFIX_ADV,	CONF_MN,	mn_on_prefixes },
};

static bool
is_mobility_icmp(const struct pkt *p)
{
	return p->proto == IPPROTO_ICMPV6 && p->payload.len &&
	       p->payload.p[0] >= ICMP_HAAD_REQUEST &&
	       p->payload.p[0] <= ICMP_PREFIX_ADV;
}

static void
input_icmp(struct node *n, struct rx *rx, usec_t now)
{
	const struct pkt *p = &rx->pkt;
	struct wire_error e;

	/* RFC 6275 9.3.1 */
	if (p->has_hao && !ha_has_binding(n, p)) {
		send_binding_error(n, rx, MH_BE_UNKNOWN_BINDING, now);
		return;
	}
	if (icmp_parse(p->payload.p, p->payload.len, pkt_src(p), pkt_dst(p),
		       &rx->icmp, &e)) {
		e.offset += p->off;
		note_bad(n, rx, &e, now);
		return;
	}
	for (size_t k = 0; k < sizeof(icmp_table) / sizeof(*icmp_table); k++)
		if (icmp_table[k].type == rx->icmp.type &&
		    plays(n, icmp_table[k].roles))
			icmp_table[k].on(n, rx, now);
}

static void
note_received(struct node *n, const struct rx *rx, usec_t now)
{
	struct note note = {
		.code = NOTE_RECEIVED, .a = rx->pkt.src, .b = rx->pkt.dst,
		.ifindex = rx->iface ? rx->iface->ifindex : 0,
	};

	note_of_mh(&rx->mh, &note);
	note_put(n, &note, now);
}

static void
input_mh(struct node *n, struct rx *rx, usec_t now)
{
	const struct pkt *p = &rx->pkt;
	struct wire_error e;

	if (mh_parse_known(p->payload.p, p->payload.len, pkt_src(p),
			   pkt_dst(p), security_known(n), &rx->mh, &e)) {
		e.offset += p->off;
		answer_fault(n, rx, &e, now);
		return;
	}
	note_received(n, rx, now);
	for (size_t k = 0; k < sizeof(mh_table) / sizeof(*mh_table); k++)
		if (mh_table[k].type == rx->mh.type &&
		    plays(n, mh_table[k].roles))
			mh_table[k].on(n, rx, now);
}

/*
 * The checks, in order: the IPv6 header and its extensions (pkt_parse:
 * RFC 8200, RFC 6275 6.3 and 6.4); then for a Mobility Header those of
 * RFC 6275 9.2 (mh_parse), for Neighbor Discovery those of RFC 4861
 * (nd_parse).  Anything else reaches us only because it carries a Home
 * Address option or a type 2 routing header that the kernel does not know.
 */
static void
input_packet(struct node *n, const struct ev_packet *ev, usec_t now)
{
	struct rx rx;
	struct wire_error e;

	rx.iface = iface_find(n, ev->ifindex);
	rx.tunnelled = ev->ifindex == IFINDEX_PATH;
	rx.ll_src = ev->ll_src;
	rx.data = ev->data;
	rx.pkt.src = rx.pkt.dst = addr_unspec;
	rx.pkt.has_hao = rx.pkt.has_rh2 = false;
	if (multicast_on_link(n, ev->ifindex, ev->data, now))
		return;
	if (pkt_parse(ev->data.p, ev->data.len, &rx.pkt, &e)) {
		answer_fault(n, &rx, &e, now);
		return;
	}
	if (rx.pkt.proto == IPPROTO_IPV6)
		multicast_on_tunnel(n, &rx, now);
	else if (is_mobility_icmp(&rx.pkt))
		input_icmp(n, &rx, now);
	else if (rx.pkt.proto == IPPROTO_ICMPV6 && !rx.pkt.has_hao &&
	    !rx.pkt.has_rh2)
		input_nd(n, &rx, now);
	else if (rx.pkt.proto == IPPROTO_MOBILITY)
		input_mh(n, &rx, now);
	/* RFC 6275 9.3.1: a Home Address option wants a binding, but not in
	 * front of ESP, AH or a Mobility Header, which is to be looked at
	 * normally: whoever reads it says whether it may have one. */
	else if (rx.pkt.has_hao && !rx.pkt.has_ah_esp &&
		 !ha_has_binding(n, &rx.pkt))
		send_binding_error(n, &rx, MH_BE_UNKNOWN_BINDING, now);
}

/* --- the other events --------------------------------------------------- */

static const struct {
	unsigned	roles;
	int		(*start)(struct node *, usec_t);
	void		(*stop)(struct node *);
	void		(*on_link)(struct node *, struct iface *, bool, usec_t);
	bool		(*restore)(struct node *, const struct store_record *,
				   usec_t);
	void		(*ready)(struct node *, usec_t);
	void		(*shutdown)(struct node *, usec_t);
	int		(*reconfigure)(struct node *, const struct conf *,
				       usec_t);
	bool		(*show)(const struct node *, const char *, usec_t,
				struct cursor *, struct record_sink *);
} parts[] = {
	{ CONF_MN, mn_start, mn_stop, mn_on_link, mn_restore, mn_ready,
	  mn_shutdown, mn_reconfigure, mn_show },
	{ CONF_HA | CONF_AR, ha_start, ha_stop, ha_on_link, ha_restore, ha_ready,
	  ha_shutdown, ha_reconfigure, ha_show },
	{ CONF_CN, cn_start, cn_stop, NULL, NULL, NULL, cn_shutdown,
	  cn_reconfigure, cn_show },
	{ CONF_LMA, lma_start, lma_stop, NULL, lma_restore, beats_ready,
	  lma_shutdown,
	  lma_reconfigure, lma_show },
	{ CONF_MAG, mag_start, mag_stop, mag_on_link, mag_restore, mag_ready,
	  mag_shutdown, mag_reconfigure, mag_show },
	{ CONF_HA | CONF_AR, advert_start, advert_stop, advert_on_link, NULL,
	  NULL, advert_shutdown, advert_reconfigure, NULL },
};
#define PARTS	(sizeof(parts) / sizeof(*parts))

static void
input_link(struct node *n, const struct ev_link *ev, usec_t now)
{
	bool was_up;
	struct iface *i = iface_on_link(n, ev, &was_up);
	struct note note = { .ifindex = ev->ifindex };

	if (!i)
		return;
	for (size_t k = 0; k < PARTS; k++)
		if (plays(n, parts[k].roles) && parts[k].on_link)
			parts[k].on_link(n, i, was_up, now);
	if (i->conf && i->up != was_up) {
		note.code = i->up ? NOTE_LINK_UP : NOTE_LINK_DOWN;
		note_put(n, &note, now);
	}
	if (ev->gone) {
		if (plays(n, CONF_MN))
			mn_on_gone(n, i, now);
		if (plays(n, CONF_AR))
			presence_on_gone(n, i->ifindex);
		iface_gone(n, i);
	}
	if (n->ha)
		multicast_settle(n);
}

static void
input_address(struct node *n, const struct ev_address *ev, usec_t now)
{
	struct iface *i = iface_on_address(n, ev);

	if (!i)
		return;
	if (plays(n, CONF_MN))
		mn_on_address(n, i, ev, now);
	if (plays(n, CONF_HA | CONF_AR))
		advert_on_address(n, i, now);
}

static void
input_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	for (size_t k = 0; k < PARTS; k++)
		if (plays(n, parts[k].roles) && parts[k].restore &&
		    parts[k].restore(n, rec, now))
			return;
}

static void
input_done(struct node *n, const struct ev_done *ev, usec_t now)
{
	struct note note = {
		.code = NOTE_EFFECT_FAILED, .type = (uint8_t)ev->kind,
		.value = (uint32_t)-ev->error,
	};

	if (!ev->error)
		return;
	if (ev->kind == EF_PATH)
		note.a = ev->key.path.remote;
	else if (ev->kind == EF_FLOW)
		note.a = ev->key.flow.dst.len ? ev->key.flow.dst.addr :
			 ev->key.flow.src.addr;
	else
		note.a = ev->key.addr.addr;
	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

/* Once the roles are content, or patience is over, what was not said again
 * may go. */
static void
sync_try(struct node *n)
{
	if (!n->ready || n->synced || n->stopping)
		return;
	if (plays(n, CONF_MN) && alarm_is_set(&n->sync_alarm) &&
	    !mn_settled(n))
		return;
	if (plays(n, CONF_MN))
		mn_before_sync(n);
	n->synced = true;
	alarm_clear(n, &n->sync_alarm);
	wish_add(n, &n->sync, 1);
}

static void
on_sync_alarm(struct node *n, struct alarm *a, usec_t now)
{
	sync_try(n);
}

static void
input_ready(struct node *n, usec_t now)
{
	if (n->ready)
		return;
	n->ready = true;
	alarm_set(n, &n->sync_alarm, now + SYNC_PATIENCE);
	for (size_t k = 0; k < PARTS; k++)
		if (plays(n, parts[k].roles) && parts[k].ready)
			parts[k].ready(n, now);
}

static void
input_shutdown(struct node *n, usec_t now)
{
	if (n->stopping)
		return;
	n->stopping = true;
	for (size_t k = 0; k < PARTS; k++)
		if (plays(n, parts[k].roles))
			parts[k].shutdown(n, now);
	wants_withdraw(n);
}

/* Of applications and their sockets: a mobile node's matter.  Who asks
 * another one is answered, too. */
static void
input_demand(struct node *n, const struct event *ev, usec_t now)
{
	struct effect no = { .kind = EF_REPLY };

	if (!n->demand && ev->kind == EV_REQUEST) {
		no.reply.id = ev->request.id;
		no.reply.type = ev->request.type;
		no.reply.error = EOPNOTSUPP;
		effect_put(n, &no);
	}
	if (!n->demand)
		return;
	if (ev->kind == EV_REQUEST)
		demand_on_request(n, &ev->request, now);
	else if (ev->kind == EV_RELEASE)
		demand_on_release(n, &ev->release, now);
	else if (ev->kind == EV_SOCKETS)
		demand_on_sockets(n, &ev->sockets, now);
	else if (ev->kind == EV_CLAIMS)
		demand_on_claims(n, &ev->claims, now);
	else
		demand_on_traffic(n, &ev->traffic, now);
}

void
node_input(struct node *n, const struct event *ev, usec_t now)
{
	if (n->stopping)
		return;
	switch (ev->kind) {
	case EV_PACKET:
		input_packet(n, &ev->packet, now);
		break;
	case EV_LINK:
		input_link(n, &ev->link, now);
		break;
	case EV_ADDRESS:
		input_address(n, &ev->address, now);
		break;
	case EV_NEIGHBOUR:
		if (plays(n, CONF_MN))
			attach_on_neighbour(n, &ev->neighbour, now);
		if (plays(n, CONF_AR))
			presence_on_neighbour(n, &ev->neighbour, now);
		if (plays(n, CONF_MAG))
			mag_on_neighbour(n, &ev->neighbour, now);
		break;
	case EV_MTU:
		tunnel_mtu(n, &ev->mtu);
		break;
	case EV_RESTORE:
		input_restore(n, &ev->restore, now);
		break;
	case EV_READY:
		input_ready(n, now);
		break;
	case EV_CLOCK:
		n->wall = ev->wall;
		break;
	case EV_DONE:
		input_done(n, &ev->done, now);
		break;
	case EV_REQUEST:
	case EV_RELEASE:
	case EV_SOCKETS:
	case EV_CLAIMS:
	case EV_TRAFFIC:
		input_demand(n, ev, now);
		break;
	case EV_PAIR:
		if (plays(n, CONF_MN))
			ro_on_pair(n, &ev->pair, now);
		break;
	case EV_USED:
		if (plays(n, CONF_MN))
			ro_on_used(n, &ev->used, now);
		if (plays(n, CONF_CN))
			cn_on_used(n, &ev->used, now);
		break;
	case EV_UNREACHABLE:
		if (plays(n, CONF_CN))
			cn_on_unreachable(n, &ev->unreachable, now);
		break;
	case EV_STRAY:
		if (plays(n, CONF_HA | CONF_AR))
			ha_on_stray(n, &ev->stray, now);
		break;
	case EV_ATTACH:
		if (plays(n, CONF_MAG))
			mag_on_attach(n, &ev->attach, now);
		break;
	case EV_SWITCH:
		if (plays(n, CONF_HA))
			ha_on_switch(n, &ev->leave, now);
		break;
	case EV_REVOKE:
		if (plays(n, CONF_LMA))
			lma_revoke(n, &ev->revoke, now);
		if (plays(n, CONF_MAG))
			mag_revoke(n, &ev->revoke, now);
		break;
	case EV_SHUTDOWN:
		input_shutdown(n, now);
		break;
	}
	sync_try(n);
}

/* --- life --------------------------------------------------------------- */

usec_t
node_deadline(const struct node *n)
{
	return heap_deadline(&n->timers);
}

void
node_tick(struct node *n, usec_t now)
{
	struct timer *t;

	while ((t = heap_pop(&n->timers, now))) {
		struct alarm *a = container_of(t, struct alarm, t);

		a->fire(n, a, now);
	}
	sync_try(n);
}

static int
parts_start(struct node *n, usec_t now)
{
	for (size_t k = 0; k < PARTS; k++) {
		int err = plays(n, parts[k].roles) ?
			parts[k].start(n, now) : 0;

		if (err)
			return err;
	}
	return 0;
}

struct node *
node_new(const struct conf *conf, const struct node_seed *seed, usec_t now)
{
	struct node *n = calloc(1, sizeof(*n));
	bool keeps = true;

	if (!n)
		return NULL;
	n->conf = conf;
	memcpy(n->secret, seed->secret, sizeof(n->secret));
	n->wall = seed->wall;
	n->early_bind = seed->early_bind;
	limits_init(n, now);
	rng_init(&n->rng, n->secret);
	heap_init(&n->timers);
	effects_init(n);
	wants_init(n);
	ifaces_init(n);
	tunnels_init(n);
	alarm_init(&n->sync_alarm, on_sync_alarm);
	n->mac = mac_new();
	n->rr = rr_new(n);
	if (plays(n, CONF_HA | CONF_AR | CONF_CN | CONF_LMA)) {
		n->registrar = registrar_new(n);
		keeps = n->registrar;
	}
	if (seed->cga_key)
		n->cga_key = cga_key_read(seed->cga_key, seed->cga_key_len);
	n->cga_peer.protect = CONF_PROTECT_CGA;
	if (!n->mac || !n->rr || !keeps || security_start(n) || parts_start(n, now))
		return node_free(n);
	return n;
}

/* Bring the index of peers, the interfaces and the parts into line with
 * n->conf, which was `old' before. */
static int
adapt(struct node *n, const struct conf *old, usec_t now)
{
	int err;

	security_stop(n);
	err = security_start(n);
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		i->conf = iface_conf(n->conf, i->name);
	}
	for (size_t k = 0; k < PARTS && !err; k++)
		if (plays(n, parts[k].roles))
			err = parts[k].reconfigure(n, old, now);
	return err;
}

int
node_reconfigure(struct node *n, const struct conf *conf, usec_t now)
{
	const struct conf *old = n->conf;
	int err;

	if (conf->roles != old->roles)
		return -EOPNOTSUPP;
	n->conf = conf;
	err = adapt(n, old, now);
	if (!err)
		return 0;
	/* Memory is out.  The caller frees the new configuration. */
	n->conf = old;
	adapt(n, conf, now);
	return err;
}

struct node *
node_free(struct node *n)
{
	if (!n)
		return NULL;
	for (size_t k = 0; k < PARTS; k++)
		if (plays(n, parts[k].roles))
			parts[k].stop(n);
	n->registrar = registrar_free(n, n->registrar);
	effects_fini(n);
	wants_free(n);
	ifaces_fini(n);
	tunnels_fini(n);
	security_stop(n);
	rr_free(n, n->rr);
	cga_key_free(n->cga_key);
	mac_free(n->mac);
	heap_fini(&n->timers);
	explicit_bzero(n->secret, sizeof(n->secret));
	free(n);
	return NULL;
}

/* --- show --------------------------------------------------------------- */

/* "MN,CN".  A record borrows its strings: `text' is the caller's. */
#define ROLES_TEXT 32
static void
put_roles(char text[static ROLES_TEXT], unsigned roles)
{
	static const struct {
		unsigned	role;
		char		word[4];
	} row[] = {
		{ CONF_MN, "MN" }, { CONF_HA, "HA" }, { CONF_AR, "AR" },
		{ CONF_CN, "CN" }, { CONF_LMA, "LMA" }, { CONF_MAG, "MAG" },
	};
	struct wbuf w = wbuf_of(text, ROLES_TEXT - 1);

	memset(text, 0, ROLES_TEXT);
	for (size_t k = 0; k < sizeof(row) / sizeof(*row); k++) {
		if (!(roles & row[k].role))
			continue;
		if (wbuf_len(&w))
			wbuf_put(&w, ",", 1);
		wbuf_put(&w, row[k].word, strlen(row[k].word));
	}
}

static bool
show_node(const struct node *n, const char *what, usec_t now,
	  struct cursor *c, struct record_sink *sink)
{
	char roles[ROLES_TEXT];
	struct record r;

	if (strcmp(what, "links") == 0)
		return ifaces_show(n, c, sink);
	if (strcmp(what, "paths") == 0)
		return tunnels_show(n, c, sink);
	if (strcmp(what, "status"))
		return false;
	record_init(&r, "node");
	put_roles(roles, n->conf->roles);
	record_str(&r, "role", roles);
	record_bool(&r, "ready", n->ready);
	record_bool(&r, "synced", n->synced);
	record_uint(&r, "paths", n->tunnels.count);
	record_uint(&r, "timers", n->timers.count);
	sink->put(sink, &r);
	return false;
}

/* The node itself first, then each part that the roles have. */
bool
node_show(const struct node *n, const char *what, usec_t now,
	  struct cursor *c, struct record_sink *sink)
{
	bool more = false;

	if (c->room == 0)
		more = show_node(n, what, now, c, sink);
	else if (parts[c->room - 1].show && plays(n, parts[c->room - 1].roles))
		more = parts[c->room - 1].show(n, what, now, c, sink);
	if (more)
		return true;
	*c = (struct cursor){ .room = c->room + 1 };
	return c->room <= PARTS;
}
