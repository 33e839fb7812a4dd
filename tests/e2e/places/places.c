/* A build for tests: pages whose computed members have a place in a part, and lists with places for
 * which there is nothing to ask. */
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/products.h"
#include "clients/services.h"
#include "clients/users.h"

/* A user's account: the last orders, each with the name of its first product. */

static void user(struct bff_ask *ask) { users_get(ask, ask_param(ask, "userId")); }

static void orders(struct bff_ask *ask) { orders_of_user(ask, ask_param(ask, "userId"), 10); }

static void unread(struct bff_ask *ask) { notifications_unread(ask, ask_param(ask, "userId")); }

static void first_product(struct bff_ask *ask, struct json order)
{
    json_each (item, orders_items(order)) {
        products_get(ask, ask_text(ask, orders_item_product_id(item)));
        return;
    }
    ask_nothing(ask);
}

static void first_products(struct bff_ask *ask)
{
    json_each (order, ask_part(ask, "orders"))
        first_product(ask, order);
}

static void unread_count(struct json_print *out, struct json notifications)
{
    json_print_size(out, json_length(notifications));
}

static void first_product_name(struct json_print *out, const struct json *values, size_t place)
{
    json_print_json(out, json_get(json_item(values[1], place), "name"));
}

static const struct bff_part account_parts[] = {
    {.name = "user", .ask = user, .need = BFF_REQUIRED, .pick = "id name"},
    {.name = "orders", .ask = orders, .kind = BFF_LIST},
    {.name = "products",
     .ask = first_products,
     .after = "orders",
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .many = 10},
    {.name = "notifications", .ask = unread, .place = BFF_HIDDEN, .kind = BFF_LIST},
};

static const struct bff_field account_fields[] = {
    {.into = "orders[].firstProductName", .of = "orders products", .print_all = first_product_name},
    {.name = "unreadCount", .of = "notifications", .print = unread_count},
};

static const struct bff_composite account = {
    .route = "GET /api/account/:userId",
    .failure = "Failed to load the account",
    .access = BFF_OWNER,
    .owner = "userId",
    .never_compressed = true,
    .parts = BFF_TABLE(account_parts),
    .fields = BFF_TABLE(account_fields),
};

/* A user's newest order, who has perhaps none, and its own page, which cannot do without. */

static void newest(struct bff_ask *ask)
{
    json_each (order, ask_part(ask, "orders")) {
        orders_get(ask, ask_text(ask, json_get(order, "id")));
        return;
    }
    ask_nothing(ask);
}

static const struct bff_part newest_parts[] = {
    {.name = "orders", .ask = orders, .kind = BFF_LIST, .place = BFF_HIDDEN},
    {.name = "newest", .ask = newest, .after = "orders", .pick = "id"},
};

static const struct bff_composite newest_order = {
    .route = "GET /api/newest/:userId",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(newest_parts),
};

static const struct bff_part required_parts[] = {
    {.name = "orders", .ask = orders, .kind = BFF_LIST, .place = BFF_HIDDEN},
    {.name = "newest", .ask = newest, .after = "orders", .need = BFF_REQUIRED, .pick = "id"},
};

static const struct bff_composite required_order = {
    .route = "GET /api/required/:userId",
    .failure = "Failed to load the order",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(required_parts),
};

/* Calls that are sent to a second endpoint when the first one is slow. */

static const struct bff_part hedged_parts[] = {
    {.name = "user", .ask = user, .kind = BFF_OBJECT, .hedge_ms = 30},
    {.name = "notifications", .ask = unread, .kind = BFF_LIST, .hedge_ms = BFF_HEDGE_P95},
};

static const struct bff_composite hedged = {
    .route = "GET /api/hedged/:userId",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(hedged_parts),
};

/* Computed members with mistakes: their functions do not print exactly one value. */

static void two_values(struct json_print *out, struct json user)
{
    (void)user;
    json_print_size(out, 1);
    json_print_size(out, 2);
}

static void open_object(struct json_print *out, struct json user)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "name");
    json_print_json(out, json_get(user, "name"));
}

static void whole_object(struct json_print *out, struct json user)
{
    open_object(out, user);
    json_print_raw(out, TEXT("}"));
}

static const struct bff_part wrong_parts[] = {
    {.name = "user", .ask = user, .pick = "id name"},
    {.name = "orders", .ask = orders, .kind = BFF_LIST, .pick = "id"},
};

static const struct bff_field wrong_fields[] = {
    {.into = "orders[].label", .of = "orders", .print = two_values},
    {.name = "open", .of = "user", .print = open_object},
    {.name = "whole", .of = "user", .print = whole_object},
};

static const struct bff_composite wrong = {
    .route = "GET /api/wrong/:userId",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(wrong_parts),
    .fields = BFF_TABLE(wrong_fields),
};

/* The same call twice, once with a circuit breaker of its own. */

static const struct bff_part guarded_parts[] = {
    {.name = "own", .ask = user, .kind = BFF_OBJECT, .has_breaker = true},
    {.name = "user", .ask = user, .kind = BFF_OBJECT},
};

static const struct bff_composite guarded = {
    .route = "GET /api/guarded/:userId",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(guarded_parts),
};

/* Parts whose answers are used again: for the same user, for all users, and in a list. */

static void products(struct bff_ask *ask)
{
    static const char *const ids[] = {"p1", "p2", "p3", "p1"};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        products_get(ask, text_of(ids[i]));
}

static const struct bff_part cached_parts[] = {
    {.name = "user", .ask = user, .kind = BFF_OBJECT, .cache_s = 60, .stale_s = 60},
    {.name = "products",
     .ask = products,
     .kind = BFF_OBJECT,
     .many = 10,
     .cache_s = 60,
     .shared = true},
    {.name = "notifications", .ask = unread, .kind = BFF_LIST},
};

static const struct bff_composite cached = {
    .route = "GET /api/cached/:userId",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(cached_parts),
};

/* The same part in two pages: one that gives it little time, and one that cannot do without it. The
 * second one also has a part that is asked for each page. */

static const struct bff_part quick_parts[] = {
    {.name = "user",
     .ask = user,
     .kind = BFF_OBJECT,
     .timeout_ms = 100,
     .cache_s = 60,
     .stale_s = 60},
};

static const struct bff_composite quick = {
    .route = "GET /api/quick/:userId",
    .access = BFF_SIGNED_IN,
    .is_stamped = true,
    .parts = BFF_TABLE(quick_parts),
};

static const struct bff_part patient_parts[] = {
    {.name = "user",
     .ask = user,
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .cache_s = 60,
     .stale_s = 60},
    {.name = "notifications", .ask = unread, .kind = BFF_LIST},
};

static const struct bff_composite patient = {
    .route = "GET /api/patient/:userId",
    .failure = "Failed to load the user",
    .access = BFF_SIGNED_IN,
    .budget_ms = 20000,
    .is_stamped = true,
    .parts = BFF_TABLE(patient_parts),
};

/* Parts that pass the client's cookie on. */

static void with_cookie(struct bff_ask *ask)
{
    user(ask);
    ask_pass_header(ask, "cookie");
}

static const struct bff_part passing_parts[] = {
    {.name = "shared", .ask = with_cookie, .kind = BFF_OBJECT, .cache_s = 60, .shared = true},
    {.name = "own", .ask = with_cookie, .kind = BFF_OBJECT, .cache_s = 60},
};

static const struct bff_composite passing = {
    .route = "GET /api/passing/:userId",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(passing_parts),
};

static const struct bff_composite *const composites[] = {
    &account, &newest_order, &required_order, &wrong,   &guarded,
    &hedged,  &cached,       &quick,          &patient, &passing,
};

static const struct bff_build build = {
    .name = "places",
    .port = 8084,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .admin_role = "admin",
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
