#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A wrong password ends with 4: nothing is sent, and the failure is on record.

exits 4 passes chen "$PAY" not-her-password
posts 0
records 1 ev=auth res=failed user=chen
records 0 ev=intent
