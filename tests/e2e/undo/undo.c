/* A build for tests: a page that reserves goods, makes an order and sends a notice, and takes the
 * reservation back when there is no order. */
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/services.h"

static void send(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    ask_post(ask, service, path);
    ask_query(ask, "cart", ask_param(ask, "cart"));
}

static void reserve(struct bff_ask *ask) { send(ask, &inventory_service, "/reservations"); }

static void cancel(struct bff_ask *ask)
{
    ask_delete(ask, &inventory_service, "/reservations");
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "reserve"), "id")));
}

static void create(struct bff_ask *ask) { send(ask, &orders_service, "/orders"); }

static void notify(struct bff_ask *ask) { send(ask, &notifications_service, "/notices"); }

static const struct bff_part parts[] = {
    {.name = "reserve", .ask = reserve, .undo = cancel, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order", .ask = create, .after = "reserve", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "notice", .ask = notify, .after = "order", .kind = BFF_OBJECT},
};

static const struct bff_composite confirm = {
    .route = "POST /api/confirm/:cart",
    .failure = "Failed to confirm the order",
    .access = BFF_PUBLIC,
    .budget_ms = 400,
    .parts = BFF_TABLE(parts),
};

static const struct bff_composite *const composites[] = {&confirm};

static const struct bff_build build = {
    .name = "undo",
    .port = 8087,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
