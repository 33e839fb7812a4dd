/* The names of types. */
#ifndef BFF_COMPOSE_TYPES_NAME_H
#define BFF_COMPOSE_TYPES_NAME_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/page.h"
#include "bff/compose/plan.h"

/* Returns ${text} as a name of a type: "recentOrders" and "recent-orders" give "RecentOrders". */
struct text types_name_of(struct pool *pool, struct text text);

/*
 * Returns the name of the type of a composite's answer. It is made of the literal segments of the
 * path, without "api" at the beginning: "/api/checkout/:orderId/confirm" gives "CheckoutConfirm".
 * When two composites would have one name, those of the parameters follow ("OrdersById"), and then
 * the method comes first ("PostOrdersById").
 */
struct text types_name_of_page(struct pool *pool, const struct pages *pages,
                               const struct plan *plan);

#endif
