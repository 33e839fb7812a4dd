/* Prints the types of one composite: the states of its parts, and its row in the type Api. */
#ifndef BFF_COMPOSE_TYPESCRIPT_PAGE_H
#define BFF_COMPOSE_TYPESCRIPT_PAGE_H

#include "bff/compose/typescript_type.h"

/* Prints the type of the answer's member errors. */
void typescript_page_errors(const struct typescript_out *out, const struct types_page *page);

/* Prints the type of the states of all parts. */
void typescript_page_parts(const struct typescript_out *out, const struct types_page *page);

/* Prints the row of the composite in the type Api. */
void typescript_page_row(const struct typescript_out *out, const struct types_page *page);

#endif
