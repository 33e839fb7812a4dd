/* Tests of the calls that the pages of both builds make, and that their tables have no mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/compose/ask.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_make.h"
#include "clients/services.h"
#include "composites/mobile/composites.h"
#include "composites/web/composites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct plan *plan_of(struct pool *pool, const struct bff_composite *composite)
{
    char error[1024] = "";
    const struct plan *plan = plan_make(pool, composite, error, sizeof(error));

    if (plan == NULL)
        fail_msg("%s", error);
    return plan;
}

static void every_table_is_good(void **state)
{
    static const struct bff_composite *const composites[] = {
        &web_dashboard,    &web_product_detail,    &web_checkout,    &web_confirm,
        &mobile_dashboard, &mobile_product_detail, &mobile_checkout, &mobile_confirm,
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(composites); i++)
        plan_of(pool, composites[i]);
    pool_free(pool);
}

/* Those of the mocks; others may follow. */
static void services_are_in_their_order(void **state)
{
    static const struct bff_service want[] = {
        {"users", "USERS_URL", "http://127.0.0.1:3000"},
        {"products", "PRODUCTS_URL", "http://127.0.0.1:3001"},
        {"orders", "ORDERS_URL", "http://127.0.0.1:3002"},
        {"reviews", "REVIEWS_URL", "http://127.0.0.1:3003"},
        {"inventory", "INVENTORY_URL", "http://127.0.0.1:3004"},
        {"recommendations", "RECOMMENDATIONS_URL", "http://127.0.0.1:3005"},
        {"notifications", "NOTIFICATIONS_URL", "http://127.0.0.1:3006"},
    };

    assert_in_range(clients_services.count, COUNT(want), SIZE_MAX);
    for (size_t i = 0; i < COUNT(want); i++) {
        const struct bff_service *service = clients_services.rows[i];
        assert_non_null(service);
        assert_string_equal(service->name, want[i].name);
        assert_string_equal(service->environment, want[i].environment);
        assert_string_equal(service->endpoint, want[i].endpoint);
    }
}

/* The value of the part that was asked first, for those that wait for it. */
static struct json value_of(void *cookie, int part) { return json_of(text_of(cookie)); }

/* Writes what the part asks, a call after the other: "orders /orders/o1; ..." */
static void print_calls(const struct bff_ask *ask, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < ask->count && len < size; i++) {
        const struct ask_call *call = &ask->calls[i];
        const char *between = i == 0 ? "" : "; ";
        int more = call->is_skipped ? snprintf(out + len, size - len, "%sskipped", between)
                                    : snprintf(out + len, size - len, "%s%s %.*s", between,
                                               call->service->name, TEXT_ARGS(call->target));
        assert_true(more > 0);
        len += (size_t)more;
    }
}

struct call_case {
    const char *why;
    const struct bff_composite *composite;
    const char *part, *param, *order, *want;
};

static bool asks_as_wanted(const struct call_case *wanted)
{
    struct pool *pool = pool_new();
    const struct plan *plan = plan_of(pool, wanted->composite);
    struct text params[] = {text_of(wanted->param)};
    struct ask_room room = {0};
    struct bff_ask ask = {
        .plan = plan,
        .pool = pool,
        .params = params,
        .headers = TEXT(""),
        .value = value_of,
        .value_cookie = (char *)(uintptr_t)wanted->order,
        .place = plan_part(plan, text_of(wanted->part)),
        .room = &room,
    };
    char calls[512];

    assert_true(ask.place >= 0);
    ask_run(&ask);
    print_calls(&ask, calls, sizeof(calls));
    pool_free(pool);
    if (strcmp(calls, wanted->want) == 0)
        return true;
    print_error("%s: asks \"%s\", not \"%s\"\n", wanted->why, calls, wanted->want);
    return false;
}

static void check_all(const struct call_case *cases, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += !asks_as_wanted(&cases[i]);
    assert_int_equal(wrong, 0);
}

static void dashboards_ask_about_their_user(void **state)
{
    static const struct call_case cases[] = {
        {"web, user", &web_dashboard, "user", "u1", "null", "users /users/u1"},
        {"web, orders", &web_dashboard, "recentOrders", "u1", "null",
         "orders /orders?userId=u1&limit=5"},
        {"web, recommendations", &web_dashboard, "recommendations", "u1", "null",
         "recommendations /recommendations/u1"},
        {"web, notifications", &web_dashboard, "unreadNotifications", "u1", "null",
         "notifications /notifications/u1?unread=true"},
        {"mobile, user", &mobile_dashboard, "user", "u1", "null", "users /users/u1"},
        {"mobile, orders", &mobile_dashboard, "recentOrders", "u1", "null",
         "orders /orders?userId=u1&limit=3"},
        {"mobile, notifications", &mobile_dashboard, "unreadNotifications", "u1", "null",
         "notifications /notifications/u1?unread=true"},
        {"a parameter stays one segment", &web_dashboard, "user", "a/b?c#d", "null",
         "users /users/a%2Fb%3Fc%23d"},
        {"and one value of the query", &web_dashboard, "recentOrders", "a&limit=99", "null",
         "orders /orders?userId=a%26limit%3D99&limit=5"},
    };

    check_all(cases, COUNT(cases));
}

static void product_pages_ask_about_their_product(void **state)
{
    static const struct call_case cases[] = {
        {"web, product", &web_product_detail, "product", "p1", "null", "products /products/p1"},
        {"web, reviews", &web_product_detail, "reviews", "p1", "null",
         "reviews /reviews?productId=p1"},
        {"web, inventory", &web_product_detail, "inventory", "p1", "null",
         "inventory /inventory/p1"},
        {"mobile, product", &mobile_product_detail, "product", "p1", "null",
         "products /products/p1"},
        {"mobile, reviews", &mobile_product_detail, "reviews", "p1", "null",
         "reviews /reviews?productId=p1"},
        {"mobile, inventory", &mobile_product_detail, "inventory", "p1", "null",
         "inventory /inventory/p1"},
    };

    check_all(cases, COUNT(cases));
}

static void checkouts_ask_by_what_the_order_says(void **state)
{
    static const char items[] = "{\"items\":[{\"productId\":\"p1\"},{\"productId\":7},{},"
                                "{\"productId\":\"p1\"}]}";
    static const char wanted[] = "products /products/p1; products /products/7; skipped; "
                                 "products /products/p1";
    static const struct call_case cases[] = {
        {"order", &web_checkout, "order", "o1", "null", "orders /orders/o1"},
        {"user", &web_checkout, "user", "o1", "{\"userId\":\"u9\"}", "users /users/u9"},
        {"a number's digits as written", &web_checkout, "user", "o1",
         "{\"userId\":12345678901234567890}", "users /users/12345678901234567890"},
        {"an escaped id", &web_checkout, "user", "o1", "{\"userId\":\"\\u0061 b\"}",
         "users /users/a%20b"},
        {"no user", &web_checkout, "user", "o1", "{}", "skipped"},
        {"user null", &web_checkout, "user", "o1", "{\"userId\":null}", "skipped"},
        {"an id that would climb", &web_checkout, "user", "o1", "{\"userId\":\"..\"}", "skipped"},
        {"a call for each item, in order", &web_checkout, "products", "o1", items, wanted},
        {"no items", &web_checkout, "products", "o1", "{}", ""},
        {"an empty list", &web_checkout, "products", "o1", "{\"items\":[]}", ""},
        {"items null", &web_checkout, "products", "o1", "{\"items\":null}", ""},
        {"items that are no list", &web_checkout, "products", "o1",
         "{\"items\":{\"a\":{\"productId\":\"p1\"}}}", ""},
        {"mobile, order", &mobile_checkout, "order", "o1", "null", "orders /orders/o1"},
        {"mobile, user", &mobile_checkout, "user", "o1", "{\"userId\":\"u9\"}", "users /users/u9"},
        {"mobile, products", &mobile_checkout, "products", "o1", items, wanted},
    };

    check_all(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_good),
        cmocka_unit_test(services_are_in_their_order),
        cmocka_unit_test(dashboards_ask_about_their_user),
        cmocka_unit_test(product_pages_ask_about_their_product),
        cmocka_unit_test(checkouts_ask_by_what_the_order_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
