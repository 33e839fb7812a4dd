/* See redis_link_greet.h. The commands are rows of a table, in the order in which they are sent.
 * HELLO says more than ROLE, and users without the right to administer the server may send it. */
#include "bff/store/redis_link_greet.h"

static bool has_password(const struct redis_settings *settings)
{
    return settings->password.at != NULL;
}

static bool has_database(const struct redis_settings *settings) { return settings->database != 0; }

static bool always(const struct redis_settings *settings) { return true; }

/* Sending. */

static void send_auth(struct redis_link *link)
{
    const struct redis_settings *settings = link->settings;
    struct text with_user[] = {TEXT("AUTH"), settings->user, settings->password};
    struct text alone[] = {TEXT("AUTH"), settings->password};

    if (settings->user.len > 0)
        redis_socket_send(&link->socket, with_user, 3);
    else
        redis_socket_send(&link->socket, alone, 2);
}

static void send_select(struct redis_link *link)
{
    char digits[TEXT_DIGITS];

    redis_socket_send(
        &link->socket,
        (struct text[]){TEXT("SELECT"), text_digits(digits, link->settings->database)}, 2);
}

static void send_hello(struct redis_link *link)
{
    redis_socket_send(&link->socket,
                      (struct text[]){TEXT("HELLO"), TEXT("2"), TEXT("SETNAME"), TEXT("bff")}, 4);
}

static void send_ping(struct redis_link *link)
{
    redis_socket_send(&link->socket, (struct text[]){TEXT("PING")}, 1);
}

/* Checking. */

static enum redis_fault fault_of_error(const struct redisReply *reply, enum redis_fault otherwise)
{
    enum redis_fault fault = redis_fault_of(reply->str, reply->len);

    return fault == REDIS_FAULT_NONE ? otherwise : fault;
}

static enum redis_fault check_ok(const struct redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return fault_of_error(reply, REDIS_FAULT_AUTH);
    return reply->type == REDIS_REPLY_STATUS ? REDIS_FAULT_NONE : REDIS_FAULT_PROTOCOL;
}

static bool is_pair(const struct redisReply *reply, size_t at, const char *name, const char *value)
{
    const struct redisReply *a = reply->element[at], *b = reply->element[at + 1];

    return a->type == REDIS_REPLY_STRING && b->type == REDIS_REPLY_STRING &&
           text_is((struct text){a->str, a->len}, name) &&
           text_is((struct text){b->str, b->len}, value);
}

/* Reads the list of names and values. An error means that the server does not know HELLO, or that
 * the user may not send it. */
static enum redis_fault check_hello(const struct redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return redis_fault_of(reply->str, reply->len);
    if (reply->type != REDIS_REPLY_ARRAY)
        return REDIS_FAULT_PROTOCOL;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        if (is_pair(reply, i, "mode", "cluster"))
            return REDIS_FAULT_CLUSTER;
        if (is_pair(reply, i, "role", "replica"))
            return REDIS_FAULT_REPLICA;
    }
    return REDIS_FAULT_NONE;
}

static enum redis_fault check_pong(const struct redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return fault_of_error(reply, REDIS_FAULT_REFUSED);
    return reply->type == REDIS_REPLY_STATUS &&
                   text_is((struct text){reply->str, reply->len}, "PONG")
               ? REDIS_FAULT_NONE
               : REDIS_FAULT_PROTOCOL;
}

/*
 *   is_needed  says whether the command is sent
 *   check      says what is wrong with the reply
 */
static const struct {
    bool (*is_needed)(const struct redis_settings *settings);
    void (*send)(struct redis_link *link);
    enum redis_fault (*check)(const struct redisReply *reply);
} rows[] = {
    {has_password, send_auth, check_ok},
    {has_database, send_select, check_ok},
    {always, send_hello, check_hello},
    {always, send_ping, check_pong},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void skip_rows(struct redis_link *link)
{
    while (link->greeting < ROWS && !rows[link->greeting].is_needed(link->settings))
        link->greeting++;
}

void redis_link_greet(struct redis_link *link)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].is_needed(link->settings))
            rows[i].send(link);
    link->greeting = 0;
    skip_rows(link);
}

enum redis_fault redis_link_take_greeting(struct redis_link *link, const struct redisReply *reply)
{
    enum redis_fault fault = rows[link->greeting].check(reply);

    link->greeting++;
    skip_rows(link);
    return fault;
}

bool redis_link_is_greeted(const struct redis_link *link) { return link->greeting == ROWS; }
