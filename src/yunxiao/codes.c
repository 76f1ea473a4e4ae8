/* SPDX-License-Identifier: ISC */
/*
 * The table. That a code means "nothing was done" is an inference from what
 * it says, nobody has proven it; so only the codes below are believed to,
 * and each of them speaks of a check that comes before the deed.
 */
#include "config.h"

#include <string.h>

#include "yunxiao/codes.h"

static const struct code_text workspace = {
	"This code belongs to cloud workspaces, not to gates. "
	"Please report it.",
	"这个错误码属于云端工作空间，与卡点无关，请反馈。"
};
static const struct code_text parameter = {
	"The server misses a parameter or dislikes one. Check the four ids; "
	"if they are right, report a fault in warder.",
	"服务端认为缺少参数或参数不对。请核对四个编号；"
	"编号若都正确，请反馈 warder 的问题。"
};
static const struct code_text member = {
	"This code belongs to member administration, not to gates. "
	"Please report it.",
	"这个错误码属于成员管理，与卡点无关，请反馈。"
};
static const struct code_text outside = {
	"The account of key {key} is no member of organization {org}. Have it "
	"invited, or use that organization's key.",
	"密钥 {key} 的账号不是企业 {org} 的成员。"
	"请邀请它加入，或改用该企业的密钥。"
};
static const struct code_text unregistered = {
	"The account of key {key} is not registered with Yunxiao. It must "
	"sign in there once.",
	"密钥 {key} 的账号还没有注册云效，需要先登录一次。"
};
static const struct code_text denied = {
	"The account of key {key} may not decide this gate. Is it among the "
	"validators, and a member of pipeline {pipeline}?",
	"密钥 {key} 的账号不能处理这个卡点。"
	"它在验证人之中吗？是流水线 {pipeline} 的成员吗？"
};
static const struct code_text not_admin = {
	"Organization {org} wants an admin or owner for this; the account of "
	"key {key} is neither.",
	"企业 {org} 要求由管理员或拥有者来做，"
	"密钥 {key} 的账号都不是。"
};
static const struct code_text no_org = {
	"No organization {org}. Its id stands after /organization/ in the "
	"address at devops.aliyun.com.",
	"没有企业 {org}。企业编号见 devops.aliyun.com 地址中 "
	"/organization/ 之后的部分。"
};
static const struct code_text no_pipeline = {
	"Organization {org} has no pipeline {pipeline}.",
	"企业 {org} 没有流水线 {pipeline}。"
};
static const struct code_text no_run = {
	"Pipeline {pipeline} has no run {run}. Runs are counted within one "
	"pipeline: is {pipeline} the right one?",
	"流水线 {pipeline} 没有第 {run} 次运行。运行编号按流水线计数："
	"{pipeline} 是要找的那条吗？"
};
static const struct code_text signature = {
	"The secret of key {key} does not fit its id, or something on the "
	"way alters requests. Seal the key again.",
	"密钥 {key} 的 Secret 与 AccessKey ID 不匹配，"
	"或途中有人改动请求。请重新封存密钥。"
};
static const struct code_text key_unknown = {
	"Key {key} does not exist at Alibaba Cloud{sts}.",
	"阿里云上没有密钥 {key}{sts}。"
};
static const struct code_text key_off = {
	"Key {key} is disabled at Alibaba Cloud.",
	"密钥 {key} 在阿里云上已停用。"
};
static const struct code_text fresh_token = {
	"The temporary key {key} needs a fresh token.",
	"临时密钥 {key} 需要新的令牌。"
};
static const struct code_text clock_off = {
	"{clock} Set the clock. Nothing was done.",
	"{clock}请校准时钟。没有执行任何操作。"
};
static const struct code_text nonce_used = {
	"An earlier copy of this request may have been carried out. Reading "
	"the run.",
	"此请求的先前副本可能已被执行，正在读取运行状态。"
};
static const struct code_text endpoint = {
	"Endpoint {host} does not take this call. Check the endpoint sealed "
	"with key {key}.",
	"接入点 {host} 不接受这个调用。请检查与密钥 {key} 一同封存的接入点。"
};
static const struct code_text permission = {
	"Key {key} lacks a right. {rights}", "密钥 {key} 缺少权限。{rights}"
};
static const struct code_text held_back = {
	"Alibaba Cloud holds the account of key {key} back; its owner must "
	"look at the console.",
	"阿里云限制了密钥 {key} 的账号，请账号所有者到控制台查看。"
};
static const struct code_text busy = {
	"Yunxiao is busy for this account. Nothing was done. Try again {wait}.",
	"云效对该账号限流。没有执行任何操作。请{wait}再试。"
};
static const struct code_text failed = {
	"The server failed; whether it acted is not known yet. Reading the "
	"run.",
	"服务端出错，是否已执行尚不清楚，正在读取运行状态。"
};
static const struct code_text edition = {
	"This edition, or this kind of token, cannot do that. Use a personal "
	"token or the signed API.",
	"此版本或此类令牌做不到。请用个人访问令牌或签名 API。"
};
static const struct code_text bad_token = { "Token {key} is not accepted.",
	"令牌 {key} 不被接受。" };
static const struct code_text not_listed = {
	"The server said {code}. Reading the run.",
	"服务端答复 {code}，正在读取运行状态。"
};

/* clang-format off */
#define NO CODE_DONE_NO
#define MAYBE CODE_DONE_MAYBE
#define FIX CODE_AGAIN_NO
#define WAIT CODE_AGAIN_WAIT
#define LOOK CODE_AGAIN_LOOK
#define M_ROLE { "no such member role", "没有这种成员角色" }
#define M_SIGN { "signature wrong or malformed", "签名不对，或格式不对" }
#define M_NOKEY { "no such key", "没有这个 AccessKey" }
#define M_TOKEN { "token of a temporary key bad or absent", \
	"临时凭证的令牌失效、不符或缺少" }
#define M_CLOCK { "clocks more than 15 min apart", "时间相差超过 15 分钟" }
#define M_PARAM { "a parameter or header absent or wrong", \
	"参数或请求头缺少、不对" }
#define M_CALL { "unknown call, version, method or host; HTTPS needed", \
	"接口、版本、方法或域名不对，或须用 HTTPS" }
#define M_RIGHT { "no right", "没有权限" }
#define M_HELD { "account held back, or not verified", \
	"账号被风控，或没有实名认证" }
#define M_BUSY { "too many requests", "请求太频繁" }
#define M_FAULT { "fault at the server", "服务端故障" }
#define M_EDITION { "not in this edition, or not for this kind of token", \
	"此版本或此类令牌不支持" }
#define M_BADTOKEN { "token not accepted", "令牌无效或已过期" }
#define M_NOMEMBER { "outside, or no valid member", \
	"不在企业内，或成员无效" }

static const struct code_row rows[] = {
	{ "InvalidCluster.NotFound", "400", NO, FIX,
	    { "no cluster can take a new workspace",
		"没有集群能放新的工作空间" }, &workspace },
	{ "InvalidCodeUrl.NotSupportSVN", "400", NO, FIX,
	    { "the code address is an SVN one",
		"代码地址是 SVN，不支持" }, &workspace },
	{ "InvalidParam.ParamNotPresent", "400", NO, FIX,
	    { "a parameter is absent or wrong",
		"缺少参数，或参数不对" }, &parameter },
	{ "InvalidResource.NotFound", "400", NO, FIX,
	    { "nothing free to build a workspace from now",
		"眼下没有资源建工作空间" }, &workspace },
	{ "InvalidResourceRole.NotFoun", "400", NO, FIX, M_ROLE, &member },
	{ "InvalidResourceRole.NotFound", "400", NO, FIX, M_ROLE, &member },
	{ "InvalidUser.NotFound", "400", NO, FIX,
	    { "the calling account never registered with Yunxiao",
		"调用账号还没有注册云效" }, &unregistered },
	{ "InvalidUser.ResourceMemberCouldNotDeleteOwner", "400", NO, FIX,
	    { "an owner cannot be removed", "资源拥有者不能移除" }, &member },
	{ "InvalidUser.ResourceMemberNotExists", "400", NO, FIX,
	    { "that person is no member of the resource",
		"此人不是该资源的成员" }, &member },
	{ "InvalidUser.UserNotInCurrentOrganization", "400, 404", NO, FIX,
	    { "the account is outside the organization",
		"账号不属于这个企业" }, &outside },
	{ "InvalidWorkspaceStatus.NotSuccess", "400", NO, FIX,
	    { "the workspace is not in status SUCCESS",
		"工作空间不在 SUCCESS 状态" }, &workspace },
	{ "InvalidWorkspaceTemplate.NotFound", "400", NO, FIX,
	    { "no such workspace template (tech stack)",
		"没有这个技术栈（空间模板）" }, &workspace },
	{ "Forbidden.AccessDenied", "403", NO, FIX,
	    { "the account may not do this", "账号没有这项权限" }, &denied },
	{ "Forbidden.UserNotAdminOrOwner", "403", NO, FIX,
	    { "only an admin or the owner of the organization may",
		"须由企业管理员或拥有者来做" }, &not_admin },
	{ "Forbidden.UserNotInCurrentOrganization", "403", NO, FIX,
	    { "outside the organization, hence no right",
		"账号在企业之外，所以无权" }, &outside },
	{ "InvalidOrganization.NotFound", "404", NO, FIX,
	    { "no such organization", "没有这个企业" }, &no_org },
	{ "InvalidPipeline.NotFound", "404", NO, FIX,
	    { "no such pipeline", "没有这条流水线" }, &no_pipeline },
	{ "InvalidPipelineRun.NotFound", "404", NO, FIX,
	    { "no such run", "没有这次运行" }, &no_run },
	{ "InvalidWorkspace.NotFound", "404", NO, FIX,
	    { "no such workspace", "没有这个工作空间" }, &workspace },

	{ "SignatureDoesNotMatch", "400, 403", NO, FIX, M_SIGN, &signature },
	{ "IncompleteSignature", "400, 403", NO, FIX, M_SIGN, &signature },
	{ "InvalidSignatureMethod", "400, 403", NO, FIX, M_SIGN, &signature },
	{ "InvalidAccessKeyId.NotFound", "400, 404", NO, FIX, M_NOKEY, &key_unknown },
	{ "InvalidAccessKeyId.Inactive", "400", NO, FIX,
	    { "key switched off", "AccessKey 已停用" }, &key_off },
	{ "InvalidSecurityToken.Expired", "400", NO, FIX, M_TOKEN, &fresh_token },
	{ "InvalidSecurityToken.Malformed", "400", NO, FIX, M_TOKEN, &fresh_token },
	{ "InvalidSecurityToken.MismatchWithAccessKey", "400", NO, FIX, M_TOKEN,
	    &fresh_token },
	{ "InvalidSecurityToken.*", "400", NO, FIX, M_TOKEN, &fresh_token },
	{ "MissingSecurityToken", "400", NO, FIX, M_TOKEN, &fresh_token },
	{ "InvalidTimeStamp.Expired", "400", NO, FIX, M_CLOCK, &clock_off },
	{ "IllegalTimestamp", "400", NO, FIX, M_CLOCK, &clock_off },
	{ "SignatureNonceUsed", "400", MAYBE, LOOK,
	    { "this nonce came before", "随机数已经用过" }, &nonce_used },
	{ "InvalidTimeStamp.Format", "400", NO, FIX, M_PARAM, &parameter },
	{ "Missing*", "400", NO, FIX, M_PARAM, &parameter },
	{ "Invalid*", "400", NO, FIX, M_PARAM, &parameter },
	{ "UnsupportedParameter", "400", NO, FIX, M_PARAM, &parameter },
	{ "BadRequest", "400", NO, FIX, M_PARAM, &parameter },
	{ "InvalidApi.NotFound", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "InvalidProduct.NotFound", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "InvalidAction*", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "NoSuchVersion", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "UnsupportedOperation", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "UnsupportedHTTPMethod", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "InvalidProtocol.NeedSsl", "400-404", NO, FIX, M_CALL, &endpoint },
	{ "InvalidParam.NoPermission", "401", NO, FIX,
	    { "the RAM user lacks the product's permission",
		"RAM 用户缺少云效权限" }, &permission },
	{ "Forbidden", "403", NO, FIX, M_RIGHT, &permission },
	{ "Forbidden.RAM", "403", NO, FIX, M_RIGHT, &permission },
	{ "Forbedden.NotSupportRAM", "403", NO, FIX, M_RIGHT, &permission },
	{ "ActionUnauthorized", "403", NO, FIX, M_RIGHT, &permission },
	{ "Forbidden.RiskControl", "403", NO, FIX, M_HELD, &held_back },
	{ "Forbidden.UserVerification", "403", NO, FIX, M_HELD, &held_back },
	{ "Throttling", "400, 429", NO, WAIT, M_BUSY, &busy },
	{ "Throttling.User", "400, 429", NO, WAIT, M_BUSY, &busy },
	{ "Throttling.Api", "400, 429", NO, WAIT, M_BUSY, &busy },
	{ "Throttling*", "400, 429", NO, WAIT, M_BUSY, &busy },
	{ "TooManyRequests", "400, 429", NO, WAIT, M_BUSY, &busy },
	{ "InternalError", "500, 503", MAYBE, LOOK, M_FAULT, &failed },
	{ "ServiceUnavailable", "500, 503", MAYBE, LOOK, M_FAULT, &failed },
	{ "InternalServerError", "500, 503", MAYBE, LOOK, M_FAULT, &failed },

	{ "UnsupportedInCurrentEnv", "400", NO, FIX, M_EDITION, &edition },
	{ "UnsupportedCurrentTokenType", "400", NO, FIX, M_EDITION, &edition },
	{ "Unauthorized", "401", NO, FIX, M_BADTOKEN, &bad_token },
	{ "InvalidTokenError", "401", NO, FIX, M_BADTOKEN, &bad_token },
	{ "ExpiredTokenError", "401", NO, FIX, M_BADTOKEN, &bad_token },
	{ "Forbidden.InvalidUser.UserNotInCurrentOrganization", "403", NO, FIX,
	    M_NOMEMBER, &outside },
	{ "Forbidden.InvalidOrganizationMember", "403", NO, FIX, M_NOMEMBER,
	    &outside },
};
/* clang-format on */

static const struct code_row other = { "", "any", CODE_DONE_MAYBE,
	CODE_AGAIN_LOOK, { "a code not listed", "未列出的错误码" },
	&not_listed };

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Length of the part before the star; 0 if the row is no prefix. */
static size_t
prefix_len(const struct code_row *row)
{
	size_t len = strlen(row->code);

	return row->code[len - 1] == '*' ? len - 1 : 0;
}

const struct code_row *
code_find(const char *code, bool is_gateway)
{
	const struct code_row *best = &other;
	size_t best_len = 0;

	for (size_t i = 0; i < ROWS; i++) {
		size_t len = prefix_len(&rows[i]);

		if (len == 0 && strcmp(rows[i].code, code) == 0)
			return &rows[i];
		if (is_gateway && len > best_len &&
		    strncmp(rows[i].code, code, len) == 0) {
			best = &rows[i];
			best_len = len;
		}
	}
	return best;
}

const struct code_row *
code_row_at(size_t n)
{
	if (n < ROWS)
		return &rows[n];
	return n == ROWS ? &other : NULL;
}

const char *
code_done_word(enum code_done done)
{
	return done == CODE_DONE_NO ? "no" : "maybe";
}

const char *
code_again_word(enum code_again again)
{
	switch (again) {
	case CODE_AGAIN_LOOK:
		return "look";
	case CODE_AGAIN_NO:
		return "no";
	case CODE_AGAIN_WAIT:
		return "wait";
	}
	return "look";
}

/* Characters that documents print where there is no error. */
static size_t
skip_nothing(const char *at)
{
	static const char *const marks[] = { " ", "\"", "'", "\\",
		"\xe2\x80\x9c", "\xe2\x80\x9d" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (strncmp(at, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	}
	return 0;
}

bool
code_says_nothing(const char *text)
{
	size_t n;

	if (text == NULL || strcmp(text, "null") == 0)
		return true;
	while ((n = skip_nothing(text)) > 0)
		text += n;
	return *text == '\0';
}
