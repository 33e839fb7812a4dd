/* See errand.h. */
#include "bff/http/body.h"
#include "bff/http/errand.h"

bool errand_begin(struct errand *errand, struct request *request, bool keeps_body)
{
    struct worker *worker = request->worker;
    size_t bytes = errand->bytes + (keeps_body ? request_body(request).len : 0);

    if (worker->errand_count == ERRANDS_MAX || worker->errand_bytes + bytes > ERRAND_BYTES_MAX)
        return false;
    worker->errand_bytes += bytes;
    errand->bytes = bytes;
    errand->worker = worker;
    errand->body = keeps_body && request->body != NULL ? body_keep(request->body) : NULL;
    worker->errand_count++;
    h2o_linklist_insert(&worker->errands, &errand->link);
    return true;
}

void errand_end(struct errand *errand)
{
    if (errand->worker == NULL)
        return;
    h2o_linklist_unlink(&errand->link);
    errand->worker->errand_count--;
    errand->worker->errand_bytes -= errand->bytes;
    errand->worker = NULL;
    if (errand->body != NULL)
        h2o_buffer_dispose(&errand->body);
}

void errand_cut_all(struct worker *worker)
{
    for (h2o_linklist_t *link = worker->errands.next; link != &worker->errands; link = link->next) {
        struct errand *errand = H2O_STRUCT_FROM_MEMBER(struct errand, link, link);
        if (errand->cut != NULL)
            errand->cut(errand);
    }
}
