/* SPDX-License-Identifier: ISC */
/*
 * One connection to the desk and the prompt channel that goes with it. The
 * desk is believed about nothing that matters; its frames are held to form.
 */
#ifndef WARDER_CLIENT_LINK_H
#define WARDER_CLIENT_LINK_H

#include "client/client.h"
#include "wire/person.h"
#include "wire/prompt.h"

struct link {
	int sock;    /* to the desk, or -1 */
	int channel; /* our end of the prompt channel, or -1 */
	int handed;  /* the other end until the first request */
	uint32_t id; /* of the last request */
	size_t frames;
	const char *wrong; /* after a failure: what the person is told */
};

#define LINK_NONE                                                              \
	{                                                                      \
		.sock = -1, .channel = -1, .handed = -1                        \
	}

/* Connects and makes the channel; HERE is in it. REASON_DONE or 18. */
enum reason link_open(const char *path, struct link *ret_link);
void link_close(struct link *link);

/* The first request takes the channel's other end along. */
enum reason link_ask(
    struct link *link, const struct layout *layout, const void *message);

/*
 * One frame that has come, or comes within 2 s: its layout, and the message
 * in *ret_message. 18 with link->wrong: the desk is gone, broke the form, or
 * speaks another version.
 */
enum reason link_take(struct link *link, const struct layout **ret_layout,
    union person_any *ret_message);

/* The same, waiting for it until a signal comes: then 128 + its number. */
int link_wait(struct link *link, const struct layout **ret_layout,
    union person_any *ret_message);

#endif
