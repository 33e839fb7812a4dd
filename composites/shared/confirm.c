/* See confirm.h. */
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "composites/shared/confirm.h"

static struct text id_of(struct bff_ask *ask, const char *part)
{
    return ask_text(ask, json_get(ask_part(ask, part), "id"));
}

static struct text user_of(struct bff_ask *ask)
{
    return ask_text(ask, orders_user_id(ask_part(ask, "order")));
}

void confirm_order(struct bff_ask *ask) { orders_get(ask, ask_param(ask, "orderId")); }

void confirm_stock(struct bff_ask *ask)
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

void confirm_reserve(struct bff_ask *ask)
{
    if (!is_sold_out(ask))
        inventory_reserve(ask, orders_items(ask_part(ask, "order")));
}

void confirm_release(struct bff_ask *ask) { inventory_release(ask, id_of(ask, "reservation")); }

void confirm_create(struct bff_ask *ask)
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

void confirm_notify(struct bff_ask *ask)
{
    notifications_send(ask, user_of(ask), TEXT("Your order is confirmed"));
    ask_body_text(ask, "orderId", id_of(ask, "confirmed"));
}
