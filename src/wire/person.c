/* SPDX-License-Identifier: ISC */
/*
 * The tables of protocol 1, in the order of the numbers. The lists at the end
 * let the desk check what it passes on without knowing what it means.
 */
#include "config.h"

#include "wire/person.h"

#define AT(of, member) offsetof(struct person_##of, member)
#define N(fields) (sizeof(fields) / sizeof((fields)[0]))

_Static_assert(sizeof(union person_any) <= FRAME_MAX, "a message is a frame");
_Static_assert((PERSON_LOOK & 1) == 0, "even: from who connected");
_Static_assert((PERSON_RESULT & 1) == 1, "odd: from the other side");

static const struct field look_fields[] = {
	{ FIELD_ENUM, AT(look, lang), PERSON_ZH },
	{ FIELD_TEXT8, AT(look, org), PERSON_ORG },
	{ FIELD_TEXT16, AT(look, pipeline), PERSON_NAME },
	{ FIELD_TEXT8, AT(look, run), PERSON_ID },
	{ FIELD_TEXT8, AT(look, job), PERSON_ID },
};
const struct layout person_look_layout = { "LOOK", PERSON_LOOK, true,
	sizeof(struct person_look), look_fields, N(look_fields) };

static const struct field act_fields[] = {
	{ FIELD_ENUM, AT(act, verb), PERSON_REFUSE },
	{ FIELD_BYTES, AT(act, gate), GATE_LEN },
	{ FIELD_TEXT16, AT(act, reason), PERSON_REASON },
	{ FIELD_TEXT8, AT(act, ticket), PERSON_WORD },
	{ FIELD_TEXT8, AT(act, glass), PERSON_WORD },
	{ FIELD_TEXT8, AT(act, ref), PERSON_RECORD },
	{ FIELD_FLAGS, AT(act, flags), PERSON_ACT_NO_PROMPT },
};
const struct layout person_act_layout = { "ACT", PERSON_ACT, false,
	sizeof(struct person_act), act_fields, N(act_fields) };

static const struct field list_fields[] = {
	{ FIELD_ENUM, AT(list, lang), PERSON_ZH },
	{ FIELD_TEXT8, AT(list, org), PERSON_ORG },
	{ FIELD_TEXT16, AT(list, pipeline), PERSON_NAME },
	{ FIELD_FLAGS, AT(list, flags), PERSON_LIST_MINE },
};
const struct layout person_list_layout = { "LIST", PERSON_LIST, true,
	sizeof(struct person_list), list_fields, N(list_fields) };

static const struct field whoami_fields[] = {
	{ FIELD_ENUM, AT(whoami, lang), PERSON_ZH },
};
const struct layout person_whoami_layout = { "WHOAMI", PERSON_WHOAMI, true,
	sizeof(struct person_whoami), whoami_fields, N(whoami_fields) };

static const struct field explain_fields[] = {
	{ FIELD_ENUM, AT(explain, verb), PERSON_REFUSE },
	{ FIELD_TEXT16, AT(explain, subject), PERSON_USER },
	{ FIELD_U64, AT(explain, at_ms), 0 },
	{ FIELD_TEXT16, AT(explain, reason), PERSON_REASON },
	{ FIELD_TEXT8, AT(explain, ticket), PERSON_WORD },
};
const struct layout person_explain_layout = { "EXPLAIN", PERSON_EXPLAIN, false,
	sizeof(struct person_explain), explain_fields, N(explain_fields) };

static const struct field log_fields[] = {
	{ FIELD_ENUM, AT(log, lang), PERSON_ZH },
	{ FIELD_TEXT8, AT(log, record), PERSON_RECORD },
	{ FIELD_U64, AT(log, since_ms), 0 },
	{ FIELD_FLAGS, AT(log, flags), PERSON_LOG_RECEIPT },
};
const struct layout person_log_layout = { "LOG", PERSON_LOG, true,
	sizeof(struct person_log), log_fields, N(log_fields) };

static const struct field gate_fields[] = {
	{ FIELD_BYTES, AT(gate, gate), GATE_LEN },
	{ FIELD_TEXT8, AT(gate, org), PERSON_ORG },
	{ FIELD_TEXT8, AT(gate, alias), PERSON_ORG },
	{ FIELD_TEXT8, AT(gate, pipeline), PERSON_ID },
	{ FIELD_TEXT16, AT(gate, pipeline_name), PERSON_NAME },
	{ FIELD_TEXT8, AT(gate, run), PERSON_ID },
	{ FIELD_TEXT8, AT(gate, job), PERSON_ID },
	{ FIELD_TEXT16, AT(gate, stage), PERSON_NAME },
	{ FIELD_TEXT16, AT(gate, job_name), PERSON_NAME },
	{ FIELD_TEXT8, AT(gate, status), PERSON_STATUS },
	{ FIELD_U64, AT(gate, started_ms), 0 },
	{ FIELD_U8, AT(gate, trigger), 6 },
	{ FIELD_TEXT8, AT(gate, account), PERSON_ACCOUNT },
	{ FIELD_TEXT16, AT(gate, starter), PERSON_USER },
	{ FIELD_TRI, AT(gate, newest), 0 },
	{ FIELD_TEXT8, AT(gate, superseded_by), PERSON_ID },
	{ FIELD_TRI, AT(gate, pass), 0 },
	{ FIELD_TRI, AT(gate, refuse), 0 },
	{ FIELD_FLAGS, AT(gate, can), PERSON_CAN_PASS | PERSON_CAN_REFUSE },
	{ FIELD_U8, AT(gate, level), 4 },
};
const struct layout person_gate_layout = { "GATE", PERSON_GATE, false,
	sizeof(struct person_gate), gate_fields, N(gate_fields) };

static const struct field piece_fields[] = {
	{ FIELD_ENUM, AT(piece, kind), PIECE_LAST },
	{ FIELD_TEXT16, AT(piece, a), PERSON_NAME },
	{ FIELD_TEXT16, AT(piece, b), PERSON_NAME },
	{ FIELD_TEXT16, AT(piece, c), PERSON_NAME },
};
const struct layout person_piece_layout = { "PIECE", PERSON_PIECE, false,
	sizeof(struct person_piece), piece_fields, N(piece_fields) };

static const struct field rule_fields[] = {
	{ FIELD_ENUM, AT(rule, kind), RULE_FITS },
	{ FIELD_TEXT8, AT(rule, local_code), PERSON_WORD },
	{ FIELD_TEXT8, AT(rule, code), PERSON_CODE },
	{ FIELD_TEXT16, AT(rule, file), PERSON_NAME },
	{ FIELD_U32, AT(rule, line), 0 },
	{ FIELD_U32, AT(rule, col), 0 },
	{ FIELD_TEXT16, AT(rule, text), PERSON_LONG },
	{ FIELD_TEXT16, AT(rule, message), PERSON_MESSAGE },
	{ FIELD_TEXT16, AT(rule, unknown), PERSON_NAME },
};
const struct layout person_rule_layout = { "RULE", PERSON_RULE, false,
	sizeof(struct person_rule), rule_fields, N(rule_fields) };

static const struct field need_fields[] = {
	{ FIELD_ENUM, AT(need, kind), NEED_WAY },
	{ FIELD_U32, AT(need, n), 0 },
	{ FIELD_TEXT16, AT(need, text), PERSON_MESSAGE },
	{ FIELD_TEXT16, AT(need, who), PERSON_NAME },
};
const struct layout person_need_layout = { "NEED", PERSON_NEED, false,
	sizeof(struct person_need), need_fields, N(need_fields) };

static const struct field progress_fields[] = {
	{ FIELD_ENUM, AT(progress, what), PROGRESS_PAUSED },
	{ FIELD_U64, AT(progress, at_ms), 0 },
	{ FIELD_U32, AT(progress, n), 0 },
	{ FIELD_U32, AT(progress, of), 0 },
	{ FIELD_TEXT16, AT(progress, a), PERSON_NAME },
	{ FIELD_TEXT16, AT(progress, b), PERSON_NAME },
};
const struct layout person_progress_layout = { "PROGRESS", PERSON_PROGRESS,
	false, sizeof(struct person_progress), progress_fields,
	N(progress_fields) };

static const struct field line_fields[] = {
	{ FIELD_TEXT16, AT(line, text), PERSON_LONG },
};
const struct layout person_line_layout = { "LINE", PERSON_LINE, false,
	sizeof(struct person_line), line_fields, N(line_fields) };
const struct layout person_note_layout = { "NOTE", PERSON_NOTE, false,
	sizeof(struct person_line), line_fields, N(line_fields) };

static const struct field person_fields[] = {
	{ FIELD_U32, AT(person, uid), 0 },
	{ FIELD_U32, AT(person, luid), 0 },
	{ FIELD_U32, AT(person, session), 0 },
	{ FIELD_TEXT16, AT(person, name), PERSON_USER },
	{ FIELD_TEXT8, AT(person, tty), PERSON_STATUS },
	{ FIELD_TEXT8, AT(person, source), PERSON_WORD },
	{ FIELD_U8, AT(person, level), 4 },
};
const struct layout person_person_layout = { "PERSON", PERSON_PERSON, false,
	sizeof(struct person_person), person_fields, N(person_fields) };

static const struct field result_fields[] = {
	{ FIELD_U8, AT(result, exit), 255 },
	{ FIELD_ENUM, AT(result, origin), ORIGIN_SERVER },
	{ FIELD_U8, AT(result, retry), 1 },
	{ FIELD_TEXT8, AT(result, local_code), PERSON_WORD },
	{ FIELD_TEXT8, AT(result, code), PERSON_CODE },
	{ FIELD_TEXT8, AT(result, record), PERSON_RECORD },
	{ FIELD_U16, AT(result, http), 0 },
	{ FIELD_TEXT8, AT(result, request_id), PERSON_CODE },
	{ FIELD_TEXT16, AT(result, text), PERSON_NAME },
	{ FIELD_TEXT16, AT(result, line), PERSON_LONG },
};
const struct layout person_result_layout = { "RESULT", PERSON_RESULT, false,
	sizeof(struct person_result), result_fields, N(result_fields) };

static const struct field server_fields[] = {
	{ FIELD_TEXT8, AT(server, key), PERSON_WORD },
	{ FIELD_TEXT16, AT(server, host), PERSON_NAME },
	{ FIELD_U8, AT(server, api), 3 },
	{ FIELD_U8, AT(server, is_sts), 1 },
	{ FIELD_U32, AT(server, wait_ms), 0 },
	{ FIELD_U64, AT(server, here_ms), 0 },
	{ FIELD_U64, AT(server, server_ms), 0 },
};
const struct layout person_server_layout = { "SERVER", PERSON_SERVER, false,
	sizeof(struct person_server), server_fields, N(server_fields) };

static const struct field explained_fields[] = {
	{ FIELD_ENUM, AT(explained, verdict), VERDICT_IS_DENY },
	{ FIELD_ENUM, AT(explained, verb), PERSON_REFUSE },
	{ FIELD_U8, AT(explained, exit), 255 },
	{ FIELD_FLAGS, AT(explained, flags),
	    EXPLAINED_IS_CUT | EXPLAINED_NO_REASON | EXPLAINED_NO_TICKET |
	        EXPLAINED_NOT_ALL },
	{ FIELD_U64, AT(explained, at_ms), 0 },
	{ FIELD_TEXT16, AT(explained, subject), PERSON_USER },
	{ FIELD_TEXT8, AT(explained, roles), PERSON_WORD },
};
const struct layout person_explained_layout = { "EXPLAINED", PERSON_EXPLAINED,
	false, sizeof(struct person_explained), explained_fields,
	N(explained_fields) };

static const struct field way_fields[] = {
	{ FIELD_ENUM, AT(way, way), WAYS_MAX },
	{ FIELD_ENUM, AT(way, becomes), VERDICT_IS_PENDING },
	{ FIELD_ENUM, AT(way, kind), WAY_GLASS },
	{ FIELD_U8, AT(way, level), 4 },
	{ FIELD_FLAGS, AT(way, flags),
	    WAY_TTY | WAY_NEWEST | WAY_STARTED | WAY_WRITTEN },
	{ FIELD_U8, AT(way, trigger), 5 },
	{ FIELD_U64, AT(way, at_ms), 0 },
	{ FIELD_TEXT16, AT(way, name), PERSON_NAME },
	{ FIELD_TEXT16, AT(way, reason), PERSON_REASON },
	{ FIELD_TEXT8, AT(way, ticket), PERSON_WORD },
	{ FIELD_TEXT16, AT(way, who), PERSON_LONG },
};
const struct layout person_way_layout = { "WAY", PERSON_WAY, false,
	sizeof(struct person_way), way_fields, N(way_fields) };

static const struct field key_fields[] = {
	{ FIELD_TEXT8, AT(key, key), PERSON_WORD },
	{ FIELD_U64, AT(key, ends_ms), 0 },
};
const struct layout person_key_layout = { "KEY", PERSON_KEY, false,
	sizeof(struct person_key), key_fields, N(key_fields) };

const struct layout person_ready_layout = { "READY", PERSON_READY, false, 0,
	NULL, 0 };

const struct layout person_change_layout = { "CHANGE", PERSON_CHANGE, false, 0,
	NULL, 0 };

const struct layout *const person_layouts[PERSON_NUMBERS] = {
	[1] = &person_gate_layout,
	[2] = &person_look_layout,
	[3] = &person_piece_layout,
	[4] = &person_act_layout,
	[5] = &person_rule_layout,
	[6] = &person_list_layout,
	[7] = &person_need_layout,
	[8] = &person_whoami_layout,
	[9] = &person_progress_layout,
	[11] = &person_line_layout,
	[12] = &person_explain_layout,
	[13] = &person_person_layout,
	[14] = &person_log_layout,
	[15] = &person_result_layout,
	[17] = &person_ready_layout,
	[19] = &person_note_layout,
	[20] = &person_change_layout,
	[21] = &person_server_layout,
	[23] = &person_explained_layout,
	[25] = &person_way_layout,
	[27] = &person_key_layout,
};

const struct layout *
person_layout(uint32_t type)
{
	uint32_t number = type & 0xffff;

	if (type != WIRE_TYPE(WIRE_PERSON, number) || number >= PERSON_NUMBERS)
		return NULL;
	return person_layouts[number];
}
