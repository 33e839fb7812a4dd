/* Prints the composites of a build as a document of OpenAPI 3.1. */
#ifndef BFF_COMPOSE_OPENAPI_H
#define BFF_COMPOSE_OPENAPI_H

#include <stdio.h>

#include "bff/base/text.h"
#include "bff/compose/page.h"

/* What the document says of the configuration. */
struct openapi_about {
    struct text version;    /* of this program */
    struct text cookie;     /* of sessions; absent: there are none */
    struct text key_header; /* of API keys, in lower case; absent: there are none */
};

/* Prints the document, and a line end. The same input always gives the same bytes. */
void openapi_print(const struct pages *pages, const struct openapi_about *about, FILE *file);

#endif
