/* See verify.h. */
#include <stdio.h>

#include "bff/app/serve.h"
#include "bff/app/verify.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_shapes.h"

#define PIECE ((size_t)64 * 1024)
#define ANSWER_MAX ((size_t)64 * 1024 * 1024)
#define DEPTH_MAX 1024

struct verify {
    struct pool *pool;
    const struct plan *plan;
    const struct plan_shapes *shapes;
    struct json answer, errors;
    struct told *told; /* the lines that were printed */
    size_t drifted;
    struct text_builder left_out; /* what was not compared: " recommendations (timeout)" */
};

struct told {
    struct text line;
    struct told *next;
};

/* The shape of the answer. */

static void leave_out(struct verify *verify, struct text name, struct text why)
{
    text_builder_add(&verify->left_out, verify->left_out.len == 0 ? TEXT(" ") : TEXT(", "));
    text_builder_add(&verify->left_out,
                     pool_print(verify->pool, "%.*s (%.*s)", TEXT_ARGS(name), TEXT_ARGS(why)));
}

static bool is_rejected(const struct verify *verify, size_t part)
{
    return !json_is(json_get(verify->errors, verify->plan->parts[part].row->name), JSON_NONE);
}

/* True when the value in the answer is the fallback, of which the shape says nothing. */
static bool is_fallback(const struct verify *verify, const struct plan_part *part)
{
    return text_equal(json_raw(json_get(verify->answer, part->row->name)),
                      json_raw(part->fallback));
}

static void add_part(struct verify *verify, struct shape *answer, size_t capacity, size_t i)
{
    const struct plan_part *part = &verify->plan->parts[i];
    const struct shape *shape = verify->shapes->parts[i];
    struct json error = json_get(verify->errors, part->row->name);

    if (is_rejected(verify, i)) {
        leave_out(verify, part->name, json_text(json_get(error, "reason"), verify->pool));
        shape = &shape_anything;
    } else if (!json_is(part->fallback, JSON_ARRAY) && is_fallback(verify, part)) {
        leave_out(verify, part->name, TEXT("its fallback"));
        shape = &shape_anything;
    }
    shape_member_add(verify->pool, answer, capacity,
                     (struct shape_member){part->name, true, shape});
}

/* A part that was rejected has no members in the answer. */
static void add_spread(struct verify *verify, struct shape *answer, size_t capacity, size_t i)
{
    const struct plan_part *part = &verify->plan->parts[i];
    const struct shape *shape = verify->shapes->parts[i];

    if (is_rejected(verify, i))
        leave_out(verify, part->name, TEXT("rejected"));
    else if (shape->member_count == 0)
        answer->rest = SHAPE_REST_ANY;
    for (size_t at = 0; at < shape->member_count; at++) {
        struct shape_member member = shape->members[at];
        member.is_required &= !is_rejected(verify, i);
        shape_member_add(verify->pool, answer, capacity, member);
    }
}

static void add_field(struct verify *verify, struct shape *answer, size_t capacity, size_t i)
{
    const struct plan_field *field = &verify->plan->fields[i];
    const struct shape *shape = verify->shapes->fields[i];

    for (size_t of = 0; of < field->of_count; of++)
        if (is_rejected(verify, (size_t)field->of[of]))
            shape = shape_either(verify->pool, shape, shape_new(verify->pool, SHAPE_NULL));
    shape_member_add(verify->pool, answer, capacity,
                     (struct shape_member){text_of(field->row->name), true, shape});
}

static void add_own(struct verify *verify, struct shape *answer, size_t capacity)
{
    struct shape *errors = shape_new(verify->pool, SHAPE_OBJECT);
    bool is_stamped = verify->plan->composite->is_stamped;
    const struct shape_member own[] = {
        {TEXT("loadedAt"), is_stamped, shape_new(verify->pool, SHAPE_TEXT)},
        {TEXT("partialFailure"), is_stamped, shape_new(verify->pool, SHAPE_BOOL)},
        {TEXT("errors"), false, errors},
    };

    errors->rest = SHAPE_REST_ANY;
    for (size_t i = is_stamped ? 0 : 1; i < sizeof(own) / sizeof(own[0]); i++)
        shape_member_add(verify->pool, answer, capacity, own[i]);
}

static const struct shape *make_shape(struct verify *verify)
{
    const struct plan *plan = verify->plan;
    struct shape *answer = shape_new(verify->pool, SHAPE_OBJECT);
    size_t capacity = plan->part_count + plan->field_count + 3;

    for (size_t i = 0; i < plan->part_count; i++)
        capacity += verify->shapes->parts[i]->member_count;
    answer->rest = SHAPE_REST_NONE;
    for (size_t i = 0; i < plan->part_count; i++) {
        if (plan->parts[i].row->place == BFF_MEMBER)
            add_part(verify, answer, capacity, i);
        else if (plan->parts[i].row->place == BFF_SPREAD)
            add_spread(verify, answer, capacity, i);
    }
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART)
            add_field(verify, answer, capacity, i);
    add_own(verify, answer, capacity);
    return answer;
}

/* Telling. The places of items are left out, so that a list has one line for each difference. */

static struct text without_places(struct pool *pool, struct text path)
{
    struct text_builder out;
    bool is_place = false;

    text_builder_init(&out, pool, path.len);
    for (size_t i = 0; i < path.len; i++) {
        is_place &= path.at[i] != ']';
        if (!is_place)
            text_builder_add(&out, (struct text){path.at + i, 1});
        is_place |= path.at[i] == '[';
    }
    return text_builder_text(&out);
}

static bool is_told(const struct verify *verify, struct text line)
{
    for (const struct told *told = verify->told; told != NULL; told = told->next)
        if (text_equal(told->line, line))
            return true;
    return false;
}

static void tell(void *cookie, struct text path, struct text what)
{
    struct verify *verify = cookie;
    struct text bare = without_places(verify->pool, path);
    struct text line = pool_print(verify->pool, "%s: %.*s: %.*s", verify->plan->composite->route,
                                  TEXT_ARGS(bare), TEXT_ARGS(what));

    if (is_told(verify, line))
        return;
    struct told *told = pool_zero(verify->pool, sizeof(*told));
    *told = (struct told){line, verify->told};
    verify->told = told;
    verify->drifted++;
    printf("%.*s\n", TEXT_ARGS(line));
}

/* The whole. */

static int complain(const char *route, const char *words)
{
    fprintf(stderr, "--verify: %s: %s\n", route, words);
    return EXIT_CONFIG;
}

static int compare(struct verify *verify)
{
    struct shape_check check = {.pool = verify->pool, .tell = tell, .cookie = verify};

    text_builder_init(&verify->left_out, verify->pool, 0);
    shape_check(&check, make_shape(verify), verify->answer, TEXT(""));
    struct text left_out = text_builder_text(&verify->left_out);
    printf("%s: %zu values compared, %zu differ%s%.*s\n", verify->plan->composite->route,
           check.compared - 1, verify->drifted,
           left_out.len == 0 ? "" : "; not compared:", TEXT_ARGS(left_out));
    return verify->drifted == 0 ? 0 : EXIT_DRIFT;
}

static struct text read_input(struct pool *pool)
{
    struct text_builder input;
    size_t len;

    text_builder_init(&input, pool, PIECE);
    while (input.len < ANSWER_MAX &&
           (len = fread(text_builder_room(&input, PIECE), 1, PIECE, stdin)) > 0)
        input.len += len;
    return text_builder_text(&input);
}

static int verify_plan(const struct plan *plan, const struct plan_shapes *shapes, struct pool *pool)
{
    struct verify verify = {.pool = pool, .plan = plan, .shapes = shapes};
    struct text input = read_input(pool);

    if (!json_scan_accepts(input.at, input.len, DEPTH_MAX))
        return complain(plan->composite->route, "standard input is not JSON");
    verify.answer = json_of(input);
    verify.errors = json_get(verify.answer, "errors");
    if (!json_is(verify.answer, JSON_OBJECT) ||
        json_is(json_get(verify.answer, "error"), JSON_STRING))
        return complain(plan->composite->route, "standard input is no answer of this composite");
    return compare(&verify);
}

int verify(const struct pages *pages, const char *route)
{
    for (size_t i = 0; i < pages->count; i++) {
        if (!text_is(text_of(pages->plans[i]->composite->route), route))
            continue;
        struct pool *pool = pool_new();
        int status = verify_plan(pages->plans[i], pages->shapes[i], pool);
        pool_free(pool);
        return status;
    }
    return complain(route, "there is no such composite; --routes shows all");
}
