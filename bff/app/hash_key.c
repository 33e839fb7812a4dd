/* See hash_key.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "bff/app/hash_key.h"
#include "bff/app/serve.h"
#include "bff/edge/api_key.h"

#define INPUT_MAX ((size_t)API_KEY_MAX + 2) /* a key and its line end */

static int print(struct text key)
{
    unsigned char digest[API_KEY_DIGEST];
    char hex[2 * API_KEY_DIGEST];

    if (!api_key_is_plausible(key)) {
        fprintf(stderr,
                "--hash-key: expected a key of 1 to %d bytes of visible ASCII on standard input\n",
                API_KEY_MAX);
        return EXIT_CONFIG;
    }
    api_key_digest(key, digest);
    text_hex(hex, digest, API_KEY_DIGEST);
    printf("%.*s\n", (int)sizeof(hex), hex);
    return 0;
}

int hash_key_print(void)
{
    char input[INPUT_MAX + 1];
    size_t len = fread(input, 1, sizeof(input), stdin);

    if (ferror(stdin)) {
        fprintf(stderr, "--hash-key: standard input cannot be read: %s\n", strerror(errno));
        return EXIT_CONFIG;
    }
    int status = print(text_bare_line((struct text){input, len}));
    OPENSSL_cleanse(input, sizeof(input));
    return status;
}
