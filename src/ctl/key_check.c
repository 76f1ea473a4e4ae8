/* SPDX-License-Identifier: ISC */
/*
 * The keeper is asked to make one reading call with a key that is not active
 * yet. It answers what came of it; the key itself goes nowhere.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/key.h"
#include "wire/admin.h"

#define CHECK_MS 60000

static int
show(void *ctx, const struct frame *frame)
{
	struct admin_row row;
	char shown[1024];
	int r = layout_take(frame, &admin_row_layout, &row);

	(void)ctx;
	if (r != 0)
		return r;
	text_show(shown, sizeof(shown), row.text);
	if (strcmp(row.topic, "check") != 0)
		(void)fprintf(stderr, "check: %s\n", shown);
	else
		(void)fprintf(stderr, "check: %llu %s\n",
		    (unsigned long long)row.n, shown);
	return WARDER_OK;
}

int
key_check(const char *org_id, const uint8_t record_id[SEAL_ID_LEN],
    uint64_t generation)
{
	const struct keepercall call = { show, NULL, CHECK_MS };
	struct admin_check check = { .generation = generation };
	struct admin_done done;
	int r;

	if (text_copy(check.org, sizeof(check.org), org_id) != 0)
		return ctl_fail(REASON_BUG, "the organization id is too long");
	memcpy(check.record, record_id, SEAL_ID_LEN);
	r = keepercall_ask(
	    &call, ADMIN_CHECK, &admin_check_layout, &check, &done);
	if (r == WARDER_ESYS)
		return ctl_fail(REASON_UNREACHABLE,
		    "warder-keeper is not running; --no-check seals without "
		    "asking it");
	if (r != 0)
		return ctl_fail(
		    REASON_UNREACHABLE, "the keeper did not answer");
	if (done.exit == REASON_DONE)
		return REASON_DONE;
	return ctl_fail(
	    done.exit, "the check failed: %s", keepercall_words(done.word));
}
