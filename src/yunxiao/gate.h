/* SPDX-License-Identifier: ISC */
/*
 * The hash that says which gate was shown, and its two short spellings: the
 * handle (60 bits, finds a gate on a screen) and the fingerprint (130 bits,
 * what tickets carry). What enters is what one reading of the run printed,
 * byte for byte. Pure.
 */
#ifndef WARDER_YUNXIAO_GATE_H
#define WARDER_YUNXIAO_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "yunxiao/ids.h"

#define GATE_HASH_LEN 32
#define GATE_HANDLE_SIZE 15      /* xxxx-xxxx-xxxx and NUL */
#define GATE_FINGERPRINT_SIZE 32 /* five groups of five, one letter, NUL */
#define GATE_TEXT_LEN_MAX 512    /* longer texts enter as their hash */
#define GATE_SOURCES_MAX 16
#define GATE_PARAMETERS_MAX 256
#define GATE_VALIDATORS_MAX 256

/*
 * A text as the server printed it; borrowed. `whole` is NULL, or the SHA-256
 * (32 bytes) of the whole text of which `text` is only the beginning. NULL
 * as text is the empty one. A text above 512 bytes is hashed here.
 */
struct gate_text {
	const char *text;
	const uint8_t *whole;
};

struct gate_source {
	struct gate_text repo, branch;
	struct gate_text commit; /* 40 or 64 hex, else it counts as unknown */
};

struct gate_parameter {
	struct gate_text name;
	bool is_hidden; /* encrypted or masked: the value never enters */
	struct gate_text value;
};

struct gate_facts {
	struct gate_ids ids;
	uint64_t start_ms; /* of the job; 0 unknown */
	struct gate_text stage, job;
	uint8_t trigger;          /* 1 2 3 5 6, all else counts as 0 */
	struct gate_text starter; /* creatorAccountId */
	const struct gate_source *sources;
	size_t sources_n;
	const struct gate_parameter *parameters;
	size_t parameters_n;
	const struct gate_text *validators;
	size_t validators_n;
};

/*
 * EFULL: more different sources, parameters or validators than the caps;
 * the gate may be shown, not decided (`gate_limit`). EFORM: ids. ENOMEM.
 */
WARDER_MUST_CHECK int gate_hash(
    const struct gate_facts *facts, uint8_t ret_hash[GATE_HASH_LEN]);

/* The bytes that gate_hash() hashes; malloc, the caller frees. */
WARDER_MUST_CHECK int gate_preimage(
    const struct gate_facts *facts, uint8_t **ret_bytes, size_t *ret_len);

/*
 * A commit as the gate knows it: 40 or 64 hex digits in lower case; "" if it
 * is anything else, which means unknown.
 */
void gate_commit(char ret[65], struct gate_text commit);

void gate_handle_print(
    char ret[GATE_HANDLE_SIZE], const uint8_t hash[GATE_HASH_LEN]);
void gate_fingerprint_print(
    char ret[GATE_FINGERPRINT_SIZE], const uint8_t hash[GATE_HASH_LEN]);

/*
 * Reads a handle in either letter case, with all dashes or none, into the
 * spelling of gate_handle_print(). EFORM.
 */
WARDER_MUST_CHECK int gate_handle_parse(
    const char *text, char ret_handle[GATE_HANDLE_SIZE]);
WARDER_MUST_CHECK int gate_fingerprint_parse(
    const char *text, char ret_fingerprint[GATE_FINGERPRINT_SIZE]);

#endif
