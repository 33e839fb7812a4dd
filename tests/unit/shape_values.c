/* What fits a shape, and what a pick leaves of one. */
#include "tests/unit/shape_stage.h"

#define SCHEMA                                                                                     \
    "{\"$defs\": {"                                                                                \
    "\"order\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"         \
    "  \"id\": {\"type\": \"string\"}, \"total\": {\"type\": \"number\"},"                         \
    "  \"count\": {\"type\": \"integer\"}, \"state\": {\"enum\": [\"new\", \"old\", 1]},"          \
    "  \"to\": {\"anyOf\": [{\"$ref\": \"#/$defs/address\"}, {\"type\": \"null\"}]},"              \
    "  \"items\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/item\"}},"                 \
    "  \"extra\": {\"type\": \"object\", \"additionalProperties\": {\"type\": \"number\"}}},"      \
    "  \"required\": [\"id\", \"items\"]},"                                                        \
    "\"address\": {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}},"      \
    "  \"required\": [\"city\"]},"                                                                 \
    "\"item\": {\"type\": \"object\", \"properties\": {\"price\": {\"type\": \"number\"},"         \
    "  \"inner\": {\"$ref\": \"#/$defs/item\"}}, \"additionalProperties\": false}}}"

#define ORDER "a.schema.json#/$defs/order"

static void faults_are_told_with_their_path(void **state)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"{\"id\": \"a\", \"items\": []}", ""},
        {"{\"id\": \"a\", \"items\": [{\"price\": 1}, {\"inner\": {\"inner\": {\"price\": 1.5}}}],"
         " \"total\": 1e3, \"count\": 2.0, \"state\": \"\\u006eew\", \"to\": null,"
         " \"extra\": {\"a\": 1}}",
         ""},
        {"{\"id\": \"a\", \"items\": [], \"to\": {\"city\": \"b\"}, \"state\": 1.0}", ""},
        {"[]", "x: a list, not an object\n"},
        {"null", "x: null, not an object\n"},
        {"{\"items\": []}", "x.id: missing\n"},
        {"{\"id\": 1, \"items\": {}}",
         "x.id: a number, not text\nx.items: an object, not a list\n"},
        {"{\"id\": null, \"items\": [1]}",
         "x.id: null, not text\nx.items[0]: a number, not an object\n"},
        {"{\"id\": \"a\", \"items\": [], \"count\": 1.5}",
         "x.count: a number, not a whole number\n"},
        {"{\"id\": \"a\", \"items\": [], \"nick\": 1}", "x.nick: not in the shape\n"},
        {"{\"id\": \"a\", \"items\": [{}, {\"inner\": {\"price\": \"1\"}}]}",
         "x.items[1].inner.price: text, not a number\n"},
        {"{\"id\": \"a\", \"items\": [], \"state\": \"older\"}",
         "x.state: \"older\" is none of the allowed values\n"},
        {"{\"id\": \"a\", \"items\": [], \"to\": {\"city\": true}}",
         "x.to.city: a boolean, not text\n"},
        {"{\"id\": \"a\", \"items\": [], \"to\": {\"city\": \"b\", \"zip\": 1}}",
         "x.to.zip: not in the shape\n"},
        {"{\"id\": \"a\", \"items\": [], \"to\": 1}", "x.to: a number, not an object or null\n"},
        {"{\"id\": \"a\", \"items\": [], \"extra\": {\"b\": \"c\"}}",
         "x.extra.b: text, not a number\n"},
    };
    struct stage stage;

    stage_begin(&stage, SCHEMA, NULL);
    const struct shape *order = stage_find(&stage, ORDER);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(stage_check(&stage, order, cases[i].json), cases[i].want);
    stage_end(&stage);
}

static void a_circle_ends_with_the_value(void **state)
{
    char json[4096] = "";
    struct stage stage;

    for (unsigned i = 0; i < 60; i++)
        strcat(json, "{\"inner\":");
    strcat(json, "1");
    for (unsigned i = 0; i < 60; i++)
        strcat(json, "}");
    stage_begin(&stage, SCHEMA, NULL);
    const char *said = stage_check(&stage, stage_find(&stage, "a.schema.json#/$defs/item"), json);
    assert_non_null(strstr(said, ".inner.inner: a number, not an object\n"));
    stage_end(&stage);
}

/* Returns the shape after ${pick}; or NULL, and ${*wrong} has the mistake. */
static const struct shape *pick_of(struct stage *stage, const char *pick, const char **wrong)
{
    const struct pick *read = pick_read(stage->pool, pick, wrong);

    assert_non_null(read);
    return shape_pick(stage->pool, stage_find(stage, ORDER), read, NULL, wrong);
}

static void a_pick_keeps_the_order_of_its_members(void **state)
{
    const char *wrong = NULL;
    struct stage stage;

    stage_begin(&stage, SCHEMA, NULL);
    const struct shape *picked =
        pick_of(&stage, "total items[].inner.price to.city id extra.a", &wrong);
    assert_non_null(picked);
    assert_int_equal(picked->member_count, 5);
    assert_true(text_is(picked->members[0].name, "total"));
    assert_false(picked->members[0].is_required);
    assert_true(picked->members[3].is_required);
    assert_string_equal(stage_check(&stage, picked,
                                    "{\"id\": \"a\", \"items\": [{\"inner\": {\"price\": 1}}],"
                                    " \"to\": {\"city\": \"b\"}, \"extra\": {\"a\": 1}}"),
                        "");
    assert_string_equal(stage_check(&stage, picked, "{\"id\": \"a\", \"items\": [], \"to\": null}"),
                        "");
    assert_string_equal(
        stage_check(&stage, picked, "{\"id\": \"a\", \"items\": [{\"price\": 1}], \"count\": 1}"),
        "x.items[0].price: not in the shape\nx.count: not in the shape\n");
    stage_end(&stage);
}

static void a_pick_of_what_is_not_there_is_a_mistake(void **state)
{
    static const char *const cases[][2] = {
        {"id totl", "\"totl\" is not in a.schema.json#/$defs/order; did you mean \"total\"?"},
        {"items[].prize", "\"items[].prize\" is not in a.schema.json#/$defs/item; did you mean "
                          "\"price\"?"},
        {"to.street",
         "\"to.street\" is not in a.schema.json#/$defs/order/properties/to; it has city"},
        {"total[].a", "\"total\" is a number in the shape, and no list"},
        {"id.a", "\"id\" is no object in the shape"},
        {"items.price", "\"items\" is no object in the shape"},
    };
    struct stage stage;

    stage_begin(&stage, SCHEMA, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *wrong = NULL;
        assert_null(pick_of(&stage, cases[i][0], &wrong));
        assert_string_equal(wrong, cases[i][1]);
    }
    stage_end(&stage);
}

static void computed_members_come_last(void **state)
{
    struct stage stage;
    const char *wrong = NULL;

    stage_begin(&stage, SCHEMA, NULL);
    const struct shape *added[] = {stage_find(&stage, "boolean"), stage_find(&stage, "text")};
    struct pick *pick = pick_whole(stage.pool);
    assert_null(pick_add(stage.pool, pick, TEXT("items[].label"), 1));
    assert_null(pick_add(stage.pool, pick, TEXT("total"), 0));
    const struct shape *picked =
        shape_pick(stage.pool, stage_find(&stage, ORDER), pick, added, &wrong);
    assert_null(wrong);
    assert_int_equal(picked->member_count, 7);
    assert_true(text_is(picked->members[6].name, "total"));
    assert_int_equal(picked->members[6].shape->kinds, SHAPE_BOOL);
    assert_string_equal(stage_check(&stage, picked,
                                    "{\"id\": \"a\", \"items\": [{\"price\": 1, \"label\": \"b\"}],"
                                    " \"total\": true}"),
                        "");
    assert_string_equal(stage_check(&stage, picked, "{\"id\": \"a\", \"items\": [{}]}"),
                        "x.items[0].label: missing\nx.total: missing\n");
    stage_end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_told_with_their_path),
        cmocka_unit_test(a_circle_ends_with_the_value),
        cmocka_unit_test(a_pick_keeps_the_order_of_its_members),
        cmocka_unit_test(a_pick_of_what_is_not_there_is_a_mistake),
        cmocka_unit_test(computed_members_come_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
