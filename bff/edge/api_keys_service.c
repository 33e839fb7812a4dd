/* See api_keys_service.h. */
#include <h2o.h>

#include "bff/base/memory.h"
#include "bff/base/text_builder.h"
#include "bff/edge/api_keys_service.h"
#include "bff/upstream/fetch.h"

#define BODY_MOST ((size_t)64 * 1024)
#define DEPTH_MOST 8

struct asked {
    struct api_keys_call call;
    struct fetch fetch;
    struct fetch_ask ask;
};

static bool is_nothing(struct json value)
{
    return json_is(value, JSON_NONE) || json_is(value, JSON_NULL);
}

/* Each of these functions reads a member that may be absent or null. It returns false when the
 * member has another kind than it should: that must not count as nothing. */

static bool read_text(struct json value, struct pool *pool, struct text *out)
{
    *out = json_text(value, pool);
    return is_nothing(value) || json_is(value, JSON_STRING);
}

/* A list is joined by ${separator}. */
static bool read_list(struct json value, char separator, struct pool *pool, struct text *out)
{
    struct text_builder all;

    if (!json_is(value, JSON_ARRAY))
        return read_text(value, pool, out);
    text_builder_init(&all, pool, value.len);
    json_each (one, value) {
        if (!json_is(one, JSON_STRING))
            return false;
        if (all.len > 0)
            text_builder_add(&all, (struct text){&separator, 1});
        text_builder_add(&all, json_text(one, pool));
    }
    *out = text_builder_text(&all);
    return true;
}

static bool read_truth(struct json value, struct pool *pool, struct text *out)
{
    if (!json_is(value, JSON_TRUE) && !json_is(value, JSON_FALSE))
        return read_text(value, pool, out);
    *out = json_raw(value);
    return true;
}

bool api_keys_service_read(struct json answer, struct pool *pool, struct api_key_row *row)
{
    *row = (struct api_key_row){0};
    return json_is(answer, JSON_OBJECT) && read_text(json_get(answer, "name"), pool, &row->name) &&
           read_text(json_get(answer, "plan"), pool, &row->plan) &&
           read_text(json_get(answer, "user"), pool, &row->user) &&
           read_list(json_get(answer, "role"), ',', pool, &row->roles) &&
           read_list(json_get(answer, "scopes"), ' ', pool, &row->scopes) &&
           read_truth(json_get(answer, "disabled"), pool, &row->disabled);
}

static void judge(struct asked *asked, struct value *value, enum reason reason, int status)
{
    struct api_key_row row;

    if (reason == REASON_STATUS && status == 404)
        api_keys_call_unknown(&asked->call);
    else if (reason != REASON_NONE)
        api_keys_call_fail(&asked->call, reason_name(reason));
    else if (value == NULL || !api_keys_service_read(value_json(value), asked->call.pool, &row))
        api_keys_call_fail(&asked->call, "the service has answered with something else than a key");
    else
        api_keys_call_tell(&asked->call, &row);
}

static void on_done(struct fetch *fetch, void *cookie)
{
    enum reason reason = fetch->reason;
    int status = fetch->status;
    struct value *value = fetch->value == NULL ? NULL : value_hold(fetch->value);

    fetch_release(fetch);
    judge(cookie, value, reason, status);
    value_release(value);
}

static void stop(struct api_keys_call *call) { fetch_release(&((struct asked *)call)->fetch); }

static struct text headers_of(const struct api_keys_call *call)
{
    struct text_builder out;

    text_builder_init(&out, call->pool, 192);
    text_builder_add(&out, TEXT("accept: application/json\r\naccept-encoding: identity\r\n"));
    text_builder_field(&out, TEXT("x-api-key-sha256"), (struct text){call->hex, API_KEYS_CALL_HEX});
    return text_builder_text(&out);
}

void api_keys_service_start(h2o_linklist_t *calls, struct upstream *upstream,
                            const struct api_keys_settings *settings, const unsigned char *digest,
                            struct verdict_lead *lead)
{
    struct asked *asked = memory_new(sizeof(*asked));

    api_keys_call_begin(&asked->call, calls, settings, digest, lead);
    asked->call.stop = stop;
    asked->ask = (struct fetch_ask){
        .service = settings->service,
        .target = settings->path,
        .headers = headers_of(&asked->call),
        .body_limit = BODY_MOST,
        .depth_limit = DEPTH_MOST,
        .keep_slices = true,
    };
    fetch_start(&asked->fetch, upstream, &asked->ask, on_done, asked);
}
