/*
 * How an ask function describes a call that changes data. For files of frontend teams, which
 * include compose.h.
 */
#ifndef BFF_COMPOSE_COMPOSE_CHANGE_H
#define BFF_COMPOSE_COMPOSE_CHANGE_H

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

/* Sends ${body} as the body of the call, byte for byte. When it is absent, the call is not made,
 * and the part is rejected as `skipped`. */
void ask_body(struct bff_ask *ask, struct json body);

#endif
