/*
 * Any bytes as a header of the PROXY protocol: however they are cut, the parser finds the same
 * header as a plain reading of the specification, and never reads beyond what it was given.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>

#include "bff/http/proxy_header.h"

#include "tests/fuzz/chance.h"

/* What the plain reading finds in all bytes. */
struct want {
    enum proxy_header_state state;
    size_t size;
    int family; /* of the client; AF_UNSPEC: none */
    unsigned char address[sizeof(struct in6_addr)];
    unsigned port;
};

static const struct want bad = {.state = PROXY_HEADER_BAD};

/* The plain reading of version 1: the line as a string, and scanf. */

/* A number as the line must have it. */
static bool is_number(const char *word)
{
    char again[16];

    if (!isdigit((unsigned char)word[0]) || strlen(word) > 5 || atoi(word) > 65535)
        return false;
    snprintf(again, sizeof(again), "%d", atoi(word));
    return strcmp(again, word) == 0;
}

static struct want read_line(const char *line, size_t size)
{
    char kind[128], source[128], target[128], from[128], to[128], more, again[1024];
    struct want want = {.state = PROXY_HEADER_DONE, .size = size};
    unsigned char other[sizeof(struct in6_addr)];

    if (strlen(line) != size)
        return bad; /* a NUL */
    if (strncmp(line, "PROXY UNKNOWN", 13) == 0 &&
        (line[13] == ' ' || strcmp(line + 13, "\r\n") == 0))
        return want;
    if (sscanf(line, "PROXY %120s %120s %120s %120s %120s\r%c", kind, source, target, from, to,
               &more) != 5)
        return bad;
    snprintf(again, sizeof(again), "PROXY %s %s %s %s %s\r\n", kind, source, target, from, to);
    if (strcmp(again, line) != 0) /* other white space than single spaces */
        return bad;
    want.family = strcmp(kind, "TCP4") == 0 ? AF_INET : strcmp(kind, "TCP6") == 0 ? AF_INET6 : 0;
    if (want.family == 0 || inet_pton(want.family, source, want.address) != 1 ||
        inet_pton(want.family, target, other) != 1 || !is_number(from) || !is_number(to))
        return bad;
    want.port = (unsigned)atoi(from);
    return want;
}

/* A line whose client is unknown may have any bytes, also NUL. */
static struct want read_v1(const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len < 107 ? len : 107);
    char line[128] = "";

    if (end == NULL)
        return (struct want){.state = len < 107 ? PROXY_HEADER_MORE : PROXY_HEADER_BAD};
    size_t size = (size_t)(end - bytes) + 1;
    memcpy(line, bytes, size);
    if (end[-1] != '\r')
        return bad;
    if (size > 14 && memcmp(line, "PROXY UNKNOWN ", 14) == 0)
        return (struct want){.state = PROXY_HEADER_DONE, .size = size};
    return read_line(line, size);
}

/* The plain reading of version 2. */

static struct want read_addresses(const unsigned char *at, unsigned family, struct want want)
{
    if (family == 1) {
        want.family = AF_INET;
        memcpy(want.address, at, 4);
        want.port = (unsigned)at[8] << 8 | at[9];
    } else if (family == 2) {
        want.family = AF_INET6;
        memcpy(want.address, at, 16);
        want.port = (unsigned)at[32] << 8 | at[33];
    }
    return want;
}

static struct want read_v2(const unsigned char *bytes, size_t len)
{
    static const size_t sizes[] = {0, 12, 36, 216};
    bool is_local = len > 12 && bytes[12] == 0x20;

    if (len > 12 && bytes[12] != 0x20 && bytes[12] != 0x21)
        return bad;
    if (len > 13 && (bytes[13] / 16 > 3 || bytes[13] % 16 > 2))
        return bad;
    if (len < 16)
        return (struct want){.state = PROXY_HEADER_MORE};
    size_t rest = (size_t)bytes[14] * 256 + bytes[15], family = bytes[13] / 16;
    struct want want = {.state = PROXY_HEADER_DONE, .size = 16 + rest};
    if (is_local || bytes[13] % 16 == 0)
        return want;
    if (rest < sizes[family])
        return bad;
    if (len < 16 + sizes[family])
        return (struct want){.state = PROXY_HEADER_MORE};
    return read_addresses(bytes + 16, (unsigned)family, want);
}

static struct want read_any(const char *bytes, size_t len)
{
    static const char v2[] = "\r\n\r\n\0\r\nQUIT\n";

    if (len <= 5 ? memcmp(bytes, "PROXY", len) == 0 : memcmp(bytes, "PROXY ", 6) == 0)
        return read_v1(bytes, len);
    if (memcmp(bytes, v2, len < 12 ? len : 12) == 0)
        return read_v2((const unsigned char *)bytes, len);
    return bad;
}

/* The comparison. */

static void check_client(const struct proxy_header *header, const struct want *want)
{
    const struct sockaddr_in *ipv4 = (const void *)&header->source;
    const struct sockaddr_in6 *ipv6 = (const void *)&header->source;

    must(header->size == want->size);
    must((header->source_len > 0) == (want->family != AF_UNSPEC));
    must(header->source.ss_family == want->family);
    if (want->family == AF_INET)
        must(memcmp(&ipv4->sin_addr, want->address, 4) == 0 && ntohs(ipv4->sin_port) == want->port);
    if (want->family == AF_INET6)
        must(memcmp(&ipv6->sin6_addr, want->address, 16) == 0 &&
             ntohs(ipv6->sin6_port) == want->port);
}

/* Before the end there is more; from the end on, the result does not change. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum proxy_header_state before = PROXY_HEADER_MORE;

    if (size > PROXY_HEADER_MOST)
        size = PROXY_HEADER_MOST;
    for (size_t len = 1; len <= size; len++) {
        char *bytes = chance_copy(data, len);
        struct want want = read_any(bytes, len);
        struct proxy_header header = {0};
        enum proxy_header_state state = proxy_header_read(bytes, len, &header);
        must(state == want.state);
        must(before == PROXY_HEADER_MORE || state == before);
        if (state == PROXY_HEADER_DONE)
            check_client(&header, &want);
        must(state != PROXY_HEADER_MORE || len < PROXY_HEADER_MOST);
        before = state;
        free(bytes);
    }
    return 0;
}
