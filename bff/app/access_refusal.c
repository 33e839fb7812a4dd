/* See access_refusal.h. */
#include "bff/app/access_refusal.h"

struct refusal access_refusal_no_user(const struct request_context *context)
{
    struct refusal refusal = {.status = 401, .message = "No token provided"};

    if (!context->caller.hides_authorization) {
        refusal.name = "www-authenticate";
        refusal.value = TEXT("Bearer");
    }
    return refusal;
}

struct refusal access_refusal_no_key(void)
{
    return (struct refusal){
        .status = 401,
        .message = "No API key provided",
        .name = "www-authenticate",
        .value = TEXT("Key"),
    };
}
