/* SPDX-License-Identifier: ISC */
/*
 * Lines on standard error for whoever runs a service (the journal takes
 * them). Never for what the ledger is there for, and never a secret. Foreign
 * text in the arguments is filtered as for a screen.
 */
#ifndef WARDER_BASE_LOG_H
#define WARDER_BASE_LOG_H

/* The program's name at the head of each line; borrowed for ever. */
void log_name(const char *program);

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * `step: what` to standard error, then _exit(status). For a program that has
 * not loaded a secret; one that has returns from main instead.
 */
void die(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
