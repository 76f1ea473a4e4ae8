#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 10
#
# The data path of one decision, step by step. Each row of the table at the end
# breaks one step, at a moment when no earlier step can notice, and says what
# must come of it: exit, local code, POSTs at the server, lines of the ledger.
# What cannot be broken from outside stands in tests/unit/test_steps.c.

work=/run/steps
mkdir -m 0755 $work
: >$work/answer
chmod 0666 $work/answer
# Small enough to be filled.
sed -i "s/^confirm_timeout.*/confirm_timeout 3s/" /etc/warder/warder.conf
mount -o remount,size=4m /var/log

# Whoever asks next finds the configuration changed, which is on record.
notice_conf() { exits 0 as chen warder whoami >/dev/null; }

until_true 10 grep -q '"ev":"keeper.start"' "$LEDGER"
notice_conf

# --- putting the world back ------------------------------------------------------

keep() {
	rm -rf $work/kept
	mkdir -m 0700 $work/kept
	cp -a /var/lib/warder/keys /etc/warder/policy.installed /etc/warder/warder.conf \
		/etc/group /etc/pam.d/warder $work/kept/
}

# undo COMMAND...: to be done after this row
undo() { printf '%q ' "$@" >>$work/undo; echo >>$work/undo; }

put_back() {
	cp -a $work/kept/policy.installed $work/kept/warder.conf /etc/warder/
	cp -a $work/kept/group /etc/
	cp -a $work/kept/warder /etc/pam.d/
	control POST /fault '{"clear":true}' >/dev/null
	# shellcheck disable=SC1091
	. $work/undo
	: >$work/undo
	cp -a $work/kept/keys/. /var/lib/warder/keys/
}

# --- what a row breaks; it may change $who, $gate, $run, $secret, $ask -------------

outsider() { who=outsider; }
member() { who=li; }
nobody() { ask=(setpriv --reuid 2199 --regid 2199 --clear-groups "$BIN/warder" --json pass -y -m 'checked on staging' "$gate"); }
no_role() { sed -i 's/^\(release-managers:.*:\).*/\1fang/' /etc/group; }
no_run() { gate=shop/11222/999999/9001; }
no_job() { gate=${gate%/*}/424242; }
another_run() { gate=$(new_run "$@") run=${gate%/*} run=${run##*/}; }
not_reached() { another_run 11222 '"at":"start"'; }
started_it() { another_run 11222 '"creator":"187700112233"'; }
other_gate() { ask=(as chen python3 -I "$BASTION_LIB/other_gate.py" 11222 "$run" 9001); }
wrong_password() { secret=chen-horse-8; }
expired() {
	usermod --expiredate 2020-01-01 chen
	undo usermod --expiredate '' chen
}
no_pam_service() { rm /etc/pam.d/warder; }

# No service serves level 2, which web-home asks for.
no_second_factor() {
	another_run 10877
	sed -i '/^mfa *2/d' /etc/warder/warder.conf
	undo notice_conf
	notice_conf
	from_here
}

# service_gone NAME: its processes, and the socket that would start it again
service_gone() {
	local sock=$RUN/${1#warder-}.sock
	mv "$sock" "$sock.away"
	undo mv "$sock.away" "$sock"
	pgrep -x "$1" | xargs -r kill -KILL
}

fault() { control POST /fault "{\"fault\":\"$1\",\"match\":{\"method\":\"$2\"},\"args\":${3:-"{}"},\"times\":${4:-1}}" >/dev/null; }
network_down() {
	ip link set lo down
	undo ip link set lo up
}
wrong_ca() { control POST /fault '{"fault":"tls-bad","args":{"kind":"unknown-ca"},"times":0}' >/dev/null; }
connections_cut() { control POST /fault '{"fault":"drop-connection","times":0}' >/dev/null; }
change() { control POST /change "{\"pipeline\":\"11222\",\"run\":\"$run\",$1}" >/dev/null; }
decided() { control POST /decide "{\"pipeline\":\"11222\",\"run\":\"$run\",\"job\":\"9001\",\"verb\":\"$1\",\"account\":\"187700112244\"}" >/dev/null; }
new_commit() { change '"commits":["0b77e90000000000000000000000000000000000"]'; }
run_gone() { change '"delete":true'; }
passed_by_fang() { decided pass; }
refused_by_fang() { decided refuse; }
left_in_doubt() {
	fault close-before POST
	exits 13 passes chen "$gate" >/dev/null
	from_here
}
nothing_moves() { fault stuck POST; }
no_answer() { fault html-200 POST; }
no_reading() { fault 5xx GET '{}' 0; }

# The key of the organization is the record sealed last.
key_file() { find /var/lib/warder/keys -name '*.key' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2; }
key_damaged() { printf '\377\377' | dd of="$(key_file)" bs=1 seek=200 conv=notrunc status=none; }
key_swapped() {
	local host
	host=$(find /var/lib/warder/keys -name '*.key' ! -path "$(key_file)")
	cat "$host" >"$(key_file)"
}
key_retired() {
	warderctl key retire shop >/dev/null
	undo sealed_again
}
sealed_again() {
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" | warderctl key seal shop --stdin --no-check \
		--endpoint "$(cat /run/sandbox/https)" >/dev/null
	keep
}

policy_edited() { sed -i 's/^require reason.*/# nothing/' /etc/warder/policy.installed; }
policy_replaced() {
	sed 's/you started this run/this run is yours/' /etc/warder/policy >$work/other-policy
	warderctl policy install -y $work/other-policy >/dev/null
	undo warderctl policy install -y /etc/warder/policy
}

disk_full() {
	dd if=/dev/zero of=/var/log/filler bs=4k status=none 2>/dev/null || true
	undo rm /var/log/filler
}
ledger_away() {
	mv "$LEDGER" /var/log/ledger-away
	undo mv /var/log/ledger-away "$LEDGER"
}
syslog_away() {
	stop_syslog
	undo start_syslog
}

# Somebody else's claim for this gate. Its hash is in the line about a member
# who was refused.
claimed_first() {
	local hash
	exits 5 as li warder pass -m 'checked on staging' "$gate" >/dev/null 2>&1
	hash=$(grep '"gate":' "$LEDGER" | tail -n 1 | sed 's/.*"gate":"\([0-9a-f]*\)".*/\1/')
	python3 -Ic '
import sqlite3, sys
with sqlite3.connect("/var/lib/warder/state.db") as db:
    db.execute("INSERT INTO item VALUES (?, ?, 1, 1)",
               ("/warder/1/%s/g/%s/claim" % tuple(sys.argv[1:]), b"another host"))
' "$ORG" "$hash"
	from_here
}
claimed() { :; }
claimed_and_passed_first() { claimed_first; }
claimed_and_passed() { decided pass; }
claimed_and_refused_first() { claimed_first; }
claimed_and_refused() { decided refuse; }

# SQLite waits for two seconds.
store_locked() {
	python3 -Ic '
import sqlite3, time
db = sqlite3.connect("/var/lib/warder/state.db", isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(60)
' >$work/locked &
	undo kill $!
	until_true 5 grep -qs locked $work/locked
}

members_refusal_unnumbered_first() { who=li; }
members_refusal_unnumbered() { store_locked; }

# --- when it is broken --------------------------------------------------------

shown() { until_true 10 grep -qs "$1" $work/screen; }
go() { touch "${@/#/$work/go-}"; }
# What comes from now on is this row's.
from_here() { seq=$(wc -l <"$LEDGER") sent=$(post_count); }
proven() { tail -n +"$((seq + 1))" "$LEDGER" | grep -q '"ev":"auth"'; }
arrived() { [ "$(post_count)" -gt "$sent" ]; }

# Between LOOK and ACT, while a reason is asked for.
at_reason() {
	shown Reason && "$@" && go reason password
}

# After the first decision, while PAM asks.
at_password() {
	go reason
	shown Password && "$@" && go password
}

# After the gate was looked at again: we have the ledger's lock, so the keeper
# waits with its intent.
at_record() {
	local holder
	go reason
	shown Password && fault delay GET '{"ms":3000}' || return 1
	# It is up before the moment comes, and takes the lock in that very moment.
	python3 -Ic '
import fcntl, sys, time
with open(sys.argv[1]) as ledger, open(sys.argv[2]) as lock:
    ledger.seek(0, 2)
    print("ready", flush=True)
    new = ""
    while "\"ev\":\"auth\"" not in new:
        time.sleep(0.01)
        new += ledger.read()
    fcntl.flock(lock, fcntl.LOCK_EX)
    time.sleep(60)
' "$LEDGER" "${LEDGER%.jsonl}.lock" >$work/holder &
	holder=$!
	until_true 10 grep -qs ready $work/holder && go password || return 1
	until_true 10 proven || return 1
	until_true 10 grep -q -e '-> FLOCK' /proc/locks && "$@" || return 1
	kill $holder
}

# While the server has the POST and has not answered yet.
at_post() {
	fault delay POST '{"ms":2000}'
	go reason password
	until_true 10 arrived && "$@"
}

# --- one row --------------------------------------------------------------------

person() {
	# shellcheck disable=SC2016
	at "$who" sh -c 'exec warder --json pass -y "$1" >'$work/answer sh "$gate" <<-END
		until Reason
		await $work/go-reason
		type checked on staging
		until Password
		await $work/go-password
		secret $secret
	END
}

local_code() {
	python3 -Ic '
import json, sys
said = json.loads(sys.stdin.read() or "{}")
print(said.get("local_code", said.get("code", "")) or "-")' <$work/answer
}

events() {
	local file=$LEDGER
	[ -f "$file" ] || file=/var/log/ledger-away
	tail -n +"$((seq + 1))" "$file" >$work/new
	python3 -I "$BASTION_LIB/ledger.py" -e $work/new
}

row() {
	local step=$1 how=$2 when=$3 want=$5 have said pid code=0
	local who=chen secret gate run ask=(person) seq sent
	secret=$(password chen)
	another_run 11222 '"creator":"187700112299"'
	rm -f $work/go-* $work/answer.* $work/holder
	: >$work/answer
	: >$work/screen
	from_here
	[ "$(type -t "${4%% *}_first")" != function ] || "${4%% *}_first"
	[ "$when" != before ] || { $4; go reason password; }
	"${ask[@]}" >$work/screen 2>&1 &
	pid=$!
	# shellcheck disable=SC2086
	[ "$when" = before ] || "at_$when" $4 || {
		cat $work/screen
		fail "$step, $how: the moment did not come"
	}
	wait "$pid" || code=$?
	ip link set lo up
	[ $code != 99 ] || cat $work/screen
	if [ "${ask[0]}" != person ]; then cp $work/screen $work/answer; fi
	have="$code | $(local_code) | $(($(post_count) - sent)) | $(events)"
	[ "${have%| }" = "$have" ] || have="$have-"
	said=good
	[ "$(tr -s ' ' <<<"$have")" = "$(tr -s ' ' <<<"$want")" ] || {
		said=WRONG wrong=$((wrong + 1))
	}
	printf '%-5s %-12s | %-44s | %s\n' $said "$step" "$how" "$have"
	[ $said = good ] || printf '      wanted %62s | %s\n' '' "$want"
	put_back
}

keep
: >$work/undo
wrong=0
printf '%-5s %-12s | %-44s | %s\n' '' step 'how it was broken' 'exit | local code | POSTs | ledger'
while IFS='|' read -r step how when broken want; do
	[ -n "$step" ] || continue
	read -r step <<<"$step"; read -r how <<<"$how"; read -r when <<<"$when"; read -r broken <<<"$broken"; read -r want <<<"$want"
	row "$step" "$how" "$when" "$broken" "$want" </dev/null
done <<'END'
none         | nothing                                    | before   | true                        | 0 | - | 1 | auth:proven intent outcome:passed
identity     | a uid without a name                       | before   | nobody                      | 5 | user_unknown | 0 | denied(user_unknown)
identity     | an outsider                                | before   | outsider                    | 5 | user_unknown | 0 | denied(user_unknown)
identity     | the role is gone                           | before   | no_role                     | 5 | user_unknown | 0 | denied(user_unknown)
identity     | the policy in force was edited             | before   | policy_edited               | 21 | policy | 0 | policy.refuse(policy)
look         | no such run                                | before   | no_run                      | 11 | server | 0 | -
look         | no such job                                | before   | no_job                      | 11 | no_gate | 0 | -
look         | the courier cannot start                   | before   | service_gone warder-courier | 18 | courier | 0 | -
look         | the server shows a CA that is not ours     | before   | wrong_ca                    | 14 | unread | 0 | -
look         | the key is damaged                         | before   | key_damaged                 | 20 | key_changed | 0 | key.fail(key_changed)
state        | the gate is passed already                 | before   | passed_by_fang              | 9 | decided | 0 | -
state        | the gate is not reached yet                | before   | not_reached                 | 11 | not_reached | 0 | -
state        | an intent for it is open                   | before   | left_in_doubt               | 15 | open_intent | 0 | -
state        | the ledger is away                         | reason   | ledger_away                 | 22 | ledger_missing | 0 | -
handle       | a client asks for a gate it was not shown  | before   | other_gate                  | 7 | changed | 0 | -
decide first | a member                                   | before   | member                      | 5 | role_member | 0 | denied(role_member)
decide first | who started the run                        | before   | started_it                  | 5 | self | 0 | denied(self)
decide first | no service for the level that is asked     | before   | no_second_factor            | 5 | mfa | 0 | denied(mfa)
decide first | the refusal gets no number                 | reason   | members_refusal_unnumbered  | 22 | store_down | 0 | -
key          | the record is damaged                      | reason   | key_damaged                 | 20 | key_changed | 0 | key.fail(key_changed)
key          | the record is another one                  | reason   | key_swapped                 | 20 | key_changed | 0 | key.fail(key_changed)
key          | retired                                    | reason   | key_retired                 | 20 | key_missing | 0 | key.store:retired key.fail(key_missing)
authenticate | a wrong password                           | before   | wrong_password              | 4 | pam | 0 | auth:failed(pam)
authenticate | the account is expired                     | before   | expired                     | 4 | expired | 0 | auth:failed(expired)
authenticate | no PAM service of that name                | reason   | no_pam_service              | 21 | pam | 0 | -
authenticate | warder-pam cannot start                    | reason   | service_gone warder-pam     | 18 | pam | 0 | -
decide       | the policy in force was edited             | password | policy_edited               | 21 | policy | 0 | auth:proven policy.refuse(policy)
decide       | another policy was installed               | password | policy_replaced             | 21 | policy_changed | 0 | policy.install:installed auth:proven
decide       | the role is gone                           | password | no_role                     | 5 | user_unknown | 0 | auth:proven denied(user_unknown)
look again   | another commit                             | password | new_commit                  | 7 | changed | 0 | auth:proven
look again   | passed by somebody else                    | password | passed_by_fang              | 9 | decided | 0 | auth:proven
look again   | refused by somebody else                   | password | refused_by_fang             | 10 | decided | 0 | auth:proven
look again   | the run is gone                            | password | run_gone                    | 11 | server | 0 | auth:proven
look again   | the network is down                        | password | network_down                | 14 | unread | 0 | auth:proven
look again   | the key is retired                         | password | key_retired                 | 20 | key_missing | 0 | key.store:retired auth:proven key.fail(key_missing)
intent       | the disk is full                           | record   | disk_full                   | 22 | ledger_full | 0 | auth:proven
intent       | the ledger is away                         | record   | ledger_away                 | 22 | ledger_missing | 0 | auth:proven
intent       | syslog is away                             | password | syslog_away                 | 22 | syslog | 0 | auth:proven syslog.lost intent outcome:unsent(syslog)
claim        | somebody else has it                       | record   | claimed                     | 15 | claimed | 0 | auth:proven intent outcome:unsent(claimed)
claim        | somebody else has it, and passes           | record   | claimed_and_passed          | 9 | decided | 0 | auth:proven intent outcome:unsent(claimed)
claim        | somebody else has it, and refuses          | record   | claimed_and_refused         | 10 | decided | 0 | auth:proven intent outcome:unsent(claimed)
claim        | the store is locked                        | record   | store_locked                | 14 | store_down | 0 | auth:proven intent outcome:unsent(store_down)
sign         | the record is damaged                      | record   | key_damaged                 | 20 | key_changed | 0 | auth:proven intent outcome:unsent(key_changed) key.fail(key_changed)
sign         | the record is another one                  | record   | key_swapped                 | 20 | key_changed | 0 | auth:proven intent outcome:unsent(key_changed) key.fail(key_changed)
send         | the courier died                           | record   | service_gone warder-courier | 14 | unsent | 0 | auth:proven intent outcome:unsent(unsent)
send         | the network is down                        | record   | network_down                | 14 | unsent | 0 | auth:proven intent outcome:unsent(unsent)
send         | the server shows a CA that is not ours     | record   | wrong_ca                    | 14 | unsent | 0 | auth:proven intent outcome:unsent(unsent)
send         | the server cuts every connection           | record   | connections_cut             | 14 | unsent | 0 | auth:proven intent outcome:unsent(unsent)
watch        | accepted, and nothing moves                | record   | nothing_moves               | 12 | unconfirmed | 1 | auth:proven intent outcome:unconfirmed(unconfirmed)
watch        | no answer, and nothing moves               | record   | no_answer                   | 13 | unknown | 1 | auth:proven intent outcome:unknown(unknown)
watch        | the run cannot be read                     | record   | no_reading                  | 12 | unconfirmed | 1 | auth:proven intent outcome:unconfirmed(unconfirmed)
outcome      | the disk is full after the intent          | post     | disk_full                   | 0 | - | 1 | auth:proven intent outcome:passed
outcome      | the ledger is away after the intent        | post     | ledger_away                 | 23 | unrecorded | 1 | auth:proven intent
none         | nothing                                    | before   | true                        | 0 | - | 1 | auth:proven intent outcome:passed
END
[ $wrong = 0 ] || fail "$wrong rows are wrong"
# What stays in doubt is open, and nothing else is wrong with the ledger.
exits 41 warderctl ledger verify
