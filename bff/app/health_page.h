/*
 * What the server says of its own health, for load balancers, orchestrators and people: /health,
 * /ready and /health/{service}. Answered at once from what is known (bff/upstream/health.h); no
 * service is asked for it, and nobody has to be signed in. docs/health.md shows the answers.
 */
#ifndef BFF_APP_HEALTH_PAGE_H
#define BFF_APP_HEALTH_PAGE_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/request.h"
#include "bff/upstream/health.h"

struct health_page {
    struct health *health; /* read only */
};

/* An answer without what all of them have in common. */
struct health_answer {
    int status;
    const char *content_type;
    struct text body; /* absent: there is no such service */
};

/* True when ${path} is one of these pages', whether there is such a service or not. */
bool health_page_is(struct text path);

/*
 * Answers ${request} when its path is one of these, by GET and HEAD only: 405 for other methods,
 * 204 for OPTIONS, 404 for a service that there is not. Returns false, and has done nothing, for
 * any other path. To be called before login.
 */
bool health_page_serve(const struct health_page *page, struct request *request);

/* The answer for ${path}, for which health_page_is. */
struct health_answer health_page_answer(const struct health_page *page, struct text path,
                                        bool is_draining, struct pool *pool);

#endif
