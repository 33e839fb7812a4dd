/*
 * The reload: reads the whole configuration again, checks it, and replaces the current generation.
 * A mistake leaves the current one serving. The first thread does the work, one reload after the
 * other; meanwhile the workers serve.
 *
 * A reload is asked for by SIGHUP, by POST /reload (awaited_reload.h), and by files that change
 * (files_watch.h). Each of these gets a reload that reads the files after it was asked for. So what
 * is asked for during a reload is done by one more reload after it.
 */
#ifndef BFF_APP_RELOAD_H
#define BFF_APP_RELOAD_H

#include "bff/app/process.h"

/* What is read again. The strings are borrowed. */
struct reload_settings {
    int argc;
    char **argv;
    const struct bff_build *build;
};

struct reload;

/* ${first} is the first generation. To be called after process_listen, before process_start. */
struct reload *reload_new(struct process *process, const struct generation *first,
                          const struct reload_settings *settings);

/* Asks for a reload, in the name of a signal. It begins in reload_run. */
void reload_ask(struct reload *reload);

/* Ends a reload when all workers have switched. A new process may be on its way then, which needs
 * nothing of it. */
void reload_settle(struct reload *reload);

/* Does what is due: ends a reload when all workers have switched, and begins the next one. Returns
 * soon. To be called after each wake of the first thread. */
void reload_run(struct reload *reload);

/* Returns the milliseconds after which reload_run has something to do even if nothing happens; -1:
 * none. */
int reload_patience_ms(const struct reload *reload);

/* From now on, nothing is reloaded: the server stops, or another process takes its place. Requests
 * that wait for a reload, or ask for one later, are refused. To be called while the workers run. */
void reload_stop(struct reload *reload);

/* Logs the warnings of a configuration, and that its login is off. */
void reload_log_warnings(const struct generation *generation);

#endif
