/*
 * What a frontend team writes: composites. THE public header; composites/ and clients/ include
 * nothing else of the engine.
 *
 * A composite is a table: the parts of its answer, each filled by one call to a service (or one for
 * each item of a list). Parts without ".after" start together; all of them settle, as with
 * Promise.allSettled; the answer is put together from what settled, in the order of the rows. An
 * ask function only describes a call, so nothing here can block, leak or fail half-way. The table
 * is checked when the program starts; a mistake names the composite and the row.
 *
 * docs/first-composite.md builds one in ten minutes.
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

/* Asking: what a part's .ask function is given. */

struct bff_ask;

/* A parameter of the route, decoded: ask_param(ask, "userId") for "/api/dashboard/:userId". */
struct text ask_param(struct bff_ask *ask, const char *name);

/* The value of an earlier part, which the row names in .after (or which that one waits for): its
 * fallback's when the service sent none. */
struct json ask_part(struct bff_ask *ask, const char *part);

/* A member's value as text: a string's content, a number's digits as written, else absent. */
struct text ask_text(struct bff_ask *ask, struct json value);

/*
 * Describes a call: a GET to ${service} on ${path}, which begins with '/'. What follows adds to
 * it. In a row with .many every ask_get describes one more call.
 */
void ask_get(struct bff_ask *ask, const struct bff_service *service, const char *path);

/*
 * Adds "/" and ${text}, percent-encoded: whatever it holds, it stays one segment. A call with a
 * segment that is absent, empty, ".", "..", over 256 bytes, not UTF-8 or holds a control byte is
 * not made; its part is rejected as `skipped`.
 */
void ask_segment(struct bff_ask *ask, struct text text);

/* Adds "?name=text" (or "&..."), percent-encoded. What is not text that can be sent is as in
 * ask_segment; but a value may be empty, "." or "..". */
void ask_query(struct bff_ask *ask, const char *name, struct text text);
void ask_query_number(struct bff_ask *ask, const char *name, unsigned number);

/* Passes the client's own header of this name on ("Cookie", "Authorization"), if it sent one. Those
 * that frame a request or name its user are not a composite's to pass on. */
void ask_pass_header(struct bff_ask *ask, const char *name);

/* The table. */

enum bff_need {
    BFF_OPTIONAL, /* rejected: its fallback stands in the answer */
    BFF_REQUIRED, /* rejected: the answer is an error, at once */
};

enum bff_place {
    BFF_MEMBER, /* a member of the answer, under the part's name */
    BFF_SPREAD, /* its picked members are members of the answer */
    BFF_HIDDEN, /* only read, by fields or by later parts */
};

enum bff_kind {
    BFF_ANY,
    BFF_OBJECT, /* anything else is rejected as bad_json; implied by .pick */
    BFF_LIST,   /* an array, else bad_json; .pick then picks from each item, an object */
};

/* Who may ask. Enforced when login is configured; checked at start in any case. */
enum bff_access {
    BFF_ACCESS_MISSING, /* a composite must say */
    BFF_PUBLIC,
    BFF_SIGNED_IN,
    BFF_ROLE,  /* the role named in .role */
    BFF_OWNER, /* the user named by .owner, or a user with the build's admin role */
};

/* The most parts a composite may have, and items a list part. */
#define BFF_PARTS_MAX 32
#define BFF_MANY_MAX 1000

/*
 * A part. A row ends the list when it is all zero.
 *
 *   name        its member's name, and its name in errors and headers
 *   ask         describes its call
 *   after       starts when that part, in a row above, is fulfilled; NULL: at once. If that part
 *               is rejected, this one is `skipped`
 *   need        what its rejection means
 *   place       where its value goes
 *   kind        what its value must be
 *   many        the part is a list, an item for each ask_get of .ask, in that order; at most so
 *               many, else the part is too_large. An item that fails is null
 *   at_once     of these, so many calls at a time; 0: 8
 *   timeout_ms  it is rejected as `timeout` so long after its start; 0: what is left of the budget
 *   fallback    JSON text in its place when it is rejected or empty; NULL: "null", and "[]" for
 *               .many and BFF_LIST
 *   pick        the members kept, in this order: "id name address.city items[].price"; NULL: the
 *               value goes through byte for byte. A member that the service left out is left out.
 *               Of an object, unless .kind is BFF_LIST: then of each item
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
 * A computed member, printed after the parts. A row ends the list when it is all zero.
 *
 *   name   the member's name
 *   of     the part it reads
 *   print  prints exactly one value; it is given the part's value (the fallback's when the
 *          service sent none) and not called when the part was rejected: null is printed then
 */
struct bff_field {
    const char *name;
    const char *of;
    void (*print)(struct json_print *out, struct json part);
};

/*
 *   route      method and path; ":name" is a parameter: "GET /api/products/:id"
 *   about      one line for people, shown by --routes
 *   failure    the error text when a required part is rejected
 *   access     who may ask; role and owner as it needs. An owner is a parameter ("userId") or a
 *              path into a part that others wait for ("order.userId")
 *   budget_ms  the answer leaves then at the latest; 0: 1000
 *   is_stamped the answer ends with loadedAt and partialFailure; without it partialFailure only
 *              stands in an answer that is partial
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
 *   service  the name of the service that is asked; without such a service the row does not count
 *   to       takes the place of ${path} in what the service is asked for; NULL: the path stays
 *   access   "public", "signed-in" or "role:NAME"; NULL: "signed-in"
 */
struct bff_route {
    const char *path;
    const char *service;
    const char *to;
    const char *access;
};

/*
 * A frontend's own binary.
 *
 *   name        "web": bff-web
 *   port        listened on when the configuration says nothing else
 *   composites  ended by NULL
 *   services    ended by NULL; in the order shown
 *   routes      the plain routes when the configuration has none; NULL: none
 *   admin_role  users with this role pass where .owner asks for somebody else; NULL: nobody does
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

/* The whole program: reads configuration and command line, serves, returns the exit status. */
int bff_main(int argc, char **argv, const struct bff_build *build);

#endif
