/* The JSON Schema files of this folder, for columns .shape. clients/schemas.cmake makes the table
 * when the program is built. */
#ifndef CLIENTS_SCHEMAS_H
#define CLIENTS_SCHEMAS_H

#include "bff/compose/compose.h"

extern const struct bff_schemas clients_schemas;

#endif
