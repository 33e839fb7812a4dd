/* See peer.h. */
#include "bff/edge/forwarded.h"
#include "bff/edge/node.h"
#include "bff/edge/peer.h"
#include "bff/http/field.h"
#include "bff/http/target.h"

#define FORWARDED_PROXIES_MAX 32 /* more in a row are not followed: it must be a loop */

static struct text print(struct request *request, const struct ip *ip)
{
    char text[IP_TEXT];

    return pool_text(request->pool, ip_print(ip, text));
}

/* The protocol and the host that a proxy has seen. What cannot be one changes nothing. */
static void take(struct request_peer *peer, struct text proto, struct text host)
{
    if (field_is_token(proto))
        peer->proto = proto;
    if (host.at != NULL && target_is_authority(host))
        peer->host = host;
}

static void add_to_chain(struct request *request, struct request_peer *peer, struct text nodes)
{
    peer->chain = pool_print(request->pool, "%.*s, %.*s", TEXT_ARGS(nodes), TEXT_ARGS(peer->chain));
}

/* X-Forwarded-For, -Proto and -Host. A proxy may add a line of its own after those of its client.
 */
static void believe_lists(struct request *request, struct request_peer *peer,
                          const struct trusted *trusted, struct ip *client)
{
    struct text chain = request_list(request, "x-forwarded-for"), rest = chain;
    struct text node = forwarded_last(&rest);
    size_t place = 0;

    while (node.at != NULL && node_read(node, client) && trusted_has(trusted, client)) {
        node = forwarded_last(&rest);
        place += node.at != NULL;
    }
    if (chain.len > 0)
        add_to_chain(request, peer, chain);
    take(peer, forwarded_nth_last(request_list(request, "x-forwarded-proto"), place),
         forwarded_nth_last(request_list(request, "x-forwarded-host"), place));
}

/* Forwarded. The addresses of believed items become X-Forwarded-For. */
static void believe_forwarded(struct request *request, struct request_peer *peer,
                              const struct trusted *trusted, struct ip *client)
{
    struct text rest = request_list(request, "forwarded");

    for (int i = 0; i < FORWARDED_PROXIES_MAX; i++) {
        struct forwarded item = forwarded_read(forwarded_last(&rest));
        take(peer, item.proto, item.host);
        if (!node_read(item.node, client))
            break;
        add_to_chain(request, peer, print(request, client));
        if (!trusted_has(trusted, client))
            break;
    }
}

/* Takes over what a trusted proxy says. ${client} is the proxy's address. */
static void believe(struct request *request, struct request_peer *peer,
                    const struct trusted *trusted, struct ip client)
{
    if (trusted->reads_forwarded)
        believe_forwarded(request, peer, trusted, &client);
    else
        believe_lists(request, peer, trusted, &client);
    peer->client = print(request, &client);
}

/* The protocol is that of the connection, because the client can write anything into the :scheme of
 * HTTP/2. */
void peer_find(struct request *request, const struct trusted *trusted)
{
    struct request_peer *peer = pool_take(request->pool, sizeof(*peer));
    struct text name = text_of(request->client->address);
    struct ip ip;

    if (name.len == 0)
        name = TEXT("unknown");
    *peer = (struct request_peer){
        .connection = name,
        .client = name,
        .chain = name,
        .proto = request->client->tls != NULL ? TEXT("https") : TEXT("http"),
        .host = request->host,
    };
    if (trusted->count > 0 && ip_read(name, &ip) && trusted_has(trusted, &ip))
        believe(request, peer, trusted, ip);
    request->peer = peer;
}
