/* What the server calls in its workers' threads: begin, requests, another generation, end. */
#ifndef BFF_APP_WORKER_HOOKS_H
#define BFF_APP_WORKER_HOOKS_H

#include "bff/app/generation.h"
#include "bff/http/server.h"

/* Sets the hooks of ${settings}, whose application is the first generation. Each worker takes over
 * one hold of the caller when it begins. */
void worker_hooks_set(struct server_settings *settings, struct generation *first);

/*
 * A task for server_tell_workers: the worker prepares ${cookie}, a generation, and makes it its
 * current one when its names have been looked up. It takes over one hold of the caller. A worker
 * that drains, or that has got a later generation meanwhile, only releases it.
 */
void worker_hooks_switch(struct worker *worker, void *cookie);

#endif
