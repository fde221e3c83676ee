/* SPDX-License-Identifier: MIT
 *
 * Bit sets, a word at a time.
 */
#include "base/bitset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t words_of(size_t nbits)
{
	return (nbits + 63) / 64;
}

static void trim(struct bitset *b)
{
	if (b->nbits % 64)
		b->words[b->nbits / 64] &= ((uint64_t)1 << (b->nbits % 64)) - 1;
}

void bitset_init(struct bitset *b, size_t nbits)
{
	b->nbits = nbits;
	b->words = xcalloc(words_of(nbits), sizeof *b->words);
}

void bitset_fini(struct bitset *b)
{
	free(b->words);
	b->words = NULL;
	b->nbits = 0;
}

void bitset_copy(struct bitset *to, const struct bitset *from)
{
	bitset_init(to, from->nbits);
	memcpy(to->words, from->words, words_of(from->nbits) * sizeof *to->words);
}

void bitset_fill(struct bitset *b)
{
	memset(b->words, 0xff, words_of(b->nbits) * sizeof *b->words);
	trim(b);
}

/* Sets of different length: what the other does not have is 0. */
void bitset_and(struct bitset *b, const struct bitset *with)
{
	for (size_t i = 0, n = words_of(b->nbits), m = words_of(with->nbits); i < n; i++)
		b->words[i] &= i < m ? with->words[i] : 0;
}

void bitset_or(struct bitset *b, const struct bitset *with)
{
	for (size_t i = 0, n = words_of(b->nbits), m = words_of(with->nbits); i < n && i < m; i++)
		b->words[i] |= with->words[i];
	trim(b);
}

void bitset_andnot(struct bitset *b, const struct bitset *with)
{
	for (size_t i = 0, n = words_of(b->nbits), m = words_of(with->nbits); i < n && i < m; i++)
		b->words[i] &= ~with->words[i];
}

void bitset_not(struct bitset *b)
{
	for (size_t i = 0, n = words_of(b->nbits); i < n; i++)
		b->words[i] = ~b->words[i];
	trim(b);
}

size_t bitset_count(const struct bitset *b)
{
	size_t count = 0;
	for (size_t i = 0, n = words_of(b->nbits); i < n; i++)
		count += (size_t)__builtin_popcountll(b->words[i]);
	return count;
}

size_t bitset_next(const struct bitset *b, size_t from)
{
	if (from >= b->nbits)
		return SIZE_MAX;
	size_t i = from / 64, n = words_of(b->nbits);
	uint64_t word = b->words[i] >> (from % 64) << (from % 64);
	while (!word) {
		if (++i == n)
			return SIZE_MAX;
		word = b->words[i];
	}
	return i * 64 + (size_t)__builtin_ctzll(word);
}
