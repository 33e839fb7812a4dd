/*
 * The public header for frontend teams: how to write a composite. Files in composites/ and clients/
 * include this header and nothing else of the engine.
 *
 * A composite is one answer that is put together from several services. You describe it as a table:
 * one row for each part of the answer. Each part is filled by one call to a service, or by one call
 * for each item of a list.
 *
 *   - All parts start at the same time, at once. But a part with ".after" starts when the part that
 * ".after" names is fulfilled.
 *   - The composite waits until all parts have settled, as Promise.allSettled does in JavaScript.
 * When the time budget is over, every part that has not settled is rejected as `timeout`. When a
 * required part is rejected, the composite ends at once, and the answer is an error.
 *   - The answer has the parts in the order of the rows. It does not matter which part settles
 * first.
 *
 * An ask function only describes a call; the engine makes the call. So an ask function cannot
 * block, leak memory or fail half-way. The tables are checked when the program starts, and a
 * message about a mistake names the composite and the row.
 *
 *   static void get_user(struct bff_ask *ask)
 *   {
 *       ask_get(ask, &users_service, "/users");
 *       ask_segment(ask, ask_param(ask, "userId"));
 *   }
 *
 *   static const struct bff_part parts[] = {
 *       {.name = "user", .ask = get_user, .need = BFF_REQUIRED, .pick = "id name"},
 *   };
 *
 *   const struct bff_composite profile = {
 *       .route = "GET /api/profile/:userId",
 *       .about = "the profile of a user",
 *       .failure = "Failed to load the profile",
 *       .access = BFF_OWNER,
 *       .owner = "userId",
 *       .parts = BFF_TABLE(parts),
 *   };
 *
 * docs/first-composite.md builds a composite in ten minutes.
 */
#ifndef BFF_COMPOSE_COMPOSE_H
#define BFF_COMPOSE_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/decimal.h"
#include "bff/json/json.h"
#include "bff/json/json_print.h"
#include "bff/base/text.h"
#include "bff/compose/compose_ask.h"
#include "bff/compose/compose_change.h"
#include "bff/compose/compose_build.h"

/* The table. */

enum bff_need {
    BFF_OPTIONAL, /* when the part is rejected, the answer has its fallback */
    BFF_REQUIRED, /* when the part is rejected, the answer is an error, at once */
};

enum bff_place {
    BFF_MEMBER, /* a member of the answer, with the name of the part */
    BFF_SPREAD, /* the members in .pick become members of the answer themselves */
    BFF_HIDDEN, /* the part is not in the answer: only fields and later parts read it */
};

/* A value of another kind is rejected as `bad_json`. */
enum bff_kind {
    BFF_KIND_MISSING, /* .fallback or .pick implies the kind, see struct bff_part. When they do not,
                         every value is accepted, and --check warns about the row */
    BFF_ANY,          /* any value, also null and {"error":"..."} */
    BFF_OBJECT,       /* an object */
    BFF_LIST,         /* an array; .pick then picks from each item, which is an object */
};

/* Who may request the answer. This applies only when login is configured. But every composite must
 * set it, and the table is checked at start even without login. */
enum bff_access {
    BFF_ACCESS_MISSING, /* a mistake: every composite must say who may ask */
    BFF_PUBLIC,
    BFF_SIGNED_IN,
    BFF_ROLE,  /* users with the role in .role */
    BFF_OWNER, /* the user whom .owner names, and users with the admin role of the build */
    BFF_SCOPE, /* users whose token or key has the scopes in .scopes */
    BFF_KEY,   /* requests with an API key */
};

/* The most parts of a composite, and the most items of a list part. */
#define BFF_PARTS_MAX 32
#define BFF_MANY_MAX 1000

#define BFF_HEDGE_P95 (~0u) /* for .hedge_ms */

/*
 * A table with the number of its rows, for every column that holds a table: .parts =
 * BFF_TABLE(parts). It works where the table is an array of this file. The first "table" has no
 * parentheses, so that the compiler's messages name the place where the macro is used.
 */
#define BFF_TABLE(table)                                                                           \
    {                                                                                              \
        table, sizeof(table) / sizeof((table)[0])                                                  \
    }

/*
 * A part.
 *
 *   name        the name of the part's member in the answer, also used in errors and headers
 *   ask         the function that describes the part's call. When it describes no call and does not
 *               call ask_nothing, the part is rejected as `skipped`, or is [] in a row with .many
 *   after       the name of the part to wait for, which is in a row above; NULL: this part starts
 *               at once. When the other part is rejected, this part is rejected as `skipped`
 *   when        a pure function that says whether the part is asked at all. It may call ask_param,
 *               ask_part, ask_text and the other functions that read; NULL: always. It is called
 *               when the part could start. When it returns false, no call is made, and the part has
 *               its fallback, which is no error; the parts that wait for it start. This is so for a
 *               required part, too. The part that .owner reads has no .when
 *   undo        in a composite that changes data: describes the call that takes back what this part
 *               has changed. It is called when the part was fulfilled and a required part after it
 *               was rejected. NULL: there is nothing to take back
 *   need        what happens when the part is rejected
 *   place       where its value goes
 *   kind        what its value must be, or with .many each item: an object, a list, or anything.
 *               Without it, a .fallback that is an array implies BFF_LIST, and a .fallback that is
 *               an object implies BFF_OBJECT. Otherwise .pick implies BFF_OBJECT. With .many,
 *               .fallback implies nothing, because it is not an item
 *   many        more than 0: the part is a list with one item for each ask_get and ask_nothing, in
 *               that order. The part is rejected as `too_large` when there are more items than
 *               this number. An item that fails is null
 *   at_once     for .many: how many of its calls run at the same time; 0: 8
 *   timeout_ms  the part is rejected as `timeout` this time after its start; 0: only the budget
 *               limits it
 *   hedge_ms    when the service has not begun to answer this time after the call began, a second
 *               endpoint of the service is asked, too. The first good answer is used, and the other
 *               request is cancelled. BFF_HEDGE_P95: the time within which 95 % of the part's calls
 *               are answered. The server measures it. 0: no second endpoint is asked. The column
 *               has an effect only when the service has several endpoints. hedge_budget of the
 *               service limits it
 *   has_breaker the part has a circuit breaker of its own, with the settings of the service's
 *               breaker. The service's breaker does not count the calls of this part, and no other
 *               part shares them. All calls of the part must be to the same service
 *   cache_s     an answer of the part's call is used again for so many seconds, for the same user,
 *               unless the service says another time in Cache-Control; 0: each answer is used once
 *   stale_s     the answer is used for so many seconds more: while a new one is fetched in the
 *               background, and when the service fails. For parts with .cache_s
 *   shared      all users get the same answer, and the call that fetches it names no user. This
 *               is for parts with .cache_s, and only for data that every user of the composite may
 *               see. A call that passes Authorization or Cookie on is not cached then
 *   fallback    JSON text that is the part's value when the part is rejected, when the service
 *               sent no value, or when there is nothing to ask; NULL: "[]" for .many and BFF_LIST,
 *               else "null"
 *   pick        the members to keep, in this order: "id name address.city items[].price"; NULL: the
 *               value is passed on byte for byte. A member that the service did not send is left
 *               out. With BFF_LIST, members are picked from each item
 *   shape       where the JSON Schema of the value is, before .pick: a file of clients/ and a
 *               place in it, "users.schema.json#/$defs/user". With BFF_LIST and .many it is the
 *               shape of an item. --openapi and --typescript make types of it; NULL: unknown
 *   headers     fields of the service's answer that the client gets: "Set-Cookie Link". They are
 *               passed when the part is fulfilled. Set-Cookie and Link of all parts are passed; of
 *               any other field, only that of the first part that has it. No cache stores an
 *               answer with Set-Cookie. ETag is possible for the only part of a composite, and
 *               takes the place of the answer's own. At most 16 fields and 8 KiB of a call are
 *               passed. Not for .many and .cache_s, nor for fields that this server writes itself
 */
struct bff_part {
    const char *name;
    void (*ask)(struct bff_ask *ask);
    const char *after;
    bool (*when)(struct bff_ask *ask);
    void (*undo)(struct bff_ask *ask);
    enum bff_need need;
    enum bff_place place;
    enum bff_kind kind;
    unsigned many;
    unsigned at_once;
    unsigned timeout_ms;
    unsigned hedge_ms;
    bool has_breaker;
    unsigned cache_s;
    unsigned stale_s;
    bool shared;
    const char *fallback;
    const char *pick;
    const char *shape;
    const char *headers;
};

/*
 * A computed member. In the answer it comes after the parts, or it is put into one of them.
 *
 *   name       the name of the member; not needed with .into
 *   of         the name of the part that it reads, or several names: "orders products"
 *   print      a function that prints exactly one value. It gets the value of the part, or the
 *              fallback when the service sent no value. It is not called when the part was
 *              rejected: then null is printed. When it prints two values or a part of one, the
 *              member is null, and the log has the event bad_member
 *   print_all  the function of a member that reads several parts. It gets their values, in the
 *              order of .of. It is not called when one of the parts was rejected
 *   concat     in place of .of and .print: the names of two or more list parts, "orders oldOrders".
 *              The member is one list with the items of all of them, in this order. The items are
 *              those that the part's own member would have, with .pick and computed members, byte
 *              for byte. A part that was rejected adds the items of its fallback; NULL: not used
 *   into       where the member is put: a path into a part that .of names, with the name of the
 *              member at its end. NULL: it is a member of the answer. These paths are possible:
 *
 *                  "orders[].firstProductName"  into each item of a list
 *                  "user.fullName"              into an object
 *                  "order.items[].label"        into each item of a list inside an object
 *                  "orders[].items[].label"     into each item of the lists inside the items
 *
 *   shape      what the function prints: a kind ("text", "number", "integer", "boolean", "null",
 *              "object", "list", "any"), a place as in .shape of a part, or several of them:
 *              "number|null". "text[]" is a list of texts; NULL: unknown
 *
 * With .into, the function is called once for each object that gets the member. This object is then
 * the value of its part, with everything that the service sent in it. Other parts are whole.
 * ${place} says which item of their lists belongs to the object: it is the number of items before
 * the object. Items that are no object count, too. In lists inside a list, the number does not
 * begin again. Without a list it is 0.
 *
 * The member comes last in its object. When the service has sent a member of that name, this member
 * gets the computed value instead. All other bytes of the part stay as they are. A fallback does
 * not get computed members.
 */
struct bff_field {
    const char *name;
    const char *of;
    void (*print)(struct json_print *out, struct json value);
    void (*print_all)(struct json_print *out, const struct json *values, size_t place);
    const char *concat;
    const char *into;
    const char *shape;
};

/*
 * A query parameter of the client's request.
 *
 *   name      "limit"
 *   max       more than 0: the value is a whole number from .min to .max. 0: it is text
 *   min       the smallest number
 *   fallback  the value when the client sends none: "20"; NULL: then it is absent
 *   words     the texts that are allowed, "asc desc"; NULL: every text that ask_query can send
 *
 * A value that is not allowed, and a parameter that is there twice, is answered with 400.
 */
struct bff_query {
    const char *name;
    unsigned min;
    unsigned max;
    const char *fallback;
    const char *words;
};

enum bff_body_kind {
    BFF_BODY_ANY,
    BFF_BODY_TEXT,
    BFF_BODY_NUMBER,
    BFF_BODY_BOOL,
    BFF_BODY_OBJECT,
    BFF_BODY_LIST,
};

/*
 * A member of the JSON body of the client's request.
 *
 *   path         "items[].productId", "address.city"
 *   kind         what it must be
 *   is_optional  it may be left out
 *   min, max     the smallest and the largest number; for a text the fewest and the most
 *                characters, for a list those of items. 0: none. A number with .max is not negative
 *   is_whole     a number without a fraction, "5" and not "5.0"
 *   words        the texts that are allowed, "card voucher"; NULL: every text
 *
 * A body with a member that is missing, not what its row says or there twice is answered with 400,
 * which names the path. Members that no row names are allowed. A service gets them only by an ask
 * function that passes on a whole body or object.
 */
struct bff_body {
    const char *path;
    enum bff_body_kind kind;
    bool is_optional;
    bool is_whole;
    unsigned min;
    unsigned max;
    const char *words;
};

/* Whether a composite that changes data needs the request header Idempotency-Key. */
enum bff_idempotency {
    BFF_KEY_ALLOWED,  /* a request may have one; it is honoured */
    BFF_KEY_REQUIRED, /* a request without one is answered with 400 */
};

/* Tables with their counts, made by BFF_TABLE. An empty row at the end is ignored. */
struct bff_parts {
    const struct bff_part *rows;
    size_t count;
};

struct bff_fields {
    const struct bff_field *rows;
    size_t count;
};

struct bff_queries {
    const struct bff_query *rows;
    size_t count;
};

struct bff_bodies {
    const struct bff_body *rows;
    size_t count;
};

/*
 * A composite.
 *
 *   route      method and path; ":name" is a parameter: "GET /api/products/:id"
 *   about      one line for people, shown by --routes
 *   failure    the error text of the answer when a required part is rejected
 *   access     who may ask
 *   role       for BFF_ROLE
 *   owner      for BFF_OWNER: where the owner's id is. A parameter ("userId"), or a member of a
 *              part that other parts wait for ("order.userId")
 *   scopes     for BFF_SCOPE: "orders:read", "read|write" (one of them) or "read+write" (all of
 *              them)
 *   budget_ms  the longest time from the request to the answer; 0: 1000
 *   p95_ms     the time within which 95 % of the answers are to be made. Nothing is cut off after
 *              it: answers that take longer are counted (docs/budgets.md). 0: no such time
 *   budget_bytes  the largest size of an answer, as JSON before compression. A larger answer is
 *              sent, counted and logged. The build compares the answers of the mock services with
 *              it. 0: no limit
 *   is_stamped the answer ends with the members loadedAt and partialFailure. When false, only a
 *              partial answer has partialFailure
 *   never_compressed  its answers are not compressed, whatever the configuration says. For an
 *              answer with a secret and a text that the client has sent
 *              (docs/compression.md#breach)
 *   may_choose  a client may name the members that it gets, parts and fields:
 *               "?parts=user,recentOrders". Parts that no named member needs are not called.
 *               Required parts are always called and in the answer (choice.h). For GET
 *   query      the query parameters that it reads: BFF_TABLE(query)
 *   body       the members of the request's body: BFF_TABLE(body). For a composite that
 *              changes data, which is one whose method is POST, PUT, PATCH or DELETE
 *   body_bytes the longest body of a request; 0: 64 KiB
 *   idempotency  whether a request must have an Idempotency-Key. For a composite that changes
 *              data
 *   parts      its parts: BFF_TABLE(parts)
 *   fields     its computed members: BFF_TABLE(fields)
 */
struct bff_composite {
    const char *route;
    const char *about;
    const char *failure;
    enum bff_access access;
    const char *role;
    const char *owner;
    const char *scopes;
    unsigned budget_ms;
    unsigned p95_ms;
    unsigned budget_bytes;
    bool is_stamped;
    bool never_compressed;
    bool may_choose;
    struct bff_queries query;
    struct bff_bodies body;
    unsigned body_bytes;
    enum bff_idempotency idempotency;
    struct bff_parts parts;
    struct bff_fields fields;
};

#endif
