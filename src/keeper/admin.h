/* SPDX-License-Identifier: ISC */
/* What the answers to warderctl have in common. */
#ifndef WARDER_KEEPER_ADMIN_H
#define WARDER_KEEPER_ADMIN_H

#include "keeper/keeper.h"
#include "wire/admin.h"

/*
 * One message to warderctl. Not 0: it does not read on; from then on nothing
 * is sent at all.
 */
WARDER_MUST_CHECK int admin_send(
    struct keeper *keeper, const struct layout *layout, const void *msg);

#endif
