/*
 * The JSON body of a request for a page that changes data, while it arrives. It is scanned piece by
 * piece, so a body that cannot be JSON any more is refused before its end.
 */
#ifndef BFF_COMPOSE_INPUT_H
#define BFF_COMPOSE_INPUT_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/input_spec.h"
#include "bff/json/json.h"

struct input;

/* Makes a body of which nothing has come. It ends with ${pool}. ${spec} must live as long. */
struct input *input_new(struct pool *pool, const struct input_spec *spec, unsigned depth_limit);

/* Adds the next bytes; the caller limits how many there are, to less than 4 GiB. Returns false, and
 * writes to ${mistake} what is wrong with the body. */
bool input_add(struct input *input, struct text bytes, struct input_mistake *mistake);

/* The body is whole. Returns false, and writes to ${mistake} what is wrong with it. Otherwise
 * ${json} gets its value, valid as long as the pool; JSON_NONE: the body is empty. */
bool input_end(struct input *input, struct json *json, struct input_mistake *mistake);

/* Returns the members of the answer that tells the client: "\"path\":\"id\",\"detail\":\"is
 * missing\"". */
struct text input_members(const struct input_mistake *mistake, struct pool *pool);

#endif
