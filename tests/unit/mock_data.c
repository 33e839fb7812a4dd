/* Tests of the data of the mock services: references between records are valid, totals are right,
 * and a bad file is refused with its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "fixtures/mock.h"
#include "fixtures/mock_data.h"

static struct mock_data *data;
static struct pool *pool;

static struct json all(enum mock_service service)
{
    return json_of(mock_data_all(data, service)->body);
}

/* The record of ${service} that ${record} names in ${member}. */
static struct json linked(struct json record, const char *member, enum mock_service service)
{
    struct text id = json_text(json_get(record, member), pool);
    const struct mock_row *row = mock_data_find(data, service, id);

    if (row == NULL)
        fail_msg("no %s \"%.*s\"", mock_kinds[service].name, TEXT_ARGS(id));
    return row->record.at == NULL ? json_of(row->list.body) : json_of(row->record);
}

/* A price in cents; it must be written with two decimals. */
static long cents(struct json price)
{
    struct text digits = json_raw(price);
    double value;

    assert_true(json_double(price, &value));
    assert_true(digits.len > 3 && digits.at[digits.len - 3] == '.');
    return (long)(value * 100 + 0.5);
}

static void each_order_has_its_user_its_products_and_its_total(void **state)
{
    assert_true(json_length(all(MOCK_ORDERS)) >= 15);
    json_each (order, all(MOCK_ORDERS)) {
        long total = 0;
        linked(order, "userId", MOCK_USERS);
        assert_true(json_length(json_get(order, "items")) > 0);
        json_each (item, json_get(order, "items")) {
            double quantity;
            linked(item, "productId", MOCK_PRODUCTS);
            assert_true(json_double(json_get(item, "quantity"), &quantity));
            total += cents(json_get(item, "price")) * (long)quantity;
        }
        if (total != cents(json_get(order, "total")))
            fail_msg("the total is %ld cents: %.*s", total, TEXT_ARGS(json_raw(order)));
    }
}

static void a_users_orders_begin_with_the_latest(void **state)
{
    json_each (user, all(MOCK_USERS)) {
        struct text id = json_text(json_get(user, "id"), pool), before = TEXT("9999");
        json_each (order, json_of(mock_data_group(data, MOCK_ORDERS, id)->body)) {
            struct text at = json_text(json_get(order, "createdAt"), pool);
            assert_true(memcmp(at.at, before.at, 4) <= 0);
            assert_true(before.len == 4 || memcmp(at.at, before.at, at.len) < 0);
            before = at;
        }
    }
}

static void each_product_has_stock_and_sound_reviews(void **state)
{
    size_t without_reviews = 0, without_rating = 0, sold_out = 0, on_sale = 0;

    assert_true(json_length(all(MOCK_PRODUCTS)) >= 12);
    json_each (product, all(MOCK_PRODUCTS)) {
        struct text id = json_text(json_get(product, "id"), pool);
        double quantity;
        assert_true(cents(json_get(product, "price")) > 0);
        on_sale += json_is(json_get(product, "salePrice"), JSON_NUMBER);
        assert_true(
            json_double(json_get(linked(product, "id", MOCK_INVENTORY), "quantity"), &quantity));
        sold_out += quantity <= 0;
        without_reviews += mock_data_group(data, MOCK_REVIEWS, id)->count == 0;
    }
    json_each (review, all(MOCK_REVIEWS)) {
        double rating = 1;
        linked(review, "productId", MOCK_PRODUCTS);
        without_rating += !json_double(json_get(review, "rating"), &rating);
        assert_true(rating >= 1 && rating <= 5);
    }
    assert_true(without_reviews > 0 && without_rating > 0 && sold_out > 0 && on_sale > 0);
}

static void each_user_has_recommendations_and_notifications(void **state)
{
    assert_true(json_length(all(MOCK_USERS)) >= 8);
    json_each (user, all(MOCK_USERS)) {
        json_each (product, linked(user, "id", MOCK_RECOMMENDATIONS))
            linked(product, "productId", MOCK_PRODUCTS);
        assert_true(json_is(linked(user, "id", MOCK_NOTIFICATIONS), JSON_ARRAY));
    }
    json_each (notification, all(MOCK_NOTIFICATIONS))
        linked(notification, "userId", MOCK_USERS);
}

static const struct {
    const char *why, *file, *text, *says;
} bad[] = {
    {"not JSON", "users/a.json", "[\n{\"id\":\"u1\"},\n{\"id\":}\n]", "users/a.json: line 3"},
    {"cut short", "users/a.json", "[{\"id\":\"u1\"}", "users/a.json: not valid JSON: it ends"},
    {"empty", "orders/a.json", "", "orders/a.json: not valid JSON"},
    {"not an object", "products/a.json", "[1]", "products/a.json: a record is an object"},
    {"no id", "users/a.json", "{\"name\":\"Ada\"}", "users/a.json: a record without \"id\""},
    {"no user", "orders/a.json", "{\"id\":\"o1\"}", "orders/a.json: o1 has no \"userId\""},
    {"twice in a file", "users/a.json", "[{\"id\":\"u1\"},{\"id\":\"u1\"}]",
     "users/a.json: the id \"u1\" is there twice"},
    {"no list", "notifications/u1.json", "{}", "notifications/u1.json: an array is wanted"},
    {"no objects", "notifications/u1.json", "[1]", "u1.json: an array of objects"},
};

static const char *write_file(const char *folder, const char *name, const char *text)
{
    const char *path = pool_print(pool, "%s/%s", folder, name).at;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* A folder for each service, and nothing in it. */
static char *new_folder(void)
{
    char *folder = (char *)pool_take(pool, 64);

    strcpy(folder, "/tmp/mock_data_XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; mock_services[i] != NULL; i++)
        assert_int_equal(mkdir(pool_print(pool, "%s/%s", folder, mock_services[i]).at, 0700), 0);
    return folder;
}

static void remove_folder(const char *folder)
{
    for (size_t i = 0; mock_services[i] != NULL; i++)
        rmdir(pool_print(pool, "%s/%s", folder, mock_services[i]).at);
    assert_int_equal(rmdir(folder), 0);
}

static void bad_data_is_refused_by_name(void **state)
{
    char *folder = new_folder(), error[512];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *path = write_file(folder, bad[i].file, bad[i].text);
        struct mock_data *loaded = mock_data_load(folder, error, sizeof(error));
        unlink(path);
        if (loaded != NULL || strstr(error, bad[i].says) == NULL)
            fail_msg("%s: %s", bad[i].why, error);
    }
    remove_folder(folder);
}

static void bad_accounts_are_refused_by_name(void **state)
{
    static const char *const texts[] = {"[", "{}", "[1]",
                                        "[{\"id\":\"u1\",\"role\":\"customer\"}]"};
    char *folder = new_folder(), error[512];
    const char *accounts = pool_print(pool, "%s/accounts", folder).at;

    assert_int_equal(mkdir(accounts, 0700), 0);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *path = write_file(accounts, "a.json", texts[i]);
        struct mock_data *loaded = mock_data_load(folder, error, sizeof(error));
        unlink(path);
        if (loaded != NULL || strstr(error, "accounts/a.json: ") == NULL)
            fail_msg("%s: %s", texts[i], error);
    }
    assert_int_equal(rmdir(accounts), 0);
    remove_folder(folder);
}

static void accounts_may_be_left_out(void **state)
{
    char *folder = new_folder(), error[512];
    struct mock_data *loaded = mock_data_load(folder, error, sizeof(error));

    assert_non_null(loaded);
    assert_null(mock_data_accounts(loaded));
    mock_data_free(loaded);
    remove_folder(folder);
}

static void an_id_in_two_files_names_both(void **state)
{
    char *folder = new_folder(), error[512];
    const char *first = write_file(folder, "users/a.json", "{\"id\":\"u1\"}");
    const char *second = write_file(folder, "users/b.json", "[{\"id\":\"u2\"},{\"id\":\"u1\"}]");

    assert_null(mock_data_load(folder, error, sizeof(error)));
    unlink(first);
    unlink(second);
    assert_non_null(strstr(error, "users/a.json"));
    assert_non_null(strstr(error, "users/b.json"));
    remove_folder(folder);
}

static void a_missing_folder_is_named(void **state)
{
    char error[512];

    assert_null(mock_data_load("/nowhere", error, sizeof(error)));
    assert_non_null(strstr(error, "/nowhere/users: No such file or directory"));
}

static void starts_on_free_ports_and_stops_clean(void **state)
{
    char error[MOCK_ERROR_SIZE];
    struct mock *mock = mock_start(SOURCE_DIR "/fixtures", 0, error, sizeof(error));

    assert_non_null(mock);
    for (size_t i = 0; mock_services[i] != NULL; i++)
        assert_true(
            text_starts(text_of(mock_url(mock, mock_services[i])), TEXT("http://127.0.0.1:")));
    assert_null(mock_url(mock, "catalog"));

    unsigned port = (unsigned)atoi(strrchr(mock_url(mock, "users"), ':') + 1);
    assert_null(mock_start(SOURCE_DIR "/fixtures", port, error, sizeof(error)));
    assert_non_null(strstr(error, ": Address already in use"));
    mock_stop(mock);
    mock_stop(NULL);
}

static int load(void **state)
{
    char error[512];

    pool = pool_new();
    data = mock_data_load(SOURCE_DIR "/fixtures", error, sizeof(error));
    return data == NULL;
}

static int unload(void **state)
{
    mock_data_free(data);
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_order_has_its_user_its_products_and_its_total),
        cmocka_unit_test(a_users_orders_begin_with_the_latest),
        cmocka_unit_test(each_product_has_stock_and_sound_reviews),
        cmocka_unit_test(each_user_has_recommendations_and_notifications),
        cmocka_unit_test(bad_data_is_refused_by_name),
        cmocka_unit_test(bad_accounts_are_refused_by_name),
        cmocka_unit_test(accounts_may_be_left_out),
        cmocka_unit_test(an_id_in_two_files_names_both),
        cmocka_unit_test(a_missing_folder_is_named),
        cmocka_unit_test(starts_on_free_ports_and_stops_clean),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
