/* See admin_gate.h. */
#include <openssl/crypto.h>

#include "bff/base/clock.h"
#include "bff/base/sha256.h"
#include "bff/edge/admin_gate.h"
#include "bff/edge/own_host.h"
#include "bff/http/method.h"
#include "bff/http/own_path.h"

/* Tokens. */

static bool is_public(const struct request *request)
{
    return method_is_read(request->method) &&
           (text_is(request->path, ADMIN_GATE_METRICS) || own_path_is_health(request->path));
}

/* The time does not depend on where the texts differ, or on how long they are. */
static bool is_same(struct text a, struct text b)
{
    unsigned char hash_a[SHA256_BYTES], hash_b[SHA256_BYTES];

    sha256_of(a, hash_a);
    sha256_of(b, hash_b);
    return CRYPTO_memcmp(hash_a, hash_b, SHA256_BYTES) == 0;
}

/* Returns the token of "Bearer TOKEN"; absent for another scheme, and without the field. */
static struct text token_of(const struct request *request)
{
    struct text rest = request_header(request, "authorization"), scheme;

    if (rest.at == NULL)
        return rest;
    scheme = text_cut(&rest, ' ');
    if (!text_equal_nocase(scheme, TEXT("bearer")) || rest.at == NULL)
        return (struct text){0};
    return text_trim(rest);
}

static enum admin_gate check_token(const struct admin_settings *settings,
                                   struct admin_failures *failures, const struct request *request)
{
    struct text token = token_of(request), from = text_of(request->client->address);
    int64_t now_ns = clock_now_ns();

    if (token.at == NULL)
        return ADMIN_GATE_NO_TOKEN;
    if (admin_failures_are_many(failures, from, now_ns))
        return ADMIN_GATE_TOO_MANY;
    if (is_same(token, settings->token))
        return ADMIN_GATE_OPEN;
    admin_failures_add(failures, from, now_ns);
    return ADMIN_GATE_WRONG;
}

enum admin_gate admin_gate_check(const struct admin_settings *settings,
                                 struct admin_failures *failures, const struct request *request)
{
    if (request->client->is_unix)
        return ADMIN_GATE_OPEN;
    if (settings->token.at == NULL)
        return ADMIN_GATE_CLOSED;
    return check_token(settings, failures, request);
}

enum admin_gate admin_gate_decide(const struct admin_settings *settings,
                                  struct admin_failures *failures, const struct request *request)
{
    if (request_header(request, "origin").at != NULL)
        return ADMIN_GATE_FOREIGN;
    if (!request->client->is_unix && !own_host_is(settings, request))
        return ADMIN_GATE_FOREIGN;
    return is_public(request) ? ADMIN_GATE_OPEN : admin_gate_check(settings, failures, request);
}

static struct refusal refusal(int status, const char *message, const char *name, struct text value)
{
    return (struct refusal){.status = status, .message = message, .name = name, .value = value};
}

struct refusal admin_gate_refusal(enum admin_gate gate)
{
    switch (gate) {
    case ADMIN_GATE_OPEN:
    case ADMIN_GATE_FOREIGN:
    case ADMIN_GATE_CLOSED:
        break;
    case ADMIN_GATE_NO_TOKEN:
        return refusal(401, "No token provided", "www-authenticate",
                       TEXT("Bearer realm=\"admin\""));
    case ADMIN_GATE_WRONG:
        return refusal(401, "Invalid token", "www-authenticate",
                       TEXT("Bearer realm=\"admin\", error=\"invalid_token\""));
    case ADMIN_GATE_TOO_MANY:
        return refusal(429, "Too many wrong tokens", "retry-after", TEXT("60"));
    }
    return (struct refusal){0};
}
