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

# The last line is covered by no checkpoint yet, but the state remembers it.
cp /tmp/good "$LEDGER"
exits 0 warderctl ledger verify
cp "$LEDGER" /tmp/longer
head -n -1 /tmp/longer >"$LEDGER"
exits 40 warderctl ledger verify >/tmp/out
grep -q '(truncated)' /tmp/out || fail "$(cat /tmp/out)"
exits 40 warderctl ledger verify --json >/tmp/out
grep -q '"verdict":"truncated"' /tmp/out || fail "$(cat /tmp/out)"

# Nothing is not a whole ledger, with its checkpoints and without.
: >"$LEDGER"
exits 40 warderctl ledger verify
mv "${LEDGER%/*}/ledger.checkpoints" /tmp/
exits 40 warderctl ledger verify >/tmp/out
if grep -q whole /tmp/out; then fail "$(cat /tmp/out)"; fi
mv /tmp/ledger.checkpoints "${LEDGER%/*}/"
cp /tmp/longer "$LEDGER"
exits 0 warderctl ledger verify
