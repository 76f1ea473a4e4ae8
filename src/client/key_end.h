/* SPDX-License-Identifier: ISC */
/* The key of a gate that ends soon, said to whoever is about to use it. */
#ifndef WARDER_CLIENT_KEY_END_H
#define WARDER_CLIENT_KEY_END_H

#include <cjson/cJSON.h>

#include "client/client.h"
#include "client/shown.h"

/* `Key  …ends in 2 days…`; nothing where no end is near. */
void tell_key_end(const struct client *client, const struct shown *shown);

/* `key_ends`: {key, at, left_s}, or null. */
void json_add_key_end(cJSON *doc, const struct shown *shown);

#endif
