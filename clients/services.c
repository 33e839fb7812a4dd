#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/products.h"
#include "clients/recommendations.h"
#include "clients/reviews.h"
#include "clients/users.h"
#include "clients/services.h"

static const struct bff_service *const services[] = {
    &users_service,     &products_service,        &orders_service,        &reviews_service,
    &inventory_service, &recommendations_service, &notifications_service,
};

const struct bff_services clients_services = BFF_TABLE(services);
