/*
 * A YAML document as JSON. Scalars without quotes are numbers, true, false or null when they are
 * written as JSON writes them ("~" and nothing are null, too). Every other scalar is a text.
 */
#ifndef BFF_YAML_YAML_JSON_H
#define BFF_YAML_YAML_JSON_H

#include "bff/base/pool.h"
#include "bff/yaml/document.h"

/*
 *   most         the most bytes of the result. Aliases may make a short file long
 *   keeps_lines  each name and each value is in the same line of the result as in the file, so that
 *                a place in the JSON has the line of the file. Only what an alias repeats is later
 *   scalar       returns the text of a scalar, which it may change. Absent: it is wrong, and the
 *                function has reported that. NULL: scalars are used as they are written
 *   cookie       for ${scalar}
 */
struct yaml_json {
    size_t most;
    bool keeps_lines;
    struct text (*scalar)(void *cookie, const yaml_node_t *node, struct pool *pool);
    void *cookie;
};

/* The first mistake. */
struct yaml_json_mistake {
    const char *words; /* NULL: it has been reported by ${scalar} */
    const yaml_node_t *node;
};

/* Returns ${node} of ${document} as JSON in ${pool}, with a NUL after it. Absent: it cannot be
 * written as JSON, or is too long, and ${*mistake} says why. */
struct text yaml_json_print(struct document *document, yaml_node_t *node,
                            const struct yaml_json *how, struct pool *pool,
                            struct yaml_json_mistake *mistake);

/* Returns the line, from 1, of the place ${at} in ${json}, which yaml_json_print has made with
 * keeps_lines; or in any text. */
size_t yaml_json_line(struct text json, const char *at);

#endif
