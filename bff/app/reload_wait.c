/* See reload_wait.h. */
#include <stdatomic.h>

#include "bff/app/reload_wait.h"
#include "bff/base/memory.h"
#include "bff/http/server.h"

/* ${lists} has one list of struct reload_wait for each worker, which only the worker uses. */
struct reload_waits {
    struct process *process;
    atomic_ulong asked;
    h2o_linklist_t *lists;
};

struct reload_waits *reload_wait_new(struct process *process)
{
    struct reload_waits *waits = memory_new(sizeof(*waits));

    waits->process = process;
    waits->lists = memory_new(process->settings.workers * sizeof(*waits->lists));
    for (unsigned i = 0; i < process->settings.workers; i++)
        h2o_linklist_init_anchor(&waits->lists[i]);
    return waits;
}

unsigned long reload_wait_asked(const struct reload_waits *waits)
{
    return atomic_load(&waits->asked);
}

struct reload_outcome *reload_wait_outcome(const struct reload_waits *waits)
{
    struct reload_outcome *outcome = memory_new(sizeof(*outcome));

    outcome->pool = pool_new();
    atomic_init(&outcome->workers, waits->process->settings.workers);
    return outcome;
}

static struct reload_waits *waits_of(const struct worker *worker)
{
    return ((struct process *)worker->common->application)->waits;
}

static struct reload_wait *first_until(const h2o_linklist_t *list, unsigned long upto)
{
    for (const h2o_linklist_t *at = list->next; at != list; at = at->next) {
        struct reload_wait *wait = H2O_STRUCT_FROM_MEMBER(struct reload_wait, link, at);
        if (wait->ticket <= upto)
            return wait;
    }
    return NULL;
}

/* A call of done may end other waits, so the list is read from its beginning after each. */
static void on_outcome(struct worker *worker, void *cookie)
{
    struct reload_outcome *outcome = cookie;
    const h2o_linklist_t *list = &waits_of(worker)->lists[worker->number];
    struct reload_wait *wait;

    while ((wait = first_until(list, outcome->upto)) != NULL) {
        h2o_linklist_unlink(&wait->link);
        wait->done(wait, outcome);
    }
    if (atomic_fetch_sub(&outcome->workers, 1) > 1)
        return;
    pool_free(outcome->pool);
    memory_free(outcome);
}

void reload_wait_tell(struct reload_waits *waits, struct reload_outcome *outcome)
{
    server_tell_workers(waits->process->server, on_outcome, outcome);
}

/* The wait is in the list before the first thread can see its ticket. */
bool reload_wait_begin(struct worker *worker, struct reload_wait *wait)
{
    struct reload_waits *waits = waits_of(worker);

    if (atomic_load(&worker->common->is_leaving))
        return false;
    h2o_linklist_insert(&waits->lists[worker->number], &wait->link);
    wait->ticket = atomic_fetch_add(&waits->asked, 1) + 1;
    process_ring(waits->process);
    return true;
}

void reload_wait_end(struct reload_wait *wait)
{
    if (h2o_linklist_is_linked(&wait->link))
        h2o_linklist_unlink(&wait->link);
}
