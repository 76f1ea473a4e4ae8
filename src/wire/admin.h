/* SPDX-License-Identifier: ISC */
/*
 * Protocol 5: warderctl, as uid 0, to the keeper. It decides nothing, sends
 * nothing to a gate and returns no secret.
 *
 *   UNLOCK 2  passphrase t16, 16 to 255 bytes: received by guarded.h alone
 *   LOCK 4    empty
 *   CHECK 6   org t8 64, record id 16 (or zeros), generation u64 (or 0):
 *             one reading call with that record; candidates too. Zeros: the
 *             active key that the policy names for org (alias or id), with
 *             all that can be read of what it may do: KEY first, then in any
 *             order ROWs `account` (text the id), `account-name`, or
 *             `account-untold`; `organization` (n 1 no admin there, 2 admin, 0
 *             not told; text its name) or `organization-none` (the account is
 *             no member); `pipeline` (n its id, text its name); GATEs; and for
 *             each thing that could not be read `unread` (text what it is) and
 *             behind it `unread-why` (text the code)
 *             Zeros and generation ADMIN_CHECK_BRIEF: the same key, KEY and
 *             the first page of pipelines (ROW `check`) alone; `unsent`
 *             says why the server was not asked
 *   SETTLE 8  empty: open intents are settled by reading
 *   STATUS 10 empty. ROWs `warder-pam`, `warder-courier` (bad and n 1: the
 *             socket is there, nobody serves it), `ledger`, `keys`
 *   MEMBERS 12 org t8 64 (alias or id): who has which role at the server. For
 *             each pipeline a ROW `pipeline` (n its id, text its name), for
 *             each person and role a MEMBER; what could not be read to its end
 *             is a ROW (text the code that says why): `no-members` of the
 *             organization, `no-pipelines`, `no-pipeline` (n its id). In any
 *             order
 *   HISTORY 14 org t8 64, since u64 ms: the runs that were started since
 *             then. For each pipeline a ROW `pipeline`, for each job of a run
 *             a SEEN, behind them a ROW `run` (n its id, text the pipeline's);
 *             what could not be read is a ROW: `no-pipelines`, `no-runs` (n a
 *             pipeline), `no-run` (n its id, text pipeline, blank, code)
 *   RUN 16    org t8 64, pipeline t8 19, run t8 19: the same of one run; DONE
 *             11 if the server says it is not there
 *   SEEN 11   pipeline, run, job t8 19, stage, name t16 512, state u8
 *             (0 not known, 1 not reached, 2 waits, 3 passed, 4 stopped),
 *             flags u8 (1: it shows a pass or refuse action), start, end u64
 *             ms or 0, validators t16 512 (ids in order, commas), their hash
 *             32
 *   MEMBER 5  pipeline t8 19 ("": of the organization), account t8 64, name
 *             t16 512, role t16 512, role id t8 64
 *   KEY 7     name t8 64, id t8 16 (as it may be shown), kind u8, api u8,
 *             endpoint t16 260, generation u64, created u64 ms, not after u64
 *             ms or 0
 *   GATE 9    one that waits: pipeline t8 19, run t8 19, job t8 19, pipeline
 *             name t16 512, job name t16 512, pass tri, refuse tri (as the
 *             server enables them for the key's account), robot u8 (1: a robot
 *             of the policy is among its validators)
 *   ROW 1     topic t8 32, level u8, n u64, text t16 512
 *   DONE 3    exit u8, word t8 64; always the last
 */
#ifndef WARDER_WIRE_ADMIN_H
#define WARDER_WIRE_ADMIN_H

#include "base/blob.h"
#include "wire/layout.h"

#define ADMIN_UNLOCK WIRE_TYPE(WIRE_ADMIN, 2)
#define ADMIN_LOCK WIRE_TYPE(WIRE_ADMIN, 4)
#define ADMIN_CHECK WIRE_TYPE(WIRE_ADMIN, 6)
#define ADMIN_SETTLE WIRE_TYPE(WIRE_ADMIN, 8)
#define ADMIN_STATUS WIRE_TYPE(WIRE_ADMIN, 10)
#define ADMIN_MEMBERS WIRE_TYPE(WIRE_ADMIN, 12)
#define ADMIN_HISTORY WIRE_TYPE(WIRE_ADMIN, 14)
#define ADMIN_RUN WIRE_TYPE(WIRE_ADMIN, 16)
#define ADMIN_SEEN WIRE_TYPE(WIRE_ADMIN, 11)
#define ADMIN_ROW WIRE_TYPE(WIRE_ADMIN, 1)
#define ADMIN_DONE WIRE_TYPE(WIRE_ADMIN, 3)
#define ADMIN_MEMBER WIRE_TYPE(WIRE_ADMIN, 5)
#define ADMIN_KEY WIRE_TYPE(WIRE_ADMIN, 7)
#define ADMIN_GATE WIRE_TYPE(WIRE_ADMIN, 9)

enum admin_level {
	ADMIN_OK = 0,
	ADMIN_WARN = 1,
	ADMIN_BAD = 2
};

#define ADMIN_PASSPHRASE_MIN 16
#define ADMIN_PASSPHRASE_MAX 255

/*
 * The body of UNLOCK, and the passphrase out of one. ETRUNC, ETRAIL, ETOOBIG,
 * EFORM (too short), ETEXT.
 */
WARDER_MUST_CHECK int admin_put_passphrase(
    const struct blob *passphrase, struct blob **ret_body);
WARDER_MUST_CHECK int admin_get_passphrase(
    const struct blob *body, struct blob **ret_passphrase);

#define ADMIN_CHECK_BRIEF UINT64_C(1)

struct admin_check {
	char org[65];
	uint8_t record[16];
	uint64_t generation;
};

struct admin_row {
	char topic[33];
	uint8_t level;
	uint64_t n;
	char text[513];
};

struct admin_done {
	uint8_t exit;
	char word[65];
};

struct admin_members {
	char org[65];
};

/* As the server printed it; "" where it said nothing. */
struct admin_member {
	char pipeline[20];
	char account[65];
	char name[513], role[513];
	char role_id[65];
};

/* A sealed key, without its secret. `kind` and `api` as in seal/record.h. */
struct admin_key {
	char name[65];
	char id[17];
	uint8_t kind, api;
	char endpoint[261];
	uint64_t generation, created_ms, not_after_ms;
};

struct admin_gate {
	char pipeline[20], run[20], job[20];
	char pipeline_name[513], job_name[513];
	uint8_t pass, refuse; /* tri */
	uint8_t robot;
};

struct admin_history {
	char org[65];
	uint64_t since;
};

struct admin_run {
	char org[65];
	char pipeline[20], run[20];
};

#define ADMIN_SEEN_GATE 1
#define ADMIN_SEEN_PASSED 3
#define ADMIN_SEEN_STOPPED 4

/* One job as the server shows it now. */
struct admin_seen {
	char pipeline[20], run[20], job[20];
	char stage[513], name[513];
	uint8_t state, flags;
	uint64_t start, end;
	char validators[513];
	uint8_t validators_hash[32];
};

extern const struct layout admin_check_layout, admin_row_layout,
    admin_done_layout, admin_members_layout, admin_member_layout,
    admin_key_layout, admin_gate_layout, admin_history_layout, admin_run_layout,
    admin_seen_layout;

#endif
