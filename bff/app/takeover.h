/*
 * The upgrade of the binary. SIGUSR2 starts the program again, from its file, with the same
 * listening sockets (successor.h). When the new process accepts connections, this process stops
 * accepting and drains. If the new process does not get so far, this process goes on as before.
 *
 * Only the first thread calls these functions.
 */
#ifndef BFF_APP_TAKEOVER_H
#define BFF_APP_TAKEOVER_H

#include <stdbool.h>

#include "bff/app/process.h"

struct takeover;

struct takeover *takeover_new(struct process *process);
void takeover_free(struct takeover *takeover);

/* Asks for a new process. It is started in takeover_run, when the workers are ready and have all
 * the same configuration. A second call before that process is ready is refused, and logged. */
void takeover_ask(struct takeover *takeover);

/* Does what is due. To be called after each wake of the first thread. Returns true when the new
 * process is ready: this process is then to call takeover_drain. */
bool takeover_run(struct takeover *takeover);

/*
 * True while a new process has been started that is not ready yet. No configuration may be replaced
 * then, because the new process has read its own. takeover_reload_later remembers that a reload was
 * asked for; takeover_wants_reload tells that, once.
 */
bool takeover_is_under_way(const struct takeover *takeover);
void takeover_reload_later(struct takeover *takeover);
bool takeover_wants_reload(struct takeover *takeover);

/* What the first thread has to wait for: a file that becomes readable (-1: none), and milliseconds
 * (-1: none). */
int takeover_file(const struct takeover *takeover);
int takeover_patience_ms(const struct takeover *takeover);

/* Gives the service over to the new process, and drains. Returns when the workers have ended. A
 * signal to stop shortens the drain to drain_timeout; the next one ends the process. */
void takeover_drain(struct takeover *takeover);

/* Ends a new process that is not ready, because this process must stop. */
void takeover_stop(struct takeover *takeover);

#endif
