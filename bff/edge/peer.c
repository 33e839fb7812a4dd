/* See peer.h. */
#include "bff/edge/forwarded.h"
#include "bff/edge/node.h"
#include "bff/edge/peer.h"
#include "bff/http/field.h"
#include "bff/http/target.h"

#define FORWARDED_PROXIES_MAX 32 /* items that are read; no honest chain is longer */

static struct text print(struct request *request, const struct ip *ip)
{
    char text[IP_TEXT];

    return pool_text(request->pool, ip_print(ip, text));
}

/* Stores the protocol and the host that a proxy reports. An invalid one is ignored. */
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

/* Reads X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. A field may occur several times: a
 * proxy may add a field of its own after the fields of its client. */
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

/* Reads Forwarded. The addresses that are used also go into the service's X-Forwarded-For. */
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

/* Fills ${peer} from the fields of a trusted proxy, whose address is ${client}. */
static void believe(struct request *request, struct request_peer *peer,
                    const struct trusted *trusted, struct ip client)
{
    if (trusted->reads_forwarded)
        believe_forwarded(request, peer, trusted, &client);
    else
        believe_lists(request, peer, trusted, &client);
    peer->is_trusted = true;
    peer->client = print(request, &client);
}

/* The protocol (http or https) is taken from the connection, because the client can write anything
 * into the :scheme of HTTP/2. */
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
