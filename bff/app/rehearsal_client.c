/* See rehearsal_client.h. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bff/app/rehearsal_client.h"
#include "bff/base/text_builder.h"

#define PATIENCE_S 30
#define PIECE ((size_t)64 * 1024)

static int open_connection(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd == -1)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, struct text bytes)
{
    while (bytes.len > 0) {
        ssize_t len = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (len <= 0)
            return false;
        bytes = text_after(bytes, (size_t)len);
    }
    return true;
}

/* Reads until the server closes. Returns false when it does not. */
static bool read_all(int fd, struct text_builder *out)
{
    ssize_t len;

    while ((len = recv(fd, text_builder_room(out, PIECE), PIECE, 0)) > 0)
        out->len += (size_t)len;
    return len == 0;
}

static const char *read_answer(struct text text, struct rehearsal_answer *answer)
{
    const size_t at = sizeof("HTTP/1.1 ") - 1, digits = 3;
    const char *end = text.len == 0 ? NULL : memmem(text.at, text.len, "\r\n\r\n", 4);
    uint64_t status;

    if (end == NULL || !text_starts(text, TEXT("HTTP/1.1 ")) ||
        text_number((struct text){text.at + at, digits}, UINT64_MAX, &status) != 0)
        return "the answer is not HTTP/1.1";
    answer->status = (int)status;
    answer->head = (struct text){text.at, (size_t)(end - text.at) + 2};
    text_cut(&answer->head, '\n');
    answer->body = text_after(text, (size_t)(end - text.at) + 4);
    return NULL;
}

const char *rehearsal_client_ask(struct pool *pool, uint16_t port, struct text request,
                                 struct rehearsal_answer *answer)
{
    struct text_builder text;
    int fd = open_connection(port);

    if (fd == -1)
        return strerror(errno);
    text_builder_init(&text, pool, PIECE);
    bool is_good = send_all(fd, request) && read_all(fd, &text);
    close(fd);
    return is_good ? read_answer(text_builder_text(&text), answer) : "no answer within 30 s";
}

bool rehearsal_client_field(struct text *head, struct text *name, struct text *value)
{
    if (head->at == NULL || head->len == 0)
        return false;
    struct text line = text_cut(head, '\r');
    *head = head->len > 0 ? text_after(*head, 1) : (struct text){0};
    *value = line;
    *name = text_cut(value, ':');
    *value = text_trim(*value);
    return true;
}
