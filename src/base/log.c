/* SPDX-License-Identifier: ISC */
/*
 * One write(2) a line, so that lines of several workers do not mix. The
 * number in front is the severity in the form that systemd's journal reads;
 * it adds name and process itself, and its end is a socket. A person at a
 * terminal gets the sentence alone.
 */
#include "config.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/text.h"

#define LOG_LINE_MAX 1024

static const char *name = "warder";

void
log_name(const char *program)
{
	name = program;
}

static bool
is_journal(void)
{
	struct stat end;

	return fstat(STDERR_FILENO, &end) == 0 && S_ISSOCK(end.st_mode);
}

static void
log_line(int severity, const char *format, va_list args)
{
	char text[LOG_LINE_MAX], shown[LOG_LINE_MAX], line[LOG_LINE_MAX + 64];
	int n;

	(void)vsnprintf(text, sizeof(text), format, args);
	(void)text_show(shown, sizeof(shown), text);
	if (isatty(STDERR_FILENO))
		n = snprintf(line, sizeof(line), "%s: %s\n", name, shown);
	else if (is_journal())
		n = snprintf(line, sizeof(line), "<%d>%s\n", severity, shown);
	else
		n = snprintf(line, sizeof(line), "<%d>%s[%ld]: %s\n", severity,
		    name, (long)getpid(), shown);
	if (n > 0 && (size_t)n < sizeof(line))
		(void)!write(STDERR_FILENO, line, (size_t)n);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(6, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(4, format, args);
	va_end(args);
}

void
die(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(3, format, args);
	va_end(args);
	_exit(status);
}
