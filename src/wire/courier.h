/* SPDX-License-Identifier: ISC */
/*
 * Protocol 4: the keeper to the courier. The keeper hands over requests that
 * it signed; what comes back are facts about an answer, in small typed
 * pieces. Neither side believes the other's lengths. What an answer means is
 * decided in the keeper, never here.
 *
 *   READ 2       api u8, what u8, endpoint t16, target t16, n u8, n times
 *                (name t8, value t16), cap u32: a GET
 *   ACT 4        api u8, verb u8, endpoint, target, headers, start_before
 *                u64 (boot ms): the one POST, without a body
 *   CANCEL 8     request u32: its frame id; a started ACT goes on
 *   ITEM 1       kind u8 and one piece, see struct item
 *   READ_DONE 3  struct courier_done
 *   ACT_DONE 5   the same, then success tri, bare tri, connections u8
 *
 * Answers bear the id of the frame that asked. ITEMs come in the order of
 * the answer, each belonging to the run, stage or job before it, all before
 * READ_DONE; none come if the answer was not understood to its end.
 */
#ifndef WARDER_WIRE_COURIER_H
#define WARDER_WIRE_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/frame.h"
#include "wire/layout.h"

#define COURIER_ITEM WIRE_TYPE(WIRE_COURIER, 1)
#define COURIER_READ WIRE_TYPE(WIRE_COURIER, 2)
#define COURIER_READ_DONE WIRE_TYPE(WIRE_COURIER, 3)
#define COURIER_ACT WIRE_TYPE(WIRE_COURIER, 4)
#define COURIER_ACT_DONE WIRE_TYPE(WIRE_COURIER, 5)
#define COURIER_CANCEL WIRE_TYPE(WIRE_COURIER, 8)

#define COURIER_HEADERS_MAX 16
#define COURIER_WAITING_MAX 64 /* requests of one connection at a time */
#define COURIER_NAME_MAX 64
#define COURIER_VALUE_MAX 3072
#define COURIER_ENDPOINT_MAX 260
#define COURIER_TARGET_MAX 4096
#define COURIER_ANSWER_MAX (4u << 20) /* bytes of body, the most a READ asks */
#define COURIER_ITEMS_MAX 20000u      /* of one READ */
#define COURIER_ITEM_BYTES_MAX (8u << 20)
#define COURIER_ID_MAX 64
#define COURIER_STATUS_MAX 32
#define COURIER_TXT_MAX 512
#define COURIER_HASH_LEN 32
#define COURIER_ADDRESS_MAX 320 /* of e-mail */
/* Of one comparison; what comes after is not handed on, and said. */
#define COURIER_COMMITS_MAX 500
#define COURIER_PATHS_MAX 200

enum courier_api {
	COURIER_API_SIGNED = 1, /* ACS3, with its envelope */
	COURIER_API_TOKEN = 2   /* personal token, bare answers */
};

enum courier_what {
	COURIER_RUN = 1,
	COURIER_RUNS = 2,
	COURIER_PIPELINES = 3,
	COURIER_PIPELINE = 4,
	COURIER_MEMBERS = 5, /* a list, or one member */
	COURIER_RESOURCE_MEMBERS = 6,
	COURIER_ORGANIZATIONS = 7,
	COURIER_WHOAMI = 8,
	COURIER_REPOSITORY = 9,
	COURIER_COMMIT = 10,
	COURIER_COMPARE = 11 /* commits, PAGE_END, paths, PAGE_END */
};
#define COURIER_WHAT_LAST COURIER_COMPARE

enum courier_verb {
	COURIER_PASS = 1,
	COURIER_REFUSE = 2
};

struct courier_header {
	char name[COURIER_NAME_MAX + 1];
	char value[COURIER_VALUE_MAX + 1];
};

/*
 * READ and ACT; zero the whole before filling it. `headers` are sent as they
 * are; never Host (it is the endpoint, byte for byte), Accept, Content-Type
 * or another one that is the courier's. About 55 kB.
 */
struct courier_request {
	uint8_t api;                             /* enum courier_api */
	uint8_t what;                            /* READ */
	uint8_t verb;                            /* ACT */
	char endpoint[COURIER_ENDPOINT_MAX + 1]; /* host or host:port */
	char target[COURIER_TARGET_MAX + 1];     /* path and query, as signed */
	uint8_t n;
	struct courier_header headers[COURIER_HEADERS_MAX];
	uint32_t cap;          /* READ: bytes of answer */
	uint64_t start_before; /* ACT: boot ms */
};

struct courier_cancel {
	uint32_t request;
};

/*
 * A text of the server, unfiltered. Longer than 512 bytes: cut at a
 * character, with the SHA-256 of the whole.
 */
struct courier_txt {
	uint8_t cut;
	char text[COURIER_TXT_MAX + 1];
	uint8_t whole[COURIER_HASH_LEN]; /* only where cut is 1 */
};

enum item_kind {
	ITEM_PIPELINE = 1,
	ITEM_RUN = 2,
	ITEM_SOURCE = 3,    /* of the run before it */
	ITEM_PARAMETER = 4, /* of the run before it */
	ITEM_STAGE = 5,     /* of the run before it */
	ITEM_JOB = 6,       /* of the stage before it */
	ITEM_ACTION = 7,    /* of the job before it */
	ITEM_VALIDATOR = 8, /* of the action before it */
	ITEM_MEMBER = 9,
	ITEM_ORGANIZATION = 10,
	ITEM_PAGE_END = 11, /* after each list */
	ITEM_COMMIT = 12,
	ITEM_AUTHOR = 13, /* of the commit before it: author, then committer */
	ITEM_PATH = 14,
	ITEM_PARENT = 15, /* of the commit before it */
	ITEM_REPOSITORY = 16
};
#define ITEM_LAST ITEM_REPOSITORY

enum item_action {
	ITEM_ACTION_PASS = 1,
	ITEM_ACTION_REFUSE = 2, /* either spelling */
	ITEM_ACTION_OTHER = 3
};

/*
 * What the answer did not have, or had in another type, is "", 0 or
 * TRI_ABSENT: unknown. Ids are as printed; integers come as their digits.
 */
struct item_pipeline {
	char id[COURIER_ID_MAX + 1];
	struct courier_txt name;
	char creator[COURIER_ID_MAX + 1];
	uint8_t
	    env; /* 0 unknown, else envId + 1: 1 daily, 2 pre, 3 production */
};

struct item_run {
	char pipeline[COURIER_ID_MAX + 1];
	char run[COURIER_ID_MAX + 1];
	char status[COURIER_STATUS_MAX + 1];
	uint8_t trigger;
	char creator[COURIER_ID_MAX + 1];
	uint64_t start; /* ms */
};

struct item_source {
	struct courier_txt repo, branch;
	char commit[65]; /* 40 or 64 lower-case hex digits, or "" */
};

struct item_parameter {
	struct courier_txt name;
	uint8_t hidden; /* encrypted or masked: the value is not here */
	struct courier_txt value;
};

struct item_stage {
	struct courier_txt name;
	char status[COURIER_STATUS_MAX + 1];
};

struct item_job {
	char id[COURIER_ID_MAX + 1];
	struct courier_txt name;
	char status[COURIER_STATUS_MAX + 1];
	uint64_t start, end; /* ms */
};

struct item_act {
	uint8_t type; /* enum item_action */
	uint8_t may;  /* tri: `disable` turned round */
};

struct item_validator {
	char id[COURIER_ID_MAX + 1];
};

struct item_member {
	char account[COURIER_ID_MAX + 1];
	struct courier_txt name, role;
	char role_id[COURIER_ID_MAX + 1];
};

struct item_organization {
	char id[COURIER_ID_MAX + 1];
	struct courier_txt name;
	uint8_t admin; /* tri */
};

struct item_page_end {
	char token[COURIER_TXT_MAX + 1]; /* of the next page */
	uint8_t complete; /* 1: this was the last. 0 and no token: cut short */
};

enum item_change {
	ITEM_CHANGED = 1,
	ITEM_ADDED = 2,
	ITEM_DELETED = 3,
	ITEM_RENAMED = 4
};

/* What committers claim; only a verified signature says more. */
struct item_commit {
	char id[65]; /* as item_source.commit */
	struct courier_txt title, name;
	uint8_t verified; /* tri */
};

struct item_author {
	char address[COURIER_ADDRESS_MAX + 1]; /* trimmed; "" unknown */
};

struct item_path {
	uint8_t change; /* enum item_change */
	struct courier_txt name, was;
};

struct item_parent {
	char id[65];
};

struct item_repository {
	char id[COURIER_ID_MAX + 1];
	char path[COURIER_TXT_MAX + 1];
};

struct item {
	uint8_t kind; /* enum item_kind */
	union {
		struct item_pipeline pipeline;
		struct item_run run;
		struct item_source source;
		struct item_parameter parameter;
		struct item_stage stage;
		struct item_job job;
		struct item_act action;
		struct item_validator validator;
		struct item_member member;
		struct item_organization organization;
		struct item_page_end page_end;
		struct item_commit commit;
		struct item_author author;
		struct item_path path;
		struct item_parent parent;
		struct item_repository repository;
	};
};

/*
 * How one request ended. `curl` is the CURLcode. `readable`: a whole answer
 * that was understood to its end; its code may still be an error. A READ is
 * good only if courier_is_good() says so.
 */
struct courier_done {
	uint8_t sent; /* a byte of the request may have left */
	uint8_t curl;
	uint16_t http; /* 0: no status line */
	uint8_t readable;
	char code[97]; /* "" where the answer's says nothing */
	char request_id[97];
	char message[513];
	uint64_t date; /* the server's Date header, ms since 1970, or 0 */
	uint32_t retry_after; /* ms, or 0 */
	uint32_t ms;          /* from start to end */
	uint32_t items;
	/* ACT_DONE only, else 0 */
	uint8_t success;     /* tri: member `success` of the envelope */
	uint8_t bare;        /* tri: the whole answer was true or false */
	uint8_t connections; /* made for it */
};

/* READ_DONE, ACT_DONE and CANCEL are flat: layout_send, layout_take. */
extern const struct layout courier_read_done_layout, courier_act_done_layout,
    courier_cancel_layout;

/*
 * Writes the body of a READ or an ACT. EBUG (by wbuf_end): a member out of
 * its range, a text above its cap.
 */
void put_courier_read(struct wbuf *out, const struct courier_request *request);
void put_courier_act(struct wbuf *out, const struct courier_request *request);

/*
 * Reads it back, the whole of *ret_request zeroed first. EFORM: a member out
 * of range; an endpoint or target of other than printable ASCII, or a target
 * that does not begin with a slash or, for an ACT, does not end as its verb
 * wants (/pass, /refuse); a header name of other than token characters, one
 * that is the courier's, or that comes twice; a control byte in a value.
 * ETRUNC, ETRAIL, ETOOBIG, ETEXT as everywhere.
 */
WARDER_MUST_CHECK int get_courier_read(
    struct rbuf in, struct courier_request *ret_request);
WARDER_MUST_CHECK int get_courier_act(
    struct rbuf in, struct courier_request *ret_request);

/* Body, frame and all. */
WARDER_MUST_CHECK int courier_send_read(int sock, uint32_t id,
    const struct courier_request *request, int64_t deadline);
WARDER_MUST_CHECK int courier_send_act(int sock, uint32_t id,
    const struct courier_request *request, int64_t deadline);

void put_item(struct wbuf *out, const struct item *item);

/* EFORM: an unknown kind, a value out of range, `cut` without 509 bytes. */
WARDER_MUST_CHECK int get_item(struct rbuf in, struct item *ret_item);

/*
 * The members of a READ_DONE fit together: sent, no error of curl, a status
 * of 2xx, understood to its end, no error code.
 */
bool courier_is_good(const struct courier_done *done);

/*
 * A header may be a token, so who fills a request does so in locked memory:
 * a zeroed one within a blob of its own, whose free wipes it. ENOMEM, EFULL
 * as blob_new().
 */
WARDER_MUST_CHECK int courier_request_new(struct blob **ret_blob);
struct courier_request *courier_request_of(struct blob *blob);

/* Headers may bear a signature or a token. */
void courier_request_wipe(struct courier_request *request);

#endif
