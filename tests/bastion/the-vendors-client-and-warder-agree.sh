#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Alibaba's own npm packages, which nobody here wrote: their client passes,
# refuses, reads and lists at warder-sandbox; and what warder's courier sent,
# as it stood on the wire, is what their signer would have signed.

foreign=$BASTION_TOP/_test/foreign
[ -f "$foreign/complete" ] ||
	skip "no vendor's client in _test/foreign: run test.sh, or tests/foreign/fetch.sh, with a network"

# theirs SCRIPT [ARGUMENTS]: with their packages
theirs() {
	local script=$BASTION_TOP/tests/foreign/$1
	shift
	FOREIGN=$foreign CA=/etc/warder/sandbox-ca.pem \
		HTTPS=$(cat /run/sandbox/https) CONTROL=$(cat /run/sandbox/control) \
		KEY_ID=$KEY_ID KEY_SECRET=$KEY_SECRET node "$script" "$@"
}

say "node $(node --version)"
# Eight POSTs of theirs: six that moved nothing, a pass, a refusal.
theirs calls.js || fail "the vendor's client and the sandbox disagree"
posts 8

say "what warder sends"
pay=$(new_run 11222)
exits 0 as chen warder list
exits 0 as chen warder show "$pay"
exits 0 as chen warder show "$WEB"
exits 0 passes chen "$pay"
pay=$(new_run 11222)
exits 0 at chen warder refuse -y -m 'not this one' "$pay" <<-END
	expect Password
	secret $(password chen)
END
posts 10
theirs signatures.js PassPipelineValidate RefusePipelineValidate GetPipelineRun \
	ListPipelineRuns ListPipelines GetRepository GetRepositoryCommit \
	GetCompareDetail || fail "warder signs otherwise than the vendor's client"
