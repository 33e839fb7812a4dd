/* Reads any bytes as a discovery document. What is taken must have the issuer that was asked, and
 * only URLs that can be asked over TLS or on this machine. What is refused must have a reason. The
 * URLs are read again as bytes that another program would split. */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "bff/base/check.h"
#include "bff/token/discovery.h"
#include "bff/upstream/outside.h"

#define ISSUER TEXT("https://login.example")

static void check_url(struct text url)
{
    if (url.at == NULL)
        return;
    must(url.len <= DISCOVERY_URL_MAX && outside_check_url(url) == NULL);
    must(strlen(url.at) == url.len);
    must(text_starts(url, TEXT("https://")) || text_starts(url, TEXT("http://")));
    for (size_t i = 0; i < url.len; i++)
        must(url.at[i] > ' ' && url.at[i] <= '~' && url.at[i] != '#');
    if (text_starts(url, TEXT("https://")))
        return;
    must(text_starts(url, TEXT("http://127.")) || text_starts(url, TEXT("http://[::1]")) ||
         strncasecmp(url.at, "http://localhost", 16) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct text json = pool_text(pool, (struct text){(const char *)data, size});
    struct discovery found;
    char wrong[DISCOVERY_WRONG_SIZE] = "";
    int status = discovery_read(json, ISSUER, pool, &found, wrong);

    must(status == 0 ? text_equal(found.issuer, ISSUER) && found.jwks_uri.at != NULL
                     : wrong[0] != '\0');
    if (status == 0) {
        check_url(found.jwks_uri);
        check_url(found.authorization_endpoint);
        check_url(found.token_endpoint);
        check_url(found.userinfo_endpoint);
        check_url(found.end_session_endpoint);
    }
    discovery_is_url(json);
    pool_free(pool);
    return 0;
}
