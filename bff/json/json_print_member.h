/* Prints members of a JSON object, each with its name (json_print_key). */
#ifndef BFF_JSON_JSON_PRINT_MEMBER_H
#define BFF_JSON_JSON_PRINT_MEMBER_H

#include "bff/json/json_print.h"

/* Prints ${words}, which are UTF-8. NULL: prints null. */
void json_print_member_words(struct json_print *out, const char *name, const char *words);
void json_print_member_number(struct json_print *out, const char *name, int64_t number);
void json_print_member_size(struct json_print *out, const char *name, size_t number);
void json_print_member_bool(struct json_print *out, const char *name, bool value);
void json_print_member_null(struct json_print *out, const char *name);

#endif
