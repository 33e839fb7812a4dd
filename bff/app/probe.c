/* See probe.h. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "bff/base/check.h"
#include "bff/http/listen.h"

#include "bff/app/probe.h"

#define PATIENCE_SECONDS 2
#define ANSWER_SIZE 4096 /* bytes of the answer; the rest is not read */
#define SHOWN_MAX 200    /* bytes of the body */
#define LINE_SIZE 512
#define STATUS_OK 200

/* The beginning of every message, "bff-web: not ready: http://127.0.0.1:8080/ready: ", and the line
 * for the case that the probe takes too long. */
static char place[LINE_SIZE / 2], too_late[LINE_SIZE];

static int complain(const char *words)
{
    fprintf(stderr, "%s%s\n", place, words);
    return EXIT_NOT_READY;
}

static void on_alarm(int number)
{
    (void)!write(STDERR_FILENO, too_late, strlen(too_late));
    _exit(EXIT_NOT_READY);
}

/* Sets one deadline for connecting, the handshake and the answer together. */
static void limit_time(void)
{
    snprintf(too_late, sizeof(too_late), "%sno answer within %d s\n", place, PATIENCE_SECONDS);
    must(signal(SIGALRM, on_alarm) != SIG_ERR);
    /* The parent process may have blocked the signal. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    must(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    alarm(PATIENCE_SECONDS);
}

/* Where. */

static const struct config_listen *choose(const struct config *config)
{
    for (size_t i = 0; i < config->listen_count; i++)
        if (!config->listens[i].is_tls)
            return &config->listens[i];
    return &config->listens[0];
}

/* Replaces the address by the loopback address when the server listens on all addresses of this
 * machine. */
static void turn_to_loopback(struct listen *listen)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;

    memcpy(&ipv4, &listen->address, sizeof(ipv4));
    memcpy(&ipv6, &listen->address, sizeof(ipv6));
    if (ipv4.sin_family == AF_INET && ipv4.sin_addr.s_addr == htonl(INADDR_ANY)) {
        ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        memcpy(&listen->address, &ipv4, sizeof(ipv4));
    } else if (ipv6.sin6_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ipv6.sin6_addr)) {
        ipv6.sin6_addr = in6addr_loopback;
        memcpy(&listen->address, &ipv6, sizeof(ipv6));
    }
}

/* True when the port of the listen address is known: it is not 0. IPv4 and IPv6 addresses have the
 * port at the same place. */
static bool has_port(const struct listen *listen)
{
    struct sockaddr_in address;

    memcpy(&address, &listen->address, sizeof(address));
    return address.sin_port != 0;
}

/* Asking. */

/* Begins TLS on ${plain}. Returns NULL when the handshake fails; then ${plain} is closed. */
static BIO *secure(BIO *plain)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method()); /* by default it checks no certificate */

    must(context != NULL);
    BIO *secured = BIO_new_ssl(context, 1);
    SSL_CTX_free(context);
    must(secured != NULL);
    BIO_push(secured, plain);
    if (BIO_do_handshake(secured) == 1)
        return secured;
    BIO_free_all(secured);
    return NULL;
}

/* Connects to ${listen}. Returns NULL on failure, and then *wrong has the reason in words. */
static BIO *open_connection(const struct listen *listen, const char **wrong)
{
    int fd = socket(listen->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd == -1 ||
        connect(fd, (const struct sockaddr *)&listen->address, listen->address_len) != 0) {
        *wrong = strerror(errno);
        if (fd != -1)
            close(fd);
        return NULL;
    }
    *wrong = "no TLS is spoken there";
    BIO *connection = BIO_new_socket(fd, BIO_CLOSE);
    must(connection != NULL);
    return listen->is_tls ? secure(connection) : connection;
}

static struct text get_ready(BIO *connection, char bytes[ANSWER_SIZE])
{
    static const char request[] = "GET /ready HTTP/1.1\r\n"
                                  "Host: localhost\r\n"
                                  "User-Agent: bff-probe\r\n"
                                  "Connection: close\r\n\r\n";
    struct text answer = {bytes, 0};
    int len = BIO_write(connection, request, sizeof(request) - 1);

    while (len > 0 && answer.len < ANSWER_SIZE) {
        len = BIO_read(connection, bytes + answer.len, (int)(ANSWER_SIZE - answer.len));
        answer.len += len > 0 ? (size_t)len : 0;
    }
    return answer;
}

/* Judging. */

/* Returns the status of ${answer}; 0 when it is not an HTTP/1 answer. */
static uint64_t status_of(struct text answer)
{
    const size_t at = sizeof("HTTP/1.1 ") - 1, digits = 3;
    uint64_t status = 0;

    if (text_starts(answer, TEXT("HTTP/1.")) && answer.len > at + digits)
        text_number((struct text){answer.at + at, digits}, UINT64_MAX, &status);
    return status;
}

/* Returns the first line of the body, up to the first byte that is not visible ASCII. */
static struct text shown_of(struct text answer)
{
    const char *end = memmem(answer.at, answer.len, "\r\n\r\n", 4);
    struct text shown = {end == NULL ? "" : end + 4, 0};
    size_t most = end == NULL ? 0 : (size_t)(answer.at + answer.len - shown.at);

    while (shown.len < most && shown.len < SHOWN_MAX && shown.at[shown.len] >= ' ' &&
           shown.at[shown.len] <= '~')
        shown.len++;
    return shown;
}

static int judge(struct text answer)
{
    char words[SHOWN_MAX + 64];
    uint64_t status = status_of(answer);
    struct text shown = shown_of(answer);

    if (status == STATUS_OK)
        return 0;
    if (answer.len == 0)
        return complain("the connection ended without an answer");
    if (status == 0)
        return complain("what answers there speaks no HTTP");
    snprintf(words, sizeof(words), "status %u%s%.*s", (unsigned)status, shown.len > 0 ? ": " : "",
             TEXT_ARGS(shown));
    return complain(words);
}

int probe(const struct config *config, struct text program)
{
    const struct config_listen *chosen = choose(config);
    struct listen listen = {
        .address = chosen->address, .address_len = chosen->address_len, .is_tls = chosen->is_tls};
    char url[LISTEN_URL_SIZE], bytes[ANSWER_SIZE];
    const char *wrong;

    turn_to_loopback(&listen);
    listen_url(&listen, url);
    snprintf(place, sizeof(place), "%.*s: not ready: %s/ready: ", TEXT_ARGS(program), url);
    if (!has_port(&listen))
        return complain("port 0 is any free one, and only the server knows which");
    limit_time();
    signal(SIGPIPE, SIG_IGN);
    BIO *connection = open_connection(&listen, &wrong);
    if (connection == NULL)
        return complain(wrong);
    int status = judge(get_ready(connection, bytes));
    BIO_free_all(connection);
    return status;
}
