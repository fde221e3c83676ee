/* SPDX-License-Identifier: MIT
 *
 * A set of result ids as bits; the form in which filters are evaluated.
 */
#ifndef BASE_BITSET_H
#define BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bitset {
	uint64_t *words;
	size_t nbits; /* valid positions are 0 … nbits - 1; bits beyond are 0 */
};

void bitset_init(struct bitset *b, size_t nbits); /* all clear */
void bitset_fini(struct bitset *b);
void bitset_copy(struct bitset *to, const struct bitset *from); /* `to` is initialised by it */
void bitset_fill(struct bitset *b);                             /* all set */
void bitset_and(struct bitset *b, const struct bitset *with);
void bitset_or(struct bitset *b, const struct bitset *with);
void bitset_andnot(struct bitset *b, const struct bitset *with);
void bitset_not(struct bitset *b);
size_t bitset_count(const struct bitset *b);
/* The first set position >= from, or SIZE_MAX. */
size_t bitset_next(const struct bitset *b, size_t from);

static inline bool bitset_test(const struct bitset *b, size_t i)
{
	return i < b->nbits && (b->words[i >> 6] >> (i & 63) & 1);
}

static inline void bitset_set(struct bitset *b, size_t i)
{
	b->words[i >> 6] |= (uint64_t)1 << (i & 63);
}

static inline void bitset_clear(struct bitset *b, size_t i)
{
	b->words[i >> 6] &= ~((uint64_t)1 << (i & 63));
}

#endif
