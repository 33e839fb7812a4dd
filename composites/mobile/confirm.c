/*
 * Confirms an order: checks the stock, reserves the items, makes the order, and tells the user.
 * When no order can be made, the reservation is taken back. The answer has only what the screen
 * shows.
 */
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "composites/mobile/composites.h"

static const struct bff_body body[] = {
    {.path = "paymentMethod", .kind = BFF_BODY_TEXT},
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
};

static struct text id_of(struct bff_ask *ask, const char *part)
{
    return ask_text(ask, json_get(ask_part(ask, part), "id"));
}

static struct text user_of(struct bff_ask *ask)
{
    return ask_text(ask, orders_user_id(ask_part(ask, "order")));
}

static void order(struct bff_ask *ask) { orders_get(ask, ask_param(ask, "orderId")); }

static void stock(struct bff_ask *ask)
{
    json_each (item, orders_items(ask_part(ask, "order")))
        inventory_get(ask, ask_text(ask, orders_item_product_id(item)));
}

/* True when the stock of an item is known, and is too small. */
static bool is_sold_out(struct bff_ask *ask)
{
    struct json stocks = ask_part(ask, "stock");
    size_t place = 0;

    json_each (item, orders_items(ask_part(ask, "order")))
        if (inventory_is_short(json_item(stocks, place++), orders_item_quantity(item)))
            return true;
    return false;
}

/* When it asks nothing, the part is rejected as `skipped`, and the page ends. */
static void reserve(struct bff_ask *ask)
{
    if (!is_sold_out(ask))
        inventory_reserve(ask, orders_items(ask_part(ask, "order")));
}

static void release(struct bff_ask *ask) { inventory_release(ask, id_of(ask, "reservation")); }

static void create(struct bff_ask *ask)
{
    struct json cart = ask_part(ask, "order"), note = ask_input(ask, "note");

    orders_create(ask, user_of(ask));
    ask_body_text(ask, "status", TEXT("processing"));
    ask_body_member(ask, "total", json_get(cart, "total"));
    ask_body_member(ask, "items", orders_items(cart));
    ask_body_text(ask, "reservationId", id_of(ask, "reservation"));
    ask_body_member(ask, "paymentMethod", ask_input(ask, "paymentMethod"));
    if (!json_is(note, JSON_NONE))
        ask_body_member(ask, "note", note);
}

static void notify(struct bff_ask *ask)
{
    notifications_send(ask, user_of(ask), TEXT("Your order is confirmed"));
    ask_body_text(ask, "orderId", id_of(ask, "confirmed"));
}

static const struct bff_part parts[] = {
    {.name = "order",
     .ask = order,
     .need = BFF_REQUIRED,
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .shape = "orders.schema.json#/$defs/order"},
    {.name = "stock",
     .ask = stock,
     .after = "order",
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .many = 50,
     .shape = "inventory.schema.json#/$defs/stock"},
    {.name = "reservation",
     .ask = reserve,
     .undo = release,
     .after = "stock",
     .need = BFF_REQUIRED,
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .shape = "inventory.schema.json#/$defs/reservation"},
    {.name = "confirmed",
     .ask = create,
     .after = "reservation",
     .need = BFF_REQUIRED,
     .pick = "id status total",
     .shape = "orders.schema.json#/$defs/newOrder"},
    {.name = "notified",
     .ask = notify,
     .after = "confirmed",
     .pick = "id",
     .shape = "notifications.schema.json#/$defs/sent"},
};

const struct bff_composite mobile_confirm = {
    .route = "POST /api/checkout/:orderId/confirm",
    .about = "confirms an order: reserves its items, makes the order, tells the user",
    .failure = "Failed to confirm the order",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .budget_ms = 3000,
    .is_stamped = true,
    .idempotency = BFF_KEY_REQUIRED,
    .body = BFF_TABLE(body),
    .parts = BFF_TABLE(parts),
};
