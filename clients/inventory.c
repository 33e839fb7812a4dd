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
