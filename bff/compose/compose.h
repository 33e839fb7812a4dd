/*
 * The public header for frontend teams: how to write a composite. Files in composites/ and clients/
 * include this header and nothing else of the engine.
 *
 * A composite is one answer that is put together from several services. You describe it as a table:
 * one row for each part of the answer. Each part is filled by one call to a service, or by one call
 * for each item of a list.
 *
 *   - Parts start together, at once. A part with ".after" starts when the part that it names is
 *     fulfilled.
 *   - The composite waits until all parts have settled, as Promise.allSettled does in JavaScript. A
 *     part that is still open when the time budget is over is rejected as `timeout`. A required
 *     part that is rejected ends the answer at once, with an error.
 *   - The answer has the parts in the order of the rows, whatever arrives first.
 *
 * An ask function only describes a call; the engine makes it. So nothing that you write here can
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
 *       {0},
 *   };
 *
 *   const struct bff_composite profile = {
 *       .route = "GET /api/profile/:userId",
 *       .about = "the profile of a user",
 *       .failure = "Failed to load the profile",
 *       .access = BFF_OWNER,
 *       .owner = "userId",
 *       .parts = parts,
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

/* Asking. These functions are for the .ask function of a part; ${ask} is what it was given. */

struct bff_ask;

/* The value of a parameter of the route, decoded: ask_param(ask, "userId") for the route
 * "/api/dashboard/:userId". */
struct text ask_param(struct bff_ask *ask, const char *name);

/* The value of an earlier part: the part that the row names in .after, or one that this part waits
 * for itself. When the service sent no value, it is the fallback. */
struct json ask_part(struct bff_ask *ask, const char *part);

/* The value of a member as text: the content of a string, or the digits of a number as the service
 * wrote them. Any other value gives an absent text. */
struct text ask_text(struct bff_ask *ask, struct json value);

/*
 * Begins to describe a call: GET ${path} of ${service}. The path begins with '/'. The functions
 * below add to it. In a row with .many, each ask_get begins one more call.
 */
void ask_get(struct bff_ask *ask, const struct bff_service *service, const char *path);

/*
 * Adds "/" and ${text} to the path. The text is percent-encoded, so it is always exactly one
 * segment. A text that is absent or empty, is longer than 256 bytes, is not UTF-8 or holds a control
 * byte cannot be sent: then the call is not made, and the part is rejected as `skipped`. The same
 * holds for "." and "..", and for a text such as "../x" or "..;x", which leads up in a service that
 * decodes the path once more.
 */
void ask_segment(struct bff_ask *ask, struct text text);

/* Adds "?name=text", or "&name=text" after the first, percent-encoded. A text that cannot be sent
 * is as in ask_segment, but here it may be empty, and dots do not matter. */
void ask_query(struct bff_ask *ask, const char *name, struct text text);

/* As ask_query, for a number. */
void ask_query_number(struct bff_ask *ask, const char *name, unsigned number);

/* Passes a header of the client on to the service, if the client sent it: "Cookie",
 * "Authorization". Headers that frame a request or name its user cannot be passed on this way. */
void ask_pass_header(struct bff_ask *ask, const char *name);

/* The table. */

enum bff_need {
    BFF_OPTIONAL, /* when it is rejected, the answer has its fallback */
    BFF_REQUIRED, /* when it is rejected, the answer is an error, at once */
};

enum bff_place {
    BFF_MEMBER, /* a member of the answer, with the name of the part */
    BFF_SPREAD, /* the members in .pick become members of the answer themselves */
    BFF_HIDDEN, /* not in the answer: only fields and later parts read it */
};

enum bff_kind {
    BFF_ANY,
    BFF_OBJECT, /* anything else is rejected as `bad_json`; .pick implies this kind */
    BFF_LIST,   /* an array, else `bad_json`; .pick then picks from each item, which is an object */
};

/* Who may request the answer. This applies only when login is configured. The table is checked at
 * the start in both cases. */
enum bff_access {
    BFF_ACCESS_MISSING, /* a mistake: every composite must say who may ask */
    BFF_PUBLIC,
    BFF_SIGNED_IN,
    BFF_ROLE,  /* users with the role in .role */
    BFF_OWNER, /* the user whom .owner names, and users with the admin role of the build */
};

/* The most parts of a composite, and the most items of a list part. */
#define BFF_PARTS_MAX 32
#define BFF_MANY_MAX 1000

/*
 * A part. A row that is all zero ends the list.
 *
 *   name        the name of its member, also in errors and in headers
 *   ask         describes its call
 *   after       the part to wait for, which is in a row above; NULL: it starts at once. When that
 *               part is rejected, this one is rejected as `skipped`
 *   need        what happens when it is rejected
 *   place       where its value goes
 *   kind        what its value must be
 *   many        more than 0: the part is a list with one item for each ask_get, in that order. More
 *               than this many are rejected as `too_large`. An item that fails is null
 *   at_once     for .many: how many of its calls run at the same time; 0: 8
 *   timeout_ms  the part is rejected as `timeout` after this time from its start; 0: it may take
 *               the rest of the budget
 *   fallback    JSON text that takes its place when it is rejected or empty; NULL: "null", and "[]"
 *               for .many and BFF_LIST
 *   pick        the members to keep, in this order: "id name address.city items[].price"; NULL: the
 *               value is passed on byte for byte. A member that the service left out is left out.
 *               With BFF_LIST, members are picked from each item
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
    const char *fallback;
    const char *pick;
};

/*
 * A computed member. It follows the parts in the answer. A row that is all zero ends the list.
 *
 *   name   the name of the member
 *   of     the part that it reads
 *   print  prints exactly one value. It is given the value of the part, or the fallback when the
 *          service sent none. It is not called when the part was rejected: then null is printed
 */
struct bff_field {
    const char *name;
    const char *of;
    void (*print)(struct json_print *out, struct json part);
};

/*
 * A composite.
 *
 *   route      method and path; ":name" is a parameter: "GET /api/products/:id"
 *   about      one line for people, shown by --routes
 *   failure    the error text of the answer when a required part is rejected
 *   access     who may ask
 *   role       for BFF_ROLE
 *   owner      for BFF_OWNER: a parameter ("userId"), or a path into a part that other parts wait
 *              for ("order.userId")
 *   budget_ms  the longest time until the answer is sent; 0: 1000
 *   is_stamped the answer ends with loadedAt and partialFailure. Without it, only an answer that is
 *              partial has partialFailure
 *   parts      its parts
 *   fields     its computed members; NULL: it has none
 */
struct bff_composite {
    const char *route;
    const char *about;
    const char *failure;
    enum bff_access access;
    const char *role;
    const char *owner;
    unsigned budget_ms;
    bool is_stamped;
    const struct bff_part *parts;
    const struct bff_field *fields;
};

/*
 * A plain route that a build has by default: requests that no composite answers go straight to a
 * service. The texts are what a configuration file would say. A row ends the list when it is all
 * zero.
 *
 *   path     a request's path: "/api/users/" (a prefix) or "/api/users" (exactly that)
 *   service  the name of the service that is asked; the row is ignored when there is no such
 *            service
 *   to       replaces ${path} in the target of the service's request; NULL: the path stays
 *   access   "public", "signed-in" or "role:NAME"; NULL: "signed-in"
 */
struct bff_route {
    const char *path;
    const char *service;
    const char *to;
    const char *access;
};

/*
 * A build: the program of one frontend.
 *
 *   name        "web" for the program bff-web
 *   port        the port to listen on, unless the configuration says otherwise
 *   composites  ended by NULL
 *   services    ended by NULL; in the order shown
 *   routes      the plain routes when the configuration has none; NULL: none
 *   admin_role  users with this role may request every answer with BFF_OWNER, like its owner; NULL:
 *               there is no such role
 *   mocks       the mock services of --mock; NULL: none, and --mock is refused
 */
struct bff_build {
    const char *name;
    unsigned port;
    const struct bff_composite *const *composites;
    const struct bff_service *const *services;
    const struct bff_route *routes;
    const char *admin_role;
    const struct bff_mocks *mocks;
};

/* The whole program: reads the configuration and the command line, serves, and returns the exit
 * status. To be called by main. */
int bff_main(int argc, char **argv, const struct bff_build *build);

#endif
