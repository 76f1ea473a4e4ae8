/* SPDX-License-Identifier: ISC */
/*
 * Pipelines, people and organizations. The two API families spell the same
 * facts differently; each name is read where one of them has it.
 */
#include "config.h"

#include <string.h>

#include "courier/facts.h"

static int
take_pipeline(struct facts *facts, const cJSON *pipeline)
{
	struct item item = { .kind = ITEM_PIPELINE };
	uint8_t env = facts_small(pipeline, "envId");

	facts_number_id(item.pipeline.id, sizeof(item.pipeline.id),
	    facts_text(pipeline, "pipelineId", "id"));
	facts_txt(
	    &item.pipeline.name, facts_text(pipeline, "pipelineName", "name"));
	facts_id(item.pipeline.creator, sizeof(item.pipeline.creator),
	    facts_text(pipeline, "creatorAccountId", "createAccountId"));
	if (env != 0 || json_text(pipeline, "envId") != NULL)
		item.pipeline.env = (uint8_t)(env + 1);
	return facts_take(facts, &item);
}

int
facts_pipelines(struct facts *facts, const cJSON *root)
{
	const cJSON *pipeline;
	int r;

	if (!cJSON_IsArray(root))
		return WARDER_EFORM;
	cJSON_ArrayForEach(pipeline, root)
	{
		if ((r = take_pipeline(facts, pipeline)) != 0)
			return r;
	}
	return WARDER_OK;
}

int
facts_pipeline(struct facts *facts, const cJSON *root)
{
	return cJSON_IsObject(root) ? take_pipeline(facts, root) : WARDER_EFORM;
}

/* A person who is switched off has no role any more. */
static bool
is_active(const cJSON *member)
{
	const char *state = facts_text(member, "state", "status");

	return facts_says_nothing(state) || strcmp(state, "normal") == 0 ||
	       strcmp(state, "ENABLED") == 0;
}

/* One piece for each role id: a person of the token API has several. */
static int
take_roles(struct facts *facts, const cJSON *roles, struct item *item)
{
	const cJSON *role;
	int r;

	cJSON_ArrayForEach(role, roles)
	{
		facts_id(item->member.role_id, sizeof(item->member.role_id),
		    cJSON_IsString(role) ? role->valuestring : NULL);
		if ((r = facts_take(facts, item)) != 0)
			return r;
	}
	return WARDER_OK;
}

static int
take_member(struct facts *facts, const cJSON *member)
{
	struct item item = { .kind = ITEM_MEMBER };
	const cJSON *roles = json_array(member, "roleIds");

	facts_id(item.member.account, sizeof(item.member.account),
	    facts_text(member, "accountId", "userId"));
	facts_txt(&item.member.name,
	    facts_text(member, "organizationMemberName", "name"));
	if (!is_active(member))
		return facts_take(facts, &item);
	facts_txt(&item.member.role, json_text(member, "organizationRoleName"));
	if (cJSON_GetArraySize(roles) > 0)
		return take_roles(facts, roles, &item);
	facts_id(item.member.role_id, sizeof(item.member.role_id),
	    json_text(member, "organizationRoleId"));
	return facts_take(facts, &item);
}

static int
take_resource_member(struct facts *facts, const cJSON *member)
{
	struct item item = { .kind = ITEM_MEMBER };

	facts_id(item.member.account, sizeof(item.member.account),
	    facts_text(member, "accountId", "userId"));
	facts_txt(&item.member.name, json_text(member, "username"));
	facts_txt(&item.member.role, facts_text(member, "roleName", "role"));
	return facts_take(facts, &item);
}

static int
take_organization(struct facts *facts, const cJSON *organization)
{
	struct item item = { .kind = ITEM_ORGANIZATION };

	facts_id(item.organization.id, sizeof(item.organization.id),
	    json_text(organization, "id"));
	facts_txt(&item.organization.name, json_text(organization, "name"));
	item.organization.admin =
	    facts_tri(json_any(organization, "isOrgAdmin"));
	return facts_take(facts, &item);
}

/* An object that names nobody is not one entry: it is no list. */
static bool
names_somebody(const cJSON *root)
{
	return !facts_says_nothing(facts_text(root, "accountId", "userId")) ||
	       !facts_says_nothing(json_text(root, "id"));
}

/* A list, or the one object that some answers have in its place. */
static int
take_all(struct facts *facts, const cJSON *root, facts_walk *take)
{
	const cJSON *element;
	int r;

	if (cJSON_IsObject(root) && names_somebody(root))
		return take(facts, root);
	if (!cJSON_IsArray(root))
		return WARDER_EFORM;
	cJSON_ArrayForEach(element, root)
	{
		if ((r = take(facts, element)) != 0)
			return r;
	}
	return WARDER_OK;
}

int
facts_members(struct facts *facts, const cJSON *root)
{
	return take_all(facts, root, take_member);
}

int
facts_resource_members(struct facts *facts, const cJSON *root)
{
	return take_all(facts, root, take_resource_member);
}

int
facts_organizations(struct facts *facts, const cJSON *root)
{
	return take_all(facts, root, take_organization);
}

/* The account of a token, and the organization it was last used in. */
int
facts_whoami(struct facts *facts, const cJSON *root)
{
	struct item who = { .kind = ITEM_MEMBER };
	struct item where = { .kind = ITEM_ORGANIZATION };
	int r;

	if (!cJSON_IsObject(root))
		return WARDER_EFORM;
	facts_id(who.member.account, sizeof(who.member.account),
	    json_text(root, "id"));
	facts_txt(&who.member.name, json_text(root, "name"));
	facts_id(where.organization.id, sizeof(where.organization.id),
	    json_text(root, "lastOrganization"));
	if ((r = facts_take(facts, &who)) != 0)
		return r;
	return facts_take(facts, &where);
}
