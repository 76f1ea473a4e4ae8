#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# key seal --from-aliyun-cli: a profile of the vendor's command line becomes a
# sealed key, and the file that still holds it is pointed at. Each file that is
# not what it should be is refused by its own word, and nothing is sealed.

STS_ID=STS.SANDBOXKEY0002
STS_SECRET=sandboxStsSecret0123456789abcdef
STS_TOKEN=sandboxSecurityToken0123456789abcdef0123456789abcdef
HTTPS=$(cat /run/sandbox/https)
file=/root/.aliyun/config.json
out=/tmp/out
stamp() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
import() { # PROFILE [FLAG...]
	local profile=$1
	shift
	warderctl key seal shop --from-aliyun-cli "$file" --profile "$profile" \
		--endpoint "$HTTPS" "$@" </dev/null >$out 2>&1
}
shows() { grep -qE -- "$1" $out || { cat $out; fail "not shown: $1"; }; }
kinds() {
	warderctl key list --json | python3 -Ic '
import json, sys
print(*[k["kind"] + "/" + k["generation"] for k in json.load(sys.stdin)["keys"]
        if k["name"] == "shop-2026"])'
}
# What is listed: a candidate that was refused leaves its mark, so without it.
store() { find /var/lib/warder/keys -name '*.key' -exec sha256sum {} + | sort; }
# refused CODE WORD PROFILE...: and the key of before stays
refused() {
	local code=$1 word=$2 before
	shift 2
	before=$(store)
	exits "$code" import "$@"
	shows "$word"
	[ "$(store)" = "$before" ] || fail "refused, and sealed: $*"
}
put() { cat >"$file"; }
# profile NAME MODE ID SECRET [TOKEN]
profile() {
	printf '{"name":"%s","mode":"%s","access_key_id":"%s","access_key_secret":"%s",' "$1" "$2" "$3" "$4"
	printf '"sts_token":"%s","ram_role_name":"","expired_seconds":900,"region_id":"cn-hangzhou"}' "${5-}"
}
all() {
	local sep=
	printf '{"current":"ops","profiles":['
	while [ $# -gt 0 ]; do
		printf '%s%s' "$sep" "$1"
		sep=,
		shift
	done
	printf '],"meta_path":""}'
}

install -d -m 0700 /root/.aliyun
(umask 077 && : >$file)

# --- an AccessKey, and what is said about the file
all "$(profile ops AK "$KEY_ID" "$KEY_SECRET")" "$(profile sts StsToken $STS_ID $STS_SECRET $STS_TOKEN)" \
	"$(profile role RamRoleArn "$KEY_ID" "$KEY_SECRET")" "$(profile twice AK "$KEY_ID" "$KEY_SECRET")" \
	"$(profile twice AK "$KEY_ID" "$KEY_SECRET")" "$(profile $'生产' AK "$KEY_ID" "$KEY_SECRET")" \
	"$(profile wrong AK "$KEY_ID" thisIsNotTheSecretOfIt000000000)" | put
import ops || { cat $out; fail "import ops"; }
shows 'Sealed access-key as key shop-2026'
shows "$file still holds this key in plain text"
shows 'aliyun configure delete --profile ops'
shows 'make a new key at Alibaba Cloud, seal that one, and disable this one'
exits 0 import $'生产' --kind access-key
exits 0 passes chen
posts 1

# --- a temporary key: with its end, and only with it
refused 2 'give --not-after' sts
exits 0 import sts --not-after "$(stamp '1 hour')"
kinds | grep -q '^sts/' || fail "$(kinds)"
exits 0 passes chen "$(new_run 11222)"
posts 2

# --- tried before it counts, like any other
refused 6 'does not fit its id' wrong

# --- what it is not
refused 2 'import_mode.*RamRoleArn' role
refused 2 'import_file.*no such profile' nobody
refused 2 'import_shape.*name is missing, wrong, or there twice' twice
refused 2 'import_kind' sts --kind access-key --not-after "$(stamp '1 hour')"
refused 2 'import_kind' ops --kind token
all "$(profile ops AK $STS_ID "$KEY_SECRET")" | put
refused 2 'import_kind' ops
all "$(profile ops StsToken $STS_ID "$STS_SECRET")" | put
refused 2 'import_shape.*sts_token' ops --not-after "$(stamp '1 hour')"
all "$(profile ops AK "$KEY_ID" '')" | put
refused 2 'import_shape.*access_key_secret' ops
all "$(profile ops AK "$KEY_ID" "with a space in it")" | put
refused 2 'import_shape' ops
all "$(profile ops AK "$KEY_ID" "$(head -c 300 /dev/zero | tr '\0' x)")" | put
refused 2 'import_shape.*access_key_secret' ops
all "$(profile ops $'x\\u001b[2J' "$KEY_ID" "$KEY_SECRET")" | put
refused 2 'import_mode' ops
! grep -qF $'\e' $out || fail 'it steered the terminal'

# --- JSON that two readers would read differently, or that is none
good="$(all "$(profile ops AK "$KEY_ID" "$KEY_SECRET")")"
for bad in '' 'x' '[]' '{}' '{"profiles":{}}' '{"profiles":[]' "$good x" "$(printf '\xef\xbb\xbf')$good" \
	"${good/\"mode\"/\"mode\":\"StsToken\",\"mode\"}" "${good/AK/A\\u0000K}" "${good/ops/$(printf '\xff')ops}" \
	"$(head -c 40 /dev/zero | tr '\0' '[')$(head -c 40 /dev/zero | tr '\0' ']')"; do
	printf '%s' "$bad" | put
	refused 2 'import_(shape|file)' ops
done

# --- files that are none of that kind
printf '%s%60000s\n' "$good" ' ' | put
import ops || { cat $out; fail "import ops"; }
printf '%s%70000s\n' "$good" ' ' | put
refused 2 'import_file: too large' ops
printf '%s' "$good" | put
chmod 0620 $file
refused 2 'import_file: others may write' ops
chmod 0602 $file
refused 2 'import_file: others may write' ops
chmod 0600 $file
for other in link fifo folder gone /dev/zero; do
	case $other in
	link) ln -s $file /root/other ;;
	fifo) mkfifo -m 0600 /root/other ;;
	folder) mkdir -m 0700 /root/other ;;
	esac
	was=$file file=/root/other
	[ $other != /dev/zero ] || file=/dev/zero
	refused 2 'import_file' ops
	file=$was
	rm -rf /root/other
done

# --- arguments
exits 2 warderctl key seal shop --profile ops </dev/null 2>/dev/null
exits 2 warderctl key seal shop --from-aliyun-cli $file </dev/null 2>/dev/null
exits 2 warderctl key seal shop --from-aliyun-cli $file --profile ops --stdin </dev/null 2>/dev/null
refused 2 'at most 64 bytes' "$(head -c 65 /dev/zero | tr '\0' x)"
refused 2 'at most 64 bytes' ''
exits 2 setpriv --reuid chen --clear-groups "$(command -v warderctl)" key seal shop \
	--from-aliyun-cli $file --profile ops 2>/dev/null

# --- the reader by hand: no answer for whoever gives it no socket, no file of
# its own, and no secret in what it says
reader() { "$(service_dir)/warder-courier" --profile "$@" <$file >/tmp/answer 2>/tmp/told; }
exits 2 reader
exits 1 reader ops
[ ! -s /tmp/answer ] || fail 'it wrote the key into a file'
! grep -q "$KEY_SECRET" /tmp/told || fail 'it told the key'

# --- nothing of them stays but in the file and in the sealed records
rm -rf /root/.aliyun
printf '%s\n' "$KEY_SECRET" "$STS_SECRET" >/run/bastion/pattern
find /tmp -xdev -maxdepth 1 -type f -print0 >/run/bastion/files
found=$(grep -lsaF -f /run/bastion/pattern /proc/[0-9]*/cmdline /proc/[0-9]*/environ || :
	xargs -0 grep -lsaF -f /run/bastion/pattern </run/bastion/files || :
	grep -rlsaF -f /run/bastion/pattern /var/log /etc/warder /var/lib/warder /run/warder /root /home || :)
[ -z "$found" ] || fail "a secret is in: $found"
exits 0 warderctl ledger verify >/dev/null
