/*
 * The server informs observers of what has happened. There are two events, and each comes with
 * plain data: an attempt of a call to a service has ended (struct call_report), and a request is
 * over (struct request, with its parts). The access log is an observer of the second event.
 *
 * The callbacks run in the worker's thread, in the middle of its work: an observer must not wait,
 * answer or change anything.
 */
#ifndef BFF_OBSERVE_OBSERVER_H
#define BFF_OBSERVE_OBSERVER_H

struct call_report;
struct request;

struct metrics_worker;
struct record;
struct traces_worker;

/* What the observers of one worker and one generation have. A member is NULL when the configuration
 * does not ask for it. Only the worker's thread writes it. */
struct observed {
    struct metrics_worker *metrics;
    struct traces_worker *traces;
    struct record *record; /* of all workers */
};

/* Either callback may be NULL. Its arguments are valid during the callback. */
struct observer {
    void (*on_call)(struct observed *observed, const struct call_report *report);
    void (*on_over)(struct observed *observed, const struct request *request);
};

/* Calls on_call of all ${observers}, a list that ends with NULL. */
void observer_call(const struct observer *const *observers, struct observed *observed,
                   const struct call_report *report);

/* Calls on_over of all ${observers}, a list that ends with NULL. */
void observer_over(const struct observer *const *observers, struct observed *observed,
                   const struct request *request);

#endif
