/* SPDX-License-Identifier: ISC */
/*
 * The pieces of an answer: one table for each kind. A txt that was cut
 * brings the hash of the whole with it, so two texts that begin alike stay
 * apart.
 *
 *   txt = cut u8, t16 512; where cut is 1: SHA-256 of the whole, 32
 */
#include "config.h"

#include <string.h>

#include "wire/courier.h"

/* What a cut text has at least: 512 less the rest of a character. */
#define CUT_LEAST (COURIER_TXT_MAX - 3)

enum part_kind {
	PART_FIELD, /* as in a layout */
	PART_TXT,
	PART_COMMIT /* a field of 40 or 64 lower-case hex digits, or "" */
};

struct part {
	enum part_kind kind;
	struct field field; /* of a txt the offset only */
};

/* clang-format off */
#define AT(member) offsetof(struct item, member)
#define FIELD(kind, member, limit) { PART_FIELD, { kind, AT(member), limit } }
#define ID(member) FIELD(FIELD_TEXT8, member, COURIER_ID_MAX)
#define STATUS(member) FIELD(FIELD_TEXT8, member, COURIER_STATUS_MAX)
#define TXT(member) { PART_TXT, { FIELD_TEXT16, AT(member), 0 } }
#define BYTE(member, limit) FIELD(FIELD_U8, member, limit)
#define TRI(member) FIELD(FIELD_TRI, member, 0)
#define COMMIT(member) { PART_COMMIT, { FIELD_TEXT8, AT(member), 64 } }
#define MS(member) FIELD(FIELD_U64, member, 0)

#define PARTS 6
static const struct part kinds[ITEM_LAST + 1][PARTS] = {
	[ITEM_PIPELINE] = { ID(pipeline.id), TXT(pipeline.name),
	    ID(pipeline.creator), BYTE(pipeline.env, 255) },
	[ITEM_RUN] = { ID(run.pipeline), ID(run.run), STATUS(run.status),
	    BYTE(run.trigger, 255), ID(run.creator), MS(run.start) },
	[ITEM_SOURCE] = { TXT(source.repo), TXT(source.branch),
	    COMMIT(source.commit) },
	[ITEM_PARAMETER] = { TXT(parameter.name), BYTE(parameter.hidden, 1),
	    TXT(parameter.value) },
	[ITEM_STAGE] = { TXT(stage.name), STATUS(stage.status) },
	[ITEM_JOB] = { ID(job.id), TXT(job.name), STATUS(job.status),
	    MS(job.start), MS(job.end) },
	[ITEM_ACTION] = { FIELD(FIELD_ENUM, action.type, ITEM_ACTION_OTHER),
	    TRI(action.may) },
	[ITEM_VALIDATOR] = { ID(validator.id) },
	[ITEM_MEMBER] = { ID(member.account), TXT(member.name),
	    TXT(member.role), ID(member.role_id) },
	[ITEM_ORGANIZATION] = { ID(organization.id), TXT(organization.name),
	    TRI(organization.admin) },
	[ITEM_PAGE_END] = {
	    FIELD(FIELD_TEXT16, page_end.token, COURIER_TXT_MAX),
	    BYTE(page_end.complete, 1) },
	[ITEM_COMMIT] = { COMMIT(commit.id), TXT(commit.title),
	    TXT(commit.name), TRI(commit.verified) },
	[ITEM_AUTHOR] = {
	    FIELD(FIELD_TEXT16, author.address, COURIER_ADDRESS_MAX) },
	[ITEM_PATH] = { FIELD(FIELD_ENUM, path.change, ITEM_RENAMED),
	    TXT(path.name), TXT(path.was) },
	[ITEM_PARENT] = { COMMIT(parent.id) },
	[ITEM_REPOSITORY] = { ID(repository.id),
	    FIELD(FIELD_TEXT16, repository.path, COURIER_TXT_MAX) },
};
/* clang-format on */

static bool
is_end(const struct part *part)
{
	return part->field.offset == 0;
}

static void
put_txt(struct wbuf *out, const struct courier_txt *txt)
{
	if (txt->cut > 1)
		out->r = WARDER_EBUG;
	put_u8(out, txt->cut);
	put_text16(out, txt->text);
	if (txt->cut == 1)
		put_bytes(out, txt->whole, sizeof(txt->whole));
}

static int
get_txt(struct rbuf *in, struct courier_txt *txt)
{
	int r;

	if ((r = get_u8(in, &txt->cut)) != 0 ||
	    (r = get_text16(in, COURIER_TXT_MAX, txt->text)) != 0)
		return r;
	if (txt->cut > 1)
		return WARDER_EFORM;
	if (txt->cut == 0)
		return WARDER_OK;
	if (strlen(txt->text) < CUT_LEAST)
		return WARDER_EFORM;
	return get_bytes(in, txt->whole, sizeof(txt->whole));
}

/* One field is a layout of one. */
static void
put_part(struct wbuf *out, const struct part *part, const struct item *item)
{
	struct layout one = { .fields = &part->field, .n = 1 };

	if (part->kind == PART_TXT)
		put_txt(out,
		    (const void *)((const char *)item + part->field.offset));
	else
		layout_put(out, &one, item);
}

/* A commit is 40 or 64 lower-case hex digits, or unknown. */
static bool
is_commit(const char *text)
{
	size_t len = strlen(text);

	return strspn(text, "0123456789abcdef") == len &&
	       (len == 0 || len == 40 || len == 64);
}

static int
get_part(struct rbuf *in, const struct part *part, struct item *item)
{
	int r;

	if (part->kind == PART_TXT)
		return get_txt(in, (void *)((char *)item + part->field.offset));
	r = layout_get_fields(in, &part->field, 1, item);
	if (r == 0 && part->kind == PART_COMMIT &&
	    !is_commit((const char *)item + part->field.offset))
		return WARDER_EFORM;
	return r;
}

void
put_item(struct wbuf *out, const struct item *item)
{
	const struct part *part;

	put_u8(out, item->kind);
	if (item->kind < ITEM_PIPELINE || item->kind > ITEM_LAST) {
		out->r = WARDER_EBUG;
		return;
	}
	part = kinds[item->kind];
	for (size_t i = 0; i < PARTS && !is_end(&part[i]); i++)
		put_part(out, &part[i], item);
}

int
get_item(struct rbuf in, struct item *ret_item)
{
	const struct part *part;
	int r;

	memset(ret_item, 0, sizeof(*ret_item));
	if ((r = get_u8(&in, &ret_item->kind)) != 0)
		return r;
	if (ret_item->kind < ITEM_PIPELINE || ret_item->kind > ITEM_LAST)
		return WARDER_EFORM;
	part = kinds[ret_item->kind];
	for (size_t i = 0; i < PARTS && !is_end(&part[i]); i++) {
		if ((r = get_part(&in, &part[i], ret_item)) != 0)
			return r;
	}
	return rbuf_end(&in);
}
