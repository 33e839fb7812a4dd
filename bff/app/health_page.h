/*
 * The health pages, for load balancers, orchestrators and people: /health, /ready and
 * /health/{service}. They are answered at once from what is known (bff/upstream/health.h): no
 * service is asked, and no login is needed. docs/health.md shows the answers.
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

/* An answer, without the fields that all of them have in common. */
struct health_answer {
    int status;
    const char *content_type;
    struct text body; /* absent: no such service */
};

/* True when ${path} is the path of a health page. The service in it may be unknown. */
bool health_page_is(struct text path);

/*
 * Answers ${request} when its path is one of these: GET and HEAD with the page, OPTIONS with 204,
 * other methods with 405, an unknown service with 404. For any other path it does nothing and
 * returns false. To be called before the login.
 */
bool health_page_serve(const struct health_page *page, struct request *request);

/* The answer for ${path}, for which health_page_is is true. */
struct health_answer health_page_answer(const struct health_page *page, struct text path,
                                        bool is_draining, struct pool *pool);

#endif
