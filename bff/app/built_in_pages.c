/* See built_in_pages.h. */
#include "bff/app/built_in_backchannel.h"
#include "bff/app/built_in_callback.h"
#include "bff/app/built_in_jwks.h"
#include "bff/app/built_in_login.h"
#include "bff/app/built_in_logout.h"
#include "bff/app/built_in_logout_visit.h"
#include "bff/app/built_in_pages.h"
#include "bff/app/built_in_user.h"
#include "bff/http/method.h"

#define BODY ((size_t)16 * 1024)

static bool has_sessions(const struct dispatch *dispatch) { return dispatch->sessions != NULL; }

const struct built_in_page built_in_pages[] = {
    {"GET", "/bff/user", has_sessions, built_in_user, .shows_tokens = true},
    {"POST", "/bff/logout", has_sessions, built_in_logout, .body = BODY},
    {"GET", BUILT_IN_LOGOUT_VISIT_PATH, has_sessions, built_in_logout_visit, .is_open = true},
    {"GET", "/bff/login", built_in_login_is_there, built_in_login, .is_open = true},
    {"GET", BUILT_IN_LOGIN_CALLBACK, built_in_login_is_there, built_in_callback, .is_open = true},
    {"POST", "/bff/backchannel-logout", built_in_login_is_there, built_in_backchannel, .body = BODY,
     .is_open = true},
    {"GET", "/.well-known/jwks.json", built_in_jwks_is_there, built_in_jwks, .is_open = true},
    {0},
};

static bool takes(const struct built_in_page *page, struct text method)
{
    return text_is(method, page->method) ||
           (text_is(method, "HEAD") && text_is(TEXT("GET"), page->method));
}

static struct text methods_of(const struct built_in_page *page)
{
    return text_is(TEXT("GET"), page->method) ? TEXT("GET, HEAD") : text_of(page->method);
}

bool built_in_pages_find(struct request_context *context)
{
    const struct request *request = context->request;
    struct found *found = &context->found;

    for (const struct built_in_page *page = built_in_pages; page->method != NULL; page++) {
        if (!text_is(request->path, page->path) ||
            (page->is_there != NULL && !page->is_there(context->dispatch)))
            continue;
        found->page = page;
        found->kind = FOUND_BUILT_IN;
        if (takes(page, request->method))
            return true;
        found->allow = method_join(request->pool, found->allow, methods_of(page));
        found->kind = FOUND_OTHER_METHOD;
    }
    return found->page != NULL;
}
