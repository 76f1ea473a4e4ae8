#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 8
#
# One user holds all that is his and knocks for more, in six ways; meanwhile
# another asks who he is, and passes a gate.  The flooder is told that he
# is to wait (16); no socket dies of it; what the services take is bounded by
# how many may be served, not by how many knock.
#
# A second is what one has, and the median of five has to keep it.  The machine
# of the test may be busy with other things, so the worst of the five gets five.
#
# Of one service at most so many run: four for the flooder (slots_per_user), two
# for the other one, the listener, and one that has ended and is not yet reaped.
# The largest, a courier at work, has 12 MB resident; each may have 16.
PROCESSES=8 SIZE=16

ready
install -m 0644 /warder/tests/host/lib/*.py "$BASTION_LIB"
gate=$(new_run 11222 '"creator":"187700112299"')
exits 0 as chen warder whoami >/dev/null	# the services have started

sockets_live() {
	local unit
	for unit in warderd warder-keeper warder-pam warder-courier; do
		[ "$(systemctl is-active $unit.socket)" = active ] || fail "$unit.socket is $(systemctl is-active $unit.socket)"
		[ "$(systemctl is-active $unit.service)" = active ] || fail "$unit.service is $(systemctl is-active $unit.service)"
		[ "$(systemctl show -p NRestarts --value $unit.service)" = 0 ] || fail "$unit was restarted"
	done
}

# of WORD NAME: the number that stands behind NAME= in a line of words
of() { sed -n "s/.*\<$2=\([0-9.]*\).*/\1/p" <<<"$1"; }
at_most() { awk -v have="$1" -v most="$2" 'BEGIN { exit !(have != "" && have + 0 <= most + 0) }'; }

bounded() {
	local name n mb sum=0
	for name in warderd warder-keeper warder-pam warder-courier; do
		n=$(of "$1" $name) mb=$(sed -n "s,.* $name=[0-9]*/\([0-9]*\).*,\1,p" <<<"$1 ")
		at_most "$n" $PROCESSES || fail "$n processes of $name: $1"
		at_most "$mb" $((PROCESSES * SIZE)) || fail "$mb MB in $name: $1"
		sum=$((sum + mb))
	done
	[ $sum -gt 0 ] || fail "nothing was measured: $1"
	echo $sum
}

# told KIND WHO: what one more client of his hears while his slots are taken
told() {
	local code=0
	timeout 10 bash -c "$(declare -f as); as $2 warder whoami" >/tmp/told 2>&1 || code=$?
	case $1:$code in
	silent:16 | half:16 | prompt:16) ;;
	# Here a slot may be his own for a moment.
	slow:16 | slow:0 | connects:16 | connects:0 | bomb:16 | bomb:0) ;;
	*) cat /tmp/told; fail "under $1 the flooder's own client exits $code" ;;
	esac
}

# Four real clients, each at its password prompt, where nobody types.
prompts() {
	local i pids=()
	for i in 1 2 3 4; do
		at "$1" warder refuse -y -m 'let it not go on' "$gate" >"/tmp/prompt.$i" 2>&1 <<-END &
			expect Password
			await /tmp/stop
			key ^C
		END
		pids+=($!)
	done
	for i in 1 2 3 4; do until_true 20 grep -q Password "/tmp/prompt.$i" || return 1; done
	until_true 120 test -e /tmp/stop
	for i in "${pids[@]}"; do wait "$i" || :; done
}

flood() {
	if [ "$1" = prompt ]; then
		prompts "$2"
	else
		as "$2" python3 -I "$BASTION_LIB/flood.py" "$1" /tmp/stop "$gate" /etc/warder/pam.pub
	fi
}

say "TABLE flood | chen's answer in s, median of 5 | MB of the services"
while read -r kind who what; do
	say "--- $kind: $what"
	rm -f /tmp/stop
	flood "$kind" "$who" </dev/null >/tmp/flood & flood=$!
	sleep 3
	kill -0 $flood || fail "the flood has ended"
	waits=$(python3 -I "$BASTION_LIB/waits.py" chen 5) || fail "chen is not answered under $kind"
	say "$waits"
	told "$kind" "$who"
	exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
	touch /tmp/stop
	wait $flood || fail "the flood broke off"
	got=$(cat /tmp/flood)
	say "$got"
	sum=$(bounded "$waits")
	say "TABLE $kind | $(of "$waits" median), worst $(of "$waits" worst) | $sum"
	sockets_live
	at_most "$(of "$waits" median)" 1 || fail "chen waits too long: $waits"
	at_most "$(of "$waits" worst)" 5 || fail "chen waits far too long once: $waits"
	[ "$kind" != prompt ] || continue
	[ "$(of "$got" busy)" -gt 0 ] || fail "the flooder was never told to wait: $got"
	[ "$(of "$got" odd)" = 0 ] || fail "the flooder was told something else: $got"
	at_most "$(of "$got" slowest)" 5000 || fail "the flooder was left hanging: $got"
	case $kind in
	# As many as there shall be, or on a busy machine at least half of them.
	connects) [ "$(of "$got" fastest)" -ge 1000 ] ;;
	bomb) [ "$(of "$got" most)" -ge 100 ] ;;
	*) [ "$(of "$got" opened)" -ge 8 ] ;;
	esac || fail "this was no flood: $got"
done <<'LIST'
silent li connects and says nothing
slow li one byte each 100 ms
prompt fang four password prompts, and nobody types
half li a gate shown, an act without a word, a challenge not accepted
connects li 2,000 in 2 s
bomb li 200 clients at once, over and over
LIST

say "after it all"
until_true 10 as li warder whoami >/dev/null 2>&1 || fail "the flooder is not served when he is quiet"
exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
exits 0 warderctl ledger verify
exits 0 warderctl doctor
