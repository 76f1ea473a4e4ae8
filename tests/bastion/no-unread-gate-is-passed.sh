#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 9
#
# Every fault of the server, striking what is read before and after a pass.

. "$BASTION_LIB/cross.sh"
cross pass GET
exits 0 warderctl ledger verify
