/* The pages for operators: see admin_request.h. */
#include "bff/app/admin_metrics.h"
#include "bff/app/admin_purge.h"
#include "bff/app/admin_reload.h"
#include "bff/app/admin_request.h"
#include "bff/app/admin_revoke.h"
#include "bff/http/own_path.h"
#include "bff/json/json_print.h"

static void print_page(struct json_print *out, const struct admin_page *page)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "method");
    json_print_string(out, text_of(page->method));
    json_print_key(out, "path");
    json_print_string(out, text_of(page->path == NULL ? "/{path}" : page->path));
    json_print_key(out, "about");
    json_print_string(out, text_of(page->about));
    json_print_raw(out, TEXT("}"));
}

/* Lists the pages, so that nobody has to guess. The page of recorded requests is not one of this
 * table (inspect_request.h). */
static enum step_result list(struct admin_request *admin)
{
    static const struct admin_page recorded = {
        "GET", OWN_PATH_TOOLS, "the last requests, for a browser; the page asks for the token",
        NULL};
    struct json_print out;

    json_print_init(&out, admin->context.request->pool);
    json_print_raw(&out, TEXT("{\"pages\":["));
    for (const struct admin_page *page = admin_pages; page->method != NULL; page++) {
        json_print_raw(&out, page == admin_pages ? TEXT("") : TEXT(","));
        print_page(&out, page);
    }
    if (admin->context.dispatch->inspect.record != NULL) {
        json_print_raw(&out, TEXT(","));
        print_page(&out, &recorded);
    }
    json_print_raw(&out, TEXT("]}\n"));
    admin->answer = json_print_text(&out);
    return STEP_PASS;
}

const struct admin_page admin_pages[] = {
    {"GET", "/", "this list", list},
    {"GET", "/metrics", "the metrics, for Prometheus", admin_metrics_get},
    {"POST", "/cache/purge",
     "forgets stored responses; the body is one of {\"path\":\"/a\"}, {\"prefix\":\"/a\"}, "
     "{\"tag\":\"a\"} and {\"all\":true}",
     admin_purge_post},
    {"POST", "/reload", "reads the configuration and its files again", admin_reload_post},
    {"POST", "/revoke",
     "revokes tokens and sessions; the body is one of {\"jti\":\"a\"}, {\"sid\":\"a\"} and "
     "{\"sub\":\"a\"}, perhaps with before (with sub) and until, in seconds since 1970",
     admin_revoke_post},
    {"PURGE", NULL,
     "forgets the stored responses of this path, or with * at its end of all paths "
     "that begin with it",
     admin_purge_path},
    {0},
};
