#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Where syslog is required and away, nothing is sent; it works again when it
# is back.

stop_syslog
exits 22 passes chen
posts 0
records 0 ev=outcome res=passed
start_syslog
exits 0 passes chen
posts 1
