/* See page_query.h. */
#include "bff/base/percent.h"
#include "bff/compose/ask.h"
#include "bff/compose/page_query.h"
#include "bff/http/reply.h"
#include "bff/json/json_print.h"

#define PARTS "parts"

/* A query that is being read. */
struct reading {
    struct pool *pool;
    const struct plan *plan;
    struct text *values; /* one for each row, and one for "parts" at the end */
    struct page_query_fault *fault;
};

static bool fail(struct reading *reading, const char *parameter, const char *message)
{
    *reading->fault = (struct page_query_fault){parameter, message};
    return false;
}

/* Parameters. */

static const struct bff_query *row_of(const struct reading *reading, size_t i)
{
    return &reading->plan->composite->query.rows[i];
}

static size_t count_of(const struct reading *reading) { return reading->plan->query_count; }

static const char *name_of(const struct reading *reading, size_t i)
{
    return i == count_of(reading) ? PARTS : row_of(reading, i)->name;
}

/* Returns the place of the parameter ${name} in the values; -1: nobody reads it. */
static int place_of(const struct reading *reading, struct text name)
{
    int place = plan_query(reading->plan, name);

    if (place < 0 && reading->plan->composite->may_choose && text_is(name, PARTS))
        place = (int)count_of(reading);
    return place;
}

static bool take_parameter(struct reading *reading, struct text parameter)
{
    struct text value = parameter, name = text_cut(&value, '=');
    int place = percent_decode_form(reading->pool, name, &name) == 0 ? place_of(reading, name) : -1;

    if (place < 0)
        return true;
    struct text *out = &reading->values[place];
    if (out->at != NULL)
        return fail(reading, name_of(reading, (size_t)place), "it is there twice");
    if (value.at == NULL)
        value = TEXT("");
    if (percent_decode_form(reading->pool, value, out) != 0)
        return fail(reading, name_of(reading, (size_t)place), "it is not encoded properly");
    return true;
}

/* Values. */

static bool is_number(const struct bff_query *row, struct text value)
{
    uint64_t number = 0;
    bool is_padded = value.len > 1 && value.at[0] == '0';

    return !is_padded && text_number(value, row->max, &number) == 0 && number >= row->min;
}

/* Returns NULL, or what a value must be. */
static const char *wrong_with(struct pool *pool, const struct bff_query *row, struct text value)
{
    if (row->max > 0 && !is_number(row, value))
        return pool_print(pool, "it must be a whole number from %u to %u", row->min, row->max).at;
    if (row->words != NULL && !plan_query_has_word(row, value))
        return pool_print(pool, "it must be one of these: %s", row->words).at;
    if (!ask_is_fit(value))
        return "it must be UTF-8 without control bytes, and not longer than 256 bytes";
    return NULL;
}

static bool check_values(struct reading *reading)
{
    for (size_t i = 0; i < count_of(reading); i++) {
        const struct bff_query *row = row_of(reading, i);
        const char *wrong = NULL;
        if (reading->values[i].at == NULL)
            reading->values[i] = text_of(row->fallback);
        else
            wrong = wrong_with(reading->pool, row, reading->values[i]);
        if (wrong != NULL)
            return fail(reading, row->name, wrong);
    }
    return true;
}

static bool choose(struct reading *reading, struct page_query *out)
{
    struct text names = reading->values[count_of(reading)];
    struct choice *choice;
    const char *wrong;

    if (names.at == NULL)
        return true;
    choice = pool_take(reading->pool, sizeof(*choice));
    wrong = choice_read(reading->pool, reading->plan, names, choice);
    if (wrong != NULL)
        return fail(reading, PARTS, wrong);
    out->choice = choice;
    return true;
}

bool page_query_read(struct pool *pool, const struct plan *plan, struct text query,
                     struct page_query *out, struct page_query_fault *fault)
{
    struct reading reading = {.pool = pool, .plan = plan, .fault = fault};

    *out = (struct page_query){0};
    if (plan->query_count == 0 && !plan->composite->may_choose)
        return true;
    reading.values = pool_zero(pool, (plan->query_count + 1) * sizeof(*reading.values));
    out->values = reading.values;
    while (query.at != NULL)
        if (!take_parameter(&reading, text_cut(&query, '&')))
            return false;
    return check_values(&reading) && choose(&reading, out);
}

static struct text members_of(struct pool *pool, const struct page_query_fault *fault)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_key(&out, "parameter");
    json_print_string(&out, text_of(fault->parameter));
    json_print_key(&out, "message");
    json_print_string(&out, text_of(fault->message));
    return json_print_text(&out);
}

bool page_query_take(struct request *request, const struct plan *plan, struct page_query *out)
{
    struct page_query_fault fault;

    if (page_query_read(request->pool, plan, request->query, out, &fault))
        return true;
    reply_refusal(request, &(struct refusal){.status = 400,
                                             .message = "Bad request",
                                             .members = members_of(request->pool, &fault)});
    return false;
}
