/* See shop.h. */
#include "composites/shared/shop.h"

const struct bff_route shop_routes[] = {
    {.path = "/api/users/", .service = "users", .to = "/users/"},
    {.path = "/api/products", .service = "products", .to = "/products"},
    {.path = "/api/products/", .service = "products", .to = "/products/"},
    {.path = "/api/orders", .service = "orders", .to = "/orders"},
    {.path = "/api/orders/", .service = "orders", .to = "/orders/"},
    {.path = "/api/auth/", .service = "users", .to = "/auth/", .access = "public"},
    {0},
};
