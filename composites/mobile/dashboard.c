/* The first screen of the app: the user, the latest orders, and the notifications. */
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/users.h"
#include "composites/mobile/composites.h"

static void user(struct bff_ask *ask) { users_get(ask, ask_param(ask, "userId")); }

static void recent_orders(struct bff_ask *ask) { orders_of_user(ask, ask_param(ask, "userId"), 3); }

static void unread_notifications(struct bff_ask *ask)
{
    notifications_unread(ask, ask_param(ask, "userId"));
}

static void unread_count(struct json_print *out, struct json notifications)
{
    json_print_size(out, json_length(notifications));
}

static const struct bff_part parts[] = {
    {.name = "user",
     .ask = user,
     .pick = "id name avatarUrl",
     .shape = "users.schema.json#/$defs/user"},
    {.name = "recentOrders",
     .ask = recent_orders,
     .kind = BFF_LIST,
     .pick = "id status total",
     .shape = "orders.schema.json#/$defs/order"},
    {.name = "unreadNotifications",
     .ask = unread_notifications,
     .place = BFF_HIDDEN,
     .kind = BFF_LIST,
     .shape = "notifications.schema.json#/$defs/notification"},
};

static const struct bff_field fields[] = {
    {.name = "unreadCount", .of = "unreadNotifications", .print = unread_count, .shape = "integer"},
};

const struct bff_composite mobile_dashboard = {
    .route = "GET /api/dashboard/:userId",
    .about = "first screen: user, recent orders and the number of unread notifications",
    .access = BFF_OWNER,
    .owner = "userId",
    .p95_ms = 300,
    .budget_bytes = 512,
    .is_stamped = true,
    .may_choose = true,
    .parts = BFF_TABLE(parts),
    .fields = BFF_TABLE(fields),
};
