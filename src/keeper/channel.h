/* SPDX-License-Identifier: ISC */
/*
 * The keeper's end of a prompt channel: who made it, and whether its maker is
 * still there. One frame is read from it, HERE; all the rest is between the
 * client and warder-pam.
 */
#ifndef WARDER_KEEPER_CHANNEL_H
#define WARDER_KEEPER_CHANNEL_H

#include <stdbool.h>

#include "base/err.h"
#include "wire/peer.h"

/*
 * Checks the end, reads HERE with the creator's credentials. EFD, ECRED,
 * ETYPE, ETIME: nobody has identified himself.
 */
WARDER_MUST_CHECK int channel_accept(int end, struct peer *ret_peer);

/* The other end was closed. Never reads. */
bool channel_is_gone(int end);

#endif
