/* bff-web: the backend of the browser app. */
#include "clients/schemas.h"
#include "clients/services.h"
#include "composites/shared/shop.h"
#include "composites/web/composites.h"
#include "fixtures/mock_upstreams.h"

static const struct bff_composite *const composites[] = {
    &web_dashboard,
    &web_product_detail,
    &web_checkout,
    /* Pages that change data. */
    &web_confirm,
};

static const struct bff_build build = {
    .name = "web",
    .port = 8080,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .routes = &shop_routes,
    .rate_limits = &shop_rate_limits,
    .admin_role = SHOP_ADMIN_ROLE,
    .schemas = &clients_schemas,
    .mocks = &mock_upstreams,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
