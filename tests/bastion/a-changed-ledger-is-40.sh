#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# One byte changed, one line cut out: verify says which line.

exits 0 passes chen
exits 0 warderctl ledger verify
cp "$LEDGER" /tmp/good
sed -i '3s/"ev":"/"ev":"x/' "$LEDGER"
exits 40 warderctl ledger verify "$LEDGER" >/tmp/out 2>&1
cat /tmp/out
# The line after it does not follow from it any more.
grep -q 'line 4' /tmp/out || fail "the line is not named"
sed '4d' /tmp/good >"$LEDGER"
exits 40 warderctl ledger verify "$LEDGER"
cp /tmp/good /tmp/copy
exits 0 warderctl ledger verify /tmp/copy
