/*
 * How an ask function describes a call that changes data. For files of frontend teams, which
 * include compose.h.
 */
#ifndef BFF_COMPOSE_COMPOSE_CHANGE_H
#define BFF_COMPOSE_COMPOSE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/json/json.h"
#include "bff/upstream/service.h"

struct bff_ask;

/*
 * Begin to describe a call that changes data, as ask_get begins one that reads. They are for
 * composites whose method is POST, PUT, PATCH or DELETE. Such a call is sent at most once: no
 * other endpoint is asked when the service may have got a byte of it, and its answer is never
 * cached. Two parts never share one call that changes data.
 */
void ask_post(struct bff_ask *ask, const struct bff_service *service, const char *path);
void ask_put(struct bff_ask *ask, const struct bff_service *service, const char *path);
void ask_patch(struct bff_ask *ask, const struct bff_service *service, const char *path);
void ask_delete(struct bff_ask *ask, const struct bff_service *service, const char *path);

/*
 * Returns the member of the request's body at a dotted path: ask_input(ask, "address.city"). A row
 * of .body must be about it. An empty path means the whole body. JSON_NONE: the client has not sent
 * it. It is there once, because a member that a row names must not be there twice. */
struct json ask_input(struct bff_ask *ask, const char *path);

/*
 * Write the body of the call, an object, member by member:
 *
 *   ask_body_text(ask, "orderId", ask_param(ask, "orderId"));    "orderId":"7"
 *   ask_body_number(ask, "count", 3);                            "count":3
 *   ask_body_bool(ask, "isGift", true);                          "isGift":true
 *   ask_body_member(ask, "items", ask_input(ask, "items"));      the bytes as they came
 *
 * When a text or a value is absent, or a text is not UTF-8, the call is not made, and the part is
 * rejected as `skipped`. The same member must not be written twice.
 */
void ask_body_text(struct bff_ask *ask, const char *name, struct text text);
void ask_body_number(struct bff_ask *ask, const char *name, int64_t number);
void ask_body_bool(struct bff_ask *ask, const char *name, bool value);
void ask_body_member(struct bff_ask *ask, const char *name, struct json value);

/*
 * Begin an object or a list in the body, and end it. What is written between them belongs to it.
 * The items of a list have no name: write NULL.
 *
 *   ask_body_begin_list(ask, "items");
 *   json_each (item, ask_input(ask, "items")) {
 *       ask_body_begin(ask, NULL);
 *       ask_body_member(ask, "productId", json_get(item, "productId"));
 *       ask_body_end(ask);
 *   }
 *   ask_body_end(ask);
 */
void ask_body_begin(struct bff_ask *ask, const char *name);
void ask_body_begin_list(struct bff_ask *ask, const char *name);
void ask_body_end(struct bff_ask *ask);

/* Sends ${body} as the whole body of the call, byte for byte. When it is absent, the call is not
 * made, and the part is rejected as `skipped`. */
void ask_body(struct bff_ask *ask, struct json body);

#endif
