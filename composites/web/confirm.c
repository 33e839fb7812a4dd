/*
 * Confirms an order: checks the stock, reserves the items, makes the order, and tells the user.
 * When no order can be made, the reservation is taken back.
 */
#include "composites/web/composites.h"
#include "composites/shared/confirm.h"

static const struct bff_body body[] = {
    {.path = "paymentMethod", .kind = BFF_BODY_TEXT},
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
};

static const struct bff_part parts[] = {
    {.name = "order",
     .ask = confirm_order,
     .need = BFF_REQUIRED,
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .shape = "orders.schema.json#/$defs/order"},
    {.name = "stock",
     .ask = confirm_stock,
     .after = "order",
     .place = BFF_HIDDEN,
     .kind = BFF_OBJECT,
     .many = 50,
     .shape = "inventory.schema.json#/$defs/stock"},
    {.name = "reservation",
     .ask = confirm_reserve,
     .undo = confirm_release,
     .after = "stock",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .shape = "inventory.schema.json#/$defs/reservation"},
    {.name = "confirmed",
     .ask = confirm_create,
     .after = "reservation",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .shape = "orders.schema.json#/$defs/newOrder"},
    {.name = "notified",
     .ask = confirm_notify,
     .after = "confirmed",
     .pick = "id title",
     .shape = "notifications.schema.json#/$defs/sent"},
};

const struct bff_composite web_confirm = {
    .route = "POST /api/checkout/:orderId/confirm",
    .about = "confirms an order: reserves its items, makes the order, tells the user",
    .failure = "Failed to confirm the order",
    .access = BFF_OWNER,
    .owner = "order.userId",
    .budget_ms = 3000,
    .p95_ms = 1000,
    .budget_bytes = 4 * 1024,
    .is_stamped = true,
    .idempotency = BFF_KEY_REQUIRED,
    .body = BFF_TABLE(body),
    .parts = BFF_TABLE(parts),
};
