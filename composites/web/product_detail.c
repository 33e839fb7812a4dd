/* The product page: the product, its ratings and its stock in one flat answer. */
#include "clients/inventory.h"
#include "clients/products.h"
#include "clients/reviews.h"
#include "composites/shared/product_fields.h"
#include "composites/web/composites.h"

static void product(struct bff_ask *ask) { products_get(ask, ask_param(ask, "id")); }
static void reviews(struct bff_ask *ask) { reviews_of_product(ask, ask_param(ask, "id")); }
static void inventory(struct bff_ask *ask) { inventory_get(ask, ask_param(ask, "id")); }

static const struct bff_part parts[] = {
    {.name = "product",
     .ask = product,
     .need = BFF_REQUIRED,
     .place = BFF_SPREAD,
     .pick = "id name price description"},
    {.name = "reviews", .ask = reviews, .place = BFF_HIDDEN, .kind = BFF_LIST},
    {.name = "inventory", .ask = inventory, .place = BFF_HIDDEN, .kind = BFF_OBJECT},
};

static const struct bff_field fields[] = {
    {.name = "averageRating", .of = "reviews", .print = product_average_rating},
    {.name = "reviewCount", .of = "reviews", .print = product_review_count},
    {.name = "inStock", .of = "inventory", .print = product_in_stock},
    {.name = "stockQuantity", .of = "inventory", .print = product_stock_quantity},
    {.name = "isOnSale", .of = "product", .print = product_is_on_sale},
    {.name = "savings", .of = "product", .print = product_savings},
};

const struct bff_composite web_product_detail = {
    .route = "GET /api/products/:id",
    .about = "product page: product, ratings and stock",
    .failure = "Failed to fetch product details",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};
