/* The planted bugs that libparley_planted.so holds, for a program that opens it with dlopen().
 *
 * Plain C: the library and its reader share nothing else.  Opening the library changes nothing; a
 * bug comes alive only where the library is preloaded and PARLEY_PLANTED names it. */
#ifndef PARLEY_SRC_PLANTED_PLANTED_LIST_H_
#define PARLEY_SRC_PLANTED_PLANTED_LIST_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All strings live as long as the library is open. */
struct parley_planted_bug { /* NOLINT(readability-identifier-naming): C */
  const char* name;         /* as PARLEY_PLANTED names it */
  const char* says;         /* one sentence: what it does */
  const char* promise;      /* catalogue id that it breaks, without "@facility" */
  const char* facilities;   /* where it can be told, separated by blanks: "fifo pipe" */
  const char* also;         /* further ids that may be blamed beside it, separated by blanks */
  unsigned every;           /* told at every n-th chance of each process on each object */
};

size_t parley_planted_count(void);

/* Fills bug with the index-th one in the order of names.  Returns 1, or 0 when there is none. */
int parley_planted_get(size_t index, struct parley_planted_bug* bug);

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_SRC_PLANTED_PLANTED_LIST_H_ */
