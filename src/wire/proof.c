/* SPDX-License-Identifier: ISC */
/*
 * The keeper is believed here, for only its user may connect; its messages
 * are held to form all the same. warder-pam runs modules that anybody may
 * have written: what it says is compared word by word with what was asked.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "wire/layout.h"
#include "wire/proof.h"

#define AUTH(member) offsetof(struct proof_auth, member)
#define VERDICT(member) offsetof(struct proof_verdict, member)
#define N(fields) (sizeof(fields) / sizeof((fields)[0]))
#define LANG_LAST 2

_Static_assert((PROOF_AUTH & 1) == 0, "even: from who connected");
_Static_assert((PROOF_VERDICT & 1) == 1, "odd: from the other side");
_Static_assert((PROOF_ACCEPTED & 1) == 1, "odd: from the other side");

/* AUTH: these fields, then the body of CHALLENGE to the end of the frame. */
static const struct field auth_fields[] = {
	{ FIELD_TEXT8, AUTH(service), PROOF_SERVICE },
	{ FIELD_TEXT16, AUTH(user), PROOF_USER },
	{ FIELD_TEXT8, AUTH(tty), PROOF_TTY },
	{ FIELD_ENUM, AUTH(lang), LANG_LAST },
	{ FIELD_FLAGS, AUTH(flags), PROOF_NO_PROMPT },
	{ FIELD_U32, AUTH(limit_ms), 0 },
	{ FIELD_BYTES, AUTH(request), 32 },
};
static const struct layout auth_layout = { "AUTH", PROOF_AUTH, true,
	sizeof(struct proof_auth), auth_fields, N(auth_fields) };

static const struct field verdict_fields[] = {
	{ FIELD_U32, VERDICT(authn), 0 },
	{ FIELD_U32, VERDICT(authenticate), 0 },
	{ FIELD_U32, VERDICT(acct_mgmt), 0 },
	{ FIELD_TEXT16, VERDICT(user), PROOF_USER },
	{ FIELD_BYTES, VERDICT(digest), 32 },
	{ FIELD_U32, VERDICT(answers), 0 },
	{ FIELD_TEXT8, VERDICT(word), PROOF_WORD },
};
static const struct layout verdict_layout = { "VERDICT", PROOF_VERDICT, false,
	sizeof(struct proof_verdict), verdict_fields, N(verdict_fields) };

int
proof_auth_send(
    int sock, const struct proof_auth *auth, int end, int64_t deadline)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	if (end < 0 || auth->challenge_len > sizeof(auth->challenge))
		return WARDER_EBUG;
	layout_put(&out, &auth_layout, auth);
	put_bytes(&out, auth->challenge, auth->challenge_len);
	return frame_send(sock, PROOF_AUTH, 1, &out, end, deadline);
}

/* The name becomes a file name below /etc/pam.d. */
static bool
is_service(const char *name)
{
	return name[0] != '\0' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
	           strlen(name);
}

static int
check_auth(const struct proof_auth *auth)
{
	struct challenge challenge;

	if (!is_service(auth->service) || auth->user[0] == '\0' ||
	    auth->limit_ms == 0 || auth->limit_ms > PROOF_LIMIT_MS)
		return WARDER_EFORM;
	return challenge_get(
	    rbuf_of(auth->challenge, auth->challenge_len), &challenge);
}

int
proof_auth_take(const struct frame *frame, struct proof_auth *ret_auth)
{
	struct rbuf in = frame_body(frame);
	struct proof_auth auth = { 0 };
	int r;

	if (frame->type != PROOF_AUTH)
		return WARDER_ETYPE;
	if (frame->fd < 0)
		return WARDER_EFD;
	if ((r = layout_get_fields(&in, auth_fields, N(auth_fields), &auth)) !=
	    0)
		return r;
	if (in.left > sizeof(auth.challenge))
		return WARDER_ETOOBIG;
	auth.challenge_len = in.left;
	if ((r = get_bytes(&in, auth.challenge, in.left)) != 0 ||
	    (r = check_auth(&auth)) != 0)
		return r;
	*ret_auth = auth;
	return WARDER_OK;
}

int
proof_accepted_send(int sock, int64_t deadline)
{
	return frame_send(sock, PROOF_ACCEPTED, 1, NULL, -1, deadline);
}

void
proof_verdict_put(struct wbuf *out, const struct proof_verdict *verdict)
{
	layout_put(out, &verdict_layout, verdict);
}

int
proof_verdict_send(
    int sock, const struct proof_verdict *verdict, int64_t deadline)
{
	return layout_send(sock, 1, &verdict_layout, verdict, -1, deadline);
}

int
proof_recv(int sock, int64_t deadline, uint32_t *ret_type,
    struct proof_verdict *ret_verdict)
{
	auto_frame struct frame frame = FRAME_NONE;
	struct proof_verdict verdict;
	int r;

	if ((r = frame_recv(sock, WIRE_PROOF, deadline, &frame)) != 0)
		return r;
	if (frame.id != 1)
		return WARDER_ETYPE;
	if (frame.type == PROOF_ACCEPTED) {
		if (frame.fd >= 0)
			return WARDER_EFD;
		if (frame.len != 0)
			return WARDER_ETRAIL;
		*ret_type = PROOF_ACCEPTED;
		return WARDER_OK;
	}
	if ((r = layout_take(&frame, &verdict_layout, &verdict)) != 0)
		return r;
	*ret_type = PROOF_VERDICT;
	*ret_verdict = verdict;
	return WARDER_OK;
}

int
proof_check(const struct proof_verdict *verdict, const char *user,
    const uint8_t digest[32])
{
	static const uint8_t none[32];

	if (verdict->authn == PROOF_YES && verdict->authenticate == 0 &&
	    verdict->acct_mgmt == 0 && user[0] != '\0' &&
	    strcmp(verdict->user, user) == 0 && verdict->word[0] == '\0' &&
	    memcmp(digest, none, sizeof(none)) != 0 &&
	    memcmp(verdict->digest, digest, 32) == 0)
		return WARDER_OK;
	return WARDER_ECRED;
}

int
proof_end(int sock)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	r = frame_recv(
	    sock, WIRE_PROOF, clock_boot_ms() + PROOF_END_MS, &frame);
	if (r == WARDER_EOF)
		return WARDER_OK;
	return r == 0 ? WARDER_ETRAIL : r;
}
