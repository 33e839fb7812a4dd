/*
 * The health pages, for load balancers, orchestrators and people: /health, /ready and
 * /health/{service}. The server answers them at once, from the results of its health checks
 * (bff/upstream/health.h). It does not ask a service, and the client needs no login. docs/health.md
 * shows the answers.
 */
#ifndef BFF_APP_HEALTH_PAGE_H
#define BFF_APP_HEALTH_PAGE_H

#include <stdbool.h>

#include "bff/app/health_page_stores.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/request.h"
#include "bff/upstream/health.h"

struct health_page {
    struct health *health; /* read only */
    struct health_page_stores stores;
};

/* An answer, without the header fields that all health answers have in common. */
struct health_answer {
    int status;
    const char *content_type;
    struct text body; /* absent: no such service */
};

/* True when ${path} is the path of a health page. The service in it may be unknown. */
bool health_page_is(struct text path);

/*
 * Answers ${request} and returns true when its path is that of a health page: GET and HEAD get the
 * page, OPTIONS gets 204, and other methods get 405. The answer for an unknown service is 404. For
 * any other path this function does nothing and returns false. To be called before the login.
 */
bool health_page_serve(const struct health_page *page, struct request *request);

/* Returns the answer to GET for ${path}, for which health_page_is must be true. */
struct health_answer health_page_answer(const struct health_page *page, struct text path,
                                        bool is_draining, struct pool *pool);

#endif
