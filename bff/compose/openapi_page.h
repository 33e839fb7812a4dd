/* Prints one composite as an operation of an OpenAPI document. */
#ifndef BFF_COMPOSE_OPENAPI_PAGE_H
#define BFF_COMPOSE_OPENAPI_PAGE_H

#include "bff/compose/openapi.h"
#include "bff/compose/types.h"
#include "bff/json/json_print.h"

/* Prints the operation of ${page} as a member of its path: "get":{...}. */
void openapi_page_print(struct json_print *out, const struct types *types,
                        const struct types_page *page, const struct openapi_about *about);

#endif
