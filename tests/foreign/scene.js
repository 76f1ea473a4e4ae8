// SPDX-License-Identifier: ISC
//
// What the two programs beside it share: the vendor's packages, from the
// folder that fetch.sh filled, and the control side of warder-sandbox.
//
// Set by the test: FOREIGN (that folder), HTTPS and CONTROL (host:port), CA
// (a file), KEY_ID, KEY_SECRET (a pair that opens nothing but the sandbox).
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { createRequire } = require('node:module');

const env = process.env;
const foreign = createRequire(path.join(env.FOREIGN, 'node_modules', 'x.js'));

// The packages are compiled modules: what they export is their `default`.
const OpenApi = foreign('@alicloud/openapi-client');
const Tea = foreign('@alicloud/tea-util');
const signer = foreign('@alicloud/openapi-util').default;

function control(target) {
	return new Promise((resolve, reject) => {
		http.get(`http://${env.CONTROL}${target}`, (answer) => {
			let text = '';

			answer.setEncoding('utf8');
			answer.on('data', (piece) => { text += piece; });
			answer.on('end', () => resolve(text));
		}).on('error', reject);
	});
}

async function journal() {
	const text = await control('/journal');

	return text.split('\n').filter((line) => line !== '').map(JSON.parse);
}

module.exports = {
	OpenApi, Tea, signer, journal,
	https: env.HTTPS,
	ca: fs.readFileSync(env.CA, 'utf8'),
	keyId: env.KEY_ID,
	keySecret: env.KEY_SECRET,
};
