# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# What can be done on a booted bastion: sourced before every test here. The
# words of tests/bastion hold here too (say, fail, exits, until_true, control,
# new_run, posts, records, ledger); warder comes from its package, services run
# under systemd, people come through sshd.

BASTION_TOP=/warder
# shellcheck source=tests/bastion/lib/inside.sh
. /warder/tests/bastion/lib/inside.sh
# shellcheck disable=SC2034
SBIN=/usr/sbin BIN=/usr/bin
SSH=(ssh -q -tt -o BatchMode=yes -o StrictHostKeyChecking=accept-new)
clean_env
mkdir -p "$BASTION_LIB" "$BASTION_LOGS" /run/bastion
install -m 0644 /warder/tests/bastion/lib/* "$BASTION_LIB"
cd /root || exit 125

show_logs() {
	journalctl --no-pager -q -n 40 -t warderd -t warder-keeper -t warder-pam -t warder-courier || :
}
trap 'code=$?; [ $code = 0 ] || [ $code = 77 ] || show_logs' EXIT

install_packages() { dpkg -i /debs/warder_*.deb /debs/warder-sandbox_*.deb; }

# The same people as in tests/bastion, each with a key for sshd.
make_people() {
	local who
	groupadd -g 2111 release-managers
	groupadd -g 2112 developers
	for who in chen:2101 fang:2102 li:2103 lin:2104 outsider:2105; do
		useradd -u "${who#*:}" -m -s /bin/bash "${who%:*}"
	done
	gpasswd -M chen,fang release-managers >/dev/null
	gpasswd -M li developers >/dev/null
	printf '%s\n' 'chen:chen-horse-7' 'fang:fang-lamp-3' 'li:li-river-5' \
		'outsider:outsider-door-1' | chpasswd -c SHA512 -s 1000
	[ -f /root/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	for who in chen fang li outsider; do
		install -d -m 0700 -o "$who" -g "$who" "/home/$who/.ssh"
		install -m 0600 -o "$who" -g "$who" /root/.ssh/id_ed25519.pub "/home/$who/.ssh/authorized_keys"
	done
}

# The sandbox runs as a service of its own, as the network's other side would.
start_sandbox() {
	local line
	id warder-sandbox >/dev/null 2>&1 || useradd -r -M -s /usr/sbin/nologin warder-sandbox
	install -d -o warder-sandbox -g warder-sandbox -m 0755 /run/sandbox
	systemd-run -q --unit=sandbox --uid=warder-sandbox --working-directory=/run/sandbox \
		-p StandardOutput=file:/run/sandbox/line "$BIN/warder-sandbox" "$@"
	until_true 10 grep -qs 'ca=' /run/sandbox/line || return 1
	line=$(head -n 1 /run/sandbox/line)
	sed -n 's/.*https=\([^ ]*\).*/\1/p' <<<"$line" >/run/sandbox/https
	sed -n 's/.*control=\([^ ]*\).*/\1/p' <<<"$line" >/run/sandbox/control
	install -d -m 0755 /etc/warder
	install -m 0644 "$(sed -n 's/.*ca=\([^ ]*\).*/\1/p' <<<"$line")" /etc/warder/sandbox-ca.pem
	[ -s /run/sandbox/https ] && [ -s /run/sandbox/control ]
}

make_warder() {
	# Proof of level 2, as the sample has it.
	install -m 0644 /usr/share/doc/warder/examples/warder-mfa.pam /etc/pam.d/warder-mfa
	install -d -m 0700 /var/lib/oath
	(umask 077 && echo "HOTP/T30 chen - $TOTP_SEED" >/var/lib/oath/users.oath)
	write_conf
	warderctl init --master file
	install -D -m 0644 /usr/share/doc/warder/examples/master-file.conf \
		/etc/systemd/system/warder-keeper.service.d/master-file.conf
	systemctl daemon-reload
	write_policy
	warderctl policy install -y /etc/warder/policy
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
		warderctl key seal shop --stdin --no-check --endpoint "$(cat /run/sandbox/https)"
}

start_services() {
	systemctl start warderd.socket warder-keeper.socket warder-pam.socket \
		warder-courier.socket warder-keeper.service
	until_true 10 services_listen
}

# A bastion in service: the package, people, the sandbox, keys, policy.
ready() {
	install_packages >/dev/null
	make_people
	start_sandbox
	make_warder
	start_services
}

# ssh_at WHO COMMAND...: over sshd, at a terminal; the person's steps on stdin
ssh_at() {
	local who=$1
	shift
	python3 -I "$BASTION_LIB/drive.py" -- "${SSH[@]}" "$who@localhost" "$@"
}

passes() {
	ssh_at "$1" warder pass -y -m "'checked on staging'" "${2:-$PAY}" <<-END
		expect Password
		secret ${3:-$(password "$1")}
	END
}
