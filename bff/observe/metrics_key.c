/* See metrics_key.h. */
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/observe/metrics_key.h"

/* The order is that of how often they come. */
#define METHOD(name)                                                                               \
    {                                                                                              \
        name, sizeof(name) - 1                                                                     \
    }

static const struct text methods[] = {
    METHOD("GET"),  METHOD("POST"),    METHOD("PUT"),     METHOD("DELETE"), METHOD("PATCH"),
    METHOD("HEAD"), METHOD("OPTIONS"), METHOD("CONNECT"), METHOD("TRACE"),
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

static const char *const sources[METRICS_SOURCES] = {
    [METRICS_SOURCE_NETWORK] = "network", [METRICS_SOURCE_CACHE] = "cache",
    [METRICS_SOURCE_STALE] = "stale",     [METRICS_SOURCE_FALLBACK] = "fallback",
    [METRICS_SOURCE_NONE] = "none",
};

unsigned metrics_key_method(struct text method)
{
    unsigned i = 0;

    while (i < METHODS && !text_equal(method, methods[i]))
        i++;
    return i;
}

struct text metrics_key_method_name(unsigned method)
{
    return method < METHODS ? methods[method] : TEXT("_OTHER");
}

struct text metrics_key_source_name(enum metrics_source source)
{
    must(source < METRICS_SOURCES);
    return text_of(sources[source]);
}

static struct text print_status(unsigned status, char digits[4])
{
    must(status < 1000);
    digits[0] = (char)('0' + status / 100);
    digits[1] = (char)('0' + status / 10 % 10);
    digits[2] = (char)('0' + status % 10);
    digits[3] = '\0';
    return (struct text){digits, 3};
}

struct text metrics_key_error_name(unsigned error, unsigned status, char digits[4])
{
    switch (error) {
    case METRICS_ERROR_NONE:
        return (struct text){0};
    case METRICS_ERROR_CLIENT_LEFT:
        return TEXT("client_left");
    case METRICS_ERROR_CANCELLED:
        return TEXT("cancelled");
    case METRICS_ERROR_STATUS:
        return print_status(status, digits);
    default:
        return text_of(reason_name((enum reason)error));
    }
}

struct metrics_key metrics_key_unpack(uint32_t packed)
{
    return (struct metrics_key){
        .method = packed & 15,
        .is_tls = packed >> 4 & 1,
        .status = packed >> 5 & 1023,
        .error = packed >> 15 & 31,
        .source = (enum metrics_source)(packed >> 20 & 7),
    };
}
