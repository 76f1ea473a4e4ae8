#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Second half of a bastion's first process: people, PAM, syslog, and at the
# higher levels warder itself.  Then it runs the command it was given, with
# its exit code.  Runs only inside the namespaces that world.sh made.
set -eEu
step='begin'
failed() {
	{
		echo "bastion: setting up failed at: $step"
		show_logs
	} >&2
}
trap failed ERR
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck source=tests/bastion/lib/inside.sh
. "$BASTION_TOP/tests/bastion/lib/inside.sh"

clean_env
step='network and host name'
hostname bastion
ip link set lo up

step='tools for the tests'
install -d -m 0755 "$BASTION_LIB"
install -m 0644 "$BASTION_TOP"/tests/bastion/lib/* "$BASTION_LIB"
step='people'
make_people
step='PAM'
make_pam
step='syslog'
start_syslog
if [ "$BASTION_LEVEL" != bare ]; then
	step='installing warder'
	lay_down "$BASTION_STAGE"
fi
if [ "$BASTION_LEVEL" = ready ]; then
	step='sandbox'
	start_sandbox
	step='configuration, keys and policy'
	make_warder
	step='services'
	start_services
fi
trap - ERR
set +e
cd /root || exit 125
"$@"
