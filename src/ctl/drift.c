/* SPDX-License-Identifier: ISC */
/*
 * What the server said, gathered. Role names of an organization are free
 * text there, so only warder.conf says what a role id means; the four words
 * of a pipeline's roles are the vendor's own.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/drift.h"
#include "ctl/drift_build.h"

/* One more element, zeroed; NULL with drift->r set. */
static void *
grow(struct drift *drift, void *items, size_t *n, size_t *cap, size_t size)
{
	char **at = items, *more;

	if (*n == *cap) {
		*cap = *cap == 0 ? 64 : 2 * *cap;
		more = realloc(*at, *cap * size);
		if (more == NULL) {
			*cap = *n;
			drift->r = WARDER_ENOMEM;
			return NULL;
		}
		*at = more;
	}
	more = *at + (*n)++ * size;
	memset(more, 0, size);
	return more;
}

struct drift_finding *
drift_find(struct drift *drift, enum drift_level level, enum drift_what what)
{
	struct drift_finding *finding = grow(drift, &drift->findings,
	    &drift->findings_n, &drift->findings_cap, sizeof(*finding));

	if (finding == NULL)
		return NULL;
	finding->level = level;
	finding->what = what;
	finding->account = "";
	finding->name = "";
	return finding;
}

struct drift_member *
drift_member_of(const struct drift *drift, const char *account)
{
	for (size_t i = 0; i < drift->members_n; i++)
		if (strcmp(drift->members[i].account, account) == 0)
			return &drift->members[i];
	return NULL;
}

static struct drift_pipeline *
pipeline_of(const struct drift *drift, const char *id)
{
	for (size_t i = 0; i < drift->pipelines_n; i++)
		if (strcmp(drift->pipelines[i].id, id) == 0)
			return &drift->pipelines[i];
	return NULL;
}

int
drift_add_pipeline(struct drift *drift, const char *id, const char *name)
{
	struct drift_pipeline *pipeline;

	if (!text_is_id(id))
		return WARDER_EFORM;
	if (pipeline_of(drift, id) != NULL)
		return WARDER_OK;
	pipeline = grow(drift, &drift->pipelines, &drift->pipelines_n,
	    &drift->pipelines_cap, sizeof(*pipeline));
	if (pipeline == NULL)
		return drift->r;
	(void)snprintf(pipeline->id, sizeof(pipeline->id), "%s", id);
	return text_copy(pipeline->name, sizeof(pipeline->name), name);
}

void
drift_unread_pipeline(struct drift *drift, const char *id)
{
	struct drift_pipeline *pipeline = pipeline_of(drift, id);

	drift->is_unread = true;
	if (pipeline != NULL)
		pipeline->is_unread = true;
}

static enum roster_rank
rank_of_id(const struct drift *drift, const char *id)
{
	const struct conf_server_role *at = drift->conf->server_role;

	for (size_t i = 0; i < CONF_SERVER_ROLES && at[i].id[0] != '\0'; i++)
		if (strcmp(at[i].id, id) == 0)
			return roster_rank_of(at[i].role);
	return RANK_NONE;
}

/* A person of several roles comes several times. */
static int
add_org_member(struct drift *drift, const struct admin_member *from)
{
	struct drift_member *member = drift_member_of(drift, from->account);
	enum roster_rank rank = rank_of_id(drift, from->role_id);

	if (member == NULL) {
		member = grow(drift, &drift->members, &drift->members_n,
		    &drift->members_cap, sizeof(*member));
		if (member == NULL)
			return drift->r;
		memcpy(member->account, from->account, sizeof(from->account));
		memcpy(member->name, from->name, sizeof(from->name));
	}
	/* Whoever is switched off there comes without a role. */
	if (rank == RANK_NONE &&
	    (from->role_id[0] != '\0' || from->role[0] != '\0')) {
		member->is_unclear = true;
		memcpy(member->role, from->role, sizeof(from->role));
		memcpy(member->role_id, from->role_id, sizeof(from->role_id));
	}
	if (rank > member->rank)
		member->rank = rank;
	return WARDER_OK;
}

/* A token names people otherwise: 24 hex digits, never to be compared. */
static bool
is_account(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 20 && strspn(text, "0123456789") == len;
}

int
drift_add_member(struct drift *drift, const struct admin_member *from)
{
	const struct drift_pipeline *pipeline;
	struct drift_seat *seat;

	if (!is_account(from->account))
		return WARDER_EFORM;
	if (from->pipeline[0] == '\0')
		return add_org_member(drift, from);
	if ((pipeline = pipeline_of(drift, from->pipeline)) == NULL)
		return WARDER_EFORM;
	/* No word of the four: nobody can say what this list means. */
	if (roster_rank_of(from->role) == RANK_NONE) {
		drift_unread_pipeline(drift, from->pipeline);
		return WARDER_OK;
	}
	seat = grow(drift, &drift->seats, &drift->seats_n, &drift->seats_cap,
	    sizeof(*seat));
	if (seat == NULL)
		return drift->r;
	memcpy(seat->account, from->account, sizeof(from->account));
	memcpy(seat->name, from->name, sizeof(from->name));
	seat->pipeline = (size_t)(pipeline - drift->pipelines);
	seat->rank = roster_rank_of(from->role);
	return WARDER_OK;
}

size_t
drift_count(const struct drift *drift, enum drift_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < drift->findings_n; i++)
		n += drift->findings[i].level == level;
	return n;
}

void
drift_clear(struct drift *drift)
{
	for (size_t i = 0; i < drift->findings_n; i++)
		free(drift->findings[i].pipelines);
	free(drift->findings);
	free(drift->members);
	free(drift->pipelines);
	free(drift->seats);
	memset(drift, 0, sizeof(*drift));
}
