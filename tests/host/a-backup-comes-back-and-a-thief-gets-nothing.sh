#!/bin/bash
# SPDX-License-Identifier: ISC
#
# doc/backup.md, its commands run as they stand: a bastion is lost and comes
# back on an empty machine; whoever has the archive alone opens nothing.

document=/warder/doc/backup.md
# take FROM TO: the commands FROM to TO of the document, as root types them
take() {
	local who command
	while read -r who command; do
		[ "$who" = root ] || fail "$who is to type something"
		command=$(base64 -d <<<"$command")
		say "$command"
		bash -c "$command"
	done < <(/warder/tests/host/lib/commands.py $document | sed -n "$1,$2p")
}
[ "$(/warder/tests/host/lib/commands.py $document | wc -l)" = 9 ] || fail "$document has other commands"

# What dpkg --purge and rm leave of warder here: the sandbox is the world.
lose() {
	systemctl stop 'warder*.socket' 'warder*.service'
	dpkg --purge warder >/dev/null 2>&1
	rm -rf /etc/warder /var/lib/warder /var/log/warder /etc/systemd/system/warder-keeper.service.d
	for name in warder warder-keeper warder-courier; do userdel "$name"; done
	# Other numbers this time.
	systemd-sysusers - <<<'u somebody-else - "takes a number"'
}

ready
exits 0 passes chen
take 1 3
until_true 10 services_listen
install -m 0400 /etc/warder/master.key /root/master.key
sandbox_ca=$(cat /etc/warder/sandbox-ca.pem)
uid=$(id -u warder-keeper)
lines=$(wc -l <"$LEDGER")
exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"

say "the archive holds no secret"
[ "$(stat -c %a /root/warder-backup.tar.gz)" != 666 ] || fail "the archive is anybody's"
mkdir /root/thief
tar -C /root/thief -xzf /root/warder-backup.tar.gz
if grep -r -a -l -e "$KEY_SECRET" /root/thief; then fail "a key is in there"; fi
python3 -I - /etc/warder/master.key /etc/warder/pam.key /root/thief <<'END' || fail "a secret of the host is in there"
import os, sys
secrets = [open(path, "rb").read() for path in sys.argv[1:3]]
for folder, _, names in os.walk(sys.argv[3]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            text = file.read()
        for secret in secrets:
            assert len(secret) >= 32 and secret not in text, name
        assert name not in ("master.key", "pam.key"), name
END
[ -s /root/thief/var/log/warder/ledger.jsonl ] || fail "the ledger is not in there"

say "the bastion is lost"
lose
install_packages >/dev/null 2>&1
[ "$(id -u warder-keeper)" != "$uid" ] || fail "the number is the same, so this shows nothing"

say "a thief with the archive alone"
tar -C / -xzf /root/warder-backup.tar.gz
exits 20 warderctl init --master file >/tmp/init 2>&1 || cat /tmp/init
systemctl daemon-reload
systemctl start warderd.socket warder-keeper.socket warder-pam.socket warder-courier.socket || true
systemctl start warder-keeper.service 2>/dev/null || true
sent=$(post_count)
code=0
ssh_at chen warder pass -y -n -m "'checked on staging'" "$(new_run 11222 '"creator":"187700112299"')" </dev/null >/tmp/out 2>&1 || code=$?
[ $code != 0 ] || fail "he passes a gate"
code=0
warderctl key list >/tmp/out 2>&1 || code=$?
[ $code = 19 ] || fail "key list ends with $code: $(cat /tmp/out)"
exits 42 warderctl doctor >/tmp/doctor
grep -q '^bad  *keys' /tmp/doctor || fail "$(cat /tmp/doctor)"
[ "$(post_count)" = "$sent" ] || fail "something was sent"

say "and whoever has the master key too"
lose
install_packages >/dev/null 2>&1
take 4 9
echo "$sandbox_ca" | cmp -s - /etc/warder/sandbox-ca.pem || fail "warder.conf's certificate is not back"
[ "$(stat -c %U /var/log/warder/ledger.jsonl)" = warder-keeper ] || fail "the ledger is not the keeper's"
[ "$(wc -l <"$LEDGER")" -ge "$lines" ] || fail "lines are missing"
exits 0 warderctl ledger verify
exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
exits 0 warderctl ledger verify

say "an older set of keys alone is refused, until root says that it was meant"
cp -a /var/lib/warder/keys /root/older
printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" | warderctl key seal shop --stdin --no-check \
	--endpoint "$(cat /run/sandbox/https)"
rm -r /var/lib/warder/keys
cp -a /root/older /var/lib/warder/keys
exits 21 ssh_at chen warder pass -y -n -m "'checked on staging'" "$(new_run 11222 '"creator":"187700112299"')" </dev/null
code=0
warderctl key list >/tmp/out 2>&1 || code=$?
[ $code = 21 ] && grep -q manifest_rollback /tmp/out || fail "$(cat /tmp/out)"
exits 0 python3 -I "$BASTION_LIB/drive.py" -- warderctl key rekey --after-restore <<-END
	expect Type yes
	type yes
END
systemctl restart warder-keeper.service warder-pam.service
exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
