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
#include "bff/compose/mocks.h"
#include "bff/upstream/service.h"

/* Asking. The .ask function of a part calls these functions, with the ${ask} that it was given. */

struct bff_ask;

/* Returns the value of a parameter of the route, decoded: ask_param(ask, "userId") for the route
 * "/api/dashboard/:userId". */
struct text ask_param(struct bff_ask *ask, const char *name);

/* Returns the value of the part that the row names in .after, or of a part for which that part
 * waits. When the service sent no value, the result is the part's fallback. */
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

/* Passes a request header of the client on to the service, for example "Cookie" or "Authorization".
 * Does nothing when the client did not send it. Headers that frame a request, and headers that
 * state its user or its deadline, cannot be passed on. */
void ask_pass_header(struct bff_ask *ask, const char *name);

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
 */
struct bff_part {
    const char *name;
    void (*ask)(struct bff_ask *ask);
    const char *after;
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
 *   into       where the member is put: a path into a part that .of names, with the name of the
 *              member at its end. NULL: it is a member of the answer. These paths are possible:
 *
 *                  "orders[].firstProductName"  into each item of a list
 *                  "user.fullName"              into an object
 *                  "order.items[].label"        into each item of a list inside an object
 *                  "orders[].items[].label"     into each item of the lists inside the items
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
    const char *into;
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
 *   is_stamped the answer ends with the members loadedAt and partialFailure. When false, only a
 *              partial answer has partialFailure
 *   never_compressed  its answers are not compressed, whatever the configuration says. For an
 *              answer with a secret and a text that the client has sent
 *              (docs/compression.md#breach)
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
    bool is_stamped;
    bool never_compressed;
    struct bff_parts parts;
    struct bff_fields fields;
};

/*
 * A default plain route of a build. When no composite matches a request, a plain route passes the
 * request directly to a service. The texts have the same form as in a configuration file.
 *
 *   path     the path of the requests: "/api/users/" (a prefix) or "/api/users" (exactly this path)
 *   service  the name of the service that gets the requests; the row is ignored when the build has
 *            no such service
 *   to       replaces ${path} in the target of the request to the service; NULL: the path does not
 *            change
 *   access   "public", "signed-in", "role:NAME", "scope:NAME" or "key"; NULL: "signed-in"
 *   cache_s  its answers are stored for so many seconds, for the same user, unless the service says
 *            another time in Cache-Control; 0: they are not stored
 *   shared_in_mock  with --mock, all users share the stored answers
 *   response_header  "Name: value": its answers get this header field; NULL: none
 */
struct bff_route {
    const char *path;
    const char *service;
    const char *to;
    const char *access;
    unsigned cache_s;
    bool shared_in_mock;
    const char *response_header;
};

/*
 * A default rate limit of a build. The texts have the same form as in a configuration file.
 *
 *   name    "api": letters, digits, '-' and '_'
 *   path    the path of the requests that it counts, as in struct bff_route
 *   key     what has its own count: "ip", "user", "route" or "header:NAME"; NULL: "ip"
 *   window  "15m"
 *   max     the requests that are allowed in a window
 */
struct bff_rate_limit {
    const char *name;
    const char *path;
    const char *key;
    const char *window;
    unsigned max;
};

/* Tables with their counts, as for a composite. */
struct bff_composites {
    const struct bff_composite *const *rows;
    size_t count;
};

struct bff_services {
    const struct bff_service *const *rows;
    size_t count;
};

struct bff_routes {
    const struct bff_route *rows;
    size_t count;
};

struct bff_rate_limits {
    const struct bff_rate_limit *rows;
    size_t count;
};

/*
 * A build: the program of one frontend.
 *
 *   name        "web" for the program bff-web
 *   port        the port to listen on, unless the configuration says otherwise
 *   composites  its composites: BFF_TABLE(composites)
 *   services    the table of services; --help and /health show them in this order
 *   routes      the plain routes when the configuration has none; NULL: none
 *   rate_limits  the rate limits when the configuration has none; NULL: none. With --mock they
 *               refuse nothing
 *   admin_role  users with this role pass BFF_OWNER like the owner; NULL: there is no such role
 *   mocks       the mock services that --mock starts; NULL: none, and --mock is refused
 */
struct bff_build {
    const char *name;
    unsigned port;
    struct bff_composites composites;
    const struct bff_services *services;
    const struct bff_routes *routes;
    const struct bff_rate_limits *rate_limits;
    const char *admin_role;
    const struct bff_mocks *mocks;
};

/* Runs the whole program: reads the configuration and the command line, serves until the end, and
 * returns the exit status. To be called by main. */
int bff_main(int argc, char **argv, const struct bff_build *build);

#endif
