# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# What can be done inside a bastion: sourced by setup.sh and by every root
# test.  Functions return non-zero when they fail; a test runs under `set -e`.

# A copy that everybody inside can read, wherever the checkout lies.
BASTION_LIB=/run/bastion-lib
BASTION_LOGS=/var/log/bastion
SBIN=/usr/local/sbin BIN=/usr/local/bin
RUN=/run/warder
ORG=5ebbc0228123212b59aaaaaa
# shellcheck disable=SC2034
WEB=shop/10877/2291/8744
PAY=shop/11222/1187/9001
# The sandbox knows this pair; it opens nothing anywhere else.
KEY_ID=LTAI5tSANDBOXKEY0001
KEY_SECRET=sandboxSecret0123456789abcdef00
TOTP_SEED=3132333435363738393031323334353637383930
export BASTION_LIB BASTION_LOGS

say() { printf '%s\n' "$*"; }
fail() { printf 'FAIL: %s\n' "$*" >&2; exit 1; }
skip() { printf 'skip: %s\n' "$*"; exit 77; }

# until_true SECONDS COMMAND...
until_true() {
	local left=$(($1 * 20))
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.05
	done
}

# Nothing of the caller's environment reaches the bastion but what it needs.
clean_env() {
	local name
	while read -r name; do
		case $name in
		BASTION_* | TERM | CI) ;;
		*) unset "$name" 2>/dev/null || true ;;
		esac
	done < <(compgen -e)
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export HOME=/root LANG=C.UTF-8 TERM=${TERM:-dumb}
	umask 022
}

# stop NAME: ends what was started under that name, and waits for it
stop() {
	local pid
	pid=$(cat "/run/bastion/$1.pid")
	kill "$pid" || return 1
	until_true 10 gone "$pid"
}

gone() { ! kill -0 "$1" 2>/dev/null || grep -qs "^State:.Z" "/proc/$1/status"; }

show_logs() {
	local f
	for f in "$BASTION_LOGS"/*.log /var/log/auth.log; do
		[ -s "$f" ] || continue
		say "--- $f"
		tail -n 20 "$f"
	done
}

# --- people ---------------------------------------------------------------

# drop_ids FILE ID...: lines of a passwd-like file without these ids and names
drop_ids() {
	local file=$1
	shift
	awk -F: -v gone="$*" 'BEGIN { n = split(gone, g, " ") }
		{ for (i = 1; i <= n; i++) if ($1 == g[i] || $3 == g[i]) next; print }' \
		"$file" >"$file.new"
	cat "$file.new" >"$file"
	rm "$file.new"
}

ids_of_the_bastion='warder warder-keeper warder-courier warder-sandbox
	chen fang li lin outsider release-managers developers
	961 962 963 964 2101 2102 2103 2104 2105 2111 2112'

make_people() {
	local file who uid
	for file in passwd group shadow gshadow; do
		# shellcheck disable=SC2086
		[ ! -f /etc/$file ] || drop_ids /etc/$file $ids_of_the_bastion
	done
	cat >>/etc/group <<-'END'
		warder:x:961:
		warder-keeper:x:962:
		warder-courier:x:963:
		warder-sandbox:x:964:
		chen:x:2101:
		fang:x:2102:
		li:x:2103:
		lin:x:2104:
		outsider:x:2105:
		release-managers:x:2111:chen,fang
		developers:x:2112:li
	END
	getent group adm >/dev/null || echo 'adm:x:4:' >>/etc/group
	sed -i -E '/^adm:/{s/:$/:warder-keeper/;t;s/$/,warder-keeper/}' /etc/group
	for who in warder:961 warder-keeper:962 warder-courier:963 warder-sandbox:964; do
		uid=${who#*:} who=${who%:*}
		echo "$who:x:$uid:$uid:$who:/nonexistent:/usr/sbin/nologin" >>/etc/passwd
		echo "$who:*:19000::::::" >>/etc/shadow
	done
	for who in chen:2101 fang:2102 li:2103 lin:2104 outsider:2105; do
		uid=${who#*:} who=${who%:*}
		echo "$who:x:$uid:$uid::/home/$who:/bin/bash" >>/etc/passwd
		echo "$who:*:19000:0:99999:7:::" >>/etc/shadow
		install -d -o "$uid" -g "$uid" -m 0700 "/home/$who" "/run/user/$uid"
	done
	printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' >/etc/nsswitch.conf
	printf '127.0.0.1 localhost bastion\n::1 localhost\n' >/etc/hosts
	echo bastion >/etc/hostname
	# lin, the owner, has no password and never sits here.
	printf '%s\n' 'chen:chen-horse-7' 'fang:fang-lamp-3' 'li:li-river-5' \
		'outsider:outsider-door-1' | chpasswd -c SHA512 -s 1000
	mkdir -p "$BASTION_LOGS" /run/bastion
	chmod 0700 "$BASTION_LOGS" /run/bastion
}

make_pam() {
	local f
	for f in warder warder-mfa; do
		[ ! -f "$BASTION_TOP/pam/$f.pam" ] ||
			install -m 0644 "$BASTION_TOP/pam/$f.pam" "/etc/pam.d/$f"
	done
	# pam_oath writes its file anew each time, so it lies outside /etc.
	install -d -m 0700 /var/lib/oath
	(umask 077 && echo "HOTP/T30 chen - $TOTP_SEED" >/var/lib/oath/users.oath)
	install -d -m 0755 /run/faillock
}

# password WHO: what that person types
password() {
	case $1 in
	chen) echo chen-horse-7 ;;
	fang) echo fang-lamp-3 ;;
	li) echo li-river-5 ;;
	outsider) echo outsider-door-1 ;;
	*) return 1 ;;
	esac
}

# as WHO COMMAND...: a plain process of that person, without a terminal
as() {
	local who=$1 uid
	shift
	uid=$(id -u "$who")
	(cd / && exec setsid setpriv --reuid "$uid" --regid "$(id -g "$who")" \
		--init-groups env -i "HOME=$(getent passwd "$who" | cut -d: -f6)" \
		"USER=$who" "LOGNAME=$who" PATH=/usr/local/bin:/usr/bin:/bin \
		LANG=C.UTF-8 TERM=dumb "XDG_RUNTIME_DIR=/run/user/$uid" "$@")
}

# at WHO COMMAND... : the same at a terminal of its own; what the person
# expects and types comes on stdin (see drive.py); the exit code is COMMAND's.
at() {
	local who=$1
	shift
	python3 -I "$BASTION_LIB/drive.py" --user "$who" -- "$@"
}

# --- syslog ---------------------------------------------------------------

start_syslog() {
	python3 -I "$BASTION_LIB/logd.py" /dev/log /var/log/auth.log &
	echo $! >/run/bastion/syslog.pid
	until_true 5 test -S /dev/log
}

stop_syslog() {
	stop syslog
	rm -f /dev/log
}

# --- warder ---------------------------------------------------------------

lay_down() {
	tar -C "$1" --owner=0 --group=0 -c . |
		tar -C / -xp --keep-directory-symlink --no-overwrite-dir
}

# control METHOD PATH [BODY]: one call of the sandbox's control side
control() {
	python3 -I "$BASTION_LIB/control.py" "$(cat /run/sandbox/control)" "$@"
}

post_count() { control GET /count | sed 's/^{"posts":\([0-9]*\).*/\1/'; }

# start_sandbox [OPTION...]
start_sandbox() {
	local line https
	install -d -o warder-sandbox -g warder-sandbox -m 0755 /run/sandbox
	setpriv --reuid warder-sandbox --regid warder-sandbox --clear-groups \
		--inh-caps=-all env -i PATH=/usr/bin HOME=/run/sandbox \
		sh -c 'cd /run/sandbox && exec "$@"' sandbox \
		"$BIN/warder-sandbox" "$@" \
		>/run/sandbox/line 2>"$BASTION_LOGS/sandbox.log" &
	echo $! >/run/bastion/sandbox.pid
	until_true 10 grep -qs 'ca=' /run/sandbox/line || return 1
	line=$(head -n 1 /run/sandbox/line)
	https=$(sed -n 's/.*https=\([^ ]*\).*/\1/p' <<<"$line")
	sed -n 's/.*control=\([^ ]*\).*/\1/p' <<<"$line" >/run/sandbox/control
	echo "$https" >/run/sandbox/https
	install -d -m 0755 /etc/warder
	install -m 0644 "$(sed -n 's/.*ca=\([^ ]*\).*/\1/p' <<<"$line")" /etc/warder/sandbox-ca.pem
	[ -n "$https" ] && [ -s /run/sandbox/control ]
}

# another_sandbox OPTION...: in the place of the one that runs, at its port
another_sandbox() {
	local port
	port=$(sed 's/.*://' /run/sandbox/https)
	stop sandbox
	rm -f /run/sandbox/line
	start_sandbox --port "$port" "$@"
}

write_conf() {
	cat >/etc/warder/warder.conf <<-END
		endpoint     $(cat /run/sandbox/https)
		ca_file      /etc/warder/sandbox-ca.pem
		pam_service  warder
		mfa          1 warder
		mfa          2 warder-mfa
		syslog       require
		confirm_timeout 10s
		# What a test does has to show at once.
		list_age     1ms
	END
}

write_policy() {
	cat >/etc/warder/policy <<-END
		version  1
		timezone Asia/Shanghai
		org shop id $ORG {
		    key     shop-2026
		    mirror  yunxiao strict             # nobody below admin passes
		    owner   lin
		    admin   @release-managers          # chen, fang
		    member  @developers                # li
		    account lin=187700112299
		    account chen=187700112233
		    account fang=187700112244
		    account li=187700112277
		    robot   120300000001               # the key's own account
		}
		permit  pass, refuse  on shop/*/*/*  to owner admin
		permit  refuse        on shop/*/*/*  to member
		permit  view          on shop/*/*/*  to owner admin member viewer
		require reason ".{8,}"  on shop/*/*/*
		require mfa 2           on shop/web-home/*/*
		deny self trigger       on shop/*/*/*  because "you started this run"
	END
}

make_warder() {
	write_conf
	"$SBIN/warderctl" init --master file
	# How systemd hands the master key to a keeper that is not root.
	install -D -m 0644 /usr/local/share/doc/warder/examples/master-file.conf \
		/etc/systemd/system/warder-keeper.service.d/master-file.conf
	write_policy
	"$SBIN/warderctl" policy install -y /etc/warder/policy
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
		"$SBIN/warderctl" key seal shop --stdin --no-check \
			--endpoint "$(cat /run/sandbox/https)"
}

by_hand_env=()
start_by_hand() {
	local dir
	dir=$(service_dir)
	install -d -m 0755 $RUN
	by_hand warder-pam "$dir/warder-pam" --listen $RUN/pam.sock
	by_hand warder-courier "$dir/warder-courier" --listen $RUN/courier.sock
	by_hand warder-keeper "$dir/warder-keeper" --listen $RUN/keeper.sock \
		--pam $RUN/pam.sock --courier $RUN/courier.sock
	by_hand warderd "$dir/warderd" --listen $RUN/warder.sock --keeper $RUN/keeper.sock
}

by_hand() {
	local name=$1
	shift
	env -i PATH="$PATH" LANG=C.UTF-8 "${by_hand_env[@]}" setsid "$@" </dev/null \
		>"$BASTION_LOGS/$name.log" 2>&1 &
	echo $! >"/run/bastion/$name.pid"
}

service_dir() {
	dirname "$(sed -n 's/^ExecStart=//p' "$(unit_dir)/warderd.service")"
}

# Services: by their unit files (sockets), or by hand (--listen).
start_services() {
	case ${BASTION_START:-sockets} in
	sockets)
		python3 -I "$BASTION_LIB/activate.py" "$(unit_dir)" \
			>"$BASTION_LOGS/services.log" 2>&1 &
		echo $! >/run/bastion/services.pid
		;;
	listen) start_by_hand ;;
	esac
	until_true 10 services_listen
}

unit_dir() {
	local dir
	for dir in /usr/local/lib/systemd/system /usr/lib/systemd/system; do
		[ -f "$dir/warderd.socket" ] || continue
		echo "$dir"
		return 0
	done
	return 1
}

services_listen() {
	[ -S $RUN/warder.sock ] && [ -S $RUN/keeper.sock ] &&
		[ -S $RUN/pam.sock ] && [ -S $RUN/courier.sock ]
}

# --- what a test says ------------------------------------------------------

LEDGER=/var/log/warder/ledger.jsonl

# ledger NAME=VALUE...: how many lines are like that
ledger() { python3 -I "$BASTION_LIB/ledger.py" "$LEDGER" "$@"; }

# exits CODE COMMAND...: fails the test unless COMMAND exits so
exits() {
	local want=$1 code=0
	shift
	"$@" || code=$?
	[ "$code" = "$want" ] || {
		show_logs
		fail "exit $code, not $want: $*"
	}
}

# posts N: the server has seen so many POSTs in all
posts() {
	[ "$(post_count)" = "$1" ] || fail "$(post_count) POSTs at the server, not $1"
}

# records N NAME=VALUE...
records() {
	local want=$1 have
	shift
	have=$(ledger "$@")
	[ "$have" = "$want" ] || {
		tail -n 8 "$LEDGER"
		fail "$have ledger lines with $*, not $want"
	}
}

# passes WHO [GATE [SECRET]]: at a terminal, with a password and nothing else;
# pay-core asks level 1
passes() {
	at "$1" warder pass -y -m 'checked on staging' "${2:-$PAY}" <<-END
		expect Password
		secret ${3:-$(password "$1")}
	END
}

# new_run PIPELINE [JSON members]: another run of it, waiting; prints the gate
new_run() {
	local run
	run=$(control POST /run "{\"pipeline\":\"$1\"${2:+,$2}}" |
		sed -n 's/.*"run":"\([0-9]*\)".*/\1/p')
	[ -n "$run" ] || return 1
	case $1 in
	11222) echo "shop/11222/$run/9001" ;;
	10877) echo "shop/10877/$run/8744" ;;
	esac
}
