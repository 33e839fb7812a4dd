/* See built_in_jwks.h. */
#include "bff/app/built_in_jwks.h"
#include "bff/cache/cache_validators.h"
#include "bff/http/reply.h"

/* How long services may keep the set. It is the time that a new key needs to be known everywhere:
 * docs/identity.md tells operators to wait so long. */
#define MAX_AGE "public, max-age=300"

bool built_in_jwks_is_there(const struct dispatch *dispatch) { return dispatch->identity != NULL; }

static bool has_already(const struct request *request, struct text etag)
{
    struct text list = request_list(request, "if-none-match");

    return list.at != NULL && cache_validators_match(list, etag);
}

enum step_result built_in_jwks(struct request_context *context)
{
    struct request *request = context->request;
    const struct identity_keys *keys = context->dispatch->identity;
    bool is_known = has_already(request, identity_keys_etag(keys));
    struct text body = identity_keys_set(keys);
    struct reply_field fields[] = {
        {"content-type", is_known ? (struct text){0} : TEXT("application/jwk-set+json")},
        {"cache-control", TEXT(MAX_AGE)},
        {"etag", identity_keys_etag(keys)},
    };

    reply_send(request, &(struct reply){
                            .status = is_known ? 304 : 200,
                            .fields = fields,
                            .field_count = sizeof(fields) / sizeof(fields[0]),
                            .body = &body,
                            .body_count = is_known ? 0 : 1,
                        });
    return STEP_ANSWERED;
}
