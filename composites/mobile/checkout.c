/* The checkout screen: an order, its user, and its products without their details. */
#include "clients/orders.h"
#include "clients/products.h"
#include "clients/users.h"
#include "composites/mobile/composites.h"

static void order(struct bff_ask *ask) { orders_get(ask, ask_param(ask, "orderId")); }

static void user(struct bff_ask *ask)
{
    users_get(ask, ask_text(ask, orders_user_id(ask_part(ask, "order"))));
}

static void products(struct bff_ask *ask)
{
    json_each (item, orders_items(ask_part(ask, "order")))
        products_get(ask, ask_text(ask, orders_item_product_id(item)));
}

static const struct bff_part parts[] = {
    {.name = "order",
     .ask = order,
     .need = BFF_REQUIRED,
     .pick = "id status total items[].productId items[].quantity items[].price",
     .shape = "orders.schema.json#/$defs/order"},
    {.name = "user",
     .ask = user,
     .after = "order",
     .pick = "id name",
     .shape = "users.schema.json#/$defs/user"},
    {.name = "products",
     .ask = products,
     .after = "order",
     .many = 50,
     .at_once = 8,
     .pick = "id name price",
     .shape = "products.schema.json#/$defs/product"},
};

const struct bff_composite mobile_checkout = {
    .route = "GET /api/checkout/:orderId",
    .about = "checkout: an order, its user, and a product for each of its items",
    .failure = "Failed to load checkout",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .budget_ms = 1500,
    .p95_ms = 500,
    .budget_bytes = 2 * 1024,
    .is_stamped = true,
    .parts = BFF_TABLE(parts),
};
