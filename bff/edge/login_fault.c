/* See login_fault.h. */
#include <stddef.h>

#include "bff/base/check.h"

#include "bff/edge/login_fault.h"

static const char *const names[LOGIN_FAULT_COUNT] = {
    [LOGIN_FAULT_NONE] = NULL,
    [LOGIN_FAULT_MALFORMED] = "malformed",
    [LOGIN_FAULT_UNKNOWN_KEY] = "unknown_key",
    [LOGIN_FAULT_SIGNATURE] = "signature",
    [LOGIN_FAULT_ISSUER] = "issuer",
    [LOGIN_FAULT_TYPE] = "type",
    [LOGIN_FAULT_AUDIENCE] = "audience",
    [LOGIN_FAULT_EXPIRED] = "expired",
    [LOGIN_FAULT_NOT_YET] = "not_yet",
    [LOGIN_FAULT_REVOKED] = "revoked",
};

const char *login_fault_name(enum login_fault fault)
{
    must(fault < LOGIN_FAULT_COUNT);
    return names[fault];
}
