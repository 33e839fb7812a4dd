/* See tunnel.h. */
#include "bff/proxy/tunnel.h"

static void over(struct tunnel *tunnel) { tunnel->owner->over(tunnel->call->cookie); }

/* Down: from the service to the client. */

void tunnel_more(struct tunnel *tunnel, struct text bytes)
{
    if (!upgrade_more(&tunnel->upgrade, bytes))
        call_pause(tunnel->call);
}

void tunnel_flush(struct tunnel *tunnel)
{
    if (!upgrade_flush(&tunnel->upgrade) && tunnel->is_ended)
        over(tunnel);
}

void tunnel_end(struct tunnel *tunnel)
{
    tunnel->is_ended = true;
    tunnel_flush(tunnel);
}

/* The client's socket has accepted the last bytes, or the head with the 101. */
static void on_sent(void *cookie)
{
    struct tunnel *tunnel = cookie;

    call_resume(tunnel->call);
    tunnel_flush(tunnel);
}

/* Up: from the client to the service. */

void tunnel_written(struct tunnel *tunnel)
{
    upgrade_bytes_used(&tunnel->upgrade, !tunnel->is_ended);
}

static void on_bytes(void *cookie, struct text bytes)
{
    struct tunnel *tunnel = cookie;

    if (tunnel->is_ended)
        upgrade_bytes_used(&tunnel->upgrade, true);
    else
        call_write(tunnel->call, bytes, tunnel->owner->written);
}

static void on_ended(void *cookie) { over(cookie); }

static const struct upgrade_user user = {
    .bytes = on_bytes,
    .begun = on_sent,
    .sent = on_sent,
    .ended = on_ended,
};

void tunnel_begin(struct tunnel *tunnel, struct request *request, struct call *call,
                  const struct tunnel_owner *owner)
{
    tunnel->call = call;
    tunnel->owner = owner;
    upgrade_begin(&tunnel->upgrade, request, TEXT("websocket"), &user, tunnel);
}

void tunnel_free(struct tunnel *tunnel) { upgrade_close(&tunnel->upgrade); }
