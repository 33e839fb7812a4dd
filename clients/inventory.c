#include "clients/inventory.h"

const struct bff_service inventory_service = {
    .name = "inventory",
    .environment = "INVENTORY_URL",
    .endpoint = "http://127.0.0.1:3004",
};

void inventory_get(struct bff_ask *ask, struct text product_id)
{
    ask_get(ask, &inventory_service, "/inventory");
    ask_segment(ask, product_id);
}

bool inventory_is_short(struct json stock, struct json quantity)
{
    double there, wanted;

    return json_double(json_get(stock, "quantity"), &there) && json_double(quantity, &wanted) &&
           there < wanted;
}

void inventory_reserve(struct bff_ask *ask, struct json items)
{
    ask_post(ask, &inventory_service, "/reservations");
    ask_body_begin_list(ask, "items");
    json_each (item, items) {
        ask_body_begin(ask, NULL);
        ask_body_member(ask, "productId", json_get(item, "productId"));
        ask_body_member(ask, "quantity", json_get(item, "quantity"));
        ask_body_end(ask);
    }
    ask_body_end(ask);
}

void inventory_release(struct bff_ask *ask, struct text id)
{
    ask_delete(ask, &inventory_service, "/reservations");
    ask_segment(ask, id);
}
