#include "clients/reviews.h"

const struct bff_service reviews_service = {
    .name = "reviews",
    .environment = "REVIEWS_URL",
    .endpoint = "http://127.0.0.1:3003",
};

void reviews_of_product(struct bff_ask *ask, struct text product_id)
{
    ask_get(ask, &reviews_service, "/reviews");
    ask_query(ask, "productId", product_id);
}
