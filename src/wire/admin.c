/* SPDX-License-Identifier: ISC */
/* The tables of the administrator's protocol. */
#include "config.h"

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
