/* SPDX-License-Identifier: ISC */
/*
 * The process that talks to strangers gets no file to write, no file to read
 * but public ones, and no memory without end. TCP goes to few ports, those of
 * conf_courier_ports().
 */
#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "confine/confine.h"
#include "courier/fences.h"

#define FILES_MAX 64

/* The sanitizers' own tables are larger than any limit worth the name. */
#ifdef WARDER_SANITIZERS
#	define MEMORY_MAX RLIM_INFINITY
#else
#	define MEMORY_MAX ((rlim_t)512 << 20)
#endif

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
	uint16_t ports[CONF_PORTS_MAX];
	const struct confine_files files = {
		.read = read,
		.execute = execute,
		.ports = ports,
		.n_ports = conf_courier_ports(conf, ports),
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
