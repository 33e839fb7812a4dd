/* Tests of picking: which members are kept, and which paths are not valid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/pick.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct text joined(const struct pieces *pieces, char *into)
{
    size_t len = 0;

    for (size_t i = 0; i < pieces->count; i++) {
        memcpy(into + len, pieces->rows[i].at, pieces->rows[i].len);
        len += pieces->rows[i].len;
    }
    return (struct text){into, len};
}

struct pick_case {
    const char *why, *paths, *value, *want;
};

typedef void apply_function(const struct pick *pick, struct json value, struct pick_out *out);

static int differs(const struct pick_case *row, apply_function *apply, bool with_index)
{
    struct pool *pool = pool_new();
    const char *wrong = NULL;
    const struct pick *pick = pick_read(pool, row->paths, &wrong);
    struct text text = text_of(row->value);
    struct json_scan scan;
    struct pieces out;
    char got[1024];

    assert_non_null(pick);
    json_scan_init(&scan, 128, with_index);
    assert_int_equal(json_scan_end(&scan, text.at, text.len), 0);
    pieces_init(&out, pool, 64);
    apply(pick, with_index ? json_scanned(text, &scan) : json_of(text),
          &(struct pick_out){.pieces = &out});
    bool is_equal = text_is(joined(&out, got), row->want);
    if (!is_equal)
        print_error("%s: %.*s is not %s\n", row->why, TEXT_ARGS(joined(&out, got)), row->want);
    json_scan_free(&scan);
    pool_free(pool);
    return is_equal ? 0 : 1;
}

static void check_all(const struct pick_case *cases, size_t count, apply_function *apply)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += differs(&cases[i], apply, false) + differs(&cases[i], apply, true);
    assert_int_equal(wrong, 0);
}

static void members_are_kept_in_the_order_picked(void **state)
{
    static const struct pick_case cases[] = {
        {"some", "id name", "{\"name\":\"n\",\"x\":1,\"id\":2}", "{\"id\":2,\"name\":\"n\"}"},
        {"all", "a", "{\"a\":1}", "{\"a\":1}"},
        {"none there", "a b", "{\"c\":1}", "{}"},
        {"of nothing", "a", "{}", "{}"},
        {"more spaces", "  a   b ", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}"},
        {"values byte for byte", "a b c",
         "{ \"a\" : 1.10 , \"b\" : [ 1 , 2 ] ,\"c\": \"\\u0041\" }",
         "{\"a\":1.10,\"b\":[ 1 , 2 ],\"c\":\"\\u0041\"}"},
        {"null is there", "a", "{\"a\":null}", "{\"a\":null}"},
        {"the last of a name", "a b", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
        {"a name written with escapes", "id", "{\"\\u0069\\u0064\":1}", "{\"id\":1}"},
        {"a name with a letter beyond ASCII", "größe", "{\"gr\\u00f6\\u00dfe\":1}",
         "{\"größe\":1}"},
        {"no prefix of a name", "a ab", "{\"abc\":1,\"ab\":2}", "{\"ab\":2}"},
        {"an empty name is none", "a", "{\"\":1}", "{}"},
    };

    check_all(cases, COUNT(cases), pick_object);
}

static void paths_keep_their_nesting(void **state)
{
    static const struct pick_case cases[] = {
        {"one below", "a.b", "{\"a\":{\"b\":1,\"c\":2},\"d\":3}", "{\"a\":{\"b\":1}}"},
        {"two below one", "a.b x a.c", "{\"x\":0,\"a\":{\"c\":2,\"b\":1}}",
         "{\"a\":{\"b\":1,\"c\":2},\"x\":0}"},
        {"three deep", "a.b.c", "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"c\":1}}}"},
        {"not there below", "a.b", "{\"a\":{\"c\":2}}", "{\"a\":{}}"},
        {"no object: as it is", "a.b", "{\"a\":[1,{\"b\":2}]}", "{\"a\":[1,{\"b\":2}]}"},
        {"the last of a name, whole", "a.b", "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "{\"a\":{}}"},
        {"items", "i[].p i[].q", "{\"i\":[{\"q\":1,\"p\":2,\"r\":3},{\"p\":4}]}",
         "{\"i\":[{\"p\":2,\"q\":1},{\"p\":4}]}"},
        {"items that are no objects", "i[].p", "{\"i\":[1,null,[{\"p\":1}]]}",
         "{\"i\":[1,null,[{\"p\":1}]]}"},
        {"no items", "i[].p", "{\"i\":[ ]}", "{\"i\":[]}"},
        {"no array: as it is", "i[].p", "{\"i\":{\"p\":1,\"q\":2}}", "{\"i\":{\"p\":1,\"q\":2}}"},
        {"items of items", "i[].j[].p", "{\"i\":[{\"j\":[{\"p\":1,\"q\":2}],\"k\":3}]}",
         "{\"i\":[{\"j\":[{\"p\":1}]}]}"},
    };

    check_all(cases, COUNT(cases), pick_object);
}

static void a_list_is_picked_from_item_by_item(void **state)
{
    static const struct pick_case cases[] = {
        {"items", "p", "[{\"p\":1,\"q\":2}, {\"q\":3} ]", "[{\"p\":1},{}]"},
        {"none", "p", " [ ] ", "[]"},
    };

    check_all(cases, COUNT(cases), pick_list);
}

static void members_after(const struct pick *pick, struct json value, struct pick_out *out)
{
    bool has_any = true;

    pick_members(pick, value, &has_any, out);
    assert_true(has_any);
}

static void members_first(const struct pick *pick, struct json value, struct pick_out *out)
{
    bool has_any = false;

    pick_members(pick, value, &has_any, out);
    assert_int_equal(has_any, out->pieces->bytes > 0);
}

static void members_alone_stand_between_commas(void **state)
{
    static const struct pick_case after[] = {
        {"two", "a b", "{\"b\":1,\"a\":2}", ",\"a\":2,\"b\":1"},
        {"none", "a b", "{}", ""},
    };
    static const struct pick_case first[] = {
        {"two", "a b", "{\"b\":1,\"a\":2}", "\"a\":2,\"b\":1"},
        {"the second only", "a b", "{\"b\":1}", "\"b\":1"},
        {"no object", "a", "[1]", ""},
    };

    check_all(after, COUNT(after), members_after);
    check_all(first, COUNT(first), members_first);
}

static void what_cannot_be_read_is_told(void **state)
{
    static const struct {
        const char *paths, *want;
    } cases[] = {
        {"", "it names no member"},
        {"a.", "\"a.\" has a dot without a name on both sides"},
        {".a", "\".a\" has a dot without a name on both sides"},
        {"a..b", "\"a..b\" has a dot without a name on both sides"},
        {"a[]", "\"a[]\" ends with []: write the name alone for the whole list, or a member of its "
                "items behind a dot"},
        {"[].a", "\"[].a\" begins with []: write the names alone. BFF_LIST or .many already "
                 "applies them to each item"},
        {"a[].b[]", "\"a[].b[]\" ends with []: write the name alone for the whole list, or a "
                    "member of its items behind a dot"},
        {"a[0].b", "\"a[0].b\" is no path. This is one: items[].price"},
        {"a\"b", "\"a\"b\" is no path. This is one: items[].price"},
        {"a\\b", "\"a\\b\" is no path. This is one: items[].price"},
        {"a\tb", "\"a\tb\" is no path. This is one: items[].price"},
        {"a\xff", "\"a\xff\" is no path. This is one: items[].price"},
        {"a, b", "\"a,\" is no path: names are separated by spaces, not commas"},
        {"a,b", "\"a,b\" is no path: names are separated by spaces, not commas"},
        {"a , b", "\",\" is no path: names are separated by spaces, not commas"},
        {"a.b,", "\"a.b,\" is no path: names are separated by spaces, not commas"},
        {"a b a", "\"a\" stands twice, or is part of another path"},
        {"a a.b", "\"a\" stands twice, or is part of another path"},
        {"a.b a", "\"a\" stands twice, or is part of another path"},
        {"a.b a.b.c", "\"b\" stands twice, or is part of another path"},
        {"a[].b a.c", "\"a\" stands with [] and without"},
        {"a.b a[].c", "\"a\" stands with [] and without"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        const char *wrong = NULL;
        assert_null(pick_read(pool, cases[i].paths, &wrong));
        assert_string_equal(wrong, cases[i].want);
        pool_free(pool);
    }
}

static void a_level_has_so_many_members_at_most(void **state)
{
    struct pool *pool = pool_new();
    const char *wrong = NULL;
    char paths[PICK_MEMBERS_MAX * 8] = "";

    for (int i = 0; i < PICK_MEMBERS_MAX; i++)
        sprintf(paths + strlen(paths), "m%d ", i);
    assert_non_null(pick_read(pool, paths, &wrong));
    strcat(paths, "more");
    assert_null(pick_read(pool, paths, &wrong));
    assert_string_equal(wrong, "\"more\" is one member too many for one level");
    pool_free(pool);
}

static void a_list_fits_when_all_items_are_objects(void **state)
{
    assert_true(pick_list_fits(json_of(TEXT("[]"))));
    assert_true(pick_list_fits(json_of(TEXT("[{},{\"a\":[1]}]"))));
    assert_false(pick_list_fits(json_of(TEXT("[{},null]"))));
    assert_false(pick_list_fits(json_of(TEXT("[[{}]]"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_kept_in_the_order_picked),
        cmocka_unit_test(paths_keep_their_nesting),
        cmocka_unit_test(a_list_is_picked_from_item_by_item),
        cmocka_unit_test(members_alone_stand_between_commas),
        cmocka_unit_test(what_cannot_be_read_is_told),
        cmocka_unit_test(a_level_has_so_many_members_at_most),
        cmocka_unit_test(a_list_fits_when_all_items_are_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
