/* See redis_link.h. The greeting is in redis_link_greet.c. */
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/store/redis_link.h"
#include "bff/store/redis_link_greet.h"
#include "bff/upstream/trust.h"

static void set_timer(struct redis_link *link, int64_t ms)
{
    timer_set(link->socket.on->timers, &link->timer, clock_now_ns() + ms * CLOCK_MS);
}

/* Waiting. */

static int64_t limit_ms(unsigned failures)
{
    int64_t limit = REDIS_LINK_WAIT_LEAST_MS;

    while (failures-- > 1 && limit < REDIS_LINK_WAIT_MOST_MS)
        limit *= 2;
    return limit < REDIS_LINK_WAIT_MOST_MS ? limit : REDIS_LINK_WAIT_MOST_MS;
}

static void wait_again(struct redis_link *link)
{
    int64_t stable_ns = link->ready_ns + REDIS_LINK_STABLE_MS * CLOCK_MS;

    if (link->state == REDIS_LINK_READY && clock_now_ns() >= stable_ns)
        link->failures = 0;
    link->failures++;
    link->state = REDIS_LINK_WAITING;
    set_timer(link, random_below(&link->random, (uint32_t)limit_ms(link->failures)) + 1);
}

/* The attempt has failed, or the link was lost. */
static void lose(struct redis_link *link, enum redis_fault fault)
{
    redis_socket_close(&link->socket);
    wait_again(link);
    link->user->lost(link, fault);
}

/* Dialling. */

static SSL_CTX *context_of(const struct redis_link *link)
{
    return link->settings->trust == NULL ? NULL : trust_context(link->settings->trust);
}

static void dial_host(struct redis_link *link, const char *host, uint16_t port)
{
    struct redis_socket_peer peer = {.host = host, .port = port, .tls = context_of(link)};

    snprintf(link->label, sizeof(link->label), strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    set_timer(link, link->settings->connect_ms);
    redis_socket_open(&link->socket, &peer);
}

static void dial_path(struct redis_link *link, const char *path)
{
    struct redis_socket_peer peer = {.path = path};

    snprintf(link->label, sizeof(link->label), "%s", path);
    set_timer(link, link->settings->connect_ms);
    redis_socket_open(&link->socket, &peer);
}

/* Sentinels. They are asked one after the other, beginning with the one that answered last. */

static void ask_sentinel(struct redis_link *link)
{
    const struct redis_address *at = &link->settings->sentinels[link->sentinel];

    link->state = REDIS_LINK_ASKING;
    link->unasked--;
    dial_host(link, at->host, at->port);
}

static void next_sentinel(struct redis_link *link)
{
    link->sentinel = (link->sentinel + 1) % link->settings->sentinel_count;
}

static void send_question(struct redis_link *link)
{
    struct text question[] = {TEXT("SENTINEL"), TEXT("get-master-addr-by-name"),
                              link->settings->master};

    redis_socket_send(&link->socket, question, sizeof(question) / sizeof(question[0]));
}

static bool is_pair(const struct redisReply *reply)
{
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           reply->element[0]->type == REDIS_REPLY_STRING &&
           reply->element[1]->type == REDIS_REPLY_STRING;
}

/* Reads ["10.0.0.7", "6379"]. */
static bool take_master(struct redis_link *link, const struct redisReply *reply)
{
    uint64_t port;

    if (!is_pair(reply))
        return false;
    struct text host = {reply->element[0]->str, reply->element[0]->len};
    struct text digits = {reply->element[1]->str, reply->element[1]->len};
    if (host.len == 0 || host.len >= sizeof(link->master) || memchr(host.at, '\0', host.len) ||
        text_number(digits, UINT16_MAX, &port) != 0 || port == 0)
        return false;
    memcpy(link->master, host.at, host.len);
    link->master[host.len] = '\0';
    link->master_port = (uint16_t)port;
    return true;
}

/* This attempt, or the question to this Sentinel, has failed. */
static void fail(struct redis_link *link, enum redis_fault fault)
{
    if (link->settings->sentinel_count > 0 && link->state != REDIS_LINK_READY)
        next_sentinel(link);
    if (link->state == REDIS_LINK_ASKING && link->unasked > 0) {
        redis_socket_close(&link->socket);
        ask_sentinel(link);
        return;
    }
    lose(link, link->state == REDIS_LINK_ASKING ? REDIS_FAULT_MASTER : fault);
}

static void on_answer_of_sentinel(struct redis_link *link, const struct redisReply *reply)
{
    if (!take_master(link, reply)) {
        fail(link, REDIS_FAULT_MASTER);
        return;
    }
    redis_socket_close(&link->socket);
    link->state = REDIS_LINK_DIALLING;
    dial_host(link, link->master, link->master_port);
}

/* Attempts. */

static void attempt(struct redis_link *link)
{
    const struct redis_settings *settings = link->settings;

    link->state = REDIS_LINK_DIALLING;
    if (settings->sentinel_count > 0) {
        link->unasked = settings->sentinel_count;
        ask_sentinel(link);
    } else if (settings->socket != NULL) {
        dial_path(link, settings->socket);
    } else {
        dial_host(link, settings->address.host, settings->address.port);
    }
}

/* The reply may have come already, while this thread did something else. */
static void on_late(struct redis_link *link)
{
    enum redis_link_state before = link->state;
    unsigned opening = link->socket.opening;

    redis_socket_read(&link->socket);
    if (link->state == before && link->socket.opening == opening)
        fail(link, REDIS_FAULT_TIMEOUT);
}

static void on_timer(struct timer *timer)
{
    struct redis_link *link = H2O_STRUCT_FROM_MEMBER(struct redis_link, timer, timer);

    if (link->state == REDIS_LINK_WAITING)
        attempt(link);
    else
        on_late(link);
}

/* The socket. */

static struct redis_link *link_of(struct redis_socket *socket)
{
    return H2O_STRUCT_FROM_MEMBER(struct redis_link, socket, socket);
}

static void on_opened(struct redis_socket *socket)
{
    struct redis_link *link = link_of(socket);

    if (link->state == REDIS_LINK_ASKING) {
        send_question(link);
        return;
    }
    link->state = REDIS_LINK_GREETING;
    set_timer(link, link->settings->timeout_ms);
    redis_link_greet(link);
}

static void on_greeting(struct redis_link *link, const struct redisReply *reply)
{
    enum redis_fault fault = redis_link_take_greeting(link, reply);

    if (fault != REDIS_FAULT_NONE) {
        fail(link, fault);
    } else if (redis_link_is_greeted(link)) {
        timer_clear(link->socket.on->timers, &link->timer);
        link->state = REDIS_LINK_READY;
        link->ready_ns = clock_now_ns();
        link->user->ready(link);
    } else {
        set_timer(link, link->settings->timeout_ms);
    }
}

static void on_replied(struct redis_socket *socket, const struct redisReply *reply)
{
    struct redis_link *link = link_of(socket);

    if (link->state == REDIS_LINK_READY)
        link->user->replied(link, reply);
    else if (link->state == REDIS_LINK_GREETING)
        on_greeting(link, reply);
    else
        on_answer_of_sentinel(link, reply);
}

static void on_broken(struct redis_socket *socket, enum redis_fault fault)
{
    fail(link_of(socket), fault);
}

static const struct redis_socket_user socket_user = {
    .opened = on_opened, .replied = on_replied, .broken = on_broken};

/* The user's side. */

void redis_link_begin(struct redis_link *link, const struct redis_loop *on,
                      const struct redis_settings *settings, const struct redis_link_user *user)
{
    *link = (struct redis_link){
        .settings = settings,
        .user = user,
        .socket = {.on = on, .user = &socket_user},
        .timer = {.fire = on_timer},
    };
    random_seed(&link->random);
    attempt(link);
}

void redis_link_end(struct redis_link *link)
{
    if (link->state == REDIS_LINK_ENDED)
        return;
    link->state = REDIS_LINK_ENDED;
    timer_clear(link->socket.on->timers, &link->timer);
    redis_socket_dispose(&link->socket);
}

void redis_link_send(struct redis_link *link, const struct text *texts, size_t count)
{
    must(link->state == REDIS_LINK_READY);
    redis_socket_send(&link->socket, texts, count);
}

void redis_link_read(struct redis_link *link) { redis_socket_read(&link->socket); }

void redis_link_break(struct redis_link *link, enum redis_fault fault)
{
    must(link->state == REDIS_LINK_READY);
    lose(link, fault);
}
