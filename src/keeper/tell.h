/* SPDX-License-Identifier: ISC */
/*
 * What the keeper sends to the desk. Codes, numbers and foreign text only:
 * sentences are the client's. A desk that is gone is noticed elsewhere, so
 * nothing here fails; after the intent nobody has to be listening.
 */
#ifndef WARDER_KEEPER_TELL_H
#define WARDER_KEEPER_TELL_H

#include "keeper/keeper.h"
#include "policy/explain.h"

/* GATE with its PIECEs; `can` and `level` as decided. */
void tell_gate(
    struct keeper *keeper, const struct view *view, uint8_t can, uint8_t level);
/* KEY, if the key that would sign an ACT on this gate ends soon. */
void tell_key(struct keeper *keeper);
void tell_rules(struct keeper *keeper, const struct verdict *verdict);
void tell_needs(struct keeper *keeper, const struct verdict *verdict);
/*
 * A gate of a list: GATE, PIECEs, RULEs if it is denied, NEEDs. All of it, or
 * false: what is left of the answer has no room for all of it.
 */
WARDER_MUST_CHECK bool tell_listed(struct keeper *keeper,
    const struct view *view, uint8_t can, const struct verdict *pass);
/* PIECE `not read` for the organization: there was no room (is_full). */
void tell_full(struct keeper *keeper);
void tell_progress(struct keeper *keeper, enum person_progress_what what,
    const char *a, const char *b);
/* n of `of` pipelines of an organization are read; so many gates wait there. */
void tell_reading(struct keeper *keeper, uint32_t n, uint32_t of,
    const char *org, uint32_t waiting);
void tell_piece(struct keeper *keeper, enum person_piece_kind kind,
    const char *a, const char *b);
void tell_whole_piece(struct keeper *keeper, const struct person_piece *piece);
void tell_whole_need(struct keeper *keeper, const struct person_need *need);
void tell_explained(
    struct keeper *keeper, const struct person_explained *explained);
void tell_way(struct keeper *keeper, const struct person_way *way);
/* tell_explain.c: RULEs, NEEDs, EXPLAINED and a WAY for each change. */
void tell_explanation(struct keeper *keeper, const struct person_explain *ask,
    const struct question *question, const struct explanation *got);
void tell_person(struct keeper *keeper);
/* tell_change.c: of keeper->view.change; the second may find none. */
void tell_change(struct keeper *keeper);
void tell_unknown_authors(struct keeper *keeper);
void tell_ready(struct keeper *keeper);
/* LINE: one line of the ledger or of a receipt, without its LF. */
void tell_line(struct keeper *keeper, const char *text, size_t len);
void tell_note(struct keeper *keeper, const char *note);
/* For a reader: a read waits, as the server asked. `keeper` is one. */
void tell_pause(void *keeper, uint32_t left_ms);
/* RESULT, and before it SERVER if the word in it is the server's. */
void tell_result(struct keeper *keeper);

#endif
