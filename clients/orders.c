#include "clients/orders.h"

const struct bff_service orders_service = {
    .name = "orders",
    .environment = "ORDERS_URL",
    .endpoint = "http://127.0.0.1:3002",
};

void orders_get(struct bff_ask *ask, struct text id)
{
    ask_get(ask, &orders_service, "/orders");
    ask_segment(ask, id);
}

void orders_of_user(struct bff_ask *ask, struct text user_id, unsigned limit)
{
    ask_get(ask, &orders_service, "/orders");
    ask_query(ask, "userId", user_id);
    ask_query_number(ask, "limit", limit);
}

void orders_create(struct bff_ask *ask, struct text user_id)
{
    ask_post(ask, &orders_service, "/orders");
    ask_body_text(ask, "userId", user_id);
}

struct json orders_user_id(struct json order) { return json_get(order, "userId"); }

struct json orders_items(struct json order)
{
    struct json items = json_get(order, "items");

    /* Only an array has items. json_each would also go through the members of an object. */
    return json_is(items, JSON_ARRAY) ? items : (struct json){0};
}

struct json orders_item_product_id(struct json item) { return json_get(item, "productId"); }

struct json orders_item_quantity(struct json item) { return json_get(item, "quantity"); }
