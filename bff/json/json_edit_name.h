/* Compares a name as it is written with a name of a rule. Private to json_edit.c. */
#ifndef BFF_JSON_JSON_EDIT_NAME_H
#define BFF_JSON_JSON_EDIT_NAME_H

#include "bff/base/text.h"

/* Writes the decoded ${key} to ${out}, which has room for key.len bytes. ${key} is the valid text
 * between the quotes of a string. A lone surrogate becomes U+FFFD. */
struct text json_edit_name_decode(struct text key, char *out);

#endif
