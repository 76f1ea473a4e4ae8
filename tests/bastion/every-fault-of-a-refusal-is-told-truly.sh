#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 9
#
# Every fault of the server, striking the POST of a refusal.

. "$BASTION_LIB/cross.sh"
cross refuse POST
# What stayed unknown is open until a reading of the run settles it.
exits 41 warderctl ledger verify
