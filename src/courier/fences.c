/* SPDX-License-Identifier: ISC */
/*
 * The process that talks to strangers gets no file to write, no file to read
 * but public ones, and no memory without end. TCP goes to few ports: HTTPS,
 * that of the endpoint (the sandbox has another), the proxy's, and the one of
 * name servers, for answers too long for UDP.
 */
#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "base/text.h"
#include "confine/confine.h"
#include "courier/fences.h"

#define PORT_HTTPS 443
#define PORT_NAMES 53
#define PORT_PROXY 1080 /* what libcurl takes where none is given */
#define FILES_MAX 64

/* The sanitizers' own tables are larger than any limit worth the name. */
#ifdef WARDER_SANITIZERS
#	define MEMORY_MAX RLIM_INFINITY
#else
#	define MEMORY_MAX ((rlim_t)512 << 20)
#endif

uint16_t
fences_port_of(const char *address, uint16_t none)
{
	const char *host = strstr(address, "://"), *colon;
	char digits[8] = "";
	size_t n;
	uint64_t port;

	host = host == NULL ? address : host + 3;
	if ((colon = strrchr(host, ':')) == NULL)
		return none;
	n = strspn(colon + 1, "0123456789");
	if (n >= sizeof(digits))
		return none;
	memcpy(digits, colon + 1, n);
	if (text_parse_number(digits, UINT16_MAX, &port) != 0 || port == 0)
		return none;
	return (uint16_t)port;
}

static int
enter_limits(void)
{
	const struct confine_limits files = { .files = FILES_MAX };
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	struct rlimit nothing = { 0, 0 };
	int r;

	if ((r = confine_limits(&files)) != 0)
		return r;
	if (setrlimit(RLIMIT_FSIZE, &nothing) != 0)
		return WARDER_ESYS;
	if (MEMORY_MAX != RLIM_INFINITY && setrlimit(RLIMIT_AS, &memory) != 0)
		return WARDER_ESYS;
	return WARDER_OK;
}

static int
enter_files(const struct conf *conf)
{
	const char *const read[] = { conf->ca_file, "/etc/resolv.conf",
		"/etc/hosts", "/etc/host.conf", "/etc/gai.conf",
		"/etc/nsswitch.conf", "/etc/services", "/etc/ssl/openssl.cnf",
		"/etc/pki/tls/openssl.cnf", "/usr/lib/ssl",
		"/run/systemd/resolve", "/etc/ld.so.cache", NULL };
	/* Modules of the name service. */
	const char *const execute[] = { "/lib", "/lib64", "/usr/lib",
		"/usr/lib64", NULL };
	const uint16_t ports[] = { PORT_HTTPS, PORT_NAMES,
		fences_port_of(conf->endpoint, PORT_HTTPS),
		fences_port_of(conf->proxy,
		    strncmp(conf->proxy, "https:", 6) == 0 ? PORT_HTTPS
		                                           : PORT_PROXY) };
	const struct confine_files files = {
		.read = read,
		.execute = execute,
		.ports = ports,
		/* The last one only if there is a proxy. */
		.n_ports = sizeof(ports) / sizeof(ports[0]) -
		           (conf->proxy[0] == '\0' ? 1 : 0),
	};

	return confine_files(&files, conf->landlock_required);
}

int
enter_fences(const struct conf *conf)
{
	int r;

	if ((r = enter_limits()) != 0 || (r = enter_files(conf)) != 0)
		return r;
	return confine_calls(CONFINE_COURIER);
}
