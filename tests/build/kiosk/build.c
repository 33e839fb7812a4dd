/* A third build, of one composite: the price tag at the shelf. */
#include "bff/compose/compose.h"
#include "clients/services.h"
#include "clients/products.h"

static void product(struct bff_ask *ask) { products_get(ask, ask_param(ask, "id")); }

static const struct bff_part parts[] = {
    {.name = "product",
     .ask = product,
     .place = BFF_SPREAD,
     .need = BFF_REQUIRED,
     .pick = "name price"},
    {0},
};

static const struct bff_composite price_tag = {
    .route = "GET /api/price-tag/:id",
    .about = "price tag: a product's name and price",
    .failure = "Failed to fetch the price tag",
    .access = BFF_PUBLIC,
    .parts = parts,
};

static const struct bff_composite *const composites[] = {&price_tag, NULL};

static const struct bff_build build = {
    .name = "kiosk",
    .port = 8082,
    .composites = composites,
    .services = clients_services,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
