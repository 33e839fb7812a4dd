/* The shapes of the parts and fields of a composite, and mistakes in their columns. */

#include "tests/unit/plan_errors.h"
#include "bff/compose/plan_shapes.h"

#define SCHEMA                                                                                     \
    "{\"$defs\": {\"user\": {\"type\": \"object\", \"additionalProperties\": false,"               \
    " \"properties\": {\"id\": {\"type\": \"string\"}, \"name\": {\"type\": \"string\"},"          \
    " \"address\": {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}},"   \
    " \"required\": [\"id\"]}, \"names\": {\"type\": \"array\", \"items\": {\"type\": "            \
    "\"string\"}}}}"
#define USER "users.schema.json#/$defs/user"

static void print(struct json_print *out, struct json value) { json_print_null(out); }

struct made {
    struct pool *pool;
    const struct plan *plan;
    const struct plan_shapes *shapes;
    char error[1024];
};

static void make(struct made *made, const struct bff_composite *composite)
{
    const struct bff_schema rows[] = {{"users.schema.json", SCHEMA, sizeof(SCHEMA) - 1}};
    const struct bff_schemas schemas = {rows, 1};
    const struct bff_build build = {.name = "b", .schemas = &schemas};
    unsigned wrong = 0;

    *made = (struct made){.pool = pool_new()};
    const struct shape_files *files = shape_files_read(made->pool, &build, stderr, &wrong);
    assert_int_equal(wrong, 0);
    made->plan = plan_make(made->pool, composite, made->error, sizeof(made->error));
    if (made->plan == NULL)
        print_error("%s\n", made->error);
    assert_non_null(made->plan);
    made->shapes =
        plan_shapes_make(made->pool, made->plan, files, made->error, sizeof(made->error));
}

static const struct error_case mistakes[] = {
    {PART ".pick: \"nmae\" is not in " USER "; did you mean \"name\"?",
     PAGE(.parts = ROWS(ROW(.pick = "id nmae", .shape = USER)))},
    {PART ".pick: \"address.town\" is not in " USER "/properties/address; it has city",
     PAGE(.parts = ROWS(ROW(.pick = "address.town", .shape = USER)))},
    {PART ".pick: \"nmae\" is not in " USER "; did you mean \"name\"?",
     PAGE(.parts = ROWS(ROW(.kind = BFF_LIST, .pick = "nmae", .shape = USER)))},
    {PART ".shape: there is no file \"user.schema.json\" in clients; did you mean "
          "\"users.schema.json\"?",
     PAGE(.parts = ROWS(ROW(.kind = BFF_OBJECT, .shape = "user.schema.json#/$defs/user")))},
    {PART ".shape is \"users.schema.json#/$defs/names\", which is no object, and the value must be "
          "one",
     PAGE(.parts = ROWS(ROW(.kind = BFF_OBJECT, .shape = "users.schema.json#/$defs/names")))},
    {"GET /p/:id: field \"f\": .shape: \"nubmer\" is no kind; did you mean \"number\"?",
     PAGE(.parts = PART_OK,
          .fields = FIELDS({.name = "f", .of = "a", .print = print, .shape = "nubmer"}))},
    {PART ".pick: \"x\" is not in " USER "; it has id, name, address\n" PART_B
          ".pick: \"y\" is not in " USER "; it has id, name, address",
     PAGE(.parts = ROWS(ROW(.pick = "x", .shape = USER), NEXT(.pick = "y", .shape = USER)))},
};

static void mistakes_name_their_row(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct made made;
        make(&made, &mistakes[i].composite);
        assert_null(made.shapes);
        assert_string_equal(made.error, mistakes[i].want);
        pool_free(made.pool);
    }
}

static void a_part_has_the_shape_of_its_answer(void **state)
{
    const struct bff_composite page =
        PAGE(.parts = ROWS(ROW(.pick = "name id", .shape = USER),
                           {.name = "l", .ask = get, .kind = BFF_LIST, .shape = USER},
                           {.name = "m", .ask = get, .many = 2, .kind = BFF_OBJECT, .shape = USER},
                           {.name = "n", .ask = get, .kind = BFF_LIST, .pick = "a"},
                           {.name = "o", .ask = get, .kind = BFF_ANY}));
    struct made made;

    make(&made, &page);
    const struct shape **parts = made.shapes->parts;
    assert_int_equal(parts[0]->member_count, 2);
    assert_true(text_is(parts[0]->members[0].name, "name"));
    assert_false(parts[0]->members[0].is_required);
    assert_true(parts[0]->members[1].is_required);
    assert_int_equal(parts[1]->kinds, SHAPE_LIST);
    assert_true(text_is(parts[1]->item->name, "user"));
    assert_int_equal(parts[2]->kinds, SHAPE_LIST);
    assert_int_equal(parts[2]->item->kinds, SHAPE_OBJECT | SHAPE_NULL);
    assert_int_equal(parts[3]->item->member_count, 1);
    assert_false(parts[3]->item->members[0].is_required);
    assert_int_equal(parts[3]->item->members[0].shape->kinds, SHAPE_ANYTHING);
    assert_int_equal(parts[4]->kinds, SHAPE_ANYTHING);
    pool_free(made.pool);
}

static void a_computed_member_is_in_its_part(void **state)
{
    const struct bff_composite page =
        PAGE(.parts = ROWS(ROW(.kind = BFF_LIST, .shape = USER)),
             .fields = FIELDS({.of = "a", .into = "a[].label", .print = print, .shape = "text"},
                              {.name = "count", .of = "a", .print = print, .shape = "integer"},
                              {.name = "other", .of = "a", .print = print}));
    struct made made;

    make(&made, &page);
    const struct shape_member *label = shape_member(made.shapes->parts[0]->item, TEXT("label"));
    assert_non_null(label);
    assert_true(label->is_required);
    assert_int_equal(label->shape->kinds, SHAPE_TEXT);
    assert_non_null(shape_member(made.shapes->parts[0]->item, TEXT("name")));
    assert_int_equal(made.shapes->fields[1]->kinds, SHAPE_INTEGER);
    assert_ptr_equal(made.shapes->fields[2], &shape_anything);
    pool_free(made.pool);
}

static const struct shape *concat_item(struct made *made, const char *first, const char *second)
{
    const struct bff_composite page = PAGE(.parts = ROWS(ROW(.kind = BFF_LIST, .shape = first),
                                                         NEXT(.kind = BFF_LIST, .shape = second)),
                                           .fields = FIELDS({.name = "all", .concat = "a b"}));

    make(made, &page);
    assert_non_null(made->shapes);
    return made->shapes->fields[0]->item;
}

static void a_concat_has_the_items_of_its_lists(void **state)
{
    struct made made;

    const struct shape *same = concat_item(&made, USER, USER);
    assert_ptr_equal(same, made.shapes->parts[0]->item);
    pool_free(made.pool);
    const struct shape *two = concat_item(&made, USER, "text");
    assert_int_equal(two->kinds, SHAPE_OBJECT | SHAPE_TEXT);
    pool_free(made.pool);
    assert_ptr_equal(concat_item(&made, USER, NULL), &shape_anything);
    pool_free(made.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_name_their_row),
        cmocka_unit_test(a_part_has_the_shape_of_its_answer),
        cmocka_unit_test(a_computed_member_is_in_its_part),
        cmocka_unit_test(a_concat_has_the_items_of_its_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
