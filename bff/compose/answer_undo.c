/* See answer_undo.h. */
#include "bff/compose/answer_errors.h"
#include "bff/compose/answer_undo.h"

static const char *outcome_of(const struct run_part *part)
{
    if (!part->undo.is_asked)
        return "kept";
    return part->undo.reason == REASON_NONE ? "done" : "failed";
}

static void print_part(struct json_print *out, const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];

    json_print_string(out, run->request->plan->parts[i].name);
    json_print_raw(out, TEXT(":{\"outcome\":\""));
    json_print_raw(out, text_of(outcome_of(part)));
    json_print_raw(out, TEXT("\""));
    if (part->undo.reason != REASON_NONE) {
        json_print_raw(out, TEXT(","));
        answer_errors_reason(out, part->undo.reason, part->undo.status);
    }
    json_print_raw(out, TEXT("}"));
}

void answer_undo_print(struct json_print *out, const struct run *run)
{
    bool has_any = false;

    for (size_t i = 0; i < run->request->plan->part_count; i++) {
        if (run->parts[i].changed != RUN_CHANGED)
            continue;
        json_print_raw(out, has_any ? TEXT(",") : TEXT(",\"undo\":{"));
        print_part(out, run, i);
        has_any = true;
    }
    if (has_any)
        json_print_raw(out, TEXT("}"));
}
