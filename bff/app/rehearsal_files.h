/* The files of a rehearsal. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_FILES_H
#define BFF_APP_REHEARSAL_FILES_H

#include <stdio.h>

#include "bff/app/rehearsal.h"

/* Makes the directory rehearsal->out and those above it. Returns NULL, or words. */
const char *rehearsal_files_begin(const struct rehearsal *rehearsal);

/* Writes a file with what ${print} prints. Returns NULL, or words. */
const char *rehearsal_files_write(const struct rehearsal *rehearsal, const char *name,
                                  void (*print)(const struct rehearsal *rehearsal, FILE *file));

/*
 * Writes the answers: one file for each outcome, and index.json. When the file system does not take
 * them, returns words.
 */
const char *rehearsal_files_answers(const struct rehearsal *rehearsal);

#endif
