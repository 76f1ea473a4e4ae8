#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Each fault of the server: the exit code, one POST, and what the ledger says
# about it.

sed -i 's/^confirm_timeout.*/confirm_timeout 3s/' /etc/warder/warder.conf
sent=0 wrong=0
while read -r fault args want result; do
	gate=$(new_run 11222)
	run=${gate%/*} run=${run##*/}
	control POST /fault "{\"fault\":\"$fault\",\"match\":{\"method\":\"POST\"},\"args\":$args}" >/dev/null
	code=0
	passes chen "$gate" >/tmp/out 2>&1 || code=$?
	sent=$((sent + 1))
	# An outcome names its intent by the record number alone.
	rec=$(python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=intent "run=$run" |
		sed 's/.*"rec":"\([0-9-]*\)".*/\1/')
	have=$(ledger ev=outcome "rec=$rec" "res=$result")
	intents=$(ledger ev=intent "run=$run")
	said="$fault: exit $code, $(post_count) POSTs, $(python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=outcome "rec=$rec" | sed 's/.*"res":"\([a-z]*\)".*/\1/')"
	if [ "$code:$(post_count):$have:$intents" = "$want:$sent:1:1" ]; then
		echo "good  $said"
	else
		echo "WRONG $said; wanted exit $want, $sent POSTs, $result"
		cat /tmp/out
		wrong=1
	fi
	sent=$(post_count)
	control POST /fault '{"clear":true}' >/dev/null
done <<'END'
delay {"ms":500} 0 passed
close-before {} 13 unknown
close-after {} 0 passed
reset-after {} 0 passed
cut-body {} 0 passed
html-200 {} 13 unknown
html-200 {"acts":true} 0 passed
false {} 6 rejected
stuck {} 12 unconfirmed
late {"ms":1500} 0 passed
5xx {} 13 unknown
5xx-acted {} 0 passed
redirect {} 13 unknown
END
[ $wrong = 0 ] || { show_logs; fail "see above"; }
# What stayed unknown is open until a reading of the run settles it.
exits 41 warderctl ledger verify
