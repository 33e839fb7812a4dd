/* See openapi_page.h. */
#include "bff/compose/choice.h"
#include "bff/compose/openapi_page.h"
#include "bff/compose/openapi_reply.h"
#include "bff/compose/openapi_shape.h"

static void print_number(struct json_print *out, const char *name, unsigned number)
{
    json_print_key(out, name);
    json_print_int(out, number);
}

/* Parameters. */

/* Begins an item of the list "parameters", which all composites have: it may be empty. */
static void begin(struct json_print *out, bool *is_first, struct text name, const char *in)
{
    json_print_words(out, *is_first ? "{\"name\":" : ",{\"name\":");
    *is_first = false;
    json_print_string(out, name);
    json_print_words(out, ",\"in\":\"");
    json_print_words(out, in);
    json_print_words(out, "\"");
}

static void print_params(struct json_print *out, const struct plan *plan, bool *is_first)
{
    for (size_t i = 0; i < plan->param_count; i++) {
        begin(out, is_first, plan->params[i], "path");
        json_print_words(out, ",\"required\":true,\"schema\":{\"type\":\"string\",\"minLength\":1,"
                              "\"maxLength\":256}}");
    }
}

static void print_fallback(struct json_print *out, const struct bff_query *row)
{
    if (row->fallback == NULL)
        return;
    json_print_key(out, "default");
    if (row->max > 0)
        json_print_words(out, row->fallback);
    else
        json_print_string(out, text_of(row->fallback));
}

static void print_query(struct json_print *out, const struct bff_query *row, bool *is_first)
{
    begin(out, is_first, text_of(row->name), "query");
    json_print_words(out, ",\"schema\":{");
    json_print_words(out, row->max > 0 ? "\"type\":\"integer\"" : "\"type\":\"string\"");
    if (row->max > 0) {
        print_number(out, "minimum", row->min);
        print_number(out, "maximum", row->max);
    } else if (row->words != NULL) {
        json_print_key(out, "enum");
        json_print_list(out, text_of(row->words), ' ');
    }
    print_fallback(out, row);
    json_print_words(out, "}}");
}

/* The members that a client may ask for: "?parts=user,recentOrders". */
static void print_choice(struct json_print *out, const struct plan *plan, bool *is_first)
{
    struct text *names;
    size_t count = choice_names(out->pool, plan, &names);

    begin(out, is_first, TEXT("parts"), "query");
    json_print_words(
        out, ",\"description\":\"The members of the answer that are wanted. Those that the page "
             "needs are always there.\",\"style\":\"form\",\"explode\":false,\"schema\":"
             "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[");
    for (size_t i = 0; i < count; i++) {
        json_print_words(out, i == 0 ? "" : ",");
        json_print_string(out, names[i]);
    }
    json_print_words(out, "]}}}");
}

static void print_key(struct json_print *out, const struct bff_composite *composite, bool *is_first)
{
    begin(out, is_first, TEXT("Idempotency-Key"), "header");
    json_print_words(
        out, ",\"description\":\"A request with the same key and the same body gets the same "
             "answer, and nothing is changed again.\"");
    if (composite->idempotency == BFF_KEY_REQUIRED)
        json_print_words(out, ",\"required\":true");
    json_print_words(out, ",\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}}");
}

static void print_parameters(struct json_print *out, const struct plan *plan)
{
    const struct bff_composite *composite = plan->composite;
    bool is_first = true;

    json_print_key(out, "parameters");
    json_print_words(out, "[");
    print_params(out, plan, &is_first);
    for (size_t i = 0; i < plan->query_count; i++)
        print_query(out, &composite->query.rows[i], &is_first);
    if (composite->may_choose)
        print_choice(out, plan, &is_first);
    if (plan->changes)
        print_key(out, composite, &is_first);
    json_print_words(out, "]");
}

/* The rest. */

static void print_body(struct json_print *out, const struct types *types,
                       const struct types_page *page)
{
    if (page->body == NULL)
        return;
    json_print_key(out, "requestBody");
    json_print_words(out, "{\"required\":true,\"content\":{\"application/json\":{\"schema\":");
    openapi_shape_print(out, types, page->body);
    json_print_words(out, "}}}");
}

/* A request needs one item of the list. */
static void print_security(struct json_print *out, const struct bff_composite *composite,
                           const struct openapi_about *about)
{
    bool is_key = composite->access == BFF_KEY;

    json_print_key(out, "security");
    json_print_words(out, "[");
    if (composite->access != BFF_PUBLIC) {
        if (!is_key)
            json_print_words(out, "{\"token\":[]}");
        if (!is_key && about->cookie.len > 0)
            json_print_words(out, ",{\"session\":[]}");
        if (about->key_header.len > 0)
            json_print_words(out, is_key ? "{\"key\":[]}" : ",{\"key\":[]}");
    }
    json_print_words(out, "]");
}

static void print_method(struct json_print *out, struct text method)
{
    char lower[16];

    json_print_comma(out);
    json_print_string(out, text_lower(lower, method));
    json_print_words(out, ":{");
}

static struct text operation_of(struct json_print *out, const struct types_page *page)
{
    char lower[16];
    struct text method = text_lower(lower, page->plan->method);

    return pool_print(out->pool, "%.*s%.*s", TEXT_ARGS(method), TEXT_ARGS(page->name));
}

void openapi_page_print(struct json_print *out, const struct types *types,
                        const struct types_page *page, const struct openapi_about *about)
{
    const struct bff_composite *composite = page->plan->composite;

    print_method(out, page->plan->method);
    json_print_key(out, "operationId");
    json_print_string(out, operation_of(out, page));
    json_print_key(out, "summary");
    json_print_string(out, composite->about == NULL ? page->name : text_of(composite->about));
    print_security(out, composite, about);
    print_parameters(out, page->plan);
    print_body(out, types, page);
    openapi_reply_print(out, types, page);
    json_print_words(out, "}");
}
