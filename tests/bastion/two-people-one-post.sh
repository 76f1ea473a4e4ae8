#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Two people pass one gate at the same time: one POST, and the other learns
# it.

control POST /change '{"pipeline":"11222","run":"1187","creator":"187700112266"}' >/dev/null
control POST /fault '{"fault":"delay","match":{"method":"POST"},"args":{"ms":800}}' >/dev/null
passes chen >/tmp/chen 2>&1 & first=$!
passes fang >/tmp/fang 2>&1 & second=$!
a=0; wait "$first" || a=$?
b=0; wait "$second" || b=$?
cat /tmp/chen /tmp/fang
case $a:$b in
0:9 | 9:0 | 0:15 | 15:0) ;;
*) fail "exit codes $a and $b" ;;
esac
posts 1
records 1 ev=outcome res=passed
