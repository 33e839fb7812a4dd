/*
 * A hash of 64 bits for tables and for distributing keys. It is the same in all processes, on all
 * machines and after a restart. It has no secret, so anybody can find texts that have the same
 * hash. Never use it where this does harm.
 */
#ifndef BFF_BASE_HASH_H
#define BFF_BASE_HASH_H

#include <stdint.h>

#include "bff/base/text.h"

/* Returns a number in which every bit depends on every bit of ${bits}. Different numbers give
 * different results. */
uint64_t hash_mix(uint64_t bits);

uint64_t hash_text(struct text text);

#endif
