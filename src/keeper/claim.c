/* SPDX-License-Identifier: ISC */
/*
 * Claims. One that was left behind by an attempt which is over may be taken
 * once the server's clock is so far past it that nothing of that attempt can
 * still arrive; the gate was read as waiting right before.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "keeper/claim.h"
#include "wire/courier.h"

#define STALE_MS (16 * 60000)

static int
claim_key(const struct decision *decision, char *ret, size_t size)
{
	const struct view *view = &decision->keeper->view;
	char gate[2 * GATE_HASH_LEN + 1];
	int n;

	hex_print(gate, view->hash, sizeof(view->hash));
	n = snprintf(ret, size, "/warder/1/%s/g/%s/claim", view->ids.org, gate);
	return n > 0 && (size_t)n < size ? WARDER_OK : WARDER_ETOOBIG;
}

/*
 * warder/claim/<host>
 * {"v":1,"host":…,"rec":…,"sid":…,"act":…,"gate":…,"nonce":…,"ts":…,"seq":…}
 * Every value is digits, hex, or a word of ours: nothing needs an escape.
 */
static int
claim_note(const struct decision *decision, char ret[STATE_VALUE_MAX])
{
	struct keeper *keeper = decision->keeper;
	auto_credential struct seal_credential host = { 0 };
	char text[1024], gate[2 * GATE_HASH_LEN + 1], stamp[CLOCK_STAMP_SIZE];
	int n;

	hex_print(gate, keeper->view.hash, sizeof(keeper->view.hash));
	clock_stamp(stamp, clock_real_ms(), 1);
	n = snprintf(text, sizeof(text),
	    "warder/claim/%s\n{\"v\":1,\"host\":\"%s\",\"rec\":\"%s\","
	    "\"sid\":\"%s\",\"act\":\"%s\",\"gate\":\"%s\",\"nonce\":\"%s\","
	    "\"ts\":\"%s\",\"seq\":%llu}\n",
	    keeper->book.host, keeper->book.host, decision->record,
	    keeper->book.sid, verb_word(decision->act.verb), gate,
	    decision->trace.nonce, stamp,
	    (unsigned long long)decision->intent.seq);
	if (n < 0 || (size_t)n >= sizeof(text) ||
	    ring_host(&keeper->ring, &host) != SEAL_OK ||
	    note_sign(host.secret, keeper->book.host, text, ret,
	        STATE_VALUE_MAX) != NOTE_OK)
		return WARDER_EBOX;
	return WARDER_OK;
}

/* When the claim that is there was made, by its own signed words. */
static int
claim_time(
    const struct keeper *keeper, const struct state_item *item, int64_t *ret_ms)
{
	struct note_verifier verifier;
	char stamp[CLOCK_STAMP_SIZE] = "";
	const char *note = (const char *)item->value, *at;
	size_t len;

	if (note_verifier_load(keeper->places->book.ledger_pub, 0, &verifier) !=
	        0 ||
	    note_open(note, item->len, "warder/claim", &verifier, &len) !=
	        NOTE_OK)
		return WARDER_EBOX;
	at = memmem(note, len, "\"ts\":\"", 6);
	if (at == NULL || (size_t)(at - note) + 6 + 24 > len)
		return WARDER_EFORM;
	memcpy(stamp, at + 6, 24);
	return clock_parse_stamp(stamp, ret_ms);
}

/* Over a claim whose attempt cannot act any more; else it is theirs. */
static enum claim
take_over(struct decision *decision, const char *key, const char *note)
{
	struct keeper *keeper = decision->keeper;
	struct state_item *item = calloc(1, sizeof(*item));
	enum claim claim = CLAIM_THEIRS;
	int64_t made_ms;

	if (item == NULL)
		return CLAIM_FAILED;
	if (state_get(keeper->book.state, key, item) == STATE_OK &&
	    claim_time(keeper, item, &made_ms) == 0 &&
	    decision->trace.api == COURIER_API_SIGNED &&
	    keeper->server_ms > made_ms + STALE_MS &&
	    state_put_if(keeper->book.state, key, item->revision, note,
	        strlen(note), &decision->claim_revision) == STATE_DONE)
		claim = CLAIM_OURS;
	free(item);
	return claim;
}

enum claim
claim_take(struct decision *decision)
{
	struct state *state = decision->keeper->book.state;
	char key[STATE_KEY_MAX + 1], note[STATE_VALUE_MAX];

	if (claim_key(decision, key, sizeof(key)) != 0 ||
	    claim_note(decision, note) != 0)
		return CLAIM_FAILED;
	switch (state_claim(state, key, note, strlen(note), NULL, 0,
	    &decision->claim_revision)) {
	case STATE_DONE:
	case STATE_OWN:
		return CLAIM_OURS;
	case STATE_TAKEN:
		return take_over(decision, key, note);
	case STATE_OK:
	case STATE_CLOSED:
	case STATE_ABSENT:
	case STATE_STALE:
	case STATE_DOWN:
	case STATE_UNKNOWN:
	case STATE_DENIED:
	case STATE_FULL:
	case STATE_FORM:
	case STATE_REPLACED:
	case STATE_ROLLBACK:
		break;
	}
	return CLAIM_FAILED;
}

void
claim_drop(struct decision *decision)
{
	char key[STATE_KEY_MAX + 1];

	if (claim_key(decision, key, sizeof(key)) != 0 ||
	    state_delete(decision->keeper->book.state, key,
	        decision->claim_revision) != STATE_DONE)
		log_warn("a claim could not be given back");
}
