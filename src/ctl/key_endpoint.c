/* SPDX-License-Identifier: ISC */
/*
 * Where a key may be used. The endpoint is sealed with it, so this is the
 * one time that its form is looked at, and whether that host speaks the API
 * of the key's kind: a personal token sent to a host of the signed API is a
 * credential given away for nothing.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "ctl/key.h"

static bool
is_port(const char *text)
{
	uint64_t port;

	return text_parse_number(text, 65535, &port) == 0 && port != 0;
}

/* Letters, digits and dashes between dots, and no number alone at its end. */
static bool
is_dns_name(const char *name, size_t len)
{
	bool has_letter = false, has_dot = false;
	char before = '.';

	for (size_t i = 0; i < len; before = name[i++]) {
		char c = name[i];

		if (c >= 'a' && c <= 'z')
			has_letter = true;
		else if (c == '.' && before != '.' && before != '-')
			has_dot = true, has_letter = false;
		else if (!((c >= '0' && c <= '9') ||
		             (c == '-' && before != '.')))
			return false;
	}
	return has_dot && has_letter && before != '-';
}

bool
key_is_endpoint(const char *endpoint)
{
	size_t len = endpoint[0] == '[' ? strcspn(endpoint, "]") + 1
	                                : strcspn(endpoint, ":");

	if (strlen(endpoint) > 259 || len > strlen(endpoint))
		return false;
	if (endpoint[len] != '\0' &&
	    (endpoint[len] != ':' || !is_port(endpoint + len + 1)))
		return false;
	return (len == 9 && memcmp(endpoint, "127.0.0.1", 9) == 0) ||
	       (len == 5 && memcmp(endpoint, "[::1]", 5) == 0) ||
	       is_dns_name(endpoint, len);
}

static bool
is_host(const char *endpoint, const char *host)
{
	size_t len = strcspn(endpoint, ":");

	return len == strlen(host) && memcmp(endpoint, host, len) == 0;
}

/* {name}.devops.aliyuncs.com */
static bool
is_region(const char *endpoint)
{
	static const char region[] = ".devops.aliyuncs.com";
	const size_t len = strcspn(endpoint, ":"), tail = sizeof(region) - 1;

	return len > tail && memcmp(endpoint + len - tail, region, tail) == 0;
}

static bool
is_signed_host(const char *endpoint)
{
	return is_host(endpoint, "devops.cn-hangzhou.aliyuncs.com") ||
	       is_host(endpoint, "devops-vpc.cn-hangzhou.aliyuncs.com") ||
	       is_host(endpoint, "devops.aliyuncs.com");
}

uint8_t
key_api(enum seal_kind kind, const char *endpoint)
{
	if (is_region(endpoint))
		return kind == SEAL_TOKEN ? API_REGION : API_NONE;
	if (is_host(endpoint, KEY_TOKEN_HOST))
		return kind == SEAL_TOKEN ? API_TOKEN : API_NONE;
	if (is_signed_host(endpoint))
		return kind == SEAL_TOKEN ? API_NONE : API_SIGNED;
	/* The sandbox, or a name that only this site knows: both of them. */
	return kind == SEAL_TOKEN ? API_TOKEN : API_SIGNED;
}
