/* See answer_fields.h. */
#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/compose/answer_fields.h"

void answer_fields_init(struct answer_fields *fields, const struct run *run)
{
    fields->run = run;
    fields->has_told = false;
    json_print_init(&fields->out, run->request->pool);
}

/* Returns false when a part was rejected. */
static bool read_values(const struct run *run, const struct plan_field *field, struct json object,
                        struct json *values)
{
    must(field->of_count > 0);
    for (size_t i = 0; i < field->of_count; i++) {
        const struct run_part *part = &run->parts[field->of[i]];
        if (!part->is_settled || part->reason != REASON_NONE)
            return false;
        values[i] = field->of[i] == field->into ? object : part->value;
    }
    return true;
}

/* The function of a member has printed two values, or a part of one. One event an answer is enough,
 * because a list may have the member in a thousand items. */
static void tell_mistake(struct answer_fields *fields, const struct plan_field *field)
{
    const char *name = field->row->into != NULL ? field->row->into : field->row->name;

    if (fields->has_told)
        return;
    fields->has_told = true;
    log_event("bad_member",
              (struct log_field[]){{"composite", .text = fields->run->request->plan->path},
                                   {"member", .text = text_of(name)},
                                   {"message", .text = TEXT("its function has not printed exactly "
                                                            "one value, so the member is null")},
                                   {0}});
}

/* Calls the function of ${field}. Returns what it has printed; absent: nothing that is one value.
 */
static struct text call_print(struct answer_fields *fields, const struct plan_field *field,
                              const struct json *values, size_t place)
{
    struct json_print *out = &fields->out;

    json_print_begin(out);
    if (field->row->print_all != NULL)
        field->row->print_all(out, values, place);
    else
        field->row->print(out, values[0]);
    struct text value = json_print_value(out);
    if (value.at == NULL && json_print_text(out).len > out->begin)
        tell_mistake(fields, field);
    return value;
}

struct text answer_fields_print(struct answer_fields *fields, size_t i, struct json object,
                                size_t place)
{
    const struct plan_field *field = &fields->run->request->plan->fields[i];
    struct json values[BFF_PARTS_MAX];
    struct text value = {0};

    if (read_values(fields->run, field, object, values))
        value = call_print(fields, field, values, place);
    return value.at == NULL ? TEXT("null") : value;
}

static struct text print(void *cookie, size_t field, struct json object, size_t place)
{
    return answer_fields_print(cookie, field, object, place);
}

struct pick_fill answer_fields_fill(struct answer_fields *fields, const struct plan_part *part)
{
    size_t count = part->pick->list_count + 1;

    return (struct pick_fill){
        .print = print,
        .cookie = fields,
        .counts = pool_zero(fields->run->request->pool, count * sizeof(size_t)),
    };
}
