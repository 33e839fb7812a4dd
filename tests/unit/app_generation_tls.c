/* Tests that the certificate belongs to the configuration: new connections get the new certificate,
 * and open connections keep theirs. */
#include <signal.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/unit/serving.h"

/* Certificates. */

static void certificate_write(const char *name, EVP_PKEY *key, const char *subject)
{
    X509 *certificate = X509_new();
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)subject, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    X509_free(certificate);
}

/* A generation that serves with a certificate for ${subject}. Its files are gone afterwards. */
static struct generation *make(const char *subject)
{
    char yaml[512];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen("key.pem", "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    certificate_write("certificate.pem", key, subject);
    EVP_PKEY_free(key);
    snprintf(yaml, sizeof(yaml),
             "listen: https://127.0.0.1:0\nworkers: 2\nlogin: off\naccess_log: false\n"
             "tls: { certificate: %s/certificate.pem, key: %s/key.pem }\n"
             "services: { users: { health: off }, orders: { health: off } }\nroutes: []\n",
             getcwd((char[128]){0}, 128), getcwd((char[128]){0}, 128));
    struct generation *generation = generation_of(yaml);
    unlink("certificate.pem");
    unlink("key.pem");
    return generation;
}

/* Clients. */

static SSL *connect_to(const struct process *process)
{
    const struct listen *at = &process->current->http.listens[0];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = SSL_new(context);
    int fd = new_socket();

    assert_int_equal(connect(fd, (const struct sockaddr *)&at->address, at->address_len), 0);
    assert_int_equal(SSL_set_fd(tls, fd), 1);
    assert_int_equal(SSL_connect(tls), 1);
    SSL_CTX_free(context);
    return tls;
}

static void assert_subject(SSL *tls, const char *want)
{
    X509 *certificate = SSL_get1_peer_certificate(tls);
    char got[64] = "";

    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, got, sizeof(got));
    assert_string_equal(got, want);
    X509_free(certificate);
}

static void assert_served(SSL *tls)
{
    static const char request[] = "GET /health/nobody HTTP/1.1\r\nHost: a\r\n\r\n";
    char bytes[BYTES] = "";
    int len = 0, got = 1;

    assert_int_equal(SSL_write(tls, request, sizeof(request) - 1), (int)sizeof(request) - 1);
    while (got > 0 && strchr(bytes, '}') == NULL) {
        got = SSL_read(tls, bytes + len, BYTES - 1 - len);
        len += got > 0 ? got : 0;
        bytes[len] = '\0';
    }
    assert_int_equal(strncmp(bytes, "HTTP/1.1 404", 12), 0);
}

static void disconnect(SSL *tls)
{
    close(SSL_get_fd(tls));
    SSL_free(tls);
}

static void test_new_connections_get_the_new_certificate(void **state)
{
    struct generation *old = make("old"), *new = make("new");
    struct process *process = start(old);
    generation_release(old);
    SSL *early = connect_to(process);

    assert_subject(early, "old");
    assert_served(early);
    swap(process, new);
    SSL *late = connect_to(process);
    assert_subject(late, "new");
    assert_served(late);
    assert_served(early);
    disconnect(early);
    disconnect(late);
    end(process, new);
}

/* The socket stays, so no connection attempt is refused. */
static void test_an_https_address_becomes_plain(void **state)
{
    struct generation *old = make("old");
    struct generation *plain =
        generation_of("listen: http://127.0.0.1:0\nlogin: off\nroutes: []\n");
    struct process *process = start(old);
    generation_release(old);
    SSL *early = connect_to(process);

    assert_served(early);
    swap(process, plain);
    assert_served(early);
    disconnect(early);
    int fd = new_socket();
    const struct listen *at = &process->current->http.listens[0];
    char message[BYTES];
    assert_int_equal(connect(fd, (const struct sockaddr *)&at->address, at->address_len), 0);
    send_text(fd, "GET /health/nobody HTTP/1.1\r\nHost: a\r\n\r\n");
    read_message(fd, 0, message);
    assert_int_equal(strncmp(message, "HTTP/1.1 404", 12), 0);
    close(fd);
    end(process, plain);
}

static int begin(void **state)
{
    static char directory[] = "/tmp/bff-generation-XXXXXX";

    *state = mkdtemp(directory);
    return *state == NULL ? -1 : chdir(*state);
}

static int finish(void **state) { return chdir("/") == 0 ? rmdir(*state) : -1; }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_connections_get_the_new_certificate),
        cmocka_unit_test(test_an_https_address_becomes_plain),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, begin, finish);
}
