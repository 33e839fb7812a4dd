/* Prints the responses of a composite: their status, fields and bodies. */
#ifndef BFF_COMPOSE_OPENAPI_REPLY_H
#define BFF_COMPOSE_OPENAPI_REPLY_H

#include "bff/compose/types.h"
#include "bff/json/json_print.h"

/* Prints the member "responses" of an operation. */
void openapi_reply_print(struct json_print *out, const struct types *types,
                         const struct types_page *page);

/* Print what all responses share, for "components": the member "headers", and members of
 * "schemas". */
void openapi_reply_print_headers(struct json_print *out, const struct types *types);
void openapi_reply_print_schemas(struct json_print *out);

#endif
