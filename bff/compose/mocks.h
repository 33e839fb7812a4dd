/*
 * Mock services that a build may have. `--mock DIR` starts them, and the server asks them in place
 * of the real services. The server knows them only through this header. fixtures/ has the mock
 * services of the shop.
 *
 * Mock services may have scenarios: named states, such as "sold-out". A request chooses one by a
 * header field or by a cookie. Without that, it gets the current scenario, if there is one.
 */
#ifndef BFF_COMPOSE_MOCKS_H
#define BFF_COMPOSE_MOCKS_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define BFF_MOCKS_ERROR_SIZE 512 /* the most bytes of a message of start, with the NUL */

struct mock; /* mock services that run; their own code defines this */

/*
 *   headers          names, in lower case, of request headers for the mock services, and a NULL.
 *                    NULL: none. The server passes them on only in mock mode
 *   fault_header     the one of ${headers} that asks for faults of services and parts; NULL: none
 *   scenario_header  the one of ${headers} that names the scenario; NULL: there are no scenarios
 *   scenario_cookie  the name of the cookie that names it when there is no such header
 *   start            starts the mock services with the data of ${directory}. They sign tokens with
 *                    ${secret} (absent: no tokens). Returns NULL when they cannot start, and
 *                    writes a message without a line end to ${error}. The arguments are not used
 *                    after the call
 *   url              "http://127.0.0.1:3000": where the service of this name listens, valid until
 *                    stop; NULL when there is no mock of it
 *   token            returns a token of the account with this id in ${pool}, such as a login gives
 *                    it; absent when there is no such account, or when no tokens are signed. Any
 *                    thread may call it. NULL: there are no accounts
 *   stop             ends the mock services and frees everything. NULL: does nothing
 *
 * The server calls these only when ${scenario_header} is not NULL. Every thread may call them.
 * What they return is in ${pool}.
 *
 *   scenario_get      the scenarios as JSON: {"current":"sold-out","known":[{"name","about"}]}.
 *                     ${current} is null when there is none
 *   scenario_put      changes the current scenario as the JSON ${wanted} says: {"name":"sold-out"},
 *                     {"name":null}, or {"scenario":{...}}, which adds this one and makes it the
 *                     current one. The scenario begins anew. Returns an absent text; or a message
 *                     without a line end that says what is wrong
 *   scenario_current  the name of the current scenario; absent: there is none
 *   part_faults       what ${scenario} says of parts, in the words of X-Mock: "part:reviews
 *                     breaker_open; part:user delay=300ms". Absent when it says nothing of parts,
 *                     and when ${scenario} is absent or unknown
 */
struct bff_mocks {
    const char *const *headers;
    const char *fault_header;
    const char *scenario_header;
    const char *scenario_cookie;
    struct mock *(*start)(const char *directory, struct text secret, char *error,
                          size_t error_size);
    const char *(*url)(const struct mock *mock, const char *service);
    struct text (*token)(const struct mock *mock, struct text id, struct pool *pool);
    void (*stop)(struct mock *mock);
    struct text (*scenario_get)(struct mock *mock, struct pool *pool);
    struct text (*scenario_put)(struct mock *mock, struct text wanted, struct pool *pool);
    struct text (*scenario_current)(struct mock *mock, struct pool *pool);
    struct text (*part_faults)(struct mock *mock, struct text scenario, struct pool *pool);
};

#endif
