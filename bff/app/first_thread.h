/*
 * What the first thread of the process and the workers have together. It is
 * worker_common.application of the server. The first thread waits for ${bell}.
 *
 *   first     the generation with which the workers begin
 *   is_ready  the ready line has been printed
 *   bell      an eventfd
 *   waits     requests that wait for a reload; NULL in tests
 */
#ifndef BFF_APP_FIRST_THREAD_H
#define BFF_APP_FIRST_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "bff/app/generation.h"
#include "bff/http/worker.h"

struct awaited_reloads;

struct first_thread {
    struct generation *first;
    atomic_bool is_ready;
    int bell;
    struct awaited_reloads *waits;
};

void first_thread_init(struct first_thread *thread);

/* For a worker. */
static inline struct first_thread *first_thread_of(const struct worker *worker)
{
    return worker->common->application;
}

/* Wakes the first thread. May be called from any thread. */
void first_thread_ring(const struct first_thread *thread);

/* For the first thread: the bell has rung, and may ring again. */
void first_thread_heard(const struct first_thread *thread);

#endif
