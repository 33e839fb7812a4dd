/* A build for tests: pages that change data. */
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "clients/services.h"

/* A cart becomes an order: three changes, one after the other. */

static void cart(struct bff_ask *ask) { orders_get(ask, ask_param(ask, "cartId")); }

static void reserve(struct bff_ask *ask)
{
    ask_post(ask, &inventory_service, "/reservations");
    ask_body_text(ask, "cart", ask_param(ask, "cartId"));
    ask_body_begin_list(ask, "products");
    json_each (item, ask_input(ask, "items")) {
        ask_body_begin(ask, NULL);
        ask_body_member(ask, "id", json_get(item, "productId"));
        ask_body_member(ask, "count", json_get(item, "quantity"));
        ask_body_end(ask);
    }
    ask_body_end(ask);
}

static void create(struct bff_ask *ask)
{
    ask_post(ask, &orders_service, "/orders");
    ask_body_member(ask, "reservation", json_get(ask_part(ask, "reservation"), "id"));
    ask_body_member(ask, "address", ask_input(ask, "address"));
}

static void tell(struct bff_ask *ask)
{
    struct json note = ask_input(ask, "note");

    ask_post(ask, &notifications_service, "/notifications");
    ask_body_text(ask, "order", ask_text(ask, json_get(ask_part(ask, "order"), "id")));

    if (!json_is(note, JSON_NONE))
        ask_body_member(ask, "note", note);
}

static const struct bff_body order_body[] = {
    {.path = "items[].productId", .kind = BFF_BODY_TEXT},
    {.path = "items[].quantity", .kind = BFF_BODY_NUMBER},
    {.path = "address", .kind = BFF_BODY_OBJECT},
    {.path = "address.city", .kind = BFF_BODY_TEXT},
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
};

static const struct bff_part order_parts[] = {
    {.name = "cart", .ask = cart, .need = BFF_REQUIRED, .place = BFF_HIDDEN, .kind = BFF_OBJECT},
    {.name = "reservation",
     .ask = reserve,
     .after = "cart",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT},
    {.name = "order",
     .ask = create,
     .after = "reservation",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT},
    {.name = "mail", .ask = tell, .after = "order", .kind = BFF_ANY},
};

static const struct bff_composite order = {
    .route = "POST /api/carts/:cartId/order",
    .failure = "Failed to place the order",
    .access = BFF_OWNER,
    .owner = "cart.userId",
    .body = BFF_TABLE(order_body),
    .body_bytes = 1024,
    .parts = BFF_TABLE(order_parts),
};

/* A note, of which this server knows nothing: it passes the body on. */

static void put_note(struct bff_ask *ask)
{
    ask_put(ask, &notifications_service, "/notes");
    ask_segment(ask, ask_param(ask, "id"));
    ask_body(ask, ask_input(ask, ""));
}

static void delete_note(struct bff_ask *ask)
{
    ask_delete(ask, &notifications_service, "/notes");
    ask_segment(ask, ask_param(ask, "id"));
}

static void get_note(struct bff_ask *ask)
{
    ask_get(ask, &notifications_service, "/notes");
    ask_segment(ask, ask_param(ask, "id"));
}

static const struct bff_part put_parts[] = {
    {.name = "note", .ask = put_note, .need = BFF_REQUIRED, .kind = BFF_ANY}};
static const struct bff_part delete_parts[] = {
    {.name = "note", .ask = delete_note, .need = BFF_REQUIRED, .kind = BFF_ANY}};
static const struct bff_part get_parts[] = {
    {.name = "note", .ask = get_note, .need = BFF_REQUIRED, .kind = BFF_ANY}};

static const struct bff_composite note_put = {
    .route = "PUT /api/notes/:id",
    .failure = "Failed to write the note",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(put_parts),
};

static const struct bff_composite note_delete = {
    .route = "DELETE /api/notes/:id",
    .failure = "Failed to delete the note",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(delete_parts),
};

static const struct bff_composite note_get = {
    .route = "GET /api/notes/:id",
    .failure = "Failed to load the note",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(get_parts),
};

/* A mistake: whether it changes data depends on data. */

static void perhaps(struct bff_ask *ask)
{
    if (text_is(ask_param(ask, "id"), "change"))
        delete_note(ask);
    else
        get_note(ask);
}

static const struct bff_part perhaps_parts[] = {{.name = "note", .ask = perhaps, .kind = BFF_ANY}};

static const struct bff_composite unplanned = {
    .route = "PATCH /api/perhaps/:id",
    .access = BFF_SIGNED_IN,
    .parts = BFF_TABLE(perhaps_parts),
};

static const struct bff_composite *const composites[] = {&order, &note_put, &note_delete, &note_get,
                                                         &unplanned};

static const struct bff_build build = {
    .name = "changing",
    .port = 8085,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .admin_role = "admin",
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
