#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# Variables that steer libraries, in the services and in the client, open no
# file and change no way.

start_sandbox
make_warder
cat >/tmp/openssl.cnf <<END
openssl_conf = nothing
END
steer=(SSLKEYLOGFILE=/tmp/keylog OPENSSL_CONF=/tmp/openssl.cnf SSL_CERT_FILE=/dev/null
	https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
	CURL_CA_BUNDLE=/dev/null HOME=/tmp NETRC=/tmp/netrc SQLITE_TMPDIR=/tmp GCONV_PATH=/tmp
	WARDER_ENDPOINT=127.0.0.1:1 WARDER_CONF=/tmp/x WARDER_POLICY=/tmp/x
	LISTEN_FDS=1 LISTEN_PID=1)
# shellcheck disable=SC2034
by_hand_env=("${steer[@]}")
BASTION_START=listen start_services
exits 0 at chen env "${steer[@]}" warder pass -y -m 'checked on staging' "$PAY" <<-END
	expect Password
	secret $(password chen)
END
posts 1
[ ! -e /tmp/keylog ] || fail "TLS keys were written out"
for name in warderd warder-keeper warder-pam warder-courier; do
	tr '\0' '\n' <"/proc/$(cat "/run/bastion/$name.pid")/environ" | grep -q '^SSLKEYLOGFILE' ||
		echo "note: $name wiped its first environment"
done
