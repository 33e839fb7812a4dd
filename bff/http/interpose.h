/*
 * Functions of libh2o that are replaced by ours, by symbol interposition: the library calls its own
 * exported functions through the PLT, and the dynamic linker finds those of the program first. Each
 * of ours has the library's name, is exported by the program (CMakeLists.txt), and calls the
 * library's function.
 */
#ifndef BFF_HTTP_INTERPOSE_H
#define BFF_HTTP_INTERPOSE_H

/* The library's function ${name}, as dlsym gives it. */
void *interpose_library(const char *name);

/* Checks that the library calls ${ours} under ${name}. If the program is linked wrongly, this says
 * so on standard error and ends the process with status 1. */
void interpose_check(const char *name, const void *ours);

#endif
