/*
 * What the process has independently of a configuration: listeners, workers, mock services. New
 * requests use its current generation, which can be replaced while the server runs. Only the first
 * thread calls these functions.
 */
#ifndef BFF_APP_PROCESS_H
#define BFF_APP_PROCESS_H

#include <stdbool.h>

#include "bff/app/generation.h"
#include "bff/http/server.h"

struct process {
    struct server_settings settings;
    struct server *server; /* NULL: not started */
    struct generation
        *current;              /* with a reference; each worker's own part is in worker->settings */
    unsigned long generations; /* the number of generations so far */
    const struct bff_mocks *mocks; /* NULL: no mock mode */
    struct mock *mock;             /* NULL: none */
};

struct process *process_new(void);

/*
 * Opens the listeners of ${config}. Returns 0; or errno, and the address that failed, as the
 * configuration has it, in ${*where}.
 */
int process_listen(struct process *process, const struct config *config, const char **where);

/* Starts the workers with the prepared generation ${first}. The process adds its own references to
 * it. */
void process_start(struct process *process, struct generation *first);

/*
 * Replaces the current generation by the prepared generation ${next}, and returns at once. On
 * success the process adds its own references to ${next}. Each worker looks up the host names of
 * ${next} and then switches to it: requests that have begun keep the old generation until they end,
 * and later requests use ${next}. Listeners, the number of workers, io_uring and mocks do not
 * change. To be called between process_start and process_stop.
 *
 * Returns NULL; or a text that says what is wrong, and then nothing has changed.
 */
const char *process_swap(struct process *process, struct generation *next);

/* True when every worker has switched to the current generation of the process. */
bool process_has_swapped(const struct process *process);

/* Drains and stops the workers. */
void process_stop(struct process *process);

/* Frees what can be freed. When the server has been started, the server and ${process} stay in
 * memory, because the threads of the server do not end (see run_worker in server.c). */
void process_end(struct process *process);

#endif
