/* SPDX-License-Identifier: MIT
 *
 * SHA-256, through libcrypto.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX = 65 };

struct sha256; /* a running hash; one thread at a time */

struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, const void *p, size_t n);
/* Ends and frees it. */
void sha256_end(struct sha256 *h, unsigned char out[static SHA256_SIZE]);

void sha256_of(struct str s, unsigned char out[static SHA256_SIZE]);
/* n bytes as lower-case hexadecimal, NUL-terminated: out has 2n + 1 bytes. */
void hex_encode(const unsigned char *p, size_t n, char *out);

const char *sha256_library_version(void); /* of libcrypto */

#endif
