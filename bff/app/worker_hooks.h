/* The functions that the server calls in its workers' threads: when a worker begins, for each
 * request, for another generation, and when a worker ends. */
#ifndef BFF_APP_WORKER_HOOKS_H
#define BFF_APP_WORKER_HOOKS_H

#include "bff/app/first_thread.h"
#include "bff/http/server.h"

/* Sets the hooks of ${settings}. Each worker begins with ${thread->first}, and takes over one of
 * the caller's references to it. */
void worker_hooks_set(struct server_settings *settings, struct first_thread *thread);

/*
 * A task for server_tell_workers. ${cookie} is a generation. The worker looks up its host names and
 * then makes it the worker's current generation. The task takes over one of the caller's
 * references. When the worker drains, or has got a later generation in the meantime, it only drops
 * the reference.
 */
void worker_hooks_switch(struct worker *worker, void *cookie);

#endif
