/*
 * What the services of the benchmark answer: JSON such as shops have, in three sizes, made once
 * when the program starts and the same at every start.
 */
#ifndef TESTS_BENCH_SERVICES_BODY_H
#define TESTS_BENCH_SERVICES_BODY_H

#include <stddef.h>

enum body_service { USERS, PRODUCTS, ORDERS, REVIEWS, INVENTORY, RECOMMENDATIONS, NOTIFICATIONS };
#define BODY_SERVICES 7

enum body_size { SMALL, MEDIUM, LARGE }; /* about 300 bytes, 4 KiB, 64 KiB */
#define BODY_SIZES 3

struct body {
    char *at;
    size_t len;
};

extern const char *const body_service_names[BODY_SERVICES];

/* Makes all of them; to be called once, before the others. */
void body_make_all(void);

/* A whole list. */
struct body body_list(enum body_service service, enum body_size size);

/* A record without its beginning, which is {"id":"..." */
struct body body_record(enum body_service service, enum body_size size);

#endif
