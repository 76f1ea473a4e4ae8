#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Inside a bastion: the setting in which an approval is measured.  PAM says
# yes to everybody at once, the policy has 1,000 rules, sudo asks nothing;
# records, TLS, fences and processes are what they always are.
set -eu -o pipefail

# shellcheck source=tests/bastion/lib/inside.sh
. "$BASTION_TOP/tests/bastion/lib/inside.sh"

package=/usr/local/share/bench/sudo.deb
[ ! -f "$package" ] ||
	dpkg-deb --fsys-tarfile "$package" | tar -C / -xp ./usr/bin/sudo ./usr/libexec/sudo
printf '%s\n' 'auth required pam_permit.so' 'account required pam_permit.so' \
	>/etc/pam.d/warder
cp /etc/pam.d/warder /etc/pam.d/sudo
echo 'session required pam_permit.so' >>/etc/pam.d/sudo
install -d -m 0750 /etc/sudoers.d
printf 'root ALL=(ALL) ALL\nchen ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers
chmod 0440 /etc/sudoers

write_policy
sed -i '/^require mfa 2/d' /etc/warder/policy
rules=$(grep -c -E '^(permit|require|deny)' /etc/warder/policy)
for n in $(seq 1 $((1000 - rules))); do
	# Not permits: the one above grants all, and the checker says so.
	printf 'require reason ".{8,}" on shop/service-%04d/*/*\n' "$n"
done >>/etc/warder/policy
"$SBIN/warderctl" policy install -y /etc/warder/policy >/dev/null

python3 -I "$BASTION_TOP/tests/bench/approval.py" \
	--rounds "$1" --control "$(cat /run/sandbox/control)" \
	--server "$(cat /run/sandbox/https)" --org "$ORG" \
	--key-id "$KEY_ID" --key-secret "$KEY_SECRET" \
	--rules "$(grep -c -E '^(permit|require|deny)' /etc/warder/policy)"
echo
python3 -I "$BASTION_TOP/tests/bench/policy.py"
echo
exec python3 -I "$BASTION_TOP/tests/bench/check.py"
