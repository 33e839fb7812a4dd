#include "clients/products.h"

const struct bff_service products_service = {
    .name = "products",
    .environment = "PRODUCTS_URL",
    .endpoint = "http://127.0.0.1:3001",
};

void products_get(struct bff_ask *ask, struct text id)
{
    ask_get(ask, &products_service, "/products");
    ask_segment(ask, id);
}
