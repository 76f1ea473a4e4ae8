#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 8
#
# Without systemd's units: runit starts the four from the folders that come
# with the package.  One passes, one may not; each process has the ids,
# capabilities, filters and descriptors that it has elsewhere; one that is
# killed comes back; each ends when it is told to.
#
# Nothing in /proc tells what Landlock allows, so the courier is made to try,
# as in tests/bastion/each-service-has-given-up-its-rights.sh.

names=(warder-pam warder-courier warder-keeper warderd)
install_packages >/dev/null
make_people
start_sandbox
make_warder
sv=/etc/sv scan=/run/runsvdir
from=/usr/share/doc/warder/examples/runit

say "systemd starts none of them"
systemctl disable -q --now warderd.socket warder-keeper.socket warder-pam.socket \
	warder-courier.socket warderd warder-keeper warder-pam warder-courier
for name in "${names[@]}"; do
	for kind in socket service; do
		[ "$(systemctl is-active "$name.$kind")" != active ] || fail "$name.$kind is active"
	done
done
! pgrep -f /usr/libexec/warder/ >/dev/null || fail "a service runs"
rm -rf $RUN /run/faillock	# who comes without systemd has no tmpfiles either

say "the desk alone says what is missing"
install -d $sv $scan
cp -R $from/warderd $from/warder-* $sv/
chown -R root:root $sv
for name in "${names[@]}"; do
	# How each of them ended is what `finish` is told.
	printf '#!/bin/sh\necho "$1 $2" >>/run/ended.%s\n' "$name" >$sv/$name/finish
	chmod 0755 $sv/$name/finish
done
ln -s $sv/warderd $sv/warder-keeper $scan/
# What whoever starts them has open, and in the environment, is not theirs.
systemd-run -q --unit=runsvdir -p StandardError=file:/run/runsvdir.log \
	-p Environment="LD_PRELOAD=/nowhere.so CREDENTIALS_DIRECTORY=/nowhere" runsvdir -P $scan
until_true 20 test -S $RUN/warder.sock || fail "no desk"
exits 18 as chen warder whoami
until_true 10 grep -q 'warder-keeper: waiting for /run/warder/pam.sock' /var/log/syslog ||
	fail "the keeper does not say what it waits for"

say "all four"
ln -s $sv/warder-pam $sv/warder-courier $scan/
until_true 20 services_listen || fail "they do not listen"
for dir in $RUN /run/faillock; do
	[ "$(stat -c '%U %G %a' $dir)" = "root root 755" ] || fail "$dir is $(stat -c '%U %G %a' $dir)"
done
while read -r socket owner mode; do
	[ "$(stat -c '%U %a' "$RUN/$socket.sock")" = "$owner $mode" ] ||
		fail "$socket.sock is $(stat -c '%U %a' "$RUN/$socket.sock")"
done <<'LIST'
warder root 666
keeper warder 600
pam warder-keeper 600
courier warder-keeper 600
LIST
for name in "${names[@]}"; do
	for dir in $sv/$name $sv/$name/log; do
		until_true 5 test -d $dir/supervise || fail "$dir is not supervised"
		[ "$(stat -c '%U %a' "$(readlink -f $dir/supervise)")" = "root 700" ] ||
			fail "$dir/supervise is $(stat -c '%U %a' "$(readlink -f $dir/supervise)")"
	done
	logger=$(cat $sv/$name/log/supervise/pid)
	[ "$(ps -o comm=,user= -p "$logger" | tr -s ' ')" = "logger nobody" ] ||
		fail "the log of $name is $(ps -o comm=,user= -p "$logger")"
done

say "one passes, one may not"
exits 0 passes chen
run=$(new_run 11222 '"creator":"187700112299"')
exits 5 ssh_at li warder pass -y -m "'checked on staging'" "$run" </dev/null
posts 1
records 1 ev=outcome res=passed
records 1 ev=denied user=li err=role_member
exits 0 warderctl ledger verify

say "doctor is content, though units are there and hand nothing over"
rm -rf /etc/systemd/system/warder-keeper.service.d
systemctl daemon-reload
exits 0 warderctl doctor >/run/doctor || fail "$(cat /run/doctor)"
! grep -E '^bad|systemctl|^[a-z]+ +units' /run/doctor || fail "doctor takes it for systemd's"

say "what they are"
logs=()
for name in "${names[@]}"; do
	logs+=("$name=$(readlink "/proc/$(cat $sv/$name/log/supervise/pid)/fd/0")")
done
exits 0 python3 -I "$BASTION_LIB/rights.py" /usr/libexec/warder none "${logs[@]}"
[ "$(sed -n 's/^Max locked memory *\([0-9]*\) .*/\1/p' "/proc/$(cat $sv/warder-keeper/supervise/pid)/limits")" = 1048576 ] ||
	fail "the keeper may lock another amount of memory"

say "the courier and a file that everybody may read"
conf=/etc/ssl/openssl.cnf outside=/run/outside/more.cnf
install -d -m 0755 /run/outside
echo 'x = 1' >$outside
sed -i "1i .include $outside" $conf
unread() { touch -a -d @1000000000 $conf $outside; }
was_read() { [ "$(stat -c %X "$1")" != 1000000000 ]; }
unread
setpriv --reuid warder-courier --regid warder-courier --clear-groups \
	python3 -I -c 'import ssl; ssl.create_default_context()'
for file in $conf $outside; do
	was_read "$file" || fail "its user without its fences does not read $file"
done
unread
# Not over sshd, which reads it as well.
exits 0 at chen warder pass -y -m 'checked on staging' "$run" <<-END
	expect Password
	secret $(password chen)
END
was_read $conf || fail "the courier read no configuration: this shows nothing"
! was_read $outside || fail "the courier read $outside"
sed -i 1d $conf
posts 2

say "each that is killed comes back"
back() { [ "$(cat "$sv/$1/supervise/pid" 2>/dev/null)" != "$2" ] && sv status "$scan/$1" | grep -q '^run:'; }
for name in "${names[@]}"; do
	pid=$(cat $sv/$name/supervise/pid)
	kill -KILL "$pid"
	until_true 10 back $name "$pid" || fail "$name does not come back: $(sv status $scan/$name)"
	until_true 10 grep -qsx -- '-1 9' "/run/ended.$name" || fail "$name ended otherwise: $(cat "/run/ended.$name")"
	until_true 10 as chen warder whoami >/dev/null 2>&1 || fail "nobody is answered after $name was killed"
	exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
done
posts 6

say "each ends when it is told to, and says so"
for name in warderd warder-keeper warder-courier warder-pam; do
	: >"/run/ended.$name"
	exits 0 sv -w 90 stop $scan/$name
	until_true 5 grep -qx '0 0' "/run/ended.$name" || fail "$name ended with $(cat "/run/ended.$name")"
	! pgrep -x "$name" >/dev/null || fail "of $name something stays"
done
tail -n 1 "$LEDGER" | grep -q '"ev":"keeper.stop"' || fail "the last line is $(tail -n 1 "$LEDGER")"
exits 0 warderctl ledger verify

say "and all of it once more"
exits 0 sv start $scan/warder-pam $scan/warder-courier $scan/warder-keeper $scan/warderd
until_true 10 as chen warder whoami >/dev/null 2>&1 || fail "not answered"
exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
posts 7
exits 0 warderctl ledger verify
