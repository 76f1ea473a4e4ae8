#!/bin/bash
# SPDX-License-Identifier: ISC
#
# doc/install.md, run as it stands: the commands are taken from the document.
# Only what the test cannot have is put there before: the people, and a
# warder.conf that names the sandbox as the server.

document=/warder/doc/install.md
make_people
/warder/tests/host/lib/commands.py $document >/tmp/commands
n=$(wc -l </tmp/commands)
[ "$n" = 10 ] || fail "$document has $n commands, not ten"

# The server must be there before anybody can point to it.
dpkg -i /debs/warder-sandbox_*.deb >/dev/null
start_sandbox
cat >/etc/warder/warder.conf <<-END
	endpoint $(cat /run/sandbox/https)
	ca_file  /etc/warder/sandbox-ca.pem
END

# What somebody at the terminal would answer to that command. Under ssh the
# terminal on this side never echoes, so all that is typed there is a `secret`.
answers() {
	case $1 in
	*'policy install'*) printf 'until [y/N]\ntype y\n' ;;
	*'key seal'*) printf 'until ccessKey\ntype %s\nuntil ecret\nsecret %s\n' "$KEY_ID" "$KEY_SECRET" ;;
	*'warder pass'*) printf 'until of the commit\nsecret d4a6\nuntil Password\nsecret %s\n' "$(password chen)" ;;
	esac
}

begun=$(date +%s%N)
while read -r who command; do
	command=$(base64 -d <<<"$command")
	say "$who: ${command%%$'\n'*}"
	if [ "$who" = root ]; then
		line=(python3 -I "$BASTION_LIB/drive.py" -- bash -c "cd /debs; $command")
	else
		line=(python3 -I "$BASTION_LIB/drive.py" -- "${SSH[@]}" "$who@localhost" "$command")
	fi
	exits 0 "${line[@]}" < <(answers "$command")
done </tmp/commands
took=$((($(date +%s%N) - begun) / 1000000))
posts 1
records 1 ev=outcome res=passed
exits 0 warderctl ledger verify
say "TABLE from the package to the first verified pass: $((took / 1000)).$(printf '%03d' $((took % 1000))) s, ten commands"
