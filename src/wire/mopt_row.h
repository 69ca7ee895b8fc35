/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mopt_row.h - the functions behind the table of options; src/wire only.
 */
#ifndef MIP6D_WIRE_MOPT_ROW_H
#define MIP6D_WIRE_MOPT_ROW_H

#include "wire/row.h"

/* mopt_shape.c: shapes that several options have */
MOPT_FUNCS(nothing);
MOPT_FUNCS(addr);
MOPT_FUNCS(prefix);
MOPT_FUNCS(data);
MOPT_FUNCS(text);
MOPT_FUNCS(lli);
MOPT_FUNCS(coded);
MOPT_FUNCS(octet);
MOPT_FUNCS(u64);
/* mopt_mip.c: mobile nodes and their agents */
MOPT_FUNCS(refresh);
MOPT_FUNCS(nonces);
MOPT_FUNCS(auth_data);
MOPT_FUNCS(mnid);
MOPT_FUNCS(auth);
MOPT_FUNCS(badf);
MOPT_FUNCS(dns);
MOPT_FUNCS(vendor);
MOPT_FUNCS(bid);
void	mopt_place_bid(const struct mopt *, uint8_t *, uint8_t *);
/* mopt_proxy.c: access gateways and anchors */
MOPT_FUNCS(restart);
MOPT_FUNCS(gre);
MOPT_FUNCS(context);
MOPT_FUNCS(lmaa);
MOPT_FUNCS(iid);
MOPT_FUNCS(redirect);
MOPT_FUNCS(load);
MOPT_FUNCS(group);
MOPT_FUNCS(dmnp);
MOPT_FUNCS(multipath);
MOPT_FUNCS(mag_id);
MOPT_FUNCS(maar);
/* mopt_ipv4.c: IPv4 homes and care-of addresses */
MOPT_FUNCS(ipv4_hoa);
MOPT_FUNCS(ipv4_status);
MOPT_FUNCS(ipv4_request);
MOPT_FUNCS(ipv4_addr);
MOPT_FUNCS(ipv4_alone);
MOPT_FUNCS(ipv4_dhcp);
MOPT_FUNCS(nat);
/* mopt_flow.c: flows, quality of service, parameters */
MOPT_FUNCS(flow_summary);
MOPT_FUNCS(flow);
MOPT_FUNCS(offload);
MOPT_FUNCS(qos);
MOPT_FUNCS(lcmp);
/* "sub TYPE NAME DATA", one a line */
void	mopt_print_subs(struct text *, struct span chain, enum mopt_sub_kind,
			const char *(*name_of)(uint8_t));

#endif
