/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh_msg.h - the functions behind the table of messages; src/wire only.
 */
#ifndef MIP6D_WIRE_MH_MSG_H
#define MIP6D_WIRE_MH_MSG_H

#include "wire/row.h"

/* mh_msg.c: RFC 6275 */
MH_FUNCS(brr);
MH_FUNCS(test_init);
MH_FUNCS(test);
MH_FUNCS(bu);
MH_FUNCS(ba);
MH_FUNCS(be);
/* mh_msg_ext.c: all others */
MH_FUNCS(experimental);
MH_FUNCS(ha_switch);
MH_FUNCS(heartbeat);
MH_FUNCS(hi);
MH_FUNCS(revocation);
MH_FUNCS(lr);
MH_FUNCS(upn);
MH_FUNCS(upa);
MH_FUNCS(sub);

#endif
