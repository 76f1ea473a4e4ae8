#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 8
#
# Set-ups that are broken in one way each: doctor says which, and what to do;
# where that is a command, the test runs it as it was printed, and doctor is
# content again.

ready
conf=/etc/warder/warder.conf
kept=/run/kept
mkdir -m 0700 $kept
cp -a $conf /etc/warder/sandbox-ca.pem /etc/pam.d/warder $kept/

count=0
# broken WHAT EXIT LEVEL TOPIC WORDS: a line of doctor's has the words
broken() {
	local code=0
	line=''
	warderctl doctor >/run/report 2>&1 || code=$?
	line=$(grep -E "^$3 +$4 +.*$5" /run/report | head -n 1) || :
	if [ -z "$line" ] || [ "$code" != "$2" ]; then
		cat /run/report
		fail "$1: exit $code, or no line: $3 $4 $5"
	fi
	count=$((count + 1))
	say "TABLE $1 | $(tr -s ' ' <<<"$line")"
}

# content: nothing is bad, and nothing to look at but what was so before
content() {
	local code=0
	warderctl doctor >/run/report 2>&1 || code=$?
	if [ "$code" != 0 ] || ! diff -u <(grep '^warn' /run/first) <(grep '^warn' /run/report); then
		cat /run/report
		fail "doctor is not content: exit $code"
	fi
}

# mends COMMAND: it stands in the line, is run, and helps
mends() {
	grep -qF -- "$1" <<<"$line" || fail "the repair is not said: $1 in: $line"
	bash -eu -o pipefail -c "$1" || fail "the repair fails: $1"
	content
}

# says WORDS: no command, but what to do
says() { grep -qF -- "$1" <<<"$line" || fail "not said: $1 in: $line"; }

put_back() { cp -a "$kept/$(basename "$1")" "$1"; }

exits 0 warderctl doctor >/run/first
cat /run/first
grep -q '^ok  *server *shop: takes the key shop-2026: [0-9]* pipelines' /run/first ||
	fail "the server was not asked"

# Files.
chown chen $conf
broken 'warder.conf belongs to somebody' 42 bad files "$conf has owner"
mends "chown root:root $conf"
chmod 0666 /etc/warder/policy.installed
broken 'policy in force is writable' 42 bad files 'policy.installed has owner 0:0 and mode 0666'
mends 'chmod 0644 /etc/warder/policy.installed'
chmod 0644 /etc/warder/pam.key
broken 'pam.key is readable' 42 bad files 'pam.key has owner'
mends 'chmod 0600 /etc/warder/pam.key'
chown root:root /etc/warder /var/lib/warder/keys/MANIFEST
broken 'key manifest belongs to root' 42 bad files 'MANIFEST has owner 0:'
mends 'chown -h warder-keeper:warder-keeper /var/lib/warder/keys/MANIFEST'
chmod 0600 $conf
broken 'warder.conf is root alone to read' 42 bad files "$conf has owner 0:0 and mode 0600"
mends "chmod 0644 $conf"
chmod 0755 /var/log/warder
broken 'folder of the ledger is open' 42 bad files '/var/log/warder has owner'
mends 'chmod 0750 /var/log/warder'
chown root:users /var/log/warder/ledger.jsonl
broken 'ledger belongs to root' 42 bad files 'ledger.jsonl has owner'
mends 'chown -h warder-keeper:adm /var/log/warder/ledger.jsonl'
chown root:root /var/log/warder/ledger.lock
chmod 0644 /var/log/warder/ledger.lock
broken 'ledger.lock belongs to root' 42 bad files 'ledger.lock has owner'
mends 'chown -h warder-keeper:warder-keeper /var/log/warder/ledger.lock && runuser -u warder-keeper -- chmod 0600 /var/log/warder/ledger.lock'

# People and groups.
groupdel developers
broken 'group of the policy is missing' 42 bad people 'there is no group developers'
mends 'groupadd developers'
userdel lin 2>/dev/null
broken 'user of the policy is missing' 0 warn people 'there is no user lin'
mends 'useradd lin'
sed -i '/^warder-courier:/d' /etc/passwd /etc/shadow
broken 'user of a service is missing' 42 bad users 'there is no user warder-courier'
mends 'systemd-sysusers warder.conf'
gpasswd -d warder-keeper adm >/dev/null
broken 'keeper is not in adm' 42 bad users 'warder-keeper is not in the group adm'
mends 'usermod -aG adm warder-keeper'

# Services.
systemctl stop warderd.socket warderd.service
broken 'dead socket: warderd' 42 bad services 'warderd does not answer: No such file'
mends 'systemctl start warderd.socket'
for name in pam courier; do
	systemctl stop warder-$name.socket warder-$name.service
	broken "dead socket: $name" 42 bad services "warder-$name: does not answer"
	mends "systemctl start warder-$name.socket"
done
systemctl stop warder-keeper.socket warder-keeper.service
broken 'dead socket: keeper' 42 bad services 'warder-keeper does not answer: No such file'
mends 'systemctl start warder-keeper.socket warder-keeper'
# One that cannot start: systemd holds its socket all the same.
mkdir -p /run/systemd/system/warderd.service.d
printf '[Service]\nExecStart=\nExecStart=/bin/sleep 1000\nUser=nobody\n' >/run/systemd/system/warderd.service.d/hang.conf
systemctl daemon-reload
systemctl stop warderd.service
broken 'socket without its service' 42 bad services 'warderd does not answer: its socket is there'
rm /run/systemd/system/warderd.service.d/hang.conf
systemctl daemon-reload
mends 'systemctl restart warderd'
rm /etc/systemd/system/warder-keeper.service.d/master-file.conf
systemctl daemon-reload
broken 'master key is not handed over' 42 bad units 'nothing hands the master key'
mends "$(sed -n 's/.*drop-in: //p' <<<"$line")"

# The server.
ca=/etc/warder/sandbox-ca.pem
rm $ca
broken 'ca_file is missing' 42 bad server "ca_file $ca No such file"
says 'put the certificates there'
echo 'no certificate' >$ca
broken 'ca_file holds no certificate' 42 bad server 'holds no certificate'
says 'as PEM'
put_back $ca
chmod 0666 $ca
broken 'ca_file is writable' 42 bad server 'can be changed by others than root'
mends "chown root:root $ca && chmod 0644 $ca"
install -d -o warder-sandbox -g warder-sandbox /run/other
systemd-run -q --unit=other --uid=warder-sandbox --working-directory=/run/other \
	-p StandardOutput=file:/run/other/line "$BIN/warder-sandbox"
until_true 10 grep -qs 'ca=' /run/other/line
cat "$(sed -n 's/.*ca=\([^ ]*\).*/\1/p' /run/other/line)" >$ca
cmp -s $ca $kept/sandbox-ca.pem && fail "two sandboxes with one CA"
broken 'wrong CA' 42 bad server 'shop: .*certificate'
says 'ca_file'
put_back $ca
content
kill -STOP "$(systemctl show -P MainPID sandbox)"
since=$SECONDS
broken 'server hangs' 42 bad server 'shop: no answer within 8 seconds'
says 'warderctl key check shop'
[ $((SECONDS - since)) -le 20 ] || fail "doctor took $((SECONDS - since)) seconds"
kill -CONT "$(systemctl show -P MainPID sandbox)"
content

# Disks.
systemctl stop warder-keeper.socket warder-keeper.service
mkdir /run/full
mount -t tmpfs -o size=1m,mode=0750,uid=warder-keeper,gid=adm full /run/full
cp -a /var/log/warder/. /run/full/
mount --bind /run/full /var/log/warder
dd if=/dev/zero of=/run/full/filler bs=4k 2>/dev/null || :
broken 'full disk' 42 bad disk '/var/log/warder has [0-9]+ KiB'
says 'make room there'
umount /var/log/warder /run/full
systemctl start warder-keeper.socket warder-keeper.service
content
# One that turned read-only under the keeper, as a disk with errors does.
keeper=(warder-keeper.socket warder-keeper.service)
systemctl stop "${keeper[@]}"
mkdir /run/disk
mount -t tmpfs -o mode=0700,uid=warder-keeper,gid=warder-keeper disk /run/disk
cp -a /var/lib/warder/. /run/disk/
mount --bind /run/disk /var/lib/warder
systemctl start "${keeper[@]}"
until_true 10 mount -o remount,ro /run/disk
broken 'read-only disk' 42 bad disk '/var/lib/warder cannot be written to'
mends 'mount -o remount,rw /var/lib/warder'
systemctl stop "${keeper[@]}"
umount /var/lib/warder
cp -a /run/disk/. /var/lib/warder/
systemctl start "${keeper[@]}"
content

# The host.
mount -o remount,hidepid=2 /proc
broken 'hidepid, and no group sees' 42 bad proc 'names no group'
mends 'mount -o remount,hidepid=0 /proc'
groupadd -g 2120 proc
mount -o remount,hidepid=2,gid=2120 /proc
broken 'hidepid, and the keeper is not in its group' 42 bad proc 'in which the keeper is not'
mends "$(sed -n 's/.*add it: //p' <<<"$line")"
mount -o remount,hidepid=0 /proc
rm -f /dev/log
broken 'syslog is missing' 42 bad syslog '/dev/log: is not there'
mends 'ln -sfn /run/systemd/journal/dev-log /dev/log'
echo 'syslog_socket /run/nobody' >>$conf
python3 -Ic 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind("/run/nobody")'
broken 'nobody is behind syslog' 42 bad syslog '/run/nobody: nobody is behind it'
says 'start the syslog daemon'
put_back $conf
code=0
strace -qq -o /dev/null -e inject=adjtimex,clock_adjtime:retval=5 \
	-- warderctl doctor >/run/report || code=$?
[ "$code" = 0 ] || fail "an unsynchronized clock ends with $code"
line=$(grep -E '^warn +clock +not synchronized' /run/report) || fail "$(cat /run/report)"
says 'timedatectl set-ntp true'
count=$((count + 1))
say "TABLE clock unsynchronized | $(tr -s ' ' <<<"$line")"

# PAM.
sed -i -E '/^(auth|@include +common-auth)/d' /etc/pam.d/warder
broken 'PAM service without an auth line' 42 bad pam 'has no auth line'
says 'such as pam_unix'
put_back /etc/pam.d/warder
sed -i -E '/^(account|@include +common-account)/d' /etc/pam.d/warder
broken 'PAM service without an account line' 42 bad pam 'has no account line'
says 'add account required pam_unix.so'
put_back /etc/pam.d/warder
sed -i '1i auth sufficient \\\n pam_permit.so' /etc/pam.d/warder
broken 'PAM lets everybody in, on two lines' 42 bad pam 'lets everybody in by .sufficient pam_permit.so'
says 'remove that line'
put_back /etc/pam.d/warder
echo '@include nowhere' >>/etc/pam.d/warder
broken 'PAM includes what is not there' 42 bad pam 'nowhere is not there or cannot be read'
says 'correct that line'
put_back /etc/pam.d/warder
chmod 0664 /etc/pam.d/warder
broken 'PAM service is writable' 42 bad pam 'can be changed by others than root'
mends 'chown root:root /etc/pam.d/warder && chmod go-w /etc/pam.d/warder'
rm /etc/pam.d/warder
broken 'PAM service is missing' 42 bad pam 'is not there'
says 'Put a service there'
put_back /etc/pam.d/warder
content

# Configuration and policy.
echo 'endpiont x' >>$conf
broken 'slip of the pen in warder.conf' 42 bad config "$conf:[0-9]+: "
says 'correct that line'
# No restart mends that.
grep -q '^bad *services *warder-keeper .*mend warder.conf first' /run/report ||
	fail "what else is bad does not say where it comes from"
put_back $conf
sed -i 's/^endpoint.*/endpoint devops.cn-hangzhou.aliyuncs.com/' $conf
broken 'port that the courier may not reach' 42 bad keys 'shop-2026 is for 127.0.0.1'
says 'in warder.conf'
put_back $conf
content
echo '# one more' >>/etc/warder/policy.installed
broken 'policy in force was edited' 42 bad policy '/etc/warder/policy.installed'
says 'warderctl policy install FILE'
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
content
mkdir -p /etc/logrotate.d
echo '/var/log/warder/*.jsonl { weekly }' >/etc/logrotate.d/all
broken 'logrotate cuts the ledger' 42 bad ledger 'logrotate.d/all has logrotate cut'
says 'take it out there'
rm /etc/logrotate.d/all
mkfifo /etc/logrotate.d/fifo
broken 'logrotate is told by what cannot be read' 0 warn ledger 'logrotate.d/fifo: no plain file'
says 'look there'
rm /etc/logrotate.d/fifo
content

# Keys. Each is sealed anew, as it says.
seal() {
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
		warderctl key seal shop --stdin --endpoint "$(cat /run/sandbox/https)" "$@" >/dev/null
}
exits 0 seal --not-after "$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)"
broken 'key ends soon' 0 warn keys 'shop-2026 can be used for 2 days more'
says 'warderctl key seal'
exits 0 seal
content
exits 0 seal --no-check --not-after "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)"
sleep 4
broken 'key has ended' 42 bad keys 'shop-2026 cannot be used: key_expired'
says 'seal it anew: warderctl key seal'
exits 0 seal
content
systemctl stop sandbox
broken 'server is away' 42 bad server 'shop: nobody takes the connection'
says 'look at the network'
for key in /var/lib/warder/keys/*.key; do
	printf '\377' | dd of="$key" bs=1 seek=200 conv=notrunc status=none
done
broken 'key file was changed' 42 bad keys 'a record cannot be used: key_changed'
says 'seal it anew: warderctl key seal ORG'
broken "file of the host's own key was changed" 42 bad keys "this host's own key cannot be used: key_changed"
says 'put /var/lib/warder/keys back from a backup'

[ $count -ge 20 ] || fail "only $count broken set-ups"
say "TABLE broken set-ups | $count"
