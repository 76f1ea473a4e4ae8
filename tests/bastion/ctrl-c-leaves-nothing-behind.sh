#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Ctrl-C at the password: 130, nothing sent, and the terminal as it was.

exits 130 at chen warder pass -y -m 'checked on staging' "$PAY" <<-END
	expect Password
	key ^C
END
posts 0
records 0 ev=intent
exits 130 at chen warder pass "$PAY" <<-END
	expect Reason
	key ^C
END
exits 3 at chen warder pass -m 'checked on staging' "$PAY" <<-END
	expect last 4
	type nope
END
exits 3 at chen warder pass -m 'checked on staging' "$PAY" <<-END
	expect last 4
	key ^D
END
posts 0
