/* See awaited_reload.h. */
#include <stdatomic.h>

#include "bff/app/awaited_reload.h"
#include "bff/base/memory.h"

/* ${lists} has one list of struct awaited_reload for each worker, which only the worker uses. */
struct awaited_reloads {
    unsigned workers;
    atomic_ulong asked;
    atomic_bool is_over;
    h2o_linklist_t *lists;
};

struct awaited_reloads *awaited_reload_new(unsigned workers)
{
    struct awaited_reloads *waits = memory_new(sizeof(*waits));

    waits->workers = workers;
    waits->lists = memory_new(workers * sizeof(*waits->lists));
    for (unsigned i = 0; i < workers; i++)
        h2o_linklist_init_anchor(&waits->lists[i]);
    return waits;
}

unsigned long awaited_reload_asked(const struct awaited_reloads *waits)
{
    return atomic_load(&waits->asked);
}

struct reload_outcome *awaited_reload_outcome(const struct awaited_reloads *waits)
{
    struct reload_outcome *outcome = memory_new(sizeof(*outcome));

    outcome->pool = pool_new();
    atomic_init(&outcome->workers, waits->workers);
    return outcome;
}

static struct awaited_reload *first_until(const h2o_linklist_t *list, unsigned long upto)
{
    for (const h2o_linklist_t *at = list->next; at != list; at = at->next) {
        struct awaited_reload *wait = H2O_STRUCT_FROM_MEMBER(struct awaited_reload, link, at);
        if (wait->ticket <= upto)
            return wait;
    }
    return NULL;
}

/* A call of done may end other waits, so the list is read from its beginning after each. */
static void on_outcome(struct worker *worker, void *cookie)
{
    struct reload_outcome *outcome = cookie;
    const h2o_linklist_t *list = &first_thread_of(worker)->waits->lists[worker->number];
    struct awaited_reload *wait;

    while ((wait = first_until(list, outcome->upto)) != NULL) {
        h2o_linklist_unlink(&wait->link);
        wait->done(wait, outcome);
    }
    if (atomic_fetch_sub(&outcome->workers, 1) > 1)
        return;
    pool_free(outcome->pool);
    memory_free(outcome);
}

void awaited_reload_stop(struct awaited_reloads *waits) { atomic_store(&waits->is_over, true); }

void awaited_reload_tell(struct server *server, struct reload_outcome *outcome)
{
    server_tell_workers(server, on_outcome, outcome);
}

/* The wait is in the list before the first thread can see its ticket. */
bool awaited_reload_begin(struct worker *worker, struct awaited_reload *wait)
{
    struct awaited_reloads *waits = first_thread_of(worker)->waits;

    if (atomic_load(&waits->is_over))
        return false;
    h2o_linklist_insert(&waits->lists[worker->number], &wait->link);
    wait->ticket = atomic_fetch_add(&waits->asked, 1) + 1;
    first_thread_ring(first_thread_of(worker));
    return true;
}

void awaited_reload_end(struct awaited_reload *wait)
{
    if (h2o_linklist_is_linked(&wait->link))
        h2o_linklist_unlink(&wait->link);
}
