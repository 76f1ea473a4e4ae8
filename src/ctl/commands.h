/* SPDX-License-Identifier: ISC */
/*
 * The commands of warderctl, one function each; the program's main looks
 * them up by their first word. argv[0] is that word. Each returns an exit
 * code of cli.md, that is an enum reason.
 */
#ifndef WARDER_CTL_COMMANDS_H
#define WARDER_CTL_COMMANDS_H

/* ledger verify | show | export | report | settle | reconcile */
int ctl_ledger(int argc, char **argv);

/* policy check | install | eval */
int ctl_policy(int argc, char **argv);

/* init [--master credential|file|passphrase] */
int ctl_init(int argc, char **argv);

/* key list | seal ORG | retire ORG | rekey */
int ctl_key(int argc, char **argv);

/* unlock [--stdin], lock */
int ctl_unlock(int argc, char **argv);
int ctl_lock(int argc, char **argv);

/* doctor */
int ctl_doctor(int argc, char **argv);

#endif
