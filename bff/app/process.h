/*
 * What the process has independently of a configuration: listeners, workers, mock services. New
 * requests use its current generation, which can be replaced while the server runs. Only the first
 * thread calls these functions.
 */
#ifndef BFF_APP_PROCESS_H
#define BFF_APP_PROCESS_H

#include <stdbool.h>

#include "bff/app/first_thread.h"
#include "bff/app/generation.h"
#include "bff/http/server.h"

struct process {
    struct server_settings settings;
    struct server *server;      /* NULL: not started */
    struct first_thread thread; /* what the workers know of the process */
    struct generation
        *current;              /* with a reference; each worker's own part is in worker->settings */
    unsigned long generations; /* the number of generations so far */
    const struct bff_mocks *mocks; /* NULL: no mock mode */
    struct mock *mock;             /* NULL: none */
    char *mock_secret;     /* with which the mock services sign tokens; NULL: they sign none */
    bool may_use_io_uring; /* of the first configuration */
    struct listen *left; /* listeners that the current generation does not name. The workers may not
                            have closed them yet */
    size_t left_count;
};

struct process *process_new(void);

/* Starts the workers with the prepared generation ${first}. The process adds its own references to
 * it. */
void process_start(struct process *process, struct generation *first);

/*
 * Replaces the current generation by ${next}, and returns at once. ${next} has been prepared, and
 * process_listen has opened its listeners. The process adds its own references to ${next}. Each
 * worker looks up the host names of ${next} and then switches to it: requests that have begun keep
 * the old generation until they end, and later requests use ${next}. The number of workers,
 * io_uring and mocks do not change. To be called between process_start and process_stop, and not
 * before process->thread.is_ready.
 */
void process_swap(struct process *process, struct generation *next);

/* True when every worker has switched to the current generation of the process. */
bool process_has_swapped(const struct process *process);

/* Drains and stops the workers, also those that have not switched yet. */
void process_stop(struct process *process);

/* Frees what can be freed. When the server has been started, the server and ${process} stay in
 * memory, because the threads of the server do not end (see run_worker in server.c). */
void process_end(struct process *process);

#endif
