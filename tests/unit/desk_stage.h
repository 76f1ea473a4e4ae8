/* SPDX-License-Identifier: ISC */
/*
 * The real desk, listener and exec'ed worker, between a client and a stand-in
 * for the keeper that both are the test. As in test_serve, the worker comes
 * through main again.
 */
#ifndef WARDER_TESTS_DESK_STAGE_H
#define WARDER_TESTS_DESK_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "desk/desk.h"
#include "wire/person.h"

#define WAIT_MS 8000

struct stage {
	char folder[64], door[96], keeper_path[96];
	pid_t desk;
	int keeper;  /* the stand-in's listening socket */
	int channel; /* our end of the prompt channel */
	int end;     /* the keeper's end */
	int client;
};

extern const struct person_look look;
extern const struct person_act act;

struct service test_service(void);
int set_up(void **state);
int tear_down(void **state);

int connect_to(const char *path);
int64_t soon(void);
void ask_look(const struct stage *stage, uint32_t id);
void answer(
    int keeper, uint32_t id, const struct layout *layout, const void *msg);
bool somebody_called(const struct stage *stage, int wait_ms);

/* The desk's connection, on which a LOOK has come. */
int keeper_gets_look(const struct stage *stage, struct frame *frame);

/* LOOK, READY, ACT; returns the keeper's connection. */
int go_to_acting(const struct stage *stage);

/* Closed without a word, and nothing reached the keeper. */
void is_closed_alone(const struct stage *stage);
void result_is(
    int sock, uint32_t id, enum reason reason, const char *local_code);

#endif
