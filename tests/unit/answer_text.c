/* SPDX-License-Identifier: ISC */
/* A text of the server that was cut shows the first bytes of its hash. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer_text.h"

#define SAMPLE_MAX 65536
#define TEXT_MAX 65536

static char text[TEXT_MAX];

__attribute__((format(printf, 1, 2))) static void
add(const char *format, ...)
{
	size_t at = strlen(text);
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(text + at, sizeof(text) - at, format, list);
	va_end(list);
	assert_true(n >= 0 && (size_t)n < sizeof(text) - at);
}

static const char *
txt(const struct courier_txt *from)
{
	static char ring[2][600];
	static int turn;

	turn = !turn;
	if (from->cut == 0)
		return from->text;
	(void)snprintf(ring[turn], sizeof(ring[turn]), "%.3s~%zu~%02x%02x",
	    from->text, strlen(from->text), from->whole[0], from->whole[1]);
	return ring[turn];
}

static void
add_run_part(const struct item *item)
{
	const struct item_run *run = &item->run;
	const struct item_job *job = &item->job;

	if (item->kind == ITEM_RUN)
		add("run|%s|%s|%s|%d|%s|%" PRIu64, run->pipeline, run->run,
		    run->status, run->trigger, run->creator, run->start);
	else if (item->kind == ITEM_SOURCE)
		add("source|%s|%s|%s", txt(&item->source.repo),
		    txt(&item->source.branch), item->source.commit);
	else if (item->kind == ITEM_PARAMETER)
		add("parameter|%s|%d|%s", txt(&item->parameter.name),
		    item->parameter.hidden, txt(&item->parameter.value));
	else if (item->kind == ITEM_STAGE)
		add("stage|%s|%s", txt(&item->stage.name), item->stage.status);
	else if (item->kind == ITEM_JOB)
		add("job|%s|%s|%s|%" PRIu64 "|%" PRIu64, job->id,
		    txt(&job->name), job->status, job->start, job->end);
	else if (item->kind == ITEM_ACTION)
		add("action|%d|%d", item->action.type, item->action.may);
	else if (item->kind == ITEM_VALIDATOR)
		add("validator|%s", item->validator.id);
}

static void
add_change_part(const struct item *item)
{
	const struct item_commit *commit = &item->commit;
	const struct item_path *path = &item->path;

	if (item->kind == ITEM_COMMIT)
		add("commit|%s|%s|%s|%d", commit->id, txt(&commit->title),
		    txt(&commit->name), commit->verified);
	else if (item->kind == ITEM_AUTHOR)
		add("author|%s", item->author.address);
	else if (item->kind == ITEM_PATH)
		add("path|%d|%s|%s", path->change, txt(&path->name),
		    txt(&path->was));
	else if (item->kind == ITEM_PARENT)
		add("parent|%s", item->parent.id);
	else if (item->kind == ITEM_REPOSITORY)
		add("repository|%s|%s", item->repository.id,
		    item->repository.path);
}

static int
take(void *context, const struct item *item)
{
	(void)context;
	add_run_part(item);
	add_change_part(item);
	if (item->kind == ITEM_PIPELINE)
		add("pipeline|%s|%s|%s|%d", item->pipeline.id,
		    txt(&item->pipeline.name), item->pipeline.creator,
		    item->pipeline.env);
	else if (item->kind == ITEM_MEMBER)
		add("member|%s|%s|%s|%s", item->member.account,
		    txt(&item->member.name), txt(&item->member.role),
		    item->member.role_id);
	else if (item->kind == ITEM_ORGANIZATION)
		add("organization|%s|%s|%d", item->organization.id,
		    txt(&item->organization.name), item->organization.admin);
	else if (item->kind == ITEM_PAGE_END)
		add("page|%s|%d", item->page_end.token,
		    item->page_end.complete);
	add("\n");
	return 0;
}

struct reply
answer_reply(int http, const char *body)
{
	return (struct reply){ .http = (uint16_t)http,
		.is_whole = true,
		.type = "application/json;charset=utf-8",
		.body = (const uint8_t *)body,
		.len = strlen(body) };
}

const char *
answer_sample(const char *name)
{
	static char body[SAMPLE_MAX];
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *file;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/tests/samples/%s",
	    top == NULL ? TOP_SRCDIR : top, name);
	file = fopen(path, "re");
	assert_non_null(file);
	len = fread(body, 1, sizeof(body) - 1, file);
	body[len] = '\0';
	assert_int_equal(fclose(file), 0);
	assert_true(len > 0 && len < sizeof(body) - 1);
	return body;
}

const char *
answer_lines(enum courier_api api, enum courier_what what,
    const struct reply *reply, struct courier_done *ret_done)
{
	const struct answer_sink sink = { take, NULL };

	text[0] = '\0';
	*ret_done = (struct courier_done){ 0 };
	assert_int_equal(answer_read(api, what, reply, &sink, ret_done), 0);
	add("%d %s", ret_done->readable, ret_done->code);
	return text;
}
