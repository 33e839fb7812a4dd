/*
 * How an ask function describes a call. For files of frontend teams, which include compose.h.
 */
#ifndef BFF_COMPOSE_COMPOSE_ASK_H
#define BFF_COMPOSE_COMPOSE_ASK_H

#include "bff/base/text.h"
#include "bff/json/json.h"
#include "bff/upstream/service.h"

/* Asking. The .ask function of a part calls these functions, with the ${ask} that it was given. */

struct bff_ask;

/* Returns the value of a parameter of the route, decoded: ask_param(ask, "userId") for the route
 * "/api/dashboard/:userId". */
struct text ask_param(struct bff_ask *ask, const char *name);

/* Returns the value of the part that the row names in .after, or of a part for which that part
 * waits. When the service sent no value, or the part was left out, the result is the part's
 * fallback. */
struct json ask_part(struct bff_ask *ask, const char *part);

/* Returns ${value} as text: the content of a string, or the digits of a number as the service wrote
 * them. For any other value the text is absent. */
struct text ask_text(struct bff_ask *ask, struct json value);

/*
 * Begins to describe a call: GET ${path} of ${service}. The path begins with '/'. The functions
 * below add to this call. In a row with .many, each ask_get begins one more call.
 */
void ask_get(struct bff_ask *ask, const struct bff_service *service, const char *path);

/*
 * Says that there is nothing to ask, in place of ask_get. This is no error:
 *
 *   in a row with .many   the item is null, and the items after it keep their places
 *   in an optional row    the part has its fallback, and the parts that wait for it start
 *   in a required row     the answer cannot do without it: it is rejected as `skipped`
 */
void ask_nothing(struct bff_ask *ask);

/*
 * Adds "/" and ${text} to the path. The text is percent-encoded, so it is always exactly one
 * segment. These texts cannot be sent: an absent or empty text, "." and "..", a text longer than
 * 256 bytes, a text that is not UTF-8, and a text with a control byte. A text such as "../x" or
 * "..;x" cannot be sent either: it leads up in a service that decodes the path once more. Then the
 * call is not made, and the part is rejected as `skipped`.
 */
void ask_segment(struct bff_ask *ask, struct text text);

/* Adds a query parameter: "?name=text", and "&name=text" from the second one on. The text is
 * percent-encoded. The same texts as in ask_segment cannot be sent, except that here the text may
 * be empty, and dots do not matter. */
void ask_query(struct bff_ask *ask, const char *name, struct text text);

/* Like ask_query, with a number as the value. */
void ask_query_number(struct bff_ask *ask, const char *name, unsigned number);

/*
 * Returns the value of a query parameter of the client's request, decoded: ask_query_value(ask,
 * "limit"). The composite has a row for it in .query. When the client did not send it, the result
 * is the row's fallback, or an absent text without one.
 */
struct text ask_query_value(struct bff_ask *ask, const char *name);

/* Passes a query parameter of the client on to the service, with the same name: does ask_query with
 * the text of ask_query_value. Adds nothing when that text is absent. */
void ask_pass_query(struct bff_ask *ask, const char *name);

/*
 * Asks for several items of a list part by one call, in place of an ask_get for each item:
 *
 *     ask_batch(ask, &products_service, "/products", "ids", 50, "id");
 *     json_each (item, orders_items(order))
 *         ask_batch_item(ask, ask_text(ask, json_get(item, "productId")));
 *
 * The call is GET ${path}?${name}=p1,p2,p3 of ${service}. There are ${max} items in a call at most,
 * and fewer when the target would be longer than 4000 bytes: then there are several calls. An item
 * that is there twice is asked for once. Between ask_batch and the first item, ask_segment,
 * ask_query and the other functions add to each call.
 *
 * The answer is a list of objects, in any order. Each item of the part is the object whose member
 * ${by} has the item's text, which is a string or a number. ${by} also says where the list is in
 * the answer, when the answer is not the list: "data.products[].id". When several objects have the
 * text, the last one counts. An item that is not in the answer is rejected as `status` with 404. An
 * answer without the list is `bad_json` for each of its items. ask_nothing keeps the place of an
 * item, as always. For rows with .many.
 */
void ask_batch(struct bff_ask *ask, const struct bff_service *service, const char *path,
               const char *name, unsigned max, const char *by);

/* Adds an item to the batch. The same texts as in ask_segment cannot be sent, except that dots do
 * not matter; nor can a text with a comma. Such an item is rejected as `skipped`. */
void ask_batch_item(struct bff_ask *ask, struct text text);

/* Passes a request header of the client on to the service, for example "Cookie" or "Authorization".
 * Does nothing when the client did not send it. Headers that frame a request, and headers that
 * state its user or its deadline, cannot be passed on. */
void ask_pass_header(struct bff_ask *ask, const char *name);

#endif
