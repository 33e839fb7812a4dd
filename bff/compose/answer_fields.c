/* See answer_fields.h. */
#include "bff/base/check.h"
#include "bff/compose/answer_fields.h"

void answer_fields_init(struct answer_fields *fields, const struct run *run)
{
    fields->run = run;
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

struct text answer_fields_print(struct answer_fields *fields, size_t i, struct json object,
                                size_t place)
{
    const struct plan_field *field = &fields->run->request->plan->fields[i];
    struct json_print *out = &fields->out;
    size_t before = json_print_text(out).len;
    struct json values[BFF_PARTS_MAX];

    if (read_values(fields->run, field, object, values)) {
        if (field->row->print_all != NULL)
            field->row->print_all(out, values, place);
        else
            field->row->print(out, values[0]);
    }
    if (json_print_text(out).len == before)
        json_print_null(out);
    struct text all = json_print_text(out);
    return (struct text){all.at + before, all.len - before};
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
