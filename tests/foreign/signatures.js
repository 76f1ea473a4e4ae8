// SPDX-License-Identifier: ISC
//
// What warder sent, as the sandbox took it down, against the vendor's own
// signer: the same Authorization line must come out, so warder signs those
// very headers, in that order, and nothing that the vendor's client leaves out.
// Arguments: the actions of which each must have been seen.
'use strict';

const assert = require('node:assert/strict');
const { signer, journal, keyId, keySecret } = require('./scene.js');

// The journal has the bytes of the wire; a header twice would be seen here.
function headersOf(line) {
	const headers = {};

	for (const [name, value] of line.headers) {
		const lower = name.toLowerCase();

		assert.ok(!(lower in headers), `${lower} came twice`);
		headers[lower] = value;
	}
	return headers;
}

function authorizationOf(line, headers, secret) {
	const [pathname, query] = line.target.split('?');

	return signer.getAuthorization({
		method: line.method, pathname, headers,
		query: Object.fromEntries(new URLSearchParams(query || '')),
	}, 'ACS3-HMAC-SHA256', signer.hexEncode(signer.hash(
		Buffer.from(line.body, 'hex'), 'ACS3-HMAC-SHA256')), keyId, secret);
}

async function main() {
	const seen = {};

	for (const line of await journal()) {
		if (line.method === null)
			continue;
		const headers = headersOf(line);

		if (!/^warder(\/|$)/.test(headers['user-agent']))
			continue;
		assert.equal(headers.authorization,
			authorizationOf(line, headers, keySecret), line.target);
		assert.notEqual(headers.authorization,
			authorizationOf(line, headers, `${keySecret}x`));
		seen[line.action] = (seen[line.action] || 0) + 1;
	}
	console.log('signed as by the vendor\'s own client:', seen);
	for (const action of process.argv.slice(2))
		assert.ok(seen[action] > 0, `warder sent no ${action}`);
}

main().catch((e) => {
	console.error(e);
	process.exitCode = 1;
});
