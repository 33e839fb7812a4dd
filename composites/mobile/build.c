/* bff-mobile: the backend of the phone app. */
#include "clients/schemas.h"
#include "clients/services.h"
#include "composites/shared/shop.h"
#include "composites/mobile/composites.h"
#include "fixtures/mock_upstreams.h"

static const struct bff_composite *const composites[] = {
    &mobile_dashboard,
    &mobile_product_detail,
    &mobile_checkout,
    /* Pages that change data. */
    &mobile_confirm,
};

static const struct bff_build build = {
    .name = "mobile",
    .port = 8081,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .routes = &shop_routes,
    .rate_limits = &shop_rate_limits,
    .admin_role = SHOP_ADMIN_ROLE,
    .schemas = &clients_schemas,
    .mocks = &mock_upstreams,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
