/*
 * A request of an operator. It comes to the listener admin.listen and has a table of pages of its
 * own (admin_pages.c); no step of a client's request sees it.
 *
 * Everything but the health pages and /metrics needs admin.token or a unix socket (admin_gate.h). A
 * browser on the machine of an operator reaches the listener, too. So a web page must not be able
 * to make the browser send a request, or read an answer:
 *
 *   - a request with Origin comes from a web page
 *   - a body must be application/json, which a form cannot send
 *   - the host in the URL is one of ours. A web page may have a name of its own that leads to this
 *     address (DNS rebinding)
 */
#ifndef BFF_APP_ADMIN_REQUEST_H
#define BFF_APP_ADMIN_REQUEST_H

#include "bff/app/awaited_reload.h"
#include "bff/app/request_context.h"
#include "bff/cache/cache_redis.h"
#include "bff/edge/revocation_tell.h"

struct admin_request;

/*
 * A page.
 *
 *   method   "GET" takes HEAD, too
 *   path     exactly; NULL: every path
 *   about    for the list of pages
 *   run      a step: it sets admin->answer or admin->pieces, and passes, refuses or waits. With
 *            POST, the whole body has come
 */
struct admin_page {
    const char *method;
    const char *path;
    const char *about;
    enum step_result (*run)(struct admin_request *admin);
};

/* The pages; a row whose method is NULL ends them. */
extern const struct admin_page admin_pages[];

struct admin_request {
    struct request_context context;
    const struct admin_page *page; /* set by the step "found" */
    struct text answer;            /* which the page has set; in the request's pool */
    const char *type;              /* its Content-Type; NULL: JSON */
    const struct text *pieces;     /* the answer in pieces, in the pool; NULL: ${answer} has it */
    size_t piece_count;

    struct cache_redis_purge told;  /* of a page that tells Redis of a purge */
    struct revocation_tell revoked; /* the same for a revocation */
    struct awaited_reload reload;   /* of a page that waits for a reload */
};

/* Answers ${request}. What ${dispatch} and ${worker} point to must live as long as the request. */
void admin_request_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request);

/* For a page: refuses the request. ${message} needs no escaping. */
enum step_result admin_request_refuse(struct admin_request *admin, int status, const char *message);

#endif
