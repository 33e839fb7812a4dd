/* See types_answer.h. */
#include "bff/compose/choice.h"
#include "bff/compose/types_answer.h"
#include "bff/compose/types_fates.h"

/* Returns the shape of ${value} and nothing else. */
static const struct shape *exactly(struct pool *pool, struct json value)
{
    struct shape *shape = shape_new(pool, shape_kind_of(value));
    struct json *kept = pool_take(pool, sizeof(*kept));

    *kept = value;
    shape->values = kept;
    shape->value_count = 1;
    return shape;
}

/* Returns the shape of one text of ${texts}. */
static const struct shape *words(struct pool *pool, const struct text *texts, size_t count)
{
    struct shape *shape = shape_new(pool, SHAPE_TEXT);
    struct json *values = pool_zero(pool, (count + 1) * sizeof(*values));

    for (size_t i = 0; i < count; i++) {
        struct json_print out;
        json_print_init(&out, pool);
        json_print_string(&out, texts[i]);
        values[i] = json_of(json_print_text(&out));
    }
    shape->values = values;
    shape->value_count = count;
    return shape;
}

static const struct shape *or_null(struct pool *pool, const struct shape *shape)
{
    return (shape->kinds & SHAPE_NULL) != 0
               ? shape
               : shape_either(pool, shape, shape_new(pool, SHAPE_NULL));
}

/* False when the answer may have the fallback of the part, or no value of it. */
static bool is_always_there(const struct plan_part *part)
{
    return part->row->need == BFF_REQUIRED && part->row->when == NULL;
}

const struct shape *types_answer_member(const struct types_answer *of, size_t i)
{
    const struct plan_part *part = &of->plan->parts[i];
    const struct shape *shape = of->shapes->parts[i];
    struct json fallback = part->fallback;
    bool is_list = (shape->kinds & SHAPE_LIST) != 0;

    if (is_always_there(part) || shape->kinds == SHAPE_ANYTHING)
        return shape;
    if (json_is(fallback, JSON_ARRAY) && json_length(fallback) == 0 && is_list)
        return shape;
    if (json_is(fallback, JSON_NULL))
        return or_null(of->pool, shape);
    return shape_either(of->pool, shape, exactly(of->pool, fallback));
}

/* The answer. */

static size_t count_members(const struct types_answer *of)
{
    size_t count = of->plan->part_count + of->plan->field_count + 3;

    for (size_t i = 0; i < of->plan->part_count; i++)
        if (of->plan->parts[i].row->place == BFF_SPREAD)
            count += of->shapes->parts[i]->member_count;
    return count;
}

struct making {
    const struct types_answer *of;
    struct shape *shape;
    size_t capacity;
};

static void add(struct making *making, struct text name, bool is_required,
                const struct shape *shape)
{
    struct shape_member member = {.name = name, .is_required = is_required, .shape = shape};

    shape_member_add(making->of->pool, making->shape, making->capacity, member);
}

/* When an optional part is rejected, its members are those of the fallback, or none. */
static void add_spread(struct making *making, size_t i)
{
    const struct shape *shape = making->of->shapes->parts[i];
    bool is_required = is_always_there(&making->of->plan->parts[i]);

    for (size_t m = 0; m < shape->member_count; m++)
        add(making, shape->members[m].name, is_required && shape->members[m].is_required,
            shape->members[m].shape);
}

static void add_part(struct making *making, size_t i)
{
    const struct plan *plan = making->of->plan;
    const struct plan_part *part = &plan->parts[i];

    if (part->row->place == BFF_MEMBER)
        add(making, part->name, !choice_may_omit(plan, i), types_answer_member(making->of, i));
    else if (part->row->place == BFF_SPREAD)
        add_spread(making, i);
}

static const struct shape *field_shape(const struct types_answer *of, size_t i)
{
    const struct plan_field *field = &of->plan->fields[i];
    const struct shape *shape = of->shapes->fields[i];

    if (field->row->concat != NULL)
        return shape;
    for (size_t at = 0; at < field->of_count; at++)
        if (of->plan->parts[field->of[at]].row->need != BFF_REQUIRED)
            return or_null(of->pool, shape);
    return shape;
}

/* A field is there when all visible parts that it reads are. One that reads only hidden parts is
 * there when it is named. */
static bool field_is_chosen(const struct plan *plan, const struct plan_field *field)
{
    size_t visible = 0;

    for (size_t i = 0; i < field->of_count; i++) {
        if (plan->parts[field->of[i]].row->place == BFF_HIDDEN)
            continue;
        if (choice_may_omit(plan, (size_t)field->of[i]))
            return true;
        visible++;
    }
    return plan->composite->may_choose && visible == 0;
}

static void add_fields(struct making *making)
{
    const struct plan *plan = making->of->plan;

    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART)
            add(making, text_of(plan->fields[i].row->name),
                !field_is_chosen(plan, &plan->fields[i]), field_shape(making->of, i));
}

static void add_end(struct making *making)
{
    struct pool *pool = making->of->pool;
    bool is_stamped = making->of->plan->composite->is_stamped;
    struct shape *time = shape_new(pool, SHAPE_TEXT);
    const struct shape *partial =
        is_stamped ? shape_new(pool, SHAPE_BOOL) : exactly(pool, json_of(TEXT("true")));

    time->format = TEXT("date-time");
    if (is_stamped)
        add(making, TEXT("loadedAt"), true, time);
    add(making, TEXT("partialFailure"), is_stamped, partial);
    add(making, TEXT("errors"), false, making->of->errors);
}

const struct shape *types_answer_shape(const struct types_answer *of)
{
    struct making making = {
        .of = of,
        .shape = shape_new(of->pool, SHAPE_OBJECT),
        .capacity = count_members(of),
    };

    if (of->plan->composite->about != NULL)
        making.shape->about = text_of(of->plan->composite->about);
    for (size_t i = 0; i < of->plan->part_count; i++)
        add_part(&making, i);
    add_fields(&making);
    add_end(&making);
    return making.shape;
}

/* The failure. */

static const struct shape *reason_words(struct pool *pool, unsigned reasons)
{
    struct text names[REASON_COUNT];
    size_t count = 0;

    for (unsigned i = 0; i < REASON_COUNT; i++)
        if ((reasons & (1u << i)) != 0)
            names[count++] = text_of(reason_name((enum reason)i));
    return words(pool, names, count);
}

/* What became of the changes of the parts that change data. */
static const struct shape *undo_shape(const struct types_answer *of, unsigned reasons)
{
    static const struct text outcomes[] = {{"done", 4}, {"failed", 6}, {"kept", 4}};
    struct making outcome = {.of = of, .shape = shape_new(of->pool, SHAPE_OBJECT), .capacity = 3};
    struct making undo = {
        .of = of, .shape = shape_new(of->pool, SHAPE_OBJECT), .capacity = of->plan->part_count + 1};

    add(&outcome, TEXT("outcome"), true, words(of->pool, outcomes, 3));
    add(&outcome, TEXT("reason"), false, reason_words(of->pool, reasons));
    add(&outcome, TEXT("status"), false, shape_new(of->pool, SHAPE_INTEGER));
    undo.shape->about = TEXT("What became of the changes that were made before");
    for (size_t i = 0; i < of->plan->part_count; i++)
        if (of->plan->parts[i].changes)
            add(&undo, of->plan->parts[i].name, false, outcome.shape);
    return undo.shape;
}

const struct shape *types_answer_failure(const struct types_answer *of)
{
    struct making making = {.of = of, .shape = shape_new(of->pool, SHAPE_OBJECT), .capacity = 6};
    struct text parts[BFF_PARTS_MAX], error = text_of(of->plan->composite->failure);
    size_t count = 0;
    unsigned reasons = 0;

    for (size_t i = 0; i < of->plan->part_count; i++) {
        if (of->plan->parts[i].row->need != BFF_REQUIRED)
            continue;
        parts[count++] = of->plan->parts[i].name;
        reasons |= types_fates_failure(of->plan, i);
    }
    if (count == 0)
        return NULL;
    making.shape->about = TEXT("The answer when a part was rejected that the page needs");
    add(&making, TEXT("error"), true, words(of->pool, &error, 1));
    add(&making, TEXT("part"), true, words(of->pool, parts, count));
    add(&making, TEXT("reason"), true, reason_words(of->pool, reasons));
    add(&making, TEXT("status"), false, shape_new(of->pool, SHAPE_INTEGER));
    if (of->plan->changes)
        add(&making, TEXT("undo"), false, undo_shape(of, reasons));
    add(&making, TEXT("requestId"), true, shape_new(of->pool, SHAPE_TEXT));
    return making.shape;
}
