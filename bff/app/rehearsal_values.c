/* See rehearsal_values.h. */
#include <errno.h>
#include <string.h>

#include "bff/app/rehearsal_client.h"
#include "bff/app/rehearsal_values.h"
#include "bff/base/file.h"
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/compose/build.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define DEPTH 128

/* --with. */

static const struct config_rehearsal *asked(const struct rehearsal *rehearsal)
{
    return &rehearsal->generation->config.rehearsal;
}

/* Returns the value that --with gives ${name}; absent: none. */
static struct text given(const struct rehearsal *rehearsal, struct text name)
{
    for (size_t i = 0; i < asked(rehearsal)->with_count; i++) {
        struct text value = text_of(asked(rehearsal)->with[i]);
        if (text_equal(text_cut(&value, '='), name))
            return value;
    }
    return (struct text){0};
}

static const char *unknown(const struct rehearsal *rehearsal, struct text name)
{
    const struct plan *plan = rehearsal->plan;
    struct text_builder out;

    text_builder_init(&out, rehearsal->pool, 128);
    for (size_t i = 0; i < plan->param_count + plan->query_count; i++) {
        text_builder_add(&out, i == 0 ? TEXT("") : TEXT(", "));
        text_builder_add(&out,
                         i < plan->param_count
                             ? plan->params[i]
                             : text_of(plan->composite->query.rows[i - plan->param_count].name));
    }
    struct text known = text_builder_text(&out);
    return pool_print(rehearsal->pool, "--with %.*s: expected NAME=VALUE; %s has %.*s",
                      TEXT_ARGS(name), plan->composite->route,
                      TEXT_ARGS(known.len == 0 ? TEXT("no parameter") : known))
        .at;
}

static const char *check_with(const struct rehearsal *rehearsal)
{
    for (size_t i = 0; i < asked(rehearsal)->with_count; i++) {
        struct text value = text_of(asked(rehearsal)->with[i]), name = text_cut(&value, '=');
        bool is_known =
            plan_param(rehearsal->plan, name) >= 0 || plan_query(rehearsal->plan, name) >= 0;
        if (value.at == NULL || !is_known)
            return unknown(rehearsal, text_of(asked(rehearsal)->with[i]));
    }
    return NULL;
}

/* The body. */

static const char *read_body(struct rehearsal *rehearsal, const char *file)
{
    char *bytes = pool_take(rehearsal->pool, BODY_MAX + 1);
    ssize_t len = file_read(file, bytes, BODY_MAX);

    if (len < 0)
        return pool_print(rehearsal->pool, "--body %s: %s", file, strerror(errno)).at;
    rehearsal->body = (struct text){bytes, (size_t)len};
    if ((size_t)len > BODY_MAX || !json_scan_accepts(bytes, (size_t)len, DEPTH))
        return pool_print(rehearsal->pool, "--body %s: it is not JSON", file).at;
    return NULL;
}

const char *rehearsal_values_begin(struct rehearsal *rehearsal)
{
    const struct plan *plan = rehearsal->plan;
    const char *file = asked(rehearsal)->body, *wrong = check_with(rehearsal);

    rehearsal->params = pool_zero(rehearsal->pool, (plan->param_count + 1) * sizeof(struct text));
    if (wrong != NULL)
        return wrong;
    if (file != NULL && !plan->changes)
        return "--body is for a composite that changes data";
    if (file != NULL)
        return read_body(rehearsal, file);
    if (plan->changes)
        rehearsal->body = json_raw(input_spec_sample(&plan->input, rehearsal->pool, true));
    return NULL;
}

/* Records. */

/* "userId" is of "users", and ":id" of the segment before it; absent: of none. */
static struct text collection_of(const struct rehearsal *rehearsal, struct text param)
{
    const struct plan *plan = rehearsal->plan;
    struct text before = {0};

    if (param.len > 2 && memcmp(param.at + param.len - 2, "Id", 2) == 0)
        return pool_print(rehearsal->pool, "%.*ss", (int)param.len - 2, param.at);
    for (size_t i = 0; i < plan->segment_count && text_is(param, "id"); i++) {
        if (text_is(plan->segments[i], ":id"))
            return before;
        before = plan->segments[i];
    }
    return (struct text){0};
}

static uint16_t port_of(const char *url)
{
    const char *colon = strrchr(url, ':');
    uint64_t port = 0;

    if (colon != NULL)
        text_number(text_of(colon + 1), UINT16_MAX, &port);
    return (uint16_t)port;
}

/* Returns the list of the mock service ${name}; JSON_NONE: it has none. */
static struct json records_of(struct rehearsal *rehearsal, const struct process *process,
                              struct text name)
{
    const char *service = pool_print(rehearsal->pool, "%.*s", TEXT_ARGS(name)).at;
    const char *url = process->mocks->url(process->mock, service);
    struct rehearsal_answer answer;

    if (url == NULL)
        return (struct json){0};
    struct text request =
        pool_print(rehearsal->pool,
                   "GET /%s?limit=%d HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
                   service, REHEARSAL_RECORDS);
    if (rehearsal_client_ask(rehearsal->pool, port_of(url), request, &answer) != NULL ||
        answer.status != 200 || !json_scan_accepts(answer.body.at, answer.body.len, DEPTH))
        return (struct json){0};
    return json_of(answer.body);
}

static struct text id_of(struct rehearsal *rehearsal, const struct process *process,
                         struct text param, size_t attempt)
{
    struct text collection = collection_of(rehearsal, param);

    if (collection.len == 0)
        return (struct text){0};
    struct json list = records_of(rehearsal, process, collection);
    return json_text(json_get(json_item(list, attempt), "id"), rehearsal->pool);
}

/* The path. */

static void add_encoded(struct text_builder *out, struct text value)
{
    out->len += percent_encode(text_builder_room(out, PERCENT_ENCODED_MAX(value.len)), value);
}

static struct text path_of(const struct rehearsal *rehearsal)
{
    const struct plan *plan = rehearsal->plan;
    struct text_builder out;
    bool has_query = false;

    text_builder_init(&out, rehearsal->pool, 128);
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct text segment = plan->segments[i];
        text_builder_add(&out, TEXT("/"));
        if (text_starts(segment, TEXT(":")))
            add_encoded(&out, rehearsal->params[plan_param(plan, text_after(segment, 1))]);
        else
            text_builder_add(&out, segment);
    }
    for (size_t i = 0; i < plan->query_count; i++) {
        struct text name = text_of(plan->composite->query.rows[i].name);
        struct text value = given(rehearsal, name);
        if (value.at == NULL)
            continue;
        text_builder_add(&out, has_query ? TEXT("&") : TEXT("?"));
        add_encoded(&out, name);
        text_builder_add(&out, TEXT("="));
        add_encoded(&out, value);
        has_query = true;
    }
    return text_builder_text(&out);
}

const char *rehearsal_values_set(struct rehearsal *rehearsal, const struct process *process,
                                 size_t attempt)
{
    const struct plan *plan = rehearsal->plan;

    for (size_t i = 0; i < plan->param_count; i++) {
        struct text value = given(rehearsal, plan->params[i]);
        if (value.at == NULL)
            value = id_of(rehearsal, process, plan->params[i], attempt);
        if (value.len == 0)
            return pool_print(rehearsal->pool,
                              "no mock service has a record for the parameter \"%.*s\"; say "
                              "--with %.*s=VALUE",
                              TEXT_ARGS(plan->params[i]), TEXT_ARGS(plan->params[i]))
                .at;
        rehearsal->params[i] = value;
    }
    rehearsal->path = path_of(rehearsal);
    return NULL;
}
