/* SPDX-License-Identifier: ISC */
/* The tables of the administrator's protocol. */
#include "config.h"

#include "base/text.h"
#include "wire/admin.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static const struct field check_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_check, org), 64 },
	{ FIELD_BYTES, offsetof(struct admin_check, record), 16 },
	{ FIELD_U64, offsetof(struct admin_check, generation), 0 },
};

static const struct field row_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_row, topic), 32 },
	{ FIELD_U8, offsetof(struct admin_row, level), ADMIN_BAD },
	{ FIELD_U64, offsetof(struct admin_row, n), 0 },
	{ FIELD_TEXT16, offsetof(struct admin_row, text), 512 },
};

static const struct field done_fields[] = {
	{ FIELD_U8, offsetof(struct admin_done, exit), 255 },
	{ FIELD_TEXT8, offsetof(struct admin_done, word), 64 },
};

static const struct field members_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_members, org), 64 },
};

static const struct field member_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_member, pipeline), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_member, account), 64 },
	{ FIELD_TEXT16, offsetof(struct admin_member, name), 512 },
	{ FIELD_TEXT16, offsetof(struct admin_member, role), 512 },
	{ FIELD_TEXT8, offsetof(struct admin_member, role_id), 64 },
};

static const struct field key_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_key, name), 64 },
	{ FIELD_TEXT8, offsetof(struct admin_key, id), 16 },
	{ FIELD_ENUM, offsetof(struct admin_key, kind), 4 },
	{ FIELD_U8, offsetof(struct admin_key, api), 3 },
	{ FIELD_TEXT16, offsetof(struct admin_key, endpoint), 260 },
	{ FIELD_U64, offsetof(struct admin_key, generation), 0 },
	{ FIELD_U64, offsetof(struct admin_key, created_ms), 0 },
	{ FIELD_U64, offsetof(struct admin_key, not_after_ms), 0 },
};

static const struct field gate_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_gate, pipeline), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_gate, run), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_gate, job), 19 },
	{ FIELD_TEXT16, offsetof(struct admin_gate, pipeline_name), 512 },
	{ FIELD_TEXT16, offsetof(struct admin_gate, job_name), 512 },
	{ FIELD_TRI, offsetof(struct admin_gate, pass), 0 },
	{ FIELD_TRI, offsetof(struct admin_gate, refuse), 0 },
	{ FIELD_U8, offsetof(struct admin_gate, robot), 1 },
};

static const struct field history_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_history, org), 64 },
	{ FIELD_U64, offsetof(struct admin_history, since), 0 },
};

static const struct field run_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_run, org), 64 },
	{ FIELD_TEXT8, offsetof(struct admin_run, pipeline), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_run, run), 19 },
};

static const struct field seen_fields[] = {
	{ FIELD_TEXT8, offsetof(struct admin_seen, pipeline), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_seen, run), 19 },
	{ FIELD_TEXT8, offsetof(struct admin_seen, job), 19 },
	{ FIELD_TEXT16, offsetof(struct admin_seen, stage), 512 },
	{ FIELD_TEXT16, offsetof(struct admin_seen, name), 512 },
	{ FIELD_U8, offsetof(struct admin_seen, state), 4 },
	{ FIELD_U8, offsetof(struct admin_seen, flags), ADMIN_SEEN_GATE },
	{ FIELD_U64, offsetof(struct admin_seen, start), 0 },
	{ FIELD_U64, offsetof(struct admin_seen, end), 0 },
	{ FIELD_TEXT16, offsetof(struct admin_seen, validators), 512 },
	{ FIELD_BYTES, offsetof(struct admin_seen, validators_hash), 32 },
};

const struct layout admin_check_layout = { "CHECK", ADMIN_CHECK, false,
	sizeof(struct admin_check), check_fields, COUNT(check_fields) };
const struct layout admin_row_layout = { "ROW", ADMIN_ROW, false,
	sizeof(struct admin_row), row_fields, COUNT(row_fields) };
const struct layout admin_done_layout = { "DONE", ADMIN_DONE, false,
	sizeof(struct admin_done), done_fields, COUNT(done_fields) };
const struct layout admin_members_layout = { "MEMBERS", ADMIN_MEMBERS, false,
	sizeof(struct admin_members), members_fields, COUNT(members_fields) };
const struct layout admin_member_layout = { "MEMBER", ADMIN_MEMBER, false,
	sizeof(struct admin_member), member_fields, COUNT(member_fields) };
const struct layout admin_key_layout = { "KEY", ADMIN_KEY, false,
	sizeof(struct admin_key), key_fields, COUNT(key_fields) };
const struct layout admin_gate_layout = { "GATE", ADMIN_GATE, false,
	sizeof(struct admin_gate), gate_fields, COUNT(gate_fields) };
const struct layout admin_history_layout = { "HISTORY", ADMIN_HISTORY, false,
	sizeof(struct admin_history), history_fields, COUNT(history_fields) };
const struct layout admin_run_layout = { "RUN", ADMIN_RUN, false,
	sizeof(struct admin_run), run_fields, COUNT(run_fields) };
const struct layout admin_seen_layout = { "SEEN", ADMIN_SEEN, false,
	sizeof(struct admin_seen), seen_fields, COUNT(seen_fields) };

static int
check_passphrase(const uint8_t *at, size_t len)
{
	if (len > ADMIN_PASSPHRASE_MAX)
		return WARDER_ETOOBIG;
	if (len < ADMIN_PASSPHRASE_MIN)
		return WARDER_EFORM;
	return text_is_clean(at, len) ? WARDER_OK : WARDER_ETEXT;
}

int
admin_put_passphrase(const struct blob *passphrase, struct blob **ret_body)
{
	auto_blob struct blob *body = NULL;
	size_t len = blob_len(passphrase);
	uint8_t head[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	int r;

	if ((r = check_passphrase(blob_data(passphrase), len)) != 0 ||
	    (r = blob_new(sizeof(head) + len, &body)) != 0 ||
	    (r = blob_append(body, head, sizeof(head))) != 0 ||
	    (r = blob_append(body, blob_data(passphrase), len)) != 0)
		return r;
	*ret_body = blob_steal(&body);
	return WARDER_OK;
}

int
admin_get_passphrase(const struct blob *body, struct blob **ret_passphrase)
{
	struct rbuf in = rbuf_of(blob_data(body), blob_len(body));
	auto_blob struct blob *words = NULL;
	uint16_t len;
	int r;

	if ((r = get_u16(&in, &len)) != 0)
		return r;
	if (in.left != len)
		return in.left < len ? WARDER_ETRUNC : WARDER_ETRAIL;
	if ((r = check_passphrase(in.at, len)) != 0 ||
	    (r = blob_new(len, &words)) != 0 ||
	    (r = blob_append(words, in.at, len)) != 0)
		return r;
	*ret_passphrase = blob_steal(&words);
	return WARDER_OK;
}
