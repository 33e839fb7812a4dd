/* Tests of the JSON bodies of requests, and of the column .body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/input.h"
#include "bff/http/media_type.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DEPTH 8

static const struct bff_body rows[] = {
    {.path = "items[].productId", .kind = BFF_BODY_TEXT},
    {.path = "items[].quantity", .kind = BFF_BODY_NUMBER, .is_optional = true},
    {.path = "address", .kind = BFF_BODY_OBJECT, .is_optional = true},
    {.path = "address.city", .kind = BFF_BODY_TEXT},
    {.path = "address.zip.code", .kind = BFF_BODY_ANY, .is_optional = true},
    {.path = "isGift", .kind = BFF_BODY_BOOL, .is_optional = true},
    {.path = "grid[][]", .kind = BFF_BODY_NUMBER, .is_optional = true},
    {.path = "tags", .kind = BFF_BODY_LIST, .is_optional = true},
};

static struct pool *pool;

static int make_pool(void **state)
{
    pool = pool_new();
    return 0;
}

static int free_pool(void **state)
{
    pool_free(pool);
    return 0;
}

static void make_spec(struct input_spec *spec)
{
    input_spec_init(spec, pool);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_null(input_spec_add(spec, &rows[i]));
}

/* Reads ${body} in pieces of ${size} bytes. Returns what the answer says; "" when all is well. */
static const char *verdict(const struct input_spec *spec, struct text body, size_t size)
{
    struct input *input = input_new(pool, spec, DEPTH);
    struct input_mistake mistake = {0};
    struct json json;
    bool is_good = true;

    for (size_t at = 0; at < body.len && is_good; at += size) {
        size_t len = body.len - at < size ? body.len - at : size;
        is_good = input_add(input, (struct text){body.at + at, len}, &mistake);
    }
    if (is_good && input_end(input, &json, &mistake))
        return "";
    return pool_text(pool, input_members(&mistake, pool)).at;
}

#define GOOD "{\"items\":[{\"productId\":\"p1\"}]"
#define NOT_JSON "\"detail\":\"the body is not JSON, or it is nested too deeply\""
#define AT(path, words) "\"path\":\"" path "\",\"detail\":\"" words "\""

static const struct {
    const char *body, *want;
} bodies[] = {
    {GOOD "}", ""},
    {" \r\n\t" GOOD "} ", ""},
    {"{\"items\":[]}", ""},
    {"{\"\\u0069tems\":[{\"productId\":\"\"}]}", ""},
    {"{\"items\":1,\"items\":[]}", AT("items", "is there twice")},
    {"{\"items\":[],\"items\":1}", AT("items", "is there twice")},
    {"{\"items\":[],\"\\u0069tems\":[]}", AT("items", "is there twice")},
    {"", "\"detail\":\"the body is missing\""},
    {"[]", "\"detail\":\"the body must be an object\""},
    {"\"items\"", "\"detail\":\"the body must be an object\""},
    {"null", "\"detail\":\"the body must be an object\""},
    {" ", NOT_JSON},
    {GOOD, NOT_JSON},
    {GOOD "}}", NOT_JSON},
    {GOOD ",}", NOT_JSON},
    {GOOD ",\"a\":\"\xff\"}", NOT_JSON},
    {GOOD ",\"a\":[[[[[[[]]]]]]]}", ""},
    {GOOD ",\"a\":[[[[[[[[]]]]]]]]}", NOT_JSON},
    {"{}", AT("items", "is missing")},
    {"{\"items\":null}", AT("items", "must be an array")},
    {"{\"items\":{}}", AT("items", "must be an array")},
    {"{\"items\":[{}]}", AT("items[0].productId", "is missing")},
    {"{\"items\":[{\"productId\":\"a\"},{\"productId\":7}]}",
     AT("items[1].productId", "must be a string")},
    {"{\"items\":[{\"productId\":\"a\"},[]]}", AT("items[1]", "must be an object")},
    {"{\"items\":[{\"productId\":\"a\",\"quantity\":1e99}]}", ""},
    {"{\"items\":[{\"productId\":\"a\",\"quantity\":\"1\"}]}",
     AT("items[0].quantity", "must be a number")},
    {GOOD ",\"address\":{}}", AT("address.city", "is missing")},
    {GOOD ",\"address\":null}", AT("address", "must be an object")},
    {GOOD ",\"address\":{\"city\":\"Jena\"}}", ""},
    {GOOD ",\"address\":{\"city\":\"Jena\",\"zip\":1}}", AT("address.zip", "must be an object")},
    {GOOD ",\"address\":{\"city\":\"Jena\",\"zip\":{\"code\":null}}}", ""},
    {GOOD ",\"isGift\":0}", AT("isGift", "must be true or false")},
    {GOOD ",\"isGift\":false}", ""},
    {GOOD ",\"grid\":[[1,2],[3]]}", ""},
    {GOOD ",\"grid\":[[1,2],3]}", AT("grid[1]", "must be an array")},
    {GOOD ",\"grid\":[[1,2],[3,\"4\"]]}", AT("grid[1][1]", "must be a number")},
    {GOOD ",\"tags\":[1,{}]}", ""},
    {GOOD ",\"tags\":\"a\"}", AT("tags", "must be an array")},
};

static void a_body_is_judged_alike_in_pieces_of_every_size(void **state)
{
    struct input_spec spec;
    int wrong = 0;

    make_spec(&spec);
    for (size_t i = 0; i < COUNT(bodies); i++) {
        for (size_t size = 1; size < 70; size += size < 4 ? 1 : 31) {
            const char *got = verdict(&spec, text_of(bodies[i].body), size);
            if (strcmp(got, bodies[i].want) != 0) {
                print_error("%s, %zu at a time: %s\nnot %s\n", bodies[i].body, size, got,
                            bodies[i].want);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void without_a_row_any_json_is_good_and_nothing_too(void **state)
{
    struct input_spec spec;

    input_spec_init(&spec, pool);
    assert_string_equal(verdict(&spec, TEXT(""), 1), "");
    assert_string_equal(verdict(&spec, TEXT("[1]"), 1), "");
    assert_string_equal(verdict(&spec, TEXT("null"), 4), "");
    assert_string_equal(verdict(&spec, TEXT("nul"), 4), NOT_JSON);
}

static void what_cannot_be_good_any_more_is_refused_at_once(void **state)
{
    struct input_mistake mistake;
    struct input_spec spec;

    make_spec(&spec);
    struct input *input = input_new(pool, &spec, DEPTH);
    assert_true(input_add(input, TEXT(" "), &mistake));
    assert_false(input_add(input, TEXT("["), &mistake));
    input = input_new(pool, &spec, DEPTH);
    assert_true(input_add(input, TEXT("{\"a\":"), &mistake));
    assert_false(input_add(input, TEXT("}"), &mistake));
    input = input_new(pool, &spec, DEPTH);
    assert_false(input_add(input, TEXT("{\"a\":[[[[[[[[[[[["), &mistake));
}

static void only_required_members_make_a_body_needed(void **state)
{
    static const struct bff_body optional = {.path = "a", .is_optional = true},
                                 below = {.path = "a.b"}, alone = {.path = "c.d"};
    struct input_spec spec;

    input_spec_init(&spec, pool);
    assert_null(input_spec_add(&spec, &(struct bff_body){.path = "a.b"}));
    assert_true(input_spec_needs_body(&spec));
    input_spec_init(&spec, pool);
    assert_null(input_spec_add(
        &spec, &(struct bff_body){.path = "a", .kind = BFF_BODY_OBJECT, .is_optional = true}));
    assert_null(input_spec_add(&spec, &below));
    assert_false(input_spec_needs_body(&spec));
    assert_string_equal(verdict(&spec, TEXT(""), 1), "");
    assert_null(input_spec_add(&spec, &alone));
    assert_true(input_spec_needs_body(&spec));
    assert_string_equal(verdict(&spec, TEXT("{}"), 9), AT("c", "is missing"));
    assert_non_null(input_spec_add(&spec, &optional));
}

#define KIND_ABOVE "a row above says that a member on the way is of another kind"
#define NO_PATH "a path is names with dots, and [] after a list: \"items[].productId\""

static void rows_that_contradict_each_other_are_mistakes(void **state)
{
    static const struct {
        struct bff_body row;
        const char *want;
    } cases[] = {
        {{.path = NULL}, ".path is missing"},
        {{.path = ""}, ".path is missing"},
        {{.path = "a..b"}, NO_PATH},
        {{.path = "[]"}, NO_PATH},
        {{.path = "[].a"}, NO_PATH},
        {{.path = "a[0]"}, NO_PATH},
        {{.path = "a b"}, NO_PATH},
        {{.path = "a,b"}, NO_PATH},
        {{.path = "\"a\""}, NO_PATH},
        {{.path = "\xff"}, NO_PATH},
        {{.path = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.0.1.2.3.4.5.6.7"},
         "the path has too many names"},
        {{.path = "a", .kind = (enum bff_body_kind)9}, ".kind is none of enum bff_body_kind"},
        {{.path = "isGift"}, "a row above has the same path"},
        {{.path = "items", .kind = BFF_BODY_OBJECT},
         "a row above has a path that goes on from here, so it is of another kind"},
        {{.path = "items.length"}, KIND_ABOVE},
        {{.path = "address[]"}, KIND_ABOVE},
        {{.path = "isGift.a"}, KIND_ABOVE},
        {{.path = "tags.a"}, KIND_ABOVE},
        {{.path = "grid[].a"}, KIND_ABOVE},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct input_spec spec;
        make_spec(&spec);
        const char *got = input_spec_add(&spec, &cases[i].row);
        assert_non_null(got);
        assert_string_equal(got, cases[i].want);
    }
}

static void a_sample_is_good(void **state)
{
    struct input_mistake mistake;
    struct input_spec spec;
    struct json least, full;

    make_spec(&spec);
    least = input_spec_sample(&spec, pool, false);
    full = input_spec_sample(&spec, pool, true);
    assert_true(text_is(json_raw(least), "{\"items\":[{\"productId\":\"1\"}]}"));
    assert_true(input_spec_check(&spec, least, pool, &mistake));
    assert_true(input_spec_check(&spec, full, pool, &mistake));
    assert_int_equal(json_length(json_get(full, "tags")), 1);
    assert_false(json_is(json_path(full, "address.zip.code"), JSON_NONE));
}

static void rows_say_which_members_there_are(void **state)
{
    struct input_spec spec;

    make_spec(&spec);
    assert_true(input_spec_has(&spec, TEXT("items")));
    assert_true(input_spec_has(&spec, TEXT("address.city")));
    assert_true(input_spec_has(&spec, TEXT("address.zip.code.more")));
    assert_false(input_spec_has(&spec, TEXT("items.productId")));
    assert_false(input_spec_has(&spec, TEXT("items[]")));
    assert_false(input_spec_has(&spec, TEXT("address.street")));
    assert_false(input_spec_has(&spec, TEXT("isGift.a")));
    assert_false(input_spec_has(&spec, TEXT("other")));
}

static void json_has_these_media_types(void **state)
{
    static const struct {
        const char *value;
        bool want;
    } cases[] = {
        {"application/json", true},
        {"Application/JSON", true},
        {"application/json; charset=utf-8", true},
        {"application/json ;charset=\"UTF-8\"", true},
        {"application/json; v=1", true},
        {"application/merge-patch+json", true},
        {"application/json;", true},
        {"application/json; charset=latin1", false},
        {"application/json; charset", false},
        {"application/json, text/plain", false},
        {"application/json5", false},
        {"application/+json", false},
        {"application", false},
        {"/json", false},
        {"text/plain", false},
        {"text/json", false},
        {"application/json x", false},
        {"", false},
        {NULL, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (media_type_is_json(text_of(cases[i].value)) != cases[i].want)
            fail_msg("%s", cases[i].value == NULL ? "absent" : cases[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_judged_alike_in_pieces_of_every_size),
        cmocka_unit_test(without_a_row_any_json_is_good_and_nothing_too),
        cmocka_unit_test(what_cannot_be_good_any_more_is_refused_at_once),
        cmocka_unit_test(only_required_members_make_a_body_needed),
        cmocka_unit_test(rows_that_contradict_each_other_are_mistakes),
        cmocka_unit_test(a_sample_is_good),
        cmocka_unit_test(rows_say_which_members_there_are),
        cmocka_unit_test(json_has_these_media_types),
    };

    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
