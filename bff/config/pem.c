/* See pem.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "bff/base/check.h"

#include "bff/config/pem.h"

#define DATE_SIZE 48

static int no_pass_phrase(char *buffer, int size, int is_writing, void *cookie)
{
    *(bool *)cookie = true;
    return -1;
}

/* Checks that ${file} can be read. Reads some bytes, because open(2) also succeeds for a directory.
 * OpenSSL does not skip a byte order mark, and its message does not mention it. */
static int readable(const char *file, char wrong[PEM_WRONG_SIZE])
{
    char bytes[3];
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
    bool is_good = len >= 0;

    if (!is_good)
        snprintf(wrong, PEM_WRONG_SIZE, "cannot be read: %s", strerror(errno));
    else if (len == 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        is_good = false;
        snprintf(wrong, PEM_WRONG_SIZE, "begins with a byte order mark; save it without one");
    }
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

/* "2026-12-24" */
static void date_print(const ASN1_TIME *time, char out[DATE_SIZE])
{
    struct tm date = {0};

    ASN1_TIME_to_tm(time, &date);
    snprintf(out, DATE_SIZE, "%04d-%02d-%02d", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
}

static int dates_judge(const X509 *certificate, unsigned number, char wrong[PEM_WRONG_SIZE])
{
    const ASN1_TIME *from = X509_get0_notBefore(certificate);
    const ASN1_TIME *until = X509_get0_notAfter(certificate);
    char name[32] = "", date[DATE_SIZE];
    int days = 0, seconds = 0;

    if (number > 1)
        snprintf(name, sizeof(name), "certificate %u ", number);
    date_print(until, date);
    if (ASN1_TIME_diff(&days, &seconds, NULL, until) != 1)
        return 0;
    if (days < 0 || seconds < 0)
        snprintf(wrong, PEM_WRONG_SIZE, "%sexpired on %s", name, date);
    else if (X509_cmp_current_time(from) > 0) {
        date_print(from, date);
        snprintf(wrong, PEM_WRONG_SIZE, "%sis not valid before %s", name, date);
    } else if (days < PEM_SOON_DAYS)
        snprintf(wrong, PEM_WRONG_SIZE, "%sexpires soon, on %s", name, date);
    else
        return 0;
    return -1;
}

int pem_check_dates(const char *file, char wrong[PEM_WRONG_SIZE])
{
    BIO *from = BIO_new_file(file, "r");
    X509 *certificate;
    unsigned number = 0;
    int status = 0;

    while (from != NULL && status == 0 &&
           (certificate = PEM_read_bio_X509(from, NULL, NULL, NULL)) != NULL) {
        status = dates_judge(certificate, ++number, wrong);
        X509_free(certificate);
    }
    BIO_free(from);
    ERR_clear_error();
    return status;
}
