/* SPDX-License-Identifier: ISC */
/*
 * The items of an answer as facts. What cannot be read is said; an empty
 * answer that was not understood never passes for an empty list.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/sight.h"

#define PAGES 200

int
sight_end(
    struct person_result *result, enum reason exit, const char *local_code)
{
	memset(result, 0, sizeof(*result));
	result->exit = (uint8_t)exit;
	result->origin = ORIGIN_HERE;
	(void)snprintf(
	    result->local_code, sizeof(result->local_code), "%s", local_code);
	return ENDED;
}

static void
copy_text(struct run_text *to, const struct courier_txt *from)
{
	_Static_assert(sizeof(to->text) == sizeof(from->text), "one limit");
	memcpy(to->text, from->text, sizeof(to->text));
	to->is_cut = from->cut != 0;
	memcpy(to->whole, from->whole, sizeof(to->whole));
}

/* An id that is longer than an id may be is no id. */
static void
copy_id(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size)
		len = 0;
	memcpy(to, from, len);
	to[len] = '\0';
}

static int
on_job(struct run_facts *run, const struct item_job *item)
{
	struct run_job job = { 0 };

	copy_id(job.id, sizeof(job.id), item->id);
	copy_text(&job.name, &item->name);
	copy_id(job.status, sizeof(job.status), item->status);
	job.start_ms = item->start;
	job.end_ms = item->end;
	return run_add_job(run, &job);
}

static int
on_source(struct run_facts *run, const struct item_source *item)
{
	struct run_source source = { 0 };

	copy_text(&source.repo, &item->repo);
	copy_text(&source.branch, &item->branch);
	copy_id(source.commit, sizeof(source.commit), item->commit);
	return run_add_source(run, &source);
}

static int
on_parameter(struct run_facts *run, const struct item_parameter *item)
{
	struct run_parameter parameter = { 0 };

	copy_text(&parameter.name, &item->name);
	parameter.is_hidden = item->hidden != 0;
	copy_text(&parameter.value, &item->value);
	return run_add_parameter(run, &parameter);
}

static int
on_stage(struct run_facts *run, const struct item_stage *item)
{
	struct run_stage stage = { 0 };

	copy_text(&stage.name, &item->name);
	copy_id(stage.status, sizeof(stage.status), item->status);
	return run_add_stage(run, &stage);
}

static int
on_run(struct run_facts *run, const struct item_run *item)
{
	/* One answer shows one run; a second one makes all of it void. */
	if (run->run[0] != '\0' || run->stages_n != 0)
		return WARDER_EFORM;
	copy_id(run->pipeline, sizeof(run->pipeline), item->pipeline);
	copy_id(run->run, sizeof(run->run), item->run);
	copy_id(run->status, sizeof(run->status), item->status);
	copy_id(run->creator, sizeof(run->creator), item->creator);
	run->trigger = item->trigger;
	run->start_ms = item->start;
	return WARDER_OK;
}

static int
on_action(struct run_facts *run, const struct item_act *item)
{
	const struct run_action action = { .kind = item->type,
		.may = item->may };

	return run_add_action(run, &action);
}

static int
on_validator(struct run_facts *run, const struct item_validator *item)
{
	struct run_validator validator = { 0 };

	copy_id(validator.id, sizeof(validator.id), item->id);
	return run_add_validator(run, &validator);
}

int
sight_take_run(void *ctx, const struct item *item)
{
	struct run_facts **run = ctx;

	if (item->kind == ITEM_RUN) {
		/* A new try begins: what an earlier one left is dropped. */
		run_freep(run);
		if ((*run = run_new()) == NULL)
			return WARDER_ENOMEM;
		return on_run(*run, &item->run);
	}
	if (*run == NULL)
		return WARDER_ETYPE;
	switch ((enum item_kind)item->kind) {
	case ITEM_SOURCE:
		return on_source(*run, &item->source);
	case ITEM_PARAMETER:
		return on_parameter(*run, &item->parameter);
	case ITEM_STAGE:
		return on_stage(*run, &item->stage);
	case ITEM_JOB:
		return on_job(*run, &item->job);
	case ITEM_ACTION:
		return on_action(*run, &item->action);
	case ITEM_VALIDATOR:
		return on_validator(*run, &item->validator);
	case ITEM_RUN:
	case ITEM_PIPELINE:
	case ITEM_MEMBER:
	case ITEM_ORGANIZATION:
	case ITEM_PAGE_END:
	case ITEM_COMMIT:
	case ITEM_AUTHOR:
	case ITEM_PATH:
	case ITEM_PARENT:
	case ITEM_REPOSITORY:
		break;
	}
	return WARDER_ETYPE;
}

int
sight_run(struct reader *reader, const struct gate_ids *ids,
    struct run_facts **ret_run)
{
	const struct call_args args = { .ids = *ids };
	auto_run struct run_facts *run = NULL;

	if (sight_read(reader, CALL_RUN, &args, sight_take_run, &run, NULL) !=
	    GO_ON)
		return ENDED;
	if (run == NULL)
		return sight_end(reader->result, REASON_NOT_SENT, "unread");
	*ret_run = run;
	run = NULL;
	return GO_ON;
}

struct name_found {
	char name[GATE_TEXT_LEN_MAX + 1];
};

static int
on_pipeline_item(void *ctx, const struct item *item)
{
	struct name_found *found = ctx;

	if (item->kind != ITEM_PIPELINE)
		return WARDER_OK;
	memcpy(found->name, item->pipeline.name.text, sizeof(found->name));
	return WARDER_OK;
}

int
sight_pipeline_name(
    struct reader *reader, const struct gate_ids *ids, char *ret, size_t size)
{
	const struct call_args args = { .ids = *ids };
	struct name_found found = { "" };

	if (sight_read(reader, CALL_PIPELINE, &args, on_pipeline_item, &found,
	        NULL) != GO_ON)
		return ENDED;
	(void)text_cut(ret, size, found.name, strlen(found.name));
	return GO_ON;
}

struct page {
	carry_on_item *on_item;
	void *ctx;
	struct item_page_end end;
};

static int
on_page_item(void *ctx, const struct item *item)
{
	struct page *page = ctx;

	if (item->kind != ITEM_PAGE_END)
		return page->on_item(page->ctx, item);
	page->end = item->page_end;
	return WARDER_OK;
}

int
sight_pages(struct reader *reader, enum call call, const struct call_args *args,
    carry_on_item *on_item, void *ctx, bool *ret_complete)
{
	struct page page = { .on_item = on_item, .ctx = ctx };
	struct call_args next = *args;
	char token[COURIER_TXT_MAX + 1] = "";

	for (int n = 1; n <= PAGES; n++) {
		next.next_token = token;
		next.page = (uint32_t)n;
		memset(&page.end, 0, sizeof(page.end));
		if (sight_read(reader, call, &next, on_page_item, &page,
		        NULL) != GO_ON)
			return ENDED;
		/* A token seen before would go round for ever. */
		if (page.end.complete || page.end.token[0] == '\0' ||
		    strcmp(page.end.token, token) == 0)
			break;
		memcpy(token, page.end.token, sizeof(token));
	}
	*ret_complete = page.end.complete != 0;
	return GO_ON;
}

struct search {
	const char *name;
	char id[ID_NUMBER_MAX + 1];
	int hits;
};

static int
on_search_item(void *ctx, const struct item *item)
{
	struct search *search = ctx;

	if (item->kind != ITEM_PIPELINE || item->pipeline.name.cut ||
	    strcmp(item->pipeline.name.text, search->name) != 0)
		return WARDER_OK;
	if (strcmp(search->id, item->pipeline.id) != 0)
		search->hits++;
	copy_id(search->id, sizeof(search->id), item->pipeline.id);
	return WARDER_OK;
}

int
sight_find_pipeline(struct reader *reader, const char *org, const char *name,
    char ret_id[ID_NUMBER_MAX + 1])
{
	struct call_args args = { .pipeline_name = name };
	struct search search = { .name = name };
	bool is_complete;

	(void)snprintf(args.ids.org, sizeof(args.ids.org), "%s", org);
	if (sight_pages(reader, CALL_PIPELINES, &args, on_search_item, &search,
	        &is_complete) != GO_ON)
		return ENDED;
	/* Unique among what was read is not unique. */
	if (!is_complete)
		return sight_end(reader->result, REASON_NOT_SENT, "unread");
	if (search.hits == 0)
		return sight_end(
		    reader->result, REASON_NOT_FOUND, "no_pipeline");
	if (search.hits > 1 || search.id[0] == '\0')
		return sight_end(reader->result, REASON_USAGE, "ambiguous");
	memcpy(ret_id, search.id, sizeof(search.id));
	return GO_ON;
}

/* Greatest first; a run that the server lists twice is one. */
static void
insert(struct sight_runs *runs, const char *id)
{
	size_t at = 0;

	while (at < runs->n && id_is_greater(runs->ids[at], id))
		at++;
	if (at == REQUEST_PAGE ||
	    (at < runs->n && strcmp(runs->ids[at], id) == 0))
		return;
	if (runs->n < REQUEST_PAGE)
		runs->n++;
	memmove(runs->ids[at + 1], runs->ids[at],
	    (runs->n - at - 1) * sizeof(runs->ids[0]));
	copy_id(runs->ids[at], sizeof(runs->ids[at]), id);
}

static int
on_runs_item(void *ctx, const struct item *item)
{
	struct sight_runs *runs = ctx;

	if (item->kind == ITEM_RUN && text_is_id(item->run.run))
		insert(runs, item->run.run);
	else if (item->kind == ITEM_PAGE_END)
		/* As many as there is room for may have been more. */
		runs->is_whole =
		    item->page_end.complete != 0 && runs->n < REQUEST_PAGE;
	return WARDER_OK;
}

int
sight_runs(struct reader *reader, const struct gate_ids *ids,
    struct sight_runs *ret_runs)
{
	const struct call_args args = { .ids = *ids };
	struct sight_runs runs = { .n = 0 };

	if (sight_read(reader, CALL_RUNS, &args, on_runs_item, &runs, NULL) !=
	    GO_ON)
		return ENDED;
	*ret_runs = runs;
	return GO_ON;
}
