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
     .pick = "id name price description",
     .shape = "products.schema.json#/$defs/product"},
    {.name = "reviews",
     .ask = reviews,
     .place = BFF_HIDDEN,
     .kind = BFF_LIST,
     .shape = "reviews.schema.json#/$defs/review"},
    {.name = "inventory",
     .ask = inventory,
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .shape = "inventory.schema.json#/$defs/stock"},
};

static const struct bff_field fields[] = {
    {.name = "averageRating",
     .of = "reviews",
     .print = product_average_rating,
     .shape = "text|integer"},
    {.name = "reviewCount", .of = "reviews", .print = product_review_count, .shape = "integer"},
    {.name = "inStock", .of = "inventory", .print = product_in_stock, .shape = "boolean|null"},
    {.name = "stockQuantity",
     .of = "inventory",
     .print = product_stock_quantity,
     .shape = "number|null"},
    {.name = "isOnSale", .of = "product", .print = product_is_on_sale, .shape = "boolean|null"},
    {.name = "savings", .of = "product", .print = product_savings, .shape = "number|null"},
};

const struct bff_composite web_product_detail = {
    .route = "GET /api/products/:id",
    .about = "product page: product, ratings and stock",
    .failure = "Failed to fetch product details",
    .access = BFF_SIGNED_IN,
    .p95_ms = 200,
    .budget_bytes = 1024,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};
