/* See process.h. */
#include <stdatomic.h>
#include <unistd.h>

#include "bff/app/process.h"
#include "bff/app/process_listen.h"
#include "bff/app/worker_hooks.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"

struct process *process_new(void)
{
    struct process *process = memory_new(sizeof(*process));

    first_thread_init(&process->thread);
    return process;
}

/* Start. */

/* Adds one reference for the process, and one for each worker. A worker takes over its reference
 * when it begins with this generation. */
static void make_current(struct process *process, struct generation *generation)
{
    generation->number = ++process->generations;
    process->current = generation_hold(generation);
    for (unsigned i = 0; i < process->settings.workers; i++)
        generation_hold(generation);
}

void process_start(struct process *process, struct generation *first)
{
    make_current(process, first);
    process->may_use_io_uring = first->config.may_use_io_uring;
    process->thread.first = first;
    worker_hooks_set(&process->settings, &process->thread);
    process->server = server_new(&process->settings);
    server_start(process->server);
}

/* Another generation. */

void process_swap(struct process *process, struct generation *next)
{
    struct generation *before = process->current;

    must(process->server != NULL && next->http.listens != NULL);
    process_listen_left(process, next);
    make_current(process, next);
    server_tell_workers(process->server, worker_hooks_switch, next);
    generation_release(before);
}

bool process_has_swapped(const struct process *process)
{
    return atomic_load(&process->current->workers) == process->settings.workers;
}

/* End. */

void process_stop(struct process *process) { server_stop(process->server); }

void process_end(struct process *process)
{
    process_listen_end(process);
    if (process->mocks != NULL)
        process->mocks->stop(process->mock);
    memory_free(process->mock_secret);
    process->mock_secret = NULL;
    if (process->current != NULL)
        generation_release(process->current);
    process->current = NULL;
    if (process->server != NULL)
        return;
    close(process->thread.bell);
    memory_free(process);
}
