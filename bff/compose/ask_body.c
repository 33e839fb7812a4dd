/* The bodies of calls that change data. See compose_change.h and ask_describe.h. */
#include <stdint.h>

#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"
#include "bff/json/json_print.h"

#define LEVELS_MAX 32 /* of objects and lists in a body */

/* A body that is being written. */
struct ask_body {
    struct json_print out;
    unsigned depth; /* open objects and lists; 1: only the body itself */
    uint64_t lists; /* bit ${depth}: that one is a list */
};

/* Reading. */

struct json ask_input(struct bff_ask *ask, const char *path)
{
    const struct plan *plan = ask->plan;
    struct text name = text_of(path);

    if (!plan->changes)
        ask_mistake(ask, "%s: only a POST, PUT, PATCH or DELETE has a body", "ask_input");
    if (name.len == 0)
        return ask->input;
    if (!input_spec_has(&plan->input, name)) {
        ask_mistake(ask, "ask_input names \"%s\", which no row of .body has", path);
        return (struct json){0};
    }
    return json_path(ask->input, path);
}

/* Writing. */

/* A mistake that depends on data may come only at a request: then the call is not made. */
static void wrong(struct bff_ask *ask, struct ask_call *call, const char *format, const char *by)
{
    if (ask->is_rehearsal)
        ask_mistake(ask, format, by);
    call->is_skipped = true;
}

/* Returns the call that gets a body. NULL: there is none that can have one. */
static struct ask_call *call_of(struct bff_ask *ask, const char *by)
{
    struct ask_call *call = ask_current(ask);

    if (call == NULL || call->method.at != NULL)
        return call;
    wrong(ask, call, "%s after ask_get: such a call has no body", by);
    return NULL;
}

static struct ask_body *begin(struct bff_ask *ask)
{
    struct ask_body *body = pool_zero(ask->pool, sizeof(*body));

    json_print_init(&body->out, ask->pool);
    json_print_raw(&body->out, TEXT("{"));
    body->depth = 1;
    return body;
}

static bool is_list(const struct ask_body *body) { return (body->lists >> body->depth & 1) != 0; }

/* Prints what stands before a value. */
static void put_name(struct ask_body *body, const char *name)
{
    struct text text = json_print_text(&body->out);

    if (name != NULL)
        json_print_key(&body->out, name);
    else if (text.at[text.len - 1] != '[')
        json_print_raw(&body->out, TEXT(","));
}

/* The function ${by} writes the value of ${name}. Returns where; NULL: it cannot. */
static struct ask_body *write_at(struct bff_ask *ask, const char *by, const char *name)
{
    struct ask_call *call = call_of(ask, by);

    if (call == NULL)
        return NULL;
    if (call->body.at != NULL) {
        wrong(ask, call, "%s after ask_body", by);
        return NULL;
    }
    if (ask->body == NULL)
        ask->body = begin(ask);
    if (is_list(ask->body) != (name == NULL)) {
        wrong(ask, call, "%s: a member of an object needs a name, and an item of a list has NULL",
              by);
        return NULL;
    }
    put_name(ask->body, name);
    return ask->body;
}

/* The value is missing, so there is nothing to send. */
static void skip(struct bff_ask *ask)
{
    struct ask_call *call = ask_current(ask);

    if (call != NULL)
        call->is_skipped = true;
}

void ask_body_text(struct bff_ask *ask, const char *name, struct text text)
{
    struct ask_body *body = write_at(ask, "ask_body_text", name);

    if (text.at == NULL || !text_is_utf8(text))
        skip(ask);
    else if (body != NULL)
        json_print_string(&body->out, text);
}

void ask_body_number(struct bff_ask *ask, const char *name, int64_t number)
{
    struct ask_body *body = write_at(ask, "ask_body_number", name);

    if (body != NULL)
        json_print_int(&body->out, number);
}

void ask_body_bool(struct bff_ask *ask, const char *name, bool value)
{
    struct ask_body *body = write_at(ask, "ask_body_bool", name);

    if (body != NULL)
        json_print_bool(&body->out, value);
}

void ask_body_member(struct bff_ask *ask, const char *name, struct json value)
{
    struct ask_body *body = write_at(ask, "ask_body_member", name);

    if (json_is(value, JSON_NONE))
        skip(ask);
    else if (body != NULL)
        json_print_json(&body->out, value);
}

static void open_one(struct bff_ask *ask, const char *by, const char *name, bool is_a_list)
{
    struct ask_body *body = write_at(ask, by, name);

    if (body == NULL)
        return;
    if (body->depth == LEVELS_MAX) {
        wrong(ask, ask_current(ask), "%s: the body has too many levels", by);
        return;
    }
    json_print_raw(&body->out, is_a_list ? TEXT("[") : TEXT("{"));
    body->depth++;
    body->lists &= ~(UINT64_C(1) << body->depth);
    body->lists |= (uint64_t)is_a_list << body->depth;
}

void ask_body_begin(struct bff_ask *ask, const char *name)
{
    open_one(ask, "ask_body_begin", name, false);
}

void ask_body_begin_list(struct bff_ask *ask, const char *name)
{
    open_one(ask, "ask_body_begin_list", name, true);
}

static void close_one(struct ask_body *body)
{
    json_print_raw(&body->out, is_list(body) ? TEXT("]") : TEXT("}"));
    body->depth--;
}

void ask_body_end(struct bff_ask *ask)
{
    struct ask_call *call = call_of(ask, "ask_body_end");

    if (call == NULL)
        return;
    if (ask->body == NULL || ask->body->depth == 1)
        wrong(ask, call, "%s without ask_body_begin", "ask_body_end");
    else
        close_one(ask->body);
}

void ask_body(struct bff_ask *ask, struct json body)
{
    struct ask_call *call = call_of(ask, "ask_body");

    if (call == NULL)
        return;
    if (ask->body != NULL || call->body.at != NULL)
        wrong(ask, call, "%s: the call has a body", "ask_body");
    if (ask->is_rehearsal && !json_is(body, JSON_NONE) &&
        !json_scan_accepts(body.at, body.len, JSON_DEPTH_MAX))
        wrong(ask, call, "%s: that is not JSON", "ask_body");
    call->is_skipped |= json_is(body, JSON_NONE);
    call->body = json_raw(body);
}

void ask_body_close(struct bff_ask *ask, struct ask_call *call)
{
    struct ask_body *body = ask->body;

    if (body == NULL)
        return;
    if (body->depth > 1)
        wrong(ask, call, "%s is missing at the end of the body", "ask_body_end");
    while (body->depth > 0)
        close_one(body);
    call->body = json_print_text(&body->out);
    ask->body = NULL;
}
