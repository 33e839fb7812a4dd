/*
 * What the process has with every configuration: listeners, workers, mock services.
 * The configuration by which it serves now is its current generation, which can be replaced while
 * the server runs. All functions are called by the first thread.
 */
#ifndef BFF_APP_PROCESS_H
#define BFF_APP_PROCESS_H

#include <stdbool.h>

#include "bff/app/generation.h"
#include "bff/http/server.h"

struct process {
    struct server_settings settings;
    struct server *server;         /* NULL: not started */
    struct generation *current;    /* held; what each worker has is in worker->settings */
    unsigned long generations;     /* that there have been */
    const struct bff_mocks *mocks; /* NULL: no mock mode */
    struct mock *mock;             /* NULL: none */
};

struct process *process_new(void);

/*
 * Opens the listeners of ${config}. Returns 0, or the errno of what failed, with the address as it
 * was written in ${*where}.
 */
int process_listen(struct process *process, const struct config *config, const char **where);

/* Starts the workers with the prepared generation ${first}, which the process holds from now on. */
void process_start(struct process *process, struct generation *first);

/*
 * Replaces the current generation by the prepared ${next}, which the process holds from now on, and
 * returns at once. Each worker looks up the names of ${next} and then switches to it: requests that
 * have begun keep the generation before until their end, and later ones use ${next}. Listeners,
 * number of workers, io_uring and mocks stay as they are. Between process_start and process_stop.
 *
 * Returns NULL; or what is wrong in words, and then nothing has changed.
 */
const char *process_swap(struct process *process, struct generation *next);

/* True when the current generation is the current one of every worker. */
bool process_has_swapped(const struct process *process);

/* Drains and stops the workers. */
void process_stop(struct process *process);

/* Frees what can be freed. A server that has been started stays in memory, and so does ${process},
 * because the threads of the server do not end (see run_worker in server.c). */
void process_end(struct process *process);

#endif
