/*
 * What a plain route changes in its requests and in their answers, beside the header fields that it
 * sets and removes. It comes from the configuration and does not change.
 */
#ifndef BFF_PROXY_PLAIN_TRANSFORM_H
#define BFF_PROXY_PLAIN_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/json/json_edit_rules.h"
#include "bff/proxy/plain_field.h"
#include "bff/proxy/plain_query.h"

/* An answer with the status ${from} gets the status ${to}. ${from} is 4 for all from 400 to 499. */
struct plain_status {
    int from, to;
};

/* What to do with a body that rules cannot change: another type, coded, only a part, no JSON. */
enum plain_other {
    PLAIN_OTHER_REFUSE, /* the message is refused */
    PLAIN_OTHER_PASS,   /* it passes as it is */
};

/*
 *   has_captures  the route's path has segments such as ":id"
 *   path          the target of the request to the service, with the captures of the route's path;
 *                 absent: the route's ${to} says it
 *   method        of the request to the service; absent: the client's
 *   query         parameters that are set, removed and renamed
 *   request_names, response_names   fields that get another name: rows of the old name and the new
 *   request_body, response_body     rules for a body that is JSON; NULL: bodies are not changed
 *   request_other, response_other   what to do with other bodies; only with such rules
 *   passes_errors  the bodies of answers with a status of 400 or more are not changed
 *   statuses      the statuses that are changed. A single one takes precedence over a class
 */
struct plain_transform {
    bool has_captures;
    struct text path;
    struct text method;
    struct plain_query query;
    struct plain_fields request_names;
    struct plain_fields response_names;
    struct json_edit_rules *request_body;
    struct json_edit_rules *response_body;
    enum plain_other request_other;
    enum plain_other response_other;
    bool passes_errors;
    struct plain_status *statuses;
    size_t status_count;
};

/* Returns the status that an answer with ${status} gets. 304 and 206 never change, because they are
 * about a body that the client has. */
int plain_transform_status(const struct plain_transform *transform, int status);

/* True when the answer is changed in another way than by header fields that are set and removed. */
bool plain_transform_answers(const struct plain_transform *transform);

/* As plain_transform_name, for ${names} that has a row. */
struct text plain_transform_name_in(const struct plain_fields *names, struct text name);

/* Returns the new name of the field ${name} (any case) in ${names}; ${name} itself when it has
 * none; an absent text when another field gets this name, so that this one is left out. */
static inline struct text plain_transform_name(const struct plain_fields *names, struct text name)
{
    return names->count == 0 ? name : plain_transform_name_in(names, name);
}

#endif
