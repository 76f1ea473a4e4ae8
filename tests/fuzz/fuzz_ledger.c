/* SPDX-License-Identifier: ISC */
/*
 * The ledger: any bytes at all as a text give a line that reads back, and
 * what reads as a line is written as the same bytes; notes do not crash.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/note.h"
#include "ledger/record.h"
#include "ledger/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
want(bool holds)
{
	if (!holds)
		abort();
}

/* Foreign words in every text of a line. */
static void
write_and_read(const char *bytes, size_t len)
{
	static const enum member texts[] = { M_USER, M_TTY, M_RHOST, M_ORG,
		M_NAME, M_SRC, M_WHY, M_TICK, M_RULE, M_GLASS, M_VIA, M_HAVE,
		M_KEY, M_AK, M_EP, M_NONCE, M_CODE, M_RID, M_MSG, M_FILE };
	static const uint8_t none[RECORD_HASH_LEN];
	char line[RECORD_LINE_MAX + 1], message[SYSLOG_MAX + 1];
	struct record rec, again;
	size_t n;

	record_begin(&rec, "denied");
	record_set_int(&rec, M_V, 1);
	record_set_int(&rec, M_SEQ, 1);
	record_set(&rec, M_TS, "2026-01-01T00:00:00.000Z");
	record_set_int(&rec, M_MONO, 1);
	record_set(&rec, M_BOOT, "00000000");
	record_set(&rec, M_HOST, "a");
	record_set_hex(&rec, M_PREV, none, sizeof(none));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		record_set_bytes(&rec, texts[i], bytes, len);
	want(record_print(&rec, line, &n) == 0);
	want(memchr(line, '\n', n) == line + n - 1);
	want(memchr(line, '\x1b', n) == NULL);
	want(record_parse(line, n, &again) == 0);
	want(syslog_print(&rec, none, 80, 1, message, &n) == 0);
	want(memchr(message, '\n', n) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	char line[RECORD_LINE_MAX + 1];
	struct note_verifier verifier = { .host = "bastion-a" };
	struct checkpoint checkpoint;
	struct result_note result;
	struct record rec;
	size_t n;

	write_and_read(text, len);
	if (record_parse(text, len, &rec) == 0) {
		want(record_print(&rec, line, &n) == 0);
		want(n == len && memcmp(line, text, n) == 0);
	}
	want(checkpoint_open(text, len, &verifier, &checkpoint) != NOTE_OK);
	want(result_note_open(text, len, &verifier, &result) != NOTE_OK);
	want(receipt_open(text, len, &verifier) != NOTE_OK);
	(void)!note_verifier_parse(text, len, &verifier);
	return 0;
}
