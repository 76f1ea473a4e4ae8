# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# A table of PAM stacks: each row is one person who comes through sshd and
# passes a gate of its own.  What is told of it is compared as a whole: exit
# code and local code, POSTs at the server, the ledger's auth line.

ROW=/run/row
install -d -m 1777 $ROW
# Rows run in pipes: what is counted is lines in files.
: >/run/rows
: >/run/wrong_rows
stack=''

# What the tests that source this expect of a row.
# shellcheck disable=SC2034
{
	YES='exit 0, 1 POST, auth proven'
	NO='exit 4 pam, 0 POSTs, auth failed pam'
	EXPIRED='exit 4 expired, 0 POSTs, auth failed expired'
	CHANGE='exit 4 new_password, 0 POSTs, auth failed new_password'
}

# stack_is NAME: the service file comes on stdin, and counts from the next row;
# the unit is as it comes
stack_is() {
	stack=$1
	say "=== $stack"
	cat >/etc/pam.d/warder.new
	mv /etc/pam.d/warder.new /etc/pam.d/warder
	rm -f $FENCE
	new_fence
}

FENCE=/etc/systemd/system/warder-pam.service.d/fence.conf
new_fence() {
	systemctl daemon-reload
	systemctl stop warder-pam.service
}

# fenced EXAMPLE: the same stack goes on behind the drop-in that is shipped
fenced() {
	stack="$stack, $1.conf"
	install -D -m 0644 "/usr/share/doc/warder/examples/$1.conf" $FENCE
	new_fence
}

# What comes in turn: in at sshd, then the state of the row sets in, then the
# pass.  Who may not come in any more would not get so far.
come() {
	ssh_at "$1" "touch $ROW/in; until [ -e $ROW/go ]; do sleep 0.05; done;" \
		"exec warder pass --json -y -m 'checked on staging' $2 >$ROW/json" \
		<$ROW/steps >$ROW/screen 2>&1
}

# member NAME: of the document that the row's warder printed
member() { python3 -Ic 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' $ROW/json "$1"; }

# told CODE POSTS AUTHS: the row in words, these many of each being new
told() {
	local auth='no auth line'
	[ "$3" = 0 ] || auth="auth $(python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=auth |
		tail -n 1 | python3 -Ic 'import json, sys
line = json.loads(sys.stdin.read())
print(line["user"], line["res"], line.get("err", ""))')"
	[ "$3" -lt 2 ] || auth="$3 auth lines"
	printf 'exit %s %s, %s POST%s, %s\n' "$1" "$(member local_code)" "$2" \
		"$([ "$2" = 1 ] || echo s)" "$auth" | sed -E 's/ +,/,/g; s/ +$//'
}

# row CASE WHO WANT [COMMAND...]: the steps at the terminal come on stdin; the
# command brings about what the row is about, after WHO came in
row() {
	local case=$1 who=$2 want=$3 gate posts auths code=0 have
	shift 3
	cat >$ROW/steps
	gate=$(new_run 11222 '"creator":"187700112299"')
	posts=$(post_count) auths=$(ledger ev=auth)
	rm -f $ROW/in $ROW/go $ROW/json
	come "$who" "$gate" &
	until_true 20 test -e $ROW/in || { cat $ROW/screen; fail "$stack, $case: $who does not come in"; }
	[ $# = 0 ] || "$@"
	touch $ROW/go
	wait $! || code=$?
	have=$(told "$code" $(($(post_count) - posts)) $(($(ledger ev=auth) - auths))) || have='nothing told'
	echo "$stack | $case" >>/run/rows
	show_row "$case" "${want/, auth /, auth $who }" "$have"
}

show_row() {
	if [ "$3" = "$2" ]; then
		say "TABLE $stack | $1 | $3"
		return 0
	fi
	say "TABLE $stack | $1 | $3 -- WRONG, should be: $2"
	cat $ROW/screen $ROW/json || :
	journalctl --no-pager -q -n 8 _SYSTEMD_UNIT=warder-pam.service || :
	echo "$stack | $1" >>/run/wrong_rows
}

# all_rows N: there were so many, and none was wrong
all_rows() {
	[ "$(wc -l </run/rows)" = "$1" ] || fail "$(wc -l </run/rows) rows, not $1"
	[ ! -s /run/wrong_rows ] || fail "$(wc -l </run/wrong_rows) rows are wrong"
}

# types QUESTION SECRET...: what the screen shows, what is typed then, in turn
types() {
	while [ $# -gt 0 ]; do
		printf 'expect %s\nsecret %s\n' "$1" "$2"
		shift 2
	done
}
