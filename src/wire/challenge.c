/* SPDX-License-Identifier: ISC */
/*
 * Writer and reader of the challenge, side by side. Its digest is what the
 * person's yes is bound to, so one gate has one spelling: the sources are
 * sorted by their bytes, and a reader takes no other order.
 *
 *   nonce 32 · verb u8 · gate 32 · org t8 · alias t8 · pipeline t8 ·
 *   pipeline name t16 · run t8 · job t8 · stage t16 · job name t16 ·
 *   n u8, sources: commit t8, branch t16 ·
 *   reason t16 · ticket t8 · glass t8 · ref t8
 */
#include "config.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/challenge.h"

#define PREFIX "warder/challenge/1\n"

/*
 * As their bytes on the wire would compare: length before text, for commit
 * and then for branch.
 */
static int
compare_sized(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

static int
compare_sources(const void *one, const void *other)
{
	const struct challenge_source *a = one, *b = other;
	int r = compare_sized(a->commit, b->commit);

	return r != 0 ? r : compare_sized(a->branch, b->branch);
}

static void
sort_sources(struct challenge *challenge)
{
	struct challenge_source *sources = challenge->sources;
	uint8_t kept = 0;

	qsort(sources, challenge->sources_n, sizeof(*sources), compare_sources);
	for (uint8_t i = 0; i < challenge->sources_n; i++) {
		if (kept > 0 &&
		    compare_sources(&sources[kept - 1], &sources[i]) == 0)
			continue;
		if (kept != i)
			sources[kept] = sources[i];
		kept++;
	}
	challenge->sources_n = kept;
}

int
challenge_add_source(
    struct challenge *challenge, const char *commit, const char *branch)
{
	struct challenge_source one = { .commit = "" };
	int r;

	if ((r = text_copy(one.commit, sizeof(one.commit), commit)) != 0)
		return r;
	text_cut(one.branch, sizeof(one.branch), branch, strlen(branch));
	for (size_t i = 0; i < challenge->sources_n; i++) {
		if (compare_sources(&challenge->sources[i], &one) == 0)
			return WARDER_OK;
	}
	if (challenge->sources_n >= CHALLENGE_SOURCES_MAX)
		return WARDER_EFULL;
	challenge->sources[challenge->sources_n++] = one;
	return WARDER_OK;
}

static bool
is_verb(uint8_t verb)
{
	return verb == 1 || verb == 2;
}

void
challenge_put(struct wbuf *out, struct challenge *challenge)
{
	if (!is_verb(challenge->verb) ||
	    challenge->sources_n > CHALLENGE_SOURCES_MAX) {
		out->r = WARDER_EBUG;
		return;
	}
	sort_sources(challenge);
	put_bytes(out, challenge->nonce, sizeof(challenge->nonce));
	put_u8(out, challenge->verb);
	put_bytes(out, challenge->gate, sizeof(challenge->gate));
	put_text8(out, challenge->org);
	put_text8(out, challenge->alias);
	put_text8(out, challenge->pipeline);
	put_text16(out, challenge->pipeline_name);
	put_text8(out, challenge->run);
	put_text8(out, challenge->job);
	put_text16(out, challenge->stage);
	put_text16(out, challenge->job_name);
	put_u8(out, challenge->sources_n);
	for (size_t i = 0; i < challenge->sources_n; i++) {
		put_text8(out, challenge->sources[i].commit);
		put_text16(out, challenge->sources[i].branch);
	}
	put_text16(out, challenge->reason);
	put_text8(out, challenge->ticket);
	put_text8(out, challenge->glass);
	put_text8(out, challenge->ref);
}

static int
get_sources(struct rbuf *in, struct challenge *challenge)
{
	struct challenge_source *sources = challenge->sources;
	int r;

	if ((r = get_u8(in, &challenge->sources_n)) != 0)
		return r;
	if (challenge->sources_n > CHALLENGE_SOURCES_MAX)
		return WARDER_ETOOBIG;
	for (size_t i = 0; i < challenge->sources_n; i++) {
		if ((r = get_text8(in, 64, sources[i].commit)) != 0 ||
		    (r = get_text16(
		         in, CHALLENGE_TEXT_MAX, sources[i].branch)) != 0)
			return r;
		if (i > 0 && compare_sources(&sources[i - 1], &sources[i]) >= 0)
			return WARDER_EFORM;
	}
	return WARDER_OK;
}

static int
get_gate(struct rbuf *in, struct challenge *challenge)
{
	int r;

	if ((r = get_bytes(in, challenge->nonce, sizeof(challenge->nonce))) !=
	        0 ||
	    (r = get_u8(in, &challenge->verb)) != 0 ||
	    (r = get_bytes(in, challenge->gate, sizeof(challenge->gate))) !=
	        0 ||
	    (r = get_text8(in, 64, challenge->org)) != 0 ||
	    (r = get_text8(in, 64, challenge->alias)) != 0 ||
	    (r = get_text8(in, 19, challenge->pipeline)) != 0 ||
	    (r = get_text16(
	         in, CHALLENGE_TEXT_MAX, challenge->pipeline_name)) != 0 ||
	    (r = get_text8(in, 19, challenge->run)) != 0 ||
	    (r = get_text8(in, 19, challenge->job)) != 0 ||
	    (r = get_text16(in, CHALLENGE_TEXT_MAX, challenge->stage)) != 0)
		return r;
	return get_text16(in, CHALLENGE_TEXT_MAX, challenge->job_name);
}

int
challenge_get(struct rbuf in, struct challenge *ret_challenge)
{
	struct challenge challenge;
	int r;

	memset(&challenge, 0, sizeof(challenge));
	if ((r = get_gate(&in, &challenge)) != 0 ||
	    (r = get_sources(&in, &challenge)) != 0 ||
	    (r = get_text16(&in, 256, challenge.reason)) != 0 ||
	    (r = get_text8(&in, 64, challenge.ticket)) != 0 ||
	    (r = get_text8(&in, 64, challenge.glass)) != 0 ||
	    (r = get_text8(&in, 20, challenge.ref)) != 0 ||
	    (r = rbuf_end(&in)) != 0)
		return r;
	if (!is_verb(challenge.verb))
		return WARDER_EFORM;
	*ret_challenge = challenge;
	return WARDER_OK;
}

void
challenge_digest(uint8_t ret[32], const void *body, size_t len)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
	    &state, (const uint8_t *)PREFIX, sizeof(PREFIX) - 1);
	crypto_hash_sha256_update(&state, body, len);
	crypto_hash_sha256_final(&state, ret);
}
