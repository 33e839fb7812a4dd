/* See inspect_requests.h. */
#include "bff/app/inspect_requests.h"
#include "bff/record/record_json.h"
#include "bff/record/record_scenario.h"

#define LIMIT_MAX 1000
#define LIMIT "100"

/* Returns the value of the parameter ${name}; ${normal} without it. */
static struct text parameter(struct text query, const char *name, const char *normal)
{
    while (query.at != NULL) {
        struct text value = text_cut(&query, '&'), key = text_cut(&value, '=');
        if (text_is(key, name))
            return value;
    }
    return text_of(normal);
}

static enum step_result refuse_gone(struct inspect_request *inspect)
{
    return inspect_request_refuse(inspect, 404, "This request is not recorded, or not any more");
}

enum step_result inspect_requests_get(struct inspect_request *inspect)
{
    const struct inspect_scope *scope = &inspect->context.dispatch->inspect;
    const struct request *request = inspect->context.request;
    struct json_print out;
    uint64_t after, most;

    if (scope->record == NULL)
        return inspect_request_refuse(inspect, 404, "Requests are not recorded");
    if (text_number(parameter(request->query, "after", "0"), INT64_MAX, &after) != 0 ||
        text_number(parameter(request->query, "limit", LIMIT), LIMIT_MAX, &most) != 0 || most == 0)
        return inspect_request_refuse(inspect, 400,
                                      "after must be a number, and limit one from 1 to 1000");
    json_print_init(&out, request->pool);
    record_json_list(&out, scope->record, scope->redact, after, most);
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}

static struct record_entry *find(const struct inspect_request *inspect)
{
    struct record *record = inspect->context.dispatch->inspect.record;

    return record == NULL ? NULL : record_find(record, inspect->number);
}

#define LEAN                                                                                       \
    "its answers were not kept, because nobody looked at /__bff/; recorder.answers: always keeps " \
    "them"

typedef void print_entry(struct json_print *out, const struct record_entry *entry,
                         const struct json_redact *redact);

static enum step_result answer(struct inspect_request *inspect, struct record_entry *entry,
                               print_entry *print)
{
    struct json_print out;

    json_print_init(&out, inspect->context.request->pool);
    print(&out, entry, inspect->context.dispatch->inspect.redact);
    record_entry_release(entry);
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}

enum step_result inspect_requests_get_one(struct inspect_request *inspect)
{
    struct record_entry *entry = find(inspect);

    return entry == NULL ? refuse_gone(inspect) : answer(inspect, entry, record_json_detail);
}

enum step_result inspect_requests_get_fixture(struct inspect_request *inspect)
{
    char digits[TEXT_DIGITS];
    struct text number = text_digits(digits, inspect->number);
    struct record_entry *entry = find(inspect);

    if (entry == NULL)
        return refuse_gone(inspect);
    if (entry->is_lean) {
        record_entry_release(entry);
        return inspect_request_refuse(inspect, 409, LEAN);
    }
    inspect->disposition =
        pool_print(inspect->context.request->pool, "attachment; filename=\"request-%.*s.json\"",
                   TEXT_ARGS(number));
    return answer(inspect, entry, record_scenario_print);
}
