/* See answer_errors.h. */
#include "bff/compose/answer_errors.h"

void answer_errors_reason(struct json_print *out, enum reason reason, int status)
{
    json_print_raw(out, TEXT("\"reason\":\""));
    json_print_raw(out, text_of(reason_name(reason)));
    json_print_raw(out, TEXT("\""));
    if (status == 0)
        return;
    json_print_raw(out, TEXT(",\"status\":"));
    json_print_int(out, status);
}

/* Prints one error. ${at} is the place of the item in its list, or -1 for a part that is not a
 * list. */
static void print_error(struct json_print *out, struct text name, int64_t at,
                        const struct run_item *how)
{
    json_print_comma(out);
    json_print_raw(out, TEXT("\""));
    json_print_raw(out, name);
    if (at >= 0) {
        json_print_raw(out, TEXT("["));
        json_print_int(out, at);
        json_print_raw(out, TEXT("]"));
    }
    json_print_raw(out, TEXT("\":{"));
    answer_errors_reason(out, how->reason, how->status);
    json_print_raw(out, TEXT("}"));
}

void answer_errors_part(struct json_print *out, const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];
    struct text name = run->request->plan->parts[i].name;

    if (part->reason != REASON_NONE) {
        struct run_item how = {.reason = part->reason, .status = part->status};
        print_error(out, name, -1, &how);
        return;
    }
    for (size_t at = 0; at < part->item_count; at++)
        if (part->items[at].reason != REASON_NONE)
            print_error(out, name, (int64_t)at, &part->items[at]);
}

void answer_errors_all(struct json_print *out, const struct run *run)
{
    json_print_raw(out, TEXT("{"));
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        answer_errors_part(out, run, i);
    json_print_raw(out, TEXT("}"));
}
