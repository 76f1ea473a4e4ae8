/* SPDX-License-Identifier: ISC */
/* What `list` and `list --follow` have in common. */
#ifndef WARDER_CLIENT_LIST_H
#define WARDER_CLIENT_LIST_H

#include "client/client.h"
#include "client/find.h"

/* The organization asked for, by --org or WARDER_ORG; "" for all. */
const char *list_org(const struct client *client);

/* list_age of warder.conf in milliseconds; 0 where it cannot be read. */
uint32_t list_age_ms(const struct client *client);

/* Yours first, superseded ones last, and the newest wait at the top. */
void list_sort(struct shown_list *gates);

/* Lists again and again, a line a change, until a signal comes. */
int list_follow(struct client *client);

#endif
