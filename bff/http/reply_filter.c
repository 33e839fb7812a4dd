/* See reply_filter.h. */
#include "bff/http/reply_filter.h"

void reply_filter_add(struct request *request, struct reply_filter *filter)
{
    struct reply_filter **place = &request->answer.filters;

    while (*place != NULL)
        place = &(*place)->next;
    *place = filter;
    filter->next = NULL;
}

void reply_filter_remove(struct request *request, struct reply_filter *filter)
{
    struct reply_filter **place = &request->answer.filters;

    while (*place != filter)
        place = &(*place)->next;
    *place = filter->next;
}

/* A filter may remove itself. */
void reply_filter_head(struct request *request)
{
    struct reply_filter *next;

    for (struct reply_filter *at = request->answer.filters; at != NULL; at = next) {
        next = at->next;
        if (at->head != NULL)
            at->head(at, request);
    }
}

void reply_filter_data(struct request *request, struct text bytes)
{
    request->answer.filters->data(request->answer.filters, bytes);
}

void reply_filter_flush(struct request *request)
{
    for (struct reply_filter *at = request->answer.filters; at != NULL; at = at->next)
        if (at->flush != NULL)
            at->flush(at);
}

void reply_filter_end(struct request *request, bool is_cut)
{
    for (struct reply_filter *at = request->answer.filters; at != NULL; at = at->next)
        if (at->end != NULL)
            at->end(at, is_cut || request->answer.is_broken);
    request->answer.filters = NULL;
}

void reply_filter_break(struct request *request) { request->answer.is_broken = true; }
