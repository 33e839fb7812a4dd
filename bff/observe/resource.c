/* See resource.h. */
#include <stdio.h>
#include <unistd.h>

#include "bff/base/percent.h"
#include "bff/observe/resource.h"
#include "bff/observe/span.h"
#include "bff/observe/span_encode.h"

#define RESOURCE_ATTRIBUTES 1 /* the field of a message Resource */
#define HOST_SIZE 256
#define INSTANCE_SIZE (HOST_SIZE + 16)

static void put(struct text_builder *out, struct text key, struct text value)
{
    const struct span_attribute attribute = {.type = SPAN_TEXT, .key = key, .text = value};

    if (value.len > 0)
        span_encode_attributes(out, RESOURCE_ATTRIBUTES, &attribute, 1);
}

/* Cuts the next attribute from ${*list}. Returns false when it is not one. */
static bool next(struct pool *pool, struct text *list, struct text *key, struct text *value)
{
    struct text rest = text_trim(text_cut(list, ','));

    *key = text_trim(text_cut(&rest, '='));
    return rest.at != NULL && key->len > 0 && percent_decode(pool, text_trim(rest), value) == 0;
}

/* True for a key that has its value from somewhere else. */
static bool is_own(struct text key)
{
    static const char *const own[] = {"service.name", "process.pid", "telemetry.sdk.name",
                                      "telemetry.sdk.language"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (text_is(key, own[i]))
            return true;
    return false;
}

/* Adds the operator's attributes. Returns true when one of them is ${wanted}. */
static bool put_attributes(struct text_builder *out, struct text list, struct text wanted)
{
    struct pool *pool = pool_new();
    struct text key, value;
    bool has_wanted = false;

    while (list.at != NULL && next(pool, &list, &key, &value)) {
        if (!is_own(key))
            put(out, key, value);
        has_wanted |= text_equal(key, wanted);
    }
    pool_free(pool);
    return has_wanted;
}

void resource_put(struct text_builder *out, const struct tracing_settings *settings)
{
    char host[HOST_SIZE] = "", instance[INSTANCE_SIZE];
    const struct span_attribute pid = {
        .type = SPAN_NUMBER, .key = TEXT("process.pid"), .number = getpid()};

    gethostname(host, sizeof(host) - 1);
    snprintf(instance, sizeof(instance), "%s:%d", host, (int)getpid());
    put(out, TEXT("service.name"), settings->service_name);
    if (!put_attributes(out, settings->attributes, TEXT("service.instance.id")))
        put(out, TEXT("service.instance.id"), text_of(instance));
    put(out, TEXT("host.name"), text_of(host));
    span_encode_attributes(out, RESOURCE_ATTRIBUTES, &pid, 1);
    put(out, TEXT("telemetry.sdk.name"), TEXT("bff"));
    put(out, TEXT("telemetry.sdk.language"), TEXT("c"));
}
