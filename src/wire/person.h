/* SPDX-License-Identifier: ISC */
/*
 * Protocol 1: a client to the desk, and the desk to the keeper. Both hops
 * speak the same; the desk checks each frame by these tables and writes it
 * anew. No message names the asking person: that is the descriptor which
 * comes with the first frame (wire/peer.h).
 *
 *   NEW -LOOK-> BUSY -READY-> SHOWN -ACT-> ACTING -RESULT-> end
 *   NEW -LIST, WHOAMI, LOG-> BUSY -RESULT-> end
 *   SHOWN -EXPLAIN, CHANGE-> BUSY -RESULT-> end
 *
 * EXPLAIN is answered by RULEs, NEEDs, one EXPLAINED, WAYs and a RESULT.
 * A LOOK's GATE has one KEY behind it if the key that will sign ends soon.
 */
#ifndef WARDER_WIRE_PERSON_H
#define WARDER_WIRE_PERSON_H

#include "wire/layout.h"

/* From the side that connected. */
#define PERSON_LOOK WIRE_TYPE(WIRE_PERSON, 2)
#define PERSON_ACT WIRE_TYPE(WIRE_PERSON, 4)
#define PERSON_LIST WIRE_TYPE(WIRE_PERSON, 6)
#define PERSON_WHOAMI WIRE_TYPE(WIRE_PERSON, 8)
#define PERSON_EXPLAIN WIRE_TYPE(WIRE_PERSON, 12)
#define PERSON_LOG WIRE_TYPE(WIRE_PERSON, 14)
#define PERSON_CHANGE WIRE_TYPE(WIRE_PERSON, 20)
/* From the other side. */
#define PERSON_GATE WIRE_TYPE(WIRE_PERSON, 1)
#define PERSON_PIECE WIRE_TYPE(WIRE_PERSON, 3)
#define PERSON_RULE WIRE_TYPE(WIRE_PERSON, 5)
#define PERSON_NEED WIRE_TYPE(WIRE_PERSON, 7)
#define PERSON_PROGRESS WIRE_TYPE(WIRE_PERSON, 9)
#define PERSON_LINE WIRE_TYPE(WIRE_PERSON, 11)
#define PERSON_PERSON WIRE_TYPE(WIRE_PERSON, 13)
#define PERSON_RESULT WIRE_TYPE(WIRE_PERSON, 15)
#define PERSON_READY WIRE_TYPE(WIRE_PERSON, 17)
#define PERSON_NOTE WIRE_TYPE(WIRE_PERSON, 19)
#define PERSON_SERVER WIRE_TYPE(WIRE_PERSON, 21)
#define PERSON_EXPLAINED WIRE_TYPE(WIRE_PERSON, 23)
#define PERSON_WAY WIRE_TYPE(WIRE_PERSON, 25)
#define PERSON_KEY WIRE_TYPE(WIRE_PERSON, 27)

/* Times of one connection, and what may come in answer to one request. */
#define PERSON_FIRST_MS 10000  /* until the first frame */
#define PERSON_SHOWN_MS 240000 /* from READY until ACT */
#define PERSON_WHOLE_MS 600000
#define PERSON_ANSWER_FRAMES 20000
#define PERSON_ANSWER_BYTES (8u << 20)

/* Longest texts, in bytes. */
#define PERSON_ORG 64
#define PERSON_NAME 512 /* of a pipeline, stage, job, branch, parameter, … */
#define PERSON_ID 19    /* decimal, up to 2^63-1 */
#define PERSON_REASON 256
#define PERSON_WORD 64   /* ticket, glass, local_code */
#define PERSON_RECORD 20 /* id of a record; ref */
#define PERSON_STATUS 32
#define PERSON_ACCOUNT 20
#define PERSON_USER 256
#define PERSON_CODE 96 /* a server's code, a request id */
#define PERSON_MESSAGE 1024
#define PERSON_LONG 4096
#define GATE_LEN 32

enum person_state {
	PERSON_NEW = 0,
	PERSON_BUSY = 1,
	PERSON_SHOWN = 2,
	PERSON_ACTING = 3
};

enum person_lang {
	PERSON_EN = 1,
	PERSON_ZH = 2
};

enum person_verb {
	PERSON_PASS = 1,
	PERSON_REFUSE = 2
};

#define PERSON_ACT_NO_PROMPT 1u /* flags of ACT */
#define PERSON_LIST_MINE 1u     /* flags of LIST */
#define PERSON_LOG_RECEIPT 1u   /* flags of LOG */
#define PERSON_CAN_PASS 1u      /* bits of a gate's `can` */
#define PERSON_CAN_REFUSE 2u

enum person_piece_kind {     /* what a, b, c are */
	PIECE_SOURCE = 1,    /* repo, branch, commit */
	PIECE_PARAMETER = 2, /* name, now, before */
	PIECE_VALIDATOR = 3, /* id, user */
	PIECE_AFTER = 4,     /* stage, job */
	PIECE_AUTHOR = 5,   /* address, user, name; of the commit before it: who
	                   * wrote it, and then who else committed it */
	PIECE_NOT_READ = 6, /* what, why */
	PIECE_GROUP = 7,
	PIECE_ROLE = 8,        /* org, role */
	PIECE_OUTSTANDING = 9, /* id, user: a validator who may be awaited */
	/* What a run would bring, in answer to CHANGE: */
	PIECE_BEFORE = 10,  /* run; `found`, `none`, `unknown`; why */
	PIECE_CHANGE = 11,  /* repo, commit it begins behind, commit */
	PIECE_COMMIT = 12,  /* commit, title, `verified` `unverified` or "" */
	PIECE_PATH = 13,    /* path; `new` …; the path before */
	PIECE_MORE = 14,    /* `commits` or `files`, how many or "" */
	PIECE_UNKNOWN = 15, /* what, why, detail */
	PIECE_WAS = 16      /* parameter, value in the run before; `same` … */
};
#define PIECE_LAST PIECE_WAS

enum person_rule_kind {
	RULE_PRIMARY = 1,
	RULE_ALSO = 2, /* is in the way too */
	RULE_FITS = 3
};

enum person_need_kind {
	NEED_REASON = 1,
	NEED_TICKET = 2,
	NEED_LEVEL = 3,
	NEED_SEATS = 4,
	NEED_TIME = 5,
	NEED_WAY = 6
};

/* EXPLAINED: the verdict; WAY: what it becomes, of the first two. */
enum person_verdict {
	VERDICT_IS_PERMIT = 1,
	VERDICT_IS_PENDING = 2,
	VERDICT_IS_DENY = 3
};

#define EXPLAINED_IS_CUT 1u    /* not everything was tried */
#define EXPLAINED_NO_REASON 2u /* none could be made up that fits */
#define EXPLAINED_NO_TICKET 4u
#define EXPLAINED_NOT_ALL 8u /* of the people whom the policy names */

enum person_way_kind {
	WAY_PERSON = 1,  /* any one of `who` asks */
	WAY_TEXT = 2,    /* with reason, ticket */
	WAY_TIME = 3,    /* from at_ms on */
	WAY_MFA = 4,     /* with a new proof of `level` */
	WAY_SESSION = 5, /* at a terminal, from the network `name` */
	WAY_RUN = 6, /* another run: newest, trigger, from branch `name`, … */
	WAY_VOTES = 7, /* after votes of all of `who` */
	WAY_GLASS = 8  /* with break-glass `name` */
};
#define WAY_TTY 1u
#define WAY_NEWEST 2u
#define WAY_STARTED 4u /* started by somebody else */
#define WAY_WRITTEN 8u /* written by somebody else */
#define WAYS_MAX 5     /* ways of one explanation */

enum person_progress_what {
	PROGRESS_READING = 1,
	PROGRESS_PROVEN = 2,
	PROGRESS_RECORDED = 3,
	PROGRESS_SENT = 4,
	PROGRESS_ANSWERED = 5,
	PROGRESS_WATCHING = 6,
	PROGRESS_SEEN = 7,
	PROGRESS_VOTED = 8,
	PROGRESS_PAUSED = 9 /* a read was throttled: n seconds left */
};

enum person_origin {
	ORIGIN_HERE = 1,
	ORIGIN_SERVER = 2
};

/* Comes with the keeper's end of the prompt channel, as LIST, WHOAMI, LOG. */
struct person_look {
	uint8_t lang;
	char org[PERSON_ORG + 1];       /* alias or id */
	char pipeline[PERSON_NAME + 1]; /* digits: the id; else whole name */
	char run[PERSON_ID + 1];
	char job[PERSON_ID + 1]; /* empty: the only waiting gate */
};

struct person_act {
	uint8_t verb;
	uint8_t gate[GATE_LEN];
	char reason[PERSON_REASON + 1];
	char ticket[PERSON_WORD + 1];
	char glass[PERSON_WORD + 1];
	char ref[PERSON_RECORD + 1];
	uint8_t flags;
};

struct person_list {
	uint8_t lang;
	char org[PERSON_ORG + 1];       /* or empty */
	char pipeline[PERSON_NAME + 1]; /* or empty */
	uint8_t flags;
};

struct person_whoami {
	uint8_t lang;
};

struct person_explain {
	uint8_t verb;
	char subject[PERSON_USER + 1];  /* user name; empty: me */
	uint64_t at_ms;                 /* 0: now */
	char reason[PERSON_REASON + 1]; /* with which it would be asked for */
	char ticket[PERSON_WORD + 1];
};

struct person_log {
	uint8_t lang;
	char record[PERSON_RECORD + 1]; /* or empty */
	uint64_t since_ms;
	uint8_t flags;
};

struct person_gate {
	uint8_t gate[GATE_LEN];
	char org[PERSON_ORG + 1];
	char alias[PERSON_ORG + 1];
	char pipeline[PERSON_ID + 1];
	char pipeline_name[PERSON_NAME + 1];
	char run[PERSON_ID + 1];
	char job[PERSON_ID + 1];
	char stage[PERSON_NAME + 1];
	char job_name[PERSON_NAME + 1];
	char status[PERSON_STATUS + 1];
	uint64_t started_ms;
	uint8_t trigger; /* triggerMode if 1 2 3 5 6, else 0 */
	char account[PERSON_ACCOUNT + 1];
	char starter[PERSON_USER + 1]; /* user by the account lines */
	uint8_t newest;                /* tri */
	char superseded_by[PERSON_ID + 1];
	uint8_t pass, refuse; /* tri: enabled for the key */
	uint8_t can;          /* PERSON_CAN_… */
	uint8_t level;        /* 0 to 4 */
};

struct person_piece {
	uint8_t kind;
	char a[PERSON_NAME + 1], b[PERSON_NAME + 1], c[PERSON_NAME + 1];
};

struct person_rule {
	uint8_t kind;
	char local_code[PERSON_WORD + 1];
	char code[PERSON_CODE + 1];
	char file[PERSON_NAME + 1];
	uint32_t line, col;
	char text[PERSON_LONG + 1];
	char message[PERSON_MESSAGE + 1];
	char unknown[PERSON_NAME + 1];
};

struct person_need {
	uint8_t kind;
	uint32_t n;
	char text[PERSON_MESSAGE + 1];
	char who[PERSON_NAME + 1];
};

struct person_progress {
	uint8_t what;
	uint64_t at_ms;
	uint32_t n, of;
	char a[PERSON_NAME + 1], b[PERSON_NAME + 1];
};

struct person_line { /* LINE and NOTE */
	char text[PERSON_LONG + 1];
};

struct person_person {
	uint32_t uid, luid, session;
	char name[PERSON_USER + 1];
	char tty[PERSON_STATUS + 1];
	char source[PERSON_WORD + 1];
	uint8_t level;
};

struct person_result {
	uint8_t exit; /* enum reason */
	uint8_t origin;
	uint8_t retry; /* 1: the same request may succeed later */
	char local_code[PERSON_WORD + 1];
	char code[PERSON_CODE + 1];
	char record[PERSON_RECORD + 1];
	uint16_t http;
	char request_id[PERSON_CODE + 1];
	char text[PERSON_NAME + 1];
	char line[PERSON_LONG + 1]; /* exit 23: the ledger line */
};

/* Before a RESULT of origin SERVER: what its sentence is filled with. */
struct person_server {
	char key[PERSON_WORD + 1];  /* name of the sealed key */
	char host[PERSON_NAME + 1]; /* its endpoint */
	uint8_t api;                /* enum api; 0 not known */
	uint8_t is_sts;             /* 1: a temporary key */
	uint32_t wait_ms;           /* 0: not told */
	uint64_t here_ms;           /* this host's clock at the answer */
	uint64_t server_ms;         /* the answer's Date header; 0 none */
};

/* The key of the GATE before it ends soon. No message: no end is near. */
struct person_key {
	char key[PERSON_WORD + 1]; /* name of the sealed key */
	uint64_t ends_ms;          /* since 1970, to PERSON_KEY_LAST_MS */
};
#define PERSON_KEY_LAST_MS UINT64_C(253402300799999) /* of the year 9999 */

struct person_explained {
	uint8_t verdict;               /* enum person_verdict */
	uint8_t verb;                  /* enum person_verb */
	uint8_t exit;                  /* with which the act would end */
	uint8_t flags;                 /* EXPLAINED_… */
	uint64_t at_ms;                /* the instant it was decided for */
	char subject[PERSON_USER + 1]; /* user name; empty: a uid without */
	char roles[PERSON_WORD + 1];   /* words with blanks between them */
};

/* One change of a way; those of one way have its number and belong together. */
struct person_way {
	uint8_t way;     /* 1 to WAYS_MAX */
	uint8_t becomes; /* PERMIT or PENDING */
	uint8_t kind;    /* enum person_way_kind */
	uint8_t level;
	uint8_t flags;   /* WAY_… */
	uint8_t trigger; /* enum facts_trigger of policy/facts.h, 0: as it is */
	uint64_t at_ms;
	char name[PERSON_NAME + 1];
	char reason[PERSON_REASON + 1], ticket[PERSON_WORD + 1];
	char who[PERSON_LONG + 1]; /* names with commas between them */
};

/* Large enough for any of them, for who handles all alike. */
union person_any {
	struct person_look look;
	struct person_act act;
	struct person_list list;
	struct person_whoami whoami;
	struct person_explain explain;
	struct person_log log;
	struct person_gate gate;
	struct person_piece piece;
	struct person_rule rule;
	struct person_need need;
	struct person_progress progress;
	struct person_line line;
	struct person_person person;
	struct person_result result;
	struct person_server server;
	struct person_explained explained;
	struct person_way way;
	struct person_key key;
};

extern const struct layout person_look_layout, person_act_layout,
    person_list_layout, person_whoami_layout, person_explain_layout,
    person_log_layout, person_gate_layout, person_piece_layout,
    person_rule_layout, person_need_layout, person_progress_layout,
    person_line_layout, person_person_layout, person_ready_layout,
    person_change_layout, person_note_layout, person_result_layout,
    person_server_layout, person_explained_layout, person_way_layout,
    person_key_layout;

/* By number, NULL where a number is reserved or unknown. */
#define PERSON_NUMBERS 28
extern const struct layout *const person_layouts[PERSON_NUMBERS];

/* The layout of a frame's type, or NULL. */
const struct layout *person_layout(uint32_t type);

#endif
