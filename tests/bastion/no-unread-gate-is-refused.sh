#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 9
#
# Every fault of the server, striking what is read before and after a refusal.

. "$BASTION_LIB/cross.sh"
cross refuse GET
exits 0 warderctl ledger verify
