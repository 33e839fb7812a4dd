/* The rows of which streamed.c makes random pages. */
#ifndef TESTS_FLOW_STREAMED_ROWS_H
#define TESTS_FLOW_STREAMED_ROWS_H

#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static size_t item_count; /* of the list part of the next page */

static void ask_own(struct bff_ask *ask)
{
    ask_get(ask, &service, "/p");
    ask_segment(ask, pool_print(ask->pool, "%d", ask->place));
}

static void ask_items(struct bff_ask *ask)
{
    for (size_t i = 0; i < item_count; i++)
        ask_get(ask, &service, i % 2 == 0 ? "/even" : "/odd");
}

static void ask_by_user(struct bff_ask *ask)
{
    struct text id = ask_text(ask, json_get(ask_part(ask, "user"), "id"));

    ask_own(ask);
    ask_segment(ask, id.at == NULL ? TEXT("none") : id);
}

static void count(struct json_print *out, struct json value)
{
    json_print_size(out, json_length(value));
}

static void two_values(struct json_print *out, struct json value)
{
    json_print_json(out, value);
    json_print_json(out, value);
}

static void both(struct json_print *out, const struct json *values, size_t place)
{
    json_print_size(out, json_raw(values[0]).len + 1000 * json_raw(values[1]).len + place);
}

static const struct bff_part rows[] = {
    {.name = "user", .ask = ask_own, .pick = "id name.first"},
    {.name = "plain", .ask = ask_own, .kind = BFF_ANY},
    {.name = "list", .ask = ask_own, .kind = BFF_LIST, .pick = "id name"},
    {.name = "must", .ask = ask_own, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "group", .ask = ask_own, .place = BFF_SPREAD, .pick = "x y.z"},
    {.name = "title", .ask = ask_own, .place = BFF_SPREAD, .pick = "p", .fallback = "{\"p\":0}"},
    {.name = "items", .ask = ask_items, .many = 3, .at_once = 2, .kind = BFF_ANY},
    {.name = "later", .ask = ask_by_user, .after = "user", .timeout_ms = 150},
    {.name = "hidden", .ask = ask_own, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "nothing", .ask = ask_nothing},
};

static const struct bff_field field_rows[] = {
    {.name = "count", .of = "hidden", .print = count},
    {.name = "sum", .of = "hidden plain", .print_all = both},
    {.name = "wrong", .of = "user", .print = two_values},
    {.into = "user.sum", .of = "user hidden", .print_all = both},
    {.into = "list[].sum", .of = "list later", .print_all = both},
};

#endif
