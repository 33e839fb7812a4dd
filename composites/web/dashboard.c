/* The first page: the user, the latest orders, recommendations and notifications. */
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/recommendations.h"
#include "clients/users.h"
#include "composites/web/composites.h"

static void user(struct bff_ask *ask) { users_get(ask, ask_param(ask, "userId")); }

static void recent_orders(struct bff_ask *ask) { orders_of_user(ask, ask_param(ask, "userId"), 5); }

static void recommendations(struct bff_ask *ask)
{
    recommendations_for_user(ask, ask_param(ask, "userId"));
}

static void unread_notifications(struct bff_ask *ask)
{
    notifications_unread(ask, ask_param(ask, "userId"));
}

static const struct bff_part parts[] = {
    {.name = "user",
     .ask = user,
     .kind = BFF_OBJECT,
     .fallback = "null",
     .shape = "users.schema.json#/$defs/user"},
    {.name = "recentOrders",
     .ask = recent_orders,
     .kind = BFF_LIST,
     .shape = "orders.schema.json#/$defs/order"},
    {.name = "recommendations",
     .ask = recommendations,
     .kind = BFF_LIST,
     .shape = "recommendations.schema.json#/$defs/recommendation"},
    {.name = "unreadNotifications",
     .ask = unread_notifications,
     .kind = BFF_LIST,
     .shape = "notifications.schema.json#/$defs/notification"},
};

const struct bff_composite web_dashboard = {
    .route = "GET /api/dashboard/:userId",
    .about = "dashboard: user, recent orders, recommendations and unread notifications",
    .access = BFF_OWNER,
    .owner = "userId",
    .p95_ms = 300,
    .budget_bytes = 12 * 1024,
    .is_stamped = true,
    .parts = BFF_TABLE(parts),
};
