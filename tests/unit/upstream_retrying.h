/* For tests of retries and hedges: three endpoints, and a service that retries GET and HEAD. */
#ifndef TESTS_UNIT_UPSTREAM_RETRYING_H
#define TESTS_UNIT_UPSTREAM_RETRYING_H

#define STAGE_SERVICES 3
#include "tests/unit/upstream_stage.h"

static struct text retrying_methods[] = {{"GET", 3}, {"HEAD", 4}, {0}};

static inline int retrying_begin(void **state)
{
    stage_begin(state);
    stage.settings.retry =
        (struct service_retry){.methods = retrying_methods, .budget_percent = 20, .reserve = 10};
    return 0;
}

static inline void retrying_answer(const char *answer)
{
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage.services[i].answer = answer;
}

static inline unsigned retrying_requests(void)
{
    unsigned count = 0;

    for (size_t i = 0; i < STAGE_SERVICES; i++)
        count += stage.services[i].requests;
    return count;
}

/* Waits until the service whose turn it is has the request, and returns it. */
static inline struct stage_service *retrying_await(void)
{
    unsigned before = retrying_requests();

    while (retrying_requests() == before)
        stage_step();
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        if (stage.services[i].requests > 0)
            return &stage.services[i];
    return NULL;
}

#endif
