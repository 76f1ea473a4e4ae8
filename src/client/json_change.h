/* SPDX-License-Identifier: ISC */
/* The members of warder.gate/1 that tell what the run would bring. */
#ifndef WARDER_CLIENT_JSON_CHANGE_H
#define WARDER_CLIENT_JSON_CHANGE_H

#include <cjson/cJSON.h>

#include "client/shown.h"

/*
 * `last_pass`, and into the objects of `commits` (one a source, in order)
 * `after`, `log`, `files`, `authors_known`, `unknown`. Without any piece of
 * CHANGE only last_pass, null.
 */
void json_add_change(cJSON *doc, cJSON *commits, const struct shown *shown);

/* A piece UNKNOWN with a reading that failed, as objects of `errors`. */
void json_add_failures(cJSON *errors, const struct shown *shown);

#endif
