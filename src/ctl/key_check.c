/* SPDX-License-Identifier: ISC */
/*
 * The keeper is asked to make one reading call with a key that is not active
 * yet. It answers what came of it; the key itself goes nowhere.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ctl/key.h"
#include "wire/admin.h"
#include "wire/peer.h"

#define KEEPER_SOCKET WARDER_RUNDIR "/keeper.sock"
#define CHECK_MS 60000

static int
read_answer(int sock, int64_t deadline)
{
	char shown[1024];

	for (;;) {
		auto_frame struct frame frame = FRAME_NONE;
		struct admin_row row;
		struct admin_done done;
		int r = frame_recv(sock, WIRE_ADMIN, deadline, &frame);

		if (r == 0 &&
		    layout_take(&frame, &admin_row_layout, &row) == 0) {
			text_show(shown, sizeof(shown), row.text);
			if (strcmp(row.topic, "check") != 0)
				(void)fprintf(stderr, "check: %s\n", shown);
			else
				(void)fprintf(stderr, "check: %llu %s\n",
				    (unsigned long long)row.n, shown);
			continue;
		}
		if (r != 0 ||
		    layout_take(&frame, &admin_done_layout, &done) != 0)
			return ctl_fail(
			    REASON_UNREACHABLE, "the keeper did not answer");
		if (done.exit == REASON_DONE)
			return REASON_DONE;
		return ctl_fail(done.exit, "the check failed: %s",
		    text_show(shown, sizeof(shown), done.word));
	}
}

int
key_check(const char *org_id, const uint8_t record_id[SEAL_ID_LEN],
    uint64_t generation)
{
	int64_t deadline = clock_boot_ms() + CHECK_MS;
	struct admin_check check = { .generation = generation };
	auto_fd int sock = -1;

	if (text_copy(check.org, sizeof(check.org), org_id) != 0)
		return ctl_fail(REASON_BUG, "the organization id is too long");
	memcpy(check.record, record_id, SEAL_ID_LEN);
	if (peer_connect(KEEPER_SOCKET, &sock) != 0 ||
	    layout_send(sock, 1, &admin_check_layout, &check, -1, deadline) !=
	        0)
		return ctl_fail(REASON_UNREACHABLE,
		    "warder-keeper is not running; --no-check seals without "
		    "asking it");
	return read_answer(sock, deadline);
}
