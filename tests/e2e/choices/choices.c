/* A build for tests: pages of which a client chooses parts, with conditions and query parameters.
 */
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/products.h"
#include "clients/services.h"
#include "clients/users.h"

/* A user's page. */

static void user(struct bff_ask *ask) { users_get(ask, ask_param(ask, "userId")); }

static void orders(struct bff_ask *ask)
{
    ask_get(ask, &orders_service, "/orders");
    ask_query(ask, "userId", ask_param(ask, "userId"));
    ask_pass_query(ask, "limit");
    ask_pass_query(ask, "sort");
    ask_pass_query(ask, "q");
}

static void unread(struct bff_ask *ask) { notifications_unread(ask, ask_param(ask, "userId")); }

static bool is_member(struct bff_ask *ask)
{
    return json_is(json_get(ask_part(ask, "user"), "isMember"), JSON_TRUE);
}

static void offers(struct bff_ask *ask) { ask_get(ask, &products_service, "/offers"); }

static void count(struct json_print *out, struct json list)
{
    json_print_size(out, json_length(list));
}

static const struct bff_part page_parts[] = {
    {.name = "user", .ask = user, .pick = "id name", .kind = BFF_OBJECT},
    {.name = "orders", .ask = orders, .kind = BFF_LIST},
    {.name = "notifications", .ask = unread, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "offers", .ask = offers, .after = "user", .when = is_member, .kind = BFF_LIST},
};

static const struct bff_field page_fields[] = {
    {.name = "orderCount", .of = "orders", .print = count},
    {.name = "unreadCount", .of = "notifications", .print = count},
};

static const struct bff_query page_query[] = {
    {.name = "limit", .min = 1, .max = 50, .fallback = "20"},
    {.name = "sort", .words = "asc desc"},
    {.name = "q"},
};

static const struct bff_composite page = {
    .route = "GET /api/page/:userId",
    .access = BFF_OWNER,
    .owner = "userId",
    .may_choose = true,
    .query = BFF_TABLE(page_query),
    .parts = BFF_TABLE(page_parts),
    .fields = BFF_TABLE(page_fields),
};

/* The products of a list, asked for by few calls, and one list of two. */

static void products(struct bff_ask *ask)
{
    ask_batch(ask, &products_service, "/products", "ids", 3, "data[].id");
    json_each (order, ask_part(ask, "orders"))
        ask_batch_item(ask, ask_text(ask, json_get(order, "productId")));
}

static void old_orders(struct bff_ask *ask) { ask_get(ask, &orders_service, "/old"); }

static void new_orders(struct bff_ask *ask) { ask_get(ask, &orders_service, "/orders"); }

static const struct bff_part batch_parts[] = {
    {.name = "orders", .ask = new_orders, .kind = BFF_LIST, .pick = "id"},
    {.name = "oldOrders", .ask = old_orders, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "products", .ask = products, .after = "orders", .many = 10, .pick = "id name"},
};

static const struct bff_field batch_fields[] = {
    {.name = "allOrders", .concat = "orders oldOrders"},
};

static const struct bff_composite batch = {
    .route = "GET /api/batch",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(batch_parts),
    .fields = BFF_TABLE(batch_fields),
};

/* Header fields of the services' answers. */

static const struct bff_part header_parts[] = {
    {.name = "orders", .ask = new_orders, .kind = BFF_LIST, .headers = "Link X-Total"},
    {.name = "oldOrders",
     .ask = old_orders,
     .kind = BFF_LIST,
     .headers = "set-cookie link x-total x-old"},
};

static const struct bff_composite headers = {
    .route = "GET /api/headers",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(header_parts),
};

static const struct bff_part first_parts[] = {
    {.name = "orders",
     .ask = new_orders,
     .need = BFF_REQUIRED,
     .kind = BFF_LIST,
     .headers = "Link Set-Cookie"},
    {.name = "oldOrders", .ask = old_orders, .kind = BFF_LIST, .headers = "Link"},
};

static const struct bff_composite first = {
    .route = "GET /api/first",
    .failure = "Failed to load the orders",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(first_parts),
};

static const struct bff_part tag_parts[] = {
    {.name = "orders", .ask = new_orders, .kind = BFF_LIST, .headers = "ETag"},
};

static const struct bff_composite tagged = {
    .route = "GET /api/tag",
    .access = BFF_PUBLIC,
    .is_stamped = true,
    .parts = BFF_TABLE(tag_parts),
};

static const struct bff_composite *const composites[] = {&page, &batch, &headers, &first, &tagged};

static const struct bff_build build = {
    .name = "choices",
    .port = 8085,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .admin_role = "admin",
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
