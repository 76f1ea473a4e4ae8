/* SPDX-License-Identifier: ISC */
/*
 * What a change is made of: a repository's number, a commit, the difference
 * of two commits. Whose commit it is decides who may pass, so what is not
 * said is handed on as not said, and a list that is cut says so.
 */
#include "config.h"

#include <string.h>

#include "courier/facts.h"

/* Lower-case hex of 40 or 64 digits, else "". */
static void
commit_id(char ret[65], const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	ret[0] = '\0';
	if ((len == 40 || len == 64) && strspn(text, "0123456789abcdef") == len)
		memcpy(ret, text, len + 1);
}

/*
 * An address without the space around it: a documented sample has a line
 * feed at its end. What is too long for one is none.
 */
static int
take_author(struct facts *facts, const cJSON *commit, const char *name)
{
	struct item item = { .kind = ITEM_AUTHOR };
	const char *text = json_text(commit, name);
	size_t len;

	if (!facts_says_nothing(text)) {
		text += strspn(text, " \t\r\n");
		len = strlen(text);
		while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
			len--;
		if (len < sizeof(item.author.address))
			memcpy(item.author.address, text, len);
	}
	return facts_take(facts, &item);
}

/* "verified" and nothing else is a yes; silence is no answer. */
static uint8_t
verified_of(const cJSON *commit)
{
	const char *word =
	    json_text(json_object(commit, "signature"), "verificationStatus");

	if (facts_says_nothing(word))
		return TRI_ABSENT;
	return strcmp(word, "verified") == 0 ? TRI_TRUE : TRI_FALSE;
}

static int
take_parents(struct facts *facts, const cJSON *commit)
{
	struct item item = { .kind = ITEM_PARENT };
	const cJSON *parent;
	int r;

	cJSON_ArrayForEach(parent, json_array(commit, "parentIds"))
	{
		commit_id(item.parent.id,
		    cJSON_IsString(parent) ? parent->valuestring : NULL);
		if ((r = facts_take(facts, &item)) != 0)
			return r;
	}
	return WARDER_OK;
}

static int
take_commit(struct facts *facts, const cJSON *commit)
{
	struct item item = { .kind = ITEM_COMMIT };
	const char *title = json_text(commit, "title");
	int r;

	commit_id(item.commit.id, json_text(commit, "id"));
	if (facts_says_nothing(title))
		title = json_text(commit, "message");
	facts_txt(&item.commit.title, title);
	facts_txt(&item.commit.name, json_text(commit, "authorName"));
	item.commit.verified = verified_of(commit);
	if ((r = facts_take(facts, &item)) != 0 ||
	    (r = take_author(facts, commit, "authorEmail")) != 0 ||
	    (r = take_author(facts, commit, "committerEmail")) != 0)
		return r;
	return take_parents(facts, commit);
}

static int
take_path(struct facts *facts, const cJSON *diff)
{
	struct item item = { .kind = ITEM_PATH };
	const char *now = json_text(diff, "newPath");
	const char *was = json_text(diff, "oldPath");

	item.path.change = ITEM_CHANGED;
	if (cJSON_IsTrue(json_any(diff, "newFile")))
		item.path.change = ITEM_ADDED;
	else if (cJSON_IsTrue(json_any(diff, "deletedFile")))
		item.path.change = ITEM_DELETED;
	else if (cJSON_IsTrue(json_any(diff, "renamedFile")))
		item.path.change = ITEM_RENAMED;
	if (facts_says_nothing(now) || item.path.change == ITEM_DELETED)
		now = facts_says_nothing(was) ? now : was;
	facts_txt(&item.path.name, now);
	if (item.path.change == ITEM_RENAMED)
		facts_txt(&item.path.was, was);
	return facts_take(facts, &item);
}

/*
 * The first `most` of a list, and whether that was all of it. A list of as
 * many as were asked for may have been longer: `is_asked`.
 */
static int
take_some(struct facts *facts, const cJSON *list, int most, bool is_asked,
    facts_walk *take)
{
	struct item end = { .kind = ITEM_PAGE_END };
	const cJSON *element;
	int n = 0, r;

	cJSON_ArrayForEach(element, list)
	{
		if (n++ == most)
			break;
		if ((r = take(facts, element)) != 0)
			return r;
	}
	end.page_end.complete =
	    cJSON_IsArray(list) && (is_asked ? n < most : n <= most);
	return facts_take(facts, &end);
}

int
facts_repository(struct facts *facts, const cJSON *root)
{
	struct item item = { .kind = ITEM_REPOSITORY };

	if (!cJSON_IsObject(root))
		return WARDER_EFORM;
	facts_number_id(item.repository.id, sizeof(item.repository.id),
	    json_text(root, "id"));
	facts_id(item.repository.path, sizeof(item.repository.path),
	    json_text(root, "pathWithNamespace"));
	return facts_take(facts, &item);
}

int
facts_commit(struct facts *facts, const cJSON *root)
{
	return cJSON_IsObject(root) ? take_commit(facts, root) : WARDER_EFORM;
}

int
facts_compare(struct facts *facts, const cJSON *root)
{
	const cJSON *commits = json_array(root, "commits");
	int r;

	if (commits == NULL)
		return WARDER_EFORM;
	r = take_some(facts, commits, COURIER_COMMITS_MAX, false, take_commit);
	if (r != 0)
		return r;
	return take_some(facts, json_array(root, "diffs"), COURIER_PATHS_MAX,
	    true, take_path);
}
