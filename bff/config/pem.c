/* See pem.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "bff/base/check.h"

#include "bff/config/pem.h"

static int no_pass_phrase(char *buffer, int size, int is_writing, void *cookie)
{
    *(bool *)cookie = true;
    return -1;
}

/* Checks that ${file} can be read. Reads one byte, because open(2) also succeeds for a
 * directory. */
static int readable(const char *file, char wrong[PEM_WRONG_SIZE])
{
    char byte;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    bool is_good = fd >= 0 && read(fd, &byte, 1) >= 0;

    if (!is_good)
        snprintf(wrong, PEM_WRONG_SIZE, "cannot be read: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_good ? 0 : -1;
}

/* Returns 0 if ${is_good} is true. Otherwise writes ${what} and OpenSSL's reason for the first
 * failure to ${wrong}, and returns -1. */
static int judge(bool is_good, const char *what, char wrong[PEM_WRONG_SIZE])
{
    const char *reason = ERR_reason_error_string(ERR_get_error());

    if (!is_good)
        snprintf(wrong, PEM_WRONG_SIZE, "%s (%s)", what, reason == NULL ? "unknown" : reason);
    ERR_clear_error();
    return is_good ? 0 : -1;
}

static SSL_CTX *context_new(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    must(context != NULL);
    ERR_clear_error();
    return context;
}

int pem_load_certificate(SSL_CTX *context, const char *file, char wrong[PEM_WRONG_SIZE])
{
    if (readable(file, wrong) != 0)
        return -1;
    ERR_clear_error();
    return judge(SSL_CTX_use_certificate_chain_file(context, file) == 1,
                 "is no certificate in PEM form", wrong);
}

/* Checks the key alone, without a certificate. */
static int load_alone(SSL_CTX *context, const char *file, char wrong[PEM_WRONG_SIZE])
{
    bool is_encrypted = false;

    SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &is_encrypted);
    bool is_good = SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM) == 1;
    return judge(is_good,
                 is_encrypted ? "is encrypted; expected a key without pass phrase"
                              : "is no private key in PEM form",
                 wrong);
}

/* Adds ${key} to ${context} and checks that it matches the certificate. There are two checks,
 * because OpenSSL accepts a key of another type than the certificate's. */
static int join(SSL_CTX *context, EVP_PKEY *key, char wrong[PEM_WRONG_SIZE])
{
    bool fits =
        SSL_CTX_get0_certificate(context) == NULL ||
        (SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1);

    if (!fits)
        snprintf(wrong, PEM_WRONG_SIZE, "does not fit the certificate");
    ERR_clear_error();
    return fits ? 0 : -1;
}

int pem_load_key(SSL_CTX *context, const char *file, char wrong[PEM_WRONG_SIZE])
{
    if (readable(file, wrong) != 0)
        return -1;
    SSL_CTX *alone = context_new();
    int status = load_alone(alone, file, wrong);
    if (status == 0)
        status = join(context, SSL_CTX_get0_privatekey(alone), wrong);
    SSL_CTX_free(alone);
    return status;
}

int pem_check_authorities(const char *file, char wrong[PEM_WRONG_SIZE])
{
    if (readable(file, wrong) != 0)
        return -1;
    SSL_CTX *context = context_new();
    bool is_good = SSL_CTX_load_verify_file(context, file) == 1;
    SSL_CTX_free(context);
    return judge(is_good, "holds no certificate in PEM form", wrong);
}
