// SPDX-License-Identifier: ISC
//
// The vendor's own client at warder-sandbox: what it signs is accepted and
// moves the gate, once; what it signs with a wrong secret, for another key or
// in the old form is refused, in the shape that this client can read.
'use strict';

const assert = require('node:assert/strict');
const { OpenApi, Tea, journal, https, ca, keyId, keySecret } = require('./scene.js');

const ORG = '/organization/5ebbc0228123212b59aaaaaa';
const WEB = `${ORG}/pipelines/10877/pipelineRuns/2291`;
const PAY = `${ORG}/pipelines/11222/pipelineRuns/1187`;

function client(more) {
	return new OpenApi.default(new OpenApi.Config({
		accessKeyId: keyId, accessKeySecret: keySecret, endpoint: https,
		...more,
	}));
}

// The generic call that every product's own package makes inside.
function call(who, action, method, pathname, query) {
	return who.callApi(
		new OpenApi.Params({
			action, version: '2021-06-25', protocol: 'HTTPS', pathname,
			method, authType: 'AK', style: 'ROA', reqBodyType: 'json',
			bodyType: 'json',
		}),
		new OpenApi.OpenApiRequest({ query: query || {}, headers: {} }),
		new Tea.RuntimeOptions({ ca, autoretry: false,
			connectTimeout: 5000, readTimeout: 5000 }));
}

async function jobOf(run, id) {
	const answer = await call(client(), 'GetPipelineRun', 'GET', run);

	assert.equal(answer.statusCode, 200);
	assert.equal(answer.body.success, true);
	return answer.body.pipelineRun.stages
		.flatMap((stage) => stage.stageInfo.jobs)
		.find((job) => String(job.id) === id);
}

async function effects() {
	return (await journal()).filter((line) => line.method === 'POST')
		.map((line) => line.effect);
}

// A refusal by the gateway, and that it is one a client can read.
async function refused(code, send) {
	const before = await effects();

	await assert.rejects(send, (e) => {
		assert.equal(e.code, code);
		assert.deepEqual(Object.keys(e.data).sort(), ['Code', 'HostId',
			'Message', 'Recommend', 'RequestId', 'statusCode']);
		assert.equal(e.data.HostId, https);
		assert.match(e.data.RequestId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
		assert.match(e.message, /request id: [0-9A-F-]{36}$/);
		return true;
	});
	const last = (await journal()).at(-1);

	assert.equal(last.verdict, code);
	assert.deepEqual(await effects(), [...before, 'none']);
	assert.equal((await jobOf(WEB, '8744')).status, 'WAITING');
}

const tests = {
	async 'a run is read'() {
		const gate = await jobOf(WEB, '8744');

		assert.equal(gate.status, 'WAITING');
		assert.deepEqual(gate.actions.map((action) =>
			[action.type, action.disable]), [
			['PassPipelineValidate', false],
			['RefusePipelineValidate', false]]);
	},

	async 'runs and pipelines are listed, with a query to be escaped'() {
		const runs = await call(client(), 'ListPipelineRuns', 'GET',
			`${ORG}/pipelines/10877/pipelineRuns`, { maxResults: '30' });

		assert.ok(runs.body.pipelineRuns.some((run) => run.pipelineRunId === 2291));
		const waiting = await call(client(), 'ListPipelines', 'GET',
			`${ORG}/pipelines`,
			{ statusList: 'WAITING,RUNNING', maxResults: '30' });

		assert.deepEqual(waiting.body.pipelines.map((one) =>
			one.pipelineName).sort(), ['pay-core', 'web-home']);
		assert.match((await journal()).at(-1).target, /WAITING%2CRUNNING/);
	},

	async 'a wrong secret passes nothing'() {
		const wrong = client({ accessKeySecret: `${keySecret}x` });

		await refused('SignatureDoesNotMatch',
			() => call(wrong, 'PassPipelineValidate', 'POST', `${WEB}/jobs/8744/pass`));
		await refused('SignatureDoesNotMatch',
			() => call(wrong, 'RefusePipelineValidate', 'POST', `${WEB}/jobs/8744/refuse`));
	},

	async 'a key that is none passes nothing'() {
		await refused('InvalidAccessKeyId.NotFound',
			() => call(client({ accessKeyId: `${keyId}9` }),
				'PassPipelineValidate', 'POST', `${WEB}/jobs/8744/pass`));
	},

	async 'one call signed for another passes nothing'() {
		await refused('InvalidApi.NotFound',
			() => call(client(), 'RefusePipelineValidate', 'POST', `${WEB}/jobs/8744/pass`));
	},

	// HMAC-SHA1, which the same package makes when asked: it has no date
	// header of the new form, so that is what the gateway misses first.
	async 'the old form of signature passes nothing'() {
		await refused('MissingParameter',
			() => call(client({ signatureAlgorithm: 'v2' }),
				'PassPipelineValidate', 'POST', `${WEB}/jobs/8744/pass`));
	},

	async 'a run that is none is refused by the service, not the gateway'() {
		await assert.rejects(call(client(), 'PassPipelineValidate', 'POST',
			`${ORG}/pipelines/10877/pipelineRuns/9999/jobs/8744/pass`), (e) => {
			assert.equal(e.data.errorCode, 'InvalidPipelineRun.NotFound');
			assert.equal(e.data.success, false);
			assert.equal(e.data.statusCode, 404);
			return true;
		});
	},

	async 'a pass moves the gate, once'() {
		const before = await effects();
		const answer = await call(client(), 'PassPipelineValidate', 'POST',
			`${WEB}/jobs/8744/pass`);

		assert.equal(answer.body.success, true);
		assert.equal((await jobOf(WEB, '8744')).status, 'SUCCESS');
		assert.deepEqual(await effects(), [...before, 'passed']);
	},

	async 'a refusal stops the run, once'() {
		const before = await effects();
		const answer = await call(client(), 'RefusePipelineValidate', 'POST',
			`${PAY}/jobs/9001/refuse`);

		assert.equal(answer.body.success, true);
		assert.equal((await jobOf(PAY, '9001')).status, 'FAIL');
		assert.deepEqual(await effects(), [...before, 'refused']);
	},
};

// In the order in which they stand: the last two move the gates.
async function main() {
	for (const [name, test] of Object.entries(tests)) {
		await test();
		console.log(`ok: ${name}`);
	}
}

main().catch((e) => {
	console.error(e);
	process.exitCode = 1;
});
