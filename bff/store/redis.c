/*
 * See redis.h. The commands under way are in a ring buffer, in the order of their replies. A
 * command that was cancelled, or whose deadline has passed, leaves an empty slot, so that its reply
 * is still paired with it.
 */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"
#include "bff/store/redis.h"
#include "bff/store/redis_link.h"
#include "bff/store/redis_state.h"

#define SLOTS_FIRST 64u /* a power of 2 */

struct slot {
    struct redis_command *command; /* NULL: nobody waits for the reply */
    int64_t until_ns;              /* the deadline of the command */
    int64_t suspect_ns; /* when the reply has not come by then, the connection is broken */
};

struct redis {
    struct redis_loop on;
    struct redis_link link;
    const struct redis_settings *settings;
    struct redis_state *state; /* of the process */
    enum redis_state_mine mine;
    struct slot *slots;
    size_t capacity;      /* of the slots, a power of 2 */
    uint64_t first, next; /* numbers of the first command under way, and of the next one */
    struct timer timer;   /* the earliest deadline, or the next test of an idle connection */
    int64_t last_ns;      /* when the last command was sent */
    struct redis_command ping;
    void (*settled)(void *cookie); /* NULL: it was called */
    void *cookie;
    unsigned calling; /* callbacks of users that are running */
    bool is_over;     /* redis_free was called */
};

static struct slot *slot_at(const struct redis *redis, uint64_t number)
{
    return &redis->slots[number & (redis->capacity - 1)];
}

/* Callbacks of users. They may call redis_free. Its last step waits for the end of the callback. */

static void free_memory(struct redis *redis)
{
    memory_free(redis->slots);
    memory_free(redis);
}

static void on_freed(struct timer *timer)
{
    free_memory(H2O_STRUCT_FROM_MEMBER(struct redis, timer, timer));
}

static void end_command(struct redis *redis, struct redis_command *command, enum redis_end end,
                        const struct redisReply *reply)
{
    command->redis = NULL;
    redis->calling++;
    command->done(command, end, reply);
    redis->calling--;
}

static void settle(struct redis *redis)
{
    void (*settled)(void *cookie) = redis->settled;

    redis->settled = NULL;
    if (settled == NULL)
        return;
    redis->calling++;
    settled(redis->cookie);
    redis->calling--;
}

/* The queue. */

static void grow(struct redis *redis)
{
    size_t capacity = redis->capacity == 0 ? SLOTS_FIRST : redis->capacity * 2;
    struct slot *slots = memory_new(capacity * sizeof(*slots));

    for (uint64_t number = redis->first; number < redis->next; number++)
        slots[number & (capacity - 1)] = *slot_at(redis, number);
    memory_free(redis->slots);
    redis->slots = slots;
    redis->capacity = capacity;
}

static void push(struct redis *redis, struct redis_command *command, int64_t until_ns)
{
    if (redis->next - redis->first == redis->capacity)
        grow(redis);
    command->redis = redis;
    command->number = redis->next++;
    int64_t suspect_ns = redis->last_ns + redis->settings->timeout_ms * CLOCK_MS;
    *slot_at(redis, command->number) = (struct slot){
        .command = command,
        .until_ns = until_ns,
        .suspect_ns = until_ns > suspect_ns ? until_ns : suspect_ns,
    };
}

/* Ends all commands that are under way now. */
static void end_all(struct redis *redis)
{
    uint64_t end = redis->next;

    while (redis->first < end) {
        struct redis_command *command = slot_at(redis, redis->first++)->command;
        if (command != NULL)
            end_command(redis, command, REDIS_DOWN, NULL);
    }
}

/* Deadlines. */

static void set_timer(struct redis *redis, int64_t at_ns)
{
    if (!timer_is_set(&redis->timer) || at_ns < redis->timer.at_ns)
        timer_set(redis->on.timers, &redis->timer, at_ns);
}

/* Returns true when a reply is so late that the connection is broken. */
static bool is_suspect(const struct redis *redis, int64_t now_ns)
{
    for (uint64_t number = redis->first; number < redis->next; number++)
        if (slot_at(redis, number)->suspect_ns <= now_ns)
            return true;
    return false;
}

/* Ends the commands whose own deadline has passed. */
static void end_late(struct redis *redis, int64_t now_ns)
{
    uint64_t end = redis->next;

    for (uint64_t number = redis->first; number < end && !redis->is_over; number++) {
        struct slot *slot = slot_at(redis, number);
        struct redis_command *command = slot->command;
        if (command == NULL || slot->until_ns > now_ns)
            continue;
        slot->command = NULL;
        tally_add(TALLY_REDIS_TIMEOUTS);
        end_command(redis, command, REDIS_DOWN, NULL);
    }
}

static int64_t next_deadline(const struct redis *redis)
{
    int64_t next_ns = INT64_MAX;

    for (uint64_t number = redis->first; number < redis->next; number++) {
        const struct slot *slot = slot_at(redis, number);
        int64_t at_ns = slot->command != NULL ? slot->until_ns : slot->suspect_ns;
        next_ns = at_ns < next_ns ? at_ns : next_ns;
    }
    return next_ns;
}

static void on_ping(struct redis_command *command, enum redis_end end,
                    const struct redisReply *reply)
{
}

static void test_idle(struct redis *redis, int64_t now_ns)
{
    int64_t idle_ns = redis->last_ns + REDIS_IDLE_MS * CLOCK_MS;

    if (now_ns < idle_ns) {
        set_timer(redis, idle_ns);
        return;
    }
    redis->ping.done = on_ping;
    redis_send(redis, &redis->ping, (struct text[]){TEXT("PING")}, 1, 0);
}

/* The replies may have come already, while this thread did something else. */
static void on_timer(struct timer *timer)
{
    struct redis *redis = H2O_STRUCT_FROM_MEMBER(struct redis, timer, timer);
    int64_t now_ns = clock_now_ns();

    redis->calling++;
    redis_link_read(&redis->link);
    if (redis_is_up(redis) && is_suspect(redis, now_ns))
        redis_link_break(&redis->link, REDIS_FAULT_TIMEOUT);
    if (redis_is_up(redis))
        end_late(redis, now_ns);
    redis->calling--;
    if (!redis_is_up(redis))
        return;
    if (redis->first == redis->next)
        test_idle(redis, now_ns);
    else
        set_timer(redis, next_deadline(redis));
}

/* The link. */

static struct redis *redis_of(struct redis_link *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct redis, link, link);
}

static void on_ready(struct redis_link *link)
{
    struct redis *redis = redis_of(link);

    redis->last_ns = clock_now_ns();
    set_timer(redis, redis->last_ns + REDIS_IDLE_MS * CLOCK_MS);
    redis_state_up(redis->state, &redis->mine);
    settle(redis);
}

static void on_lost(struct redis_link *link, enum redis_fault fault)
{
    struct redis *redis = redis_of(link);

    timer_clear(redis->on.timers, &redis->timer);
    redis_state_down(redis->state, &redis->mine, fault, link->label);
    end_all(redis);
    settle(redis);
}

/* Returns what the reply says about the connection. */
static enum redis_fault fault_of(const struct redis *redis, const struct redisReply *reply)
{
    if (redis->first == redis->next)
        return REDIS_FAULT_PROTOCOL;
    return reply->type == REDIS_REPLY_ERROR ? redis_fault_of(reply->str, reply->len)
                                            : REDIS_FAULT_NONE;
}

static void on_replied(struct redis_link *link, const struct redisReply *reply)
{
    struct redis *redis = redis_of(link);
    enum redis_fault fault = fault_of(redis, reply);

    if (fault != REDIS_FAULT_NONE) {
        redis_link_break(link, fault);
        return;
    }
    struct redis_command *command = slot_at(redis, redis->first++)->command;
    if (command != NULL)
        end_command(redis, command, REDIS_REPLY, reply);
}

static const struct redis_link_user link_user = {
    .ready = on_ready, .replied = on_replied, .lost = on_lost};

/* The user's side. */

struct redis *redis_new(const struct redis_loop *on, struct registry *registry,
                        const struct redis_settings *settings)
{
    struct redis *redis = memory_new(sizeof(*redis));

    must(settings->is_on);
    redis->on = *on;
    redis->settings = settings;
    redis->timer.fire = on_timer;
    redis->state = redis_state_hold(registry, settings);
    redis_link_begin(&redis->link, &redis->on, settings, &link_user);
    return redis;
}

void redis_wait_first(struct redis *redis, void (*settled)(void *cookie), void *cookie)
{
    redis->settled = settled;
    redis->cookie = cookie;
}

void redis_free(struct redis *redis)
{
    if (redis == NULL || redis->is_over)
        return;
    redis->is_over = true;
    redis->settled = NULL;
    redis_link_end(&redis->link);
    timer_clear(redis->on.timers, &redis->timer);
    redis_state_leave(redis->state, &redis->mine);
    registry_release(redis->state);
    end_all(redis);
    if (redis->calling == 0) {
        free_memory(redis);
        return;
    }
    redis->timer.fire = on_freed;
    timer_set(redis->on.timers, &redis->timer, clock_now_ns());
}

bool redis_is_up(const struct redis *redis) { return redis->link.state == REDIS_LINK_READY; }

int64_t redis_deadline(const struct redis *redis)
{
    return clock_now_ns() + redis->settings->timeout_ms * CLOCK_MS;
}

bool redis_send(struct redis *redis, struct redis_command *command, const struct text *texts,
                size_t count, int64_t until_ns)
{
    if (!redis_is_up(redis) || redis->next - redis->first >= REDIS_UNDER_WAY_MOST ||
        redis_socket_waiting(&redis->link.socket) >= REDIS_UNSENT_MOST)
        return false;
    must(command->redis == NULL && command->done != NULL && count > 0);
    redis->last_ns = clock_now_ns();
    if (until_ns == 0)
        until_ns = redis->last_ns + redis->settings->timeout_ms * CLOCK_MS;
    push(redis, command, until_ns);
    tally_add(TALLY_REDIS_COMMANDS);
    redis_link_send(&redis->link, texts, count);
    set_timer(redis, until_ns);
    return true;
}

void redis_cancel(struct redis_command *command)
{
    if (command->redis == NULL)
        return;
    slot_at(command->redis, command->number)->command = NULL;
    command->redis = NULL;
}
