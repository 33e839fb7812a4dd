/* Schema files: what is read, and what is said about those that are wrong. */
#include "tests/unit/shape_stage.h"

#define A "clients/a.schema.json"
#define X A "#/$defs/x: "
#define DEFS(x) "{\"$defs\": {\"x\": " x "}}"

static void keywords_are_read(void **state)
{
    struct stage stage;

    stage_begin(&stage,
                "{\"$schema\": \"s\", \"$id\": \"i\", \"$comment\": \"c\", \"$defs\": {"
                "\"user\": {\"title\": \"t\", \"description\": \"A user\", \"type\": \"object\","
                " \"required\": [\"id\"], \"properties\": {\"id\": {\"type\": \"string\","
                " \"format\": \"uuid\"}, \"n\\u0061me\": {\"type\": [\"string\", \"null\"]},"
                " \"friends\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/user\"}},"
                " \"tier\": {\"enum\": [\"a\", 1, null]}}, \"additionalProperties\": false}}}",
                NULL);
    assert_string_equal(stage.said, "");
    const struct shape *user = stage_find(&stage, "a.schema.json#/$defs/user");
    assert_int_equal(user->kinds, SHAPE_OBJECT);
    assert_true(text_is(user->name, "user"));
    assert_true(text_is(user->place, "a.schema.json#/$defs/user"));
    assert_true(text_is(user->about, "A user"));
    assert_int_equal(user->rest, SHAPE_REST_NONE);
    assert_int_equal(user->member_count, 4);
    assert_true(user->members[0].is_required);
    assert_true(text_is(user->members[0].shape->format, "uuid"));
    assert_true(text_is(user->members[1].name, "name"));
    assert_false(user->members[1].is_required);
    assert_int_equal(user->members[1].shape->kinds, SHAPE_TEXT | SHAPE_NULL);
    assert_ptr_equal(user->members[2].shape->item, user);
    assert_int_equal(user->members[3].shape->kinds, SHAPE_TEXT | SHAPE_NUMBER | SHAPE_NULL);
    assert_int_equal(user->members[3].shape->value_count, 3);
    stage_end(&stage);
}

static void references_lead_to_the_same_shape(void **state)
{
    struct stage stage;

    stage_begin(&stage,
                "{\"$defs\": {\"x\": {\"$ref\": \"#/$defs/y\"}, \"y\": {\"$ref\": "
                "\"b.schema.json#/$defs/z\"}, \"u\": {\"anyOf\": [{\"$ref\": \"#/$defs/x\"},"
                " {\"type\": \"null\"}]}}}",
                "{\"type\": \"number\", \"$defs\": {\"z\": {\"type\": \"string\"}}}");
    assert_string_equal(stage.said, "");
    const struct shape *z = stage_find(&stage, "b.schema.json#/$defs/z");
    assert_ptr_equal(stage_find(&stage, "a.schema.json#/$defs/x"), z);
    assert_int_equal(stage_find(&stage, "b.schema.json")->kinds, SHAPE_NUMBER);
    const struct shape *either = stage_find(&stage, "a.schema.json#/$defs/u");
    assert_int_equal(either->kinds, SHAPE_TEXT | SHAPE_NULL);
    assert_ptr_equal(either->any[0], z);
    stage_end(&stage);
}

static const struct {
    const char *schema, *want;
} mistakes[] = {
    {"{\"$defs\":", A ": it is not JSON, or deeper than 64\n"},
    {"[]", A ": a schema must be an object\n"},
    {DEFS("{\"minimum\": 1}"), X "the keyword \"minimum\" is not supported; docs/types.md has "
                                 "those that are\n"},
    {DEFS("{\"tpye\": \"string\"}"), X "unknown keyword \"tpye\"; did you mean \"type\"?\n"},
    {DEFS("{\"type\": \"text\"}"), X "\"type\" has \"text\", which is no type of JSON Schema\n"},
    {DEFS("{\"type\": []}"), X "\"type\" is an empty list, which no value fits\n"},
    {DEFS("{\"properties\": {}}"), X "\"properties\" stands without \"type\": \"object\"\n"},
    {DEFS("{\"type\": \"string\", \"items\": {}}"),
     X "\"items\" stands without \"type\": \"array\"\n"},
    {DEFS("{\"type\": \"object\", \"properties\": {\"a\": {}}, \"required\": [\"b\"]}"),
     X "\"required\" has \"b\", which \"properties\" has not\n"},
    {DEFS("{\"type\": \"object\", \"properties\": {\"a\": {}, \"\\u0061\": {}}}"),
     A "#/$defs/x/properties/a: it stands twice\n"},
    {DEFS("{\"type\": \"object\", \"properties\": {\"a\": 1}}"),
     A "#/$defs/x/properties/a: a schema must be an object or true\n"},
    {DEFS("{\"enum\": []}"), X "\"enum\" must be a list of values\n"},
    {DEFS("{\"enum\": [[]]}"), X "an allowed value is a list or an object: []\n"},
    {DEFS("{\"type\": \"string\", \"const\": 1}"), X "\"type\" does not allow the value 1\n"},
    {DEFS("{\"const\": 1, \"enum\": [1]}"), X "\"enum\" and \"const\": write one of them\n"},
    {DEFS("{\"anyOf\": []}"), X "\"anyOf\" must be a list of schemas\n"},
    {DEFS("{\"anyOf\": [true], \"type\": \"null\"}"),
     X "\"anyOf\" stands beside \"type\", \"enum\" or \"const\": write them into its schemas\n"},
    {DEFS("{\"anyOf\": [{\"$ref\": \"#/$defs/x\"}]}"), X "\"anyOf\" contains itself\n"},
    {DEFS("{\"$ref\": \"#/$defs/x\"}"),
     X "\"$ref\": \"#/$defs/x\" refers to itself, or through too many others\n"},
    {DEFS("{\"$ref\": \"#/$defs/xx\"}"),
     X "\"$ref\": a.schema.json has no \"#/$defs/xx\"; did you mean \"x\"?\n"},
    {DEFS("{\"$ref\": \"c.schema.json\"}"),
     X "\"$ref\": there is no file \"c.schema.json\" in clients; did you mean "
       "\"a.schema.json\"?\n"},
    {DEFS("{\"$ref\": \"#/properties/a\"}"),
     X "\"$ref\": \"#/properties/a\" is no place in a file: \"#/$defs/user\"\n"},
    {DEFS("{\"$ref\": \"#\"}"), X "\"$ref\": it must lead to a schema in $defs\n"},
    {DEFS("{\"$ref\": \"a.schema.json\"}"), X "\"$ref\": it must lead to a schema in $defs\n"},
    {DEFS("{\"$ref\": 5}"), X "\"$ref\": it must lead to a schema in $defs\n"},
    {DEFS("{\"anyOf\": [true], \"anyOf\": [true, true]}"), X "\"anyOf\" stands twice\n"},
    {DEFS("{\"type\": \"object\", \"properties\": {\"a\": {}}, \"properties\": {\"b\": {}}}"),
     X "\"properties\" stands twice\n"},
    {"{\"$defs\": {\"x\": {\"$ref\": \"#/$defs/y\", \"type\": \"null\"}, \"y\": {}}}",
     X "\"type\" stands beside \"$ref\": write it where the $ref leads to\n"},
    {DEFS("{\"$defs\": {}}"), X "\"$defs\" stands at the root of a file, and nowhere else\n"},
    {"{\"$defs\": {\"a/b\": {}}}",
     A "#/$defs/a/b: a name in $defs has letters, digits, '_' or '-'\n"},
};

static void mistakes_are_told_with_their_place(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct stage stage;
        stage_begin(&stage, mistakes[i].schema, NULL);
        assert_string_equal(stage.said, mistakes[i].want);
        assert_int_equal(stage.wrong, 1);
        stage_end(&stage);
    }
}

/* Nests ${levels} lists. */
static char *nested(unsigned levels)
{
    static const char open[] = "{\"type\":\"array\",\"items\":";
    char *text = malloc(levels * sizeof(open) + levels + 16);
    size_t len = 0;

    for (unsigned i = 0; i < levels; i++)
        len += (size_t)sprintf(text + len, "%s", open);
    len += (size_t)sprintf(text + len, "true");
    for (unsigned i = 0; i < levels; i++)
        text[len++] = '}';
    text[len] = '\0';
    return text;
}

static void deep_schemas_are_refused(void **state)
{
    static const struct {
        unsigned levels, wrong;
    } cases[] = {{64, 0}, {65, 1}, {100000, 1}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stage stage;
        char *text = nested(cases[i].levels);
        stage_begin(&stage, text, NULL);
        assert_int_equal(stage.wrong, cases[i].wrong);
        stage_end(&stage);
        free(text);
    }
}

static void words_of_a_column(void **state)
{
    static const struct {
        const char *words;
        unsigned kinds;
    } cases[] = {
        {"text", SHAPE_TEXT},       {"number|null", SHAPE_NUMBER | SHAPE_NULL},
        {"integer", SHAPE_INTEGER}, {"boolean", SHAPE_BOOL},
        {"any", SHAPE_ANYTHING},    {"object", SHAPE_OBJECT},
        {"text[]", SHAPE_LIST},     {"a.schema.json#/$defs/x[]|null", SHAPE_LIST | SHAPE_NULL},
    };
    static const char *const wrong_words[][2] = {
        {"txt", "\"txt\" is no kind; did you mean \"text\"?"},
        {"", "\"\" is neither a kind, such as text, nor a place, such as "
             "users.schema.json#/$defs/user"},
        {"text|", "\"\" is neither a kind, such as text, nor a place, such as "
                  "users.schema.json#/$defs/user"},
        {"#/$defs/x", "there is no file \"\" in clients"},
    };
    struct stage stage;

    stage_begin(&stage, DEFS("{\"type\": \"string\"}"), NULL);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(stage_find(&stage, cases[i].words)->kinds, cases[i].kinds);
    assert_int_equal(stage_find(&stage, "text[]")->item->kinds, SHAPE_TEXT);
    for (size_t i = 0; i < COUNT(wrong_words); i++) {
        const char *wrong = NULL;
        assert_null(shape_find(stage.files, stage.pool, text_of(wrong_words[i][0]), &wrong));
        assert_string_equal(wrong, wrong_words[i][1]);
    }
    stage_end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_are_read),
        cmocka_unit_test(references_lead_to_the_same_shape),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(deep_schemas_are_refused),
        cmocka_unit_test(words_of_a_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
