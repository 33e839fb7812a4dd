/*
 * A request for a page below /__bff/: the pages for those who develop frontends, and the JSON
 * behind them. With --mock they are where clients come. With a recorder they are on the listener of
 * operators, too: then the web files are for everybody who reaches it, and the JSON needs
 * admin.token or a unix socket (admin_gate.h). docs/inspect.md describes them.
 *
 * Such a request has a table of steps and a table of pages (inspect_pages.c) of its own. No step of
 * a client's request sees it, and no observer: it is not recorded, counted or limited. Therefore it
 * gets no CORS field either. page_gate.h says which browsers may ask.
 */
#ifndef BFF_APP_INSPECT_REQUEST_H
#define BFF_APP_INSPECT_REQUEST_H

#include <stdint.h>

#include "bff/app/inspect_files.h"
#include "bff/app/request_context.h"

struct inspect_request;

/*
 * A page.
 *
 *   method      "GET" takes HEAD, too
 *   path        after /__bff/; a segment "#" is a number
 *   needs_mocks the page exists only with --mock
 *   body        bytes that the body may have, which must be JSON; 0: it has none
 *   run         a step: it sets inspect->answer and passes, or refuses. The body has come
 */
struct inspect_page {
    const char *method;
    const char *path;
    bool needs_mocks;
    size_t body;
    enum step_result (*run)(struct inspect_request *inspect);
};

/* The pages that answer with JSON, for both listeners; a row whose method is NULL ends them. */
extern const struct inspect_page inspect_pages[];

struct inspect_request {
    struct request_context context;
    const struct inspect_file *file; /* what is asked for: a file, or else ${page} */
    const struct inspect_page *page;
    uint64_t number;         /* the number in the path of ${page}, when it has one */
    struct text answer;      /* JSON, which the page has set; in the request's pool */
    struct text disposition; /* the value of Content-Disposition; absent: none */
};

/* True when ${request} is for such a page, and the configuration has these pages where the request
 * has come. The page need not exist. */
bool inspect_request_is(const struct dispatch *dispatch, const struct request *request);

/* Answers ${request}, for which inspect_request_is is true. What ${dispatch} and ${worker} point to
 * must live as long as the request. */
void inspect_request_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                         struct request *request);

/* Part of inspect_request.c: the step that finds what is asked for. Sets inspect->file, or
 * inspect->page and inspect->number; or refuses or redirects. */
enum step_result inspect_request_found(struct request_context *context);

/* For a page: refuses the request. ${message} needs no escaping. */
enum step_result inspect_request_refuse(struct inspect_request *inspect, int status,
                                        const char *message);

#endif
