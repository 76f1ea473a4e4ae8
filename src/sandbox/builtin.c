/* SPDX-License-Identifier: ISC */
/*
 * The scenario that is there when none is given: an organization named shop
 * whose two pipelines each have a run that waits at a gate. One account has
 * a key, a temporary key and a personal token; all of them are made up and
 * open nothing anywhere.
 */
#include "config.h"

#include "sandbox/scenario.h"

/* clang-format off */
const char *const scenario_builtin[] = {
	"{ \"about\": \"Two pipelines of one shop, each with a run that waits at a gate.\", \"keys\": [ {",
	"\"id\": \"LTAI5tSANDBOXKEY0001\", \"secret\": \"sandboxSecret0123456789abcdef00\", \"account\": \"120300000001\" }, {",
	"\"id\": \"STS.SANDBOXKEY0002\", \"secret\": \"sandboxStsSecret0123456789abcdef\",",
	"\"token\": \"sandboxSecurityToken0123456789abcdef0123456789abcdef\", \"account\": \"120300000001\" } ],",
	"\"tokens\": [ { \"token\": \"pt-sandboxToken0123456789abcdef0001\", \"account\": \"120300000001\" } ],",
	"\"organizations\": [ { \"id\": \"5ebbc0228123212b59aaaaaa\", \"name\": \"shop\",",
	"\"host\": \"shop.devops.aliyuncs.com\", \"members\": [ {",
	"\"account\": \"120300000001\", \"name\": \"warder\", \"role\": \"admin\", \"roleId\": \"b000000000000000000000a2\",",
	"\"roleName\": \"管理员\" }, { \"account\": \"187700112299\", \"name\": \"lin\", \"role\": \"owner\",",
	"\"roleId\": \"b000000000000000000000a1\", \"roleName\": \"拥有者\" }, { \"account\": \"187700112233\", \"name\": \"chen\", \"role\": \"admin\",",
	"\"roleId\": \"b000000000000000000000a2\", \"roleName\": \"管理员\" }, { \"account\": \"187700112244\", \"name\": \"fang\",",
	"\"role\": \"admin\", \"roleId\": \"b000000000000000000000a2\", \"roleName\": \"管理员\" }, {",
	"\"account\": \"187700112266\", \"name\": \"wu\", \"role\": \"member\", \"roleId\": \"b000000000000000000000a3\",",
	"\"roleName\": \"成员\" }, { \"account\": \"187700112277\", \"name\": \"li\", \"role\": \"member\",",
	"\"roleId\": \"b000000000000000000000a3\", \"roleName\": \"成员\" } ], \"pipelines\": [ { \"id\": \"10877\",",
	"\"name\": \"web-home\", \"creator\": \"187700112233\", \"groupId\": \"71\", \"envId\": 2, \"envName\": \"生产环境\",",
	"\"webhook\": \"https://flow-openapi.example.invalid/pipeline/webhook/NOT-A-REAL-SECRET\", \"members\": [",
	"{\"account\": \"120300000001\", \"name\": \"warder\", \"role\": \"admin\"},",
	"{\"account\": \"187700112233\", \"name\": \"chen\", \"role\": \"owner\"},",
	"{\"account\": \"187700112244\", \"name\": \"fang\", \"role\": \"admin\"},",
	"{\"account\": \"187700112266\", \"name\": \"wu\", \"role\": \"member\"},",
	"{\"account\": \"187700112277\", \"name\": \"li\", \"role\": \"member\"} ], \"runs\": [ { \"id\": \"2290\", \"trigger\": 3,",
	"\"creator\": \"187700112266\", \"startedAgo\": 90000, \"sources\": [ { \"sign\": \"codeup_web_home\", \"type\": \"codeup\",",
	"\"repo\": \"https://codeup.aliyun.com/5ebbc0228123212b59aaaaaa/shop/web-home.git\", \"branch\": \"main\",",
	"\"commits\": [\"9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b\"] } ], \"stages\": [ { \"name\": \"构建\", \"jobs\": [ {",
	"\"id\": \"8730\", \"name\": \"Node.js 构建\", \"status\": \"SUCCESS\", \"startedAgo\": 90000, \"endedAgo\": 89880 } ] }, {",
	"\"name\": \"生产发布\", \"jobs\": [ { \"id\": \"8731\", \"name\": \"人工卡点\", \"status\": \"SUCCESS\",",
	"\"startedAgo\": 89880, \"endedAgo\": 88200, \"gate\": { \"method\": \"or\", \"validators\": [\"120300000001\"],",
	"\"refuse\": \"RefusePipelineValidate\" } } ] }, { \"name\": \"发布生产\", \"jobs\": [ { \"id\": \"8732\",",
	"\"name\": \"主机部署\", \"status\": \"SUCCESS\", \"startedAgo\": 88200, \"endedAgo\": 88100 } ] } ] }, {",
	"\"id\": \"2291\", \"trigger\": 1, \"creator\": \"187700112266\", \"startedAgo\": 780, \"sources\": [ {",
	"\"sign\": \"codeup_web_home\", \"type\": \"codeup\",",
	"\"repo\": \"https://codeup.aliyun.com/5ebbc0228123212b59aaaaaa/shop/web-home.git\", \"branch\": \"main\",",
	"\"commits\": [ \"c4d2e9f07b1a3586d0e4f9a2b7c8135e6f0a9d42\", \"51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de\",",
	"\"9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b\" ] } ], \"stages\": [ { \"name\": \"构建\", \"jobs\": [ { \"id\": \"8741\",",
	"\"name\": \"Node.js 构建\", \"status\": \"SUCCESS\", \"startedAgo\": 780, \"endedAgo\": 610 } ] }, {",
	"\"name\": \"预发布\", \"jobs\": [ { \"id\": \"8742\", \"name\": \"主机部署\", \"status\": \"SUCCESS\",",
	"\"startedAgo\": 610, \"endedAgo\": 500 }, { \"id\": \"8743\", \"name\": \"接口测试\", \"status\": \"SUCCESS\",",
	"\"startedAgo\": 610, \"endedAgo\": 420 } ] }, { \"name\": \"生产发布\", \"jobs\": [ { \"id\": \"8744\",",
	"\"name\": \"人工卡点\", \"status\": \"WAITING\", \"startedAgo\": 420, \"gate\": { \"method\": \"or\",",
	"\"validators\": [\"120300000001\"], \"refuse\": \"RefusePipelineValidate\" } } ] },",
	"{\"name\": \"发布生产\", \"jobs\": [{\"id\": \"8745\", \"name\": \"主机部署\"}]},",
	"{\"name\": \"冒烟测试\", \"jobs\": [{\"id\": \"8746\", \"name\": \"冒烟测试\"}]}, { \"name\": \"全量确认\",",
	"\"jobs\": [ { \"id\": \"8747\", \"name\": \"人工卡点\", \"gate\": { \"method\": \"or\", \"validators\": [\"120300000001\"],",
	"\"refuse\": \"RefusePipelineValidator\" } } ] },",
	"{\"name\": \"全量发布\", \"jobs\": [{\"id\": \"8748\", \"name\": \"主机部署\"}]} ] } ] }, { \"id\": \"11222\",",
	"\"name\": \"pay-core\", \"creator\": \"187700112244\", \"groupId\": \"71\", \"envId\": 2, \"envName\": \"生产环境\",",
	"\"members\": [ {\"account\": \"120300000001\", \"name\": \"warder\", \"role\": \"admin\"},",
	"{\"account\": \"187700112233\", \"name\": \"chen\", \"role\": \"admin\"},",
	"{\"account\": \"187700112244\", \"name\": \"fang\", \"role\": \"owner\"},",
	"{\"account\": \"187700112266\", \"name\": \"wu\", \"role\": \"member\"},",
	"{\"account\": \"187700112277\", \"name\": \"li\", \"role\": \"member\"} ], \"runs\": [ { \"id\": \"1187\", \"trigger\": 1,",
	"\"creator\": \"187700112244\", \"startedAgo\": 1500, \"sources\": [ { \"sign\": \"codeup_pay_core\", \"type\": \"codeup\",",
	"\"repo\": \"https://codeup.aliyun.com/5ebbc0228123212b59aaaaaa/shop/pay-core.git\", \"branch\": \"main\",",
	"\"commits\": [ \"2e7c91d4a6f05b38c1d9e7a4f6083b5d2c9a1e70\", \"f0a1b2c3d4e5968778695a4b3c2d1e0ffeedccbb\" ] } ],",
	"\"stages\": [ { \"name\": \"构建\", \"jobs\": [ { \"id\": \"8998\", \"name\": \"Java 构建\", \"status\": \"SUCCESS\",",
	"\"startedAgo\": 1500, \"endedAgo\": 1290 } ] }, { \"name\": \"预发布\", \"jobs\": [ { \"id\": \"8999\",",
	"\"name\": \"主机部署\", \"status\": \"SUCCESS\", \"startedAgo\": 1290, \"endedAgo\": 1140 } ] }, {",
	"\"name\": \"生产发布\", \"jobs\": [ { \"id\": \"9001\", \"name\": \"人工卡点\", \"status\": \"WAITING\",",
	"\"startedAgo\": 1140, \"gate\": { \"method\": \"or\", \"validators\": [\"120300000001\"],",
	"\"refuse\": \"RefusePipelineValidate\" } } ] },",
	"{\"name\": \"发布生产\", \"jobs\": [{\"id\": \"9002\", \"name\": \"主机部署\"}]},",
	"{\"name\": \"冒烟测试\", \"jobs\": [{\"id\": \"9003\", \"name\": \"冒烟测试\"}]} ] } ] } ] } ] }",
	NULL,
};
/* clang-format on */
