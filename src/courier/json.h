/* SPDX-License-Identifier: ISC */
/*
 * JSON of a stranger. The bytes are scanned before cJSON sees them, since it
 * lets through what two readers would read differently. Afterwards every
 * integer is a text of its digits, and no number is ever used as a number.
 */
#ifndef WARDER_COURIER_JSON_H
#define WARDER_COURIER_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define JSON_DEPTH_MAX 32
#define JSON_VALUES_MAX 200000 /* of one document: what a tree may cost */
#define JSON_BYTES_MAX (4u << 20)

/* Once, before the rest: cJSON's memory is wiped when it is freed. */
void json_init(void);

/*
 * Checks that `len` bytes are one JSON value (RFC 8259) and space, and writes
 * it anew to *ret_text (wipe_malloc, NUL terminated, the caller frees with
 * wipe_free) with each integer in quotes.
 * EFORM: no JSON; a BOM; a control byte, \u0000 or half a surrogate pair in a
 * string; a name twice in one object; something behind the value. ETEXT: no
 * UTF-8. ETOOBIG: bytes, depth or values above their cap. ENOMEM.
 */
WARDER_MUST_CHECK int json_scan(
    const uint8_t *bytes, size_t len, char **ret_text, size_t *ret_len);

/* The scan, then the tree; the caller frees with json_freep. */
WARDER_MUST_CHECK int json_parse(
    const uint8_t *bytes, size_t len, cJSON **ret_json);
void json_freep(cJSON **json);
#define auto_json __attribute__((cleanup(json_freep)))

/*
 * Members by their exact name. NULL if `object` is NULL or no object, if it
 * has no such member, or one of another type. Borrowed.
 */
const cJSON *json_any(const cJSON *object, const char *name);
const cJSON *json_object(const cJSON *object, const char *name);
const cJSON *json_array(const cJSON *object, const char *name);
const char *json_text(const cJSON *object, const char *name);

#endif
