/* SPDX-License-Identifier: ISC */
/*
 * What a run shows when it is read: the courier's items put together into
 * typed facts, then looked at by the rules of yunxiao/look.h. A failed
 * reading is told as an ending, never as "there is no gate".
 */
#ifndef WARDER_KEEPER_SIGHT_H
#define WARDER_KEEPER_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper/carry.h"
#include "keeper/ring.h"
#include "wire/person.h"
#include "yunxiao/look.h"

/* A step goes on, or it ended the request and filled the result. */
#define GO_ON 0
#define ENDED 1

/* Reading with one organization's key. All borrowed. */
struct reader {
	struct carrier *carrier;
	struct ring *ring;
	struct ring_key key;
	const struct ring_record *record; /* NULL: the active one */
	int64_t deadline;
	uint64_t server_ms; /* the server's clock in the last answer, or 0 */
	struct person_result *result; /* filled on ENDED */
	struct person_server *about;  /* so too; NULL: nobody is told */
	uint32_t wait_ms; /* ENDED by flow control: the wait it asked for */
	uint8_t curl;     /* ENDED by a call: libcurl's number, or 0 */
	/* While a wait that the server asked for is kept; NULL: in silence. */
	void (*on_pause)(void *ctx, uint32_t left_ms);
	void *ctx;
};

/*
 * One reading call, signed anew at each of up to three tries. Between them
 * the wait that the server asked for is kept, up to 60 s and never beyond the
 * deadline: a longer one ends it at once, as `throttled`. GO_ON: a good answer
 * whose items went to on_item. `done` may be NULL.
 */
WARDER_MUST_CHECK int sight_read(struct reader *reader, enum call call,
    const struct call_args *args, carry_on_item *on_item, void *ctx,
    struct courier_done *done);

/*
 * The same over all pages of a list, at most 200. *ret_complete is false if
 * the server's last page did not say that it was the last.
 */
WARDER_MUST_CHECK int sight_pages(struct reader *reader, enum call call,
    const struct call_args *args, carry_on_item *on_item, void *ctx,
    bool *ret_complete);

/* GetPipelineRun as facts; the caller frees *ret_run. */
WARDER_MUST_CHECK int sight_run(struct reader *reader,
    const struct gate_ids *ids, struct run_facts **ret_run);

/* The pipeline's name as printed; "" if the answer had none. */
WARDER_MUST_CHECK int sight_pipeline_name(
    struct reader *reader, const struct gate_ids *ids, char *ret, size_t size);

/*
 * The pipeline of exactly this name. EMISSING and more than one end with
 * not-found and `ambiguous`.
 */
WARDER_MUST_CHECK int sight_find_pipeline(struct reader *reader,
    const char *org, const char *name, char ret_id[ID_NUMBER_MAX + 1]);

/* The first page of a pipeline's runs: their ids, greatest first. */
struct sight_runs {
	char ids[REQUEST_PAGE][ID_NUMBER_MAX + 1];
	size_t n;
	bool is_whole; /* there are no others */
};
WARDER_MUST_CHECK int sight_runs(struct reader *reader,
    const struct gate_ids *ids, struct sight_runs *ret_runs);

/* Takes the items of one GetPipelineRun; `ctx` is a struct run_facts **. */
int sight_take_run(void *ctx, const struct item *item);

/*
 * What to do about an answer that is not good: wait so many milliseconds and
 * ask again, newly signed; or -1 with *result filled.
 */
int sight_again(
    const struct courier_done *done, int tries, struct person_result *result);

/* What a person is told of an answer beside the result: no secret. */
void sight_about(struct person_server *about, const struct ring_trace *trace,
    const struct courier_done *done);

/* Fills reader->result; returns ENDED. */
int sight_end(
    struct person_result *result, enum reason exit, const char *local_code);

#endif
