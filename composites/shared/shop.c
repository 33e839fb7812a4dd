/* See shop.h. */
#include "composites/shared/shop.h"

static const struct bff_route routes[] = {
    {.path = "/api/users/", .service = "users", .to = "/users/"},
    {.path = "/api/products",
     .service = "products",
     .to = "/products",
     .cache_s = 300,
     .shared_in_mock = true,
     .response_header = "X-Service: product-service"},
    {.path = "/api/products/",
     .service = "products",
     .to = "/products/",
     .response_header = "X-Service: product-service"},
    {.path = "/api/orders", .service = "orders", .to = "/orders"},
    {.path = "/api/orders/", .service = "orders", .to = "/orders/"},
    {.path = "/api/auth/", .service = "users", .to = "/auth/", .access = "public"},
};

const struct bff_routes shop_routes = BFF_TABLE(routes);

/* A login counts in "api" and in "login". */
static const struct bff_rate_limit rate_limits[] = {
    {.name = "api", .path = "/api/", .window = "15m", .max = 100},
    {.name = "login", .path = "/api/auth/login", .window = "15m", .max = 10},
    {.name = "register", .path = "/api/auth/register", .window = "15m", .max = 10},
};

const struct bff_rate_limits shop_rate_limits = BFF_TABLE(rate_limits);
