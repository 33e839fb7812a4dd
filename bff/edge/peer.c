/* See peer.h. */
#include <netdb.h>

#include "bff/edge/peer.h"
#include "bff/http/field.h"

static struct text connection_name(struct request *request, struct sockaddr_storage *address)
{
    char host[NI_MAXHOST];
    socklen_t len = request_peername(request, address);

    if (len == 0 || getnameinfo((struct sockaddr *)address, len, host, sizeof(host), NULL, 0,
                                NI_NUMERICHOST) != 0)
        return TEXT("unknown");
    return pool_text(request->pool, text_of(host));
}

/*
 * Returns the client: the last address of X-Forwarded-For that is not a trusted proxy. The list is
 * read from right to left, because each proxy adds an address at the right end, and anybody can
 * write the addresses further left (RFC 7239 section 8.1). The search ends at a text that is not an
 * address.
 */
static struct text find_client(const struct trusted *trusted, struct text chain, struct text peer)
{
    struct text client = peer;

    while (chain.len > 0) {
        const char *comma = memrchr(chain.at, ',', chain.len);
        size_t begin = comma == NULL ? 0 : (size_t)(comma + 1 - chain.at);
        struct text one = text_trim((struct text){chain.at + begin, chain.len - begin});
        if (!trusted_is_address(one))
            break;
        client = one;
        if (comma == NULL || !trusted_has_text(trusted, one))
            break;
        chain.len = begin - 1;
    }
    return client;
}

/* Fills ${peer} from the X-Forwarded-* fields of a trusted proxy. */
static void believe(struct request_peer *peer, struct request *request,
                    const struct trusted *trusted)
{
    /* The field may occur several times: a proxy may add a field of its own after the fields of its
     * client. */
    struct text chain = request_list(request, "x-forwarded-for");
    struct text proto = request_header(request, "x-forwarded-proto");
    struct text host = request_header(request, "x-forwarded-host");

    if (chain.len > 0 && field_is_value(chain)) {
        peer->client = find_client(trusted, chain, peer->client);
        peer->chain =
            pool_print(request->pool, "%.*s, %.*s", TEXT_ARGS(chain), TEXT_ARGS(peer->chain));
    }
    if (field_is_token(proto))
        peer->proto = proto;
    if (host.len > 0 && field_is_value(host))
        peer->host = host;
}

/* The protocol (http or https) is taken from the connection, because the client can write anything
 * into the :scheme of HTTP/2. */
const struct request_peer *peer_of(struct request *request, const struct trusted *trusted)
{
    struct sockaddr_storage address = {0};

    if (request->peer != NULL)
        return request->peer;
    struct request_peer *peer = pool_take(request->pool, sizeof(*peer));
    struct text name = connection_name(request, &address);
    *peer = (struct request_peer){
        .connection = name,
        .client = name,
        .chain = name,
        .proto = request->client->tls != NULL ? TEXT("https") : TEXT("http"),
        .host = request->host,
    };
    if (trusted_has(trusted, (const struct sockaddr *)&address))
        believe(peer, request, trusted);
    request->peer = peer;
    return peer;
}
