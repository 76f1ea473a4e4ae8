/* SPDX-License-Identifier: ISC */
/* What is signed is what is read, and nothing else opens. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/text.h"
#include "ledger/note.h"

/* The public test key of the recorded ledger. */
#define SEED "b8b2a7b304e72c070989aef4bc5bae2010a9274466d1f26a9b72b6b9cf221e73"
#define OTHER "fa51f02584021427248f28e173e676f22ce48f802e0ffc69dc7a29368a41fb8c"
#define PUBLIC                                                                 \
	"warder/bastion-a+c785019f+"                                           \
	"ARAeJS8tlZO+JT1kTlPOUmgVH7KAt+j/oWMpnhPFWe5w\n"

static struct blob *seed, *other;
static struct note_verifier verifier;

static struct blob *
seed_of(const char *hex)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(NOTE_SEED_LEN, &blob), 0);
	assert_int_equal(blob_set_len(blob, NOTE_SEED_LEN), 0);
	assert_int_equal(hex_parse(hex, blob_space(blob), NOTE_SEED_LEN), 0);
	return blob;
}

static size_t
load_vector(const char *name, char *ret, size_t size)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/%s",
	    top == NULL ? "." : top, name);
	file = fopen(path, "re");
	if (file == NULL)
		fail_msg("cannot read %s", path);
	n = fread(ret, 1, size, file);
	(void)fclose(file);
	return n;
}

static void
only_the_exact_verifier_line_is_taken(void **state)
{
	static const char line[] = PUBLIC;
	struct note_verifier got;
	char changed[sizeof(line)];

	(void)state;
	assert_int_equal(note_verifier_parse(line, sizeof(line) - 1, &got), 0);
	assert_int_equal(note_verifier_parse(line, sizeof(line) - 2, &got), 0);
	for (size_t i = 0; i < sizeof(line) - 2; i++) {
		memcpy(changed, line, sizeof(line));
		changed[i] ^= 1;
		assert_int_equal(
		    note_verifier_parse(changed, sizeof(line) - 1, &got),
		    WARDER_EFORM);
		assert_int_equal(
		    note_verifier_parse(line, i, &got), WARDER_EFORM);
	}
	assert_int_equal(
	    note_verifier_parse(PUBLIC "\n", sizeof(line), &got), WARDER_EFORM);
}

static void
the_verifier_of_a_seed_is_its_public_line(void **state)
{
	struct note_verifier made;
	char line[NOTE_VERIFIER_SIZE];

	(void)state;
	assert_int_equal(note_verifier_of_seed("bastion-a", seed, &made), 0);
	note_verifier_print(&made, line);
	assert_string_equal(line, PUBLIC);
	assert_int_equal(
	    note_verifier_of_seed("a+b", seed, &made), WARDER_EFORM);
	assert_int_equal(note_verifier_of_seed("", seed, &made), WARDER_EFORM);
}

static void
a_verifier_file_that_is_not_there_is_an_error(void **state)
{
	struct note_verifier got;

	(void)state;
	assert_int_equal(note_verifier_load("/nonexistent/ledger.pub", 0, &got),
	    WARDER_EMISSING);
	assert_int_equal(
	    note_verifier_load("/etc/passwd", 0, &got), WARDER_ETOOBIG);
}

static void
checkpoints_are_made_byte_for_byte(void **state)
{
	char recorded[1024], note[CHECKPOINT_SIZE];
	size_t len = load_vector(
	    "ledger-v1/06-torn.checkpoints", recorded, sizeof(recorded));
	struct checkpoint said;

	(void)state;
	assert_int_equal(
	    checkpoint_open(recorded, len, &verifier, &said), NOTE_OK);
	assert_int_equal(said.seq, 8);
	assert_int_equal(said.kgen, 1);
	assert_int_equal(
	    checkpoint_make(&said, "bastion-a", seed, note), NOTE_OK);
	assert_int_equal(strlen(note), len);
	assert_memory_equal(note, recorded, len);
}

static void
the_receipt_is_made_byte_for_byte(void **state)
{
	static char recorded[NOTE_MAX], made[NOTE_MAX];
	size_t len =
	    load_vector("ledger-v1.receipt", recorded, sizeof(recorded) - 1);
	char *lines = strchr(strchr(recorded, '\n') + 1, '\n') + 1;

	(void)state;
	lines = strdup(lines);
	*(strstr(lines, "\n\n") + 1) = '\0';
	assert_int_equal(
	    receipt_make("20260101-0003", lines, "bastion-a", seed, made),
	    NOTE_OK);
	assert_int_equal(strlen(made), len);
	assert_memory_equal(made, recorded, len);
	free(lines);
}

static void
make_result(char note[RESULT_NOTE_SIZE], const struct blob *key)
{
	struct result_note said = { .exit = 0, .record = "20260101-0003" };

	memset(said.request, 0xa1, sizeof(said.request));
	memset(said.gate, 0xb2, sizeof(said.gate));
	said.at_ms = 1767225600000;
	assert_int_equal(
	    result_note_make(&said, "bastion-a", key, note), NOTE_OK);
}

static void
no_changed_byte_of_a_result_opens(void **state)
{
	char note[RESULT_NOTE_SIZE], changed[RESULT_NOTE_SIZE];
	struct result_note said;
	size_t len;

	(void)state;
	make_result(note, seed);
	len = strlen(note);
	for (size_t i = 0; i < len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(changed, note, len);
			changed[i] ^= (char)(1 << bit);
			if (result_note_open(changed, len, &verifier, &said) ==
			    NOTE_OK)
				fail_msg("byte %zu bit %d", i, bit);
		}
		assert_int_not_equal(
		    result_note_open(note, i, &verifier, &said), NOTE_OK);
	}
}

static void
a_result_of_another_key_is_not_this_hosts(void **state)
{
	char note[RESULT_NOTE_SIZE];
	struct result_note said;

	(void)state;
	make_result(note, other);
	assert_int_equal(
	    result_note_open(note, strlen(note), &verifier, &said), NOTE_KEY);
}

static void
a_result_says_what_was_signed(void **state)
{
	char note[RESULT_NOTE_SIZE];
	struct result_note said, none = { .exit = 9 };

	(void)state;
	make_result(note, seed);
	assert_int_equal(
	    result_note_open(note, strlen(note), &verifier, &said), NOTE_OK);
	assert_int_equal(said.exit, 0);
	assert_string_equal(said.record, "20260101-0003");
	assert_int_equal(said.request[31], 0xa1);
	assert_int_equal(said.gate[31], 0xb2);
	assert_int_equal(said.at_ms, 1767225600000);
	assert_int_equal(
	    result_note_make(&none, "bastion-a", seed, note), NOTE_OK);
	assert_int_equal(
	    result_note_open(note, strlen(note), &verifier, &said), NOTE_OK);
	assert_int_equal(said.exit, 9);
	assert_string_equal(said.record, "");
}

static void
no_note_passes_for_another_kind(void **state)
{
	char note[RESULT_NOTE_SIZE];
	struct checkpoint said;
	size_t n;

	(void)state;
	make_result(note, seed);
	assert_int_equal(
	    checkpoint_open(note, strlen(note), &verifier, &said), NOTE_FORM);
	assert_int_equal(
	    receipt_open(note, strlen(note), &verifier), NOTE_FORM);
	assert_int_equal(note_sign(seed, "bastion-a", "warder/vote/bastion-b\n",
	                     note, sizeof(note)),
	    NOTE_OK);
	assert_int_equal(
	    note_open(note, strlen(note), "warder/vote", &verifier, &n),
	    NOTE_FORM);
}

static void
two_signatures_or_two_gaps_are_no_note(void **state)
{
	char note[RESULT_NOTE_SIZE], twice[2 * RESULT_NOTE_SIZE];
	struct result_note said;

	(void)state;
	make_result(note, seed);
	(void)snprintf(
	    twice, sizeof(twice), "%s%s", note, strstr(note, "\n\n") + 2);
	assert_int_equal(
	    result_note_open(twice, strlen(twice), &verifier, &said),
	    NOTE_FORM);
	(void)snprintf(twice, sizeof(twice), "%s\n", note);
	assert_int_equal(
	    result_note_open(twice, strlen(twice), &verifier, &said),
	    NOTE_FORM);
	assert_int_equal(
	    note_sign(seed, "bastion-a", "a\n\nb\n", note, sizeof(note)),
	    NOTE_BUG);
	assert_int_equal(
	    note_sign(seed, "bastion-a", "a\nb", note, sizeof(note)), NOTE_BUG);
}

static int
setup(void **state)
{
	(void)state;
	if (base_init() != 0)
		return -1;
	seed = seed_of(SEED);
	other = seed_of(OTHER);
	return note_verifier_parse(PUBLIC, strlen(PUBLIC), &verifier);
}

static int
teardown(void **state)
{
	(void)state;
	blob_freep(&seed);
	blob_freep(&other);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_exact_verifier_line_is_taken),
		cmocka_unit_test(the_verifier_of_a_seed_is_its_public_line),
		cmocka_unit_test(a_verifier_file_that_is_not_there_is_an_error),
		cmocka_unit_test(no_changed_byte_of_a_result_opens),
		cmocka_unit_test(a_result_of_another_key_is_not_this_hosts),
		cmocka_unit_test(no_note_passes_for_another_kind),
		cmocka_unit_test(two_signatures_or_two_gaps_are_no_note),
		cmocka_unit_test(a_result_says_what_was_signed),
		cmocka_unit_test(checkpoints_are_made_byte_for_byte),
		cmocka_unit_test(the_receipt_is_made_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
