/* SPDX-License-Identifier: ISC */
/*
 * The exit codes. They are stable: programs of other people go by them.
 */
#include "config.h"

#include <string.h>

#include "base/err.h"
#include "client/own.h"

/* clang-format off */
#define ROW(exit, code, done, again) \
	OWN_EXIT, code, REASON_##exit, "", OWN_DONE_##done, OWN_AGAIN_##again

static const struct own_row exits[] = {
	{ ROW(DONE, "done", YES, NO),
	    { "what the verb promises has happened and was seen",
		"所要求的事已经发生，并已看到结果" },
	    { "Nothing more to do.", "无需再做什么。" } },
	{ ROW(BUG, "bug", NO, LOOK),
	    { "internal error", "内部错误" },
	    { "Please report it, with the record number and what "
	      "`warderctl doctor` says.",
		"请反馈，并附上记录号和 warderctl doctor 的输出。" } },
	{ ROW(USAGE, "usage", NO, NO),
	    { "wrong arguments", "参数错误" },
	    { "See `warder help`. Gates: a handle, ORG/PIPELINE/RUN/JOB, or a "
	      "pasted address.",
		"见 warder help。卡点可用句柄、企业/流水线/运行/任务，"
		"或粘贴的地址表示。" } },
	{ ROW(CANCELLED, "cancelled", NO, YES),
	    { "the person said no, or ended the input at a prompt, or let the "
	      "time run out",
		"本人拒绝、结束了输入，或超时未答" },
	    { "Nothing was sent. Start again when you are ready.",
		"未发送任何请求。准备好后可重新开始。" } },
	{ ROW(UNAUTHENTICATED, "unauthenticated", NO, YES),
	    { "PAM did not say yes, or there were too many failures",
		"PAM 未确认身份，或失败次数过多" },
	    { "Nothing was sent. Try again with the right password and code; "
	      "the local code tells more.",
		"未发送任何请求。请用正确的口令和验证码重试；"
		"详情见本机代码。" } },
	{ ROW(DENIED, "denied", NO, NO),
	    { "refused by the policy here", "被本机策略拒绝" },
	    { "Nothing was sent. The screen names the line of the policy; "
	      "somebody else may be able to decide.",
		"未发送任何请求。屏幕上给出了策略的行号；"
		"其他人也许可以处理。" } },
	{ ROW(SERVER_REFUSED, "server-refused", NO, NO),
	    { "refused by Yunxiao; nothing changed there",
		"被云效拒绝，云效上没有变化" },
	    { "The server's code tells what to do: warder explain-code CODE.",
		"请按服务端的代码处理：warder explain-code 代码。" } },
	{ ROW(CHANGED, "changed", NO, LOOK),
	    { "the gate is not the one that was shown or expected",
		"卡点与所显示或预期的不同" },
	    { "Nothing was sent. Look again: warder show GATE.",
		"未发送任何请求。请重新查看：warder show 卡点。" } },
	{ ROW(VOTED, "voted", NO, NO),
	    { "a vote is recorded, others are missing; nothing was sent",
		"已记录一票，还缺其他人；未发送任何请求" },
	    { "Wait for the others. The vote counts until the gate changes.",
		"请等待其他人。卡点变化之前此票有效。" } },
	{ ROW(ALREADY, "already", NO, NO),
	    { "decided before this call, the way you asked; nothing was sent",
		"此前已按所要求的方式决定；未发送任何请求" },
	    { "Nothing more to do.", "无需再做什么。" } },
	{ ROW(OTHERWISE, "otherwise", NO, NO),
	    { "decided the other way by somebody else",
		"已由他人作出相反的决定" },
	    { "It cannot be undone. Ask who decided; a new run has a new gate.",
		"无法撤销。请询问作出决定的人；新的运行有新的卡点。" } },
	{ ROW(NOT_FOUND, "not-found", NO, NO),
	    { "no such gate, or none you may see; no such code",
		"没有这个卡点，或无权查看；没有这个代码" },
	    { "See what waits: warder list.", "查看等待中的卡点：warder list。" } },
	{ ROW(UNCONFIRMED, "unconfirmed", YES, LOOK),
	    { "accepted by the server, not seen to move in time",
		"服务端已接受，但规定时间内未见卡点变化" },
	    { "Another validator may still have to act there. Do not repeat it "
	      "blindly; look first: warder show GATE.",
		"也许还有其他验证人需要处理。请勿盲目重复，"
		"先查看：warder show 卡点。" } },
	{ ROW(UNKNOWN, "unknown", MAYBE, LOOK),
	    { "sent, no usable answer, and reading the run did not settle it",
		"已发送，没有可用的答复，读取运行状态也不能确定" },
	    { "A late move stays possible. Look first: warder show GATE; the "
	      "gate stays shut here until a reading settles it.",
		"之后仍可能变化。请先查看：warder show 卡点；"
		"在读取确认之前本机不再处理该卡点。" } },
	{ ROW(NOT_SENT, "not-sent", NO, YES),
	    { "network or server trouble before anything was sent",
		"发送之前网络或服务端有问题" },
	    { "Nothing was sent; it may be repeated.",
		"未发送任何请求；可以重试。" } },
	{ ROW(IN_PROGRESS, "in-progress", MAYBE, LOOK),
	    { "somebody is sending for this gate, or an earlier sending is not "
	      "settled yet",
		"有人正在处理该卡点，或先前的发送尚未确定" },
	    { "Look again soon: warder show GATE.",
		"请稍后再查看：warder show 卡点。" } },
	{ ROW(BUSY, "busy", NO, WAIT),
	    { "limits of this host are reached", "达到本机的数量上限" },
	    { "Try again in a moment.", "请稍后再试。" } },
	{ ROW(INPUT, "input", NO, NO),
	    { "a prompt was needed, and -n or a missing terminal forbids it",
		"需要提问，但 -n 或没有终端不允许提问" },
	    { "Run it at a terminal, or give -m and -t.",
		"请在终端上运行，或用 -m、-t 给出。" } },
	{ ROW(UNREACHABLE, "unreachable", NO, LOOK),
	    { "a service of warder is not running, or speaks another version",
		"warder 的某个服务没有运行，或版本不符" },
	    { "Root can tell more: warderctl doctor.",
		"root 可查明原因：warderctl doctor。" } },
	{ ROW(LOCKED, "locked", NO, NO),
	    { "the keys are locked", "密钥已锁定" },
	    { "Nothing was sent. Root unlocks them: warderctl unlock.",
		"未发送任何请求。由 root 解锁：warderctl unlock。" } },
	{ ROW(NO_KEY, "no-key", NO, NO),
	    { "no usable key for this organization (none, expired, damaged)",
		"该企业没有可用的密钥（没有、过期或损坏）" },
	    { "Nothing was sent. Root seals one: warderctl key seal.",
		"未发送任何请求。由 root 封存：warderctl key seal。" } },
	{ ROW(MISCONFIGURED, "misconfigured", NO, NO),
	    { "policy, configuration or file rights are rejected; everything "
	      "is refused",
		"策略、配置或文件权限不合要求，一概拒绝" },
	    { "Root can tell more: warderctl doctor, warderctl policy check.",
		"root 可查明原因：warderctl doctor、"
		"warderctl policy check。" } },
	{ ROW(NO_RECORD, "no-record", NO, NO),
	    { "the ledger or syslog did not take the record",
		"账本或 syslog 没有记下记录" },
	    { "Nothing was sent. Root looks after disk and syslog: warderctl "
	      "doctor.",
		"未发送任何请求。请 root 检查磁盘和 syslog："
		"warderctl doctor。" } },
	{ ROW(UNRECORDED, "unrecorded", MAYBE, LOOK),
	    { "sent, but the outcome could not be written",
		"已发送，但结果无法写入" },
	    { "Keep the line that was printed: it is the only record.",
		"请保存打印出的那一行：这是唯一的记录。" } },
	{ ROW(DETACHED, "detached", MAYBE, LOOK),
	    { "left while it was being sent, or an answer without this host's "
	      "signature",
		"发送途中离开，或答复没有本机签名" },
	    { "The ledger has the outcome. Look first: warder show GATE.",
		"结果在账本中。请先查看：warder show 卡点。" } },
	{ ROW(INCOMPLETE, "incomplete", NO, YES),
	    { "printed, but something could not be read",
		"已打印，但有内容无法读取" },
	    { "What could not be read is named. It may be repeated.",
		"无法读取的内容已列出。可以重试。" } },
	{ ROW(LEDGER_BROKEN, "ledger-broken", NO, NO),
	    { "the ledger is not as it was written (warderctl)",
		"账本与写入时不符（warderctl）" },
	    { "Keep the files as they are and compare with syslog: "
	      "warder-ledger(5).",
		"请保持文件原样，并与 syslog 比对：warder-ledger(5)。" } },
	{ ROW(OPEN_INTENTS, "open-intents", MAYBE, LOOK),
	    { "an intent in the ledger has no outcome yet (warderctl)",
		"账本中有尚无结果的意向（warderctl）" },
	    { "Let it be settled by reading: warderctl ledger settle.",
		"通过读取确认：warderctl ledger settle。" } },
	{ ROW(DOCTOR_BAD, "doctor-bad", NO, NO),
	    { "doctor found something bad (warderctl)",
		"doctor 发现问题（warderctl）" },
	    { "Each line says what; warderctl(8) says what to do.",
		"每行说明问题；处理方法见 warderctl(8)。" } },
};
/* clang-format on */

#define EXITS (sizeof(exits) / sizeof(exits[0]))

const struct own_row *
own_row_at(size_t n)
{
	if (n < EXITS)
		return &exits[n];
	n -= EXITS;
	if (n < own_refusals_n)
		return &own_refusals[n];
	n -= own_refusals_n;
	return n < own_stores_n ? &own_stores[n] : NULL;
}

const struct own_row *
own_of(uint8_t exit, const char *local_code)
{
	const struct own_row *row, *plain = NULL;

	for (size_t i = 0; (row = own_row_at(i)) != NULL; i++) {
		if (row->exit != exit)
			continue;
		if (row->kind == OWN_EXIT)
			plain = row;
		else if (strcmp(row->code, local_code) == 0)
			return row;
	}
	return plain;
}

const char *
own_done_word(enum own_done done)
{
	switch (done) {
	case OWN_DONE_MAYBE:
		return "maybe";
	case OWN_DONE_NO:
		return "no";
	case OWN_DONE_YES:
		return "yes";
	}
	return "maybe";
}

const char *
own_again_word(enum own_again again)
{
	switch (again) {
	case OWN_AGAIN_LOOK:
		return "look";
	case OWN_AGAIN_NO:
		return "no";
	case OWN_AGAIN_WAIT:
		return "wait";
	case OWN_AGAIN_YES:
		return "yes";
	}
	return "look";
}
