/* See built_in_pages.h. */
#include "bff/app/built_in_jwks.h"
#include "bff/app/built_in_pages.h"
#include "bff/http/method.h"

const struct built_in_page built_in_pages[] = {
    {.method = "GET",
     .path = "/.well-known/jwks.json",
     .is_there = built_in_jwks_is_there,
     .run = built_in_jwks,
     .is_open = true},
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
