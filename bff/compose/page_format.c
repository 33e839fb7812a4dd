/* See page_format.h. */
#include "bff/base/quality.h"
#include "bff/compose/page_format.h"

#define UNNAMED (-1)

/* What has been read of the field: the weights in thousandths. */
struct weights {
    enum page_format stream; /* the best stream so far */
    int best;                /* its weight; 0: none */
    int json;                /* of application/json; UNNAMED: the field does not name it */
    int application;         /* of application/ with a star */
    int any;                 /* of a range with two stars */
};

/* Returns the weight of a member, and removes the parameters from ${*member}. Returns -1 when the
 * weight is malformed. The type's own parameters do not matter. */
static int weight_cut(struct text *member)
{
    struct text rest = *member;
    int weight = QUALITY_WHOLE;

    *member = text_trim(text_cut(&rest, ';'));
    while (rest.at != NULL) {
        struct text value = text_trim(text_cut(&rest, ';'));
        struct text name = text_trim(text_cut(&value, '='));
        if (value.at != NULL && text_equal_nocase(name, TEXT("q")))
            weight = quality_read(text_trim(value));
    }
    return weight;
}

static enum page_format stream_of(struct text type)
{
    if (text_equal_nocase(type, TEXT("application/x-ndjson")))
        return PAGE_FORMAT_LINES;
    if (text_equal_nocase(type, TEXT("text/event-stream")))
        return PAGE_FORMAT_EVENTS;
    if (text_equal_nocase(type, TEXT("multipart/mixed")))
        return PAGE_FORMAT_PARTS;
    return PAGE_FORMAT_JSON;
}

static void keep_larger(int *weight, int other)
{
    if (other > *weight)
        *weight = other;
}

static void take(struct weights *weights, struct text member)
{
    int weight = weight_cut(&member);
    enum page_format stream = stream_of(member);

    if (weight < 0)
        return;
    if (stream != PAGE_FORMAT_JSON && weight > weights->best) {
        weights->stream = stream;
        weights->best = weight;
    } else if (text_equal_nocase(member, TEXT("application/json"))) {
        keep_larger(&weights->json, weight);
    } else if (text_equal_nocase(member, TEXT("application/*"))) {
        keep_larger(&weights->application, weight);
    } else if (text_equal(member, TEXT("*/*"))) {
        keep_larger(&weights->any, weight);
    }
}

/* The most precise range that contains JSON counts. */
static int weight_of_range(const struct weights *weights)
{
    return weights->application != UNNAMED ? weights->application : weights->any;
}

enum page_format page_format_choose(struct text accept)
{
    struct weights weights = {.json = UNNAMED, .application = UNNAMED, .any = UNNAMED};
    bool is_json;

    while (accept.at != NULL)
        take(&weights, text_trim(text_cut(&accept, ',')));
    if (weights.best == 0)
        return PAGE_FORMAT_JSON;
    if (weights.json != UNNAMED)
        is_json = weights.json >= weights.best;
    else
        is_json = weight_of_range(&weights) > weights.best;
    return is_json ? PAGE_FORMAT_JSON : weights.stream;
}
