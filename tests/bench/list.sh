#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Inside a bastion: what `warder list` costs over many pipelines, by requests
# and by time.  The server is the sandbox on loopback, so the time is that of
# warder and of this machine; a network adds its round trips, list_parallel of
# them at a time.
set -eu -o pipefail

# shellcheck source=tests/bastion/lib/inside.sh
. "$BASTION_TOP/tests/bastion/lib/inside.sh"

# The built-in two pipelines wait too, each at one gate.
for crowd in '2998 38 0' '2998 38 2960'; do
	read -r pipelines waiting running <<<"$crowd"
	another_sandbox --pipelines "$pipelines" --waiting "$waiting" --running "$running"
	python3 -I "$BASTION_TOP/tests/bench/list.py" \
		--control "$(cat /run/sandbox/control)" --pipelines $((pipelines + 2)) \
		--gates $((waiting + 2)) --running "$running" --delay 0 --rounds "$1"
done
# And with a server that takes its time, as a real one does.
another_sandbox --pipelines 2998 --waiting 38
python3 -I "$BASTION_TOP/tests/bench/list.py" --control "$(cat /run/sandbox/control)" \
	--pipelines 3000 --gates 40 --running 0 --delay 100 --rounds "$1"
