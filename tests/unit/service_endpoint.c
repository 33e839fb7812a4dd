/* Tests of reading a service's endpoint from a URL, and of the URLs that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/upstream/service.h"

#define LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."

/* want: "http|https host port authority", or "! " and what is wrong */
static const struct {
    const char *why, *url, *want;
} cases[] = {
    {"host and port", "http://127.0.0.1:3000", "http 127.0.0.1 3000 127.0.0.1:3000"},
    {"port 80 is http's own", "http://users", "http users 80 users"},
    {"and is not named", "http://users:80", "http users 80 users"},
    {"port 443 is https's own", "https://users.internal",
     "https users.internal 443 users.internal"},
    {"80 is not", "https://users:80", "https users 80 users:80"},
    {"a slash behind it", "http://users:3000/", "http users 3000 users:3000"},
    {"IPv6", "https://[::1]:8443", "https ::1 8443 [::1]:8443"},
    {"IPv6 without a port", "http://[2001:db8::7]", "http 2001:db8::7 80 [2001:db8::7]"},
    {"the scheme's case", "HTTPS://users", "https users 443 users"},
    {"an underscore, as container names have", "http://my_users:1", "http my_users 1 my_users:1"},
    {"a dot at the end", "http://users.internal.", "http users.internal. 80 users.internal."},
    {"a name with digits", "http://10.users:1", "http 10.users 1 10.users:1"},
    {"the highest port", "http://u:65535", "http u 65535 u:65535"},

    {"nothing", "", "! it must begin with http:// or https://"},
    {"no scheme", "127.0.0.1:3000", "! it must begin with http:// or https://"},
    {"one slash", "http:/users", "! it must begin with http:// or https://"},
    {"another scheme", "ftp://users", "! its scheme must be http or https"},
    {"half a scheme", "httpx://users", "! its scheme must be http or https"},
    {"no host", "http://", "! its host is missing"},
    {"no host but a port", "http://:3000", "! its host is missing"},
    {"no host but a slash", "http:///", "! its host is missing"},
    {"a path", "http://users:3000/v1",
     "! it must end behind host and port: paths are the composites' and routes' business"},
    {"two slashes", "http://users//",
     "! it must end behind host and port: paths are the composites' and routes' business"},
    {"a query", "http://users?a",
     "! it must end behind host and port: paths are the composites' and routes' business"},
    {"a fragment", "http://users#a",
     "! it must end behind host and port: paths are the composites' and routes' business"},
    {"a user", "http://me@users", "! a user name or password cannot stand in it"},
    {"a user and a password", "http://me:pw@users", "! a user name or password cannot stand in it"},
    {"port 0", "http://users:0", "! its port must be a number from 1 to 65535"},
    {"port 65536", "http://users:65536", "! its port must be a number from 1 to 65535"},
    {"no number", "http://users:http", "! its port must be a number from 1 to 65535"},
    {"a sign", "http://users:+80", "! its port must be a number from 1 to 65535"},
    {"a colon alone", "http://users:", "! its port is missing behind the colon"},
    {"IPv6 without brackets", "http://::1:3000",
     "! it has too many colons: an IPv6 address stands in brackets, http://[::1]:3000"},
    {"an open bracket", "http://[::1", "! its IPv6 address has no closing bracket"},
    {"a name in brackets", "http://[users]", "! in its brackets is no IPv6 address"},
    {"nothing in brackets", "http://[]", "! in its brackets is no IPv6 address"},
    {"a zone", "http://[fe80::1%25eth0]", "! in its brackets is no IPv6 address"},
    {"text behind the bracket", "http://[::1]x", "! behind its host only a port may stand"},
    {"a space before", " http://users", "! it holds a space or a control byte"},
    {"a space in it", "http://us ers", "! it holds a space or a control byte"},
    {"a line end", "http://users\r\nx: y", "! it holds a space or a control byte"},
    {"an IPv4 address too short", "http://127.0.1", "! its host is no IPv4 address"},
    {"an IPv4 address too big", "http://256.0.0.1", "! its host is no IPv4 address"},
    {"a number", "http://2130706433", "! its host is no IPv4 address"},
    {"an empty label", "http://users..internal", "! its host has an empty label"},
    {"a dot first", "http://.users", "! its host has an empty label"},
    {"a percent sign", "http://us%65rs",
     "! its host may hold letters, digits, '-', '_' and '.' only"},
    {"not ASCII", "http://us\xc3\xa9rs",
     "! its host may hold letters, digits, '-', '_' and '.' only"},
    {"a backslash", "http://users\\x",
     "! its host may hold letters, digits, '-', '_' and '.' only"},
    {"a name too long", "http://" LABEL LABEL LABEL LABEL, "! its host is longer than 253 bytes"},
};

static void test_endpoints(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct service_endpoint endpoint = {0};
        char got[256];
        const char *wrong = service_endpoint_read(cases[i].url, &endpoint);
        if (wrong != NULL)
            snprintf(got, sizeof(got), "! %s", wrong);
        else
            snprintf(got, sizeof(got), "%s %s %u %s", endpoint.is_tls ? "https" : "http",
                     endpoint.host, (unsigned)endpoint.port, endpoint.authority);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got \"%s\", want \"%s\"", cases[i].why, got, cases[i].want);
        if (wrong != NULL)
            assert_null(endpoint.host);
        service_endpoint_free(&endpoint);
        service_endpoint_free(&endpoint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_endpoints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
