/* SPDX-License-Identifier: ISC */
/*
 * The findings of the checker, a row each: a policy that has it, and where,
 * and one that comes close and has not. For test_policy_check.
 */
#ifndef WARDER_TESTS_CHECK_ROWS_H
#define WARDER_TESTS_CHECK_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* 18 lines; what a row adds begins in line 19. */
#define HEAD                                                                   \
	"version 1\n"                                                          \
	"timezone UTC\n"                                                       \
	"org shop id a1 {\n"                                                   \
	"key k\n"                                                              \
	"mirror yunxiao strict\n"                                              \
	"owner lin\n"                                                          \
	"admin @release @dba\n"                                                \
	"member @dev\n"                                                        \
	"viewer @audit\n"                                                      \
	"account lin=101 lin@shop.example\n"                                   \
	"account chen=102\n"                                                   \
	"account fang=103\n"                                                   \
	"account qiu=104\n"                                                    \
	"account he=105\n"                                                     \
	"account zhao=106\n"                                                   \
	"robot 999\n"                                                          \
	"}\n"                                                                  \
	"permit pass on shop/*/*/* to owner admin\n"
/* 5 lines and what `more` adds, which begins in line 23. */
#define OTHER(more)                                                            \
	"org other id b2 {\nkey k2\nmirror yunxiao strict\nowner lin\n" more   \
	"}\n"
/* 6 lines */
#define GLASS(name, on, to, by)                                                \
	"break-glass " name " on " on " {\n"                                   \
	"to " to "\nlifts outside\nreview by " by " within 1h\n"               \
	"at-most 1 per 1d\n}\n"
#define ALL "shop/*/*/*"
#define ACCOUNTS "account lin=1\naccount chen=2\n"

enum level {
	ERROR,
	WARNING
};

static const struct row {
	const char *code;
	enum level level;
	uint32_t line, col;
	const char *text; /* behind HEAD */
	const char *near; /* likewise */
} rows[] = {
	/* duplicate */
	{ "duplicate", ERROR, 19, 5,
	    "org shop id c3 {\nkey k\nmirror yunxiao strict\nowner lin\n}\n",
	    "org shoq id c3 {\nkey k\nmirror yunxiao strict\nowner lin\n}\n" },
	{ "duplicate", ERROR, 19, 14,
	    "org other id a1 {\nkey k\nmirror yunxiao strict\nowner lin\n}\n",
	    OTHER("") },
	{ "duplicate", ERROR, 20, 7,
	    "label a shop/x/y/z\nlabel a shop/x/y/w\nrequire tty on a\n",
	    "label a shop/x/y/z\nlabel b shop/x/y/z\nrequire tty on a b\n" },
	{ "duplicate", ERROR, 20, 10,
	    "window w mon 10:00-11:00\ncalendar w good.ics\n"
	    "deny outside w on " ALL "\n",
	    "window w mon 10:00-11:00\ncalendar v good.ics\n"
	    "deny outside w on " ALL "\ndeny during v on " ALL "\n" },
	{ "duplicate", ERROR, 25, 13,
	    GLASS("night", ALL, "owner", "owner @dba")
	        GLASS("night", ALL, "owner", "owner @dba"),
	    GLASS("night", ALL, "owner", "owner @dba")
	        GLASS("day", ALL, "owner", "owner @dba") },
	{ "duplicate", ERROR, 19, 36, "permit view on " ALL " to owner owner\n",
	    "permit view on " ALL " to owner member\n" },
	{ "duplicate", ERROR, 19, 35, "permit view on " ALL " to chen chen\n",
	    "permit view on " ALL " to chen user:fang\n" },
	{ "duplicate", ERROR, 19, 31,
	    "require quorum 1 @release + 1 @release on " ALL "\n",
	    "require quorum 1 @release + 1 @dba on " ALL "\n" },
	{ "duplicate", ERROR, 19, 14, "require tty, tty on " ALL "\n",
	    "require tty, newest on " ALL "\n" },
	{ "duplicate", ERROR, 19, 22,
	    "require age 1h, tty, age 60m on " ALL "\n",
	    "require age 1h, tty, age 61m on " ALL "\n" },
	{ "duplicate", ERROR, 23, 1, OTHER("key k3\n"), OTHER("") },
	{ "duplicate", ERROR, 23, 7, OTHER("admin lin\n"),
	    OTHER("admin chen\n") },
	{ "duplicate", ERROR, 24, 9, OTHER("account lin=5\naccount lin=6\n"),
	    OTHER("account lin=5\naccount chen=6\n") },
	{ "duplicate", ERROR, 24, 16,
	    OTHER("account lin=5 a@x.example\naccount chen=6 A@x.example\n"),
	    OTHER("account lin=5 a@x.example\naccount chen=6 b@x.example\n") },
	{ "duplicate", ERROR, 23, 27,
	    OTHER("account lin=5 a@x.example A@x.example\n"),
	    OTHER("account lin=5 a@x.example\naccount chen=5 a@x.example\n") },
	{ "duplicate", ERROR, 23, 9, OTHER("robot 1 1\n"),
	    OTHER("robot 1 2\n") },
	{ "duplicate", ERROR, 24, 9, OTHER("robot 1\nrobot 2 1\n"),
	    OTHER("robot 1\nrobot 2 3\n") },
	{ "duplicate", ERROR, 20, 9, "include a.policy\ninclude a.policy\n",
	    "include a.policy\ninclude b.policy\n" },
	{ "duplicate", ERROR, 20, 1,
	    "permit refuse on " ALL " to member\n"
	    "permit  refuse on " ALL " to member # again\n",
	    "permit refuse on " ALL " to member\n"
	    "permit refuse on " ALL " to @dev\n" },
	{ "duplicate", ERROR, 20, 1,
	    "require tty on " ALL "\nrequire tty on " ALL "\n",
	    "require tty on " ALL "\nrequire tty on shop/*/*/x\n" },
	{ "duplicate", ERROR, 20, 1,
	    "require tty,newest on " ALL "\nrequire tty , newest on " ALL "\n",
	    "require tty,newest on " ALL "\nrequire newest, tty on " ALL "\n" },
	{ "duplicate", ERROR, 20, 1,
	    "require tty on " ALL "\nrequire\\\ntty \\\n on " ALL " # so\n",
	    "require tty on " ALL "\nrequire \\\nnewest on " ALL "\n" },
	{ "duplicate", ERROR, 20, 1,
	    "require reason \"a, #b\" on " ALL
	    "\nrequire reason \"a, #b\"  on " ALL "\n",
	    "require reason \"a, #b\" on " ALL
	    "\nrequire reason \"a , #b\" on " ALL "\n" },
	{ "duplicate", ERROR, 20, 1,
	    "deny user he on " ALL "\ndeny user he on " ALL "\n",
	    "deny user he on " ALL "\ndeny user \"he\" zhao on " ALL "\n" },
	{ "duplicate", ERROR, 20, 10,
	    "delegate chen to qiu on " ALL
	    " from 2026-12-01 through 2026-12-07\n"
	    "delegate chen to lin on " ALL
	    " from 2026-12-07 through 2026-12-08\n",
	    "delegate chen to qiu on " ALL
	    " from 2026-12-01 through 2026-12-07\n"
	    "delegate chen to lin on " ALL
	    " from 2026-12-08 through 2026-12-08\n" },
	{ "duplicate", ERROR, 20, 10,
	    "delegate chen to qiu on " ALL
	    " from 2026-12-01 through 2026-12-07\n"
	    "delegate uid:2002 to lin on " ALL
	    " from 2026-12-01 through 2026-12-01\n",
	    "delegate chen to qiu on " ALL
	    " from 2026-12-01 through 2026-12-07\n"
	    "delegate uid:2003 to lin on " ALL
	    " from 2026-12-01 through 2026-12-01\n" },
	/* undefined */
	{ "undefined", ERROR, 19, 16, "permit view on prod to owner\n",
	    "label prod " ALL "\npermit view on prod to owner\n" },
	{ "undefined", ERROR, 19, 14, "deny outside w on " ALL "\n",
	    "window w mon 10:00-11:00\ndeny outside w on " ALL "\n" },
	{ "undefined", ERROR, 19, 29,
	    "window w mon 10:00-11:00 in Mars/Base\n"
	    "deny outside w on " ALL "\n",
	    "window w mon 10:00-11:00 in UTC\ndeny outside w on " ALL "\n" },
	/* unused */
	{ "unused", ERROR, 19, 7, "label a shop/x/y/z\n",
	    "label a shop/x/y/z\nrequire tty on a\n" },
	{ "unused", ERROR, 19, 8, "window w mon 10:00-11:00\n",
	    "window w mon 10:00-11:00\ndeny during w on " ALL "\n" },
	{ "unused", ERROR, 19, 10, "calendar c good.ics\n",
	    "calendar c good.ics\ndeny during c on " ALL "\n" },
	/* unreachable */
	{ "unreachable", ERROR, 19, 16, "require tty on nope/*/*/*\n",
	    "require tty on s?o*/*/*/*\n" },
	{ "unreachable", ERROR, 19, 9, "label a nope/*/*/*\nrequire tty on a\n",
	    "label a " ALL "\nrequire tty on a\n" },
	{ "unreachable", ERROR, 19, 1, "permit pass on shop/x/*/* to owner\n",
	    "permit pass, refuse on shop/x/*/* to owner\n" },
	{ "unreachable", ERROR, 20, 1,
	    "permit view on " ALL " to owner admin\n"
	    "permit view on " ALL " to admin owner\n",
	    "permit view on " ALL " to owner admin\n"
	    "permit view on " ALL " to owner member\n" },
	{ "unreachable", ERROR, 19, 1,
	    "permit view on shop/x/y/z to owner\n"
	    "permit view on shop/x/*/* to owner admin\n",
	    "permit view on shop/x/y/z to owner member\n"
	    "permit view on shop/x/*/* to owner admin\n" },
	{ "unreachable", ERROR, 21, 1,
	    "label a shop/x/*/* shop/w/*/*\npermit view on a to owner\n"
	    "permit view on shop/x/y/* to owner\n",
	    "label a shop/x/*/* shop/w/*/*\npermit view on a to owner\n"
	    "permit view on shop/x?/y/* to owner\n" },
	{ "unreachable", ERROR, 20, 1,
	    "label a shop/x/y/* shop/x/z/*\npermit view on a to chen\n"
	    "permit view on shop/x/*/* to fang qiu chen\n",
	    "label a shop/x/y/* shop/w/z/*\npermit view on a to chen\n"
	    "permit view on shop/x/*/* to fang qiu chen\n" },
	{ "unreachable", ERROR, 20, 1,
	    "permit view on shop/*/y/* shop/id:7/*/* to chen\n"
	    "permit view on shop/id:7/*/x to chen\n",
	    "permit view on shop/*/y/* shop/id:7/*/* to chen\n"
	    "permit view on shop/id:8/*/x to chen\n" },
	{ "unreachable", ERROR, 0, 0, NULL,
	    "permit view on shop/x/y/z to owner\n"
	    "permit view on shop/x/y/* to admin\n"
	    "permit view on shop/x/*/z to member\n" },
	/* below_admin */
	{ "below_admin", ERROR, 19, 30, "permit pass on " ALL " to member\n",
	    "permit refuse on " ALL " to member\n" },
	{ "below_admin", ERROR, 19, 32, "permit refuse on " ALL " to viewer\n",
	    "permit view on " ALL " to viewer\n" },
	{ "below_admin", WARNING, 25, 31,
	    "org games id b2 {\nkey k2\nmirror yunxiao advisory\nowner lin\n"
	    "member he\n}\npermit pass on games/*/*/* to member\n",
	    "org games id b2 {\nkey k2\nmirror yunxiao advisory\nowner lin\n"
	    "member he\n}\npermit refuse on games/*/*/* to member\n" },
	/* no_owner, root_person */
	{ "no_owner", ERROR, 19, 1,
	    "org o id b2 {\nkey k\nmirror yunxiao strict\nadmin lin\n}\n",
	    "org o id b2 {\nkey k\nmirror yunxiao strict\nowner lin\n}\n" },
	{ "no_owner", ERROR, 19, 1,
	    "org o id b2 {\nkey k\nmirror yunxiao strict\nowner ghost\n}\n",
	    "org o id b2 {\nkey k\nmirror yunxiao strict\nowner @dba\n}\n" },
	{ "root_person", ERROR, 23, 7, OTHER("admin root\n"),
	    OTHER("admin root\naccount root=9\n") },
	{ "root_person", ERROR, 23, 12, OTHER("admin chen uid:0\n"),
	    OTHER("admin chen uid:0\naccount uid:0=9\n") },
	/* one_person */
	{ "one_person", ERROR, 19, 9, "require quorum 1 @release on " ALL "\n",
	    "require quorum 2 @release on " ALL "\n" },
	{ "one_person", ERROR, 22, 1, GLASS("night", ALL, "owner", "owner"),
	    GLASS("night", ALL, "owner", "owner @dba") },
	{ "one_person", ERROR, 0, 0, NULL,
	    GLASS("night", ALL, "owner he", "viewer member") },
	/* without an account nobody proves that a reviewer is another one */
	{ "one_person", ERROR, 32, 1,
	    OTHER("admin sun\nmember chen\n" ACCOUNTS) "permit pass on "
	                                               "other/*/*/* to "
	                                               "admin\n" GLASS("n",
	                                                   "other/*/*/*",
	                                                   "admin",
	                                                   "owner member"),
	    OTHER(
	        "admin sun\nmember chen\naccount sun=3\n" ACCOUNTS) "permit "
	                                                            "pass on "
	                                                            "other/*/"
	                                                            "*/* to "
	                                                            "admin"
	                                                            "\n" GLASS(
	                                                                "n",
	                                                                "othe"
	                                                                "r/*/"
	                                                                "*/*",
	                                                                "admi"
	                                                                "n",
	                                                                "owne"
	                                                                "r "
	                                                                "memb"
	                                                                "e"
	                                                                "r") },
	/* nor does one without an account review */
	{ "one_person", ERROR, 31, 1,
	    OTHER("admin sun\n" ACCOUNTS) "permit pass on other/*/*/* to "
	                                  "owner\n" GLASS("n", "other/*/*/*",
	                                      "owner", "owner admin"),
	    OTHER("admin sun\naccount sun=3\n" ACCOUNTS) "permit pass on "
	                                                 "other/*/*/* to "
	                                                 "owner\n" GLASS("n",
	                                                     "other/*/*/*",
	                                                     "owner",
	                                                     "owner admin") },
	/* nor a robot, by its account */
	{ "one_person", ERROR, 33, 1,
	    OTHER("admin sun\naccount sun=3\nrobot 3\n" ACCOUNTS) "permit pass "
	                                                          "on "
	                                                          "other/*/*/* "
	                                                          "to "
	                                                          "owner"
	                                                          "\n" GLASS(
	                                                              "n",
	                                                              "other/*/"
	                                                              "*/*",
	                                                              "owner",
	                                                              "owner "
	                                                              "admin"),
	    OTHER("admin sun\naccount sun=3\nrobot 4\n" ACCOUNTS) "permit pass "
	                                                          "on "
	                                                          "other/*/*/* "
	                                                          "to "
	                                                          "owner"
	                                                          "\n" GLASS(
	                                                              "n",
	                                                              "other/*/"
	                                                              "*/*",
	                                                              "owner",
	                                                              "owner "
	                                                              "admi"
	                                                              "n") },
	/* names */
	{ "unknown_user", ERROR, 19, 30, "permit view on " ALL " to ghost\n",
	    "permit view on " ALL " to chen\n" },
	{ "unknown_user", ERROR, 19, 30,
	    "permit view on " ALL " to uid:4000 uid:4000\n",
	    "permit view on " ALL " to uid:2002\n" },
	{ "unknown_group", ERROR, 19, 30, "permit view on " ALL " to @ghosts\n",
	    "permit view on " ALL " to @dba\n" },
	{ "unknown_group", ERROR, 19, 30, "permit view on " ALL " to @lost\n",
	    "permit view on " ALL " to group:dba\n" },
	/* nobody */
	{ "nobody", ERROR, 19, 1, "permit pass on shop/x/*/* to he\n",
	    "permit pass on shop/x/*/* to he chen\n" },
	{ "nobody", ERROR, 19, 9, "require quorum 2 @dba on " ALL "\n",
	    "require quorum 1 @dba + 1 @release on " ALL "\n" },
	{ "nobody", ERROR, 25, 9,
	    OTHER("admin chen\n") /* no account lines, so no votes */
	    "require quorum 2 admin on other/*/*/*\n",
	    OTHER("admin chen\n" ACCOUNTS) "permit pass on other/x/*/* to "
	                                   "owner admin\n"
	                                   "require quorum 1 owner + 1 admin "
	                                   "on other/?/*/*\n" },
	/* warnings */
	{ "by_name", WARNING, 19, 9,
	    "require quorum 2 @release on shop/pay/*/*\n",
	    "require quorum 2 @release on shop/id:7/*/*\n" },
	{ "by_name", WARNING, 20, 14,
	    "label a " ALL " shop/pay-*/*/*\n"
	    "require tty, quorum 2 @release on a\n",
	    "require tty, quorum 2 @release on shop/*/pay/*\n" },
	{ "by_name", WARNING, 0, 0, NULL, "require tty on shop/pay/*/*\n" },
	{ "starter", WARNING, 19, 9,
	    "require quorum 2 @release on " ALL "\n"
	    "deny self trigger on shop/*/x/*\n",
	    "require quorum 2 admin on " ALL "\n"
	    "deny self trigger on shop/*/x/*\n" },
	{ "starter", WARNING, 0, 0, NULL,
	    "require quorum 2 @release on shop/*/y/*\n"
	    "deny self trigger on shop/*/x/*\n" },
	{ "starter", WARNING, 0, 0, NULL,
	    "require quorum 2 @release on " ALL "\n"
	    "deny self commit-author on " ALL "\n" },
	{ "no_account", WARNING, 29, 9,
	    OTHER("admin sun chen\n" ACCOUNTS) "permit pass on other/*/*/* to "
	                                       "owner admin\n"
	                                       "\n"
	                                       "require quorum 1 owner + 1 "
	                                       "admin on other/*/*/*\n",
	    OTHER("admin sun\naccount sun=3\n" ACCOUNTS
	          "member chen\n") "permit pass on other/*/*/* to owner admin\n"
	                           "require quorum 1 owner + 1 admin on "
	                           "other/*/*/*\n" },
	{ "no_account", WARNING, 28, 1,
	    OTHER(
	        "admin sun\n" ACCOUNTS) "permit pass on other/*/*/* to admin\n"
	                                "deny self trigger on other/*/*/*\n",
	    OTHER(
	        "admin sun\n" ACCOUNTS) "permit pass on other/*/*/* to owner\n"
	                                "deny self trigger on other/*/*/*\n" },
	{ "no_account", WARNING, 0, 0, NULL,
	    OTHER(
	        "admin sun\n" ACCOUNTS) "permit pass on other/*/*/* to admin\n"
	                                "deny trigger schedule on "
	                                "other/*/*/*\n" },
	{ "calendar", WARNING, 19, 10,
	    "calendar c bad.ics\ndeny during c on " ALL "\n",
	    "calendar c good.ics\ndeny during c on " ALL "\n" },
	{ "expired", WARNING, 19, 1,
	    "delegate chen to qiu on " ALL
	    " from 2026-11-20 through 2026-11-24\n",
	    "delegate chen to qiu on " ALL
	    " from 2026-11-20 through 2026-11-25\n" },
	{ "no_authors", WARNING, 24, 1,
	    OTHER("") "deny self commit-author on other/*/*/*\n",
	    OTHER("account lin=1 lin@x.example\n") "deny self commit-author on "
	                                           "other/*/*/*\n" },
	{ "authors", WARNING, 19, 1, "deny self commit-author on " ALL "\n",
	    "deny self trigger on " ALL "\n" },
};

#endif
