#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The commands of warder(1) for a receipt, with keys and signatures that
# openssl makes: whatever stands in the base64 of a key, a good receipt is
# verified, and one that was changed, or another host's key, is not.
set -u
command -v openssl >/dev/null || {
	echo 'skip: there is no openssl'
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^\.Sh RECEIPTS/,/^\.Ed/p' "${top_srcdir:?}/man/warder.1" |
	sed -n '/^receipt=/,/^\.Ed/p' | sed '/^\.Ed/d; s/\\e/\\/g' >"$work/by-hand.sh"
[ "$(wc -l <"$work/by-hand.sh")" -gt 10 ] && cd "$work" || exit 1

bad=0
wrong() {
	echo "$*: $(cat key.pub)"
	bad=1
}
# new_key: key.pem, and its public line in key.pub
new_key() {
	openssl genpkey -algorithm ed25519 -out key.pem
	printf 'warder/bastion+00000000+%s\n' "$({
		printf '\001'
		openssl pkey -in key.pem -pubout -outform DER | tail -c 32
	} | base64 -w0)" >key.pub
}
# new_receipt: text and signature of key.pem, as warder log writes them
new_receipt() {
	printf 'warder/receipt/bastion\n20260101-0001\n{"v":1}\n' >signed
	openssl pkeyutl -sign -inkey key.pem -rawin -in signed -out signature.bin
	{
		cat signed
		printf '\n— warder/bastion %s\n' "$({
			printf '\000\000\000\000'
			cat signature.bin
		} | base64 -w0)"
	} >receipt.txt
}
holds() {
	cp key.pub ledger.pub
	bash -eu by-hand.sh >said 2>&1 && grep -q '^Signature Verified' said
}

plain=0 plus=0 slash=0
for _ in $(seq 200); do
	new_key
	key=$(cut -d+ -f3- key.pub)
	case $key in
	*+*) plus=$((plus + 1)) ;;
	*/*) slash=$((slash + 1)) ;;
	*) plain=$((plain + 1)) ;;
	esac
	new_receipt
	holds || wrong 'a good receipt does not verify'
	[ $plus -lt 3 ] || [ $slash -lt 3 ] || [ $plain -lt 3 ] || break
done
[ $plus -ge 3 ] && [ $slash -ge 3 ] && [ $plain -ge 3 ] || wrong "only $plus, $slash, $plain keys"
sed -i 's/20260101-0001/20260101-0002/' receipt.txt
! holds || wrong 'a changed receipt verifies'
new_receipt
new_key
! holds || wrong "another host's key verifies"
exit $bad
