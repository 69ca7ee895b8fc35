/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_cga.c - an access anchor whose clients have no key with it, and
 * those who try (doc/cga-profile.md).
 *
 * Whatever an attacker is given - every message that was ever sent, keys of
 * his own, care-of addresses at which he is reachable - he makes the anchor
 * forward nothing, and do little.
 */
#include "cga_story.h"

#include "core/presence.h"

/* --- the care-of test --------------------------------------------------- */

START_TEST(test_and_token)
{
	struct story s;
	struct rr_proof first;

	open_story(&s);
	ck_assert(test_from(&s, &s.coa, NULL));
	first = s.proof;
	ck_assert_uint_ne(first.nonce, 0);
	/* the same for 30 seconds, of that address alone */
	later(&s, SEC(29));
	ck_assert(test_from(&s, &s.coa, NULL));
	ck_assert_mem_eq(&first, &s.proof, sizeof(first));
	ck_assert(test_from(&s, &s.coa2, NULL));
	ck_assert_mem_ne(first.token, s.proof.token, RR_TOKEN);
	later(&s, SEC(1));
	ck_assert(test_from(&s, &s.coa, NULL));
	ck_assert_uint_eq(s.proof.nonce, (uint16_t)(first.nonce + 1) ?
			  (uint16_t)(first.nonce + 1) : 1);
	ck_assert_mem_ne(first.token, s.proof.token, RR_TOKEN);
	/* RFC 6275 9.4.2: not with a Home Address option */
	ck_assert(!test_from(&s, &s.coa, &s.hoa));
	close_story(&s);
}
END_TEST

/* RFC 6275 5.2.7: a token is good for 210 seconds at least, for 240 at most,
 * however many nonces there are meanwhile. */
START_TEST(nonce_lifetime)
{
	struct story s;
	uint8_t got[RR_TOKEN];
	struct rr_proof first;

	open_story(&s);
	ck_assert(test_from(&s, &s.coa, NULL));
	first = s.proof;
	for (int i = 0; i < 8; i++) {
		ck_assert(rr_token(s.node, RR_CAREOF, &s.coa, first.nonce,
				   s.now, got));
		ck_assert_mem_eq(got, first.token, RR_TOKEN);
		ck_assert(rr_token(s.node, RR_HOME, &s.coa, first.nonce,
				   s.now, got));
		ck_assert_mem_ne(got, first.token, RR_TOKEN);
		later(&s, SEC(30) - 1);
		ck_assert(rr_token(s.node, RR_CAREOF, &s.coa, first.nonce,
				   s.now, got));
		s.now++;
		if (i < 7)
			ck_assert(test_from(&s, &s.coa, NULL));
	}
	ck_assert(!rr_token(s.node, RR_CAREOF, &s.coa, first.nonce, s.now,
			    got));
	ck_assert(!rr_token(s.node, RR_CAREOF, &s.coa, 0, s.now, got));
	ck_assert(!rr_token(s.node, RR_CAREOF, &s.coa,
			    (uint16_t)(first.nonce + 50), s.now, got));
	close_story(&s);
}
END_TEST

/* After a restart no token of before is good, not even by chance. */
START_TEST(nonces_do_not_come_back)
{
	struct story s;
	uint8_t got[RR_TOKEN];
	struct rr_proof first;

	open_story(&s);
	ck_assert(test_from(&s, &s.coa, NULL));
	first = s.proof;
	restart(&s);
	ck_assert(!rr_token(s.node, RR_CAREOF, &s.coa, first.nonce, s.now,
			    got));
	ck_assert(test_from(&s, &s.coa, NULL));
	ck_assert_mem_ne(first.token, s.proof.token, RR_TOKEN);
	close_story(&s);
}
END_TEST

/* Whoever floods gets so many answers a second, and leaves nothing. */
START_TEST(test_flood)
{
	struct story s;
	unsigned answers = 0;
	struct in6_addr a;

	open_story(&s);
	a = s.coa;
	for (unsigned i = 0; i < 2 * RR_ANSWERS; i++) {
		a.s6_addr[14] = (uint8_t)(i >> 8);
		a.s6_addr[15] = (uint8_t)i;
		answers += test_from(&s, &a, NULL);
	}
	ck_assert_uint_eq(answers, RR_ANSWERS);
	later(&s, SEC(1));
	ck_assert(test_from(&s, &s.coa, NULL));
	close_story(&s);
}
END_TEST

/* --- the honest mobile -------------------------------------------------- */

START_TEST(first_and_later)
{
	uint8_t token[RR_TOKEN];
	struct story s;

	open_story(&s);
	registered(&s, token);
	ck_assert_uint_eq(counter(&s, "signatures"), 1);
	/* it moves: a care-of test and the token */
	ck_assert(test_from(&s, &s.coa2, NULL));
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token });
	ck_assert(s.ack.there && s.ack.proved && !s.ack.has_token);
	ck_assert_uint_eq(s.ack.status, 0);
	/* RFC 4866 section 7 */
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token,
				 .lifetime = 65535 });
	ck_assert_uint_eq(s.ack.lifetime, MAX_CGA_BINDING_LIFETIME / 4);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token,
				 .ends = true });
	ck_assert(s.ack.there && s.ack.proved);
	ck_assert_uint_eq(s.ack.status, 0);
	ck_assert_uint_eq(s.flows, 0);
	/* the answer was lost: it asks again */
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token,
				 .ends = true });
	ck_assert(s.ack.proved);
	ck_assert_uint_eq(s.ack.status, 0);
	/* the token ended with the binding */
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token });
	refused(&s, MH_ST_NO_TOKEN);
	ck_assert(!s.ack.proved);
	ck_assert_uint_eq(counter(&s, "signatures"), 1);
	close_story(&s);
}
END_TEST

/* It has lost its token, and signs again: the binding says that it was seen.
 * The old token is worth nothing then. */
START_TEST(token_renewed)
{
	uint8_t token[RR_TOKEN], newer[RR_TOKEN];
	struct story s;
	struct span sealed;

	open_story(&s);
	registered(&s, token);
	later(&s, SEC(100));
	ck_assert(test_from(&s, &s.coa2, NULL));
	update(&s, &(struct bu){ .coa = &s.coa2 });
	ck_assert_uint_eq(s.ack.status, 0);
	sealed = (struct span){ s.ack.sealed, s.ack.sealed_len };
	ck_assert(s.ack.has_token &&
		  cga_open(s.mine, &sealed, newer, RR_TOKEN));
	ck_assert_mem_ne(token, newer, RR_TOKEN);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token });
	silent(&s);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = newer });
	ck_assert_uint_eq(s.ack.status, 0);
	/* signed, it may leave too */
	update(&s, &(struct bu){ .coa = &s.coa2, .ends = true });
	ck_assert(s.ack.there && s.ack.proved && !s.ack.has_token);
	ck_assert_uint_eq(s.ack.status, 0);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

START_TEST(over_a_restart)
{
	uint8_t token[RR_TOKEN];
	struct story s;

	open_story(&s);
	registered(&s, token);
	restart(&s);
	update(&s, &(struct bu){ .token = token });
	refused(&s, MH_ST_CAREOF_NONCE);
	ck_assert(!s.ack.proved);
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ .token = token });
	ck_assert_uint_eq(s.ack.status, 0);
	/* and when it has lost its store */
	s.nrecords = 0;
	restart(&s);
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ .token = token });
	refused(&s, MH_ST_NO_TOKEN);
	update(&s, &(struct bu){ 0 });
	refused(&s, MH_ST_PROHIBITED);
	ck_assert(s.ack.proved);
	is_seen(&s, &s.hoa);
	update(&s, &(struct bu){ 0 });
	ck_assert_uint_eq(s.ack.status, 0);
	close_story(&s);
}
END_TEST

/* The address is answered for while it is being asked for: the anchor takes back
 * what it has acknowledged, by the token alone. */
static void
conflict(struct story *s, uint8_t neighbour)
{
	struct nd na = { .type = ND_NA, .tll = { 6, { 2, 0, 0, 0, 0, 9 } } };
	uint8_t token[RR_TOKEN], buf[256];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	registered(s, token);
	rr_kbm(s->forge, token, NULL, s->kbm);
	s->ends = true;
	s->ack.there = false;
	na.na.target = s->hoa;
	na.na.flags = ND_NA_O;
	nd_build(&na, &s->hoa, &addr_all_nodes, &w);
	s->stranger = neighbour;
	packet(s, LINK, buf, wbuf_len(&w));
	s->stranger = 0;
	refused(s, MH_ST_DAD_FAILED);
	ck_assert(s->ack.proved);
	ck_assert_uint_eq(s->ack.seq, s->seq);
	ck_assert_uint_eq(s->flows, 0);
	update(s, &(struct bu){ .token = token });
	refused(s, MH_ST_NO_TOKEN);
	update(s, &(struct bu){ 0 });
}

/* The mobile is back on the link, perhaps by another interface of its own.
 * Nobody can have registered it for him: he stays its owner. */
START_TEST(revoked)
{
	static const uint8_t neighbour[] = { 0, 9 };

	for (unsigned k = 0; k < 2; k++) {
		struct story s;

		open_story(&s);
		conflict(&s, neighbour[k]);
		ck_assert_uint_eq(s.ack.status, 0);
		close_story(&s);
	}
}
END_TEST

/* --- attackers ---------------------------------------------------------- */

START_TEST(never_seen)
{
	struct story s;

	open_story(&s);
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ 0 });
	refused(&s, MH_ST_PROHIBITED);
	ck_assert_uint_eq(counter(&s, "signatures"), 0);
	/* it was seen, but too long ago */
	is_seen(&s, &s.hoa);
	later(&s, SEC(3601));
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ 0 });
	refused(&s, MH_ST_PROHIBITED);
	ck_assert_uint_eq(counter(&s, "signatures"), 0);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

/* An address of ours is asked for by somebody else, who is reachable at his
 * own care-of address. */
START_TEST(somebody_elses_address)
{
	uint8_t none[RR_TOKEN] = { 0 };
	struct story s;

	open_story(&s);
	is_seen(&s, &s.hoa);
	ck_assert(test_from(&s, &s.coa2, NULL));
	/* with his parameters: they do not come to it */
	update(&s, &(struct bu){ .coa = &s.coa2, .params_of = s.evil,
				 .signed_by = s.evil });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(counter(&s, "signatures"), 0);
	/* with ours, and his signature */
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(counter(&s, "signatures"), 1);
	/* as if there were a token of zeros */
	update(&s, &(struct bu){ .coa = &s.coa2, .token = none });
	refused(&s, MH_ST_NO_TOKEN);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

/* ... and the address is registered. */
START_TEST(somebody_elses_binding)
{
	uint8_t token[RR_TOKEN], guess[RR_TOKEN] = { 0 };
	struct story s;

	open_story(&s);
	registered(&s, token);
	ck_assert(test_from(&s, &s.coa2, NULL));
	update(&s, &(struct bu){ .coa = &s.coa2, .token = guess });
	silent(&s);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = guess,
				 .ends = true });
	silent(&s);
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil });
	refused(&s, MH_ST_CGA_FAILED);
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil,
				 .ends = true });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(s.flows, 1);
	/* the owner does not notice */
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ .token = token });
	ck_assert_uint_eq(s.ack.status, 0);
	close_story(&s);
}
END_TEST

/* The mobile itself names an address where it is not reachable, to have a
 * flood sent there. */
START_TEST(stolen_careof)
{
	uint8_t token[RR_TOKEN];
	struct story s;

	open_story(&s);
	is_seen(&s, &s.hoa);
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ .coa = &s.coa2 });
	silent(&s);
	registered(&s, token);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token });
	silent(&s);
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token,
				 .nonce = (uint16_t)(s.proof.nonce + 1) });
	refused(&s, MH_ST_CAREOF_NONCE);
	ck_assert_uint_eq(s.flows, 1);
	close_story(&s);
}
END_TEST

/* All that was signed is worth nothing with another care-of token, at another
 * care-of address, or at another time. */
START_TEST(old_signature)
{
	uint8_t token[RR_TOKEN], old[2048], kbm[RR_KBM];
	struct story s;
	size_t len;

	open_story(&s);
	registered(&s, token);
	memcpy(old, s.last, s.last_len);
	memcpy(kbm, s.kbm, sizeof(kbm));
	len = s.last_len;
	replay(&s, old, len);
	refused(&s, MH_ST_SEQUENCE);
	/* deregistered; the numbers are remembered as long as the nonce */
	update(&s, &(struct bu){ .token = token, .ends = true });
	ck_assert_uint_eq(s.ack.status, 0);
	memcpy(s.kbm, kbm, sizeof(kbm));
	s.ends = false;
	for (int i = 0; i < 23; i++) {
		later(&s, SEC(10));
		replay(&s, old, len);
		refused(&s, MH_ST_SEQUENCE);
	}
	later(&s, SEC(20));
	replay(&s, old, len);
	refused(&s, MH_ST_CAREOF_NONCE);
	ck_assert_uint_eq(counter(&s, "signatures"), 25);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

/* The number of the last update (135) is told to who proves that the address
 * is his, in one way or the other, and to nobody else; and not as often as he
 * likes, for a message can be repeated by who has heard it. */
START_TEST(old_number)
{
	uint8_t token[RR_TOKEN], guess[RR_TOKEN] = { 0 };
	struct story s;
	unsigned told = 0;

	open_story(&s);
	registered(&s, token);
	/* reachable, with our parameters, signed by himself */
	ck_assert(test_from(&s, &s.coa2, NULL));
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil,
				 .seq = s.seq });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(s.ack.seq, s.seq);
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil,
				 .seq = (uint16_t)(s.seq - 7) });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(s.ack.seq, (uint16_t)(s.seq - 7));
	update(&s, &(struct bu){ .coa = &s.coa2, .signed_by = s.evil,
				 .seq = (uint16_t)(s.seq - 7), .ends = true });
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert_uint_eq(s.ack.seq, (uint16_t)(s.seq - 7));
	update(&s, &(struct bu){ .coa = &s.coa2, .token = guess,
				 .seq = (uint16_t)(s.seq - 7) });
	silent(&s);
	/* the owner, with the token, and signed */
	later(&s, SEC(2));
	update(&s, &(struct bu){ .coa = &s.coa2, .token = token,
				 .seq = (uint16_t)(s.seq - 7) });
	refused(&s, MH_ST_SEQUENCE);
	ck_assert_uint_eq(s.ack.seq, s.seq);
	update(&s, &(struct bu){ .coa = &s.coa2,
				 .seq = (uint16_t)(s.seq - 7) });
	refused(&s, MH_ST_SEQUENCE);
	ck_assert_uint_eq(s.ack.seq, s.seq);
	later(&s, SEC(2));
	for (int i = 0; i < 100; i++) {
		replay(&s, s.last, s.last_len);
		told += s.ack.there;
	}
	ck_assert_uint_eq(told, 4);
	close_story(&s);
}
END_TEST

/* Who is now where the mobile was has the care-of address, and the old
 * message: he asks for a token himself, and puts the old parameters and the
 * old signature into a new message with a good authenticator. */
START_TEST(old_signature_new_token)
{
	uint8_t token[RR_TOKEN], old[CGA_SIG_MAX], buf[2048];
	uint8_t params[CGA_PARAMS_MAX];
	struct wire_error err;
	const struct mopt *sig, *auth;
	struct proof p;
	struct story s;
	struct pkt pkt;
	struct mh mh;
	size_t len;

	open_story(&s);
	registered(&s, token);
	ck_assert_int_eq(pkt_parse(s.last, s.last_len, &pkt, &err), 0);
	ck_assert_int_eq(mh_parse_known(pkt.payload.p, pkt.payload.len, NULL,
					NULL, MH_KNOW_ALL, &mh, &err), 0);
	sig = mh_opt(&mh, MOPT_SIGNATURE);
	memcpy(old, sig->data.p, sig->data.len);
	/* the anchor has forgotten everything; the address is alive */
	s.nrecords = 0;
	restart(&s);
	is_seen(&s, &s.hoa);
	ck_assert(test_from(&s, &s.coa, NULL));

	/* the very same update, but for the token that made its key */
	prepare(&s, &(struct bu){ 0 }, params, &p);
	p.key = s.mine;
	memset(&mh, 0, sizeof(mh));
	mh.type = MH_BU;
	mh.bu.seq = s.seq;
	mh.bu.flags = MH_BU_A | MH_BU_H;
	mh.bu.lifetime = 60;
	mh_add(&mh, MOPT_ALTCOA)->altcoa = p.coa;
	len = build(&s, buf, sizeof(buf), &mh, &p.coa, &p.hoa, &p);
	ck_assert_int_eq(pkt_parse(buf, len, &pkt, &err), 0);
	sig = mh_opt(&mh, MOPT_SIGNATURE);
	auth = mh_opt(&mh, MOPT_AUTH_DATA);
	ck_assert_mem_ne(buf + pkt.off + sig->off + 2, old, sig->len);
	memcpy(buf + pkt.off + sig->off + 2, old, sig->len);
	p.key = NULL;
	memset(buf + pkt.off + 4, 0, 2);
	memset(buf + pkt.off + auth->off + 2, 0, AUTH_DATA_LEN);
	proof_seal(s.forge, &p, &mh, buf + pkt.off);
	mh_seal(buf + pkt.off, mh.len, &p.hoa, &s.anchor);
	replay(&s, buf, len);
	refused(&s, MH_ST_CGA_FAILED);
	ck_assert(s.ack.proved);
	ck_assert_uint_eq(counter(&s, "signatures"), 1);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

/* Updates without what the profile wants. */
START_TEST(not_of_the_profile)
{
	uint8_t token[RR_TOKEN];
	struct story s;

	open_story(&s);
	registered(&s, token);
	update(&s, &(struct bu){ .no_mac = true });
	silent(&s);
	update(&s, &(struct bu){ .no_nonces = true });
	silent(&s);
	update(&s, &(struct bu){ .no_nonces = true, .no_mac = true });
	silent(&s);
	update(&s, &(struct bu){ .bad_mac = true });
	silent(&s);
	update(&s, &(struct bu){ .token = token, .bad_mac = true });
	silent(&s);
	update(&s, &(struct bu){ .nonce = 1 });
	refused(&s, MH_ST_CAREOF_NONCE);
	/* no home registration: it would take the place of one */
	update(&s, &(struct bu){ .token = token, .no_h = true });
	refused(&s, MH_ST_TYPE_CHANGE);
	ck_assert_uint_eq(counter(&s, "signatures"), 1);
	close_story(&s);
}
END_TEST

/* The address of another prefix is not looked at, however well proved; but who
 * is reachable is told so: it may have been one of ours before. */
START_TEST(not_of_this_link)
{
	struct in6_addr other, hoa;
	struct story s;

	open_story(&s);
	other = addr("2001:db8:dead::");
	ck_assert_int_eq(cga_address(s.mine, &s.cga, &other, &hoa), 0);
	is_seen(&s, &hoa);
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ .hoa = &hoa });
	refused(&s, MH_ST_NOT_HOME_SUBNET);
	ck_assert(s.ack.proved);
	update(&s, &(struct bu){ .hoa = &hoa, .bad_mac = true });
	silent(&s);
	update(&s, &(struct bu){ .hoa = &hoa, .token = (const uint8_t *)
				 "unknown!" });
	refused(&s, MH_ST_NO_TOKEN);
	ck_assert_uint_eq(counter(&s, "signatures"), 0);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

/* --- what it costs ------------------------------------------------------ */

/* From anywhere, with nothing: no authenticator is right, no signature is
 * looked at, and answers are few. */
START_TEST(burn_from_anywhere)
{
	struct story s;

	open_story(&s);
	is_seen(&s, &s.hoa);
	ck_assert(test_from(&s, &s.coa, NULL));
	s.sent = 0;
	for (int i = 0; i < 1000; i++) {
		s.proof.token[i % 8]++;
		update(&s, &(struct bu){ 0 });
		update(&s, &(struct bu){ .nonce = (uint16_t)(i + 1000) });
	}
	ck_assert_uint_eq(counter(&s, "signatures"), 0);
	ck_assert_uint_le(s.sent, 101);
	ck_assert_uint_eq(s.node->registrar->bindings.count, 0);
	close_story(&s);
}
END_TEST

/* Reachable, and with the parameters of an address that is there: so many a
 * second.  Its owner is not shut out for longer than that. */
START_TEST(burn_with_a_token)
{
	struct story s;
	unsigned answers = 0;

	open_story(&s);
	is_seen(&s, &s.hoa);
	ck_assert(test_from(&s, &s.coa2, NULL));
	for (int i = 0; i < 200; i++) {
		update(&s, &(struct bu){ .coa = &s.coa2,
					 .signed_by = s.evil });
		answers += s.ack.there;
	}
	ck_assert_uint_eq(counter(&s, "signatures"), PROOF_PER_LINK);
	ck_assert_uint_eq(answers, PROOF_PER_LINK);
	later(&s, SEC(1));
	ck_assert(test_from(&s, &s.coa, NULL));
	update(&s, &(struct bu){ 0 });
	ck_assert_uint_eq(s.ack.status, 0);
	ck_assert(s.ack.has_token);
	close_story(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: cga");
	Suite *const all[] = { s, NULL };

	unit_add(s, "test_and_token", test_and_token);
	unit_add(s, "nonce_lifetime", nonce_lifetime);
	unit_add(s, "nonces_do_not_come_back", nonces_do_not_come_back);
	unit_add(s, "test_flood", test_flood);
	unit_add(s, "first_and_later", first_and_later);
	unit_add(s, "token_renewed", token_renewed);
	unit_add(s, "over_a_restart", over_a_restart);
	unit_add(s, "revoked", revoked);
	unit_add(s, "never_seen", never_seen);
	unit_add(s, "somebody_elses_address", somebody_elses_address);
	unit_add(s, "somebody_elses_binding", somebody_elses_binding);
	unit_add(s, "stolen_careof", stolen_careof);
	unit_add(s, "old_signature", old_signature);
	unit_add(s, "old_number", old_number);
	unit_add(s, "old_signature_new_token", old_signature_new_token);
	unit_add(s, "not_of_the_profile", not_of_the_profile);
	unit_add(s, "not_of_this_link", not_of_this_link);
	unit_add(s, "burn_from_anywhere", burn_from_anywhere);
	unit_add(s, "burn_with_a_token", burn_with_a_token);
	return unit_main(all);
}
