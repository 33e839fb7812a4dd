/* A build for tests: pages that change data, for requests with an Idempotency-Key. Its clocks are
 * those of tests/e2e/clock. */
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/products.h"
#include "clients/services.h"
#include "clients/users.h"

static void stock(struct bff_ask *ask) { products_get(ask, TEXT("p1")); }

static void order(struct bff_ask *ask)
{
    ask_post(ask, &orders_service, "/orders");
    ask_body(ask, json_of(TEXT("{\"product\":\"p1\"}")));
}

static void note(struct bff_ask *ask)
{
    ask_post(ask, &notifications_service, "/notifications");
    ask_body(ask, json_of(TEXT("{\"text\":\"done\"}")));
}

static const struct bff_part buy_parts[] = {
    {.name = "stock", .ask = stock, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order",
     .ask = order,
     .after = "stock",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .headers = "Set-Cookie"},
    {.name = "note", .ask = note, .after = "order", .kind = BFF_OBJECT},
};

static const struct bff_body buy_body[] = {
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
};

static const struct bff_composite buy = {
    .route = "POST /api/buy/:userId",
    .failure = "Failed to buy",
    .access = BFF_PUBLIC,
    .budget_ms = 20000,
    .is_stamped = true,
    .body = BFF_TABLE(buy_body),
    .parts = BFF_TABLE(buy_parts),
};

static const struct bff_composite strict = {
    .route = "POST /api/strict/:userId",
    .failure = "Failed to buy",
    .access = BFF_PUBLIC,
    .body = BFF_TABLE(buy_body),
    .idempotency = BFF_KEY_REQUIRED,
    .parts = BFF_TABLE(buy_parts),
};

/* The owner is in a part. */

static void basket(struct bff_ask *ask) { orders_get(ask, ask_param(ask, "orderId")); }

static const struct bff_part own_parts[] = {
    {.name = "basket", .ask = basket, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order", .ask = order, .after = "basket", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
};

static const struct bff_composite own = {
    .route = "POST /api/own/:orderId",
    .failure = "Failed to buy",
    .access = BFF_OWNER,
    .owner = "basket.userId",
    .parts = BFF_TABLE(own_parts),
};

/* The service finds out itself who asks. */

static void guest_order(struct bff_ask *ask)
{
    ask_post(ask, &orders_service, "/orders");
    ask_pass_header(ask, "Cookie");
    ask_pass_header(ask, "Authorization");
    ask_body(ask, json_of(TEXT("{\"product\":\"p1\"}")));
}

static const struct bff_part guest_parts[] = {
    {.name = "order",
     .ask = guest_order,
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .headers = "Set-Cookie"},
};

static const struct bff_composite guest = {
    .route = "POST /api/guest",
    .failure = "Failed to buy",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(guest_parts),
};

/* Taking everything back may take long. */

static void cancel(struct bff_ask *ask) { ask_delete(ask, &orders_service, "/orders"); }

#define STEP(part, before)                                                                         \
    {                                                                                              \
        .name = part, .ask = order, .undo = cancel, .after = before, .need = BFF_REQUIRED,         \
        .kind = BFF_OBJECT                                                                         \
    }

static const struct bff_part long_parts[] = {STEP("a", NULL), STEP("b", "a"), STEP("c", "b"),
                                             STEP("d", "c")};

static const struct bff_composite long_one = {
    .route = "POST /api/long",
    .failure = "Failed",
    .access = BFF_PUBLIC,
    .budget_ms = 20000,
    .parts = BFF_TABLE(long_parts),
};

static const struct bff_composite *const composites[] = {&buy, &strict, &own, &guest, &long_one};

static const struct bff_build build = {
    .name = "keys",
    .port = 8086,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .admin_role = "admin",
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
