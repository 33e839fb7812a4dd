/* See shop.h. */
#include "composites/shared/shop.h"

static const struct bff_route routes[] = {
    {.path = "/api/users/", .service = "users", .to = "/users/"},
    {.path = "/api/products", .service = "products", .to = "/products"},
    {.path = "/api/products/", .service = "products", .to = "/products/"},
    {.path = "/api/orders", .service = "orders", .to = "/orders"},
    {.path = "/api/orders/", .service = "orders", .to = "/orders/"},
    {.path = "/api/auth/", .service = "users", .to = "/auth/", .access = "public"},
};

const struct bff_routes shop_routes = BFF_TABLE(routes);
