/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who asks for an address of a type is answered exactly once, and with what
 * became of it.
 */
#include "test_core_demand.h"

#include <errno.h>

/* --- statuses ---------------------------------------------------------------- */

/* What who waits hears when his home agent answers so (RFC 6275 6.1.8,
 * RFC 4285 5.1): at once, or -1: he goes on waiting. */
static const struct {
	uint8_t	status;
	int	error;
} statuses[] = {
	{ 128, -1 },			/* unspecified: it may pass */
	{ 129, ECONNREFUSED },		/* prohibited */
	{ 130, -1 },			/* insufficient resources: may pass */
	{ 131, ECONNREFUSED },		/* home registration not supported */
	{ 132, ECONNREFUSED },		/* not home subnet */
	{ 133, ECONNREFUSED },		/* not home agent */
	{ 134, EADDRNOTAVAIL },		/* somebody else has it */
	{ 135, -1 },			/* sequence number: asked again */
	{ 139, ECONNREFUSED },
	{ 144, -1 },			/* without a timestamp: may pass */
	{ 145, -1 },			/* asked again, with a timestamp */
	{ 146, ECONNREFUSED },		/* authentication, and proves it */
	{ 174, ECONNREFUSED },
	{ 200, -1 },			/* not known */
};

static void home_waits(struct world *w)
{
	w_on_demand(w);
	w_arrive(w);
	w_ask(w, 1, ATYPE_HOME, SEC(60));
	w_ask(w, 2, ATYPE_HOME, SEC(3));
	w_forget(w);
}

START_TEST(each_status)
{
	int error = statuses[_i].error;
	struct world w;

	home_waits(&w);
	w_ba(&w, (struct w_answer){ .status = statuses[_i].status });
	w_drain(&w);
	for (unsigned id = 1; id <= 2; id++) {
		ck_assert_uint_eq(w_asker(&w, id)->answers, error >= 0);
		ck_assert_int_eq(w_asker(&w, id)->error, error < 0 ? 0 : error);
	}
	if (error >= 0) {
		w_end(&w);
		return;
	}
	/* The one is out of patience, the other gets it after all. */
	w_pass(&w, SEC(40));
	ck_assert_int_eq(w_asker(&w, 2)->error, ETIMEDOUT);
	ck_assert_uint_eq(w_asker(&w, 1)->answers, 0);
	w_ok(&w);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 1)->error, 0);
	ck_assert_uint_eq(w_asker(&w, 1)->answers, 1);
	w_end(&w);
}
END_TEST

/* What does not prove whence it is changes nothing. */
START_TEST(forged)
{
	static const uint8_t status[] = { 0, 129, 131, 133, 134, 135, 144,
					  145, 146 };
	struct world w;

	home_waits(&w);
	for (unsigned k = 0; k < sizeof(status); k++) {
		w_ba(&w, (struct w_answer){ .status = status[k],
					    .wrong_key = true });
		w_ba(&w, (struct w_answer){ .status = status[k],
					    .no_auth = true });
	}
	w_expect(&w, "");
	w_ok(&w);
	w_expect(&w, "reply 1 hoa\nreply 2 hoa\n");
	w_end(&w);
}
END_TEST

START_TEST(asked_again_after_refusal)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	home_waits(&w);
	w_ba(&w, (struct w_answer){ .status = 129 });
	w_expect(&w, "reply 1 ECONNREFUSED\nreply 2 ECONNREFUSED\n");
	/* It is not tried again by itself, and not for traffic so soon. */
	w.show = SHOW_DEMAND | SHOW_MH;
	w_traffic(&w, &hoa);
	w_pass(&w, SEC(4));
	w_expect(&w, "");
	w_ask(&w, 3, ATYPE_HOME, 0);
	w_expect(&w, "BU lifetime=240 auth hoa\n");
	w_ok(&w);
	w_expect(&w, "reply 3 hoa\n");
	/* Granted at once from now on. */
	w_ask(&w, 4, ATYPE_HOME, 0);
	w_expect(&w, "reply 4 hoa\n");
	w_pass(&w, SEC(30));
	w_ask(&w, 5, ATYPE_HOME, 0);
	w_expect(&w, "reply 5 hoa\n");
	w_end(&w);
}
END_TEST

/* A refusal while sockets have the home address is no reason to take it from
 * them: the home agent may think better of it, and a home address is for
 * good. */
START_TEST(refused_in_use)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	home_waits(&w);
	w_ok(&w);
	w_sockets(&w, &hoa, 1);
	w_release(&w, 1);
	w_release(&w, 2);
	w_forget(&w);
	w.show = SHOW_DEMAND | SHOW_ADDRESS | SHOW_FLOW;
	w_pass(&w, SEC(200));			/* it was refreshed */
	w_ba(&w, (struct w_answer){ .status = 129 });
	w_pass(&w, SEC(20));
	/* The peer of its path stays what it was, and nothing is aborted. */
	w_expect(&w, "flow block hoa\ntunnel down to 2001:db8:1::1\n");
	/* The next link, the next chance. */
	w_move(&w, 3, "2001:db8:a:3::");
	ck_assert_uint_eq(w_count(&w, "flow hold hoa"), 1);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "flow path hoa"), 1);
	ck_assert_uint_eq(w_count(&w, "abort"), 0);
	w_end(&w);
}
END_TEST

/* --- what an anchor wants to see ------------------------------------------ */

static void gone_from_a_session(struct world *w)
{
	struct in6_addr a1;

	w_on_demand(w);
	w_arrive(w);
	w_ask(w, 1, ATYPE_ACCESS, 0);
	w_drain(w);
	a1 = w_current(w, ATYPE_ACCESS);
	w_sockets(w, &a1, 1);
	w->show = SHOW_MH;
	w_forget(w);
}

/* A care-of test, and its proof in the update; again where the proof is too
 * old for the anchor (137), and not where it is good. */
START_TEST(careof_proof)
{
	const struct mopt *nonces;
	struct world w;

	gone_from_a_session(&w);
	w_move(&w, 3, "2001:db8:a:3::");
	w_expect(&w, "CoTI\nBU lifetime=600 auth\n");
	nonces = mh_opt(&w.bu, MOPT_NONCES);
	ck_assert(nonces && nonces->nonces.careof == 7 &&
		  !nonces->nonces.home && mh_opt(&w.bu, MOPT_AUTH_DATA));
	/* said by who has not the key: nothing happens */
	w_ba(&w, (struct w_answer){ .status = 137, .no_auth = true });
	w_ba(&w, (struct w_answer){ .status = 137, .wrong_key = true });
	w_expect(&w, "");
	w_ba(&w, (struct w_answer){ .status = 137 });
	w_expect(&w, "CoTI\nBU lifetime=600 auth\n");
	w_ok(&w);
	/* soon again: the proof is there */
	w_be(&w, 1);
	w_expect(&w, "BU lifetime=600 auth\n");
	ck_assert(mh_opt(&w.bu, MOPT_NONCES));
	w_ok(&w);
	/* and renewed with the binding */
	for (unsigned k = 0; k < 490 && !w_count(&w, "BU"); k++)
		w_pass(&w, SEC(1));
	w_expect(&w, "CoTI\nBU lifetime=600 auth\n");
	w_ok(&w);
	/* coming home needs none */
	w_forget(&w);
	w_move(&w, 2, "2001:db8:a:2::");
	w_pass(&w, SEC(4));
	ck_assert_uint_eq(w_count(&w, "CoTI"), 0);
	ck_assert_uint_ge(w_count(&w, "BU from home lifetime=0 auth\n"), 1);
	ck_assert_ptr_null(mh_opt(&w.bu, MOPT_NONCES));
	w_end(&w);
}
END_TEST

/* What was taken for an anchor is a home agent, and says that it knows no such
 * test: the update goes out plainly, and so do others. */
START_TEST(careof_unknown)
{
	struct world w;

	gone_from_a_session(&w);
	w.tested = false;
	w_move(&w, 3, "2001:db8:a:3::");
	w_expect(&w, "CoTI\n");
	w_be(&w, 2);
	w_expect(&w, "BU lifetime=600 auth\n");
	ck_assert_ptr_null(mh_opt(&w.bu, MOPT_NONCES));
	w_ok(&w);
	w_forget(&w);
	w_move(&w, 4, "2001:db8:a:4::");
	w_expect(&w, "BU lifetime=600 auth\n");
	/* somebody else has said it: the anchor wants to see the proof */
	w.tested = true;
	w_ba(&w, (struct w_answer){ .status = 137 });
	w_expect(&w, "CoTI\nBU lifetime=600 auth\n");
	ck_assert(mh_opt(&w.bu, MOPT_NONCES));
	w_ok(&w);
	w_end(&w);
}
END_TEST

/* It answers the test, but discards what a home registration must not have
 * (RFC 6275 9.5.1). */
START_TEST(careof_discarded)
{
	struct world w;

	gone_from_a_session(&w);
	w_move(&w, 3, "2001:db8:a:3::");
	w_pass(&w, SEC(6));
	ck_assert_uint_eq(w_count(&w, "BU"), 3);
	ck_assert(mh_opt(&w.bu, MOPT_NONCES));
	w_pass(&w, SEC(7));
	ck_assert_uint_eq(w_count(&w, "BU"), 4);
	ck_assert_ptr_null(mh_opt(&w.bu, MOPT_NONCES));
	w_ok(&w);
	w_forget(&w);
	w_move(&w, 4, "2001:db8:a:4::");
	w_expect(&w, "BU lifetime=600 auth\n");
	w_end(&w);
}
END_TEST

/* Another one's refusal: who waits for the new address waits on. */
START_TEST(refused_other)
{
	struct in6_addr a1;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_forget(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_expect(&w, "owned A1 up\naccess-anchored: A1\nreply 1 A1\n");
	a1 = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a1, 1);
	w.slow_dad = true;
	w_move(&w, 3, "2001:db8:a:3::");
	w_ask(&w, 2, ATYPE_ACCESS, 0);
	w.slow_dad = false;
	/* The care-of address stands, the new anchored one does not yet. */
	for (unsigned k = 0; k < w.nkaddrs; k++)
		if (w.kaddr[k].fresh &&
		    !addr_eq(&w.kaddr[k].addr, &w.owned[2].addr))
			w_address(&w, &w.kaddr[k].addr, ADDR_VALID);
	w.slow_dad = true;
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = 129 });
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "abort A1"), 1);
	ck_assert_uint_eq(w_asker(&w, 2)->answers, 0);
	w_address(&w, &w.owned[2].addr, ADDR_VALID);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "reply 2 A2"), 1);
	w_end(&w);
}
END_TEST

/* --- requests ---------------------------------------------------------------- */

START_TEST(strange_requests)
{
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_forget(&w);
	w_ask(&w, 0, ATYPE_HOME, 0);		/* no id: no asker */
	w_ask(&w, 7, ATYPE_NONE, 0);
	w_ask(&w, 8, (enum atype)99, 0);
	w_expect(&w, "reply 0 EINVAL\nreply 7 EINVAL\nreply 8 EINVAL\n");
	/* The same once more is the same. */
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w.naskers--;
	w_release(&w, 99);
	w_expect(&w, "home-anchored: hoa\n");
	w_ok(&w);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w.naskers--;
	w_expect(&w, "reply 1 hoa\n");
	w_release(&w, 1);
	w_release(&w, 1);
	/* Any time is a time. */
	w_ask(&w, 2, ATYPE_HOME, UINT64_MAX);
	w_ask(&w, 3, ATYPE_UNANCHORED, UINT64_MAX - 5);
	w_pass(&w, SEC(100));
	w_end(&w);
}
END_TEST

START_TEST(timeouts)
{
	struct world w;

	w_on_demand(&w);
	w.conf->acquire_timeout = 2000;
	w_born(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);	/* before anything is known */
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ask(&w, 2, ATYPE_ACCESS, SEC(1));
	w_ask(&w, 3, ATYPE_UNANCHORED, MSEC(1));
	w_forget(&w);
	w_pass(&w, MSEC(999));
	/* Nowhere is another answer than silence. */
	w_expect(&w, "reply 3 EADDRNOTAVAIL\n");
	w_pass(&w, MSEC(2));
	w_expect(&w, "reply 2 EADDRNOTAVAIL\n");
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(990));
	ck_assert_uint_eq(w_asker(&w, 1)->answers, 0);
	w_pass(&w, MSEC(10));
	ck_assert_int_eq(w_asker(&w, 1)->error, ETIMEDOUT);
	w_end(&w);
}
END_TEST

START_TEST(not_provided)
{
	struct world w;

	w_on_demand(&w);
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	/* It waits until it is known where we are; that is no anchor. */
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_forget(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_expect(&w, "reply 1 EOPNOTSUPP\naccess-anchored: not provided\n"
		 "graceful: not provided\n");
	w_ask(&w, 2, ATYPE_GRACEFUL, 0);
	w_expect(&w, "reply 2 EOPNOTSUPP\n");
	w_end(&w);
}
END_TEST

/* Somebody who is no mobile node says so, too. */
START_TEST(no_mobile)
{
	struct world w;

	w_on_demand(&w);
	w.conf->roles = CONF_HA;
	w_born(&w);
	w_ready(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_release(&w, 2);
	w_claims(&w, ATYPE_HOME, 1);
	w_expect(&w, "reply 1 EOPNOTSUPP\n");
	w_end(&w);
}
END_TEST

START_TEST(many_requests)
{
	struct world *w = calloc(1, sizeof(*w));

	w_on_demand(w);
	w_arrive(w);
	for (uint64_t id = 1; id <= 4100; id++)
		w_ask(w, id, ATYPE_HOME, SEC(300));
	w_drain(w);
	for (uint64_t id = 1; id <= 4100; id++)
		ck_assert_int_eq(w_asker(w, id)->error,
				 id > 4096 ? EAGAIN : 0);
	w->did[0] = '\0';
	/* One goes, one may come. */
	w_release(w, 17);
	w_ask(w, 5000, ATYPE_HOME, 0);
	w_ask(w, 5001, ATYPE_HOME, 0);
	w_expect(w, "reply 5001 EAGAIN\n");
	w_shutdown(w);
	for (uint64_t id = 1; id <= 4096; id++)
		ck_assert_int_eq(w_asker(w, id)->error,
				 id == 17 ? 0 : ECONNABORTED);
	w_end(w);
	free(w);
}
END_TEST

/* Packets that wait are nobody's request. */
START_TEST(traffic)
{
	struct in6_addr hoa = w_addr(HOA), other = w_addr("2001:db8::7");
	struct world w;

	w_on_demand(&w);
	w.early_bind = true;
	w_arrive(&w);
	w.show = SHOW_DEMAND | SHOW_MH | SHOW_FLOW;
	w_forget(&w);
	w_traffic(&w, &other);
	w_traffic(&w, &addr_unspec);
	w_expect(&w, "");
	for (unsigned k = 0; k < 5000; k++)
		w_traffic(&w, &hoa);
	w_release(&w, 0);		/* it is not his */
	w_expect(&w, "tunnel up to 2001:db8:1::1\nflow hold hoa\n"
		 "BU lifetime=240 auth hoa\n");
	w_ok(&w);
	w_expect(&w, "flow path hoa\n");
	w_traffic(&w, &hoa);		/* active */
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

START_TEST(claims)
{
	struct world w;

	w_on_demand(&w);
	w.conf->linger[ATYPE_UNANCHORED] = 2;
	w_arrive(&w);
	w_forget(&w);
	w_claims(&w, ATYPE_NONE, 5);
	w_expect(&w, "");
	w_claims(&w, ATYPE_UNANCHORED, 3);
	w_expect(&w, "owned U1 up\nunanchored: U1\n");
	w_claims(&w, ATYPE_UNANCHORED, 2);
	w_pass(&w, SEC(60));
	w_claims(&w, ATYPE_UNANCHORED, 0);
	w_pass(&w, SEC(1));
	w_expect(&w, "");
	w_claims(&w, ATYPE_UNANCHORED, UINT32_MAX);
	w_pass(&w, SEC(10));
	w_expect(&w, "");
	w_claims(&w, ATYPE_HOME, 0);
	w_pass(&w, SEC(3));
	w_expect(&w, "unanchored: none\nowned U1 down\nabort U1\n");
	w_end(&w);
}
END_TEST

START_TEST(unknown_sockets)
{
	struct in6_addr other = w_addr("2001:db8::7"), u;
	struct world w;

	w_on_demand(&w);
	w.conf->linger[ATYPE_UNANCHORED] = 0;
	w_arrive(&w);
	w_forget(&w);
	w_sockets(&w, &other, 3);
	w_sockets(&w, &addr_unspec, 0);
	w_expect(&w, "");
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_expect(&w, "owned U1 up\nunanchored: U1\nreply 1 U1\n");
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, UINT32_MAX);
	w_release(&w, 1);
	w_pass(&w, SEC(1));
	w_expect(&w, "");
	w_sockets(&w, &u, 0);
	w_expect(&w, "");	/* so soon after the grant was given back */
	w_pass(&w, SEC(3));
	w_expect(&w, "unanchored: none\nowned U1 down\nabort U1\n");
	/* What comes late for it is for nobody. */
	w_sockets(&w, &u, 1);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* --- an end while they wait -------------------------------------------------- */

START_TEST(shutdown_while_waiting)
{
	struct world w;

	w_on_demand(&w);
	w.early_bind = true;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w.slow_dad = true;
	w_ask(&w, 2, ATYPE_ACCESS, 0);
	w_ask(&w, 3, ATYPE_UNANCHORED, 0);
	w_ask(&w, 4, ATYPE_GRACEFUL, 0);
	w_forget(&w);
	w_shutdown(&w);
	for (unsigned id = 1; id <= 4; id++)
		ck_assert_int_eq(w_asker(&w, id)->error, ECONNABORTED);
	/* And nothing comes back to life. */
	w_forget(&w);
	w.show = ~0U;
	w_pass(&w, SEC(1000));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

START_TEST(released_while_waiting)
{
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_forget(&w);
	w_release(&w, 1);
	w.show |= SHOW_MH | SHOW_FLOW;
	w_expect(&w, "");
	w_release(&w, 2);
	/* It never stood: nothing to linger for.  The home agent may have it
	 * already. */
	w_expect(&w, "flow block hoa\ntunnel down to " HA "\n"
		 "BU lifetime=0 auth hoa\nhome-anchored: none\n");
	w_ok(&w);
	w_pass(&w, SEC(1000));
	w_expect(&w, "flow down hoa\n");
	w_end(&w);
}
END_TEST

static Suite *suite_demand(void)
{
	const TTest *const stories[] = {
		forged, asked_again_after_refusal, refused_in_use,
		refused_other, careof_proof, careof_unknown,
		careof_discarded, strange_requests, timeouts, not_provided,
		no_mobile, many_requests, traffic, claims, unknown_sockets,
		shutdown_while_waiting, released_while_waiting,
	};
	Suite *s = suite_create("core_demand");
	TCase *tc = tcase_create("stories");

	for (size_t k = 0; k < sizeof(stories) / sizeof(*stories); k++)
		tcase_add_test(tc, stories[k]);
	tcase_add_loop_test(tc, each_status, 0,
			    sizeof(statuses) / sizeof(*statuses));
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	Suite *const all[] = { suite_demand(), suite_demand_addr(),
			       suite_demand_life(), NULL };

	return unit_main(all);
}
