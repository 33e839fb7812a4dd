/*
 * A rate limit: which requests it counts, by what key, and how many it allows. Rules come from the
 * configuration (rate_limits) and do not change.
 */
#ifndef BFF_LIMIT_LIMIT_RULE_H
#define BFF_LIMIT_LIMIT_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct trusted_network;

enum limit_algorithm {
    LIMIT_FIXED,    /* ${max} in a window that begins with the key's first request
                       (express-rate-limit) */
    LIMIT_SLIDING,  /* ${max} in any window; a refused request does not count */
    LIMIT_LEAKY,    /* ${rate}, ${burst} and ${delay} as nginx's limit_req */
    LIMIT_TOKENS,   /* a bucket of ${burst} tokens that is filled with ${rate} */
    LIMIT_CALENDAR, /* so many in each of several periods of the calendar, in UTC (Kong) */
};

/* The periods of LIMIT_CALENDAR, from short to long (limit_period.h). */
enum limit_period_kind {
    LIMIT_MINUTE,
    LIMIT_HOUR,
    LIMIT_DAY,
    LIMIT_WEEK, /* of ISO 8601: it begins on Monday */
    LIMIT_MONTH,
    LIMIT_PERIODS,
};

enum limit_key_kind {
    LIMIT_KEY_IP,   /* the client's address: all of IPv4, the /64 of IPv6 */
    LIMIT_KEY_USER, /* the id of the signed-in user; the address when nobody is signed in */
    LIMIT_KEY_HEADER,
    LIMIT_KEY_ROUTE,   /* the path of the plain route or composite, as it is configured */
    LIMIT_KEY_API_KEY, /* the name of the API key; the address when there is none */
};

struct limit_key_part {
    enum limit_key_kind kind;
    struct text header; /* lower case, with LIMIT_KEY_HEADER */
};

enum limit_headers {
    LIMIT_HEADERS_DRAFT_6,    /* RateLimit-Policy, -Limit, -Remaining, -Reset */
    LIMIT_HEADERS_STRUCTURED, /* the newest draft: RateLimit-Policy and RateLimit */
    LIMIT_HEADERS_LEGACY,     /* X-RateLimit-Limit, -Remaining, -Reset */
    LIMIT_HEADERS_OFF,
};

#define LIMIT_NO_DELAY UINT64_MAX /* delay: off */
#define LIMIT_KEY_PARTS_MAX 4

/* The largest values with which the state of a key fits into 63 bits. */
#define LIMIT_MAX_MOST 100000000   /* ${max} and ${periods} */
#define LIMIT_SLIDING_MOST 1000000 /* ${max} with LIMIT_SLIDING */
#define LIMIT_BURST_MOST 100000    /* ${burst} */

struct limit_rule {
    struct text name;     /* letters, digits, '-' and '_'; of a usage plan also ':' */
    struct text path;     /* "/api/" (a prefix) or "/api/users" (exactly this path), as
                             limit_rule_path returns it */
    struct text *methods; /* ended by an absent text; NULL: all */
    struct limit_key_part key[LIMIT_KEY_PARTS_MAX];
    size_t key_count; /* at least 1 */
    enum limit_algorithm algorithm;
    uint32_t window_ms;
    uint32_t max;
    uint32_t rate; /* requests in 1000 seconds, so 10/s is 10000, and 30/m is 500 */
    uint32_t burst;
    uint64_t delay; /* the excess requests that are not delayed; LIMIT_NO_DELAY: none is delayed */
    uint32_t periods[LIMIT_PERIODS]; /* 0: this period has no limit */
    bool costs_parts;                /* a composite costs as many requests as it has parts */
    bool is_dry_run;                 /* counts, tells and refuses nothing */
    struct trusted_network *exempt;  /* these clients are not counted */
    size_t exempt_count;
    enum limit_headers headers;
};

struct limit_rules {
    struct limit_rule *rows;
    size_t count;
};

/* True when the key needs to know who asks, the user or the API key, so that the rule is applied
 * after the login. All other rules are applied before it. */
bool limit_rule_needs_user(const struct limit_rule *rule);

/* True when ${kind} is a part of the key. */
bool limit_rule_counts_by(const struct limit_rule *rule, enum limit_key_kind kind);

/* Returns ${path}, which an operator has written, in the form in which limit_rule_matches compares
 * it: its lenient reading, and a '/' at its end if ${path} has one. */
struct text limit_rule_path(struct pool *pool, struct text path);

/*
 * True when ${rule} counts requests with ${method} and ${path}, which is the lenient reading of the
 * request's path (path_reading_lenient). The case of letters does not matter, and a prefix also
 * matches without its '/' at the end. So a client cannot avoid a rule by another spelling that a
 * service would understand. A rule for GET also counts HEAD.
 */
bool limit_rule_matches(const struct limit_rule *rule, struct text method, struct text path);

#endif
