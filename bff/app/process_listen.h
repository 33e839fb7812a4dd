/* The listeners of a process. They are opened for a generation, and a later generation that names
 * the same address uses the same sockets. Only the first thread calls these functions. */
#ifndef BFF_APP_PROCESS_LISTEN_H
#define BFF_APP_PROCESS_LISTEN_H

#include "bff/app/process.h"

/*
 * Opens the listeners of the prepared generation ${generation} that are not open yet, and sets
 * generation->http.listens. The workers do not use the new ones before they switch to the
 * generation. The listener for the admin pages is the one of the first generation. The first call
 * also sets the number of workers.
 *
 * Returns 0; or errno, and the address that failed, as the configuration has it, in ${*where}. Then
 * nothing is open that was not open before.
 */
int process_listen(struct process *process, struct generation *generation, const char **where);

/* Returns the number of workers that ${config} asks for. */
unsigned process_listen_workers(const struct config *config);

/* The rest is for process.c and for the first thread's loop. */

/* Remembers the listeners of the current generation that ${next} does not have. */
void process_listen_left(struct process *process, const struct generation *next);

/* Frees what is remembered of those listeners. To be called when every worker has switched. */
void process_listen_settle(struct process *process);

/* Closes what is still open. To be called when no worker runs. */
void process_listen_end(struct process *process);

#endif
